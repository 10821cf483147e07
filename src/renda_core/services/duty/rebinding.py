"""Duty records where the roster learns late: what lies outside a mandate as it is now counts in it no more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import attrs

from renda_core.domain.duty import Mark, Record
from renda_core.domain.mandates import Mandate
from renda_core.services.duty import writing
from renda_core.store import duty as d
from renda_core.store.codec import decode
from renda_core.store.unit import Unit

BOUND = "mandates"
"""What a mark keeps of a record that was bound anew."""


async def rebind(unit: Unit, mandates: Collection[Mandate], since: dt.date, *, today: dt.date, why: str) -> int:
    """Bind what counts from a day on to some mandates as they are now; give how many records changed.

    A record stays as it is; its history says in which mandates it counted. Bound to none it counts in no congress. What
    a mandate lost so comes back where it turns out to have been in force.
    """
    changes: list[tuple[Record | None, Record | None]] = []
    found = await unit.among(d.SINCE, "person", sorted({m.person for m in mandates}), first=since)
    for before in (decode(row.document, Record) for row in found):
        ids = _bound(before, mandates)
        if before.formula or set(ids) == set(before.mandates):  # a year's result is assessed again instead
            continue
        mark = Mark(do="correct", by=unit.actor.id, on=today, why=why, was={BOUND: list(before.mandates)})
        after = attrs.evolve(before, mandates=ids, history=(*before.history, mark))
        await writing.change(unit, before, after)
        changes.append((before, after))
    await writing.count(unit, changes)
    return len(changes)


def _bound(record: Record, mandates: Collection[Mandate]) -> tuple[str, ...]:
    """Give the mandates in which a record counts: others than these as before, these where they are in force."""
    once = {*record.mandates, *(id for m in record.history for id in m.was.get(BOUND, ()))}
    kept = [id for id in record.mandates if id not in {m.id for m in mandates}]
    back = [m.id for m in mandates if m.person == record.person and m.id in once and writing.in_force(m, record)]
    return (*kept, *back)
