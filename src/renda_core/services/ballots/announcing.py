"""Announcing a verdict (公布): its subjects move, and the round that it asks for is prepared, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from renda_core.domain.ballot import Attendance, Ballot, Paper, Round, shown
from renda_core.errors import NotAllowed, Rejected
from renda_core.services.ballots.loading import TELLERS, Held, hold, refuse_strangers, save
from renda_core.services.ballots.rolls import enrol
from renda_core.services.ballots.words import noted
from renda_core.services.bulk import Job, Work
from renda_core.services.cases import TakeStep
from renda_core.store import ballots as rows
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant


async def announce(unit: Unit, tenant: Tenant, id: str) -> Ballot:
    """Announce the verdict of the counted round, which nobody else saw before.

    Raises:
        NotAllowed: Others announce this vote.
        Rejected: The round is not counted yet, its practice is gone, or a subject is not where the verdict moves it
            from; each is named.
    """
    held = await hold(unit, id)
    _refuse_others(unit, held.ballot)
    return await _keep(unit, tenant, held, held.ballot.declared())


async def declare(unit: Unit, tenant: Tenant, id: str, attendance: Attendance, papers: Sequence[Paper]) -> Ballot:
    """Open, count, judge and announce a round at once, for a vote that was held and counted outside on paper.

    Raises:
        NotAllowed: The actor declares no ballots.
        Rejected: Without a quorum; when no round is due; or when its box is electronic: that is closed and counted.
    """
    refuse_strangers(unit.actor)
    held = await hold(unit, id)
    _refuse_others(unit, held.ballot)
    if held.ballot.electronic:
        raise Rejected("the ballot was not declared", "its box is electronic: open, close and count it")
    if held.ballot.tellers and held.round.state != "prepared":
        told = "two tellers enter the papers of this round apart, and their count is taken (count)"
        raise Rejected("the ballot was not declared", f"{told}; where one cannot, appoint another")
    return await _keep(unit, tenant, held, held.ballot.declare(attendance, papers))


async def _keep(unit: Unit, tenant: Tenant, held: Held, after: Ballot) -> Ballot:
    number, id = held.number, held.ballot.id
    done, again = after.rounds[number - 1], after.rounds[number] if len(after.rounds) > number else None
    await save(unit, held, after, closes_at=None)
    if again:  # the same people vote again; who is there is asked anew
        roll = await unit.all(rows.ROLL, ballot_id=id, round=number)
        await enrol(unit, id, number + 1, {r.person: r.standing for r in roll})
    moved = await _move_subjects(unit, tenant, after, done)
    state = done.verdict.state if done.verdict else ""
    body: dict[str, Any] = {"round": number, "state": state, "box": done.box, **moved}
    unit.record(f"ballot.{after.kind}.declared", on=id, version=after.version, rule=after.rule.name, **body)
    unit.emit(f"ballot.{after.kind}.declared", id=id, round=number, state=state)
    return after


async def _move_subjects(unit: Unit, tenant: Tenant, ballot: Ballot, done: Round) -> dict[str, Any]:
    """Take the step that each finding stands for; what is voted on again has a verdict of its own for it.

    A subject that ended since the ballot was opened is left as it is, and named as ``ended`` in the journal.
    """
    offered, work = tenant.practice.ballots.get(ballot.kind), Work(unit, tenant)
    if offered is None:
        told = f"no enabled practice offers ballot {ballot.kind!r} any more, so nobody knows what its verdict moves"
        raise Rejected("the ballot was not declared", f"{told}; have the practice installed and enabled again")
    outcomes = offered.outcomes
    # the note of a step is read by more people than the count: it tells what may be shown of it
    verdict = shown(ballot.rule, done.verdict, done.counted.valid) if done.verdict and done.counted else None
    ended: list[str] = []
    for found in verdict.findings if verdict else ():
        if found.verdict in outcomes:
            case, name = await work.case(found.subject), outcomes[found.verdict]
            procedure = tenant.practice.procedure(case.kind, case.edition)
            procedure.refuse_readonly(name)
            graded = procedure.steps[name].grades
            grade = found.verdict if graded else ""
            step = TakeStep(case=case.id, version=0, step=name, grade=grade, note=noted(ballot.rule, found))
            try:
                await work.all_or_none([Job(step=step, actor=TELLERS)])
            except Rejected as refused:
                if not procedure.closed(case):  # taken off the vote, perhaps: that can be undone, and this be announced
                    where = (f"{case.number} {case.title}: {objection}" for objection in refused.objections)
                    raise Rejected("the ballot was not declared", *where) from refused
                ended.append(case.id)  # withdrawn or stopped meanwhile: what was voted on the others stands
    return await work.write() | ({"ended": ended} if ended else {})


def _refuse_others(unit: Unit, ballot: Ballot) -> None:
    announcers = ballot.rule.announced_by
    if not unit.actor.roles & announcers:
        raise NotAllowed(f"the verdict of this vote is announced by {', '.join(sorted(announcers))}")
