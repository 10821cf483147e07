"""A county with homes and stations, and checks of them, for the tests of ``deputies_homes``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from tests.core.peopling import blank
from tests.core.reminding import OFFICE, congresses, days_plugin, elect

from renda_core.catalogue import Catalogue
from renda_core.domain.case import Case
from renda_core.domain.standards import Finding, Standard
from renda_core.records import DayRule
from renda_core.services import jobs
from renda_core.store.roster import ADD
from renda_core.testing import Bench, uid
from renda_plugins import deputies_homes
from renda_plugins.deputies_homes.settings import EIGHT
from renda_plugins.deputies_homes.stationfile import Check, StationFile

TODAY = dt.date(2026, 3, 2)
CHECKER, SECOND, STAFF = (
    Bench.actor(*who) for who in (("sun", "inspector"), ("qian", "inspector"), ("zhou", "station"))
)
PUBLIC = Bench.actor("passer-by", "public")


def county_of(make: Any, *rules: DayRule, settings: Mapping[str, Any] | None = None, **rest: Any) -> Bench:
    """Make a county that keeps homes and stations, with the congresses of a county and a town.

    Args:
        rules: Rules of days of another practice.
    """
    plugins = {"deputies_homes": dict(settings or {})}
    modules: dict[str, Any] = {"deputies_homes": deputies_homes}
    if rules:
        plugins, modules = {**plugins, "days": {}}, {**modules, "days": days_plugin(*rules)}
    b: Bench = make(plugins, catalogue=Catalogue.collect(modules), **{"today": TODAY, **rest})
    congresses(b)
    return b


def place(key: str, kind: str = "station", *, of: str = "town", **rest: Any) -> dict[str, Any]:
    """Give a home or station as a row of the roster."""
    return blank("station", uid(key), **{"kind": kind, "name": f"{key}站", "code": key, "congress": uid(of), **rest})


def found(b: Bench, rows: Iterable[dict[str, Any]], bound: Mapping[str, str] | None = None) -> None:
    """Write homes and stations, and bind people to them.

    Args:
        bound: Stations by person, both by key.
    """

    async def write(unit: Any, _: Any) -> None:
        for row in rows:
            await unit.write(ADD["station"], **row)
        for person, station in (bound or {}).items():
            tie = {"kind": "station", "from_id": uid(person), "to_id": uid(station)}
            await unit.write(ADD["link"], **blank("link", uid(f"{person} {station}"), **tie))
        unit.record("test.stations", on=unit.tenant, version=0, rule="test")

    b.do(write, OFFICE)


def filed(b: Bench, key: str = "东风", **rest: Any) -> Case:
    """Write one station and open its file."""
    found(b, [place(key, **rest)])
    return b.open("station_file", OFFICE, StationFile(station=uid(key)), title=f"{key}站")


def judged(standard: Standard = EIGHT, **results: str) -> tuple[Finding, ...]:
    """Judge every point of a standard; met where nothing is said."""
    return tuple(
        Finding(code=p.code, title=p.title, result=results.get(p.code, "met"), number=p.at_least)
        for p in standard.points
    )


def check(b: Bench, case: Case, by: Any = CHECKER, standard: Standard = EIGHT, **results: str) -> Case:
    """Check a station; what is named is found as said, all else is met."""
    required = {p.code for p in standard.points if p.required}
    grade = "lacking" if any(r != "met" and code in required for code, r in results.items()) else "met"
    payload = Check(version=standard.version, findings=judged(standard, **results))
    return b.step(case, "check", by, grade=grade, payload=payload)


def look(b: Bench) -> list[str]:
    """Let the watches look."""
    opened: list[str] = list(b.do(jobs.look, jobs.WATCH))
    return opened


__all__ = ["OFFICE", "elect"]
