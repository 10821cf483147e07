"""Connections to PostgreSQL: a few of them, lent in turn, none for too long, and none handed on unclean."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import uuid4

import asyncpg

from renda_core.errors import ConfigError, Unavailable
from renda_core.store.link import AGAIN

PATIENCE = 10.0
"""Seconds that a request waits for a connection, and a connection for the server, before it is told to come again."""
AGE = 1_800.0
"""Seconds after which a connection is opened anew: what a server's process gathers, it gives back at its end."""
POOLER = "pooler"
"""What a DSN says of a pooler before the database: ``?pooler=transaction``."""
PLAIN = {"statement_cache_size": 1000, "max_cached_statement_lifetime": 0}
POOLED = {"statement_cache_size": 0}
"""A pooler may hand each transaction to another server process, which knows no statement prepared before."""
BROKEN = (
    asyncpg.PostgresConnectionError,  # the line broke
    asyncpg.OperatorInterventionError,  # the server stops, or the statement took longer than the role may
    asyncpg.InsufficientResourcesError,  # disk, memory or the server's connections are used up
    asyncpg.PostgresSystemError,  # its disk cannot be read or written
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,  # the server took its leave before we asked
)
"""What a transaction is rolled back by where neither it nor who asked is at fault."""
GONE = (OSError, TimeoutError, *BROKEN)
"""What opening a connection fails with where nothing is wrong with who asks."""


class Line(asyncpg.Connection):  # type: ignore[misc,type-arg,unused-ignore]
    """A connection that knows since when it is open, and whether what every request asks is prepared on it."""

    __slots__ = ("prepared", "since")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.since, self.prepared = time.monotonic(), False

    def _get_unique_id(self, prefix: str) -> str:
        """Name a cursor's statement so that no other client of a pooler has the name."""
        return f"__renda_{prefix}_{uuid4().hex}"


def address(dsn: str) -> tuple[str, bool]:
    """Split a DSN into what the driver takes, and whether a pooler in transaction mode stands before the database.

    Raises:
        ConfigError: It names another kind of pooler.
    """
    place, _, query = dsn.partition("?")
    asked = query.split("&") if query else []
    told = {part.partition("=")[2] for part in asked if part.partition("=")[0] == POOLER}
    if not told:
        return dsn, False
    if told != {"transaction"}:
        raise ConfigError("the DSN cannot be used", f"write {POOLER}=transaction, or leave {POOLER} out")
    rest = "&".join(part for part in asked if part.partition("=")[0] != POOLER)
    return f"{place}?{rest}" if rest else place, True


async def connect(dsn: str, **options: Any) -> Any:
    """Open one connection, as the DSN says; nothing is set for its session."""
    place, pooled = address(dsn)
    chosen = {"timeout": PATIENCE, **(POOLED if pooled else PLAIN), **options}
    return await asyncpg.connect(place, connection_class=Line, **chosen)


class Pool:
    """A stack of connections, handed back without a round trip.

    A clean connection goes back synchronously, so no cancellation can come between. One that is not known
    to be clean is rolled back by a task of the pool, or closed, before anyone else sees it.
    """

    def __init__(self, dsn: str, size: int, *, patience: float = PATIENCE, age: float = AGE, **options: Any) -> None:
        """Name the database.

        Args:
            patience: Seconds to wait for a connection.
            age: Seconds after which a connection is opened anew.
            options: For the driver.
        """
        self._dsn, self._options = dsn, options
        self.pooled = address(dsn)[1]
        self._patience, self._age = patience, age
        self._free: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        self._tasks: set[asyncio.Task[None]] = set()
        for _ in range(size):
            self._free.put_nowait(None)  # opened at first use

    async def take(self) -> Any:
        """Borrow a connection, opening it if need be.

        Raises:
            Unavailable: All are lent, or the server does not answer.
        """
        link = await self._next()
        if link is not None and not link.is_closed():
            if time.monotonic() - link.since < self._age:
                return link
            self._start(self._close(link))
        try:
            return await connect(self._dsn, **self._options)
        except GONE as error:
            self._free.put_nowait(None)
            told = f"the database does not answer ({type(error).__name__}); nothing was done"
            raise Unavailable(told, retry_after=AGAIN) from error
        except BaseException:
            self._free.put_nowait(None)
            raise

    async def _next(self) -> Any:
        if not self._free.empty():
            return self._free.get_nowait()
        try:
            async with asyncio.timeout(self._patience):
                return await self._free.get()
        except TimeoutError:
            raise Unavailable("too many ask at once; nothing was done", retry_after=AGAIN) from None

    def give(self, link: Any, *, clean: bool) -> None:
        """Hand back; never waits."""
        if clean and not link.is_in_transaction():
            self._free.put_nowait(link)
            return
        self._start(self._mend(link))

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _mend(self, link: Any) -> None:
        try:
            await link.execute("ROLLBACK", timeout=5)  # asyncpg first waits for a cancel request under way
        except BaseException:  # unknown state: close it
            link.terminate()
        self._free.put_nowait(link)

    async def _close(self, link: Any) -> None:
        try:
            await link.close(timeout=5)
        except (*GONE, asyncpg.PostgresError, asyncpg.InterfaceError):  # it is gone either way
            link.terminate()

    async def close(self) -> None:
        """Close what is free; wait for what is being mended. A later use opens connections anew."""
        await asyncio.gather(*self._tasks)
        free = [self._free.get_nowait() for _ in range(self._free.qsize())]
        try:
            for link in free:
                if link is not None:
                    await self._close(link)
        finally:
            for _ in free:
                self._free.put_nowait(None)

    def leave_loop(self) -> None:
        """Forget the event loop of a closed pool, so that another may use it."""
        free, self._free = self._free, asyncio.LifoQueue()
        for _ in range(free.qsize()):
            self._free.put_nowait(None)
