"""Points of a year through the store: the worked total, two versions of a rule, grades, results, appeals."""

from __future__ import annotations

import attrs
import pytest
from tests.core.suggesting import accepted, assigned
from tests.plugins.scoring import (
    CHAIR,
    COUNTY,
    FIVE,
    JULY,
    LI,
    OFFICE,
    ONE_POINT,
    WANG,
    D,
    county_of,
    did,
    mark,
    points_of,
)

from renda_core.domain.duty import Record
from renda_core.errors import Invalid, NotFound
from renda_core.services import duty
from renda_core.services.duty import scoring
from renda_core.testing import uid


def worked_year(b):
    """Two suggestions, one of them key and excellent; three inspections; one and a half days of leave."""
    b.today = D(2026, 3, 2)
    key = assigned(b, title="修桥")
    accepted(b, title="路灯")
    plain = {a.name: getattr(FIVE, a.name) for a in attrs.fields(type(FIVE))}
    b.step(key, "name_key", OFFICE, payload=plain)
    bridge = next(r for r in b.read(duty.records_of, WANG.id) if r.title == "修桥" and r.kind == "suggestion")
    mark(b, bridge, "correct", why="评为优秀建议", facts={"lead": 1, "excellent": 1})
    b.today = D(2026, 12, 20)
    for day in (6, 7, 8):
        did(b, "wang", "inspection", D(2026, 4, day), title="视察河道")
    did(b, "wang", "leave", D(2026, 1, 8), quantity=3, title="县六届人大五次会议", congress=COUNTY)


# -- the scenarios of the design


def test_the_worked_year_is_sixteen_points(county):
    b = county_of(county)
    worked_year(b)
    page = points_of(b)
    assert (page.name, page.year, page.total, page.band, page.start) == ("wang", 2026, "16.00", "较差", "0.00")
    got = {i.title: (i.records, i.quantity, i.counted) for i in page.items if i.records}
    assert got == {
        "提出代表建议": (2, 2, "8.00"),
        "建议列为重点督办": (1, 1, "2.00"),
        "参加视察、调研": (3, 3, "9.00"),
        "请假": (1, 3, "-3.00"),
    }
    assert [r.on for r in page.records] == [
        D(2026, 1, 8),
        *[D(2026, 3, 2)] * 3,
        *(D(2026, 4, day) for day in (6, 7, 8)),
    ]
    assert sorted((r.item, r.points) for r in page.records) == [
        *[("参加视察、调研", "3.00")] * 3,
        ("建议列为重点督办", "2.00"),
        ("提出代表建议", "3.00"),
        ("提出代表建议", "5.00"),
        ("请假", "-3.00"),
    ]
    assert {r.facts for r in page.records if r.points == "5.00"} == {"领衔 1、优秀建议 1"}
    assert (page.in_office.to_row()[:2], page.attendance.to_row()[:2]) == ((365, 365), (3, 4))


@pytest.mark.parametrize(
    ("years", "poor"), [((59, 58), [True, True]), ((59, 60), [True, False]), ((60, 80), [False, False])]
)
def test_two_years_are_poor_or_not_by_their_points(county, years, poor):
    b = county_of(county, points={"items": [ONE_POINT]}, today=D(2026, 1, 20))
    for year, n in zip((2024, 2025), years, strict=True):
        did(b, "wang", "visit", D(year, 3, 2), quantity=n)
        b.do(scoring.assess, OFFICE, "points", year, COUNTY)
    results = [r for r in b.read(duty.records_of, WANG.id) if r.kind == "assessment"]
    assert [r.on for r in results] == [D(2024, 12, 31), D(2025, 12, 31)]
    assert [bool(r.facts["poor"]) for r in results] == poor
    assert [r.facts["points"] for r in results] == [100 * n for n in years]
    shown = [points_of(b, year=year) for year in (2024, 2025)]
    assert [p.result.poor for p in shown] == poor
    assert all(p.result.same for p in shown)


def test_a_rule_that_changes_on_1_july_leaves_earlier_points_alone_and_both_versions_are_shown(county):
    new = {**ONE_POINT, "base": 2}
    b = county_of(county, points={"items": [ONE_POINT]}, changes={JULY: {"duty_points": {"items": [new], "most": 100}}})
    did(b, "wang", "visit", D(2026, 6, 30), quantity=10)
    did(b, "wang", "visit", JULY, quantity=10)
    page = points_of(b)
    before, after = page.formulas
    assert (before.since, before.points, after.since, after.points) == (None, "10.00", JULY, "20.00")
    assert [(r.points, r.formula) for r in page.records] == [("10.00", before.formula), ("20.00", after.formula)]
    assert before.formula != after.formula
    assert page.total == "30.00"
    assert [i.counted for i in page.items] == ["30.00"]


def test_what_else_is_changed_makes_no_other_version_of_the_lines(county):
    b = county_of(county, points={"items": [ONE_POINT]}, changes={JULY: {"duty_points": {"told_from": 5}}})
    for day in (D(2026, 6, 30), JULY):
        did(b, "wang", "visit", day)
    assert [(f.since, f.points) for f in points_of(b).formulas] == [(None, "2.00")]


# -- what stands beside a score


def test_caps_start_limit_and_grade(county):
    capped = {**ONE_POINT, "cap": 50}
    b = county_of(county, points={"items": [capped], "start": 60, "most": 100})
    did(b, "wang", "visit", D(2026, 3, 2), quantity=70)
    page = points_of(b)
    (item,) = page.items
    assert (item.earned, item.cap, item.counted) == ("70.00", "50.00", "50.00")
    assert (page.start, page.most, page.total, page.band) == ("60.00", "100.00", "100.00", "良好")
    did(b, "li", "visit", D(2026, 3, 2), quantity=19)
    assert (points_of(b, "li").total, points_of(b, "li").band) == ("79.00", "较好")


@pytest.mark.parametrize(("prorate", "start"), [(True, "30.25"), (False, "60.00")])
def test_who_came_late_has_a_start_by_days_in_office_where_the_place_says_so(county, prorate, start):
    from tests.core.reminding import elect

    b = county_of(county, points={"items": [ONE_POINT], "start": 60, "prorate": prorate})
    elect(b, "chen", on=JULY)
    page = points_of(b, "chen")
    assert (page.start, str(page.in_office)) == (start, "50.41 % (184 / 365 全年天数)")


def test_what_waits_is_refused_or_is_unproven_earns_nothing_and_is_shown(county):
    proven = {**ONE_POINT, "evidence": True}
    b = county_of(county, points={"items": [proven]})
    b.do(
        duty.enter,
        WANG,
        Record(
            person=WANG.id,
            kind="visit",
            on=D(2026, 3, 2),
            source="手机",
            state="entered",
            evidence=("照片 1 张",),
            title="走访三户",
        ),
    )
    (line,) = points_of(b).records
    assert (line.state, line.points, line.item, line.title, line.evidence) == (
        "待核",
        "",
        "走访选民",
        "走访三户",
        "照片 1 张",
    )
    assert points_of(b).total == "0.00"
    (record,) = b.read(duty.records_of, WANG.id)
    mark(b, record, "confirm", why="")
    assert (points_of(b).total, points_of(b).records[0].state) == ("1.00", "已核")


def test_an_appeal_that_is_granted_scores_again_at_once(county):
    b = county_of(county, points={"items": [ONE_POINT]})
    record = did(b, "wang", "visit", D(2026, 3, 2), quantity=3)
    refused = mark(b, record, "refuse", why="重复登记")
    assert (points_of(b).total, points_of(b).records[0].state) == ("0.00", "驳回")
    page = points_of(b, by=WANG)
    assert page.records[0].id == refused.id
    assert "renda duty appeal" in page.appeal
    mark(b, refused, "appeal", WANG, why="不是同一次")
    assert points_of(b).total == "0.00"
    mark(b, refused, "grant", CHAIR, why="属实")
    assert points_of(b).total == "3.00"


def test_a_result_that_would_come_out_otherwise_today_says_so(county):
    b = county_of(county, points={"items": [ONE_POINT]}, today=D(2027, 1, 15))
    record = did(b, "wang", "visit", D(2026, 3, 2), quantity=59)
    b.do(scoring.assess, OFFICE, "points", 2026, COUNTY)
    result = points_of(b, year=2026).result
    assert (result.points, result.poor, result.same, result.state) == ("59.00", True, True, "已核")
    assert result.formula
    mark(b, record, "correct", why="少记一次", quantity=60)
    page = points_of(b, year=2026)
    assert (page.total, page.band, page.result.points, page.result.same) == ("60.00", "较好", "59.00", False)
    b.do(scoring.assess, OFFICE, "points", 2026, COUNTY)
    result = points_of(b, year=2026).result
    assert (result.points, result.poor, result.same) == ("60.00", False, True)


# -- who looks


def test_a_deputy_finds_their_own_alone_and_nobody_else_finds_any(county):
    b = county_of(county, points={"items": [ONE_POINT]})
    did(b, "li", "visit", D(2026, 3, 2), quantity=9)
    assert points_of(b, "wang", WANG).name == "wang"
    assert points_of(b, "li", CHAIR).total == "9.00"
    own = b.page("my_points", WANG)
    assert (own.name, own.total) == ("wang", "0.00")
    with pytest.raises(NotFound):
        points_of(b, "li", WANG)
    for name in ("station", "committee", "presidium", "director", "public", "inspector"):
        with pytest.raises(NotFound):
            points_of(b, "li", b.actor("x", name))
    with pytest.raises(NotFound):
        b.page("points_distribution", LI)


def test_who_was_in_two_congresses_is_asked_which_and_names_it(county):
    from tests.core.dutying import also
    from tests.core.reminding import TOWN

    b = county_of(county, points={"items": [ONE_POINT]})
    also(b, "wang", "town")
    did(b, "wang", "visit", D(2026, 3, 2), quantity=2, congress=COUNTY)
    did(b, "wang", "visit", D(2026, 3, 3), quantity=5)
    with pytest.raises(Invalid, match="several congresses"):
        points_of(b)
    assert [points_of(b, congress=c).total for c in (COUNTY, TOWN)] == ["7.00", "5.00"]
    with pytest.raises(Invalid, match="'某市' is not one congress; name one of: "):
        points_of(b, congress="某市")


@pytest.mark.parametrize("year", [0, 1, 1953, 2027, -1])
def test_a_year_that_is_none_is_refused(county, year):
    b = county_of(county)
    with pytest.raises(Invalid, match=f"year is one from 1954 to 2026, not {year}"):
        points_of(b, year=year)


def test_a_place_that_counts_nothing_still_has_its_page(county):
    b = county_of(county, points={"items": [], "bands": []})
    did(b, "wang", "visit", D(2026, 3, 2))
    page = points_of(b)
    assert (page.total, page.band, page.items, page.records, page.uncounted) == ("0.00", "", (), (), 1)
    assert uid("wang") not in str(page)
