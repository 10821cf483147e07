"""A township with seven deputy groups and a deputies' home, for the tests on the rota and on feeds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.core.peopling import blank
from tests.core.reminding import congresses, elect

from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor, Case
from renda_core.services import jobs
from renda_core.store.roster import ADD
from renda_core.testing import Bench, uid
from renda_plugins import rota_duty

D = dt.date
NAME = "rota_duty"
OFFICE = Bench.actor("clerk", "office")
GROUPS = ("第一小组", "第二小组", "第三小组", "第四小组", "第五小组", "第六小组", "第七小组")
HOME, CODE = "城关镇人大代表之家", "130921100001-01"
BEFORE, SINCE = D(2026, 3, 1), D(2026, 3, 2)
MEMBERS = {name: tuple(f"{'一二三四五六七'[n]}组{who}" for who in "甲辛") for n, name in enumerate(GROUPS)}
EMPTY = "第三小组"


def sitter(name: str) -> Actor:
    """Give a deputy as somebody who acts."""
    return Bench.actor(name, "deputy")


def town(county: Any, *, today: dt.date = BEFORE, **settings: Any) -> Bench:
    """Make a county whose town has seven groups, the third without a deputy, and one home with a weekly rota."""
    rota = {"station": CODE, "since": SINCE, "groups": list(GROUPS)}
    plugins = {NAME: {"rotas": [rota], **settings}}
    b: Bench = county(plugins, catalogue=Catalogue.collect({NAME: rota_duty}), today=today)
    congresses(b)
    elect(b, *(p for group, people in MEMBERS.items() if group != EMPTY for p in people), of="town")
    write(b, station(HOME, CODE), *(body(name) for name in GROUPS))
    write(b, *(member(p, g) for g, people in MEMBERS.items() if g != EMPTY for p in people))
    return b


def station(name: str, code: str, **rest: Any) -> tuple[str, dict[str, Any]]:
    """Give the row of a station."""
    told = {"kind": "home", "name": name, "code": code, "congress": uid("town"), "address": f"{name}1号"}
    return "station", blank("station", uid(name), **told | rest)


def body(name: str, **rest: Any) -> tuple[str, dict[str, Any]]:
    """Give the row of a deputy group."""
    return "body", blank("body", uid(name), **{"congress": uid("town"), "kind": "group", "name": name} | rest)


def member(person: str, group: str, **rest: Any) -> tuple[str, dict[str, Any]]:
    """Give the row of a deputy's place in a group."""
    told = {"mandate": uid(f"mandate {person}"), "body": uid(group)}
    return "membership", blank("membership", uid(f"{person} in {group} {rest}"), **told | rest)


def write(b: Bench, *rows: tuple[str, dict[str, Any]]) -> None:
    """Write rows of the roster."""

    async def work(unit: Any, _: Any) -> None:
        for noun, row in rows:
            await unit.write(ADD[noun], **row)
        unit.record("test.rows", on=unit.tenant, version=0, rule="test")

    b.do(work, OFFICE)


def propose(b: Bench, giver: str, taker: str, on: dt.date, **rest: Any) -> Case:
    """Let a deputy propose a swap: to the taker's group, unless another form is given."""
    swap = {"station": CODE, "on": on, "form": "give", **rest}
    if swap["form"] == "give" and "to" not in rest:
        swap["to"] = next(g for g, people in MEMBERS.items() if taker in people)
    parties = {"giver": (uid(giver),), "taker": (uid(taker),)}
    return b.open("shift_swap", sitter(giver), swap, title="换班", parties=parties)


def swapped(b: Bench, giver: str, taker: str, on: dt.date, **rest: Any) -> Case:
    """Let a deputy propose a swap, and the other side consent."""
    return b.step(propose(b, giver, taker, on, **rest), "agree", sitter(taker))


def away(b: Bench, person: str, first: dt.date, last: dt.date) -> Case:
    """Let a deputy ask for leave."""
    body = {"first": first, "last": last}
    return b.open("shift_leave", sitter(person), body, title="请假", parties={"away": (uid(person),)})


def sheet(b: Bench, **asked: Any) -> Any:
    """Look at the page of the rota as the office."""
    return b.page("rota", OFFICE, {"first": D(2026, 3, 1), "last": D(2026, 4, 19), **asked})


def rows(b: Bench, **asked: Any) -> list[tuple[str, str, str]]:
    """Give the rota as (month-day, group, who sits or 缺岗)."""
    return [(f"{s.on:%m-%d}", s.group, s.deputies or s.vacant) for s in sheet(b, **asked).shifts]


def sweep(b: Bench, today: dt.date) -> Any:
    """Do the night's work on a day."""
    b.today = today
    return b.store.run(jobs.sweep(b.store, b.tenant))


def look(b: Bench) -> Any:
    """Let the watches look."""
    return b.store.run(b.store.write(jobs.look, b.file.id, jobs.WATCH, b.tenant))
