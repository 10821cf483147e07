"""What PostgreSQL's walls cost a read: CPU of the server's own process, with and without, and with 3,000 tenants."""

from __future__ import annotations

import asyncio
import os
import statistics
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import psycopg
import pytest
from tests import databases, servers

from renda_core.store.chaining import START
from renda_core.store.migrate import upgrade_postgres

READS, ROUNDS = 200, 81
"""Reads in one turn, and turns of each, one after the other: what else the machine does meets both alike."""
CASES = 100
"""Cases of each tenant."""
MANY = 3_000
"""Tenants of the large service."""
AT_MOST = 30.0
"""Microseconds of PostgreSQL's CPU that the policies and the tenant's setting may add to a read."""
AT_MOST_OF_ONE = 1.2
"""How many times the CPU of one tenant's read the same read may cost beside 2,999 others."""
PLACE = UUID(int=88)
SQL = "SELECT id, number, title, state, version, document FROM case_file WHERE tenant_id = $1 AND id = $2"
BARE = SQL.replace("case_file", "case_bare")
pytestmark = pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="another process's CPU, from /proc")


def tenant(n: int) -> UUID:
    """Give the id of a tenant."""
    return uuid5(PLACE, f"tenant {n}")


def fill(dsn: str, tenants: int) -> None:
    """Make tenants with their cases, the same in every database, and a copy of the cases without any policy."""
    upgrade_postgres(dsn)
    with psycopg.connect(dsn, autocommit=True) as raw:
        columns = (
            "tenant_id, id, kind, edition, number, title, opened_on, state, closed, private, public, round, version"
        )
        for n in range(tenants):
            raw.execute("INSERT INTO tenant VALUES (%s, %s, %s, 'county')", (tenant(n), str(n), str(n)))
            raw.execute("INSERT INTO journal_head VALUES (%s, 0, %s)", (tenant(n), START))
        raw.execute(
            f"INSERT INTO case_file ({columns}, document) SELECT t.tenant_id, md5(g::text)::uuid, 'suggestion', '1', "  # noqa: S608
            "g::text, '城东石桥多年失修', '2026-03-01', 'open', false, false, true, 1, 0, "
            "convert_to(repeat('x', 1200), 'UTF8') FROM tenant t, generate_series(1, %s) g",
            [CASES],
        )
        raw.execute("CREATE TABLE case_bare (LIKE case_file INCLUDING ALL)")
        raw.execute("INSERT INTO case_bare SELECT * FROM case_file")
        raw.execute("GRANT SELECT ON case_bare TO renda_app")
        raw.execute("VACUUM (ANALYZE)")


@pytest.fixture(scope="module")
def places() -> Iterator[tuple[str, str]]:
    """DSNs of one server's two databases, of one tenant and of many."""
    with servers.running(18) as server:
        made = []
        for name, tenants in (("one", 1), ("many", MANY)):
            with psycopg.connect(server.dsn, autocommit=True) as raw:
                raw.execute(f"CREATE DATABASE {name}")
            dsn = server.dsn.replace("dbname=postgres", f"dbname={name}")
            fill(dsn, tenants)
            made.append(databases.url(dsn, "renda_app"))
        yield made[0], made[1]


def cpu(process: int) -> float:
    """Tell the CPU that a process has used, in microseconds, to the nanosecond."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e3


async def walled(link: Any, id: UUID, key: UUID) -> Any:
    """Read as the store does: the tenant set with BEGIN, for this transaction alone, under the policies."""
    await link.execute(f"BEGIN READ ONLY;SET LOCAL app.tenant_id='{id}'")
    found = await link.fetchrow(SQL, id, key)
    await link.execute("COMMIT")
    return found


async def unwalled(link: Any, id: UUID, key: UUID) -> Any:
    """Read the same row, in a transaction too, of a table without policies; no tenant is set."""
    await link.execute("BEGIN READ ONLY")
    found = await link.fetchrow(BARE, id, key)
    await link.execute("COMMIT")
    return found


async def bare(link: Any, id: UUID, key: UUID) -> Any:
    """Read the same row with one statement and no transaction, as nobody who writes as well could."""
    return await link.fetchrow(BARE, id, key)


async def nothing(link: Any, _: UUID, __: UUID) -> Any:
    """Send a message that asks for nothing of ours."""
    return await link.execute("SELECT 1")


Read = Callable[[Any, UUID, UUID], Awaitable[Any]]


async def turn(link: Any, read: Read, tenants: int, keys: list[UUID]) -> float:
    """Read many rows; give the CPU of the server's process for one, in microseconds."""
    process = link.get_server_pid()
    before = cpu(process)
    for n in range(READS):
        assert await read(link, tenant(n * 7 % tenants), keys[n % len(keys)]) is not None
    return (cpu(process) - before) / READS


async def paired(one: tuple[str, Read, int], other: tuple[str, Read, int], rounds: int) -> list[tuple[float, float]]:
    """Let both read in turn, over one connection where they ask one database; give what each turn cost them."""
    links = {dsn: await asyncpg.connect(dsn, statement_cache_size=1000) for dsn in {one[0], other[0]}}
    keys = [k for (k,) in await _keys(links[one[0]])]
    places = sorted(os.sched_getaffinity(0))
    for link in links.values():  # the same core for both: what it costs to wake a process depends on where it sleeps
        os.sched_setaffinity(link.get_server_pid(), places[:1])
    found = []
    for n in range(rounds + 2):
        costs = [await turn(links[dsn], read, many, keys) for dsn, read, many in (one, other)]
        if n >= 2:  # both warm
            found.append((costs[0], costs[1]))
    for link in links.values():
        await link.close()
    return found


async def _keys(link: Any) -> Any:
    async with link.transaction():
        await link.execute(f"SET LOCAL app.tenant_id='{tenant(0)}'")
        return await link.fetch("SELECT id FROM case_file WHERE tenant_id = $1 ORDER BY id LIMIT 200", tenant(0))


def compared(benchmark: Any, one: tuple[str, Read, int], other: tuple[str, Read, int]) -> list[tuple[float, float]]:
    """Run the comparison once under pytest-benchmark."""
    found: list[tuple[float, float]] = []
    rounds = 1 if benchmark.disabled else ROUNDS
    benchmark.pedantic(lambda: found.extend(asyncio.run(paired(one, other, rounds))), rounds=1)
    return found


def test_the_walls_add_little_to_a_read(benchmark: Any, told: list[str], places: tuple[str, str]) -> None:
    one, _ = places
    found = compared(benchmark, (one, walled, 1), (one, unwalled, 1))
    if benchmark.disabled:
        return
    ours, theirs = (statistics.median(costs[i] for costs in found) for i in (0, 1))
    low, added, high = statistics.quantiles([a - b for a, b in found], n=4, method="inclusive")
    told.append(
        f"an indexed read, PostgreSQL's CPU: {ours:.1f} us with row-level security and SET LOCAL, {theirs:.1f} us "
        f"without; adds {added:.1f} us ({low:.1f}-{high:.1f}); bar <= {AT_MOST:g} us"
    )
    assert added <= AT_MOST


def test_what_the_transaction_itself_costs(benchmark: Any, told: list[str], places: tuple[str, str]) -> None:
    """Without a bar: a transaction is two messages more, and each costs about what one costs that asks for nothing."""
    one, _ = places
    found = compared(benchmark, (one, bare, 1), (one, nothing, 1))
    if not benchmark.disabled:
        single, empty = (statistics.median(costs[i] for costs in found) for i in (0, 1))
        told.append(
            f"the same read as a single statement {single:.1f} us, a message that asks for nothing {empty:.1f} us"
        )


def test_a_read_among_many_tenants(benchmark: Any, told: list[str], places: tuple[str, str]) -> None:
    one, many = places
    found = compared(benchmark, (many, walled, MANY), (one, walled, 1))
    if benchmark.disabled:
        return
    low, ratio, high = statistics.quantiles([a / b for a, b in found], n=4, method="inclusive")
    ours, alone = (statistics.median(costs[i] for costs in found) for i in (0, 1))
    told.append(
        f"an indexed read of one tenant in {MANY:,}, PostgreSQL's CPU: {ours:.1f} us, "
        f"{ratio:.2f}x ({low:.2f}-{high:.2f}) of the {alone:.1f} us of one alone; "
        f"bar <= {AT_MOST_OF_ONE:g}x"
    )
    assert ratio <= AT_MOST_OF_ONE
