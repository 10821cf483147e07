"""The whole life of a suggestion: co-signers, review, assignment, returns, longer time, replies, evaluation, publication."""

import datetime as dt

import pytest

from renda_core.domain.suggestion import Promise, Reply, Withholding, signers
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.services import jobs, ledgers
from tests.core.suggesting import (
    CHEN,
    LI,
    OFFICE,
    POWER,
    PUBLIC,
    REPLY,
    ROADS,
    SOLE,
    WANG,
    WATER,
    accepted,
    assigned,
    closed,
    draft,
    evaluated,
    people,
    replied,
    uid,
    with_settings,
)

D = dt.date
GOOD = {"document": "1", "reply_class": "A", "signed_by": "Zhao"}


def refused(b, case, step, by, *objections, **rest):
    """Take a step that must be refused for exactly these reasons."""
    before = b.case(case.id)
    with pytest.raises(Rejected) as said:
        b.step(case, step, by, **rest)
    assert said.value.objections == objections
    assert b.case(case.id) == before


def sweep(b):
    """Run the night's sweep."""
    return b.store.run(jobs.sweep(b.store, b.tenant))


def units(*named):
    """Name units with their roles, as a command does."""
    return {"units": tuple((unit.unit, role) for unit, role in named)}


# -- co-signers and review


def test_an_open_invitation_waits_and_a_decliner_is_no_signer(county):
    b = with_settings(county)
    case = draft(b, invited=("li", "chen"))
    refused(b, case, "submit", WANG, "2 invited co-signers have not answered yet")
    case = b.run(case, ("cosign", LI), ("decline_cosign", CHEN))
    assert signers(case) == (WANG.id, LI.id)
    refused(b, case, "cosign", LI, "this co-signer has answered already")
    refused(b, case, "decline_cosign", LI, "this co-signer has answered already")
    refused(b, case, "cosign", CHEN, "this co-signer has answered already")
    assert b.run(case, ("submit", WANG)).states["main"] == "submitted"


def test_co_signers_are_invited_by_name_and_the_proposer_is_none(county):
    b = with_settings(county)
    case = draft(b)
    refused(b, case, "invite", WANG, "name the co-signers")
    refused(b, case, "invite", WANG, "the proposer cannot co-sign", parties={"cosigner": (WANG.id,)})
    case = b.step(case, "invite", WANG, parties={"cosigner": people("li", "li")})
    assert case.parties["cosigner"] == (LI.id,)
    again = b.step(case, "invite", WANG, parties={"cosigner": people("li", "chen")})
    assert again.parties["cosigner"] == (LI.id, CHEN.id)


def test_the_office_enters_a_paper_with_its_signatures(county):
    b = with_settings(county)
    case = b.open("suggestion", OFFICE, {"text": "修桥"}, parties={"proposer": (WANG.id,)}, on=D(2026, 1, 6))
    case = b.step(case, "cosign_on_paper", OFFICE, parties={"cosigner": people("li", "chen")}, on=D(2026, 1, 6))
    case = b.step(case, "submit", OFFICE, on=D(2026, 1, 6))
    assert signers(case) == (WANG.id, LI.id, CHEN.id)
    assert {a.on for a in case.acts} == {D(2026, 1, 6)} == {case.opened_on}
    refused(b, case, "accept", OFFICE, "2026-01-05 lies before the last step of 2026-01-06", on=D(2026, 1, 5))
    with pytest.raises(Invalid, match="2026-01-21 lies in the future"):
        b.step(case, "accept", OFFICE, on=D(2026, 1, 21))


def test_nobody_becomes_a_party_by_the_back_door(county):
    b = with_settings(county)
    case = draft(b, invited=("li",))
    with pytest.raises(Rejected, match="cosign adds no parties: proposer"):
        b.step(case, "cosign", LI, parties={"proposer": (LI.id,)})
    case = assigned(b)
    for parties, links, said in (
        ({"proposer": (ROADS.id,)}, {}, "receive adds no parties: proposer"),
        ({}, {"merged_into": (uid("x"),)}, "receive adds no links: merged_into"),
        ({"judge": (ROADS.id,)}, {}, "no such parties: ['judge']"),
    ):
        with pytest.raises(Rejected) as refusal:
            b.step(case, "receive", ROADS, parties=parties, links=links)
        assert said in refusal.value.objections


def test_review_sends_back_with_reasons(county):
    b = with_settings(county)
    case = b.run(draft(b), ("submit", WANG))
    refused(b, case, "send_back", OFFICE, "reasons must be given")
    refused(b, case, "send_back", OFFICE, "reasons must be given", note="   ")
    case = b.step(case, "send_back", OFFICE, note="写明桥名")
    assert case.states["main"] == "draft" and case.acts[-1].note == "写明桥名"
    assert b.run(case, ("submit", WANG), ("accept", OFFICE)).states["main"] == "accepted"


@pytest.mark.parametrize("reason", ["private", "pending", "forwarded", "complaint", "promotion", "bid", "empty"])
def test_every_listed_reason_declines(county, reason):
    b = with_settings(county)
    case = b.step(b.run(draft(b), ("submit", WANG)), "decline", OFFICE, payload={"reason": reason}, note="见清单")
    assert case.states["main"] == "declined" and b.see(case, OFFICE).closed
    refused(b, case, "accept", OFFICE, "main is declined, not submitted")


def test_a_reason_that_the_place_does_not_list_declines_nothing(county):
    b = with_settings(county, refusals={"empty": "没有实际内容"})
    case = b.run(draft(b), ("submit", WANG))
    said = "'private' is no reason of this place; known: empty"
    refused(b, case, "decline", OFFICE, said, payload={"reason": "private"}, note="x")
    with pytest.raises(Invalid, match="needs|reason|Refusal"):
        b.step(case, "decline", OFFICE, note="x", payload={})


@pytest.mark.parametrize("one_matter", [True, False])
def test_one_suggestion_one_matter(county, one_matter):
    b = with_settings(county, one_matter=one_matter)
    case = b.run(draft(b, matters=2), ("submit", WANG))
    if one_matter:
        refused(b, case, "accept", OFFICE, "it holds more than one matter; send it back to be split")
    else:
        assert b.step(case, "accept", OFFICE).states["main"] == "accepted"


def test_what_comes_between_sessions_is_assigned_in_ten_working_days(county):
    b = with_settings(county)
    case = accepted(b, in_session=False)
    assert case.clock("assignment").due(b.calendar) == D(2026, 2, 3)
    assert b.step(case, "assign", OFFICE, **SOLE).clock("assignment").state == "stopped"
    assert accepted(b).clock("assignment") is None


# -- merging and withdrawal


def test_merged_suggestions_are_answered_with_their_lead(county):
    b = with_settings(county)
    lead, other, gone = accepted(b, WANG), accepted(b, LI), accepted(b, CHEN)
    into = {"links": {"merged_into": (lead.id,)}}
    for case in (other, gone):
        b.step(case, "merge", OFFICE, **into)
    b.step(gone, "withdraw", CHEN, note="已解决")
    b.run(lead, ("assign", OFFICE, SOLE), ("reply", ROADS, REPLY))
    answered = b.case(other.id)
    assert answered.states["main"] == "replied" and answered.clock("evaluation").state == "running"
    assert (answered.acts[-1].by, answered.acts[-1].note) == ("job:follow", lead.id)
    assert b.case(gone.id).states["main"] == "withdrawn"  # and blocked nothing
    for case, who in ((lead, WANG), (other, LI)):  # each lead judges for itself
        b.step(case, "evaluate", OFFICE, grade="satisfied", payload={"of": who.id})


def test_a_suggestion_split_from_one_lead_follows_only_its_new_one(county):
    b = with_settings(county)
    first, second, case = accepted(b), accepted(b), accepted(b, LI)
    case = b.step(case, "merge", OFFICE, links={"merged_into": (first.id,)})
    case = b.step(b.step(case, "split", OFFICE), "merge", OFFICE, links={"merged_into": (second.id,)})
    b.run(first, ("assign", OFFICE, SOLE), ("reply", ROADS, REPLY))
    assert b.case(case.id).states["main"] == "merged"
    b.run(second, ("assign", OFFICE, SOLE), ("reply", ROADS, REPLY))
    assert b.case(case.id).states["main"] == "replied"


def test_merging_names_one_other_suggestion(county):
    b = with_settings(county)
    case, said = accepted(b), "name the one suggestion that it is merged into"
    refused(b, case, "merge", OFFICE, said)
    refused(b, case, "merge", OFFICE, said, links={"merged_into": (case.id,)})
    refused(b, case, "merge", OFFICE, said, links={"merged_into": people("one", "two")})


def test_withdrawal_ends_handling_and_stops_every_clock(county):
    b = with_settings(county)
    case = assigned(b)
    refused(b, case, "withdraw", WANG, "reasons must be given")
    refused(b, case, "withdraw", OFFICE, f"{OFFICE.id} may not withdraw", note="x")
    b.today = D(2026, 1, 27)
    case = b.step(case, "withdraw", WANG, note="情况变化")
    assert {c.state for c in case.clocks} == {"stopped"} and len(case.clocks) == 3
    assert {c.ticks[-1].on for c in case.clocks} == {D(2026, 1, 27)}
    with pytest.raises(Rejected, match="main is withdrawn|main is"):
        b.step(case, "contact", ROADS)
    b.today = D(2026, 12, 1)
    assert b.ask(ledgers.overdue, OFFICE) == []


# -- assignment


MODES = [
    ((ROADS, "sole"),),
    ((ROADS, "lead"), (WATER, "joint")),
    ((ROADS, "lead"), (WATER, "joint"), (POWER, "joint")),
    ((ROADS, "separate"), (WATER, "separate")),
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


def test_the_window_for_returns_closes_after_ten_working_days(county):
    b = with_settings(county)
    case, late = assigned(b), assigned(b)
    assert case.clock("return", unit=ROADS.unit).due(b.calendar) == D(2026, 2, 3)
    b.today = D(2026, 2, 3)
    refused(b, case, "ask_return", ROADS, "reasons must be given")
    asked = b.step(case, "ask_return", ROADS, note="不属我局")
    assert asked.assignments[0].state == "return_asked" and asked.clock("return", unit=ROADS.unit).state == "stopped"
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
    assert sweep(b).taken == () and b.case(case.id).version == before
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


def test_the_longer_class_counts_from_the_assignment(county):
    b = with_settings(county)
    case = assigned(b)
    b.today = D(2026, 4, 20)
    refused(b, case, "ask_more_time", ROADS, "this place needs no consent: take take_more_time", note="资金未到")
    case = b.step(case, "take_more_time", ROADS, note="资金未到")
    due = case.clock("reply", unit=ROADS.unit).explain(b.calendar)
    assert due.on == D(2026, 7, 20) and due.lines[-1].startswith("2026-04-20 extend + 6 months from 2026-01-20")
    refused(b, case, "take_more_time", ROADS, "it has the longer class already", note="资金未到")


def test_longer_time_is_not_taken_late_nor_for_what_has_it(county):
    b = with_settings(county)
    case, hard = assigned(b), assigned(b, hard=True)
    b.today = D(2026, 4, 21)
    refused(b, case, "take_more_time", ROADS, "the reply was due on 2026-04-20", note="x")
    refused(b, hard, "take_more_time", ROADS, "it has the longer class already", note="x")
    answered = b.step(case, "reply", ROADS, **REPLY)
    with pytest.raises(Rejected, match="no reply is due from this unit"):
        b.step(answered, "take_more_time", ROADS, note="x")


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


def test_where_receipt_counts_the_clocks_start_with_it(county):
    b = with_settings(county, counts_from="receipt", return_counts_from="receipt")
    case = assigned(b)
    assert {c.name for c in case.clocks} == {"contact"}
    b.today = D(2026, 1, 26)
    case = b.step(case, "receive", ROADS)
    assert case.clock("reply", unit=ROADS.unit).due(b.calendar) == D(2026, 4, 27)  # 04-26 is a Sunday
    assert case.clock("return", unit=ROADS.unit).due(b.calendar) == D(2026, 2, 9)
    refused(b, case, "receive", ROADS, "receipt was signed for already")


# -- replies, promises


def test_a_reply_bears_a_class_of_the_place_and_a_signature(county):
    b = with_settings(county, reply_classes={"一": "解决", "二": "列入计划"})
    case = assigned(b)
    refused(b, case, "reply", ROADS, "reply class 'A' is not of this place: 一, 二", payload=GOOD)
    for gap in ("signed_by", "document", "reply_class"):
        with pytest.raises(Invalid, match=f"{gap} must not be empty"):
            b.step(case, "reply", ROADS, payload={**GOOD, gap: " "})
        with pytest.raises(Invalid, match=gap):
            b.step(case, "reply", ROADS, payload={k: v for k, v in GOOD.items() if k != gap})
    with pytest.raises(Rejected, match="takes Reply"):
        b.step(case, "reply", ROADS)
    assert b.step(case, "reply", ROADS, payload={**GOOD, "reply_class": "二"}).states["main"] == "replied"


def test_only_an_answering_unit_replies_and_only_for_itself(county):
    b = with_settings(county)
    case = assigned(b, (ROADS, "lead"), (WATER, "joint"))
    refused(b, case, "reply", WATER, f"{WATER.id} may not reply", payload=GOOD)
    refused(b, case, "give_opinion", ROADS, f"{ROADS.id} may not give_opinion")
    with pytest.raises(NotFound):
        b.step(case, "reply", POWER, payload=GOOD)
    separate = assigned(b, (ROADS, "separate"), (WATER, "separate"))
    said = f"{ROADS.id} does not act for {WATER.unit}"
    refused(b, separate, "reply", ROADS, said, payload=GOOD, unit=WATER.unit)


def test_promises_become_commitments_once(county):
    b = with_settings(county)
    promises = (Promise(text="年内修好", due=D(2026, 12, 31)), Promise(text="立警示牌", due=D(2026, 2, 1)))
    reply = Reply(document="7", reply_class="B", signed_by="Zhao", promises=promises)
    case = b.step(assigned(b), "reply", ROADS, payload=reply)
    opened = b.do(jobs.look, jobs.WATCH)
    assert len(opened) == 2 and b.do(jobs.look, jobs.WATCH) == ()
    first, second = (b.case(id) for id in opened)
    assert (first.title, first.links, first.parties) == (
        "年内修好",
        {"promised_in": (case.id,)},
        {"promiser": (ROADS.unit,), "asker": (WANG.id,)},
    )
    assert first.clock("promise").due(b.calendar) == D(2026, 12, 31)
    b.today = D(2026, 2, 2)
    assert [(r.title, r.clock) for r in b.ask(ledgers.overdue, OFFICE)] == [("立警示牌", "promise")]
    second = b.step(second, "report", ROADS, note="已立")
    refused(b, second, "judge", ROADS, f"{ROADS.id} may not judge", grade="kept")
    second = b.step(second, "judge", OFFICE, grade="broken")
    assert b.see(second, WANG).states["kept"] == "broken" and "kept" not in b.see(second, ROADS).states
    with pytest.raises(NotFound):
        b.see(second, WATER)


# -- evaluation


def test_silence_counts_only_after_a_reminder(county):
    b = with_settings(county)
    case = replied(b)
    refused(b, case, "evaluate", OFFICE, "remind the deputy before the answer is given up", grade="unanswered")
    case = b.run(case, ("remind", OFFICE), ("evaluate", OFFICE, {"grade": "unanswered"}))
    assert case.states["satisfaction"] == "unanswered"


def test_an_evaluation_has_a_grade_and_is_of_a_signer(county):
    b = with_settings(county)
    case = replied(b)
    known = "grade must be one of ['satisfied', 'basically', 'unsatisfied', 'unanswered']"
    refused(b, case, "evaluate", OFFICE, known)
    refused(b, case, "evaluate", OFFICE, known, grade="splendid")
    refused(b, case, "evaluate", OFFICE, "only those who sign evaluate", grade="satisfied", payload={"of": LI.id})
    refused(b, case, "remind", OFFICE, "nothing to grade", grade="satisfied")


def test_where_every_signer_evaluates_the_least_content_decides(county):
    b = with_settings(county, evaluated_by="signers")
    case = replied(b, cosigners=("li", "chen"))

    def form(case, who, grade):
        return b.step(case, "collect_form", OFFICE, grade=grade, payload={"of": who.id})

    case = form(case, WANG, "satisfied")
    refused(
        b,
        case,
        "collect_form",
        OFFICE,
        "this signer's form is here already",
        grade="basically",
        payload={"of": WANG.id},
    )
    stranger = {"of": uid("stranger")}
    said = "only those who sign fill in a form: signers"
    refused(b, case, "collect_form", OFFICE, said, grade="basically", payload=stranger)
    missing = "2 signers have not evaluated; collect their forms, or remind them first"
    refused(b, case, "evaluate", OFFICE, missing, grade="satisfied")
    case = form(case, LI, "unsatisfied")
    case = b.step(case, "remind", OFFICE)
    refused(b, case, "evaluate", OFFICE, "the signers' forms say unsatisfied", grade="satisfied")
    assert b.step(case, "evaluate", OFFICE, grade="unsatisfied").states["satisfaction"] == "unsatisfied"


def test_where_the_lead_evaluates_a_cosigners_form_is_not_taken(county):
    b = with_settings(county)
    case = replied(b, cosigners=("li",))
    said = "only those who sign fill in a form: lead"
    refused(b, case, "collect_form", OFFICE, said, grade="satisfied", payload={"of": LI.id})
    assert b.step(case, "evaluate", OFFICE, grade="satisfied").states["satisfaction"] == "satisfied"


# -- publication


def test_publication_opens_the_case_and_never_its_evaluation(county):
    b = with_settings(county)
    case = closed(b)
    with pytest.raises(NotFound):
        b.see(case, PUBLIC)
    case = b.step(case, "publish", OFFICE)
    seen = b.see(case, PUBLIC)
    assert seen.title == "修桥" and "satisfaction" not in seen.states and "unsatisfied" not in str(seen)
    case = b.step(case, "withhold", OFFICE, payload=Withholding(reason="deputy"))
    with pytest.raises(NotFound):
        b.see(case, PUBLIC)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"secrecy": "state"}, "it is not to be published: state"),
        ({"secrecy": "trade"}, "it is not to be published: trade"),
        ({"secrecy": "privacy"}, "it is not to be published: privacy"),
        ({"confidential": True}, "it is not to be published: the deputy asked for confidentiality"),
    ],
)
def test_a_secret_is_not_published(county, body, said):
    b = with_settings(county)
    refused(b, evaluated(b, **body), "publish", OFFICE, said)


def test_a_reply_that_is_not_open_is_withheld(county):
    b = with_settings(county)
    case = b.step(assigned(b), "reply", ROADS, payload={**GOOD, "open": False})
    refused(b, case, "publish", OFFICE, "reply 1 is not to be published; withhold it")
    case = b.step(case, "withhold", OFFICE, payload={"reason": "unit"})
    assert case.states["publication"] == "withheld"
    with pytest.raises(Invalid, match="reason"):
        b.step(case, "withhold", OFFICE, payload={"reason": "mood"})
