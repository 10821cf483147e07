"""The statements behind fields that name rows of the roster: rows by id, by exact name or code, and every name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs
from sqlalchemy import Table, bindparam, or_, select

from renda_core.domain.fields import Noun
from renda_core.store import tables as t
from renda_core.store.columns import Id
from renda_core.store.compile import Query, among, mine
from renda_core.store.roster import Named

LIMIT = 50
"""Rows of one name that are looked at: a name is given anew now and then, and never so often."""
_TABLES: Mapping[Noun, tuple[Table, tuple[str, ...]]] = {
    "station": (t.station, ("name", "code")),
    "unit": (t.unit, ("name", "code")),
    "congress": (t.congress, ("name",)),
    "person": (t.person, ()),
}
"""Each noun's table, and the columns by which people name a row of it; people are found by a search of their own."""


@attrs.frozen(kw_only=True)
class Standing:
    """A row of the roster by name, with the days from which and until which it holds."""

    id: str
    name: str
    since: dt.date
    until: dt.date | None

    def ended(self, on: dt.date) -> bool:
        """Tell whether it holds no more on a day."""
        return self.until is not None and self.until <= on


def _columns(table: Table) -> tuple[Any, ...]:
    c = table.c
    return (c.id, c.name, c.valid_from.label("since"), c.valid_to.label("until"))


def _named(table: Table, columns: tuple[str, ...]) -> Any:
    called: Any = bindparam("named", type_=t.station.c.name.type)
    return or_(*(table.c[c] == called for c in columns))


def _by(table: Table, condition: Any) -> Query[Standing]:
    return Query(select(*_columns(table)).where(mine(table), condition).order_by(table.c.id).limit(LIMIT), Standing)


BY_ID: Mapping[Noun, Query[Standing]] = {
    noun: _by(table, table.c.id == bindparam("named", type_=Id())) for noun, (table, _) in _TABLES.items()
}
BY_NAME: Mapping[Noun, Query[Standing]] = {
    noun: _by(table, _named(table, columns)) for noun, (table, columns) in _TABLES.items() if columns
}
EVERY: Mapping[Noun, Query[Named]] = {
    noun: Query(select(table.c.id, table.c.name).where(mine(table)), Named)
    for noun, (table, columns) in _TABLES.items()
    if columns
}
NAMES: Mapping[Noun, Query[Named]] = {
    noun: Query(select(table.c.id, table.c.name).where(mine(table), among(table.c.id, "id")), Named)
    for noun, (table, _) in _TABLES.items()
}
"""What rows are called, by their ids."""
