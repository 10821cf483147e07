"""Deciding openings and steps of single cases, and what follows from them; nothing is written here."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import attrs
import msgspec

from renda_core.domain.case import Act, Actor, Case, Handling, roles_on
from renda_core.domain.decide import OFFICES
from renda_core.domain.openings import open_steps
from renda_core.domain.procedure import Procedure, Step
from renda_core.domain.visibility import may_see
from renda_core.errors import Invalid, NotFound, Rejected, Stale
from renda_core.services.asking import decided, looked, made_of
from renda_core.services.given import happened, required, sealed
from renda_core.services.references import References
from renda_core.store.cases import LINKED, load
from renda_core.store.codec import new_id
from renda_core.store.unit import Unit
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


async def begin(unit: Unit, tenant: Tenant, command: OpenCase, number: str, references: References) -> Moved:
    """Decide an opening; nothing is written yet.

    Args:
        references: Finds what the body names; one that knows names already asks for none of them again.
    """
    on = happened(tenant, command.on)
    edition = tenant.practice.edition(command.kind, on)
    procedure = tenant.practice.procedure(command.kind, edition)
    procedure.refuse_readonly("opening")
    if procedure.kind.body is None and command.body is not None:
        raise Invalid(f"{command.kind} takes no body")
    if not command.title.strip():
        raise Invalid("a case needs a title", field="title")
    blank = Case(
        id=new_id(),
        kind=command.kind,
        title=command.title.strip(),
        opened_on=on,
        body=None,
        version=-1,
        number=number,
        edition=edition,
        parties=command.parties,
        links=command.links,
    )
    given, step = command.body, procedure.steps.get(procedure.kind.opening)
    if _may(step, unit.actor, blank):
        given = await references.settle(given, procedure.kind.body, on)
    body = made_of(tenant, procedure.kind.plugin, given, procedure.kind.body, f"{command.kind} body")
    if procedure.kind.body is not None and body is None:
        raise Invalid(f"{command.kind} needs a body: {', '.join(a.name for a in attrs.fields(procedure.kind.body))}")
    act = Act(step=procedure.kind.opening, by=unit.actor.id, on=on)
    blank = attrs.evolve(blank, body=sealed(unit, body))
    return Moved(before=None, after=decided(tenant, procedure, blank, act, unit.actor), procedure=procedure)


def _may(step: Step | None, actor: Actor, case: Case) -> bool:
    """Tell whether somebody may take a step at all; who may not is told nothing of what the roster has."""
    roles = roles_on(actor, case)
    return step is not None and bool(roles & step.who) and not roles & step.never


async def move(
    unit: Unit,
    tenant: Tenant,
    before: Case,
    procedure: Procedure,
    command: TakeStep,
    actor: Actor,
    references: References,
) -> Moved:
    """Decide one step; nothing is written yet. A refusal tells which steps are open, and to whom."""
    procedure.refuse_readonly(command.step)
    step = procedure.steps.get(command.step)
    takes = step.takes if step else None
    if step and not step.backdated and command.on not in (None, tenant.today) and "office" not in unit.actor.roles:
        raise Invalid(f"{command.step} is entered on its day; the office enters what came on paper", field="on")
    given = {} if command.payload is None and takes and not required(takes) else command.payload
    if _may(step, actor, before):
        given = await references.settle(given, takes, happened(tenant, command.on))
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
    """Let the cases that point here follow, and those that point to them in turn: each once, so that no circle turns.

    A case that its own procedure does not let follow, e.g. one withdrawn meanwhile, is left as it stands.

    Raises:
        Rejected: A case that would follow can only be read now: it would stay behind.
    """
    found, done = [moved], {moved.after.id}
    for lead in found:  # it grows while it is gone over
        found += [led async for led in _led(unit, tenant, lead, known, done)]
    return tuple(found[1:])


async def _led(
    unit: Unit, tenant: Tenant, lead: Moved, known: Callable[[str], Case | None], done: set[str]
) -> AsyncIterator[Moved]:
    """Give the cases that one case leads, and add them to those that are done."""
    procedure, act = lead.procedure, lead.after.acts[-1]
    if not procedure.follows or lead.before is None:
        return
    fired = procedure.triggers(lead.before, lead.after)
    for follow in procedure.follows:
        for row in (
            await unit.all(LINKED, relation=follow.relation, other_id=lead.after.id) if follow.on in fired else ()
        ):
            if row.id in done:
                continue
            other = known(row.id) or await load(unit, tenant.practice, row.id)
            own = tenant.practice.find(other.kind, other.edition)
            if own is None:
                continue
            own.refuse_readonly(f"{act.step}, which {other.number} follows,")
            step = Act(step=follow.step, by=FOLLOWER.id, on=act.on, note=lead.after.id)
            try:
                after = decided(tenant, own, other, step, FOLLOWER)
            except Rejected:
                continue
            done.add(row.id)
            yield Moved(before=other, after=after, procedure=own)


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


def _is_job(actor: Actor) -> bool:
    return actor.id.startswith("job:")
