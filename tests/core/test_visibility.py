"""What each reader finds, sees and is told: cases, ledgers, search, refusals and stale versions leak nothing."""

import datetime as dt

import attrs
import pytest
from renda_plugins import suggestion_handling

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor
from renda_core.domain.procedure import Gate, Guard, Step, Veil
from renda_core.errors import Invalid, NotFound, Rejected, Stale
from renda_core.services import cases, corrections, ledgers
from renda_core.services.ledgers import Ask
from tests.core.suggesting import (
    CHAIR,
    LI,
    NAME,
    OFFICE,
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
    entries,
    evaluated,
    replied,
    settings,
    uid,
    with_settings,
)

D = dt.date
S = "suggestion"
BOTH = Actor(id=uid("both"), roles={"office"}, unit=ROADS.unit)
STRANGER = Actor(id=uid("stranger"), roles={"station"})


def with_records(county, *offered, **given):
    """Make a county where one more plugin offers case records."""

    class Plugin:
        """A plugin of a test."""

        @hookimpl
        def register_cases(self):
            return offered

    catalogue = Catalogue.collect({NAME: suggestion_handling, "more": Plugin()})
    return county({**settings(**given), "more": {}}, catalogue=catalogue)


def listed(b, who, **asked):
    """Give the ids of a ledger."""
    return [row.id for row in b.ask(ledgers.ledger, who, Ask(kind=S, **asked))]


def found(b, who, text):
    """Give the ids of a search."""
    return [row.id for row in b.ask(ledgers.search, who, S, text)]


# -- the handling unit and its evaluation


def test_the_unit_neither_reads_nor_writes_an_evaluation(county):
    b = with_settings(county)
    case = evaluated(b)
    for reader in (ROADS, BOTH):  # a veil's never wins over an office's right
        seen = b.see(case, reader)
        assert "satisfaction" not in seen.states and "unsatisfied" not in str(seen)
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
    assert "unsatisfied" not in str(said.value) and "unsatisfied" not in str(said.value.details)


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
    assert "unsatisfied" not in str(b.see(case, ROADS)) and "unsatisfied" in str(b.see(case, OFFICE))


# -- what is stale


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


# -- refusals say what is open


def test_a_refusal_lists_the_open_steps_and_to_whom(county):
    b = with_settings(county)
    case = assigned(b)
    with pytest.raises(Rejected) as said:
        b.step(case, "accept", OFFICE)
    told = {s["step"]: (tuple(s["who"]), s["yours"]) for s in said.value.details["open"]}
    assert told["reply"] == (("unit:lead", "unit:separate", "unit:sole"), False)
    assert told["publish"] == (("office",), True)
    assert told["withdraw"] == (("proposer",), False)
    assert not told.keys() & {"accept", "assign", "submit", "close", "cosign", "propose"}
    with pytest.raises(Rejected) as said:
        b.step(case, "accept", ROADS)
    yours = {s["step"] for s in said.value.details["open"] if s["yours"]}
    assert yours == {"receive", "contact", "ask_return", "reply", "take_more_time", "ask_more_time"}
    assert {s.step for s in b.ask(cases.steps_of, ROADS, case.id) if s.yours} == yours


def test_open_steps_do_not_tell_a_veiled_state(county):
    b = with_settings(county)
    case = replied(b)
    assert "evaluate" in {s.step for s in b.ask(cases.steps_of, OFFICE, case.id)}
    assert "evaluate" not in {s.step for s in b.ask(cases.steps_of, ROADS, case.id)}


@pytest.mark.parametrize("step", ["gone", "", "propose"])
def test_a_step_that_is_none_is_refused(county, step):
    b = with_settings(county)
    case = accepted(b)
    if step == "propose":  # the opening step is no step of an open case
        before = b.case(case.id)
        b.step(case, step, OFFICE)
        assert b.case(case.id).states == before.states
    else:
        with pytest.raises(Rejected, match="suggestion has no step"):
            b.step(case, step, OFFICE)


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


# -- overriding


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
    assert case.states["main"] == "closed" and {c.state for c in case.clocks} == {"stopped"}
    assert case.version == len(case.acts) - 1
    told = entries(b)[-1]
    assert (told["what"], told["rule"], told["body"]["state"]) == ("suggestion.override", "override", "main=closed")
    assert "法院" not in str(told)  # reasons stand beside the chain, where they can be erased


# -- drafts and ledgers


def test_a_draft_is_its_proposers_own(county):
    b = with_settings(county)
    case = draft(b, invited=("li",))
    assert b.see(case, WANG).states["main"] == b.see(case, LI).states["main"] == "draft"
    for reader in (OFFICE, CHAIR, PUBLIC, ROADS, b.actor("other", "deputy")):
        with pytest.raises(NotFound):
            b.see(case, reader)
        with pytest.raises(NotFound):
            b.step(case, "submit", reader)
    assert listed(b, OFFICE) == listed(b, WANG) == found(b, WANG, "石桥") == []
    assert listed(b, WANG, person=WANG.id) == [case.id] == listed(b, LI, person=LI.id)
    assert listed(b, OFFICE, person=WANG.id) == listed(b, LI, person=WANG.id) == []


def test_each_reader_lists_what_that_reader_may_find(county):
    b = with_settings(county)
    mine, other, theirs = assigned(b), accepted(b, LI), assigned(b, (WATER, "sole"))
    public = b.step(closed(b), "publish", OFFICE)
    draft(b)
    everything = sorted([mine.id, other.id, theirs.id, public.id])
    for reader in (OFFICE, CHAIR, WANG, b.actor("other", "deputy")):
        assert listed(b, reader) == everything
    assert listed(b, ROADS) == listed(b, ROADS, unit=ROADS.unit) == sorted([mine.id, public.id])
    assert listed(b, WATER) == [theirs.id] and listed(b, b.actor("x", unit="power")) == []
    assert listed(b, PUBLIC) == [public.id]
    assert listed(b, OFFICE, unit=WATER.unit) == [theirs.id]
    assert listed(b, OFFICE, state="assigned") == sorted([mine.id, theirs.id])
    assert listed(b, PUBLIC, state="assigned") == []
    for asked in ({"unit": WATER.unit}, {"state": "assigned"}, {"person": WANG.id}, {"dimension": "subject"}):
        with pytest.raises(Invalid, match="a handling unit lists its own cases only"):
            listed(b, ROADS, **asked)
    for reader in (STRANGER, b.actor("nobody")):
        with pytest.raises(NotFound, match="no kind 'suggestion' is open to you"):
            listed(b, reader)
        with pytest.raises(NotFound):
            found(b, reader, "石桥")
    for kind in ("gone", ""):
        with pytest.raises(NotFound, match="is enabled here; enabled: commitment, motion, suggestion"):
            b.ask(ledgers.ledger, OFFICE, Ask(kind=kind))


def test_ledgers_are_asked_by_state_facet_and_dimension_and_turned_page_by_page(county):
    b = with_settings(county)
    made = [accepted(b, subject="交通" if n % 2 else "教育", delegation="城关") for n in range(5)]
    ids = sorted(c.id for c in made)
    assert listed(b, OFFICE, dimension="subject", value="交通") == sorted(c.id for c in made[1::2])
    assert listed(b, OFFICE, facet="publication", state="internal") == ids
    pages = [
        listed(b, OFFICE, size=2),
        listed(b, OFFICE, size=2, after=ids[1]),
        listed(b, OFFICE, size=2, after=ids[3]),
    ]
    assert [p for page in pages for p in page] == ids
    for wrong, said in (
        ({"size": 0}, "size must lie between"),
        ({"size": 1001}, "size must lie between"),
        ({"facet": "mood", "state": "x"}, "no facet 'mood'"),
        ({"dimension": "text", "value": "x"}, "no dimension 'text'; known: subject, delegation, session"),
        ({"state": "accepted", "unit": ROADS.unit}, "one question at a time: state, unit"),
    ):
        with pytest.raises(Invalid, match=said):
            listed(b, OFFICE, **wrong)


def test_no_ledger_is_filtered_by_what_is_veiled(county):
    b = with_settings(county)
    case = evaluated(b)
    asked = {"facet": "satisfaction", "state": "unsatisfied"}
    assert listed(b, OFFICE, **asked) == listed(b, CHAIR, **asked) == [case.id]
    for reader in (WANG, PUBLIC, BOTH, ROADS):
        with pytest.raises(Invalid):
            listed(b, reader, **asked)
    with pytest.raises(Invalid, match="no facet 'satisfaction' to filter by"):
        listed(b, BOTH, **asked)


# -- search


def test_two_characters_find_and_every_word_must_be_there(county):
    b = with_settings(county)
    bridge = accepted(b, title="关于修缮石桥的建议", text="桥面开裂")
    school = accepted(b, title="关于新建小学的建议", text="学位紧张，桥东片区无校")
    assert found(b, OFFICE, "石桥") == found(b, OFFICE, "开裂") == [bridge.id]
    assert found(b, OFFICE, "建议") == sorted([bridge.id, school.id])
    assert found(b, OFFICE, "建议 小学") == found(b, WANG, "学位") == [school.id]
    assert found(b, OFFICE, "石桥 小学") == found(b, OFFICE, "机场") == []
    assert found(b, OFFICE, bridge.number) == [bridge.id]
    with pytest.raises(Invalid, match="at least one word"):
        found(b, OFFICE, " ，")
    assert found(b, PUBLIC, "石桥") == []


def test_one_tenant_never_finds_what_another_has(county):
    one, other = with_settings(county), with_settings(county)
    case = accepted(one, title="石桥", text="修")
    assert case.number == accepted(other, title="学校", text="建").number == "2026-1"
    assert found(one, OFFICE, "石桥") == [case.id] and found(other, OFFICE, "石桥") == []
    for look in (cases.show, cases.steps_of):
        with pytest.raises(NotFound) as theirs:
            other.ask(look, OFFICE, case.id)
        missing = uid("nothing at all")
        with pytest.raises(NotFound) as nothing:
            other.ask(look, OFFICE, missing)
        assert str(theirs.value).replace(case.id, missing) == str(nothing.value)
    with pytest.raises(NotFound):
        other.do(cases.take_step, OFFICE, cases.TakeStep(case=case.id, step="assign", version=2, **SOLE))
    assert other.ask(ledgers.overdue, OFFICE) == []


def test_search_does_not_find_by_a_veiled_text(county):
    b = with_records(county, Veil(kind=S, part="body.text", seen_by="office proposer"))
    case = b.step(closed(b, title="城东石桥", text="举报材料"), "publish", OFFICE)
    assert "text" not in b.see(case, PUBLIC).body and b.see(case, OFFICE).body["text"] == "举报材料"
    assert found(b, PUBLIC, "石桥") == found(b, OFFICE, "举报") == [case.id]
    assert found(b, PUBLIC, "举报") == found(b, LI, "举报") == []


# -- veils of other plugins


def test_a_veil_hides_one_field_of_an_act_or_a_party_or_a_clock(county):
    parts = ("act.reply.signed_by", "party.cosigner", "clock.reply", "facet.publication", "act.contact", "body.subject")
    b = with_records(county, *(Veil(kind=S, part=p, seen_by="office") for p in parts))
    case = assigned(b, cosigners=("li", "chen"), subject="交通")
    case = b.run(case, ("contact", ROADS, {"payload": {"how": "电话"}}), ("reply", ROADS, REPLY))
    office, reader = b.see(case, OFFICE), b.see(case, b.actor("other", "deputy"))
    assert set(office.parties) == {"proposer", "cosigner"} and set(reader.parties) == {"proposer"}
    assert "交通" in str(office) and "交通" not in str(reader)
    assert "Zhao" in str(office) and "Zhao" not in str(reader)
    assert reader.acts[-1]["document"] == "2026-7" and "signed_by" not in reader.acts[-1]
    assert "电话" in str(office) and "电话" not in str(reader)
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


def test_overdue_clocks_are_told_to_those_who_may_hear(county):
    b = with_settings(county)
    case = assigned(b)
    b.today = D(2026, 5, 6)
    told = [(r.clock, r.case_id) for r in b.ask(ledgers.overdue, OFFICE)]
    assert told == [("return", case.id), ("contact", case.id), ("reply", case.id)]
    assert [r.clock for r in b.ask(ledgers.overdue, ROADS)] == ["return", "contact", "reply"]
    for reader in (WATER, PUBLIC, STRANGER):
        assert b.ask(ledgers.overdue, reader) == []
    first = b.ask(ledgers.overdue, OFFICE, size=1)
    rest = b.ask(ledgers.overdue, OFFICE, after=first[-1])
    assert [r.clock for r in (*first, *rest)] == ["return", "contact", "reply"]
