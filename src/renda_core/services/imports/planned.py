"""What an import does with a row: its state, and every problem with its place in the file and its remedy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Literal

import attrs

from renda_core.files.columns import Problem, Read, Sheet
from renda_core.files.reading import Rows
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

State = Literal["new", "change", "same", "warning", "error"]
CHUNK = 1_000
"""Rows that are looked up, decided and written together: the memory of an import is that of so many."""
LINE = "行"
"""What a problem names that lies in no single cell."""


@attrs.frozen(kw_only=True)
class PlannedRow:
    """One row of a file: what happens to it, and why.

    Attributes:
        state: ``warning`` is written like ``new`` and ``change``, and deserves a look.
        key: What people call the row by, e.g. a name.
    """

    number: int
    state: State
    key: str = ""
    worksheet: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Give every problem as one line."""
        return tuple(str(p) for p in self.problems)


Say = Callable[[PlannedRow], None]


@attrs.frozen(kw_only=True)
class File:
    """The file whose rows are decided; *rows* tell where its columns stand, and are None for a plain list."""

    sheet: Sheet
    rows: Rows | None = None

    @classmethod
    def of(cls, reads: object, sheet: Sheet) -> File:
        """Take the places from rows that know them, as those of a file do."""
        return cls(sheet=sheet, rows=reads if isinstance(reads, Rows) else None)

    def problem(
        self, read: Read, column: str, message: str, remedy: str, level: Literal["error", "warning"] = "error"
    ) -> Problem:
        """Say what is wrong with one cell of a row; *column* is its name in code, or empty for the whole row."""
        found = next((c for c in self.sheet.columns if c.name == column), None)
        cell: Any = read.values.get(column)
        text = "、".join(cell) if isinstance(cell, tuple) else cell
        letters, title = self.rows.place(read.worksheet, column) if self.rows and column else ("", "")
        return Problem(
            file=self.rows.name if self.rows else "",
            worksheet=read.worksheet,
            row=read.number,
            column=letters,
            field=title or (found.title if found else LINE),
            value=found.shown(text) if found else "",
            message=message,
            remedy=remedy,
            level=level,
        )

    def error(self, read: Read, column: str, message: str, remedy: str, key: str = "") -> PlannedRow:
        """Make a row that is wrong in one cell."""
        return refused(read, key, self.problem(read, column, message, remedy))


Planner = Callable[[Unit, Tenant, File, Iterable[Read], Say], Awaitable[str]]
"""Decides and writes the rows of a file, says each as it is decided, and answers a digest of what was written."""


def refused(read: Read, key: str, *problems: Problem) -> PlannedRow:
    """Make a row that is wrong."""
    return PlannedRow(number=read.number, worksheet=read.worksheet, state="error", key=key, problems=problems)


def called(read: Read, column: str) -> str:
    """Give what a row is called by; empty where the cell is."""
    return str(read.values[column] or "")


def wrong(read: Read, key: str) -> PlannedRow | None:
    """Make a wrong row of what the file itself got wrong; None if it got nothing wrong."""
    return None if read.ok else refused(read, key, *(p for p in read.problems if p.level == "error"))


def decided(read: Read, state: State, key: str, *looks: Problem) -> PlannedRow:
    """Make a row that is written, or is there already; a warning, the file's or ours, asks for a look at it."""
    problems = (*read.problems, *looks)
    final: State = "warning" if problems and state != "same" else state
    return PlannedRow(number=read.number, worksheet=read.worksheet, state=final, key=key, problems=problems)


def chunks(reads: Iterable[Read]) -> Iterator[Sequence[Read]]:
    """Cut rows into pieces that are handled together."""
    rest = iter(reads)
    while piece := list(islice(rest, CHUNK)):
        yield piece


class Once:
    """Remembers which row of a file had a key first, by a hash a row, so that a long file costs little."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}

    def before(self, key: Any, number: int) -> int:
        """Give the row that had this key before, or 0; the key is now this row's, if it is nobody's."""
        first = self._first.setdefault(hash(key), number)
        return 0 if first == number else first
