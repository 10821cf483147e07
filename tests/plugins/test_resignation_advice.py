"""One case of advice from what was found to its end: told, heard, decided, answered; and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.plugins.conftest import Place

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Period
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotFound, Rejected
from renda_plugins import resignation_advice
from renda_plugins.resignation_advice.law import OUTCOMES, REASONS, articles
from renda_plugins.resignation_advice.matter import Decision, Examination, LegalAct, Matter, Talk, Told, Words

D = dt.date
NAME = "resignation_advice"
WATCH = Actor(id="job:watch", roles={"watch"})
OFFICE = Actor(id="clerk", roles={"office"})
COMMITTEE = Actor(id="zhang", roles={"credentials"})
CHAIR = Actor(id="chair", roles={"overseer"})
WANG = Actor(id="wang", roles={"deputy"})
LI = Actor(id="li", roles={"deputy"})
TODAY = D(2026, 3, 2)
TOLD = {"payload": Told(how="letter")}
TALKED = {"payload": Talk(held_by="何主任", said="说明了一年的履职情况")}
SAID = {"payload": Words(text="因病住院")}


@pytest.fixture
def county():
    catalogue = Catalogue.collect({NAME: resignation_advice})

    def build(**settings):
        made = {NAME: catalogue.settings[NAME](**settings)}
        return Place(catalogue.practice(frozenset({NAME})), made, today=TODAY)

    return build


def found(p, reason, level="county"):
    body = Matter(reason=reason, facts="2025 年度 59 分", articles=articles(reason, level), level=level, mandate="m")
    return p.open("advice", WATCH, body, parties={"subject": ("wang",)})


def decision(body="chairpersons"):
    return Decision(body=body, document="主任会议第 12 次会议")


def decide(p, case, outcome, by=OFFICE, body="chairpersons"):
    return p.do(case, "decide", by, payload=decision(body), grade=outcome, note="经研究")


def heard(p, reason, level="county"):
    """A case whose deputy was talked with and has said something."""
    case = p.do(found(p, reason, level), "talk", OFFICE, **TALKED)
    return p.do(case, "answer", WANG, **SAID)


def due(p, case, name):
    clock = case.clock(name)
    return clock.due(p.calendar) if clock and clock.state == "running" else None


# -- who finds it


def test_only_the_office_the_credentials_committee_the_overseer_and_the_deputy_find_it(county):
    p = county()
    case = found(p, "absence_task")
    for reader in (OFFICE, COMMITTEE, CHAIR, WANG):
        assert p.look(case, reader).body["facts"] == "2025 年度 59 分"
    others = ("deputy", "member", "committee", "presidium", "director", "station", "inspector", "public", "government")
    for role in others:
        with pytest.raises(NotFound):
            p.look(case, Actor(id="somebody", roles={role}))
    with pytest.raises(NotFound):
        p.look(case, LI)


def test_nobody_opens_one_by_hand_and_nobody_works_on_their_own(county):
    p = county()
    body = Matter(reason="poor_year", facts="x")
    for actor in (OFFICE, COMMITTEE, CHAIR, WANG):
        with pytest.raises(Rejected, match="may not find"):
            p.open("advice", actor, body, parties={"subject": ("li",)})
    case = found(p, "absence_task")
    both = Actor(id="wang", roles={"office", "credentials", "deputy"})
    for step, rest in (("notify", TOLD), ("talk", TALKED), ("close", {"note": "x"}), ("lapse", {"note": "x"})):
        with pytest.raises(Rejected, match=f"may not {step}"):
            p.do(case, step, both, **rest)
    assert p.do(case, "answer", both, **SAID)


def test_a_deputy_says_it_for_themself_and_the_office_enters_it_from_paper(county):
    p = county()
    case = found(p, "poor_year")
    with pytest.raises(Rejected, match="may not answer"):
        p.do(case, "answer", LI, **SAID)
    assert p.do(case, "answer", WANG, **SAID).acts[-1].payload.text == "因病住院"
    assert p.do(case, "answer", OFFICE, **SAID)
    with pytest.raises(Invalid, match="say something"):
        Words(text=" ")


# -- reminders


def test_a_reminder_is_given_and_closed_without_a_decision(county):
    p = county()
    case = found(p, "absence_notice")
    assert due(p, case, "talk") == D(2026, 4, 1)
    with pytest.raises(Rejected, match="nothing is decided yet"):
        p.do(case, "close", OFFICE, note="x")
    case = p.do(case, "notify", OFFICE, **TOLD)
    assert due(p, case, "talk") is None
    assert due(p, case, "answer") == D(2026, 3, 17)
    case = p.do(case, "close", OFFICE, note="已提醒本人")
    assert case.states["main"] == "closed"
    assert all(c.state == "stopped" for c in case.clocks)


@pytest.mark.rule("close.settled")
def test_what_is_more_than_a_reminder_is_closed_by_a_decision(county):
    p = county()
    case = p.do(found(p, "poor_year"), "notify", OFFICE, **TOLD)
    assert due(p, case, "talk") == D(2026, 4, 1)  # a poor year asks for a talk, and a letter is none
    with pytest.raises(Rejected, match="nothing is decided yet"):
        p.do(case, "close", OFFICE, note="x")
    case = decide(p, p.do(case, "answer", WANG, **SAID), "no_further_action")
    assert p.do(case, "close", OFFICE, note="x").states["main"] == "closed"


# -- decisions


@pytest.mark.rule("decide.heard")
def test_nobody_is_decided_upon_unheard(county):
    p = county()
    case = p.do(found(p, "poor_year"), "talk", OFFICE, **TALKED)
    with pytest.raises(Rejected, match="said nothing yet; the time to answer ends on 2026-03-17"):
        decide(p, case, "no_further_action")
    p.today = D(2026, 3, 17)
    with pytest.raises(Rejected, match="said nothing yet"):
        decide(p, case, "no_further_action")
    p.today = D(2026, 3, 18)
    assert decide(p, case, "no_further_action").states["outcome"] == "no_further_action"
    with pytest.raises(Rejected, match="main is found, not told"):
        decide(p, found(p, "poor_year"), "no_further_action")


FITTING = {
    "absence_notice": {"no_further_action", "observe"},
    "absence_task": {"no_further_action", "observe", "refer_credentials"},
    "poor_year": {"no_further_action", "observe"},
    "poor_years": {"no_further_action", "observe", "advise_resign", "propose_recall"},
}


@pytest.mark.rule("decide.fits")
@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_only_what_law_and_place_attach_to_it_is_decided(county, reason, outcome):
    p = county()
    case = heard(p, reason)
    if outcome in FITTING[reason]:
        assert decide(p, case, outcome).states["outcome"] == outcome
        none = county(outcomes=frozenset({"no_further_action"}))
        if outcome != "no_further_action":
            with pytest.raises(Rejected, match="is not done here: see the setting outcomes"):
                decide(none, heard(none, reason), outcome)
    else:
        with pytest.raises(Rejected, match="is decided on"):
            decide(p, case, outcome)


def test_points_never_lead_to_a_review_of_credentials():
    assert OUTCOMES["refer_credentials"].reasons == {"absence_task"}
    assert all(o.source for o in OUTCOMES.values())


@pytest.mark.rule("decide.talked")
@pytest.mark.parametrize("outcome", ["advise_resign", "propose_recall"])
def test_nobody_is_advised_to_resign_without_a_talk(county, outcome):
    p = county()
    case = p.do(p.do(found(p, "poor_years"), "notify", OFFICE, **TOLD), "answer", WANG, **SAID)
    with pytest.raises(Rejected, match=r"hold a talk with the deputy first \(talk\)"):
        decide(p, case, outcome)
    assert decide(p, p.do(case, "talk", OFFICE, **TALKED), outcome)


@pytest.mark.rule("decide.body")
@pytest.mark.parametrize(
    ("level", "good", "bad"),
    [
        ("county", ("office", "chairpersons", "committee", "credentials", "congress"), ("presidium",)),
        ("township", ("office", "presidium", "credentials", "congress"), ("chairpersons", "committee")),
    ],
)
def test_a_township_has_no_standing_committee_and_its_presidium_decides(county, level, good, bad):
    p = county()
    case = heard(p, "poor_years", level)
    for body in good:
        assert decide(p, case, "advise_resign", body=body)
    for body in bad:
        with pytest.raises(Rejected, match="does not decide here"):
            decide(p, case, "advise_resign", body=body)


def test_each_level_has_its_own_articles():
    county, town = articles("absence_task", "county"), articles("absence_task", "township")
    assert county[0] == town[0]
    assert county[0].startswith("代表法 62(3)：未经批准两次不出席")
    assert "常委会予以公告" in county[1]
    assert "由大会予以公告" in town[1]
    assert "五十人" in "".join(articles("poor_years", "county"))
    assert "三十人" in "".join(articles("poor_years", "township"))
    assert "选举法 51" in "".join(articles("poor_years", "city"))
    assert "只因法定情形终止" in "".join(articles("poor_year", "county"))
    assert articles("poor_year", "county", "某县考核办法第九条")[0] == "某县考核办法第九条"
    assert (
        articles("absence_task", "county", "某县考核办法第九条") == county
    )  # which adds nothing to the law's own ground


# -- what follows a decision


@pytest.mark.rule("respond.main", "respond.outcome")
@pytest.mark.parametrize("answer", ["resigns", "declines"])
def test_whoever_is_advised_to_resign_answers_and_nothing_follows_by_itself(county, answer):
    p = county()
    case = decide(p, heard(p, "poor_years"), "advise_resign")
    assert due(p, case, "respond") == D(2026, 4, 1)
    with pytest.raises(Rejected, match="has not answered"):
        p.do(case, "close", OFFICE, note="x")
    case = p.do(case, "respond", WANG, payload=Words(text="我的决定"), grade=answer)
    assert (case.states["response"], due(p, case, "respond")) == (answer, None)
    assert case.body.mandate == "m"
    closed = p.do(case, "close", OFFICE, note="已答复")
    with pytest.raises(Rejected, match="main is closed"):
        p.do(closed, "respond", WANG, payload=Words(text="再想想"), grade="resigns")
    late = decide(p, heard(p, "poor_years"), "advise_resign")
    p.today = D(2026, 4, 2)
    assert p.do(late, "close", OFFICE, note="到期未答复").states["main"] == "closed"
    other = decide(p, heard(p, "poor_year"), "no_further_action")
    with pytest.raises(Rejected, match="outcome is no_further_action"):
        p.do(other, "respond", WANG, payload=Words(text="我辞职"), grade="resigns")


@pytest.mark.rule("examine.main", "examine.outcome")
@pytest.mark.parametrize("finding", ["reported", "not_established"])
def test_the_credentials_committee_says_what_it_found(county, finding):
    p = county()
    case = decide(p, heard(p, "absence_task"), "refer_credentials", by=COMMITTEE, body="credentials")
    assert due(p, case, "examine") == D(2026, 5, 4)  # the second of May is a Saturday
    said = {"payload": Examination(opinion="情形属实", document="审字 1 号"), "grade": finding}
    with pytest.raises(Rejected, match="may not examine"):
        p.do(case, "examine", OFFICE, **said)
    with pytest.raises(Rejected, match="has not said what it found"):
        p.do(case, "close", OFFICE, note="x")
    case = p.do(case, "examine", COMMITTEE, **said)
    assert (case.states["examination"], due(p, case, "examine")) == (finding, None)
    closed = p.do(case, "close", OFFICE, note="x")
    with pytest.raises(Rejected, match="main is closed"):
        p.do(closed, "examine", COMMITTEE, **said)
    other = decide(p, heard(p, "poor_years"), "advise_resign")
    with pytest.raises(Rejected, match="outcome is advise_resign"):
        p.do(other, "examine", COMMITTEE, **said)


@pytest.mark.rule("look_again")
def test_what_is_observed_is_looked_at_again_after_half_a_year(county):
    p = county()
    case = decide(p, heard(p, "poor_year"), "observe")
    assert due(p, case, "look_again") == D(2026, 9, 2)
    with pytest.raises(Rejected, match=r"look at it again \(look_again\)"):
        p.do(case, "close", OFFICE, note="x")
    p.today = D(2026, 9, 2)
    case = p.do(case, "look_again", OFFICE, note="半年后复查")
    assert (case.round, case.states["main"], case.states["outcome"]) == (2, "found", "none")
    assert due(p, case, "look_again") is None
    case = p.do(case, "talk", OFFICE, **TALKED)
    with pytest.raises(Rejected, match="said nothing yet"):  # what was said half a year ago is no answer to this
        decide(p, case, "no_further_action")
    case = decide(p, p.do(case, "answer", WANG, **SAID), "no_further_action")
    assert p.do(case, "close", OFFICE, note="好转").states["main"] == "closed"


@pytest.mark.rule("name_act.main", "name_act.happened")
def test_a_legal_act_is_named_once_it_took_place_and_then_the_case_may_end(county):
    p = county()
    case = p.do(found(p, "poor_years"), "notify", OFFICE, **TOLD)
    act = LegalAct(event="end:resignation_accepted", document="公告第 3 号", on=D(2026, 3, 3))
    with pytest.raises(Rejected, match="2026-03-03 has not come yet"):
        p.do(case, "name_act", OFFICE, payload=act)
    p.today = D(2026, 3, 3)
    case = p.do(case, "name_act", OFFICE, payload=act)
    closed = p.do(case, "close", OFFICE, note="辞职已被接受")
    assert closed.states["main"] == "closed"
    with pytest.raises(Rejected, match="main is closed"):
        p.do(closed, "name_act", OFFICE, payload=act)


@pytest.mark.rule("answer.main")
def test_what_has_ended_takes_no_answer(county):
    p = county()
    lapsed = p.do(found(p, "absence_task"), "lapse", OFFICE, note="记录有误")
    assert lapsed.states["main"] == "lapsed"
    assert all(c.state == "stopped" for c in lapsed.clocks)
    with pytest.raises(Rejected, match="main is lapsed"):
        p.do(lapsed, "answer", WANG, **SAID)
    with pytest.raises(Rejected, match="reasons must be given"):
        p.do(found(p, "absence_task"), "lapse", OFFICE)


@pytest.mark.rule("talk", "answer", "respond", "examine")
def test_every_span_is_the_places_own(county):
    short = Period(3)
    p = county(talk_within=short, answer_within=short, respond_within=short, examine_within=short)
    case = found(p, "poor_years")
    assert due(p, case, "talk") == D(2026, 3, 5)
    case = heard(p, "poor_years")
    assert (due(p, case, "talk"), due(p, case, "answer")) == (None, D(2026, 3, 5))
    case = decide(p, case, "propose_recall")
    assert (due(p, case, "answer"), due(p, case, "respond")) == (None, D(2026, 3, 5))
    case = decide(p, heard(p, "absence_task"), "refer_credentials")
    assert due(p, case, "examine") == D(2026, 3, 5)
    with pytest.raises(ValueError, match="must not be negative"):
        county(talk_within=Period(-1))
    with pytest.raises(ValueError, match="years"):
        county(years=1)
