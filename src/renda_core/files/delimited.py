"""CSV files and the tables that Excel saves as text, read line by line."""

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from typing import IO

from renda_core.files.columns import Sheet
from renda_core.files.decoding import encoding_of, settled
from renda_core.files.limits import check_size, refuse
from renda_core.files.written import unguarded

MOST_SIGNS = 1_000_000
"""Characters of one record; a longer one is a quotation mark left open."""

_DELIMITERS = (",", ";", "\t")
_TRIED = 60
"""Lines in which the delimiter is looked for."""


def lines_of(source: IO[bytes], name: str, sheet: Sheet) -> Iterator[tuple[int, Sequence[str]]]:
    """Read records as they come; one over several lines is one row, as Excel shows it.

    Yields:
        Row number as Excel counts, and its cells, stripped; the delimiter is the one that makes most headers known.

    Raises:
        Invalid: The encoding, a record or the size is refused.
    """
    source.seek(0)
    if source.read(4).startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise refuse(name, "is a workbook under a CSV name", "give it its own ending, .xlsx")
    encoding = encoding_of(source, name)
    delimiter = _delimiter(source, encoding, name, sheet)
    for number, record in _records(source, encoding, delimiter, name):
        check_size(name, rows=number, columns=len(record))
        yield number, [unguarded(field).strip() for field in record]


def _records(source: IO[bytes], encoding: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    lines = _Lines(source, encoding, name)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, record in enumerate(reader, 1):
            lines.row, lines.signs = number + 1, 0
            yield number, record
    except csv.Error as broken:
        message, remedy = f"row {number + 1} cannot be read ({broken})", "look for a quotation mark left open"
        raise refuse(name, message, remedy, row=number + 1) from broken


class _Lines:
    """Lines of the file; refuses the one that makes the record it belongs to too long."""

    def __init__(self, source: IO[bytes], encoding: str, name: str) -> None:
        source.seek(0)
        self._text = io.TextIOWrapper(io.BufferedReader(_Borrowed(source)), encoding=encoding, newline="")
        self._name, self._gb = name, encoding == "gb18030"
        self.row, self.signs = 1, 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(MOST_SIGNS + 1)
        self.signs += len(line)
        if self.signs > MOST_SIGNS:
            message = f"row {self.row} is longer than {MOST_SIGNS:,} characters"
            raise refuse(self._name, message, "look for a quotation mark left open", row=self.row)
        if not line:
            raise StopIteration
        return settled(line) if self._gb else line


class _Borrowed(io.RawIOBase):
    """A file that stays open when its reader is done with it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        piece = self._source.read(len(view))
        view[: len(piece)] = piece
        return len(piece)


def _delimiter(source: IO[bytes], encoding: str, name: str, sheet: Sheet) -> str:
    """Take the delimiter under which some line has most titles of the sheet, else the one met most often."""
    first = list(itertools.islice(_Lines(source, encoding, name), _TRIED))

    def known(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(first, delimiter=delimiter)
        try:
            titles = max((sum(sheet.column(cell) is not None for cell in row) for row in rows), default=0)
        except csv.Error:
            titles = 0
        return titles, sum(line.count(delimiter) for line in first)

    return max(_DELIMITERS, key=known)
