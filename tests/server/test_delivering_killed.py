"""Tellers killed at random moments: no event is lost, none is told that was undone, each has one id however often."""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook
from tests.hosted import RUNNER, Service, service
from tests.listening import Answer, Hit, Listener, listener

from renda_core.errors import Stale
from renda_core.services.events import delivering
from renda_core.workspace import Home

from . import teller
from .telling import EAST, WEST, Post, happening, words

__all__ = ["listener", "service"]
LONG = os.environ.get("RENDA_SOAK") == "1"
KILLS = 60 if LONG else 8
"""How often a teller is killed; more with ``RENDA_SOAK=1``."""


def test_nothing_is_lost_and_nothing_told_that_was_undone_whoever_is_killed(
    service: Service, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers at once, some of them undone; two tellers, killed again and again; a receiver that often fails."""
    post = Post(service)
    monkeypatch.setattr(delivering, "LEASE", teller.LEASE)
    monkeypatch.setattr(teller.events, "WAITS", (teller.SOON,) * 100_000)
    dice = random.Random(33)
    post.service.home = home = Home(path=post.service.home.path)
    ids = {"east": EAST, "west": WEST}
    secrets = {code: post.put(id, f"{listener.url}{code}") for code, id in ids.items()}
    listener.judge = lambda _: (200, {}, b"") if dice.random() < 0.9 else (500, {}, b"")
    accepted: dict[str, list[Hit]] = defaultdict(list)
    judge = listener.judge

    def judged(hit: Hit) -> Answer:
        answer = judge(hit)
        if answer[0] == 200:
            accepted[hit.path[1:]].append(hit)
        return answer

    listener.judge = judged
    committed: dict[str, set[str]] = {"east": set(), "west": set()}
    undone: set[str] = set()

    async def fail(unit: Any, word: str) -> None:
        await happening(unit, [word], "test.happened")
        raise Stale("changed my mind")

    def write(n: int) -> None:
        code = ("east", "west")[n % 2]
        word = f"{code}-{n}"
        if n % 7 == 0:
            with pytest.raises(Stale):
                post.write(ids[code], fail, word, by=RUNNER)
            undone.add(word)
        else:
            post.write(ids[code], happening, [word], "test.happened", by=RUNNER)
            committed[code].add(word)

    tellers = [teller.start(home.path, post.service.database) for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        for kill in range(KILLS):
            list(threads.map(write, range(kill * 10, kill * 10 + 10)))
            time.sleep(dice.random() * 0.3)
            victim = tellers.pop(0)
            victim.kill()
            victim.join(60)
            tellers.append(teller.start(home.path, post.service.database))
    for one in tellers:
        one.kill()
        one.join(60)
    until = time.monotonic() + 60
    while any(set(words(accepted[code])) < committed[code] for code in ids):
        assert time.monotonic() < until, "events are not told"
        asyncio.run(teller.once(home, post.service.database))
    for code in ids:
        first: dict[str, str] = {}
        for hit in accepted[code]:
            Webhook(secrets[code]).verify(hit.body, hit.headers)
            first.setdefault(hit.headers["webhook-id"], json.loads(hit.body)["data"]["word"])
        assert set(first.values()) == committed[code]  # none lost, and none that was undone
        assert len(first) == len(committed[code])  # each has one id, however often it came
        assert not undone & set(first.values())
    assert len(listener.hits) > sum(map(len, committed.values()))  # some came again, under the same id
    print(f"{KILLS} tellers killed: {len(listener.hits)} sent, {sum(map(len, committed.values()))} events, 0 lost")
