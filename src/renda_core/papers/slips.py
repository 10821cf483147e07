"""A paper to vote on, as plain values: what is marked, and how; nothing tells one copy from another."""

from __future__ import annotations

from typing import Literal

import attrs


@attrs.frozen(kw_only=True)
class Choice:
    """One line to mark: its title, and beneath it, small, what else is to be known of it.

    Attributes:
        figure: What stands beside the title, e.g. what a project costs.
    """

    title: str
    under: str = ""
    figure: str = ""


@attrs.frozen(kw_only=True)
class Slip:
    """A paper to vote on, on A5 where it fits and else on A4, of which every copy is the same file, byte for byte.

    It has no number, no moment of printing and no name of who printed it.

    Attributes:
        name: Title of the document for programs.
        tenant: Who holds the vote.
        rule: What makes a paper good, as one sentence that nobody overlooks.
        head: What the lines are, e.g. 项目名称.
        figures: Head of the column of figures; empty for none.
        marks: Heads of the boxes of a line, e.g. 赞成, 反对, 弃权.
        box: What is written into a box: a sign, or a number.
        notes: How the paper is filled in, each a numbered line at its end.
        signed: A line for the voter's name, where the vote is by name.
    """

    name: str
    tenant: str
    title: str
    subtitle: str = ""
    rule: str
    head: str
    figures: str = ""
    marks: tuple[str, ...]
    box: Literal["sign", "number"] = "sign"
    choices: tuple[Choice, ...]
    notes: tuple[str, ...] = ()
    signed: str = ""
