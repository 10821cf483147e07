"""What an import would do: a state per row with its reasons, and how to write what is new or changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import attrs

from renda_core.files.columns import Read
from renda_core.store.unit import Unit

State = Literal["new", "change", "same", "warning", "error"]


@attrs.frozen(kw_only=True)
class PlannedRow:
    """One row of a file: what would happen to it, and why."""

    number: int
    state: State
    key: str = ""
    reasons: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Plan:
    """All rows of a file, and the writing of them, which answers a digest."""

    rows: tuple[PlannedRow, ...]
    write: Callable[[Unit], Awaitable[str]]


def wrong(read: Read) -> tuple[str, ...]:
    """Give what the file itself got wrong in a row, with file, row, field and remedy."""
    return tuple(str(p) for p in read.problems if p.level == "error")


def warned(read: Read) -> tuple[str, ...]:
    """Give what the file itself warns of in a row."""
    return tuple(str(p) for p in read.problems if p.level == "warning")


def error(number: int, field: str, message: str, remedy: str, key: str = "") -> PlannedRow:
    """Make a row that is wrong, naming row, field, reason and remedy."""
    return PlannedRow(number=number, state="error", key=key, reasons=(f"row {number}, {field}: {message}; {remedy}",))
