"""Stations for the tests of days on which they receive: on a desk that answers from memory, and in a store."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import attrs
from tests.core.peopling import blank
from tests.core.reminding import BEGAN, OFFICE, congresses, elect

from renda_core import holidays
from renda_core.records import StationOn, StationsOver
from renda_core.store.roster import ADD
from renda_core.testing import Bench, context, uid

CHINA = holidays.calendar(first_year=2020, last_year=2030)
WANG, LI = uid("wang"), uid("li")
NAMES = {WANG: "王芳", LI: "李强"}


def station(code: str, **rest: Any) -> StationOn:
    """Make a station with two deputies, named by its code."""
    told = {"kind": "station", "name": f"{code}联络站", "address": f"{code}号", "deputies": (WANG, LI)} | rest
    return StationOn(id=uid(code), code=code, congress=uid("county"), **told)


@attrs.frozen
class Desk:
    """Answers of stations from memory; each stretch is (since, until, stations), or there is one."""

    stations: tuple[StationOn, ...] = ()
    stretches: tuple[tuple[dt.date, dt.date, tuple[StationOn, ...]], ...] = ()

    async def stations_between(self, first: dt.date, last: dt.date) -> tuple[StationsOver, ...]:
        """List the stretches, or one."""
        told = self.stretches or ((first, last, self.stations),)
        return tuple(StationsOver(since=since, until=until, stations=here) for since, until, here in told)

    async def names(self, ids: Any) -> dict[str, str]:
        """Name the two deputies."""
        return {id: NAMES[id] for id in ids if id in NAMES}


def told_by(plugin: Any, rule: Any, desk: Desk, first: dt.date, last: dt.date, **settings: Any) -> list[Any]:
    """Ask a rule for its days as it stands, without a store."""
    given = context(plugin, today=first, calendar=CHINA, **settings)
    return list(asyncio.run(rule(given, desk, first, last)))


def shown_by(plugin: Any, view: Any, desk: Desk, asked: Any, today: dt.date, **settings: Any) -> Any:
    """Look at a page as it stands, without a store."""
    return asyncio.run(view(context(plugin, today=today, calendar=CHINA, **settings), desk, asked))


def settle(b: Bench, *codes: str) -> None:
    """Write a county with some stations, each with the deputies 王芳 and 李强 bound to it."""
    congresses(b)
    elect(b, "wang", "li")
    for code in codes:
        place(b, code)
        for name in ("wang", "li"):
            bind(b, name, code)


def place(b: Bench, code: str, *, since: dt.date = BEGAN, until: dt.date | None = None, **rest: Any) -> None:
    """Write a station that is open from a day on, up to the day before another."""
    told = {"kind": "station", "name": f"{code}联络站", "code": code, "congress": uid("county"), "address": f"{code}号"}
    _write(b, "station", code, **told, valid_from=since, valid_to=until, **rest)


def bind(b: Bench, name: str, code: str, *, since: dt.date = BEGAN, until: dt.date | None = None) -> None:
    """Bind a deputy to a station from a day on, up to the day before another."""
    told = {"kind": "station", "from_id": uid(name), "to_id": uid(code)}
    _write(b, "link", f"{name} {code} {since}", **told, valid_from=since, valid_to=until)


def _write(b: Bench, noun: str, key: str, **row: Any) -> None:
    async def write(unit: Any, _: Any) -> None:
        await unit.write(ADD[noun], **blank(noun, uid(key), **row))
        unit.record(f"test.{noun}", on=uid(key), version=0, rule="test")

    b.do(write, OFFICE)
