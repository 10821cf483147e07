"""A tenant's configuration, read and replaced by its own offices: a version at a time, checked before it holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import attrs
from sqlalchemy import Integer, bindparam, select

from renda_core.configuration import TenantFile
from renda_core.domain.accounts import ADMIN, AUDITOR
from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, Invalid, NotFound, Rejected, Stale
from renda_core.footprint import Footprint
from renda_core.profiles import overlapping
from renda_core.services import tenants
from renda_core.services.upkeep import refuse_others
from renda_core.store import tables as t
from renda_core.store.codec import decode
from renda_core.store.compile import Query, keyed
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

FIXED = ("id", "code", "path", "holidays")
"""What only whoever runs the server may set: who the tenant is, and which files are read."""
LONGEST_HISTORY = 100
NEWEST = 2_000_000_000
"""A number above every version's."""
Check = Callable[[TenantFile], Footprint]


@attrs.frozen(kw_only=True)
class Held:
    """A configuration with the version under which it is in force."""

    version: int
    file: TenantFile


@attrs.frozen(kw_only=True)
class VersionRow:
    """One version: who applied it."""

    n: int
    author: str


@attrs.frozen(kw_only=True)
class Applied:
    """One version as it is listed: who applied it, and when."""

    n: int
    author: str
    at: dt.datetime


@attrs.frozen(kw_only=True)
class DocumentRow:
    """One version's document."""

    n: int
    document: str


_c = t.configuration
VERSIONS = Query(
    select(_c.c.n, _c.c.author, _c.c.at)
    .where(*keyed(_c), _c.c.n < bindparam("before", type_=Integer()))
    .order_by(_c.c.n.desc())
    .limit(bindparam("size", type_=Integer())),
    Applied,
)
DOCUMENT = Query(select(_c.c.n, _c.c.document).where(*keyed(_c, "n")), DocumentRow)
SINCE = Query(
    select(_c.c.n, _c.c.author)
    .where(*keyed(_c), _c.c.n > bindparam("seen", type_=Integer()))
    .order_by(_c.c.n)
    .limit(LONGEST_HISTORY),
    VersionRow,
)


async def show(reader: Reader, _: Tenant, actor: Actor) -> Held:
    """Give the configuration in force, with its version."""
    refuse_others(actor, "the configuration is read", ADMIN, AUDITOR)
    return await _held(reader)


async def _held(reader: Reader) -> Held:
    latest, file = await reader.find(tenants.LATEST), await tenants.configuration(reader)
    if latest is None or file is None:
        raise NotFound("no configuration was ever applied here")
    return Held(version=latest.n, file=file)


async def preview(reader: Reader, _: Tenant, actor: Actor, file: TenantFile, seen: int, check: Check) -> Held:
    """Check a new configuration as :func:`replace` would; nothing is changed.

    Raises:
        Stale: Another version came since *seen*.
        Invalid: It would change what is fixed.
        Rejected: It is wrong; every mistake at once.
    """
    refuse_others(actor, "the configuration is changed", ADMIN)
    held = await _held(reader)
    file, _footprint = await _checked(reader, held, file, seen, check)
    return Held(version=held.version if file == held.file else held.version + 1, file=file)


async def replace(unit: Unit, _: Tenant, file: TenantFile, seen: int, check: Check) -> Held:
    """Put a new configuration in force; the same document twice changes nothing.

    Args:
        seen: The version that the asker saw.
        check: Opens the file as the server would, and says what its plugins touch; raises ``ConfigError`` with every
            mistake.

    Raises:
        As :func:`preview`.
    """
    refuse_others(unit.actor, "the configuration is changed", ADMIN)
    file, touched = await _checked(unit, await _held(unit), file, seen, check)
    return Held(version=await tenants.apply(unit, file, touched), file=file)


async def versions(
    reader: Reader, _: Tenant, actor: Actor, before: int = NEWEST, size: int = LONGEST_HISTORY
) -> list[Applied]:
    """List the versions that were ever in force, the newest first."""
    refuse_others(actor, "the configuration is read")
    return await reader.all(VERSIONS, before=before, size=size)


async def version(reader: Reader, _: Tenant, actor: Actor, n: int) -> Held:
    """Give one version.

    Raises:
        NotFound: There never was one of this number.
    """
    refuse_others(actor, "the configuration is read")
    return await _version(reader, n)


async def _version(reader: Reader, n: int) -> Held:
    if not 0 < n < NEWEST or (row := await reader.find(DOCUMENT, n=n)) is None:
        raise NotFound(f"there is no version {n}")
    return Held(version=row.n, file=decode(row.document.encode(), TenantFile))


async def restore(unit: Unit, tenant: Tenant, n: int, seen: int, check: Check) -> Held:
    """Put an older version in force again: as a new one, for none is ever taken back.

    What only whoever runs the server may set stays as it is now.

    Raises:
        NotFound: There never was one of this number.
        Stale, Rejected: As :func:`replace`; a practice or a setting of then may be gone.
    """
    refuse_others(unit.actor, "the configuration is changed")
    now, then = (await _held(unit)).file, (await _version(unit, n)).file
    file = attrs.evolve(then, path=now.path, holidays=now.holidays)
    return await replace(unit, tenant, file, seen, check)


async def _checked(
    reader: Reader, held: Held, file: TenantFile, seen: int, check: Check
) -> tuple[TenantFile, Footprint]:
    if held.version != seen:
        since = await reader.all(SINCE, seen=seen)
        told = f"the configuration is at version {held.version}, you saw {seen}; load it again"
        raise Stale(told, version=held.version, changed=[{"version": row.n, "by": row.author} for row in since])
    for name in FIXED:
        if getattr(file, name) != getattr(held.file, name):
            raise Invalid(f"{name} is set by whoever runs the server, and stays as it is", field=name)
    known = overlapping(held.file.layers)  # a profile's changes of before its first day all fall on it
    if said := [told for told in overlapping(file.layers) if told not in known]:
        raise Rejected("the configuration is wrong", *said)
    try:
        return file, check(file)
    except ConfigError as error:
        raise Rejected("the configuration is wrong", *error.reasons) from None
