"""The encoding of a text file, found without guessing: it is right, or it is refused."""

import codecs
import re
from typing import IO

from renda_core.files.limits import refuse

_PIECE = 1 << 16
_SAMPLE = 1 << 18
_REMEDY = "in Excel choose 另存为 > CSV UTF-8 (逗号分隔)"
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_STRANGE = 0.2
"""Share of characters beyond ASCII that GB 2312 lacks, from which a text that is good Big5 is no GB 18030."""
_FEWEST = 3

# Python's table stops at the year 2000; later editions gave these characters places of their own outside the
# private use area. Source: GB 18030-2005 (U+1E3F) and GB 18030-2022.
_LATER = {
    0xE7C7: 0x1E3F, 0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15,
    0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6,
    0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB, 0xE816: 0x20087, 0xE817: 0x20089,
    0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE,
}  # fmt: skip
_MOVED = re.compile("[\ue78d-\ue864]")


def encoding_of(source: IO[bytes], name: str) -> str:
    """Find the encoding: by its mark, else UTF-8, else GB 18030, each strictly to the last byte.

    Raises:
        Invalid: Neither fits, the text is Big5, or it holds NUL bytes; names the line.
    """
    source.seek(0)
    opening = source.read(4)
    mark = next((mark for mark in _MARKS if opening.startswith(mark)), b"")
    if mark:
        if (broken := _broken_line(source, _MARKS[mark])) is not None:
            raise refuse(name, f"line {broken} cannot be read as its mark says", _REMEDY, line=broken)
        return _MARKS[mark]
    _refuse_nul(source, name)
    if _broken_line(source, "utf-8") is None:
        return "utf-8"
    broken = _broken_line(source, "gb18030")
    if broken is not None:
        raise refuse(name, f"line {broken} is neither UTF-8 nor GB18030", _REMEDY, line=broken)
    _refuse_big5(source, name)
    return "gb18030"


def settled(text: str) -> str:
    """Put the characters that GB 18030 moved out of the private use area where they are now."""
    return text.translate(_LATER) if _MOVED.search(text) else text


def _broken_line(source: IO[bytes], encoding: str) -> int | None:
    """Decode everything; return the line that cannot be, None if all can."""
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    while True:
        piece = source.read(_PIECE)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as broken:
            return line + broken.object.count(b"\n", 0, broken.start)
        if not piece:
            return None
        line += text.count("\n")


def _refuse_nul(source: IO[bytes], name: str) -> None:
    source.seek(0)
    line = 1
    while piece := source.read(_PIECE):
        if (at := piece.find(b"\0")) >= 0:
            line += piece.count(b"\n", 0, at)
            raise refuse(name, f"line {line} holds a NUL byte, so this is no text", _REMEDY, line=line)
        line += piece.count(b"\n")


def _refuse_big5(source: IO[bytes], name: str) -> None:
    """Refuse Big5: nearly all of it can be decoded as GB 18030 too, into other characters."""
    source.seek(0)
    sample = source.read(_SAMPLE)
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    try:
        sample.decode("cp950")
    except UnicodeDecodeError:
        return
    lines = sample.decode("gb18030", "replace").split("\n")
    signs = _NOT_ASCII.findall("".join(lines))
    strange = [sign for sign in signs if _is_strange(sign)]
    if len(strange) >= _FEWEST and len(strange) > _STRANGE * len(signs):
        line = 1 + next(at for at, text in enumerate(lines) if any(map(_is_strange, _NOT_ASCII.findall(text))))
        raise refuse(name, f"line {line} seems to be Big5, not UTF-8 or GB18030", _REMEDY, line=line)


def _is_strange(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False
