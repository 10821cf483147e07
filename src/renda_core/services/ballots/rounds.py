"""Opening the box of a round (开启投票): who is there, who is handed what; then the roll is frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from renda_core.domain.ballot import Attendance, Ballot
from renda_core.errors import Invalid, Rejected
from renda_core.services.ballots.commands import OpenRound
from renda_core.services.ballots.loading import Held, hold, refuse_strangers, save
from renda_core.store import ballots as rows
from renda_core.store.chaining import digest
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

SUSPENDED = "代表法 61"
"""Source: whose mandate is suspended is a deputy still, and does not act as one."""


async def open_round(unit: Unit, _: Tenant, id: str, command: OpenRound) -> Ballot:
    """Open the box of the prepared round, for those who are there.

    Raises:
        NotAllowed: The actor opens no ballots.
        Invalid: Somebody is not on the roll.
        Rejected: No quorum; out of turn; or the box is electronic and secret, and nobody has shown that it opens.
    """
    refuse_strangers(unit.actor)
    held = await hold(unit, id)
    roll = await unit.all(rows.ROLL, ballot_id=id, round=held.number)
    there = _issued(held.ballot, roll, command)
    closes_at = command.closes_at or held.closes_at
    if closes_at is not None and (closes_at.tzinfo is None or closes_at <= unit.now):
        raise Invalid(f"closes_at: {closes_at} is past, or names no zone; give a later hour", field="closes_at")
    after = held.ballot.opened(_attendance(held, roll, there, command), unit.now)
    await unit.write_all(rows.ISSUE, roll_lines(id, held.number, there))
    await save(unit, held, after, closes_at=closes_at)
    # the digest vouches for the roll; how many came is told with the verdict
    standing = {row.person: row.standing for row in roll}
    body: dict[str, Any] = {"round": held.number, "roll": roll_digest(id, held.number, standing, there)}
    unit.record(f"ballot.{after.kind}.opened", on=id, version=after.version, rule=after.rule.name, **body)
    unit.emit(f"ballot.{after.kind}.opened", id=id, round=held.number)
    return after


def roll_lines(id: str, number: int, there: Mapping[str, str]) -> list[dict[str, Any]]:
    """Write what each person present is handed, as rows."""
    slots = ({"person": p, "present": True, "issued": issued} for p, issued in sorted(there.items()))
    return [{"ballot_id": id, "round": number, **slot} for slot in slots]


def roll_digest(id: str, number: int, standing: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Hash a roll as it was frozen: everybody on it with standing, and what each one present was handed."""
    on_roll = ({"person": p, "standing": s} for p, s in sorted(standing.items()))
    return digest([*on_roll, *roll_lines(id, number, there)])


def _issued(ballot: Ballot, roll: Sequence[rows.RollRow], command: OpenRound) -> Mapping[str, str]:
    """Say what each person present is handed: a paper, a slot of the box, or nothing."""
    standing = {row.person: row.standing for row in roll}
    entitled = tuple(p for p, s in standing.items() if s == "entitled")
    present = entitled if command.present is None else command.present
    if not roll and (present or command.paper):
        raise Invalid("present: this ballot has no roll by name; give present_number", field="present")
    if roll and command.present_number:
        raise Invalid("present_number: this ballot has a roll; name who is present", field="present_number")
    strangers = sorted({p for p in (*present, *(command.paper or ())) if p not in standing})
    if strangers:
        raise Invalid(f"present: not on the roll: {', '.join(strangers)}", field="present")
    if len(set(present)) < len(present):
        raise Invalid("present: somebody stands there twice", field="present")
    if suspended := sorted(p for p in present if standing[p] == "suspended"):
        clause = ballot.rule.clauses.get("suspended", SUSPENDED)
        told = "suspended, so in the base and without a vote"
        raise Rejected("the round was not opened", *(f"{p} is {told} ({clause})" for p in suspended))
    paper = command.paper
    by_paper = set(paper) if paper is not None else set() if ballot.electronic else set(present)
    if absent := sorted(by_paper - set(present)):
        raise Invalid(f"paper: handed to who is not present: {', '.join(absent)}", field="paper")
    device = "device" if ballot.electronic else ""
    return {p: "paper" if p in by_paper else device for p in present}


def _attendance(held: Held, roll: Sequence[rows.RollRow], there: Mapping[str, str], command: OpenRound) -> Attendance:
    ballot = held.ballot
    present = len(there) if roll else command.present_number
    if not roll and not ballot.incumbent and (ballot.rule.quorum or ballot.rule.base == "incumbent"):
        told = "nobody knows how many incumbents there are (实有代表); prepare the ballot with their number, or a roll"
        raise Rejected("the round was not opened", told)
    if not present:
        told = "nobody is noted as present" + ("" if roll else ": give present_number")
        raise Rejected("the round was not opened", f"{told}; who is there is frozen now, and nothing could be counted")
    incumbent = ballot.incumbent or present
    issued = sum(1 for what in there.values() if what)
    device = sum(1 for what in there.values() if what == "device")
    return Attendance(
        seats=ballot.seats, incumbent=incumbent, present=present, issued=issued, returned=0, device_issued=device
    )
