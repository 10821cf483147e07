"""Casting is killed at random moments, twice at once: no acknowledged paper is lost, and none is there twice."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.core.balloting import OFFICE, deputies, ready, trustees
from tests.databases import BOTH, A, owner_dsn
from tests.soak.ballot_writer import paper

from renda_core.errors import Rejected
from renda_core.services import ballots
from renda_core.services.ballots.closing import slot_hash
from renda_core.services.ballots.loading import size_of
from renda_core.store.ballots import ROLL

ROOT = Path(__file__).parents[2]
LONG = os.environ.get("RENDA_SOAK") == "1"
DEPUTIES = 400
TOGETHER = 2
"""Processes that cast for the same people at once, each with papers of its own."""


def kill_soon(where, ballot, seed, acknowledged, seconds):
    """Let some processes cast, and kill all of them after a while."""
    script = [sys.executable, "-m", "tests.soak.ballot_writer", where, ballot.id]
    files = [acknowledged / f"{seed}-{n}" for n in range(TOGETHER)]
    for file in files:
        file.touch()
    writers = [
        subprocess.Popen([*script, f"{seed}-{n}", str(file)], cwd=ROOT, stderr=subprocess.PIPE)  # noqa: S603 - ourselves
        for n, file in enumerate(files)
    ]
    until = time.monotonic() + 60
    while not all(f.stat().st_size for f in files) and time.monotonic() < until:
        if any(w.poll() is not None for w in writers):
            break
        time.sleep(0.002)
    time.sleep(seconds)
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
    for writer in writers:
        _, errors = writer.communicate()
        assert writer.returncode == -signal.SIGKILL, errors.decode()


def promised(acknowledged):
    """Read what was acknowledged: the receipt of each person."""
    told = {}
    for file in sorted(acknowledged.iterdir()):
        for line in file.read_text().split("\n")[:-1]:  # the last one may be cut off
            if line != "-":
                person, receipt = line.split()
                assert told.setdefault(person, receipt) == receipt, "two papers of one person were acknowledged"
    return told


async def slots(reader, ballot):
    return {row.person: slot_hash(row).hex() for row in await reader.all(ROLL, ballot_id=ballot, round=1)}


def crash(store, where, acknowledged, rounds, seed):
    dice = random.Random(seed)
    voters = deputies(DEPUTIES)
    ballot = ready(store, A, voters, trustees(1))
    acknowledged.mkdir()
    for n in range(rounds):
        kill_soon(where, ballot, f"{seed}-{n}", acknowledged, dice.random() * 0.05)
        there = {p: h for p, h in store.run(store.read(slots, A, ballot.id)).items() if h}
        told = promised(acknowledged)
        assert {p: there.get(p) for p in told} == told, f"seed {seed}, round {n}: an acknowledged paper is lost"
        # committed, and killed before it could say so
        assert len(there) - len(told) <= TOGETHER * (n + 1), f"seed {seed}, round {n}"
    finish(store, ballot, voters, promised(acknowledged))


def finish(store, ballot, voters, told):
    """Let everybody try once more with a paper of their own, close, and compare board, roll and receipts."""
    size = size_of(ballot)
    for who in voters:
        sealed = paper(who.id, "last", size)
        with contextlib.suppress(Rejected):  # of who has a paper in already
            told[who.id] = store.run(store.write(ballots.cast, A, who, None, ballot.id, sealed)).hash
    store.run(store.write(ballots.close_round, A, OFFICE, None, ballot.id))
    board = store.run(store.read(ballots.board, A, None, OFFICE, ballot.id)).hashes
    there = store.run(store.read(slots, A, ballot.id))
    assert len(board) == len(set(board)) == DEPUTIES
    assert sorted(there.values()) == list(board)
    assert {p: there[p] for p in told} == told
    assert store.run(store.read(ballots.audit, A, None, OFFICE, ballot.id)) == ()


SEEDS = [(1, 3), *((seed, 20) for seed in range(200, 205) if LONG)]
"""A short seeded share always; the long rounds with ``RENDA_SOAK=1``."""


@pytest.mark.parametrize("store", BOTH, indirect=True)
@pytest.mark.parametrize(("seed", "rounds"), SEEDS)
def test_no_acknowledged_paper_is_lost_and_none_is_doubled(store, sqlite_path, tmp_path, seed, rounds):
    where = owner_dsn(store) if hasattr(store, "pool") else str(sqlite_path)
    crash(store, where, tmp_path / "acknowledged", rounds, seed)
