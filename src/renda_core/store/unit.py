"""What a use case may do to storage: read, and, in a write unit, change, record and emit."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import Insert

from renda_core.domain.case import Actor
from renda_core.domain.sealed import Sealed
from renda_core.errors import Misuse, NotFound, Stale
from renda_core.store.chaining import canonical, digest
from renda_core.store.codec import new_id
from renda_core.store.compile import Plan, Query, Write, pieces
from renda_core.store.folding import bound, folded
from renda_core.store.keyed import Keyed
from renda_core.store.link import Beside, Event, Held, Link

T = TypeVar("T")
P = ParamSpec("P")


@lru_cache(1_000)
def _read(tenant: str) -> tuple[UUID, str]:
    """Read the id of a tenant, which one process meets again and again; give it as it is always written, too."""
    id = UUID(tenant)
    return id, str(id)


class Reader:
    """Load records of one tenant. ``tenant_id`` is filled in here and cannot be passed."""

    ending = "COMMIT"
    """The statement with which the store ends the transaction where nothing went wrong."""

    def __init__(self, link: Link, tenant: str, now: dt.datetime) -> None:
        try:
            self._uuid, self._tenant = _read(tenant)
        except (ValueError, AttributeError, TypeError):
            raise Misuse(f"tenant must be a UUID, not {tenant!r}") from None
        self._link, self.now = link, now
        self._keyed: Keyed | None = None
        self._held: Held | None = None
        self.stands = False
        """Whether the stamp that the transaction was opened upon still stands."""

    @property
    def link(self) -> Link:
        """The connection itself, for whoever carries whole tables; a use case asks and writes by statements."""
        return self._link

    @property
    def uuid(self) -> UUID:
        """The tenant, fixed for the whole transaction."""
        return self._uuid

    @property
    def tenant(self) -> str:
        """The tenant's id as text, fixed for the whole transaction."""
        return self._tenant

    async def find(self, query: Query[T], /, **values: Any) -> T | None:
        """Load the first row, or None."""
        if self._held is not None:
            await self.settle()
        plan = self._link.plan(query)
        values["tenant_id"] = self._uuid
        row = await self._link.first(plan.sql, plan.arguments(values))
        for other in self._keyed.others(values) if row is None and self._keyed else ():
            row = row or await self._link.first(plan.sql, plan.arguments(other))
        return None if row is None else plan.row(row)

    async def one(self, query: Query[T], /, **values: Any) -> T:
        """Load the first row, or raise ``NotFound``."""
        if (found := await self.find(query, **values)) is None:
            raise NotFound(f"no such {query.into.__name__}")
        return found

    async def all(self, query: Query[T], /, **values: Any) -> list[T]:
        """Load every row; the query bears the limit."""
        rows = await self._rows(query, values)
        for other in self._keyed.others(values) if self._keyed else ():
            rows += [row for row in await self._rows(query, other) if row not in rows]
        return rows

    async def _rows(self, query: Query[T], values: dict[str, Any]) -> list[T]:
        if self._held is not None:
            await self.settle()
        plan = self._link.plan(query)
        values["tenant_id"] = self._uuid
        return [plan.row(row) for row in await self._link.all(plan.sql, plan.arguments(values))]

    async def among(self, query: Query[T], name: str, values: Collection[Any], /, **rest: Any) -> list[T]:
        """Load the rows of many values at once, by a query that restricts a column with ``compile.among``."""
        values = self._keyed.many(list(values)) if self._keyed else values
        return [row for piece in pieces(name, values) for row in await self._rows(query, {**piece, **rest})]

    async def settle(self) -> None:
        """Do what waits to be done together with something else; a reader has nothing."""

    def reveal(self, sealed: Sealed, field: str) -> str:
        """Open personal data of this tenant; whoever shows it must have a reason to."""
        return self._link.keys.open(sealed, tenant=self.tenant, field=field)

    def open_bytes(self, box: bytes, field: str) -> bytes:
        """Open what :meth:`Unit.seal_bytes` sealed for this field of this tenant."""
        return self._link.keys.open_bytes(box, tenant=self.tenant, field=field)

    def find_key(self, text: str, field: str) -> bytes:
        """Hash a personal value under the tenant's key, to look it up; what an older key hashed is found by it, too."""
        return self._hashes().key(text, field)

    def key_now(self, stored: bytes | None) -> bytes | None:
        """Give the present hash for one that was found stored, perhaps made under an older key."""
        return self._keyed.now(stored) if stored and self._keyed else stored

    def is_key_of(self, stored: bytes, text: str, field: str) -> bool:
        """Tell whether a stored hash is that of a text, under whichever key it was made."""
        return self._hashes().same(stored, text, field)

    def _hashes(self) -> Keyed:
        self._keyed = self._keyed or Keyed(self._link.keys, self.tenant)
        return self._keyed


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
        if self._held is not None:
            await self.settle()
        self._changed = True
        plan: Plan[Any] = self._link.plan(write)
        values["tenant_id"] = self._uuid
        touched = await self._link.change(plan.sql, plan.arguments(values))
        if self._keyed and not touched and not isinstance(write.source, Insert):
            for other in self._keyed.others(values):
                touched = touched or await self._link.change(plan.sql, plan.arguments(other))
        return touched

    async def write_unrecorded(self, write: Write, /, **values: Any) -> int:
        """Run a change that has no journal entry.

        The cast of a secret ballot, whose time nothing may keep; and what is no fact of the county's: kept answers,
        tickets, wrong tries, when a session was last used, files on their way. A test lists the modules that may.
        """
        changed, self._changed = self._changed, False
        touched = await self.write(write, **values)
        self._changed = changed
        return touched

    async def save(self, write: Write, values: Mapping[str, Any], /, *, was: int) -> None:
        """Store a row over version *was* of it, or raise ``Stale``."""
        if await self.write(write, was=was, **values) == 0:
            raise Stale(f"{values['id']} was changed by someone else meanwhile; load it again", id=str(values["id"]))

    async def save_with(self, write: Write, values: Mapping[str, Any], beside: Beside, /, *, was: int | None) -> None:
        """Store a row with what stands beside it in other tables.

        On a far server it waits for what comes next: for the journal entry, with which it makes one journey, or for
        anything else that is asked or done before. What is wrong with it is told then.

        Args:
            was: The version over which it is stored; None where it is new.

        Raises:
            Stale: There is no such version any more.
        """
        await self.settle()
        held = Held(write, {**values, "tenant_id": self._uuid, "was": was}, beside, was)
        if self._link.far:
            self._changed, self._held = True, held
            return
        self._stored(held, await self.write(write, was=was, **values))
        for other, rows in beside:
            await self.write_many(other, rows)

    async def settle(self) -> None:
        """Do what waits to be done together with something else."""
        if (held := self._held) is not None:
            self._held = None
            plan: Plan[Any] = self._link.plan(folded(held.first, tuple(other for other, _ in held.beside)))
            values = {**held.values, **bound(held.beside)}
            self._stored(held, await self._link.change(plan.sql, plan.arguments(values)))

    def _stored(self, held: Held, touched: int) -> None:
        if held.was is not None and not touched:
            id = str(held.values["id"])
            raise Stale(f"{id} was changed by someone else meanwhile; load it again", id=id)

    async def write_all(self, write: Write, rows: Iterable[Mapping[str, Any]], /) -> dict[str, object]:
        """Run one change over many rows; answer their count and digest, for the one journal entry."""
        await self.settle()
        self._changed = True
        plan: Plan[Any] = self._link.plan(write)
        whole = [{**row, "tenant_id": self.uuid} for row in rows]
        await self._link.change_all(plan.sql, [plan.arguments(row) for row in whole])
        return {"rows": len(whole), "digest": digest(whole)}

    async def write_many(self, write: Write, rows: Collection[Mapping[str, Any]], /) -> None:
        """Run one change over many rows, of which the caller keeps a :class:`Digest` for the journal."""
        await self.settle()
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
            await self.settle()  # so that what is wrong with it is told
        elif self._entry is not None:
            held, self._held = self._held, None
            touched = await self._link.seal(self.uuid, *self._entry, self._events, held)
            if held is not None:
                self._stored(held, touched)
        elif self._changed or self._events:
            raise Misuse("changed something without a journal entry")
