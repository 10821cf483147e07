"""Migrations: what they make is what the tables say, on both back ends, and each plugin has a branch of its own."""
# ruff: noqa: S608 - the tables are our own

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import stat
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, inspect, text
from tests import databases
from tests.databases import A, B
from tests.store import fixture_plugin

from renda_core.errors import ConfigError, PluginError
from renda_core.store import migrate
from renda_core.store import tables as t
from renda_core.store.catalogue_gate import faults
from renda_core.store.revision import locations

PLACES = locations([fixture_plugin])
OWN = "fixture_plugin_batch"


@pytest.fixture(params=databases.BOTH)
def place(request, tmp_path):
    """An empty database as (back end, file or DSN)."""
    if request.param == "sqlite":
        return "sqlite", tmp_path / "new" / "a.db"
    return "postgres", request.getfixturevalue("empty_dsn")


def upgrade(place, locations=()):
    kind, where = place
    (migrate.create_sqlite if kind == "sqlite" else migrate.upgrade_postgres)(where, locations)


@contextmanager
def opened(place):
    kind, where = place
    with (migrate.sqlite_connection if kind == "sqlite" else migrate.postgres_connection)(where) as connection:
        yield connection


def tables(place):
    with opened(place) as connection:
        return set(inspect(connection).get_table_names())


def revisions(place):
    with opened(place) as connection:
        return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def differences(place, metadata=t.metadata):
    with opened(place) as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


def test_migrations_make_what_the_tables_say(place):
    upgrade(place)
    assert differences(place) == []
    with opened(place) as connection:
        seen = inspect(connection)
        for table in t.metadata.sorted_tables:  # the comparison overlooks keys and nullability of keys
            key = seen.get_pk_constraint(table.name)
            assert key["constrained_columns"] == [c.name for c in table.primary_key.columns], table.name
            assert key["name"] == f"pk_{table.name}"
            found = {c["name"]: c["nullable"] for c in seen.get_columns(table.name)}
            assert found == {c.name: c.nullable for c in table.c}, table.name
            named = {f["name"] for f in seen.get_foreign_keys(table.name)}
            assert named == {f.name for f in table.foreign_key_constraints}


def test_the_comparison_sees_a_change(place):
    upgrade(place)
    changed = MetaData()
    for table in t.metadata.sorted_tables:
        table.to_metadata(changed)
    changed.tables["unit"].append_column(Column("rank", Integer))
    changed.tables["case_word"].indexes.clear()
    assert sorted(d[0] for d in differences(place, changed)) == ["add_column", "remove_index"]


TENANTS = sorted(n for n, table in t.metadata.tables.items() if table.info["placement"] == "distributed")


def test_policies_are_written_as_the_tables_say(empty_dsn):
    migrate.upgrade_postgres(empty_dsn)
    with psycopg.connect(empty_dsn) as raw:
        policies = raw.execute("SELECT tablename, policyname, cmd, with_check FROM pg_policies ORDER BY 1").fetchall()
        owners = raw.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert policies == [(name, "tenant", "ALL", None) for name in TENANTS]
    assert owners == [("renda_owner",)]
    assert len(t.policies()) == 3 * len(TENANTS)


def test_tables_without_order_of_insertion(tmp_path):
    migrate.create_sqlite(tmp_path / "a.db")
    raw = sqlite3.connect(tmp_path / "a.db")
    made = dict(raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
    raw.close()
    for table in t.metadata.sorted_tables:
        without = table.dialect_options["sqlite"]["with_rowid"] is False
        assert ("WITHOUT ROWID" in made[table.name]) == without, table.name
    assert "WITHOUT ROWID" in made["ballot_roll"]


def test_a_second_run_changes_nothing(place):
    upgrade(place)
    before = revisions(place), tables(place)
    upgrade(place)
    assert (revisions(place), tables(place)) == before
    assert before[0] == {"core_0008"}


def test_a_new_file_is_its_owners_alone_and_in_wal_mode(tmp_path):
    path = tmp_path / "deep" / "a.db"
    migrate.create_sqlite(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    raw.close()
    assert [p.name for p in path.parent.iterdir()] == ["a.db"]


def test_a_plugin_has_its_own_branch(place):
    upgrade(place)
    core = tables(place)
    upgrade(place, PLACES)
    assert tables(place) == core | {OWN}
    assert revisions(place) == {"core_0008", "fixture_plugin_0001"}
    with opened(place) as connection:
        migrate.remove(connection, "fixture_plugin", PLACES)
    assert tables(place) == core
    assert revisions(place) == {"core_0008"}
    assert differences(place) == []


def test_a_disabled_plugin_keeps_its_data(place):
    upgrade(place, PLACES)
    kind, where = place
    (databases.add_tenants_sqlite if kind == "sqlite" else databases.add_tenants_postgres)(where, A)
    with opened(place) as connection:
        if kind == "postgres":
            connection.execute(text(f"SET app.tenant_id = '{A}'"))
        connection.execute(text(f"INSERT INTO {OWN} SELECT tenant_id, tenant_id, 'kept' FROM tenant"))
        connection.commit()
    upgrade(place)  # the plugin is gone
    upgrade(place, PLACES)  # and back again
    with opened(place) as connection:
        if kind == "postgres":
            connection.execute(text(f"SET app.tenant_id = '{A}'"))
        assert connection.execute(text(f"SELECT note FROM {OWN}")).scalars().all() == ["kept"]


def test_a_plugins_table_is_protected_like_the_cores(empty_dsn):
    migrate.upgrade_postgres(empty_dsn, PLACES)

    async def ask():
        raw = await asyncpg.connect(databases.url(empty_dsn))
        try:
            return await faults(raw)
        finally:
            await raw.close()

    assert asyncio.run(ask()) == []


def test_only_packages_have_migrations():
    assert [p.name for p in PLACES] == ["migrations"]
    assert locations([t, asyncio, object()]) == ()


@pytest.mark.parametrize("branch", ["core", "fixture_plugin"])
def test_data_of_a_newer_version_are_refused(place, branch):
    upgrade(place, PLACES)
    with opened(place) as connection:
        newer = text(f"UPDATE alembic_version SET version_num = '{branch}_0999' WHERE version_num LIKE '{branch}_%'")
        connection.execute(newer)
        connection.commit()
    with pytest.raises(ConfigError, match=f"{branch} stands at {branch}_0999 there and at {branch}_000. here"):
        upgrade(place, PLACES)


def broken(tmp_path, old, new):
    folder = Path(shutil.copytree(PLACES[0], tmp_path / "broken", ignore=shutil.ignore_patterns("__pycache__")))
    file = folder / "fixture_plugin_0001.py"
    file.write_text(file.read_text().replace(old, new))
    return folder


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("depends_on = None", 'depends_on = "core_0008"', "remove depends_on"),
        ('revision = "fixture_plugin_0001"', 'revision = "abc"', "must be named"),
    ],
)
def test_branches_that_cannot_be_told_apart_are_refused(place, tmp_path, old, new, match):
    with pytest.raises(PluginError, match=match):
        upgrade(place, [broken(tmp_path, old, new)])


def test_a_failing_migration_leaves_the_database_as_it_was(place, tmp_path):
    upgrade(place)
    before = tables(place)
    with pytest.raises(ZeroDivisionError):
        upgrade(place, [broken(tmp_path, "protect(TABLE)\n", "1 / 0\n")])
    assert tables(place) == before
    assert revisions(place) == {"core_0008"}
    upgrade(place, PLACES)


def test_everything_can_be_taken_down_again(place):
    upgrade(place)
    with opened(place) as connection:
        migrate.remove(connection, "core", ())
    assert tables(place) == {"alembic_version"}
    upgrade(place)
    assert differences(place) == []


def test_records_of_before_are_read_into_columns_and_counted(place):
    upgrade(place)
    kind, where = place
    (databases.add_tenants_sqlite if kind == "sqlite" else databases.add_tenants_postgres)(where, A, B)
    person, mandate = "0" * 31 + "7", "0" * 31 + "8"
    dashed = str(UUID(mandate))
    written = (
        (A, "1", {"quantity": 3, "facts": {"key": 1, "lead": 0}, "mandates": [dashed]}, "登记簿"),
        (A, "2", {"state": "entered"}, "case:x:y"),
        (A, "3", {}, "case:x:z"),
        (B, "4", {"mandates": ["23"]}, "case:x:y"),  # no id, as old lists had it
    )
    with opened(place) as connection:
        migrate._walk(migrate._config(connection, ()), "core_0005", "_downgrade_revs")
        for tenant, id, document, source in written:
            if kind == "postgres":
                connection.execute(text(f"SET app.tenant_id = '{tenant}'"))
            ids = [as_id(kind, each) for each in (tenant, id.zfill(32), person)]
            row = dict(zip("tip", ids, strict=True)) | {"s": source, "d": json.dumps(document).encode()}
            row["state"] = document.get("state", "confirmed")
            of = "(:t, :i, :p, 'visit', '2026-03-05', :s, :state, :d)"
            columns = "(tenant_id, id, person, kind, done_on, source, state, document)"
            connection.execute(text(f"INSERT INTO duty_record {columns} VALUES {of}"), row)
        connection.commit()
    upgrade(place)
    assert differences(place) == []
    found = {}
    with opened(place) as connection:
        for tenant in (A, B):
            if kind == "postgres":
                connection.execute(text(f"SET app.tenant_id = '{tenant}'"))
            at = {"t": as_id(kind, tenant)}
            columns = "id, quantity, facts, mandates, counts, proven"
            rows = connection.execute(text(f"SELECT {columns} FROM duty_record WHERE tenant_id = :t"), at).all()
            found |= {hexed(r[0])[-1]: (r[1], r[2], bytes(r[3]).hex(), bool(r[4]), bool(r[5])) for r in rows}
            columns = "holder, measure, n, month"
            rows = connection.execute(text(f"SELECT {columns} FROM duty_count WHERE tenant_id = :t"), at).all()
            found[tenant] = {(hexed(r[0])[-1], r[1], r[2], str(r[3])) for r in rows}
        if kind == "postgres":  # nobody reads another tenant's rows afterwards either
            forced = connection.execute(text("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'duty_record'"))
            assert forced.scalar() is True
    assert found == {
        "1": (3, "key=1", mandate, True, False),
        "2": (1, "", "", False, True),
        "3": (1, "", "", True, True),
        "4": (1, "", "", True, True),
        A: {("8", f"?{m}", n, "2026-03-01") for m, n in (("", 3), ("#", 1), ("key", 1))}
        | {("7", m, 1, "2026-03-01") for m in ("", "#")},
        B: {("7", m, 1, "2026-03-01") for m in ("", "#")},
    }


def as_id(kind, text):
    """Give an id as a back end takes it."""
    return UUID(text).bytes if kind == "sqlite" else str(UUID(text))


def hexed(id):
    """Give the digits of an id as a back end gives it."""
    return id.hex() if isinstance(id, bytes) else str(id).replace("-", "")
