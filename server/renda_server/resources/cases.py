"""Cases (办件): opened, moved step by step, shown as each reader may see them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import attrs
import msgspec
from msgspec import Meta

from renda_core.domain.case import Case, Handling
from renda_core.domain.openings import OpenStep
from renda_core.domain.visibility import Seen
from renda_core.errors import NotFound
from renda_core.services import cases, corrections
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant
from renda_server import bodies
from renda_server.answering import Answer, tagged
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import Fields, Given, Id, Line, Name, People, Text, Version

TAG = "cases"


class NewCase(Given, kw_only=True, frozen=True):
    """A new case; its number is the next of its kind's series.

    *body* is what the kind takes, *parties* are people by role, *links* other cases by relation; ``GET
    /api/kinds/{kind}`` says which. *on* is the day it was handed in, if that was earlier than today.
    """

    __id_groups__ = ("parties", "links")

    kind: Name
    title: Line
    body: Fields | None = None
    parties: People = msgspec.field(default_factory=dict)
    links: People = msgspec.field(default_factory=dict)
    on: dt.date | None = None


class StepToTake(Given, kw_only=True, frozen=True):
    """A step to take.

    *version* is the version that the asker saw, unless ``If-Match`` bears it. *unit* is the handling unit that the
    step is about; by default the asker's own. *units* are the units that the step assigns, each with its role.
    """

    __ids__ = ("unit", "units")
    __id_groups__ = ("parties", "links")

    step: Name
    version: Version | None = None
    unit: Id = ""
    grade: Name = ""
    note: Text = ""
    payload: Fields | None = None
    units: Annotated[tuple[tuple[Id, Handling], ...], Meta(max_length=100)] = ()
    parties: People = msgspec.field(default_factory=dict)
    links: People = msgspec.field(default_factory=dict)
    on: dt.date | None = None


class StateToSet(Given, kw_only=True, frozen=True):
    """A state to set outside the procedure; the reason stands in the case's history for ever."""

    state: Name
    note: Text
    facet: Name = "main"


class Erasure(Given, kw_only=True, frozen=True):
    """Why the personal data of a case are erased, for good."""

    reason: Text


@attrs.frozen(kw_only=True)
class Left:
    """A case that left the sight of whoever moved it."""

    id: str
    kind: str
    number: str
    version: int


@operation("POST", "/cases", summary="Open a case", tag=TAG, problems=(422,), etag=True, located=True)
async def open_case(desk: Desk, data: NewCase) -> Answer[Seen | Left]:
    """Open a case of a kind, by that kind's opening step. A suggestion is a draft until it is submitted."""
    given = {f: getattr(data, f) for f in data.__struct_fields__}
    return _moved(await desk.do(_opened, cases.OpenCase(**given)))


@operation("GET", "/cases/{case_id:str}", summary="Show a case", tag=TAG, etag=True)
async def show_case(desk: Desk, case_id: str) -> Answer[Seen]:
    """Show a case as the asker may see it, with its deadlines day by day and its whole history.

    What is veiled from the asker is absent, not blanked. A case that is not there, one of another tenant and one
    that the asker may not find are answered alike.
    """
    seen = await desk.ask(cases.show, case_id)
    return tagged(seen, seen.version)


@operation("GET", "/cases/{case_id:str}/steps", summary="List the steps open on a case", tag=TAG, problems=(422,))
async def list_steps(desk: Desk, case_id: str) -> tuple[OpenStep, ...]:
    """List the steps that the case's states allow, who may take each, and whether the asker may."""
    return await desk.ask(cases.steps_of, case_id)


@operation(
    "POST",
    "/cases/{case_id:str}/steps",
    summary="Take a step",
    tag=TAG,
    status=200,
    problems=(412, 422),
    etag=True,
    located=True,
)
async def take_step(desk: Desk, case_id: str, data: StepToTake, if_match: str) -> Answer[Seen | Left]:
    """Take a step on a case. Who saw an older version is told what happened since, and nothing is done.

    A refusal lists every objection, and the steps that are open and to whom.
    """
    given = {f: getattr(data, f) for f in data.__struct_fields__}
    given["version"] = bodies.version(data.version, if_match)
    return _moved(await desk.do(_stepped, cases.TakeStep(case=case_id, **given)))


@operation(
    "POST",
    "/cases/{case_id:str}/override",
    summary="Set a state outside the procedure",
    tag=TAG,
    status=200,
    problems=(422,),
    etag=True,
    located=True,
)
async def override_state(desk: Desk, case_id: str, data: StateToSet) -> Answer[Seen | Left]:
    """Step outside the procedure, as an overseer, with a reason; the history says so for ever."""
    command = corrections.Override(case=case_id, facet=data.facet, state=data.state, note=data.note)
    return _moved(await desk.do(_overridden, command))


@operation(
    "POST",
    "/cases/{case_id:str}/erasure",
    summary="Erase a case's personal data",
    tag=TAG,
    status=200,
    problems=(422,),
    etag=True,
    located=True,
)
async def erase_case(desk: Desk, case_id: str, data: Erasure) -> Answer[Seen | Left]:
    """Erase the personal data of a case for good, as an overseer; history and journal stay whole."""
    return _moved(await desk.do(_erased, case_id, data.reason))


async def _opened(unit: Unit, tenant: Tenant, command: cases.OpenCase) -> Case | Seen:
    return _after(unit, tenant, await cases.open_case(unit, tenant, command))


async def _stepped(unit: Unit, tenant: Tenant, command: cases.TakeStep) -> Case | Seen:
    return _after(unit, tenant, await cases.take_step(unit, tenant, command))


async def _overridden(unit: Unit, tenant: Tenant, command: corrections.Override) -> Case | Seen:
    return _after(unit, tenant, await corrections.override_state(unit, tenant, command))


async def _erased(unit: Unit, tenant: Tenant, case: str, reason: str) -> Case | Seen:
    return _after(unit, tenant, await corrections.erase(unit, tenant, case, reason))


def _after(unit: Unit, tenant: Tenant, case: Case) -> Case | Seen:
    """Show what was done, in the transaction that did it; a case may leave the sight of whoever moved it."""
    try:
        return cases.see_as(tenant, tenant.practice.procedure(case.kind, case.edition), case, unit.actor)
    except NotFound:
        return case


def _moved(done: Case | Seen) -> Answer[Seen | Left]:
    body: Seen | Left
    if isinstance(done, Case):
        body = Left(id=done.id, kind=done.kind, number=done.number, version=done.version)
    else:
        body = done
    return tagged(body, done.version, f"/api/cases/{done.id}")


HANDLERS = (open_case, show_case, list_steps, take_step, override_state, erase_case)
