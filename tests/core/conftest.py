"""Counties to work in, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from tests import databases

from renda_core.testing import Bench

_names = count(1)


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
