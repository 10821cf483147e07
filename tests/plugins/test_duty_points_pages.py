"""Pages of points and stars: who is counted and who is hidden, what prints, and that nobody is ever put in order."""

from __future__ import annotations

import asyncio
import typing

import attrs
import msgspec
import pytest
from tests.core.reminding import TOWN
from tests.plugins.scoring import COUNTY, LAST, OFFICE, ONE_POINT, D, county_of, did, points_of, stars_of

from renda_core.desks import PersonScore
from renda_core.domain.duty import Exposure, Score
from renda_core.errors import Invalid
from renda_core.records import CongressOn
from renda_core.services.exports.pages import page_sheets
from renda_core.services.papers.pages import page_paper
from renda_core.testing import context, uid
from renda_plugins import duty_points, five_star_ratings
from renda_plugins.duty_points.distribution import OfCongress, points_distribution
from renda_plugins.five_star_ratings.pages import OfCongress as OfStars
from renda_plugins.five_star_ratings.pages import stars_distribution

PAGES = [*duty_points.register_pages(), *five_star_ratings.register_pages()]
ORDERING = ("rank", "order", "sort", "top", "place", "position", "排", "名次", "位次", "第几")
SIMPLE = {"items": [ONE_POINT]}
PERSON = {"person": uid("wang")}
MANY = tuple(f"d{n:02}" for n in range(24))


class _Scores:
    """A desk that knows how everybody of one congress stands."""

    def __init__(self, *totals):
        grades = {100: ("good", "良好"), 70: ("fairly_good", "较好"), 10: ("poor", "较差")}
        self._scores = tuple(
            PersonScore(
                person=str(n),
                name=f"代表{n}",
                mandate="m",
                congress="c",
                score=Score(total=100 * total, entries=()),
                exposure=Exposure(days=365, in_office=365),
                band=grades.get(total, ("", ""))[0],
                band_title=grades.get(total, ("", ""))[1],
            )
            for n, total in enumerate(totals)
        )

    async def congresses(self, on):
        return (CongressOn(id="c", level="county", name="示例县", area="", parent=None),)

    async def scores(self, rule, first, last, *, congress):
        return self._scores

    async def record_kinds(self):
        return {}


def spread(*totals, **settings):
    desk, ctx = _Scores(*totals), context(duty_points, today=LAST, **settings)
    page = asyncio.run(points_distribution(ctx, desk, OfCongress()))
    return page, {line.title: None if line.deputies is None else line.deputies.hits for line in page.grades}


# -- by grade


def test_grades_are_counted_with_their_base_in_the_order_of_the_rule():
    page, counted = spread(*[100] * 12, *[70] * 30, *[10] * 10)
    assert list(counted.items()) == [("良好", 12), ("较好", 30), ("较差", 10)]
    assert (page.deputies, page.note) == (52, "")
    assert str(page.grades[0].deputies) == "23.08 % (12 / 52 任职代表)"
    assert [line.least for line in page.grades] == ["80 分以上", "60 分以上", "其余"]


@pytest.mark.parametrize(
    ("totals", "counted"),
    [
        ([100] * 9 + [70] * 30 + [10] * 12, [None, 30, None]),  # 51 less the two others would tell the nine
        ([100] * 9 + [70] * 30 + [10] * 9, [None, 30, None]),
        ([100] * 30, [None, None, None]),  # it would be known of everybody
        ([70] * 3, [None, None, None]),
        ([100] * 10 + [70] * 10 + [10] * 10, [10, 10, 10]),
    ],
)
def test_small_grades_are_withheld_and_none_follows_from_the_total(totals, counted):
    page, found = spread(*totals)
    assert list(found.values()) == counted
    assert page.note.startswith("人数少于 10 的等次") == (None in counted)


def test_a_place_sets_from_how_many_on_a_number_is_told():
    assert list(spread(*[100] * 3, *[70] * 4, *[10] * 5, told_from=3)[1].values()) == [3, 4, 5]
    assert list(spread(*[100] * 30, *[70] * 40, *[10] * 39, told_from=40)[1].values()) == [None, 40, None]


def test_who_reaches_no_grade_is_counted_apart_and_nobody_at_all_is_no_error():
    page, counted = spread(*[100] * 12, *[70] * 10, *[0] * 11, *[10] * 12)
    assert counted["未达任何等次"] == 11
    assert spread()[1] == {"良好": 0, "较好": 0, "较差": 0}
    assert spread(bands=())[0].grades == ()
    assert page.deputies == 45


def test_what_nobody_records_is_named_for_the_office(county):
    b = county_of(county, without="reception")
    page = b.page("points_distribution", OFFICE, {"congress": COUNTY})
    assert {i.item: i.lacks for i in page.idle} == {"接待选民": "reception", "听取、反映群众意见": "opinion"}
    more = {**ONE_POINT, "extra": {"smiles": 1}}
    page = county_of(county, points={"items": [more]}).page("points_distribution", OFFICE, {"congress": COUNTY})
    assert [(i.item, i.lacks) for i in page.idle] == [("走访选民", "smiles")]


def test_a_congress_of_24_by_grade_and_by_star_without_a_name(county):
    b = county_of(county, *MANY, points=SIMPLE)
    for n, name in enumerate(MANY):
        did(b, name, "visit", D(2026, 3, 2), quantity=95 if n < 12 else 65)
    points = b.page("points_distribution", OFFICE, {"congress": COUNTY})
    stars = b.page("stars_distribution", OFFICE, {"congress": "示例县人民代表大会"})
    assert points.deputies == stars.deputies == 24
    assert [(line.title, line.deputies) for line in points.grades][-1] == ("较差", None)
    assert [line.stars for line in stars.stars] == ["五星", "四星", "三星", "二星", "一星"]
    for page in (points, stars):
        said = str(msgspec.to_builtins(page, enc_hook=str))
        assert not [name for name in MANY if name in said or uid(name) in said]
    with pytest.raises(Invalid, match="say which congress; name one of: 示例县人民代表大会、示例镇人民代表大会"):
        b.page("points_distribution", OFFICE)
    assert b.page("points_distribution", OFFICE, {"congress": TOWN}).deputies == 0


@pytest.mark.parametrize("totals", [[100] * 9 + [70] * 30, [70] * 3, [10] * 11 + [70] * 9 + [100] * 30])
def test_small_numbers_of_stars_are_withheld_too(totals):
    page = asyncio.run(stars_distribution(context(five_star_ratings, today=LAST), _Scores(*totals), OfStars()))
    told = [line.deputies for line in page.stars]
    assert all(rate is None or rate.hits >= 10 for rate in told)
    assert told.count(None) != 1


# -- no ranking


def classes(cls, seen=None):
    """Give a class and every class of rows in it."""
    seen = set() if seen is None else seen
    if attrs.has(cls) and cls not in seen:
        seen.add(cls)
        for field in attrs.fields(attrs.resolve_types(cls)):
            for part in (field.type, *typing.get_args(field.type)):
                if isinstance(part, type):
                    classes(part, seen)
    return seen


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_page_asks_for_an_order_or_shows_a_place_in_one(page):
    for cls in classes(page.shows) | classes(page.asks):
        for field in attrs.fields(cls):
            words, title = set(field.name.split("_")), field.metadata.get("title", "")
            assert not [w for w in ORDERING if w in words or (not w.isascii() and w in title)], field


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_page_lists_people_with_points_or_is_open_to_others_than_their_keepers(page):
    assert page.who == {"office", "overseer"}
    lists = [cls for cls in classes(page.shows) if cls is not page.shows]
    assert not [cls for cls in lists if {"person", "name", "mandate"} & {a.name for a in attrs.fields(cls)}]
    if not page.of_person:
        assert not {"person", "name", "points", "total"} & {a.name for a in attrs.fields(page.shows)}


def test_lists_of_a_deputy_go_by_the_rule_and_by_date_never_by_points(county):
    lines = [{**ONE_POINT, "base": 1}, {**ONE_POINT, "code": "talk", "kinds": ["training"], "base": 9, "title": "培训"}]
    for order in (lines, lines[::-1]):
        b = county_of(county, points={"items": order})
        did(b, "wang", "training", D(2026, 5, 2))
        did(b, "wang", "visit", D(2026, 3, 2))
        did(b, "wang", "training", D(2026, 2, 2), quantity=7)
        page = points_of(b)
        assert [i.title for i in page.items] == [line["title"] for line in order]
        assert [r.on for r in page.records] == [D(2026, 2, 2), D(2026, 3, 2), D(2026, 5, 2)]
        assert [line.title for line in page.rule] == [line["title"] for line in order]


# -- on paper and as a file


def test_pages_of_one_deputy_print_and_are_saved(county):
    b = county_of(county, points=SIMPLE)
    did(b, "wang", "visit", D(2026, 3, 2), quantity=95, title="走访三户", evidence=("照片",))
    for name, heading in (("my_points", "履职积分"), ("my_stars", "五星级代表评定")):
        paper = b.ask(page_paper, OFFICE, name, PERSON)
        assert (paper.title, paper.subtitle, len(paper.sections) > 1) == (heading, "代表 wang　截至 2026-12-20", True)
        sheets = b.ask(page_sheets, OFFICE, name, PERSON)
        cells = [cell for sheet in sheets for row in sheet.rows for cell in row]
        assert "95.00" in cells
        assert not [cell for cell in cells if isinstance(cell, bool)]
        assert name != "my_stars" or "是" in cells
    for name in ("points_distribution", "stars_distribution"):
        assert b.ask(page_paper, OFFICE, name, {"congress": COUNTY}).sections
    assert stars_of(b).note.startswith("仅供代表本人和人大机关查看")
