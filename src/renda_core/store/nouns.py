"""What else the roster holds: congresses, terms, sessions, districts, bodies, units, stations, voters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs
from sqlalchemy import Integer, Table, bindparam, select

from renda_core.domain.sealed import Sealed
from renda_core.store import tables as t
from renda_core.store.columns import Id
from renda_core.store.compile import Query, keyed, mine
from renda_core.store.people import holds, optional


@attrs.frozen(kw_only=True)
class CongressRow:
    """A congress (人大), with the one above it."""

    id: str
    level: str
    name: str
    area: str
    parent: str | None
    has_districts: bool
    population: int | None
    valid_from: dt.date
    valid_to: dt.date | None


@attrs.frozen(kw_only=True)
class TermRow:
    """A term (届) of a congress."""

    id: str
    congress: str
    number: int
    first_session_on: dt.date
    ends_on: dt.date | None
    valid_from: dt.date
    valid_to: dt.date | None


@attrs.frozen(kw_only=True)
class SessionRow:
    """A session (次会议) of a term."""

    id: str
    term: str
    number: int
    opens_on: dt.date
    closes_on: dt.date | None
    valid_from: dt.date
    valid_to: dt.date | None


@attrs.frozen(kw_only=True)
class DistrictRow:
    """An electoral district (选区)."""

    id: str
    congress: str
    name: str
    seats: int
    valid_from: dt.date
    valid_to: dt.date | None


@attrs.frozen(kw_only=True)
class BodyRow:
    """A delegation, group, committee or organ."""

    id: str
    congress: str
    kind: str
    name: str
    valid_from: dt.date
    valid_to: dt.date | None


@attrs.frozen(kw_only=True)
class UnitRow:
    """A handling unit (承办单位); who leads it, and the masked number, for offices only."""

    id: str
    name: str
    code: str
    category: str
    parent: str | None
    successor: str | None
    head: str
    phone: Sealed | str | None
    valid_from: dt.date
    valid_to: dt.date | None


@attrs.frozen(kw_only=True)
class StationRow:
    """A deputies' home, station or contact point; who manages it and answers there, and the number, for offices only.

    Attributes:
        kind: ``home``, ``station`` or ``point``.
        township: A division code, or a name.
        position: ``"latitude,longitude"``, or empty.
        offers: What it offers beside receptions, with 、 between.
    """

    id: str
    kind: str
    name: str
    code: str
    congress: str
    address: str
    manager: str
    phone: Sealed | str | None
    township: str
    liaison: str
    position: str
    offers: str
    valid_from: dt.date
    valid_to: dt.date | None


@attrs.frozen(kw_only=True)
class VoterRow:
    """A registered voter (选民) of a district, for offices only."""

    id: str
    person: str | None
    district: str
    registered_on: dt.date
    valid_from: dt.date
    valid_to: dt.date | None


_size: Any = bindparam("size", type_=Integer())
_after: Any = bindparam("after", type_=Id())
FILTERS: Mapping[str, tuple[Table, type[Any], tuple[str, ...]]] = {
    "congresses": (t.congress, CongressRow, ("level", "parent")),
    "terms": (t.term, TermRow, ("congress",)),
    "sessions": (t.session, SessionRow, ("term",)),
    "districts": (t.district, DistrictRow, ("congress",)),
    "bodies": (t.body, BodyRow, ("congress", "kind")),
    "units": (t.unit, UnitRow, ("parent",)),
    "stations": (t.station, StationRow, ("congress", "kind")),
    "voters": (t.voter, VoterRow, ("district", "person")),
}
"""By the name of a list: its table, its rows, and the columns that narrow it."""


def _columns(table: Table, row: type[Any]) -> tuple[Any, ...]:
    return tuple(table.c[a.name] for a in attrs.fields(row))


LISTS: Mapping[str, Query[Any]] = {
    name: Query(
        select(*_columns(table, row))
        .where(mine(table), *(optional(table.c[c]) for c in columns), holds(table), table.c.id > _after)
        .order_by(table.c.id)
        .limit(_size),
        row,
    )
    for name, (table, row, columns) in FILTERS.items()
}
ONE: Mapping[str, Query[Any]] = {
    name: Query(select(*_columns(table, row)).where(*keyed(table, "id")), row)
    for name, (table, row, _) in FILTERS.items()
}
