"""群众意见 in time: what is due when, whom the platform asks, and what a voter's word does."""

import datetime as dt

import pytest
from tests.plugins.opinions import (
    CHAIR,
    CLOCK,
    FOLLOWER,
    OFFICE,
    ROADS,
    STATION,
    VOTER,
    WANG,
    all_told,
    answered,
    becoming,
    closed,
    deputy,
    heard,
    on,
    running,
    sorted_to,
    told,
    voice,
)

from renda_core.domain.calendar import Period
from renda_core.domain.case import Act
from renda_core.domain.decide import decide, override
from renda_core.errors import Rejected
from renda_plugins.reception.settings import Settings

D = dt.date
ASKED, OVER = D(2026, 1, 23), D(2026, 2, 9)
"""Three days after; fifteen days after the asking is a Saturday, so the Monday after it."""


@pytest.fixture
def p(place):
    """A county that receives voters, on 20 January 2026."""
    return place("reception")


def due(p, case, clock):
    return case.clock(clock).due(p.calendar)


def asked(p, case=None):
    """Ask the voter on the day after the clock ran out."""
    return on(p, D(2026, 1, 24)).do(case or closed(p), "ask_voter", CLOCK)


# -- what is due


@pytest.mark.rule("handle", "tell", "close", "suggestion")
def test_one_deadline_follows_another_until_it_is_told_back_and_closed(p):
    case = heard(p)
    assert (running(case), due(p, case, "handle")) == ({"handle"}, D(2026, 2, 20))
    case = answered(p, case=case)
    assert (running(case), due(p, case, "tell")) == ({"tell"}, D(2026, 1, 27))
    case = p.do(case, "tell_deputy", STATION, **deputy())
    assert running(case) == {"tell"}
    case = p.do(case, "tell_voter", STATION, **told())
    assert (running(case), due(p, case, "close")) == ({"close", "ask"}, D(2026, 1, 27))
    assert running(p.do(case, "close", STATION)) == {"ask"}
    case = p.do(sorted_to(p, "suggestion"), "become", WANG, **becoming())
    assert (running(case), due(p, case, "suggestion")) == ({"suggestion"}, D(2026, 7, 20))
    assert running(p.do(case, "suggestion_replied", FOLLOWER, note="s1")) == {"tell"}


def test_where_nobody_must_be_told_only_the_close_is_due(place):
    q = place("reception", reception={"feedback": frozenset()})
    assert running(answered(q)) == {"close"}


def test_a_state_that_was_set_by_hand_has_its_deadline_too(p):
    procedure, act = p.practice.procedure("opinion"), Act(step="override", by="chair", on=p.today, note="误办结")

    def forced(case, state):
        return override(procedure, case, act, CHAIR, "main", state, p.contexts)

    case = closed(p)
    assert running(forced(case, "registered")) == {"handle"}
    assert running(forced(case, "sorted")) == {"handle"}
    assert running(forced(case, "answered")) == {"close", "ask"}
    assert running(forced(answered(p), "sorted")) == {"handle"}


# -- whom the platform asks


@pytest.mark.rule("ask", "remind", "rating")
def test_a_voter_is_asked_once_reminded_once_and_left_in_peace(p):
    case = closed(p)
    assert due(p, case, "ask") == ASKED
    case = asked(p, case)
    assert running(case) == {"remind", "rating"}
    assert due(p, case, "rating") == OVER
    with pytest.raises(Rejected, match="rating is asked"):
        on(p, D(2026, 1, 24)).do(case, "ask_voter", CLOCK)
    case = on(p, D(2026, 2, 3)).do(case, "remind_voter", CLOCK)
    assert running(case) == {"rating"}
    with pytest.raises(Rejected, match="rating is reminded"):
        on(p, D(2026, 2, 4)).do(case, "remind_voter", CLOCK)
    case = on(p, D(2026, 2, 10)).do(case, "no_rating", CLOCK)
    assert (case.states["rating"], running(case)) == ("unanswered", set())


def test_who_judges_before_being_asked_is_not_asked(p):
    case = p.do(closed(p), "rate", VOTER, grade="solved")
    assert (case.states["rating"], running(case)) == ("solved", set())


def test_nobody_is_asked_before_all_were_told_nor_twice_for_a_late_voice(p):
    case = voice(p, heard(p), phone="19900000001")
    case = p.do(answered(p, case=case), "tell_voter", STATION, **told(voice=0))
    assert "ask" not in running(case)
    case = p.do(p.do(case, "tell_voter", STATION, **told(voice=1)), "tell_deputy", STATION, **deputy())
    case = voice(on(p, D(2026, 1, 24)), asked(p, case), phone="19900000002")
    case = on(p, D(2026, 1, 25)).do(case, "tell_voter", STATION, **told(voice=2))
    assert "ask" not in running(case)


def test_nobody_is_asked_about_last_year_nor_where_the_place_does_not_ask(p, place):
    later = on(p, D(2026, 6, 1))
    case = answered(p)
    act = Act(step="tell_voter", by="clerk", on=D(2026, 1, 21), payload=told()["payload"])
    late = decide(
        p.practice.procedure("opinion"), case, act, OFFICE, later.contexts
    )  # an old register, entered in June
    assert "ask" not in running(late)
    q = place("reception", reception={"asks_voters": False})
    assert running(closed(q)) == set()
    assert q.do(closed(q), "rate", VOTER, grade="solved").states["rating"] == "solved"


@pytest.mark.parametrize(
    "given",
    [{"rating_window": Period(7)}, {"ask_after": Period(0)}, {"tell_within": Period(-1)}, {"handle_within": Period(0)}],
)
def test_deadlines_that_make_no_sense_are_refused(given):
    with pytest.raises(ValueError, match="must"):
        Settings(**given)


# -- what a voter's word does


@pytest.mark.rule("rate.once", "dispute.once")
def test_nobody_judges_an_answer_before_it_was_told(p):
    for step, rest in (("rate", {"grade": "solved"}), ("dispute", {"note": "灯还是不亮"})):
        with pytest.raises(Rejected, match="has not been told to the voter"):
            p.do(answered(p), step, VOTER, **rest)
        with pytest.raises(Rejected, match="refused"):
            p.do(heard(p), step, VOTER, **rest)


@pytest.mark.rule("rate.once", "dispute.once", "rate.main")
def test_one_word_a_round(p):
    case = p.do(closed(p), "rate", VOTER, grade="basically")
    for step, rest in (("rate", {"grade": "solved"}), ("dispute", {"note": "灯还是不亮"})):
        with pytest.raises(Rejected, match="judged already"):
            p.do(case, step, VOTER, **rest)


@pytest.mark.rule("rate.once", "dispute.once")
def test_the_window_is_open_to_its_last_day_and_not_after_it(p):
    case = closed(p)
    for step, rest in (("rate", {"grade": "solved"}), ("dispute", {"note": "灯还是不亮"})):
        with pytest.raises(Rejected, match=f"was over on {D(2026, 2, 7)}"):
            on(p, D(2026, 2, 8)).do(case, step, VOTER, **rest)  # nobody swept, so nobody was asked
        on(p, OVER).do(asked(p, case), step, VOTER, **rest)
        with pytest.raises(Rejected, match=f"was over on {OVER}"):
            on(p, D(2026, 2, 10)).do(asked(p, case), step, VOTER, **rest)


def test_nobody_but_a_voter_judges(p):
    case = closed(p)
    for who in (OFFICE, STATION, WANG, CHAIR, ROADS, CLOCK, FOLLOWER):
        for step, rest in (("rate", {"grade": "solved"}), ("dispute", {"note": "灯还是不亮"})):
            with pytest.raises(Rejected, match=f"may not {step}"):
                p.do(case, step, who, **rest)
    for who in (OFFICE, VOTER):
        with pytest.raises(Rejected, match="may not ask_voter"):
            p.do(case, "ask_voter", who)


@pytest.mark.parametrize("note", ["", "  "])
def test_not_solved_needs_a_word_why(p, note):
    with pytest.raises(Rejected, match="reasons must be given"):
        p.do(closed(p), "dispute", VOTER, note=note.strip())


@pytest.mark.parametrize("end", [all_told, closed])
def test_not_solved_opens_a_round_in_which_everybody_is_told_again(p, end):
    case = p.do(sorted_to(p, "county"), "assign", OFFICE, units=(("roads", "sole"),))
    case = p.do(case, "unit_reply", ROADS, note="灯已换")
    case = p.do(end(p, case), "dispute", VOTER, note="灯还是不亮")
    assert (case.round, case.states["main"], case.states["rating"]) == (2, "sorted", "not_solved")
    assert running(case) == {"handle"}
    assert not case.current()
    both = (("roads", "sole"), ("bureau", "joint"))  # the handler and its superior
    case = p.do(case, "assign", FOLLOWER, units=both)
    case = p.do(p.do(case, "unit_reply", ROADS, note="又换了"), "unit_reply", OFFICE, unit="bureau", note="已督办")
    assert case.states["main"] == "answered"
    with pytest.raises(Rejected) as refused:
        p.do(case, "close", OFFICE)
    assert len(refused.value.objections) == 2  # what was told in the first round is not what came of it
    case = closed(p, case)
    assert running(case) == {"ask"}
    case = asked(p, case)
    assert case.states["rating"] == "asked"
    assert on(p, D(2026, 1, 25)).do(case, "rate", VOTER, grade="solved").states["rating"] == "solved"
    assert on(p, D(2026, 1, 25)).do(case, "dispute", VOTER, note="没有修好").round == 3


def test_a_dispute_tells_its_reason_to_the_unit_and_the_judgement_to_nobody_but_overseers(p):
    case = p.do(sorted_to(p, "county"), "assign", OFFICE, units=(("roads", "sole"),))
    case = asked(p, closed(p, p.do(case, "unit_reply", ROADS, note="灯已换")))
    rated = on(p, D(2026, 1, 25)).do(case, "rate", VOTER, grade="basically")
    again = on(p, D(2026, 1, 25)).do(case, "dispute", VOTER, note="灯还是不亮")
    for reader in (ROADS, STATION, WANG):
        seen = p.look(rated, reader)
        assert "rating" not in seen.states
        assert {a["step"] for a in seen.acts}.isdisjoint({"ask_voter", "rate", "remind_voter", "no_rating"})
        assert {c.name for c in seen.clocks}.isdisjoint({"ask", "remind", "rating"})
        assert "灯还是不亮" in str(p.look(again, reader).acts)
    for reader in (OFFICE, CHAIR):
        assert p.look(rated, reader).states["rating"] == "basically"


def test_an_overseer_who_reopens_it_stops_the_asking(p):
    act = Act(step="override", by="chair", on=p.today, note="误办结")
    procedure = p.practice.procedure("opinion")
    case = override(procedure, closed(p), act, CHAIR, "main", "sorted", p.contexts)
    assert running(case) == {"handle"}
    assert case.states["main"] == "sorted"
