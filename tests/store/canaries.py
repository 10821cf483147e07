"""A row in every table of a tenant, full of words by which it is known again, wherever it turns up."""
# ruff: noqa: S608 - the tables are our own

from __future__ import annotations

import datetime as dt
import socket
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, String, Table
from tests.databases import NOW

from renda_core.store import tables as t
from renda_core.store.columns import Hidden, Id

PLACE = UUID(int=8)
TABLES = [table for table in t.metadata.sorted_tables if table.info["placement"] == "distributed"]
"""Parents before their children."""
NAMES = [table.name for table in TABLES]
WORDS = (String, LargeBinary, Hidden)
BARE = {table.name for table in TABLES if not any(isinstance(c.type, WORDS) for c in table.c)}
"""Tables that have no place for a word; their rows are told apart by their tenant alone."""


def word(tenant: str) -> str:
    """Give the word of a tenant."""
    return f"CANARY-{tenant[-1].upper()}"


def name_of(what: str) -> UUID:
    """Give an id; it is the same in every tenant."""
    return uuid5(PLACE, what)


def row(table: Table, tenant: str) -> dict[str, Any]:
    """Make one row; whatever it points at is there, and whatever it may say is a canary."""
    made = {c.name: _value(c, tenant) for c in table.c}
    for tie in table.foreign_key_constraints:
        for column, referred in zip(tie.columns, tie.elements, strict=True):
            other = referred.column
            if other.name != "tenant_id":
                itself = other.table is table
                made[column.name] = None if itself else name_of(f"{other.table.name}.{other.name}")
    return made


def _value(column: Column[Any], tenant: str) -> Any:
    if column.name == "tenant_id":
        return UUID(tenant)
    said = f"{word(tenant)} {column.table.name}.{column.name}"
    given = {
        Id: lambda: name_of(f"{column.table.name}.{column.name}"),
        Integer: lambda: 1,
        Boolean: lambda: True,
        Date: lambda: dt.date(2026, 3, 1),
        DateTime: lambda: NOW,
        LargeBinary: said.encode,
        Hidden: said.encode,
    }
    return next((make() for kind, make in given.items() if isinstance(column.type, kind)), said)


def fill(raw: Any, *tenants: str) -> None:
    """Put a row into every table of each tenant, by a psycopg connection that no policy binds."""
    for tenant in tenants:
        for table in TABLES:
            made = row(table, tenant)
            marks = ", ".join(["%s"] * len(made))
            raw.execute(
                f"DELETE FROM {table.name} WHERE tenant_id = %s", [tenant]
            ) if table.name == "journal_head" else 0
            if table.name == "tenant":
                raw.execute("UPDATE tenant SET name = %s WHERE tenant_id = %s", (made["name"], tenant))
            else:
                raw.execute(f"INSERT INTO {table.name} ({', '.join(made)}) VALUES ({marks})", list(made.values()))


def foreign(rows: Any, tenant: str) -> list[Any]:
    """Give those rows in which another tenant's word or id stands."""
    own = {tenant.encode(), word(tenant).encode()}
    return [r for r in rows if any(_alien(value, own) for value in r)]


def _alien(value: Any, own: set[bytes]) -> bool:
    said = bytes(value) if isinstance(value, bytes | bytearray | memoryview) else str(value).encode()
    others = [
        b"CANARY-A",
        b"CANARY-B",
        b"0198a000-0000-7000-8000-00000000000a",
        b"0198a000-0000-7000-8000-00000000000b",
    ]
    return any(other in said for other in others if other not in own)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
