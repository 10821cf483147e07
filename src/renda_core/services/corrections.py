"""Stepping outside a procedure, and erasing personal data: both recorded for ever, both with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.sealed import forget
from renda_core.errors import Invalid, Rejected
from renda_core.services import attachments
from renda_core.services.asking import overridden
from renda_core.services.deciding import Moved, followers, readable
from renda_core.services.hours import Book
from renda_core.store.cases import load, save
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class Override:
    """Ask to set a state outside the procedure, with the reason."""

    case: str
    facet: str
    state: str
    note: str


async def override_state(unit: Unit, tenant: Tenant, command: Override) -> Case:
    """Step outside the procedure; the act says so for ever, and the journal's entry too.

    Raises:
        Rejected: No reason, no ``overseer``, or no such state.
    """
    before = await load(unit, tenant.practice, command.case)
    procedure = readable(tenant, before, unit.actor)
    act = Act(step="override", by=unit.actor.id, on=tenant.today, note=command.note.strip())
    after = overridden(tenant, procedure, before, act, unit.actor, command.facet, command.state)
    moved = Moved(before=before, after=after, procedure=procedure)
    led = await followers(unit, tenant, moved, lambda _: None)
    hours = Book(unit, tenant)
    await hours.take_all((moved, *led), unit.actor)
    for m in (moved, *led):
        await save(unit, m.before, m.after, m.procedure, tenant.calendar)
    await hours.write()
    unit.record(
        f"{before.kind}.override",
        on=after.id,
        version=after.version,
        rule="override",
        state=f"{command.facet}={command.state}",
        followers=[m.after.id for m in led],
        private={"note": command.note},
    )
    unit.emit(f"{before.kind}.override", id=after.id, version=after.version)
    return after


async def erase(unit: Unit, tenant: Tenant, case: str, reason: str) -> Case:
    """Erase the personal data of a case for good; its history and the journal stay whole.

    Raises:
        Invalid: No reason was given.
        Rejected: The asker is no ``overseer``.
    """
    if not reason.strip():
        raise Invalid("an erasure needs a reason", field="reason")
    if "overseer" not in unit.actor.roles:
        raise Rejected("erasure refused", "only an overseer may erase")
    before = await load(unit, tenant.practice, case)
    procedure = tenant.practice.procedure(before.kind, before.edition)
    procedure.refuse_readonly("erasure")
    after = await forget_in(unit, tenant, before, forget)
    unit.record(f"{before.kind}.erased", on=case, version=after.version, rule="erasure", private={"reason": reason})
    unit.emit(f"{before.kind}.erased", id=case, version=after.version)
    return after


async def forget_in(unit: Unit, tenant: Tenant, before: Case, change: Callable[[Any], Any], title: str = "") -> Case:
    """Write a case with body, payloads and notes changed so that something personal is gone, and the act that says so.

    The search's words follow; files of the case are erased with it. The caller records it.
    """
    procedure = tenant.practice.procedure(before.kind, before.edition)
    acts = tuple(attrs.evolve(a, payload=change(a.payload), note=change(a.note)) for a in before.acts)
    acts = (*acts, Act(step="erase", by=unit.actor.id, on=tenant.today, round=before.round, forced=True))
    after = attrs.evolve(
        before, title=title or before.title, body=change(before.body), acts=acts, version=before.version + 1
    )
    await save(unit, before, after, procedure, tenant.calendar)
    await attachments.erase_of(unit, "case", before.id)
    return after
