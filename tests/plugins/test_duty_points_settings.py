"""The lines of a rule of points as a place writes them: read exactly, refused whole, and dated without overlap."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core import holidays
from renda_core.catalogue import Catalogue
from renda_core.configuration import read_tenant
from renda_core.domain.duty import band
from renda_core.domain.duty.points import MOST, hundredths, written
from renda_core.errors import ConfigError, Invalid, Rejected
from renda_core.footprint import footprint
from renda_core.services import configuring
from renda_core.tenancy import ALWAYS
from renda_core.testing import DAY, uid
from renda_plugins import duty_points
from renda_plugins.duty_points import bands, items
from renda_plugins.duty_points.settings import GRADES, ITEMS, Grade, Line, Settings

CATALOGUE = Catalogue.collect({"duty_points": duty_points})
HEAD = f'id = "{uid("a county")}"\ncode = "c"\nname = "示例县"\nlevel = "county"\n'
JULY = dt.date(2026, 7, 1)
LINE = {"code": "visit", "title": "走访选民", "kinds": {"visit"}, "base": Decimal(1)}


def line(**rest):
    return Line(**{**LINE, **rest})


def wrong(**settings):
    with pytest.raises(ValueError) as said:  # noqa: PT011 - the words are what each test looks at
        Settings(**settings)
    return str(said.value).split("; ")


def opened(path, text):
    path.write_text(HEAD + text, "utf-8")
    return read_tenant(path).open(CATALOGUE, holidays.calendar(), DAY)


def mistakes(path, text):
    with pytest.raises(ConfigError) as said:
        opened(path, text)
    return said.value.reasons


# -- what stands without a word


def test_the_published_lines_are_as_published_and_every_other_is_ours_and_capped():
    by_code = {item.code: item for item in items(Settings())}
    assert (by_code["suggestion"].base, dict(by_code["suggestion"].extra)) == (300, {"excellent": 200})
    assert (by_code["key_suggestion"].base, by_code["leave"].base) == (200, -100)
    assert (by_code["inspection"].base, by_code["inspection"].kinds) == (300, {"inspection", "research"})
    published = {"suggestion", "key_suggestion", "leave", "inspection"}
    for one in ITEMS:
        assert one.source.startswith("P 江北" if one.code in published else "U: ")
        assert (one.cap is None) == (one.code in published)


def test_grades_of_yinchuan():
    assert [(b.title, b.least, b.poor) for b in bands(Settings())[:2]] == [
        ("良好", 8000, False),
        ("较好", 6000, False),
    ]
    assert bands(Settings())[2].poor
    grades = {n: band(bands(Settings()), n).title for n in (10_000, 8_000, 7_999, 6_000, 5_999, 0, -300)}
    assert list(grades.values()) == ["良好", "良好", "较好", "较好", "较差", "较差", "较差"]


def test_a_place_without_grades_without_lines_without_limit_is_none_the_worse():
    bare = Settings(items=(), bands=())
    assert (items(bare), bands(bare), bare.limit, bare.whole_start) == ((), (), None, 0)


# -- points as people write them


@pytest.mark.parametrize(
    ("said", "points"),
    [("3", 300), ("-1", -100), ("0.5", 50), ("0.29", 29), ("-0.01", -1), ("1e2", 10_000), ("３", 300), ("0", 0)],
)
def test_points_are_read_to_the_hundredth(said, points):
    assert hundredths(Decimal(said)) == points


@pytest.mark.parametrize(
    "said",
    ["0.005", "3.000", "1e-999999999", "10000.01", "1e999999999", "-1e9", "NaN", "Infinity", "-Infinity", "sNaN"],
)
def test_what_is_no_number_of_points_is_refused(said):
    with pytest.raises(Invalid, match=r"hundredths|no number of points"):
        hundredths(Decimal(said))


@given(st.integers(-MOST * 100, MOST * 100))
def test_what_is_written_is_read_again_the_same(points):
    assert hundredths(Decimal(written(points))) == points
    assert hundredths(Decimal(str(json.loads(written(points))))) == points  # as a file without quotes has it


def test_a_file_holds_points_as_numbers_or_as_text_and_both_are_exact(tmp_path):
    tenant = opened(
        tmp_path / "c.toml",
        '[[plugins.duty_points.items]]\ncode = "a"\ntitle = "走访"\nkinds = ["visit"]\nbase = 0.29\ncap = 1\n'
        '[[plugins.duty_points.items]]\ncode = "b"\ntitle = "座谈"\nkinds = ["talk"]\nbase = "1.15"\n'
        "extra = { lead = 0.1 }\n",
    )
    first, second = items(tenant.settings("duty_points", DAY))
    assert (first.base, first.cap, second.base, dict(second.extra)) == (29, 100, 115, {"lead": 10})
    told = {r.name: str(r.value[0]) for r in tenant.rules() if r.name == "items"}
    assert told == {"items": "走访 每次 0.29 分，全年至多 1 分"}


# -- what is refused


def test_every_mistake_of_the_lines_is_told_at_once_and_names_its_line():
    told = wrong(
        items=(
            line(cap=Decimal(-5)),
            line(kinds="visit talk"),
            line(code="talk", kinds="talk"),
            line(code="none", kinds=""),
            line(code="half", kinds="half", base=Decimal("0.005")),
            line(code="Bad Code", kinds="走访", title=" "),
            line(code="line", kinds="line", title="两\n行", extra={"领衔": Decimal(1)}),
        )
    )
    assert told == [
        "items[1] visit: a cap of -5 points is below zero",
        "leave it away",
        "items[2] visit: items[1] has this code already",
        "give each line its own",
        "items[3] talk: visit counts talk already",
        "take it from one of them",
        "items[4] none: counts no kind of records",
        "name at least one",
        "items[5] half: 0.005 points have more than 2 decimals",
        "points are counted in hundredths",
        "items[6] Bad Code: 'Bad Code' is no code",
        "write small letters, digits and _, a letter first, up to 40",
        "items[6] Bad Code: write a title of one line, up to 40 characters",
        "items[6] Bad Code: '走访' is no code of records",
        "write small letters, digits and _",
        "items[7] line: write a title of one line, up to 40 characters",
        "items[7] line: '领衔' is no code of records",
        "write small letters, digits and _",
    ]


def test_a_years_result_earns_no_points():
    (told, *_) = wrong(items=(line(kinds="assessment"),))
    assert told == "items[1] visit: assessment is what a year came to"


def test_a_kind_is_counted_by_one_line_alone():
    (told, _) = wrong(items=(line(), line(code="more", kinds="visit")))
    assert told == "items[2] more: visit counts visit already"


@pytest.mark.parametrize(
    ("grades", "told"),
    [
        ((("a", 60, 0), ("b", 80, 0)), "bands[2] b: it begins above a; write the best grade first"),
        (
            (("a", 80, 0), ("b", 80, 0)),
            "bands[2] b: it begins where a does, with 80.00 points; two grades would be one",
        ),
        ((("a", 80, 0), ("a", 60, 0)), "bands[2] a: there are two grades of this code; give each its own"),
        (
            (("a", None, 0), ("b", 60, 0)),
            "bands[1] a: the lowest grade alone has no least; say from how many points on",
        ),
        (
            (("a", 80, 0), ("b", 60, 1)),
            "bands[2] b: who has fewer points would have no poor year; leave its least away",
        ),
        ((("a", 80, 1), ("b", None, 0)), "bands[2] b: a above it is a poor year, and this one is not"),
        ((("a", "0.001", 0),), "bands[1] a: 0.001 points have more than 2 decimals"),
    ],
)
def test_grades_out_of_order_or_with_one_threshold_are_refused(grades, told):
    made = tuple(
        Grade(code=c, title="等次", least=None if n is None else Decimal(n), poor=bool(poor)) for c, n, poor in grades
    )
    assert told in "; ".join(wrong(bands=made))


def test_a_start_or_a_limit_below_zero_is_refused():
    told = wrong(start=Decimal(-1), most=Decimal("0.001"))
    assert told[0] == "start: -1 points are below zero"
    assert told[2].startswith("most: 0.001 points have more than 2 decimals")


def test_a_wrong_file_is_refused_by_name_and_an_unknown_word_with_what_was_meant(tmp_path):
    path = tmp_path / "c.toml"
    head = '[[plugins.duty_points.items]]\ncode = "a"\ntitle = "走访"\nkinds = ["visit"]\n'
    assert mistakes(path, head + "base = 1\ncapp = 3\n") == (
        f"{path}: plugins.duty_points.items[1].capp: no such field; did you mean 'cap'?",
    )
    (told,) = mistakes(path, head + "base = 1\ncap = -3\n")
    assert told == (f"{path}: plugins.duty_points: items[1] a: a cap of -3 points is below zero; leave it away")
    for base in ("true", '"三分"', "[1]"):
        (told,) = mistakes(path, head + f"base = {base}\n")
        assert told.startswith(f"{path}: plugins.duty_points.items = ")
        assert told.endswith("- at `$[0].base`")


def test_what_is_refused_changes_nothing_that_is_in_force(bench):
    b = bench({"duty_points": {}})
    chief = b.actor("chief", "overseer")
    held = b.ask(configuring.show, chief)
    bad = {"code": "a", "title": "走访", "kinds": ["visit"], "base": 1, "cap": -1}
    file = with_layers(held.file, {ALWAYS: {"items": [bad]}})
    with pytest.raises(Rejected, match="a cap of -1 points is below zero"):
        b.do(configuring.replace, chief, file, held.version, check_of(b))
    assert b.ask(configuring.show, chief) == held


# -- versions

CHANGE = "[[changes]]\nsince = 2026-07-01\n[changes.plugins.duty_points]\nstart = {}\n"
TWICE = "each say what holds for duty_points from 2026-07-01 on; put them into one section"


def test_two_sections_that_say_what_holds_from_one_day_on_are_refused_together(tmp_path):
    path = tmp_path / "c.toml"
    own = "[plugins.duty_points]\n" + CHANGE.format(60)
    assert mistakes(path, own + CHANGE.format(40)) == (f"{path}: changes[0] and changes[1] {TWICE}",)
    tenant = opened(path, own + CHANGE.format(40).replace("07-01", "07-02"))
    assert [e.settings("duty_points").start for e in tenant.editions] == [0, 60, 40]


def test_two_versions_of_one_day_are_refused_however_they_come(bench):
    b = bench({"duty_points": {}})
    chief = b.actor("chief", "overseer")
    held = b.ask(configuring.show, chief)
    one = with_layers(held.file, {ALWAYS: {}, JULY: {"start": 60}})
    two = attrs.evolve(one, layers=(*one.layers, attrs.evolve(one.layers[-1], plugins={"duty_points": {"most": 90}})))
    with pytest.raises(Rejected, match=f"2 layers of .* {TWICE}"):
        b.do(configuring.replace, chief, two, held.version, check_of(b))
    assert b.ask(configuring.show, chief) == held
    assert b.do(configuring.replace, chief, one, held.version, check_of(b)).version == held.version + 1


def with_layers(file, by_day):
    layer = file.layers[0]
    made = (attrs.evolve(layer, since=day, plugins={"duty_points": values}) for day, values in by_day.items())
    return attrs.evolve(file, layers=tuple(made))


def check_of(b):
    def check(file):
        file.open(b.catalogue, b.calendar, b.today)
        return footprint(b.catalogue.offers, file.plugins)

    return check


def test_grades_and_lines_that_come_with_the_program_are_what_a_file_could_say():
    assert Settings(items=ITEMS, bands=GRADES) == Settings()
