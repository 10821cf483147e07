"""Days that come again: numbers, endings, weeks; short months, rest days, and laws that hold of every span."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core import holidays
from renda_core.domain.calendar import DAY, ROLL_LIMIT, Calendar, PeriodRules
from renda_core.domain.recurring import Pattern, date_title, ending, falls, notice_day, span
from renda_core.errors import Invalid

D = dt.date
CHINA = holidays.calendar(first_year=2020, last_year=2030)


def of(*days, **rest):
    return Pattern(days=frozenset(days), **rest)


def on(pattern, first, last, calendar=CHINA):
    return [f.on for f in falls(pattern, calendar, first, last)]


def why(pattern, first, last):
    return [(f.on, f.why) for f in falls(pattern, CHINA, first, last) if f.why]


YEAR = D(2026, 1, 1), D(2026, 12, 31)


def test_the_fifteenth_of_2026():
    assert why(of(15, rest="next"), *YEAR) == [
        (D(2026, 2, 24), "15日逢节假日，顺延到24日"),
        (D(2026, 3, 16), "15日逢周日，顺延到16日"),
        (D(2026, 8, 17), "15日逢周六，顺延到17日"),
        (D(2026, 11, 16), "15日逢周日，顺延到16日"),
    ]
    assert len(on(of(15, rest="next"), *YEAR)) == 12
    assert [d for d in on(of(15, rest="previous"), *YEAR) if d.day != 15] == [
        D(2026, 2, 14),  # a Saturday that is worked
        D(2026, 3, 13),
        D(2026, 8, 14),
        D(2026, 11, 13),
    ]
    assert on(of(15), *YEAR) == [D(2026, m, 15) for m in range(1, 13)]
    assert [d.month for d in on(of(15, rest="drop"), *YEAR)] == [1, 4, 5, 6, 7, 9, 10, 12]
    assert [d.month for d in on(of(15, rest="drop", off="holidays"), *YEAR)] == [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]


def test_a_weekend_that_is_worked_is_no_day_of_rest():
    assert on(of(14, rest="next", months=frozenset({2})), *YEAR) == [D(2026, 2, 14)]


def test_a_move_does_not_hang_on_how_periods_are_counted():
    strict = holidays.calendar(first_year=2026, last_year=2026, rules=PeriodRules(roll_if_holiday=False))
    assert on(of(15, rest="next", months=frozenset({3})), *YEAR, strict) == [D(2026, 3, 16)]


def test_what_moves_into_the_span_is_there_and_what_moves_out_is_not():
    moved = of(15, rest="next")
    assert on(moved, D(2026, 2, 24), D(2026, 2, 24)) == [D(2026, 2, 24)]
    assert on(moved, D(2026, 2, 1), D(2026, 2, 23)) == []
    early = of(1, rest="previous")
    assert on(early, D(2026, 4, 30), D(2026, 4, 30)) == [D(2026, 4, 30)]
    assert on(early, D(2026, 5, 1), D(2026, 5, 31)) == []


def test_two_days_that_move_to_one_are_one_with_both_reasons():
    found = falls(of(14, 15, rest="next"), CHINA, D(2026, 3, 1), D(2026, 3, 31))
    assert [(f.on, f.why) for f in found] == [(D(2026, 3, 16), "14日逢周六，顺延到16日；15日逢周日，顺延到16日")]
    found = falls(of(15, 16, rest="next"), CHINA, D(2026, 3, 1), D(2026, 3, 31))
    assert [(f.on, f.named, f.why) for f in found] == [(D(2026, 3, 16), "16日", "15日逢周日，顺延到16日")]


def test_a_move_into_another_month_says_both():
    assert why(of(31, rest="next"), D(2026, 2, 1), D(2026, 2, 28)) == [(D(2026, 2, 2), "1月31日逢周六，顺延到2月2日")]


def test_a_month_without_the_day():
    last, none = of(31, lacking="last"), of(31)
    assert len(on(last, *YEAR)) == 12
    assert [d.month for d in on(none, *YEAR)] == [1, 3, 5, 7, 8, 10, 12]
    assert why(last, D(2026, 2, 1), D(2026, 2, 28)) == [(D(2026, 2, 28), "2月没有31日，改在28日")]
    assert on(of(29, lacking="last"), D(2028, 2, 1), D(2028, 2, 29)) == [D(2028, 2, 29)]


def test_weekdays_and_odd_months():
    assert on(Pattern(weekdays=frozenset({1, 3})), D(2026, 3, 1), D(2026, 3, 11)) == [
        D(2026, 3, 2),
        D(2026, 3, 4),
        D(2026, 3, 9),
        D(2026, 3, 11),
    ]
    odd = frozenset({1, 3, 5, 7, 9, 11})
    assert [d.month for d in on(of(15, months=odd), *YEAR)] == sorted(odd)
    festival = Pattern(weekdays=frozenset({1}), rest="next")
    assert why(festival, D(2026, 10, 1), D(2026, 10, 10)) == [(D(2026, 10, 8), "周一（10月5日）逢节假日，顺延到8日")]
    assert on(Pattern(weekdays=frozenset({4}), months=frozenset({2})), *YEAR)[0] == D(2026, 2, 5)


def test_every_so_many_days_from_any_one_of_them():
    found = on(Pattern(every=5, since=D(2026, 3, 4)), D(2026, 2, 20), D(2026, 3, 10))
    assert found == [D(2026, 2, 22), D(2026, 2, 27), D(2026, 3, 4), D(2026, 3, 9)]
    assert on(Pattern(every=1, since=D(2030, 1, 1)), D(2026, 3, 1), D(2026, 3, 3)) == [D(2026, 3, n) for n in (1, 2, 3)]


def test_markets_by_endings_of_the_lunar_months_of_2026():
    first = of(*ending([3, 8], lunar=True), lunar=True)
    found = falls(first, CHINA, D(2026, 2, 17), D(2026, 3, 18))
    assert [f.on for f in found] == [
        D(2026, 2, 19),
        D(2026, 2, 24),
        D(2026, 3, 1),
        D(2026, 3, 6),
        D(2026, 3, 11),
        D(2026, 3, 16),
    ]
    assert [f.named for f in found] == ["正月初三", "正月初八", "正月十三", "正月十八", "正月廿三", "正月廿八"]
    second = of(*ending([5, 10], lunar=True), lunar=True)
    assert on(second, D(2026, 3, 19), D(2026, 4, 16)) == [
        D(2026, 3, 23),
        D(2026, 3, 28),
        D(2026, 4, 2),
        D(2026, 4, 7),
        D(2026, 4, 12),
    ]


def test_a_leap_month_has_its_own():
    found = falls(of(1, 15, lunar=True), CHINA, D(2025, 6, 25), D(2025, 8, 22))
    assert [(f.on, f.named) for f in found] == [
        (D(2025, 6, 25), "六月初一"),
        (D(2025, 7, 9), "六月十五"),
        (D(2025, 7, 25), "闰六月初一"),
        (D(2025, 8, 8), "闰六月十五"),
    ]
    only = of(15, lunar=True, months=frozenset({6}))
    assert len(on(only, D(2025, 1, 29), D(2026, 2, 16))) == 2


def test_the_thirtieth_of_a_short_lunar_month():
    short = D(2026, 3, 19), D(2026, 4, 16)
    assert on(of(30, lunar=True), *short) == []
    assert why(of(30, lunar=True, lacking="last"), *short) == [(D(2026, 4, 16), "二月没有三十，改在廿九")]


def test_endings():
    assert ending([3, 8], lunar=False) == {3, 8, 13, 18, 23, 28}
    assert ending([10], lunar=True) == ending([0], lunar=False) == {10, 20, 30}
    assert ending([1], lunar=True) == ending([1], lunar=False, thirty_first=False) == {1, 11, 21}
    assert ending([1], lunar=False) == {1, 11, 21, 31}
    assert ending([], lunar=True) == frozenset()
    for wrong in ([11], [3, -1]):
        with pytest.raises(Invalid, match="ends in 1 to 10"):
            ending(wrong, lunar=True)


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({}, "one of the three"),
        ({"days": frozenset({1}), "weekdays": frozenset({1})}, "one of the three"),
        ({"days": frozenset({31}), "lunar": True}, "a lunar month has at most 30 days, so there is no day 31"),
        ({"days": frozenset({0, 32})}, "a month has at most 31 days, so there is no day 0, 32"),
        ({"weekdays": frozenset({8})}, "no weekday 8"),
        ({"days": frozenset({1}), "months": frozenset({13})}, "no month 13"),
        ({"every": -5}, "never"),
        ({"every": 5}, "since when"),
        ({"every": 5, "since": D(2026, 1, 1), "lunar": True}, "leave lunar away"),
    ],
)
def test_what_no_calendar_has_is_refused(given_, said):
    with pytest.raises(Invalid, match=said):
        Pattern(**given_)


def test_the_ends_of_time():
    assert on(of(15), D(2026, 3, 2), D(2026, 3, 1)) == []
    assert on(of(31, rest="previous"), D(9999, 12, 1), dt.date.max) == [dt.date.max]
    assert on(of(1, rest="next"), dt.date.min, D(1, 1, 3)) == [D(1, 1, 1)]
    lunar = of(15, lunar=True, rest="next")
    assert on(lunar, D(2099, 12, 20), D(2099, 12, 31)) == [D(2099, 12, 28)]  # 冬月十五, the 26th, is a Saturday
    for first, last in ((D(2099, 12, 31), D(2100, 1, 1)), (D(1899, 12, 31), D(1900, 1, 1))):
        with pytest.raises(Invalid, match="1900-01-01 to 2099-12-31"):
            falls(lunar, CHINA, first, last)
    with pytest.raises(Invalid, match="knows no lunar months"):
        falls(lunar, Calendar(), *YEAR)


@pytest.mark.parametrize(
    ("day", "notice", "on_any_day"),
    [
        (D(2026, 3, 16), D(2026, 3, 13), D(2026, 3, 13)),
        (D(2026, 2, 24), D(2026, 2, 14), D(2026, 2, 21)),  # within the festival, so before it
        (D(2026, 3, 11), D(2026, 3, 6), D(2026, 3, 8)),
    ],
)
def test_notice_counts_back_and_never_moves_later(day, notice, on_any_day):
    assert notice_day(CHINA, day, 3) == notice
    assert notice_day(CHINA, day, 3, worked=False) == on_any_day
    assert notice_day(CHINA, day, 0) is None


def test_a_span_that_nobody_can_ask_for():
    today = D(2026, 3, 1)
    assert span(None, None, today) == (today, D(2026, 6, 1))
    assert span(dt.date.max, None, today) == (dt.date.max, dt.date.max)
    with pytest.raises(Invalid, match="lies before the first"):
        span(D(2026, 3, 2), today, today)
    with pytest.raises(Invalid, match="longer than 1100 days"):
        span(today, D(2029, 4, 1), today)


def test_dates_as_people_write_them():
    assert date_title(D(2026, 3, 16)) == "2026年3月16日（周一）"


patterns = st.one_of(
    st.builds(
        Pattern,
        days=st.frozensets(st.integers(1, 30), min_size=1, max_size=4),
        months=st.frozensets(st.integers(1, 12), max_size=3),
        lunar=st.booleans(),
        lacking=st.sampled_from(["last", "none"]),
        rest=st.sampled_from(["next", "previous", "keep", "drop"]),
        off=st.sampled_from(["any", "holidays"]),
    ),
    st.builds(
        Pattern,
        weekdays=st.frozensets(st.integers(1, 7), min_size=1, max_size=3),
        rest=st.sampled_from(["next", "previous", "keep", "drop"]),
    ),
    st.builds(Pattern, every=st.integers(1, 40), since=st.dates(D(2020, 1, 1), D(2030, 1, 1)), rest=st.just("next")),
)


@given(patterns, st.dates(D(2021, 1, 1), D(2029, 1, 1)), st.integers(0, 200), st.integers(0, 200))
def test_a_date_does_not_hang_on_the_span_that_is_asked_for(pattern, first, before, after):
    last = first + 40 * DAY
    wide = falls(pattern, CHINA, first - before * DAY, last + after * DAY)
    assert [f.on for f in wide if first <= f.on <= last] == on(pattern, first, last)
    days = [f.on for f in wide]
    assert days == sorted(set(days))
    if pattern.off == "any" and pattern.rest != "keep":
        assert all(map(CHINA.works, days))


@given(patterns, st.dates(D(2021, 1, 1), D(2029, 1, 1)))
def test_a_lunar_or_plain_day_is_what_it_is_called(pattern, first):
    for fall in falls(pattern, CHINA, first, first + 60 * DAY):
        if pattern.days and not fall.why and pattern.lunar:
            (month,) = CHINA.lunar_months(fall.on, fall.on)
            assert month.dated((fall.on - month.first).days + 1) == fall.named
        elif pattern.days and not fall.why:
            assert fall.named == f"{fall.on.day}日"


@given(st.dates(D(2021, 1, 1), D(2029, 12, 1)), st.integers(1, 365))
def test_notice_is_given_in_time_on_a_day_that_is_worked(day, days):
    found = notice_day(CHINA, day, days)
    assert CHINA.works(found)
    assert ROLL_LIMIT + days >= (day - found).days >= days
