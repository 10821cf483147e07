"""Use cases on single cases: open, take a step, override, show; each is one transaction with one journal entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import msgspec

from renda_core.domain.case import Act, Actor, Case, Handling, roles_on
from renda_core.domain.decide import OFFICES
from renda_core.domain.openings import OpenStep, open_steps
from renda_core.domain.procedure import Procedure
from renda_core.domain.visibility import Seen, may_see
from renda_core.errors import Invalid, NotFound, Rejected, Stale
from renda_core.services import records
from renda_core.services.asking import decided, looked, made_of, shown
from renda_core.services.given import happened, refuse_lost_links, required, sealed
from renda_core.store.cases import BY_NUMBER, LINKED, load, reach_number, save, take_numbers
from renda_core.store.codec import new_id
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

FOLLOWER = Actor(id="job:follow", roles={"follower"})
Names = Mapping[str, tuple[str, ...]]


@attrs.frozen(kw_only=True)
class OpenCase:
    """Ask for a new case of a kind.

    Attributes:
        body: The kind's body, or plain data that fits it.
        number: The human number; empty means the next of the kind's series.
        on: The day it was handed in, if that was earlier than today.
    """

    kind: str
    title: str
    body: Any = None
    parties: Names = attrs.Factory(dict)
    links: Names = attrs.Factory(dict)
    number: str = ""
    on: dt.date | None = None


@attrs.frozen(kw_only=True)
class TakeStep:
    """Ask for a step; *version* is the one that the asker saw.

    Attributes:
        unit: The handling unit that the step is about; by default the one that the asker acts for.
        on: The day it happened, if that was earlier than today.
    """

    case: str
    step: str
    version: int
    unit: str = ""
    grade: str = ""
    note: str = ""
    payload: Any = None
    units: tuple[tuple[str, Handling], ...] = ()
    parties: Names = attrs.Factory(dict)
    links: Names = attrs.Factory(dict)
    on: dt.date | None = None


@attrs.frozen(kw_only=True)
class Moved:
    """What a step did: the cases before and after, the one asked for first, then its followers."""

    before: Case | None
    after: Case
    procedure: Procedure


async def open_case(unit: Unit, tenant: Tenant, command: OpenCase) -> Case:
    """Open a case by its kind's opening step.

    Raises:
        NotFound: The kind is not enabled.
        Invalid: The body does not fit the kind.
        Rejected: The procedure objects.
    """
    number = await given_number(unit, tenant, command) or await next_number(unit, tenant, command.kind)
    moved = begin(unit, tenant, command, number)
    await refuse_lost_links(unit, command.links)
    await save(unit, None, moved.after, moved.procedure, tenant.calendar)
    made = await records.follow(unit, tenant, moved.after, moved.after.acts[-1])
    what = f"{command.kind}.{moved.procedure.kind.opening}"
    unit.record(what, on=moved.after.id, version=0, rule=_rule(moved), **made.told())
    unit.emit(what, id=moved.after.id, version=0)
    return moved.after


async def given_number(unit: Unit, tenant: Tenant, command: OpenCase) -> str:
    """Check a number that was given by hand; the series goes on after it, so that none is given out twice.

    Raises:
        Rejected: A case of this kind has the number already.
    """
    number = command.number.strip()
    procedure = tenant.practice.procedure(command.kind, tenant.practice.edition(command.kind, tenant.today))
    if not number:
        return ""
    if await unit.find(BY_NUMBER, kind=command.kind, number=number) is not None:
        raise Rejected("opening refused", f"number {number} is taken")
    if found := procedure.kind.place(number):
        year, n = found
        await reach_number(unit, f"{command.kind}:{year}", n)
    return number


async def next_number(unit: Unit, tenant: Tenant, kind: str) -> str:
    """Take the next human number of a kind's series for this year."""
    year = tenant.today.year
    procedure = tenant.practice.procedure(kind, tenant.practice.edition(kind, tenant.today))
    return procedure.kind.numbering.format(year=year, n=await take_numbers(unit, f"{kind}:{year}"))


def begin(unit: Unit, tenant: Tenant, command: OpenCase, number: str) -> Moved:
    """Decide an opening; nothing is written yet."""
    on = happened(tenant, command.on)
    edition = tenant.practice.edition(command.kind, on)
    procedure = tenant.practice.procedure(command.kind, edition)
    procedure.refuse_readonly("opening")
    body = made_of(tenant, procedure.kind.plugin, command.body, procedure.kind.body, f"{command.kind} body")
    if procedure.kind.body is None and command.body is not None:
        raise Invalid(f"{command.kind} takes no body")
    if procedure.kind.body is not None and body is None:
        raise Invalid(f"{command.kind} needs a body: {', '.join(a.name for a in attrs.fields(procedure.kind.body))}")
    if not command.title.strip():
        raise Invalid("a case needs a title", field="title")
    blank = Case(
        id=new_id(),
        kind=command.kind,
        title=command.title.strip(),
        opened_on=on,
        body=sealed(unit, body),
        version=-1,
        number=number,
        edition=edition,
        parties=command.parties,
        links=command.links,
    )
    act = Act(step=procedure.kind.opening, by=unit.actor.id, on=on)
    return Moved(before=None, after=decided(tenant, procedure, blank, act, unit.actor), procedure=procedure)


async def take_step(unit: Unit, tenant: Tenant, command: TakeStep) -> Case:
    """Take one step on a case; what follows from it follows in the same transaction.

    Raises:
        NotFound: There is no such case, or none that the asker may know of.
        Stale: Someone was faster; ``changed`` lists what happened since.
        Rejected: With every objection, and the steps that are open and to whom.
    """
    before = await load(unit, tenant.practice, command.case)
    procedure = readable(tenant, before, unit.actor)
    if before.version != command.version:
        raise stale(tenant, before, command.version, unit.actor)
    moved = move(unit, tenant, before, procedure, command, unit.actor)
    await refuse_lost_links(unit, command.links)
    led = await followers(unit, tenant, moved, lambda _: None)
    made = records.Followed()
    for m in (moved, *led):
        await save(unit, m.before, m.after, m.procedure, tenant.calendar)
        made += await records.follow(unit, tenant, m.after, m.after.acts[-1])
    what, version, told = f"{before.kind}.{command.step}", moved.after.version, [m.after.id for m in led]
    unit.record(what, on=before.id, version=version, rule=_rule(moved), followers=told, **made.told())
    unit.emit(what, id=before.id, version=version)
    return moved.after


def move(unit: Unit, tenant: Tenant, before: Case, procedure: Procedure, command: TakeStep, actor: Actor) -> Moved:
    """Decide one step; nothing is written yet. A refusal tells which steps are open, and to whom."""
    procedure.refuse_readonly(command.step)
    step = procedure.steps.get(command.step)
    takes = step.takes if step else None
    if step and not step.backdated and command.on not in (None, tenant.today) and "office" not in unit.actor.roles:
        raise Invalid(f"{command.step} is entered on its day; the office enters what came on paper", field="on")
    given = {} if command.payload is None and takes and not required(takes) else command.payload
    payload = made_of(tenant, step.plugin if step else "", given, takes, f"{before.kind}.{command.step}")
    act = Act(
        step=command.step,
        by=actor.id,
        on=happened(tenant, command.on),
        unit=command.unit or actor.unit,
        grade=command.grade,
        note=command.note.strip(),
        payload=sealed(unit, payload),
        units=command.units,
        parties=command.parties,
        links=command.links,
    )
    try:
        after = decided(tenant, procedure, before, act, actor)
    except Rejected as refusal:
        steps = open_steps(procedure, before, roles_on(actor, before))
        told = [msgspec.to_builtins(s) for s in steps]
        raise Rejected(str(refusal.args[0]), *refusal.objections, open=told) from None
    return Moved(before=before, after=after, procedure=procedure)


async def followers(unit: Unit, tenant: Tenant, moved: Moved, known: Callable[[str], Case | None]) -> tuple[Moved, ...]:
    """Let the cases that point here follow, one level deep: a follower leads nobody.

    A case that its own procedure does not let follow, e.g. one withdrawn meanwhile, is left as it stands.

    Raises:
        Rejected: A case that would follow can only be read now: it would stay behind.
    """
    procedure, act = moved.procedure, moved.after.acts[-1]
    if not procedure.follows or moved.before is None:
        return ()
    fired = procedure.triggers(moved.before, moved.after)
    led = []
    for follow in procedure.follows:
        for row in (
            await unit.all(LINKED, relation=follow.relation, other_id=moved.after.id) if follow.on in fired else ()
        ):
            other = known(row.id) or await load(unit, tenant.practice, row.id)
            own = tenant.practice.find(other.kind, other.edition)
            if own is None:
                continue
            own.refuse_readonly(f"{act.step}, which {other.number} follows,")
            step = Act(step=follow.step, by=FOLLOWER.id, on=act.on, note=moved.after.id)
            try:
                after = decided(tenant, own, other, step, FOLLOWER)
            except Rejected:
                continue
            led.append(Moved(before=other, after=after, procedure=own))
    return tuple(led)


async def show(reader: Reader, tenant: Tenant, actor: Actor, case: str) -> Seen:
    """Show a case as *actor* may see it, or raise ``NotFound``."""
    found = await load(reader, tenant.practice, case)
    procedure = tenant.practice.find(found.kind, found.edition)
    if procedure is None:
        raise NotFound(f"no case {case}")
    return see_as(tenant, procedure, found, actor)


def see_as(tenant: Tenant, procedure: Procedure, case: Case, actor: Actor) -> Seen:
    """Show a loaded case as *actor* may see it."""
    return shown(tenant, procedure, case, roles_on(actor, case))


async def steps_of(reader: Reader, tenant: Tenant, actor: Actor, case: str) -> tuple[OpenStep, ...]:
    """List the steps open on a case, and to whom."""
    found = await load(reader, tenant.practice, case)
    procedure = readable(tenant, found, actor)
    return open_steps(procedure, found, roles_on(actor, found))


def readable(tenant: Tenant, case: Case, actor: Actor) -> Procedure:
    """Give the case's procedure; to whoever may not find the case there is none."""
    procedure = tenant.practice.find(case.kind, case.edition)
    if procedure is None and not actor.roles & OFFICES:
        raise NotFound(f"no case {case.id}")
    if procedure is None:
        raise Rejected("the case cannot be moved", f"the plugin of {case.kind} {case.edition} is disabled here")
    if not may_see(procedure, case, roles_on(actor, case)) and not _is_job(actor):
        raise NotFound(f"no case {case.id}")
    return procedure


def _is_job(actor: Actor) -> bool:
    return actor.id.startswith("job:")


def stale(tenant: Tenant, case: Case, seen: int, actor: Actor) -> Stale:
    """Say what happened since the version that the asker saw, as far as the asker may see it."""
    procedure = tenant.practice.procedure(case.kind, case.edition)
    veiled = looked(tenant, procedure, case, roles_on(actor, case))
    changed = [
        {"step": a.step, "on": a.on.isoformat(), "by": a.by}
        for a in case.acts[max(seen + 1, 0) :]
        if f"act.{a.step}" not in veiled
    ]
    return Stale(
        f"the case is at version {case.version}, you saw {seen}; load it again",
        id=case.id,
        version=case.version,
        changed=changed,
    )


def _rule(moved: Moved) -> str:
    step = moved.procedure.steps[moved.after.acts[-1].step]
    return f"{step.plugin}.{step.name}"
