"""Two tenants with a canary in every table: whatever is asked as one of them, nothing of the other comes back."""
# ruff: noqa: S608 - the tables are our own

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from tests.databases import A, B
from tests.store import canaries, stripping
from tests.store.canaries import BARE, NAMES, TABLES, foreign, word

pytestmark = pytest.mark.postgres
DIALECT = PGDialect_asyncpg()


@pytest.fixture(scope="module")
def filled(postgres_server, postgres_template):
    """A superuser's DSN to a database with a row of each tenant in every table."""
    from tests import databases

    with databases.database(postgres_server, postgres_template) as dsn:
        with psycopg.connect(dsn) as raw:
            canaries.fill(raw, A, B)
        yield dsn


@pytest.fixture
def app(filled):
    """A bare connection as the application's role."""
    with psycopg.connect(filled, user="renda_app", autocommit=True) as raw:
        yield raw


@pytest.fixture
def chief(filled):
    """A superuser's connection, past every policy."""
    with psycopg.connect(filled) as raw:
        yield raw
        raw.rollback()


def as_tenant(raw, tenant, sql, args=()):
    with raw.transaction():
        raw.execute(f"SET LOCAL app.tenant_id='{tenant}'")
        return raw.execute(sql, args).fetchall()


def test_every_table_holds_a_canary_of_each(chief):
    for name in NAMES:
        rows = chief.execute(f"SELECT * FROM {name}").fetchall()
        assert len(rows) == 2, name
        assert name in BARE or len(foreign(rows, A)) == len(foreign(rows, B)) == 1, name
        for tenant in (A, B):
            said = chief.execute(f"SELECT {name}::text FROM {name} WHERE tenant_id = %s", [tenant]).fetchall()
            assert name in BARE or word(tenant) in said[0][0] or word(tenant).encode().hex() in said[0][0], name


@pytest.mark.parametrize("tenant", [A, B])
def test_a_question_without_a_condition_shows_no_canary_of_the_other(app, tenant):
    seen = {name: as_tenant(app, tenant, f"SELECT * FROM {name}") for name in NAMES}
    assert {name: len(rows) for name, rows in seen.items()} == dict.fromkeys(NAMES, 1)
    assert {name: foreign(rows, tenant) for name, rows in seen.items() if foreign(rows, tenant)} == {}


def test_a_fresh_connection_and_a_finished_transaction_see_nothing(app):
    for _ in range(2):  # before any tenant was set, and after one was
        assert [name for name in NAMES if app.execute(f"SELECT * FROM {name}").fetchall()] == []
        assert as_tenant(app, A, "SELECT count(*) FROM person") == [(1,)]


def test_a_savepoint_that_is_rolled_back_brings_no_other_tenant(app):
    """django-tenants #1262: what was set after a savepoint goes with it, and what was set before stays."""
    with app.transaction():
        app.execute(f"SET LOCAL app.tenant_id='{A}'")
        for _ in range(3):
            app.execute("SAVEPOINT s")
            app.execute("SAVEPOINT deeper")
            app.execute("ROLLBACK TO SAVEPOINT s")
            assert [name for name in NAMES if foreign(app.execute(f"SELECT * FROM {name}").fetchall(), A)] == []
            assert app.execute("SELECT count(*) FROM person").fetchone() == (1,)


def test_a_setting_outside_a_transaction_holds_for_nothing(app):
    app.execute(f"SET LOCAL app.tenant_id='{A}'")  # PostgreSQL only warns
    assert [name for name in NAMES if app.execute(f"SELECT * FROM {name}").fetchall()] == []


def test_a_statement_that_forgot_its_tenant_leaks_nothing(app, chief):
    """Every query of the core, without a single condition: PostgreSQL alone keeps the tenants apart."""
    leaks, shown, would = [], 0, 0
    for name, query in stripping.selects().items():
        sql = stripping.forgetful(query.source.compile(dialect=DIALECT))
        rows = as_tenant(app, A, sql)
        leaks += [name] * bool(foreign(rows, A))
        shown += bool(rows)
        try:
            would += bool(foreign(chief.execute(sql).fetchall(), A))
        except psycopg.errors.CardinalityViolation:  # a row of each tenant where there may be one
            chief.rollback()
    assert leaks == []
    assert shown > 100  # asked of whoever the policies do not bind, the same questions show the other tenant's rows
    assert would > 60


def test_a_change_that_forgot_its_tenant_touches_nobody_else(filled):
    """Every update and deletion of the core, without a single condition, done, looked at past the policies, undone."""
    touched, refused, done = [], [], 0
    with psycopg.connect(filled) as raw:
        for name, change in stripping.changes().items():
            table = change.source.table.name
            if table not in NAMES:
                continue
            sql = stripping.forgetful(change.source.compile(dialect=DIALECT))
            before = raw.execute(f"SELECT {table}::text FROM {table} WHERE tenant_id = %s", [B]).fetchall()
            raw.execute("SET LOCAL ROLE renda_app")
            raw.execute(f"SET LOCAL app.tenant_id='{A}'")
            try:
                done += raw.execute(sql).rowcount
                raw.execute("RESET ROLE")
                after = raw.execute(f"SELECT {table}::text FROM {table} WHERE tenant_id = %s", [B]).fetchall()
                touched += [name] * (before != after)
            except psycopg.errors.IntegrityError:  # a column that may not be empty, or a row that others stand on
                refused.append(name)
            raw.rollback()
    assert touched == []
    assert done > 20, (done, refused)


def test_whatever_is_written_for_another_tenant_is_refused(filled):
    """Each table, both ways: a row of the other's, and a row that moves over."""
    kept = []
    with psycopg.connect(filled) as raw:
        for table in TABLES:
            made = canaries.row(table, B)
            marks = ", ".join(["%s"] * len(made))
            for sql, args in (
                (f"INSERT INTO {table.name} ({', '.join(made)}) VALUES ({marks})", list(made.values())),
                (f"UPDATE {table.name} SET tenant_id = %s", [UUID(B)]),
            ):
                raw.execute("SET LOCAL ROLE renda_app")
                raw.execute(f"SET LOCAL app.tenant_id='{A}'")
                try:
                    raw.execute(sql, args)
                    kept.append(table.name)
                except psycopg.errors.InsufficientPrivilege:
                    pass
                raw.rollback()
    assert kept == []


THIRD = UUID(A[:-1] + "c")
TIES = [(table, tie) for table in TABLES for tie in table.foreign_key_constraints if len(tie.columns) > 1]


@pytest.mark.parametrize("source", [A, B])
def test_no_row_can_be_tied_to_another_tenants(filled, source):
    """Every tie, tried past the policies: its parent stands in the other tenants alone, under the very id."""
    assert len(TIES) > 20
    with psycopg.connect(filled) as raw:
        raw.execute("INSERT INTO tenant (tenant_id, code, name, level) VALUES (%s, 'c', 'c', 'county')", [THIRD])
        for table, tie in TIES:
            (column,) = (c.name for c in tie.columns if c.name != "tenant_id")
            copied = {c.name: c.name for c in table.c} | {"tenant_id": f"'{THIRD}'"}
            if tie.elements[0].column.table is table:
                copied |= {column: "id", "id": f"'{canaries.name_of('another')}'"}
            sql = (
                f"INSERT INTO {table.name} ({', '.join(copied)}) "
                f"SELECT {', '.join(copied.values())} FROM {table.name} WHERE tenant_id = '{source}'"
            )
            raw.execute("SAVEPOINT whole")
            for other in table.foreign_key_constraints - {tie}:  # what else is missing there is not the question
                raw.execute(f"ALTER TABLE {table.name} DROP CONSTRAINT {other.name}")
            with pytest.raises(psycopg.errors.ForeignKeyViolation, match=str(tie.name)), raw.transaction():
                raw.execute(sql)
            raw.execute(f"ALTER TABLE {table.name} DROP CONSTRAINT {tie.name}")
            assert raw.execute(sql).rowcount == 1, (table.name, column)  # nothing but the tie refused it
            raw.execute("ROLLBACK TO SAVEPOINT whole")
        raw.rollback()


def test_all_that_one_tenant_has_another_may_have_as_well(filled):
    """The same login, telephone, number and id, column by column: no key tells what stands in another tenant."""
    with psycopg.connect(filled) as raw:
        for table in TABLES:
            rest = ", ".join(c.name for c in table.c if c.name != "tenant_id")
            sql = (
                f"INSERT INTO {table.name} (tenant_id, {rest}) SELECT %s, {rest} FROM {table.name} WHERE tenant_id = %s"
            )
            assert raw.execute(sql, (THIRD, A)).rowcount == 1, table.name
        raw.rollback()
