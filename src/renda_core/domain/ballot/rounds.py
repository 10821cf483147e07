"""A ballot and its rounds: each goes from prepared to declared, and never changes once it is counted."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from renda_core.domain.ballot.funding import Money
from renda_core.domain.ballot.judging import judge
from renda_core.domain.ballot.papers import count
from renda_core.domain.ballot.roll import Attendance, Trustee
from renda_core.domain.ballot.roll_checks import open_round
from renda_core.domain.ballot.rule import Paper, Rule
from renda_core.domain.ballot.seating import After
from renda_core.domain.ballot.verdict import Count, Verdict, Waiting
from renda_core.errors import Invalid, Rejected

RoundState = Literal["prepared", "open", "closed", "counted", "declared"]
"""待开启, 投票中, 已截止, 已计票, 已公布."""
STATES: Mapping[RoundState, str] = {
    "prepared": "待开启",
    "open": "投票中",
    "closed": "已截止",
    "counted": "已计票",
    "declared": "已公布",
}
"""States of a round in their order, with the words people read."""
DUE: Mapping[RoundState, str] = {
    "prepared": "it is opened next (开启投票)",
    "open": "it is closed next (截止)",
    "closed": "it is counted next (计票)",
    "counted": "it is announced next (公布)",
    "declared": "every round has its verdict",
}
"""What is due in each state."""
ANNULLED = "annulled"
"""The clause of a round that was annulled before its count: what is in its box is never opened."""
FROZEN = ("seats", "incumbent", "present")
"""Numbers of the roll that are frozen when a round is opened."""
HANDED_OUT = ("issued", "device_issued")
"""Numbers that are frozen with them where they are known by then."""


@attrs.frozen(kw_only=True)
class Round:
    """One vote on some subjects; once it is counted it never changes.

    Attributes:
        after: What this round follows: nothing, a tie at the cut, or places that nobody reached.
        costs, budget: In fen, where the subjects share a budget: what each costs, and what there is.
        waiting: Under a budget, subjects of earlier rounds that may be funded after those of this one, in groups.
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
    after: After = ""
    waiting: tuple[tuple[Waiting, ...], ...] = ()

    @property
    def announced(self) -> bool:
        """Whether the verdict is for all to see; a round stored before rounds had states has a verdict and no state."""
        return self.verdict is not None and self.state in ("declared", "prepared")


@attrs.frozen(kw_only=True)
class Ballot:
    """One decision: its rule as it stood when the ballot was opened, and its rounds.

    Every transition gives a new ballot, with the next version; what was counted stays as it was.

    Attributes:
        congress: Whose deputies vote; empty where the roll was given by name.
        incumbent: 实有代表 on the day it was opened, those suspended included.
        seats: 名额, where they are known.
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
    seats: int = 0
    method: str = ""
    tellers: tuple[str, ...] = ()
    scrutineers: tuple[str, ...] = ()
    electronic: bool = False
    trustees: tuple[Trustee, ...] = ()
    rehearsed: bool = False

    def opened(self, attendance: Attendance, at: dt.datetime | None = None) -> "Ballot":
        """Open the last round (开启投票) and freeze who is there; *attendance* tells no paper that came back.

        Raises:
            Rejected: Without a quorum, with numbers that contradict, out of turn, or a secret electronic round without
                trustees who have shown that they can open the box.
        """
        now = self._due("prepared")
        lacks = []
        if self.electronic and self.rule.secret and not self.trustees:
            lacks.append("a secret electronic round has no trustees")
        elif self.electronic and self.rule.secret and not self.rehearsed:
            lacks.append("the trustees have not opened a box of trial papers yet")
        if lacks:
            raise Rejected(self.rule.name, *lacks)
        return self._with(_opened(self.rule, now, attendance, at))

    def closed(self, at: dt.datetime | None = None, box: str = "") -> "Ballot":
        """Close the last round (截止): nothing is cast any more; *box* is the digest of what was cast.

        Raises:
            Rejected: The round is not open.
        """
        return self._with(attrs.evolve(self._due("open"), state="closed", closed_at=at, box=box))

    def counted(
        self,
        attendance: Attendance,
        count: Count,
        *,
        papers: Sequence[Paper] = (),
        signatures: Mapping[str, str] | None = None,
    ) -> "Ballot":
        """Judge the closed round by its count; the verdict is kept, and for nobody to see before it is announced.

        Args:
            papers: The papers themselves, which equal shares needs; other rules need their count only.
            signatures: Of the trustees over the opened box.

        Raises:
            Rejected: The round is not closed, or the numbers differ from those frozen when it was opened.
        """
        return self._with(_counted(self.rule, self._due("closed"), attendance, count, papers, signatures or {}))

    def declared(self) -> "Ballot":
        """Announce the verdict (公布), and prepare the round that a tie, a void round or open places ask for.

        Raises:
            Rejected: The round is not counted.
        """
        now = self._due("counted")
        return self._with(attrs.evolve(now, state="declared"), *_again(now))

    def annulled(self, reason: str) -> "Ballot":
        """Annul the round under way (宣布本轮无效) before anything of it is counted, and prepare it anew.

        Raises:
            Invalid: No reason is given.
            Rejected: The round is not under way, or is counted: then its verdict stands.
        """
        now = self._last()
        if now.state not in ("open", "closed"):
            raise self._refused(now.state)
        if not reason.strip():
            raise Invalid("reason: say why the round is annulled; it stands on record", field="reason")
        void = Verdict(state="void", reasons=(reason.strip(),), clause=ANNULLED)
        done = attrs.evolve(now, verdict=void, state="declared")
        return self._with(done, *_again(done))

    def declare(self, attendance: Attendance, papers: Sequence[Paper]) -> "Ballot":
        """Open, count, judge and announce at once, for a count of papers done outside.

        Raises:
            Rejected: The round could not be opened with this attendance, or none is due.
        """
        now = self._last()
        if now.state == "prepared":
            now = _opened(self.rule, now, attendance, None)
        elif now.state not in ("open", "closed"):
            raise self._refused(now.state)
        votes = count(self.rule, len(now.subjects), papers, places=now.places)
        done = attrs.evolve(_counted(self.rule, now, attendance, votes, papers, {}), state="declared")
        return self._with(done, *_again(done))

    def _last(self) -> Round:
        now = self.rounds[-1]
        # a round stored before rounds had states has its verdict and no state
        return attrs.evolve(now, state="declared") if now.verdict and now.state == "prepared" else now

    def _due(self, state: RoundState) -> Round:
        now = self._last()
        if now.state != state:
            raise self._refused(now.state)
        return now

    def _refused(self, state: RoundState) -> Rejected:
        told = DUE[state]
        return Rejected(self.rule.name, f"round {len(self.rounds)} is {state} ({STATES[state]}): {told}", state=state)

    def _with(self, done: Round, *again: Round) -> "Ballot":
        return attrs.evolve(self, rounds=(*self.rounds[:-1], done, *again), version=self.version + 1)


def _opened(rule: Rule, now: Round, attendance: Attendance, at: dt.datetime | None) -> Round:
    open_round(rule, attendance)
    there = attrs.evolve(attendance, returned=0, by_device=0)
    return attrs.evolve(now, attendance=there, state="open", opened_at=at)


def _counted(
    rule: Rule,
    now: Round,
    attendance: Attendance,
    votes: Count,
    papers: Sequence[Paper],
    signatures: Mapping[str, str],
) -> Round:
    open_round(rule, attendance)
    frozen, told = now.attendance, []
    for name in (*FROZEN, *HANDED_OUT) if frozen else ():
        was, is_ = getattr(frozen, name), getattr(attendance, name)
        if was != is_ and (was or name in FROZEN):  # papers may be handed out after the opening
            told.append(f"{name} is {is_}, and was {was} when the round was opened")
    if told:
        raise Rejected(rule.name, *told)
    verdict = judge(
        rule,
        attendance,
        now.subjects,
        votes,
        places=now.places,
        after=now.after,
        money=Money(costs=now.costs, budget=now.budget, waiting=now.waiting),
        papers=papers,
    )
    return attrs.evolve(
        now, attendance=attendance, counted=votes, verdict=verdict, signatures=signatures, state="counted"
    )


def _again(done: Round) -> tuple[Round, ...]:
    """Prepare the further round, if the verdict asks for one; a void round is voted again as what it was."""
    verdict = done.verdict
    if verdict is None or verdict.state == "decided" or verdict.state == "refused":
        return ()
    if verdict.state == "void":
        fields = ("subjects", "places", "costs", "budget", "after", "waiting")
        return (Round(**{name: getattr(done, name) for name in fields}),)
    return (
        Round(
            subjects=verdict.rerun,
            places=verdict.places,
            costs=verdict.costs,
            budget=verdict.left,
            after=verdict.state,
            waiting=verdict.waiting,
        ),
    )
