"""What the operator did to a tenant, told to the tenant's own journal: at once, or later where it was cut off."""

from __future__ import annotations

import datetime as dt

from renda_core.errors import Misuse
from renda_core.services.hosting.acts import Act
from renda_core.services.hosting.directory import OPERATOR
from renda_core.store import directory as s
from renda_core.store.directory import DirectoryRow
from renda_core.store.unit import Reader, Unit


async def noted(unit: Unit, act: Act, operator: str, at_home: bool = False) -> None:
    """Tell a tenant's own journal what the operator did.

    Args:
        operator: The id of the operator's tenant, in whose journal it stands with who did it.
        at_home: Whether the directory lies in the same database: then the journal is told once, whoever else tries.
    """
    if unit.tenant != act.entry.id:
        raise Misuse("the journal of a tenant is told of nobody else")
    if at_home and not await unit.write_unrecorded(s.TOLD, id=act.entry.id, version=act.entry.version):
        return
    unit.record(act.what, on=unit.tenant, version=act.entry.version, rule=OPERATOR, operator=operator, **act.body)
    unit.emit(act.what, version=act.entry.version)


async def mark_told(unit: Unit, _: object, act: Act) -> None:
    """Keep that the tenant's own journal knows."""
    await unit.write_unrecorded(s.TOLD, id=act.entry.id, version=act.entry.version)


async def untold(reader: Reader, _: object, before: dt.datetime) -> list[DirectoryRow]:
    """List the tenants whose own journals do not know of an act that was done before a moment."""
    return await reader.all(s.UNTOLD, before=before)
