"""五星级代表: five-star deputies."""

from renda_core import hookimpl

__all__ = ["hookimpl"]
