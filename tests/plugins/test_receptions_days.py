"""Receptions on a store: nobody at two places, no closed station, days opened ahead once, duty records made once."""

import datetime as dt

import attrs
import pytest
from tests.plugins.receiving import CLERK, DAY, KEEPER, S1, S2, grouped, look, plan, rows, settled

from renda_core.domain.calendar import Day
from renda_core.errors import Invalid, Rejected, RendaError
from renda_core.services import corrections, duty, ledgers
from renda_core.testing import uid
from renda_plugins.reception.receptions_days import form_of
from renda_plugins.reception.receptions_fields import Held, HostChange, Totals, Visit
from renda_plugins.reception.receptions_register import hosts

D = dt.date
HOURS = {"begins": "09:00", "ends": "11:00"}
FIRST = Day(on=D(2026, 3, 9), label="坐班", who=(uid("first"),), place=S1, **HOURS)
VACANT = Day(on=D(2026, 3, 10), label="坐班", why="缺岗", place=S1, **HOURS)


def noticed(b, *who, **body):
    return b.step(plan(b, *who, **body), "notice", KEEPER)


def test_nobody_receives_at_two_places_at_once(county):
    b = settled(county)
    plan(b, "wang", "li")
    with pytest.raises(Rejected, match="09:00"):
        plan(b, "chen", "wang", station=S2, begins="10:45", ends="12:00")
    later = plan(b, "wang", station=S2, begins="11:00", ends="12:00")
    other = plan(b, "chen", station=S2)
    with pytest.raises(Rejected, match="09:00"):
        b.step(other, "change_host", CLERK, payload=HostChange(), parties={"host": (uid("li"),)}, note="帮忙")
    assert hosts(b.case(other.id)) == (uid("chen"),)
    assert later.states.get("main", "planned") == "planned"


def test_what_is_cancelled_or_left_is_free_again(county):
    b = settled(county)
    first = plan(b, "wang", "li")
    b.step(first, "change_host", CLERK, payload=HostChange(leaves=uid("li")), note="生病")
    assert hosts(plan(b, "li", station=S2)) == (uid("li"),)
    b.step(first, "cancel", CLERK, note="暴雪")
    again = plan(b, "wang", on=D(2026, 3, 17), instead_of=first.id)
    assert plan(b, "wang", station=S2, begins="09:30", ends="10:00")
    assert b.case(again.id).links == {"instead_of": (first.id,)}


def test_a_closed_station_receives_nobody(county):
    b = settled(county)
    old = {"name": "旧村站", "kind": "station", "code": "s0", "congress": uid("county"), "valid_to": D(2026, 1, 1)}
    rows(b, ("station", "s0", old))
    with pytest.raises(Invalid, match="旧村站 was closed on 2026-01-01"):
        plan(b, "wang", station="旧村站")
    with pytest.raises(Invalid, match="no station '无此站'"):
        plan(b, "wang", station="无此站")
    assert plan(b, "wang", station="s1村站").body.station == S1


def test_set_days_become_receptions_once(county):
    mixed = Day(on=D(2026, 3, 11), label="坐班", who=(uid("chen"), uid("nobody")), place=S2, **HOURS)
    far = attrs.evolve(FIRST, on=D(2026, 3, 17))
    b = settled(county, FIRST, VACANT, mixed, far, Day(on=D(2026, 3, 12), label="会议", who=(uid("chen"),)))
    first, second = look(b)
    assert (first.title, first.body.form, first.body.rule, first.body.begins) == (
        "s1村站轮流坐班（2026-03-09）",
        "rota",
        "rota_test",
        "09:00",
    )
    assert set(hosts(first)) == {uid("wang"), uid("li")}
    assert (second.body.station, hosts(second)) == (S2, (uid("chen"),))
    assert look(b) == []
    b.step(first, "cancel", CLERK, note="停电")
    assert look(b) == []
    b.later(days=1)
    assert [c.body.on for c in look(b)] == [far.on - dt.timedelta(days=0)]
    assert b.verify().whole


def test_no_day_is_opened_that_people_planned_or_nobody_can_hold(county):
    planned = attrs.evolve(FIRST, on=D(2026, 3, 10))
    empty = attrs.evolve(FIRST, on=D(2026, 3, 11), who=(uid("empty"),))
    gone = attrs.evolve(FIRST, on=D(2026, 3, 12), who=(uid("former"),))
    hourless = attrs.evolve(FIRST, on=D(2026, 3, 13), begins="", ends="")
    elsewhere = attrs.evolve(FIRST, on=planned.on, place=S2, who=(uid("wang"), uid("chen")))
    taken = attrs.evolve(elsewhere, begins="10:00", who=(uid("wang"),))
    b = settled(county, planned, empty, gone, hourless, elsewhere, taken)
    plan(b, "wang", "li", on=planned.on)
    (found,) = look(b)
    assert (found.body.station, hosts(found)) == (S2, (uid("chen"),))
    page = b.page("receptions", CLERK, {"by": "station"})
    assert [(p.on.day, p.why) for p in page.points] == [
        (10, "代表同一时间在别处接待"),
        (10, "接待代表与日程规则不一致，请核对"),
        (11, "缺岗：没有在任代表"),
        (12, "缺岗：没有在任代表"),
        (13, "日程规则未定接待时间"),
    ]


def test_a_place_that_opens_nothing_by_itself(county):
    assert look(settled(county, FIRST, opened_ahead=0)) == []


def test_one_group_at_two_stations_at_one_hour_receives_at_the_first(county):
    b = settled(county, FIRST, attrs.evolve(FIRST, place=S2))
    assert [c.body.station for c in look(b)] == sorted((S1, S2))[:1]


def test_a_duty_record_for_each_who_came_and_none_for_who_did_not(county):
    b = settled(county)
    case = noticed(b, "wang", "li")
    b.today = DAY
    case = b.step(case, "receive", KEEPER, payload={"voter": "蔡湖", "phone": "19900000000", "people": 3})
    held = {"present": [uid("wang")], "absent": [{"deputy": uid("li"), "why": "住院"}]}
    case = b.step(case, "hold", KEEPER, payload=held)

    async def of(reader, _, who):
        return await duty.records_of(reader, uid(who))

    (record,) = b.ask(of, "wang")
    assert (record.kind, record.on, record.quantity, dict(record.facts)) == (
        "reception",
        DAY,
        1,
        {"visits": 1, "people": 3, "approx": 0},
    )
    assert b.ask(of, "li") == ()
    with pytest.raises(Rejected, match="main is held"):
        b.step(case, "hold", KEEPER, payload=held)
    assert b.case(case.id).acts[2].payload.voter.box
    assert "蔡湖" not in str(b.see(case, b.actor("zhou", "deputy")))
    assert "****0000" in str(b.see(case, KEEPER))
    with pytest.raises(RendaError):
        b.see(case, b.actor("roads clerk", unit="roads"))


def test_a_round_figure_stays_round_in_the_duty_record(county):
    b = settled(county)
    case = noticed(b, "wang")
    b.today = DAY
    case = b.step(case, "sum_up", KEEPER, payload=Totals(people=120, approx=True))
    case = b.step(case, "hold", KEEPER, payload=Held(present=(uid("wang"),)))

    async def of(reader, _):
        return await duty.records_of(reader, uid("wang"))

    assert [dict(r.facts) for r in b.ask(of)] == [{"visits": 0, "people": 120, "approx": 1}]


def test_what_nobody_announced_or_recorded_is_overdue(county):
    b = settled(county)
    case = plan(b, "wang")
    b.today = D(2026, 3, 14)
    assert [(r.clock, r.case_id) for r in b.ask(ledgers.overdue, CLERK)] == [("notice", case.id)]
    b.step(case, "notice", KEEPER, note="停电")
    assert b.ask(ledgers.overdue, CLERK) == []
    b.today = D(2026, 3, 20)
    assert [r.clock for r in b.ask(ledgers.overdue, CLERK)] == ["record"]
    b.step(case, "cancel", CLERK, note="无人到场")
    assert b.ask(ledgers.overdue, CLERK) == []


def test_an_overseer_erases_the_names_of_a_register_and_the_rest_stays(county):
    b = settled(county)
    case = noticed(b, "wang")
    b.today = DAY
    case = b.step(case, "receive", KEEPER, payload=Visit(voter="蔡湖", phone="19900000000", people=3))
    overseer = b.actor("chair", "overseer")
    b.do(corrections.erase, overseer, case.id, "本人要求")
    stored = b.case(case.id)
    assert (stored.acts[2].payload.voter.erased, stored.acts[2].payload.people) == (True, 3)
    assert b.step(stored, "hold", KEEPER, payload=Held(present=(uid("wang"),))).states["main"] == "held"


def test_a_group_that_fills_up_later_is_opened_the_night_after(county):
    b = settled(county, attrs.evolve(FIRST, who=(uid("late"),)))
    assert look(b) == []
    grouped(b, "late", "zhou")
    assert [hosts(c) for c in look(b)] == [(uid("zhou"),)]


def test_the_rules_of_days_that_are_here_have_their_forms():
    assert [form_of(rule) for rule in ("fixed_day", "rota", "market_day", "annual_report")] == [
        "fixed_day",
        "rota",
        "market",
        "other",
    ]
