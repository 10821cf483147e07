"""A tenant as a file: the same from either back end, in and out again, deleted and brought back, others untouched."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql
from tests import databases
from tests.core.carrying import BY, CHAIN, furnished, left_out, owner_of, tallies
from tests.databases import CLERK, KEYS, NOW, A, B
from tests.store import rows

from renda_core.errors import ConfigError, Invalid, NotFound, Taken
from renda_core.objects import Objects
from renda_core.services import journal, moving
from renda_core.store.keys import Keys

_numbers = count(1)


@pytest.fixture
def path(tmp_path: Path) -> Callable[[], Path]:
    """Name a new file."""
    return lambda: tmp_path / f"{next(_numbers)}.renda"


@pytest.fixture(scope="module")
def one_owner(one_postgres: Any) -> Iterator[Any]:
    """The shared database, as its owner."""
    store = owner_of(databases.owner_dsn(one_postgres))
    yield store
    store.shut()


@pytest.mark.postgres
@settings(max_examples=12)
@given(seed=st.integers(0, 2**32))
def test_rows_of_every_table_are_the_same_after_every_way(
    seed: int, sqlite_template: Path, one_postgres: Any, one_owner: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Archive → SQLite → archive and archive → PostgreSQL → archive: the same counts and hashes."""
    folder = tmp_path_factory.mktemp("ways")
    first, second = (databases.open_sqlite(Path(shutil.copy(sqlite_template, folder / n))) for n in ("a.db", "b.db"))
    id = furnished(first, seed)
    before = moving.count(first, id)
    made = moving.export(first, id, folder / "1", by=BY.id)
    assert tallies(made) == before
    for n, store in enumerate((second, one_postgres)):
        moving.bring_in(store, folder / "1", by=BY)
        assert moving.arrived(store, made)
        again = moving.export(store, id, folder / f"again {n}", by=BY.id)
        assert tallies(again, CHAIN) == left_out(before)
        assert moving.verify(folder / f"again {n}").entries == made.seq + 1
    moving.purge(one_owner, id)
    first.close()
    second.close()


def test_every_table_that_holds_tenants_rows_is_carried(store: Any, path: Callable[[], Path]) -> None:
    from renda_core.store.tables import metadata

    made = moving.export(store, A, path(), by=BY.id)
    names = [part.name for part in made.tables]
    assert set(names) == {t.name for t in metadata.sorted_tables if t.info["placement"] == "distributed"}
    for name in names:
        parents = {k.referred_table.name for k in metadata.tables[name].foreign_key_constraints} - {name}
        assert all(names.index(parent) < names.index(name) for parent in parents), name


@pytest.mark.postgres
def test_a_tenant_is_deleted_and_brought_back_and_the_other_is_untouched(
    postgres_store: Any, path: Callable[[], Path]
) -> None:
    """Row 47 of the promises."""
    store, owner, file = postgres_store, owner_of(databases.owner_dsn(postgres_store)), path()
    id = furnished(store, 7)
    for whose, canary in ((A, "CANARY-A"), (B, "CANARY-B"), (id, "CANARY-C")):
        for _ in range(30):
            rows.enter(store, whose, title=canary)
    before, others = moving.count(store, id), {o: moving.count(store, o) for o in (A, B)}
    made = moving.export(store, id, file, by=BY.id)
    assert tallies(made) == before
    deleted = moving.purge(owner, id)
    assert deleted == {name: tally.rows for name, tally in before.items()}
    with psycopg.connect(databases.owner_dsn(store)) as raw:
        for name in before:
            asked = sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = %s").format(sql.Identifier(name))
            assert raw.execute(asked, (id,)).fetchone() == (0,), name
    with pytest.raises(NotFound):
        moving.export(store, id, path(), by=BY.id)
    moving.bring_in(store, file, by=BY)
    assert left_out(moving.count(store, id)) == left_out(before)
    verified = store.run(store.read(journal.verify, id))
    assert verified.whole
    assert verified.entries == made.seq + 1  # the one that tells of the archive
    assert {o: moving.count(store, o) for o in (A, B)} == others
    owner.shut()


@pytest.mark.postgres
def test_requests_cannot_delete_a_tenant(postgres_store: Any) -> None:
    before = moving.count(postgres_store, A)
    with pytest.raises(ConfigError, match="renda_owner"):
        moving.purge(postgres_store, A)
    assert moving.count(postgres_store, A) == before


def test_purging_twice_is_purging_once(sqlite_store: Any) -> None:
    rows.enter(sqlite_store, A)
    other = moving.count(sqlite_store, B)
    assert sum(moving.purge(sqlite_store, A).values()) == 5  # tenant, head, case, entry, event
    assert sum(moving.purge(sqlite_store, A).values()) == 0
    assert moving.count(sqlite_store, B) == other


def test_a_tenant_that_is_there_is_refused_and_nothing_changes(store: Any, path: Callable[[], Path]) -> None:
    file = path()
    rows.enter(store, A)
    moving.export(store, A, file, by=BY.id)
    before = moving.count(store, A)
    with pytest.raises(Taken):
        moving.bring_in(store, file, by=BY)
    assert moving.count(store, A) == before


def test_one_row_left_of_it_is_enough_to_refuse(sqlite_store: Any, path: Callable[[], Path]) -> None:
    file = path()
    rows.enter(sqlite_store, A)
    moving.export(sqlite_store, A, file, by=BY.id)
    moving.purge(sqlite_store, A)
    raw = sqlite3.connect(sqlite_store._path)
    raw.execute("INSERT INTO counter (tenant_id, name, n) VALUES (?, 'left', 1)", (bytes.fromhex(A.replace("-", "")),))
    raw.commit()
    raw.close()
    with pytest.raises(Taken):
        moving.bring_in(sqlite_store, file, by=BY)


def test_sealed_data_open_where_the_key_is_and_are_refused_where_it_is_not(
    sqlite_template: Path, sqlite_store: Any, path: Callable[[], Path], tmp_path: Path
) -> None:
    file = path()
    made = moving.export(sqlite_store, A, file, by=BY.id)
    assert len(made.keys) == 1
    assert KEYS.ring[1].secret.hex() not in file.read_bytes().hex()
    other = tmp_path / "other.db"
    with pytest.raises(ConfigError, match="key 1"):
        moving.bring_in_file(file, other, by=BY, keys=Keys(bytes(32)), now=lambda: NOW)
    assert not other.exists()
    assert [p for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_snapshot_is_of_one_moment(store: Any, path: Callable[[], Path]) -> None:
    """What others write while the tables are read one after another is in none of them."""
    rows.enter(store, A)
    apart = store.apart()
    written = []

    def told(name: str, _: int) -> None:
        if not written:  # after the first table
            written.append(name)
            import threading

            worker = threading.Thread(target=lambda: (rows.enter(apart, A), apart.shut()))
            worker.start()
            worker.join()

    made = moving.export(store, A, file := path(), by=BY.id, told=told)
    assert made.seq == 1
    assert moving.verify(file).entries == 1
    assert {p.name: p.tally.rows for p in made.tables}["case_file"] == 1
    assert moving.count(store, A)["case_file"].rows == 2


class Full:
    """A store of files in memory, with some contents."""

    def __init__(self, **contents: bytes) -> None:
        self.objects = Objects.at("memory:", {})
        with moving.Contents(self.objects, A) as held:
            for name, content in contents.items():
                held.write(name, [content])


def test_contents_of_files_go_along(sqlite_store: Any, sqlite_path: Path, path: Callable[[], Path]) -> None:
    content = os.urandom(3_000_000)
    store, full, empty, file = sqlite_store, Full(one=content, two=b""), Objects.at("memory:", {}), path()
    with moving.Contents(full.objects, A) as there:
        made = moving.export(store, A, file, by=BY.id, contents=there)
        assert [(part.name, part.size) for part in made.objects] == [("one", 3_000_000), ("two", 0)]
        moving.purge(store, A, there)
        assert there.names() == []
    with pytest.raises(ConfigError, match="RENDA_FILES"):
        moving.bring_in(store, file, by=BY)
    with moving.Contents(empty, A) as here:
        moving.bring_in(store, file, by=BY, contents=here)
        assert b"".join(here.read("one") or ()) == content
        assert here.names() == ["one", "two"]
        assert here.read("three") is None


def attach(store: Any, **more: Any) -> str:
    """Write the row of a file, without its content."""
    from renda_core.store.attachments import ADD
    from renda_core.store.codec import new_id

    id = new_id()

    async def write(unit: Any) -> None:
        row = {"id": id, "about": "case", "about_id": id, "name": b"", "media": "text/plain", "size": 1, "digest": "d"}
        await unit.write(ADD, **row, made_by="x", made_at=NOW, **{"erased_at": None, **more})
        unit.record("attached", on=id, version=0, rule="test")

    store.run(store.write(write, A, CLERK))
    return id


def test_a_file_whose_content_is_lost_is_told_and_nothing_is_written(
    sqlite_store: Any, path: Callable[[], Path]
) -> None:
    attach(sqlite_store, erased_at=NOW)
    moving.export(sqlite_store, A, path(), by=BY.id)  # what was erased has none
    id, file = attach(sqlite_store), path()
    with pytest.raises(ConfigError, match="RENDA_FILES"):
        moving.export(sqlite_store, A, file, by=BY.id)
    full = Full(other=b"1")
    with moving.Contents(full.objects, A) as held:
        with pytest.raises(ConfigError, match=id):
            moving.export(sqlite_store, A, file, by=BY.id, contents=held)
        assert not file.exists()
        held.write(id, [b"content"])
        assert len(moving.export(sqlite_store, A, file, by=BY.id, contents=held).objects) == 2


def test_an_archive_written_for_a_move_is_no_backup(sqlite_store: Any, path: Callable[[], Path]) -> None:
    attach(sqlite_store)
    moving.export(sqlite_store, A, file := path(), by=BY.id, rows_only=True)
    moving.verify(file)
    with pytest.raises(Invalid, match="move"):
        moving.bring_in(sqlite_store, file, by=BY)


KILLED = """
import os, signal, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore", RuntimeWarning)
from tests.core.carrying import BY
from tests.databases import KEYS, NOW
from renda_core.services import moving
left = int(sys.argv[3])
def told(name, rows):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
"""
INTO_A_FILE = KILLED + (
    "moving.bring_in_file(Path(sys.argv[1]), Path(sys.argv[2]), by=BY, keys=KEYS, now=lambda: NOW, told=told)"
)
INTO_POSTGRES = (
    KILLED
    + """
from renda_core.store.postgres import PostgresStore
moving.bring_in(PostgresStore(sys.argv[2], keys=KEYS, now=lambda: NOW), Path(sys.argv[1]), by=BY, told=told)
"""
)
OUT = (
    KILLED
    + """
from renda_core.store.sqlite import SqliteStore
store = SqliteStore(sys.argv[1], keys=KEYS, now=lambda: NOW)
moving.export(store, "0198a000-0000-7000-8000-00000000000a", Path(sys.argv[2]), by="x", told=told)
"""
)
TABLES = 40
"""A table somewhere in the middle."""


def killed(source: str, *args: object) -> None:
    """Run a process that kills itself."""
    line = [sys.executable, "-c", source, *map(str, args)]
    root = Path(__file__).parents[2]
    ended = subprocess.run(line, capture_output=True, check=False, cwd=root)  # noqa: S603 - this interpreter, our words
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


@pytest.mark.parametrize("tables", [1, TABLES])
def test_an_export_killed_midway_leaves_no_file_of_its_name(
    tables: int, sqlite_store: Any, sqlite_path: Path, path: Callable[[], Path]
) -> None:
    killed(OUT, sqlite_path, file := path(), tables)
    assert not file.exists()
    moving.export(sqlite_store, A, file, by=BY.id)
    moving.verify(file)


@pytest.mark.parametrize("tables", [1, TABLES])
def test_an_import_killed_midway_left_nothing_in_the_home(
    tables: int, sqlite_store: Any, path: Callable[[], Path], tmp_path: Path
) -> None:
    made = moving.export(sqlite_store, A, file := path(), by=BY.id)
    target = tmp_path / "tenants" / "county.db"
    target.parent.mkdir()
    killed(INTO_A_FILE, file, target, tables)
    assert list(target.parent.glob("*.db")) == []
    moving.bring_in_file(file, target, by=BY, keys=KEYS, now=lambda: NOW)
    assert [p.name for p in target.parent.iterdir()] == ["county.db"]
    store = databases.open_sqlite(target)
    assert moving.arrived(store, made)
    store.close()


@pytest.mark.postgres
@pytest.mark.parametrize("tables", [1, TABLES])
def test_an_import_killed_midway_left_nothing_in_the_database(
    tables: int, sqlite_store: Any, one_postgres: Any, path: Callable[[], Path]
) -> None:
    id = furnished(sqlite_store, 90_000 + tables)
    made = moving.export(sqlite_store, id, file := path(), by=BY.id)
    dsn = databases.url(databases.owner_dsn(one_postgres), "renda_app")
    killed(INTO_POSTGRES, file, dsn, tables)
    assert moving.arrived(one_postgres, made) is None
    moving.bring_in(one_postgres, file, by=BY)
    assert moving.arrived(one_postgres, made)
