"""Sending events to a tenant's receivers: in order, signed as Standard Webhooks says, where this server may ask."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection

import attrs
import httpx
from standardwebhooks.webhooks import Webhook

from renda_core.errors import RendaError
from renda_core.premises import Premises
from renda_core.services.events import delivering
from renda_core.services.events.delivering import DELIVER, Event, Parcel
from renda_core.services.hosting.directory import ACTIVE, refuse_closed
from renda_core.store.directory import DirectoryRow
from renda_core.store.stores import Store
from renda_server import outbound
from renda_server.errors import Unreachable
from renda_server.transport import Network

log = logging.getLogger("renda.server")
SECONDS = 20.0
"""For one answer. Source: Standard Webhooks, "Request timeouts": between 15 and 30."""
GONE = 410
"""Source: Standard Webhooks, "Delivery success and failure": switch the receiver off."""
AT_ONCE = 50
"""Tenants that are told at once: most of the time is the receivers' own."""
TURN = 60.0
"""Seconds of one tenant in one round, however slow its receivers and many its events. U: the others wait no longer."""
UNREACHED = "it cannot be reached; whoever runs the service knows why"
"""What a tenant is told: why would tell its administrator about the network that the service stands in."""


@attrs.frozen(kw_only=True)
class Sent:
    """What became of one tenant's events: how many were taken in, and which receivers did not take one in, and why."""

    code: str
    events: int = 0
    failed: tuple[str, ...] = ()


class _Refused(Exception):
    """An event was not taken in: why, how long the receiver asked to wait, and whether it wants none any more.

    Args:
        shown: What its tenant is told of it; by default why.
    """

    def __init__(self, why: str, asked: dt.timedelta = dt.timedelta(0), *, gone: bool = False, shown: str = "") -> None:
        super().__init__(why)
        self.why, self.asked, self.gone, self.shown = why, asked, gone, shown or why


async def deliver(
    premises: Premises, codes: Collection[str] = (), networks: Collection[Network] = ()
) -> tuple[Sent, ...]:
    """Tell receivers of what they have still to be told, of some tenants or of all that are served.

    One that cannot be told keeps no other waiting.

    Raises:
        NotFound, Suspended, Moving: A tenant that was named is not hosted here, or not served.
    """
    known = await premises.look()
    if codes:
        chosen = [known.of_code(code) for code in codes]
        for entry in chosen:
            refuse_closed(entry)
    else:
        chosen = [entry for entry in known.entries.values() if entry.state == ACTIVE]
    places = asyncio.Semaphore(AT_ONCE)
    async with outbound.client(networks, seconds=SECONDS, timeout=SECONDS) as http:

        async def one(entry: DirectoryRow) -> Sent:
            async with places:
                try:
                    return await _of_one(await premises.store(entry), entry, http, premises.home.now)
                except RendaError as error:
                    log.error("tenant %s: its events wait: %s", entry.code, error)
                    return Sent(code=entry.code, failed=(str(error),))

        return tuple(await asyncio.gather(*(one(entry) for entry in sorted(chosen, key=lambda row: row.code))))


async def _of_one(store: Store, entry: DirectoryRow, http: httpx.AsyncClient, now: Callable[[], dt.datetime]) -> Sent:
    """Tell every receiver of one tenant, and take away what all of them know; what its turn is too short for waits."""
    sent, taken, failed, until = 0, 0, list[str](), time.monotonic() + TURN
    for name in await store.read(delivering.waiting, entry.id):
        more = True
        while more and (parcel := await store.write(delivering.take, entry.id, DELIVER, name)):
            taken += 1
            try:
                async for _ in _parcel(store, entry, parcel, http, now, until):
                    sent += 1
                more = parcel.more and time.monotonic() < until
            except _Refused as error:
                off = await store.write(
                    delivering.failed, entry.id, DELIVER, parcel, error.shown, asked=error.asked, gone=error.gone
                )
                failed.append(f"{name}: {error.why}{'; it is told no more' if off else ''}")
                more = False
    if taken:  # what is in nobody's way goes by night
        await store.write(delivering.purge, entry.id, DELIVER)
    return Sent(code=entry.code, events=sent, failed=tuple(failed))


async def _parcel(
    store: Store,
    entry: DirectoryRow,
    parcel: Parcel,
    http: httpx.AsyncClient,
    now: Callable[[], dt.datetime],
    until: float,
) -> AsyncIterator[Event]:
    """Send the events of a parcel one after the other, and give each once it is noted as told.

    Raises:
        _Refused: One was not taken in.
    """
    for event in parcel.events:
        if time.monotonic() > until:
            await store.write(delivering.let_go, entry.id, DELIVER, parcel)
            return
        await _send(http, parcel, entry.code, event, now())
        if not await store.write(delivering.told, entry.id, DELIVER, parcel, event.seq, event.id):
            return  # its lease ran out, and another tells it by now
        yield event
    if await store.write(delivering.told, entry.id, DELIVER, parcel, parcel.seq, parcel.last):
        await store.write(delivering.let_go, entry.id, DELIVER, parcel)


async def _send(http: httpx.AsyncClient, parcel: Parcel, code: str, event: Event, at: dt.datetime) -> None:
    """Send one event.

    Raises:
        _Refused: It was not answered with success.
    """
    told = {"type": event.name, "timestamp": event.at, "tenant": code, "data": event.data}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    at = at.astimezone(dt.UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "renda",
        "webhook-id": event.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(parcel.secret).sign(event.id, at, body),
    }
    try:
        answer = await http.post(parcel.url, content=body.encode(), headers=headers)
    except (Unreachable, httpx.HTTPError, httpx.InvalidURL) as error:
        raise _Refused(str(error) or type(error).__name__, shown=UNREACHED) from error
    if not answer.is_success:
        raise _Refused(f"it answered {answer.status_code}", _asked(answer), gone=answer.status_code == GONE)


def _asked(answer: httpx.Response) -> dt.timedelta:
    """Read how many seconds a receiver asks to wait; none where it says none, or a date."""
    given = answer.headers.get("Retry-After", "")
    return dt.timedelta(seconds=int(given[:9])) if given.isdecimal() and given.isascii() else dt.timedelta(0)
