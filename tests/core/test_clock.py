"""Clocks: worked deadlines, the ledger's rules, and the laws of its explanation."""

import datetime as dt
import re

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core import holidays
from renda_core.domain.calendar import DAY, Calendar, Period, PeriodRules
from renda_core.domain.case import Case
from renda_core.domain.clock import Clock, Due, Tick
from renda_core.errors import Invalid, Rejected
from renda_core.store.codec import decode_case, encode

D = dt.date
CHINA = holidays.calendar(first_year=2015, last_year=2027)
MONTHS_3, MONTHS_6 = Period(3, "month"), Period(6, "month")


def started(on, period, *, roll=True, why=""):
    return Clock(name="reply", ticks=(Tick(do="start", on=on, period=period, why=why),), roll=roll)


def ruled(**rules):
    return attrs.evolve(CHINA, rules=PeriodRules(**rules))


@pytest.mark.parametrize(
    ("start", "period", "due"),
    [
        (D(2026, 1, 20), MONTHS_3, D(2026, 4, 20)),
        (D(2026, 1, 20), Period(2, "month"), D(2026, 3, 20)),
        (D(2026, 1, 20), MONTHS_6, D(2026, 7, 20)),
        (D(2026, 4, 1), Period(1, "month"), D(2026, 5, 6)),
        (D(2026, 1, 20), Period(10, "workday"), D(2026, 2, 3)),
        (D(2026, 3, 10), Period(30), D(2026, 4, 9)),
        (D(2026, 5, 8), Period(30), D(2026, 6, 8)),
        (D(2026, 5, 8), Period(2, "month"), D(2026, 7, 8)),
        (D(2026, 3, 2), Period(2, "month"), D(2026, 5, 6)),
        (D(2026, 6, 30), Period(-20), D(2026, 6, 10)),
        (D(2026, 3, 18), Period(-3), D(2026, 3, 13)),
    ],
)
def test_worked_deadlines(start, period, due):
    assert started(start, period).explain(CHINA).on == due
    assert not started(start, period).explain(CHINA).provisional


def test_may_day_with_and_without_rolling():
    clock = started(D(2026, 4, 1), Period(1, "month"), why="会办意见")
    assert clock.trace(CHINA) == (
        D(2026, 5, 6),
        ("2026-04-01 start + 1 month = 2026-05-01 (会办意见)", "2026-05-01 is a day off, so 2026-05-06"),
    )
    assert attrs.evolve(clock, roll=False).due(CHINA) == D(2026, 5, 1)
    assert clock.due(ruled(roll_if_holiday=False)) == D(2026, 5, 1)


def test_twenty_days_before_a_session_never_rolls_later():
    clock = started(D(2026, 6, 30), Period(-10))  # 2026-06-20 lies in the Dragon Boat festival
    assert clock.due(CHINA) == D(2026, 6, 18)
    assert attrs.evolve(clock, roll=False).due(CHINA) == D(2026, 6, 20)
    days = list(clock.days(CHINA))
    assert days[0] == (D(2026, 6, 29), "1")
    assert days[9] == (D(2026, 6, 20), "10")
    assert days[10:] == [(D(2026, 6, 19), "day off"), (D(2026, 6, 18), "rolled")]


def test_a_due_date_without_an_official_table_is_provisional():
    clock = started(D(2026, 11, 30), MONTHS_3, why="assign")
    assert clock.explain(CHINA) == Due(
        on=D(2027, 3, 1),
        provisional=True,
        lines=(
            "2026-11-30 start + 3 months = 2027-02-28 (assign)",
            "2027-02-28 is a day off, so 2027-03-01",
            "2027 has no official holiday table: provisional (statutory days only)",
        ),
    )
    plain = clock.explain(Calendar())
    assert plain.lines[-1] == "2027 has no official holiday table: provisional (weekends only)"
    # Without rolling no table matters to a period in months.
    assert attrs.evolve(clock, roll=False).explain(CHINA) == Due(
        on=D(2027, 2, 28), provisional=False, lines=("2026-11-30 start + 3 months = 2027-02-28 (assign)",)
    )


def test_a_period_in_working_days_rests_on_every_year_it_touches():
    official_2027 = attrs.evolve(CHINA, years={2027: "official"})
    clock = started(D(2026, 12, 20), Period(20, "workday"), roll=False)
    assert [line[:4] for line in clock.explain(official_2027).lines] == ["2026", "2026"]
    assert clock.explain(official_2027).provisional
    assert clock.explain(CHINA).provisional
    within_2026 = started(D(2026, 12, 1), Period(5, "workday"), roll=False)
    assert not within_2026.explain(CHINA).provisional


def test_a_clock_names_the_year_of_a_roll_into_it():
    due = started(D(2028, 12, 1), Period(30)).explain(Calendar(years={2028: "official"}))
    assert due.on == D(2029, 1, 1)
    assert [line[:4] for line in due.lines] == ["2028", "2028", "2029"]


def test_every_year_whose_working_days_were_compared_matters():
    by_2026 = holidays.calendar(first_year=2026, last_year=2026)
    clock = started(D(2026, 12, 20), Period(6, "month"), roll=False)
    compared = clock.tick("extend", D(2026, 12, 21), period=Period(60, "workday"), anchor="start")
    assert compared.due(by_2026) == D(2027, 6, 20)
    assert compared.explain(by_2026).lines[-1].startswith("2027 has no official")
    but_2026 = Calendar(years={2025: "official", 2027: "official", 2028: "official"})
    clock = started(D(2025, 3, 3), Period(5, "workday")).tick("extend", D(2025, 3, 4), period=Period(26, "month"))
    clock = clock.tick("pause", D(2026, 6, 1)).tick("resume", D(2027, 2, 1))
    assert clock.explain(but_2026).lines[-1].startswith("2026 has no official")


def test_a_period_that_replaces_another_brings_its_unit():
    clock = started(D(2026, 1, 20), Period(10, "workday"), roll=False)
    clock = clock.tick("extend", D(2026, 1, 21), period=MONTHS_6, anchor="start")
    assert clock.tick("pause", D(2026, 2, 1)).tick("resume", D(2026, 2, 14)).due(CHINA) == D(2026, 8, 2)


def test_a_pause_on_the_last_day_is_in_time():
    clock = started(D(2026, 3, 10), Period(30))
    resumed = clock.tick("pause", D(2026, 4, 9)).tick("resume", D(2026, 4, 20))
    assert (resumed.due(CHINA), resumed.late(CHINA, D(2026, 4, 20))) == (D(2026, 4, 20), 0)


def test_a_pause_before_the_rolled_date_is_in_time():
    clock = started(D(2026, 4, 1), Period(1, "month"))  # ends on 05-01, rolled to 05-06
    resumed = clock.tick("pause", D(2026, 5, 3)).tick("resume", D(2026, 5, 11))
    assert resumed.due(CHINA) == D(2026, 5, 11)
    assert [s for d, s in resumed.days(CHINA) if d > D(2026, 4, 30)] == ["30", "day off", "day off", *["paused"] * 8]
    late = clock.tick("pause", D(2026, 5, 7)).tick("resume", D(2026, 5, 11))
    assert (late.due(CHINA), late.late(CHINA, D(2026, 5, 11))) == (D(2026, 5, 6), 5)
    unrolled = attrs.evolve(resumed, roll=False)
    assert unrolled.due(CHINA) == D(2026, 5, 1)


def test_pause_and_resume_give_back_what_was_left():
    clock = started(D(2026, 3, 2), MONTHS_3, why="begin")
    clock = clock.tick("pause", D(2026, 4, 1), why="promise").tick("resume", D(2026, 4, 21), why="miss_plan")
    assert clock.trace(CHINA) == (
        D(2026, 6, 22),
        (
            "2026-03-02 start + 3 months = 2026-06-02 (begin)",
            "2026-04-01 pause (promise)",
            "2026-04-21 resume + 62 days left = 2026-06-22 (miss_plan)",
        ),
    )
    said = [s for _, s in clock.days(CHINA)]
    assert (said.count("paused"), said[-1]) == (20, "92")  # as many days as from 03-02 to 06-02
    going_on = clock.explain(ruled(pause="none"))
    assert going_on.on == D(2026, 6, 2)
    assert "gives no time back" in going_on.lines[2]


def test_a_pause_in_working_days_keeps_the_working_days_left():
    clock = started(D(2026, 2, 12), Period(3, "workday"))
    assert [d for d, s in clock.days(CHINA) if s.isdigit()] == [D(2026, 2, 13), D(2026, 2, 14), D(2026, 2, 24)]
    later = clock.tick("pause", D(2026, 2, 13)).tick("resume", D(2026, 3, 2))
    assert later.due(CHINA) == D(2026, 3, 4)


def test_the_hard_class_counts_from_the_start():
    clock = started(D(2026, 1, 20), MONTHS_3)
    hard = clock.tick("extend", D(2026, 3, 1), period=MONTHS_6, why="难度大", anchor="start")
    assert hard.due(CHINA) == D(2026, 7, 20)
    assert hard.explain(CHINA).lines[-1] == "2026-03-01 extend + 6 months from 2026-01-20 = 2026-07-20 (难度大)"
    assert clock.tick("extend", D(2026, 3, 1), period=MONTHS_3).due(CHINA) == D(2026, 7, 20)
    shorter = clock.tick("extend", D(2026, 3, 1), period=Period(1, "month"), anchor="start")
    assert shorter.due(CHINA) == D(2026, 4, 20)
    with pytest.raises(Invalid, match="anchor"):
        clock.tick("pause", D(2026, 3, 1), anchor="start")


def test_pausing_before_or_after_the_hard_class_is_the_same():
    hard = {"period": MONTHS_6, "anchor": "start"}
    clock = started(D(2026, 1, 20), MONTHS_3, roll=False)
    before = clock.tick("pause", D(2026, 2, 1)).tick("resume", D(2026, 2, 11)).tick("extend", D(2026, 2, 20), **hard)
    after = clock.tick("extend", D(2026, 1, 25), **hard).tick("pause", D(2026, 2, 1)).tick("resume", D(2026, 2, 11))
    within = clock.tick("pause", D(2026, 2, 1)).tick("extend", D(2026, 2, 5), **hard).tick("resume", D(2026, 2, 11))
    assert [c.due(CHINA) for c in (before, after, within)] == [D(2026, 7, 30)] * 3
    assert list(before.days(CHINA)) == list(after.days(CHINA)) == list(within.days(CHINA))


def test_a_restart_begins_a_new_turn():
    clock = started(D(2026, 1, 20), MONTHS_6).tick("restart", D(2026, 4, 1), why="talk")
    assert clock.due(ruled(roll_if_holiday=False)) == D(2026, 10, 1)
    assert next(iter(clock.days(CHINA))) == (D(2026, 4, 2), "1")
    shorter = clock.tick("stop", D(2026, 4, 2)).tick("restart", D(2026, 5, 8), period=Period(30))
    assert (shorter.state, shorter.due(CHINA), len(shorter.ticks)) == ("running", D(2026, 6, 8), 4)


def test_late_is_counted_by_today_or_by_the_stop():
    clock = started(D(2026, 3, 10), Period(30))
    assert [clock.late(CHINA, D(2026, 4, d)) for d in (8, 9, 10)] == [0, 0, 1]
    stopped = clock.tick("stop", D(2026, 4, 10), why="filed")
    assert stopped.late(CHINA, D(2026, 12, 31)) == 1
    assert clock.tick("stop", D(2026, 4, 9)).late(CHINA, D(2026, 12, 31)) == 0
    paused = clock.tick("pause", D(2026, 4, 1))
    assert paused.late(CHINA, D(2026, 6, 1)) == 0
    assert paused.tick("stop", D(2026, 6, 1)).late(CHINA, D(2026, 7, 1)) == 0  # time stood still since the pause
    assert paused.late(ruled(pause="none"), D(2026, 4, 10)) == 1


def test_a_clock_already_late_stays_late():
    clock = started(D(2026, 3, 10), Period(30)).tick("pause", D(2026, 4, 13)).tick("resume", D(2026, 4, 20))
    assert (clock.due(CHINA), clock.late(CHINA, D(2026, 4, 20))) == (D(2026, 4, 9), 11)
    assert clock.explain(CHINA).lines[-1] == "2026-04-20 resume after 2026-04-09 had passed"


def test_the_ledger_refuses_what_does_not_fit():
    clock = started(D(2026, 3, 10), Period(30))
    with pytest.raises(Rejected, match="cannot resume a running clock"):
        clock.tick("resume", D(2026, 3, 11))
    with pytest.raises(Rejected, match="2026-03-09 lies before 2026-03-10"):
        clock.tick("stop", D(2026, 3, 9))
    with pytest.raises(Rejected, match="cannot pause a stopped clock"):
        clock.tick("stop", D(2026, 3, 11)).tick("pause", D(2026, 3, 12))
    with pytest.raises(Rejected, match="cannot start"):
        clock.tick("start", D(2026, 3, 11))
    with pytest.raises(Invalid, match="begins with a start"):
        Clock(name="reply", ticks=())


def test_a_notice_before_a_session_can_be_sent_before_it():
    clock = started(D(2026, 6, 30), Period(-20)).tick("stop", D(2026, 6, 11), why="sent")
    assert clock.late(CHINA, D(2026, 7, 1)) == 1
    paused = started(D(2026, 6, 30), Period(-20)).tick("pause", D(2026, 6, 1)).tick("resume", D(2026, 6, 5))
    assert paused.due(CHINA) == D(2026, 6, 10)
    with pytest.raises(Rejected, match="lies before"):
        paused.tick("stop", D(2026, 6, 4))


def test_a_first_day_that_counts_is_the_first_of_its_days():
    clock = started(D(2026, 3, 10), Period(3), roll=False)
    first = ruled(first_day_counts=True)
    assert list(clock.days(first)) == [(D(2026, 3, 9 + n), str(n)) for n in (1, 2, 3)]
    longer = clock.tick("extend", D(2026, 3, 11), period=Period(1))
    assert longer.due(first) == D(2026, 3, 13)  # a date reached is not counted twice


@st.composite
def ledgers(draw):
    """Draw a clock of one unit with pauses, extensions and restarts, and the units its present turn should count."""
    unit = draw(st.sampled_from(("day", "workday")))
    on, n = draw(st.dates(D(2016, 1, 1), D(2024, 12, 31))), draw(st.integers(1, 90))
    clock, counted = started(on, Period(n, unit), roll=draw(st.booleans())), n
    for _ in range(draw(st.integers(0, 6))):
        on += draw(st.integers(0, 40)) * DAY
        do = draw(st.sampled_from(("pause", "resume", "extend", "restart")))
        if (do == "pause" and clock.state == "paused") or (do == "resume" and clock.state != "paused"):
            continue
        more = draw(st.integers(1, 60)) if do == "extend" else 0
        counted = n if do == "restart" else counted + more
        clock = clock.tick(do, on, period=Period(more, unit) if more else None)
    return clock, counted


@given(ledgers(), st.booleans())
def test_the_days_add_up_to_the_due_date(drawn, first):
    (clock, counted), calendar = drawn, ruled(first_day_counts=first)
    days = list(clock.days(calendar))
    dates = [d for d, _ in days]
    assert dates == [dates[0] + k * DAY for k in range(len(dates))]  # each day once, none left out
    assert dates[-1] == clock.due(calendar) == clock.trace(calendar)[0]
    counts = [int(s) for _, s in days if s.isdigit()]
    assert counts == list(range(1, counted + 1))
    assert {s for _, s in days if not s.isdigit()} <= {"paused", "day off", "rolled"}


@given(ledgers())
def test_the_lines_follow_the_ledger_and_end_at_the_due_date(drawn):
    clock, _ = drawn
    due = clock.explain(CHINA)
    assert not due.provisional
    assert (due.on, due.lines) == clock.trace(CHINA)
    assert len(due.lines) - len(clock.ticks) in (0, 1)
    for tick, line in zip(clock.ticks, due.lines, strict=False):
        assert line.startswith(f"{tick.on} {tick.do}")
    reached = [m for line in due.lines for m in re.findall(r"(?:= |, so )(\d{4}-\d\d-\d\d)", line)]
    assert reached[-1] == str(due.on)


@given(
    st.dates(D(2016, 1, 1), D(2024, 1, 1)),
    st.integers(1, 200),
    st.integers(0, 400),
    st.integers(0, 100),
    st.sampled_from(("day", "month")),
)
def test_a_pause_moves_the_due_date_by_its_length(on, n, at, k, unit):
    period = Period(n, unit) if unit == "day" else Period(n % 12 + 1, unit)
    clock = started(on, period, roll=False)
    paused = on + min(at, (clock.due(CHINA) - on).days) * DAY
    later = clock.tick("pause", paused).tick("resume", paused + k * DAY)
    assert later.due(CHINA) == clock.due(CHINA) + k * DAY


@given(ledgers(), ledgers(), st.booleans())
def test_a_stored_clock_comes_back_as_it_was_and_equal_ones_as_one_object(one, other, roll):
    """What is reckoned once for a clock holds for every case that has it, and for no other clock."""
    own = [attrs.evolve(drawn[0], roll=roll) for drawn in (one, other)]
    cases = [Case(id="1", kind="k", title="t", opened_on=D(2026, 1, 1), clocks=(clock,)) for clock in own]
    first, again, apart = (decode_case(encode(case), None).clocks[0] for case in (cases[0], cases[0], cases[1]))
    assert first is again
    assert (first, apart) == tuple(own)
    assert (first == apart) == (first is apart)
    assert first != apart or hash(first) == hash(apart)
