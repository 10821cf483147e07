"""The country's counties on one service: made, started, each asked once, and what many cost beside one."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from benchmarks.bench_api import cpu, free_port, serving
from benchmarks.counties import TODAY
from tests import databases
from tests.divisions import published

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Calendar
from renda_core.domain.case import Actor
from renda_core.premises import Premises
from renda_core.premises.making import found
from renda_core.premises.provisioning import provision
from renda_core.services.accounts import issuing
from renda_core.services.hosting import divisions, founding
from renda_core.store.codec import new_id
from renda_core.store.migrate import upgrade_postgres
from renda_core.store.revision import locations
from renda_core.workspace import Home
from renda_server.delivering import deliver

EACH_SECOND = 100
"""Tenants that are made a second, at least."""
START = 3.0
"""Seconds from the start of the process to its first answer, at most."""
MEMORY = 200
"""MiB of private memory of a worker that has answered every tenant, at most."""
TIMES = 1.2
"""How many times the CPU of a request of one tenant a request may cost that comes from any."""
ROUNDS, REQUESTS = 21, 200
NOISE = 2.0
"""How many times longer another tenant may wait beside a flood."""
FLOOD = 200
"""Requests a second of the tenant that floods."""
PATH = "/api/cases"
OPERATOR = Actor(id=new_id(), roles={"operator"})
OFFICE = Actor(id=new_id(), roles={"office"})


@attrs.frozen(kw_only=True)
class Hosted:
    """A database with every county of the country.

    Attributes:
        tokens: One for each tenant.
        seconds: How long it took to make the tenants.
    """

    home: Path
    database: str
    tokens: list[str]
    seconds: float

    @property
    def environ(self) -> dict[str, str]:
        """What the server is told."""
        return os.environ | {"RENDA_DATABASE": self.database}


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """Every county-level division of the published list as a tenant, with a token each."""
    folder, catalogue = tmp_path_factory.mktemp("country"), Catalogue.installed()
    home = Home(path=folder / "home")
    home.keys()
    files = divisions.files(divisions.read([published()]), catalogue, "law", ["suggestion_handling"])
    with databases.server() as server, databases.database(server) as dsn:
        upgrade_postgres(dsn, locations(catalogue.modules.values()))
        url = databases.url(dsn, "renda_app")

        async def made() -> tuple[list[str], float]:
            premises = Premises(home=home, database=url, size=4)
            await found(
                premises, founding.configuration(new_id(), "platform", "省平台", "province"), catalogue, OPERATOR
            )
            before = time.perf_counter()
            done = await provision(premises, files, catalogue, OPERATOR)
            seconds = time.perf_counter() - before
            assert done.made == len(files)
            store = await premises.main()
            tokens = [
                await store.write(issuing.give_token, f.id, OPERATOR, f.open(catalogue, Calendar(), TODAY), OFFICE)
                for f in files
            ]
            await premises.close()
            return tokens, seconds

        tokens, seconds = asyncio.run(made())
        yield Hosted(home=home.path, database=url, tokens=tokens, seconds=seconds)


def command(country: Hosted, port: int) -> list[str]:
    """Give what starts a server."""
    return [str(Path(sys.executable).with_name("renda")), "--home", str(country.home), "serve", "--port", str(port)]


def load() -> str:
    """Tell what else the machine does: what is timed by the clock rests on it."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def private(pid: int) -> float:
    """Tell the private memory of a process, in MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def ask(client: httpx.Client, token: str) -> None:
    """Ask as one tenant's office."""
    answer = client.get(PATH, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text


def spent(pid: int, client: httpx.Client, tokens: list[str]) -> float:
    """Give the server's CPU for one request, in seconds."""
    before = cpu(pid)
    for token in tokens:
        ask(client, token)
    return (cpu(pid) - before) / len(tokens)


def test_making_them(benchmark: Any, country: Hosted, told: list[str]) -> None:
    benchmark.pedantic(lambda: None, rounds=1)  # what is measured was measured when they were made
    rate = len(country.tokens) / country.seconds
    told.append(f"{len(country.tokens)} tenants made: {rate:.0f} a second; bar at least {EACH_SECOND}; {load()}")
    assert rate >= EACH_SECOND


def test_a_round_of_events_where_nothing_waits(benchmark: Any, country: Hosted, told: list[str]) -> None:
    """What `renda deliver` costs the service where no county has anything to be told."""

    async def once() -> float:
        premises = Premises(home=Home(path=country.home), database=country.database, size=1)
        try:
            before = time.process_time()
            done = await deliver(premises)
            assert len(done) == len(country.tokens) + 1
            return time.process_time() - before
        finally:
            await premises.close()

    spent = benchmark.pedantic(lambda: asyncio.run(once()), rounds=1)
    told.append(
        f"  a round of events over {len(country.tokens)} tenants that wait for none: {spent:.2f} s of processor"
    )


def test_one_worker_for_all_of_them(
    benchmark: Any, country: Hosted, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENDA_DATABASE", country.database)
    benchmark.pedantic(lambda: worker(country, told), rounds=1)


def worker(country: Hosted, told: list[str]) -> None:
    """Start a server, ask it as every tenant, and then as any beside one."""
    port, before = free_port(), time.monotonic()
    with serving(command(country, port), port, "/api/healthz") as (pid, client):
        ask(client, country.tokens[0])
        started = time.monotonic() - before
        alone = private(pid)
        for token in country.tokens:
            ask(client, token)
        after, maps = private(pid), Path(f"/proc/{pid}/maps").read_text()
        assert "llvmlite" not in maps  # Numba's compiler
        ratios = list(rounds(pid, client, country.tokens))
    told.append(f"from the start to the first answer: {started:.2f} s; bar at most {START}; {load()}")
    told.append(f"private memory: {alone:.0f} MiB after one tenant, {after:.0f} after all; bar at most {MEMORY}")
    told.append("Numba's compiler is not loaded")
    told.append(f"a request of any tenant beside one of one: {statistics.median(ratios):.3f}x; bar at most {TIMES}")
    assert started < START
    assert after < MEMORY
    assert statistics.median(ratios) < TIMES


def rounds(pid: int, client: httpx.Client, tokens: list[str]) -> Iterator[Any]:
    """Give the ratio of each round: requests of any tenant, and as many of one."""
    draw = random.Random(8)
    for _ in range(ROUNDS):
        one = spent(pid, client, [draw.choice(tokens)] * REQUESTS)
        yield spent(pid, client, draw.choices(tokens, k=REQUESTS)) / one


def test_one_tenants_flood_and_another(
    benchmark: Any, country: Hosted, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another tenant waits while one asks two hundred times a second; told, for it rests on the machine."""
    monkeypatch.setenv("RENDA_DATABASE", country.database)
    benchmark.pedantic(lambda: noise(country, told), rounds=1)


def noise(country: Hosted, told: list[str]) -> None:
    """Measure one tenant alone, and beside the flood of another."""
    port = free_port()
    with (
        serving(command(country, port), port, "/api/healthz") as (_, client),
        httpx.Client(base_url=client.base_url) as loud,
    ):
        quiet = waits(client, country.tokens[0])
        over, asked = threading.Event(), [0]
        thread = threading.Thread(target=flood, args=(loud, country.tokens[1], over, asked))
        thread.start()
        before = time.perf_counter()
        try:
            beside = waits(client, country.tokens[0])
            rate = asked[0] / (time.perf_counter() - before)
        finally:
            over.set()
            thread.join()
    waited = f"{quiet * 1e3:.1f} ms alone, {beside * 1e3:.1f} ms beside a flood: {beside / quiet:.2f}x"
    told.append(f"95 of 100 requests wait at most {waited} of {rate:.0f} a second; aim {NOISE}; {load()}")


def flood(client: httpx.Client, token: str, over: threading.Event, asked: list[int]) -> None:
    """Ask as many times a second as a flood does, counting from its beginning: what was late is made up for."""
    begun = time.perf_counter()
    while not over.is_set():
        asked[0] += 1
        ask(client, token)
        over.wait(max(0.0, begun + asked[0] / FLOOD - time.perf_counter()))


def waits(client: httpx.Client, token: str) -> float:
    """Give the time within which 95 of 100 requests are answered, in seconds."""
    found = []
    for _ in range(REQUESTS * 5):
        before = time.perf_counter()
        ask(client, token)
        found.append(time.perf_counter() - before)
    return statistics.quantiles(found, n=20)[-1]
