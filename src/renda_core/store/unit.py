"""What a use case may do to storage: read, and, in a write unit, change, record and emit."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar
from uuid import UUID

import msgspec

from renda_core.domain.case import Actor
from renda_core.domain.sealed import Sealed
from renda_core.errors import Misuse, NotFound, Stale
from renda_core.store.codec import new_id
from renda_core.store.compile import Plan, Query, Write, pieces
from renda_core.store.keys import Keys

T = TypeVar("T")
P = ParamSpec("P")
Event = tuple[UUID, str, str]
"""Id, name, JSON body."""
_lines = msgspec.json.Encoder(order="deterministic")
START = bytes(32)
"""The hash before a tenant's first entry."""


_uuid = lru_cache(1_000)(UUID)
"""Reads the id of a tenant, which one process meets again and again."""


class Link(Protocol):
    """One borrowed connection inside one transaction of one tenant."""

    keys: Keys

    def plan(self, statement: Query[T] | Write, /) -> Plan[T]:
        """Compile a statement, once."""

    async def first(self, sql: str, args: tuple[Any, ...], /) -> Sequence[Any] | None:
        """Fetch one row."""

    async def all(self, sql: str, args: tuple[Any, ...], /) -> Sequence[Sequence[Any]]:
        """Fetch every row."""

    async def change(self, sql: str, args: tuple[Any, ...], /) -> int:
        """Run a change; answer how many rows it touched."""

    async def change_all(self, sql: str, rows: Sequence[tuple[Any, ...]], /) -> None:
        """Run one change over many rows."""

    async def seal(self, tenant: UUID, entry: str, private: str | None, events: Sequence[Event], /) -> None:
        """Append to journal and outbox: the last statement before COMMIT."""


class Reader:
    """Load records of one tenant. ``tenant_id`` is filled in here and cannot be passed."""

    ending = "COMMIT"
    """The statement with which the store ends the transaction where nothing went wrong."""

    def __init__(self, link: Link, tenant: str, now: dt.datetime) -> None:
        try:
            self.uuid = _uuid(tenant)
        except (ValueError, AttributeError, TypeError):
            raise Misuse(f"tenant must be a UUID, not {tenant!r}") from None
        self.tenant, self.now = str(self.uuid), now
        self._link = link

    async def find(self, query: Query[T], /, **values: Any) -> T | None:
        """Load the first row, or None."""
        plan = self._link.plan(query)
        values["tenant_id"] = self.uuid
        row = await self._link.first(plan.sql, plan.arguments(values))
        return None if row is None else plan.row(row)

    async def one(self, query: Query[T], /, **values: Any) -> T:
        """Load the first row, or raise ``NotFound``."""
        if (found := await self.find(query, **values)) is None:
            raise NotFound(f"no such {query.into.__name__}")
        return found

    async def all(self, query: Query[T], /, **values: Any) -> list[T]:
        """Load every row; the query bears the limit."""
        plan = self._link.plan(query)
        values["tenant_id"] = self.uuid
        return [plan.row(row) for row in await self._link.all(plan.sql, plan.arguments(values))]

    async def among(self, query: Query[T], name: str, values: Collection[Any], /, **rest: Any) -> list[T]:
        """Load the rows of many values at once, by a query that restricts a column with ``compile.among``."""
        return [row for piece in pieces(name, values) for row in await self.all(query, **piece, **rest)]

    def reveal(self, sealed: Sealed, field: str) -> str:
        """Open personal data of this tenant; whoever shows it must have a reason to."""
        return self._link.keys.open(sealed, tenant=self.tenant, field=field)

    def open_bytes(self, box: bytes, field: str) -> bytes:
        """Open what :meth:`Unit.seal_bytes` sealed for this field of this tenant."""
        return self._link.keys.open_bytes(box, tenant=self.tenant, field=field)

    def find_key(self, text: str, field: str) -> bytes:
        """Hash a personal value under the tenant's key, to look it up without opening anything."""
        return self._link.keys.index(text, tenant=self.tenant, field=field)


class Unit(Reader):
    """A reader that may also change things: one transaction, one journal entry, any number of events."""

    def __init__(self, link: Link, tenant: str, actor: Actor, now: dt.datetime) -> None:
        super().__init__(link, tenant, now)
        if not actor.id:
            raise Misuse("every change has an actor; a job is named job:<what it does>")
        self.actor = actor
        self._changed = False
        self._entry: tuple[str, str | None] | None = None
        self._events: list[Event] = []

    def hide(self, text: str, field: str) -> Sealed:
        """Seal personal data for one field of this tenant."""
        return self._link.keys.seal(text, tenant=self.tenant, field=field)

    def seal_bytes(self, raw: bytes, field: str) -> bytes:
        """Seal a file, or another piece of bytes, for one field of this tenant."""
        return self._link.keys.seal_bytes(raw, tenant=self.tenant, field=field)

    async def write(self, write: Write, /, **values: Any) -> int:
        """Run a change; answer how many rows it touched."""
        self._changed = True
        plan: Plan[Any] = self._link.plan(write)
        values["tenant_id"] = self.uuid
        return await self._link.change(plan.sql, plan.arguments(values))

    async def write_unrecorded(self, write: Write, /, **values: Any) -> int:
        """Run a change that has no journal entry.

        There are three: the cast of a secret ballot, whose time nothing may keep; and, as neither is a fact of the
        county's, the answer that is kept for a request which may come twice, and the count of a guest's wrong codes.
        """
        changed, self._changed = self._changed, False
        touched = await self.write(write, **values)
        self._changed = changed
        return touched

    async def save(self, write: Write, values: Mapping[str, Any], /, *, was: int) -> None:
        """Store a row over version *was* of it, or raise ``Stale``."""
        if await self.write(write, was=was, **values) == 0:
            raise Stale(f"{values['id']} was changed by someone else meanwhile; load it again", id=str(values["id"]))

    async def write_all(self, write: Write, rows: Iterable[Mapping[str, Any]], /) -> dict[str, object]:
        """Run one change over many rows; answer their count and digest, for the one journal entry."""
        self._changed = True
        plan: Plan[Any] = self._link.plan(write)
        whole = [{**row, "tenant_id": self.uuid} for row in rows]
        await self._link.change_all(plan.sql, [plan.arguments(row) for row in whole])
        return {"rows": len(whole), "digest": digest(whole)}

    async def write_many(self, write: Write, rows: Collection[Mapping[str, Any]], /) -> None:
        """Run one change over many rows, of which the caller keeps a :class:`Digest` for the journal."""
        self._changed = True
        plan: Plan[Any] = self._link.plan(write)
        await self._link.change_all(plan.sql, plan.many(rows, self.uuid))

    def rehearse(self) -> None:
        """Undo all of this use case at its end, though nothing went wrong: it only asks what would happen."""
        self.ending = "ROLLBACK"

    @property
    def rehearsing(self) -> bool:
        """Tell whether all of this use case will be undone."""
        return self.ending == "ROLLBACK"

    def record(
        self,
        what: str,
        /,
        *,
        on: str,
        version: int,
        rule: str,
        private: Mapping[str, str] | None = None,
        **body: Any,
    ) -> None:
        """Say, once, what this use case did; bulk use cases give a count and a digest of their rows.

        Args:
            rule: The step or rule that allowed it.
            private: Personal facts: kept beside the chain, which holds only their salted commitment.
        """
        if self._entry is not None:
            raise Misuse(f"a use case has one journal entry; second: {what}")
        told = canonical({"salt": secrets.token_hex(8), **private}) if private else None
        fields = {
            "id": new_id(),
            "at": self.now.isoformat(),
            "actor": self.actor.id,
            "what": what,
            "on": on,
            "version": version,
            "rule": rule,
            "body": body,
            "private": hashlib.sha256(told.encode()).hexdigest() if told else None,
        }
        self._entry = canonical(fields), told

    def emit(self, name: str, /, **body: object) -> None:
        """Queue an event; listeners hear it after commit."""
        self._events.append((UUID(new_id()), name, json.dumps(body, ensure_ascii=False)))

    async def finish(self) -> None:
        """Write journal and outbox as the last statement before commit; the store calls this."""
        if self.ending == "ROLLBACK":
            return
        if self._entry is not None:
            await self._link.seal(self.uuid, *self._entry, self._events)
        elif self._changed or self._events:
            raise Misuse("changed something without a journal entry")


class Digest:
    """A hash over rows as they are written, piece by piece, so that none need be kept for it."""

    def __init__(self) -> None:
        self._total = hashlib.sha256()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take rows in."""
        self._total.update(_lines.encode_lines(rows))

    def hexdigest(self) -> str:
        """Give the hash of all rows so far."""
        return self._total.hexdigest()


def digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """Hash rows as canonical lines, so that one journal entry vouches for many; equal on both back ends."""
    total = hashlib.sha256()
    for row in rows:
        total.update(json.dumps(row, ensure_ascii=False, sort_keys=True, default=str).encode() + b"\n")
    return total.hexdigest()


def canonical(fields: Mapping[str, object]) -> str:
    """Write the text that is stored verbatim and hashed, so no back end can reorder it."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_no)


def _no(value: object) -> str:
    raise Misuse(f"a journal body holds plain JSON values, not {type(value).__name__}")


def chain(previous: bytes, entry: str) -> bytes:
    """Hash one entry onto its predecessor."""
    return hashlib.sha256(previous + hashlib.sha256(entry.encode()).digest()).digest()


ReadCase = Callable[Concatenate[Reader, P], Coroutine[Any, Any, T]]
WriteCase = Callable[Concatenate[Unit, P], Coroutine[Any, Any, T]]


class Store(Protocol):
    """Runs use cases: ``await store.write(service, tenant, actor, command)``."""

    async def read(self, use_case: ReadCase[P, T], tenant: str, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case that only reads; the database itself refuses a write."""

    async def write(self, use_case: WriteCase[P, T], tenant: str, actor: Actor, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case in one transaction, committed when it returns, rolled back when it raises."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Drive a use case from a plain script."""

    def apart(self) -> Store:
        """Give a store of the same data for another thread; that thread shuts it when it is done."""

    def shut(self) -> None:
        """Close from a plain script."""
