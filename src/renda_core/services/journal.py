"""Read and verify the journal: a hash chain that names its first entry that does not fit."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable

import attrs
from sqlalchemy import Integer, bindparam, select, update

from renda_core.store import tables as t
from renda_core.store.chaining import START, chain
from renda_core.store.compile import Query, Write, keyed
from renda_core.store.unit import Reader, Unit

PAGE = 1_000
_j = t.journal


@attrs.frozen(kw_only=True)
class Line:
    """One entry as stored."""

    seq: int
    entry: str
    private: str | None
    hash: bytes


@attrs.frozen(kw_only=True)
class Head:
    """Where the chain ends: print it, witness it, compare it later."""

    seq: int
    hash: bytes


@attrs.frozen(kw_only=True)
class Newest:
    """The head, and when its entry was written; never, before the first."""

    seq: int
    hash: bytes
    at: dt.datetime | None


@attrs.frozen(kw_only=True)
class Verified:
    """What a check of the whole chain found: *broken* is the first entry that does not fit, 0 for none."""

    entries: int
    broken: int
    why: str
    head: str

    @property
    def whole(self) -> bool:
        """Tell whether every entry fits."""
        return self.broken == 0


LINES = Query(
    select(_j.c.seq, _j.c.entry, _j.c.private, _j.c.hash)
    .where(*keyed(_j), _j.c.seq > bindparam("after", type_=Integer()))
    .order_by(_j.c.seq)
    .limit(bindparam("size", type_=Integer())),
    Line,
)
HEAD = Query(select(t.journal_head.c.seq, t.journal_head.c.hash).where(*keyed(t.journal_head)), Head)
ERASE = Write(update(_j).where(*keyed(_j, "seq")).values(private=None))


async def verify(reader: Reader, progress: Callable[[int], None] | None = None) -> Verified:
    """Recompute the chain from the first entry to the head."""
    seq, previous = 0, START
    while lines := await reader.all(LINES, after=seq, size=PAGE):
        for line in lines:
            if why := wrong(seq, previous, line):
                return Verified(entries=seq, broken=seq + 1, why=why, head=previous.hex())
            seq, previous = line.seq, line.hash
        if progress:
            progress(seq)
    head = await reader.one(HEAD)
    if (head.seq, head.hash) != (seq, previous):
        why = f"the head stands at {head.seq}, the last entry is {seq}: entries were cut off"
        return Verified(entries=seq, broken=seq + 1, why=why, head=previous.hex())
    return Verified(entries=seq, broken=0, why="", head=previous.hex())


def wrong(seq: int, previous: bytes, line: Line) -> str:
    """Say why an entry does not follow the one before it; nothing where it does."""
    if line.seq != seq + 1:
        return f"entry {seq + 1} is missing"
    if line.hash != chain(previous, line.entry):
        return "its text does not give its hash"
    if line.private is not None:
        promised = json.loads(line.entry).get("private")
        if hashlib.sha256(line.private.encode()).hexdigest() != promised:
            return "its personal part is not what it commits to"
    return ""


async def head(reader: Reader) -> Newest:
    """Give the end of the chain, as it stands; whether it is whole is for :func:`verify` to say."""
    held = await reader.one(HEAD)
    last = await entries(reader, after=held.seq - 1, size=1)
    at = dt.datetime.fromisoformat(json.loads(last[0].entry)["at"]) if last else None
    return Newest(seq=held.seq, hash=held.hash, at=at)


async def find_head(reader: Reader) -> Head | None:
    """Give the end of the chain; None where there is no such tenant."""
    return await reader.find(HEAD)


async def entries(reader: Reader, *, after: int = 0, size: int = 50) -> list[Line]:
    """List entries in order, from the one after *after*."""
    return await reader.all(LINES, after=after, size=size)


async def erase(unit: Unit, seq: int, reason: str) -> None:
    """Erase the personal part of one entry; the chain stays valid, and this erasure is an entry itself."""
    await unit.write(ERASE, seq=seq)
    unit.record("journal.erased", on=unit.tenant, version=0, rule="erasure", seq=seq, private={"reason": reason})
