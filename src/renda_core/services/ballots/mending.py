"""What to do when a vote cannot go on: annul the round under way, or appoint others to count and to hold the keys."""

from __future__ import annotations

from typing import Any

import attrs

from renda_core import sealing
from renda_core.domain.ballot import Ballot, Trustee
from renda_core.errors import Invalid, Rejected
from renda_core.services.ballots.commands import OpenBallot
from renda_core.services.ballots.loading import hold, offered_by, refuse_strangers, save
from renda_core.services.ballots.opening import subjects_of
from renda_core.services.ballots.rolls import enrol, refuse_interested
from renda_core.store import ballots as rows
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class Appointment:
    """Who counts, watches over the count and holds a key from now on, and why others do not.

    Attributes:
        tellers, scrutineers, trustees: All of them, those who stay included; as they are, if not given.
        reason: E.g. that a teller fell ill, or a key is lost.
    """

    reason: str
    tellers: tuple[str, ...] | None = None
    scrutineers: tuple[str, ...] | None = None
    trustees: tuple[Trustee, ...] | None = None


async def annul_round(unit: Unit, _: Tenant, id: str, reason: str) -> Ballot:
    """Annul the round under way (宣布本轮无效), e.g. where a key is lost, and prepare it anew for the same people.

    What is in its box is never opened or counted, and no paper of it goes over into the next round.

    Raises:
        NotAllowed: The actor leads no meeting.
        Invalid: No reason is given.
        Rejected: No round is under way, or it is counted: then its verdict stands.
    """
    refuse_strangers(unit.actor)
    held = await hold(unit, id)  # papers on their way are in, and those that come now find it shut
    after = held.ballot.annulled(reason)
    await save(unit, held, after, closes_at=None)
    roll = await unit.all(rows.ROLL, ballot_id=id, round=held.number)
    await enrol(unit, id, held.number + 1, {row.person: row.standing for row in roll})
    told = f"ballot.{after.kind}.annulled"
    unit.record(told, on=id, version=after.version, rule=after.rule.name, round=held.number, reason=reason.strip())
    unit.emit(told, id=id, round=held.number)
    return after


async def appoint(unit: Unit, tenant: Tenant, id: str, given: Appointment) -> Ballot:
    """Appoint other tellers and scrutineers before the count, or other trustees before the round is opened.

    What a teller entered who is one no longer does not count; who comes in enters those bundles anew. New trustees
    show by a rehearsal that they can open the box.

    Raises:
        NotAllowed: The actor leads no meeting.
        Invalid: No reason is given, nobody is appointed, or a key is none.
        Rejected: It is too late; or somebody has an interest in a subject.
    """
    refuse_strangers(unit.actor)
    held = await hold(unit, id)
    ballot, state = held.ballot, held.round.state
    if not given.reason.strip():
        raise Invalid("reason: say why others are appointed; it stands on record", field="reason")
    people = {n: getattr(given, n) for n in ("tellers", "scrutineers", "trustees") if getattr(given, n) is not None}
    if not people:
        raise Invalid("tellers: name who is appointed", field="tellers")
    if state in ("counted", "declared"):
        raise Rejected("nobody was appointed", f"round {held.number} is {state}, and nothing of it is left to count")
    changed = {**people, "version": ballot.version + 1}
    if given.trustees is not None:
        if not (ballot.electronic and ballot.rule.secret):
            raise Invalid("trustees: they hold the keys of a secret electronic vote; this is none", field="trustees")
        if state != "prepared":
            told = f"round {held.number} is {state}: its papers are sealed to the keys of now"
            raise Rejected("nobody was appointed", f"{told}; annul it first, if a key is lost")
        changed["rehearsed"] = False
    after = attrs.evolve(ballot, **changed)
    as_opened = OpenBallot(
        kind=after.kind, subjects=held.round.subjects, tellers=after.tellers, scrutineers=after.scrutineers
    )
    refuse_interested(after.rule, as_opened, await subjects_of(unit, tenant, offered_by(tenant, after.kind), as_opened))
    if after.electronic:
        sealing.Sheet.of(after, held.number, {})  # refuses keys that are none
    await save(unit, held, after, closes_at=held.closes_at)
    told = f"ballot.{after.kind}.appointed"
    body: dict[str, Any] = {"round": held.number, "reason": given.reason.strip(), "offices": sorted(people)}
    unit.record(told, on=id, version=after.version, rule=after.rule.name, **body)
    unit.emit(told, id=id)
    return after
