"""Many writers, cancelled ones among them: one chain, nothing half, no connection left unclean."""

from __future__ import annotations

import asyncio
import random
import threading

import attrs
import psycopg
import pytest
from tests.databases import CLERK, A, B, owner_dsn
from tests.store.rows import enter, events, everyone, file, get, move, open_file, page

from renda_core.errors import Stale
from renda_core.services import journal
from renda_core.store.sqlite import SqliteStore


def in_loop(store, work):
    """Drive *work* under an event loop; a PostgreSQL store brings its own."""
    return asyncio.run(work) if isinstance(store, SqliteStore) else store.run(work)


def verify(store):
    found = in_loop(store, store.read(journal.verify, A))
    assert found.whole, found.why
    return found.entries


async def idle(store):
    """Look into every connection: none in a transaction, none with a tenant; answer how many there are."""
    await asyncio.gather(*store.pool._tasks)
    links = [await store.pool.take() for _ in range(store.pool._free.qsize())]
    for link in links:
        assert not link.is_in_transaction()
        assert not await link.fetchval("SELECT current_setting('app.tenant_id', true)")
        assert await link.fetch("SELECT * FROM case_file") == []  # no tenant, no rows
        store.pool.give(link, clean=True)
    return len(links)


def test_eight_writers_make_one_chain(store):
    async def race():
        async def writer():
            stale = 0
            for _ in range(25):
                put = await store.write(open_file, A, CLERK, file())
                two = [store.write(move, A, CLERK, put.id) for _ in "12"]
                stale += sum(isinstance(r, Stale) for r in await asyncio.gather(*two, return_exceptions=True))
            return stale

        return await asyncio.gather(*(writer() for _ in range(8)))

    assert sum(in_loop(store, race())) == 200  # of each two movers exactly one wins
    assert verify(store) == 400
    assert in_loop(store, store.read(events, A)) == 400


def test_eight_threads_share_a_file(sqlite_store):
    def work():
        for _ in range(25):
            enter(sqlite_store, A)
        sqlite_store.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert verify(sqlite_store) == 200
    assert len(sqlite_store.run(sqlite_store.read(page, A))) == 200


def test_a_reader_does_not_wait_for_a_writer(sqlite_store):
    enter(sqlite_store, A)
    writer = sqlite_store._open("writer")
    writer.execute("BEGIN IMMEDIATE")
    try:
        assert len(sqlite_store.run(sqlite_store.read(page, A))) == 1
    finally:
        writer.execute("ROLLBACK")


def test_cancelled_writes_are_whole_or_absent(store):
    """400 writes, one of the last four cancelled at a random moment: case, entry and event exist together or not."""
    dice = random.Random(11)

    async def many():
        tasks = []
        for _ in range(400):
            tasks.append(asyncio.ensure_future(store.write(open_file, A, CLERK, file())))
            await asyncio.sleep(dice.random() * 0.0015)
            tasks[dice.randrange(max(0, len(tasks) - 4), len(tasks))].cancel()
        return sum(isinstance(r, asyncio.CancelledError) for r in await asyncio.gather(*tasks, return_exceptions=True))

    cancelled = in_loop(store, many())
    kept = len(in_loop(store, store.read(page, A)))
    assert kept == in_loop(store, store.read(events, A)) == verify(store)
    assert kept >= 400 - cancelled
    if not isinstance(store, SqliteStore):
        assert 50 < cancelled < 400
        assert store.run(idle(store)) == 4


@pytest.mark.postgres
def test_no_tenant_leaks(postgres_store):
    """2,000 alternating requests over four connections, one in eight cancelled, asked without any predicate."""
    titles = {A: "CANARY-A", B: "CANARY-B"}
    for tenant, title in titles.items():
        enter(postgres_store, tenant, title=title)
    dice = random.Random(7)

    async def many():
        bad = cancelled = 0
        for _ in range(250):
            tasks = [asyncio.ensure_future(postgres_store.read(everyone, t)) for t in (A, B) * 4]
            await asyncio.sleep(dice.random() * 0.002)
            tasks[dice.randrange(8)].cancel()
            for tenant, rows in zip((A, B) * 4, await asyncio.gather(*tasks, return_exceptions=True), strict=True):
                if isinstance(rows, asyncio.CancelledError):
                    cancelled += 1
                else:
                    bad += rows != [(tenant, titles[tenant])]
        return bad, cancelled

    bad, cancelled = postgres_store.run(many())
    assert bad == 0
    assert cancelled > 50
    assert postgres_store.run(idle(postgres_store)) == 4


@pytest.mark.postgres
def test_the_two_tenants_are_there_to_be_leaked(postgres_store):
    """The question that finds no foreign row above finds both for somebody whom no policy binds."""
    for tenant in (A, B):
        enter(postgres_store, tenant)
    with psycopg.connect(owner_dsn(postgres_store)) as raw:
        assert raw.execute("SELECT count(DISTINCT tenant_id) FROM case_file").fetchone() == (2,)


@pytest.mark.postgres
def test_a_migration_under_a_running_process(postgres_store):
    """A prepared statement whose columns changed type is prepared anew, and the caller notices nothing."""
    put = enter(postgres_store, A)

    async def widen():
        assert await postgres_store.read(get, A, put.id) == put
        with psycopg.connect(owner_dsn(postgres_store)) as owner:
            owner.execute("ALTER TABLE case_file ALTER COLUMN title TYPE text, ALTER COLUMN version TYPE bigint")
        return await postgres_store.read(get, A, put.id)

    assert postgres_store.run(widen()) == put


@pytest.mark.postgres
def test_a_connection_that_was_killed_is_replaced(postgres_store):
    put = enter(postgres_store, A)
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'renda_app'"
    with psycopg.connect(owner_dsn(postgres_store), autocommit=True) as owner:
        owner.execute(f"{kill} AND datname = current_database()")

    async def eventually():
        for _ in range(10):
            try:
                return await postgres_store.read(get, A, put.id)
            except Exception:
                await asyncio.sleep(0.01)

    assert postgres_store.run(eventually()) == put


@pytest.mark.postgres
def test_a_closed_pool_opens_anew_under_another_loop(postgres_store):
    put = enter(postgres_store, A)

    async def crowd():
        found = await asyncio.gather(*(postgres_store.read(get, A, put.id) for _ in range(20)))
        await postgres_store.close()
        return found

    postgres_store.shut()
    for _ in range(2):
        assert set(asyncio.run(crowd())) == {put}
        postgres_store.pool.leave_loop()


def test_one_loser_of_two_editors_every_time(store):
    put = enter(store, A)

    async def rounds():
        lost = 0
        for version in range(100):
            two = [store.write(move, A, CLERK, put.id, version) for _ in "12"]
            lost += sum(isinstance(r, Stale) for r in await asyncio.gather(*two, return_exceptions=True))
        return lost

    assert in_loop(store, rounds()) == 100
    assert in_loop(store, store.read(get, A, put.id)) == attrs.evolve(put, state="answered", version=100)
