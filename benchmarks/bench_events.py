"""Events told to a receiver on this machine, each noted on the disk, against the same requests sent and forgotten."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from benchmarks.pairs import Pairs
from standardwebhooks.webhooks import Webhook
from tests.hosted import NOW, Service
from tests.listening import LOOPBACK, Listener, listener
from tests.server.telling import EAST, Post

from renda_core.store.codec import new_id
from renda_core.workspace import Home
from renda_server.delivering import deliver

__all__ = ["listener"]
MANY = 200
"""Events of one round."""
ROUNDS = 9
WORD = "石桥"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """A county on SQLite."""
    home = Home(path=tmp_path / "home", now=lambda: NOW)
    home.path.mkdir()
    home.keys()
    return Post(Service(home))


def test_events_and_requests_sent_and_forgotten(versus: Pairs, post: Post, listener: Listener) -> None:
    secret = post.put(EAST, listener.url)
    body = json.dumps({"type": "test.happened", "timestamp": NOW.isoformat(), "tenant": "east", "data": {"word": WORD}})

    async def told(premises: Any) -> None:
        (sent,) = await deliver(premises, ("east",), LOOPBACK)
        assert sent.events == MANY, sent

    async def sent() -> None:
        limits = httpx.Limits(max_keepalive_connections=0)  # no connection is kept by ours either
        async with httpx.AsyncClient(trust_env=False, limits=limits) as http:
            for _ in range(MANY):
                id = new_id()
                signed = {"webhook-id": id, "webhook-signature": Webhook(secret).sign(id, NOW, body)}
                answer = await http.post(listener.url, content=body.encode(), headers=signed)
                assert answer.is_success

    def forgotten() -> None:
        post.happen(EAST, *[WORD] * MANY)  # for our turn, which comes next
        asyncio.run(sent())

    def ours() -> None:
        post.service.run(told)

    forgotten()
    ours()
    found = versus(
        f"{MANY} events told, each noted",
        ours,
        forgotten,
        against="sent by httpx and forgotten",
        at_most=3,
        rounds=ROUNDS,
    )
    if found.ours:
        versus.told.lines.append(f"  {MANY / found.ours:,.0f} events a second")
