"""What a faulty or hostile statement can reach as ``renda_app``: its own tenant's rows, and no history."""
# ruff: noqa: S608 - the tables are our own

from __future__ import annotations

import asyncio

import asyncpg
import psycopg
import pytest
from tests import databases
from tests.databases import A, B, owner_dsn
from tests.store.rows import enter

from renda_core.store import tables as t
from renda_core.store.catalogue_gate import CHECKS, faults

pytestmark = pytest.mark.postgres
NO_RIGHT = psycopg.errors.InsufficientPrivilege
NAMES = sorted(n for n, table in t.metadata.tables.items() if table.info["placement"] == "distributed")


@pytest.fixture
def filled(postgres_store):
    for tenant in (A, B):
        enter(postgres_store, tenant, title=f"CANARY-{tenant[-1].upper()}")
    return postgres_store


@pytest.fixture
def app(filled):
    """A bare connection as the application's role."""
    with psycopg.connect(owner_dsn(filled), user="renda_app", autocommit=True) as raw:
        yield raw


def as_tenant(raw, tenant, sql):
    with raw.transaction():
        raw.execute(f"SET LOCAL app.tenant_id = '{tenant}'")
        found = raw.execute(sql)
        return found.fetchall() if found.description else found.rowcount


def test_without_a_tenant_nothing_is_seen(app):
    for name in NAMES:
        assert app.execute(f"SELECT * FROM {name}").fetchall() == [], name
    assert as_tenant(app, A, "SELECT count(*) FROM case_file") == [(1,)]
    for name in NAMES:  # after a finished transaction the setting is empty, not missing
        assert app.execute(f"SELECT * FROM {name}").fetchall() == [], name


def test_a_tenant_sees_only_its_own_rows(app):
    for name in NAMES:
        assert all(str(row[0]) == A for row in as_tenant(app, A, f"SELECT tenant_id FROM {name}")), name
    assert as_tenant(app, A, "SELECT title FROM case_file") == [("CANARY-A",)]
    assert as_tenant(app, B, "SELECT title FROM case_file") == [("CANARY-B",)]


@pytest.mark.parametrize(
    "sql",
    [
        f"INSERT INTO counter (tenant_id, name, n) VALUES ('{B}', 'x', 1)",
        f"UPDATE case_file SET tenant_id = '{B}'",
        f"INSERT INTO tenant (tenant_id, code, name, level) VALUES ('{B[:-1]}c', 'c', 'c', 'county')",
    ],
)
def test_a_row_cannot_be_put_into_another_tenant(app, sql):
    with pytest.raises(NO_RIGHT, match="row-level security"):
        as_tenant(app, A, sql)


@pytest.mark.parametrize("sql", [f"UPDATE case_file SET title = 'x' WHERE tenant_id = '{B}'", "DELETE FROM outbox"])
def test_rows_of_another_tenant_are_not_touched(app, filled, sql):
    as_tenant(app, A, sql)
    assert as_tenant(app, B, "SELECT title FROM case_file") == [("CANARY-B",)]
    assert len(as_tenant(app, B, "SELECT * FROM outbox")) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM journal",
        "UPDATE journal SET entry = ''",
        "UPDATE journal SET hash = ''",
        "UPDATE journal SET seq = 9",
        "TRUNCATE journal",
        "TRUNCATE case_file CASCADE",
        "DELETE FROM journal_head",
        "DELETE FROM tenant",
        "UPDATE configuration SET document = ''",
        "DELETE FROM configuration",
        "DROP TABLE case_file",
        "ALTER TABLE case_file DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON case_file",
        "CREATE TABLE mine (x int)",
        "UPDATE alembic_version SET version_num = ''",
        "SET ROLE renda_owner",
        "SET ROLE renda_backup",
    ],
)
def test_the_application_has_no_right_to(app, sql):
    with pytest.raises(NO_RIGHT):
        as_tenant(app, A, sql)


def test_the_application_may_erase_a_private_part(app):
    assert as_tenant(app, A, "UPDATE journal SET private = NULL") == 1


def test_the_application_may_ask_how_new_the_tables_are(app):
    assert app.execute("SELECT version_num FROM alembic_version").fetchall() == [("core_0008",)]


def test_the_backup_role_reads_everything_and_writes_nothing(filled):
    with psycopg.connect(owner_dsn(filled), user="renda_backup", autocommit=True) as raw:
        assert raw.execute("SELECT count(DISTINCT tenant_id) FROM case_file").fetchone() == (2,)
        for sql in ("DELETE FROM case_file", "UPDATE journal SET private = NULL", "CREATE TABLE x (y int)"):
            with pytest.raises(NO_RIGHT):
                raw.execute(sql)


def test_the_owner_is_bound_by_the_policies_too(filled):
    with psycopg.connect(owner_dsn(filled), autocommit=True) as raw:
        raw.execute("SET ROLE renda_owner")
        assert raw.execute("SELECT * FROM case_file").fetchall() == []


def test_a_savepoint_does_not_bring_another_tenant_back(app):
    with app.transaction():
        app.execute(f"SET LOCAL app.tenant_id = '{A}'")
        app.execute("SAVEPOINT s")
        app.execute("ROLLBACK TO SAVEPOINT s")
        assert app.execute("SELECT title FROM case_file").fetchall() == [("CANARY-A",)]


def ask(dsn, **options):
    async def work():
        raw = await asyncpg.connect(databases.url(dsn, options.pop("connect_as", "")))
        try:
            return await faults(raw, **options)
        finally:
            await raw.close()

    return asyncio.run(work())


def test_the_catalogue_has_no_faults(postgres_dsn):
    assert ask(postgres_dsn) == []
    assert ask(postgres_dsn, connect_as="renda_app") == []


POLICY = "CREATE POLICY tenant ON bad USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
WALLED = "ALTER TABLE bad ENABLE ROW LEVEL SECURITY; ALTER TABLE bad FORCE ROW LEVEL SECURITY"
OPEN = "current_setting('app.tenant_id', true) IS NULL OR tenant_id::text = current_setting('app.tenant_id', true)"
ELSEWHERE = "SELECT id FROM case_file"
GOOD = "CREATE TABLE bad (tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id))"
PLANTED = {
    "no policy at all": (GOOD, ["bad has no forced", "bad has not exactly"]),
    "not forced": (f"{GOOD}; {POLICY}; ALTER TABLE bad ENABLE ROW LEVEL SECURITY", ["bad has no forced"]),
    "a second policy": ("CREATE POLICY more ON person USING (true)", ["person has not exactly"]),
    "an open policy": (
        f"DROP POLICY tenant ON person; CREATE POLICY tenant ON person USING ({OPEN})",
        ["person has not exactly"],
    ),
    "a policy for some": (
        f"{GOOD}; {WALLED}; {POLICY.replace('USING', 'TO renda_backup USING')}",
        ["bad has not exactly"],
    ),
    "a looser check": (f"{GOOD}; {WALLED}; {POLICY} WITH CHECK (true)", ["bad has not exactly"]),
    "a partition": (
        f"CREATE TABLE bad (tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id)) PARTITION BY HASH (tenant_id); "
        f"{WALLED}; {POLICY}; CREATE TABLE bad_0 PARTITION OF bad FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
        ["bad_0 has no forced", "bad_0 has not exactly"],
    ),
    "the application owns a table": ("ALTER TABLE outbox OWNER TO renda_app", ["outbox belongs to the role"]),
    "a view with its owner's eyes": (
        f"CREATE VIEW seen AS {ELSEWHERE}; GRANT SELECT ON seen TO renda_app",
        ["seen is a view"],
    ),
    "a materialized view": (
        f"CREATE MATERIALIZED VIEW kept AS {ELSEWHERE}; GRANT SELECT ON kept TO renda_app",
        ["kept is a materialized view"],
    ),
    "a function with its owner's rights": (
        f"CREATE FUNCTION leak() RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER AS '{ELSEWHERE}'",
        ["leak is a function"],
    ),
    "a key without the tenant": (
        f"CREATE TABLE bad (tenant_id uuid, id uuid PRIMARY KEY); {WALLED}; {POLICY}",
        ["bad.bad_pkey is a constraint", "bad_pkey is a unique index"],
    ),
    "a unique index without the tenant": (
        "CREATE UNIQUE INDEX uniq ON person (name)",
        ["uniq is a unique index"],
    ),
    "a foreign key without the tenant": (
        f"{GOOD}; {WALLED}; {POLICY}; ALTER TABLE bad ADD UNIQUE (id, tenant_id); "
        "ALTER TABLE bad ADD CONSTRAINT f FOREIGN KEY (tenant_id, id) REFERENCES bad (id, tenant_id)",
        ["bad.f is a constraint"],
    ),
    "history can be rewritten": (
        "GRANT UPDATE, DELETE ON journal TO renda_app",
        ["journal.entry is history", "journal is history", "journal.hash is history"],
    ),
    "tables can be emptied": ("GRANT TRUNCATE ON outbox TO renda_app", ["outbox can be emptied"]),
}


@pytest.mark.parametrize("name", PLANTED)
def test_the_gate_reports_a_planted_fault(postgres_dsn, name):
    sql, expected = PLANTED[name]
    with psycopg.connect(postgres_dsn, autocommit=True) as raw:
        raw.execute(sql)
    found = ask(postgres_dsn)
    for start in expected:
        assert any(f.startswith(start) for f in found), found
    assert {f.split(" ")[0].split(".")[0] for f in found} <= {e.split(" ")[0].split(".")[0] for e in expected}, found


def test_the_gate_reports_too_strong_a_role(postgres_dsn):
    """Asked about the role that a program is connected as, so that one started as the owner refuses to serve."""
    with psycopg.connect(postgres_dsn) as raw:
        (superuser,) = raw.execute("SELECT current_user").fetchone()
    found = ask(postgres_dsn, role=superuser)
    assert f"{superuser} is too strong a role to serve requests" in found
    assert "renda_backup is a role that the one serving requests may take on" in found
    assert "renda_backup is too strong a role to serve requests" in ask(postgres_dsn, role="renda_backup")
    assert "case_file belongs to the role that serves requests" in ask(postgres_dsn, role="renda_owner")
    assert ask(postgres_dsn, role="renda_nobody") == ["renda_nobody does not exist; migrate the database first"]


def test_declared_shared_tables_are_let_through(postgres_dsn):
    with psycopg.connect(postgres_dsn, autocommit=True) as raw:
        raw.execute("CREATE TABLE region (code text PRIMARY KEY)")
    assert len(ask(postgres_dsn)) == 4
    assert ask(postgres_dsn, also_shared=["region"]) == []


def test_every_check_was_seen_to_report(postgres_dsn):
    planted = [start for _, expected in PLANTED.values() for start in expected]
    roles = ("is too strong", "is a role")  # roles belong to the whole server, so no test plants a fault there
    for fault in CHECKS:
        assert fault.startswith(roles) or any(fault.startswith(p.partition(" ")[2]) for p in planted), fault
