"""Stations from files: where they are, what they offer, who is bound to them, and from when they are closed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from tests.core.exporting import CLERK, FILES, HOME, TODAY, brought, cells, fill, look, out

from renda_core.errors import ConfigError, Invalid
from renda_core.services import imports, people
from renda_core.services.desk import StoreDesk
from renda_core.services.imports.stations import where
from renda_core.store import tables as t
from renda_core.store.compile import Query, keyed
from renda_core.testing import uid
from renda_plugins import reception, suggestion_handling

ONE = {
    "名称": "一站", "类型": "代表联络站", "编号": "01", "所属人大": HOME, "地址": "一街 1 号", "负责人": "张三",
    "联系电话": "0715-8000009", "乡镇街道": "421221100", "联络员": "李四", "位置": "29.85，114.32",
    "服务事项": "调解、法律咨询、网格", "驻站代表": "王小明、0002",
}  # fmt: skip
TWO = {"名称": "二家", "类型": "代表之家", "所属人大": HOME}
THREE = {"名称": "三点", "类型": "联系点", "所属人大": HOME}


@pytest.fixture
def office(county, tmp_path):
    b = county(reception, suggestion_handling, today=TODAY)
    b.folder = tmp_path
    fill(b, tmp_path, {sheet: FILES[sheet] for sheet in ("congresses", "units", "roster")})
    return b


def bring(b, *lines):
    return b.do(imports.apply, CLERK, "stations", brought(b.folder, "stations", lines))


def refused(b, *lines):
    with pytest.raises(ConfigError) as found:
        bring(b, *lines)
    return found.value.reasons


def stations(b, on=None):
    async def ask(reader, tenant):
        return await StoreDesk(reader, tenant).stations(on or tenant.today)

    return {s.name: s for s in b.ask(ask)}


def bound(b, name="一站"):
    holders = {d.person: d.name for d in b.ask(_holders)}
    return sorted(holders[p] for p in stations(b)[name].deputies)


async def _holders(reader, tenant):
    from renda_core.services.mandates import holders_on

    return await holders_on(reader, tenant.today)


def links(b):
    query = Query(select(t.link.c.valid_from, t.link.c.valid_to).where(*keyed(t.link, "kind")), dict)
    return b.read(lambda reader: reader.all(query, kind="station"))


def test_a_station_comes_with_everything_that_its_board_shows(office):
    assert bring(office, ONE, TWO, THREE).new == 3
    found = stations(office)
    one = found["一站"]
    assert (one.kind, found["二家"].kind, found["三点"].kind) == ("station", "home", "point")
    assert (one.township, one.liaison, one.position) == ("421221100", "李四", "29.85,114.32")
    assert one.offers == ("调解", "法律咨询", "网格")
    assert bound(office) == ["买买提·艾力", "王小明"]
    assert (found["二家"].deputies, found["二家"].offers, found["二家"].position) == ((), (), "")


def test_what_goes_out_comes_in_as_it_was(office, tmp_path):
    bring(office, ONE, TWO, THREE | {"撤销日期": "2027-01-01", "驻站代表": "无证"})
    file = out(office, "stations", tmp_path / "out.csv")
    assert look(office, "stations", file) == {"same": 3}
    rows = {row["名称"]: row for row in cells(office, "stations")}
    lists = {name: tuple(ONE[name].split("、")) for name in ("服务事项", "驻站代表")}
    told = ONE | lists | {"位置": "29.85,114.32", "联系电话": "*******0009"}
    assert {k: v for k, v in rows["一站"].items() if v is not None and k != "驻站代表"} == {
        k: v for k, v in told.items() if k != "驻站代表"
    }
    assert sorted(rows["一站"]["驻站代表"]) == ["买买提·艾力", "王小明"]
    assert rows["三点"]["撤销日期"] == dt.date(2027, 1, 1)
    assert rows["三点"]["类型"] == "联系点"


def test_an_empty_cell_says_nothing(office):
    bring(office, ONE)
    before = stations(office)
    assert bring(office, {k: ONE[k] for k in ("名称", "类型", "所属人大")}).changed == 0
    assert stations(office) == before


def test_who_is_listed_no_more_is_let_go_of_and_may_come_back(office):
    bring(office, ONE)
    assert bring(office, ONE | {"驻站代表": "王小明"}).changed == 1
    assert bound(office) == ["王小明"]
    assert bring(office, ONE | {"驻站代表": "王小明、无证"}).changed == 1
    assert bound(office) == ["无证", "王小明"]
    assert bring(office, ONE).changed == 1
    assert bound(office) == ["买买提·艾力", "王小明"]
    assert bring(office, ONE | {"驻站代表": "无"}).changed == 1
    assert bound(office) == []
    office.later(days=1)
    assert bring(office, ONE).changed == 1
    office.later(days=1)
    assert bring(office, ONE | {"驻站代表": "无"}).changed == 1
    office.later(days=1)
    bring(office, ONE)
    assert bound(office) == ["买买提·艾力", "王小明"]
    assert bring(office, ONE).changed == 0
    assert len([row for row in links(office) if row["valid_to"] is None]) == 2
    assert office.verify().whole


def test_one_deputy_may_be_at_several_stations_and_the_past_stays(office):
    bring(office, ONE, TWO | {"驻站代表": "王小明"})
    office.later(days=10)
    bring(office, ONE | {"驻站代表": "0002"})
    assert (bound(office), bound(office, "二家")) == (["买买提·艾力"], ["王小明"])
    assert len(stations(office, TODAY)["一站"].deputies) == 2


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("赵六", "nobody called '赵六' holds a mandate"),
        ("王小明、无人", "nobody called '无人' holds a mandate"),
        ("0009", "nobody called '0009' holds a mandate"),
        ("无、王小明", "nobody called '无' holds a mandate"),
        (uid("somebody"), f"nobody called '{uid('somebody')}' holds a mandate"),
    ],
)
def test_who_is_no_deputy_is_refused_with_row_and_column(office, cell, why):
    (told,) = [r for r in refused(office, TWO, ONE | {"驻站代表": cell}) if "驻站代表" in r]
    assert why in told
    assert "row 3" in told
    assert "import the roster first" in told
    assert stations(office) == {}


def test_a_name_that_two_deputies_bear_needs_the_certificate(office):
    twin = FILES["roster"][1] | {"姓名": "王小明", "代表证号": "0009", "出生日期": "1990-01-01"}
    office.do(imports.apply, CLERK, "roster", brought(office.folder, "roster", [twin]))
    assert "2 deputies are called '王小明'" in refused(office, ONE)[0]
    bring(office, ONE | {"驻站代表": "0001、0009"})
    assert cells(office, "stations")[0]["驻站代表"] == ("0001", "0009")
    file = out(office, "stations", office.folder / "twins.csv")
    assert look(office, "stations", file) == {"same": 1}


def test_a_station_closes_on_its_day_and_opens_again(office):
    bring(office, ONE, TWO)
    assert bring(office, ONE | {"撤销日期": "2026-11-25"}).changed == 1
    assert set(stations(office)) == {"一站", "二家"}
    office.today = dt.date(2026, 11, 25)
    assert set(stations(office)) == {"二家"}
    assert [row["名称"] for row in cells(office, "stations")] == ["二家"]
    seen = office.do(imports.preview, CLERK, "stations", brought(office.folder, "stations", [ONE]))
    assert "was closed on 2026-11-25" in str(seen.rows[0].problems[0])
    bring(office, ONE | {"撤销日期": "2030-01-01"})
    assert bound(office) == ["买买提·艾力", "王小明"]


def test_a_station_may_be_entered_as_closed_long_ago(office):
    bring(office, ONE | {"撤销日期": "2020-05-01"}, TWO)
    assert set(stations(office)) == {"二家"}
    bring(office, TWO | {"撤销日期": "2020-05-01"})
    assert stations(office) == {}


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("114.32,29.85", "has the longitude first"),
        ("29.85", "is no latitude and longitude"),
        ("29.85,999", "lies nowhere on earth"),
        ("91,181", "lies nowhere on earth"),
        ("北纬29度", "is no latitude and longitude"),
        ("29.85,114.32,3", "is no latitude and longitude"),
        ("nan,nan", "is no latitude and longitude"),
        ("１" * 5_000, "is no latitude and longitude"),
    ],
)
def test_a_place_that_is_none_is_refused_with_how_to_write_it(office, cell, why):
    (told,) = refused(office, ONE | {"位置": cell})[:1]
    assert why in told
    assert "write it as 29.85,114.32" in told
    assert "位置" in told


def test_two_open_stations_of_one_code_are_told(office):
    bring(office, ONE)
    seen = office.do(imports.preview, CLERK, "stations", brought(office.folder, "stations", [TWO | {"编号": "01"}]))
    assert "is also the code of 一站" in str(seen.rows[0].problems[0])
    bring(office, ONE | {"撤销日期": "2026-01-01"})
    seen = office.do(imports.preview, CLERK, "stations", brought(office.folder, "stations", [TWO | {"编号": "01"}]))
    assert seen.rows == ()


def test_lists_show_the_new_columns_and_the_liaison_officer_to_offices_only(office):
    bring(office, ONE)
    want = people.Want()
    (row,) = office.ask(people.listing, CLERK, "stations", want).rows
    assert (row.township, row.liaison, row.position, row.offers) == (
        "421221100", "李四", "29.85,114.32", "调解、法律咨询、网格",
    )  # fmt: skip
    (row,) = office.ask(people.listing, office.actor("wang", "deputy"), "stations", want).rows
    assert (row.liaison, row.manager, row.township) == ("", "", "421221100")


def test_opinions_name_their_station_and_come_back_with_its_name(office):
    bring(office, ONE)
    line = {"编号": "Y-1", "登记日期": "2026-03-16", "站点": "一站", "内容": "路灯不亮"}
    lines = [
        line,
        line | {"编号": "Y-2", "站点": "01", "内容": "噪声"},
        line | {"编号": "Y-3", "站点": "", "内容": "积水"},
    ]
    done = office.do(imports.apply, CLERK, "opinions", brought(office.folder, "opinions", lines))
    assert done.new == 3
    assert [row["站点"] for row in cells(office, "opinions")] == ["一站", "一站", None]
    assert look(office, "opinions", out(office, "opinions", office.folder / "out.csv")) == {"same": 3}
    bring(office, ONE | {"撤销日期": "2026-11-01"})
    assert [row["站点"] for row in cells(office, "opinions")] == ["一站", "一站", None]
    assert look(office, "opinions", out(office, "opinions", office.folder / "out.csv")) == {"same": 3}


def test_an_opinion_at_a_station_that_nobody_knows_is_a_row_to_mend(office):
    bring(office, ONE)
    line = {"编号": "Y-1", "登记日期": "2026-03-16", "站点": "一占", "内容": "路灯不亮"}
    read = brought(office.folder, "opinions", [line])
    (row,) = office.do(imports.preview, CLERK, "opinions", read).rows
    assert row.state == "error"
    (problem,) = row.problems
    assert (problem.field, problem.value) == ("站点", "一占")
    assert "no station '一占'" in problem.message
    bring(office, ONE | {"撤销日期": "2026-03-16"})
    (row,) = office.do(
        imports.preview, CLERK, "opinions", brought(office.folder, "opinions", [line | {"站点": "01"}])
    ).rows
    assert "station 一站 was closed on 2026-03-16" in row.problems[0].message
    ok = brought(office.folder, "opinions", [line | {"站点": "01", "登记日期": "2026-03-13"}])
    assert dict(office.do(imports.preview, CLERK, "opinions", ok).counts) == {"new": 1}


@given(north=st.decimals(-90, 90, places=6), east=st.decimals(-180, 180, places=6), sep=st.sampled_from(",，、; "))
def test_every_place_on_earth_can_be_written_and_is_written_one_way(north, east, sep):
    found = where(f"{north:f}{sep}{east:f}")
    assert found == f"{north:f},{east:f}"
    assert where(found) == found


@given(text=st.text(max_size=40))
def test_any_text_is_a_place_or_refused(text):
    try:
        found = where(text)
    except Invalid:
        return
    assert found is None or where(found) == found
