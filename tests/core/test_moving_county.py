"""A county's real work goes from a file to a database, to one of its own and back: every table stays what it was."""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from tests import databases
from tests.core.carrying import BY, CHAIN, enrol, furnished, left_out, mover, owner_of, tallies
from tests.databases import CLERK, A, B
from tests.store import rows

from renda_core import demo
from renda_core.configuration import read_tenant
from renda_core.services import journal, moving
from renda_core.store.postgres import PostgresStore
from renda_core.workspace import ZONE, Home

pytestmark = [pytest.mark.postgres, pytest.mark.filterwarnings("ignore:SQLite:RuntimeWarning")]
TENANTS = Path(__file__).parents[2] / "tenants"


@contextmanager
def county(folder: Path) -> Iterator[Any]:
    """Give the demonstration's county, but for what its people said: a year's suggestions and all who handled them."""
    file = read_tenant(TENANTS / "xianning.toml")
    now = dt.datetime.combine(demo.TODAY, dt.time(9), ZONE)
    with Home(path=folder, now=lambda: now).create(file) as made:
        for name in demo.FILES:
            if name != "opinions.csv":
                demo.imported(made, TENANTS / file.code / name, dry=False)
        yield made


def opened(dsn: str, keys: Any, role: str = "") -> PostgresStore:
    store = PostgresStore(databases.url(dsn, role), keys=keys, now=lambda: databases.NOW)
    store.owner_dsn = dsn  # type: ignore[attr-defined]
    return store


def test_equal_at_every_stop(postgres_server: str, postgres_template: str, tmp_path: Path) -> None:
    """SQLite → the shared PostgreSQL → a silo → SQLite."""
    with (
        county(tmp_path / "home") as office,
        databases.database(postgres_server, postgres_template) as one,
        databases.database(postgres_server, postgres_template) as two,
    ):
        id, home = office.file.id, Home(path=tmp_path / "home")
        keys = home.keys()
        first = moving.export(office.store, id, tmp_path / "1", by=BY.id)
        stores = {"": opened(one, keys, "renda_app"), "big": opened(two, keys, "renda_app")}

        async def enter(unit: Any) -> None:
            await enrol(unit, A, id)
            unit.record("enrolled", on=A, version=0, rule="test")

        moving.bring_in(stores[""], tmp_path / "1", by=BY)
        stores[""].run(stores[""].write(enter, A, CLERK))
        stops = {"file": tallies(first), "shared": moving.count(stores[""], id)}
        stops["moved"] = dict(mover(stores, A).move(id, "big").tables)
        stops["silo"] = moving.count(stores["big"], id)
        last = moving.export(stores["big"], id, tmp_path / "2", by=BY.id)
        back = moving.bring_in_file(
            tmp_path / "2", tmp_path / "home" / "tenants" / "back.db", by=BY, keys=keys, now=home.now
        )
        assert tallies(back) == tallies(last)
        with home.open("back") as again:
            stops["back"] = moving.count(again.store, id)
            assert again.read(journal.verify).entries == first.seq + 3
            assert again.tenant.id == office.tenant.id
        told = stops["file"]
        for name, tally in sorted(told.items(), key=lambda item: -item[1].rows)[:12]:
            print(f"{name:20} {tally.rows:7} {tally.sha256[:16]}", *(at[name].sha256[:16] for at in stops.values()))
        assert sum(tally.rows for tally in told.values()) > 5_000
        for stop in ("shared", "moved", "silo", "back"):
            assert left_out(stops[stop]) == left_out(told, CHAIN), stop
        for store in stores.values():
            store.shut()


def tool(server: str, name: str) -> str:
    """Find a program that came with the server."""
    with psycopg.connect(server) as raw:
        found = raw.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'").fetchone()
    path = Path(found[0] if found else "") / name
    assert path.exists(), path
    return str(path)


def ran(*line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(line, capture_output=True, text=True, check=False)  # noqa: S603 - the server's own programs


def test_a_dump_by_the_backup_role_brings_every_tenant_back(
    postgres_server: str, postgres_store: Any, empty_dsn: str, tmp_path: Path
) -> None:
    """Row 47: to a clean machine, whole, with every journal; and no other role makes half a backup unnoticed."""
    store, dsn = postgres_store, databases.owner_dsn(postgres_store)
    ids = (A, B, furnished(store, 5), furnished(store, 6))
    for id in ids:
        rows.enter(store, id)
    before = {id: moving.count(store, id) for id in ids}
    dump, restore = tool(postgres_server, "pg_dump"), tool(postgres_server, "pg_restore")
    file = str(tmp_path / "all.dump")
    for role in ("renda_app", "renda_backup"):
        done = ran(dump, "--format=custom", f"--file={file}", make_conninfo(dsn, user=role))
        assert (done.returncode == 0) is (role == "renda_backup"), done.stderr
    done = ran(restore, "--exit-on-error", f"--dbname={empty_dsn}", file)
    assert done.returncode == 0, done.stderr
    again = databases.open_postgres(empty_dsn)
    for id in ids:
        assert moving.count(again, id) == before[id]
        assert again.run(again.read(journal.verify, id)).whole
    rows.enter(again, A)
    again.shut()


def test_one_tenant_comes_back_out_of_a_dump_of_all(
    postgres_server: str, postgres_store: Any, empty_dsn: str, tmp_path: Path
) -> None:
    """The dump is restored beside, one tenant is exported from there, and brought in where it was lost."""
    store, dsn = postgres_store, databases.owner_dsn(postgres_store)
    id = furnished(store, 8)
    before, other = moving.count(store, id), moving.count(store, B)
    dump, restore = tool(postgres_server, "pg_dump"), tool(postgres_server, "pg_restore")
    file = str(tmp_path / "all.dump")
    assert ran(dump, "-Fc", f"--file={file}", make_conninfo(dsn, user="renda_backup")).returncode == 0
    strong = owner_of(dsn)
    moving.purge(strong, id)
    strong.shut()
    assert ran(restore, "--exit-on-error", f"--dbname={empty_dsn}", file).returncode == 0
    beside = databases.open_postgres(empty_dsn)
    moving.export(beside, id, tmp_path / "one", by=BY.id)
    beside.shut()
    moving.bring_in(store, tmp_path / "one", by=BY)
    assert left_out(moving.count(store, id)) == left_out(before)
    assert moving.count(store, B) == other


def test_a_copy_of_a_file_made_while_it_is_written_is_whole(sqlite_path: Path, sqlite_store: Any) -> None:
    """SQLite's own way to back up, as the page on backups shows it."""
    for _ in range(5):
        rows.enter(sqlite_store, A)
    copy = sqlite_path.with_name("copy.db")
    source, target = sqlite3.connect(sqlite_path), sqlite3.connect(copy)
    with target:
        source.backup(target)
    source.close()
    target.close()
    again = databases.open_sqlite(copy)
    assert moving.count(again, A) == moving.count(sqlite_store, A)
    assert again.run(again.read(journal.verify, A)).whole
    again.close()
