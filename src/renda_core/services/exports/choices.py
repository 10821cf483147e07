"""Columns that an office wants in a file, saved under a name for everybody who exports."""

from __future__ import annotations

import json
from collections.abc import Sequence

import attrs
from sqlalchemy import select

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, NotFound
from renda_core.services.exports.columns import Shown, chosen, columns_of
from renda_core.services.exports.roster import WHO
from renda_core.store import tables as t
from renda_core.store.compile import Query, add, change, cut, keyed, mine
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

LONGEST = 60
"""Characters of a name."""


@attrs.frozen(kw_only=True)
class Choice:
    """Columns of a sheet, by their names in code, in the order of the file."""

    sheet: str
    name: str
    columns: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ChoiceRow:
    """A choice as stored; the columns as a JSON list."""

    sheet: str
    name: str
    columns: str


_c = t.column_choice
_columns = (_c.c.sheet, _c.c.name, _c.c.columns)
ONE = Query(select(*_columns).where(*keyed(_c, "sheet", "name")), ChoiceRow)
EVERY = Query(select(*_columns).where(mine(_c)).order_by(_c.c.sheet, _c.c.name), ChoiceRow)
ADD, CHANGE, CUT = add(_c), change(_c), cut(_c)


async def save(unit: Unit, tenant: Tenant, sheet: str, name: str, columns: Sequence[str]) -> Choice:
    """Save columns under a name; a choice that has the name already is replaced.

    Args:
        columns: Names or titles, in the order wanted.

    Raises:
        NotAllowed: The actor holds no role in the congress's offices and organs.
        NotFound: There is no such sheet.
        Invalid: A column is not known; or there is no name, or no column.
    """
    _refuse_strangers(unit.actor)
    name = name.strip()
    if not name or len(name) > LONGEST:
        raise Invalid(f"give the choice a name of at most {LONGEST} characters", field="name")
    if not columns:
        raise Invalid("name at least one column", field="columns")
    names = tuple(column.name for column in chosen(columns_of(tenant, sheet), columns, sheet))
    row = {"sheet": sheet, "name": name, "columns": json.dumps(names, ensure_ascii=False), "author": unit.actor.id}
    if not await unit.write(CHANGE, **row):
        await unit.write(ADD, **row)
    unit.record("columns.saved", on=tenant.id, version=0, rule="by hand", sheet=sheet, name=name, columns=names)
    return Choice(sheet=sheet, name=name, columns=names)


async def remove(unit: Unit, tenant: Tenant, sheet: str, name: str) -> None:
    """Forget a choice.

    Raises:
        NotFound: There is none of this name.
    """
    _refuse_strangers(unit.actor)
    choice = await get(unit, tenant, unit.actor, sheet, name)
    await unit.write(CUT, sheet=sheet, name=choice.name)
    unit.record("columns.removed", on=tenant.id, version=0, rule="by hand", sheet=sheet, name=choice.name)


async def get(reader: Reader, tenant: Tenant, actor: Actor, sheet: str, name: str) -> Choice:
    """Find a choice by its name.

    Raises:
        NotFound: There is none; the message names those of this sheet.
    """
    found = await reader.find(ONE, sheet=sheet, name=name.strip())
    if found is None:
        there = "、".join(c.name for c in await every(reader, tenant, actor) if c.sheet == sheet) or "none"
        raise NotFound(f"{sheet} has no choice of columns {name!r}; there: {there}")
    return _choice(found)


def still(choice: Choice, known: Sequence[Shown]) -> tuple[str, ...]:
    """Give a choice's columns, if the sheet has all of them still.

    Raises:
        Invalid: The tenant's procedures no longer bring some of them; the message names every one.
    """
    if gone := [name for name in choice.columns if name not in {column.name for column in known}]:
        told = f"{choice.sheet} no longer has {'、'.join(gone)}, which the choice {choice.name!r} names"
        raise Invalid(f"{told}; save it anew, or remove it", field="choice", columns=gone)
    return choice.columns


async def every(reader: Reader, _: Tenant, actor: Actor) -> tuple[Choice, ...]:
    """List the choices of all sheets, by sheet and name."""
    if not actor.roles and not actor.unit:
        raise NotAllowed("choices of columns are for those who may read something")
    return tuple(_choice(row) for row in await reader.all(EVERY))


def _choice(row: ChoiceRow) -> Choice:
    return Choice(sheet=row.sheet, name=row.name, columns=tuple(json.loads(row.columns)))


def _refuse_strangers(actor: Actor) -> None:
    if not actor.roles & WHO:
        raise NotAllowed(f"choices of columns are kept by {', '.join(sorted(WHO))}")
