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
    assert on(early, D(2026, 5, 1), D(2026, 5, 31)) == [D(2026, 5, 29)]  # from 06-01, a Monday: no; 05-29 from none
