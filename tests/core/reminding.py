"""A county with congresses, sessions and deputies, and practices that set days, for the tests on notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor
from renda_core.domain.identity import match_key
from renda_core.domain.mandates import Mandate, State
from renda_core.records import DayRule
from renda_core.services import notices
from renda_core.store.codec import encode
from renda_core.store.roster import ADD
from renda_core.store.unit import Unit
from renda_core.testing import Bench, uid

from .peopling import blank

OFFICE = Bench.actor("clerk", "office assigner")
BEGAN = dt.date(2021, 12, 28)
COUNTY, TOWN = "示例县人民代表大会", "示例镇人民代表大会"


def days_plugin(*rules: DayRule) -> Any:
    """Make a plugin that sets days."""

    class Plugin:
        """A plugin of a test."""

        @hookimpl
        def register_calendar(self) -> Iterable[DayRule]:
            return rules

    return Plugin()


def with_rules(county: Any, *rules: DayRule, **rest: Any) -> Bench:
    """Make a county whose one practice sets days."""
    found: Bench = county({"days": {}}, catalogue=Catalogue.collect({"days": days_plugin(*rules)}), **rest)
    return found


def rule(name: str, *days: Any, **rest: Any) -> DayRule:
    """Make a rule that gives the days that a list holds when it is asked."""
    held = days[0] if len(days) == 1 and isinstance(days[0], list) else days

    async def give(context: Any, desk: Any, first: dt.date, last: dt.date) -> Iterable[Any]:
        return tuple(held)

    return DayRule(name=name, title=f"规则{name}", days=give, **rest)


def remind(b: Bench, today: dt.date | None = None) -> notices.Reminded:
    """Run the night's reminders, on a day."""
    b.today = today or b.today
    done: notices.Reminded = b.store.run(notices.remind(b.store, b.tenant))
    return done


def told(b: Bench, *people: str) -> list[tuple[str, str]]:
    """List who was told of what: (person, matter), each as often as it was."""
    found = [(p, n.matter) for p in people for n in b.ask(notices.own, Actor(id=uid(p)), size=100).rows]
    return sorted(found)


def congresses(b: Bench) -> None:
    """Write two congresses with their terms."""

    async def write(unit: Unit, _: Any) -> None:
        for name, level, key in ((COUNTY, "county", "county"), (TOWN, "township", "town")):
            area = {"level": level, "name": name, "area": "", "has_districts": False, "valid_from": BEGAN}
            await unit.write(ADD["congress"], **blank("congress", uid(key), **area))
            term = {"congress": uid(key), "number": 6, "first_session_on": BEGAN, "valid_from": BEGAN}
            await unit.write(ADD["term"], **blank("term", uid(f"{key} term"), **term))
        unit.record("test.congresses", on=unit.tenant, version=0, rule="test")

    b.do(write, OFFICE)


def elect(b: Bench, *names: str, of: str = "county", on: dt.date = BEGAN, state: State = "active") -> None:
    """Give people a mandate from a day on."""

    async def write(unit: Unit, _: Any) -> None:
        for name in names:
            person = {"name": name, "match_key": match_key(name), "valid_from": on}
            await unit.write(ADD["person"], **blank("person", uid(name), **person))
            held = Mandate(
                id=uid(f"mandate {name}"), valid_from=on, person=uid(name), congress=uid(of), term=uid(f"{of} term"),
                level="county", elected_on=on, state=state,
            )  # fmt: skip
            row = {"person": held.person, "congress": held.congress, "term": held.term, "certificate": name}
            row |= {"elected_on": on, "by_election": False, "state": state, "document": encode(held), "valid_from": on}
            await unit.write(ADD["mandate"], **blank("mandate", held.id, **row))
        unit.record("test.elected", on=unit.tenant, version=0, rule="test")

    b.do(write, OFFICE)
