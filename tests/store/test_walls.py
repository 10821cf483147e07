"""A server refuses to start on a database that would not keep its tenants apart, and says what to do."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import psycopg
import pytest
from tests import databases
from tests.store.canaries import free_port

from renda_core.errors import ConfigError
from renda_core.store import walls
from renda_core.store.catalogue_gate import faults
from renda_core.store.roles import LIMITS
from renda_core.store.walls import refuse_weak_walls

pytestmark = pytest.mark.postgres
AT_MOST = 2.0
"""Seconds after which a server that must not start has said so, on a machine that does nothing else."""


def told(dsn):
    with pytest.raises(ConfigError) as raised:
        asyncio.run(refuse_weak_walls(dsn))
    return raised.value.reasons


@pytest.fixture
def role(postgres_dsn):
    """Make roles that can log in, for one test: ``role("name", "BYPASSRLS")``."""
    made = []
    with psycopg.connect(postgres_dsn, autocommit=True) as raw:

        def make(name, how=""):
            made.append(name)
            raw.execute(f"CREATE ROLE {name} LOGIN {how}")
            raw.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
            raw.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
            return raw

        yield make
        for name in made:
            raw.execute(f"REASSIGN OWNED BY {name} TO renda_owner")
            raw.execute(f"DROP OWNED BY {name}")
            raw.execute(f"DROP ROLE {name}")


def test_the_applications_role_is_let_in(postgres_dsn, empty_dsn):
    asyncio.run(refuse_weak_walls(databases.url(postgres_dsn, "renda_app")))
    with psycopg.connect(empty_dsn) as raw:  # tables that are not there are another question
        raw.execute("GRANT USAGE ON SCHEMA public TO renda_app")
    asyncio.run(refuse_weak_walls(databases.url(empty_dsn, "renda_app")))


def test_a_superuser_is_refused(postgres_dsn):
    reasons = told(databases.url(postgres_dsn))
    assert reasons[0] == walls.REMEDY
    assert "postgres is too strong a role to serve requests" in reasons
    assert reasons[-1].endswith("more: renda doctor lists them")
    assert len(reasons) == walls.SHOWN + 1


def test_the_backup_role_is_refused(postgres_dsn):
    assert "renda_backup is too strong a role to serve requests" in told(databases.url(postgres_dsn, "renda_backup"))


@pytest.mark.parametrize("how", ["BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION", "SUPERUSER"])
def test_a_role_that_could_go_past_the_policies_is_refused(postgres_dsn, role, how):
    role("strong", how)
    assert "strong is too strong a role to serve requests" in told(databases.url(postgres_dsn, "strong"))


def test_a_role_that_owns_a_table_is_refused(postgres_dsn, role):
    role("owning").execute("ALTER TABLE outbox OWNER TO owning")
    assert "outbox belongs to the role that serves requests" in told(databases.url(postgres_dsn, "owning"))


def test_a_role_that_may_become_the_owner_is_refused(postgres_dsn, role):
    role("member", "NOINHERIT").execute("GRANT renda_owner TO member")
    reasons = told(databases.url(postgres_dsn, "member"))
    assert "renda_owner is a role that the one serving requests may take on" in reasons


def test_a_superuser_who_only_seems_to_be_the_application_is_refused(postgres_dsn, role):
    """``SET ROLE`` can be taken back by whoever may set it; who logged in is asked about as well."""
    role("masked", "SUPERUSER").execute("ALTER ROLE masked SET role = 'renda_app'")
    assert "masked is too strong a role to serve requests" in told(databases.url(postgres_dsn, "masked"))


def test_a_fault_of_the_catalogue_is_refused(postgres_dsn):
    with psycopg.connect(postgres_dsn) as raw:
        raw.execute("ALTER TABLE person NO FORCE ROW LEVEL SECURITY")
    assert "person has no forced row-level security" in told(databases.url(postgres_dsn, "renda_app"))


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE VIEW apart.seen AS SELECT * FROM person",
        "CREATE FUNCTION apart.seen() RETURNS SETOF person LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM person'",
    ],
)
def test_a_way_round_in_another_schema_is_refused(postgres_dsn, planted):
    with psycopg.connect(postgres_dsn) as raw:
        raw.execute("CREATE SCHEMA apart")
        raw.execute(planted)
        raw.execute("GRANT SELECT ON ALL TABLES IN SCHEMA apart TO renda_app")
    asyncio.run(refuse_weak_walls(databases.url(postgres_dsn, "renda_app")))  # the schema itself is shut
    with psycopg.connect(postgres_dsn) as raw:
        raw.execute("GRANT USAGE ON SCHEMA apart TO renda_app")
    (_, reason) = told(databases.url(postgres_dsn, "renda_app"))
    assert reason.startswith("seen is a ")


def test_an_old_release_is_refused(postgres_dsn, monkeypatch):
    monkeypatch.setattr(walls, "OLDEST", 99)
    (reason,) = told(databases.url(postgres_dsn, "renda_app"))
    assert reason.startswith("it is PostgreSQL 1")
    assert reason.endswith("; use 99 or later")


@pytest.mark.parametrize("dsn", ["postgresql://renda:geheim@127.0.0.1:9/renda", "postgresql:///x?host=/nowhere"])
def test_a_database_that_does_not_answer_is_refused_without_telling_the_password(dsn):
    (reason,) = told(dsn)
    assert "cannot be reached" in reason
    assert "geheim" not in reason


def test_what_a_dsn_may_say_of_a_pooler():
    (reason,) = told("postgresql:///x?host=/nowhere&pooler=session")
    assert reason == "write pooler=transaction, or leave pooler out"


def test_the_gate_holds_after_a_plugins_migrations_too(empty_dsn):
    from tests.store.test_migrations import PLACES

    from renda_core.store.migrate import upgrade_postgres

    upgrade_postgres(empty_dsn, PLACES)
    asyncio.run(refuse_weak_walls(databases.url(empty_dsn, "renda_app")))
    with psycopg.connect(empty_dsn) as raw:  # what a careless plugin's migration would do
        raw.execute("ALTER TABLE fixture_plugin_batch DISABLE ROW LEVEL SECURITY")
    assert "fixture_plugin_batch has no forced row-level security" in told(databases.url(empty_dsn, "renda_app"))


def test_requests_have_limits_and_backups_have_none(postgres_dsn):
    for user, wanted in (("renda_app", LIMITS), ("renda_backup", dict.fromkeys(LIMITS, "0"))):
        with psycopg.connect(postgres_dsn, user=user) as raw:
            found = {name: raw.execute(f"SHOW {name}").fetchone()[0] for name in LIMITS}
        assert {n: v.replace("1min", "60s") for n, v in found.items()} == wanted


def serve(dsn, home, port):
    """Start the real command; give its exit code, what it said, and how many seconds it took."""
    (home / "tenants").mkdir(parents=True, exist_ok=True)
    environ = os.environ | {"RENDA_DATABASE": dsn, "RENDA_TENANTS": str(home / "tenants")}
    command = [str(Path(sys.executable).with_name("renda")), "--home", str(home), "serve", "--port", str(port)]
    start = time.perf_counter()
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    return done.returncode, done.stdout + done.stderr, time.perf_counter() - start


@pytest.mark.parametrize("user", ["", "renda_backup", "owning"])
def test_the_command_does_not_start(postgres_dsn, role, tmp_path, user, record_property):
    """The seconds are told, and not judged: this machine may be doing anything else."""
    if user == "owning":
        role(user).execute(f"GRANT renda_owner TO {user}")
    port = free_port()
    code, said, seconds = serve(databases.url(postgres_dsn, user), tmp_path, port)
    record_property("seconds", seconds)
    print(f"renda serve as {user or 'postgres'}: exit {code} after {seconds:.2f} s; promised < {AT_MOST:g} s")
    assert code not in (0, None)
    assert "renda_app" in said
    assert "Traceback" not in said
    assert "Uvicorn running" not in said


def test_the_gate_is_asked_about_whoever_asks(postgres_dsn):
    async def ask():
        raw = await asyncpg.connect(databases.url(postgres_dsn, "renda_app"))
        try:
            return await faults(raw)
        finally:
            await raw.close()

    assert asyncio.run(ask()) == []
