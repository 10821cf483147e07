"""Connections are lent in turn: none keeps a tenant, none is kept for ever, and nobody waits for ever."""

from __future__ import annotations

import ast
import asyncio
import random
import re
from pathlib import Path

import asyncpg
import psycopg
import pytest
import sqlglot
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from tests import databases
from tests.databases import CLERK, A, B, owner_dsn
from tests.store.guard import DISTRIBUTED, statements
from tests.store.rows import EVERYONE, enter, everyone, file, open_file, page

import renda_core
from renda_core.errors import Misuse, Unavailable
from renda_core.store.pool import Pool, address
from renda_core.store.postgres import PostgresLink, PostgresStore
from renda_core.store.unit import Reader

REQUESTS, KILLED = 10_000, 500
WORDS = {A: "CANARY-A", B: "CANARY-B"}


@pytest.fixture
def single(postgres_dsn):
    """A store with one connection, and a case of each tenant."""
    store = databases.open_postgres(postgres_dsn, size=1)
    for tenant, title in WORDS.items():
        enter(store, tenant, title=title)
    yield store
    store.shut()


@pytest.mark.postgres
def test_one_connection_serves_two_tenants_in_turn(single):
    """10,000 requests without any predicate, one in twenty killed, half of them with their process of the server.

    After each, whoever borrows the connection finds no tenant and no row.
    """
    dice = random.Random(8)
    found = {"leaks": 0, "settings": 0, "killed": 0, "served": 0}

    async def kill(task, chief, process):
        await asyncio.sleep(dice.random() * 0.0004)
        if dice.random() < 0.5:
            task.cancel()
        else:
            await chief.execute("SELECT pg_terminate_backend($1)", process)

    async def many():
        chief = await asyncpg.connect(databases.url(owner_dsn(single)))
        process = 0
        for n in range(REQUESTS):
            tenant = (A, B)[n % 2]
            task = asyncio.ensure_future(single.read(everyone, tenant))
            if found["killed"] < KILLED and dice.random() < 0.2:  # some are done before they can be killed
                await kill(task, chief, process)
            try:
                rows = await task
            except (asyncio.CancelledError, Unavailable):
                found["killed"] += 1
            else:
                found["served"] += 1
                found["leaks"] += rows != [(tenant, WORDS[tenant])]
            link = await single.pool.take()
            try:
                process = link.get_server_pid()
                found["settings"] += bool(await link.fetchval("SELECT current_setting('app.tenant_id', true)"))
                found["leaks"] += bool(await link.fetch("SELECT tenant_id FROM case_file"))
            except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
                link.terminate()  # killed while it was idle
            single.pool.give(link, clean=not link.is_closed())
        await chief.close()

    single.run(many())
    print(found)
    assert (found["leaks"], found["settings"]) == (0, 0)
    assert found["killed"] + found["served"] == REQUESTS
    assert found["killed"] > KILLED / 2


@pytest.mark.parametrize("way", ["read", "write"])
def test_a_unit_that_outlives_its_transaction_is_refused(store, way):
    """What PostgreSQL only warns of, a tenant set outside a transaction, cannot come about."""
    enter(store, A, title="CANARY-A")
    kept = []

    async def keep(unit):
        kept.append(unit)

    async def again():
        return await kept[0].all(EVERYONE)

    store.run(store.read(keep, A) if way == "read" else store.write(keep, A, CLERK))
    with pytest.raises(Misuse, match="outside its transaction"):
        store.run(again())
    if way == "write":

        async def write():
            await open_file(kept[0], file())

        with pytest.raises(Misuse, match="outside its transaction"):
            store.run(write())
        assert len(store.run(store.read(page, A))) == 1


@pytest.mark.postgres
def test_a_connection_without_a_transaction_is_refused(single):
    async def bare():
        raw = await single.pool.take()
        try:
            link = PostgresLink(single.plans, databases.KEYS, raw)
            return await Reader(link, A, databases.NOW).all(EVERYONE)
        finally:
            single.pool.give(raw, clean=True)

    with pytest.raises(Misuse, match="where there is no tenant"):
        single.run(bare())


@pytest.mark.parametrize("name", ["uuid", "tenant"])
def test_a_unit_keeps_its_tenant(store, name):
    async def change(reader):
        setattr(reader, name, B)

    with pytest.raises(AttributeError):
        store.run(store.read(change, A))


@pytest.mark.postgres
def test_who_waits_too_long_is_sent_away_and_nothing_is_lost(postgres_dsn):
    store = databases.open_postgres(postgres_dsn, size=1, patience=0.05)

    async def crowded():
        link = await store.pool.take()
        with pytest.raises(Unavailable, match="too many ask at once") as raised:
            await store.read(page, A)
        assert raised.value.details == {"retry_after": 2}
        waiting = asyncio.ensure_future(store.pool.take())
        await asyncio.sleep(0)
        store.pool.give(link, clean=True)
        assert await waiting is link
        store.pool.give(link, clean=True)
        return await store.read(page, A)

    assert store.run(crowded()) == []
    store.shut()


@pytest.mark.postgres
def test_a_connection_is_opened_anew_in_the_end(postgres_dsn):
    async def processes(age):
        pool = Pool(databases.url(postgres_dsn, "renda_app"), 1, age=age)
        seen = set()
        for _ in range(5):
            link = await pool.take()
            seen.add(await link.fetchval("SELECT pg_backend_pid()"))
            pool.give(link, clean=True)
        await pool.close()
        return len(seen)

    assert asyncio.run(processes(60)) == 1
    assert asyncio.run(processes(0)) == 5


@pytest.mark.postgres
def test_a_server_that_is_away_is_told_and_no_place_is_lost(postgres_dsn):
    store = PostgresStore("postgresql:///x?host=/nowhere", keys=databases.KEYS, now=lambda: databases.NOW, size=1)
    for _ in range(3):
        with pytest.raises(Unavailable, match="does not answer"):
            store.run(store.read(page, A))
    store.shut()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("setting", "sql"),
    [
        ("statement_timeout", "SELECT pg_sleep(5)"),
        ("lock_timeout", "SELECT 1 FROM tenant FOR UPDATE"),
        ("idle_in_transaction_session_timeout", ""),
    ],
)
def test_what_takes_too_long_is_ended_and_told(postgres_dsn, setting, sql):
    with psycopg.connect(postgres_dsn) as chief:
        chief.execute("LOCK TABLE tenant IN ACCESS EXCLUSIVE MODE")
        store = databases.open_postgres(postgres_dsn, size=1, server_settings={setting: "50ms"})

        async def slow(unit):
            if sql:
                await unit._link.first(sql, ())
            else:
                await asyncio.sleep(0.3)
            return await unit.all(EVERYONE)

        with pytest.raises(Unavailable, match="nothing was kept"):
            store.run(store.read(slow, A))
        chief.rollback()
        assert store.run(store.read(page, A)) == []
        store.shut()


@pytest.mark.parametrize(
    ("dsn", "wanted"),
    [
        ("postgresql://a@b/c", ("postgresql://a@b/c", False)),
        ("postgresql:///c?host=/x&user=a", ("postgresql:///c?host=/x&user=a", False)),
        ("postgresql:///c?pooler=transaction", ("postgresql:///c", True)),
        ("postgresql:///c?host=/x&pooler=transaction&user=a", ("postgresql:///c?host=/x&user=a", True)),
    ],
)
def test_a_dsn_says_whether_a_pooler_stands_before_the_database(dsn, wanted):
    assert address(dsn) == wanted


SESSION = re.compile(
    r"(?:^|;)\s*SET\s+(?!LOCAL\s+app\.tenant_id=|TRANSACTION\b)"
    r"|\bset_config\s*\(|\bLISTEN\b|\bCREATE\s+TEMP|\bpg_advisory_lock\b|\bDISCARD\b"
)
QUICK = re.compile(r"SET\s|set_config|LISTEN|TEMP|advisory|DISCARD")
ALLOWED = {"migrate.py", "purging.py"}
"""Who migrates, and who deletes a tenant for good, has a connection of its own, as the owner, and closes it."""
CODE = Path(renda_core.__file__).parents[2]


def texts(path):
    """Give every text of a file that is no docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    told = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            told |= {id(part) for part in node.values}
            yield "".join(p.value if isinstance(p, ast.Constant) else "x" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_nothing_is_ever_set_for_a_session():
    """One way alone to name the tenant, for one transaction; and no other setting that a borrower could inherit."""
    found = {}
    for folder in ("src", "server", "plugins"):
        for path in (CODE / folder).rglob("*.py"):
            if not QUICK.search(path.read_text("utf-8")):
                continue
            if hits := [t for t in texts(path) if SESSION.search(t)]:
                found[path.name] = hits
    assert set(found) <= ALLOWED, found


@pytest.mark.parametrize(
    "sql",
    [
        "SET app.tenant_id = 'x'",
        "BEGIN;SET app.tenant_id='x'",
        "SET SESSION app.tenant_id = 'x'",
        "SET LOCAL app.other = 'x'",
        "SELECT set_config('app.tenant_id', $1, false)",
        "LISTEN outbox",
        "SET search_path TO x",
        "CREATE TEMP TABLE x (y int)",
        "SELECT pg_advisory_lock(1)",
    ],
)
def test_the_lint_finds_a_planted_setting(sql):
    assert SESSION.search(sql)


@pytest.mark.parametrize("sql", ["BEGIN;SET LOCAL app.tenant_id='x'", "UPDATE x SET y = 1", "ON DELETE SET NULL"])
def test_the_lint_passes_what_is_sound(sql):
    assert not SESSION.search(sql)


def parsed(statement):
    return sqlglot.parse_one(str(statement.source.compile(dialect=PGDialect_asyncpg())), read="postgres")


def test_a_query_that_sees_every_tenant_is_rare():
    """The directory and its like are no tenant's; of the tenants' own tables hardly anything is asked across."""
    reaching = set()
    for name, statement in statements().items():
        tables = {table.name for table in parsed(statement).find_all(sqlglot.exp.Table)}
        reaching |= {name} if statement.cross_tenant and tables & DISTRIBUTED else set()
    assert len(reaching) <= 2, reaching
