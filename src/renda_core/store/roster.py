"""How the roster is kept: whole nouns are read, and rows added or changed; the questions are asked in the domain."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import Date, and_, bindparam, func, or_, select

from renda_core.store import tables as t
from renda_core.store.compile import Query, add, change, keyed, mine

ALL: dict[str, Query[dict[str, Any]]] = {
    noun.name: Query(select(*(c for c in noun.c if c.name != "tenant_id")).where(mine(noun)).order_by(noun.c.id), dict)
    for noun in t.ROSTER
}
"""Every row of a noun, as a mapping."""
ADD = {noun.name: add(noun) for noun in t.ROSTER}
CHANGE = {noun.name: change(noun) for noun in t.ROSTER}


@attrs.frozen(kw_only=True)
class Named:
    """An id with its name."""

    id: str
    name: str


_on: Any = bindparam("on", type_=Date())


def _holds(table: Any) -> Any:
    return and_(table.c.valid_from <= _on, or_(table.c.valid_to.is_(None), table.c.valid_to > _on))


UNIT_NAMED = Query(select(t.unit.c.id, t.unit.c.name).where(*keyed(t.unit, "name"), _holds(t.unit)), Named)
UNITS = Query(select(t.unit.c.id, t.unit.c.name).where(mine(t.unit)).order_by(t.unit.c.name), Named)
CONGRESS_NAMED = Query(
    select(t.congress.c.id, t.congress.c.name).where(*keyed(t.congress, "name"), _holds(t.congress)), Named
)
PEOPLE_NAMED = Query(select(t.person.c.id, t.person.c.name).where(*keyed(t.person, "match_key")).limit(20), Named)
PERSON = Query(select(t.person.c.id, t.person.c.name).where(*keyed(t.person, "id")), Named)
HOLDERS = Query(
    select(t.mandate.c.person.label("id"), t.mandate.c.certificate.label("name"))
    .where(*keyed(t.mandate, "certificate"), _holds(t.mandate))
    .limit(20),
    Named,
)


HOLDERS_NAMED = Query(
    select(t.person.c.id, t.person.c.name)
    .select_from(
        t.person.join(
            t.mandate, and_(t.mandate.c.tenant_id == t.person.c.tenant_id, t.mandate.c.person == t.person.c.id)
        )
    )
    .where(*keyed(t.person, "match_key"), _holds(t.mandate))
    .limit(20),
    Named,
)
"""Those of a name who hold a mandate, among the many of that name who are voters."""


@attrs.frozen(kw_only=True)
class Heads:
    """Persons, mandates and groups of a tenant: three different numbers."""

    persons: int
    mandates: int
    in_groups: int


_in_group = (
    select(func.count(func.distinct(t.membership.c.mandate)))
    .select_from(
        t.membership.join(
            t.body, and_(t.body.c.tenant_id == t.membership.c.tenant_id, t.body.c.id == t.membership.c.body)
        )
    )
    .where(mine(t.membership), t.body.c.kind == "group")
    .scalar_subquery()
)
HEADS = Query(
    select(
        func.count(func.distinct(t.mandate.c.person)).label("persons"),
        func.count().label("mandates"),
        _in_group.label("in_groups"),
    ).where(mine(t.mandate), t.mandate.c.state == "active"),
    Heads,
)
