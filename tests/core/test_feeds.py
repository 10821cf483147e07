"""Feeds, on both back ends, read back as a phone's program would: right, small, and nobody else's."""

from __future__ import annotations

import datetime as dt

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.popolo_county import filled
from tests.core.suggesting import (
    CHAIR,
    CHEN,
    LI,
    OFFICE,
    PUBLIC,
    REPLY,
    ROADS,
    WANG,
    WATER,
    accepted,
    assigned,
    draft,
    with_records,
    with_settings,
)

from renda_core.domain.procedure import Veil
from renda_core.errors import NotAllowed, NotFound
from renda_core.holidays import YearTable, merged
from renda_core.services import dates, feeds, ical
from renda_core.testing import Bench

D = dt.date
S = "suggestion"


def feed(b, who, what="deadlines"):
    raw = b.ask(feeds.feed, who, what)
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        line.decode("utf-8")
    assert raw == b.ask(feeds.feed, who, what)
    return icalendar.Calendar.from_ical(raw)


def events(b, who, what="deadlines"):
    return feed(b, who, what).walk("VEVENT")


def told(b, who):
    return [str(e["summary"]) for e in events(b, who)]


def test_sessions_are_whole_days_for_everybody(county):
    b = filled(county)
    for who in (OFFICE, PUBLIC, WANG, ROADS, Bench.actor("nobody")):
        first, last = events(b, who, "sessions")
        assert str(first["summary"]) == "示例县第六届人民代表大会第五次会议"
        assert (first["dtstart"].dt, first["dtend"].dt) == (D(2026, 1, 12), D(2026, 1, 16))
        assert (last["dtstart"].dt, last["dtend"].dt) == (D(2026, 12, 21), D(2026, 12, 22))
        assert first["uid"].endswith(f".session@{b.tenant.code}")
        assert first["dtstart"].params["VALUE"] == "DATE"


def test_the_calendar_says_what_it_is_and_when_to_ask_again(county):
    b = filled(county)
    calendar = feed(b, OFFICE, "sessions")
    assert str(calendar["x-wr-timezone"]) == "Asia/Shanghai"
    assert str(calendar["x-wr-calname"]) == f"{b.tenant.name} 会议"
    assert calendar["refresh-interval"].dt == dt.timedelta(hours=6)
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    with pytest.raises(NotFound, match="known: sessions, deadlines"):
        b.ask(feeds.feed, OFFICE, "birthdays")


def test_an_office_has_every_deadline_a_unit_its_own_a_deputy_those_of_own_cases(county):
    b = with_settings(county)
    mine = assigned(b, (ROADS, "lead"), (WATER, "joint"), title="关于修桥的建议")
    other = assigned(b, (WATER, "sole"), by=LI, title="关于水渠的建议")
    both = {mine.number, other.number}
    assert {n for n in both for s in told(b, OFFICE) if n in s} == both
    assert {n for n in both for s in told(b, CHAIR) if n in s} == both
    assert told(b, ROADS)
    assert all(s.startswith("主办") and mine.number in s for s in told(b, ROADS))
    assert {n for n in both for s in told(b, WATER) if n in s} == both
    assert {n for n in both for s in told(b, WANG) if n in s} == {mine.number}
    assert {n for n in both for s in told(b, LI) if n in s} == {other.number}
    assert told(b, CHEN) == []
    for who in (PUBLIC, Bench.actor("nobody")):
        with pytest.raises(NotAllowed):
            b.ask(feeds.feed, who, "deadlines")
    assert told(b, Bench.actor("power", unit="power")) == []


def test_a_deadline_says_whose_it_is_when_and_what_about(county):
    b = with_settings(county)
    case = assigned(b, title="关于修桥的建议")
    (reply,) = [e for e in events(b, ROADS) if ".reply." in e["uid"]]
    due = next(c for c in b.see(case, ROADS).clocks if c.name == "reply")
    assert str(reply["summary"]) == f"独办{due.title}到期：{case.number} 关于修桥的建议"
    assert (reply["dtstart"].dt, reply["dtend"].dt) == (due.due, due.due + dt.timedelta(days=1))
    assert str(reply["uid"]) == f"{case.id}.reply.1.{ROADS.unit}@{b.tenant.code}"
    assert reply["categories"].to_ical().decode() == "代表建议,时限"
    assert (reply["sequence"], reply["status"], reply["transp"]) == (1, "CONFIRMED", "TRANSPARENT")
    assert reply["dtstamp"].dt == dt.datetime.combine(b.today, dt.time(), dt.UTC)
    assert [e["dtstart"].dt for e in events(b, OFFICE)] == sorted(e["dtstart"].dt for e in events(b, OFFICE))


def test_what_was_done_disappears(county):
    b = with_settings(county)
    case = assigned(b)
    assert [e for e in events(b, ROADS) if ".reply." in e["uid"]]
    b.step(case, "reply", ROADS, **REPLY)
    assert [e for e in events(b, ROADS) if ".reply." in e["uid"]] == []


def test_a_day_that_may_move_is_marked(county):
    b = with_settings(county, today=D(2031, 1, 20))
    assigned(b)
    (reply,) = [e for e in events(b, ROADS) if ".reply." in e["uid"]]
    assert "（暂定）" in reply["summary"]
    assert reply["status"] == "TENTATIVE"
    assert "可能变动" in reply["description"]


def test_a_veiled_deadline_is_absent_for_those_it_is_veiled_from(county):
    b = with_records(county, Veil(kind=S, part="clock.reply", seen_by="office"))
    assigned(b)
    assert [e for e in events(b, OFFICE) if ".reply." in e["uid"]]
    for who in (ROADS, WANG, CHAIR):
        assert [e for e in events(b, who) if ".reply." in e["uid"]] == []


def test_a_draft_is_in_nobodys_feed_but_its_own_and_texts_and_notes_in_none(county):
    b = with_settings(county)
    draft(b, title="秘密草稿")
    case = accepted(b, title="关于灯的建议", text="张三电话19900001234")
    b.step(case, "assign", OFFICE, units=((ROADS.unit, "sole"),), note="内部批示")
    for who in (OFFICE, ROADS, LI):
        text = feed(b, who).to_ical().decode()
        assert not [s for s in ("秘密草稿", "19900001234", "内部批示", WANG.id) if s in text]


HOSTILE = "桥\r\nEND:VEVENT\r\nBEGIN:VEVENT\nSUMMARY:假; a,b \\n \x0b\u2028\u2029 " + "𠮷䶮" * 100


def test_a_hostile_title_stays_a_title(county):
    b = with_settings(county)
    made = [
        assigned(b, title=t) for t in (HOSTILE.replace("\x00", ""), "BEGIN:VCALENDAR", ";:,\\", "\u202e" + "长" * 5000)
    ]
    found = events(b, ROADS)
    assert len(found) == sum(
        1 for c in made for k in b.see(c, ROADS).clocks if k.state == "running" and not _window(b, k)
    )
    assert {str(e["dtend"].dt - e["dtstart"].dt) for e in found} == {"1 day, 0:00:00"}
    for event in found:
        assert set(event) <= {
            "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "CATEGORIES", "STATUS",
            "TRANSP", "DESCRIPTION",
        }  # fmt: skip
        assert "\n" not in event["summary"]
        assert len(event["summary"]) <= 2 * ical.TITLE
    assert any("假; a,b" in e["summary"] for e in found)


def _window(b, clock):
    return b.tenant.practice.procedure(S, b.tenant.practice.edition(S, b.today)).clocks[clock.name].window


def test_a_feed_is_capped_at_the_nearest_and_says_so(county, monkeypatch):
    monkeypatch.setattr(feeds, "MOST", 3)
    monkeypatch.setattr(feeds, "PAGE", 2)
    b = with_settings(county)
    for _ in range(3):
        assigned(b)
    calendar = feed(b, OFFICE)
    found = calendar.walk("VEVENT")
    assert len(found) == 3
    assert "只列最近的 3 项" in calendar["x-wr-caldesc"]
    monkeypatch.setattr(feeds, "MOST", 100)
    everything = events(b, OFFICE)
    assert [e["uid"] for e in everything][:3] == [e["uid"] for e in found]
    assert len({e["uid"] for e in everything}) == len(everything)
    assert "只列" not in feed(b, OFFICE)["x-wr-caldesc"]


def test_no_feed_holds_another_tenants_deadlines(county):
    one, other = with_settings(county), with_settings(county)
    assigned(one)
    for who in (OFFICE, ROADS, WANG):
        assert events(other, who) == []


@given(st.text(max_size=400))
def test_any_text_is_folded_and_comes_back_as_it_was(text):
    summary = feeds.clean(text)
    day = D(2026, 1, 1)
    event = ical.event(ical.Entry(uid="1@x", stamp=day, first=day, last=day, summary=summary, categories=(text,)))
    raw = event.to_ical()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert raw.count(b"BEGIN:VEVENT\r\n") == 1
    back = icalendar.Event.from_ical(raw)
    assert str(back["summary"]) == summary


def test_a_date_that_moves_raises_its_sequence(county):
    b = with_settings(county, today=D(2026, 11, 30))
    case = assigned(b)

    def reply():
        (found,) = [e for e in events(b, ROADS) if ".reply." in e["uid"]]
        return found["dtstart"].dt, int(found["sequence"]), str(found["status"])

    assert reply() == (D(2027, 3, 1), 0, "TENTATIVE")
    days = frozenset({D(2027, 3, 1), D(2027, 3, 2)})
    official = YearTable(year=2027, status="official", holidays=days, makeups=frozenset(), source="国办发明电")
    b.calendar = merged(b.calendar, [official])
    b.store.run(dates.redate(b.store, b.tenant))
    assert reply() == (D(2027, 3, 3), 1, "CONFIRMED")
    b.step(case, "take_more_time", ROADS, note="涉及面广")
    day, sequence, _ = reply()
    assert day > D(2027, 3, 3)
    assert sequence > 1


def test_what_comes_next_is_never_hidden_by_what_is_long_overdue(county, monkeypatch):
    monkeypatch.setattr(feeds, "PAGE", 2)
    b = with_settings(county, today=D(2026, 1, 20))
    for _ in range(3):
        assigned(b)
    b.today = D(2026, 8, 3)
    new = assigned(b)
    whole = events(b, ROADS)
    monkeypatch.setattr(feeds, "MOST", 4)
    nearest = events(b, ROADS)
    days = [e["dtstart"].dt for e in whole]
    assert [e["dtstart"].dt for e in nearest] == sorted(sorted(days, key=lambda d: abs((d - b.today).days))[:4])
    assert {str(e["uid"]) for e in whole if new.id in e["uid"]} & {str(e["uid"]) for e in nearest}
    assert len({str(e["uid"]) for e in whole}) == len(whole) > 4
