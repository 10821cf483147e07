"""One case becomes another, e.g. an opinion a deputy's suggestion: both are tied, each way, in one transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from renda_core.domain.case import Case
from renda_core.errors import Invalid
from renda_core.services.bulk import Job, Work
from renda_core.services.deciding import OpenCase, TakeStep, readable, stale
from renda_core.services.given import refuse_lost_links
from renda_core.services.ties import FORTH, back
from renda_core.store.cases import load
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

STEP = "become"
"""The step by which a case becomes another."""


@attrs.frozen(kw_only=True)
class Become:
    """Ask that a case become another one, which is opened for it, or which is there already.

    Attributes:
        version: Of the case that becomes another, as the asker saw it.
        opens: What to open; or
        into: the id of the one that takes it up: several opinions may become one suggestion.
        payload, note, on: Of the step ``become``.
    """

    case: str
    version: int
    opens: OpenCase | None = None
    into: str = ""
    payload: Any = None
    note: str = ""
    on: dt.date | None = None


def taking_up(kind: str) -> str:
    """Name the step by which a case that is there already takes up one of another kind."""
    return f"take_up_{kind}"


async def become(unit: Unit, tenant: Tenant, command: Become) -> tuple[Case, Case]:
    """Let a case become another one, all or nothing; give both as they stand then, the one that became the other first.

    Whoever asks takes both steps, and needs what either asks of people: only a proposer lends the name.

    Raises:
        NotFound: One of the cases is not there for the asker, or nobody offers the kind that it becomes.
        Stale: The case was changed since.
        Invalid: It is not said what it becomes, or twice.
        Rejected: One of the procedures objects.
    """
    before = await load(unit, tenant.practice, command.case)
    procedure = readable(tenant, before, unit.actor)
    if before.version != command.version:
        raise stale(tenant, before, command.version, unit.actor)
    if (command.opens is None) == (not command.into):
        raise Invalid("say what to open, or which case takes it up; one of both", field="opens")
    work = Work(unit, tenant)
    other = await _other(work, command, before)
    links = {FORTH: (other,)}
    step = TakeStep(
        case=before.id, version=0, step=STEP, payload=command.payload, note=command.note, links=links, on=command.on
    )
    await work.do(Job(step=step))
    told = await work.write()
    after, became = await work.case(before.id), await work.case(other)
    rule = f"{procedure.steps[STEP].plugin}.{STEP}"
    unit.record(f"{before.kind}.{STEP}", on=before.id, version=after.version, rule=rule, became=other, **told)
    unit.emit(f"{before.kind}.{STEP}", id=before.id, version=after.version)
    unit.emit(f"{became.kind}.{became.acts[-1].step}", id=other, version=became.version)
    return after, became


async def _other(work: Work, command: Become, before: Case) -> str:
    """Open what the case becomes, or let what is there take it up; either is tied back to it."""
    tied = {back(before.kind): (before.id,)}
    if (opens := command.opens) is None:
        step = TakeStep(case=command.into, version=0, step=taking_up(before.kind), links=tied, on=command.on)
        await work.do(Job(step=step))
        return command.into
    await refuse_lost_links(work.unit, opens.links)
    await work.number([opens])
    await work.do(Job(open=attrs.evolve(opens, links={**opens.links, **tied})))
    return work.ids[-1]
