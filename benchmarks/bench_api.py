"""A page of the ledger over HTTP: CPU of the server's process, against datasette on the same rows in the same run."""

from __future__ import annotations

import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from benchmarks.counties import OFFICE, filled

from renda_core.services.accounts import issuing

MANY = 10_000
"""Suggestions in the county."""
REQUESTS, ROUNDS = 300, 11
"""Many turns, one server after the other: what else the machine does then meets both alike."""
AT_LEAST = 5.0
"""How many times less CPU a page of ours costs."""
COLUMNS = "id, kind, number, title, opened_on, state, closed, round, next_due, version"
PATIENCE = 60.0
"""Seconds that a server has to come up."""


@contextmanager
def serving(command: list[str], port: int, path: str) -> Iterator[tuple[int, httpx.Client]]:
    """Run a server until its first answer; give its process id and a client that keeps its connection."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            until = time.monotonic() + PATIENCE
            while True:
                try:
                    client.get(path)
                    break
                except httpx.TransportError:
                    assert time.monotonic() < until, f"{command[:4]} did not come up"
                    time.sleep(0.1)
            yield process.pid, client
    finally:
        process.terminate()
        process.wait(PATIENCE)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def cpu(pid: int) -> float:
    """Tell the CPU that all threads of a process have used, in seconds, to the nanosecond."""
    return sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def spent(pid: int, client: httpx.Client, path: str, headers: dict[str, str], rows: str) -> float:
    """Ask for a page again and again; give the server's CPU for one, in microseconds."""
    before = cpu(pid)
    for _ in range(REQUESTS):
        answer = client.get(path, headers=headers)
    found = answer.json()[rows]
    assert (answer.status_code, len(found)) == (200, 50)
    return (cpu(pid) - before) / REQUESTS * 1e6


def ledger_of(county: Path, made: Path) -> None:
    """Copy the columns that a ledger shows into a table of their own: the peer has nothing to join or to decode."""
    raw = sqlite3.connect(made)
    raw.execute("ATTACH ? AS county", (str(county),))
    raw.execute(f"CREATE TABLE ledger AS SELECT hex(id) AS id, {COLUMNS[4:]} FROM county.case_file")  # noqa: S608
    raw.execute("CREATE INDEX by_id ON ledger (id)")
    raw.commit()
    raw.close()


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="CPU of another process is read from /proc")
def test_a_page_of_the_ledger_and_datasette(benchmark: Any, told: list[str], tmp_path: Path) -> None:
    with filled(tmp_path / "home", MANY) as county:
        ledger_of(county.path, tmp_path / "peer.db")
        token = county.work.do(issuing.give_token, OFFICE, OFFICE)
    home = tmp_path / "home"
    mine, theirs = free_port(), free_port()
    ours_command = [str(Path(sys.executable).with_name("renda")), "--home", str(home), "serve", "--port", str(mine)]
    peer_command = [sys.executable, "-m", "datasette", "serve", str(tmp_path / "peer.db"), "--port", str(theirs)]
    ask = "/peer/ledger.json?_size=50&_shape=objects&_nocount=1&_nofacet=1&_nosuggest=1"
    ours: list[float] = []
    peer: list[float] = []
    with (
        serving(ours_command, mine, "/healthz") as (pid, client),
        serving(peer_command, theirs, "/-/versions.json") as (other, asking),
    ):
        bearer = {"Authorization": f"Bearer {token}"}

        def turn_of_the_peer() -> None:
            peer.append(spent(other, asking, ask, {}, "rows"))

        def turn() -> None:
            ours.append(spent(pid, client, "/api/cases?size=50", bearer, "items"))

        spent(pid, client, "/api/cases?size=50", bearer, "items")  # both warm
        spent(other, asking, ask, {}, "rows")
        benchmark.pedantic(turn, setup=turn_of_the_peer, rounds=1 if benchmark.disabled else ROUNDS)
    if benchmark.disabled:
        return
    ratio = statistics.median(p / o for p, o in zip(peer, ours, strict=True))
    told.append(
        f"GET /api/cases?size=50 of {MANY:,}: {statistics.median(ours):.0f} us CPU of the server, {ratio:.1f}x less "
        f"than datasette's {statistics.median(peer):.0f} us; bar >= {AT_LEAST:g}x"
    )
    assert ratio >= AT_LEAST
