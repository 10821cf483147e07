"""Rows checked against the columns a sheet is defined to have, every problem with its place and its remedy."""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from renda_core.errors import Invalid
from renda_core.files.cells import Kind, Unreadable, understood
from renda_core.files.tables import Cell, Line, Table


@attrs.frozen
class Column:
    """One column: the *titles* it may have in a file (the first is ours) and what its cells mean.

    Attributes:
        name: Field name in code.
        choices: For kind ``choice``: what people write, and the code it stands for.
        note: For the people who fill in the template.
        example: A cell of the template's example line.
    """

    name: str
    titles: tuple[str, ...] = attrs.field(kw_only=True)
    kind: Kind = attrs.field(default="text", kw_only=True)
    required: bool = attrs.field(default=False, kw_only=True)
    choices: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    note: str = attrs.field(default="", kw_only=True)
    example: str = attrs.field(default="", kw_only=True)

    @property
    def title(self) -> str:
        """The title we write ourselves."""
        return self.titles[0]


@attrs.frozen
class Sheet:
    """A kind of file: its columns; with *extra*, columns it does not know are kept as they are."""

    name: str
    title: str
    columns: tuple[Column, ...]
    extra: bool = attrs.field(default=False, kw_only=True)

    def column(self, title: str) -> Column | None:
        """Find the column a header in a file stands for."""
        key = _key(title)
        return next((column for column in self.columns if key in map(_key, (column.name, *column.titles))), None)

    def example(self) -> dict[str, Cell]:
        """Give the template's example line, by our titles."""
        return {column.title: column.example or None for column in self.columns}


@attrs.frozen(kw_only=True)
class Problem:
    """What is wrong at one place of a file; *field* is the title as the file writes it."""

    file: str
    row: int
    field: str
    message: str
    remedy: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, {self.field}: {self.message}; {self.remedy}"


@attrs.frozen(kw_only=True)
class Read:
    """One row read: *values* holds every column of the sheet, *extra* the columns only the file knows."""

    number: int
    values: Mapping[str, object]
    problems: tuple[Problem, ...] = ()
    extra: Mapping[str, Cell] = attrs.field(factory=dict)

    @property
    def ok(self) -> bool:
        """Tell whether nothing worse than a warning was found."""
        return all(problem.level == "warning" for problem in self.problems)


def check_headers(table: Table, sheet: Sheet) -> tuple[Problem, ...]:
    """Compare a file's headers with the sheet: columns missing, given twice, or unknown.

    Returns:
        Errors for missing required columns and for two headers of one column; warnings for unknown columns.
    """
    found = [(header, sheet.column(header)) for header in table.headers]
    given = [column.name for _, column in found if column]
    unknown = [header for header, column in found if column is None]
    free = {title: column for column in sheet.columns if column.name not in given for title in column.titles}

    def problem(field: str, message: str, remedy: str, level: Literal["error", "warning"] = "error") -> Problem:
        name, row = table.name, table.header
        return Problem(file=name, row=row, field=field, message=message, remedy=remedy, level=level)

    problems = []
    for column in sheet.columns:
        if column.required and column.name not in given:
            near = difflib.get_close_matches(column.title, unknown, n=1, cutoff=0.5)
            meant = f"rename {near[0]!r} to {column.title}" if near else f"add a column {column.title}"
            remedy = f"{meant}; the headers must be in the first row that holds anything"
            problems.append(problem(column.title, "this required column is missing", remedy))
        if given.count(column.name) > 1:
            both = " and ".join(repr(header) for header, other in found if other is column)
            problems.append(problem(column.title, f"{both} are the same column", "keep one of them"))
    for header in dict.fromkeys(unknown):
        if unknown.count(header) > 1:
            problems.append(problem(header, "this column is given twice", "keep one of them"))
        elif not sheet.extra:
            near = difflib.get_close_matches(header, free, n=1, cutoff=0.3)
            known = "、".join(column.title for column in sheet.columns)
            remedy = f"did you mean {near[0]}?" if near else f"known columns: {known}"
            problems.append(problem(header, "this column is not known and is left out", remedy, "warning"))
    return tuple(problems)


def read_rows(table: Table, sheet: Sheet) -> tuple[Read, ...]:
    """Read every row by the sheet's columns; a row's mistakes are gathered in it, never raised.

    Returns:
        One Read a row, in the file's order. Warnings about the headers stand with the first row.

    Raises:
        Invalid: The headers do not fit, so no row can be read; ``details["problems"]`` has all of
            :func:`check_headers`.
    """
    heads = check_headers(table, sheet)
    errors = [problem for problem in heads if problem.level == "error"]
    if errors:
        raise Invalid("\n".join(map(str, errors)), file=table.name, problems=heads)
    headers = {column.name: header for header in table.headers if (column := sheet.column(header))}
    extra = [header for header in table.headers if sheet.extra and header not in headers.values()]
    example = _example_values(sheet)
    reads = []
    for line in table.rows:
        read = _read(table, line, sheet, headers, extra)
        if example and read.values == example:
            note = "the template's example line is still in the file and is left out"
            shown = Problem(
                file=table.name, row=line.number, field=sheet.columns[0].title, message=note,
                remedy="delete the line", level="warning",
            )  # fmt: skip
            heads += (shown,)
            continue
        reads.append(read)
    if reads and heads:
        reads[0] = attrs.evolve(reads[0], problems=heads + reads[0].problems)
    return tuple(reads)


def _read(table: Table, line: Line, sheet: Sheet, headers: Mapping[str, str], extra: Sequence[str]) -> Read:
    """Read one row."""
    values, problems = dict[str, object](), list[Problem]()

    def note(field: str, message: str, remedy: str, level: Literal["error", "warning"] = "error") -> None:
        name, row = table.name, line.number
        problems.append(Problem(file=name, row=row, field=field, message=message, remedy=remedy, level=level))

    for column in sheet.columns:
        field = headers.get(column.name)
        cell = None if field is None else line.cells.get(field)
        try:
            values[column.name] = understood(cell, column.kind, column.choices)
        except Unreadable as wrong:
            values[column.name] = understood(None, column.kind, column.choices)
            note(field or column.title, wrong.message, wrong.remedy)
            continue
        if column.required and (cell is None or values[column.name] in ((), "")):
            note(field or column.title, "is empty and must not be", "fill it in")
        if isinstance(cell, str) and any(_private(sign) for sign in cell):
            message = "holds a character from a private font that other machines cannot show"
            note(field or column.title, message, "enter the character again with a current input method", "warning")
    kept = {header: line.cells.get(header) for header in extra if line.cells.get(header) is not None}
    return Read(number=line.number, values=values, problems=tuple(problems), extra=kept)


def _private(sign: str) -> bool:
    return "\ue000" <= sign <= "\uf8ff" or sign >= "\U000f0000"


def _example_values(sheet: Sheet) -> dict[str, object]:
    """Read the example line as if it stood in a file; empty when the sheet has none."""
    if not any(column.example for column in sheet.columns):
        return {}
    return {column.name: understood(column.example or None, column.kind, column.choices) for column in sheet.columns}


def _key(title: str) -> str:
    """Reduce a header to what identifies it: no spaces, no star, no 必填, no difference of width or case."""
    plain = unicodedata.normalize("NFKC", title[:200]).casefold()
    return "".join(plain.replace("(必填)", "").replace("*", "").split())
