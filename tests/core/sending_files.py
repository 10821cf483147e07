"""Files as people send them, and as attackers do, made here by hand: none of our own code makes them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
"""One empty page."""
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\x00" * 40 + b"\xff\xd9"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + b"\x00" * 64
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 32
M4A = b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A isom" + b"\x00" * 32
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 32
EXE = b"MZ\x90\x00" + b"\x00" * 200
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 200


def png() -> bytes:
    """Make a picture of one dot."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\x00\x00")) + part(b"IEND", b"")


def packed(parts: Mapping[str, bytes], remark: bytes = b"") -> bytes:
    """Make a zip of named parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        archive.comment = remark
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    """Make what looks like a Word file, with more parts; ``__`` in their names is a slash."""
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": "<w>石桥</w>".encode()}
    return packed(parts | {name.replace("__", "/"): data for name, data in more.items()})


def bomb() -> bytes:
    """Make a small Word file that unpacks into a hundred megabytes."""
    return docx(word__media__dots=b"\x00" * 100_000_000)


def lying() -> bytes:
    """Make a Word file one of whose parts unpacks into more than its list says."""
    whole = bytearray(docx(word__big=b"\x00" * 2_000_000))
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = 0
        while (found := whole.find(signature, start)) >= 0:
            if whole[found + at : found + at + 4] == struct.pack("<I", 2_000_000):
                whole[found + at : found + at + 4] = struct.pack("<I", 200_000)
            start = found + 4
    return bytes(whole)


def ole(*streams: str) -> bytes:
    """Make what looks like an old office file with these streams."""
    return OLE + b"\x00" * 500 + b"".join(name.encode("utf-16-le") + b"\x00" * 8 for name in streams)


TAKEN: Mapping[str, bytes] = {
    "a.pdf": PDF,
    "a.ofd": packed({"OFD.xml": b"<ofd/>"}),
    "a.docx": docx(),
    "a.xlsx": packed({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>"}),
    "a.pptx": packed({"[Content_Types].xml": b"<T/>", "ppt/presentation.xml": b"<p/>"}),
    "a.doc": ole("WordDocument"),
    "a.xls": ole("Workbook"),
    "a.ppt": ole("PowerPoint Document"),
    "a.wps": ole("WordDocument"),
    "a.et": ole("Workbook"),
    "a.jpg": JPEG,
    "a.JPEG": JPEG,
    "a.png": png(),
    "a.heic": HEIC,
    "a.txt": "石桥多年失修。\n".encode(),
    "a.csv": "\ufeff姓名,电话\n张三,1\n".encode(),
    "a.mp3": MP3,
    "a.m4a": M4A,
    "a.mp4": MP4,
}
"""One of each kind that is taken."""
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
HOSTILE: Mapping[str, tuple[str, bytes]] = {
    "a page as PDF": ("a.pdf", HTML),
    "a page as text": ("a.txt", b"\xef\xbb\xbf \n" + HTML),
    "a page": ("a.html", HTML),
    "a drawing": ("a.svg", SVG),
    "a drawing as picture": ("a.png", SVG),
    "a drawing as text": ("a.txt", SVG),
    "a program": ("a.exe", EXE),
    "a program as PDF": ("a.pdf", EXE),
    "a program as Word": ("a.docx", ELF),
    "a program as text": ("a.txt", EXE),
    "a script as text": ("a.txt", b"#!/bin/sh\nrm -rf /\n"),
    "an archive": ("a.zip", packed({"x": b"1"})),
    "an archive as Word": ("a.docx", packed({"x.exe": EXE})),
    "a picture that is an archive": ("a.jpg", JPEG + packed({"x": b"1"})),
    "a PDF that is an archive": ("a.pdf", PDF + packed({"x": b"1"})),
    "an archive behind something": ("a.docx", b"PK\x03\x04 junk " + docx()),
    "an archive before something": ("a.docx", docx() + HTML),
    "an archive with a remark": ("a.docx", packed({"[Content_Types].xml": b"1", "word/document.xml": b""}, HTML)),
    "a Word file with macros": ("a.docx", docx(**{"word__vbaProject.bin": b"1"})),
    "an old Word file with macros": ("a.doc", ole("WordDocument", "_VBA_PROJECT")),
    "an old Word file with a password": ("a.doc", ole("WordDocument", "EncryptedPackage")),
    "a Word file with a password": ("a.docx", ole("EncryptedPackage")),
    "an installer as Word": ("a.doc", ole("Property")),
    "a Word file with a part outside": ("a.docx", docx(**{"..____etc__passwd": b"1"})),
    "Excel as Word": ("a.docx", packed({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>"})),
    "an old file in a new one's name": ("a.docx", ole("WordDocument")),
    "a picture as PDF": ("a.pdf", JPEG),
    "a PDF as picture": ("a.jpg", PDF),
    "binary as text": ("a.csv", b"a,b\n\x00\x01"),
    "GBK as text": ("a.txt", "石桥".encode("gbk")),
    "no ending": ("passwd", PDF),
    "a hidden file": (".pdf", PDF),
    "a way out": ("../../x", PDF),
    "two endings": ("a.pdf.exe", PDF),
    "turned around": ("a\u202efdp.exe", PDF),
}  # fmt: skip
"""What is refused for its kind, each as (name, content)."""
BROKEN: Mapping[str, tuple[str, bytes]] = {
    "nothing": ("a.pdf", b""),
    "a bomb": ("a.docx", bomb()),
    "a liar": ("a.docx", lying()),
    "half a zip": ("a.docx", docx()[: len(docx()) // 2]),
    "half a PDF": ("a.pdf", PDF[:30]),
}
"""What is refused because it is damaged, or would do damage."""
