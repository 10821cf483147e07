"""What an XLSX file is and spans, found out before a spreadsheet reader is let near it."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

import attrs

from renda_core.errors import Invalid

MOST_BYTES = 200 * 1024 * 1024
"""Bytes a workbook may unpack to."""
MOST_RATIO = 200
"""Unpacked bytes to packed bytes; an honest workbook has 5 to 30."""
MOST_MEMBERS = 2_000
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_CELLS = 4_000_000
"""Rows times columns: the reader keeps the whole rectangle in memory, empty cells too."""

_CHUNK = 256 * 1024
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_STARTS = {
    b"\xd0\xcf\x11\xe0": ("is an old .xls file or has a password", "open it, remove the password, save as .xlsx"),
    b"<": ("is a web page or plain XML under a workbook's name", "open it in Excel or WPS and save as .xlsx"),
    b"{\\rtf": ("is a text document", "copy its table into a new workbook and save as .xlsx"),
    b"%PDF": ("is a PDF", "ask for the workbook the PDF was made from"),
}


def refuse(file: str, message: str, remedy: str, **details: object) -> Invalid:
    """Build the error every refused file gets: which file, why, what to do."""
    return Invalid(f"{file}: {message}; {remedy}", file=file, remedy=remedy, **details)


def check_size(file: str, *, rows: int, columns: int) -> None:
    """Refuse more rows, columns or cells than a table may have.

    Raises:
        Invalid: One of the three limits is passed.
    """
    if rows > MOST_ROWS:
        raise refuse(file, f"has more than {MOST_ROWS:,} rows", "split it into several files")
    if columns > MOST_COLUMNS:
        raise refuse(file, f"has more than {MOST_COLUMNS} columns", "delete the columns right of the table")
    if rows * columns > MOST_CELLS:
        raise refuse(file, f"spans more than {MOST_CELLS:,} cells", "delete stray cells far from the table")


def check_archive(data: bytes, file: str) -> None:
    """Refuse what is no XLSX workbook, or one that would unpack into too much.

    The sizes a zip declares are checked first, then what really comes out, so a lie is found as well.

    Raises:
        Invalid: With the file, the reason and the remedy.
    """
    for start, (message, remedy) in _STARTS.items():
        if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(start):
            raise refuse(file, message, remedy)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as broken:
        raise refuse(file, "is not an XLSX workbook or is damaged", "open it and save it again as .xlsx") from broken
    _check_declared(members, file)
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise refuse(file, "is a zip file but not an XLSX workbook", "open it in Excel or WPS and save as .xlsx")
    left = MOST_BYTES
    for member in members:
        left = _scan(data, member, file, left)


def _check_declared(members: list[zipfile.ZipInfo], file: str) -> None:
    """Look only at the zip's own list of contents."""
    remedy = "copy the table into a new workbook and save it as .xlsx"
    if len(members) > MOST_MEMBERS:
        raise refuse(file, f"holds {len(members):,} parts, more than {MOST_MEMBERS:,}", remedy)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MOST_BYTES:
        raise refuse(file, f"unpacks to {unpacked:,} bytes, more than {MOST_BYTES:,}", remedy)
    if unpacked > MOST_RATIO * max(packed, 1):
        raise refuse(file, f"unpacks to more than {MOST_RATIO} times its size", remedy)
    if any(member.flag_bits & 1 for member in members):
        raise refuse(file, "is encrypted", "remove the password and save it again")


@attrs.define
class _Extent:
    """The rectangle of the cells that hold something, met so far in one part of the workbook."""

    file: str
    part: str
    row: int = 0
    column: int = 0
    rows: int = 0
    columns: int = 0
    started: bool = False

    def start(self, name: str, found: dict[str, str]) -> None:
        """Follow one opening tag, whatever part it stands in."""
        self.started = True
        tag = name.rpartition(":")[2]
        if tag == "row":
            self.row = int(found["r"]) if "r" in found else self.row + 1
            self.column = 0
        elif tag == "c":
            place = _REFERENCE.fullmatch(found.get("r", ""))
            self.column += 1
            if place:
                self.column, self.row = _column_number(place[1]), int(place[2])
        elif tag in {"v", "is", "f"} and (self.row > self.rows or self.column > self.columns):
            # Formatted but empty cells reach far in files from WPS; only cells with something in them count.
            self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
            check_size(self.file, rows=self.rows, columns=self.columns)
        elif tag == "sst" and max(int(found.get("count", 0)), int(found.get("uniqueCount", 0))) > MOST_CELLS:
            # The reader sets memory aside by this number alone, and takes the whole process down when it cannot.
            raise refuse(self.file, f"announces more than {MOST_CELLS:,} texts", "save it again in Excel or WPS")
        elif tag == "Relationship" and "sheets/_rels/" not in self.part and _is_drawing(found["Target"]):
            raise refuse(self.file, "has a drawing where a sheet belongs", "save it again in Excel or WPS")

    def doctype(self, *_: object) -> None:
        """Refuse a document type: no workbook has one, and entities hide in it."""
        raise refuse(self.file, "declares XML entities", "open it in Excel or WPS and save it again as .xlsx")


def _is_drawing(name: str) -> bool:
    """Tell an old drawing: the one part that honest programs write as broken XML."""
    return name.lower().endswith(".vml")


def _scan(data: bytes, member: zipfile.ZipInfo, file: str, left: int) -> int:
    """Unpack one part within *left* bytes and follow it if it is XML; return the bytes still allowed."""
    extent, parser = _Extent(file, member.filename), expat.ParserCreate()
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = extent.start, extent.doctype
    follow, size = True, 0
    for chunk in _unpacked(data, member, file):
        size += len(chunk)
        if size > min(left, member.file_size):
            raise refuse(file, "unpacks to more than it declares", "do not open it; ask the sender for a clean file")
        try:
            if follow:
                parser.Parse(chunk, False)
        except (expat.ExpatError, ValueError, LookupError, KeyError) as broken:
            named = member.filename.lower().endswith((".xml", ".rels"))
            if named or (extent.started and not _is_drawing(member.filename)):
                raise refuse(file, "is damaged", "open it in Excel or WPS and save it again") from broken
            follow = False  # a picture: only its size matters
    return left - size


def _unpacked(data: bytes, member: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """Yield what really comes out of one part; the zip module would stop quietly at the declared size."""
    start = member.header_offset
    names, extra = struct.unpack_from("<HH", data, start + 26) if start + 30 <= len(data) else (0, 0)
    begin = start + 30 + names + extra
    packed = memoryview(data)[begin : begin + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise refuse(file, "is packed in a way workbooks are not", "open it and save it again as .xlsx")
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _CHUNK):
            rest = bytes(packed[at : at + _CHUNK])
            while rest and not machine.eof:
                yield machine.decompress(rest, _CHUNK)
                rest = machine.unconsumed_tail
    except zlib.error as broken:
        raise refuse(file, "is damaged", "ask for the file again") from broken


def _column_number(letters: str) -> int:
    """Read a column's letters: A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
