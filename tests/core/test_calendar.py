"""Calendar arithmetic: worked dates of the law and of counties, and the laws that hold for every date."""

import datetime as dt
import time

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core import holidays
from renda_core.domain.calendar import DAY, Calendar, Period, PeriodRules
from renda_core.errors import Invalid

D = dt.date
CHINA = holidays.calendar(first_year=2015, last_year=2028)
DAYS = st.dates(D(2015, 1, 1), D(2028, 12, 31))
UNITS = st.sampled_from(("day", "workday", "month"))


def ruled(**rules):
    return attrs.evolve(CHINA, rules=PeriodRules(**rules))


def test_a_calendar_without_tables_knows_weekends():
    plain = Calendar()
    assert plain.works(D(2026, 10, 1))
    assert not plain.works(D(2026, 10, 3))
    assert plain.status(2026) == "unknown"
    assert plain == Calendar()
    assert hash(plain) == hash(Calendar())


def test_years_are_official_or_provisional():
    calendar = Calendar(years={2026: "official", 2027: "provisional"})
    assert [calendar.status(y) for y in (2026, 2027, 2028)] == ["official", "provisional", "unknown"]
    with pytest.raises(Invalid, match="2026"):
        Calendar(years={2026: "sure"})


@pytest.mark.parametrize(
    ("start", "n", "unit", "end"),
    [
        (D(2026, 1, 20), 3, "month", D(2026, 4, 20)),
        (D(2026, 1, 20), 2, "month", D(2026, 3, 20)),
        (D(2026, 1, 20), 6, "month", D(2026, 7, 20)),
        (D(2026, 4, 1), 1, "month", D(2026, 5, 1)),
        (D(2026, 11, 30), 3, "month", D(2027, 2, 28)),
        (D(2026, 3, 31), 1, "month", D(2026, 4, 30)),
        (D(2026, 5, 31), 3, "month", D(2026, 8, 31)),
        (D(2024, 2, 29), 12, "month", D(2025, 2, 28)),
        (D(2026, 3, 31), -1, "month", D(2026, 2, 28)),
        (D(2026, 1, 20), 10, "workday", D(2026, 2, 3)),
        (D(2026, 2, 12), 3, "workday", D(2026, 2, 24)),
        (D(2026, 2, 24), -3, "workday", D(2026, 2, 12)),
        (D(2026, 3, 10), 30, "day", D(2026, 4, 9)),
        (D(2026, 5, 8), 30, "day", D(2026, 6, 7)),
        (D(2026, 5, 8), 2, "month", D(2026, 7, 8)),
        (D(2026, 3, 2), 2, "month", D(2026, 5, 2)),
        (D(2026, 3, 2), 3, "month", D(2026, 6, 2)),
        (D(2026, 6, 30), -20, "day", D(2026, 6, 10)),
        (D(2026, 6, 30), -10, "day", D(2026, 6, 20)),
        (D(2026, 6, 30), -7, "day", D(2026, 6, 23)),
        (D(2026, 6, 30), 0, "workday", D(2026, 6, 30)),
    ],
)
def test_worked_periods(start, n, unit, end):
    assert CHINA.add(start, Period(n, unit)) == end


def test_a_month_that_is_too_short_may_spill():
    spilling = ruled(month_end="spill")
    assert spilling.add(D(2026, 11, 30), Period(3, "month")) == D(2027, 3, 2)
    assert spilling.add(D(2026, 1, 20), Period(3, "month")) == D(2026, 4, 20)


@pytest.mark.parametrize(
    ("start", "n", "unit", "end"),
    [
        (D(2026, 3, 10), 30, "day", D(2026, 4, 8)),
        (D(2026, 3, 1), 1, "month", D(2026, 3, 31)),
        (D(2026, 1, 31), 1, "month", D(2026, 2, 28)),
        (D(2026, 1, 20), 10, "workday", D(2026, 2, 2)),
        (D(2026, 1, 24), 1, "workday", D(2026, 1, 26)),
        (D(2026, 6, 30), -20, "day", D(2026, 6, 11)),
    ],
)
def test_the_first_day_may_count(start, n, unit, end):
    assert ruled(first_day_counts=True).add(start, Period(n, unit)) == end


def test_the_fifteenth_of_2026_moves_off_days_off():
    moved = {m: CHINA.roll(D(2026, m, 15)) for m in range(1, 13)}
    assert {m: d for m, d in moved.items() if d.day != 15} == {
        2: D(2026, 2, 24),
        3: D(2026, 3, 16),
        8: D(2026, 8, 17),
        11: D(2026, 11, 16),
    }
    assert CHINA.roll(CHINA.add(D(2026, 3, 16), Period(-3)), back=True) == D(2026, 3, 13)


def test_rolling():
    assert CHINA.roll(D(2026, 5, 1)) == CHINA.roll(D(2026, 5, 2)) == D(2026, 5, 6)
    assert CHINA.roll(D(2026, 6, 7)) == D(2026, 6, 8)
    assert CHINA.roll(D(2026, 5, 1), back=True) == D(2026, 4, 30)
    assert CHINA.roll(D(2026, 2, 14)) == D(2026, 2, 14)  # a working Saturday
    assert ruled(roll_if_holiday=False).roll(D(2026, 5, 1)) == D(2026, 5, 1)


def test_a_make_up_day_wins_over_a_holiday():
    both = Calendar(holidays=frozenset({D(2026, 3, 4)}), makeups=frozenset({D(2026, 3, 4)}))
    assert both.works(D(2026, 3, 4))
    assert both.workdays(D(2026, 3, 1), D(2026, 3, 8)) == 5


def test_a_roll_is_bounded():
    closed = Calendar(holidays=frozenset(D(2026, 1, 1) + n * DAY for n in range(90)))
    with pytest.raises(Invalid, match="2026-01-01"):
        closed.roll(D(2026, 1, 1))
    with pytest.raises(Invalid, match="before 2026-03-20"):
        closed.roll(D(2026, 3, 20), back=True)
    assert closed.add(D(2025, 12, 31), Period(1, "workday")) == D(2026, 4, 1)


@pytest.mark.parametrize("unit", ["day", "workday", "month"])
@pytest.mark.parametrize("n", [40, 10**6, 10**12])
def test_the_ends_of_time_are_refused_clearly(n, unit):
    with pytest.raises(Invalid, match="9999"):
        CHINA.add(D(9999, 12, 15), Period(n, unit))
    with pytest.raises(Invalid, match="9999"):
        CHINA.add(D(1, 1, 15), Period(-n, unit))


def test_the_last_days_still_count():
    assert CHINA.add(D(9999, 12, 30), Period(1, "workday")) == D.max
    assert CHINA.add(D(1, 1, 2), Period(-1, "workday")) == D.min
    assert CHINA.workdays(D.min, D.max) > 2_600_000
    shut = Calendar(holidays=frozenset({D.max}))
    with pytest.raises(Invalid, match="9999-12-31"):
        shut.roll(D.max)


def test_units_are_checked():
    with pytest.raises(Invalid, match="week"):
        Period(1, "week")
    assert (str(Period(1, "month")), str(Period(-20))) == ("1 month", "-20 days")


def test_long_periods_are_not_walked():
    began = time.perf_counter()
    for n in range(200):
        CHINA.workdays(CHINA.add(D(2016, 1, 1), Period(-2_000 - n, "workday")), D(2028, 1, 1))
        CHINA.add(D(2016, 1, 1), Period(2_000 + n, "workday"))
    assert time.perf_counter() - began < 1


@given(DAYS, st.integers(0, 60), UNITS, st.integers(-300, 300), st.booleans(), st.booleans())
def test_a_later_start_never_ends_earlier(start, gap, unit, n, first, rolled):
    calendar, period = ruled(first_day_counts=first), Period(n, unit)
    ends = [calendar.add(d, period) for d in (start, start + gap * DAY)]
    if rolled:
        ends = [calendar.roll(e, back=n < 0) for e in ends]
    assert ends[0] <= ends[1]


@given(DAYS, st.integers(1, 300))
def test_working_days_are_counted_as_if_walked(start, n):
    end = CHINA.add(start, Period(n, "workday"))
    walked = [d for d in (start + k * DAY for k in range(1, (end - start).days + 1)) if CHINA.works(d)]
    assert len(walked) == n == CHINA.workdays(start, end)
    assert walked[-1] == end
    back = CHINA.add(end, Period(-n, "workday"))
    assert CHINA.workdays(back - DAY, end - DAY) == n
    assert CHINA.works(back)
    assert CHINA.workdays(end, start) == 0


@given(DAYS)
def test_a_roll_ends_on_a_working_day_on_its_side(day):
    assert CHINA.works(CHINA.roll(day))
    assert CHINA.works(CHINA.roll(day, back=True))
    assert CHINA.roll(day, back=True) <= day <= CHINA.roll(day)
