"""The rule of a vote, as data: who is the base, what passes, what is void, what a tie does."""

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from renda_core.domain.names import names
from renda_core.domain.rates import Share

Base = Literal["seats", "incumbent", "present", "issued", "returned", "valid"]
"""名额, 实有代表, 出席, 发出票, 收回票, 有效票."""
Mode = Literal["choose", "each", "grade", "rank", "budget"]
"""How a paper is marked: at most so many of all; for, against or abstain on each; a grade for each; priorities in
order; or what one approves while the money lasts."""
Paper = Sequence[tuple[int, int]]
"""Marks of one paper: (subject index, answer index); no marks at all is a valid blank. On a ranked paper the answers
are the places 1, 2, 3 … in order, so that answer 0 is the first choice."""


@attrs.frozen(kw_only=True)
class Rung:
    """A verdict for a subject when the votes for *answers* together reach *share* of the base."""

    verdict: str
    answers: frozenset[str] = attrs.field(converter=names)
    share: Share


@attrs.frozen(kw_only=True)
class Rule:
    """Who is the base, what passes, what is void, what a tie does; numbers come from settings.

    Attributes:
        answers: What may be marked on a subject, best first; the first is what places are given for.
        rungs: Tried in order for each subject; the first that holds is its verdict, else *otherwise*.
        max_marks: A paper with more marks is void; ``"seats"`` means as many as there are places.
        runoff: Rungs of a second round among tied subjects; empty means the higher simply wins.
        least_papers: Fewer valid papers are told, or block, as *too_few* says.
        mode: How a paper is marked and printed.
        surplus: 差额: what (subjects - places) / places must reach; None asks for none.
        tie: At the cut: vote again between the tied, leave the places vacant, or decide nothing.
        short: Where fewer pass than there are places: leave them vacant, or vote again on those that failed.
        blank: Whether a paper without a mark is valid, as all abstained, or void.
        points: Ranked papers: what each place on a paper is worth; without points only an order that no weighing
            could turn is decided.
        allotment: Approval under a budget: how votes become funded projects.
        recast: Whether who has cast may cast again while the round is open, so that the last paper counts.
        announced_by: Roles that announce the verdict, which nobody else sees before.
        advisory: The verdict binds nobody (街道议事代表票选).
        shown_from: Valid papers that a group needs before its votes are shown; 0 for an assembly's own totals.
        clauses: What each clause rests on, by its name: law and article, or place and year.
        version, adopted: Which local method (票决办法) this is, and who adopted it when.
    """

    name: str
    answers: tuple[str, ...]
    rungs: tuple[Rung, ...]
    otherwise: str
    base: Base
    quorum: Share | None = None
    quorum_of: Base = "incumbent"
    max_marks: int | Literal["seats"] | None = None
    runoff: tuple[Rung, ...] = ()
    least_papers: int = 0
    too_few: Literal["warn", "block"] = "warn"
    secret: bool = True
    source: str = ""
    mode: Mode = "grade"
    surplus: Share | None = None
    tie: Literal["again", "vacant", "refuse"] = "again"
    short: Literal["vacant", "again"] = "vacant"
    blank: Literal["valid", "void"] = "valid"
    points: tuple[int, ...] = ()
    allotment: Literal["greedy", "equal_shares"] = "greedy"
    recast: bool = False
    announced_by: frozenset[str] = attrs.field(default="office presidium congress", converter=names)
    advisory: bool = False
    shown_from: int = 0
    clauses: Mapping[str, str] = attrs.Factory(dict)
    version: str = ""
    adopted: str = ""
