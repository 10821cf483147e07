"""The statements that list duty records page by page, and that look up many of a register at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
from sqlalchemy import Date, Integer, and_, bindparam, column, select, tuple_, values

from renda_core.store import tables as t
from renda_core.store.columns import Id
from renda_core.store.compile import Query, among, keyed, mine
from renda_core.store.people import optional
from renda_core.store.unit import Reader

MANY = 100
"""Records that one statement looks up at once, by up to three columns each: few enough for the oldest SQLite."""


@attrs.frozen(kw_only=True)
class PageRow:
    """A record as stored, with the place at which a page may end."""

    id: str
    done_on: dt.date
    document: bytes


@attrs.frozen(kw_only=True)
class ExportRow:
    """A record as stored; *again* tells that others of its kind stand on its day."""

    id: str
    document: bytes
    again: bool


@attrs.frozen(kw_only=True)
class SameRow:
    """What stands in the way of a record of a register: on which day, of whom, whence."""

    person: str
    kind: str
    done_on: dt.date
    source: str
    state: str
    document: bytes


@attrs.frozen(kw_only=True)
class DeputyRow:
    """One mandate that somebody ever held, by everything that a register may call its holder."""

    person: str
    name: str
    certificate: str
    congress: str
    valid_from: dt.date
    valid_to: dt.date | None


@attrs.frozen(kw_only=True)
class NumberRow:
    """The kind and number of a case."""

    id: str
    kind: str
    number: str


_r = t.duty_record.c
_size: Any = bindparam("size", type_=Integer())
_after: Any = bindparam("after", type_=Id())
_place = tuple_(_r.done_on, _r.id) > tuple_(bindparam("on", type_=Date()), _after)
_page = select(_r.id, _r.done_on, _r.document).order_by(_r.done_on, _r.id).limit(_size)
OF_PERSON = Query(
    _page.where(
        *keyed(t.duty_record, "person"),
        _r.done_on.between(bindparam("first", type_=Date()), bindparam("last", type_=Date())),
        optional(_r.kind),
        _place,
    ),
    PageRow,
)
"""A person's records between two days, of one kind or all, oldest first."""
IN_STATE = Query(_page.where(*keyed(t.duty_record, "state"), _place), PageRow)
_other = t.duty_record.alias("other")
EVERY = Query(
    select(
        _r.id,
        _r.document,
        select(_other.c.id)
        .where(
            _other.c.tenant_id == _r.tenant_id,
            _other.c.person == _r.person,
            _other.c.done_on == _r.done_on,
            _other.c.kind.concat("") == _r.kind,  # an expression, so that SQLite takes the index of person and day
            _other.c.id != _r.id,
        )
        .exists()
        .label("again"),
    )
    .where(mine(t.duty_record), _r.id > _after)
    .order_by(_r.id)
    .limit(_size),
    ExportRow,
)
"""Everybody's records, by id."""


def _each_of(*names: str) -> Query[SameRow]:
    """Look up records by some columns together, each of many: of either set of columns there is an index.

    The left join makes SQLite, which knows nothing of how many rows a tenant has, go from what is wanted to the index.
    """
    rows = [tuple(bindparam(f"{name}_{i}", type_=_r[name].type) for name in names) for i in range(MANY)]
    wanted = values(*(column(name, _r[name].type) for name in names), name="wanted").data(rows).cte("wanted")
    same = and_(mine(t.duty_record), *(_r[name] == wanted.c[name] for name in names))
    found = select(*(_r[a.name] for a in attrs.fields(SameRow)))
    return Query(found.select_from(wanted.outerjoin(t.duty_record, same)), SameRow)


_SAME, _SAME_DAY = _each_of("source", "person", "kind"), _each_of("person", "done_on")


async def same(reader: Reader, wanted: Iterable[tuple[str, str, str]]) -> list[SameRow]:
    """Look up many records by source, person and kind."""
    return await _each(reader, _SAME, ("source", "person", "kind"), wanted)


async def same_day(reader: Reader, wanted: Iterable[tuple[str, dt.date]]) -> list[SameRow]:
    """Look up the records of many people, each on a day."""
    return await _each(reader, _SAME_DAY, ("person", "done_on"), wanted)


async def _each(
    reader: Reader, query: Query[SameRow], names: Sequence[str], wanted: Iterable[Sequence[Any]]
) -> list[SameRow]:
    """Ask piece by piece; the last is filled up with nothing, and what is not there comes as nothing too."""
    listed, nothing, found = tuple(wanted), (None,) * len(names), list[SameRow]()
    for start in range(0, len(listed), MANY):
        piece = [*listed[start : start + MANY], *(nothing,) * MANY][:MANY]
        given = {f"{name}_{i}": value for i, one in enumerate(piece) for name, value in zip(names, one, strict=True)}
        found += [row for row in await reader.all(query, **given) if row.person]
    return found


_m, _p, _f = t.mandate.c, t.person.c, t.case_file.c
DEPUTIES = Query(
    select(_m.person, _p.name, _m.certificate, _m.congress, _m.valid_from, _m.valid_to)
    .select_from(t.mandate.join(t.person, and_(_p.tenant_id == _m.tenant_id, _p.id == _m.person)))
    .where(mine(t.mandate))
    .order_by(_m.person, _m.id),
    DeputyRow,
)
"""Whoever ever held a mandate, one row a mandate."""
NUMBERS = Query(select(_f.id, _f.kind, _f.number).where(mine(t.case_file), among(_f.id, "id")), NumberRow)
