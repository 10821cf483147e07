"""What pages and watches ask of days and cases: what rules set, of one place or person, and what was opened when."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.core.reminding import OFFICE, congresses, elect, rule, with_rules
from tests.core.suggesting import WANG, draft, with_settings
from tests.core.test_desk_roster import ask, places

from renda_core.domain.calendar import Day
from renda_core.errors import Invalid
from renda_core.records import DayRule
from renda_core.services import days
from renda_core.testing import uid

D = dt.date


def set_to(*days):
    """A rule that gives days of every station that it is shown."""

    async def give(context, desk, first, last):
        stations = await desk.stations(first)
        return [Day(on=on, label="接待日", place=s.id, who=s.deputies) for on in days for s in stations]

    return DayRule(name="fixed", title="固定接待日", days=give)


async def itself(context, desk, first, last):
    return [s.day for s in await desk.set_days(first, last)]


async def broken(context, desk, first, last):
    raise ZeroDivisionError


def test_set_days_are_those_of_every_rule_in_order_without_what_fails(county):
    late, early = D(2026, 7, 15), D(2026, 6, 15)
    b = with_rules(
        county,
        set_to(late, early),
        rule("b", Day(on=early, label="日")),
        DayRule(name="a", title="坏", days=broken),
        DayRule(name="itself", title="自问", days=itself),
        today=D(2026, 6, 1),
    )
    congresses(b)
    elect(b, "li", "wang")
    elect(b, "town", of="town")
    places(b)
    found = ask(b, "set_days", D(2026, 6, 1), D(2026, 12, 31))
    assert [(s.rule, s.title, s.day.on) for s in found] == [
        ("b", "规则b", early), *[("fixed", "固定接待日", early)] * 2, *[("fixed", "固定接待日", late)] * 2,
    ]  # fmt: skip
    assert {s.day.place for s in found} == {"", uid("east"), uid("west")}
    assert [s.day.on for s in ask(b, "set_days", early, early)] == [early] * 3
    listed = b.ask(days.days, OFFICE, D(2026, 6, 1), D(2026, 12, 31))
    assert sorted(f.partition(":")[0] for f in listed.failed) == ["days.a", "days.itself"]


def test_days_are_listed_of_one_place_or_of_one_person(county):
    asked = []

    async def give(context, desk, first, last):
        asked.append(len(await desk.stations(first)))
        return [
            Day(on=D(2026, 6, 15), label="接待日", place=s.id, who=s.deputies, begins="09:00", ends="11:00")
            for s in await desk.stations(first)
        ]

    told = rule("told", Day(on=D(2026, 6, 16), label="会", audience=(uid("wang"),)))
    b = with_rules(county, DayRule(name="fixed", title="日", days=give), told, today=D(2026, 6, 1))
    congresses(b)
    elect(b, "li", "wang")
    places(b)
    (only,) = b.ask(days.days, OFFICE, place=uid("east")).days
    assert (only.place, only.begins, only.ends) == (uid("east"), "09:00", "11:00")
    assert asked == [1]
    assert [(d.rule, d.place) for d in b.ask(days.days, OFFICE, person=uid("wang")).days] == [
        ("fixed", uid("east")), ("told", ""),
    ]  # fmt: skip
    assert b.ask(days.days, OFFICE, place=uid("west"), person=uid("wang")).days == ()
    assert len(b.ask(days.days, OFFICE).days) == 3
    for bad in ("east", "x" * 36, "\0", uid("east").upper()):
        with pytest.raises(Invalid, match="place: give an id"):
            b.ask(days.days, OFFICE, place=bad)


@pytest.mark.parametrize(
    "bad",
    [
        {"place": "east"},
        {"begins": "9 Uhr"},
        {"begins": "24:00"},
        {"ends": "11:00"},
        {"begins": "11:00", "ends": "09:00"},
        {"begins": "09:00", "ends": "09:00"},
        {"begins": 9},
    ],
)
def test_a_day_with_hours_or_a_place_that_are_none_fails_its_rule(county, bad):
    b = with_rules(county, rule("bad", Day(on=D(2026, 6, 15), label="日", **bad)), today=D(2026, 6, 1))
    assert [f.partition(":")[0] for f in b.ask(days.days, OFFICE).failed] == ["days.bad"]


def test_a_whole_county_lists_its_days_of_two_years(county):
    """441 stations, one day a month, two years."""
    monthly = [D(y, m, 15) for y in (2026, 2027) for m in range(1, 13)]
    given = [Day(on=on, label="接待日", place=uid(str(n))) for n in range(441) for on in monthly]
    b = with_rules(county, rule("fixed", given), today=D(2026, 1, 1))
    listed = b.ask(days.days, OFFICE, D(2026, 1, 1), D(2027, 12, 31))
    assert (len(listed.days), listed.failed) == (441 * 24, ())


def test_cases_are_those_opened_between_two_days_oldest_first(county):
    b = with_settings(county)
    late, early = draft(b, title="二"), draft(b, title="一")
    b.step(late, "submit", WANG)
    b.later(days=3)
    later = draft(b, title="三")

    def opened(first, last):
        return [c.id for c in ask(b, "opened", "suggestion", first, last)]

    first = late.opened_on
    assert opened(first, b.today) == [*sorted([late.id, early.id]), later.id]
    assert opened(first, first) == sorted([late.id, early.id])
    assert opened(b.today, b.today) == [later.id]
    assert opened(b.today, first) == []
    assert ask(b, "opened", "nothing", first, b.today) == ()
    assert {len(c.acts) for c in ask(b, "opened", "suggestion", first, first)} == {1, 2}
