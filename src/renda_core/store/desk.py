"""The statements behind the desk of pages and watches: cases that stand in a state, counts by unit, votes of a sort."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import Date, Integer, Select, and_, bindparam, case, cast, extract, func, or_, select

from renda_core.records import UnitCount
from renda_core.store import tables as t
from renda_core.store.cases import CaseRow
from renda_core.store.columns import NOBODY, Id
from renda_core.store.compile import Query, keyed, mine

_f, _a, _x, _k = t.case_file.c, t.case_assignment.c, t.case_facet.c, t.case_clock.c
_own = _a.unit == bindparam("own", type_=Id())
_today: Any = bindparam("today", type_=Date())
_facet: Any = bindparam("facet", type_=_x.facet.type)


@attrs.frozen(kw_only=True)
class BallotRow:
    """A ballot as stored."""

    document: bytes


def _standing(*only: Any) -> Query[CaseRow]:
    """Load the cases of a kind of which a facet stands in one state, oldest first."""
    held = t.case_facet.join(t.case_file, and_(_f.tenant_id == _x.tenant_id, _f.id == _x.case_id))
    found = select(_f.kind, _f.edition, _f.document).select_from(held)
    return Query(found.where(*keyed(t.case_facet, "kind", "facet", "state"), *only).order_by(_f.id), CaseRow)


_shared = (
    select(_a.case_id)
    .where(mine(t.case_assignment), _a.case_id == _x.case_id, _own)
    .correlate(t.case_facet, t.case_file)
    .exists()
)
STANDING = _standing()
STANDING_OF_UNIT = _standing(_shared)


def _counted(of: Any, beside: Any, match: Any, *only: Any) -> Query[UnitCount]:
    """Count the shares of each case's present round by unit and by what the case is beside."""
    present = and_(_f.tenant_id == _a.tenant_id, _f.id == _a.case_id, _f.round == _a.round)
    held = t.case_assignment.join(t.case_file, present).join(beside, match)
    year = cast(extract("year", _f.opened_on), Integer)
    by = (_a.unit, _a.role, _a.state.label("share"), year.label("year"), _f.state.label("main"), of.label("of"))
    found: Select[Any] = select(*by, func.count().label("n")).select_from(held)
    named = select(found.where(*keyed(t.case_assignment, "kind"), *only).group_by(*by).subquery())
    return Query(named.order_by("year", "unit", "role", "share", "main", "of"), UnitCount)


def _by_facet(*only: Any) -> Query[UnitCount]:
    match = and_(_x.tenant_id == _a.tenant_id, _x.case_id == _a.case_id, _x.facet == _facet)
    return _counted(_x.state, t.case_facet, match, *only)


def _by_clock(*only: Any) -> Query[UnitCount]:
    """Count how the case's own clock, of any round, and the unit's, of this one, ended or runs."""
    whose = or_(_k.unit == bindparam(None, NOBODY, type_=Id()), and_(_k.unit == _a.unit, _k.round == _a.round))
    name = _k.name == bindparam("clock", type_=_k.name.type)
    match = and_(_k.tenant_id == _a.tenant_id, _k.case_id == _a.case_id, name, whose)
    ended = case((_k.stopped_on <= _k.due_on, "in_time"), else_="late")
    runs = case((and_(_k.state == "running", _k.due_on < _today), "overdue"), else_="open")
    return _counted(case((_k.state == "stopped", ended), else_=runs), t.case_clock, match, *only)


UNIT_FACETS, UNIT_FACETS_OWN = _by_facet(), _by_facet(_own)
UNIT_CLOCKS, UNIT_CLOCKS_OWN = _by_clock(), _by_clock(_own)
_b = t.ballot.c
VOTES = Query(select(_b.document).where(*keyed(t.ballot, "kind")).order_by(_b.id), BallotRow)
