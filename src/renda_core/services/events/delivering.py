"""Telling receivers of events: who does it now, which events wait, what became of each; what everybody knows goes.

Whoever tells a receiver holds its lease; another finds it taken until the lease is over. An event is behind a receiver
only once it said so, therefore each is told at least once, under the same id however often. The order is that of the
journal: its head is locked until a transaction is committed, so none is ever written before one that was passed.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import attrs

from renda_core.domain import events
from renda_core.domain.case import Actor
from renda_core.services.events.receivers import LAST, SEALED
from renda_core.store import receivers
from renda_core.store.codec import new_id
from renda_core.store.receivers import EventRow, ReceiverRow
from renda_core.store.unit import Reader, Unit

DELIVER = Actor(id="job:deliver")
LEASE = dt.timedelta(minutes=2)
"""How long a receiver is one teller's after each event. U: longer than any answer is waited for."""
PAGE = 100
BEYOND = 2**31 - 1
"""A number after every entry that is."""
TROUBLE = 200
"""Characters that are kept of what went wrong."""


@attrs.frozen(kw_only=True)
class Event:
    """One event: *at* is when its entry of the journal was written, *data* has ids and counts and nothing personal."""

    id: str
    seq: int
    name: str
    at: str
    data: Any


@attrs.frozen(kw_only=True)
class Parcel:
    """The next events of one receiver, for whoever holds its lease.

    Attributes:
        seq, last: Where the page of events ends, with those that it does not want.
        more: Whether further ones wait.
    """

    name: str
    url: str
    secret: str = attrs.field(repr=False)
    lease: str
    events: tuple[Event, ...]
    seq: int
    last: str
    more: bool


async def waiting(reader: Reader) -> tuple[str, ...]:
    """Name the receivers that have events to be told of."""
    rows = [row for row in await reader.all(receivers.RECEIVERS) if row.active]
    return tuple([row.name for row in rows if await _next(reader, row, 1)])


async def take(unit: Unit, name: str) -> Parcel | None:
    """Take a receiver's lease and its next events; None where another has it, it waits, or there are none."""
    lease = new_id()
    if not await unit.write_unrecorded(receivers.LEASE, name=name, lease=lease, now=unit.now, until=unit.now + LEASE):
        return None
    row = await unit.one(receivers.RECEIVER, name=name)
    found = await _next(unit, row, PAGE)
    if not found:
        await unit.write_unrecorded(receivers.LET_GO, name=name, lease=lease)
        return None
    wanted = row.events.split()
    return Parcel(
        name=name,
        url=row.url,
        secret=unit.open_bytes(row.secret, f"{SEALED}:{name}").decode(),
        lease=lease,
        events=tuple(_event(one) for one in found if events.named(wanted, one.name)),
        seq=found[-1].seq,
        last=found[-1].id,
        more=len(found) == PAGE,
    )


async def told(unit: Unit, parcel: Parcel, seq: int, last: str) -> bool:
    """Note that everything up to an event is behind a receiver; False where another has the lease by now."""
    until = unit.now + LEASE
    keys = {"name": parcel.name, "lease": parcel.lease}
    return bool(await unit.write_unrecorded(receivers.TOLD, **keys, seq=seq, last=last, until=until))


async def failed(unit: Unit, parcel: Parcel, why: str, *, asked: dt.timedelta, gone: bool) -> bool:
    """Note that an event was not taken in, and let the receiver wait; True where it is switched off.

    Args:
        asked: How long the receiver asked to wait.
        gone: Whether it said that it is to be told no more.
    """
    row = await unit.find(receivers.RECEIVER, name=parcel.name)
    if row is None:
        return False
    why, failures = why[:TROUBLE], row.failures + 1
    wait = None if gone else events.wait(failures, asked)
    keys = {"name": parcel.name, "lease": parcel.lease}
    if wait is not None:
        again = unit.now + wait
        await unit.write_unrecorded(receivers.FAILED, **keys, failures=failures, again_at=again, trouble=why)
        return False
    if not await unit.write_unrecorded(receivers.SWITCH_OFF, **keys, trouble=why):
        return False
    unit.record(
        "receiver.given_up",
        on=unit.tenant,
        version=row.version + 1,
        rule="gone" if gone else "tries",
        name=parcel.name,
        failures=failures,
    )
    return True


async def let_go(unit: Unit, parcel: Parcel) -> None:
    """Give a receiver's lease back."""
    await unit.write_unrecorded(receivers.LET_GO, name=parcel.name, lease=parcel.lease)


async def purge(unit: Unit) -> int:
    """Take away the events that are behind every receiver that is told; answer how many."""
    ends = [(row.seq, row.last) for row in await unit.all(receivers.RECEIVERS) if row.active]
    seq, last = min(ends, default=(BEYOND, LAST))
    return await unit.write_unrecorded(receivers.CUT_TOLD, seq=seq, last=last)


async def _next(reader: Reader, row: ReceiverRow, size: int) -> list[EventRow]:
    return [*await reader.all(receivers.WAITING, seq=row.seq, last=row.last, size=size)]


def _event(row: EventRow) -> Event:
    at = json.loads(row.entry)["at"]
    return Event(id=row.id, seq=row.seq, name=row.name, at=at, data=json.loads(row.body))
