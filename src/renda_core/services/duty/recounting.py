"""Counting all duty records again, where counters and records might differ, e.g. after a repair by hand."""

from __future__ import annotations

from renda_core.errors import NotAllowed
from renda_core.services.duty import writing
from renda_core.services.duty.entering import REVIEWING
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant


async def recount(unit: Unit, tenant: Tenant) -> int:
    """Make all counters of the tenant anew from its records; give how many there are.

    Raises:
        NotAllowed: The actor checks no records.
    """
    if not unit.actor.roles & REVIEWING:
        raise NotAllowed(f"records are counted again by {', '.join(sorted(REVIEWING))}")
    counters = await writing.recount(unit)
    unit.record("duty.recounted", on=tenant.id, version=0, rule="recount", counters=counters)
    unit.emit("duty.recounted", counters=counters)
    return counters
