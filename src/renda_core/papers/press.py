"""Papers to PDF: the packaged style, the data as JSON, one compiler a process; no file is written, none is read."""

from __future__ import annotations

import json
import threading
from functools import cache
from importlib import resources
from typing import Any

import attrs

from renda_core.errors import Misuse
from renda_core.papers import fonts
from renda_core.papers.blocks import Paper
from renda_core.papers.slips import Slip

TEXT = "text.typ"
"""What every style begins with."""
STYLES = {Paper: "style.typ", Slip: "slip.typ"}
STANDARD = "a-2b"
"""PDF/A-2b: everything needed to show the file is inside it. Source: ISO 19005-2, conformance level B.

It asks for the moment of making, which a paper to vote on never tells; that one is printed, and kept by nobody.
"""
KEPT = frozenset({"side", "box", "svg"})
"""Fields that the style compares or draws, and never sets as text."""
_ONE = threading.Lock()  # the compiler keeps what it was given last, so two threads must not give at once


def render(paper: Paper | Slip) -> bytes:
    """Set a paper as PDF/A, a paper to vote on as plain PDF; the same paper gives the same bytes.

    Characters that no font has are shown by their codes, and a note at the end lists them.

    Raises:
        ConfigError: typst or its fonts are not installed.
    """
    compiler, style = _press(), _style(STYLES[type(paper)])
    data = {"paper": json.dumps(_data(paper), ensure_ascii=False)}
    told: dict[str, Any] = {}
    if isinstance(paper, Paper):
        told = {"pdf_standards": [STANDARD], "timestamp": int(paper.made.timestamp())}
    with _ONE:
        made = compiler.compile(input=style, format="pdf", sys_inputs=data, **told)
    if not isinstance(made, bytes):
        raise Misuse(f"the paper {paper.name!r} came out as {type(made).__name__}")
    return made


@cache
def _press() -> Any:
    found = fonts.loaded()
    from typst import Compiler

    return Compiler(font_paths=found, ignore_system_fonts=True)


@cache
def _style(name: str) -> bytes:
    return b"".join(resources.files(__package__).joinpath(part).read_bytes() for part in (TEXT, name))


def _data(paper: Paper | Slip) -> dict[str, Any]:
    """Give a paper as JSON, its texts in runs, and what no font has in the order it is met."""
    lacking: dict[str, None] = {}
    whole: dict[str, Any] = _plain(paper, lacking)
    names = {key: _legible(str(getattr(paper, key))) for key in ("name", "tenant")}
    day = "" if isinstance(paper, Slip) else paper.made.strftime("%Y年%m月%d日 %H:%M")
    return whole | {"document": names, "made": day, "lacking": [code(sign) for sign in lacking]}


def _plain(value: Any, lacking: dict[str, None]) -> Any:
    if isinstance(value, str):
        return runs(value, lacking)
    if attrs.has(type(value)):
        names = [a.name for a in attrs.fields(type(value))]
        fields = {n: getattr(value, n) if n in KEPT else _plain(getattr(value, n), lacking) for n in names}
        return {"is": type(value).__name__.lower()} | fields
    if isinstance(value, tuple | list):
        return [_plain(part, lacking) for part in value]
    return value if isinstance(value, bool | int | float) else str(value)


def runs(text: str, lacking: dict[str, None]) -> list[Any]:
    """Split a text into what fonts have, and codes of what none has: ``["王", {"code": "U+2A6D6"}]``.

    Lines are split too: a list a paragraph.
    """
    lost = fonts.missing(text := text.replace("\r\n", "\n").replace("\r", "\n"))
    return [_line(line, lost, lacking) for line in text.split("\n")]


def _line(line: str, lost: frozenset[str], lacking: dict[str, None]) -> list[Any]:
    if not lost:
        return [line] if line else []
    found: list[Any] = []
    for sign in line:
        if sign in lost:
            lacking[sign] = None
            found.append({"code": code(sign)})
        elif found and isinstance(found[-1], str):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def code(sign: str) -> str:
    """Write a character by its code, as the standard does: ``U+2A6D6``."""
    return f"U+{ord(sign):04X}"


def _legible(text: str) -> str:
    """Give a text that metadata can hold: what no font has is kept, half a pair cannot be."""
    return text.encode("utf-8", "replace").decode()
