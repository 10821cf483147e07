"""Lunar months: two libraries against each other, whole months against single days, and laws of the calendar."""

import datetime as dt
import itertools

import pytest
from holidays.calendars.chinese import _ChineseLunisolar as Festivals
from hypothesis import given
from hypothesis import strategies as st
from lunar_python import Solar

from renda_core import holidays, lunar
from renda_core.domain.calendar import DAY, Calendar
from renda_core.domain.lunar import LunarMonth, day_title, months_between
from renda_core.errors import Invalid

D = dt.date
CHINA = holidays.calendar(first_year=2020, last_year=2027)
YEARS = range(1900, 2100)
ERRATUM = {D(1916, 2, 3)}
"""The one new year on which the libraries differ, by a day; both are older than any station."""


def month(year, number, *, leap=False):
    (found,) = [m for m in lunar.months(year) if (m.month, m.leap) == (number, leap)]
    return found


def test_the_first_two_months_of_2026():
    first, second = lunar.months(2026)[:2]
    assert (first.first, first.length, first.title) == (D(2026, 2, 17), 30, "正月")
    assert (second.first, second.length, second.title) == (D(2026, 3, 19), 29, "二月")


@pytest.mark.parametrize(("year", "number"), [(2023, 2), (2025, 6), (2028, 5), (2031, 3), (2033, 11)])
def test_leap_months(year, number):
    assert [m.month for m in lunar.months(year) if m.leap] == [number]
    leap = month(year, number, leap=True)
    assert leap.first == month(year, number).last + DAY
    assert leap.title == f"闰{month(year, number).title}"


@pytest.mark.parametrize(
    ("table", "number", "day"),
    [
        ("LUNAR_NEW_YEAR_DATES", 1, 1),
        ("BUDDHA_BIRTHDAY_DATES", 4, 8),
        ("DRAGON_BOAT_DATES", 5, 5),
        ("MID_AUTUMN_DATES", 8, 15),
        ("DOUBLE_NINTH_DATES", 9, 9),
    ],
)
def test_a_second_library_has_the_same_festivals(table, number, day):
    other = getattr(Festivals, table)
    years = [year for year in YEARS if year in other]
    assert len(years) == 199
    differ = [month(year, number).day(day) for year in years if D(year, *other[year]) != month(year, number).day(day)]
    assert set(differ) <= ERRATUM


@pytest.mark.parametrize("year", [2023, 2025, 2026, 2033])
def test_day_by_day_the_library_converts_to_the_same(year):
    for found in CHINA.lunar_months(D(year, 1, 1), D(year, 12, 31)):
        for number in range(1, found.length + 1):
            day = found.day(number)
            said = Solar.fromYmd(day.year, day.month, day.day).getLunar()
            assert (said.getYear(), said.getMonth(), said.getDay()) == (
                found.year,
                -found.month if found.leap else found.month,
                number,
            )
            assert found.dated(number) == f"{said.getMonthInChinese()}月{said.getDayInChinese()}"


def test_a_year_is_read_once():
    assert lunar.months(2026) is lunar.months(2026)


@given(st.integers(1899, 2099))
def test_a_year_has_twelve_months_or_thirteen_with_one_leap_month(year):
    found = lunar.months(year)
    assert [m.month for m in found if not m.leap] == list(range(1, 13))
    assert sum(m.leap for m in found) == len(found) - 12 <= 1
    assert all(m.year == year and m.length in (29, 30) for m in found)


@given(
    st.dates(D(1900, 1, 1), D(2099, 12, 31)), st.integers(0, 1_200), st.sampled_from([lunar.months, CHINA.lunar_months])
)
def test_months_follow_without_a_gap_and_cover_the_span(first, days, source):
    last = min(first + days * DAY, D(2099, 12, 31))
    found = list(CHINA.lunar_months(first, last) if source is not lunar.months else months_between(source, first, last))
    assert found[0].first <= first <= found[0].last
    assert found[-1].first <= last <= found[-1].last
    for one, following in itertools.pairwise(found):
        assert following.first == one.last + DAY == one.first + one.length * DAY


def test_no_month_of_no_days():
    assert list(CHINA.lunar_months(D(2026, 3, 2), D(2026, 3, 1))) == []


def test_what_is_not_known_is_refused_in_words():
    for first, last in ((D(1899, 12, 31), D(1900, 1, 5)), (D(2099, 12, 1), D(2100, 1, 1))):
        with pytest.raises(Invalid, match="1900-01-01 to 2099-12-31"):
            list(CHINA.lunar_months(first, last))
    for year in (1898, 2100):
        with pytest.raises(Invalid, match=str(year)):
            lunar.months(year)
    with pytest.raises(Invalid, match="knows no lunar months"):
        list(Calendar().lunar_months(D(2026, 1, 1), D(2026, 1, 2)))
    assert [m.year for m in CHINA.lunar_months(D(1900, 1, 1), D(1900, 1, 31))] == [1899, 1900]
    assert next(CHINA.lunar_months(D(2099, 12, 31), D(2099, 12, 31))).year == 2099


def test_days_that_a_month_lacks():
    short = month(2026, 2)
    assert short.day(29) == D(2026, 4, 16) == short.last
    with pytest.raises(Invalid, match="二月 of 2026 has 29 days, and no day 30"):
        short.day(30)
    with pytest.raises(Invalid, match="no day 0"):
        short.day(0)
    for number in (0, 31, -1):
        with pytest.raises(Invalid, match="at most 30 days"):
            day_title(number)


def test_a_month_that_cannot_be():
    for wrong in ({"month": 13}, {"month": 0}, {"length": 31}, {"length": 28}):
        with pytest.raises(Invalid, match="lunar month"):
            LunarMonth(**{"year": 2026, "month": 1, "leap": False, "first": D(2026, 2, 17), "length": 30} | wrong)


def test_days_have_the_names_that_people_use():
    names = [day_title(n) for n in (1, 3, 10, 11, 15, 19, 20, 21, 28, 29, 30)]
    assert names == ["初一", "初三", "初十", "十一", "十五", "十九", "二十", "廿一", "廿八", "廿九", "三十"]
    assert [m.title for m in lunar.months(2033)][10:] == ["冬月", "闰冬月", "腊月"]
