"""What is shown of a vote: never a count before its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import attrs

from renda_core.domain.ballot import Attendance, Count, RoundState, Rule, Trustee, Verdict


@attrs.frozen(kw_only=True)
class Receipt:
    """That a paper is in the box, and not what is on it.

    Attributes:
        hash: SHA-256 of the sealed paper, in hex; it stands on the board once the box is shut.
    """

    ballot: str
    round: int
    hash: str


@attrs.frozen(kw_only=True)
class Turnout:
    """How many may vote and have voted; never how.

    Attributes:
        entitled, suspended: Of the roll; those suspended are in the base, without a vote.
        issued: To whom a paper or a slot of the box was given, of those present.
        cast: Slots of the box that are filled; while it is open, in steps, until all are.
    """

    ballot: str
    round: int
    state: RoundState
    incumbent: int
    entitled: int
    suspended: int
    present: int
    issued: int
    by_paper: int
    by_device: int
    cast: int


@attrs.frozen(kw_only=True)
class Board:
    """What was in the box when it was shut, for whoever holds a receipt.

    Attributes:
        hashes: In hex, sorted, so that their order tells nothing.
        digest: Of all of them, in hex, as the journal holds it.
    """

    ballot: str
    round: int
    hashes: tuple[str, ...]
    digest: str


@attrs.frozen(kw_only=True)
class Slot:
    """Where the asker stands in the present round."""

    standing: str
    present: bool
    issued: str
    cast: bool


@attrs.frozen(kw_only=True)
class RoundView:
    """One round as the asker may see it; *attendance*, *counted* and *verdict* are None before their time.

    Attributes:
        signatures: Of the trustees over the opened box, by name.
        named: Who voted how, of a vote by name that is declared: marks (subject index, answer index) by person.
        suppressed: Whether votes were left out because too few papers lie behind them.
    """

    number: int
    state: RoundState
    subjects: tuple[str, ...]
    places: int = 0
    costs: tuple[int, ...] = ()
    budget: int = 0
    opened_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    box: str = ""
    attendance: Attendance | None = None
    counted: Count | None = None
    verdict: Verdict | None = None
    signatures: Mapping[str, str] = attrs.Factory(dict)
    named: Mapping[str, tuple[tuple[int, int], ...]] = attrs.Factory(dict)
    suppressed: bool = False


@attrs.frozen(kw_only=True)
class BallotView:
    """A ballot as the asker may see it; page, API, export and command line show this and nothing else.

    Attributes:
        titles: What each subject is called, by its id.
        size: How many bytes a sealed paper of the present round has; 0 where none is cast in secret by device.
        mine: Where the asker stands; None for who is not on the roll.
        officer: Whether the asker is a teller or scrutineer of this ballot.
    """

    id: str
    kind: str
    title: str
    version: int
    rule: Rule
    rounds: tuple[RoundView, ...]
    titles: Mapping[str, str]
    congress: str = ""
    incumbent: int = 0
    method: str = ""
    tellers: tuple[str, ...] = ()
    scrutineers: tuple[str, ...] = ()
    electronic: bool = False
    trustees: tuple[Trustee, ...] = ()
    rehearsed: bool = False
    closes_at: dt.datetime | None = None
    size: int = 0
    mine: Slot | None = None
    officer: bool = False


@attrs.frozen(kw_only=True)
class BallotLine:
    """A ballot in a list."""

    id: str
    kind: str
    title: str
    state: RoundState
    round: int
    subjects: int
    electronic: bool
    secret: bool
    closes_at: dt.datetime | None = None
