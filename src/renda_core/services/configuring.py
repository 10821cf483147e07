"""A tenant's configuration, read and replaced by its own offices: a version at a time, checked before it holds."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from sqlalchemy import Integer, bindparam, select

from renda_core.configuration import TenantFile
from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, Invalid, NotFound, Rejected, Stale
from renda_core.footprint import Footprint
from renda_core.profiles import overlapping
from renda_core.services import tenants
from renda_core.services.upkeep import refuse_others
from renda_core.store import tables as t
from renda_core.store.compile import Query, keyed
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

FIXED = ("id", "code", "path", "holidays")
"""What only whoever runs the server may set: who the tenant is, and which files are read."""
LONGEST_HISTORY = 100
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


_c = t.configuration
SINCE = Query(
    select(_c.c.n, _c.c.author)
    .where(*keyed(_c), _c.c.n > bindparam("seen", type_=Integer()))
    .order_by(_c.c.n)
    .limit(LONGEST_HISTORY),
    VersionRow,
)


async def show(reader: Reader, _: Tenant, actor: Actor) -> Held:
    """Give the configuration in force, with its version."""
    refuse_others(actor, "the configuration is read")
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
    refuse_others(actor, "the configuration is changed")
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
    refuse_others(unit.actor, "the configuration is changed")
    file, touched = await _checked(unit, await _held(unit), file, seen, check)
    return Held(version=await tenants.apply(unit, file, touched), file=file)


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
