"""The columns a sheet is defined to have, and what is said about a place of a file."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Literal

import attrs

from renda_core.domain.identity import masked
from renda_core.files.cells import Cell, Kind, reader

LONGEST_VALUE = 60
"""Characters of a cell that a problem repeats."""

_LONG_NUMBER = re.compile(r"[0-9]{11,}[0-9Xx]?")  # a telephone or identity number, whatever column it stands in
_NEVER_SHOWN = frozenset({"id_number", "phone"})


@attrs.frozen
class Column:
    """One column: the *titles* it may have in a file (the first is ours) and what its cells mean.

    Attributes:
        name: Field name in code.
        choices: For kind ``choice``: what people write, and the code it stands for.
        note: For the people who fill in the template.
        example: A cell of the template's example line.
        short: For kind ``text``: what people write for a longer text, and that text.
        ordinal: For kind ``int``: the number of a term or session, which may be written 第六届.
        month: For kind ``date``: a month alone is taken as its first day, with a warning.
        personal: Its cells are never repeated whole; true of every identity and telephone number anyway.
    """

    name: str
    titles: tuple[str, ...] = attrs.field(kw_only=True)
    kind: Kind = attrs.field(default="text", kw_only=True)
    required: bool = attrs.field(default=False, kw_only=True)
    choices: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    note: str = attrs.field(default="", kw_only=True)
    example: str = attrs.field(default="", kw_only=True)
    short: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    ordinal: bool = attrs.field(default=False, kw_only=True)
    month: bool = attrs.field(default=False, kw_only=True)
    personal: bool = attrs.field(default=False, kw_only=True)

    def reader(self, *, since_1904: bool = False) -> Callable[[Cell], object]:
        """Build the function that reads its cells; see :func:`cells.reader`."""
        return reader(
            self.kind,
            choices=self.choices,
            short=self.short,
            month=self.month,
            ordinal=self.ordinal,
            since_1904=since_1904,
        )

    @property
    def title(self) -> str:
        """The title we write ourselves."""
        return self.titles[0]

    def shown(self, cell: Cell) -> str:
        """Give what a cell holds as a message may repeat it: cut, and covered where it is personal."""
        whole = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
        text = "" if whole is None else " ".join(str(whole)[: 2 * LONGEST_VALUE].split())
        if self.personal or self.kind in _NEVER_SHOWN:
            text = masked(text)
        elif self.kind != "uscc":
            text = _LONG_NUMBER.sub(lambda found: masked(found[0]), text)
        return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


@attrs.frozen
class Sheet:
    """A kind of file: its columns; with *extra*, columns it does not know are kept as they are."""

    name: str
    title: str
    columns: tuple[Column, ...]
    extra: bool = attrs.field(default=False, kw_only=True)

    @cached_property
    def _known(self) -> dict[str, Column]:
        pairs = [(title_key(title), column) for column in self.columns for title in (column.name, *column.titles)]
        return dict(reversed(pairs))

    def column(self, title: str) -> Column | None:
        """Find the column a header in a file stands for."""
        return self._known.get(title_key(title))

    def example(self) -> dict[str, Cell]:
        """Give the template's example line, by our titles."""
        return {column.title: column.example or None for column in self.columns}


@attrs.frozen(kw_only=True)
class Problem:
    """What is wrong at one place of a file.

    Attributes:
        worksheet: Empty for a CSV file.
        row: As Excel counts; 0 where the problem is of the whole file or sheet.
        column: Its letters in Excel; empty where the file has no such column.
        field: The title as the file writes it.
        value: What the cell holds, cut to 60 characters; covered but for the last four where it is personal.
    """

    file: str
    worksheet: str = ""
    row: int = 0
    column: str = ""
    field: str = ""
    value: str = ""
    message: str
    remedy: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        column = f"column {self.column} {self.field}".strip() if self.column else self.field
        row = f"row {self.row}" if self.row else ""
        value = f'"{self.value}"' if self.value else ""
        place = ", ".join(part for part in (self.file, self.worksheet, row, column, value) if part)
        return f"{place}: {self.message}; {self.remedy}"


@attrs.frozen(kw_only=True)
class Read:
    """One row read: *values* holds every column of the sheet, *extra* the columns only the file knows."""

    number: int
    values: Mapping[str, object]
    problems: tuple[Problem, ...] = ()
    extra: Mapping[str, Cell] = attrs.field(factory=dict)
    worksheet: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether nothing worse than a warning was found."""
        return all(problem.level == "warning" for problem in self.problems)


def title_key(title: str) -> str:
    """Reduce a header to what identifies it: no spaces, no star, no 必填, no difference of width or case."""
    plain = unicodedata.normalize("NFKC", title[:200]).casefold()
    return "".join(plain.replace("(必填)", "").replace("*", "").replace("_", "").split())


def letters(at: int) -> str:
    """Name a column, counted from 0, as Excel does: A, Z, AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name
