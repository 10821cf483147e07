"""The rows of ledgers, and the statements on what is overdue and on how many there are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import Date, Integer, Table, and_, bindparam, func, or_, select, tuple_

from renda_core.store import tables as t
from renda_core.store.columns import Id
from renda_core.store.compile import Query, keyed, mine


@attrs.frozen(kw_only=True)
class LedgerRow:
    """One line of a ledger (台账)."""

    id: str
    kind: str
    number: str
    title: str
    opened_on: dt.date
    state: str
    closed: bool
    round: int
    next_due: dt.date | None
    version: int


@attrs.frozen(kw_only=True)
class OverdueRow:
    """One running clock that is past due."""

    case_id: str
    kind: str
    number: str
    title: str
    clock: str
    round: int
    unit: str
    due_on: dt.date
    provisional: bool


def place(row: OverdueRow | None) -> dict[str, Any]:
    """Say where the page after *row* begins; one case may have several clocks that end on one day."""
    if row is None:
        return {"day": dt.date.min, "after": "", "clock": "", "round": 0, "unit": ""}
    return {"day": row.due_on, "after": row.case_id, "clock": row.clock, "round": row.round, "unit": row.unit}


@attrs.frozen(kw_only=True)
class Tally:
    """How many, by two names; an empty name where the question has one."""

    a: str
    b: str
    n: int


_f = t.case_file.c
_size: Any = bindparam("size", type_=Integer())
_after: Any = bindparam("after", type_=Id())
_c = t.case_clock.c
_due: Any = bindparam("today", type_=Date())
_day: Any = bindparam("day", type_=Date())
_last: Any = (
    _after, bindparam("clock"), bindparam("round", type_=Integer()), bindparam("unit", type_=Id()),
)  # fmt: skip
_overdue_columns = (
    _c.case_id, _c.kind, _f.number, _f.title, _c.name.label("clock"), _c.round, _c.unit, _c.due_on, _c.provisional,
)  # fmt: skip


def _overdue(*only: Any) -> Query[OverdueRow]:
    """List running duties past due, the longest first, from the one after the last seen."""
    return Query(
        select(*_overdue_columns)
        .select_from(t.case_clock.join(t.case_file, and_(_f.tenant_id == _c.tenant_id, _f.id == _c.case_id)))
        .where(
            mine(t.case_clock),
            _c.state == "running",
            _c.due_on < _due,
            _c.due_on >= _day,
            or_(_c.due_on > _day, tuple_(_c.case_id, _c.name, _c.round, _c.unit) > tuple_(*_last)),
            *only,
        )
        .order_by(_c.due_on, _c.case_id, _c.name, _c.round, _c.unit)
        .limit(_size),
        OverdueRow,
    )


OVERDUE = _overdue()
OVERDUE_OF_UNIT = _overdue(_c.unit == bindparam("own", type_=Id()))


def _tally(table: Table, a: Any, b: Any, *names: str) -> Query[Tally]:
    """Count rows of *table* by two columns."""
    found = select(a.label("a"), b.label("b"), func.count().label("n")).where(*keyed(table, *names))
    return Query(found.group_by(a, b), Tally)


_t = t.case_facet.c
FACETS = _tally(t.case_facet, _t.state, _t.facet, "kind", "facet")
_a = t.case_act.c
GRADES = _tally(t.case_act, _a.grade, _a.step, "kind", "step")
GRADES_OF_ROUND = _tally(t.case_act, _a.grade, _a.step, "kind", "step", "round")
_later = t.case_act.alias("later")
LAST_GRADES = Query(
    select(_a.grade.label("a"), _a.step.label("b"), func.count().label("n"))
    .where(
        *keyed(t.case_act, "kind", "step"),
        ~select(_later.c.n)
        .where(
            _later.c.tenant_id == bindparam("tenant_id"),
            _later.c.case_id == _a.case_id,
            _later.c.step == _a.step,
            _later.c.n > _a.n,
        )
        .exists(),
    )
    .group_by(_a.grade, _a.step),
    Tally,
)
