"""Ledgers: a page against the raw fetch of its rows, and its growth from 1,000 cases to 100,000."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest
from benchmarks.counties import OFFICE, ROADS, WANG, WATER, County
from benchmarks.pairs import Pairs

from renda_core.domain.case import Actor
from renda_core.domain.suggestion import KIND
from renda_core.services import ledgers
from renda_core.services.ledgers import Ask
from renda_core.store.sqlite import SqliteLink, SqliteStore

FEW = "of a unit with few"
LEDGERS: dict[str, tuple[Actor, dict[str, Any]]] = {
    "whole": (OFFICE, {}),
    "of a state": (OFFICE, {"state": "replied"}),
    "of a facet": (OFFICE, {"facet": "publication", "state": "internal"}),
    "of a unit": (OFFICE, {"unit": ROADS.unit}),
    FEW: (OFFICE, {"unit": WATER.unit}),
    "of a subject": (OFFICE, {"dimension": "subject", "value": "交通"}),
    "a unit's own": (ROADS, {}),
    "a deputy's own": (WANG, {"person": WANG.id}),
}
BARRED = ("whole", "of a state", "of a unit", "a unit's own", "a deputy's own")
PLACES = 64
TIMES = 20


def places(county: County) -> Iterator[str]:
    """Draw where pages begin, in the first nine tenths, for ever."""
    draw = random.Random(5)
    drawn = [county.ids[draw.randrange(len(county.ids) * 9 // 10)] for _ in range(PLACES)]
    return cycle(drawn)


def pages(county: County, name: str) -> Callable[[], object]:
    """Read one page after another of a ledger."""
    actor, ask = LEDGERS[name]
    at = places(county)
    return lambda: county.work.ask(ledgers.ledger, actor, Ask(kind=KIND, after=next(at), **ask))


class Noting(SqliteLink):
    """A link that notes the last statement that fetched rows."""

    last: tuple[str, tuple[Any, ...]] = ("", ())

    async def all(self, sql: str, args: tuple[Any, ...], /) -> Any:
        """Fetch every row."""
        Noting.last = (sql, args)
        return await super().all(sql, args)


class NotingStore(SqliteStore):
    """A store whose last statement is noted."""

    def _link(self, raw: sqlite3.Connection) -> SqliteLink:
        return Noting(self.plans, self.keys, raw)


def raw_pages(county: County, name: str) -> Callable[[], object]:
    """Fetch the same rows by the same statements on the raw driver."""
    actor, ask = LEDGERS[name]
    store = county.work.store
    assert isinstance(store, SqliteStore)
    noting = NotingStore(county.path, keys=store.keys, now=store._now)
    statements = []
    at = places(county)
    for _ in range(PLACES):
        command = Ask(kind=KIND, after=next(at), **ask)
        noting.run(noting.read(ledgers.ledger, county.work.file.id, county.tenant, actor, command))
        statements.append(Noting.last)
    noting.close()
    raw = sqlite3.connect(county.path, isolation_level=None, cached_statements=1000)
    following = cycle(statements)
    return lambda: raw.execute(*next(following)).fetchall()


@pytest.mark.parametrize("name", LEDGERS)
def test_a_page_of_100000_and_the_raw_fetch(versus: Pairs, large: County, name: str) -> None:
    if name != FEW:
        assert len(pages(large, name)()) == ledgers.PAGE  # type: ignore[arg-type]
    versus(
        f"ledger, {name}: 50 of 100,000",
        pages(large, name),
        raw_pages(large, name),
        against="the raw fetch",
        at_most=6 if name in BARRED else None,
        times=TIMES,
    )


@pytest.mark.parametrize("name", [name for name in LEDGERS if name != FEW])  # 5 rows of 1,000, 50 of 100,000
def test_a_page_of_100000_and_a_page_of_1000(versus: Pairs, small: County, large: County, name: str) -> None:
    versus(
        f"ledger, {name}: 100,000 cases against 1,000",
        pages(large, name),
        pages(small, name),
        against="1,000 cases",
        at_most=1.5 if name in BARRED else None,
        times=TIMES,
    )


def test_a_page_of_what_is_overdue(versus: Pairs, large: County, small: County) -> None:
    late = large.tenant.on(large.tenant.today.replace(year=large.tenant.today.year + 1))

    def page(county: County) -> Callable[[], object]:
        store, id = county.work.store, county.work.file.id
        return lambda: store.run(store.read(ledgers.overdue, id, late, OFFICE))

    versus("overdue, the first 50", page(large), page(small), against="1,000 cases", times=TIMES)
