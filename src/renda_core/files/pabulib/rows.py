"""The rows of a Pabulib file, put under the section they stand in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

import attrs

from renda_core.files.limits import refuse
from renda_core.files.pabulib.election import SECTIONS
from renda_core.files.pabulib.mistakes import Mistakes

_KNOWN = frozenset({"project_id", "cost", "voter_id", "vote", "points"})


@attrs.frozen
class Row:
    """Cells without the blanks around them, and the line of the file that they begin on."""

    line: int
    cells: tuple[str, ...]


def rows_of(text: str, name: str) -> Iterator[Row]:
    """Give the rows that hold something.

    Raises:
        Invalid: A quotation mark is left open.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", skipinitialspace=True, strict=True)
    line = 0
    try:
        for cells in reader:
            row = Row(line + 1, tuple(cell.strip() for cell in cells))
            line = reader.line_num
            if any(row.cells):
                yield row
    except csv.Error as broken:
        message = f"line {line + 1} cannot be read ({broken})"
        raise refuse(name, message, "look for a quotation mark left open", line=line + 1) from broken


def sections_of(rows: Iterator[Row], mistakes: Mistakes) -> Mapping[str, Sequence[Row]]:
    """Put rows under their sections, headers first.

    What has cells behind it in VOTES is a vote, even if its voter is called META.
    """
    found: dict[str, list[Row]] = {}
    now = ""
    for row in rows:
        first = row.cells[0].upper()
        if first in SECTIONS and not any(row.cells[1:]) and (now != "VOTES" or len(row.cells) == 1):
            if first in found:
                told = "this section stands here a second time"
                mistakes.add(first, row.line, "", row.cells[0], told, "put both together")
            now = first
            found.setdefault(first, [])
        elif now:
            found[now].append(row)
        else:
            mistakes.add("", row.line, "", row.cells[0], "stands before any section", "begin the file with a line META")
            break
    for name in SECTIONS:
        if not found.get(name):
            told = f"nothing stands under {name}, not even a header" if name in found else f"there is no section {name}"
            mistakes.add("", 0, "", "", told, "the file may be cut off: get it again")
    order = list(found)
    if order != sorted(order, key=SECTIONS.index):
        mistakes.add("", 0, "", "", f"the sections stand as {', '.join(order)}", f"put {', '.join(SECTIONS)}")
    return found


def header(section: str, row: Row, needed: Sequence[str], mistakes: Mistakes) -> tuple[str, ...]:
    """Read the names of a section's columns; empty ones at the end are left out."""
    names = list(row.cells)
    while names and not names[-1]:
        names.pop()
    columns = tuple(name.lower() if name.lower() in _KNOWN else name for name in names)
    for at, name in enumerate(columns):
        if not name:
            mistakes.add(section, row.line, "", "", f"column {at + 1} has no name", "name it, or delete it")
        elif name in columns[:at]:
            mistakes.add(section, row.line, name, "", "this column stands here twice", "keep one of them")
    for name in needed:
        if name not in columns:
            told = f"there is no column {name}"
            mistakes.add(section, row.line, "", ";".join(columns), told, f"name the column {name}")
    return columns


def by_column(section: str, row: Row, columns: Sequence[str], mistakes: Mistakes) -> dict[str, str]:
    """Give the cells of a row by the names of their columns; those left out at its end are empty."""
    if over := next((cell for cell in row.cells[len(columns) :] if cell), ""):
        remedy = 'put a text that has a semicolon into "…"'
        mistakes.add(section, row.line, "", over, "stands behind the last column", remedy)
    cells = [*row.cells, *[""] * (len(columns) - len(row.cells))]
    return dict(zip(columns, cells, strict=False))
