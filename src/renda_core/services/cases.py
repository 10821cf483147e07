"""Use cases on single cases: open, take a step, override, show; each is one transaction with one journal entry."""

from __future__ import annotations

from renda_core.domain.case import Actor, Case, roles_on
from renda_core.domain.openings import OpenStep, open_steps
from renda_core.domain.procedure import Procedure
from renda_core.domain.visibility import Seen
from renda_core.errors import NotFound, Rejected
from renda_core.services import duty
from renda_core.services.asking import shown
from renda_core.services.becoming import STEP, Become, become
from renda_core.services.deciding import (
    Moved,
    Names,
    OpenCase,
    TakeStep,
    begin,
    followers,
    move,
    readable,
    stale,
)
from renda_core.services.given import refuse_lost_links
from renda_core.services.hours import Book
from renda_core.services.references import References
from renda_core.services.ties import FORTH, refuse_half
from renda_core.store.cases import BY_NUMBER, load, reach_number, save, take_numbers
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

__all__ = [
    "Moved",
    "Names",
    "OpenCase",
    "TakeStep",
    "given_number",
    "next_number",
    "open_case",
    "readable",
    "see_as",
    "show",
    "stale",
    "steps_of",
    "take_step",
]


async def open_case(unit: Unit, tenant: Tenant, command: OpenCase) -> Case:
    """Open a case by its kind's opening step.

    Raises:
        NotFound: The kind is not enabled.
        Invalid: The body does not fit the kind.
        Rejected: The procedure objects.
    """
    number = await given_number(unit, tenant, command) or await next_number(unit, tenant, command.kind)
    moved = await begin(unit, tenant, command, number, References(unit))
    hours = Book(unit, tenant)
    await hours.take_all((moved,), unit.actor)
    await refuse_lost_links(unit, command.links)
    await refuse_half(unit, tenant.practice, command.kind, command.links)
    await save(unit, None, moved.after, moved.procedure, tenant.calendar)
    await hours.write()
    made = await duty.follow(unit, tenant, moved.after, moved.after.acts[-1])
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


async def take_step(unit: Unit, tenant: Tenant, command: TakeStep) -> Case:
    """Take one step on a case; what follows from it follows in the same transaction.

    By the step ``become`` the case that it names takes it up, in the same transaction, too.

    Raises:
        NotFound: There is no such case, or none that the asker may know of.
        Stale: Someone was faster; ``changed`` lists what happened since.
        Rejected: With every objection, and the steps that are open and to whom.
    """
    before = await load(unit, tenant.practice, command.case)
    procedure = readable(tenant, before, unit.actor)
    if before.version != command.version:
        raise stale(tenant, before, command.version, unit.actor)
    if asked := _becoming(command):
        return (await become(unit, tenant, asked))[0]
    moved = await move(unit, tenant, before, procedure, command, unit.actor, References(unit))
    await refuse_lost_links(unit, command.links)
    await refuse_half(unit, tenant.practice, before.kind, command.links, case=before.id)
    led = await followers(unit, tenant, moved, lambda _: None)
    hours, made = Book(unit, tenant), duty.Followed()
    await hours.take_all((moved, *led), unit.actor)
    for m in (moved, *led):
        await save(unit, m.before, m.after, m.procedure, tenant.calendar)
        made += await duty.follow(unit, tenant, m.after, m.after.acts[-1])
    await hours.write()
    what, version, told = f"{before.kind}.{command.step}", moved.after.version, [m.after.id for m in led]
    unit.record(what, on=before.id, version=version, rule=_rule(moved), followers=told, **made.told())
    unit.emit(what, id=before.id, version=version)
    return moved.after


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


def _becoming(command: TakeStep) -> Become | None:
    """Read the step by which a case becomes one other; what asks for anything else is left to be refused."""
    only = {"case": command.case, "version": command.version, "payload": command.payload, "note": command.note}
    into = command.links.get(FORTH, ())
    plain = TakeStep(step=STEP, links={FORTH: into}, on=command.on, **only)
    return Become(into=into[0], on=command.on, **only) if len(into) == 1 and command == plain else None


def _rule(moved: Moved) -> str:
    step = moved.procedure.steps[moved.after.acts[-1].step]
    return f"{step.plugin}.{step.name}"
