"""考核与劝辞: assessment and advice to resign."""

from renda_core import hookimpl

__all__ = ["hookimpl"]
