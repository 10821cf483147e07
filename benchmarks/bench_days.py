"""Days of reception: 500 stations over 5 years, against converting each day of each station by the lunar library.

All station-days would take the peer long, so it is given every 31st day of one station, and its time is scaled by their
part of all; they are spread over the years, since a day before the lunar new year costs the library more. It asks which
lunar day each is, as a rule does that asks of each day whether it is a market.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import lunar_python
import pytest
from benchmarks.pairs import Pairs

from renda_core import holidays, lunar
from renda_core.domain.calendar import DAY, Calendar, Day
from renda_core.domain.receiving import Asked, Listed
from renda_core.records import Context, DayRule, StationOn, StationsOver
from renda_core.testing import uid
from renda_plugins import fixed_day_reception, market_day_reception
from renda_plugins.fixed_day_reception.settings import Settings as FixedSettings
from renda_plugins.market_day_reception.days import page
from renda_plugins.market_day_reception.settings import Market
from renda_plugins.market_day_reception.settings import Settings as MarketSettings

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2030, 12, 31)
DAYS = (LAST - FIRST).days + 1
MANY, FEW = 500, 50
SAMPLE = tuple(FIRST + n * DAY for n in range(0, DAYS, 31))
"""Days that the peer converts."""
ENDINGS = tuple((n, n + 5) for n in range(1, 6))
"""Five markets of a market town's neighbourhood take turns, so that there is one every day somewhere."""


@attrs.frozen
class Desk:
    """Answers from memory; who is bound to a station does not change."""

    stations: tuple[StationOn, ...]
    people: Mapping[str, str]

    async def stations_between(self, first: dt.date, last: dt.date) -> tuple[StationsOver, ...]:
        """Give all stations in one stretch."""
        return (StationsOver(since=first, until=last, stations=self.stations),)

    async def names(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Name everybody."""
        return self.people


def desk(n: int) -> Desk:
    """Make so many stations, each with three deputies."""
    people = {uid(f"deputy {k}"): f"代表{k}" for k in range(3 * n)}
    ids = tuple(people)
    stations = tuple(
        StationOn(
            id=uid(f"station {k}"),
            kind="station",
            name=f"第{k}联络站",
            code=f"{k:015}",
            congress=uid("county"),
            address=f"{k}号",
            deputies=ids[3 * k : 3 * k + 3],
        )
        for k in range(n)
    )
    return Desk(stations, people)


def context(settings: Any, calendar: Calendar) -> Context[Any]:
    """Give what the rules may know."""
    return Context(tenant=uid("tenant"), today=FIRST, calendar=calendar, settings=settings)


def markets(n: int, *, lunar: bool = True) -> MarketSettings:
    """Give every fifth station the same market days."""
    codes = [f"{k:015}" for k in range(n)]
    held = (Market(stations=tuple(codes[k :: len(ENDINGS)]), endings=e) for k, e in enumerate(ENDINGS))
    return MarketSettings(markets=tuple(held), lunar=lunar)


def one_by_one(endings: tuple[int, ...]) -> list[dt.date]:
    """Convert the days of the sample, each by itself, and keep the market days among them."""
    digits, found = {n % 10 for n in endings}, []
    for day in SAMPLE:
        if lunar_python.Solar.fromYmd(day.year, day.month, day.day).getLunar().getDay() % 10 in digits:
            found.append(day)
    return found


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    """The calendar of the five years, with its holidays read."""
    return holidays.calendar(first_year=2025, last_year=2031)


def all_days(rule: DayRule, settings: Any, calendar: Calendar, n: int, *, cold: bool = False) -> Any:
    """Give a run that makes every day of so many stations; *cold* reads the lunar years anew each time."""
    here, given = desk(n), context(settings, calendar)

    def run() -> list[Day]:
        if cold:
            lunar.months.cache_clear()
        found: list[Day] = asyncio.run(rule.days(given, here, FIRST, LAST))  # type: ignore[arg-type]
        return found

    return run


def rule_of(plugin: Any) -> DayRule:
    """Give the one rule of a practice."""
    (found,) = plugin.register_calendar()
    assert isinstance(found, DayRule)
    return found


def test_market_days_of_500_stations_over_5_years(versus: Pairs, calendar: Calendar) -> None:
    ours = all_days(rule_of(market_day_reception), markets(MANY), calendar, MANY, cold=True)
    made = ours()
    mine = [d.on for d in made if d.place == made[0].place and d.on in SAMPLE]
    assert mine == one_by_one(ENDINGS[0])
    assert len(made) > MANY * 5 * 70
    versus(
        f"market days, {MANY} stations x 5 years, {len(made):,} days",
        ours,
        lambda: one_by_one(ENDINGS[0]),
        against=f"each of {MANY * DAYS:,} station-days converted by itself (a sample of {len(SAMPLE)}, scaled)",
        at_least=20,
        peers_share=len(SAMPLE) / (MANY * DAYS),
    )


def test_market_days_and_each_day_converted_once_for_all_stations(versus: Pairs, calendar: Calendar) -> None:
    versus(
        f"market days, {MANY} stations x 5 years",
        all_days(rule_of(market_day_reception), markets(MANY), calendar, MANY, cold=True),
        lambda: one_by_one(ENDINGS[0]),
        against=f"each of {DAYS:,} days converted once, without making any (a sample of {len(SAMPLE)}, scaled)",
        peers_share=len(SAMPLE) / DAYS,
    )


def test_fixed_days_of_500_stations_over_5_years(versus: Pairs, calendar: Calendar) -> None:
    settings = FixedSettings(days=(1, 15), lunar=True)
    ours = all_days(rule_of(fixed_day_reception), settings, calendar, MANY, cold=True)
    versus(
        f"fixed lunar days, {MANY} stations x 5 years, {len(ours()):,} days",
        ours,
        lambda: one_by_one(ENDINGS[0]),
        against=f"each of {MANY * DAYS:,} station-days converted by itself (a sample of {len(SAMPLE)}, scaled)",
        at_least=20,
        peers_share=len(SAMPLE) / (MANY * DAYS),
    )


def test_how_market_days_grow_with_the_stations(versus: Pairs, calendar: Calendar) -> None:
    rule = rule_of(market_day_reception)
    versus(
        f"market days, {MANY} stations, by what {FEW} take ten times over",
        all_days(rule, markets(MANY), calendar, MANY),
        all_days(rule, markets(FEW), calendar, FEW),
        against=f"{FEW} stations",
        at_most=1.5,
        peers_share=FEW / MANY,
    )


def test_one_station_of_500_is_not_all_of_them(versus: Pairs, calendar: Calendar) -> None:
    here, given = desk(MANY), context(markets(MANY), calendar)
    every = all_days(rule_of(market_day_reception), markets(MANY), calendar, MANY)
    asked = Asked(first=FIRST, last=FIRST + 1_100 * DAY, station=here.stations[7].code)

    def ours() -> Listed:
        return asyncio.run(page(given, here, asked))  # type: ignore[arg-type]

    assert {row.label.partition("赶集")[0] for row in ours().days} == {here.stations[7].name}
    versus("the page of one station, 3 years", ours, every, against=f"all {MANY} over 5 years", at_least=20)
