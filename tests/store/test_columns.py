"""What is put into a column comes out of it again, alike on both back ends; and which files a store opens."""

from __future__ import annotations

import datetime as dt

import psycopg
import pytest
from sqlalchemy import select
from tests import databases
from tests.databases import CLERK, NOW, A, B
from tests.store.rows import enter, get, page

from renda_core.errors import ConfigError, Invalid, Misuse
from renda_core.store import tables as t
from renda_core.store.columns import NOBODY
from renda_core.store.compile import Query, add, keyed
from renda_core.store.sqlite import SqliteStore, sound

D = dt.date


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"next_due": None, "closed": True, "private": True, "public": False},
        {"title": "𠮷''\"%:x$1?\\", "document": bytes(range(256))},
        {"title": "", "state": " ", "document": b"", "opened_on": D.min, "next_due": D.max},
        {"title": "🀄" * 3000, "number": "建议〔2026〕第1号", "round": 2**31 - 1},
    ],
)
def test_a_record_comes_back_as_it_went_in(store, change):
    put = enter(store, A, **change)
    assert store.run(store.read(get, A, put.id)) == put
    assert store.run(store.read(page, A)) == [put]
    assert store.run(store.read(page, B)) == []


def test_a_moment_comes_back_as_it_went_in(store):
    c = t.configuration
    latest = Query(select(c.c.n, c.c.document, c.c.author, c.c.at).where(*keyed(c, "n")), dict)
    shanghai = dt.timezone(dt.timedelta(hours=8))
    moments = [NOW, dt.datetime(2026, 1, 1, tzinfo=shanghai), dt.datetime(1999, 12, 31, 23, 59, 59, 1, tzinfo=dt.UTC)]

    async def put(unit):
        for n, at in enumerate(moments):
            await unit.write(add(c), n=n, document="{}", author=CLERK.id, at=at, footprint=None)
        unit.record("configured", on=A, version=1, rule="configuration")

    async def take(reader):
        return [(await reader.one(latest, n=n))["at"] for n in range(len(moments))]

    store.run(store.write(put, A, CLERK))
    found = store.run(store.read(take, A))
    assert found == moments
    assert all(f.tzinfo is not None for f in found)


def test_a_file_that_is_none_of_ours_is_refused(tmp_path):
    store = databases.open_sqlite(tmp_path / "a.db")
    with pytest.raises(ConfigError, match="does not exist"):
        store.run(store.read(page, A))
    (tmp_path / "a.db").touch()
    with pytest.raises(ConfigError, match="not in WAL mode"):
        store.run(store.read(page, A))
    store.close()


def test_an_old_sqlite_is_warned_of(tmp_path, monkeypatch):
    assert [sound(v) for v in ((3, 51, 3), (3, 51, 2), (3, 50, 7), (3, 50, 6), (3, 44, 6), (3, 45, 0), (4, 0, 0))] == [
        True, False, True, False, True, False, True,
    ]  # fmt: skip
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 40, 1))
    with pytest.warns(RuntimeWarning, match="one process only"):
        SqliteStore(tmp_path / "a.db", keys=databases.KEYS, now=lambda: NOW)


def test_ids_are_sixteen_bytes(sqlite_store, sqlite_path):
    put = enter(sqlite_store, A)
    raw = sqlite_store._open("reader")
    row = raw.execute("SELECT typeof(id), length(id), typeof(tenant_id), length(tenant_id), hex(id) FROM case_file")
    assert row.fetchone() == ("blob", 16, "blob", 16, put.id.replace("-", "").upper())


@pytest.mark.postgres
def test_ids_are_uuids_on_postgresql(postgres_dsn):
    with psycopg.connect(postgres_dsn) as raw:
        wrong = raw.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND (column_name = 'tenant_id' OR column_name = 'id') AND data_type <> 'uuid'"
        ).fetchall()
    assert wrong == []


def test_nobody_comes_back_as_nobody(store):
    """Where a key needs a value and there is none, sixteen zero bytes stand; outside it is the empty text."""
    put = enter(store, A)
    clock = {
        "case_id": put.id, "name": "reply", "round": 1, "unit": NOBODY, "kind": "suggestion", "state": "running",
        "due_on": D(2026, 6, 1), "provisional": False, "stopped_on": None,
    }  # fmt: skip
    c = t.case_clock.c
    one = Query(select(*(c[name] for name in clock)).where(*keyed(t.case_clock, "case_id")), dict)

    async def adds(unit):
        await unit.write(add(t.case_clock), **clock)
        unit.record("x", on=put.id, version=1, rule="x")

    async def takes(reader):
        return await reader.one(one, case_id=put.id)

    store.run(store.write(adds, A, CLERK))
    assert store.run(store.read(takes, A)) == clock


def test_an_id_that_is_none_is_a_defect(store):
    with pytest.raises(Misuse, match="must be a UUID"):
        store.run(store.read(get, A, "17"))


def test_ids_walk_in_order_of_time(store):
    put = [enter(store, A) for _ in range(5)]
    assert store.run(store.read(page, A)) == put


def test_personal_data_of_another_field_do_not_open(store):
    async def hides(unit):
        return unit.hide("13800138000", "phone")

    async def reveals(reader, sealed, field):
        return reader.reveal(sealed, field)

    sealed = store.run(store.write(hides, A, CLERK))
    assert store.run(store.read(reveals, A, sealed, "phone")) == "13800138000"
    for tenant, field in ((A, "id_number"), (B, "phone")):
        with pytest.raises(Invalid):
            store.run(store.read(reveals, tenant, sealed, field))
