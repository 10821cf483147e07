"""Disks that are full, fail, or lose their power: whoever asked is told, nothing is half done, and it goes on after."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests import debian
from tests.databases import A, B, open_sqlite
from tests.store.rows import enter, events, page

from renda_core.errors import Unavailable
from renda_core.services import journal
from renda_core.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]
TRIES = 60
UNKNOWN, NOTHING = "it is not known whether this was kept", "nothing was kept"
HEADER, FRAME = 32, 24
"""Bytes of a WAL's header and of each frame's. Source: sqlite.org, WAL-mode File Format."""
ENOSPC = 28


def written(path: Path, acknowledged: Path, *under: str) -> list[str]:
    """Have a process write under a fault; say how each try ended."""
    line = [*under, sys.executable, "-m", "tests.store.faulty_writer", str(path), str(acknowledged), str(TRIES)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - ours
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def check(path: Path, acknowledged: Path, unknown: int) -> None:
    """What was acknowledged is there, whole, and beside it no more than was said to be unknown."""
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()
    told = [line.partition(" ")[0] for line in acknowledged.read_text().splitlines()]
    store = open_sqlite(path)
    there = {file.id for file in store.run(store.read(page, A))}
    found = store.run(store.read(journal.verify, A))
    queued = store.run(store.read(events, A))
    store.close()
    assert set(told) <= there
    assert len(there) - len(told) <= unknown
    assert found.whole, found.why
    assert found.entries == queued == len(there)


@pytest.mark.parametrize(
    ("faults", "why"),
    [
        ([("sync/fdatasync", 0.2, 5)], "the disk cannot be read or written"),
        ([("rw/pwrite64", 0.01, 5), ("rw/pwrite", 0.01, 5)], "the disk cannot be read or written"),
        ([("rw/pwrite64", 0.01, ENOSPC), ("rw/pwrite", 0.01, ENOSPC)], "the disk is full"),
    ],
    ids=["sync", "write", "full"],
)
def test_a_disk_that_fails_now_and_then_is_told_and_loses_nothing(
    sqlite_path: Path, tmp_path: Path, faults: Sequence[tuple[str, float, int]], why: str
) -> None:
    fiu = debian.program("fiu-run", "fiu-utils")
    acknowledged = tmp_path / "acknowledged"
    named = [f"enable_random name=posix/io/{name},probability={p},failinfo={n}" for name, p, n in faults]
    ended = written(sqlite_path, acknowledged, fiu, "-x", "-f", "", *(part for name in named for part in ("-c", name)))
    kept, refused = ended.count("kept"), [line for line in ended if line != "kept"]
    assert kept + len(refused) == TRIES
    assert kept
    assert refused
    assert any(why in line for line in refused)
    assert all(UNKNOWN in line or NOTHING in line for line in refused)
    check(sqlite_path, acknowledged, sum(UNKNOWN in line for line in refused))
    assert written(sqlite_path, acknowledged) == ["kept"] * TRIES  # the disk is mended: it goes on


def test_a_full_file_takes_nothing_in_halves_and_goes_on_when_there_is_room(sqlite_store: SqliteStore) -> None:
    before = enter(sqlite_store, A)
    raw = sqlite_store._open("writer")
    most = raw.execute("PRAGMA max_page_count").fetchone()[0]
    raw.execute(f"PRAGMA max_page_count={raw.execute('PRAGMA page_count').fetchone()[0]}")
    refused = list[Unavailable]()
    for _ in range(200):
        try:
            enter(sqlite_store, A)
        except Unavailable as error:
            refused.append(error)
    assert refused
    assert {(str(error), error.retry_after > 0) for error in refused} <= {
        (f"the database broke off (the disk is full); {NOTHING}", True),
        (f"the database broke off (the disk is full); {UNKNOWN}: look, or ask again under the same key", True),
    }
    held = sqlite_store.run(sqlite_store.read(page, A))  # reading goes on
    assert before.id in {file.id for file in held}
    found = sqlite_store.run(sqlite_store.read(journal.verify, A))
    assert found.whole
    assert found.entries == len(held) == 201 - len(refused)
    raw.execute(f"PRAGMA max_page_count={most}")
    enter(sqlite_store, A)


def test_a_file_that_another_holds_too_long_is_told(sqlite_path: Path) -> None:
    store = open_sqlite(sqlite_path, patience=0.05)
    other = sqlite3.connect(sqlite_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="another process has the file"):
        enter(store, A)
    other.execute("ROLLBACK")
    other.close()
    enter(store, A)
    store.close()


def test_no_commit_ends_before_it_is_on_the_disk(sqlite_path: Path, tmp_path: Path) -> None:
    """One call at least to bring each commit to the disk, which a loss of power then leaves there."""
    strace = debian.program("strace", "strace")
    told = tmp_path / "calls"
    ended = written(
        sqlite_path, tmp_path / "acknowledged", strace, "-f", "-e", "trace=fsync,fdatasync", "-o", str(told)
    )
    assert ended == ["kept"] * TRIES
    calls = re.findall(r"\b(?:fsync|fdatasync)\(\d+", told.read_text())
    assert len(calls) >= TRIES


def test_whatever_a_loss_of_power_leaves_of_the_log_is_a_beginning_of_what_was_done(
    sqlite_path: Path, tmp_path: Path
) -> None:
    """The log is cut off at every frame, and within some: what opens is whole, and holds the first so many commits."""
    store, done = open_sqlite(sqlite_path), list[str]()
    store.run(store.read(page, A))
    before = enter(store, A).id
    raw = store._open("writer")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    done = [enter(store, A).id for _ in range(8)]
    log = sqlite_path.with_name(f"{sqlite_path.name}-wal").read_bytes()
    size = int.from_bytes(log[8:12], "big")
    whole = sqlite_path.read_bytes()
    store.close()
    ends = range(HEADER, len(log) + 1, FRAME + size)
    assert len(ends) > len(done) * 5
    held = set()
    for end in (*ends, *(e - size // 2 for e in ends[1::7])):
        cut = tmp_path / "cut.db"
        cut.write_bytes(whole)
        cut.with_name("cut.db-wal").write_bytes(log[:end])
        raw = sqlite3.connect(cut)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()
        again = open_sqlite(cut)
        there = {file.id for file in again.run(again.read(page, A))} - {before}
        assert again.run(again.read(journal.verify, A)).whole
        again.close()
        assert there == set(done[: len(there)])
        held.add(len(there))
        for left in tmp_path.glob("cut.db*"):
            left.unlink()
    assert held == set(range(len(done) + 1))


@pytest.mark.postgres
@pytest.mark.parametrize("code", ["53100", "58030", "53200"], ids=["full", "unreadable", "memory"])
def test_a_server_whose_disk_fails_is_told_and_keeps_nothing(postgres_dsn: str, postgres_store: Any, code: str) -> None:
    """The server itself says so, as it does where its disk is full: here by a trigger, at the last row of a case."""
    before = enter(postgres_store, A)
    with psycopg.connect(postgres_dsn, autocommit=True) as chief:
        chief.execute(
            "CREATE FUNCTION failing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION 'could not extend file' USING ERRCODE = '{code}'; END $$"
        )
        chief.execute("CREATE TRIGGER failing BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION failing()")
        for tenant in (A, B):
            with pytest.raises(Unavailable, match="nothing was kept"):
                enter(postgres_store, tenant)
        assert [file.id for file in postgres_store.run(postgres_store.read(page, A))] == [before.id]
        assert postgres_store.run(postgres_store.read(journal.verify, A)).entries == 1
        chief.execute("DROP TRIGGER failing ON outbox")
        enter(postgres_store, A)
        chief.execute("DROP FUNCTION failing")
