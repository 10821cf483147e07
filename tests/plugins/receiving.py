"""A county with stations, groups, deputies and fixed voters, and a rule that sets days, for the tests on receptions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from tests.core.peopling import blank
from tests.core.reminding import BEGAN, OFFICE, congresses, days_plugin, elect

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Day
from renda_core.records import DayRule
from renda_core.services import jobs
from renda_core.store.roster import ADD
from renda_core.testing import Bench, uid
from renda_plugins import reception, suggestion_handling
from renda_plugins.reception.receptions_fields import Reception

CLERK = Bench.actor("clerk", "office")
KEEPER = Bench.actor("keeper", "station")
TODAY, DAY = dt.date(2026, 3, 2), dt.date(2026, 3, 16)
S1, S2 = uid("s1"), uid("s2")


def settled(county: Any, *days: Any, today: dt.date = TODAY, rule: str = "rota_test", **settings: Any) -> Bench:
    """Make a county with two stations, four deputies, two groups, and a rule that gives some days.

    Args:
        days: Of the rule; or one list of them, which the test may change.
    """
    held = days[0] if len(days) == 1 and isinstance(days[0], list) else days

    async def give(context: Any, desk: Any, first: dt.date, last: dt.date) -> Iterable[Day]:
        return tuple(d for d in held if first <= d.on <= last)

    plugins = {
        "reception": reception,  # in use by itself; what it follows of the other practice sleeps
        "suggestion_handling": suggestion_handling,
        "days": days_plugin(DayRule(name=rule, title="轮流坐班", days=give)),
    }
    b: Bench = county(
        {"reception": settings, "days": {}},
        catalogue=Catalogue.collect(plugins),
        today=today,
    )
    congresses(b)
    elect(b, "wang", "li", "chen", "zhou")
    rows(b, *(("station", n, {"name": f"{n}村站", "kind": "station", "code": n, "congress": uid("county")})
              for n in ("s1", "s2")))  # fmt: skip
    grouped(b, "first", "wang", "li")
    grouped(b, "empty")
    return b


def rows(b: Bench, *given: tuple[str, str, dict[str, Any]], on: dt.date = BEGAN) -> None:
    """Write rows of the roster, each as noun, name of its id, and fields."""

    async def write(unit: Any, _: Any) -> None:
        for noun, name, fields in given:
            await unit.write(ADD[noun], **blank(noun, uid(name), **{"valid_from": on, **fields}))
        unit.record("test.rows", on=unit.tenant, version=0, rule="test")

    b.do(write, OFFICE)


def grouped(b: Bench, name: str, *people: str) -> None:
    """Write a deputy group with its members."""
    body = ("body", name, {"congress": uid("county"), "kind": "group", "name": f"{name}小组"})
    seats = [
        ("membership", f"{name} {p}", {"mandate": uid(f"mandate {p}"), "body": uid(name), "role": "member"})
        for p in people
    ]
    rows(b, body, *seats)


def tied(b: Bench, kind: str, *pairs: tuple[str, str]) -> None:
    """Write links of the roster."""
    rows(b, *(("link", f"{kind} {a} {z}", {"kind": kind, "from_id": uid(a), "to_id": uid(z)}) for a, z in pairs))


def look(b: Bench) -> list[Any]:
    """Let the watches look, and give the receptions that were opened."""
    opened = b.store.run(b.store.write(jobs.look, b.file.id, jobs.WATCH, b.tenant))
    found = [b.case(id) for id in opened]
    return [c for c in found if c.kind == "reception"]


def plan(b: Bench, *who: str, by: Any = KEEPER, **body: Any) -> Any:
    """Plan a reception at the first station."""
    given = {"on": DAY, "station": S1, "begins": "09:00", "ends": "11:00", "form": "fixed_day", **body}
    rest = {"on": on} if (on := given.pop("planned_on", None)) else {}
    links = {"instead_of": (replaced,)} if (replaced := given.pop("instead_of", None)) else {}
    body_ = Reception(**given)
    return b.open("reception", by, body_, title="接待日", parties={"host": tuple(map(uid, who))}, links=links, **rest)
