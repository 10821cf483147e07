"""SQLite inline: a use case runs from BEGIN to COMMIT without ever giving up the thread."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
import threading
import time
import warnings
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy.dialects.sqlite import dialect

from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, Misuse, Taken
from renda_core.store.chaining import chain
from renda_core.store.compile import Plans
from renda_core.store.keys import Keys
from renda_core.store.link import Event, Held, refuse_headless, sent_away
from renda_core.store.stamps import Stamp
from renda_core.store.stores import ReadCase, WriteCase
from renda_core.store.unit import Reader, Unit

T = TypeVar("T")
P = ParamSpec("P")
CACHE = 16_384
"""KiB of pages that a connection keeps at hand; with SQLite's own 2 MiB, a long import writes every page many times."""
SOUND = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""SQLite releases from which on (or in whose line) the WAL-reset defect is mended."""

BROKEN = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_BUSY: "another process has the file",
    sqlite3.SQLITE_NOMEM: "memory is used up",
}
"""What a transaction is undone by where neither it nor who asked is at fault. Source: sqlite.org, Result Codes."""


def sound(version: tuple[int, ...]) -> bool:
    """Tell whether this SQLite is free of the WAL-reset defect, which two writing processes can meet."""
    return version >= SOUND[0] or any(version[:2] == fixed[:2] and version >= fixed for fixed in SOUND[1:])


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends; one that does is a defect and is ended."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    work.close()
    raise Misuse("a use case may await nothing but its unit")


def _told(error: sqlite3.IntegrityError) -> Exception:
    """Give our own error for a key that is taken; its text names columns only, never a value."""
    if error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE):
        return Taken("this was written by someone else meanwhile; load it again")
    return error


def _broken(error: sqlite3.Error, *, ending: bool) -> Exception:
    """Give our own error where the machine is at fault; its text names no value."""
    why = BROKEN.get(error.sqlite_errorcode & 0xFF)
    return error if why is None else sent_away(why, ending=ending)


class Rows:
    """Rows that are fetched some at a time."""

    def __init__(self, raw: sqlite3.Cursor) -> None:
        self._raw = raw

    async def fetch(self, n: int, /) -> Sequence[Sequence[Any]]:
        """Fetch the next rows, at most *n*; none at the end."""
        return self._raw.fetchmany(n)


class SqliteLink:
    """One connection inside a transaction."""

    dialect = "sqlite"
    far = False

    def __init__(self, plans: Plans, keys: Keys, raw: sqlite3.Connection) -> None:
        self.plan: Plans = plans
        self.keys = keys
        self._raw = raw

    @property
    def _line(self) -> sqlite3.Connection:
        """The connection, while it is in a transaction."""
        if not self._raw.in_transaction:
            raise Misuse("a unit was used outside its transaction")
        return self._raw

    async def first(self, sql: str, args: tuple[Any, ...], /) -> Sequence[Any] | None:
        """Fetch one row."""
        return self._line.execute(sql, args).fetchone()  # type: ignore[no-any-return]

    async def all(self, sql: str, args: tuple[Any, ...], /) -> Sequence[Sequence[Any]]:
        """Fetch every row."""
        return self._line.execute(sql, args).fetchall()

    async def cursor(self, sql: str, args: tuple[Any, ...], /) -> Rows:
        """Begin to fetch rows some at a time, however many there are."""
        return Rows(self._line.execute(sql, args))

    async def change(self, sql: str, args: tuple[Any, ...], /) -> int:
        """Run a change; answer how many rows it touched."""
        try:
            touched = self._line.execute(sql, args).rowcount
        except sqlite3.IntegrityError as error:
            raise _told(error) from None
        if touched < 0:
            raise Misuse("of a change that begins with WITH, SQLite tells no number of rows; write it with a subquery")
        return touched

    async def change_all(self, sql: str, rows: Sequence[tuple[Any, ...]], /) -> None:
        """Run one change over many rows."""
        try:
            self._line.executemany(sql, rows)
        except sqlite3.IntegrityError as error:
            raise _told(error) from None

    async def seal(
        self, tenant: UUID, entry: str, private: str | None, events: Sequence[Event], held: Held | None, /
    ) -> int:
        """Append to journal and outbox; the file's own lock keeps the chain in order."""
        key = tenant.bytes
        head = self._line.execute("SELECT seq, hash, shut FROM journal_head WHERE tenant_id = ?", (key,)).fetchone()
        if head is None or head[2]:
            refuse_headless(tenant, None if head is None else bool(head[2]))
        seq, hashed = head[0] + 1, chain(head[1], entry)
        self._raw.execute("UPDATE journal_head SET seq = ?, hash = ? WHERE tenant_id = ?", (seq, hashed, key))
        self._raw.execute(
            "INSERT INTO journal (tenant_id, seq, entry, private, hash) VALUES (?, ?, ?, ?, ?)",
            (key, seq, entry, private, hashed),
        )
        rows = [(key, id.bytes, seq, name, body) for id, name, body in events]
        self._raw.executemany("INSERT INTO outbox (tenant_id, id, seq, name, body) VALUES (?, ?, ?, ?, ?)", rows)
        return 1


class SqliteStore:
    """One file, one tenant. Each thread has its own reader and writer connection."""

    def __init__(
        self,
        path: str | Path,
        *,
        keys: Keys,
        now: Callable[[], dt.datetime],
        patience: float = 10.0,
        synchronous: str = "FULL",
    ) -> None:
        """Name the file; connections are opened at first use.

        Args:
            patience: Seconds that a writer waits for another before it gives up.
            synchronous: ``FULL`` survives a power cut; ``NORMAL`` only a crash of the process.
        """
        self.plans = Plans(dialect())
        self._path, self._patience, self._now, self._synchronous = str(path), patience, now, synchronous
        self.keys = keys
        self._local = threading.local()
        if not sound(sqlite3.sqlite_version_info):
            told = f"SQLite {sqlite3.sqlite_version} has the WAL-reset defect: let one process only write this file"
            warnings.warn(told, RuntimeWarning, stacklevel=2)

    def _open(self, role: str) -> sqlite3.Connection:
        try:
            return self._opened(role)
        except sqlite3.OperationalError as error:
            raise _broken(error, ending=False) from error

    def _opened(self, role: str) -> sqlite3.Connection:
        raw: sqlite3.Connection | None = getattr(self._local, role, None)
        if raw is None:
            if not Path(self._path).exists():
                raise ConfigError("no data here", f"{self._path} does not exist; make it: renda init")
            raw = sqlite3.connect(self._path, isolation_level=None, timeout=self._patience, cached_statements=1000)
            if raw.execute("PRAGMA journal_mode").fetchone() != ("wal",):  # set once, when the file is made
                raise ConfigError("not a renda file", f"{self._path} is not in WAL mode; make it: renda init")
            raw.execute(f"PRAGMA synchronous={self._synchronous}")
            raw.execute("PRAGMA foreign_keys=ON")
            raw.execute(f"PRAGMA cache_size=-{CACHE}")
            raw.execute("PRAGMA secure_delete=ON")  # what is erased leaves no trace in free pages
            raw.execute("PRAGMA busy_timeout=0" if role == "writer" else "PRAGMA query_only=ON")
            setattr(self._local, role, raw)
        return raw

    async def read(self, use_case: ReadCase[P, T], tenant: str, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case that only reads, on a snapshot; SQLite itself refuses a write."""
        raw = self._open("reader")
        raw.execute("BEGIN")
        return self._finish(
            raw, lambda: self._body(Reader(self._link(raw), tenant, self._now()), use_case, *args, **kw)
        )

    def _link(self, raw: sqlite3.Connection) -> SqliteLink:
        return SqliteLink(self.plans, self.keys, raw)

    async def write(self, use_case: WriteCase[P, T], tenant: str, actor: Actor, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case in one transaction. Waiting for the file happens before BEGIN, never inside."""
        raw = self._open("writer")
        until = time.monotonic() + self._patience
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise _broken(error, ending=False) from error
            await self._pause(0.002)
        return self._finish(
            raw, lambda: self._body(Unit(self._link(raw), tenant, actor, self._now()), use_case, *args, **kw)
        )

    async def _body(
        self, unit: Reader, use_case: Callable[..., Coroutine[Any, Any, T]], *args: Any, **kw: Any
    ) -> tuple[T, str]:
        result = await use_case(unit, *args, **kw)
        if isinstance(unit, Unit):
            await unit.finish()
        return result, unit.ending

    def _finish(self, raw: sqlite3.Connection, work: Callable[[], Coroutine[Any, Any, tuple[T, str]]]) -> T:
        ending = ""
        try:
            result, ending = drive(work())
            raw.execute(ending)
            return result
        except sqlite3.OperationalError as error:
            raw.rollback()
            raise _broken(error, ending=bool(ending)) from error
        except BaseException:
            raw.rollback()
            raise

    async def _pause(self, seconds: float) -> None:
        if getattr(self._local, "plain", False):
            time.sleep(seconds)
        else:
            await asyncio.sleep(seconds)

    def upon(self, stamp: Stamp | None) -> SqliteStore:
        """Give itself: rows have no numbered versions here, and a question is no journey."""
        return self

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Drive a use case from a plain script: no event loop at all."""
        self._local.plain = True
        try:
            return drive(work)
        finally:
            self._local.plain = False

    def apart(self) -> SqliteStore:
        """Give the store for another thread: this one, whose connections are each thread's own."""
        return self

    def shut(self) -> None:
        """Close from a plain script."""
        self.close()

    def close(self) -> None:
        """Close this thread's connections."""
        for role in ("reader", "writer"):
            if (raw := self._local.__dict__.pop(role, None)) is not None:
                raw.close()
