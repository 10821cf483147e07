"""Search among cases: words, numbers, initials and names, for each reader only what he may find, and by what."""

from __future__ import annotations

import pytest
from tests.core.peopling import DEPUTY, STRANGER, settle
from tests.core.suggesting import (
    LI,
    OFFICE,
    PUBLIC,
    ROADS,
    WATER,
    accepted,
    assigned,
    closed,
    draft,
    found,
    with_records,
    with_settings,
)

from renda_core.domain.case import Actor
from renda_core.domain.procedure import Party, Veil
from renda_core.errors import Invalid, NotFound
from renda_core.services import search
from renda_core.services.search import reindex
from renda_core.store import tables as t
from renda_core.store.compile import Write, mine
from renda_core.testing import uid

S = "suggestion"


def test_all_words_must_be_there_however_many(county):
    b = with_settings(county)
    case = accepted(b, title="关于加强城区生活垃圾分类投放管理的建议", text="桥")
    other = accepted(b, title="关于加强城区管理的建议", text="桥")
    assert found(b, OFFICE, "关于加强城区生活垃圾分类投放管理的建议") == [case.id]
    assert found(b, OFFICE, "城区 管理") == [other.id, case.id]
    assert found(b, OFFICE, "城区 分类") == found(b, OFFICE, "分类 建议 加强 城区") == [case.id]
    assert found(b, OFFICE, "城区 分类 石桥") == []


@pytest.mark.parametrize(
    "text", ["2026-1", "2026-001", "２０２６－００１", "〔2026〕1号", "2026年第1号", "20261", "2026001", " 2026 - 1 "]
)
def test_a_number_is_found_however_it_is_written(county, text):
    b = with_settings(county)
    first, second = accepted(b), accepted(b)
    assert (first.number, second.number) == ("2026-1", "2026-2")
    assert first.id in found(b, OFFICE, text)
    assert second.id not in found(b, OFFICE, text)


def test_initials_of_a_title_find_in_every_reading(county):
    b = with_settings(county)
    case = accepted(b, title="关于修建石桥的建议")
    again = accepted(b, title="重修石桥")
    assert found(b, OFFICE, "xjsq") == found(b, OFFICE, "gyxj") == found(b, OFFICE, "XJ") == [case.id]
    assert found(b, OFFICE, "cxsq") == found(b, OFFICE, "zxsq") == [again.id]
    assert found(b, OFFICE, "sq") == [again.id, case.id]
    assert found(b, OFFICE, "xjqs") == found(b, OFFICE, "sqjx") == found(b, OFFICE, "qqqq") == []


def test_pairs_of_initials_in_another_order_find_nothing(county):
    b = with_settings(county)
    accepted(b, title="石桥，桥石")
    assert found(b, OFFICE, "qsq") == []
    assert found(b, OFFICE, "sqqs") != []


def test_a_partys_name_finds_with_any_dot(county):
    b = with_settings(county)
    settle(b, "买买提·艾力")
    proposer = Actor(id=uid("买买提·艾力"), roles={"deputy"})
    case = accepted(b, proposer)
    accepted(b)
    for name in ("买买提·艾力", "买买提•艾力", "买买提艾力", "买买提 艾力"):
        assert found(b, OFFICE, name) == found(b, LI, name) == [case.id]
        assert found(b, PUBLIC, name) == []
    assert found(b, OFFICE, "买买提") == []


def test_nobody_is_found_by_a_role_that_is_veiled(county):
    extra = Party(kind=S, name="witness", title="证人"), Veil(kind=S, part="party.witness", seen_by="office")
    b = with_records(county, *extra)
    settle(b, "张三")
    case = b.open(
        S,
        LI,
        {"text": "桥"},
        title="修桥",
        parties={"proposer": (LI.id,), "witness": (uid("张三"),)},
    )
    b.run(case, ("submit", LI), ("accept", OFFICE))
    assert found(b, OFFICE, "张三") == [case.id]
    assert found(b, LI, "张三") == found(b, PUBLIC, "张三") == []
    ask = search.search
    assert b.ask(ask, LI, "张三").cases == ()


def test_each_reader_finds_what_that_reader_may(county):
    b = with_settings(county)
    mine, theirs = assigned(b, title="城东石桥"), assigned(b, (WATER, "sole"), title="城西石桥")
    public = b.step(closed(b, title="城南石桥"), "publish", OFFICE)
    draft(b, title="城北石桥")
    everything = [public.id, theirs.id, mine.id]
    for text in ("石桥", "sq", "城 石桥"):
        assert found(b, OFFICE, text) == found(b, LI, text) == (everything if text != "城 石桥" else [])
    for text in ("石桥", "sq"):
        assert found(b, ROADS, text) == [public.id, mine.id]
        assert found(b, WATER, text) == [theirs.id]
        assert found(b, PUBLIC, text) == [public.id]
        assert found(b, b.actor("x", unit="power"), text) == []
    for reader in (STRANGER, Actor(id=uid("s"), roles={"station"})):
        with pytest.raises(NotFound, match="is open to you"):
            found(b, reader, "石桥")
        assert b.ask(search.search, reader, "石桥").cases == ()


def test_no_unit_finds_by_a_text_that_it_may_not_read(county):
    b = with_records(county, Veil(kind=S, part="body.text", seen_by="office"))
    case = assigned(b, title="城东石桥", text="举报材料")
    assert found(b, OFFICE, "举报") == found(b, ROADS, "石桥") == [case.id]
    assert found(b, ROADS, "举报") == found(b, LI, "举报") == found(b, ROADS, "石桥 举报") == []


def test_pages_are_newest_first_and_meet_nowhere(county):
    b = with_settings(county)
    ids = [accepted(b, title=f"修建石桥{n}").id for n in range(7)]
    for text in ("石桥", "xj", "xjsq"):
        got, after = [], ""
        while True:
            page = b.ask(search.search, OFFICE, text, size=2, after=after)
            got += [row.id for row in page.cases]
            if not (after := page.after):
                break
            assert len(page.cases) == 2
            ids.append(accepted(b, title="修建石桥，后来").id)  # newer: on no later page
        assert got == sorted(ids[:7], reverse=True) if text == "石桥" else len(got) == len(set(got))


@pytest.mark.parametrize("text", ["", " ", "，。", "%", "_", "%%", "😀", "\0", "\ud800", "·", "\u0301" * 10_000, "'"])
def test_what_is_no_word_is_refused(county, text):
    b = with_settings(county)
    with pytest.raises(Invalid, match="at least one word"):
        b.ask(search.search, OFFICE, text)


@pytest.mark.parametrize(
    "text",
    ["%石%", "石_", "' OR 1=1 --", "桥" + "\u0301" * 10_000, "石" * 10_000, "a" * 10_000, "9" * 10_000, "😀桥", "\0桥",
     "\ud800石", "~xj", "/z", "=张三", "#2026-1x", "^张"],
)  # fmt: skip
def test_hostile_texts_find_nothing_and_break_nothing(county, text):
    b = with_settings(county)
    settle(b, "张三")
    accepted(b, title="修建石桥")
    told = b.ask(search.search, OFFICE, text)
    assert told.cases == () or text == "~xj"
    assert {row.name for row in told.people} <= {"张三"}


@pytest.mark.parametrize("after", ["x", "e30", "W10", "\0", "Ω", "W1td" * 500, "WyJmb3VuZCIsIngiLCJ5Il0", "WzFd"])
def test_a_wrong_cursor_is_told_by_name(county, after):
    b = with_settings(county)
    accepted(b, title="石桥")
    with pytest.raises(Invalid, match="after is no cursor"):
        b.ask(search.search, OFFICE, "石桥", after=after)


def test_words_are_written_anew(county):
    b = with_settings(county)
    settle(b, "张三")
    cases = [accepted(b, title=f"修建石桥{n}").id for n in range(3)]

    async def forget(unit, _):
        from sqlalchemy import delete

        for table in (t.case_word, t.person_word):
            await unit.write(Write(delete(table).where(mine(table), table.c.word != "石桥")))
        await unit.write(reindex.ADD["case_id"], case_id=cases[0], word="机场")
        unit.record("test.forgot", on=b.file.id, version=0, rule="test")

    b.do(forget, OFFICE)
    assert found(b, OFFICE, "xjsq") == []
    assert found(b, OFFICE, "机场") == cases[:1]
    done = b.store.run(reindex.reindex(b.store, b.tenant))
    assert (done.cases, done.people, done.cut) == (3, 1, 1)
    assert done.added > 0
    assert found(b, OFFICE, "xjsq") == sorted(cases, reverse=True)
    assert found(b, OFFICE, "机场") == []
    assert [row.name for row in b.ask(search.search, DEPUTY, "zs").people] == ["张三"]
    again = b.store.run(reindex.reindex(b.store, b.tenant))
    assert (again.added, again.cut) == (0, 0)
    assert b.verify().whole
