"""轮流坐班 on both back ends: seven groups in turn, 缺岗 shown and nobody moved, leaves, notices, and what is wrong."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.core.reminding import remind, told
from tests.plugins.sitting import (
    CODE,
    GROUPS,
    HOME,
    MEMBERS,
    NAME,
    OFFICE,
    SINCE,
    away,
    body,
    look,
    member,
    rows,
    sheet,
    sitter,
    station,
    sweep,
    town,
    write,
)

from renda_core.domain.mandates import MandateEvent
from renda_core.errors import ConfigError, Invalid, NotFound, Rejected
from renda_core.services import days, mandates
from renda_core.store.roster import ALL
from renda_core.testing import Bench, uid

D = dt.date
SCENARIO = [
    ("03-02", "第一小组", "一组甲、一组辛"),
    ("03-09", "第二小组", "二组甲、二组辛"),
    ("03-16", "第三小组", "缺岗"),
    ("03-23", "第四小组", "四组甲、四组辛"),
    ("03-30", "第五小组", "五组甲、五组辛"),
    ("04-07", "第六小组", "六组甲、六组辛"),  # 清明 on Monday the 6th
    ("04-13", "第七小组", "七组甲、七组辛"),
]


def test_seven_groups_one_without_a_deputy_its_shift_is_vacant_and_the_next_is_not_moved(county):
    b = town(county)
    assert rows(b) == SCENARIO
    found = sheet(b)
    third = found.shifts[2]
    assert (third.vacant, third.why) == ("缺岗", "缺岗：第三小组，本组当日没有在任代表")
    assert found.shifts[5].why == "周一（4月6日）逢节假日，顺延到7日"
    (fair,) = found.stations
    assert (fair.station, fair.shifts, fair.vacant, fair.spread, fair.spread_held) == (HOME, 7, 1, 0, 1)
    assert {line.group: (line.turns, line.vacant) for line in found.groups} == {
        g: (1, int(g == "第三小组")) for g in GROUPS
    }


def test_each_group_has_its_two_turns_a_year_or_is_named(county):
    b = town(county)
    assert [(g.year, g.enough) for g in sheet(b).groups] == [(8, True)] * 3 + [(7, True)] * 4
    rare = town(county, rotas=[{"station": CODE, "since": SINCE, "groups": list(GROUPS), "every": "month"}])
    found = sheet(rare)
    assert sorted(g.year for g in found.groups) == [1, 1, 2, 2, 2, 2, 2]
    assert found.stations[0].below == 2
    assert found.turns_a_year == 2


def test_a_day_asked_for_alone_is_the_same_as_in_a_year(county):
    b = town(county)
    year = {s.on: s for s in sheet(b, first=D(2026, 3, 1), last=D(2027, 3, 1)).shifts}
    for on in (D(2026, 3, 16), D(2026, 10, 8), D(2027, 1, 4)):
        assert sheet(b, first=on, last=on).shifts == (year[on],)


def test_the_days_have_hours_place_people_and_reach_receptions_and_voters(county):
    b = town(county)
    passer_by = Bench.actor("passer-by", "public")
    found = b.ask(days.days, passer_by, D(2026, 3, 1), D(2026, 3, 16)).days
    first, _, vacant = found
    assert (first.place, first.begins, first.ends) == (uid(HOME), "09:00", "11:00")
    assert set(first.who) == {uid("一组甲"), uid("一组辛")}
    assert first.notice_by == D(2026, 2, 27)
    assert first.label == f"{HOME}轮流坐班（第一小组）"
    assert first.text.endswith("坐班代表：一组甲、一组辛")
    assert (vacant.who, vacant.label) == ((), f"{HOME}轮流坐班缺岗（第三小组）")
    here = b.ask(days.days, passer_by, D(2026, 3, 1), D(2026, 3, 16), place=uid(HOME)).days
    assert here == found
    assert b.ask(days.days, passer_by, place=uid("elsewhere")).days == ()
    mine = b.ask(days.days, passer_by, D(2026, 3, 1), D(2026, 4, 30), person=uid("二组甲")).days
    assert [d.on for d in mine] == [D(2026, 3, 9), D(2026, 4, 27)]


def test_those_who_sit_are_told_three_days_before_once(county):
    b = town(county, today=D(2026, 2, 26))
    assert remind(b).sent == 0
    assert remind(b, D(2026, 2, 27)).sent == 2
    assert remind(b, D(2026, 3, 1)).sent == 0
    assert told(b, "一组甲", "二组甲") == [("一组甲", f"2026-03-02 {uid(HOME)}")]
    assert remind(b, D(2026, 3, 13)).sent == 0, "nobody sits on the 16th"
    assert town(county, notice_days=0).ask(days.days, OFFICE).days[0].notice_by is None


# -- who can come


def test_a_deputy_on_leave_does_not_sit_and_a_group_all_on_leave_leaves_its_shift_vacant(county):
    b = town(county)
    away(b, "二组甲", D(2026, 3, 9), D(2026, 3, 9))
    assert rows(b)[1] == ("03-09", "第二小组", "二组辛")
    away(b, "二组辛", D(2026, 3, 5), D(2026, 3, 20))
    assert rows(b)[1:4] == [("03-09", "第二小组", "缺岗"), SCENARIO[2], SCENARIO[3]]
    assert sheet(b).shifts[1].why == "缺岗：第二小组，全部请假"
    assert [d.on for d in b.ask(days.days, OFFICE, D(2026, 3, 1), D(2026, 4, 1), person=uid("二组甲")).days] == []


@pytest.mark.rule("leave")
def test_who_comes_back_early_sits_again_from_that_day_and_a_leave_ends_by_itself(county):
    b = town(county)
    first, second = (away(b, p, D(2026, 3, 3), D(2026, 3, 25)) for p in ("二组甲", "四组甲"))
    b.today = D(2026, 3, 9)
    assert b.step(first, "return_early", sitter("二组甲")).states["main"] == "back"
    assert rows(b)[1] == ("03-09", "第二小组", "二组甲、二组辛")
    assert rows(b)[3] == ("03-23", "第四小组", "四组辛")
    sweep(b, D(2026, 3, 25))
    assert b.case(second.id).states.get("main", "away") == "away"
    sweep(b, D(2026, 3, 26))
    assert b.case(second.id).states["main"] == "over"
    assert rows(b)[3] == ("03-23", "第四小组", "四组辛"), "what was stays as it was"


@pytest.mark.rule("ask_leave.ahead", "return_early.today")
def test_leave_is_asked_for_ahead_by_oneself_and_its_end_said_on_its_day(county):
    b = town(county, today=D(2026, 3, 10))
    with pytest.raises(Rejected, match="by its first day"):
        away(b, "二组甲", D(2026, 3, 9), D(2026, 3, 20))
    two = {"away": (uid("二组甲"), uid("二组辛"))}
    with pytest.raises(Rejected, match="a leave is one deputy's"):
        b.open("shift_leave", OFFICE, {"first": b.today, "last": b.today}, parties=two)
    with pytest.raises(Rejected, match="taken for oneself"):
        b.open("shift_leave", sitter("四组甲"), {"first": b.today, "last": b.today}, parties={"away": (uid("二组甲"),)})
    case = away(b, "二组甲", D(2026, 3, 10), D(2026, 3, 12))
    with pytest.raises(NotFound):
        b.step(case, "return_early", sitter("四组甲"))
    b.today = D(2026, 3, 12)
    with pytest.raises(Rejected, match="on which it is said"):
        b.step(case, "return_early", OFFICE, on=D(2026, 3, 11))
    b.today = D(2026, 3, 13)
    with pytest.raises(Rejected, match="over already"):
        b.step(case, "return_early", OFFICE)
    for wrong in ({"first": "2026-03-20", "last": "2026-03-19"}, {"first": "2026-03-20", "last": "2027-04-01"}):
        with pytest.raises(Invalid, match=r"ends on|more than a year"):
            b.open("shift_leave", OFFICE, wrong, parties={"away": (uid("二组甲"),)})


def test_a_suspended_deputy_does_not_sit_from_the_day_of_the_act(county):
    b = town(county)
    ids = {row["person"]: row["id"] for row in b.read(lambda reader: reader.all(ALL["mandate"]))}
    event = MandateEvent(
        kind="suspend", on=D(2026, 3, 1), legal_act="公告", by_body="standing_committee", reason="detained"
    )
    b.do(mandates.happen, OFFICE, ids[uid("四组甲")], event)
    assert rows(b)[3] == ("03-23", "第四小组", "四组辛")


def test_who_joins_a_group_sits_from_that_day_on(county):
    b = town(county)
    write(b, member("一组甲", "第三小组", valid_from=D(2026, 3, 17)))
    assert rows(b, last=D(2026, 5, 5))[2] == SCENARIO[2]
    assert rows(b, last=D(2026, 5, 10))[9] == ("05-06", "第三小组", "一组甲")


def test_a_group_that_is_no_more_leaves_its_shifts_vacant_and_a_closed_home_has_none(county):
    b = town(county)
    write(b, station("旧家", "130921100002-01", valid_to=D(2026, 3, 10)), body("老组", valid_to=D(2026, 3, 10)))
    rota = {"station": "旧家", "since": SINCE, "groups": ["老组", "第一小组"]}
    both = [rota, {"station": CODE, "since": SINCE, "groups": ["老组", *GROUPS]}]
    b.file = _with(b, rotas=both)
    found = [(f"{s.on:%m-%d}", s.station, s.why) for s in sheet(b, last=D(2026, 3, 20)).shifts]
    assert found[0] == ("03-02", HOME, "缺岗：老组，本组当日没有在任代表")
    assert [f for f in found if f[1] == "旧家"] == [
        ("03-02", "旧家", "缺岗：老组，本组当日没有在任代表"),
        ("03-09", "旧家", ""),
        ("03-16", "旧家", "缺岗：老组，站点当日不开放"),
    ]
    listed = b.ask(days.days, OFFICE, D(2026, 3, 10), D(2026, 3, 31)).days
    assert {d.place for d in listed} == {uid(HOME)}
    assert rows(b, first=D(2026, 4, 27), last=D(2026, 4, 28), station=CODE) == [("04-27", "老组", "缺岗")]
    (gone,) = sheet(b, first=D(2026, 4, 27), last=D(2026, 4, 28), station=CODE).shifts
    assert gone.why == "缺岗：老组，名册中当日没有此小组"


def _with(b, **settings):
    """Change a tenant's settings, as a new file would."""
    layer = b.file.layers[0]
    told = {**layer.plugins[NAME], **settings}
    return attrs.evolve(b.file, layers=(attrs.evolve(layer, plugins={NAME: told}), *b.file.layers[1:]))


# -- vacancies are told to the office


def test_the_office_finds_a_vacant_shift_as_a_case_two_weeks_ahead_once(county):
    b = town(county)
    assert look(b) == ()
    b.today = D(2026, 3, 2)
    (found,) = look(b)
    case = b.case(found)
    assert case.title == f"{HOME} 2026-03-16 缺岗：第三小组（本组当日没有在任代表）"
    assert (case.body.form, case.body.on) == ("cover", D(2026, 3, 16))
    b.today = D(2026, 3, 3)
    assert look(b) == ()
    silent = town(county, today=D(2026, 3, 2), vacancy_days=0)
    assert look(silent) == ()


# -- orders


def test_every_group_of_the_congress_by_name_where_none_is_named(county):
    b = town(county, rotas=[{"station": HOME, "since": SINCE}])
    assert [g for _, g, _ in rows(b)] == sorted(GROUPS)
    write(b, body("第八小组", valid_from=D(2026, 3, 10)))
    assert [g for _, g, _ in rows(b)] == sorted(GROUPS), "a new group comes by a new order"


def test_a_changed_order_holds_from_its_day_and_moves_no_day_before(county):
    b = town(county)
    before = rows(b, last=D(2026, 3, 31))
    entries = [
        {"station": CODE, "since": SINCE, "groups": list(GROUPS)},
        {"station": CODE, "since": D(2026, 4, 1), "groups": [uid("第七小组"), "第一小组"], "weekdays": [3]},
    ]
    b.file = _with(b, rotas=entries)
    assert rows(b, last=D(2026, 3, 31)) == before
    assert rows(b, first=D(2026, 4, 1)) == [
        ("04-01", "第七小组", "七组甲、七组辛"),
        ("04-08", "第一小组", "一组甲、一组辛"),
        ("04-15", "第七小组", "七组甲、七组辛"),
    ]


def test_two_rotas_of_one_home_under_two_names_and_an_unknown_home_are_told(county):
    b = town(county)
    same = {"station": HOME, "since": SINCE, "groups": ["第一小组"]}
    lost = {"station": "没有的家", "since": SINCE}
    b.file = _with(b, rotas=[{"station": CODE, "since": SINCE, "groups": list(GROUPS)}, same, lost])
    assert rows(b) == SCENARIO
    assert [(p.what, p.why) for p in sheet(b).problems] == [
        (HOME, f"与轮班表中的{CODE}是同一站点，请用同一写法"),
        ("没有的家", "名册中没有此站点，或这些日子都不开放"),
    ]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"station": CODE, "since": SINCE, "weekday": [1]}, "rotas[1].weekday: no such field; did you mean 'weekdays'"),
        ({"station": CODE}, "missing required field `since`"),
        ({"station": " ", "since": SINCE}, "name the station"),
        ({"station": CODE, "since": "2026年3月2日"}, "2026年3月2日"),
        ({"station": CODE, "since": D(26, 3, 2)}, "look at the year"),
        ({"station": CODE, "since": SINCE, "until": D(2026, 3, 1)}, "lies before"),
        ({"station": CODE, "since": SINCE, "groups": "第一小组"}, "Expected `array`, got `str` - at `$[0].groups`"),
        ({"station": CODE, "since": SINCE, "groups": ["第一小组", ""]}, "empty name"),
        ({"station": CODE, "since": SINCE, "groups": ["第一小组", "第一小组"]}, "named twice"),
        ({"station": CODE, "since": SINCE, "weekdays": [0]}, "no weekday"),
        ({"station": CODE, "since": SINCE, "weekdays": [True]}, "Expected `int`, got `bool`"),
        ({"station": CODE, "since": SINCE, "weekdays": []}, "say one of the three"),
        ({"station": CODE, "since": SINCE, "every": "fortnight"}, "fortnight"),
        ({"station": CODE, "since": SINCE, "rest": "skip"}, "'skip' - at `$[0].rest`"),
        ({"station": CODE, "since": SINCE, "begins": "9:00"}, "is no hour"),
        ({"station": CODE, "since": SINCE, "begins": "11:00", "ends": "09:00"}, "not after 11:00"),
    ],
)
def test_a_rota_that_nobody_could_follow_is_refused_when_it_is_set(bench, entry, why):
    with pytest.raises(ConfigError) as said:
        town(bench, rotas=[entry])
    assert why in "; ".join(said.value.reasons)


def test_two_entries_of_one_home_on_one_day_are_refused(bench):
    entry = {"station": CODE, "since": SINCE}
    with pytest.raises(ConfigError, match="two orders begin on 2026-03-02"):
        town(bench, rotas=[entry, dict(entry)])


def test_a_page_tells_of_one_station_and_refuses_a_span_that_is_none(county):
    b = town(county)
    assert rows(b, station=HOME) == rows(b, station=CODE) == rows(b, station=uid(HOME)) == SCENARIO
    assert rows(b, station="别处") == []
    with pytest.raises(Invalid, match="lies before the first"):
        sheet(b, first=D(2026, 3, 2), last=D(2026, 3, 1))
    with pytest.raises(NotFound):
        b.page("rota", Bench.actor("passer-by", "public"))
    none = town(county, rotas=[])
    assert sheet(none).shifts == ()
    assert none.ask(days.days, OFFICE).days == ()


def test_a_year_without_its_holiday_table_is_marked(county):
    b = town(county)
    (shift,) = sheet(b, first=D(2031, 3, 10), last=D(2031, 3, 10)).shifts
    assert shift.why == "暂定：当年节假日安排尚未公布"


def test_members_are_those_of_the_groups(county):
    b = town(county)
    sits = {p for _, _, who in rows(b) for p in who.split("、")} - {"缺岗"}
    assert sits == {p for g, people in MEMBERS.items() if g != "第三小组" for p in people}
