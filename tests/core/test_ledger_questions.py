"""Ledgers asked many things at once: the same as asking in Python, page by page while others write."""

from __future__ import annotations

import datetime as dt
import random

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.suggesting import (
    LI,
    OFFICE,
    PUBLIC,
    REPLY,
    ROADS,
    WANG,
    WATER,
    accepted,
    assigned,
    closed,
    draft,
    listed,
    uid,
    with_records,
    with_settings,
)

from renda_core.domain.procedure import Veil
from renda_core.errors import Invalid
from renda_core.services import ledgers
from renda_core.services.ledgers import Ask
from renda_core.services.paging import cursor
from renda_core.store import tables as t
from renda_core.store.ledgers import LedgerRow

D = dt.date
S = "suggestion"
FAR = D(9999, 1, 1)


@pytest.fixture
def full(county):
    """A county with two dozen cases in every state, opened on different days."""
    b = with_settings(county)
    draw = random.Random(7)
    for n in range(24):
        b.today = D(2026, 1, 20) + dt.timedelta(days=n)
        by, unit = draw.choice((WANG, LI)), draw.choice((ROADS, WATER))
        words = draw.choice(("城东石桥", "城西学校", "城东学校"))
        body = {"subject": draw.choice(("交通", "教育")), "text": draw.choice(("多年失修", "无人看管"))}
        case = accepted(b, by, title=words, **body) if n % 6 else draft(b, by, title=words, **body)
        if n % 3 == 1:
            b.step(case, "assign", OFFICE, units=((unit.unit, "sole"),))
        if n % 9 == 4:
            b.step(case, "reply", unit, **REPLY)
    return b


def whole(b):
    """Every case that the office reads, with its row."""
    rows = b.ask(ledgers.ledger, OFFICE, Ask(kind=S, size=1000))
    return [(b.case(row.id), row) for row in rows]


def fits(case, row: LedgerRow, q) -> bool:
    """Decide in Python what the ledger decides in SQL."""
    told = case.title + " " + case.body.text
    return (
        (not q.get("state") or row.state == q["state"])
        and (not q.get("unit") or any(a.unit == q["unit"] for a in case.assignments))
        and (not q.get("person") or any(q["person"] in p for p in case.parties.values()))
        and (not q.get("dimension") or case.body.subject == q["value"])
        and all(w in told for w in q.get("text", "").split())
        and (not q.get("opened_from") or row.opened_on >= q["opened_from"])
        and (not q.get("opened_to") or row.opened_on <= q["opened_to"])
        and (not q.get("due_before") or (row.next_due or FAR) < q["due_before"])
        and (q.get("closed") is None or row.closed == q["closed"])
    )


def in_order(rows, sort):
    """Sort in Python."""
    if sort == "due":
        return sorted((r for r in rows if r.next_due), key=lambda r: (r.next_due, r.id))
    return sorted(rows, key=lambda r: r.number if sort == "number" else r.id, reverse=sort == "-opened")


DAYS = st.dates(D(2026, 1, 20), D(2026, 2, 14))
QUESTIONS = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(("accepted", "assigned", "replied", "submitted", "gone")),
        "unit": st.sampled_from((ROADS.unit, WATER.unit, uid("none"))),
        "person": st.sampled_from((WANG.id, LI.id)),
        "text": st.sampled_from(("石桥", "学校", "城东", "城东 学校", "石桥 多年 失修", "机场", "石桥 机场")),
        "opened_from": DAYS,
        "opened_to": DAYS,
        "due_before": st.dates(D(2026, 2, 1), D(2026, 6, 1)),
        "closed": st.booleans(),
        "dimension": st.just("subject"),
        "sort": st.sampled_from(("opened", "-opened", "due", "number")),
    },
)


def test_a_question_is_answered_as_python_would(full):
    cases = whole(full)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(q=QUESTIONS, size=st.integers(1, 30))
    def check(q, size):
        if "dimension" in q:
            q = {**q, "value": "交通"}
        expected = in_order([row for case, row in cases if fits(case, row, q)], q.get("sort", "opened"))
        got, after = [], ""
        while True:
            page = full.ask(ledgers.ledger_page, OFFICE, Ask(kind=S, size=size, after=after, **q))
            got += page.rows
            if not (after := page.after):
                break
            assert len(page.rows) == size
        assert got == expected

    check()


@pytest.mark.parametrize("sort", ["opened", "-opened", "due", "number"])
def test_pages_hold_nothing_twice_and_pass_over_nothing_while_others_write(county, sort):
    b = with_settings(county)
    draw = random.Random(11)
    stay = {assigned(b).id for _ in range(9)}
    others = [assigned(b) for _ in range(5)]
    got, after = [], ""
    while True:
        page = b.ask(ledgers.ledger_page, OFFICE, Ask(kind=S, sort=sort, size=2, after=after))
        got += [row.id for row in page.rows]
        if not (after := page.after):
            break
        if others and draw.random() < 0.7:
            b.step(others.pop(), "reply", ROADS, **REPLY)
        b.today += dt.timedelta(days=1)
        if len(got) < 20:
            assigned(b)
    assert [id for id in got if id in stay] == list(dict.fromkeys(id for id in got if id in stay))
    assert stay <= set(got)
    assert len(got) == len(set(got)) or sort == "due"  # a clock that is set again may move its case


def test_a_plain_id_turns_pages_by_opening_and_a_wrong_cursor_is_named(county):
    b = with_settings(county)
    ids = sorted(accepted(b).id for _ in range(3))
    assert listed(b, OFFICE, after=ids[0]) == ids[1:]
    assert listed(b, OFFICE, after=ids[2], sort="-opened") == [ids[1], ids[0]]
    page = b.ask(ledgers.ledger_page, OFFICE, Ask(kind=S, size=2))
    assert listed(b, OFFICE, after=page.after) == ids[2:]
    for sort, after in (
        ("opened", "x"), ("due", ids[0]), ("number", ids[0]), ("-opened", page.after),
        ("opened", cursor("opened", "x")),
        ("due", cursor("due", "never", ids[0])), ("number", cursor("number", "\0")), ("opened", "A" * 5_000),
        ("number", cursor("number")), ("opened", "😀"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match="after is no cursor") as said:
            listed(b, OFFICE, sort=sort, after=after)
        assert said.value.details["field"] == "after"
    for wrong, field in (
        ({"sort": "title"}, "sort"),
        ({"text": "，"}, "text"),
        ({"text": "\0石"}, "text"),
        ({"value": "\ud800", "dimension": "subject"}, "value"),
    ):
        with pytest.raises(Invalid) as said:
            listed(b, OFFICE, **wrong)
        assert said.value.details["field"] == field


def test_a_unit_narrows_its_own_by_what_it_sees(county):
    b = with_settings(county)
    mine, theirs = assigned(b, title="城东石桥"), assigned(b, (WATER, "sole"), title="城西石桥")
    done = closed(b, title="学校", text="学位")
    assert listed(b, ROADS, text="石桥") == [mine.id]
    assert listed(b, WATER, text="石桥") == [theirs.id]
    assert listed(b, ROADS, closed=True) == [done.id]
    assert listed(b, ROADS, sort="-opened") == [done.id, mine.id]
    assert listed(b, ROADS, sort="due") == [mine.id]
    assert listed(b, ROADS, opened_to=D(2020, 1, 1)) == listed(b, ROADS, due_before=D(2020, 1, 1)) == []


def test_nothing_veiled_is_filtered_sorted_or_searched_by(county):
    parts = ("facet.main", "clock.reply", "body.text", "body.subject", "party.proposer")
    b = with_records(county, *(Veil(kind=S, part=part, seen_by="office") for part in parts))
    case = b.step(closed(b, title="城东石桥", text="举报材料", subject="交通"), "publish", OFFICE)
    full = {
        "state": "closed",
        "dimension": "subject",
        "value": "交通",
        "text": "举报",
        "person": WANG.id,
        "closed": True,
    }
    assert listed(b, OFFICE, **full, sort="number") == [case.id]
    for reader in (LI, PUBLIC, ROADS):
        for asked in (
            {"state": "closed"},
            {"closed": True},
            {"sort": "due"},
            {"due_before": D(2027, 1, 1)},
            {"dimension": "subject", "value": "交通"},
        ):
            with pytest.raises(Invalid):
                listed(b, reader, **asked)
        assert listed(b, reader, text="举报") == []
        assert listed(b, reader, text="石桥") == [case.id]
        (row,) = b.ask(ledgers.ledger, reader, Ask(kind=S))
        assert (row.state, row.next_due) == ("", None)
    for reader in (LI, PUBLIC):
        assert listed(b, reader, person=WANG.id) == []
    assert listed(b, WANG, person=WANG.id) == [case.id]


def test_a_page_goes_on_past_what_may_not_be_found(county, monkeypatch):
    b = with_records(county, Veil(kind=S, part="body.text", seen_by="office"))
    seen = []
    for n in range(30):
        case = accepted(b, title="城东石桥" if n % 10 == 0 else "学校", text="石桥")
        seen += [case.id] if n % 10 == 0 else []
    from renda_core.services import walks

    monkeypatch.setattr(walks, "PAGE", 2)
    monkeypatch.setattr(walks, "LARGEST", 2)
    monkeypatch.setattr(walks, "ROUNDS", 3)
    got, after, pages = [], "", 0
    while True:
        page = b.ask(ledgers.ledger_page, LI, Ask(kind=S, text="石桥", size=2, after=after))
        got, pages = got + [row.id for row in page.rows], pages + 1
        if not (after := page.after):
            break
    assert got == sorted(seen)
    assert pages > 3


def test_the_row_has_what_the_table_has():
    assert {a.name for a in attrs.fields(LedgerRow)} < {c.name for c in t.case_file.c}
