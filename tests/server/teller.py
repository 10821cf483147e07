"""Tells receivers of events for ever, with short leases and waits, until somebody kills it."""

from __future__ import annotations

import asyncio
import datetime as dt
import multiprocessing
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.listening import LOOPBACK

from renda_core.domain import events
from renda_core.premises import Premises
from renda_core.services.events import delivering
from renda_core.workspace import Home
from renda_server.delivering import deliver

LEASE = dt.timedelta(seconds=1)
SOON = dt.timedelta(milliseconds=20)


def hurry() -> None:
    """Shorten the lease of whoever was killed, and the waits after what failed."""
    delivering.LEASE, events.WAITS = LEASE, (SOON,) * 100_000


async def once(home: Home, database: str) -> int:
    """Tell what there is to be told; answer how many events."""
    premises = Premises(home=home, database=database, size=2)
    try:
        return sum(one.events for one in await deliver(premises, (), LOOPBACK))
    finally:
        await premises.close()


def main(path: str, database: str) -> None:
    """Go on for ever."""
    hurry()
    while True:
        asyncio.run(once(Home(path=Path(path)), database))


def start(path: Path, database: str) -> BaseProcess:
    """Start one, forked from one that has read the library already."""
    forked = multiprocessing.get_context("forkserver")
    forked.set_forkserver_preload([__name__])
    made = forked.Process(target=main, args=(str(path), database), daemon=True)
    made.start()
    return made
