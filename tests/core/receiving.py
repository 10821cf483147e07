"""A county with stations and a practice that meets people at them, for the tests on references and taken hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs
from tests.core.peopling import blank
from tests.core.reminding import congresses, elect

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor, Case
from renda_core.domain.fields import refers, titled
from renda_core.domain.hours import Hours
from renda_core.domain.procedure import MAIN, Facet, Kind, Move, Step
from renda_core.services import cases
from renda_core.store.roster import ADD
from renda_core.store.unit import Unit
from renda_core.testing import Bench, uid

D = dt.date
TODAY = D(2026, 6, 1)
OFFICE = Bench.actor("clerk", "office")
DEPUTY = Bench.actor("li", "deputy")
PUBLIC = Bench.actor("passer-by", "public")
EAST, WEST = "东街联络站", "西街联络站"


@attrs.frozen(kw_only=True)
class Meeting:
    """A meeting at a station, which takes two hours of its hosts unless it says otherwise."""

    station: str = refers("station", "站点")
    on: dt.date = titled("日期", default=D(2026, 6, 15))
    begins: str = titled("开始", default="09:00")
    ends: str = titled("结束", default="11:00")
    unit: str = refers("unit", "单位", default="")
    person: str = refers("person", "联系人", default="")
    congress: str = refers("congress", "人大", default="")
    guests: tuple[str, ...] = refers("person", "来宾", default=())


@attrs.frozen(kw_only=True)
class Elsewhere:
    """Where a meeting is held instead."""

    station: str = refers("station", "改在", default="")


def taken(case: Case) -> Iterator[Hours]:
    """Take the hours of a meeting from its hosts, unless it was called off."""
    if case.states.get(MAIN) != "off" and case.parties.get("host"):
        begins, ends = (dt.time.fromisoformat(text) for text in (case.body.begins, case.body.ends))
        yield Hours(on=case.body.on, begins=begins, ends=ends, who=case.parties["host"])


def practice(hours: Any = taken, watches: tuple[Any, ...] = ()) -> Any:
    """Make the practice; *hours* is what its kind takes of people."""

    class Meetings:
        """A practice of a test."""

        @hookimpl
        def register_cases(self) -> Any:
            who = "office deputy watch"
            return (
                Kind(
                    name="meeting", title="会见", opening="call", body=Meeting, audience="office", parties="host",
                    dimensions="station", hours=hours,
                ),
                Facet(kind="meeting", states="called off", final="off"),
                Step(kind="meeting", name="call", who=who, title="约定"),
                Step(kind="meeting", name="shift", who=who, takes=Elsewhere, title="改地点"),
                Step(kind="meeting", name="join", who=who, adds="host", title="增加接待人"),
                Step(kind="meeting", name="drop", who=who, moves=(Move("called", "off"),), title="取消"),
            )  # fmt: skip

        @hookimpl
        def register_watches(self) -> Any:
            return watches

    return Meetings()


def county_of(county: Any, **rest: Any) -> Bench:
    """Make a county with two congresses, three deputies, a unit and two open stations."""
    catalogue = Catalogue.collect({"meetings": practice(**rest)})
    b: Bench = county({"meetings": {}}, catalogue=catalogue, today=TODAY)
    congresses(b)
    elect(b, "li", "wang", "zhao")
    station(b, EAST, code="E-1")
    station(b, WEST, code="W-1")
    put(b, "unit", uid("roads"), name="县交通局", valid_from=D(2022, 1, 1))
    return b


def put(b: Bench, noun: str, id: str, **given: Any) -> str:
    """Write one row of the roster."""

    async def write(unit: Unit, _: Any) -> None:
        await unit.write(ADD[noun], **blank(noun, id, **given))
        unit.record("test.put", on=id, version=0, rule="test")

    b.do(write, Bench.actor("job:test", "office"))
    return id


def station(b: Bench, name: str, key: str = "", **given: Any) -> str:
    """Write a station that is open since 2024, unless told otherwise."""
    row = {"kind": "station", "name": name, "congress": uid("county"), "valid_from": D(2024, 1, 1), **given}
    return put(b, "station", uid(key or f"{b.file.id} {name}"), **row)


def called(b: Bench, place: str = EAST, *hosts: str, by: Actor = OFFICE, **rest: Any) -> Case:
    """Open a meeting."""
    body = {"station": place, **rest.pop("body", {})}
    parties = {"host": tuple(map(uid, hosts))} if hosts else {}
    return b.open("meeting", by, body, title=rest.pop("title", "会见"), parties=parties, **rest)


def command(place: str = EAST, *hosts: str, title: str = "会见", **body: Any) -> cases.OpenCase:
    """Ask for a meeting."""
    parties = {"host": tuple(map(uid, hosts))}
    return cases.OpenCase(kind="meeting", title=title, body={"station": place, **body}, parties=parties)
