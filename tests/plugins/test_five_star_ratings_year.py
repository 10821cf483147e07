"""Stars through the store: a veto that holds, sides, recomputing from records and counters, who looks."""

from __future__ import annotations

import pytest
from tests.core.reminding import elect
from tests.plugins.scoring import (
    CHAIR,
    COUNTY,
    FIRST,
    JULY,
    LAST,
    OFFICE,
    ONE_POINT,
    WANG,
    D,
    county_of,
    did,
    happened,
    mark,
    points_of,
    stars_of,
)

from renda_core.domain.duty import Record
from renda_core.errors import Invalid, NotAllowed, NotFound
from renda_core.services import duty
from renda_core.services.duty import recounting
from renda_core.services.duty.scoring import scores_of
from renda_core.testing import uid
from renda_plugins.five_star_ratings.settings import Settings
from renda_plugins.five_star_ratings.stars import stars

SIMPLE = {"items": [ONE_POINT]}
WITHHELD = {"discipline": "党纪政务处分", "absence": "未经批准缺席人代会会议", "unfit": "述职评议不称职"}


@pytest.mark.parametrize("why", list(WITHHELD))
def test_ninety_five_points_and_an_active_veto(county, why):
    b = county_of(county, points=SIMPLE)
    did(b, "wang", "visit", D(2026, 3, 2), quantity=95)
    assert stars_of(b).told == "95.00 分，五星"
    if why == "absence":
        happened(b, "wang", "absence", D(2026, 4, 1), facts={"session": 1}, congress=COUNTY)
    elif why == "discipline":
        did(b, "wang", "discipline", D(2026, 4, 1))
    else:
        happened(b, "wang", "duty_report", D(2026, 4, 1), facts={"unfit": 1})
    page = stars_of(b)
    assert page.told == f"95.00 分，五星（暂缓：{WITHHELD[why]}：2026-04-01；现按一星）"
    assert (page.points, page.earned, page.shown) == ("95.00", "五星", "一星")
    assert page.withheld == (f"{WITHHELD[why]}：2026-04-01",)
    assert points_of(b).total == "95.00"
    assert points_of(b).vetoes == page.withheld
    assert stars_of(b, year=2025).withheld == ()


def test_a_veto_falls_with_its_record(county):
    b = county_of(county, points=SIMPLE)
    did(b, "wang", "visit", D(2026, 3, 2), quantity=95)
    punished = did(b, "wang", "discipline", D(2026, 4, 1))
    assert stars_of(b).shown == "一星"
    mark(b, punished, "refuse", why="处分已撤销")
    assert (stars_of(b).shown, stars_of(b).told) == ("五星", "95.00 分，五星")


def test_by_sides_the_page_says_which_are_reached(county):
    b = county_of(county, stars={"mode": "dimensions"})
    for day in (1, 2, 3):
        did(b, "wang", "training", D(2026, 4, day))
    did(b, "wang", "inspection", D(2026, 4, 5))
    page = stars_of(b)
    assert (page.told, page.earned) == ("9.00 分，一星", "一星")
    assert [(line.title, line.least, line.points, line.reached) for line in page.stars] == [
        ("学习之星", "5.00", "6.00", True),
        ("联系之星", "5.00", "0.00", False),
        ("议事之星", "5.00", "0.00", False),
        ("监督之星", "5.00", "3.00", False),
        ("服务之星", "5.00", "0.00", False),
    ]


def test_stars_are_the_same_from_records_from_counters_and_from_counters_made_anew(county):
    b = county_of(county, "wang", "li", "chen", points=SIMPLE, changes={JULY: {"duty_points": {"start": 5}}})
    for person, n in (("wang", 95), ("li", 71), ("chen", 12)):
        did(b, person, "visit", D(2026, 3, 2), quantity=n - 10)
        did(b, person, "visit", D(2026, 9, 1), quantity=10)
    did(b, "li", "discipline", D(2026, 4, 1))
    told = {p: stars_of(b, p).told for p in ("wang", "li", "chen")}
    assert told == {
        "wang": "100.00 分，五星",
        "li": "76.00 分，三星（暂缓：党纪政务处分：2026-04-01；现按一星）",
        "chen": "17.00 分，一星",
    }

    def counted():
        found = b.ask(scores_of, OFFICE, "points", FIRST, LAST, COUNTY)
        return {s.name: stars(Settings(), s.score).told for s in found}

    assert counted() == told
    b.do(recounting.recount, OFFICE)
    assert counted() == told
    assert {p: stars_of(b, p).told for p in told} == told
    records = [b.read(duty.records_of, uid(p)) for p in told]
    assert all(r.formula == "" for of in records for r in of)  # nothing of it is stored with the records


# -- who looks, and what is missing


def test_stars_are_the_deputys_and_the_offices_and_nobody_elses(county):
    b = county_of(county, points=SIMPLE)
    assert stars_of(b, by=WANG).name == "wang"
    assert stars_of(b, by=CHAIR).name == "wang"
    for role in ("deputy", "station", "committee", "presidium", "director", "inspector", "public"):
        with pytest.raises(NotFound):
            stars_of(b, by=b.actor("x", role))
    with pytest.raises(NotFound):
        b.page("stars_distribution", WANG)


def test_nobody_enters_a_discipline_of_their_own_and_few_read_one(county):
    b = county_of(county, points=SIMPLE)
    own = Record(person=WANG.id, kind="discipline", on=D(2026, 4, 1), source="x", state="entered")
    with pytest.raises(NotAllowed):
        b.do(duty.enter, WANG, own)
    did(b, "wang", "discipline", D(2026, 4, 1))
    reading = (b.ask(duty.list_for, by, WANG.id) for by in (WANG, OFFICE, CHAIR, b.actor("s", "station")))
    assert [len(found) for found in reading] == [1, 1, 1, 0]


def test_without_a_rule_of_points_the_pages_say_so_and_nothing_breaks(county):
    b = county_of(county, without="duty_points")
    page = stars_of(b)
    assert page.told == page.points == page.shown == ""
    assert "请启用提供“points”计分规则的做法" in page.note
    spread = b.page("stars_distribution", OFFICE, {"congress": COUNTY})
    assert (spread.deputies, spread.stars) == (0, ())
    assert "请启用" in spread.note
    other = county_of(county, stars={"rule": "merits"})
    assert "“merits”" in stars_of(other).note


def test_who_was_not_in_office_has_no_stars_and_a_year_to_come_is_none(county):
    b = county_of(county, points=SIMPLE)
    assert "核对代表在该年度的任期" in stars_of(b, year=2020).note
    elect(b, "chen", on=JULY)
    assert str(stars_of(b, "chen").in_office) == "50.41 % (184 / 365 全年天数)"
    with pytest.raises(Invalid, match="year is one from 1954 to 2026, not 2027"):
        stars_of(b, year=2027)
