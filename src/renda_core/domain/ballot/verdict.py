"""What a count gives, and what it means: votes, findings and the verdict of one round."""

from collections.abc import Mapping
from typing import Literal

import attrs

from renda_core.domain.rates import Rate


@attrs.frozen(kw_only=True)
class Count:
    """What the papers say: votes by subject and answer, and how many papers were good.

    Attributes:
        why_void: How many papers each clause made void; a paper is counted under the first.
    """

    votes: tuple[tuple[int, ...], ...]
    valid: int
    void: int
    why_void: Mapping[str, int] = attrs.Factory(dict)


@attrs.frozen(kw_only=True)
class Finding:
    """The verdict on one subject, with its reasons.

    Attributes:
        verdict: One of the rule's own; ``tied`` or ``again`` where the subject stands in a further round, ``waiting``
            where that round comes before it.
        clause: Name of the clause of the rule that decided this line; ``clause_source`` tells what it rests on.
        rate: The votes that decided, of the rule's base, for a figure such as 93.33 %.
    """

    subject: str
    votes: Mapping[str, int]
    verdict: str
    reason: str
    clause: str = ""
    rate: Rate | None = None


@attrs.frozen(kw_only=True)
class Waiting:
    """A subject that may yet be funded, once a tie before it is settled: its cost in fen, and the votes it had."""

    subject: str
    cost: int
    votes: int


@attrs.frozen(kw_only=True)
class Verdict:
    """The outcome of one round; immutable, however many rounds follow.

    Attributes:
        state: ``decided``; ``tied`` or ``short``, when a further round is due; ``void``, when the same round is voted
            again; ``refused``, when the rule decides nothing.
        rerun: Subjects of the further round, in their old order, with the places or the money left for them.
        left: In fen, where the subjects share a budget: what is left for the further round, or unspent.
        costs: In fen, of the subjects of the further round, under a budget.
        waiting: Under a budget, those whose turn comes after the further round, in groups.
        clause: Name of the clause that led to this state.
    """

    state: Literal["decided", "tied", "short", "void", "refused"]
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    rerun: tuple[str, ...] = ()
    places: int = 0
    warnings: tuple[str, ...] = ()
    clause: str = ""
    left: int = 0
    costs: tuple[int, ...] = ()
    waiting: tuple[tuple[Waiting, ...], ...] = ()
