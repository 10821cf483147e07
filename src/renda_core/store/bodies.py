"""The statements behind what a desk answers of the roster: who holds a mandate, groups, stations, links, on a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import Date, Table, and_, bindparam, or_, select, union

from renda_core.desks import CongressOn
from renda_core.domain.areas import Term
from renda_core.store import tables as t
from renda_core.store.cases import CaseRow
from renda_core.store.compile import Query, among, keyed, mine
from renda_core.store.people import optional
from renda_core.store.roster import Named

_on: Any = bindparam("on", type_=Date())


def holds_on(table: Table) -> Any:
    """Restrict to what holds on a day that must be given: its last day is no longer one of them."""
    return and_(table.c.valid_from <= _on, or_(table.c.valid_to.is_(None), table.c.valid_to > _on))


@attrs.frozen(kw_only=True)
class HoldingRow:
    """A mandate as stored, with the name of who holds it and of its district."""

    document: bytes
    name: str
    district: str | None


@attrs.frozen(kw_only=True)
class HolderRow:
    """Somebody who holds a mandate, by everything that a file may call them."""

    id: str
    name: str
    match_key: str
    certificate: str


@attrs.frozen(kw_only=True)
class GroupRow:
    """A deputy group without its members."""

    id: str
    name: str
    congress: str


@attrs.frozen(kw_only=True)
class SeatRow:
    """One mandate that sits in a body."""

    body: str
    mandate: str


@attrs.frozen(kw_only=True)
class PlaceRow:
    """A home or station without the deputies bound to it."""

    id: str
    kind: str
    name: str
    code: str
    congress: str
    township: str
    address: str
    manager: str
    liaison: str
    position: str
    offers: str


@attrs.frozen(kw_only=True)
class TieRow:
    """One link of the roster; *since* is the day from which it holds."""

    from_id: str
    to_id: str
    since: dt.date


_m, _p, _d, _c = t.mandate.c, t.person.c, t.district.c, t.congress.c
_named = t.mandate.join(t.person, and_(_p.tenant_id == _m.tenant_id, _p.id == _m.person)).outerjoin(
    t.district, and_(_d.tenant_id == _m.tenant_id, _d.id == _m.district)
)
_holding = (
    select(_m.document, _p.name, _d.name.label("district"))
    .select_from(_named)
    .where(mine(t.mandate), holds_on(t.mandate))
    .order_by(_m.id)
)
HOLDING = Query(_holding.where(optional(_m.congress)), HoldingRow)
"""Mandates that are valid on a day; whether one is in force, its own history tells."""
HOLDING_OF = Query(_holding.where(among(_m.person, "person")), HoldingRow)
"""The same, of some people."""
CONGRESSES = Query(
    select(_c.id, _c.level, _c.name, _c.area, _c.parent).where(mine(t.congress), holds_on(t.congress)).order_by(_c.id),
    CongressOn,
)
HOLDERS = Query(
    select(_p.id, _p.name, _p.match_key, _m.certificate)
    .select_from(t.mandate.join(t.person, and_(_p.tenant_id == _m.tenant_id, _p.id == _m.person)))
    .where(mine(t.mandate), holds_on(t.mandate))
    .order_by(_p.id, _m.id),
    HolderRow,
)
"""Who holds a mandate on a day, in force or not, one row a mandate."""
_b, _s = t.body.c, t.membership.c
_group = (mine(t.body), _b.kind == "group", holds_on(t.body))
GROUPS = Query(select(_b.id, _b.name, _b.congress).where(*_group).order_by(_b.id), GroupRow)
SEATS = Query(
    select(_s.body, _s.mandate)
    .select_from(t.membership.join(t.body, and_(_b.tenant_id == _s.tenant_id, _b.id == _s.body)))
    .where(*_group, holds_on(t.membership)),
    SeatRow,
)
"""Who sits in the groups that stand on a day."""
_place = tuple(t.station.c[a.name] for a in attrs.fields(PlaceRow))
PLACES = Query(
    select(*_place)
    .where(mine(t.station), holds_on(t.station), optional(t.station.c.id, "place"))
    .order_by(t.station.c.id),
    PlaceRow,
)
_l = t.link.c
_first, _last = (bindparam(name, type_=Date()) for name in ("first", "last"))


@attrs.frozen(kw_only=True)
class TurnRow:
    """A day on which something of the roster begins or ends."""

    day: dt.date


@attrs.frozen(kw_only=True)
class HeldRow:
    """A mandate as stored."""

    document: bytes


def _turns(table: Table, *only: Any) -> list[Any]:
    """Select the days after *first* up to *last* on which rows of a table begin or end."""
    ends = (table.c.valid_from, table.c.valid_to)
    return [select(day.label("day")).where(mine(table), day > _first, day <= _last, *only) for day in ends]


_bound = _l.kind == bindparam("kind", type_=_l.kind.type)
TURNS = Query(
    select(union(*_turns(t.station), *_turns(t.mandate), *_turns(t.link, _bound)).subquery()),
    TurnRow,
)
"""The days on which stations, mandates, or links of a kind begin or end, each once."""
GROUP_TURNS = Query(
    select(union(*_turns(t.body, _b.kind == "group"), *_turns(t.mandate), *_turns(t.membership)).subquery()), TurnRow
)
"""The days on which groups, mandates, or places in a body begin or end, each once."""
HELD = Query(
    select(_m.document).where(
        mine(t.mandate), _m.valid_from <= _last, or_(_m.valid_to.is_(None), _m.valid_to > _first)
    ),
    HeldRow,
)
"""Mandates that are valid on any day from *first* to *last*."""
_tie = (_l.from_id, _l.to_id, _l.valid_from.label("since"))
TIES = Query(
    select(*_tie).where(*keyed(t.link, "kind"), holds_on(t.link), optional(_l.to_id, "place")).order_by(*_tie), TieRow
)
TERMS = Query(
    select(*(t.term.c[a.name] for a in attrs.fields(Term))).where(mine(t.term), among(t.term.c.id, "id")), Term
)
"""Some terms."""
DISTRICTS = Query(select(_d.id, _d.name).where(mine(t.district), among(_d.id, "id")), Named)
"""What some electoral districts are called."""
_f = t.case_file.c
_days: Any = (bindparam("first", type_=Date()), bindparam("last", type_=Date()))
OPENED = Query(
    select(_f.kind, _f.edition, _f.document)
    .where(*keyed(t.case_file, "kind"), _f.opened_on.between(*_days))
    .order_by(_f.opened_on, _f.id),
    CaseRow,
)
