"""Files given for another kind than they are: told by their headers, so that nobody has to guess."""

from collections.abc import Sequence

from renda_core.files.cells import Cell
from renda_core.files.columns import Problem, Sheet
from renda_core.files.headers import Header, find_header
from renda_core.files.sheets import SHEETS

CLEARLY = 2
"""Columns more that another kind must know, where the file fits the kind that was named as well."""


def looks_like(numbers: Sequence[int], rows: Sequence[Sequence[Cell]], sheet: Sheet, header: Header) -> Sheet | None:
    """Name the kind of file that some first rows clearly are, if it is not *sheet*."""
    named = SHEETS.get(sheet.name)
    if named is None or named.title != sheet.title:
        return None  # a sheet of somebody's own
    best, most = None, len(header.places) + (CLEARLY - 1 if header.fits else 0)
    for other in SHEETS.values():
        if other.name != sheet.name:
            found = find_header("", "", numbers, rows, other)
            if found.fits and len(found.places) > most:
                best, most = other, len(found.places)
    return best


def another_kind(file: str, worksheet: str, header: Header, other: Sheet) -> Problem:
    """Warn that a file which fits is more like one of another kind."""
    return Problem(
        file=file,
        worksheet=worksheet,
        row=header.number,
        message=f"this looks like {other.title} ({other.name})",
        remedy=f"if it is, import it as {other.name}",
        level="warning",
    )
