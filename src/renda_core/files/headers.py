"""Which row of a worksheet names its columns, and what is wrong with it."""

import difflib
from collections.abc import Sequence
from typing import Literal

import attrs

from renda_core.files.cells import Cell
from renda_core.files.columns import Column, Problem, Sheet, letters, title_key

LOOKED_AT = 30
"""Rows that hold something, among which the headers are looked for."""

_FEWEST = 2
"""Known titles that make a row of headers; one word alone may stand in any title line."""
_COUNTERS = frozenset(map(title_key, ("序号", "No.", "No", "#", "行号")))
_SHOWN_ROWS, _SHOWN_CELLS, _SHOWN_SIGNS = 3, 8, 12


@attrs.frozen
class Header:
    """The headers of one worksheet.

    Attributes:
        number: Row of the headers, as Excel counts.
        titles: By column, from A; empty where there is none.
        places: Known columns by their field name: where they stand, counted from 0.
        above: Texts that stand above the headers, such as the title of the list.
        problems: Errors and warnings.
        sure: Enough titles are known for this row to be taken as headers.
    """

    number: int
    titles: tuple[str, ...]
    places: dict[str, int]
    above: frozenset[str]
    problems: tuple[Problem, ...]
    sure: bool

    @property
    def fits(self) -> bool:
        """Tell whether rows can be read under these headers."""
        return all(problem.level == "warning" for problem in self.problems)


def find_header(
    file: str, worksheet: str, numbers: Sequence[int], rows: Sequence[Sequence[Cell]], sheet: Sheet
) -> Header:
    """Find the row that knows most of the sheet's columns, below whatever titles stand above it.

    Args:
        file: Name of the file.
        worksheet: Name of the worksheet.
        numbers: Row numbers as Excel counts, of the first rows that hold something; at least one.
        rows: Their cells.
        sheet: What the file should hold.

    Returns:
        The best row, even if nothing in it is known.
    """
    required = {column.name for column in sheet.columns if column.required}
    found = [{column.name for cell in row if (column := _column(cell, sheet))} for row in rows]
    ranks = [(bool(names) and required <= names, len(names)) for names in found]
    best = ranks.index(max(ranks))
    # Titles merged over two rows are known in both; the lower one also has the titles under a group.
    while (
        best + 1 < len(rows)
        and ranks[best + 1] == ranks[best]
        and found[best]
        and numbers[best + 1] == numbers[best] + 1
    ):
        best += 1
    row = rows[best]
    titles = tuple(cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell) for cell in row)
    above = frozenset(cell.strip() for early in rows[:best] for cell in early if isinstance(cell, str))
    places = dict[str, int]()
    for at, title in enumerate(titles):
        if title and (column := sheet.column(title)):
            places.setdefault(column.name, at)
    sure = len(found[best]) >= min(_FEWEST, len(sheet.columns))
    checker = _Checker(file, worksheet, numbers[best], titles, sheet)
    return Header(numbers[best], titles, places, above, checker.problems(), sure)


def is_counter(title: str) -> bool:
    """Tell whether a column only numbers the rows, e.g. 序号."""
    return title_key(title) in _COUNTERS


def first_rows(rows: Sequence[Sequence[Cell]]) -> str:
    """Say what the first rows hold, for somebody who looks for the headers; long numbers are left out."""
    shown = []
    for row in rows[:_SHOWN_ROWS]:
        cells = [
            cell.strip()[:_SHOWN_SIGNS] for cell in row if isinstance(cell, str) and not any(map(str.isdigit, cell))
        ]
        shown.append("、".join(cells[:_SHOWN_CELLS]))
    return " / ".join(shown)


def _column(cell: Cell, sheet: Sheet) -> Column | None:
    return sheet.column(cell) if isinstance(cell, str) else None


@attrs.frozen
class _Checker:
    """Compares headers with the sheet."""

    file: str
    worksheet: str
    row: int
    titles: tuple[str, ...]
    sheet: Sheet

    def problems(self) -> tuple[Problem, ...]:
        """Give errors for missing required columns and two headers of one; warnings for unknown columns."""
        given = [(at, title, self.sheet.column(title)) for at, title in enumerate(self.titles) if title]
        return (*self._missing(given), *self._twice(given), *self._unknown(given))

    def _problem(
        self, field: str, message: str, remedy: str, at: int | None = None, level: Literal["error", "warning"] = "error"
    ) -> Problem:
        return Problem(
            file=self.file, worksheet=self.worksheet, row=self.row, column="" if at is None else letters(at),
            field=field, message=message, remedy=remedy, level=level,
        )  # fmt: skip

    def _missing(self, given: list[tuple[int, str, Column | None]]) -> list[Problem]:
        names = {column.name for _, _, column in given if column}
        unknown = [title for _, title, column in given if column is None]
        problems = []
        for column in self.sheet.columns:
            if column.required and column.name not in names:
                near = difflib.get_close_matches(column.title, unknown, n=1, cutoff=0.5)
                meant = f"rename {near[0]!r} to {column.title}" if near else f"add a column {column.title}"
                remedy = f"{meant}; all headers must stand in one row, among the first {LOOKED_AT}"
                problems.append(self._problem(column.title, "this required column is missing", remedy))
        return problems

    def _twice(self, given: list[tuple[int, str, Column | None]]) -> list[Problem]:
        problems = []
        for column in self.sheet.columns:
            same = [(at, title) for at, title, other in given if other is column]
            if len(same) > 1:
                both = " and ".join(f"{title!r} ({letters(at)})" for at, title in same)
                problems.append(
                    self._problem(column.title, f"{both} are the same column", "keep one of them", same[1][0])
                )
        return problems

    def _unknown(self, given: list[tuple[int, str, Column | None]]) -> list[Problem]:
        names = {column.name for _, _, column in given if column}
        free = [title for column in self.sheet.columns if column.name not in names for title in column.titles]
        titles = [title for _, title, column in given if column is None]
        problems = []
        for at, title, column in given:
            if column is not None or is_counter(title):
                continue
            if self.sheet.extra:
                if titles.count(title) > 1:
                    problems.append(self._problem(title, "this column is given twice", "keep one of them", at))
                continue
            near = difflib.get_close_matches(title, free, n=1, cutoff=0.3)
            known = "、".join(column.title for column in self.sheet.columns)
            remedy = f"did you mean {near[0]}?" if near else f"known columns: {known}"
            message = "this column is not known and is left out"
            problems.append(self._problem(title, message, remedy, at, "warning"))
        return problems
