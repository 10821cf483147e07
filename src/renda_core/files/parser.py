"""The program that parses one workbook in a process of its own, with little memory and little time.

It imports nothing of renda, so that it starts at once; it reads a request and the workbook from its standard
input and writes frames (see :mod:`renda_core.files.spool`) to its standard output.
"""

import datetime as dt
import io
import itertools
import re
import struct
import sys
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import python_calamine

CHUNK = 1_000
OUT_OF_MEMORY = 3
"""Exit status when Python itself ran out of memory."""

_HEAD = struct.Struct("<cII")
_PIECE = 1 << 20
_PLACE = rb'<c r="([A-Z]{1,3})([0-9]{1,7})"'
_FORMULA = rb"(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)"
_FAILED = re.compile(_PLACE + rb'[^>]*\bt="e"[^>]*>' + _FORMULA + rb"?<v>([^<]*)</v>")
_UNCOMPUTED = re.compile(_PLACE + rb'(?:(?!t=")[^>])*>' + _FORMULA + rb"(?:<v></v>|<v */>)?(</c>)")
_encode = msgspec.msgpack.Encoder().encode

Faults = dict[int, list[tuple[int, str]]]


class Request(msgspec.Struct):
    """What is asked: one worksheet or, without a name, all visible ones; the parts that hold faults, by worksheet."""

    worksheet: str
    faults: dict[str, str]


def main() -> int:
    """Parse, and tell by the exit status what happened."""
    memory, seconds, disk = map(int, sys.argv[1:4])
    _limit(memory, seconds, disk)
    request = msgspec.json.decode(sys.stdin.buffer.readline(), type=Request)
    try:
        _parse(sys.stdin.buffer.read(), request)
        sys.stdout.buffer.flush()
    except MemoryError:
        return OUT_OF_MEMORY
    except (python_calamine.CalamineError, ValueError, zipfile.BadZipFile) as broken:
        return _damaged(broken)
    except BaseException as broken:  # the reader's own panics are no Exception
        if type(broken).__name__ != "PanicException":
            raise
        return _damaged(broken)
    return 0


def _damaged(broken: BaseException) -> int:
    _write(b"X", ["is damaged and cannot be read", "open it in Excel or WPS and save it again", str(broken)[:200]])
    sys.stdout.buffer.flush()
    return 0


def _limit(memory: int, seconds: int, disk: int) -> None:
    """Ask the system to end this process rather than let it grow; there is nothing to ask on Windows."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (disk, disk))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _write(kind: bytes, what: object, rows: int = 0) -> None:
    body = _encode(what)
    sys.stdout.buffer.write(_HEAD.pack(kind, rows, len(body)))
    sys.stdout.buffer.write(body)


def _parse(data: bytes, request: Request) -> None:
    book = python_calamine.load_workbook(io.BytesIO(data))
    if request.worksheet and request.worksheet not in book.sheet_names:
        _write(b"N", book.sheet_names)
        return
    for found in book.sheets_metadata:
        if found.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if request.worksheet:
            if found.name != request.worksheet:
                continue
        elif found.visible != python_calamine.SheetVisibleEnum.Visible:
            _write(b"H", [found.name])
            continue
        _write(b"S", [found.name])
        part = request.faults.get(found.name)
        _sheet(book.get_sheet_by_name(found.name), _faults(data, part) if part else {})


def _sheet(page: python_calamine.CalamineSheet, faults: Faults) -> None:
    """Write a worksheet's rows, empty ones left out, merged cells filled downwards."""
    offset = page.start[1] if page.start else 0
    rows = enumerate(page.iter_rows(), 1)
    merged = [(first, last) for first, last in page.merged_cell_ranges or () if last[0] > first[0]]
    lines = ((number, row) for number, row in _filled(rows, merged, offset, faults) if row is not None)
    while chunk := list(itertools.islice(lines, CHUNK)):
        _chunk([number for number, _ in chunk], [row for _, row in chunk], offset, faults)


def _filled(
    rows: Iterable[tuple[int, list[Any]]],
    merged: list[tuple[tuple[int, int], tuple[int, int]]],
    offset: int,
    faults: Faults,
) -> Iterator[tuple[int, list[Any] | None]]:
    """Give every row that holds something of its own, the values of vertical merges put into it."""
    starts = dict[int, list[tuple[int, int]]]()
    for first, last in merged:
        if first[1] >= offset:
            starts.setdefault(first[0] + 1, []).append((first[1] - offset, last[0] + 1))
    live = dict[int, tuple[int, object]]()
    for number, row in rows:
        for at, text in faults.get(number, ()):
            if 0 <= at - offset < len(row):
                row[at - offset] = text or "="
        held = not _empty(row)
        if live:
            live = {at: kept for at, kept in live.items() if kept[0] >= number}
            for at, (_, value) in live.items():
                if row[at] == "":
                    row[at] = value
        for at, end in starts.get(number, ()):
            if at < len(row):
                live[at] = (end, row[at])
        yield number, row if held else None


def _empty(row: list[object]) -> bool:
    """Tell whether a row holds nothing but blanks; most rows say so in their first cell."""
    return all(cell.__class__ is str and (not cell or cell.isspace()) for cell in row)


def _chunk(numbers: list[int], rows: list[list[object]], offset: int, faults: Faults) -> None:
    """Write rows as columns; only columns that hold other things than texts and numbers are looked at by cell."""
    columns, days, failed = list[object](), dict[int, list[int]](), dict[int, list[int]]()
    for at, column in enumerate(zip(*rows, strict=True)):
        kinds = set(map(type, column))
        if kinds == {str} and not any(column):
            columns.append(None)
        elif kinds <= {str, int, float}:
            columns.append(column)
        elif kinds == {dt.date}:
            days[at] = []
            columns.append(column)
        else:
            plain = [_plain(cell) for cell in column]
            if found := [place for place, cell in enumerate(plain) if cell.__class__ is dt.date]:
                days[at] = found
            columns.append(plain)
    if faults:
        for place, number in enumerate(numbers):
            for at, _ in faults.get(number, ()):
                failed.setdefault(at - offset, []).append(place)
    _write(b"R", [numbers, offset, columns, days, failed], len(numbers))


def _plain(cell: object) -> object:
    """Bring what the reader yields down to texts, numbers and days."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, dt.datetime):
        return cell.date() if cell.time() == dt.time.min else cell.isoformat(" ")
    return cell if isinstance(cell, str | int | float | dt.date) else str(cell)


def _faults(data: bytes, part: str) -> Faults:
    """Find the cells of a part that hold an error of Excel, or a formula without a result."""
    found: Faults = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(part) as out:
        rest = b""
        while piece := out.read(_PIECE):
            piece = rest + piece
            whole, end, rest = piece.rpartition(b"</c>")
            piece = whole + end
            for pattern in (_FAILED, _UNCOMPUTED):
                for column, row, text in pattern.findall(piece):
                    shown = "" if text == b"</c>" else text.decode("ascii", "replace")
                    found.setdefault(int(row), []).append((_column(column), shown))
    return found


def _column(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number - 1


if __name__ == "__main__":
    sys.exit(main())
