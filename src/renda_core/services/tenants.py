"""Create a tenant in a store and apply its configuration: a document, versioned, with author and moment."""

from __future__ import annotations

import attrs
from sqlalchemy import func, select

from renda_core.configuration import TenantFile
from renda_core.errors import NotFound, Taken
from renda_core.footprint import Footprint, Touched
from renda_core.services.hosting import acts
from renda_core.store import directory
from renda_core.store import tables as t
from renda_core.store.chaining import START
from renda_core.store.codec import decode, encode
from renda_core.store.compile import Query, add, keyed
from renda_core.store.unit import Reader, Unit


@attrs.frozen(kw_only=True)
class TenantRow:
    """A tenant as stored."""

    code: str
    name: str
    level: str


@attrs.frozen(kw_only=True)
class ConfigurationRow:
    """One version of a tenant's configuration, who applied it, and what its plugins touched."""

    n: int
    document: str
    author: str
    footprint: str | None


@attrs.frozen(kw_only=True)
class InForce:
    """The configuration in force, with the footprint of its plugins; None where none was kept.

    Attributes:
        version: Which one it is; 0 where the asker does not know.
    """

    file: TenantFile
    footprint: Footprint | None
    version: int = 0


@attrs.frozen(kw_only=True)
class NewestRow:
    """The number of the newest version; 0 where there is none."""

    n: int


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
_columns = (_c.c.n, _c.c.document, _c.c.author, _c.c.footprint)
NEWEST = Query(select(func.coalesce(func.max(_c.c.n), 0).label("n")).where(*keyed(_c)), NewestRow)
LATEST = Query(select(*_columns).where(*keyed(_c)).order_by(_c.c.n.desc()).limit(1), ConfigurationRow)
ADD_CONFIGURATION = add(_c)


async def apply(unit: Unit, file: TenantFile, footprint: Footprint | None = None) -> int:
    """Apply a checked configuration; the same document of plugins that touch the same changes nothing.

    Args:
        footprint: What its plugins touch; None where the caller does not know, and then everything counts as touched.

    Returns:
        The version in force, from 1.
    """
    if await unit.find(ONE) is None:
        await unit.write(ADD, code=file.code, name=file.name, level=file.level)
        await unit.write(ADD_HEAD, seq=0, hash=START, shut=None)
    document, told = encode(file).decode(), _told(footprint)
    latest = await unit.find(LATEST)
    if latest and latest.document == document and told in (None, latest.footprint):
        return latest.n
    return await _add(unit, file, document, told, unit.actor.id, latest.n + 1 if latest else 1)


async def apply_alone(unit: Unit, file: TenantFile, footprint: Footprint | None = None) -> int:
    """Apply a checked configuration in a file, which has one tenant; as :func:`apply`.

    Raises:
        Taken: The file is another tenant's, whom somebody began to make under the same code.
    """
    if others := [row.tenant_id for row in await unit.all(ALL) if row.tenant_id != unit.tenant]:
        raise Taken(f"the file of the code {file.code!r} is tenant {others[0]}'s already; use that id, or another code")
    return await apply(unit, file, footprint)


async def remember(unit: Unit, footprint: Footprint) -> int:
    """Keep what the plugins of the configuration in force touch by now, which an update of one may have changed.

    Returns:
        The version in force; its author stays who applied the document.
    """
    latest = await unit.one(LATEST)
    if (told := _told(footprint)) == latest.footprint:
        return latest.n
    file = decode(latest.document.encode(), TenantFile)
    return await _add(unit, file, latest.document, told, latest.author, latest.n + 1)


async def _add(unit: Unit, file: TenantFile, document: str, footprint: str | None, author: str, n: int) -> int:
    await unit.write(ADD_CONFIGURATION, n=n, document=document, author=author, at=unit.now, footprint=footprint)
    await unit.write(directory.CONFIGURED, configured=n, name=file.name, level=file.level)
    unit.record("tenant.applied", on=file.id, version=n, rule="configuration", plugins=sorted(file.plugins))
    unit.emit("tenant.applied", version=n)
    return n


def _told(footprint: Footprint | None) -> str | None:
    return None if footprint is None else encode(footprint).decode()


async def bring_up(unit: Unit, file: TenantFile, footprint: Footprint, at_home: bool = False) -> InForce:
    """Apply a checked file at a start, unless somebody else has changed the configuration since the last one.

    Args:
        at_home: Whether the directory lies in the same database: a tenant that is not in it yet is put there.

    Returns:
        The configuration in force: the file's, or what the other one made of it.
    """
    latest = await unit.find(LATEST)
    found = _read(latest) if latest else None
    if latest is None or latest.author == unit.actor.id:
        n = await apply(unit, file, footprint)
        found = InForce(file=file, footprint=footprint, version=n)
    if found is None:  # pragma: no cover - one of the two was made
        raise NotFound("no configuration")
    if at_home and await unit.find(directory.ONE, id=unit.tenant) is None:
        entry = acts.new_entry(unit.tenant, file.code, file.name, file.level, unit.now, configured=found.version)
        await acts.enter(unit, entry)
    return found


async def configuration(reader: Reader) -> TenantFile | None:
    """Give the configuration in force, or None where none was ever applied."""
    found = await in_force(reader)
    return found.file if found else None


async def in_force(reader: Reader) -> InForce | None:
    """Give the configuration in force with its footprint, or None where none was ever applied."""
    latest = await reader.find(LATEST)
    return _read(latest) if latest else None


def _read(row: ConfigurationRow) -> InForce:
    held = None if row.footprint is None else decode(row.footprint.encode(), dict[str, Touched])
    return InForce(file=decode(row.document.encode(), TenantFile), footprint=held, version=row.n)


async def newest(reader: Reader) -> int:
    """Say which version of the configuration is in force, without reading it; 0 where none was ever applied."""
    return (await reader.one(NEWEST)).n


async def row(reader: Reader) -> TenantRow:
    """Give a tenant as its own table has it."""
    return await reader.one(ONE)


async def whose(reader: Reader) -> str:
    """Say which tenant an embedded file belongs to."""
    return (await reader.one(ALL)).tenant_id
