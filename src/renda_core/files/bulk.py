"""Long tables out: a page of any length into one file, CSV or XLSX, with memory that does not grow with its rows."""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import rustpy_xlsxwriter as fast

from renda_core.errors import Invalid
from renda_core.files.workbook import (
    A4,
    FONT,
    FOOTER,
    MOST_DIGITS,
    NOTES,
    NOTES_COLUMNS,
    NOTES_WIDTHS,
    WIDEST,
    Page,
    refuse_too_long,
    refuse_too_many,
    sheet_title,
    text_width,
    write_workbook,
)
from renda_core.files.written import shown, whole_file, write_csv

SHORT = 10_000
"""Characters: a text below needs no measuring, and nearly all are."""
PRINTED = {
    "landscape": True, "paper_size": A4, "fit_to_pages": (1, 0), "repeat_rows": (0, 0), "footer": FOOTER,
}  # fmt: skip
"""How every sheet prints: A4 across, the header on every page."""
LOOKED_AT = 200
"""Rows looked at for a column's width and kind before the first is written."""


def write_table(path: str | Path, page: Page) -> Path:
    """Write one page; the name says how: ``.csv`` as CSV, ``.xlsx`` as a workbook.

    In a workbook the cells are what :func:`~renda_core.files.workbook.write_workbook` makes them: texts stay texts even
    where they look like formulas, days are days, whole numbers of 16 digits and more are texts. It is several times as
    fast, and looks at the first rows only for widths. In CSV the page's notes are left out.

    Returns:
        *path*, which appears once it is complete.

    Raises:
        Invalid: Another ending, a text longer or a table taller than Excel keeps; the message names the place.
    """
    path = Path(path)
    if path.suffix.lower() == ".csv":
        return write_csv(path, page.columns, page.rows)
    if path.suffix.lower() != ".xlsx":
        raise Invalid(f"{path.name}: name it .xlsx or .csv", file=path.name)
    rows = iter(page.rows)
    begin = [tuple(row) for row in itertools.islice(rows, LOOKED_AT)]
    if not begin or len(set(page.columns)) < len(page.columns):
        # the fast writer takes neither a page without rows nor two columns of one title
        return write_workbook(path, [_with_rows(page, itertools.chain(begin, rows))])
    with whole_file(path) as part:
        _write(part, path.name, page, begin, rows)
    return path


def _with_rows(page: Page, rows: Iterable[Sequence[object]]) -> Page:
    """Give a page with other rows."""
    return Page(page.title, page.columns, rows, notes=page.notes, widths=page.widths, kinds=page.kinds)


def _write(
    part: Path, file: str, page: Page, begin: list[tuple[object, ...]], rest: Iterator[Sequence[object]]
) -> None:
    kinds = [declared or _kind(column) for declared, column in zip(_declared(page), _columns(page, begin), strict=True)]
    formats = {"text": _text(), "day": _day("yyyy-mm-dd"), "moment": _day("yyyy-mm-dd hh:mm"), "number": _plain()}
    taken: set[str] = set()
    title = sheet_title(page.title, taken)
    sheets: list[tuple[str, Any]] = [(title, _records(file, page.columns, kinds, itertools.chain(begin, rest)))]
    widths: dict[str, Any] = {title: _widths(page, begin)}
    cells: dict[str, Any] = {title: [formats[kind] for kind in kinds]}
    if page.notes:
        told = sheet_title(NOTES, taken)
        lines = [(page.title, note) for note in page.notes]
        sheets.append((told, _records(file, NOTES_COLUMNS, ("text", "text"), iter(lines))))
        widths[told], cells[told] = list(NOTES_WIDTHS), [formats["text"]] * 2
    head = _plain().set_bold().set_background_color("#E7E6E6").set_align("center").set_text_wrap()
    fast.write_worksheets(
        sheets,
        str(part),
        freeze_panes={"general": {"row": 1, "col": 0}},
        autofilter={"general": True},
        header_format={"general": head},
        column_formats=cells,
        column_widths=widths,
        page_setup={"general": PRINTED},
    )


def _records(
    file: str, columns: Sequence[str], kinds: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[Mapping[str, object]]:
    """Give each row as the fast writer takes it; what does not fit its column's kind becomes the text people read."""
    for number, row in enumerate(rows, 2):
        refuse_too_many(file, number)
        cells = (
            _cell(file, number, at, kind, value) for at, (kind, value) in enumerate(zip(kinds, row, strict=True), 1)
        )
        yield dict(zip(columns, cells, strict=True))


def _cell(file: str, row: int, at: int, kind: str, value: object) -> object:
    if value is None or (type(value) is str and len(value) < SHORT):
        return value or None
    if kind == "day" and isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if kind == "moment" and isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST_DIGITS and kind == "number":
        return value
    return refuse_too_long(file, row, at, shown(value)) or None


def _declared(page: Page) -> list[str]:
    return [*page.kinds, *[""] * (len(page.columns) - len(page.kinds))]


def _columns(page: Page, begin: Sequence[Sequence[object]]) -> list[list[object]]:
    return [[row[at] for row in begin if row[at] is not None] for at in range(len(page.columns))]


def _kind(values: Sequence[object]) -> str:
    """Say what a column holds, from its first cells: one kind, or else texts."""
    if not values:
        return "text"
    if all(isinstance(v, dt.datetime) for v in values):
        return "moment"
    if all(isinstance(v, dt.date) and not isinstance(v, dt.datetime) for v in values):
        return "day"
    return "number" if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values) else "text"


def _widths(page: Page, begin: Sequence[Sequence[object]]) -> list[float]:
    found: list[float] = []
    for at, title in enumerate(page.columns):
        widest = max(text_width(title) + 3, *(text_width(shown(row[at])) + 2 for row in begin))
        found.append((page.widths[at] if at < len(page.widths) else None) or min(WIDEST, widest))
    return found


def _plain() -> Any:
    return fast.Format().set_font_name(FONT).set_font_size(10).set_border("thin").set_align("vertical_center")


def _text() -> Any:
    return _plain().set_num_format("@").set_text_wrap()


def _day(form: str) -> Any:
    return _plain().set_num_format(form).set_align("center")


__all__ = ["LOOKED_AT", "write_table"]
