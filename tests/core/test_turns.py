"""Turns: seven groups in their order, fair in every run of shifts, and the same whatever days are asked for."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core import holidays
from renda_core.domain.calendar import DAY, Calendar
from renda_core.domain.recurring import Pattern
from renda_core.domain.turns import Order, rota, shifts, spread
from renda_core.errors import Invalid

D = dt.date
CHINA = holidays.calendar()
SEVEN = tuple("甲乙丙丁戊己庚")
MONDAYS = Pattern(weekdays=frozenset({1}), rest="next")


def held(*orders, first, last, calendar=CHINA):
    return [(t.on, t.group) for t in rota(orders, calendar, first, last)]


def test_seven_groups_sit_in_turn_week_by_week_and_begin_again():
    order = Order(since=D(2026, 3, 2), groups=SEVEN, pattern=MONDAYS)
    found = held(order, first=D(2026, 3, 1), last=D(2026, 4, 30))
    assert [g for _, g in found] == [*"甲乙丙丁戊己庚甲乙"]
    assert found[0] == (D(2026, 3, 2), "甲")
    assert found[5] == (D(2026, 4, 7), "己")  # 清明 takes Monday the 6th
    assert [t.why for t in rota([order], CHINA, D(2026, 4, 7), D(2026, 4, 7))] == ["周一（4月6日）逢节假日，顺延到7日"]


def test_who_is_asked_about_one_day_hears_the_same():
    order = Order(since=D(2026, 3, 2), groups=SEVEN, pattern=MONDAYS)
    for on, group in held(order, first=D(2026, 1, 1), last=D(2028, 12, 31)):
        assert held(order, first=on, last=on) == [(on, group)]


def test_a_later_order_takes_over_on_its_day_and_moves_nothing_before_it():
    old = Order(since=D(2026, 3, 2), groups=SEVEN, pattern=MONDAYS)
    new = Order(since=D(2026, 4, 1), groups=("新", *SEVEN), pattern=MONDAYS)
    before = held(old, first=D(2026, 3, 1), last=D(2026, 3, 31))
    after = held(new, old, first=D(2026, 3, 1), last=D(2026, 5, 1))
    assert after[: len(before)] == before
    assert after[len(before) :][:2] == [(D(2026, 4, 7), "新"), (D(2026, 4, 13), "甲")]
    with pytest.raises(Invalid, match="two orders begin on 2026-04-01"):
        held(new, new, first=D(2026, 3, 1), last=D(2026, 5, 1))


def test_shifts_that_a_festival_carries_to_one_day_are_one_shift():
    """2026-02-15 to 02-23 are off: five shifts of that week, and Monday's, come to fall on the 24th."""
    daily = Pattern(weekdays=frozenset(range(1, 6)), rest="next")
    order = Order(since=D(2026, 2, 11), groups=("甲", "乙"), pattern=daily)
    assert held(order, first=D(2026, 2, 11), last=D(2026, 2, 26)) == [
        (D(2026, 2, 11), "甲"), (D(2026, 2, 12), "乙"), (D(2026, 2, 13), "甲"),
        (D(2026, 2, 24), "乙"), (D(2026, 2, 25), "甲"), (D(2026, 2, 26), "乙"),
    ]  # fmt: skip


def test_every_working_day_knows_make_up_days():
    order = Order(since=D(2026, 2, 13), groups=("甲", "乙"), pattern=None)
    assert held(order, first=D(2026, 2, 13), last=D(2026, 2, 28)) == [
        (D(2026, 2, 13), "甲"), (D(2026, 2, 14), "乙"), (D(2026, 2, 24), "甲"), (D(2026, 2, 25), "乙"),
        (D(2026, 2, 26), "甲"), (D(2026, 2, 27), "乙"), (D(2026, 2, 28), "甲"),
    ]  # fmt: skip


def test_the_fifteenth_moves_and_a_rota_ends_on_its_day():
    fifteenth = Pattern(days=frozenset({15}), rest="next")
    order = Order(since=D(2026, 1, 1), groups=("甲", "乙"), pattern=fifteenth, until=D(2026, 4, 30))
    assert held(order, first=D(2026, 1, 1), last=D(2026, 12, 31)) == [
        (D(2026, 1, 15), "甲"), (D(2026, 2, 24), "乙"), (D(2026, 3, 16), "甲"), (D(2026, 4, 15), "乙"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"since": D(26, 1, 5)}, "look at the year"),
        ({"until": D(2025, 12, 31)}, "lies before"),
        ({"groups": ("甲", "乙", "甲")}, "named twice"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(wrong, why):
    with pytest.raises(Invalid, match=why):
        Order(**{"since": D(2026, 1, 5), "groups": ("甲",)} | wrong)


def test_nobody_sits_where_no_group_is_named():
    assert held(Order(since=D(2026, 1, 5), groups=()), first=D(2026, 1, 1), last=D(2026, 12, 31)) == []
    assert spread(()) == 0


# -- laws

PATTERNS = st.one_of(
    st.none(),
    st.builds(
        lambda days, rest: Pattern(weekdays=days, rest=rest),
        st.frozensets(st.integers(1, 7), min_size=1),
        st.sampled_from(["next", "previous", "keep", "drop"]),
    ),
    st.builds(
        lambda days, rest: Pattern(days=days, rest=rest, lacking="last"),
        st.frozensets(st.integers(1, 31), min_size=1, max_size=4),
        st.sampled_from(["next", "previous", "keep", "drop"]),
    ),
)
SINCE = st.dates(D(2025, 1, 1), D(2027, 12, 31))
ORDERS = st.builds(
    lambda since, n, pattern: Order(since=since, groups=SEVEN[:n], pattern=pattern), SINCE, st.integers(1, 7), PATTERNS
)
CALENDARS = st.sampled_from([CHINA, Calendar()])


@given(ORDERS, CALENDARS, st.integers(0, 300), st.integers(0, 200))
def test_every_run_of_shifts_is_fair_within_one(order, calendar, skip, length):
    """Of any run of consecutive shifts, across any year's end: the most shifts of a group less the least is 0 or 1."""
    run = rota([order], calendar, order.since, order.since + dt.timedelta(900))[skip : skip + length]
    counts = Counter(t.group for t in run)
    assert spread(counts[g] for g in order.groups) <= 1


@given(st.lists(ORDERS, min_size=1, max_size=3, unique_by=lambda o: o.since), CALENDARS, SINCE, st.integers(0, 500))
def test_the_answer_for_a_day_does_not_depend_on_the_days_asked_for(orders, calendar, first, days):
    last = first + days * DAY
    whole = rota(orders, calendar, D(2024, 1, 1), D(2030, 1, 1))
    assert rota(reversed(orders), calendar, first, last) == tuple(t for t in whole if first <= t.on <= last)


@given(st.lists(ORDERS, min_size=2, max_size=3, unique_by=lambda o: o.since), CALENDARS)
def test_a_later_order_never_moves_a_day_before_it(orders, calendar):
    *earlier, latest = sorted(orders, key=lambda o: o.since)
    until = latest.since - DAY
    span = (D(2024, 1, 1), until)
    assert rota(orders, calendar, *span) == rota(earlier, calendar, *span)


@given(PATTERNS, CALENDARS, SINCE, st.integers(0, 400))
def test_there_is_one_shift_a_day_and_none_on_a_day_off_unless_kept(pattern, calendar, since, days):
    found = [f.on for f in shifts(pattern, calendar, since, since + days * DAY)]
    assert found == sorted(set(found))
    if pattern is None or pattern.rest != "keep":
        assert all(map(calendar.works, found))
