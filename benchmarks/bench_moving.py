"""A whole tenant out of a database and into one: ten times the rows at most twelve times the time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from benchmarks.pairs import Pairs, processor
from psycopg import sql
from tests import databases
from tests.databases import CLERK, KEYS, NOW, A, B
from tests.store import rows

from renda_core.services import moving
from renda_core.store.cases import ADD_FILE
from renda_core.store.unit import Unit

FEW, TIMES = 3_000, 10
"""Cases of the smaller tenant, and how many times more the larger one has."""
LESS = 30
"""Times fewer, where nothing is measured."""
PIECE = 1_000
AT_MOST = 12.0
"""Times the time that ten times the rows may take: sorting grows a little faster than what is sorted."""
_names = count(1)


def fill(store: Any, tenant: str, cases: int) -> None:
    """Give a tenant so many cases, each with a document of a kilobyte."""

    async def many(unit: Unit, n: int) -> None:
        await unit.write_all(ADD_FILE, [rows.values(rows.file(document=b"x" * 1_000)) for _ in range(n)])
        unit.record("filled", on=tenant, version=0, rule="benchmark", n=n)

    for start in range(0, cases, PIECE):
        store.run(store.write(many, tenant, CLERK, min(PIECE, cases - start)))


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """A migrated file with the two tenants."""
    return databases.migrated_file(tmp_path / "a.db")


@pytest.fixture
def sqlite_store(sqlite_path: Path) -> Iterator[Any]:
    """A store on that file."""
    store = databases.open_sqlite(sqlite_path)
    yield store
    store.close()


@pytest.fixture
def postgres_store() -> Iterator[Any]:
    """A store on a database of a server of its own, with the two tenants."""
    with databases.server() as server, databases.template(server) as name, databases.database(server, name) as dsn:
        store = databases.open_postgres(dsn)
        yield store
        store.shut()


@pytest.fixture(params=databases.BOTH)
def filled(request: pytest.FixtureRequest, versus: Pairs) -> Any:
    """A store whose tenant A has few cases and whose tenant B has ten times as many."""
    store = request.getfixturevalue(f"{request.param}_store")
    few = FEW // (LESS if versus.benchmark.disabled else 1)
    fill(store, A, few)
    fill(store, B, few * TIMES)
    return store


def out(store: Any, tenant: str, folder: Path) -> Callable[[], Path]:
    """Export a tenant to a new file."""

    def run() -> Path:
        path = folder / f"{next(_names)}.renda"
        moving.export(store, tenant, path, by=CLERK.id)
        return path

    return run


def test_out(filled: Any, versus: Pairs, tmp_path: Path) -> None:
    versus(
        f"export of {TIMES} times the rows",
        out(filled, B, tmp_path),
        out(filled, A, tmp_path),
        against="export of the tenth",
        at_most=AT_MOST,
    )


def test_checked(filled: Any, versus: Pairs, tmp_path: Path) -> None:
    large, small = out(filled, B, tmp_path)(), out(filled, A, tmp_path)()
    versus(
        f"verification of {TIMES} times the rows",
        lambda: moving.verify(large),
        lambda: moving.verify(small),
        against="verification of the tenth",
        at_most=AT_MOST,
        clock=processor,
    )


def test_in(filled: Any, versus: Pairs, tmp_path: Path) -> None:
    large, small = out(filled, B, tmp_path)(), out(filled, A, tmp_path)()

    def into(path: Path) -> Callable[[], object]:
        def run() -> None:
            target = tmp_path / f"{next(_names)}.db"
            moving.bring_in_file(path, target, by=CLERK, keys=KEYS, now=lambda: NOW)
            target.unlink()

        return run

    versus(
        f"import of {TIMES} times the rows into a file",
        into(large),
        into(small),
        against="import of the tenth",
        at_most=AT_MOST,
    )


@pytest.mark.postgres
def test_beside_copy(postgres_store: Any, versus: Pairs, tmp_path: Path) -> None:
    """What PostgreSQL's own COPY of the same rows takes, which neither hashes nor is allowed to requests."""
    fill(postgres_store, A, FEW // (LESS if versus.benchmark.disabled else 1))
    names = list(moving.count(postgres_store, A))
    dsn = databases.owner_dsn(postgres_store)

    def copied() -> None:
        with psycopg.connect(dsn) as raw, (tmp_path / "copy").open("wb") as file:
            for name in names:
                whose = sql.SQL("COPY (SELECT * FROM {} WHERE tenant_id = {}) TO STDOUT")
                with raw.cursor().copy(whose.format(sql.Identifier(name), sql.Literal(A))) as copy:
                    for piece in copy:
                        file.write(piece)

    versus("export from PostgreSQL", out(postgres_store, A, tmp_path), copied, against="COPY of the same rows")


def test_beside_a_copy_of_the_file(sqlite_store: Any, sqlite_path: Path, versus: Pairs, tmp_path: Path) -> None:
    """What SQLite's own backup of the whole file takes, which tells nothing of what is in it."""
    fill(sqlite_store, A, FEW // (LESS if versus.benchmark.disabled else 1))

    def copied() -> None:
        source, target = sqlite3.connect(sqlite_path), sqlite3.connect(tmp_path / f"{next(_names)}.db")
        with target:
            source.backup(target)
        source.close()
        target.close()

    versus("export from SQLite", out(sqlite_store, A, tmp_path), copied, against="SQLite's backup of the file")
