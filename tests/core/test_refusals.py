"""Refusals, stale versions and overrides: what is told, and to whom."""

import attrs
import pytest
from tests.core.suggesting import (
    CHAIR,
    OFFICE,
    ROADS,
    WANG,
    WATER,
    accepted,
    assigned,
    draft,
    entries,
    replied,
    with_settings,
)

from renda_core.errors import Invalid, NotFound, Rejected, Stale
from renda_core.services import cases, corrections
from renda_core.testing import uid

S = "suggestion"


def test_stale_tells_what_happened_and_nothing_veiled(county):
    b = with_settings(county)
    case = replied(b)
    b.step(case, "evaluate", OFFICE, grade="unsatisfied", payload={"of": WANG.id})
    command = cases.TakeStep(case=case.id, step="receive", version=3)
    with pytest.raises(Stale) as office:
        b.do(cases.take_step, OFFICE, command)
    assert office.value.details["version"] == 5
    told = [(c["step"], c["by"], c["on"]) for c in office.value.details["changed"]]
    assert told == [("reply", ROADS.id, "2026-01-20"), ("evaluate", OFFICE.id, "2026-01-20")]
    with pytest.raises(Stale) as unit:
        b.do(cases.take_step, ROADS, command)
    assert [c["step"] for c in unit.value.details["changed"]] == ["reply"]
    with pytest.raises(NotFound):
        b.do(cases.take_step, WATER, command)


def test_two_writers_of_one_version_one_wins(county):
    b = with_settings(county)
    case = draft(b)
    command = cases.TakeStep(case=case.id, step="submit", version=0)
    b.do(cases.take_step, WANG, command)
    with pytest.raises(Stale, match="version 1, you saw 0"):
        b.do(cases.take_step, WANG, command)
    assert len(b.case(case.id).acts) == 2


def test_a_refusal_lists_the_open_steps_and_to_whom(county):
    b = with_settings(county)
    case = assigned(b)
    with pytest.raises(Rejected) as said:
        b.step(case, "accept", OFFICE)
    told = {s["step"]: (tuple(s["who"]), s["yours"]) for s in said.value.details["open"]}
    assert told["reply"] == (("unit:lead", "unit:separate", "unit:sole"), False)
    assert told["withhold"] == (("office",), True)
    assert told["withdraw"] == (("proposer",), False)
    assert not told.keys() & {"accept", "assign", "submit", "close", "cosign", "propose", "publish", "grant_more_time"}
    with pytest.raises(Rejected) as said:
        b.step(case, "accept", ROADS)
    yours = {s["step"] for s in said.value.details["open"] if s["yours"]}
    assert yours == {"receive", "contact", "ask_return", "reply", "deliver", "take_more_time", "ask_more_time"}
    assert {s.step for s in b.ask(cases.steps_of, ROADS, case.id) if s.yours} == yours


def test_open_steps_do_not_tell_a_veiled_state(county):
    b = with_settings(county)
    case = replied(b)
    assert "evaluate" in {s.step for s in b.ask(cases.steps_of, OFFICE, case.id)}
    assert "evaluate" not in {s.step for s in b.ask(cases.steps_of, ROADS, case.id)}


@pytest.mark.parametrize(("step", "told"), [("gone", "no step"), ("", "no step"), ("propose", "open already")])
def test_a_step_that_is_none_is_refused(county, step, told):
    b = with_settings(county)
    with pytest.raises(Rejected, match=told):
        b.step(accepted(b), step, OFFICE)


def test_unknown_fields_are_refused_by_name(county):
    b = with_settings(county)
    with pytest.raises(Invalid, match=r"suggestion body: unknown field grade, txt; known: .*text") as said:
        b.open(S, WANG, {"txt": "x", "grade": 1}, parties={"proposer": (WANG.id,)})
    assert said.value.details["field"] == "grade"
    with pytest.raises(Invalid, match=r"suggestion.reply: unknown field seal; known: .*signed_by"):
        b.step(assigned(b), "reply", ROADS, payload={"document": "1", "reply_class": "A", "signed_by": "Z", "seal": 1})
    with pytest.raises(Invalid, match="hard"):
        b.open(S, WANG, {"text": "x", "hard": "very"}, parties={"proposer": (WANG.id,)})
    with pytest.raises(Invalid, match="suggestion needs a body: text"):
        b.open(S, WANG, parties={"proposer": (WANG.id,)})
    with pytest.raises(Invalid, match="a case needs a title"):
        b.open(S, WANG, {"text": "x"}, title=" ")
    with pytest.raises(Rejected, match="takes nothing"):
        b.step(draft(b), "submit", WANG, payload={"text": "x"})
    with pytest.raises(Rejected, match=r"no such parties: \['author'\]"):
        b.open(S, WANG, {"text": "x"}, parties={"author": (WANG.id,)})


def test_an_override_is_recorded_and_clocks_hear_it(county):
    b = with_settings(county)
    case = assigned(b)
    force = corrections.Override(case=case.id, facet="main", state="closed", note="法院判决")
    with pytest.raises(Rejected, match="is no overseer"):
        b.do(corrections.override_state, OFFICE, force)
    for wrong, said in (({"note": " "}, "needs a reason"), ({"state": "ended"}, "there is no main=ended")):
        with pytest.raises(Rejected, match=said):
            b.do(corrections.override_state, CHAIR, attrs.evolve(force, **wrong))
    case = b.do(corrections.override_state, CHAIR, force)
    act = case.acts[-1]
    assert (act.forced, act.step, act.grade, act.note) == (True, "override", "main=closed", "法院判决")
    assert case.states["main"] == "closed"
    assert {c.state for c in case.clocks} == {"stopped"}
    assert case.version == len(case.acts) - 1
    told = entries(b)[-1]
    assert (told["what"], told["rule"], told["body"]["state"]) == ("suggestion.override", "override", "main=closed")
    assert "法院" not in str(told)  # reasons stand beside the chain, where they can be erased


def test_a_case_is_tied_to_no_case_that_is_not_there(county):
    b = with_settings(county)
    case = accepted(b)
    with pytest.raises(NotFound, match="to be merged_into"):
        b.step(case, "merge", OFFICE, links={"merged_into": (uid("nowhere"),)})
    assert b.case(case.id).states["main"] == "accepted"
