"""Attached files (附件): added to a case or a duty record, listed, opened and erased by who may see and work on it.

A row and its content never part the wrong way: the content is put into the store of files before its row, and taken
from it after its row is erased. What a crash between the two leaves is content without a row, which nobody can open and
``contents.sweep`` takes away.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import posixpath
import unicodedata
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import NotAllowed, NotFound, Rejected
from renda_core.files.kinds import KINDS
from renda_core.files.sent import kind_of
from renda_core.objects import Objects
from renda_core.services import contents
from renda_core.services.attaching import check_adds, check_erases, check_sees
from renda_core.services.imports.incoming import safe_name
from renda_core.store import attachments as a
from renda_core.store.attachments import AttachmentRow
from renda_core.store.codec import new_id
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

MOST = 200
"""Files of one case or record."""
FRESH = dt.timedelta(hours=1)
"""How long content may wait for its row; a row that comes later is refused."""


@attrs.frozen(kw_only=True)
class Attach:
    """A file that somebody adds.

    Attributes:
        about: ``case`` or ``record``, and *about_id* which.
        media: The media type that came with it, empty where none did.
    """

    about: str
    about_id: str
    name: str
    media: str = ""
    content: bytes = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Sent:
    """Content that lies in the store of files and waits for its row."""

    id: str
    name: str
    media: str
    size: int
    digest: str = attrs.field(repr=False)
    put_at: dt.datetime


@attrs.frozen(kw_only=True)
class Attachment:
    """An attached file, without its content."""

    id: str
    about: str
    about_id: str
    name: str
    media: str
    title: str
    size: int
    made_by: str
    made_at: dt.datetime


async def check(reader: Reader, tenant: Tenant, actor: Actor, about: str, about_id: str) -> dt.datetime:
    """Look whether somebody may add a file, before it is taken in; answer the moment.

    Raises:
        NotFound: There is no such case or record for them.
        NotAllowed: They may see it, and not work on it.
        Rejected: It has as many files as it may have.
    """
    await check_adds(reader, tenant, actor, about, about_id)
    if len(await reader.all(a.OF, about=about, about_id=about_id)) >= MOST:
        raise Rejected("the file was not taken", f"there are {MOST} files already; put several into one")
    return reader.now


async def put(store: Store, files: Objects, tenant: Tenant, command: Attach, now: dt.datetime) -> Sent:
    """Look at a file, seal it and put it into the store of files; its row is still to be written.

    Raises:
        Invalid, WrongKind, TooLarge: It is none that is taken.
        Unavailable: The store of files did not take it.
    """
    kind = await asyncio.to_thread(kind_of, command.name, command.media, command.content)
    id = new_id()
    sealed = await asyncio.to_thread(contents.sealed, store, tenant.id, id, command.content)
    await files.put(tenant.id, id, sealed)
    written = posixpath.splitext(command.name)[1].lower()
    name = safe_name(unicodedata.normalize("NFC", command.name), kind.ending, (written,))
    digest = hashlib.sha256(command.content).hexdigest()
    return Sent(id=id, name=name, media=kind.media, size=len(command.content), digest=digest, put_at=now)


async def keep(unit: Unit, tenant: Tenant, about: str, about_id: str, sent: Sent) -> Attachment:
    """Write the row of content that was put.

    Raises:
        NotFound, NotAllowed, Rejected: As :func:`check`; the content is then swept.
    """
    await check(unit, tenant, unit.actor, about, about_id)
    if not dt.timedelta(0) <= unit.now - sent.put_at < FRESH:
        raise Rejected("the file was not taken", "it waited too long; send it once more")
    row = AttachmentRow(
        id=sent.id,
        about=about,
        about_id=about_id,
        name=unit.seal_bytes(sent.name.encode(), field_of(sent.id)),
        media=sent.media,
        size=sent.size,
        digest=unit.find_key(sent.digest, "attachment").hex(),
        made_by=unit.actor.id,
        made_at=unit.now,
        erased_at=None,
    )
    await unit.write(a.ADD, **attrs.asdict(row))
    told: dict[str, Any] = {"file": row.id, "media": row.media, "size": row.size, "digest": row.digest}
    unit.record("file.added", on=about_id, version=0, rule=about, **told)
    unit.emit("file.added", id=row.id, about=about, about_id=about_id)
    return _shown(unit, row)


async def add(store: Store, files: Objects, tenant: Tenant, actor: Actor, command: Attach) -> Attachment:
    """Add a file: looked at, put, then its row."""
    about = (command.about, command.about_id)
    now = await store.read(check, tenant.id, tenant, actor, *about)
    sent = await put(store, files, tenant, command, now)
    try:
        return await store.write(keep, tenant.id, actor, tenant, *about, sent)
    except (NotFound, NotAllowed, Rejected):
        await files.delete(tenant.id, sent.id)
        raise


async def listed(reader: Reader, tenant: Tenant, actor: Actor, about: str, about_id: str) -> tuple[Attachment, ...]:
    """List the files of a case or record, the oldest first, to whoever may see it."""
    await check_sees(reader, tenant, actor, about, about_id)
    return await of(reader, about, about_id)


async def of(reader: Reader, about: str, about_id: str) -> tuple[Attachment, ...]:
    """List the files of a case or record, for a use case that has looked at who asks."""
    return tuple(_shown(reader, row) for row in await reader.all(a.OF, about=about, about_id=about_id))


async def show(reader: Reader, tenant: Tenant, actor: Actor, id: str) -> Attachment:
    """Show one file, without its content, to whoever may see what it belongs to.

    Raises:
        NotFound: There is none, or none that the asker may see.
    """
    row = await _one(reader, id)
    await check_sees(reader, tenant, actor, row.about, row.about_id)
    return _shown(reader, row)


async def erase(unit: Unit, tenant: Tenant, id: str) -> str:
    """Erase a file's row for good; the caller then takes the content away with ``contents.forget``.

    Raises:
        NotFound: There is none, or none that the asker may see.
        NotAllowed: The asker did not add it, or may not work on its case or record any more; the offices may always.
    """
    row = await _one(unit, id)
    await check_erases(unit, tenant, unit.actor, row)
    await unit.write(a.ERASE, id=id, now=unit.now)
    unit.record("file.erased", on=row.about_id, version=0, rule=row.about, file=id)
    unit.emit("file.erased", id=id, about=row.about, about_id=row.about_id)
    return id


async def erase_of(unit: Unit, about: str, about_id: str) -> int:
    """Erase all files of what has its personal data erased; the caller records it, and the sweep takes the content.

    Returns:
        How many there were.
    """
    return await unit.write(a.ERASE_OF, about=about, about_id=about_id, now=unit.now)


async def forget(files: Objects, tenant: Tenant, id: str) -> None:
    """Take an erased file's content away; where the store cannot be reached the next sweep does."""
    await files.delete(tenant.id, id)


def field_of(id: str) -> str:
    """Name the place that a file's name is sealed for."""
    return f"attachment:{id}:name"


async def _one(reader: Reader, id: str) -> AttachmentRow:
    row = await reader.find(a.ONE, id=id)
    if row is None:
        raise NotFound(f"no file {id}")
    return row


def _shown(reader: Reader, row: AttachmentRow) -> Attachment:
    ending = next((kind for kind in KINDS.values() if kind.media == row.media), None)
    return Attachment(
        id=row.id,
        about=row.about,
        about_id=row.about_id,
        name=reader.open_bytes(row.name, field_of(row.id)).decode(),
        media=row.media,
        title=ending.title if ending else "",
        size=row.size,
        made_by=row.made_by,
        made_at=row.made_at,
    )
