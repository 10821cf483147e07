"""One table out of an XLSX or CSV file, with the row numbers a person sees in Excel."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs
import python_calamine

from renda_core.files.archive import MOST_ROWS, check_archive, check_size, refuse
from renda_core.files.written import unguarded

MOST_PACKED = 50 * 1024 * 1024
"""Bytes of a file as it lies on disk."""

Cell = str | dt.date | int | float | None

# Python's table stops at the year 2000; later editions gave these characters places of their own outside the
# private use area. Source: GB 18030-2005 (U+1E3F) and GB 18030-2022.
_GB18030_LATER = {
    0xE7C7: 0x1E3F, 0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15,
    0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6,
    0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB, 0xE816: 0x20087, 0xE817: 0x20089,
    0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE,
}  # fmt: skip


@attrs.frozen
class Line:
    """One row that holds something; *number* is its row in Excel, *cells* are keyed by header."""

    number: int
    cells: Mapping[str, Cell]


@attrs.frozen(kw_only=True)
class Table:
    """A header row and the rows under it; *name* is the file's, *header* the header's row number."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[Line, ...]
    header: int = 1
    sheet: str = ""


def read_table(path: str | Path, sheet: str | None = None) -> Table:
    """Read one sheet of a workbook, or a CSV file, without guessing.

    Args:
        path: ``.xlsx``, ``.xlsm``, ``.csv`` or ``.txt``; CSV is UTF-8, else GB18030, both read strictly.
        sheet: Name of the sheet; without it the first visible one.

    Returns:
        The table: blank cells are None, texts are stripped, whole numbers are ``int``, dates are dates (with a
        time of day: ISO text). Empty rows are left out. Of two equal headers the first has the cells.

    Raises:
        Invalid: The file is missing, too large, of another kind or damaged; says what to do.
    """
    path = Path(path)
    name = path.name
    if not path.is_file():
        raise refuse(str(path), "there is no such file", "check the folder and the spelling of the name")
    if path.stat().st_size > MOST_PACKED:
        raise refuse(name, f"is larger than {MOST_PACKED:,} bytes", "split it into several files")
    data, kind = path.read_bytes(), path.suffix.lower()
    if kind in {".xlsx", ".xlsm"}:
        check_archive(data, name)
        title, rows = _workbook_rows(data, name, sheet)
    elif kind in {".csv", ".txt"}:
        title, rows = "", _csv_rows(data, name)
    else:
        raise refuse(name, f"files of kind {kind or 'without ending'} are not read", "save it as .xlsx or as CSV")
    return _table(name, title, rows)


def _table(name: str, sheet: str, rows: Iterable[tuple[int, list[Cell]]]) -> Table:
    """Take the first row that holds something as headers, the others as lines."""
    header, headers, lines = 0, tuple[str, ...](), list[Line]()
    for number, cells in rows:
        if all(cell is None for cell in cells):
            continue
        while cells[-1] is None:
            cells.pop()
        check_size(name, rows=number, columns=len(cells))
        if not header:
            header, headers = number, tuple("" if cell is None else str(cell) for cell in cells)
            continue
        if len(cells) > len(headers):  # cells right of the last header: give their columns a name people can find
            headers += ("",) * (len(cells) - len(headers))
        padded = cells + [None] * (len(headers) - len(cells))
        titles = [title or _letters(at) for at, title in enumerate(headers)]
        kept = dict[str, Cell]()
        for title, cell in zip(titles, padded, strict=True):
            kept.setdefault(title, cell)
        lines.append(Line(number, kept))
    if not header:
        raise refuse(name, "holds no row at all", "check that the table is on the first sheet")
    used = {title for line in lines for title, cell in line.cells.items() if cell is not None}
    titles = [title or _letters(at) for at, title in enumerate(headers)]
    shown = tuple(title for title, given in zip(titles, headers, strict=True) if given or title in used)
    return Table(name=name, sheet=sheet, header=header, headers=shown, rows=tuple(lines))


def _letters(at: int) -> str:
    """Name a column without header as Excel does, e.g. ``(column C)``."""
    letters = chr(65 + at % 26)
    return f"(column {letters})" if at < 26 else f"(column {chr(64 + at // 26)}{letters})"


def _workbook_rows(data: bytes, name: str, sheet: str | None) -> tuple[str, Iterable[tuple[int, list[Cell]]]]:
    """Read one sheet of a workbook whose size has been checked."""
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        shown = [
            found.name
            for found in book.sheets_metadata
            if found.visible == python_calamine.SheetVisibleEnum.Visible
            and found.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        if sheet is None and not shown:
            raise refuse(name, "has no visible sheet", "unhide the sheet with the table")
        if sheet is not None and sheet not in book.sheet_names:
            known = "、".join(book.sheet_names)
            raise refuse(name, f"has no sheet {sheet!r}", f"take one of {known}", sheet=sheet)
        title = shown[0] if sheet is None else sheet
        page = book.get_sheet_by_name(title)
    except (python_calamine.CalamineError, ValueError) as broken:
        raise refuse(name, "is damaged and cannot be read", "open it in Excel or WPS and save it again") from broken
    blank: list[Cell] = [None] * (page.start[1] if page.start else 0)
    return title, ((at, blank + [_cell(value) for value in row]) for at, row in enumerate(page.iter_rows(), 1))


def _cell(value: object) -> Cell:
    """Bring what the reader yields down to four kinds."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time.min else value.isoformat(" ")
    if value is None or isinstance(value, int | float | dt.date):
        return value
    return str(value)


def _csv_rows(data: bytes, name: str) -> Iterator[tuple[int, list[Cell]]]:
    """Read records; a record over several lines is one row, as Excel shows it."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise refuse(name, "is a workbook under a CSV name", "give it its own ending, .xlsx")
    text = _decoded(data, name)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first and "," not in first else ",")
    number = 0
    try:
        for number, record in enumerate(reader, 1):
            if number > MOST_ROWS:
                check_size(name, rows=number, columns=len(record))
            yield number, [unguarded(field).strip() or None for field in record]
    except csv.Error as broken:
        message, remedy = f"row {number + 1} cannot be read ({broken})", "look for a quotation mark left open"
        raise refuse(name, message, remedy, row=number + 1) from broken


def _decoded(data: bytes, name: str) -> str:
    """Decode strictly: UTF-8 with or without its mark, else GB18030; never mojibake."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030").translate(_GB18030_LATER)
    except UnicodeDecodeError as broken:
        line = data.count(b"\n", 0, broken.start) + 1
        message = f"line {line} is neither UTF-8 nor GB18030"
        raise refuse(name, message, "in Excel choose 另存为 > CSV UTF-8 (逗号分隔)", line=line) from broken
