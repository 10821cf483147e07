"""The first half of a suggestion: co-signers, review, refusal, merging, withdrawal."""

import datetime as dt

import pytest
from tests.core.suggesting import (
    CHEN,
    LI,
    OFFICE,
    REPLY,
    ROADS,
    SOLE,
    WANG,
    accepted,
    assigned,
    draft,
    people,
    refused,
    uid,
    with_settings,
)

from renda_core.domain.suggestion import signers
from renda_core.errors import Invalid, Rejected
from renda_core.services import ledgers

D = dt.date


@pytest.mark.rule("submit.invitations", "cosign.once", "decline_cosign.once")
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


@pytest.mark.rule("invite.names", "cosign_on_paper.names")
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


def test_a_deputy_proposes_in_no_other_name(county):
    b = with_settings(county)
    with pytest.raises(Rejected, match="propose is taken for oneself: the actor must be the proposer"):
        b.open("suggestion", LI, {"text": "修桥"}, parties={"proposer": (WANG.id,)})
    with pytest.raises(Rejected, match="the actor must be the proposer"):
        b.open("suggestion", LI, {"text": "修桥"})


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
    assert case.states["main"] == "draft"
    assert case.acts[-1].note == "写明桥名"
    assert b.run(case, ("submit", WANG), ("accept", OFFICE)).states["main"] == "accepted"


@pytest.mark.parametrize("reason", ["private", "pending", "forwarded", "complaint", "promotion", "bid", "empty"])
def test_every_listed_reason_declines(county, reason):
    b = with_settings(county)
    case = b.step(b.run(draft(b), ("submit", WANG)), "decline", OFFICE, payload={"reason": reason}, note="见清单")
    assert case.states["main"] == "declined"
    assert b.see(case, OFFICE).closed
    refused(b, case, "accept", OFFICE, "main is declined, not submitted")


@pytest.mark.rule("decline.listed")
def test_a_reason_that_the_place_does_not_list_declines_nothing(county):
    b = with_settings(county, refusals={"empty": "没有实际内容"})
    case = b.run(draft(b), ("submit", WANG))
    said = "'private' is no reason of this place; known: empty"
    refused(b, case, "decline", OFFICE, said, payload={"reason": "private"}, note="x")
    with pytest.raises(Invalid, match=r"needs|reason|Refusal"):
        b.step(case, "decline", OFFICE, note="x", payload={})


@pytest.mark.rule("accept.one_matter")
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


def test_merged_suggestions_are_answered_with_their_lead(county):
    b = with_settings(county)
    lead, other, gone = accepted(b, WANG), accepted(b, LI), accepted(b, CHEN)
    into = {"links": {"merged_into": (lead.id,)}}
    for case in (other, gone):
        b.step(case, "merge", OFFICE, **into)
    b.step(gone, "withdraw", CHEN, note="已解决")
    b.run(lead, ("assign", OFFICE, SOLE), ("reply", ROADS, REPLY))
    answered = b.case(other.id)
    assert answered.states["main"] == "replied"
    assert answered.clock("evaluation").state == "running"
    assert (answered.acts[-1].by, answered.acts[-1].note) == ("job:follow", lead.id)
    assert b.case(gone.id).states["main"] == "withdrawn"  # and blocked nothing
    for case, who in ((lead, WANG), (other, LI)):  # each lead judges for itself
        b.step(case, "evaluate", OFFICE, grade="satisfied", payload={"of": who.id})


@pytest.mark.rule("answer_with_lead.lead")
def test_a_suggestion_split_from_one_lead_follows_only_its_new_one(county):
    b = with_settings(county)
    first, second, case = accepted(b), accepted(b), accepted(b, LI)
    case = b.step(case, "merge", OFFICE, links={"merged_into": (first.id,)})
    case = b.step(b.step(case, "split", OFFICE), "merge", OFFICE, links={"merged_into": (second.id,)})
    b.run(first, ("assign", OFFICE, SOLE), ("reply", ROADS, REPLY))
    assert b.case(case.id).states["main"] == "merged"
    b.run(second, ("assign", OFFICE, SOLE), ("reply", ROADS, REPLY))
    assert b.case(case.id).states["main"] == "replied"


@pytest.mark.rule("merge.lead")
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
    assert {c.state for c in case.clocks} == {"stopped"}
    assert len(case.clocks) == 3
    assert {c.ticks[-1].on for c in case.clocks} == {D(2026, 1, 27)}
    with pytest.raises(Rejected, match=r"may not contact|main is"):
        b.step(case, "contact", ROADS)
    b.today = D(2026, 12, 1)
    assert b.ask(ledgers.overdue, OFFICE) == []
