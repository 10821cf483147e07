"""Points of a country from columns and from counters, of a county from its rows, and what one more record costs."""

from __future__ import annotations

import datetime as dt
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import numpy as np
import pytest
from benchmarks.counties import OFFICE
from benchmarks.country import CAPS, EACH, FIRST, LAST, LEAST, Place, country, county, handed, versions
from benchmarks.pairs import FEWEST, Pairs, processor
from benchmarks.peers import Peers

from renda_core.domain.duty import Record, Versions
from renda_core.domain.duty.columns import Columns, Scale
from renda_core.domain.duty.laying import counted, from_lines, from_records
from renda_core.domain.duty.totals import bands_of, totals, totals_of_counters
from renda_core.services import duty
from renda_core.store import duty as d
from renda_core.store.sqlite import SqliteStore
from renda_core.store.unit import Reader

DEPUTIES, ENTRIES = 2_770_000, 50_000_000
"""Of all congresses in China, at five levels; and some eighteen records of each in a year."""
LESS = 100
"""Times fewer, where nothing is measured."""
CHANGED = tuple(n + 50 for n in EACH)
TURN = 5


@pytest.fixture(scope="module")
def all_of_them(request: pytest.FixtureRequest) -> Columns:
    """The columns of the country; few where nothing is measured."""
    less = 1 if request.config.getoption("benchmark_enable") else LESS
    return country(DEPUTIES // less, ENTRIES // less)


def scale_of(columns: Columns, rule: Versions) -> Scale:
    """Read a rule for some columns."""
    return Scale.of(columns.lanes, rule, LAST)


@pytest.mark.parametrize(
    ("way", "fast", "bar"),
    [
        ("polars_wide", True, 8.0),
        ("polars_wide", False, 1.5),
        ("polars", True, 8.0),
        ("pandas", True, 40.0),
        ("pandas_wide", True, 15.0),
    ],
)
def test_a_country_from_its_columns(
    versus: Pairs, all_of_them: Columns, tmp_path: Path, way: str, fast: bool, bar: float
) -> None:
    scale, rule = scale_of(all_of_them, versions()), {"each": EACH, "caps": CAPS, "least": LEAST}

    def ours() -> tuple[Any, Any]:
        found = totals(all_of_them, scale, fast=fast)
        return found, bands_of(found, LEAST)

    with Peers() as peers:
        handed(all_of_them, tmp_path)
        peers.ask("scoring.load", folder=str(tmp_path), library=way.partition("_")[0])
        peers.ask("scoring.run", way=way, **rule)
        peers.ask("scoring.totals", deputies=all_of_them.deputies, path=str(tmp_path / "found.npy"))
        assert (np.load(tmp_path / "found.npy") == np.stack(ours())).all()
        for file in tmp_path.iterdir():
            file.unlink()
        versus(
            f"{len(all_of_them.lane):,} records of {all_of_them.deputies:,}, {'compiled' if fast else 'NumPy alone'}",
            ours,
            lambda: peers.ask("scoring.run", way=way, **rule),
            against=way.replace("_", ", "),
            at_least=bar,
            rounds=FEWEST,
            peers_clock=lambda ask, times: sum(ask().seconds for _ in range(times)),
        )


@pytest.mark.parametrize(("fast", "bar"), [(True, 4.0), (False, None)], ids=["compiled", "numpy"])
def test_everybody_again_under_another_rule(versus: Pairs, all_of_them: Columns, fast: bool, bar: float | None) -> None:
    counters = counted(all_of_them)
    rules = itertools.cycle([scale_of(all_of_them, versions()), scale_of(all_of_them, versions(CHANGED))])
    for scale in itertools.islice(rules, 2):
        found = totals_of_counters(counters, scale, fast=fast)
        assert (found == totals(all_of_them, scale, fast=fast)).all()
    words = counters.n.reshape(-1).view(np.uint64)
    versus(
        f"{counters.deputies:,} again from counters, {'compiled' if fast else 'NumPy alone'}",
        lambda: totals_of_counters(counters, next(rules), fast=fast),
        words.sum,
        against=f"NumPy's sum of the same {counters.n.nbytes / 1e6:.0f} MB",
        at_most=bar,
        times=TURN,
        clock=processor,
    )


# -- a county


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A county of 300 deputies and 6,000 records."""
    with county(tmp_path_factory.mktemp("county"), 6_000) as made:
        yield made


def one_by_one(place: Place, rule: Versions) -> list[int]:
    """Add up the points of records one after the other, as one would without columns."""
    items, earned = rule.on(FIRST).of_kind, dict[tuple[str, str], int]()
    for r in place.records:
        if r.counts and (item := items.get(r.kind)):
            key = r.person, item.code
            earned[key] = earned.get(key, 0) + item.points(r)
    found = dict.fromkeys(place.people, 0)
    for (person, kind), points in earned.items():
        found[person] += items[kind].capped(points)
    return list(found.values())


@pytest.mark.parametrize("fast", [False, True], ids=["numpy", "compiled"])
def test_a_county_from_columns(versus: Pairs, place: Place, fast: bool) -> None:
    rule = versions()
    columns = from_records(place.records, place.holders, [FIRST], len(place.people))
    scale = scale_of(columns, rule)
    assert totals(columns, scale, fast=fast).tolist() == one_by_one(place, rule)
    versus(
        f"{len(place.records):,} records of {columns.deputies} deputies, {'compiled' if fast else 'NumPy alone'}",
        lambda: totals(columns, scale, fast=fast),
        lambda: one_by_one(place, rule),
        against="a loop over Record objects",
        at_least=15,
        times=TURN,
        clock=processor,
    )


def test_a_county_from_its_rows(versus: Pairs, place: Place) -> None:
    rule, store = versions(), place.work.store
    assert isinstance(store, SqliteStore)
    plan = store.plans(d.LINES)
    args = plan.arguments({"tenant_id": UUID(place.work.file.id), "first": FIRST, "last": LAST})
    raw = sqlite3.connect(store._path)
    assert len(raw.execute(plan.sql, args).fetchall()) == len(place.records)

    async def scored(reader: Reader) -> Any:
        rows = await reader.all(d.LINES, first=FIRST, last=LAST)
        columns = from_lines(rows, place.holders, [FIRST], len(place.people))
        return totals(columns, scale_of(columns, rule))

    assert place.work.read(scored).tolist() == one_by_one(place, rule)
    versus(
        f"{len(place.records):,} stored records to points",
        lambda: place.work.read(scored),
        lambda: raw.execute(plan.sql, args).fetchall(),
        against="the raw fetch of the same rows",
        at_most=3,
        times=TURN,
        clock=processor,
    )
    raw.close()


def entering(place: Place) -> Callable[[], Record]:
    """Enter one record after the other, each of another deputy, and in time on other days."""
    numbers = itertools.count()

    def enter() -> Record:
        n = next(numbers)
        day = FIRST + dt.timedelta(n // len(place.people))
        person = place.people[n % len(place.people)]
        record = Record(person=person, kind="talk", on=day, source=f"登记簿 {n}", title="座谈", evidence=("签到表",))
        made: Record = place.work.do(duty.enter, OFFICE, record)
        return made

    return enter


def test_one_more_record_costs_the_same(versus: Pairs, tmp_path: Path) -> None:
    """The disk is not waited for: what the processor does must not grow."""
    few, many = (6_000, 60_000) if not versus.benchmark.disabled else (60, 600)
    for n in (few, many):
        (tmp_path / str(n)).mkdir()
    with county(tmp_path / str(few), few) as small, county(tmp_path / str(many), many) as large:
        versus(
            f"entering the {many + 1:,}st record",
            entering(_unsynced(large)),
            entering(_unsynced(small)),
            against=f"the {few + 1:,}st",
            at_most=1.3,
            times=20,
            clock=processor,
        )


def _unsynced(place: Place) -> Place:
    store = place.work.store
    assert isinstance(store, SqliteStore)
    place.work.close()
    again = SqliteStore(store._path, keys=store.keys, now=place.work.now, synchronous="OFF")
    return attrs.evolve(place, work=attrs.evolve(place.work, store=again))
