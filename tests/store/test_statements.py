"""No statement of the core reaches beyond its tenant, and each one can be prepared on both back ends."""

from __future__ import annotations

import asyncio
import sqlite3

import asyncpg
import attrs
import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from tests import databases
from tests.databases import NOW
from tests.store.guard import complaints, statements

from renda_core.errors import Misuse
from renda_core.services import journal
from renda_core.store import cases
from renda_core.store import tables as t
from renda_core.store.compile import Plans, Query, mine
from renda_core.store.folding import sealed
from renda_core.store.unit import Reader

ALL = statements()


def number_of_tenant(statement):
    compiled = statement.source.compile(dialect=PGDialect_asyncpg())
    order = list(compiled.positiontup)
    return compiled, order.index("tenant_id") + 1 if "tenant_id" in order else 0


def test_the_statements_are_found():
    assert len(ALL) > 40
    found = set(ALL.values())
    assert {cases.SAVE_FILE, journal.LINES, *cases.ADD.values()} <= found


@pytest.mark.parametrize("name", ALL)
def test_a_statement_stays_with_its_tenant(name):
    compiled, tenant = number_of_tenant(ALL[name])
    assert complaints(str(compiled), tenant, cross_tenant=ALL[name].cross_tenant) == []


SEALING = [sealed(), sealed(cases.ADD_FILE, tuple(cases.ADD.values())), sealed(cases.SAVE_FILE, ())]


@pytest.mark.parametrize("sealing", SEALING, ids=["alone", "opening", "saving"])
def test_a_sealing_statement_stays_with_its_tenant(sealing):
    compiled, tenant = number_of_tenant(sealing)
    assert complaints(str(compiled), tenant) == []


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT id FROM person", "person has no tenant"),
        ("SELECT id FROM person WHERE id = $1::UUID", "person has no tenant"),
        ("SELECT id FROM person WHERE tenant_id = $2", "person has no tenant"),
        ("SELECT id FROM person WHERE tenant_id <> $1", "person has no tenant"),
        ("SELECT id FROM person WHERE tenant_id = $1 OR id = $2", "person has no tenant"),
        ("SELECT id FROM person WHERE NOT person.tenant_id = $1", "person has no tenant"),
        ("SELECT p.id FROM person p JOIN unit u ON u.id = p.id WHERE p.tenant_id = $1", "u has no tenant"),
        (
            "SELECT p.id FROM person p JOIN unit u ON u.tenant_id = u.tenant_id WHERE p.tenant_id = $1",
            "u has no tenant",
        ),
        ("SELECT p.id FROM person p LEFT JOIN unit u ON u.id = p.id WHERE p.tenant_id = $1", "u has no tenant"),
        (
            "SELECT p.id FROM person p LEFT JOIN unit u ON u.tenant_id = p.tenant_id AND u.tenant_id = $1",
            "p has no tenant",
        ),
        ("SELECT id FROM person WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM unit u WHERE u.id = $2)", "u has no"),
        (
            "SELECT id FROM unit WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM unit WHERE id = $2)",
            "unit has no tenant",
        ),
        ("SELECT id FROM person WHERE tenant_id = $1 UNION SELECT id FROM unit", "unit has no tenant"),
        ("UPDATE person SET name = $2 WHERE id = $3", "person has no tenant"),
        ("DELETE FROM person WHERE id = $2", "person has no tenant"),
        ("INSERT INTO person (id, name) VALUES ($1, $2)", "without naming tenant_id"),
        ("INSERT INTO person (tenant_id, id) VALUES ($2, $1)", "another tenant_id"),
        ("SELECT id FROM person WHERE tenant_id = $1 FOR UPDATE", "uses a lock"),
        (
            "SELECT b.id FROM ballot b JOIN person p ON p.tenant_id = b.tenant_id WHERE b.tenant_id = $1 FOR SHARE",
            "uses a lock",
        ),
        ("SELECT id FROM ballot FOR UPDATE", "ballot has no tenant"),
        ("SELECT name FROM person WHERE tenant_id = $1 GROUP BY ROLLUP (name)", "uses GROUPING SETS"),
        ("WITH RECURSIVE x AS (SELECT 1) SELECT * FROM x", "uses a recursive WITH"),
        (
            "MERGE INTO person p USING unit u ON p.id = u.id WHEN MATCHED THEN DELETE",
            "uses MERGE",
        ),
    ],
)
def test_the_guard_finds_a_planted_fault(sql, why):
    assert any(why in c for c in complaints(sql, 1)), complaints(sql, 1)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT p.id FROM person p JOIN unit u ON u.tenant_id = p.tenant_id AND u.id = p.id "
        "WHERE p.tenant_id = $1::UUID",
        "SELECT p.id FROM person p LEFT JOIN unit u ON u.tenant_id = p.tenant_id AND u.id = p.id "
        "WHERE p.tenant_id = $1::UUID",
        "SELECT id FROM person WHERE tenant_id = $1 AND EXISTS "
        "(SELECT 1 FROM unit u WHERE u.tenant_id = person.tenant_id AND u.id = $2)",
        "INSERT INTO person (id, tenant_id) VALUES ($2, $1) RETURNING id",
        "SELECT id FROM ballot WHERE tenant_id = $1 FOR UPDATE",
    ],
)
def test_the_guard_passes_what_is_sound(sql):
    assert complaints(sql, 1) == []


def test_every_statement_can_be_prepared_on_sqlite(sqlite_path):
    plans, raw = Plans(sqlite.dialect()), sqlite3.connect(sqlite_path)
    try:
        for name, statement in ALL.items():
            plan = plans(statement)
            many = len(statement.source.compile(dialect=sqlite.dialect()).positiontup)
            try:
                raw.execute(f"EXPLAIN {plan.sql}", (None,) * many).fetchall()
            except sqlite3.Error as error:
                pytest.fail(f"{name}: {error}\n{plan.sql}")
    finally:
        raw.close()


@pytest.mark.postgres
def test_every_statement_can_be_prepared_on_postgresql(postgres_dsn):
    async def prepare():
        plans, raw = Plans(PGDialect_asyncpg()), await asyncpg.connect(databases.url(postgres_dsn, "renda_app"))
        wrong = []
        for name, statement in ALL.items():
            try:
                await raw.prepare(plans(statement).sql)
            except asyncpg.PostgresError as error:
                wrong.append(f"{name}: {error}")
        for sealing in SEALING:
            await raw.prepare(plans(sealing).sql)
        await raw.close()
        return wrong

    assert asyncio.run(prepare()) == []


@attrs.frozen(kw_only=True)
class One:
    id: str


def test_statements_that_cannot_be_kept_are_refused():
    with pytest.raises(Misuse, match="tenant_id"):
        Query(select(t.case_file.c.id), One)
    with pytest.raises(Misuse, match="changing number"):
        Query(
            select(t.case_file.c.id).where(mine(t.case_file), t.case_file.c.id.in_(bindparam("ids", expanding=True))),
            One,
        )
    with pytest.raises(Misuse, match="UUID"):
        Reader(None, "x' OR '1'='1", NOW)
