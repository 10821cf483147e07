"""Counting a million stored papers, kept as the store keeps them, against a row a paper in the same database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from benchmarks.electorates import LIMIT, Longs, approvals
from benchmarks.pairs import Pairs
from tests import databases

from renda_core.domain.ballot import Count
from renda_core.domain.counting import Layout, Tally
from renda_core.store import ballot_chunks, ballots
from renda_core.store.unit import Reader, Unit

PAPERS = 1_000_000
LAYOUT = Layout(subjects=64, limit=LIMIT)
BALLOT = "0198a000-0000-7000-8000-0000000000b1"
HELD = 4_096
"""Rows fetched at once where a paper is a row."""
ROWS = (
    "CREATE TABLE one_paper (tenant_id {id}, ballot_id {id}, n INTEGER, mask BIGINT,"
    " PRIMARY KEY (tenant_id, ballot_id, n)) {end}"
)
MASKS = "SELECT mask FROM one_paper WHERE tenant_id = %s AND ballot_id = %s"


async def fill(unit: Unit, papers: Longs) -> None:
    """Make a ballot and keep its papers."""
    row = {"id": BALLOT, "kind": "projects", "state": "counted", "round": 1, "closes_at": None}
    await unit.write(ballots.ADD, **row, version=1, document=b"{}")
    await unit.write_many(ballot_chunks.ADD, list(ballot_chunks.lines(BALLOT, 1, LAYOUT.papers(papers))))
    unit.record("ballot.filled", on=BALLOT, version=1, rule="benchmark")


async def count_kept(reader: Reader) -> Count:
    """Count what is kept."""
    return await ballot_chunks.count_kept(reader, BALLOT, 1, LAYOUT)


def by_row(fetch: Callable[[], Iterator[list[tuple[int]]]]) -> Count:
    """Count papers that come as rows, with the same kernel: what differs is how they are stored."""
    tally = Tally(LAYOUT)
    for rows in fetch():
        tally.add(np.fromiter((mask for (mask,) in rows), np.int64, len(rows)))
    return tally.count()


def fetched(cursor: Any) -> Iterator[list[tuple[int]]]:
    """Give rows in parts."""
    while rows := cursor.fetchmany(HELD):
        yield rows


def masks(papers: Longs) -> list[int]:
    """Give papers as the signed numbers that a column holds."""
    return papers.view(np.int64).tolist()  # type: ignore[no-any-return]


def compare(versus: Pairs, store: Any, fetch: Callable[[], Iterator[list[tuple[int]]]], where: str) -> None:
    """Count both ways; the counts agree."""

    def ours() -> Count:
        found: Count = store.run(store.read(count_kept, databases.A))
        return found

    assert ours() == by_row(fetch)
    versus(
        f"1,000,000 stored papers from {where}, read and counted",
        ours,
        lambda: by_row(fetch),
        against=f"a row a paper in the same {where}, the same kernel",
        at_least=15,
        rounds=15,
    )


def test_a_million_papers_in_a_file(versus: Pairs, tmp_path: Path) -> None:
    papers, path = approvals(PAPERS), databases.migrated_file(tmp_path / "a.db")
    store = databases.open_sqlite(path)
    store.run(store.write(fill, databases.A, databases.CLERK, papers))
    raw = sqlite3.connect(path)
    raw.execute(ROWS.format(id="BLOB", end="WITHOUT ROWID"))
    key = (UUID(databases.A).bytes, UUID(BALLOT).bytes)
    raw.executemany("INSERT INTO one_paper VALUES (?, ?, ?, ?)", ((*key, n, m) for n, m in enumerate(masks(papers))))
    raw.commit()
    compare(versus, store, lambda: fetched(raw.execute(MASKS.replace("%s", "?"), key)), "file of SQLite")
    raw.close()
    store.shut()


def test_a_million_papers_in_postgresql(versus: Pairs) -> None:
    papers, key = approvals(PAPERS), (UUID(databases.A), UUID(BALLOT))
    with databases.server() as server, databases.template(server) as name, databases.database(server, name) as dsn:
        store = databases.open_postgres(dsn)
        store.run(store.write(fill, databases.A, databases.CLERK, papers))
        with psycopg.connect(dsn, autocommit=True) as raw:
            raw.execute(ROWS.format(id="uuid", end=""))
            with raw.cursor().copy("COPY one_paper FROM STDIN") as copy:
                for n, mask in enumerate(masks(papers)):
                    copy.write_row((*key, n, mask))
            raw.execute("VACUUM ANALYZE one_paper")
            with raw.cursor(binary=True) as cursor:
                compare(versus, store, lambda: fetched(cursor.execute(MASKS, key)), "PostgreSQL")
        store.shut()
