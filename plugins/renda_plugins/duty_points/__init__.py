"""履职积分: duty points."""

from renda_core import hookimpl

__all__ = ["hookimpl"]
