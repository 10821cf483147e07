"""Counties whose events are told to a server of the tests' own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.hosted import Service
from tests.listening import LOOPBACK, Hit

from renda_core.domain.case import Actor
from renda_core.premises.rekeying import opened
from renda_core.services.events import receivers
from renda_core.services.events.delivering import DELIVER
from renda_core.services.events.receivers import Receiver
from renda_core.store import receivers as statements
from renda_core.tenancy import Tenant
from renda_core.testing import uid
from renda_server.delivering import Sent, deliver

EAST, WEST = uid("tenant east"), uid("tenant west")
ADMIN = Actor(id=uid("admin"), roles={"admin"})


class Post:
    """Two counties whose events are told, and what became of them."""

    def __init__(self, service: Service) -> None:
        self.service = service
        service.founded("east", "west")

    def write(self, id: str, use_case: Any, *args: Any, by: Actor = DELIVER, **kw: Any) -> Any:
        """Run a use case in a county."""

        async def work(premises: Any) -> Any:
            store = await premises.store((await premises.look()).one(id))
            return await store.write(use_case, id, by, *args, **kw)

        return self.service.run(work)

    def put(self, id: str, url: str, name: str = "oa", **rest: Any) -> str:
        """Keep a receiver; give its secret."""
        tenant = self.tenant(id)

        async def putting(unit: Any) -> str:
            kept = await receivers.put(unit, tenant, Receiver(name=name, url=url, **rest))
            return kept.secret

        secret: str = self.write(id, putting, by=ADMIN)
        return secret

    def tenant(self, id: str) -> Tenant:
        """Open a county."""

        async def work(premises: Any) -> Tenant:
            _, tenant = await opened(premises, (await premises.look()).one(id))
            return tenant

        return self.service.run(work)

    def happen(self, id: str, *words: str, name: str = "test.happened") -> None:
        """Let something happen."""
        self.write(id, happening, words, name)

    def deliver(self, *codes: str, networks: Any = LOOPBACK) -> tuple[Sent, ...]:
        """Tell everybody."""
        return self.service.run(lambda premises: deliver(premises, codes, networks))

    def row(self, id: str, name: str = "oa") -> Any:
        """Give a receiver as stored."""

        async def work(premises: Any) -> Any:
            store = await premises.store((await premises.look()).one(id))
            return await store.read(found, id)

        async def found(reader: Any) -> Any:
            return await reader.find(statements.RECEIVER, name=name)

        return self.service.run(work)


async def happening(unit: Any, words: Sequence[str], name: str) -> None:
    """Tell of some words, in one entry."""
    unit.record("test.happened", on=unit.tenant, version=0, rule="test")
    for word in words:
        unit.emit(name, word=word)


def words(hits: Sequence[Hit]) -> list[str]:
    """Read the words that were told."""
    return [json.loads(hit.body)["data"]["word"] for hit in hits]
