"""What a count gives, and what it means: votes, findings and the verdict of one round."""

from collections.abc import Mapping
from typing import Literal

import attrs


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
        clause: Name of the clause of the rule that decided this line; ``Rule.clauses`` tells what it rests on.
    """

    subject: str
    votes: Mapping[str, int]
    verdict: str
    reason: str
    clause: str = ""


@attrs.frozen(kw_only=True)
class Verdict:
    """The outcome of one round; immutable, however many rounds follow.

    Attributes:
        state: ``decided``, ``tied`` (a further round is due), ``void``, or ``refused``.
        rerun: Subjects of the further round, with the places left for them.
    """

    state: Literal["decided", "tied", "void", "refused"]
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    rerun: tuple[str, ...] = ()
    places: int = 0
    warnings: tuple[str, ...] = ()
    clause: str = ""
