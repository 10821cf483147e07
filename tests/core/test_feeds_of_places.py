"""Feeds of one station and of one deputy, on both back ends: what a notice board may show, as a phone reads it back."""

from __future__ import annotations

import datetime as dt

import attrs
import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.reminding import congresses, elect, rule, with_rules
from tests.plugins.sitting import (
    CODE,
    GROUPS,
    HOME,
    MEMBERS,
    OFFICE,
    SINCE,
    away,
    body,
    member,
    propose,
    sitter,
    station,
    swapped,
    town,
    write,
)

from renda_core.domain.calendar import Day
from renda_core.errors import Invalid, NotFound
from renda_core.services import feeds, ical, place_feeds
from renda_core.testing import uid

D = dt.date
SECOND = D(2026, 3, 9)
PARTS = {
    "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "CATEGORIES", "STATUS", "TRANSP",
    "LOCATION", "DESCRIPTION",
}  # fmt: skip


def read(b, make, of):
    """Fetch a feed as a phone does: whole lines of 75 octets at most, in UTF-8, and the same bytes again."""
    raw = b.ask(make, of)
    assert raw == b.ask(make, of)
    assert raw.endswith(b"END:VCALENDAR\r\n")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        line.decode("utf-8")
    calendar = icalendar.Calendar.from_ical(raw)
    assert not calendar.errors
    found = calendar.walk("VEVENT")
    for event in found:
        assert set(event) <= PARTS, "an event of a day comes again by no rule of its own"
        assert not event.errors
    assert len({e["uid"] for e in found}) == len(found)
    assert str(raw, "utf-8").count("BEGIN:VTIMEZONE") == any(isinstance(e["dtstart"].dt, dt.datetime) for e in found)
    return calendar


def of_station(b, said=CODE):
    return {e["dtstart"].dt.date(): e for e in read(b, feeds.station_feed, said).walk("VEVENT")}


def of_deputy(b, name):
    return {e["dtstart"].dt.date(): e for e in read(b, feeds.deputy_feed, uid(name)).walk("VEVENT")}


# -- a station


def test_a_station_has_its_shifts_with_hours_place_and_names(county):
    b = town(county)
    for said in (CODE, HOME, uid(HOME)):
        calendar = read(b, feeds.station_feed, said)
        assert str(calendar["x-wr-calname"]) == f"{b.tenant.name} {HOME} 接待日程"
    found = of_station(b)
    first = found[SINCE]
    china = dt.timezone(dt.timedelta(hours=8))
    assert first["dtstart"].dt == dt.datetime(2026, 3, 2, 9, tzinfo=china)
    assert first["dtend"].dt == dt.datetime(2026, 3, 2, 11, tzinfo=china)
    assert first["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert str(first["summary"]) == f"{HOME}轮流坐班（第一小组）"
    assert str(first["location"]) == f"{HOME} {HOME}1号"
    assert str(first["description"]) == "接待代表：一组甲、一组辛"
    assert str(first["transp"]) == "OPAQUE"
    assert str(first["uid"]) == f"2026-03-02.2026-03-02 {uid(HOME)}.rota@{b.tenant.code}"
    assert max(found) == D(2027, 3, 1), "a year ahead"


def test_the_zone_is_told_as_the_format_asks(county):
    (zone,) = read(town(county), feeds.station_feed, CODE).walk("VTIMEZONE")
    (standard,) = zone.walk("STANDARD")
    assert (str(zone["tzid"]), standard["tzoffsetto"].td) == ("Asia/Shanghai", dt.timedelta(hours=8))
    assert (standard["tzoffsetfrom"].td, standard["dtstart"].dt) == (dt.timedelta(hours=9), dt.datetime(1991, 9, 15, 2))
    assert not zone.walk("DAYLIGHT")


def test_a_vacant_shift_says_so_and_nobody_reads_why(county):
    b = town(county)
    for person in MEMBERS["第二小组"]:
        away(b, person, SECOND, SECOND)
    found = of_station(b)
    assert str(found[D(2026, 3, 16)]["summary"]) == f"{HOME}轮流坐班缺岗（第三小组）"
    assert str(found[SECOND]["summary"]) == f"{HOME}轮流坐班缺岗（第二小组）"
    assert "description" not in found[SECOND]
    assert str(found[SECOND]["transp"]) == "TRANSPARENT"
    raw = b.ask(feeds.station_feed, CODE).decode().replace("\r\n ", "")
    assert not [
        word
        for word in ("请假", "坐班代表", "通知", uid("二组甲"), "mailto")
        if word in raw and word != "二组甲、二组辛"
    ]


def test_another_station_has_its_own_and_one_that_closed_keeps_what_was(county):
    b = town(county)
    write(b, station("旧家", "130921100002-01", valid_to=D(2026, 3, 10)))
    layer = b.file.layers[0]
    both = [{"station": name, "since": SINCE, "groups": list(GROUPS)} for name in (CODE, "旧家")]
    b.file = attrs.evolve(b.file, layers=(attrs.evolve(layer, plugins={"rota_duty": {"rotas": both}}),))
    assert sorted(of_station(b, "旧家")) == [SINCE, SECOND]
    assert len(of_station(b)) > 50
    b.today = D(2026, 4, 1)
    assert sorted(of_station(b, "旧家")) == [SINCE, SECOND]
    assert "该站点目前不开放" in str(read(b, feeds.station_feed, "旧家")["x-wr-caldesc"])
    assert "不开放" not in str(read(b, feeds.station_feed, CODE)["x-wr-caldesc"])


def test_a_code_that_a_new_station_took_over_is_the_new_ones_and_two_open_ones_are_told_apart(county):
    b = town(county)
    write(b, station("从前的家", CODE, valid_to=D(2025, 1, 1)))
    assert HOME in str(read(b, feeds.station_feed, CODE)["x-wr-calname"])
    write(b, station("另一家", CODE))
    with pytest.raises(Invalid, match="2 stations are called"):
        b.ask(feeds.station_feed, CODE)
    for nobody in ("没有的家", "", uid("nobody"), "'; drop table station; --", "家" * 400):
        with pytest.raises(NotFound):
            b.ask(feeds.station_feed, nobody)
    for no_text in ("\x00", "\ud800", "家" * 5_000):
        with pytest.raises(Invalid):
            b.ask(feeds.station_feed, no_text)


# -- a deputy


def test_a_deputy_has_own_shifts_and_a_swapped_one_moves_from_one_feed_to_the_other(county):
    b = town(county)
    mine, theirs = of_deputy(b, "二组甲"), of_deputy(b, "四组甲")
    assert SECOND in mine
    assert SECOND not in theirs
    assert len(mine) in (7, 8)
    assert "二组甲 代表接待日程" in str(read(b, feeds.deputy_feed, uid("二组甲"))["x-wr-calname"])
    case = propose(b, "二组甲", "四组甲", SECOND)
    assert of_deputy(b, "二组甲").keys() == mine.keys()
    b.step(case, "agree", sitter("四组甲"))
    assert of_deputy(b, "二组甲").keys() == mine.keys() - {SECOND}
    assert of_deputy(b, "四组甲").keys() == theirs.keys() | {SECOND}
    assert of_deputy(b, "四组甲")[SECOND]["uid"] == mine[SECOND]["uid"]
    assert str(of_station(b)[SECOND]["description"]) == "接待代表：四组甲、四组辛"
    b.step(case, "cancel", OFFICE, note="双方商定")
    assert of_deputy(b, "二组甲").keys() == mine.keys()


def test_who_is_on_leave_has_not_the_shift_and_who_takes_one_alone_has(county):
    b = town(county)
    away(b, "二组甲", SECOND, SECOND)
    assert SECOND not in of_deputy(b, "二组甲")
    assert SECOND in of_deputy(b, "二组辛")
    swapped(b, "二组辛", "五组甲", SECOND, to="")
    assert SECOND not in of_deputy(b, "二组辛")
    assert str(of_deputy(b, "五组甲")[SECOND]["summary"]) == f"{HOME}轮流坐班（五组甲）"


def test_nobody_but_a_deputy_has_a_calendar(county):
    b = town(county)
    elect(b, "waiting", of="town", state="elected")

    for nobody in (uid("waiting"), uid("passer-by"), "二组甲", "", "0" * 36, "\x00"):
        with pytest.raises(NotFound):
            b.ask(feeds.deputy_feed, nobody)


# -- days of any rule


def with_days(county, *found, who="office deputy public", **rest):
    b = with_rules(county, rule("market", *found, who=who), today=D(2026, 3, 1), **rest)
    congresses(b)
    elect(b, "甲", "乙", of="town")
    write(b, station(HOME, CODE), body("第一小组"), member("甲", "第一小组"))
    return b


def day(**rest):
    return Day(**{"on": D(2026, 3, 16), "label": "赶集日接待", "place": uid(HOME), "who": (uid("甲"),), **rest})


def test_a_day_without_hours_is_whole_and_one_with_a_beginning_alone_has_no_end(county):
    b = with_days(county, day(), day(on=D(2026, 3, 17), begins="09:00"))
    whole, instant = read(b, feeds.station_feed, CODE).walk("VEVENT")
    assert (whole["dtstart"].dt, whole["dtend"].dt) == (D(2026, 3, 16), D(2026, 3, 17))
    assert str(whole["transp"]) == "TRANSPARENT"
    assert instant["dtstart"].dt.hour == 9
    assert "dtend" not in instant


def test_a_group_that_a_rule_names_is_its_members_and_an_audience_has_the_day_too(county):
    b = with_days(
        county,
        day(who=(uid("第一小组"),)),
        day(on=D(2026, 3, 18), who=(), audience=(uid("乙"),), notice_by=D(2026, 3, 15)),
    )
    (mine,) = read(b, feeds.deputy_feed, uid("甲")).walk("VEVENT")
    assert str(mine["description"]) == "接待代表：第一小组"
    (theirs,) = read(b, feeds.deputy_feed, uid("乙")).walk("VEVENT")
    assert str(theirs["summary"]) == "赶集日接待（缺岗）"
    raw = b.ask(feeds.station_feed, CODE).decode()
    assert uid("乙") not in raw
    assert uid("甲") not in raw


def test_what_is_not_for_the_public_is_in_no_feed_of_a_notice_board(county):
    b = with_days(county, day(text="内部：张三电话19900001234", why="领导出差"), who="office deputy")
    assert of_station(b) == {}
    b = with_days(county, day(text="内部：张三电话19900001234", why="领导出差"))
    raw = b.ask(feeds.station_feed, CODE).decode().replace("\r\n ", "")
    assert "接待代表：甲" in raw
    assert not [word for word in ("内部", "19900001234", "领导") if word in raw]


def test_a_hostile_name_stays_a_name(county):
    evil = "家\r\nEND:VEVENT\r\nBEGIN:VEVENT\nSUMMARY:假; a,b \x0b\u2028" + "𠮷䶮" * 60
    b = with_days(county, day(label=evil))
    elect(b, "丙\r\nATTENDEE:mailto:x@y", of="town")
    (event,) = read(b, feeds.station_feed, CODE).walk("VEVENT")
    assert len(event["summary"]) <= ical.TITLE
    assert "假; a,b" in event["summary"]
    write(b, station("坏家\r\nBEGIN:VEVENT", "x", address="街\r\nX:1"))
    calendar = read(b, feeds.station_feed, "x")
    assert calendar.walk("VEVENT") == []
    assert "坏家 BEGIN:VEVENT" in str(calendar["x-wr-calname"])
    assert "丙 ATTENDEE:mailto:x@y" in str(read(b, feeds.deputy_feed, uid("丙\r\nATTENDEE:mailto:x@y"))["x-wr-calname"])


def test_a_day_that_moves_is_another_event(county):
    held = [day()]
    b = with_rules(county, rule("market", held, who="public"), today=D(2026, 3, 1))
    congresses(b)
    elect(b, "甲", of="town")
    write(b, station(HOME, CODE))
    (before,) = read(b, feeds.station_feed, CODE).walk("VEVENT")
    held[:] = [day(on=D(2026, 3, 17))]
    (after,) = read(b, feeds.station_feed, CODE).walk("VEVENT")
    assert before["uid"] != after["uid"]
    held[:] = [day(who=())]
    (vacant,) = read(b, feeds.station_feed, CODE).walk("VEVENT")
    assert vacant["uid"] == before["uid"]


def test_a_feed_holds_the_nearest_and_says_so(county, monkeypatch):
    monkeypatch.setattr(place_feeds, "MOST", 3)
    b = town(county)
    calendar = read(b, feeds.station_feed, CODE)
    assert [e["dtstart"].dt.date() for e in calendar.walk("VEVENT")] == [SINCE, SECOND, D(2026, 3, 16)]
    assert "只列最近的 3 项" in str(calendar["x-wr-caldesc"])


def test_no_feed_holds_another_tenants_days(county):
    town(county)
    other = with_days(county)
    assert of_station(other) == {}
    with pytest.raises(NotFound):
        other.ask(feeds.deputy_feed, uid("二组甲"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=300),
    st.text(max_size=300),
    st.text(max_size=300),
    st.times(max_value=dt.time(20)).map(lambda t: t.replace(microsecond=0)),
    st.integers(1, 200),
)
def test_any_event_comes_back_as_it_was(summary, location, description, begins, minutes):
    ends = (dt.datetime.combine(D(2026, 3, 2), begins) + dt.timedelta(minutes=minutes)).time()
    told = ical.Entry(
        uid="1@x", stamp=SINCE, first=SINCE, last=SINCE, summary=summary, categories=("坐班",), location=location,
        description=description, begins=begins, ends=ends, busy=True,
    )  # fmt: skip
    raw = ical.event(told).to_ical()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    back = icalendar.Event.from_ical(raw)
    assert str(back["summary"]) == ical.clean(summary)
    assert str(back.get("location", "")) == ical.clean(location)
    assert back["dtstart"].dt.replace(tzinfo=None) == dt.datetime.combine(SINCE, begins)
    assert back["dtend"].dt - back["dtstart"].dt == dt.timedelta(minutes=minutes)
