"""A county whose events are told: short cuts of the tests on receivers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from tests.core.entering_people import KEEPER, Office

from renda_core.domain.case import Actor
from renda_core.services.events import delivering, receivers
from renda_core.services.events.delivering import DELIVER, Parcel
from renda_core.services.events.receivers import Kept, Receiver
from renda_core.store import tables as t
from renda_core.store.compile import Query, mine
from renda_core.store.receivers import RECEIVER, ReceiverRow
from renda_core.testing import Bench
from renda_plugins import suggestion_handling

URL = "https://oa.example/renda"
OUTBOX = Query(select(t.outbox.c.name, t.outbox.c.seq).where(mine(t.outbox)).order_by(t.outbox.c.id), dict)


def hear(b: Bench) -> None:
    """Let somebody want to hear of what happens, so that it is kept until it is told."""
    b.do(receivers.put, KEEPER, Receiver(name="oa", url=URL))


class Post:
    """A county whose events are told, and the clock of its store."""

    def __init__(self, county: Any, monkeypatch: Any) -> None:
        self.office = Office(county(suggestion_handling), monkeypatch)
        self.bench = self.office.bench
        self.wait = self.office.wait

    def put(self, name: str = "oa", by: Actor = KEEPER, secret: str = "", *, renew: bool = False, **rest: Any) -> Kept:
        """Keep a receiver, or change the one that is there."""
        row = self.row(name)
        version = row.version if row and "version" not in rest else 0
        wanted = Receiver(**{"name": name, "url": URL, "version": version, **rest})
        kept: Kept = self.bench.do(receivers.put, by, wanted, secret, renew=renew)
        return kept

    def row(self, name: str = "oa") -> ReceiverRow | None:
        """Give a receiver as stored."""
        found: ReceiverRow | None = self.bench.read(lambda reader: reader.find(RECEIVER, name=name))
        return found

    def happen(self, *names: str) -> None:
        """Let something happen, in one entry."""

        async def happening(unit: Any) -> None:
            unit.record("test.happened", on=unit.tenant, version=0, rule="test")
            for n, name in enumerate(names):
                unit.emit(name, n=n)

        self.write(happening)

    def write(self, use_case: Any, *args: Any, **kw: Any) -> Any:
        """Run a use case as the job does."""
        store = self.bench.store
        return store.run(store.write(use_case, self.bench.tenant.id, DELIVER, *args, **kw))

    def take(self, name: str = "oa") -> Parcel | None:
        """Take a receiver's lease."""
        parcel: Parcel | None = self.write(delivering.take, name)
        return parcel

    def failed(self, parcel: Parcel, why: str = "no", *, gone: bool = False) -> bool:
        """Say that it did not take an event in."""
        off: bool = self.write(delivering.failed, parcel, why, asked=dt.timedelta(0), gone=gone)
        return off

    def tell(self, name: str = "oa") -> list[str]:
        """Tell everything that waits; give the names."""
        told: list[str] = []
        while parcel := self.take(name):
            told += [event.name for event in parcel.events]
            assert self.write(delivering.told, parcel, parcel.seq, parcel.last)
            self.write(delivering.let_go, parcel)
        return told

    def waiting(self) -> tuple[str, ...]:
        """Name the receivers for whom events wait."""
        names: tuple[str, ...] = self.bench.read(delivering.waiting)
        return names

    def outbox(self) -> list[str]:
        """Name the events that are kept."""
        return [row["name"] for row in self.bench.read(lambda reader: reader.all(OUTBOX))]

    def entries(self, what: str) -> list[dict[str, Any]]:
        """List the journal's entries of a sort."""
        return [entry for entry in self.bench.entries() if entry["what"] == what]
