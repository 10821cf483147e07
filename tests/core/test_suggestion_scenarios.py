"""The worked scenarios of handling suggestions, with their numbers: due dates, rates, merging, signatures."""

import datetime as dt

import pytest
from tests.core.suggesting import (
    LI,
    OFFICE,
    ROADS,
    SOLE,
    WANG,
    WATER,
    accepted,
    assigned,
    evaluated_many,
    people,
    replied,
    suggestion_handling,
    with_settings,
)

from renda_core.domain.rates import Rate
from renda_core.domain.suggestion import voices
from renda_core.errors import Rejected
from renda_core.services import ledgers
from renda_plugins.suggestion_handling.motions import Motion
from renda_plugins.suggestion_handling.reports import rates

D = dt.date
TONGHE = {"reply": {"n": 2, "unit": "month"}}


def seen_clock(b, case, name, by=OFFICE):
    """Look at one deadline as the office sees it."""
    return next(c for c in b.see(case, by).clocks if c.name == name)


@pytest.mark.parametrize(
    ("given", "hard", "due"),
    [({}, False, D(2026, 4, 20)), (TONGHE, False, D(2026, 3, 20)), ({}, True, D(2026, 7, 20))],
    ids=["default", "two_months", "hard"],
)
def test_reply_is_due(county, given, hard, due):
    b = with_settings(county, **given)
    clock = seen_clock(b, assigned(b, hard=hard), "reply")
    months = (due.year - 2026) * 12 + due.month - 1
    assert (clock.due, clock.provisional, clock.late, clock.state) == (due, False, 0, "running")
    assert clock.lines == (f"2026-01-20 start + {months} months = {due} (assign; 代表法 51)",)
    assert clock.title == "答复"
    assert clock.unit == ROADS.unit


def test_every_day_of_a_term_is_explained(county):
    b = with_settings(county)
    clock = assigned(b).clock("reply", unit=ROADS.unit)
    days = list(clock.days(b.calendar))
    assert days[0] == (D(2026, 1, 21), "1")
    assert days[-1] == (D(2026, 4, 20), "90")
    assert [said for _, said in days] == [str(n) for n in range(1, 91)]


@pytest.mark.parametrize(
    ("roll", "due", "last"),
    [
        (True, D(2026, 5, 6), "2026-05-01 is a day off, so 2026-05-06"),
        (False, D(2026, 5, 1), "2026-04-01 start + 1 month = 2026-05-01 (assign; 山东, 青岛)"),
    ],
)
def test_a_joint_opinion_over_may_day(county, roll, due, last):
    b = with_settings(county, today=D(2026, 4, 1), roll=roll)
    case = assigned(b, (ROADS, "lead"), (WATER, "joint"))
    clock = seen_clock(b, case, "opinion")
    assert (clock.due, clock.unit, clock.lines[-1]) == (due, WATER.unit, last)
    assert case.clock("reply", unit=WATER.unit) is None
    if roll:
        off = [d for d, said in case.clock("opinion", unit=WATER.unit).days(b.calendar) if said == "day off"]
        assert off == [D(2026, 5, n) for n in range(2, 6)]


def test_a_term_that_ends_in_a_year_without_a_table_is_provisional(county):
    b = with_settings(county, today=D(2026, 11, 30), roll=False)
    assert seen_clock(b, assigned(b), "reply").due == D(2027, 2, 28)
    b = with_settings(county, today=D(2026, 11, 30))
    clock = seen_clock(b, assigned(b), "reply")
    assert (clock.due, clock.provisional) == (D(2027, 3, 1), True)
    assert clock.lines == (
        "2026-11-30 start + 3 months = 2027-02-28 (assign; 代表法 51)",
        "2027-02-28 is a day off, so 2027-03-01",
        "2027 has no official holiday table: provisional (statutory days only)",
    )
    row = b.ask(ledgers.ledger, OFFICE, ledgers.Ask(kind="suggestion"))[-1]
    assert row.next_due == min(c.due(b.calendar) for c in b.case(row.id).clocks if c.name != "return")


GRADES = {"satisfied": 100, "basically": 20, "unsatisfied": 4, "unanswered": 5}


@pytest.mark.parametrize(
    ("inside", "base", "of", "satisfied", "acceptable"),
    [(False, 124, "收回评价", 8065, 9677), (True, 129, "收回评价与逾期未评", 7752, 9302)],
    ids=["without_the_silent", "with_the_silent"],
)
def test_satisfaction_names_its_base(county, inside, base, of, satisfied, acceptable):
    b = with_settings(county, unanswered_in_base=inside)
    done = evaluated_many(b, **GRADES)
    assert (done.opened, len(set(done.ids))) == (129, 129)
    page = b.page("satisfaction")
    assert page.first_satisfied == page.last_satisfied == Rate(hits=100, base=base, of=of)
    assert page.first_acceptable == page.last_acceptable == Rate(hits=120, base=base, of=of)
    assert (page.first_satisfied.basis_points, page.first_acceptable.basis_points) == (satisfied, acceptable)
    again = b.read(lambda reader: ledgers.StoreDesk(reader, b.tenant).facet_counts("suggestion", "satisfaction"))
    assert dict(again) == GRADES
    assert again["basically"] + again["unsatisfied"] == 24
    assert again["unsatisfied"] == 4


def test_a_rate_of_nothing_has_no_figure():
    for inside in (True, False):
        assert [r.shown for r in rates({}, inside)] == ["—", "—"]


def test_merged_suggestions_keep_every_voice(county):
    b = with_settings(county)
    first = accepted(b, b.actor("A", "deputy"), cosigners="B")
    second = accepted(b, b.actor("C", "deputy"))
    third = accepted(b, b.actor("D", "deputy"), cosigners="EFGB")
    into = {"links": {"merged_into": (first.id,)}}
    merged = [b.step(case, "merge", OFFICE, **into) for case in (second, third)]
    told = voices([b.case(c.id) for c in (first, *merged)])
    assert (told.deputies, told.deliveries, told.forms) == (7, 8, 3)
    assert merged[1].parties["cosigner"] == people(*"EFGB")
    assert merged[1].states["main"] == "merged"


@pytest.mark.parametrize(("level", "least"), [("county", 10), ("township", 5)])
def test_a_motion_needs_its_signatures(county, level, least):
    b = county(suggestion_handling)
    others = [f"deputy {n}" for n in range(least - 1)]
    parties = {"proposer": (WANG.id,), "cosigner": people(*others)}
    case = b.open("motion", WANG, Motion(text="修桥", level=level), parties=parties)
    case = b.run(case, *(("cosign", b.actor(name, "deputy")) for name in others[:-1]))
    with pytest.raises(Rejected) as said:
        b.step(case, "submit", WANG)
    (objection,) = said.value.objections
    assert objection == f"{least - 1} signatures, {least} needed for a motion at {level} level (组织法 22)"
    case = b.run(case, ("cosign", b.actor(others[-1], "deputy")), ("submit", WANG))
    assert case.states["main"] == "submitted"


def test_the_reply_stops_its_clocks_and_starts_the_evaluation(county):
    b = with_settings(county)
    case = replied(b)
    states = {c.name: c.state for c in case.clocks}
    assert states == {"reply": "stopped", "return": "stopped", "contact": "stopped", "evaluation": "running"}
    assert case.clock("evaluation").due(b.calendar) == D(2026, 2, 24)  # 20 working days over the festival


def test_lateness_is_counted_on_the_day_of_the_reply(county):
    b = with_settings(county)
    case = assigned(b, by=LI)
    b.today = D(2026, 4, 23)
    case = b.step(case, "reply", ROADS, payload={"document": "1", "reply_class": "B", "signed_by": "Zhao"})
    b.today = D(2026, 6, 1)
    assert seen_clock(b, case, "reply").late == 3
    assert SOLE["units"][0][0] == case.assignments[0].unit
