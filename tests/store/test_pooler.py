"""Through PgBouncer in transaction mode: the tenants stay apart, whichever process of the server answers."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from tests import databases, poolers
from tests.databases import CLERK, A, B
from tests.store.rows import enter, events, everyone, file, get, move, open_file, page

from renda_core import doctor
from renda_core.errors import ConfigError
from renda_core.services import journal
from renda_core.store.postgres import PostgresStore
from renda_core.store.walls import refuse_weak_walls

pytestmark = pytest.mark.postgres
CLIENTS, TURNS = 40, 25
TITLES = {A: "CANARY-A", B: "CANARY-B"}
POOLED = "&pooler=transaction"


@pytest.fixture
def pooled(postgres_dsn):
    """The application's DSN through a pooler, and nothing said about it."""
    with poolers.pgbouncer(postgres_dsn) as dsn:
        yield dsn


@pytest.fixture
def store(pooled):
    """A store of forty connections to the pooler, which has eight to the server; a case of each tenant."""
    made = PostgresStore(pooled + POOLED, keys=databases.KEYS, now=lambda: databases.NOW, size=CLIENTS)
    for tenant, title in TITLES.items():
        enter(made, tenant, title=title)
    yield made
    made.shut()


def test_forty_clients_of_two_tenants_over_eight_connections(store):
    """Reads without any predicate, and writes, all at once: no foreign row, no lost statement, two whole chains."""

    async def client(n):
        tenant, bad = (A, B)[n % 2], 0
        for _ in range(TURNS):
            rows = await store.read(everyone, tenant)
            bad += {row for row, _ in rows} != {tenant} or (tenant, TITLES[tenant]) not in rows
            put = await store.write(open_file, tenant, CLERK, file(title=TITLES[tenant]))
            await store.write(move, tenant, CLERK, put.id)
            bad += (await store.read(get, tenant, put.id)).version != 1
        return bad

    async def many():
        return await asyncio.gather(*(client(n) for n in range(CLIENTS)))

    assert sum(store.run(many())) == 0
    for tenant in (A, B):
        found = store.run(store.read(journal.verify, tenant))
        assert found.whole, found.why
        assert found.entries == store.run(store.read(events, tenant)) == CLIENTS * TURNS + 1
        assert len(store.run(store.read(page, tenant))) == CLIENTS * TURNS // 2 + 1


def test_cursors_of_many_clients_do_not_take_each_others_names(store):
    """A cursor's statement has a name on the server, which the next client finds there."""

    async def walk(reader):
        return len(await (await reader._link.cursor("SELECT id FROM case_file", ())).fetch(10))

    async def many():
        return await asyncio.gather(*(store.read(walk, (A, B)[n % 2]) for n in range(5 * CLIENTS)))

    assert set(store.run(many())) == {1}


def test_the_next_to_borrow_finds_no_tenant(store, pooled):
    async def many():
        seen, processes = set(), set()
        raw = await asyncpg.connect(pooled, statement_cache_size=0)
        for n in range(50):
            await asyncio.gather(*(store.read(everyone, (A, B)[(n + k) % 2]) for k in range(poolers.SERVERS)))
            async with raw.transaction():
                seen.add(await raw.fetchval("SELECT current_setting('app.tenant_id', true)"))
                processes.add(await raw.fetchval("SELECT pg_backend_pid()"))
                assert await raw.fetch("SELECT * FROM case_file") == []
        await raw.close()
        return seen, processes

    seen, processes = store.run(many())
    assert seen <= {"", None}
    assert len(processes) > 1  # it was more than one that answered


def test_a_server_that_is_not_told_of_the_pooler_does_not_start(pooled):
    with pytest.raises(ConfigError) as raised:
        asyncio.run(refuse_weak_walls(pooled))
    assert raised.value.reasons == ("a pooler stands before it: write pooler=transaction into the DSN",)
    asyncio.run(refuse_weak_walls(pooled + POOLED))


def test_a_store_that_is_not_told_says_what_to_do(pooled):
    """Statements prepared in one process are asked for in another."""
    store = PostgresStore(pooled, keys=databases.KEYS, now=lambda: databases.NOW, size=8)

    async def many():
        return await asyncio.gather(*(store.read(page, A) for _ in range(200)), return_exceptions=True)

    told = {str(e) for e in store.run(many()) if isinstance(e, Exception)}
    assert told
    assert all("pooler=transaction" in text for text in told), told
    store.shut()


def test_the_doctor_looks_through_the_pooler_too(pooled):
    found = {f.about: f for f in doctor.database({"RENDA_DATABASE": pooled + POOLED})}
    assert found["isolation 租户隔离"].level == "ok"
    found = {f.about: f for f in doctor.database({"RENDA_DATABASE": pooled})}
    assert "pooler=transaction" in found["isolation 租户隔离"].told


def test_the_roles_limits_hold_through_the_pooler(pooled):
    async def ask():
        raw = await asyncpg.connect(pooled, statement_cache_size=0)
        try:
            return await raw.fetchval("SELECT current_setting('statement_timeout')")
        finally:
            await raw.close()

    assert asyncio.run(ask()) == "1min"
