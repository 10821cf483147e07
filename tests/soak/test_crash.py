"""A writer is killed at random moments: whatever it acknowledged is there, and what is there is whole."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.databases import A, open_sqlite
from tests.store.rows import events, page

from renda_core.services import journal

ROOT = Path(__file__).parents[2]
LONG = os.environ.get("RENDA_SOAK") == "1"


def run_and_kill(path, acknowledged, seconds):
    command = [sys.executable, "-m", "tests.soak.crash_writer", str(path), str(acknowledged)]
    before = acknowledged.stat().st_size
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as writer:  # noqa: S603 - ourselves
        until = time.monotonic() + 30
        while acknowledged.stat().st_size == before and time.monotonic() < until and writer.poll() is None:
            time.sleep(0.005)
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        _, errors = writer.communicate()
    assert writer.returncode == -signal.SIGKILL, errors.decode()


def check(path, acknowledged, kills):
    """Compare what was acknowledged with what is there; answer how many cases there are."""
    lines = acknowledged.read_text().split("\n")
    promised = {}
    for line in lines[:-1]:  # the last one may be cut off
        id, version = line.split()
        promised[id] = int(version)
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()
    store = open_sqlite(path)
    try:
        there = {f.id: f.version for f in store.run(store.read(page, A))}
        verified = store.run(store.read(journal.verify, A))
        told = store.run(store.read(events, A))
    finally:
        store.close()
    lost = {id: version for id, version in promised.items() if there.get(id, -1) < version}
    assert lost == {}
    assert verified.whole, verified.why
    assert verified.entries == told == len(there) + sum(there.values())
    assert len(there) - len(promised) <= kills  # committed, and killed before it could say so
    return len(there)


def crash(path, acknowledged, rounds, seed):
    dice = random.Random(seed)
    acknowledged.touch()
    there = 0
    for kills in range(1, rounds + 1):
        run_and_kill(path, acknowledged, dice.random() * 0.25)
        now = check(path, acknowledged, kills)
        assert now > there
        there = now
        if there > 4000:  # the page that the check reads has an end
            return


SEEDS = [(1, 3), *((seed, 10) for seed in range(100, 110) if LONG)]
"""A short seeded share always; the long rounds with ``RENDA_SOAK=1``."""


@pytest.mark.parametrize(("seed", "rounds"), SEEDS)
def test_no_acknowledged_write_is_lost(sqlite_path, tmp_path, seed, rounds):
    crash(sqlite_path, tmp_path / "acknowledged", rounds, seed)
