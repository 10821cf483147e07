"""People and their mandates, read for lists, pages and other systems; personal data come masked or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import attrs
from sqlalchemy import Column, Date, Integer, Select, Table, and_, bindparam, exists, func, or_, select

from renda_core.domain.sealed import Sealed
from renda_core.store import tables as t
from renda_core.store.columns import Id
from renda_core.store.compile import Query, among, keyed, mine
from renda_core.store.roster import Named
from renda_core.store.shapes import MANY_WORDS

Scope = Literal["all", "held", "active"]
"""Whom a reader may find: everybody, voters too; who has or had a mandate; whose mandate is active."""


@attrs.frozen(kw_only=True)
class MandateRow:
    """One mandate (代表职务), with the names of what it belongs to."""

    id: str
    person: str
    name: str
    congress: str
    congress_name: str
    term: str
    term_number: int
    district: str | None
    delegation: str | None
    state: str
    certificate: str
    elected_on: dt.date | None
    by_election: bool
    categories: str
    valid_from: dt.date
    valid_to: dt.date | None


def _mask(held: Sealed | str | None) -> str:
    """Show the mask of what is sealed, never more."""
    return "" if held is None else str(held)


@attrs.frozen(kw_only=True)
class PersonRow:
    """A person as the roster has one; what the reader may not see is empty, numbers are masked."""

    id: str
    name: str
    sex: str = ""
    nationality: str = ""
    born_on: dt.date | None = None
    party: str = ""
    education: str = ""
    employer: str = ""
    position: str = ""
    id_number: str = attrs.field(default="", converter=_mask)
    phone: str = attrs.field(default="", converter=_mask)
    mandates: tuple[MandateRow, ...] = ()


_m, _p, _c = t.mandate.c, t.person.c, t.congress.c
_size: Any = bindparam("size", type_=Integer())
_after: Any = bindparam("after", type_=Id())
_on: Any = bindparam("on", type_=Date())


def optional(column: Column[Any], name: str = "") -> Any:
    """Restrict a column where a value is given, and not where it is None."""
    given: Any = bindparam(name or column.name, type_=column.type)
    return or_(given.is_(None), column == given)


def holds(table: Table) -> Any:
    """Restrict to what holds on a day, where one is given."""
    until = table.c.valid_to
    return or_(_on.is_(None), and_(table.c.valid_from <= _on, or_(until.is_(None), until > _on)))


def _sits(*kinds: Any) -> Select[Any]:
    """Look up the bodies in which a mandate sits."""
    held = and_(t.body.c.tenant_id == t.membership.c.tenant_id, t.body.c.id == t.membership.c.body)
    return (
        select(t.body.c.name)
        .select_from(t.membership.join(t.body, held))
        .where(mine(t.membership), t.membership.c.mandate == _m.id, *kinds)
    )


_district = (
    select(t.district.c.name)
    .where(mine(t.district), t.district.c.id == _m.district)
    .correlate(t.mandate)
    .scalar_subquery()
)
_delegation = (
    _sits(t.body.c.kind == "delegation", t.membership.c.valid_to.is_(None))
    .order_by(t.membership.c.valid_from.desc(), t.body.c.name)
    .limit(1)
    .correlate(t.mandate)
    .scalar_subquery()
)
_mandate_columns = (
    _m.id, _m.person, _p.name, _m.congress, _c.name.label("congress_name"), _m.term,
    t.term.c.number.label("term_number"), _district.label("district"), _delegation.label("delegation"), _m.state,
    _m.certificate, _m.elected_on, _m.by_election, _m.categories, _m.valid_from, _m.valid_to,
)  # fmt: skip
_with_names = (
    t.mandate.join(t.person, and_(_p.tenant_id == _m.tenant_id, _p.id == _m.person))
    .join(t.congress, and_(_c.tenant_id == _m.tenant_id, _c.id == _m.congress))
    .join(t.term, and_(t.term.c.tenant_id == _m.tenant_id, t.term.c.id == _m.term))
)
_in_body = or_(
    bindparam("body", type_=Id()).is_(None),
    exists().where(mine(t.membership), t.membership.c.mandate == _m.id, t.membership.c.body == bindparam("body")),
)
_asked = (optional(_m.congress), optional(_m.term), optional(_m.state), _in_body, holds(t.mandate))
"""What a list of mandates, and of people by their mandates, may be narrowed by."""
_active: Mapping[Scope, tuple[Any, ...]] = {"all": (), "held": (), "active": (_m.state == "active",)}
MANDATES: Mapping[Scope, Query[MandateRow]] = {
    scope: Query(
        select(*_mandate_columns)
        .select_from(_with_names)
        .where(mine(t.mandate), *_asked, optional(_m.person), *only, _m.id > _after)
        .order_by(_m.id)
        .limit(_size),
        MandateRow,
    )
    for scope, only in _active.items()
}
MANDATES_OF: Mapping[Scope, Query[MandateRow]] = {
    scope: Query(
        select(*_mandate_columns)
        .select_from(_with_names)
        .where(mine(t.mandate), among(_m.person, "person"), *only)
        .order_by(_m.person, _m.valid_from.desc(), _m.id),
        MandateRow,
    )
    for scope, only in _active.items()
}
"""The mandates of some people, the newest first."""
MANDATE: Mapping[Scope, Query[MandateRow]] = {
    scope: Query(select(*_mandate_columns).select_from(_with_names).where(*keyed(t.mandate, "id"), *only), MandateRow)
    for scope, only in _active.items()
}
_person_columns = tuple(_p[a.name] for a in attrs.fields(PersonRow) if a.name != "mandates")
PERSONS = Query(
    select(*_person_columns).where(mine(t.person), holds(t.person), _p.id > _after).order_by(_p.id).limit(_size),
    PersonRow,
)
"""Everybody, voters too."""
DEPUTIES: Mapping[Scope, Query[PersonRow]] = {
    scope: Query(
        select(*_person_columns)
        .select_from(t.mandate.join(t.person, and_(_p.tenant_id == _m.tenant_id, _p.id == _m.person)))
        .distinct()
        .where(mine(t.mandate), *_asked, *only, _m.person > _after)
        .order_by(_p.id)
        .limit(_size),
        PersonRow,
    )
    for scope, only in _active.items()
}
"""Who has a mandate; walked by the mandates' index, past any number of voters."""
PERSON = Query(select(*_person_columns).where(*keyed(t.person, "id")), PersonRow)
PERSONS_OF = Query(select(*_person_columns).where(mine(t.person), among(_p.id, "person")), PersonRow)
BY_ID_NUMBER = Query(select(_p.id, _p.name).where(*keyed(t.person, "id_index")).limit(20), Named)
SCOPES: Mapping[Scope, tuple[Any, ...]] = {
    "all": (),
    "held": (exists().where(mine(t.mandate), _m.person == _p.id),),
    "active": (exists().where(mine(t.mandate), _m.person == _p.id, _m.state == "active"),),
}


@cache
def hits(scope: Scope, many: bool) -> Query[Named]:
    """Find people by one word, or by several of which the first is walked; in the order of ids."""
    w = t.person_word.c
    where = [*keyed(t.person_word, "word"), *SCOPES[scope]]
    if many:
        more: Any = t.person_word.alias("more")
        others = more.c.word.in_([bindparam(f"word_{i}", type_=w.word.type) for i in range(1, MANY_WORDS)])
        held = select(func.count()).select_from(more).where(mine(more), more.c.person_id == w.person_id, others)
        where.append(held.scalar_subquery() == bindparam("others", type_=Integer()))
    same = and_(_p.tenant_id == w.tenant_id, _p.id == w.person_id)
    found = select(_p.id, _p.name).select_from(t.person_word.join(t.person, same)).where(*where)
    return Query(found.order_by(w.person_id).limit(_size), Named)


@cache
def spelt(scope: Scope) -> Query[Named]:
    """Find people by how a word of theirs begins: a walk from ``word`` up to ``until``, in the order of ids."""
    w = t.person_word.c
    same = and_(_p.tenant_id == w.tenant_id, _p.id == w.person_id)
    walked = (w.word >= bindparam("word", type_=w.word.type), w.word < bindparam("until", type_=w.word.type))
    found = select(_p.id, _p.name).select_from(t.person_word.join(t.person, same))
    found = found.where(mine(t.person_word), *walked, *SCOPES[scope])
    return Query(found.distinct().order_by(_p.id).limit(_size), Named)


HITS = (*(hits(scope, many) for scope in SCOPES for many in (False, True)), *map(spelt, SCOPES))
"""Every statement of a search among people."""
