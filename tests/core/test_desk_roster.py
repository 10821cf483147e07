"""What pages, watches and rules of days ask of the roster on a day: sessions, deputies, groups, stations, links."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.core.peopling import blank
from tests.core.reminding import BEGAN, OFFICE, congresses, elect, with_rules

from renda_core.domain.mandates import MandateEvent
from renda_core.services import mandates, sessions
from renda_core.services.desk import StoreDesk
from renda_core.store.roster import ADD
from renda_core.testing import uid

D = dt.date
SUSPENDED = MandateEvent(
    kind="suspend", on=D(2026, 2, 1), legal_act="公告 1 号", by_body="standing_committee", reason="detained"
)
RESUMED = MandateEvent(kind="resume", on=D(2026, 3, 1), legal_act="公告 2 号", by_body="standing_committee")
ENDED = MandateEvent(
    kind="end", on=D(2026, 4, 1), legal_act="公告 3 号", by_body="standing_committee", reason="resignation_accepted"
)


@pytest.fixture
def roster(county):
    """A county and a town, with deputies of each."""
    b = with_rules(county, today=D(2026, 6, 1))
    congresses(b)
    elect(b, "li", "wang")
    elect(b, "town", of="town")
    elect(b, "new", on=D(2026, 5, 1))
    elect(b, "waiting", state="elected")
    return b


def deputies(b, on, congress=""):
    async def ask(reader, tenant):
        return await StoreDesk(reader, tenant).deputies(on, congress=uid(congress) if congress else "")

    return b.ask(ask)


def opening(b, first, last):
    async def ask(reader, tenant):
        return await StoreDesk(reader, tenant).sessions(first, last)

    return b.ask(ask)


def test_deputies_are_those_whose_mandate_is_in_force_that_day_each_once(roster):
    assert set(deputies(roster, D(2026, 6, 1))) == {uid(n) for n in ("li", "wang", "town", "new")}
    assert set(deputies(roster, D(2026, 4, 30))) == {uid(n) for n in ("li", "wang", "town")}
    assert set(deputies(roster, D(2026, 5, 1), "county")) == {uid(n) for n in ("li", "wang", "new")}
    assert deputies(roster, D(2026, 5, 1), "town") == (uid("town"),)
    assert deputies(roster, BEGAN - dt.timedelta(days=1)) == ()
    assert list(deputies(roster, D(2026, 6, 1))) == sorted(deputies(roster, D(2026, 6, 1)))


def test_the_past_stays_as_it_was(roster):
    for event in (SUSPENDED, RESUMED, ENDED):
        roster.do(mandates.happen, OFFICE, uid("mandate wang"), event)
    held = {D(2026, 1, 31): 1, D(2026, 2, 1): 0, D(2026, 2, 28): 0, D(2026, 3, 1): 1, D(2026, 3, 31): 1}
    for on, times in (held | {D(2026, 4, 1): 0, D(2026, 6, 1): 0}).items():
        assert deputies(roster, on).count(uid("wang")) == times, on


def test_sessions_are_those_that_open_between_two_days(roster):
    ids = {}
    for key, number, day in (
        ("county", 5, D(2026, 12, 28)),
        ("town", 9, D(2026, 12, 28)),
        ("county", 6, D(2027, 1, 4)),
    ):
        new = sessions.NewSession(term=uid(f"{key} term"), number=number, opens_on=day)
        ids[key, number] = roster.do(sessions.add_session, OFFICE, new).id
    found = opening(roster, D(2026, 12, 28), D(2026, 12, 28))
    assert [(s.id, s.congress, s.title) for s in found] == [
        (ids["county", 5], uid("county"), "示例县第六届人民代表大会第五次会议"),
        (ids["town", 9], uid("town"), "示例镇第六届人民代表大会第九次会议"),
    ]
    assert [s.opens_on for s in opening(roster, D(2026, 12, 29), D(2027, 1, 4))] == [D(2027, 1, 4)]
    assert opening(roster, D(2026, 12, 29), D(2027, 1, 3)) == ()
    assert opening(roster, D(2027, 1, 4), D(2026, 12, 28)) == ()


def ask(b, question, *args, place="", **rest):
    async def asked(reader, tenant):
        return await getattr(StoreDesk(reader, tenant, place=place), question)(*args, **rest)

    return b.ask(asked)


def put(b, noun, key, **given):
    """Write one row of the roster; the day from which it holds is the term's first unless told otherwise."""

    async def write(unit, _):
        await unit.write(ADD[noun], **blank(noun, uid(key), **{"valid_from": BEGAN, **given}))
        unit.record("test.put", on=uid(key), version=0, rule="test")

    b.do(write, OFFICE)


def seat(b, name, group, **given):
    put(b, "membership", f"{name} in {group}", mandate=uid(f"mandate {name}"), body=uid(group), role="", **given)


def bind(b, kind, who, to, **given):
    put(b, "link", f"{kind} {who} {to}", kind=kind, from_id=uid(who), to_id=uid(to), **given)


def test_congresses_are_those_that_stand_by_name(roster):
    put(roster, "congress", "old", level="township", name="乙镇人民代表大会", area="", has_districts=False,
        parent=uid("county"), valid_to=D(2026, 1, 1))  # fmt: skip
    found = ask(roster, "congresses", D(2025, 12, 31))
    assert [c.name for c in found] == sorted(c.name for c in found)
    assert {(c.id, c.level, c.parent) for c in found} == {
        (uid("county"), "county", None), (uid("town"), "township", None), (uid("old"), "township", uid("county")),
    }  # fmt: skip
    assert uid("old") not in {c.id for c in ask(roster, "congresses", D(2026, 1, 1))}
    assert ask(roster, "congresses", BEGAN - dt.timedelta(days=1)) == ()


def test_holders_are_one_row_a_mandate_by_name_with_the_district(roster):
    roster.do(mandates.happen, OFFICE, uid("mandate wang"), SUSPENDED)
    found = ask(roster, "holders", D(2026, 6, 1))
    assert [(d.name, d.congress, d.mandate, d.district) for d in found] == [
        ("li", uid("county"), uid("mandate li"), ""),
        ("new", uid("county"), uid("mandate new"), ""),
        ("town", uid("town"), uid("mandate town"), ""),
    ]
    assert [d.person for d in ask(roster, "holders", D(2026, 6, 1), congress=uid("town"))] == [uid("town")]
    assert [d.name for d in ask(roster, "holders", D(2026, 1, 31))] == ["li", "town", "wang"]


def test_groups_are_told_with_those_in_force_and_empty_ones_too(roster):
    for key in ("north", "south"):
        put(roster, "body", key, congress=uid("county"), kind="group", name=key)
    put(roster, "body", "closed", congress=uid("county"), kind="group", name="closed", valid_to=D(2026, 5, 1))
    put(roster, "body", "team", congress=uid("county"), kind="delegation", name="team")
    for name in ("wang", "li", "waiting", "new"):
        seat(roster, name, "north")
    seat(roster, "li", "team")
    seat(roster, "li", "closed")
    seat(roster, "town", "south", valid_to=D(2026, 5, 1))
    roster.do(mandates.happen, OFFICE, uid("mandate wang"), SUSPENDED)
    found = {g.name: g.deputies for g in ask(roster, "groups", D(2026, 6, 1))}
    assert found == {"north": (uid("li"), uid("new")), "south": ()}
    assert {g.name: g.deputies for g in ask(roster, "groups", D(2026, 4, 30))} == {
        "closed": (uid("li"),), "north": (uid("li"),), "south": (uid("town"),),
    }  # fmt: skip


def places(b):
    for key, code, given in (
        ("east", "2", {"township": "330101001", "offers": "调解、法律咨询", "position": "29.85,114.32"}),
        ("west", "1", {"kind": "home", "address": "西街 1 号", "manager": "张三", "liaison": "李四"}),
        ("gone", "0", {"valid_to": D(2026, 3, 1)}),
    ):
        put(b, "station", key, **{"kind": "station", "name": key, "code": code, "congress": uid("county"), **given})
    for who in ("wang", "li", "waiting", "nobody"):
        bind(b, "station", who, "east")
    bind(b, "station", "li", "gone")
    bind(b, "station", "town", "west", valid_to=D(2026, 5, 1))
    bind(b, "contact", "li", "new")


def test_stations_are_those_that_are_open_by_code_with_who_is_bound_and_in_office(roster):
    places(roster)
    west, east = ask(roster, "stations", D(2026, 6, 1))
    assert (west.name, west.kind, west.address, west.manager, west.liaison) == (
        "west",
        "home",
        "西街 1 号",
        "张三",
        "李四",
    )
    assert (west.deputies, west.offers) == ((), ())
    assert (east.deputies, east.offers) == ((uid("li"), uid("wang")), ("调解", "法律咨询"))
    assert (east.township, east.position) == ("330101001", "29.85,114.32")
    assert [(s.name, s.deputies) for s in ask(roster, "stations", D(2026, 2, 28))] == [
        ("gone", (uid("li"),)), ("west", (uid("town"),)), ("east", (uid("li"), uid("wang"))),
    ]  # fmt: skip
    assert [s.name for s in ask(roster, "stations", D(2026, 3, 1))] == ["west", "east"]


def test_a_desk_of_one_station_answers_of_no_other(roster):
    places(roster)
    (east,) = ask(roster, "stations", D(2026, 6, 1), place=uid("east"))
    assert east == ask(roster, "stations", D(2026, 6, 1))[1]
    assert ask(roster, "stations", D(2026, 6, 1), place=uid("gone")) == ()
    assert ask(roster, "stations", D(2026, 6, 1), place=uid("li")) == ()


def test_links_are_those_of_a_kind_that_hold(roster):
    places(roster)
    assert ask(roster, "tied", "contact", D(2026, 6, 1)) == ((uid("li"), uid("new")),)
    assert (uid("town"), uid("west")) in ask(roster, "tied", "station", D(2026, 4, 30))
    assert (uid("town"), uid("west")) not in ask(roster, "tied", "station", D(2026, 5, 1))
    assert ask(roster, "tied", "other", D(2026, 6, 1)) == ()


def test_one_county_answers_nothing_of_another(county, roster):
    places(roster)
    other = with_rules(county, today=D(2026, 6, 1))
    for question in ("congresses", "holders", "groups", "stations"):
        assert ask(other, question, D(2026, 6, 1)) == ()
    assert ask(other, "stations", D(2026, 6, 1), place=uid("east")) == ()
    assert ask(other, "tied", "station", D(2026, 6, 1)) == ()
