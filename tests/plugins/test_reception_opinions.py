"""群众意见 from its register to its close: what is taken, what is refused, and why."""

import attrs
import pytest
from tests.plugins.opinions import (
    CHAIR,
    FOLLOWER,
    GUIDANCE,
    LI,
    OFFICE,
    REFUSED,
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

from renda_core.domain.case import Actor
from renda_core.domain.sealed import ERASED, Sealed
from renda_core.errors import Invalid, NotFound, Rejected
from renda_plugins.reception.opinion import BRANCHES, Opinion, Sorting, Voice, people, untold_deputies, voices

LATER = {"units": (("roads", "lead"), ("water", "joint"))}


@pytest.fixture
def p(place):
    """A county that receives voters."""
    return place("reception")


# -- what is registered


@pytest.mark.parametrize("text", ["", " ", "\n\t　"])
def test_an_opinion_without_a_word_is_none(text):
    with pytest.raises(Invalid, match="内容: write it down in words"):
        Opinion(text=text)


def test_blanks_around_what_was_typed_are_cut():
    said = Opinion(text=" 灯不亮\n", category=" 市政", voter="  ", phone=" 199 ")
    assert (said.text, said.category, said.voter, said.phone) == ("灯不亮", "市政", "", "199")


@pytest.mark.parametrize("people", [0, -1, 19900000000])
def test_a_number_of_people_is_no_phone_number(people):
    for cls in (Opinion, Voice):
        with pytest.raises(ValueError, match="'people' must be"):
            cls(people=people, **({"text": "灯"} if cls is Opinion else {}))


def test_a_visit_is_numbered_in_a_reception():
    with pytest.raises(Invalid, match="name the reception"):
        Opinion(text="灯", visit=3)
    with pytest.raises(Invalid, match="name the reception"):
        Voice(visit=3)


def test_several_matters_of_one_visit_are_opinions_that_bear_its_number(p):
    lamp, road = (heard(p, text=text, reception="r1", visit=7) for text in ("灯不亮", "路不平"))
    assert lamp.body.visit == road.body.visit == 7
    assert lamp.body.text != road.body.text


def test_somebody_unnamed_without_a_phone_is_heard_too(p):
    case = closed_by_board(p, heard(p, voter="", phone=""))
    assert case.states["main"] == "closed"


def closed_by_board(p, case):
    case = p.do(answered(p, case=case), "tell_voter", STATION, **told("notice_board"))
    return p.do(p.do(case, "tell_deputy", STATION, **deputy()), "close", STATION)


# -- one matter told by many


def test_one_matter_told_by_many_is_one_case_with_many_voices(p):
    case = heard(p, people=3)
    case = voice(p, case, ("li",), voter="何英", phone="19900000001", people=2)
    case = voice(p, case)
    assert [v.voter for v in voices(case)] == ["蔡湖", "何英", ""]
    assert (len(voices(case)), people(case)) == (3, 6)
    assert case.parties["receiver"] == ("wang", "li")


def test_every_voice_and_every_deputy_is_told_before_the_close(p):
    case = voice(p, heard(p), ("li",), voter="何英", phone="19900000001")
    case = p.do(answered(p, case=case), "tell_voter", STATION, **told(voice=0))
    case = p.do(case, "tell_deputy", STATION, **deputy("li"))
    with pytest.raises(Rejected) as refused:
        p.do(case, "close", OFFICE)
    assert refused.value.objections == ("1 of 2 voices have not been told", "the deputy who heard it has not been told")
    case = p.do(case, "tell_voter", WANG, **told(voice=1))
    case = p.do(case, "tell_deputy", STATION, **deputy("wang"))
    assert p.do(case, "close", OFFICE).states["main"] == "closed"


@pytest.mark.rule("tell_voter.voice")
@pytest.mark.parametrize(
    ("how", "why"), [("phone", "at once by phone"), ("visit", "at once by visit"), ("in_person", "say which voice")]
)
def test_many_are_told_at_once_on_the_board_or_by_message_alone(p, how, why):
    case = answered(p, case=voice(p, heard(p), phone="19900000001"))
    with pytest.raises(Rejected, match=why):
        p.do(case, "tell_voter", STATION, **told(how))
    for at_once in ("notice_board", "message"):
        assert "tell" in running(p.do(case, "tell_voter", STATION, **told(at_once)))  # the deputy still waits


@pytest.mark.rule("tell_voter.voice")
def test_nobody_is_told_twice_and_nobody_who_is_not_there(p):
    case = voice(p, heard(p), phone="19900000001")
    case = p.do(answered(p, case=case), "tell_voter", STATION, **told(voice=1))
    for again, why in ((1, "told already"), (2, "no voice 2")):
        with pytest.raises(Rejected, match=why):
            p.do(case, "tell_voter", STATION, **told(voice=again))
    case = p.do(case, "tell_voter", STATION, **told("notice_board"))  # the rest, all at once
    with pytest.raises(Rejected, match="told already"):
        p.do(case, "tell_voter", STATION, **told("notice_board"))


def test_whoever_tells_the_same_after_the_answer_is_told_too(p):
    case = all_told(p)
    assert running(case) >= {"close"}
    case = voice(p, case, ("li",), voter="何英")
    assert running(case) >= {"tell"}
    assert "close" not in running(case)
    with pytest.raises(Rejected, match="1 of 2 voices"):
        p.do(case, "close", OFFICE)
    case = p.do(case, "tell_voter", STATION, **told("in_person", 1))
    case = p.do(case, "tell_deputy", STATION, **deputy())
    assert running(case) >= {"close"}
    assert p.do(case, "close", OFFICE).states["main"] == "closed"


@pytest.mark.rule("voice.main")
def test_what_is_closed_is_told_anew(p):
    with pytest.raises(Rejected, match="main is closed"):
        voice(p, closed(p))


# -- sorted


@pytest.mark.parametrize("branch", list(BRANCHES)[1:])
def test_every_branch_ends_with_both_told(p, branch):
    case = p.do(answered(p, branch), "tell_deputy", STATION, **deputy())
    case = p.do(case, "tell_voter", STATION, **told(text=GUIDANCE))
    case = p.do(case, "close", STATION)
    assert (case.states["main"], case.states["branch"]) == ("closed", branch)


@pytest.mark.rule("sort.channel")
@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (Sorting(), "name the channel"),
        (Sorting(guidance="法院"), "name the channel"),
        (Sorting(channel="court"), "write the guidance"),
        (Sorting(channel="court", guidance=" 　"), "write the guidance"),
    ],
)
def test_nobody_is_refused_without_being_told_where_to_turn(p, payload, why):
    with pytest.raises(Rejected, match=why):
        p.do(heard(p), "sort", STATION, grade="refused", payload=payload)


@pytest.mark.rule("sort.channel")
def test_nobody_is_sent_elsewhere_who_is_not_refused(p):
    with pytest.raises(Rejected, match="belong to a refusal"):
        p.do(heard(p), "sort", STATION, grade="village", payload=REFUSED)


@pytest.mark.rule("tell_voter.guidance")
def test_a_refused_voter_reads_the_guidance_and_is_told_before_the_close(p):
    case = answered(p, "refused")
    with pytest.raises(Rejected, match="has not been told"):
        p.do(case, "close", OFFICE)
    with pytest.raises(Rejected, match=GUIDANCE):
        p.do(case, "tell_voter", STATION, **told(text="不归我们管"))
    assert (
        p.do(case, "tell_voter", STATION, **told(text=f"您好，{GUIDANCE}。")).acts[-1].payload.text.startswith("您好")
    )


@pytest.mark.rule("sort.under_way")
def test_what_was_sorted_wrongly_is_sorted_anew_until_somebody_handles_it(p):
    case = sorted_to(p, "county", sorted_to(p, "on_spot"))
    assert case.states["branch"] == "county"
    case = p.do(case, "assign", OFFICE, units=(("roads", "sole"),))
    with pytest.raises(Rejected, match="replace_unit"):
        sorted_to(p, "village", case)
    case = p.do(sorted_to(p, "suggestion"), "become", OFFICE, note="王代表书面同意", **becoming())
    with pytest.raises(Rejected, match="it became a suggestion"):
        sorted_to(p, "village", case)


# -- handed over


@pytest.mark.rule("reply.units", "unit_reply.main")
def test_a_unit_answers_what_was_handed_to_it(p):
    with pytest.raises(Rejected, match="branch is on_spot"):
        p.do(sorted_to(p, "on_spot"), "assign", OFFICE, units=(("roads", "sole"),))
    case = p.do(sorted_to(p, "county"), "assign", OFFICE, **LATER)
    with pytest.raises(Rejected, match="wait for unit_reply"):
        p.do(case, "reply", STATION, note="修好了")
    case = p.do(case, "unit_reply", ROADS, note="灯已换")
    assert case.states["main"] == "sorted"
    case = p.do(case, "unit_reply", OFFICE, unit="water", note="水管也修了")  # on paper
    assert case.states["main"] == "answered"
    with pytest.raises(Rejected, match="main is answered"):
        p.do(case, "unit_reply", ROADS, note="再答一次")


@pytest.mark.rule("replace_unit.main")
def test_a_wrong_unit_is_replaced_and_owes_nothing(p):
    case = p.do(sorted_to(p, "county"), "assign", OFFICE, units=(("roads", "sole"),))
    with pytest.raises(Rejected, match="reasons must be given"):
        p.do(case, "replace_unit", OFFICE, unit="roads", units=(("water", "sole"),))
    case = p.do(case, "replace_unit", OFFICE, unit="roads", units=(("water", "sole"),), note="不属交通局")
    with pytest.raises(Rejected, match="unit is released"):
        p.do(case, "unit_reply", ROADS, note="灯已换")
    case = p.do(case, "unit_reply", OFFICE, unit="water", note="灯已换")
    assert case.states["main"] == "answered"


# -- told back


@pytest.mark.rule("close.told")
def test_nothing_is_closed_before_voter_and_deputy_were_told(p, place):
    case = answered(p)
    with pytest.raises(Rejected) as refused:
        p.do(case, "close", OFFICE)
    assert len(refused.value.objections) == 2
    with pytest.raises(Rejected, match="the deputy who heard it"):
        p.do(p.do(case, "tell_voter", OFFICE, **told()), "close", OFFICE)
    with pytest.raises(Rejected, match="the voter has not been told"):
        p.do(p.do(case, "tell_deputy", OFFICE, **deputy()), "close", OFFICE)
    q = place("reception", reception={"feedback": frozenset({"voter"})})
    assert q.do(q.do(answered(q), "tell_voter", OFFICE, **told()), "close", OFFICE).states["main"] == "closed"


def test_where_no_deputy_heard_it_only_the_voter_is_told(p):
    case = p.do(answered(p, case=heard(p, receiver=())), "tell_voter", OFFICE, **told())
    assert p.do(case, "close", OFFICE).states["main"] == "closed"


@pytest.mark.rule("tell_deputy.heard")
def test_a_deputy_whom_only_the_register_names_is_told_too(p):
    case = answered(p, case=heard(p, receiver=(), received_by="老王"))
    assert untold_deputies(case) == ("老王",)
    case = p.do(case, "tell_deputy", OFFICE, **deputy())
    assert untold_deputies(case) == ()
    with pytest.raises(Rejected, match="told already"):
        p.do(case, "tell_deputy", OFFICE, **deputy())


@pytest.mark.rule("tell_deputy.heard")
@pytest.mark.parametrize(
    ("receiver", "first", "to", "why"),
    [
        (("wang",), None, "li", "did not hear it"),
        (("wang", "li"), "wang", "wang", "told already"),
        (("wang",), "", "", "told already"),
        ((), None, "", "no deputy heard it"),
    ],
)
def test_who_did_not_hear_it_or_was_told_is_not_told(p, receiver, first, to, why):
    case = answered(p, case=heard(p, receiver=receiver))
    if first is not None:
        case = p.do(case, "tell_deputy", STATION, **deputy(first))
    with pytest.raises(Rejected, match=why):
        p.do(case, "tell_deputy", STATION, **deputy(to))


@pytest.mark.rule("tell_voter.phone")
@pytest.mark.parametrize("phone", ["", "  ", ERASED])
@pytest.mark.parametrize("how", ["phone", "message"])
def test_who_left_no_number_reads_it_on_the_board(p, phone, how):
    case = answered(p, case=heard(p, voter="", phone=phone))
    with pytest.raises(Rejected, match="no phone number was left: tell it by notice_board"):
        p.do(case, "tell_voter", STATION, **told(how))
    assert p.do(case, "tell_voter", STATION, **told("notice_board")).acts[-1].payload.how == "notice_board"


@pytest.mark.rule("tell_voter.phone")
def test_a_message_to_all_reaches_those_with_a_number_alone(p):
    case = answered(p, case=voice(p, voice(p, heard(p)), phone="19900000001"))
    with pytest.raises(Rejected, match="left by voice 1: tell those by notice_board"):
        p.do(case, "tell_voter", STATION, **told("message"))
    case = p.do(case, "tell_voter", STATION, **told("in_person", 1))
    assert p.do(case, "tell_voter", STATION, **told("message")).acts[-1].payload.voice == -1


def test_what_was_told_is_told_in_words():
    with pytest.raises(Invalid, match="反馈内容"):
        told(text=" ")


def test_nothing_is_told_before_it_is_answered_nor_before_the_day_it_was(p):
    for step, payload in (("tell_voter", told()), ("tell_deputy", deputy())):
        with pytest.raises(Rejected, match="main is sorted"):
            p.do(sorted_to(p, "on_spot"), step, STATION, **payload)
    case = answered(p)
    with pytest.raises(Rejected, match="lies before the last step"):
        on(p, p.today.replace(day=p.today.day - 1)).do(case, "tell_voter", STATION, **told())


# -- whose it is


def test_another_deputy_reads_and_does_nothing(p):
    case = answered(p)
    for step, rest in (("reply", {"note": "好了"}), ("tell_voter", told()), ("tell_deputy", deputy()), ("close", {})):
        with pytest.raises(Rejected, match="li may not"):
            p.do(case, step, LI, **rest)
    assert p.do(case, "tell_voter", WANG, **told()).acts[-1].by == "wang"


def test_the_voter_is_known_to_office_and_station_alone(p):
    case = voice(p, heard(p, phone=Sealed.of(b"secret", "0000")), voter="何英", phone=Sealed.of(b"other", "1111"))
    case = p.do(sorted_to(p, "county", case), "assign", OFFICE, units=(("roads", "sole"),))
    for reader in (WANG, LI, ROADS, CHAIR):
        seen = p.look(case, reader)
        assert {"voter", "phone"}.isdisjoint(seen.body)
        for hidden in ("蔡湖", "何英", "0000", "1111"):
            assert hidden not in str(seen)
    for reader in (OFFICE, STATION):
        assert p.look(case, reader).body["phone"] == "****0000"
        assert "****1111" in str(p.look(case, reader).acts)
    for nobody in (VOTER, Actor(id="anybody", roles={"public"})):
        with pytest.raises(NotFound):
            p.look(case, nobody)


def test_what_one_may_not_see_one_cannot_learn_from_what_is_open(p):
    case = closed(p)
    seen = p.look(case, ROADS if case.assignments else WANG)
    assert "rating" not in seen.states
    assert {c.name for c in seen.clocks}.isdisjoint({"ask", "remind", "rating"})
    assert {c.name for c in p.look(case, CHAIR).clocks} >= {"ask"}


# -- becoming a suggestion


@pytest.mark.rule("become.tied", "become.main", "become.branch")
def test_an_opinion_becomes_one_suggestion(p):
    case = sorted_to(p, "suggestion")
    for links in ({}, {"became": ("s1", "s2")}):
        with pytest.raises(Rejected, match="name the one suggestion"):
            p.do(case, "become", WANG, payload=becoming()["payload"], links=links)
    case = p.do(case, "become", WANG, **becoming())
    assert case.links["became"] == ("s1",)
    assert running(case) == {"suggestion"}
    with pytest.raises(Rejected, match="a suggestion already"):
        p.do(case, "become", WANG, **becoming())
    with pytest.raises(Rejected, match="branch is village"):
        p.do(sorted_to(p, "village"), "become", WANG, **becoming())


@pytest.mark.rule("become.agreed")
@pytest.mark.parametrize("agrees", ["no", "not_asked"])
def test_no_suggestion_is_made_against_the_voters_will(p, agrees):
    case = sorted_to(p, "suggestion")
    with pytest.raises(Rejected, match="has not agreed"):
        p.do(case, "become", WANG, **becoming(agrees))
    case = sorted_to(p, "suggestion", heard(p, voter="", phone=""))
    assert p.do(case, "become", WANG, **becoming(agrees)).states["main"] == "sorted"
    with pytest.raises(Rejected, match="a name is passed on only"):
        p.do(case, "become", WANG, **becoming(agrees, name=True))
    case = voice(p, heard(p, voter="", phone=""), voter="何英")  # one of several is known
    with pytest.raises(Rejected, match="has not agreed"):
        p.do(sorted_to(p, "suggestion", case), "become", WANG, **becoming(agrees))


@pytest.mark.rule("become.lent")
def test_a_deputy_lends_the_name_or_has_agreed_in_writing(p):
    case = sorted_to(p, "suggestion")
    with pytest.raises(Rejected, match="li may not become"):
        p.do(case, "become", LI, **becoming())
    for note in ("", "  "):
        with pytest.raises(Rejected, match="written consent"):
            p.do(case, "become", OFFICE, note=note, **becoming())
    assert p.do(case, "become", OFFICE, note="王代表书面同意", **becoming()).links["became"] == ("s1",)


@pytest.mark.rule("suggestion_replied.latest", "suggestion_dropped.latest")
def test_an_opinion_follows_the_suggestion_that_it_became_last(p):
    case = p.do(sorted_to(p, "suggestion"), "become", WANG, **becoming())
    for step in ("suggestion_replied", "suggestion_dropped"):
        with pytest.raises(Rejected, match="another suggestion"):
            p.do(case, step, FOLLOWER, note="s2")
    assert p.do(case, "suggestion_replied", FOLLOWER, note="s1").states["main"] == "answered"
    case = p.do(case, "suggestion_dropped", FOLLOWER, note="s1")
    assert (case.states["main"], case.states["branch"]) == ("registered", "none")
    assert running(case) == {"handle"}
    links = becoming() | {"links": {"became": ("s2",)}}
    case = p.do(sorted_to(p, "suggestion", case), "become", WANG, **links)
    with pytest.raises(Rejected, match="another suggestion"):
        p.do(case, "suggestion_replied", FOLLOWER, note="s1")
    assert p.do(case, "suggestion_replied", FOLLOWER, note="s2").states["main"] == "answered"


def test_without_the_other_practice_the_answer_is_entered_by_hand(p):
    case = p.do(sorted_to(p, "suggestion"), "become", WANG, **becoming())
    case = p.do(case, "reply", OFFICE, note="县政府已答复")
    assert case.states["main"] == "answered"
    assert running(case) == {"tell"}


# -- records


def test_who_heard_an_opinion_has_it_on_record_once(p):
    rules = p.practice.record_rules
    case = heard(p, ("wang", "li"), approx=True)
    (rule,) = rules["opinion", "register"]
    made = list(rule.make(None, case, case.acts[-1]))
    assert [(r.person, r.kind, dict(r.facts)) for r in made] == [(w, "opinion", {"approx": 1}) for w in ("wang", "li")]
    case = voice(p, heard(p), ("li",))
    (rule,) = rules["opinion", "voice"]
    (record,) = rule.make(None, case, case.acts[-1])
    assert (record.person, record.source) == ("li", made[0].source)
    assert not list(rule.make(None, case, attrs.evolve(case.acts[-1], parties={})))
