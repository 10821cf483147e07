"""Which tables hold a tenant's rows, as the database itself says, and how each value is written neutrally.

Of the core's tables the types are known from their description; of a plugin's, from the database. SQLite keeps an id as
bytes and a moment as text and does not say which it is, so a plugin's ids and moments are written so from PostgreSQL
as well: equal rows give equal lines.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any
from uuid import UUID

import attrs
import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    Uuid,
)

from renda_core.errors import ConfigError
from renda_core.store.columns import Id
from renda_core.store.link import Link
from renda_core.store.tables import metadata

ID_TEXT = r"^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?$"
READ_AS: dict[str, Any] = {
    "id": Annotated[str, msgspec.Meta(pattern=ID_TEXT)],
    "instant": Annotated[dt.datetime, msgspec.Meta(tz=True)],
    "date": dt.date,
    "bytes": bytes,
    "text": str,
    "whole": int,
    "truth": bool,
}
"""The kinds of value in an archive, and what each is read as; anything else in its place is refused."""
PG_TABLES = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL), a.attnotnull,
       coalesce(array_position(k.conkey, a.attnum), 0)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname, a.attnum"""
PG_TIES = """
SELECT c.relname, f.relname, a.attname
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_class f ON f.oid = k.confrelid
JOIN unnest(k.conkey) AS n ON true
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = n
WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace
ORDER BY 1, 2, 3"""
LITE_TABLES = """
SELECT m.name, p.name, lower(p.type), p."notnull", p.pk FROM sqlite_master m, pragma_table_info(m.name) p
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.name, p.cid"""
LITE_TIES = """
SELECT m.name, f."table", f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
WHERE m.type = 'table' ORDER BY 1, 2, 3"""
QUERIES = {"postgresql": (PG_TABLES, PG_TIES), "sqlite": (LITE_TABLES, LITE_TIES)}
HELD = "SELECT version_num FROM alembic_version ORDER BY version_num"


class _IdAsBytes(TypeDecorator[bytes]):
    """A plugin's id on PostgreSQL, written as the bytes that SQLite keeps."""

    impl = Uuid
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> UUID | None:
        return None if value is None else UUID(bytes=value)

    def process_result_value(self, value: Any, dialect: Any) -> bytes | None:
        return None if value is None else UUID(str(value)).bytes


class _InstantAsText(TypeDecorator[str]):
    """A plugin's moment on PostgreSQL, written as the text that SQLite keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> dt.datetime | None:
        return None if value is None else dt.datetime.fromisoformat(value)

    def process_result_value(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else value.astimezone(dt.UTC).isoformat(timespec="microseconds")


PLUGINS: Mapping[str, tuple[str, Any]] = {
    "uuid": ("bytes", _IdAsBytes()),
    "timestamp with time zone": ("text", _InstantAsText()),
    "bytea": ("bytes", LargeBinary()),
    "blob": ("bytes", LargeBinary()),
    "text": ("text", String()),
    "varchar": ("text", String()),
    "character varying": ("text", String()),
    "integer": ("whole", Integer()),
    "bigint": ("whole", Integer()),
    "smallint": ("whole", Integer()),
    "boolean": ("truth", Boolean()),
    "date": ("date", Date()),
}
"""What the type that a database names for a plugin's column is written as, and by which type it is read."""
NOT_CARRIED = {("journal_head", "shut")}
"""Columns that say something of this place and nothing of the tenant."""


@attrs.frozen(kw_only=True)
class Field:
    """One column, without the type that one back end gives it."""

    name: str
    kind: str
    empty: bool

    @property
    def read_as(self) -> Any:
        """Say what a value of it is read as."""
        return READ_AS[self.kind] | None if self.empty else READ_AS[self.kind]


@attrs.frozen(kw_only=True)
class Layout:
    """One table of a tenant, as it lies in a database.

    Attributes:
        key: Columns of the primary key after the tenant's; rows are in their order.
        loops: Columns that name another row of the same table; filled in once all rows are there.
        sql: The table for statements, with the types of this back end.
    """

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    loops: tuple[str, ...]
    sql: Table = attrs.field(eq=False, repr=False)


@attrs.frozen(kw_only=True)
class Layouts:
    """All tables of a tenant, parents before children, and the revisions they stand at."""

    tables: tuple[Layout, ...]
    revisions: tuple[str, ...]


async def find(link: Link) -> Layouts:
    """Ask the database which tables hold tenants' rows.

    Raises:
        ConfigError: A plugin's table has a type, or a circle of references, that cannot be carried.
    """
    tables, ties = QUERIES[link.dialect]
    columns: dict[str, list[tuple[Any, ...]]] = {}
    for name, *column in await link.all(tables, ()):
        columns.setdefault(name, []).append(tuple(column))
    ours = {name: held for name, held in columns.items() if any(column[0] == "tenant_id" for column in held)}
    tied = [(a, b, column) for a, b, column in await link.all(ties, ()) if column != "tenant_id"]
    made = {name: _layout(name, held, {c for a, b, c in tied if a == b == name}) for name, held in ours.items()}
    revisions = tuple(row[0] for row in await link.all(HELD, ()))
    return Layouts(tables=tuple(made[name] for name in _ordered(made, tied)), revisions=revisions)


def _ordered(made: Iterable[str], tied: list[tuple[str, str, str]]) -> list[str]:
    """Put parents before children, and else names in order, whatever the back end."""
    names = set(made)
    parents = {name: {"tenant"} & names - {name} for name in names}
    for child, parent, _ in tied:
        if child in names and parent in names and child != parent:
            parents[child].add(parent)
    sorter = TopologicalSorter(parents)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " > ".join(map(str, error.args[1]))
        raise ConfigError(
            "the tables cannot be put in order", f"they refer to each other in a circle: {circle}"
        ) from None
    found: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        found += ready
        sorter.done(*ready)
    return found


def _layout(name: str, columns: list[tuple[Any, ...]], loops: set[str]) -> Layout:
    known = metadata.tables.get(name)
    fields: list[Field] = []
    made: list[Column[Any]] = [Column("tenant_id", Id, primary_key=True)]
    for column, told, full, _ in columns:
        if column == "tenant_id" or (name, column) in NOT_CARRIED:
            continue
        if known is not None and column in known.c:
            type_: Any = known.c[column].type
            kind = _kind(type_)
            read = LargeBinary() if kind == "bytes" else type_  # personal data stay as they are stored
        else:
            kind, read = _plugins(name, column, told)
        if column in loops and full:
            told = f"{name}.{column} names another row of {name} and is never empty; let it be empty"
            raise ConfigError("a table cannot be carried", told)
        fields.append(Field(name=column, kind=kind, empty=not full))
        made.append(Column(column, read))
    key = [column for _, column in sorted((place, column) for column, _, _, place in columns if place)]
    return Layout(
        name=name,
        fields=tuple(sorted(fields, key=lambda field: field.name)),  # a database keeps them as they were added
        key=tuple(column for column in key if column != "tenant_id"),
        loops=tuple(sorted(loops)),
        sql=Table(name, MetaData(), *made),
    )


def _kind(type_: Any) -> str:
    if isinstance(type_, Id):
        return "id"
    kinds = ((DateTime, "instant"), (Date, "date"), (Boolean, "truth"), (Integer, "whole"), (String, "text"))
    return next((kind for of, kind in kinds if isinstance(type_, of)), "bytes")


def _plugins(table: str, column: str, told: str) -> tuple[str, Any]:
    if (found := PLUGINS.get(told.lower().partition("(")[0].strip())) is None:
        why = f"{table}.{column} is {told}; an archive holds {', '.join(sorted(PLUGINS))}"
        raise ConfigError("a table cannot be carried", why)
    return found
