"""PostgreSQL through asyncpg's prepared statements."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, Misuse, Taken
from renda_core.store.compile import Plans
from renda_core.store.folding import ENTRY, EVENTS, PRIVATE, bound, sealed, told
from renda_core.store.keys import Keys
from renda_core.store.link import Event, Held, refuse_headless, sent_away
from renda_core.store.pool import BROKEN, POOLER, Pool
from renda_core.store.stamps import PREPARE, STANDS, Stamp
from renda_core.store.stores import ReadCase, WriteCase
from renda_core.store.unit import Reader, Unit

T = TypeVar("T")
P = ParamSpec("P")

TAKEN = "this was written by someone else meanwhile; load it again"
SHUT = "SELECT shut FROM journal_head WHERE tenant_id = $1::uuid"
READING, WRITING = (f"{begin};SET LOCAL app.tenant_id='" for begin in ("BEGIN READ ONLY", "BEGIN"))
RETRY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.InvalidCachedStatementError)
LOST = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)
"""What a pooler in transaction mode answers to prepared statements."""


class PostgresLink:
    """One connection inside a transaction."""

    dialect = "postgresql"
    far = True

    def __init__(self, plans: Plans, keys: Keys, raw: Any) -> None:
        self.plan: Plans = plans
        self.keys = keys
        self._raw = raw

    @property
    def _line(self) -> Any:
        """The connection, while it is in the transaction that has the tenant."""
        if self._raw is None or not self._raw.is_in_transaction():
            raise Misuse("a unit was used outside its transaction, where there is no tenant")
        return self._raw

    def end(self) -> None:
        """Part from the connection, which now serves others."""
        self._raw = None

    async def first(self, sql: str, args: tuple[Any, ...], /) -> Sequence[Any] | None:
        """Fetch one row."""
        return await self._line.fetchrow(sql, *args)  # type: ignore[no-any-return]

    async def all(self, sql: str, args: tuple[Any, ...], /) -> Sequence[Sequence[Any]]:
        """Fetch every row."""
        return await self._line.fetch(sql, *args)  # type: ignore[no-any-return]

    async def cursor(self, sql: str, args: tuple[Any, ...], /) -> Any:
        """Begin to fetch rows some at a time, however many there are."""
        return await self._line.cursor(sql, *args)

    async def change(self, sql: str, args: tuple[Any, ...], /) -> int:
        """Run a change; answer how many rows it touched."""
        try:
            status: str = await self._line.execute(sql, *args)
        except asyncpg.UniqueViolationError:  # its text quotes values, which may be personal
            raise Taken(TAKEN) from None
        return int(status.rpartition(" ")[2])

    async def change_all(self, sql: str, rows: Sequence[tuple[Any, ...]], /) -> None:
        """Run one change over many rows."""
        try:
            await self._line.executemany(sql, rows)  # pipelined; COPY is refused under row-level security
        except asyncpg.UniqueViolationError:
            raise Taken(TAKEN) from None

    async def seal(
        self, tenant: UUID, entry: str, private: str | None, events: Sequence[Event], held: Held | None, /
    ) -> int:
        """Append to journal and outbox in one statement, with a change that goes along."""
        values = {"tenant_id": tenant, ENTRY: entry, PRIVATE: private, EVENTS: told(events)}
        if held is None:
            plan = self.plan(sealed())
        else:
            plan = self.plan(sealed(held.first, tuple(other for other, _ in held.beside)))
            values = {**held.values, **bound(held.beside), **values}
        try:
            kept = plan.row(await self._line.fetchrow(plan.sql, *plan.arguments(values)))
        except asyncpg.UniqueViolationError:
            raise Taken(TAKEN) from None
        if kept.seq is None and kept.touched:
            refuse_headless(tenant, await self._line.fetchval(SHUT, tenant))
        return kept.touched


class PostgresStore:
    """Many tenants in one database; the tenant is set in the same message as BEGIN and dies with COMMIT."""

    def __init__(self, dsn: str, *, keys: Keys, now: Callable[[], dt.datetime], size: int = 10, **options: Any) -> None:
        """Name the database; connections are opened at first use, *size* at most.

        Args:
            dsn: ``?pooler=transaction`` says that PgBouncer, or its like, stands before the database.
            options: For the pool, and for the driver.
        """
        self.plans = Plans(PGDialect_asyncpg())  # type: ignore[no-untyped-call]
        self.pool = Pool(dsn, size, **options)
        self._dsn, self.keys, self._now, self._options = dsn, keys, now, options
        self._runner: asyncio.Runner | None = None

    async def standing(self) -> str:
        """Say at which revision of the core the tables stand; nothing where there are none of ours."""
        raw = await self.pool.take()
        try:
            async with raw.transaction(readonly=True):
                if await raw.fetchval("SELECT to_regclass('public.alembic_version')") is None:
                    return ""
                held = [row[0] for row in await raw.fetch("SELECT version_num FROM alembic_version")]
                return next((number for number in held if number.startswith("core_")), "")
        finally:
            self.pool.give(raw, clean=True)

    async def read(self, use_case: ReadCase[P, T], tenant: str, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case that only reads; PostgreSQL itself refuses a write."""
        return await self._twice(None, READING, tenant, None, use_case, args, kw)  # type: ignore[no-any-return]

    async def write(self, use_case: WriteCase[P, T], tenant: str, actor: Actor, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case in one transaction, committed when it returns, rolled back when it raises."""
        return await self._twice(None, WRITING, tenant, actor, use_case, args, kw)  # type: ignore[no-any-return]

    def upon(self, stamp: Stamp | None) -> Upon:
        """Run use cases in transactions whose readers know whether a stamp still stands."""
        return Upon(self, stamp)

    async def _twice(
        self, stamp: Stamp | None, begin: str, tenant: str, actor: Actor | None, use_case: Any, args: Any, kw: Any
    ) -> Any:
        """Run once more after a deadlock or under a table that was migrated meanwhile; both rolled back whole."""
        try:
            return await self._once(stamp, begin, tenant, actor, use_case, args, kw)
        except RETRY:
            try:
                return await self._once(stamp, begin, tenant, actor, use_case, args, kw)
            except RETRY as error:
                raise sent_away(type(error).__name__, ending=False) from error

    async def _once(
        self, stamp: Stamp | None, begin: str, tenant: str, actor: Actor | None, use_case: Any, args: Any, kw: Any
    ) -> Any:
        raw = await self.pool.take()
        link = PostgresLink(self.plans, self.keys, raw)
        clean = ending = False
        try:
            now = self._now()
            unit = Reader(link, tenant, now) if actor is None else Unit(link, tenant, actor, now)
            await self._begin(raw, begin, unit, stamp)
            result = await use_case(unit, *args, **kw)
            if isinstance(unit, Unit):
                await unit.finish()
            ending = True
            await raw.execute(unit.ending)
            clean = True
            return result
        except BROKEN as error:
            raise sent_away(type(error).__name__, ending=ending) from error
        except asyncpg.InterfaceError as error:
            if not raw.is_closed():  # else the server ended it while we did something else
                raise
            raise sent_away(type(error).__name__, ending=ending) from error
        except LOST as error:
            remedy = f"a pooler stands before it: write {POOLER}=transaction into the DSN"
            raise ConfigError("the database forgot what it was told", remedy) from error
        finally:
            link.end()
            self.pool.give(raw, clean=clean)

    async def _begin(self, raw: Any, begin: str, unit: Reader, stamp: Stamp | None) -> None:
        text = f"{begin}{unit.tenant}'"  # written from a UUID object: no quoting to get wrong
        if stamp is None or self.pool.pooled:
            await raw.execute(text)
            return
        if not raw.prepared:
            await raw.execute(PREPARE)
            raw.prepared = True
        unit.stands = await raw.execute(f"{text};{stamp.asked(unit.tenant)}") == STANDS

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Drive a use case from a plain script: one private loop, kept, so that connections stay open."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner.run(work)

    def apart(self) -> PostgresStore:
        """Give a store for another thread, with one connection of its own; whoever asked shuts it."""
        return PostgresStore(self._dsn, keys=self.keys, now=self._now, size=1, **self._options)

    def shut(self) -> None:
        """Close from a plain script: the pool, then the private loop."""
        self.run(self.close())
        if self._runner is not None:
            self._runner.close()
            self._runner = None
            self.pool.leave_loop()

    async def close(self) -> None:
        """Close the pool."""
        await self.pool.close()


class Upon:
    """Runs use cases of a store upon a stamp."""

    __slots__ = ("_stamp", "_store")

    def __init__(self, store: PostgresStore, stamp: Stamp | None) -> None:
        self._store, self._stamp = store, stamp

    async def read(self, use_case: ReadCase[P, T], tenant: str, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case as the store does."""
        return await self._store._twice(self._stamp, READING, tenant, None, use_case, args, kw)  # type: ignore[no-any-return]

    async def write(self, use_case: WriteCase[P, T], tenant: str, actor: Actor, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case as the store does."""
        return await self._store._twice(self._stamp, WRITING, tenant, actor, use_case, args, kw)  # type: ignore[no-any-return]
