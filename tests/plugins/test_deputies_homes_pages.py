"""Coverage, attainment by version, the public board and its sign: who is reached, and that nothing private is told."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import unicodedata

import attrs
import msgspec
import pytest
from sqlalchemy import update
from tests.core.importing import written
from tests.core.reading_codes import read
from tests.core.reminding import OFFICE, TOWN, congresses, elect, rule
from tests.core.test_signs import drawn
from tests.plugins.homes import CHECKER, PUBLIC, TODAY, check, county_of, filed, found, judged, look, place
from tests.plugins.test_deputies_homes import NEXT, plain, rectified

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Day
from renda_core.domain.figures import Figure
from renda_core.domain.standards import Point, Standard
from renda_core.errors import Invalid, NotAllowed, NotFound
from renda_core.files import SHEETS, read_file
from renda_core.records import SetDay, StationOn
from renda_core.services import imports, signs
from renda_core.services.papers.pages import page_paper
from renda_core.store import tables as t
from renda_core.store.compile import Write, mine
from renda_core.testing import act, context, uid
from renda_core.testing import case as a_case
from renda_plugins import deputies_homes
from renda_plugins.deputies_homes.board import OfStation, matters, station_board
from renda_plugins.deputies_homes.days import counted, merged
from renda_plugins.deputies_homes.settings import EIGHT
from renda_plugins.deputies_homes.stationfile import Check, StationFile
from renda_plugins.reception.receptions_fields import HostChange, Reception, Totals

D = dt.date
RENAME = Write(update(t.person).where(mine(t.person)).values(name="李明"))
ADDRESSES = {
    "board_address": "https://renda.example.cn/public/{county}/stations/{station}",
    "deputy_address": "https://renda.example.cn/public/{county}/deputies/{deputy}",
}
VOTER, PHONE = "来访人张三丰", "13912345678"
HOSTILE = "<script>alert(1)</script>㑇𠮷"


def told(value):
    """Give all that a page says, as the API would."""
    return msgspec.to_builtins(value, enc_hook=str)


# -- coverage


@pytest.mark.parametrize(
    ("homes", "stations", "together"),
    [(202, 96, 298), (70, 371, 441), (8, 82, 90)],  # articles 000, 003, 004
)
def test_the_articles_homes_and_stations_are_counted_apart_and_together(county, tmp_path, homes, stations, together):
    b = county_of(county)
    kinds = ["代表之家"] * homes + ["代表联络站"] * stations + ["代表联系点"] * 3
    lines = [{"名称": f"第{n}处", "类型": kind, "所属人大": TOWN, "联络员": "郑明"} for n, kind in enumerate(kinds)]
    path = tmp_path / "stations.csv"
    path.write_bytes(written([*lines, lines[0] | {"名称": "旧站", "类型": "代表联络站", "撤销日期": "2026-03-02"}]))
    b.do(imports.apply, OFFICE, "stations", read_file(path, SHEETS["stations"]))
    page = b.page("station_coverage")
    assert (page.homes, page.stations, page.together, page.points) == (homes, stations, together, 3)
    assert {g.lacks for g in page.gaps} == {("负责人", "地址", "进站代表", "档案")}
    assert len(page.gaps) == together + 3
    assert page.townships.shown == "100.00 %"


def test_every_deputy_and_every_township_is_covered_or_named(county):
    b = county_of(county)
    elect(b, "li", "wang")
    elect(b, "zhao", of="town")
    found(b, [place("东", of="county")], {"li": "东"})
    page = b.page("station_coverage")
    assert (str(page.deputies), str(page.townships)) == ("33.33 % (1 / 3 在任代表)", "0.00 % (0 / 1 乡镇人民代表大会)")
    assert [(u.name, u.congress) for u in page.unbound] == [
        ("wang", "示例县人民代表大会"),
        ("zhao", "示例镇人民代表大会"),
    ]
    assert [u.name for u in page.uncovered] == ["示例镇人民代表大会"]
    found(b, [place("西", "point")], {"zhao": "西"})  # somebody else's counter: no place of the town's own
    page = b.page("station_coverage")
    assert (page.deputies.hits, page.townships.hits) == (2, 0)
    found(b, [place("镇家", "home")], {"wang": "镇家"})
    page = b.page("station_coverage")
    assert (page.deputies.shown, page.townships.shown, page.unbound, page.uncovered) == ("100.00 %", "100.00 %", (), ())


def test_who_is_bound_twice_counts_once_and_who_left_office_not_at_all(bench):
    b = county_of(bench)
    elect(b, "li")
    elect(b, "new", on=D(2026, 4, 1))
    found(b, [place("东"), place("西")], {"li": "东", "new": "西"})
    assert b.page("station_coverage").deputies.to_row()[:2] == (1, 1)
    later = b.page("station_coverage", None, {"on": D(2026, 4, 1)})
    assert (later.on, later.deputies.to_row()[:2]) == (D(2026, 4, 1), (2, 2))
    before = b.page("station_coverage", None, {"日期": "2020-01-01"})
    assert (before.together, before.deputies.shown, before.townships.shown) == (0, "—", "—")


def test_what_a_station_lacks_is_named_and_what_stations_offer_is_counted(bench):
    b = county_of(bench)
    elect(b, "li")
    whole = {"manager": "周站长", "liaison": "郑联络员", "address": "东风路 12 号", "offers": "调解、法律咨询、网格"}
    found(b, [place("东", **whole), place("西", offers="调解")], {"li": "东"})
    look(b)
    page = b.page("station_coverage")
    assert [(g.name, g.lacks) for g in page.gaps] == [("西站", ("负责人", "联络员", "地址", "进站代表"))]
    assert [(o.what, o.stations) for o in page.offered] == [("调解", 2), ("法律咨询", 1), ("网格", 1)]
    b.open("station_file", OFFICE, StationFile(station=uid("东")), title="又一份")
    assert b.page("station_coverage").gaps[0].lacks == ("唯一的档案",)


def test_a_station_that_the_roster_keeps_and_its_file_closed_is_shown(bench):
    b = county_of(bench)
    case = filed(b)
    b.step(case, "close", OFFICE, note="撤并")
    assert "与档案一致的状态" in b.page("station_coverage").gaps[0].lacks


# -- attainment


def test_points_stations_and_rebounds_by_version(county):
    b = county_of(county, settings={"standards": plain(EIGHT, NEXT)})
    east, west = filed(b, "东"), filed(b, "西")
    filed(b, "南")
    east = check(b, east)
    east = check(b, east, plaque="not_met")
    east = rectified(b, east, "plaque")
    check(b, west, plaque="partial", funds="not_met")
    page = b.page("station_standard")
    assert (page.version, str(page.stations), str(page.points)) == (
        1,
        "0.00 % (0 / 2 已检查的家站)",
        "81.25 % (13 / 16 适用的条目)",
    )
    plaque = next(p for p in page.by_point if p.code == "plaque")
    assert (plaque.met, plaque.partial, plaque.not_met, plaque.rate.shown, plaque.rebounds) == (0, 1, 1, "0.00 %", 1)
    lines = {s.station: s for s in page.by_station}
    first, second = lines["东站"], lines["西站"]
    assert (first.round, first.rate.shown, first.rebounds, first.left) == (2, "87.50 %", ("牌子",), ("牌子",))
    assert (second.round, second.lacking, second.rebounds) == (1, ("牌子", "经费"), ())
    assert page.unchecked == ("南站",)


def test_old_rounds_keep_version_one_when_version_two_begins(bench):
    b = county_of(bench, settings={"standards": plain(EIGHT, NEXT)})
    case = check(b, filed(b), plaque="not_met")
    before = b.page("station_standard")
    b.today = D(2026, 7, 1)
    check(b, case, standard=NEXT, books="not_met")
    now, then = b.page("station_standard"), b.page("station_standard", None, {"version": 1})
    assert (now.version, now.by_point[0].title, now.stations.to_row()[:2]) == (2, "国徽悬挂规范", (0, 1))
    assert (then.version, then.by_point, then.points) == (1, before.by_point, before.points)
    assert then.by_station[0].lacking == ("牌子",)
    assert then.by_station[0].left == ()  # a later round has taken its place
    assert [(v.version, v.rounds) for v in now.versions] == [(1, 1), (2, 1)]
    with pytest.raises(NotFound, match="no version 3 of the standard; known: 1, 2"):
        b.page("station_standard", None, {"version": 3})


def test_a_page_before_the_first_version_says_so(bench):
    b = county_of(bench, settings={"standards": plain(NEXT)})
    with pytest.raises(NotFound, match="in force today"):
        b.page("station_standard")


def test_weights_are_in_the_weighed_rate(bench):
    own = Standard(
        version=1, points=(Point(code="a", title="甲", weight=3, required=True), Point(code="tea", title="乙"))
    )
    b = county_of(bench, settings={"standards": plain(own)})
    check(b, filed(b), standard=own, tea="not_met")
    (line,) = b.page("station_standard").by_station
    assert (line.rate.shown, line.weighed.shown, line.standing) == ("50.00 %", "75.00 %", "达标")


@pytest.mark.parametrize("name", ["station_coverage", "station_standard"])
def test_pages_for_those_who_oversee_are_no_pages_for_others_and_print(bench, name):
    b = county_of(bench)
    check(b, filed(b), plaque="not_met")
    for who in (PUBLIC, b.actor("wu", "government")):
        with pytest.raises(NotFound):
            b.page(name, who)
    assert b.ask(page_paper, OFFICE, name).sections


# -- the board


SET = Day(
    on=D(2026, 3, 16),
    label="接待日",
    who=(uid("li"),),
    place=uid("东"),
    begins="09:00",
    ends="11:00",
    why="15 日为周日，顺延",
)
EMPTY = Day(on=D(2026, 3, 23), label="接待日", place=uid("东"), begins="09:00", ends="11:00")
ELSEWHERE = Day(on=D(2026, 3, 17), label="接待日", who=(uid("li"),), place=uid("西"), begins="09:00", ends="11:00")
LATER = Day(on=D(2026, 4, 3), label="接待日", who=(uid("li"),), place=uid("东"), begins="09:00", ends="11:00")
NO_PLACE = Day(on=D(2026, 3, 18), label="会前准备", who=(uid("li"),))


def with_days(make, *days, **settings):
    b = county_of(make, rule("fixed", *(days or (SET, EMPTY, ELSEWHERE, LATER, NO_PLACE))), settings=settings)
    elect(b, "li", "wang")
    whole = {"address": "东风路 12 号", "position": "38.3,116.8", "offers": "调解、网格", "manager": "周站长"}
    found(b, [place("东", **whole), place("西", "home")], {"li": "东", "wang": "西"})
    return b


def test_a_board_shows_what_everybody_may_know(county):
    b = with_days(county)
    board = b.page("station_board", PUBLIC, {"station": "东"})
    assert (board.name, board.kind, board.state, board.address) == ("东站", "人大代表联络站", "开放", "东风路 12 号")
    assert (board.position, board.offers) == ("38.3,116.8", ("调解", "网格"))
    assert [(d.on, d.weekday, d.hours, d.who, d.why) for d in board.days] == [
        (D(2026, 3, 16), "星期一", "09:00—11:00", ("li",), "15 日为周日，顺延"),
        (D(2026, 3, 23), "星期一", "09:00—11:00", ("缺岗",), ""),
    ]
    assert [(d.name, d.congress) for d in board.deputies] == [("li", "示例县人民代表大会")]
    assert "周站长" not in json.dumps(told(board), ensure_ascii=False)
    assert board == b.page("station_board", PUBLIC, {"station": uid("东")})
    assert board == b.page("station_board", PUBLIC, {"家站": "东站"})
    assert b.ask(page_paper, PUBLIC, "station_board", {"station": "东"}).sections


def test_a_deputys_board(county):
    b = with_days(county)
    board = b.page("deputy_board", PUBLIC, {"deputy": uid("li")})
    assert (board.name, [s.name for s in board.stations]) == ("li", ["东站"])
    assert [(d.on, d.place) for d in board.days] == [(D(2026, 3, 16), "东站"), (D(2026, 3, 17), "西站")]
    assert board == b.page("deputy_board", PUBLIC, {"代表": "li"})


@pytest.mark.parametrize("asked", ["东西", uid("nowhere"), "' OR 1=1 --", "𠮷", "x" * 200])
def test_what_there_is_not_is_not_found(bench, asked):
    b = with_days(bench)
    for page, field in (("station_board", "station"), ("deputy_board", "deputy"), ("station_sign", "station")):
        with pytest.raises((NotFound, Invalid)):
            b.page(page, PUBLIC, {field: asked})


@pytest.mark.parametrize("page", ["station_board", "deputy_board"])
def test_a_question_without_a_word_is_told_what_to_say(bench, page):
    b = with_days(bench)
    for asked in ({}, {"station" if page == "station_board" else "deputy": "  "}):
        with pytest.raises(Invalid, match="say which"):
            b.page(page, PUBLIC, asked)


def test_a_closed_station_is_on_no_wall_and_a_suspended_one_says_so(bench):
    b = with_days(bench)
    case = b.open("station_file", OFFICE, StationFile(station=uid("东")), title="东站")
    assert b.page("station_board", PUBLIC, {"station": "东"}).state == "开放"
    case = b.step(b.step(check(b, case), "open", OFFICE), "suspend", OFFICE, note="装修")
    board = b.page("station_board", PUBLIC, {"station": "东"})
    assert (board.state, board.days) == ("暂停开放", ())
    b.step(case, "close", OFFICE, note="撤并")
    with pytest.raises(NotFound, match="no home or station '东' is open"):
        b.page("station_board", PUBLIC, {"station": "东"})
    assert b.page("deputy_board", PUBLIC, {"deputy": "li"}).stations == ()


def test_a_station_that_the_roster_closed_is_not_found(bench):
    b = county_of(bench)
    found(b, [place("旧", valid_to=TODAY)])
    with pytest.raises(NotFound):
        b.page("station_board", PUBLIC, {"station": "旧"})


def test_two_of_one_code_are_not_guessed(bench):
    b = county_of(bench)
    found(b, [place("东", code="1"), place("西", code="1")])
    with pytest.raises(NotFound, match="2 homes and stations bear the code '1'; name one by its id"):
        b.page("station_board", PUBLIC, {"station": "1"})
    assert b.page("station_board", PUBLIC, {"station": "西站"}).id == uid("西")


def test_two_deputies_of_one_name_are_not_guessed(bench):
    b = county_of(bench)
    elect(b, "li")
    elect(b, "zhao", of="town")

    async def rename(unit, _):
        await unit.write(RENAME)
        unit.record("test.renamed", on=unit.tenant, version=0, rule="test")

    b.do(rename, OFFICE)
    with pytest.raises(NotFound, match="several deputies are called '李明'"):
        b.page("deputy_board", PUBLIC, {"deputy": "李明"})
    assert b.page("deputy_board", PUBLIC, {"deputy": uid("li")}).name == "李明"


def test_another_tenants_station_is_nobodys_here(county):
    b, other = with_days(county), county_of(county)
    key = b.page("station_board", PUBLIC, {"station": "东"}).id
    for asked in (key, "东", "东站"):
        with pytest.raises(NotFound):
            other.page("station_board", PUBLIC, {"station": asked})
    with pytest.raises(NotFound):
        other.page("deputy_board", PUBLIC, {"deputy": uid("li")})


def test_names_of_rare_characters_and_hostile_ones_come_through_as_they_are(county):
    b = county_of(county)
    elect(b, "㑇明")
    found(b, [place("坏", name=HOSTILE, address=HOSTILE, offers="调解")], {"㑇明": "坏"})
    board = b.page("station_board", PUBLIC, {"station": HOSTILE})
    assert (board.name, board.address, board.deputies[0].name) == (HOSTILE, HOSTILE, "㑇明")
    assert b.page("deputy_board", PUBLIC, {"deputy": "㑇明"}).name == "㑇明"


# -- receptions that are planned


def planned(state, *acts, hosts=("li",), on=SET.on, begins="09:00"):
    """Make a reception at the east station."""
    body = Reception(on=on, station=uid("东"), begins=begins, ends="11:00")
    people = {"host": tuple(uid(name) for name in hosts)}
    return a_case("reception", *acts, body=body, states={"main": state}, parties=people)


def days_of(*cases, days=(SET,)):
    set_days = [SetDay(rule="fixed", title="固定接待日", day=day) for day in days]
    return sorted(merged(set_days, cases), key=lambda d: (d.on, d.begins))


def test_a_day_without_a_reception_is_as_its_rule_has_it():
    (day,) = days_of()
    assert (day.on, day.title, day.who, day.why) == (SET.on, "固定接待日", (uid("li"),), "15 日为周日，顺延")
    assert days_of(days=(NO_PLACE,)) == []


def test_a_swap_changes_who_comes_and_a_cancelled_day_is_shown_as_such():
    swap = act("swap_host", payload=HostChange(leaves=uid("li")), parties={"host": (uid("wang"),)})
    (day,) = days_of(planned("noticed", "plan", swap, hosts=("li", "wang")))
    assert (day.who, day.title) == ((uid("wang"),), "固定接待日")
    (day,) = days_of(planned("cancelled"))
    assert day.why == "已取消"


def test_a_reception_of_its_own_is_shown_once_it_is_announced():
    own = {"on": D(2026, 3, 20), "begins": "10:00", "hosts": ("wang",)}
    assert len(days_of(planned("planned", **own))) == 1
    _, second = days_of(planned("noticed", **own))
    assert (second.on, second.title, second.who) == (D(2026, 3, 20), "接待选民", (uid("wang"),))
    assert len(days_of(planned("cancelled", **own))) == 1


def test_figures_take_receptions_that_were_held_and_the_sums_of_registers():
    today, since = D(2026, 6, 1), D(2025, 6, 1)
    cases = [
        planned("closed", act("sum_up", payload=Totals(people=5000, opinions=2800, approx=True))),
        planned("held", act("sum_up", payload=Totals(people=3))),
        planned("cancelled"),
        planned("noticed", on=D(2026, 6, 15)),
        planned("closed", on=D(2025, 5, 31)),
    ]
    held = list(counted(cases, uid("东"), since, today))
    assert len(held) == 2
    assert [matters(case) for case in held] == [Figure(2800, approx=True), Figure(0)]
    assert list(counted(cases, uid("西"), since, today)) == []


# -- what voters said


def voters(make, **settings):
    """Make a county where voters were received, with names and numbers that are nobody's business."""
    catalogue = Catalogue.installed()
    b = make({"deputies_homes": settings, "reception": {}, "suggestion_handling": {}}, catalogue=catalogue, today=TODAY)
    congresses(b)
    elect(b, "li")
    found(b, [place("东"), place("西")], {"li": "东"})
    return b


def test_a_board_tells_nothing_of_a_voter(county):
    b = voters(county, **ADDRESSES)
    station = b.actor("zhou", "station")
    kind = b.tenant.practice.procedure("opinion").kind
    body = {"text": f"{VOTER}说桥坏了", "station": uid("东"), "voter": VOTER, "phone": PHONE}
    for _ in range(2):
        b.open(kind.name, station, body, title=f"{VOTER} {PHONE}")
    b.open(kind.name, station, body | {"station": uid("西"), "approx": True}, title="约数")
    texts = []
    for name, asked in (
        ("station_board", {"station": "东"}),
        ("station_board", {"station": "西"}),
        ("deputy_board", {"deputy": "li"}),
        ("station_sign", {"station": "东"}),
        ("deputy_sign", {"deputy": "li"}),
    ):
        page = b.page(name, PUBLIC, asked)
        texts.append(unicodedata.normalize("NFKC", json.dumps(told(page), ensure_ascii=False)))
    for text in texts:
        assert VOTER not in text
        assert "张三" not in text
        assert PHONE not in text
        assert PHONE[-4:] not in text.replace(uid("东"), "").replace(uid("li"), "").replace(uid("西"), "")
        assert "桥" not in text
    figures = b.page("station_board", PUBLIC, {"station": "东"}).figures
    assert (figures.opinions, figures.done, figures.since) == (Figure(2), 0, D(2025, 3, 2))
    assert b.page("station_board", PUBLIC, {"station": "西"}).figures.opinions == Figure(1, approx=True)


def test_figures_end_with_their_year(bench):
    b = voters(bench)
    b.open("opinion", b.actor("zhou", "station"), {"text": "桥坏了", "station": uid("东")}, title="桥")
    b.today = D(2027, 3, 2)
    assert b.page("station_board", PUBLIC, {"station": "东"}).figures.opinions == Figure(1)
    b.today = D(2027, 3, 3)
    assert b.page("station_board", PUBLIC, {"station": "东"}).figures.opinions == Figure(0)


class _Missing:
    """A desk of a county where a practice that touched receptions is missing: it gives nobody whole cases."""

    async def stations(self, on):
        return (StationOn(id="s", kind="home", name="家", code="1", congress="c", deputies=("li",)),)

    async def opened(self, kind, first, last):
        raise NotAllowed("this is for office meanwhile")

    async def set_days(self, first, last):
        return (SetDay(rule="fixed", title="固定接待日", day=attrs.evolve(SET, place="s", who=("li",))),)

    async def names(self, ids):
        return {"li": "李明"}

    async def cases(self, kind, step):
        return ()

    async def groups(self, on):
        return ()

    congresses = holders = groups


def test_while_a_practice_is_missing_the_board_shows_what_it_may_and_no_figures():
    board = asyncio.run(station_board(context(deputies_homes, today=TODAY), _Missing(), OfStation(station="1")))
    assert (board.name, board.figures, [d.who for d in board.days]) == ("家", None, [("李明",)])


# -- the sign


def test_a_sign_leads_where_the_county_says(county):
    b = with_days(county, **ADDRESSES)
    sign = b.ask(signs.station_sign, "东")
    assert sign.address == f"https://renda.example.cn/public/{b.tenant.code.replace(' ', '%20')}/stations/%E4%B8%9C"
    assert read(drawn(signs.svg(sign))) == sign.address
    assert [(line.label, line.text) for line in sign.lines] == [
        ("地址", "东风路 12 号"),
        ("服务", "调解、网格"),
        ("接待", "3月16日（周一）　09:00—11:00　li　15 日为周日，顺延"),
        ("代表", "li"),
    ]
    deputy = b.ask(signs.deputy_sign, uid("li"))
    assert deputy.address.endswith(f"/deputies/{uid('li')}")
    assert (deputy.title, deputy.of) == ("li", "示例县人民代表大会代表")


def test_a_suspended_stations_sign_says_so_and_one_without_days_says_nothing(bench):
    b = with_days(bench, NO_PLACE, **ADDRESSES)
    assert "接待" not in {line.label for line in b.ask(signs.station_sign, "东").lines}
    case = b.open("station_file", OFFICE, StationFile(station=uid("东")), title="东站")
    b.step(b.step(check(b, case), "open", OFFICE), "suspend", OFFICE, note="装修")
    assert {line.label: line.text for line in b.ask(signs.station_sign, "东").lines}["接待"] == "暂停开放"


def test_a_station_without_a_code_goes_by_its_id_and_a_code_stays_one_part(bench):
    b = county_of(bench, settings=ADDRESSES)
    found(b, [place("东", code=""), place("西", code="../a?b#c/{county}")])
    assert b.ask(signs.station_sign, "东站").address.endswith(f"/stations/{uid('东')}")
    assert b.ask(signs.station_sign, "西站").address.endswith("/stations/..%2Fa%3Fb%23c%2F%7Bcounty%7D")


@pytest.mark.parametrize(
    ("page", "field", "name"),
    [("station_sign", "station", "board_address"), ("deputy_sign", "deputy", "deputy_address")],
)
def test_without_an_address_there_is_no_code_and_it_is_said_what_to_set(bench, page, field, name):
    b = with_days(bench)
    with pytest.raises(Invalid, match=f"set {name} of deputies_homes"):
        b.page(page, PUBLIC, {field: "东"})


def test_a_wall_holds_a_few_days_and_names_and_says_how_many_there_are(bench):
    days = [attrs.evolve(SET, on=D(2026, 3, n)) for n in range(9, 20)]
    b = with_days(bench, *days, **ADDRESSES)
    names = [f"代表{n}" for n in range(40)]
    elect(b, *names)
    found(b, [], dict.fromkeys(names, "东"))
    lines = {line.label: line.text for line in b.ask(signs.station_sign, "东").lines}
    assert len(lines["接待"].splitlines()) == 6
    assert lines["代表"].endswith("等 41 名代表")


def test_the_whole_of_a_check_is_told_in_its_file(bench):
    b = county_of(bench)
    case = filed(b)
    b.step(case, "check", CHECKER, grade="met", payload=Check(version=1, findings=judged()))
    seen = next(a for a in b.see(case, OFFICE).acts if a["step"] == "check")
    assert [f["title"] for f in msgspec.to_builtins(seen["findings"])] == [p.title for p in EIGHT.points]
