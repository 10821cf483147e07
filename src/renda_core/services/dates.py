"""Due dates computed anew after a holiday table came: every changed date is told, and stands in the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import count

import attrs
from sqlalchemy import Integer, bindparam, select, update

from renda_core.domain.case import Actor
from renda_core.store import tables as t
from renda_core.store.cases import CaseRow, read_row
from renda_core.store.columns import Id
from renda_core.store.compile import Query, Write, keyed
from renda_core.store.index import owed
from renda_core.store.stores import Store
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

CALENDAR = Actor(id="job:calendar")
PAGE = 200
"""Cases that one transaction takes on."""
_f, _c = t.case_file, t.case_clock


@attrs.frozen(kw_only=True)
class RunningRow:
    """One case that has running clocks."""

    id: str
    kind: str
    edition: str
    document: bytes


@attrs.frozen(kw_only=True)
class ClockRow:
    """One clock as indexed."""

    name: str
    round: int
    unit: str
    due_on: dt.date
    provisional: bool


@attrs.frozen(kw_only=True)
class Redated:
    """One due date that a new table moved."""

    case: str
    clock: str
    unit: str
    was: dt.date
    now: dt.date


RUNNING = Query(
    select(_f.c.id, _f.c.kind, _f.c.edition, _f.c.document)
    .where(*keyed(_f), _f.c.next_due.is_not(None), _f.c.id > bindparam("after", type_=Id()))
    .order_by(_f.c.id)
    .limit(bindparam("size", type_=Integer())),
    RunningRow,
)
CLOCKS = Query(
    select(_c.c.name, _c.c.round, _c.c.unit, _c.c.due_on, _c.c.provisional).where(*keyed(_c, "case_id")), ClockRow
)
SET_CLOCK = Write(
    update(_c)
    .where(*keyed(_c, "case_id", "name", "round", "unit"))
    .values(
        due_on=bindparam("due_on", type_=_c.c.due_on.type),
        provisional=bindparam("provisional", type_=_c.c.provisional.type),
    )
)
SET_NEXT = Write(update(_f).where(*keyed(_f, "id")).values(next_due=bindparam("next_due", type_=_f.c.next_due.type)))


async def redate_page(unit: Unit, tenant: Tenant, after: str = "") -> tuple[tuple[Redated, ...], str]:
    """Derive the due dates of one page of cases again; answer what moved, and where the next page begins.

    Cases of a kind that can only be read keep the dates that they have.
    """
    rows = await unit.all(RUNNING, after=after, size=PAGE)
    moved: list[Redated] = []
    for row in rows:
        case = read_row(CaseRow(kind=row.kind, edition=row.edition, document=row.document), tenant.practice)
        procedure = tenant.practice.find(case.kind, case.edition)
        if procedure is not None and procedure.readonly:  # which of its clocks are windows, nobody knows now
            continue
        dues = {(c.name, c.round, c.unit): c.explain(tenant.calendar) for c in case.clocks}
        changed = False
        for held in await unit.all(CLOCKS, case_id=row.id):
            due = dues[held.name, held.round, held.unit]
            if (due.on, due.provisional) == (held.due_on, held.provisional):
                continue
            changed = True
            key = {"case_id": row.id, "name": held.name, "round": held.round, "unit": held.unit}
            await unit.write(SET_CLOCK, **key, due_on=due.on, provisional=due.provisional)
            if due.on != held.due_on:
                moved.append(Redated(case=row.id, clock=held.name, unit=held.unit, was=held.due_on, now=due.on))
        if changed:
            running = [dues[c.name, c.round, c.unit].on for c in case.clocks if owed(c, procedure)]
            await unit.write(SET_NEXT, id=row.id, next_due=min(running, default=None))
    told = [{"case": m.case, "clock": m.clock, "was": str(m.was), "now": str(m.now)} for m in moved]
    unit.record("calendar.redated", on=tenant.id, version=0, rule="holiday table", changed=told, looked=len(rows))
    unit.emit("calendar.redated", changed=told)
    return tuple(moved), rows[-1].id if len(rows) == PAGE else ""


async def redate(store: Store, tenant: Tenant, progress: Callable[[int], None] | None = None) -> tuple[Redated, ...]:
    """Derive every running due date again, a page a transaction.

    Args:
        progress: Told after every page how many cases were looked at, at most.
    """
    moved: list[Redated] = []
    after = ""
    for n in count(1):
        page, after = await store.write(redate_page, tenant.id, CALENDAR, tenant, after)
        moved += page
        if progress:
            progress(n * PAGE)
        if not after:
            break
    return tuple(moved)
