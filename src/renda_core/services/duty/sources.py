"""Sources of duty records as a register writes them: a case by its number, for its id means nothing elsewhere."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

import attrs

LONGEST = 200
"""Characters of a source that is made of a title; what is longer is told apart by a hash."""
DIGITS = 16
"""Of that hash."""
_OF_CASE = re.compile(r"case:(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?P<rest>(?::[^/]*)?)")
_NAMED = re.compile(r"case:(?P<kind>[a-z][a-z0-9_]*)(?P<rest>(?::[^/]*)?)/(?P<number>.+)", re.DOTALL)


@attrs.frozen
class Named:
    """A source that names a case by kind and number; *rest* says what of the case it is."""

    kind: str
    number: str
    rest: str

    def of(self, id: str) -> str:
        """Give the source as it is stored, once the case's id is known."""
        return f"case:{id}{self.rest}"


def case_of(source: str) -> str:
    """Give the id of the case that a record comes from; empty where it comes from none."""
    found = _OF_CASE.fullmatch(source)
    return found["id"] if found else ""


def written(source: str, kind: str, number: str) -> str:
    """Write a source with its case's number in the place of its id.

    Example:
        >>> written("case:019b2c44-0000-7000-8000-000000000001:accept", "suggestion", "001")
        'case:suggestion:accept/001'
    """
    found = _OF_CASE.fullmatch(source)
    return f"case:{kind}{found['rest']}/{number}" if found and number else source


def named(text: str) -> Named | None:
    """Read a source that :func:`written` made; None where it is another."""
    found = _NAMED.fullmatch(text)
    return Named(found["kind"], found["number"], found["rest"]) if found else None


def derived(on: dt.date, title: str, nth: int = 1) -> str:
    """Make the source of a register's line that has no number: the same line gives the same one, wherever it stands.

    Args:
        nth: Which of several lines it is that say just the same.
    """
    text = f"登记簿 {on} {title}".strip()
    if len(text) > LONGEST:
        text = f"{text[: LONGEST - DIGITS - 1]}…{hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}"
    return f"{text} 第{nth}次" if nth > 1 else text
