import datetime as dt

import attrs
import pytest
from tests.core.suggesting import (
    CHEN,
    LI,
    OFFICE,
    PUBLIC,
    ROADS,
    SOLE,
    WANG,
    accepted,
    evaluated,
    listed,
    refused,
    replied,
)

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.services import ledgers
from renda_core.services import papers as gathering
from renda_plugins import five_inquiries, second_assignment, suggestion_handling
from renda_plugins.five_inquiries import MEANS, Assessment, Inquiry
from renda_plugins.five_inquiries.inquiry import inquiries

D = dt.date
FOUR = [name for name in MEANS if name != "recheck"]
BOTH_ROUNDS = ("five_inquiries", "second_assignment")
DEPUTY = Actor(id="li", roles={"deputy"})
CHAIR = Actor(id="tian", roles={"director"})


def ask(p, case, means, by, grade="", next_on=None, **rest):
    cls = Assessment if means == "assess_year" else Inquiry
    year = {"year": 2026} if means == "assess_year" else {}
    said = {"found": "half of it is done", "officials": ("Zhao",), "next_on": next_on, **year, **rest}
    grade = grade or ("basically" if means == "recheck" else "partly")
    return p.do(case, means, by, grade=grade, payload=cls(**said))


def late(p, case, name="follow_up"):
    return {c.late(p.calendar, p.today) for c in case.clocks if c.name == name}


class _Cases:
    """A desk that knows some cases."""

    def __init__(self, *cases):
        self._cases = cases

    async def cases(self, kind, step):
        return tuple(c for c in self._cases if c.kind == kind and c.took(step))


async def table(p, *cases):
    return await inquiries(p.contexts("five_inquiries"), _Cases(*cases))


@pytest.mark.parametrize("means", list(MEANS))
def test_each_of_the_five_is_a_step_with_outcome_and_next_date(place, office, means):
    p = place("five_inquiries")
    case = ask(p, p.evaluated("basically"), means, office, next_on=D(2026, 3, 1))
    act = case.acts[-1]
    assert (act.step, act.by, act.on, act.payload.next_on) == (means, "clerk", p.today, D(2026, 3, 1))
    grade = "basically" if means == "recheck" else "partly"
    assert (act.grade, case.states["recheck" if means == "recheck" else "inquiry"]) == (grade, grade)
    assert p.practice.procedure("suggestion").steps[means].title == MEANS[means]


def test_who_asks(place, office, lead, roads):
    p = place("five_inquiries")
    case = p.evaluated("basically")
    allowed = {"inquire": {CHAIR}, "follow_up": {CHAIR}, "meet_officials": {DEPUTY, lead}}
    for means in MEANS:
        for by in (office, CHAIR, DEPUTY, lead, roads, Actor(id="ma", roles={"government"})):
            if by is office or by in allowed.get(means, ()):
                assert ask(p, case, means, by).acts[-1].by == by.id
            else:
                with pytest.raises(Rejected, match=f"{by.id} may not {means}"):
                    ask(p, case, means, by)


@pytest.mark.parametrize("means", list(MEANS))
def test_nobody_of_the_unit_asks_whatever_else_they_are(place, office, means):
    p = place("five_inquiries")
    both = Actor(id="zhao", roles={"office", "director", "deputy"}, unit="roads")
    with pytest.raises(Rejected, match=f"zhao may not {means}"):
        ask(p, p.evaluated("basically"), means, both)


@pytest.mark.rule("inquire.date", "recheck.date", "follow_up.date", "meet_officials.date", "assess_year.date")
def test_a_next_date_lies_ahead_and_nothing_settled_has_one(place, office):
    p = place("five_inquiries")
    case = p.evaluated("basically")
    with pytest.raises(Rejected, match="2026-01-19 lies before this inquiry of 2026-01-20: name a later day, or none"):
        ask(p, case, "follow_up", office, next_on=D(2026, 1, 19))
    for means, grade in (("follow_up", "effective"), ("recheck", "satisfied")):
        with pytest.raises(Rejected, match="what is settled needs no next date"):
            ask(p, case, means, office, grade, next_on=D(2026, 3, 1))
    assert ask(p, case, "follow_up", office, next_on=p.today).clock("follow_up").due(p.calendar) == p.today
    assert ask(p, case, "follow_up", office).clock("follow_up") is None


@pytest.mark.rule("inquire.officials")
def test_what_was_found_is_said_and_a_special_inquiry_has_somebody_who_answers(place, office):
    p = place("five_inquiries")
    with pytest.raises(ValueError, match="found"):
        Inquiry(found="")
    for officials in ((), (" ",)):
        with pytest.raises(Rejected, match="name the officials who answered"):
            ask(p, p.assigned(), "inquire", office, officials=officials)
    assert ask(p, p.assigned(), "meet_officials", DEPUTY, officials=()).acts[-1].payload.officials == ()


def test_a_date_runs_until_it_is_asked_again_by_any_of_the_four(place, office):
    p = place("five_inquiries")
    case = ask(p, p.assigned(), "inquire", office, next_on=D(2026, 3, 1))  # a Sunday: the day that was named
    assert case.clock("follow_up").due(p.calendar) == D(2026, 3, 1)
    p.today = D(2026, 2, 10)
    case = ask(p, case, "meet_officials", DEPUTY, next_on=D(2026, 2, 20))  # earlier than the last one named
    assert case.clock("follow_up").due(p.calendar) == D(2026, 2, 20)
    p.today = D(2026, 2, 25)
    assert late(p, case) == {5}
    case = ask(p, case, "follow_up", office, next_on=D(2026, 4, 1))
    assert (case.clock("follow_up").due(p.calendar), late(p, case)) == (D(2026, 4, 1), {0})
    assert [t.do for t in case.clock("follow_up").ticks] == ["start", "restart", "restart"]
    done = ask(p, case, "assess_year", office, "effective")
    assert (done.clock("follow_up").state, done.states["inquiry"]) == ("stopped", "effective")
    again = ask(p, done, "inquire", office, next_on=D(2026, 5, 6))
    assert again.clock("follow_up").due(p.calendar) == D(2026, 5, 6)


def test_the_same_date_said_twice_is_one_date(place, office):
    p = place("five_inquiries")
    case = ask(p, p.assigned(), "inquire", office, next_on=D(2026, 3, 1))
    case = ask(p, case, "follow_up", office, next_on=D(2026, 3, 1))
    assert len(case.clock("follow_up").ticks) == 1


def test_a_second_assignment_leaves_one_date_not_two(place, office):
    p = place(*BOTH_ROUNDS)
    case = ask(p, p.evaluated("unsatisfied"), "follow_up", office, next_on=D(2026, 3, 1))
    case = p.do(case, "reassign", office, units=(("roads", "sole"),), note="the bridge still leaks")
    p.today = D(2026, 3, 4)
    assert late(p, case) == {3}
    case = ask(p, case, "follow_up", office, next_on=D(2026, 5, 6))
    assert [c.due(p.calendar) for c in case.clocks if c.name == "follow_up"] == [D(2026, 5, 6)]
    case = ask(p, case, "follow_up", office, "effective")
    assert [c.state for c in case.clocks if c.name == "follow_up"] == ["stopped"]
    case = ask(p, case, "follow_up", office, "ineffective", next_on=D(2026, 6, 1))
    running = [(c.round, c.due(p.calendar)) for c in case.clocks if c.name == "follow_up" and c.state == "running"]
    assert running == [(2, D(2026, 6, 1))]


def test_a_date_that_was_named_does_not_keep_a_case_open(place, office):
    p = place("five_inquiries")
    case = p.do(ask(p, p.evaluated("satisfied"), "follow_up", office, next_on=D(2027, 1, 4)), "close", office)
    assert case.clock("follow_up").state == "stopped"
    case = ask(p, case, "assess_year", office, "ineffective", next_on=D(2027, 2, 1))
    assert (case.states["main"], case.clock("follow_up").state) == ("closed", "stopped")


def test_only_an_evaluated_suggestion_is_checked_again_and_that_evaluation_stays(place, office):
    p = place(*BOTH_ROUNDS)
    for case, state in ((p.accepted(), "accepted"), (p.assigned(), "assigned"), (p.replied(p.assigned()), "replied")):
        with pytest.raises(Rejected, match=f"main is {state}"):
            ask(p, case, "recheck", office)
    case = ask(p, p.evaluated("satisfied"), "recheck", office, "unsatisfied")
    assert (case.states["satisfaction"], case.states["recheck"]) == ("satisfied", "unsatisfied")
    assert p.do(case, "close", office).states["main"] == "closed"  # a second assignment goes by the evaluation
    case = p.evaluated("unsatisfied")
    again = p.do(case, "reassign", office, units=(("roads", "sole"),), note="it still leaks")
    with pytest.raises(Rejected, match="main is assigned"):
        ask(p, again, "recheck", office)


@pytest.mark.parametrize("means", FOUR)
def test_nothing_is_asked_before_somebody_handles_it(place, office, lead, means):
    p = place("five_inquiries")
    gone = p.do(p.assigned(), "withdraw", lead, note="settled")
    merged = p.do(p.accepted(), "merge", office, links={"merged_into": ("lead",)})
    for case in (p.accepted(), gone, merged):
        with pytest.raises(Rejected, match=r"main is (accepted|withdrawn|merged)"):
            ask(p, case, means, office)


@pytest.mark.rule("assess_year.year")
def test_a_year_is_assessed_once_and_not_ahead(place, office):
    p = place("five_inquiries")
    p.today = D(2026, 12, 20)
    case = ask(p, attrs.evolve(p.assigned(), opened_on=D(2025, 11, 3)), "assess_year", office)
    with pytest.raises(Rejected, match="2026 was assessed on 2026-12-20"):
        ask(p, case, "assess_year", office, "effective")
    for year in (2024, 2027, 0):
        with pytest.raises(Rejected, match=f"the year is one from 2025 to 2026, not {year}"):
            ask(p, case, "assess_year", office, year=year)
    p.today = D(2027, 1, 15)  # for the year that is over
    case = ask(p, case, "assess_year", office, "effective", year=2025)
    assert ask(p, case, "assess_year", office, year=2027).states["inquiry"] == "partly"


@pytest.mark.rule("inquire.means", "recheck.means", "follow_up.means", "meet_officials.means", "assess_year.means")
def test_a_place_asks_by_its_own_means(place, office):
    p = place("five_inquiries", five_inquiries={"means": frozenset({"recheck", "follow_up"})})
    with pytest.raises(Rejected, match="does not ask by 专题询问; known: 满意度复核评议、跟踪督办"):
        ask(p, p.assigned(), "inquire", office)
    assert ask(p, p.assigned(), "follow_up", office).states["inquiry"] == "partly"


def test_the_unit_reads_no_check_and_cannot_tell_that_there_was_one(place, office, roads, lead):
    p = place("five_inquiries")
    before = ask(p, p.evaluated("satisfied"), "follow_up", office, next_on=D(2026, 3, 1))
    after = ask(p, before, "recheck", office, "unsatisfied", next_on=D(2026, 4, 1), found="it was said to please")
    two_hats = Actor(id="wang", roles={"deputy", "office", "director", "overseer"}, unit="roads")
    for reader in (roads, two_hats, DEPUTY):
        assert attrs.evolve(p.look(after, reader), version=0) == attrs.evolve(p.look(before, reader), version=0)
    for reader in (office, CHAIR, lead):
        assert p.look(after, reader).states["recheck"] == "unsatisfied"
    closed = p.do(after, "close", office)
    assert "please" not in str(p.look(closed, roads))


def test_after_close_the_unit_reads_it_only_where_the_place_says_so(place, office, roads):
    p = place("five_inquiries", five_inquiries={"unit_reads_after_close": True})
    case = ask(p, p.evaluated("satisfied"), "recheck", office, "unsatisfied", found="it was said to please")
    assert "please" not in str(p.look(case, roads))
    assert p.look(p.do(case, "close", office), roads).states["recheck"] == "unsatisfied"


def test_the_unit_reads_the_other_four(place, office, roads):
    p = place("five_inquiries")
    seen = p.look(ask(p, p.assigned(), "inquire", office, next_on=D(2026, 3, 1)), roads)
    assert (seen.states["inquiry"], seen.acts[-1]["next_on"]) == ("partly", D(2026, 3, 1))
    assert [(c.title, c.due) for c in seen.clocks if c.name == "follow_up"] == [("下次问效", D(2026, 3, 1))]


WENT = {"payload": {"found": "half is done", "officials": ["Zhao"]}, "grade": "partly"}


def asked(means="follow_up", grade="partly", next_on=None, **more):
    return (
        means,
        OFFICE,
        {"grade": grade, "payload": {"found": "seen", "officials": ["Zhao"], "next_on": next_on, **more}},
    )


def test_the_page_shows_every_inquiry_and_what_is_late(county):
    b = county(suggestion_handling, five_inquiries)
    assert b.page("inquiries").inquiries == ()
    one, two, never = (evaluated(b, "basically", title=title) for title in ("修桥", "路灯", "公园"))
    b.run(one, asked("inquire", next_on=D(2026, 2, 1)), asked("recheck", "unsatisfied", next_on=D(2026, 2, 2)))
    b.run(two, asked(next_on=D(2026, 2, 3)), asked("assess_year", "effective", year=2026))
    b.today = D(2026, 2, 5)
    b.step(one, "meet_officials", LI, **{**WENT, "payload": {"found": "dry now", "next_on": D(2026, 3, 1)}})
    told = b.page("inquiries")
    rows = [(r.title, r.means, r.outcome, r.on, r.next_on, r.late) for r in told.inquiries]
    began = D(2026, 1, 20)
    assert rows == [
        ("修桥", "专题询问", "部分见效", began, D(2026, 2, 1), 0),
        ("修桥", "满意度复核评议", "不满意", began, D(2026, 2, 2), 3),
        ("修桥", "代表约见与现场问效", "部分见效", D(2026, 2, 5), D(2026, 3, 1), 0),
        ("路灯", "跟踪督办", "部分见效", began, D(2026, 2, 3), 0),
        ("路灯", "年终考评", "已见效", began, None, 0),
    ]
    assert (told.cases, told.late, told.inquiries[0].number) == (2, 1, one.number)
    b.run(one, ("close", OFFICE))
    b.today = D(2026, 3, 4)
    assert [r.late for r in b.page("inquiries").inquiries] == [0, 30, 3, 0, 0]  # the close stops clocks, not promises
    assert b.case(never.id).states.get("inquiry") is None
    for reader in (ROADS, LI, PUBLIC, WANG):
        with pytest.raises(NotFound):
            b.page("inquiries", reader)


def test_who_withdrew_a_suggestion_is_late_with_nothing(county):
    b = county(suggestion_handling, five_inquiries)
    case = b.run(replied(b), asked(next_on=D(2026, 2, 1)), ("withdraw", WANG, {"note": "settled"}))
    b.today = D(2026, 6, 1)
    assert [(r.case, r.late) for r in b.page("inquiries").inquiries] == [(case.id, 0)]


def test_what_is_due_and_overdue_goes_by_the_date_that_was_named(county):
    b = county(suggestion_handling, five_inquiries)
    case = b.run(replied(b), asked(next_on=D(2026, 2, 8)))  # a Sunday
    b.today = D(2026, 2, 11)
    rows = [(r.clock, r.due_on) for r in b.ask(ledgers.overdue, OFFICE) if r.clock == "follow_up"]
    assert rows == [("follow_up", D(2026, 2, 8))]
    b.run(case, asked(grade="effective"))
    assert [r for r in b.ask(ledgers.overdue, OFFICE) if r.clock == "follow_up"] == []


def test_no_way_out_tells_the_unit_of_a_check(county):
    b = county(suggestion_handling, five_inquiries)
    case = evaluated(b, "satisfied")
    two_hats = Actor(id=CHEN.id, roles={"deputy", "office"}, unit=ROADS.unit)
    before = {r.id: b.see(case, r) for r in (ROADS, two_hats, LI)}
    said = {"found": "it was said to please", "next_on": D(2026, 2, 1)}
    b.step(case, "recheck", OFFICE, grade="unsatisfied", payload=said)
    b.today = D(2026, 3, 1)
    for reader in (ROADS, two_hats, LI):
        seen = b.see(case, reader)
        assert (seen.states, seen.acts) == (before[reader.id].states, before[reader.id].acts)
        assert {c.name for c in seen.clocks} == {c.name for c in before[reader.id].clocks}
        paper = str(b.ask(gathering.case_paper, reader, case.id))
        assert not any(word in paper for word in ("please", "复核", "recheck"))
        with pytest.raises(Invalid, match=r"recheck|whole"):
            listed(b, reader, facet="recheck", state="unsatisfied")
        assert [r.clock for r in b.ask(ledgers.overdue, reader) if r.clock == "follow_up"] == []
    refused(b, case, "recheck", ROADS, f"{ROADS.id} may not recheck", grade="satisfied", payload=said)
    assert "不满意" in str(b.ask(gathering.case_paper, OFFICE, case.id))
    assert listed(b, OFFICE, facet="recheck", state="unsatisfied") == [case.id]
    assert b.see(case, WANG).states["recheck"] == "unsatisfied"
    assert b.verify().whole


def test_a_tired_clerk_is_told_what_is_missing(county):
    b = county(suggestion_handling, five_inquiries, second_assignment)
    case = evaluated(b, "satisfied")
    for payload in ({}, {"found": ""}, {"found": "x", "next_on": "soon"}, {"found": "x", "officials": "Zhao"}):
        with pytest.raises(Invalid):
            b.step(case, "follow_up", OFFICE, grade="partly", payload=payload)
    refused(
        b,
        case,
        "follow_up",
        OFFICE,
        "grade must be one of ['effective', 'partly', 'ineffective']",
        payload={"found": "x"},
    )
    with pytest.raises(Invalid):
        b.step(case, "assess_year", OFFICE, grade="partly", payload={"found": "x"})
    assert b.run(case, asked(next_on=D(2026, 2, 1)), ("close", OFFICE)).clock("follow_up").state == "stopped"


def test_a_merged_one_is_asked_about_once_its_lead_is_answered(county):
    b = county(suggestion_handling, five_inquiries)
    lead, other = accepted(b), accepted(b, LI)
    b.step(other, "merge", OFFICE, links={"merged_into": (lead.id,)})
    b.run(lead, ("assign", OFFICE, SOLE))
    b.run(lead, ("reply", ROADS, {"payload": {"document": "1", "reply_class": "A", "signed_by": "Z"}}))
    assert b.run(other, asked()).states["inquiry"] == "partly"
