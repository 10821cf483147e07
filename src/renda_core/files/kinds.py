"""The kinds of files that may be attached (附件类型): each by name, with how large it may be, and why it is taken."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

MB = 1_000_000
PAPERS = 20 * MB
"""A scanned reply of a hundred pages at 200 dpi has about 15 MB."""
PICTURES = 20 * MB
"""A photograph of today's telephones has 3 to 12 MB."""
RECORDINGS = 50 * MB
"""An hour of speech at 96 kbit/s has 43 MB; a film of that size lasts some minutes."""
TEXTS = 5 * MB
"""Two million Chinese characters; more is data, and goes through the import."""
LARGEST = max(PAPERS, PICTURES, RECORDINGS, TEXTS)
"""Bytes of the largest file of any kind."""


@attrs.frozen(kw_only=True)
class FileKind:
    """A kind of file that may be attached.

    Attributes:
        ending: What its name ends in, with the dot.
        media: What it is sent as. *also* are names that browsers give it when they send it.
        shape: How its content is told: ``zip``, ``ole``, ``text``, or the media type that the library of signatures
            gives.
        marks: Of ``zip`` the parts it must have; of ``ole`` one of the streams that it must have.
        most: Bytes.
        why: Why it is taken.
    """

    ending: str
    media: str
    title: str
    shape: str
    most: int
    why: str
    marks: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()


OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = "[Content_Types].xml"
WORD, EXCEL, POINT = ("WordDocument",), ("Workbook", "Book"), ("PowerPoint Document",)
WRITTEN = "replies and suggestions come as it"
OLD = "offices still send it"
KINDS: Mapping[str, FileKind] = {
    kind.ending: kind
    for kind in (
        FileKind(
            ending=".pdf", media="application/pdf", title="PDF", shape="application/pdf", most=PAPERS,
            why="signed and sealed papers are scanned into it",
        ),
        FileKind(
            ending=".ofd", media="application/ofd", title="OFD 版式文件", shape="zip", marks=("OFD.xml",), most=PAPERS,
            why="official papers are issued in it (GB/T 33190-2016)", also=frozenset({"application/zip"}),
        ),
        FileKind(
            ending=".docx", media=f"{OFFICE}wordprocessingml.document", title="Word 文档", shape="zip",
            marks=(TYPES, "word/document.xml"), most=PAPERS, why=WRITTEN,
        ),
        FileKind(
            ending=".xlsx", media=f"{OFFICE}spreadsheetml.sheet", title="Excel 工作簿", shape="zip",
            marks=(TYPES, "xl/workbook.xml"), most=PAPERS, why="lists of a survey come as it",
        ),
        FileKind(
            ending=".pptx", media=f"{OFFICE}presentationml.presentation", title="PowerPoint 演示文稿", shape="zip",
            marks=(TYPES, "ppt/presentation.xml"), most=PAPERS, why="reports to a meeting come as it",
        ),
        FileKind(
            ending=".doc", media="application/msword", title="Word 97-2003 文档", shape="ole", marks=WORD,
            most=PAPERS, why=OLD,
        ),
        FileKind(
            ending=".xls", media="application/vnd.ms-excel", title="Excel 97-2003 工作簿", shape="ole", marks=EXCEL,
            most=PAPERS, why=OLD,
        ),
        FileKind(
            ending=".ppt", media="application/vnd.ms-powerpoint", title="PowerPoint 97-2003 演示文稿", shape="ole",
            marks=POINT, most=PAPERS, why=OLD,
        ),
        FileKind(
            ending=".wps", media="application/wps-office.wps", title="WPS 文字", shape="ole", marks=WORD, most=PAPERS,
            why=OLD, also=frozenset({"application/vnd.ms-works", "application/kswps"}),
        ),
        FileKind(
            ending=".et", media="application/wps-office.et", title="WPS 表格", shape="ole", marks=EXCEL, most=PAPERS,
            why=OLD, also=frozenset({"application/kset"}),
        ),
        FileKind(
            ending=".jpg", media="image/jpeg", title="照片", shape="image/jpeg", most=PICTURES,
            why="deputies photograph what they report", also=frozenset({"image/jpg"}),
        ),
        FileKind(
            ending=".png", media="image/png", title="图片", shape="image/png", most=PICTURES,
            why="screens are kept in it",
        ),
        FileKind(
            ending=".heic", media="image/heic", title="照片（HEIC）", shape="image/heic", most=PICTURES,
            why="telephones photograph in it", also=frozenset({"image/heif"}),
        ),
        FileKind(
            ending=".txt", media="text/plain", title="文本", shape="text", most=TEXTS, why="notes",
        ),
        FileKind(
            ending=".csv", media="text/csv", title="CSV 表格", shape="text", most=TEXTS, why="lists of other systems",
            also=frozenset({"application/vnd.ms-excel", "text/plain"}),
        ),
        FileKind(
            ending=".mp3", media="audio/mpeg", title="录音", shape="audio/mpeg", most=RECORDINGS,
            why="talks with voters are recorded", also=frozenset({"audio/mp3"}),
        ),
        FileKind(
            ending=".m4a", media="audio/mp4", title="录音（M4A）", shape="audio/mp4", most=RECORDINGS,
            why="telephones record in it", also=frozenset({"audio/x-m4a", "audio/m4a"}),
        ),
        FileKind(
            ending=".mp4", media="video/mp4", title="录像", shape="video/mp4", most=RECORDINGS,
            why="deputies film what they report",
        ),
    )
}  # fmt: skip
"""What is not here is refused: archives and programs, for nobody can look into them; pages and drawings that a browser
would run (HTML, SVG); and workbooks with macros."""
SPELT: Mapping[str, str] = {".jpeg": ".jpg", ".jpe": ".jpg", ".heif": ".heic", ".text": ".txt"}
"""Other endings of the same kinds."""
UNNAMED = frozenset({"", "application/octet-stream"})
"""What is said of a file by who does not know."""
