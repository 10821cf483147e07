"""Rows on their way through a file on disk: written once, read as often as wanted, a thousand at a time."""

import struct
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

import attrs
import msgspec

from renda_core.files.cells import Cell

CHUNK = 1_000
"""Rows that lie in memory together."""

HEAD = struct.Struct("<cII")
"""Before every frame: its kind, the rows in it, the bytes of its content."""

SHEET, HIDDEN, ROWS, REFUSED, ABSENT = b"S", b"H", b"R", b"X", b"N"
"""Kinds: a worksheet begins; one is hidden; rows; why nothing can be read; the worksheets there are."""


class Packed(msgspec.Struct, array_like=True, frozen=True):
    """Rows as columns.

    Attributes:
        numbers: Row numbers as Excel counts them.
        offset: Columns left of the first one.
        columns: Cells, ``""`` for a blank one; None for a column without any.
        days: By column: the places of cells that are dates, written 2026-03-01; an empty list: all that are texts.
        faults: By column: the places of cells that hold an error of Excel instead of a value.
    """

    numbers: list[int]
    offset: int
    columns: list[list[str | int | float] | None]
    days: dict[int, list[int]]
    faults: dict[int, list[int]]


@attrs.frozen
class Frame:
    """One frame met in a spool: where its content begins, and how long it is."""

    kind: bytes
    rows: int
    at: int
    size: int


def private_file() -> IO[bytes]:
    """Open a file that only this process can read and that goes when it is closed."""
    return tempfile.TemporaryFile(prefix="renda-")


def frames(spool: IO[bytes]) -> Iterator[Frame]:
    """Walk over all frames without reading what they hold."""
    at = 0
    while True:
        spool.seek(at)
        head = spool.read(HEAD.size)
        if len(head) < HEAD.size:
            return
        kind, rows, size = HEAD.unpack(head)
        yield Frame(kind, rows, at + HEAD.size, size)
        at += HEAD.size + size


def content(spool: IO[bytes], frame: Frame) -> Any:
    """Read what a frame holds that is not rows."""
    return msgspec.msgpack.decode(_bytes(spool, frame))


def packed(spool: IO[bytes], frame: Frame) -> Packed:
    """Read the rows of a frame."""
    return msgspec.msgpack.decode(_bytes(spool, frame), type=Packed)


def _bytes(spool: IO[bytes], frame: Frame) -> bytes:
    spool.seek(frame.at)
    return spool.read(frame.size)


def write(spool: IO[bytes], kind: bytes, what: object, rows: int = 0) -> None:
    """Add a frame at the end."""
    body = msgspec.msgpack.encode(what)
    spool.write(HEAD.pack(kind, rows, len(body)))
    spool.write(body)


def write_lines(spool: IO[bytes], lines: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Add rows of texts, as a CSV file has them; a row without anything is left out."""
    numbers, rows = list[int](), list[Sequence[str]]()
    for number, cells in lines:
        if not any(cells):
            continue
        numbers.append(number)
        rows.append(cells)
        if len(numbers) == CHUNK:
            _write_texts(spool, numbers, rows)
            numbers, rows = [], []
    if numbers:
        _write_texts(spool, numbers, rows)


def _write_texts(spool: IO[bytes], numbers: list[int], rows: list[Sequence[str]]) -> None:
    width = max(map(len, rows))
    whole = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]
    columns = [list(column) if any(column) else None for column in zip(*whole, strict=True)]
    write(spool, ROWS, Packed(numbers, 0, columns, {}, {}), len(numbers))


def row_cells(chunk: Packed, most: int) -> list[list[Cell]]:
    """Give the first *most* rows as rows, dates and faults as plain texts; columns start at A."""
    width = chunk.offset + len(chunk.columns)
    rows: list[list[Cell]] = [[None] * width for _ in chunk.numbers[:most]]
    for at, column in enumerate(chunk.columns, chunk.offset):
        for row, cell in zip(rows, column or (), strict=False):
            row[at] = cell if cell != "" else None
    return rows
