"""Killed at random moments, the application, its database or both: whatever was acknowledged is there, and whole.

PostgreSQL runs with ``fsync`` on, as it is delivered; all of its processes are killed at once.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests import databases, servers
from tests.databases import A, B
from tests.soak.crash_writer import opened, start
from tests.store.rows import events, page

from renda_core.services import journal
from renda_core.store.migrate import upgrade_postgres

LONG = os.environ.get("RENDA_SOAK") == "1"
ROUNDS = 20 if LONG else 10
SEEDS = range(100, 110) if LONG else (1,)
"""A short seeded share always; two hundred rounds of each with ``RENDA_SOAK=1``."""
PATIENCE = 60.0
MOST = 4_500
"""Cases that one database is filled with: the page that the check reads has an end."""


def grown(file: Path, than: int) -> None:
    """Wait until more is acknowledged."""
    until = time.monotonic() + PATIENCE
    while file.stat().st_size <= than:
        assert time.monotonic() < until, "nothing is written any more"
        time.sleep(0.002)


def promised(acknowledged: Path) -> dict[str, int]:
    """Read what was acknowledged: the version of each case."""
    told = {}
    for line in acknowledged.read_text().split("\n"):
        id, _, version = line.partition(" ")
        if len(id) == 36 and version:  # the last line before a kill may be cut off
            told[id] = int(version)
    return told


def settled(where: str) -> None:
    """Wait until the server has noticed that the application is gone, and ended what it was about."""
    until = time.monotonic() + PATIENCE
    ours = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'renda_app' AND datname = current_database()"
    with psycopg.connect(where, autocommit=True) as raw:
        while raw.execute(ours).fetchone() != (0,):
            assert time.monotonic() < until, "the server keeps a dead client's transaction"
            time.sleep(0.005)


def check(where: str, acknowledged: Path, kills: int) -> int:
    """Compare what was acknowledged with what is there; answer how many cases there are."""
    told = promised(acknowledged)
    if "dbname=" in where:
        settled(where)
    store = opened(where)
    try:
        there = {f.id: f.version for f in store.run(store.read(page, A))}
        verified = store.run(store.read(journal.verify, A))
        queued = store.run(store.read(events, A))
    finally:
        store.shut()
    assert {id: version for id, version in told.items() if there.get(id, -1) < version} == {}
    assert verified.whole, verified.why
    assert verified.entries == queued == len(there) + sum(there.values())  # none half: case, entry and event
    assert len(there) - len(told) <= kills  # committed, and killed before it could say so
    return len(there)


def crash(make: Any, kill: Any, folder: Path, rounds: int, seed: int) -> tuple[int, int]:
    """Write and kill in turn; give the cases written and acknowledged, over as many databases as are filled."""
    dice, done, cases, told = random.Random(seed), 0, 0, 0
    while done < rounds:
        where, acknowledged, there, kills = make(), folder / f"acknowledged-{done}", 0, 0
        acknowledged.touch()
        while done < rounds and there < MOST:
            writer = start(where, acknowledged)
            grown(acknowledged, acknowledged.stat().st_size)
            time.sleep(dice.random() * 0.25)
            kill(writer, acknowledged)
            with acknowledged.open("ab") as file:  # what the kill cut off ends here
                file.write(b"\n")
            done, kills = done + 1, kills + 1
            now = check(where, acknowledged, kills * 2)
            assert now > there
            there = now
        cases, told = cases + there, told + len(promised(acknowledged))
    return cases, told


def kill_writer(writer: Any, _: Path) -> None:
    """Kill the application."""
    writer.kill()
    writer.join(PATIENCE)
    assert writer.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("seed", SEEDS)
def test_sqlite_loses_nothing_when_the_application_is_killed(sqlite_template: Path, tmp_path: Path, seed: int) -> None:
    made = iter(range(ROUNDS))

    def make() -> str:
        path = tmp_path / f"{next(made)}.db"
        path.write_bytes(sqlite_template.read_bytes())
        return str(path)

    cases, told = crash(make, kill_writer, tmp_path, ROUNDS, seed)
    print(f"SQLite, application killed {ROUNDS} times: {told:,} acknowledged, {cases:,} there, 0 lost")
    for path in tmp_path.glob("*.db"):
        raw = sqlite3.connect(path)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        raw.close()


@pytest.fixture(scope="module")
def durable() -> Iterator[tuple[servers.Server, str]]:
    """A server that may be killed, and its migrated template; both end with this module."""
    with servers.running(18, fsync=True) as server:
        with psycopg.connect(server.dsn) as raw:
            assert raw.execute("SHOW fsync").fetchone() == raw.execute("SHOW synchronous_commit").fetchone() == ("on",)
        with psycopg.connect(server.dsn, autocommit=True) as raw:
            raw.execute("CREATE DATABASE migrated")
        dsn = server.dsn.replace("dbname=postgres", "dbname=migrated")
        upgrade_postgres(dsn)
        databases.add_tenants_postgres(dsn, A, B)
        yield server, "migrated"


@pytest.mark.postgres
@pytest.mark.parametrize("killed", ["application", "database", "both"])
@pytest.mark.parametrize("seed", SEEDS)
def test_postgresql_loses_nothing_whoever_is_killed(
    durable: tuple[servers.Server, str], tmp_path: Path, killed: str, seed: int
) -> None:
    server, template = durable
    made = iter(range(ROUNDS))

    def make() -> str:
        name = f"crash_{killed}_{seed}_{next(made)}"
        with psycopg.connect(server.dsn, autocommit=True) as raw:
            raw.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return server.dsn.replace("dbname=postgres", f"dbname={name}")

    def kill(writer: Any, acknowledged: Path) -> None:
        if killed == "both":
            kill_writer(writer, acknowledged)
        if killed != "application":
            server.kill()
            server.start()
        if killed == "database":  # the application goes on by itself, without being started again
            grown(acknowledged, acknowledged.stat().st_size)
        if killed != "both":
            kill_writer(writer, acknowledged)

    cases, told = crash(make, kill, tmp_path, ROUNDS, seed)
    print(f"PostgreSQL, {killed} killed {ROUNDS} times: {told:,} acknowledged, {cases:,} there, 0 lost")
