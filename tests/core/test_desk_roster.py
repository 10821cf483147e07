"""What rules of days ask of the roster: sessions between two days, and who is a deputy on one."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.core.reminding import BEGAN, OFFICE, congresses, elect, with_rules

from renda_core.domain.mandates import MandateEvent
from renda_core.services import mandates, sessions
from renda_core.services.desk import StoreDesk
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
