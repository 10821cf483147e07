"""What a voter judges by a code: solved, or not solved with a word why, which goes to the handler and its superior."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from renda_core.domain.case import Actor, Case, Handling
from renda_core.domain.codes import ASSIGN, DISPUTE, RATE, RELEASED, UNSOLVED
from renda_core.domain.procedure import Procedure
from renda_core.domain.roster import Roster
from renda_core.domain.roster import Unit as HandlingUnit
from renda_core.errors import Invalid, NotFound, Rejected, RendaError, TooMany
from renda_core.services import duty
from renda_core.services.codes.guessing import case_of
from renda_core.services.codes.looking import CODE, Followed, followed, judged_in
from renda_core.services.deciding import FOLLOWER, Moved, TakeStep, followers, move
from renda_core.services.hours import Book
from renda_core.services.references import References
from renda_core.store.cases import Pile, load
from renda_core.store.roster import ALL
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

Units = tuple[tuple[str, Handling], ...]


async def opened(unit: Unit, tenant: Tenant, code: str, source: str) -> tuple[Case, Procedure] | NotFound | TooMany:
    """Load the case that a code follows, or give back what is to be raised once the guess is counted.

    Raises:
        Rejected: The practice of its kind is not at work here now.
    """
    found = await case_of(unit, code, source)
    if isinstance(found, RendaError):
        return found
    case = await load(unit, tenant.practice, found)
    procedure = tenant.practice.find(case.kind, case.edition)
    if procedure is None or not procedure.kind.followed:
        raise Rejected("it cannot be followed now", "the office can tell how far it is")
    return case, procedure


async def judged(
    unit: Unit, tenant: Tenant, code: str, source: str, grade: str, why: str
) -> Followed | NotFound | TooMany:
    """Take the voter's step, and what follows from it; show the matter as it then stands.

    Raises:
        Rejected: This round was judged already, or there is nothing to judge yet.
        Invalid: There is no such judgement.
    """
    found = await opened(unit, tenant, code, source)
    if isinstance(found, RendaError):
        return found
    case, procedure = found
    _refuse(procedure, case, grade)
    step = DISPUTE if grade == UNSOLVED else RATE
    given = "" if step == DISPUTE and not procedure.steps[step].grades else grade
    command = TakeStep(case=case.id, step=step, version=case.version, grade=given, note=why)
    moves = [await _taken(unit, tenant, case, procedure, command, CODE)]
    again: Units = ()
    left = ""
    if step == DISPUTE and (again := await _again(unit, tenant, case)):
        named = TakeStep(case=case.id, step=ASSIGN, version=case.version, units=again)
        try:
            moves.append(await _taken(unit, tenant, moves[0].after, procedure, named, FOLLOWER))
        except Rejected as refusal:  # the voter's word stands; whoever sorts the case sees it and names the units
            again, left = (), str(refusal)
    told = await _written(unit, tenant, moves)
    version = moves[-1].after.version
    rule = f"{procedure.steps[step].plugin}.{step}"
    unit.record(f"{case.kind}.{step}", on=case.id, version=version, rule=rule, units=again, left=left, **told)
    for moved in moves:
        unit.emit(f"{case.kind}.{moved.after.acts[-1].step}", id=case.id, version=moved.after.version)
    return await followed(unit, tenant, moves[-1].after, procedure)


def _refuse(procedure: Procedure, case: Case, grade: str) -> None:
    known = (*procedure.steps[RATE].grades, UNSOLVED)
    if grade not in known:
        raise Invalid(f"a judgement is one of {', '.join(known)}", field="grade")
    if had := judged_in(procedure, case):
        raise Rejected("judged already", f"it was judged on {had.on}: {had.title}; each answer is judged once")


async def _taken(
    unit: Unit, tenant: Tenant, case: Case, procedure: Procedure, command: TakeStep, actor: Actor
) -> Moved:
    """Decide a step; a refusal does not tell a guest which steps are open to the offices."""
    try:
        return await move(unit, tenant, case, procedure, command, actor, References(unit))
    except Rejected as refusal:
        raise Rejected(str(refusal.args[0]), *refusal.objections) from None


async def _written(unit: Unit, tenant: Tenant, moves: list[Moved]) -> dict[str, Any]:
    """Write what was decided, what follows it, and the duty records of every act; answer what the journal is told."""
    pile, hours, made, led = Pile(tenant.calendar), Book(unit, tenant), duty.Followed(), list[str]()
    for moved in moves:
        also = await followers(unit, tenant, moved, pile.get)
        await hours.take_all((moved, *also), unit.actor)
        for m in (moved, *also):
            pile.put(m.before, m.after, m.procedure)
            made += await duty.follow(unit, tenant, m.after, m.after.acts[-1])
        led += (m.after.id for m in also)
    await pile.write(unit)
    await hours.write()
    return {"followers": led, **made.told()}


async def _again(reader: Reader, tenant: Tenant, case: Case) -> Units:
    """Name the units that handled it in the round that was disputed, each in its role, and the superior of each.

    A unit that is no more is followed to the one that does its work now. Whoever was alone leads where others join.
    """
    fields = [a.name for a in attrs.fields(HandlingUnit)]
    rows = [HandlingUnit(**{name: row[name] for name in fields}) for row in await reader.all(ALL["unit"])]
    roster, on = Roster(units=tuple(rows)), tenant.today
    held: dict[str, Handling] = {}
    for share in case.current():
        if share.state != RELEASED and (now := _now(roster, share.unit, on)):
            held.setdefault(now.id, share.role)
    above = [roster.unit_now(u.parent, on) for u in rows if u.id in held and u.holds(on) and u.parent]
    joining: dict[str, Handling] = {u.id: "joint" for u in above if u and u.id not in held}
    if joining:
        held = {id: "lead" if role == "sole" else role for id, role in held.items()}
    return (*held.items(), *joining.items())


def _now(roster: Roster, unit: str, on: dt.date) -> HandlingUnit | None:
    try:
        return roster.unit_now(unit, on)
    except Invalid:  # the roster never had it: a case may have come from elsewhere with its units
        return None
