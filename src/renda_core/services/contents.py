"""The content of attached files: sealed in pieces, opened piece by piece, and taken away when nothing names it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar
from uuid import UUID

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotFound, RendaError
from renda_core.objects import Objects
from renda_core.services.lookups import is_id
from renda_core.store import attachments as a
from renda_core.store.attachments import AttachmentRow
from renda_core.store.compile import MANY
from renda_core.store.keys import mark_of
from renda_core.store.sqlite import SqliteStore
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

T = TypeVar("T")
SWEEPER = Actor(id="job:files", roles={"office"})
PIECE = 1 << 20
"""Bytes that are sealed, and opened, at once."""
LENGTH = 4
"""Bytes that say how long a sealed piece is."""
OLD = dt.timedelta(days=1)
"""After what time content without a row is taken away: far longer than any row is waited for."""


class Damaged(RendaError):
    """The content of a file is lost, or was changed where it lies: whoever runs the service must restore it."""

    code = "damaged"


@attrs.frozen(kw_only=True)
class Removed:
    """What a sweep took away: content without a row, and what cut off writing left."""

    objects: int
    pieces: int


async def content(store: Store, files: Objects, tenant: Tenant, id: str) -> AsyncIterator[bytes]:
    """Open the content of a file that the asker was shown, piece by piece; the first piece is opened at once.

    Raises:
        Damaged: It is not in the store of files, or was changed, moved or cut.
        Unavailable: The store of files does not answer.
    """
    try:
        pieces = _opened(store, tenant.id, id, await files.get(tenant.id, id))
        first = await anext(pieces)
    except (NotFound, Invalid) as error:
        raise Damaged(str(error)) from None

    async def every() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return every()


async def sweep(store: Store, files: Objects, tenant: Tenant, now: dt.datetime | None = None) -> Removed:
    """Take away what no row names and is older than a day; safe to repeat, and beside people at work.

    Args:
        now: By the clock of the machines, which is the one that the store of files has.
    """
    before = (now or dt.datetime.now(dt.UTC)) - OLD
    old = [held.name async for held in files.each(tenant.id) if held.changed_at < before]
    gone = 0
    for start in range(0, len(old), MANY):
        names = old[start : start + MANY]
        kept = await store.read(_live, tenant.id, names)
        for name in names:
            if name not in kept:
                await files.delete(tenant.id, name)
                gone += 1
    pieces = await files.tidy(tenant.id, before)
    if gone or pieces:
        await store.write(_swept, tenant.id, SWEEPER, tenant, gone, pieces)
    return Removed(objects=gone, pieces=pieces)


async def missing(store: Store, files: Objects, tenant: Tenant) -> tuple[str, ...]:
    """List the files whose content is not in the store; there should be none, and none is lost without being named."""
    lost: list[str] = []
    after = ""
    while rows := await store.read(_page, tenant.id, after):
        lost += [row.id for row in rows if not await files.has(tenant.id, row.id)]
        after = rows[-1].id
    return tuple(lost)


async def renew(store: Store, files: Objects, tenant: Tenant, id: str) -> bool:
    """Seal a file's content anew under the present key; tell whether it was sealed under another.

    The one before is read whole until the new one is there. Its row is not touched.
    """
    there = b"".join([piece async for piece in await files.get(tenant.id, id)])
    if mark_of(there[LENGTH:]) == store.keys.mark(tenant.id):
        return False
    whole = b"".join([piece async for piece in _opened(store, tenant.id, id, _once(there))])
    await files.replace(tenant.id, id, await asyncio.to_thread(sealed, store, tenant.id, id, whole))
    return True


async def renew_all(store: Store, files: Objects, tenant: Tenant) -> int:
    """Seal the content of every file anew under the present key, one after another; answer how many were."""
    done, after = 0, ""
    while rows := await store.read(_page, tenant.id, after):
        for row in rows:
            if await files.has(tenant.id, row.id):  # what is lost is for `missing` to name
                done += await renew(store, files, tenant, row.id)
        after = rows[-1].id
    return done


async def under(store: Store, files: Objects, tenant: str, key: int) -> int:
    """Count the files whose content is sealed under a key."""
    found, after = 0, ""
    while rows := await store.read(_page, tenant, after):
        for row in rows:
            if await files.has(tenant, row.id):
                async for part in await files.get(tenant, row.id):
                    mark = mark_of(part[LENGTH:])
                    found += mark is not None and mark.key == key
                    break
        after = rows[-1].id
    return found


def wait(store: Store, work: Coroutine[Any, Any, T]) -> T:
    """Drive work that awaits the store of files too, from a plain script."""
    return asyncio.run(work) if isinstance(store, SqliteStore) else store.run(work)


def _field(id: str, n: int, last: bool) -> str:
    """Name the place of a piece: none can be left out, moved or put behind the last."""
    return f"attachment:{id}:{n}{':end' if last else ''}"


def sealed(store: Store, tenant: str, id: str, content: bytes) -> bytes:
    """Seal content in pieces, each for its place."""
    view, made = memoryview(content), bytearray()
    for n, start in enumerate(range(0, len(view), PIECE)):
        field = _field(id, n, start + PIECE >= len(view))
        box = store.keys.seal_bytes(view[start : start + PIECE], tenant=tenant, field=field)
        made += len(box).to_bytes(LENGTH) + box
    return bytes(made)


async def _opened(store: Store, tenant: str, id: str, box_of: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    held, n = bytearray(), 0
    box = b""
    async for part in box_of:
        held += part
        while len(held) >= LENGTH and len(held) >= (whole := LENGTH + int.from_bytes(held[:LENGTH])):
            if box:
                yield store.keys.open_bytes(box, tenant=tenant, field=_field(id, n, False))
                n += 1
            box = bytes(held[LENGTH:whole])
            del held[:whole]
        if len(held) > LENGTH + 2 * PIECE:
            break
    if held or not box:
        raise Invalid("the content of the file does not open: it was changed or cut")
    yield store.keys.open_bytes(box, tenant=tenant, field=_field(id, n, True))


async def _once(whole: bytes) -> AsyncIterator[bytes]:
    yield whole


async def _live(reader: Reader, names: list[str]) -> frozenset[str]:
    ids = [name for name in names if is_id(name)]
    return frozenset(row.id for row in await reader.among(a.AMONG, "id", ids))


async def _page(reader: Reader, after: str) -> list[AttachmentRow]:
    return await reader.all(a.AFTER, after=after or str(UUID(int=0)), size=MANY)


async def _swept(unit: Unit, tenant: Tenant, objects: int, pieces: int) -> None:
    unit.record("files.swept", on=tenant.id, version=0, rule="tidy", objects=objects, pieces=pieces)
