"""What ``renda_core.testing`` gives the authors of practices, used as they use it."""

from __future__ import annotations

import datetime as dt

import pytest

from renda_core.domain.calendar import Calendar, Period
from renda_core.domain.suggestion import Suggestion
from renda_core.errors import Rejected
from renda_core.testing import DAY, act, case, context, uid
from renda_plugins import second_assignment, suggestion_handling

EVALUATED = act("evaluate", grade="unsatisfied")


def opened(county):
    clerk = county.actor("clerk", "office")
    return county.open("suggestion", clerk, Suggestion(text="修桥"), title="修桥"), clerk


def test_a_rule_is_a_plain_function_of_context_case_and_act():
    told = case("suggestion", "propose", EVALUATED, states={"main": "evaluated"})
    assert list(second_assignment.refuse_close(context(second_assignment), told, act("close")))
    none = context(second_assignment, redo=frozenset())
    assert not list(second_assignment.refuse_close(none, told, act("close")))


def test_a_context_knows_day_calendar_and_settings():
    calendar = Calendar(holidays={DAY})
    told = context(second_assignment, today=dt.date(2026, 3, 1), calendar=calendar, redo_period=Period(2, "month"))
    assert (told.today, told.calendar) == (dt.date(2026, 3, 1), calendar)
    assert told.settings.redo_period == Period(2, "month")
    assert context(object()).settings is None
    with pytest.raises(TypeError, match="no_such"):
        context(second_assignment, no_such=1)


def test_a_case_is_what_was_said_of_it():
    plain = case("suggestion")
    assert (plain.kind, plain.title, plain.opened_on, plain.acts) == ("suggestion", "suggestion", DAY, ())
    told = case("suggestion", act("propose", on=dt.date(2025, 1, 2), by="wang"), "submit", title="修桥", round=2)
    assert (told.opened_on, told.title, told.round) == (dt.date(2025, 1, 2), "修桥", 2)
    assert [(a.step, a.by) for a in told.acts] == [("propose", uid("wang")), ("submit", uid("somebody"))]


def test_the_clock_moves_on_by_days_and_months(bench):
    county = bench(suggestion_handling, today=dt.date(2026, 1, 31))
    assert county.later(months=1) == county.tenant.today == dt.date(2026, 2, 28)
    assert county.later(days=2, months=1) == dt.date(2026, 3, 30)
    county.today = DAY
    assert county.tenant.today == DAY


def test_the_journal_says_who_did_what_by_which_rule(bench):
    county = bench(suggestion_handling)
    told, clerk = opened(county)
    entry = county.stands(told, "propose", by=clerk, rule="suggestion_handling.propose")
    assert entry == county.entries()[-1]
    assert (entry["actor"], entry["what"], entry["on"]) == (clerk.id, "suggestion.propose", told.id)


@pytest.mark.parametrize(
    "wrong", [{"step": "submit"}, {"by": "somebody else"}, {"rule": "another.propose"}], ids=lambda w: next(iter(w))
)
def test_what_does_not_stand_there_is_missed(bench, wrong):
    county = bench(suggestion_handling)
    told, clerk = opened(county)
    given = {"step": "propose", "by": clerk, **wrong}
    if wrong.get("by"):
        given["by"] = county.actor(wrong["by"])
    with pytest.raises(AssertionError, match="the journal has"):
        county.stands(told, given.pop("step"), **given)


def test_a_journal_that_somebody_touched_is_no_proof(bench):
    county = bench(suggestion_handling)
    told, _ = opened(county)

    async def lie(unit, tenant):
        await unit._link.change("UPDATE journal SET entry = replace(entry, 'version', 'vision') WHERE seq = 1", ())
        unit.record("test.lie", on=unit.tenant, version=0, rule="test")

    county.do(lie, county.actor("liar", "office"))
    with pytest.raises(AssertionError, match="entry 1 of the journal does not fit"):
        county.stands(told, "propose")


def test_a_unit_of_work_is_open_for_whatever_is_done_in_it(bench):
    county = bench(suggestion_handling)
    clerk = county.actor("clerk", "office")

    async def work(unit, tenant, word):
        unit.record("test.worked", on=unit.tenant, version=0, rule="test", word=word, today=tenant.today.isoformat())
        return unit.actor

    assert county.do(work, clerk, "here") == clerk
    assert county.entries()[-1]["body"] == {"word": "here", "today": DAY.isoformat()}

    async def fails(unit, tenant):
        unit.record("test.failed", on=unit.tenant, version=0, rule="test")
        raise Rejected("no", "not this time")

    before = county.entries()
    with pytest.raises(Rejected):
        county.do(fails, clerk)
    assert county.entries() == before


@pytest.mark.rule("anything")
def test_the_mark_for_rules_is_known_to_pytest(pytestconfig):
    assert any(line.startswith("rule(") for line in pytestconfig.getini("markers"))
