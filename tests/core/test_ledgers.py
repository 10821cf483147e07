"""Ledgers and search: each reader lists and finds what that reader may find, and nothing of another tenant."""

import datetime as dt

import pytest
from tests.core.suggesting import (
    CHAIR,
    LI,
    OFFICE,
    PUBLIC,
    ROADS,
    SOLE,
    WANG,
    WATER,
    accepted,
    assigned,
    closed,
    draft,
    evaluated,
    found,
    listed,
    uid,
    with_records,
    with_settings,
)

from renda_core.domain.case import Actor
from renda_core.domain.procedure import Veil
from renda_core.errors import Invalid, NotFound
from renda_core.services import cases, ledgers
from renda_core.services.ledgers import Ask

D = dt.date
S = "suggestion"
BOTH = Actor(id=uid("both"), roles={"office"}, unit=ROADS.unit)
STRANGER = Actor(id=uid("stranger"), roles={"station"})


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
    assert listed(b, WATER) == [theirs.id]
    assert listed(b, b.actor("x", unit="power")) == []
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


def test_two_characters_find_and_every_word_must_be_there(county):
    b = with_settings(county)
    bridge = accepted(b, title="关于修缮石桥的建议", text="桥面开裂")
    school = accepted(b, title="关于新建小学的建议", text="学位紧张，桥东片区无校")
    assert found(b, OFFICE, "石桥") == found(b, OFFICE, "开裂") == [bridge.id]
    assert found(b, OFFICE, "建议") == sorted([bridge.id, school.id], reverse=True)
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
    assert found(one, OFFICE, "石桥") == [case.id]
    assert found(other, OFFICE, "石桥") == []
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
    assert "text" not in b.see(case, PUBLIC).body
    assert b.see(case, OFFICE).body["text"] == "举报材料"
    assert found(b, PUBLIC, "石桥") == found(b, OFFICE, "举报") == [case.id]
    assert found(b, PUBLIC, "举报") == found(b, LI, "举报") == []


def test_what_a_reader_may_not_hear_of_does_not_end_the_list_early(county):
    b = with_settings(county)
    for _ in range(3):
        assigned(b, (WATER, "sole"))
    case = assigned(b, (ROADS, "sole"))
    b.today = D(2026, 5, 6)
    for size in (1, 2, 50):
        assert [r.case_id for r in b.ask(ledgers.overdue, ROADS, size=size)] == [case.id] * min(size, 2)
    b.step(case, "withdraw", WANG, note="已解决")
    assert b.ask(ledgers.overdue, ROADS, size=1) == []


def test_overdue_clocks_are_told_to_those_who_may_hear(county):
    b = with_settings(county)
    case = assigned(b)
    b.today = D(2026, 5, 6)
    told = [(r.clock, r.case_id) for r in b.ask(ledgers.overdue, OFFICE)]
    assert told == [("contact", case.id), ("reply", case.id)]
    assert [r.clock for r in b.ask(ledgers.overdue, ROADS)] == ["contact", "reply"]
    for reader in (WATER, PUBLIC, STRANGER):
        assert b.ask(ledgers.overdue, reader) == []
    first = b.ask(ledgers.overdue, OFFICE, size=1)
    rest = b.ask(ledgers.overdue, OFFICE, after=first[-1])
    assert [r.clock for r in (*first, *rest)] == ["contact", "reply"]
