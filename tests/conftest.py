"""Fixtures for every test: stores with two tenants, and counties to work in, on SQLite and on PostgreSQL."""

from __future__ import annotations

import gc
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from tests import databases, weed
from tests.overhearing import overhearing

from renda_core.store.postgres import PostgresStore
from renda_core.store.sqlite import SqliteStore
from renda_core.testing import Bench

# no test asserts a time, and every run tries the same cases; a long run tries others
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=2_000)
settings.load_profile("soak" if os.environ.get("RENDA_SOAK") else "steady")


def pytest_collection_finish() -> None:
    """Set apart what stays to the end, some ten thousand tests above all: no search for garbage need go through it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, *gc.get_threshold()[1:])


_names = count(1)
logging.getLogger("renda").addHandler(overhearing)


@pytest.fixture(autouse=True)
def _nothing_personal_is_logged() -> Iterator[None]:
    """Look, after every test, at what the application wrote to its logs meanwhile."""
    yield
    assert not overhearing.taken()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A superuser's DSN to a server; one server for each process that runs tests."""
    with databases.server() as dsn:
        yield dsn


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of a bucket, as RENDA_FILES has it; one server for each process that runs tests."""
    with weed.server() as address:
        yield address


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated database with the two tenants; tests get copies of it."""
    with databases.template(postgres_server) as name:
        yield name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the two tenants; tests get copies of it."""
    return databases.migrated_file(tmp_path_factory.mktemp("template") / "template.db")


@pytest.fixture
def postgres_dsn(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A superuser's DSN to a migrated database of this test alone."""
    with databases.database(postgres_server, postgres_template) as dsn:
        yield dsn


@pytest.fixture
def empty_dsn(postgres_server: str) -> Iterator[str]:
    """A superuser's DSN to a database without any table."""
    with databases.database(postgres_server) as dsn:
        yield dsn


@pytest.fixture
def sqlite_path(sqlite_template: Path, tmp_path: Path) -> Path:
    """A migrated file of this test alone."""
    return Path(shutil.copy(sqlite_template, tmp_path / "a.db"))


@pytest.fixture
def sqlite_store(sqlite_path: Path) -> Iterator[SqliteStore]:
    """A store on a file, with the two tenants."""
    store = databases.open_sqlite(sqlite_path)
    yield store
    store.close()


@pytest.fixture
def postgres_store(postgres_dsn: str) -> Iterator[PostgresStore]:
    """A store on PostgreSQL, as ``renda_app``, with the two tenants."""
    store = databases.open_postgres(postgres_dsn)
    yield store
    store.shut()


@pytest.fixture(params=databases.BOTH)
def store(request: pytest.FixtureRequest) -> Any:
    """A store with the two tenants, on each back end in turn."""
    return request.getfixturevalue(f"{request.param}_store")


@pytest.fixture(scope="session")
def one_postgres(postgres_server: str, postgres_template: str) -> Iterator[Any]:
    """One migrated database for all tests; each test has tenants of its own in it."""
    with databases.database(postgres_server, postgres_template) as dsn:
        store = databases.open_postgres(dsn)
        yield store
        store.shut()


@pytest.fixture(params=databases.BOTH)
def county(request: pytest.FixtureRequest, bench: Callable[..., Bench]) -> Callable[..., Bench]:
    """Make benches as ``bench`` does, on each back end in turn: ``county(suggestion_handling, today=…)``."""
    shared = request.getfixturevalue("one_postgres") if request.param == "postgres" else None

    def make(*plugins: Any, **rest: Any) -> Bench:
        rest.setdefault("name", f"county {next(_names)}")
        if shared is not None:
            rest["store"] = Kept(shared)
        return bench(*plugins, **rest)

    return make


class Kept:
    """A store that outlives the bench: closing it is left to the session."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def shut(self) -> None:
        """Stay open for the next test."""
