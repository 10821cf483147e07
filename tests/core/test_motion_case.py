"""A motion (议案) as a case: its signatures, its way through the presidium, and what it becomes."""

import pytest
from tests.core.suggesting import LI, OFFICE, PRESIDIUM, WANG, people

from renda_core.errors import Invalid, NotFound, Rejected
from renda_plugins import suggestion_handling
from renda_plugins.suggestion_handling.motions import Motion


def proposed(b, signed, **body):
    """Open a motion that *signed* deputies sign, the lead among them."""
    others = [f"deputy {n}" for n in range(signed - 1)]
    parties = {"proposer": (WANG.id,), "cosigner": people(*others)}
    case = b.open("motion", WANG, Motion(**{"text": "修桥", "level": "county", **body}), parties=parties)
    return b.run(case, *(("cosign", b.actor(name, "deputy")) for name in others))


THRESHOLDS = [
    ({}, 10, "组织法 22"),
    ({"level": "township"}, 5, "组织法 22"),
    ({"sort": "inquiry"}, 10, "组织法 24"),
    ({"body": "standing_committee"}, 3, "组织法 52"),
    ({"body": "standing_committee", "districts": True}, 5, "组织法 52"),
    ({"sort": "inquiry", "body": "standing_committee", "districts": True}, 5, "组织法 53"),
    ({"sort": "recall", "members": 63}, 7, "组织法 31"),
    ({"sort": "recall", "level": "township", "members": 63}, 13, "组织法 31"),
]


@pytest.mark.rule("submit.signatures")
@pytest.mark.parametrize(("body", "least", "source"), THRESHOLDS)
def test_each_sort_asks_for_its_number(county, body, least, source):
    b = county(suggestion_handling)
    with pytest.raises(Rejected) as said:
        b.step(proposed(b, least - 1, **body), "submit", WANG)
    assert f"{least - 1} signatures, {least} needed" in said.value.objections[0]
    assert source in said.value.objections[0]
    assert b.step(proposed(b, least, **body), "submit", WANG).states["main"] == "submitted"


def test_a_special_inquiry_needs_no_signature_and_a_township_has_no_commission(county):
    b = county(suggestion_handling)
    special = proposed(b, 1, sort="special_inquiry", body="standing_committee")
    assert b.step(special, "submit", WANG).states["main"] == "submitted"
    commission = proposed(b, 12, sort="commission", level="township", members=20)
    with pytest.raises(Rejected, match="the law knows no commission at the congress of township level"):
        b.step(commission, "submit", WANG)


def test_a_decliner_does_not_count(county):
    b = county(suggestion_handling)
    parties = {"proposer": (WANG.id,), "cosigner": people("li", "chen")}
    case = b.open("motion", WANG, Motion(text="修桥", level="county", body="standing_committee"), parties=parties)
    case = b.run(case, ("cosign", LI), ("decline_cosign", b.actor("chen", "deputy")))
    with pytest.raises(Rejected, match="2 signatures, 3 needed"):
        b.step(case, "submit", WANG)


def test_signatures_on_paper_are_entered_by_the_office(county):
    b = county(suggestion_handling)
    body = {"text": "修桥", "level": "county"}
    case = b.open("motion", OFFICE, body, parties={"proposer": (WANG.id,)})
    nine = people(*(f"deputy {n}" for n in range(9)))
    case = b.run(case, ("cosign_on_paper", OFFICE, {"parties": {"cosigner": nine}}), ("submit", OFFICE))
    assert case.states["main"] == "submitted"


def test_only_the_presidium_turns_a_motion_into_a_suggestion(county):
    b = county(suggestion_handling)
    case = b.step(proposed(b, 10), "submit", WANG)
    for by in (WANG, OFFICE):
        with pytest.raises(Rejected, match="may not convert"):
            b.step(case, "convert", by, note="内容属建议")
    with pytest.raises(Rejected, match="reasons must be given"):
        b.step(case, "convert", PRESIDIUM)
    case = b.step(case, "convert", PRESIDIUM, note="内容属建议")
    assert b.see(case, OFFICE).closed
    parties = {"proposer": case.parties["proposer"], "cosigner": case.parties["cosigner"]}
    made = b.open("suggestion", OFFICE, {"text": "修桥"}, parties=parties, links={"converted_from": (case.id,)})
    assert b.case(made.id).links == {"converted_from": (case.id,)}


def test_a_motion_goes_through_committee_and_agenda_to_a_vote(county):
    b = county(suggestion_handling)
    case = b.step(proposed(b, 10), "submit", WANG)
    steps = (("refer", "referred"), ("list", "listed"), ("decide", "decided"))
    for step, state in steps:
        case = b.step(case, step, PRESIDIUM)
        assert case.states["main"] == state
    with pytest.raises(Rejected, match="main is decided"):
        b.step(case, "withdraw", WANG)


def test_a_motion_is_checked_and_a_draft_is_hidden(county):
    b = county(suggestion_handling)
    with pytest.raises(Invalid, match="level"):
        b.open("motion", WANG, {"text": "x", "level": "village"})
    case = proposed(b, 1)
    with pytest.raises(NotFound):
        b.see(case, PRESIDIUM)
