"""电子履职档案: electronic duty archive and the five books."""

from renda_core import hookimpl

__all__ = ["hookimpl"]
