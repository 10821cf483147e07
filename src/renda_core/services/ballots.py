"""Use cases on ballots (票决), in a first form: a roll, sealed papers, a verdict that moves its subjects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from sqlalchemy import Integer, bindparam, select, update

from renda_core.domain.ballot import Attendance, Ballot, Paper, Round, Rule, Verdict
from renda_core.domain.case import Actor
from renda_core.domain.failing import expect
from renda_core.errors import Invalid, NotAllowed, NotFound, PracticeFailed, Rejected
from renda_core.records import BallotKind
from renda_core.services import budgets
from renda_core.services.asking import Source, asked
from renda_core.services.bulk import Job, Work
from renda_core.services.cases import TakeStep
from renda_core.services.given import refuse_lost_links
from renda_core.store import tables as t
from renda_core.store.codec import decode, encode, new_id
from renda_core.store.compile import Query, Write, add, keyed
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

TELLERS = Actor(id="job:ballot", roles={"ballot"})
MEETING = frozenset({"office", "presidium", "congress"})
"""Who opens and declares; tellers and scrutineers come with the ballots' own practice."""
_b, _r = t.ballot, t.ballot_roll


@attrs.frozen(kw_only=True)
class BallotRow:
    """A ballot as stored."""

    document: bytes


@attrs.frozen(kw_only=True)
class RollRow:
    """One person of a roll."""

    person: str


ONE = Query(select(_b.c.document).where(*keyed(_b, "id")), BallotRow)
ADD = add(_b)
SAVE = Write(
    update(_b)
    .where(*keyed(_b, "id"), _b.c.version == bindparam("was", type_=Integer()))
    .values({c: bindparam(c.name, type_=c.type) for c in (_b.c.state, _b.c.version, _b.c.document)})
)
ROLL = Query(select(_r.c.person).where(*keyed(_r, "ballot_id", "round")), RollRow)
ON_ROLL = Query(select(_r.c.person).where(*keyed(_r, "ballot_id", "person")).limit(1), RollRow)
ADD_ROLL = add(_r)
DROP = Write(
    update(_r)
    .where(*keyed(_r, "ballot_id", "round", "person"), _r.c.sealed.is_(None))
    .values(sealed=bindparam("sealed", type_=_r.c.sealed.type))
)
"""One conditional update: whatever the clicks, one paper a person; no time and no serial is kept."""


@attrs.frozen(kw_only=True)
class OpenBallot:
    """Ask for a vote of a kind that a plugin offers, on some cases, by the people of a roll."""

    kind: str
    subjects: tuple[str, ...]
    places: int = 0
    roll: tuple[str, ...] = ()


async def load(reader: Reader, id: str) -> Ballot:
    """Load one ballot, or raise ``NotFound``."""
    row = await reader.find(ONE, id=id)
    if row is None:
        raise NotFound(f"no ballot {id}")
    return decode(row.document, Ballot)


async def show(reader: Reader, _: Tenant, actor: Actor, id: str) -> Ballot:
    """Show a ballot to who opens and declares, and to the people of its roll; no count is in it before its verdict.

    Raises:
        NotFound: There is none, or it is none of the asker's.
    """
    found = await load(reader, id)
    if not actor.roles & MEETING and await reader.find(ON_ROLL, ballot_id=id, person=actor.id) is None:
        raise NotFound(f"no ballot {id}")
    return found


async def open_ballot(unit: Unit, tenant: Tenant, command: OpenBallot) -> Ballot:
    """Open a ballot under the rule in force today, which it keeps.

    Raises:
        NotFound: No enabled plugin offers this kind.
        NotAllowed: The actor opens no ballots.
    """
    _refuse_strangers(unit)
    offered = tenant.practice.ballots.get(command.kind)
    if offered is None:
        raise NotFound(f"no ballot {command.kind!r}; known: {', '.join(sorted(tenant.practice.ballots)) or 'none'}")
    for name in ("subjects", "roll"):
        if len(set(getattr(command, name))) < len(getattr(command, name)):
            raise Invalid(f"{name}: somebody, or something, stands there twice", field=name)
    if not command.subjects:
        raise Invalid("subjects: name at least one", field="subjects")
    if offered.outcomes:  # the verdict moves them
        await refuse_lost_links(unit, {"subject": command.subjects})
    rule = _rule(tenant, offered)
    first = Round(subjects=command.subjects, places=command.places)
    ballot = Ballot(id=new_id(), kind=command.kind, rule=rule, rounds=(first,))
    await unit.write(
        ADD, id=ballot.id, kind=ballot.kind, state="open", round=1, closes_at=None, version=0, document=encode(ballot)
    )
    await _enrol(unit, ballot.id, 1, command.roll)
    unit.record(f"ballot.{command.kind}.opened", on=ballot.id, version=0, rule=rule.name, roll=len(command.roll))
    unit.emit(f"ballot.{command.kind}.opened", id=ballot.id)
    return ballot


async def declare(unit: Unit, tenant: Tenant, id: str, attendance: Attendance, papers: Sequence[Paper]) -> Ballot:
    """Count the opened papers, judge, and take each decided subject's step, all in one transaction.

    Raises:
        Rejected: Without a quorum, or when no round is open.
    """
    _refuse_strangers(unit)
    before = await load(unit, id)
    after = before.declare(attendance, papers)
    verdict = after.rounds[len(before.rounds) - 1].verdict
    again = after.rounds[-1] if len(after.rounds) > len(before.rounds) else None
    row = {"id": id, "state": "open" if again else "closed", "version": after.version, "document": encode(after)}
    await unit.save(SAVE, row, was=before.version)
    if again:
        roll = await unit.all(ROLL, ballot_id=id, round=len(before.rounds))
        await _enrol(unit, id, len(after.rounds), tuple(r.person for r in roll))
    moved = await _move_subjects(unit, tenant, after, verdict, set(again.subjects) if again else set())
    state = verdict.state if verdict else ""
    unit.record(
        f"ballot.{after.kind}.declared", on=id, version=after.version, rule=after.rule.name, state=state, **moved
    )
    unit.emit(f"ballot.{after.kind}.declared", id=id, state=state)
    return after


async def cast(unit: Unit, _: Tenant, id: str, sealed: bytes) -> None:
    """Drop one sealed paper into the actor's own slot.

    The journal holds that a paper was cast in no entry of its own: its time and order are nobody's to keep.

    Raises:
        Rejected: The round has its verdict, the person is not on its roll, or has a paper in already.
    """
    ballot = await load(unit, id)
    open_ = ballot.rounds[-1].verdict is None
    slot = {"ballot_id": id, "round": len(ballot.rounds), "person": unit.actor.id}
    if not open_ or not await unit.write_unrecorded(DROP, sealed=sealed, **slot):
        raise Rejected("the paper was not taken", "no empty slot of this round is this person's")


def _rule(tenant: Tenant, offered: BallotKind) -> Rule:
    """Ask for the rule of a vote; without one, nothing is opened."""
    source = Source(tenant=tenant, plugin=offered.plugin, what="ballot", name=offered.name)
    context = tenant.contexts(tenant.today)(offered.plugin)
    try:
        # as it comes back from the store, for the ballot keeps it
        return asked(source, budgets.RULE, lambda: decode(encode(expect(offered.rule(context), Rule)), Rule), Rule)
    except PracticeFailed as error:
        told = str(error)
    raise Rejected("opening refused", told)


async def _enrol(unit: Unit, ballot: str, round: int, people: Sequence[str]) -> None:
    if people:
        rows = (
            {
                "ballot_id": ballot,
                "round": round,
                "person": p,
                "sealed": None,
                "standing": "entitled",
                "present": False,
                "issued": "",
                "named": None,
            }
            for p in people
        )
        await unit.write_all(ADD_ROLL, rows)


async def _move_subjects(
    unit: Unit, tenant: Tenant, ballot: Ballot, verdict: Verdict | None, again: set[str]
) -> dict[str, Any]:
    """Take the step that each decided finding stands for; a subject in a further round is not moved yet."""
    offered, work = tenant.practice.ballots.get(ballot.kind), Work(unit, tenant)
    if offered is None:
        told = f"no enabled practice offers ballot {ballot.kind!r} any more, so nobody knows what its verdict moves"
        raise Rejected("the ballot was not declared", f"{told}; have the practice installed and enabled again")
    outcomes = offered.outcomes
    for found in verdict.findings if verdict else ():
        if found.verdict in outcomes and found.subject not in again:
            case, name = await work.case(found.subject), outcomes[found.verdict]
            procedure = tenant.practice.procedure(case.kind, case.edition)
            procedure.refuse_readonly(name)
            graded = procedure.steps[name].grades
            grade = found.verdict if graded else ""
            step = TakeStep(case=case.id, version=0, step=name, grade=grade, note=found.reason)
            await work.do(Job(step=step, actor=TELLERS))
    return await work.write()


def _refuse_strangers(unit: Unit) -> None:
    if not unit.actor.roles & MEETING:
        raise NotAllowed(f"ballots are opened and declared by {', '.join(sorted(MEETING))}")
