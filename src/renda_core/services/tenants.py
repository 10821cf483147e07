"""Create a tenant in a store and apply its configuration: a document, versioned, with author and moment."""

from __future__ import annotations

import attrs
from sqlalchemy import select

from renda_core.configuration import TenantFile
from renda_core.store import tables as t
from renda_core.store.codec import decode, encode
from renda_core.store.compile import Query, add, keyed
from renda_core.store.unit import START, Reader, Unit


@attrs.frozen(kw_only=True)
class TenantRow:
    """A tenant as stored."""

    code: str
    name: str
    level: str


@attrs.frozen(kw_only=True)
class ConfigurationRow:
    """One version of a tenant's configuration, and who applied it."""

    n: int
    document: str
    author: str


@attrs.frozen(kw_only=True)
class IdRow:
    """A tenant's id."""

    tenant_id: str


ALL = Query(select(t.tenant.c.tenant_id), IdRow, cross_tenant=True)
"""Whose a file is: asked only of an embedded file, which has one tenant."""
ONE = Query(select(t.tenant.c.code, t.tenant.c.name, t.tenant.c.level).where(*keyed(t.tenant)), TenantRow)
ADD = add(t.tenant)
ADD_HEAD = add(t.journal_head)
_c = t.configuration
_columns = (_c.c.n, _c.c.document, _c.c.author)
LATEST = Query(select(*_columns).where(*keyed(_c)).order_by(_c.c.n.desc()).limit(1), ConfigurationRow)
ADD_CONFIGURATION = add(_c)


async def apply(unit: Unit, file: TenantFile) -> int:
    """Apply a checked configuration; the same document twice changes nothing.

    Returns:
        The version in force, from 1.
    """
    document = encode(file).decode()
    if await unit.find(ONE) is None:
        await unit.write(ADD, code=file.code, name=file.name, level=file.level)
        await unit.write(ADD_HEAD, seq=0, hash=START)
    latest = await unit.find(LATEST)
    if latest and latest.document == document:
        return latest.n
    n = latest.n + 1 if latest else 1
    await unit.write(ADD_CONFIGURATION, n=n, document=document, author=unit.actor.id, at=unit.now, footprint=None)
    unit.record("tenant.applied", on=file.id, version=n, rule="configuration", plugins=sorted(file.plugins))
    unit.emit("tenant.applied", version=n)
    return n


async def bring_up(unit: Unit, file: TenantFile) -> TenantFile:
    """Apply a checked file at a start, unless somebody else has changed the configuration since the last one.

    Returns:
        The configuration in force: the file's, or what the other one made of it.
    """
    latest = await unit.find(LATEST)
    if latest is None or latest.author == unit.actor.id:
        await apply(unit, file)
        return file
    return decode(latest.document.encode(), TenantFile)


async def configuration(reader: Reader) -> TenantFile | None:
    """Give the configuration in force, or None where none was ever applied."""
    latest = await reader.find(LATEST)
    return decode(latest.document.encode(), TenantFile) if latest else None


async def whose(reader: Reader) -> str:
    """Say which tenant an embedded file belongs to."""
    return (await reader.one(ALL)).tenant_id
