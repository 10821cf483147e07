"""What an XLSX file is, found out before a spreadsheet reader is let near it."""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

import attrs

from renda_core.files.extents import Extent, damage
from renda_core.files.limits import MOST_BYTES, MOST_MEMBERS, MOST_RATIO, refuse

_CHUNK = 1 << 17
_SIGNATURE = b"PK\x03\x04"
_STARTS = {
    b"\xd0\xcf\x11\xe0": ("is an old .xls file or has a password", "open it, remove the password, save as .xlsx"),
    b"<": ("is a web page or plain XML under a workbook's name", "open it in Excel or WPS and save as .xlsx"),
    b"{\\rtf": ("is a text document", "copy its table into a new workbook and save as .xlsx"),
    b"%PDF": ("is a PDF", "ask for the workbook the PDF was made from"),
}


@attrs.frozen
class Contents:
    """What the reader must be told about a workbook: how it counts days, and where cells hold errors of Excel.

    Attributes:
        since_1904: Days are counted from 1904.
        faults: By worksheet: the part in which some cell holds an error, or a formula without a result.
        hidden: Worksheets of which some rows are hidden.
    """

    since_1904: bool
    faults: dict[str, str]
    hidden: frozenset[str]


def check_archive(data: bytes | IO[bytes], file: str) -> Contents:
    """Refuse what is no XLSX workbook, or one that would unpack into too much.

    The sizes a zip declares are checked first, then what really comes out, so a lie is found as well.

    Raises:
        Invalid: With the file, the reason and the remedy.
    """
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    source.seek(0)
    opening = source.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    for start, (message, remedy) in _STARTS.items():
        if opening.startswith(start):
            raise refuse(file, message, remedy)
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as broken:
        raise refuse(file, "is not an XLSX workbook or is damaged", "open it and save it again as .xlsx") from broken
    check_declared(members, file)
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise refuse(file, "is a zip file but not an XLSX workbook", "open it in Excel or WPS and save as .xlsx")
    extents, left = [], MOST_BYTES
    for member in members:
        extent, size = _scanned(source, member, file, left)
        extents.append(extent)
        left -= size
    return _contents(extents)


def _contents(extents: list[Extent]) -> Contents:
    """Put together what the parts of a workbook say of each other."""
    parts = {extent.part: extent for extent in extents}
    book, links = parts["xl/workbook.xml"], parts.get("xl/_rels/workbook.xml.rels")
    found = dict[str, str]()
    for name, key in book.sheets.items() if links else ():
        target = links.targets.get(key, "") if links else ""
        part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        if part in parts:
            found[name] = part
    faults = {name: part for name, part in found.items() if parts[part].faults}
    return Contents(book.since_1904, faults, frozenset(name for name, part in found.items() if parts[part].hides))


def check_declared(members: list[zipfile.ZipInfo], file: str) -> None:
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


def _scanned(source: IO[bytes], member: zipfile.ZipInfo, file: str, left: int) -> tuple[Extent, int]:
    """Unpack one part within *left* bytes and follow it if it is XML; return what it says, and its bytes.

    A part that is written as workbooks usually are is only searched; any other is followed tag by tag.
    """
    extent = Extent(file, member.filename)
    exact, size = False, 0
    for again in range(3):  # twice when columns turn up late, and once more to follow the tags
        size = 0
        extent.begin(exact=exact)
        for chunk in unpacked(source, member, file):
            size += len(chunk)
            if size > min(left, member.file_size):
                message = "unpacks to more than it declares"
                raise refuse(file, message, "do not open it; ask the sender for a clean file")
            extent.feed(chunk)
            if extent.unusual:
                break
        if not extent.again:
            break
        exact = extent.unusual or again > 0
    if extent.broken and extent.named_xml:
        raise damage(file)
    return extent, size


def unpacked(source: IO[bytes], member: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """Yield what really comes out of one part; the zip module would stop quietly at the declared size."""
    source.seek(member.header_offset)
    head = source.read(30)
    if len(head) < 30 or not head.startswith(_SIGNATURE):
        raise refuse(file, "is damaged", "ask for the file again")
    names, extra = struct.unpack_from("<HH", head, 26)
    source.seek(member.header_offset + 30 + names + extra)
    left = member.compress_size
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise refuse(file, "is packed in a way workbooks are not", "open it and save it again as .xlsx")
    machine = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
    while rest := source.read(min(left, _CHUNK)):
        left -= len(rest)
        if machine is None:
            yield rest
            continue
        try:
            while rest and not machine.eof:
                yield machine.decompress(rest, _CHUNK)
                rest = machine.unconsumed_tail
        except zlib.error as broken:
            raise refuse(file, "is damaged", "ask for the file again") from broken
