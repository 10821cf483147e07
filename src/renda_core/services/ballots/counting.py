"""Counting a round: what the trustees opened and what two tellers entered become one count, kept until announced."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import attrs

from renda_core.domain.ballot import Attendance, Ballot, Count, Paper, Round, count
from renda_core.domain.ballot.tallies import merged
from renda_core.domain.counting import Layout
from renda_core.errors import Invalid, NotAllowed, Rejected
from renda_core.sealing import opened
from renda_core.services.ballots.boxes import keep_opened
from renda_core.services.ballots.casting import marks_in
from renda_core.services.ballots.closing import hashes_of
from renda_core.services.ballots.commands import Counting
from renda_core.services.ballots.loading import MEETING, Held, hold, may_look, save, sheet_of
from renda_core.services.ballots.sheets import paper_count
from renda_core.store import ballots as rows
from renda_core.store.ballot_chunks import chunks, keep
from renda_core.store.codec import encode
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class _Counted:
    """What a count came to, before it is judged."""

    attendance: Attendance
    count: Count
    papers: tuple[Paper, ...] = ()
    signatures: dict[str, str] = attrs.Factory(dict)


async def count_round(unit: Unit, _: Tenant, id: str, counting: Counting) -> Ballot:
    """Count the closed round and judge it; the verdict is kept with the ballot, and announced by those who may.

    A count that comes again with the same papers changes nothing. A round that is void by its numbers alone may be
    counted with the right ones until it is announced: no paper of it was counted.

    Raises:
        NotAllowed: The actor neither leads the meeting nor is a teller of this ballot.
        Invalid: The trustees' file is not the opened box of this round.
        Rejected: Out of turn; the tellers differ; numbers do not agree; or it was counted with other papers already.
    """
    held = await hold(unit, id)
    ballot = held.ballot
    if not unit.actor.roles & MEETING and unit.actor.id not in ballot.tellers:
        await may_look(unit, unit.actor, ballot)
        raise NotAllowed("a round is counted by those who lead the meeting and the tellers (计票人) of this ballot")
    if held.round.state not in ("closed", "counted"):
        ballot.counted(_blank(held.round), _nothing(ballot))  # says what is due
    roll = await unit.all(rows.ROLL, ballot_id=id, round=held.number)
    found = await _found(unit, held, roll, counting)
    if held.round.state == "counted":
        if _same(held.round, found):
            return ballot
        ballot = _not_counted(held, roll)
    after = ballot.counted(found.attendance, found.count, papers=found.papers, signatures=found.signatures)
    layout = Layout.of(ballot.rule, len(held.round.subjects), places=held.round.places)
    await keep(unit, id, held.number, found.papers, layout)
    if found.signatures and counting.opened is not None:
        await keep_opened(unit, id, held.number, counting.opened)
    await save(unit, held, after, closes_at=None)
    told = f"ballot.{after.kind}.counted"
    # no number is in the entry: it commits to them, and shows nothing
    private = {"count": count_digest(after.rounds[-1]), "papers": await papers_digest(unit, id, held.number)}
    body = {"round": held.number, "box": held.round.box}
    unit.record(told, on=id, version=after.version, rule=after.rule.name, private=private, **body)
    unit.emit(told, id=id, round=held.number)
    return after


def count_digest(round: Round) -> str:
    """Hash what was counted and what it means, in hex."""
    told = [round.attendance, round.counted, round.verdict, dict(round.signatures)]
    return hashlib.sha256(encode(told)).hexdigest()


async def papers_digest(reader: Reader, id: str, number: int) -> str:
    """Hash the papers that are kept of a count, as they lie, in hex."""
    total = hashlib.sha256()
    async for chunk in chunks(reader, id, number):
        total.update(f"{chunk.n} {len(chunk.papers)}\n".encode() + chunk.papers)
    return total.hexdigest()


async def _found(unit: Unit, held: Held, roll: Sequence[rows.RollRow], counting: Counting) -> _Counted:
    attendance = _attendance(held, roll, counting)
    if counting.paper_returned > attendance.issued - attendance.device_issued:  # void: nothing of it is counted
        return _Counted(attendance=attendance, count=_nothing(held.ballot))
    by_hand, entered = await paper_count(unit, held.ballot, counting.paper_returned)
    by_device, cast, signatures = await _by_device(unit, held, roll, counting)
    counts = [c for c in (by_hand, by_device) if c is not None]
    every = sorted(tuple(sorted(paper)) for paper in (*(entered or ()), *cast))
    total = merged(counts) if counts else _nothing(held.ballot)
    return _Counted(attendance=attendance, count=total, papers=tuple(every), signatures=dict(signatures))


def _attendance(held: Held, roll: Sequence[rows.RollRow], counting: Counting) -> Attendance:
    """Put together the numbers of the round: what was handed out as paper and as slots, and what came back."""
    there = held.round.attendance or _blank(held.round)
    on_paper = sum(1 for row in roll if row.issued == "paper")
    device = sum(1 for row in roll if row.issued == "device")
    cast = len(hashes_of(roll))
    handed = on_paper if counting.paper_issued is None else counting.paper_issued
    if roll and handed != on_paper:
        told = f"{handed} papers were handed out, and {on_paper} people on the roll were noted to be handed one"
        raise Rejected("the round is not counted", f"{told}; count both again")
    if not roll and counting.paper_issued is None and counting.paper_returned:
        told = "paper_issued: a roll without names does not tell how many papers were handed out; give the number"
        raise Invalid(told, field="paper_issued")
    if counting.paper_returned < 0 or handed < 0:
        raise Invalid("paper_returned: no number of papers", field="paper_returned")
    returned = counting.paper_returned + cast
    return attrs.evolve(there, issued=handed + device, device_issued=device, returned=returned, by_device=cast)


async def _by_device(
    unit: Unit, held: Held, roll: Sequence[rows.RollRow], counting: Counting
) -> tuple[Count | None, Sequence[Paper], Mapping[str, str]]:
    """Count what came by device: the marks of a vote by name, or the papers that the trustees found in the box."""
    now, rule = held.round, held.ballot.rule
    sealed = any(row.sealed is not None for row in roll)
    if sealed and counting.opened is None:
        told = "papers were cast by device; give the file in which the trustees opened the box"
        raise Rejected("the round is not counted", told)
    if not sealed and counting.opened is not None:
        raise Invalid("opened: nothing was cast in secret by device in this round", field="opened")
    if counting.opened is not None:
        sheet = await sheet_of(unit, held.ballot)
        found = attrs.evolve(opened(counting.opened, sheet, now.box), sheet=sheet)
        if found.taken != (inside := len(hashes_of(roll))):
            raise Invalid(f"opened: {found.taken} papers came out of a box with {inside} in it", field="opened")
        return found.counted(), found.papers, found.signatures
    papers = [marks_in(unit, row.named) for row in roll if row.named is not None]
    return count(rule, len(now.subjects), papers, places=now.places) if papers else None, papers, {}


def _blank(round: Round) -> Attendance:
    return round.attendance or Attendance(incumbent=0, present=0, issued=0, returned=0)


def _nothing(ballot: Ballot) -> Count:
    subjects, answers = len(ballot.rounds[-1].subjects), len(ballot.rule.answers)
    return Count(votes=((0,) * answers,) * subjects, valid=0, void=0)


def _same(now: Round, found: _Counted) -> bool:
    told = (found.attendance, found.count, found.signatures)
    return (now.attendance, now.counted, dict(now.signatures)) == told


def _not_counted(held: Held, roll: Sequence[rows.RollRow]) -> Ballot:
    """Give a ballot as it was before its count, where that count may be put right."""
    if not held.awaits_count:
        raise Rejected("the round is not counted again", "it was counted already, with other papers or numbers")
    issued = sum(1 for row in roll if row.issued)
    there = attrs.evolve(_blank(held.round), issued=issued, returned=0, by_device=0)
    before = attrs.evolve(held.round, state="closed", attendance=there, counted=None, verdict=None)
    return attrs.evolve(held.ballot, rounds=(*held.ballot.rounds[:-1], before))
