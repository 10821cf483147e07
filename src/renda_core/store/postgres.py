"""PostgreSQL through asyncpg's prepared statements."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from renda_core.domain.case import Actor
from renda_core.errors import Misuse, Taken
from renda_core.store.compile import Plans
from renda_core.store.keys import Keys
from renda_core.store.unit import Event, ReadCase, Reader, Unit, WriteCase

T = TypeVar("T")
P = ParamSpec("P")

# The head row is the tenant's lock: taken here, in the last statement, and held only over COMMIT.
SEAL = """
WITH head AS (
  UPDATE journal_head SET seq = seq + 1, hash = sha256(hash || sha256(convert_to($2::text, 'UTF8')))
  WHERE tenant_id = $1::uuid RETURNING seq, hash
), entry AS (
  INSERT INTO journal (tenant_id, seq, entry, private, hash)
  SELECT $1::uuid, seq, $2::text, $6::text, hash FROM head RETURNING seq
), events AS (
  INSERT INTO outbox (tenant_id, id, seq, name, body)
  SELECT $1::uuid, e.id, entry.seq, e.name, e.body
  FROM entry, unnest($3::uuid[], $4::text[], $5::text[]) AS e(id, name, body)
) SELECT seq FROM entry
"""
RETRY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.InvalidCachedStatementError)


class Pool:
    """A stack of connections, handed back without a round trip.

    A clean connection goes back synchronously, so no cancellation can come between. One that is not known
    to be clean is rolled back by a task of the pool, or closed, before anyone else sees it.
    """

    def __init__(self, dsn: str, size: int, **options: Any) -> None:
        self._dsn, self._options = dsn, options
        self._free: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        self._tasks: set[asyncio.Task[None]] = set()
        for _ in range(size):
            self._free.put_nowait(None)  # opened at first use

    async def take(self) -> Any:
        """Borrow a connection, opening it if need be."""
        link = await self._free.get()
        if link is not None and not link.is_closed():
            return link
        try:
            link = await asyncpg.connect(
                self._dsn, statement_cache_size=1000, max_cached_statement_lifetime=0, **self._options
            )
            await link.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=json.loads)
        except BaseException:
            self._free.put_nowait(None)
            raise
        return link

    def give(self, link: Any, *, clean: bool) -> None:
        """Hand back; never waits."""
        if clean and not link.is_in_transaction():
            self._free.put_nowait(link)
            return
        task = asyncio.get_running_loop().create_task(self._mend(link))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _mend(self, link: Any) -> None:
        try:
            await link.execute("ROLLBACK", timeout=5)  # asyncpg first waits for a cancel request under way
        except BaseException:  # unknown state: close it
            link.terminate()
        self._free.put_nowait(link)

    async def close(self) -> None:
        """Close what is free; wait for what is being mended. A later use opens connections anew."""
        await asyncio.gather(*self._tasks)
        free = [self._free.get_nowait() for _ in range(self._free.qsize())]
        try:
            for link in free:
                if link is not None:
                    await link.close()
        finally:
            for _ in free:
                self._free.put_nowait(None)

    def leave_loop(self) -> None:
        """Forget the event loop of a closed pool, so that another may use it."""
        free, self._free = self._free, asyncio.LifoQueue()
        for _ in range(free.qsize()):
            self._free.put_nowait(None)


class PostgresLink:
    """One connection inside a transaction."""

    def __init__(self, plans: Plans, keys: Keys, raw: Any) -> None:
        self.plan: Plans = plans
        self.keys = keys
        self._raw = raw

    async def first(self, sql: str, args: tuple[Any, ...], /) -> Sequence[Any] | None:
        """Fetch one row."""
        return await self._raw.fetchrow(sql, *args)  # type: ignore[no-any-return]

    async def all(self, sql: str, args: tuple[Any, ...], /) -> Sequence[Sequence[Any]]:
        """Fetch every row."""
        return await self._raw.fetch(sql, *args)  # type: ignore[no-any-return]

    async def change(self, sql: str, args: tuple[Any, ...], /) -> int:
        """Run a change; answer how many rows it touched."""
        try:
            status: str = await self._raw.execute(sql, *args)
        except asyncpg.UniqueViolationError:  # its text quotes values, which may be personal
            raise Taken("this was written by someone else meanwhile; load it again") from None
        return int(status.rpartition(" ")[2])

    async def change_all(self, sql: str, rows: Sequence[tuple[Any, ...]], /) -> None:
        """Run one change over many rows."""
        try:
            await self._raw.executemany(sql, rows)  # pipelined; COPY is refused under row-level security
        except asyncpg.UniqueViolationError:
            raise Taken("this was written by someone else meanwhile; load it again") from None

    async def seal(self, tenant: UUID, entry: str, private: str | None, events: Sequence[Event], /) -> None:
        """Append to journal and outbox in one statement; the head row is the tenant's lock."""
        ids, names, bodies = zip(*events, strict=True) if events else ((), (), ())
        if await self._raw.fetchval(SEAL, tenant, entry, ids, names, bodies, private) is None:
            raise Misuse(f"tenant {tenant} has no journal head; it was never created here")


class PostgresStore:
    """Many tenants in one database; the tenant is set in the same message as BEGIN and dies with COMMIT."""

    def __init__(self, dsn: str, *, keys: Keys, now: Callable[[], dt.datetime], size: int = 10, **options: Any) -> None:
        """Name the database; connections are opened at first use, *size* at most."""
        self.plans = Plans(PGDialect_asyncpg())  # type: ignore[no-untyped-call]
        self.pool = Pool(dsn, size, **options)
        self._dsn, self._keys, self._now, self._options = dsn, keys, now, options
        self._runner: asyncio.Runner | None = None

    async def standing(self) -> str:
        """Say at which revision of the core the tables stand; nothing where there are none of ours."""
        raw = await self.pool.take()
        try:
            if await raw.fetchval("SELECT to_regclass('public.alembic_version')") is None:
                return ""
            held = [row[0] for row in await raw.fetch("SELECT version_num FROM alembic_version")]
            return next((number for number in held if number.startswith("core_")), "")
        finally:
            self.pool.give(raw, clean=True)

    def _link(self, raw: Any) -> PostgresLink:
        return PostgresLink(self.plans, self._keys, raw)

    async def read(self, use_case: ReadCase[P, T], tenant: str, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case that only reads; PostgreSQL itself refuses a write."""
        return await self._twice(
            "BEGIN READ ONLY", lambda raw: Reader(self._link(raw), tenant, self._now()), use_case, *args, **kw
        )

    async def write(self, use_case: WriteCase[P, T], tenant: str, actor: Actor, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case in one transaction, committed when it returns, rolled back when it raises."""
        return await self._twice(
            "BEGIN", lambda raw: Unit(self._link(raw), tenant, actor, self._now()), use_case, *args, **kw
        )

    async def _twice(
        self,
        begin: str,
        open_: Callable[[Any], Reader],
        use_case: Callable[..., Coroutine[Any, Any, T]],
        *args: Any,
        **kw: Any,
    ) -> T:
        """Run once more after a deadlock or under a table that was migrated meanwhile; both rolled back whole."""
        try:
            return await self._once(begin, open_, use_case, *args, **kw)
        except RETRY:
            return await self._once(begin, open_, use_case, *args, **kw)

    async def _once(
        self,
        begin: str,
        open_: Callable[[Any], Reader],
        use_case: Callable[..., Coroutine[Any, Any, T]],
        *args: Any,
        **kw: Any,
    ) -> T:
        raw = await self.pool.take()
        clean = False
        try:
            unit = open_(raw)
            await raw.execute(
                f"{begin};SET LOCAL app.tenant_id='{unit.uuid}'"
            )  # a UUID object: no quoting to get wrong
            result = await use_case(unit, *args, **kw)
            if isinstance(unit, Unit):
                await unit.finish()
            await raw.execute(unit.ending)
            clean = True
            return result
        finally:
            self.pool.give(raw, clean=clean)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Drive a use case from a plain script: one private loop, kept, so that connections stay open."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner.run(work)

    def apart(self) -> PostgresStore:
        """Give a store for another thread, with one connection of its own; whoever asked shuts it."""
        return PostgresStore(self._dsn, keys=self._keys, now=self._now, size=1, **self._options)

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
