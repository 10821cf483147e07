"""Witnesses of a journal (存证): its signed head, kept where the journal's own keeper cannot write.

A tenant's head is signed with a key that is derived for it alone and is not in the database. It goes into a file, or to
another tenant, e.g. the city, by a message: no transaction ever reaches two tenants.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, Rejected
from renda_core.services import journal, journal_file
from renda_core.services.journal import PAGE
from renda_core.services.lookups import is_id
from renda_core.store import witnesses as w
from renda_core.store.chaining import START
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.store.witnesses import WitnessRow
from renda_core.tenancy import Tenant

CARRIER = Actor(id="job:witness", roles={"office"})
READING = frozenset({"office", "overseer", "auditor"})
TAKING = frozenset({"office", "auditor"})
FIRST = "office"
"""Who takes the first head of a tenant, and with it its key; whoever brings later ones proves nothing but that key."""
MOST_KEYS = 16
"""Signatures under one head; a service has one key, and one more for each that was made anew."""
HIGHEST = 2_000_000_000
AHEAD = dt.timedelta(days=1)
"""How far a sender's clock may be ahead of ours."""


@attrs.frozen(kw_only=True)
class Statement:
    """A head as it is witnessed.

    Attributes:
        hash: In hex, as every key and signature.
        at: When it was signed.
        signatures: By key: the tenant's own, and each that it had before and is still there.
    """

    tenant: str
    seq: int
    hash: str
    at: str
    signatures: Mapping[str, str]

    def line(self) -> str:
        """Write it as a line of a witness file."""
        return json.dumps(attrs.asdict(self), sort_keys=True, ensure_ascii=False)


@attrs.frozen(kw_only=True)
class Kept:
    """A head that was received, and when."""

    tenant: str
    seq: int
    hash: str
    at: str
    signatures: Mapping[str, str]
    received_at: dt.datetime

    @property
    def statement(self) -> Statement:
        """Give it as it was sent."""
        told = attrs.asdict(self, filter=lambda field, _: field.name != "received_at")
        return Statement(**told)


async def signed(store: Store, tenant: str) -> Statement:
    """Sign a tenant's head as it stands now."""
    head, at = await store.read(_head, tenant)
    return _signed(store, tenant, head, at)


async def passes(reader: Reader, seq: int, hash: bytes) -> bool:
    """Tell whether the journal has this very entry; the rest of it is for :func:`journal.verify` to say."""
    if seq == 0:
        return hash == START
    found = await journal.entries(reader, after=seq - 1, size=1)
    return bool(found) and (found[0].seq, found[0].hash) == (seq, hash)


async def write(store: Store, tenant: str, path: Path) -> Statement | None:
    """Add the head to a witness file, on the disk when this returns; None where the file has it already.

    Raises:
        Rejected: The journal no longer passes through the last head of this tenant in the file.
    """
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    mine = [one for one in journal_file.heads(lines) if one["tenant"] == tenant]
    made = await signed(store, tenant)
    if mine:
        last = mine[-1]
        await _refuse_other_past(store, tenant, last["seq"], str(last["hash"]), str(path))
        if last["seq"] == made.seq:
            return None
    with path.open("a", encoding="utf-8") as file:
        file.write(made.line() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return made


async def take(unit: Unit, _: object, given: Statement) -> bool:
    """Keep the head of another tenant's journal; tell whether it is new.

    Raises:
        NotAllowed: The asker takes none, or not the first of a tenant.
        Invalid: It is no head.
        Rejected: It is not signed by the key that signed before, goes back, or contradicts one that is here.
    """
    if not unit.actor.roles & TAKING:
        raise NotAllowed(f"heads are taken by {', '.join(sorted(TAKING))}")
    hash, at = _read(unit, given)
    by = journal_file.signers(attrs.asdict(given))
    if not by:
        raise Rejected("the head was not taken", "none of its signatures holds")
    newest = await unit.find(w.NEWEST, whose=given.tenant)
    if newest is None and FIRST not in unit.actor.roles:
        raise NotAllowed(f"the first head of a tenant is taken by {FIRST}, who knows its key from elsewhere")
    if newest is not None:
        if not by & journal_file.signers(json.loads(newest.statement)):
            raise Rejected("the head was not taken", "another key signed the heads before it")
        if (same := await unit.find(w.ONE, whose=given.tenant, seq=given.seq)) is not None:
            if same.hash == hash:
                return False
            told = f"entry {given.seq} was witnessed at {same.written_at.isoformat()} with another hash"
            raise Rejected("the head was not taken", f"it contradicts: {told}")
        if given.seq < newest.seq:
            raise Rejected("the head was not taken", f"it goes back: entry {newest.seq} was witnessed already")
    row = WitnessRow(
        whose=given.tenant, seq=given.seq, hash=hash, written_at=at, statement=given.line(), received_at=unit.now
    )
    await unit.write(w.ADD, **attrs.asdict(row))
    unit.record("witness.taken", on=given.tenant, version=0, rule="witness", seq=given.seq, hash=given.hash)
    return True


async def since(county: Store, whose: str, last: WitnessRow | None, where: str) -> Statement:
    """Sign a tenant's head for a witness that has *last*.

    Raises:
        Rejected: The journal no longer passes through it: somebody changed the journal.
    """
    if last is not None:
        await _refuse_other_past(county, whose, last.seq, last.hash.hex(), where)
    return await signed(county, whose)


async def newest(reader: Reader, whose: str) -> WitnessRow | None:
    """Give the newest head of a tenant that is kept here."""
    return await reader.find(w.NEWEST, whose=whose)


async def carry(county: Store, whose: str, city: Store, keeper: str, where: str) -> Statement | None:
    """Bring a tenant's head to its witness: read in its own transaction, kept in the witness's; None where it has it.

    Raises:
        Rejected: As :func:`since`.
    """
    last = await city.read(newest, keeper, whose)
    made = await since(county, whose, last, where)
    return made if await city.write(take, keeper, CARRIER, None, made) else None


async def kept(
    reader: Reader, _: Tenant, actor: Actor, whose: str = "", after: str = "", size: int = 50
) -> tuple[Kept, ...]:
    """List the heads of one tenant in order, after entry *after*; or the newest of each, after the id *after*."""
    if not actor.roles & READING:
        raise NotAllowed(f"heads are read by {', '.join(sorted(READING))}")
    if whose:
        if after and not after.isdecimal():
            raise Invalid("after: the number of an entry", field="after")
        rows = await reader.all(w.OF, whose=whose, after=min(int(after or 0), HIGHEST), size=size)
    else:
        if after and not is_id(after):
            raise Invalid("after: the id of a tenant", field="after")
        rows = await reader.all(w.LATEST, after=after or str(UUID(int=0)), size=size)
    return tuple(Kept(**json.loads(row.statement), received_at=row.received_at) for row in rows)


def export(store: Store, tenant: str, *, private: bool = False) -> Iterator[str]:
    """Write a journal as lines that :mod:`renda_core.services.journal_file` checks, from a plain script.

    The head is read first: what is written meanwhile is not in the file.

    Args:
        private: Give the personal parts too.
    """
    made = store.run(signed(store, tenant))
    yield json.dumps({"format": journal_file.JOURNAL, "tenant": tenant}, ensure_ascii=False)
    seq = 0
    while seq < made.seq:
        lines = store.run(store.read(journal.entries, tenant, after=seq, size=min(PAGE, made.seq - seq)))
        for line in lines:
            told: dict[str, Any] = {"seq": line.seq, "entry": line.entry, "hash": line.hash.hex()}
            yield json.dumps(told | ({"private": line.private} if private else {}), ensure_ascii=False)
        if not lines:  # the end was cut off, which the check will say
            break
        seq = lines[-1].seq
    yield json.dumps({"head": attrs.asdict(made)}, ensure_ascii=False, sort_keys=True)


def _signed(store: Store, tenant: str, head: journal.Head, at: dt.datetime) -> Statement:
    told: dict[str, Any] = {"tenant": tenant, "seq": head.seq, "hash": head.hash.hex(), "at": at.isoformat()}
    said = journal_file.said(told)
    by = {key.public_key().public_bytes_raw().hex(): key.sign(said).hex() for key in store.keys.signers(tenant)}
    return Statement(**told, signatures=by)


async def _head(reader: Reader) -> tuple[journal.Head, dt.datetime]:
    return await reader.one(journal.HEAD), reader.now


async def _refuse_other_past(store: Store, tenant: str, seq: int, hash: str, where: str) -> None:
    if not await store.read(passes, tenant, seq, bytes.fromhex(hash)):
        told = f"{where} has entry {seq} with another hash; export the journal and check it: renda journal check"
        raise Rejected("the journal was changed since it was witnessed", told)


def _read(unit: Unit, given: Statement) -> tuple[bytes, dt.datetime]:
    """Read a head that came from elsewhere; what it means is not looked at yet."""
    try:
        hash, at = bytes.fromhex(given.hash), dt.datetime.fromisoformat(given.at)
    except ValueError:
        raise Invalid("this is no head: its hash or its time cannot be read", field="hash") from None
    fits = is_id(given.tenant) and given.hash == hash.hex() and len(hash) == len(START) and at.tzinfo is not None
    if not fits or not 0 <= given.seq <= HIGHEST or not 0 < len(given.signatures) <= MOST_KEYS:
        raise Invalid("this is no head of a journal", field="tenant")
    if given.tenant == unit.tenant:
        raise Invalid("a journal is not its own witness", field="tenant")
    if at > unit.now + AHEAD:
        raise Invalid("it was signed in the future; set the clocks", field="at")
    return hash, at
