"""What a file that somebody attaches must be: of a kind that is taken, as its name says, whole, and nothing else."""

from __future__ import annotations

import io
import posixpath
import re
import unicodedata
import zipfile
from collections import Counter

from renda_core.errors import ConfigError, Invalid
from renda_core.files.archive import check_declared, unpacked
from renda_core.files.kinds import KINDS, SPELT, UNNAMED, FileKind
from renda_core.files.limits import MOST_BYTES, TooLarge, WrongKind, refuse

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PACKED = b"PK\x03\x04"
ENDED = b"PK\x05\x06"
"""How the list at the end of a zip begins."""
END = 22
"""Bytes of that list without a remark."""
TAIL = 65_557
"""Bytes at the end of a file within which the end of a zip may lie: its 22, and a remark of 65,535."""
PLAIN = frozenset("\t\n\r\f")
RUNS = re.compile(r"^\ufeff?\s*(?:<|#!|%!PS|\{\\rtf)")
"""How texts begin that a machine reads as something else: pages, drawings, programs."""
MACROS = ("_VBA_PROJECT", "Macros", "VBA")
LOCKED = "EncryptedPackage"


def kind_of(name: str, media: str, content: bytes) -> FileKind:
    """Tell the kind of a file; its name, what is said of it and its content must agree.

    Args:
        media: The media type that came with it, empty where none did.

    Raises:
        Invalid: It is empty, damaged, or would unpack into too much.
        TooLarge: It has more bytes than its kind may have.
        WrongKind: It is of no kind that is taken, or is not what its name says.
        ConfigError: The library of signatures is not installed.
    """
    ending = posixpath.splitext(name.lower())[1]
    kind = KINDS.get(SPELT.get(ending, ending))
    if kind is None:
        raise WrongKind(f"files ending in {ending[:20]!r} are not taken; taken are: {', '.join(KINDS)}")
    said = media.partition(";")[0].strip().lower()
    if said not in UNNAMED | kind.also | {kind.media}:
        raise WrongKind(f"it was sent as {said[:60]!r}, and its name says {kind.media}")
    if not content:
        raise Invalid("the file is empty; save it again and send it once more", field="file")
    if len(content) > kind.most:
        raise TooLarge(f"a {kind.ending} has at most {kind.most:,} bytes, this one {len(content):,}")
    if kind.shape == "zip":
        _check_zip(kind, content)
    elif kind.shape == "ole":
        _check_ole(kind, content)
    elif kind.shape == "text":
        _check_text(kind, content)
    else:
        _check_signature(kind, content)
    return kind


def _other(kind: FileKind, what: str) -> WrongKind:
    return WrongKind(f"the name ends in {kind.ending}, and the content {what}; save it again as what it is")


def _check_signature(kind: FileKind, content: bytes) -> None:
    """Look at how it begins, and that nothing else was put behind it."""
    try:
        import filetype
    except ModuleNotFoundError as missing:
        told = f"{missing.name} is missing; install it: pip install 'renda[server]'"
        raise ConfigError("files cannot be attached", told) from missing
    found = filetype.guess(content[:8_192])
    if found is None or found.mime != kind.shape:
        raise _other(kind, "is something else")
    if ENDED in content[-TAIL:] and zipfile.is_zipfile(io.BytesIO(content)):
        raise _other(kind, "is an archive as well")
    if kind.shape == "application/pdf" and b"%%EOF" not in content[-TAIL:]:
        raise Invalid("the PDF has no end; save it again and send it once more", field="file")


def _check_zip(kind: FileKind, content: bytes) -> None:
    """Look into an office file, without trusting anything it says of itself."""
    if content.startswith(OLE):
        raise _other(kind, "is an old office file, or has a password")
    if not content.startswith(PACKED):
        raise _other(kind, "is something else")
    source = io.BytesIO(content)
    try:
        with zipfile.ZipFile(source) as archive:
            members, remark = archive.infolist(), archive.comment
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as broken:
        raise refuse("the file", "is damaged", "open it and save it again") from broken
    check_declared(members, "the file")
    names = Counter(member.filename for member in members)
    if remark or content[-END : -END + len(ENDED)] != ENDED or min(m.header_offset for m in members) != 0:
        raise _other(kind, "has something before or behind it")
    if any(n > 1 for n in names.values()) or any(_leads_out(name) for name in names):
        raise _other(kind, "has parts that no office program writes")
    if missing := [mark for mark in kind.marks if mark not in names]:
        raise _other(kind, f"has no {missing[0]}")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise WrongKind("the file has macros, which are not taken; save it without them")
    left = MOST_BYTES
    for member in members:
        size = 0
        for piece in unpacked(source, member, "the file"):
            size += len(piece)
            if size > min(left, member.file_size):
                raise refuse("the file", "unpacks to more than it declares", "ask the sender for a clean file")
        left -= size


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name or "\x00" in name


def _check_ole(kind: FileKind, content: bytes) -> None:
    """Look for the streams that an old office file of this kind has."""
    if not content.startswith(OLE):
        raise _other(kind, "is something else")
    if not any(_stream(mark) in content for mark in kind.marks):
        raise _other(kind, "is something else")
    if _stream(LOCKED) in content:
        raise WrongKind("the file has a password; save it without one")
    if any(_stream(name) in content for name in MACROS):
        raise WrongKind("the file has macros, which are not taken; save it without them")
    if ENDED in content[-TAIL:] and zipfile.is_zipfile(io.BytesIO(content)):
        raise _other(kind, "is an archive as well")


def _stream(name: str) -> bytes:
    """Write a name as the directory of an old office file does, up to its end."""
    return name.encode("utf-16-le") + b"\x00\x00"


def _check_text(kind: FileKind, content: bytes) -> None:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise _other(kind, "is no text in UTF-8") from None
    if RUNS.match(text):
        raise _other(kind, "begins as a page or a program")
    if any(unicodedata.category(c) == "Cc" and c not in PLAIN for c in set(text)):
        raise _other(kind, "has characters that no text has")
