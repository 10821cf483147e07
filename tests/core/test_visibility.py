"""What each reader finds, sees and is told: cases, ledgers, search, refusals and stale versions leak nothing."""

import pytest
from tests.core.suggesting import (
    CHAIR,
    LI,
    OFFICE,
    REPLY,
    ROADS,
    WANG,
    assigned,
    draft,
    evaluated,
    listed,
    replied,
    uid,
    with_records,
    with_settings,
)

from renda_core.domain.case import Actor
from renda_core.domain.procedure import Gate, Guard, Step, Veil
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.services import corrections

S = "suggestion"
BOTH = Actor(id=uid("both"), roles={"office"}, unit=ROADS.unit)


# -- the handling unit and its evaluation


def test_the_unit_neither_reads_nor_writes_an_evaluation(county):
    b = with_settings(county)
    case = evaluated(b)
    for reader in (ROADS, BOTH):  # a veil's never wins over an office's right
        seen = b.see(case, reader)
        assert "satisfaction" not in seen.states
        assert "unsatisfied" not in str(seen)
        assert "evaluate" not in [a.get("step") for a in seen.acts]
    assert b.see(case, OFFICE).states["satisfaction"] == "unsatisfied"
    assert b.see(case, WANG).acts[-1]["grade"] == "unsatisfied"
    assert "unsatisfied" not in str(b.see(case, LI))  # another deputy is no reader of it either
    other = replied(b)
    for writer in (ROADS, BOTH):
        for step in ("evaluate", "collect_form"):
            with pytest.raises(Rejected) as said:
                b.step(other, step, writer, grade="satisfied", payload={"of": WANG.id})
            assert said.value.objections == (f"{writer.id} may not {step}",)


@pytest.mark.parametrize("reads", [True, False])
def test_after_the_close_the_unit_reads_it_where_the_place_says_so(county, reads):
    b = with_settings(county, unit_reads_after_close=reads)
    case = evaluated(b)
    assert "unsatisfied" not in str(b.see(case, ROADS))
    assert ("unsatisfied" in str(b.see(b.step(case, "close", OFFICE), ROADS))) is reads


def test_a_refusal_tells_the_unit_nothing(county):
    b = with_settings(county, evaluated_by="signers")
    case = b.step(replied(b), "collect_form", OFFICE, grade="unsatisfied", payload={"of": WANG.id})
    with pytest.raises(Rejected) as said:
        b.step(case, "evaluate", ROADS, grade="satisfied")
    assert "unsatisfied" not in str(said.value)
    assert "unsatisfied" not in str(said.value.details)


def test_gates_and_guards_are_silent_to_whoever_may_not_take_the_step(county):
    def tell(context, case, act):
        yield f"it is {case.states['satisfaction']}"

    b = with_records(
        county,
        Gate(kind=S, step="close", facet="satisfaction", states="satisfied"),
        Guard(kind=S, step="close", name="tell", refuse=tell),
    )
    case = evaluated(b)
    with pytest.raises(Rejected) as said:
        b.step(case, "close", ROADS)
    assert said.value.objections == (f"{ROADS.id} may not close",)
    with pytest.raises(Rejected) as said:
        b.step(case, "close", OFFICE)
    assert said.value.objections == ("satisfaction is unsatisfied", "it is unsatisfied")


def test_an_override_of_a_veiled_facet_does_not_tell_its_state(county):
    b = with_settings(county)
    case = replied(b)
    force = corrections.Override(case=case.id, facet="satisfaction", state="unsatisfied", note="表格补录")
    b.do(corrections.override_state, CHAIR, force)
    assert "unsatisfied" not in str(b.see(case, ROADS))
    assert "unsatisfied" in str(b.see(case, OFFICE))


# -- veils of other plugins


def test_a_veil_hides_one_field_of_an_act_or_a_party_or_a_clock(county):
    parts = ("act.reply.signed_by", "party.cosigner", "clock.reply", "facet.publication", "act.contact", "body.subject")
    b = with_records(county, *(Veil(kind=S, part=p, seen_by="office") for p in parts))
    case = assigned(b, cosigners=("li", "chen"), subject="交通")
    case = b.run(case, ("contact", ROADS, {"payload": {"how": "电话"}}), ("reply", ROADS, REPLY))
    office, reader = b.see(case, OFFICE), b.see(case, b.actor("other", "deputy"))
    assert set(office.parties) == {"proposer", "cosigner"}
    assert set(reader.parties) == {"proposer"}
    assert "交通" in str(office)
    assert "交通" not in str(reader)
    assert "Zhao" in str(office)
    assert "Zhao" not in str(reader)
    assert reader.acts[-1]["document"] == "2026-7"
    assert "signed_by" not in reader.acts[-1]
    assert "电话" in str(office)
    assert "电话" not in str(reader)
    assert {c.name for c in office.clocks} - {c.name for c in reader.clocks} == {"reply"}
    assert "publication" not in reader.states
    with pytest.raises(Invalid, match="no dimension 'subject'"):
        listed(b, WANG, dimension="subject", value="交通")


def test_a_veiled_party_does_not_show_in_the_act_that_named_it(county):
    b = with_records(county, Veil(kind=S, part="party.cosigner", seen_by="office cosigner proposer"))
    case = b.step(draft(b), "invite", WANG, parties={"cosigner": (LI.id,)})
    case = b.run(case, ("cosign", LI), ("submit", WANG))
    reader = b.see(case, b.actor("other", "deputy"))
    assert [a["parties"] for a in reader.acts if a["step"] == "invite"] == [{}]
    assert LI.id in str(b.see(case, WANG).acts[1]["parties"])


def test_every_veil_must_let_through(county):
    """A plugin can tighten the secrecy of another and never loosen it."""
    wide = "office deputy unit public overseer"
    for seen_by, sees in ((wide, True), ("overseer", False)):
        b = with_records(county, Veil(kind=S, part="act.evaluate", seen_by=seen_by))
        case = evaluated(b)
        assert any(a["step"] == "evaluate" for a in b.see(case, OFFICE).acts) is sees
        assert not any(a["step"] == "evaluate" for a in b.see(case, ROADS).acts)


def test_a_role_invented_later_sees_nothing_veiled(county):
    b = with_records(county, Step(kind=S, name="inspect", who="inspector"))
    case = evaluated(b)
    with pytest.raises(NotFound):
        b.see(case, b.actor("i", "inspector"))
    seen = b.see(case, b.actor("i", "inspector deputy"))
    assert "unsatisfied" not in str(seen)
