import datetime as dt

import pytest
from tests.core.suggesting import OFFICE as CLERK
from tests.core.suggesting import REPLY, evaluated_many
from tests.core.suggesting import ROADS as HEAD

from renda_core.domain.calendar import Period
from renda_core.domain.case import Actor
from renda_core.errors import NotFound, Rejected
from renda_core.services import ledgers
from renda_plugins.second_assignment import Settings

D = dt.date
SOLE = {"units": (("roads", "sole"),), "note": "the bridge still leaks"}
BOTH = {"redo": frozenset({"unsatisfied", "basically"})}


def again(p, case, office, **rest):
    return p.do(case, "reassign", office, **{**SOLE, **rest})


@pytest.mark.parametrize(("settings", "expected"), [(BOTH, 32), ({}, 4)])
def test_four_and_twenty_eight_make_32_or_4(place, office, settings, expected):
    p = place("second_assignment", second_assignment=settings)
    rounds = []
    for grade in ("unsatisfied",) * 4 + ("basically",) * 28 + ("satisfied",) * 117:
        case = p.evaluated(grade)
        try:
            case = p.do(case, "close", office)
        except Rejected:
            case = again(p, case, office)
        rounds.append(case.round)
    assert (rounds.count(2), rounds.count(1)) == (expected, 149 - expected)


@pytest.mark.rule("close.second_round", "reassign.only_redo")
def test_a_round_is_opened_or_the_case_closed_never_both(place, office):
    p = place("second_assignment")
    with pytest.raises(Rejected, match="does not ask for a second assignment"):
        again(p, p.evaluated("basically"), office)
    with pytest.raises(Rejected, match="asks for a second assignment"):
        p.do(p.evaluated("unsatisfied"), "close", office)
    with pytest.raises(Rejected, match="reasons must be given"):
        again(p, p.evaluated("unsatisfied"), office, note="")
    with pytest.raises(Rejected, match="one lead with joint units"):
        again(p, p.evaluated("unsatisfied"), office, units=(("roads", "lead"),))


def test_both_evaluations_stay_and_the_last_round_closes_whatever_the_grade(place, office):
    p = place("second_assignment", second_assignment=BOTH)
    case = p.evaluated("basically", again(p, p.evaluated("unsatisfied"), office))
    assert [(a.round, a.grade) for a in case.took("evaluate")] == [(1, "unsatisfied"), (2, "basically")]
    with pytest.raises(Rejected, match="does not ask"):
        again(p, case, office)
    assert p.do(case, "close", office).states["main"] == "closed"


def test_three_rounds_where_the_place_has_three(place, office):
    p = place("second_assignment", second_assignment={"rounds": 3})
    case = p.evaluated("unsatisfied", again(p, p.evaluated("unsatisfied"), office))
    assert again(p, case, office).round == 3


def test_redo_runs_for_each_answering_unit_and_the_reply_clock_stays_stopped(place, office, water):
    p = place("second_assignment")
    case = p.evaluated("unsatisfied")
    p.today = D(2026, 6, 1)
    case = again(p, case, office, units=(("roads", "lead"), ("water", "joint")))
    assert case.clock("redo", unit="roads").due(p.calendar) == D(2026, 7, 1)
    assert case.clock("redo", unit="water") is None
    assert case.clock("reply", unit="roads") is None
    assert case.clock("reply", unit="roads", round=1).state == "stopped"
    case = p.replied(case)
    assert case.clock("redo", unit="roads").state == "stopped"


@pytest.mark.parametrize(("period", "due"), [(Period(2, "month"), D(2026, 8, 3)), (Period(0, "month"), None)])
def test_another_period_or_none(place, office, period, due):
    p = place("second_assignment", second_assignment={"redo_period": period})
    p.today = D(2026, 6, 1)
    clock = again(p, p.evaluated("unsatisfied"), office).clock("redo", unit="roads")
    assert (clock.due(p.calendar) if clock else None) == due


def test_a_unit_that_takes_over_in_the_second_round_gets_the_redo_clock(place, office, roads):
    p = place("second_assignment")
    case = again(p, p.evaluated("unsatisfied"), office)
    case = p.do(case, "ask_return", roads, note="not ours any more")
    case = p.do(case, "replace_unit", office, unit="roads", units=(("water", "sole"),))
    assert case.clock("redo", unit="roads").state == "stopped"
    assert case.clock("redo", unit="water").state == "running"


def test_a_unit_that_takes_over_in_the_first_round_has_no_redo_clock(place, office, roads):
    p = place("second_assignment")
    case = p.do(p.assigned(), "ask_return", roads, note="not ours")
    case = p.do(case, "replace_unit", office, unit="roads", units=(("water", "sole"),))
    assert (case.clock("redo", unit="water"), case.clock("reply", unit="water").state) == (None, "running")


def test_the_unit_reads_the_reason_and_never_the_grade(place, office, lead, roads):
    p = place("second_assignment")
    both = Actor(id="both", roles={"office"}, unit="roads")
    case = again(p, p.evaluated("unsatisfied"), office)
    for reader in (roads, both):
        seen = str(p.look(case, reader))
        assert "still leaks" in seen
        assert "unsatisfied" not in seen
    assert "unsatisfied" in str(p.look(case, lead))
    case = p.replied(case)
    with pytest.raises(Rejected, match="zhao may not evaluate"):
        p.do(case, "evaluate", roads, grade="satisfied")
    with pytest.raises(Rejected, match="both may not evaluate"):
        p.do(case, "evaluate", both, grade="satisfied")


def test_where_the_office_decides_it_says_so_before_the_close(place, office, roads):
    p = place("second_assignment", second_assignment={"decided_by": "office"})
    case = p.evaluated("unsatisfied")
    with pytest.raises(Rejected, match="decide on a second assignment first"):
        p.do(case, "close", office)
    assert again(p, case, office).round == 2
    settled = p.do(case, "settle_without_redo", office, note="nothing more can be done this year")
    assert "nothing more" not in str(p.look(settled, roads))
    with pytest.raises(Rejected, match="settled without"):
        again(p, settled, office)
    with pytest.raises(Rejected, match="no second assignment is to be decided"):
        p.do(settled, "settle_without_redo", office, note="once more")
    assert p.do(settled, "close", office).states["main"] == "closed"


@pytest.mark.rule("settle_without_redo.office_decides")
def test_where_the_evaluation_decides_the_office_cannot_wave_it_off(place, office):
    p = place("second_assignment")
    with pytest.raises(Rejected, match="the evaluation alone decides"):
        p.do(p.evaluated("unsatisfied"), "settle_without_redo", office, note="never mind")


def test_no_rounds_at_all_is_a_mistake():
    with pytest.raises(ValueError, match="rounds"):
        Settings(rounds=0)


def test_4_and_28_stand_in_the_list_of_32_with_what_came_of_them(county):
    b = county({"suggestion_handling": {}, "second_assignment": {"redo": ["unsatisfied", "basically"]}})
    evaluated_many(b, unsatisfied=4, basically=28, satisfied=2)
    waiting = b.ask(ledgers.ledger, CLERK, ledgers.Ask(kind="suggestion", state="evaluated", size=50))
    cases = [b.case(row.id) for row in waiting]
    again_due = [c for c in cases if c.states["satisfaction"] != "satisfied"]
    for case in again_due:
        b.step(case, "reassign", CLERK, units=((HEAD.unit, "sole"),), note="桥仍漏水")
    b.run(again_due[0], ("reply", HEAD, REPLY), ("evaluate", CLERK, {"grade": "satisfied", "payload": {}}))
    page = b.page("second_assignments")
    assert (page.total, page.before, page.after) == (32, {"基本满意": 28, "不满意": 4}, {"满意": 1})
    assert {(i.reason, i.on, i.due) for i in page.items} == {("桥仍漏水", D(2026, 1, 20), D(2026, 2, 24))}
    for reader in (HEAD, b.actor("x", "deputy"), b.actor("tian", "government"), b.actor("nobody")):
        with pytest.raises(NotFound):
            b.page("second_assignments", reader)
    both = Actor(id=CLERK.id, roles={"office"}, unit=HEAD.unit)
    assert (b.page("second_assignments", both).before, b.page("second_assignments", both).after) == ({}, {})


def test_what_a_unit_owed_in_the_first_round_ends_with_it(place, office):
    p = place("second_assignment")
    both = {"units": (("roads", "lead"), ("water", "joint"))}
    case = p.do(p.accepted(), "assign", Actor(id="clerk", roles="assigner"), **both)
    case = p.evaluated("unsatisfied", case)
    assert case.clock("opinion", unit="water").state == "running"
    case = p.do(case, "reassign", office, units=(("roads", "sole"),), note="the bridge still leaks")
    assert case.clock("opinion", unit="water", round=1).state == "stopped"
    assert {c.round for c in case.clocks if c.unit and c.state == "running"} == {2}
