"""Search as time goes on: namesakes, numbers of a place, people renamed, personal data erased, initials by threes."""

from __future__ import annotations

import json

import pytest
from tests.core.exporting import CLERK, FILES, HOME, TODAY, brought, fill
from tests.core.popolo_county import bring, out
from tests.core.suggesting import OFFICE, accepted, found, with_settings

from renda_core.domain.case import Actor
from renda_core.services import corrections, imports, ledgers, search
from renda_core.services.ledgers import Ask
from renda_core.store.words import THREE, asked_initials, initials, letters, spells
from renda_core.testing import uid
from renda_plugins import reception, suggestion_handling

NUMBERS = ("清人建字第12号", "2026年第012号", "B12")


@pytest.fixture
def office(county, tmp_path):
    b = county(suggestion_handling, reception, today=TODAY)
    fill(b, tmp_path, {sheet: FILES[sheet] for sheet in ("congresses", "units", "roster", "voters", "stations")})
    return b


def people(b, who, text):
    return [row.name for row in b.ask(search.search, who, text, what=("people",)).people]


def given(number, **rest):
    line = {"编号": number, "标题": f"关于{number}的建议", "内容": "修桥", "领衔代表": "0001", "提出日期": "2026-01-12"}
    return line | rest


def numbers(b, text):
    return sorted(row.number for row in b.ask(search.search, OFFICE, text, kind="suggestion").cases)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("清人建字第12号", NUMBERS[0]),
        ("清人建字第012号", NUMBERS[0]),
        ("清人建 12", NUMBERS[0]),
        ("清人建-012", NUMBERS[0]),
        ("2026年第12号", NUMBERS[1]),
        ("〔2026〕12号", NUMBERS[1]),
        ("2026-012", NUMBERS[1]),
        ("b12", NUMBERS[2]),
        ("Ｂ１２", NUMBERS[2]),
    ],
)
def test_numbers_of_a_place_s_own_are_found_as_they_are_said(office, tmp_path, text, number):
    lines = [given(n, 标题="修桥") for n in NUMBERS]
    office.do(imports.apply, CLERK, "suggestions", brought(tmp_path, "suggestions", lines))
    assert number in numbers(office, text)


def test_namesakes_are_both_found_and_so_are_the_cases_of_both(office, tmp_path):
    twin = {
        "姓名": "王小明",
        "出生日期": "1990-01-02",
        "所属人大": HOME,
        "届次": 6,
        "代表证号": "0009",
        "当选日期": "2021-11-15",
    }
    office.do(imports.apply, CLERK, "roster", brought(tmp_path, "roster", [twin]))
    lines = [given("001"), given("002", 领衔代表="0009"), given("003", 领衔代表="0002")]
    office.do(imports.apply, CLERK, "suggestions", brought(tmp_path, "suggestions", lines))
    assert people(office, CLERK, "王小明") == ["王小明", "王小明"]
    assert numbers(office, "王小明") == ["001", "002"]


def test_who_is_renamed_is_found_by_the_new_name_only(office):
    whole = json.loads(out(office, CLERK))
    (person,) = [p for p in whole["persons"] if p["name"] == "王小明"]
    person["name"] = "王大鹏"
    assert bring(office, whole).changed == 1
    assert (
        people(office, CLERK, "王大鹏") == people(office, CLERK, "wdp") == people(office, CLERK, "0001") == ["王大鹏"]
    )
    assert people(office, CLERK, "小明") == people(office, CLERK, "wxm") == []


def test_who_was_erased_and_who_was_told_in_confidence_are_never_found(office, tmp_path):
    line = {"编号": "Y-1", "登记日期": "2026-03-16", "内容": "路灯不亮", "反映人": "欧阳正德", "手机号": "13900005678"}
    office.do(imports.apply, CLERK, "opinions", brought(tmp_path, "opinions", [line]))
    (row,) = office.ask(ledgers.ledger, CLERK, Ask(kind="opinion"))

    def answers():
        every = ("欧阳正德", "欧阳", "正德", "oyzd", "ouyang", "13900005678", "5678")
        return [(f.cases, f.people) for f in (office.ask(search.search, CLERK, text) for text in every)]

    assert set(answers()) == {((), ())}
    office.do(corrections.erase, Actor(id=uid("overseer"), roles={"overseer"}), row.id, "本人要求")
    assert set(answers()) == {((), ())}
    assert [c.id for c in office.ask(search.search, CLERK, "路灯").cases] == [row.id]


def test_one_character_finds_people_by_how_they_begin_and_only_cases_that_hold_it_alone(county):
    b = with_settings(county)
    case = accepted(b, title="灯")
    accepted(b, title="路灯不亮")
    assert found(b, OFFICE, "灯") == [case.id]


def test_initials_repeated_are_asked_for_as_often(county):
    b = with_settings(county)
    four, three = accepted(b, title="石石石石"), accepted(b, title="石石石，山")
    assert found(b, OFFICE, "ssss") == [three.id, four.id]
    assert found(b, OFFICE, "sssss") == []
    assert found(b, OFFICE, "sss") == [three.id, four.id]


@pytest.mark.parametrize("title", ["重修石桥", "单位增设B12路公交", "行", "", "长长长长", "a，b。行"])
def test_threes_and_pairs_are_what_is_spelled(title):
    spelled = letters(title)
    every = {""}
    for one in spelled:
        every |= {text + c for text in every for c in one if len(text) < THREE}
    for text in (t for t in every if len(t) > 1):
        assert spells(title, text) is (set(asked_initials(text)) <= initials(title)), text
