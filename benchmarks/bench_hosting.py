"""A county on PostgreSQL over HTTP: CPU of the server's process a request, beside its own hello and two peers.

Ours goes through identity, tenant and row-level security, and shows each reader what they may see; a case comes with
its deadlines explained day by day. The peers ask nobody who they are and answer the row as it stands.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count, islice
from pathlib import Path
from typing import Any

import attrs
import httpx
import msgspec
import pytest
from benchmarks.counties import WANG
from benchmarks.hosted import Hosted, Server, drf, fastapi, get, hosted, ours, post
from benchmarks.peers import install

from renda_core.store.codec import new_id

MANY = 10_000
"""Suggestions in the county."""
ROUNDS = 21
"""Many short turns, one kind after the other: what else the machine does then meets all alike."""
WARM = 3
TIMES = {"hello": 200, "read": 160, "list": 80, "open": 48, "step": 48}
"""Requests of one turn; of the peers' half as many."""


@attrs.frozen(kw_only=True)
class Bar:
    """What a ratio of two kinds of request must keep: that of *over* to *under*."""

    over: str
    under: str
    at_least: float = 0.0
    at_most: float = float("inf")

    def __str__(self) -> str:
        return f">= {self.at_least:g}x" if self.at_least else f"<= {self.at_most:g}x" if self.at_most < 1e9 else ""


BARS = (
    Bar(over="read", under="hello", at_most=5.5),
    Bar(over="fastapi read", under="read", at_least=3.0),
    Bar(over="drf read", under="read", at_least=4.5),
    Bar(over="list", under="hello"),
    Bar(over="fastapi list", under="list", at_least=3.0),
    Bar(over="drf list", under="list", at_least=3.0),
    Bar(over="fastapi open", under="open", at_least=2.0),
    Bar(over="fastapi open", under="step", at_least=2.0),
    Bar(over="asyncio read", under="read"),
    Bar(over="asyncio list", under="list"),
    Bar(over="asyncio open", under="open"),
    Bar(over="asyncio open", under="step"),
)
"""What is told, and what must be kept. A write of ours has its journal entry and its event; theirs is one row.

The bars are for FastAPI as its own documentation writes it; on asyncio, which that page does not show, it is told too.
"""


def kinds(county: Hosted) -> dict[str, Callable[[int], list[bytes]]]:
    """Give what is asked, by kind: so many requests of it."""
    chance, json = random.Random(1), msgspec.json.encode
    waiting = iter(chance.sample(county.replied, len(county.replied)))
    numbers = count(1)
    case = {"kind": "suggestion", "title": "修桥", "body": {"text": "城东石桥多年失修", "subject": "交通"}}
    step = {"step": "evaluate", "grade": "satisfied", "payload": {"of": WANG.id}, "version": county.version}

    def some(path: str, token: str) -> Callable[[int], list[bytes]]:
        return lambda n: [get(path.format(id), token) for id in chance.sample(county.replied, n)]

    def rows(n: int) -> list[bytes]:
        text = case["body"]["text"]  # type: ignore[index]
        made = ({"kind": "suggestion", "number": f"P-{i}", "title": "修桥", "document": text} for i in numbers)
        return [post("/cases", json(row)) for row in islice(made, n)]

    def steps(n: int) -> list[bytes]:
        return [post(f"/api/cases/{id}/steps", json(step), county.token) for id in islice(waiting, n)]

    return {
        "hello": lambda n: [get("/hello")] * n,
        "read": some("/api/cases/{}", county.token),
        "list": lambda n: [get("/api/cases?size=50", county.token)] * n,
        "open": lambda n: [post("/api/cases", json(case), county.token)] * n,
        "step": steps,
        "fastapi read": some("/cases/{}", ""),
        "fastapi list": lambda n: [get("/cases")] * n,
        "fastapi open": rows,
        "asyncio read": some("/cases/{}", ""),
        "asyncio list": lambda n: [get("/cases")] * n,
        "asyncio open": rows,
        "drf read": some("/cases/{}/", ""),
        "drf list": lambda n: [get("/cases/")] * n,
    }


TRIES, TURNS, APART = 200, 20, 5.0
"""Requests of each kind, in how many turns, and milliseconds by which their medians may differ."""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """A county on PostgreSQL."""
    with hosted(tmp_path_factory.mktemp("hosted") / "home", MANY) as found:
        yield found


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="CPU of another process is read from /proc")
def test_requests_beside_hello_and_peers(benchmark: Any, told: list[str], county: Hosted) -> None:
    asked, spent = kinds(county), dict[str, list[float]]()
    python = install()
    with ExitStack() as stack:
        servers = {
            "": stack.enter_context(ours(county)),
            "fastapi": stack.enter_context(fastapi(county, python, threads=True)),
            "asyncio": stack.enter_context(fastapi(county, python, threads=False)),
            "drf": stack.enter_context(drf(county, python)),
        }

        def turn() -> None:
            for kind, requests in asked.items():
                whose, _, what = kind.rpartition(" ")
                server: Server = servers[whose]
                many = TIMES[what] // (2 if whose else 1)
                spent.setdefault(kind, []).append(server.spent(requests(many)))

        benchmark.pedantic(turn, rounds=1 if benchmark.disabled else ROUNDS + WARM)
    if benchmark.disabled:
        return
    missed = []
    for bar in BARS:
        over, under = spent[bar.over][WARM:], spent[bar.under][WARM:]
        low, ratio, high = statistics.quantiles((o / u for o, u in zip(over, under, strict=True)), n=4)
        kept = bar.at_least <= ratio <= bar.at_most
        line = f"{bar.over} / {bar.under}: {ratio:.2f}x ({low:.2f}-{high:.2f}), {statistics.median(over):.0f} us "
        line += f"to {statistics.median(under):.0f} us CPU of the server, {MANY:,} cases"
        told.append(f"{line}; bar {bar}: {'kept' if kept else 'MISSED'}" if str(bar) else line)
        missed += [] if kept else [told[-1]]
    assert not missed, "\n".join(missed)


def test_not_yours_takes_as_long_as_not_there(benchmark: Any, told: list[str], county: Hosted) -> None:
    """Nobody learns from the time of an answer whether an id is another county's."""
    nobodys = [new_id() for _ in range(TRIES)]
    times: dict[bool, list[float]] = {True: [], False: []}
    with ours(county) as server, httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as client:
        headers = {"Authorization": f"Bearer {county.stranger}"}

        def turn() -> None:
            for theirs, ids in ((True, county.replied), (False, nobodys)):
                for id in random.Random(theirs).sample(ids, TRIES // TURNS):
                    before = time.perf_counter()
                    answer = client.get(f"/api/cases/{id}", headers=headers)
                    times[theirs].append((time.perf_counter() - before) * 1e3)
                    assert answer.status_code == 404, answer.text

        benchmark.pedantic(turn, rounds=1 if benchmark.disabled else TURNS)
    if benchmark.disabled:
        return
    theirs, none = statistics.median(times[True]), statistics.median(times[False])
    told.append(f"404 to another county's id {theirs:.2f} ms, to nobody's {none:.2f} ms; bar apart < {APART:g} ms")
    assert abs(theirs - none) < APART
