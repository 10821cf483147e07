"""The handlers: a few lines each, the same use cases that the command line and the pages call."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from renda_core.domain.case import Case
from renda_core.domain.openings import OpenStep
from renda_core.domain.suggestion import KIND
from renda_core.domain.visibility import Seen
from renda_core.errors import Invalid, NotFound
from renda_core.services import cases, ledgers
from renda_core.store.ledgers import LedgerRow, OverdueRow
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant
from renda_server import bodies
from renda_server.hosting import Desk

Asked = Request[Any, Any, State]
QUESTIONS = bodies.names(ledgers.Ask)
OPENING = bodies.names(cases.OpenCase, "number")
"""The number of a case that comes by HTTP is the next of its series."""
STEP = bodies.names(cases.TakeStep, "case")


@get("/cases")
async def list_cases(
    request: Asked,
    desk: NamedDependency[Desk],
    kind: FromQuery[str] = KIND,
    in_state: Annotated[str, QueryParameter(name="state")] = "",
    facet: FromQuery[str] = "",
    unit: FromQuery[str] = "",
    person: FromQuery[str] = "",
    dimension: FromQuery[str] = "",
    value: FromQuery[str] = "",
    after: FromQuery[str] = "",
    size: FromQuery[int] = ledgers.PAGE,
) -> list[LedgerRow]:
    """List cases, oldest first, as far as the asker may find them."""
    bodies.refuse_unknown(request.query_params, QUESTIONS, "question")
    ask = ledgers.Ask(
        kind=kind,
        state=in_state,
        facet=facet,
        unit=bodies.check_id(unit, "unit"),
        person=bodies.check_id(person, "person"),
        dimension=dimension,
        value=value,
        after=bodies.check_id(after, "after"),
        size=size,
    )
    return await desk.ask(ledgers.ledger, ask)


@get("/cases/{case_id:str}")
async def show_case(case_id: FromPath[str], desk: NamedDependency[Desk]) -> Response[Seen]:
    """Show a case as the asker may see it."""
    seen = await desk.ask(cases.show, _known(case_id))
    return Response(seen, headers={"ETag": f'"{seen.version}"'})


@get("/cases/{case_id:str}/steps")
async def open_steps(case_id: FromPath[str], desk: NamedDependency[Desk]) -> tuple[OpenStep, ...]:
    """List the steps open on a case, and to whom."""
    return await desk.ask(cases.steps_of, _known(case_id))


@post("/cases")
async def open_case(data: JSONBody[dict[str, Any]], desk: NamedDependency[Desk]) -> Response[Any]:
    """Open a case."""
    command = bodies.read(data, cases.OpenCase, known=OPENING)
    return _moved(await desk.do(_opened, command), 201)


@post("/cases/{case_id:str}/steps", status_code=200)
async def take_step(
    request: Asked, case_id: FromPath[str], data: JSONBody[dict[str, Any]], desk: NamedDependency[Desk]
) -> Response[Any]:
    """Take a step; the version seen comes in the body or as ``If-Match``."""
    given = bodies.version(data, request.headers.get("If-Match", ""))
    command = bodies.read(given, cases.TakeStep, known=STEP, case=_known(case_id))
    return _moved(await desk.do(_stepped, command), 200)


@get("/overdue")
async def list_overdue(
    request: Asked,
    desk: NamedDependency[Desk],
    due_on: FromQuery[dt.date | None] = None,
    case: FromQuery[str] = "",
    clock: FromQuery[str] = "",
    round: FromQuery[int] = 0,
    unit: FromQuery[str] = "",
    size: FromQuery[int] = ledgers.PAGE,
) -> list[OverdueRow]:
    """List deadlines that have passed, the longest first; the next page begins after the row that is named."""
    bodies.refuse_unknown(request.query_params, ("due_on", "case", "clock", "round", "unit", "size"), "question")
    if not 1 <= size <= ledgers.LARGEST:
        raise Invalid(f"size must lie between 1 and {ledgers.LARGEST}", field="size")
    case, unit = bodies.check_id(case, "case"), bodies.check_id(unit, "unit")
    return await desk.ask(ledgers.overdue, after=_row(due_on, case, clock, round, unit) if due_on else None, size=size)


@get("/pages/{name:str}")
async def show_page(name: FromPath[str], desk: NamedDependency[Desk]) -> Any:
    """Show a page of an enabled practice; otherwise, or to the wrong role, there is none."""
    return msgspec.to_builtins(await desk.ask(ledgers.page, name), enc_hook=str)


@get("/healthz", sync_to_thread=False)
def healthz() -> dict[str, str]:
    """Say that the server answers."""
    return {"status": "ok"}


def _row(due_on: dt.date, case: str, clock: str, round: int, unit: str) -> OverdueRow:
    """Name the last row seen; what it showed does not matter."""
    return OverdueRow(
        case_id=case,
        kind="",
        number="",
        title="",
        clock=clock,
        round=round,
        unit=unit,
        due_on=due_on,
        provisional=False,
    )


def _known(case_id: str) -> str:
    """Read the id in a path; one that is none is nobody's case."""
    try:
        return bodies.check_id(case_id, "id")
    except Invalid:
        raise NotFound("no case") from None


async def _opened(unit: Unit, tenant: Tenant, command: cases.OpenCase) -> Case | Seen:
    return _after(unit, tenant, await cases.open_case(unit, tenant, command))


async def _stepped(unit: Unit, tenant: Tenant, command: cases.TakeStep) -> Case | Seen:
    return _after(unit, tenant, await cases.take_step(unit, tenant, command))


def _after(unit: Unit, tenant: Tenant, case: Case) -> Case | Seen:
    """Show what was done, in the transaction that did it; a case may leave the sight of whoever moved it."""
    try:
        return cases.see_as(tenant, tenant.practice.procedure(case.kind, case.edition), case, unit.actor)
    except NotFound:
        return case


def _moved(done: Case | Seen, status: int) -> Response[Any]:
    body: Any = done
    if isinstance(done, Case):
        body = {"id": done.id, "kind": done.kind, "number": done.number, "version": done.version}
    headers = {"ETag": f'"{done.version}"', "Location": f"/api/cases/{done.id}"}
    return Response(body, status_code=status, headers=headers)


HANDLERS = (list_cases, show_case, open_steps, open_case, take_step, list_overdue, show_page)
