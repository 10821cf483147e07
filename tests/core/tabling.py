"""Tables for the tests of files: written as strangers write them, read back."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from renda_core.files import Read, Rows, Sheet, spool

ANY = Sheet("any", "任意", (), extra=True)
"""A sheet that knows no column, so that a file's own are read."""


def workbook(path: Path, rows: Sequence[Sequence[object]], *, at: int = 0, sheet: str = "表一") -> Path:
    """Write a workbook as a stranger would, numbers as numbers, from row *at*."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, cells in enumerate(rows, at):
        for column, cell in enumerate(cells):
            if isinstance(cell, dt.date):
                page.write_datetime(row, column, cell, day)
            elif cell is not None:
                page.write(row, column, cell)
    book.close()
    return path


def rows_of(sheet: Sheet, rows: Sequence[Sequence[object]], *, name: str = "f.xlsx") -> Rows:
    """Read cells as if they stood in a workbook from row 1; days as days."""
    kept = spool.private_file()
    spool.write(kept, spool.SHEET, ["表一"])
    whole = [(number, row) for number, row in enumerate(rows, 1) if any(cell not in ("", None) for cell in row)]
    for begin in range(0, len(whole), spool.CHUNK):
        part = whole[begin : begin + spool.CHUNK]
        width = max(len(row) for _, row in part)
        columns = list(zip(*([*row, *[""] * (width - len(row))] for _, row in part), strict=True))
        days = {
            at: [n for n, cell in enumerate(column) if isinstance(cell, dt.date)] for at, column in enumerate(columns)
        }
        cells = [[_plain(cell) for cell in column] for column in columns]
        numbers = [number for number, _ in part]
        packed = spool.Packed(numbers, 0, cells, {at: places for at, places in days.items() if places}, {})
        spool.write(kept, spool.ROWS, packed, len(numbers))
    try:
        return Rows(name, sheet, kept, since_1904=False)
    except BaseException:
        kept.close()
        raise


def lines(sheet: Sheet, rows: Sequence[Sequence[object]]) -> tuple[Read, ...]:
    """Read cells as if they stood in a workbook from row 1."""
    with rows_of(sheet, rows) as found:
        return tuple(found)


def _plain(cell: object) -> object:
    if cell is None:
        return ""
    return float(cell) if isinstance(cell, int) else cell
