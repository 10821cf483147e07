"""A ballot and its rounds: each decided once, and never changed afterwards."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from renda_core.domain.ballot.judging import judge, open_round
from renda_core.domain.ballot.papers import count
from renda_core.domain.ballot.roll import Attendance, Trustee
from renda_core.domain.ballot.rule import Paper, Rule
from renda_core.domain.ballot.verdict import Count, Verdict
from renda_core.errors import Rejected

RoundState = Literal["prepared", "open", "closed", "counted", "declared"]
"""待开启, 投票中, 已截止, 已计票, 已公布."""


@attrs.frozen(kw_only=True)
class Round:
    """One vote on some subjects; once it has a verdict it never changes.

    Attributes:
        costs, budget: In fen, where the subjects share a budget: what each costs, and what there is.
        opened_at, closed_at: When the roll was frozen, and when the box was shut.
        box: Digest of the board, in hex: what was in the box of sealed papers when it was shut.
        signatures: Of the trustees over the opened box, in hex, by trustee's name.
    """

    subjects: tuple[str, ...]
    places: int = 0
    attendance: Attendance | None = None
    counted: Count | None = None
    verdict: Verdict | None = None
    costs: tuple[int, ...] = ()
    budget: int = 0
    state: RoundState = "prepared"
    opened_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    box: str = ""
    signatures: Mapping[str, str] = attrs.Factory(dict)


@attrs.frozen(kw_only=True)
class Ballot:
    """One decision: its rule as it stood when the ballot was opened, and its rounds.

    Attributes:
        congress: Whose deputies vote; empty where the roll was given by name.
        incumbent: 实有代表 on the day it was opened, those suspended included.
        method: The case that holds the adopted method (票决办法), where the kind asks for one.
        tellers, scrutineers: 计票人 and 监票人, people's ids; none of them has an interest in a subject.
        electronic: Whether papers may be cast by device; a secret one needs *trustees*.
        rehearsed: The trustees have opened a box of trial papers, so that the real one can be opened too.
    """

    id: str
    kind: str
    rule: Rule
    rounds: tuple[Round, ...]
    version: int = 0
    title: str = ""
    congress: str = ""
    incumbent: int = 0
    method: str = ""
    tellers: tuple[str, ...] = ()
    scrutineers: tuple[str, ...] = ()
    electronic: bool = False
    trustees: tuple[Trustee, ...] = ()
    rehearsed: bool = False

    def declare(self, attendance: Attendance, papers: Sequence[Paper]) -> "Ballot":
        """Count the open round, judge it, and open the round that a tie or a void round asks for.

        Raises:
            Rejected: The round could not be opened with this attendance, or none is open.
        """
        now, number = self.rounds[-1], len([r for r in self.rounds if not _voided(r)])
        if now.verdict:
            raise Rejected(self.rule.name, "every round has its verdict")
        open_round(self.rule, attendance)
        counted = count(self.rule, len(now.subjects), papers, places=now.places)
        verdict = judge(self.rule, attendance, now.subjects, counted, places=now.places, round=number)
        done = attrs.evolve(now, attendance=attendance, counted=counted, verdict=verdict)
        again: tuple[Round, ...] = ()
        if verdict.state == "void":
            again = (Round(subjects=now.subjects, places=now.places),)
        elif verdict.state == "tied":
            again = (Round(subjects=verdict.rerun, places=verdict.places),)
        return attrs.evolve(self, rounds=(*self.rounds[:-1], done, *again), version=self.version + 1)


def _voided(round: Round) -> bool:
    return round.verdict is not None and round.verdict.state == "void"
