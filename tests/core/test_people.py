"""People found and listed: by every way of writing a name, and for each reader only what he may know."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.core.peopling import (
    BEGAN,
    DEPUTY,
    HOME,
    ID_NUMBER,
    OFFICE,
    PHONE,
    PUBLIC,
    READERS,
    STRANGER,
    UNIT,
    blank,
    person,
    settle,
)
from tests.core.suggesting import with_settings

from renda_core.errors import Invalid, NotFound
from renda_core.services import people, search
from renda_core.services.people import Want
from renda_core.store.nouns import FILTERS
from renda_core.store.roster import ADD
from renda_core.testing import uid

DEPUTIES = ("张三", "张华伟", "曾子墨", "单雄信", "仇英", "买买提·艾力", "吕布", "Anna Müller")
ALL = (OFFICE, *READERS, DEPUTY, UNIT, PUBLIC)


def names(b, who, text, **rest):
    return [row.name for row in b.ask(search.search, who, text, what=("people",), **rest).people]


def listed(b, who, noun="persons", **asked):
    return b.ask(people.listing, who, noun, Want(**asked)).rows


@pytest.fixture
def b(county):
    made = with_settings(county)
    settle(made, *DEPUTIES, voters=("张选民", "有号"))
    return made


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("张三", ["张三"]),
        ("华伟", ["张华伟"]),
        ("张 三", ["张三"]),
        ("张", ["张华伟", "张三"]),
        ("三", []),
        ("zs", ["张三"]),
        ("zhw", ["张华伟"]),
        ("zh", ["张华伟", "张三"]),
        ("zhangs", ["张三"]),
        ("ZHANG SAN", ["张三"]),
        ("zeng", ["曾子墨"]),
        ("cengzimo", ["曾子墨"]),
        ("shan", ["单雄信"]),
        ("danxiong", ["单雄信"]),
        ("qiuy", ["仇英"]),
        ("chouying", ["仇英"]),
        ("lvbu", ["吕布"]),
        ("lüb", ["吕布"]),
        ("买买提·艾力", ["买买提·艾力"]),
        ("买买提•艾力", ["买买提·艾力"]),
        ("买买提・艾力", ["买买提·艾力"]),
        ("买买提艾力", ["买买提·艾力"]),
        ("提艾", ["买买提·艾力"]),
        ("mmt", ["买买提·艾力"]),
        ("maimaitiaili", ["买买提·艾力"]),
        ("Müller", ["Anna Müller"]),
        ("anna müller", ["Anna Müller"]),
        ("2号", ["张华伟"]),
        ("002", ["张华伟"]),
        ("％", None),
        ("张%", ["张三", "张华伟"]),
        ("张三丰", []),
    ],
)
def test_a_name_is_found_in_every_way_of_writing(b, text, who):
    if who is None:
        with pytest.raises(Invalid):
            names(b, READERS[0], text)
    else:
        assert sorted(names(b, READERS[0], text)) == sorted(who)


def test_the_exact_name_comes_first_then_pinyin(b):
    async def more(unit, _):
        for name in ("张三丰", "张安", "张子"):
            await person(unit, name)
        unit.record("test.more", on=HOME, version=0, rule="test")

    b.do(more, OFFICE)
    assert names(b, OFFICE, "张三") == ["张三", "张三丰"]
    assert names(b, OFFICE, "张") == ["张安", "张华伟", "张三", "张三丰", "张选民", "张子"]


def test_each_reader_finds_whom_that_reader_may(county):
    b = with_settings(county)
    settle(b, "张一", "张二", "张五", voters=("张六",), 张二="ended", 张五="suspended")
    assert sorted(names(b, OFFICE, "张")) == ["张一", "张二", "张五", "张六"]
    for reader in (*READERS, DEPUTY):
        assert sorted(names(b, reader, "张")) == ["张一", "张二", "张五"]
    for reader in (UNIT, PUBLIC):
        assert names(b, reader, "张") == ["张一"]
        assert names(b, reader, "张六") == names(b, reader, "zl") == []
        assert [row.name for row in listed(b, reader)] == ["张一"]
        assert listed(b, reader, state="ended") == ()
    assert names(b, STRANGER, "张") == []


def test_certificates_and_id_numbers_find_for_those_who_may_know_them(b):
    assert names(b, OFFICE, ID_NUMBER) == ["有号"]
    assert names(b, OFFICE, ID_NUMBER[:17]) == names(b, OFFICE, ID_NUMBER[-4:]) == names(b, OFFICE, PHONE) == []
    for reader in (*READERS, DEPUTY, UNIT, PUBLIC):
        assert names(b, reader, ID_NUMBER) == []
    for reader in (DEPUTY, UNIT, PUBLIC):
        assert names(b, reader, "1号") == []


def test_nothing_found_holds_a_number_and_only_offices_see_a_mask(b):
    for reader in ALL:
        told = repr(b.ask(search.search, reader, "张", what=("people",)))
        assert ID_NUMBER not in told
        assert ID_NUMBER[-4:] not in told
        assert "5678" not in told
        for noun in people.KNOWN:
            if noun == "voters" and reader is not OFFICE:
                with pytest.raises(NotFound):
                    listed(b, reader, noun)
                continue
            shown = repr(listed(b, reader, noun))
            assert (ID_NUMBER in shown, PHONE in shown) == (False, False)
            assert ("5678" in shown, "赵局长" in shown) == (
                (noun in ("persons", "units"), noun == "units") if reader is OFFICE else (False, False)
            )
            if reader in (DEPUTY, UNIT, PUBLIC):
                assert "石桥小学" not in shown
                assert "1990" not in shown
                assert "1号" not in shown


def test_a_person_is_given_with_mandates_or_is_not_there(b):
    (held,) = b.ask(people.get, PUBLIC, "persons", uid("张三")).mandates
    assert (held.congress_name, held.term_number, held.delegation, held.state) == ("清河县", 18, "城关代表团", "active")
    assert b.ask(people.get, OFFICE, "persons", uid("有号")).id_number == "****" + ID_NUMBER[-4:]
    assert b.ask(people.get, READERS[0], "mandates", uid("mandate 张三")).certificate == "1号"
    for reader, noun, id in (
        (PUBLIC, "persons", uid("有号")),
        (READERS[0], "persons", uid("有号")),
        (PUBLIC, "voters", uid("voter 有号")),
        (OFFICE, "persons", uid("nobody")),
        (OFFICE, "mandates", uid("nobody")),
        (OFFICE, "units", "x'; --"),
        (OFFICE, "nouns", uid("x")),
        (STRANGER, "units", uid("roads")),
    ):
        with pytest.raises(NotFound):
            b.ask(people.get, reader, noun, id)
    for noun, name in (("congresses", "congress"), ("terms", "term"), ("bodies", "east"), ("units", "roads")):
        assert b.ask(people.get, PUBLIC, noun, uid(name)).id == uid(name)


def test_lists_are_narrowed(b):
    assert {row.name for row in listed(b, OFFICE)} == {*DEPUTIES, "张选民", "有号"}
    assert {row.name for row in listed(b, OFFICE, congress=HOME)} == set(DEPUTIES)
    assert {row.name for row in listed(b, OFFICE, body=uid("east"), state="active")} == set(DEPUTIES)
    assert listed(b, OFFICE, congress=uid("none")) == listed(b, OFFICE, state="ended") == ()
    assert listed(b, OFFICE, congress=HOME, on=BEGAN - dt.timedelta(1)) == ()
    assert [row.name for row in listed(b, OFFICE, text="zhang", congress=HOME)] == ["张华伟", "张三"]
    assert [row.person for row in listed(b, OFFICE, "mandates", person=uid("张三"))] == [uid("张三")]
    assert len(listed(b, OFFICE, "voters", district=uid("first"))) == 2
    assert [row.name for row in listed(b, PUBLIC, "bodies", kind="delegation")] == ["城关代表团"]
    assert listed(b, PUBLIC, "bodies", kind="group") == ()
    for wrong in ({"level": "county"}, {"congress": "x"}, {"state": "\0"}, {"size": 0}, {"after": "x"}):
        with pytest.raises(Invalid):
            listed(b, OFFICE, **wrong)
    assert set(FILTERS) < set(people.KNOWN)


@pytest.mark.parametrize(("noun", "text"), [("persons", ""), ("persons", "代表"), ("mandates", "")])
def test_pages_of_people_hold_nobody_twice_while_others_come(county, noun, text):
    b = with_settings(county)
    every = [f"代表{n}" for n in range(9)]
    settle(b, *every)
    got, after, come = [], "", 0
    while True:
        page = b.ask(people.listing, PUBLIC, noun, Want(text=text, size=2, after=after))
        got += [row.name for row in page.rows]
        if not (after := page.after):
            break
        come += 1

        async def joins(unit, _, n=come):
            await person(unit, f"代表{n}甲")
            held = {
                "person": uid(f"代表{n}甲"), "congress": HOME, "term": uid("term"), "elected_on": BEGAN,
                "by_election": True, "document": b"{}", "state": "active",
            }  # fmt: skip
            await unit.write(ADD["mandate"], **blank("mandate", uid(f"later {n}"), **held))
            unit.record("test.joined", on=HOME, version=0, rule="test")

        b.do(joins, OFFICE)
    assert len(got) == len(set(got))
    assert set(every) <= set(got)


def test_rows_are_frozen_records(b):
    for noun in people.KNOWN:
        for row in listed(b, OFFICE, noun):
            assert attrs.has(type(row))
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                row.id = ""
