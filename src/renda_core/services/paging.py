"""Pages of a list: how large they may be, and the cursor that says where the next one begins."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import UUID

import attrs

from renda_core.errors import Invalid
from renda_core.store.codec import encode

T = TypeVar("T")
PAGE = 50
LARGEST = 1_000
"""Rows of one page: what people read at once, and what one request may ask for."""
LONGEST_CURSOR = 2_000
ANY_TEXT = 500
"""Characters of a cursor, and of a text that a list is narrowed by."""


@attrs.frozen(kw_only=True)
class Page(Generic[T]):
    """Some rows of a list.

    Attributes:
        after: The cursor of the next page; empty at the end.
    """

    rows: tuple[T, ...]
    after: str = ""


def cursor(sort: str, *place: str) -> str:
    """Write where a page ended, in one word that says nothing to people."""
    return base64.urlsafe_b64encode(encode([sort, *place])).decode().rstrip("=")


def place(token: str, sort: str, *parts: Callable[[str], str]) -> tuple[str, ...]:
    """Read a cursor of a list sorted by *sort*, each part checked.

    Raises:
        Invalid: It is none, or one of another list or order.
    """
    try:
        if len(token) > LONGEST_CURSOR:
            raise ValueError(token[:10])
        read = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
        if not isinstance(read, list) or len(read) != len(parts) + 1 or read[0] != sort:
            raise ValueError(sort)
        return tuple(part(value) for part, value in zip(parts, read[1:], strict=True))
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        told = "after is no cursor of this list in this order; begin without it, and pass on what the last page gave"
        raise Invalid(told, field="after") from None


def an_id(text: str) -> str:
    """Read an id in canonical text, or raise ``ValueError``."""
    return str(UUID(text))


def a_day(text: str) -> str:
    """Read a day, or raise ``ValueError``."""
    return dt.date.fromisoformat(text).isoformat()


def a_text(text: str) -> str:
    """Read a text that a database can hold, or raise ``ValueError``."""
    if len(text) > ANY_TEXT or "\0" in text:
        raise ValueError(text[:10])
    text.encode()  # half of a surrogate pair is no text
    return text


def check_size(size: int) -> None:
    """Refuse a page of no rows, or of too many."""
    if not 1 <= size <= LARGEST:
        raise Invalid(f"size must lie between 1 and {LARGEST}", field="size")


def check_texts(**given: str) -> None:
    """Refuse texts that no database can hold, by their names."""
    for name, text in given.items():
        try:
            a_text(text)
        except ValueError:
            told = f"{name} holds what is no text, or more than {ANY_TEXT} characters"
            raise Invalid(told, field=name) from None
