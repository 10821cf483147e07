"""XLSX out: tables that print on A4, texts that stay texts, files that appear whole or not at all."""

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import attrs
import xlsxwriter

from renda_core.errors import Invalid
from renda_core.files.written import shown, whole_file

FONT = "宋体"
LONGEST_CELL = 32_767
"""Characters Excel keeps in one cell."""
MOST_ROWS = 1_048_576
"""Rows Excel keeps on one sheet, the header among them."""
MOST_DIGITS = 10**15
A4 = 9
"""Excel's number for the paper."""
WIDEST = 42
"""Characters; a wider text is wrapped."""
FOOTER = "&C第 &P 页，共 &N 页"
NOTES, NOTES_COLUMNS, NOTES_WIDTHS = "说明", ("表", "说明"), (20.0, 80.0)
"""The sheet of notes at the end of a workbook; whoever reads the file leaves it out."""
Kind = Literal["", "text", "day", "moment", "number"]


@attrs.frozen
class Page:
    """One sheet to write.

    Attributes:
        title: Name of the sheet; signs Excel refuses are replaced, 31 characters are kept.
        columns: Headers. A rate goes into three of them: as shown, its hits, its base.
        rows: One sequence a row; may be an iterator, it is read once.
        notes: Lines for the sheet 说明 at the end of the workbook, so that the table stays a table.
        widths: Column widths in characters; None, or a missing one, is found from the cells.
        kinds: What each column holds; empty, or a missing one, is found from the cells.
    """

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]
    notes: Sequence[str] = attrs.field(default=(), kw_only=True)
    widths: Sequence[float | None] = attrs.field(default=(), kw_only=True)
    kinds: Sequence[Kind] = attrs.field(default=(), kw_only=True)


def write_workbook(path: str | Path, sheets: Sequence[Page], *, created: dt.datetime | None = None) -> Path:
    """Write the pages as one workbook in constant memory.

    Args:
        path: Where the file appears once it is complete.
        sheets: At least one page. Dates become real dates, bool 是 and 否, None an empty cell, any text a text
            even where it looks like a formula; whole numbers of 16 digits and more are written as texts.
        created: The date of making; give one to get the same bytes for the same content.

    Returns:
        *path*.

    Raises:
        Invalid: A text is longer than Excel keeps, or there is no page.
    """
    if not sheets:
        raise Invalid(f"{Path(path).name}: a workbook needs at least one page")
    notes = [(page.title, note) for page in sheets for note in page.notes]
    pages = [*sheets, Page(NOTES, NOTES_COLUMNS, notes, widths=NOTES_WIDTHS)] if notes else sheets
    with whole_file(path) as part:
        book = xlsxwriter.Workbook(str(part), {"constant_memory": True})
        try:
            writer = Writer(book, Path(path).name)
            for page in pages:
                writer.page(page)
            if created is not None:
                book.set_properties({"created": created})
        finally:
            book.close()  # also takes away the rows kept on disk when a page fails
    return Path(path)


@attrs.frozen(init=False)
class Writer:
    """The formats of one workbook, and how a value becomes a cell."""

    book: Any
    file: str
    titles: set[str]
    head: Any
    text: Any
    day: Any
    moment: Any
    number: Any

    def __init__(self, book: Any, file: str) -> None:
        plain = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "border": 1}
        bold = {"bold": True, "bg_color": "#E7E6E6", "align": "center", "text_wrap": True}
        self.__attrs_init__(
            book=book,
            file=file,
            titles=set(),
            head=book.add_format(plain | bold),
            text=book.add_format(plain | {"num_format": "@", "text_wrap": True}),
            day=book.add_format(plain | {"num_format": "yyyy-mm-dd", "align": "center"}),
            moment=book.add_format(plain | {"num_format": "yyyy-mm-dd hh:mm", "align": "center"}),
            number=book.add_format(plain),
        )

    def page(self, page: Page) -> None:
        """Write one page, row after row."""
        out = self.book.add_worksheet(sheet_title(page.title, self.titles))
        widths = [min(WIDEST, text_width(title) + 3) for title in page.columns]
        for at, title in enumerate(page.columns):
            out.write_string(0, at, title, self.head)
        number = 0
        for number, row in enumerate(page.rows, 1):
            refuse_too_many(self.file, number + 1)
            for at, value in enumerate(row):
                width = self.cell(out, number, at, value)
                if at < len(widths):
                    widths[at] = max(widths[at], min(WIDEST, width + 2))
        for at, (found, asked) in enumerate(itertools.zip_longest(widths, page.widths[: len(widths)])):
            out.set_column(at, at, asked or found)
        self.finish(out, columns=len(page.columns), rows=number)

    def cell(self, out: Any, row: int, at: int, value: object) -> int:
        """Write one value; return its width in half-width characters."""
        if isinstance(value, dt.datetime):
            out.write_datetime(row, at, value.replace(tzinfo=None), self.moment)
            return 16
        if isinstance(value, dt.date):
            out.write_datetime(row, at, value, self.day)
            return 10
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST_DIGITS:
            out.write_number(row, at, value, self.number)
            return len(str(value))
        text = refuse_too_long(self.file, row + 1, at + 1, shown(value))
        # write_string and never write: a text beginning with = must not become a formula, nor one an address a link.
        out.write_string(row, at, text, self.text) if text else out.write_blank(row, at, None, self.text)
        return text_width(text)

    def finish(self, out: Any, *, columns: int, rows: int) -> None:
        """Freeze and filter the header, and make the sheet print on A4 across with the header on every page."""
        out.freeze_panes(1, 0)
        out.autofilter(0, 0, rows, max(columns, 1) - 1)
        out.set_landscape()
        out.set_paper(A4)
        out.fit_to_pages(1, 0)
        out.repeat_rows(0)
        out.set_footer(FOOTER)


def refuse_too_long(file: str, row: int, column: int, text: str) -> str:
    """Give a text that fits into a cell.

    Raises:
        Invalid: Excel would cut it off, which nobody would see.
    """
    if len(text) > LONGEST_CELL // 2 and len(text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_CELL:
        message = f"{file}, row {row}, column {column}: longer than the {LONGEST_CELL:,} Excel keeps"
        raise Invalid(f"{message}; export this table as CSV", file=file, row=row)
    return text


def refuse_too_many(file: str, row: int) -> None:
    """Refuse a row that no sheet has."""
    if row > MOST_ROWS:
        raise Invalid(f"{file}: more than the {MOST_ROWS:,} rows Excel keeps; export this table as CSV", file=file)


def text_width(text: str) -> int:
    """Measure the longest line; a Chinese character is two wide."""
    line = max(text[:200].split("\n"), key=len)
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


def sheet_title(title: str, taken: set[str]) -> str:
    """Make a sheet name that Excel takes and that no sheet of the workbook has."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "-", title).strip("' ")[:31] or "表"
    name = plain
    for number in itertools.count(2):
        if name.casefold() not in taken:
            break
        name = f"{plain[: 31 - len(str(number)) - 2]}({number})"
    taken.add(name.casefold())
    return name
