"""What a paper says, as plain values: sections of facts, prose, tables and dated entries; never how it looks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

import attrs

SHORT = 16
"""Characters that fit into half a line of facts; a longer fact gets a line of its own."""


@attrs.frozen
class Fact:
    """A value under its label, e.g. 编号 2026-1."""

    label: str
    value: str


@attrs.frozen
class Facts:
    """Labelled values in lines of one or two."""

    lines: tuple[tuple[Fact, ...], ...]


@attrs.frozen
class Prose:
    """A text of one or more paragraphs, split where the text breaks its lines."""

    text: str


@attrs.frozen
class Figure:
    """A number as shown, and small beneath it what it rests on, e.g. ``92.00 %`` over ``23 / 25``."""

    shown: str
    of: str = ""


@attrs.frozen(kw_only=True)
class Column:
    """One column of a table.

    Attributes:
        under: What stands small beneath the title, e.g. ``办复 / 交办`` under 办复率.
        width: Its part of the free width; 0 takes what the widest cell needs.
        side: Where its cells stand; numbers stand right.
    """

    title: str
    under: str = ""
    width: float = 0
    side: Literal["left", "center", "right"] = "left"


@attrs.frozen(kw_only=True)
class Table:
    """Rows under a header that is repeated on every page.

    Attributes:
        rows: One sequence of texts or figures a row, in the order of *columns*.
        tall: Millimetres that a row takes at least, where people write into it by hand.
    """

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str | Figure]]
    tall: float = 0


@attrs.frozen(kw_only=True)
class Entry:
    """One dated thing of a history: what, who, and labelled lines; a line without a label stands alone."""

    day: str
    title: str
    who: str = ""
    lines: tuple[Fact, ...] = ()


@attrs.frozen
class Entries:
    """Things one after another, each with its day."""

    entries: tuple[Entry, ...]


@attrs.frozen
class Issued:
    """By whom and when a paper goes out, at its end and to the right, e.g. 主席团 over the day."""

    lines: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Code:
    """A square picture that a telephone reads (二维码), in the middle, with what it is for beneath it.

    Attributes:
        svg: The picture; it names nothing outside of itself.
        across: Millimetres from side to side, its white border included.
        under: What stands large beneath it.
        address: Where it leads, for those who would rather type it.
    """

    svg: str
    across: float
    under: str = ""
    address: str = ""


Block = Facts | Prose | Table | Entries | Issued | Code


@attrs.frozen(kw_only=True)
class Section:
    """A numbered part of a paper; without a title it only goes on."""

    title: str = ""
    blocks: tuple[Block, ...]
    note: str = ""


@attrs.frozen(kw_only=True)
class Paper:
    """A whole paper.

    Attributes:
        name: Title of the document for programs and the running head, e.g. ``代表建议 2026-1 案卷``.
        title: What stands large on the first page.
        subtitle: What stands beneath it.
        made: The moment of making, with its zone; the same paper of the same moment is the same file, byte for byte.
        by: Who had it printed.
        signed: Lines to sign, e.g. 审核 and 经办: at the end, or at the foot of each landscape sheet.
        across: Landscape, for wide tables.
        outward: It is posted for everybody, so that it does not say who printed it and when.
        poster: It hangs on a wall and is read from a step away: larger letters, and no number on a single sheet.
    """

    name: str
    tenant: str
    title: str
    subtitle: str = ""
    sections: tuple[Section, ...]
    made: dt.datetime
    by: str = ""
    signed: tuple[str, ...] = ()
    across: bool = False
    outward: bool = False
    poster: bool = False


def paired(facts: Iterable[Fact]) -> Facts:
    """Set short facts two to a line, long ones alone, in their order; facts without a value are left out."""
    lines: list[tuple[Fact, ...]] = []
    for fact in facts:
        if not fact.value.strip():
            continue
        if lines and len(lines[-1]) == 1 and _short(lines[-1][0]) and _short(fact):
            lines[-1] = (*lines[-1], fact)
        else:
            lines.append((fact,))
    return Facts(tuple(lines))


def _short(fact: Fact) -> bool:
    return len(fact.value) <= SHORT and "\n" not in fact.value
