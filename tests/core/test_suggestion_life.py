"""The middle of a suggestion: assignment in four modes, returns, longer time, receipt."""

import datetime as dt

import pytest
from tests.core.suggesting import (
    OFFICE,
    POWER,
    REPLY,
    ROADS,
    SOLE,
    WANG,
    WATER,
    accepted,
    assigned,
    refused,
    units,
    with_settings,
)

from renda_core.errors import Invalid, Rejected
from renda_core.services import jobs, ledgers

D = dt.date


def sweep(b):
    """Run the night's sweep."""
    return b.store.run(jobs.sweep(b.store, b.tenant))


# -- assignment


MODES = [
    ((ROADS, "sole"),),
    ((ROADS, "lead"), (WATER, "joint")),
    ((ROADS, "lead"), (WATER, "joint"), (POWER, "joint")),
    ((ROADS, "separate"), (WATER, "separate")),
]


WRONG = [
    ((ROADS, "sole"), (WATER, "sole")),
    ((ROADS, "sole"), (WATER, "joint")),
    ((ROADS, "lead"),),
    ((ROADS, "lead"), (WATER, "lead")),
    ((ROADS, "joint"), (WATER, "joint")),
    ((ROADS, "separate"),),
    ((ROADS, "separate"), (WATER, "joint")),
    ((ROADS, "sole"), (WATER, "separate")),
]


@pytest.mark.parametrize("mode", MODES, ids=["sole", "lead_joint", "lead_two_joint", "separate"])
def test_four_modes_of_assignment(county, mode):
    b = with_settings(county)
    case = assigned(b, *mode)
    assert [(a.unit, a.role, a.state) for a in case.assignments] == [(u.unit, r, "assigned") for u, r in mode]
    answering = {u.unit for u, r in mode if r != "joint"}
    assert {c.unit for c in case.clocks if c.name == "reply"} == answering
    assert {c.unit for c in case.clocks if c.name == "opinion"} == {u.unit for u, r in mode if r == "joint"}
    for unit, role in mode:
        assert case.states["main"] == "assigned"
        case = b.step(case, "give_opinion", unit) if role == "joint" else b.step(case, "reply", unit, **REPLY)
        if role == "lead":  # a joint unit's opinion is not waited for
            assert case.states["main"] == "replied"
            return
    assert case.states["main"] == "replied"


@pytest.mark.rule("assign.modes")
@pytest.mark.parametrize("mode", WRONG, ids=lambda m: "+".join(r for _, r in m))
def test_other_modes_are_refused(county, mode):
    b = with_settings(county)
    with pytest.raises(Rejected, match="assign to one sole unit, or one lead with joint units, or two or more sep"):
        b.step(accepted(b), "assign", OFFICE, **units(*mode))


def test_a_unit_is_assigned_once_and_somebody_must_be(county):
    b = with_settings(county)
    case = accepted(b)
    with pytest.raises(Rejected, match=f"already assigned in this round: {ROADS.unit}"):
        b.step(case, "assign", OFFICE, **units((ROADS, "lead"), (ROADS, "joint")))
    with pytest.raises(Rejected, match="units must be named"):
        b.step(case, "assign", OFFICE)
    with pytest.raises(Rejected, match="assigns no units"):
        b.step(case, "withdraw", WANG, note="x", **SOLE)


# -- returns


@pytest.mark.rule("ask_return.window")
def test_the_window_for_returns_closes_after_ten_working_days(county):
    b = with_settings(county)
    case, late = assigned(b), assigned(b)
    assert case.clock("return", unit=ROADS.unit).due(b.calendar) == D(2026, 2, 3)
    b.today = D(2026, 2, 3)
    refused(b, case, "ask_return", ROADS, "reasons must be given")
    asked = b.step(case, "ask_return", ROADS, note="不属我局")
    assert asked.assignments[0].state == "return_asked"
    assert asked.clock("return", unit=ROADS.unit).state == "stopped"
    b.today = D(2026, 2, 4)
    refused(b, late, "ask_return", ROADS, "the window for returns closed on 2026-02-03", note="不属我局")
    with pytest.raises(Invalid, match="ask_return is entered on its day"):
        b.step(late, "ask_return", ROADS, note="不属我局", on=D(2026, 2, 3))
    asked = b.step(asked, "keep_unit", OFFICE, unit=ROADS.unit, note="职责所在")
    refused(b, asked, "ask_return", ROADS, "the window for returns closed on 2026-02-03", note="再申请")


def test_an_undecided_return_is_refused_by_time(county):
    b = with_settings(county)
    case = assigned(b)
    b.today = D(2026, 2, 3)
    case = b.step(case, "ask_return", ROADS, note="不属我局")
    assert case.clock("return_decision", unit=ROADS.unit).due(b.calendar) == D(2026, 2, 24)
    b.today = D(2026, 2, 24)
    assert sweep(b).taken == ()
    b.today = D(2026, 2, 25)
    assert sweep(b).taken == (case.id,)
    case = b.case(case.id)
    assert (case.acts[-1].step, case.acts[-1].by) == ("keep_unit_by_time", "job:clocks")
    assert case.assignments[0].state == "assigned"
    assert case.clock("return_decision", unit=ROADS.unit).state == "stopped"
    before = case.version
    assert sweep(b).taken == ()
    assert b.case(case.id).version == before
    assert b.step(case, "reply", ROADS, **REPLY).states["main"] == "replied"


def test_where_time_decides_nothing_the_request_stays_open(county):
    b = with_settings(county, returns_refused_by_time=False)
    case = assigned(b)
    case = b.step(case, "ask_return", ROADS, note="不属我局")
    assert case.clock("return_decision", unit=ROADS.unit) is None
    b.today = D(2026, 3, 2)
    assert sweep(b) == jobs.Swept(taken=(), failed=(), last=None)
    assert [r.clock for r in b.ask(ledgers.overdue, OFFICE)] == ["reassignment", "contact"]


def test_a_new_unit_has_clocks_of_its_own_and_the_old_ones_stop(county):
    b = with_settings(county)
    case = assigned(b)
    b.today = D(2026, 1, 27)
    case = b.step(case, "ask_return", ROADS, note="不属我局")
    b.today = D(2026, 1, 29)
    case = b.step(case, "replace_unit", OFFICE, unit=ROADS.unit, **units((WATER, "sole")))
    assert [(a.unit, a.state, a.round) for a in case.assignments] == [
        (ROADS.unit, "released", 1),
        (WATER.unit, "assigned", 1),
    ]
    running = {(c.name, c.unit) for c in case.clocks if c.state == "running"}
    assert running == {("reply", WATER.unit), ("return", WATER.unit), ("contact", WATER.unit)}
    assert case.clock("reply", unit=WATER.unit).due(b.calendar) == D(2026, 4, 29)
    with pytest.raises(Rejected, match="unit is released, not assigned"):
        b.step(case, "reply", ROADS, **REPLY)
    assert b.step(case, "reply", WATER, **REPLY).states["main"] == "replied"


@pytest.mark.rule("replace_unit.modes")
def test_a_replacement_leaves_one_of_the_four_modes(county):
    b = with_settings(county)
    case = b.step(assigned(b), "ask_return", ROADS, note="不属我局")
    for mode in (((WATER, "joint"),), ((WATER, "sole"), (POWER, "sole")), ((WATER, "separate"),)):
        with pytest.raises(Rejected, match="assign to one sole unit"):
            b.step(case, "replace_unit", OFFICE, unit=ROADS.unit, **units(*mode))
    two = (WATER, "separate"), (POWER, "separate")
    assert b.step(case, "replace_unit", OFFICE, unit=ROADS.unit, **units(*two)).states["main"] == "assigned"
    case = b.step(assigned(b, (ROADS, "lead"), (WATER, "joint")), "ask_return", WATER, note="不属我局")
    case = b.step(case, "replace_unit", OFFICE, unit=WATER.unit, **units((POWER, "joint")))
    assert b.step(case, "reply", ROADS, **REPLY).states["main"] == "replied"


# -- longer time, receipt


@pytest.mark.rule("ask_more_time.consent")
def test_the_longer_class_counts_from_the_assignment(county):
    b = with_settings(county)
    case = assigned(b)
    b.today = D(2026, 4, 20)
    refused(b, case, "ask_more_time", ROADS, "this place needs no consent: take take_more_time", note="资金未到")
    case = b.step(case, "take_more_time", ROADS, note="资金未到")
    due = case.clock("reply", unit=ROADS.unit).explain(b.calendar)
    assert due.on == D(2026, 7, 20)
    assert due.lines[-1].startswith("2026-04-20 extend + 6 months from 2026-01-20")
    refused(b, case, "take_more_time", ROADS, "it has the longer class already", note="资金未到")


@pytest.mark.rule("take_more_time.once", "ask_more_time.once")
def test_longer_time_is_not_taken_late_nor_for_what_has_it(county):
    b = with_settings(county)
    case, hard = assigned(b), assigned(b, hard=True)
    b.today = D(2026, 4, 21)
    refused(b, case, "take_more_time", ROADS, "the reply was due on 2026-04-20", note="x")
    refused(b, hard, "take_more_time", ROADS, "it has the longer class already", note="x")
    answered = b.step(case, "reply", ROADS, **REPLY)
    with pytest.raises(Rejected, match="no reply is due from this unit"):
        b.step(answered, "take_more_time", ROADS, note="x")


@pytest.mark.rule("take_more_time.consent", "grant_more_time.asked", "refuse_more_time.asked")
def test_where_consent_is_asked_the_assigner_grants_it(county):
    b = with_settings(county, hard_needs_consent=True)
    case = assigned(b)
    said = "this place grants the longer class only on request: take ask_more_time"
    refused(b, case, "take_more_time", ROADS, said, note="资金未到")
    nothing = "no request of this unit is open"
    refused(b, case, "grant_more_time", OFFICE, "ask_more_time is missing", nothing, unit=ROADS.unit)
    b.today = D(2026, 3, 2)
    case = b.step(case, "ask_more_time", ROADS, note="资金未到")
    assert case.clock("reply", unit=ROADS.unit).due(b.calendar) == D(2026, 4, 20)
    refused(b, case, "grant_more_time", ROADS, f"{ROADS.id} may not grant_more_time")
    refused(b, case, "grant_more_time", OFFICE, nothing, unit=WATER.unit)
    case = b.step(case, "refuse_more_time", OFFICE, unit=ROADS.unit, note="先动工")
    assert case.clock("reply", unit=ROADS.unit).due(b.calendar) == D(2026, 4, 20)
    case = b.step(case, "ask_more_time", ROADS, note="已动工")
    case = b.step(case, "grant_more_time", OFFICE, unit=ROADS.unit)
    assert case.clock("reply", unit=ROADS.unit).due(b.calendar) == D(2026, 7, 20)
    refused(b, case, "ask_more_time", ROADS, "it has the longer class already", note="再申请")


@pytest.mark.rule("receive.once")
def test_where_receipt_counts_the_clocks_start_with_it(county):
    b = with_settings(county, counts_from="receipt", return_counts_from="receipt")
    case = assigned(b)
    assert {c.name for c in case.clocks} == {"contact"}
    b.today = D(2026, 1, 26)
    case = b.step(case, "receive", ROADS)
    assert case.clock("reply", unit=ROADS.unit).due(b.calendar) == D(2026, 4, 27)  # 04-26 is a Sunday
    assert case.clock("return", unit=ROADS.unit).due(b.calendar) == D(2026, 2, 9)
    refused(b, case, "receive", ROADS, "receipt was signed for already")
