"""Rows out of a table and into it: in the order of their key, as lines that are the same from either back end."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import attrs
import msgspec
from sqlalchemy import String, bindparam, collate, delete, func, insert, select, update

from renda_core.errors import Invalid, Taken
from renda_core.store.archive.layout import Layout
from renda_core.store.compile import Query, Write, keyed, mine
from renda_core.store.unit import Reader, Unit

MANY = 1_000
"""Rows that are fetched at once, at most."""
ROOM = 4 * 1024 * 1024
"""Bytes of lines that are held at once, as far as single rows allow."""
_lines = msgspec.json.Encoder()


class Row(list[Any]):
    """The values of one row, in the order of its layout's fields."""

    def __init__(self, **values: Any) -> None:
        super().__init__(values.values())


@attrs.frozen(kw_only=True)
class Count:
    """How many rows there are."""

    n: int


@attrs.frozen(kw_only=True)
class Tally:
    """What a table holds of a tenant: equal tables have equal tallies, wherever they lie.

    Attributes:
        size: Bytes of all lines.
        sha256: Of all lines, in hexadecimal.
    """

    rows: int
    size: int
    sha256: str


class Taller:
    """Counts and hashes lines as they pass."""

    def __init__(self) -> None:
        self._rows, self._size, self._hash = 0, 0, hashlib.sha256()

    def add(self, lines: bytes) -> None:
        """Take whole lines in."""
        self._rows += lines.count(b"\n")
        self._size += len(lines)
        self._hash.update(lines)

    def tally(self) -> Tally:
        """Say what has passed."""
        return Tally(rows=self._rows, size=self._size, sha256=self._hash.hexdigest())


async def snapshot(reader: Reader) -> None:
    """See one moment in all tables, as SQLite does by itself: asked before anything else in a transaction."""
    if reader.link.dialect == "postgresql":
        await reader.link.all("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", ())


async def lines(reader: Reader, layout: Layout) -> AsyncIterator[bytes]:
    """Give all rows of the tenant as lines, some at once; the larger they are, the fewer."""
    plan = reader.link.plan(Query(_walk(layout, reader.link.dialect), Row))
    cursor = await reader.link.cursor(plan.sql, plan.arguments({"tenant_id": reader.uuid}))
    size = 1
    while rows := await cursor.fetch(size):
        text = _lines.encode_lines([plan.row(row) for row in rows])
        yield text
        size = max(1, min(MANY, 2 * size, ROOM * len(rows) // len(text)))


def _walk(layout: Layout, dialect: str) -> Any:
    columns = [layout.sql.c[field.name].label(f"c{i}") for i, field in enumerate(layout.fields)]
    order: list[Any] = [layout.sql.c[name] for name in layout.key]
    if dialect == "postgresql":  # in the order of bytes, as on SQLite, whatever the database's language
        order = [collate(column, "C") if isinstance(column.type, String) else column for column in order]
    return select(*columns).where(mine(layout.sql)).order_by(*order)


async def tally(reader: Reader, layout: Layout) -> Tally:
    """Count and hash what a table holds of the tenant."""
    taller = Taller()
    async for text in lines(reader, layout):
        taller.add(text)
    return taller.tally()


async def count(reader: Reader, layout: Layout) -> int:
    """Count what a table holds of the tenant."""
    return (await reader.one(Query(select(func.count().label("n")).where(mine(layout.sql)), Count))).n


class Putting:
    """Puts lines into one table; rows that name others of the same table are tied to them at the end."""

    def __init__(self, unit: Unit, layout: Layout) -> None:
        names = [field.name for field in layout.fields]
        self._unit, self._layout = unit, layout
        self._row = msgspec.json.Decoder(tuple[tuple(field.read_as for field in layout.fields)])  # type: ignore[misc]
        self._free = [name for name in names if name not in layout.loops]
        self._names = names
        table = layout.sql
        bound = {name: bindparam(name, type_=table.c[name].type) for name in ("tenant_id", *self._free)}
        self._add = Write(insert(table).values(bound))
        tied = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in layout.loops}
        self._tie = Write(update(table).where(*keyed(table, *layout.key)).values(tied)) if tied else None

    @property
    def again(self) -> bool:
        """Tell whether the same lines are wanted a second time, by :meth:`tie`."""
        return self._tie is not None

    async def add(self, text: bytes) -> None:
        """Put in whole lines.

        Raises:
            Invalid: They are not rows of this table, or the database refuses them.
        """
        await self._run(self._add, ({name: row[name] for name in self._free} for row in self._read(text)))

    async def tie(self, text: bytes) -> None:
        """Fill in what names other rows of the table, of lines that were put in before."""
        loops = self._layout.loops
        named = (row for row in self._read(text) if any(row[name] is not None for name in loops))
        if self._tie is not None:
            await self._run(self._tie, ({**row, **{f"to_{name}": row[name] for name in loops}} for row in named))

    def _read(self, text: bytes) -> Iterable[dict[str, Any]]:
        try:
            rows: Sequence[tuple[Any, ...]] = self._row.decode_lines(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:  # a validation error names the place, not the value
            told = error if isinstance(error, msgspec.ValidationError) else "it is no JSON"
            raise Invalid(f"a row of {self._layout.name} cannot be read: {told}") from None
        return (dict(zip(self._names, row, strict=True)) for row in rows)

    async def _run(self, write: Write, rows: Iterable[dict[str, Any]]) -> None:
        link = self._unit.link
        plan: Any = link.plan(write)
        try:
            await link.change_all(plan.sql, plan.many(list(rows), self._unit.uuid))
        except Taken:
            raise Taken(f"a row of {self._layout.name} is there already; nothing was kept") from None
        except refusals(link.dialect) as error:  # its text may quote values
            told = f"the database refuses a row of {self._layout.name} ({type(error).__name__}); nothing was kept"
            raise Invalid(told) from None


def refusals(dialect: str) -> tuple[type[Exception], ...]:
    """Name what a driver raises where a row is at fault, and not the line to the database."""
    if dialect == "sqlite":
        return (sqlite3.IntegrityError, sqlite3.DataError, ValueError, OverflowError)
    import asyncpg

    return (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, ValueError, OverflowError)


async def clear(unit: Unit, layout: Layout) -> int:
    """Delete all that a table holds of the tenant; answer how many rows."""
    if layout.loops:
        empty = Write(update(layout.sql).where(mine(layout.sql)).values(dict.fromkeys(layout.loops)))
        plan: Any = unit.link.plan(empty)
        await unit.link.change(plan.sql, plan.arguments({"tenant_id": unit.uuid}))
    plan = unit.link.plan(Write(delete(layout.sql).where(mine(layout.sql))))
    return await unit.link.change(plan.sql, plan.arguments({"tenant_id": unit.uuid}))
