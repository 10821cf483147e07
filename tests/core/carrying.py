"""Tenants to be carried: with rows of every kind in every table, and what tells whether they arrived."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    update,
)
from tests.databases import CLERK, KEYS, NOW, url

from renda_core.domain.case import Actor
from renda_core.services import moving
from renda_core.services.hosting import acts
from renda_core.services.hosting.directory import OPERATOR
from renda_core.store import tables as t
from renda_core.store.archive.rows import Tally
from renda_core.store.chaining import START
from renda_core.store.columns import Hidden, Id
from renda_core.store.compile import Write, add, keyed
from renda_core.store.postgres import PostgresStore
from renda_core.store.unit import Unit
from renda_core.testing import uid

CHAIN = {"journal", "journal_head"}
"""Tables that are longer, once a tenant was carried, by the entry that tells of it."""
BY = Actor(id=uid("operator's clerk"), roles={OPERATOR})
WEIRD = "aZ é中〇𠮷\u0301·️‮\t\n\"\\'%_ß"
"""What texts are made of: sorted otherwise by languages than by bytes."""
UNMADE = {"tenant", "journal", "journal_head", "outbox"}


def owner_of(dsn: str) -> PostgresStore:
    """Open a database as a superuser, who may act as the tables' owner."""
    return PostgresStore(url(dsn), keys=KEYS, now=lambda: NOW)


def value(made: random.Random, type_: Any) -> Any:
    """Make any value of a column's type."""
    if isinstance(type_, Id):
        return str(UUID(int=made.getrandbits(128)))
    if isinstance(type_, Hidden):
        text = "".join(made.choices("0123456789", k=made.randint(1, 18)))
        return KEYS.seal(text, tenant=uid("any"), field="f")
    if isinstance(type_, DateTime):
        return dt.datetime(1, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=made.randrange(3 * 10**17))
    if isinstance(type_, Date):
        return dt.date(1, 1, 1) + dt.timedelta(days=made.randrange(3_652_000))
    if isinstance(type_, Boolean):
        return made.random() < 0.5
    if isinstance(type_, Integer):
        return made.choice((0, 1, -1, 2**31 - 1, -(2**31), made.randrange(10**6)))
    if isinstance(type_, String):
        return "".join(made.choices(WEIRD, k=made.randint(0, 12)))
    assert isinstance(type_, LargeBinary), type_
    return made.randbytes(made.choice((0, 1, 32, 200)))


def fill(unit_rows: Mapping[str, list[dict[str, Any]]], table: Table, made: random.Random) -> list[dict[str, Any]]:
    """Make some rows of a table that name rows of its parents."""
    ties = {
        [e.parent.name for e in k.elements][-1]: k.referred_table.name
        for k in table.foreign_key_constraints
        if len(k.elements) > 1
    }
    single = {
        c.name for k in table.constraints if isinstance(k, PrimaryKeyConstraint | UniqueConstraint) for c in k.columns
    }
    rows: list[dict[str, Any]] = []
    for n in range(made.randint(0, 4)):
        row = {}
        for column in table.c:
            if column.name == "tenant_id":
                continue
            if column.name in ties:
                known = rows if ties[column.name] == table.name else unit_rows[ties[column.name]]
                one_each = column.name in single and table.name != ties[column.name]
                some = known[n : n + 1] if one_each else known
                row[column.name] = made.choice(some)["id"] if some else None
                if row[column.name] is None and not column.nullable:
                    return rows
            elif column.nullable and made.random() < 0.4:
                row[column.name] = None
            else:
                row[column.name] = value(made, column.type)
                if isinstance(column.type, String):  # a key is taken once
                    row[column.name] += f"·{n}"
                elif isinstance(column.type, LargeBinary) and not isinstance(column.type, Id):
                    row[column.name] += bytes([n])
                elif isinstance(column.type, Integer) and column.name in single:
                    row[column.name] = n
        rows.append(row)
    if table.name == "attachment":  # the contents are another matter
        rows = [{**row, "erased_at": NOW} for row in rows]
    return rows


LATER = Write(
    update(t.unit).where(*keyed(t.unit, "id")).values(successor=bindparam("successor", type_=t.unit.c.successor.type))
)


async def furnish(unit: Unit, seed: int) -> None:
    """Put rows into every table of a tenant that is made anew; a unit's successor is a later row than itself."""
    made = random.Random(seed)
    await unit.write(add(t.tenant), code=f"c{unit.tenant[-12:]}", name=value(made, String()), level="county")
    await unit.write(add(t.journal_head), seq=0, hash=START, shut=None)
    held: dict[str, list[dict[str, Any]]] = {}
    for table in t.metadata.sorted_tables:
        if table.info["placement"] != "distributed" or table.name in UNMADE:
            continue
        held[table.name] = fill(held, table, made)
        await unit.write_all(add(table), held[table.name])
    if len(units := held["unit"]) > 1:
        await unit.write(LATER, id=units[0]["id"], successor=units[-1]["id"])
    unit.record(
        "filled", on=unit.tenant, version=0, rule="test", private={"who": "王"} if made.random() < 0.5 else None
    )
    unit.emit("filled", seed=seed)


def furnished(store: Any, seed: int) -> str:
    """Make a tenant with rows in every table; give its id."""
    id = str(UUID(int=random.Random(seed).getrandbits(128)))
    store.run(store.write(furnish, id, CLERK, seed))
    return id


def tallies(manifest: Any, without: Any = ()) -> dict[str, Tally]:
    """Give count and hash of every table of an archive."""
    return {part.name: part.tally for part in manifest.tables if part.name not in without}


def left_out(found: Mapping[str, Tally], without: Any = CHAIN) -> dict[str, Tally]:
    """Give counts and hashes but for some tables."""
    return {name: tally for name, tally in found.items() if name not in without}


async def enrol(unit: Unit, *tenants: str, silo: str = "") -> None:
    """Put tenants into a directory, the operator's own first."""
    for n, id in enumerate(tenants):
        row = acts.new_entry(id, f"d{id[-12:]}", id, "county", unit.now, operator=n == 0, silo=silo)
        await acts.enter(unit, row)


def mover(places: Mapping[str, Any], operator: str, reached: Any = None) -> moving.Mover:
    """Make a mover between stores whose owner's DSN is known."""
    made = {n: moving.Place(name=n, dsn=url(s.owner_dsn, "renda_app"), store=s) for n, s in places.items()}
    return moving.Mover(places=made, operator=operator, by=BY, **({"reached": reached} if reached else {}))
