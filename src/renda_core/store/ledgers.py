"""The ledger's statements: one view of all kinds of case, each narrowed in SQL to what its reader may find.

Every page walks an index of its own in the order of ids, so that its cost depends on the page and not on the table.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import Date, Integer, Table, and_, bindparam, false, func, or_, select, true, tuple_

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
_columns = tuple(_f[a.name] for a in attrs.fields(LedgerRow))
_size: Any = bindparam("size", type_=Integer())
_after: Any = bindparam("after", type_=Id())
_seen: dict[str, Any] = {
    "open": _f.private == false(),  # the kind's audience: everything but others' drafts
    "public": _f.public == true(),  # everybody: what was published
}


def _walk(table: Table, *names: str, only: Any = None) -> Query[LedgerRow]:
    """Walk one index of *table* by case id, and fetch each case beside it."""
    if table is t.case_file:
        query, walk = select(*_columns), _f.id
    else:
        walk = table.c.case_id
        same = and_(_f.tenant_id == table.c.tenant_id, _f.id == walk)
        query = select(walk.label("id"), *_columns[1:]).select_from(table.join(t.case_file, same))
    if table in (t.case_assignment, t.case_party):  # a case may name the same one in two rounds or roles
        query = query.distinct()
    where = keyed(table, *names)
    if only is not None:
        where = (*where, only)
    if table is t.case_word:
        where = (*where, _f.kind == bindparam("kind"))
    return Query(query.where(*where, walk > _after).order_by(walk).limit(_size), LedgerRow)


LEDGERS: dict[tuple[str, str], Query[LedgerRow]] = {
    (reader, by): _walk(table, *names, only=only)
    for reader, only in (*_seen.items(), ("own", None))
    for by, table, names in (
        ("", t.case_file, ("kind",)),
        ("state", t.case_file, ("kind", "state")),
        ("facet", t.case_facet, ("kind", "facet", "state")),
        ("unit", t.case_assignment, ("unit", "kind")),
        ("person", t.case_party, ("person", "kind")),
        ("dimension", t.case_dimension, ("kind", "name", "value")),
        ("word", t.case_word, ("word",)),
    )
}
"""By reader (``open``, ``public``, ``own``) and by what is asked; ``own`` serves units and persons."""

_c = t.case_clock.c
_due: Any = bindparam("today", type_=Date())
_day: Any = bindparam("day", type_=Date())
_last: Any = (
    _after, bindparam("clock"), bindparam("round", type_=Integer()), bindparam("unit", type_=Id()),
)  # fmt: skip
_overdue_columns = (
    _c.case_id, _c.kind, _f.number, _f.title, _c.name.label("clock"), _c.round, _c.unit, _c.due_on, _c.provisional,
)  # fmt: skip
WORDS = Query(
    select(t.case_word.c.word.label("a"), t.case_word.c.word.label("b"), func.count().label("n"))
    .where(*keyed(t.case_word, "word"))
    .group_by(t.case_word.c.word),
    Tally,
)
HAS_WORD = Query(
    select(t.case_word.c.word.label("a"), t.case_word.c.word.label("b"), t.case_file.c.round.label("n"))
    .select_from(
        t.case_word.join(t.case_file, and_(_f.tenant_id == t.case_word.c.tenant_id, _f.id == t.case_word.c.case_id))
    )
    .where(*keyed(t.case_word, "word", "case_id")),
    Tally,
)


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
