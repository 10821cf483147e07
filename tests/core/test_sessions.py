"""Sessions of a congress: who keeps them, and days and numbers that fit the term."""

from __future__ import annotations

import asyncio
import datetime as dt

import attrs
import psycopg
import pytest
from tests import databases
from tests.core.popolo_county import CITY, COUNTY, DEPUTY, OFFICE, PUBLIC, UNIT, empty, filled

from renda_core.errors import NotAllowed, NotFound, Rejected, Stale
from renda_core.services import sessions
from renda_core.services.sessions import NewSession, SessionChange
from renda_core.testing import Bench, uid

D = dt.date
NEW = NewSession(term=uid("term"), number=7, opens_on=D(2027, 1, 5), closes_on=D(2027, 1, 8))


def listed(b, **asked):
    return [(s.congress_name, s.number) for s in b.ask(sessions.sessions_of, **asked)]


def test_a_session_is_entered_listed_by_its_days_and_named_as_people_do(county):
    b = filled(county)
    made = b.do(sessions.add_session, OFFICE, NEW)
    assert (made.number, made.opens_on, made.closes_on) == (7, D(2027, 1, 5), D(2027, 1, 8))
    assert listed(b) == listed(b, congress=COUNTY, term=6) == [(COUNTY, 5), (COUNTY, 6), (COUNTY, 7)]
    assert listed(b, congress=CITY) == listed(b, term=5) == []
    assert b.ask(sessions.sessions_of)[-1].title == "示例县第六届人民代表大会第七次会议"
    assert b.read(sessions.term_named, COUNTY, 6) == uid("term")
    assert b.verify().whole


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"number": 5}, "has a session 5 already"),
        ({"number": 0}, "numbered from 1"),
        ({"closes_on": D(2027, 1, 4)}, "before it opens"),
        ({"opens_on": D(2021, 12, 27), "closes_on": None}, "before the term"),
        ({"term": uid("city term")}, "after the term"),
    ],
)
def test_what_does_not_fit_is_refused_with_every_reason_and_nothing_changes(county, change, told):
    b = filled(county)
    before = b.verify()
    with pytest.raises(Rejected, match=told):
        b.do(sessions.add_session, OFFICE, attrs.evolve(NEW, **change))
    assert b.verify() == before
    with pytest.raises(Rejected) as said:
        b.do(sessions.add_session, OFFICE, attrs.evolve(NEW, number=6, closes_on=D(2020, 1, 1)))
    assert len(said.value.objections) == 2


@pytest.mark.parametrize("who", [PUBLIC, DEPUTY, UNIT, Bench.actor("nobody"), Bench.actor("station", "station")])
def test_only_keepers_of_the_roster_keep_sessions(county, who):
    b = filled(county)
    with pytest.raises(NotAllowed):
        b.do(sessions.add_session, who, NEW)
    with pytest.raises(NotAllowed):
        b.do(sessions.change_session, who, uid("session 6"), SessionChange(number=6, opens_on=D(2026, 12, 22)))
    assert listed(b) == [(COUNTY, 5), (COUNTY, 6)]


def test_a_session_is_moved_but_not_over_somebody_elses_change(county):
    b = filled(county)
    seen = b.read(lambda r: r.one(sessions.ONE, id=uid("session 6")))
    to = SessionChange(number=6, opens_on=D(2026, 12, 22), closes_on=D(2026, 12, 25), seen=seen)
    after = b.do(sessions.change_session, OFFICE, uid("session 6"), to)
    assert b.read(lambda r: r.one(sessions.ONE, id=uid("session 6"))) == after
    with pytest.raises(Stale):
        b.do(sessions.change_session, OFFICE, uid("session 6"), to)
    with pytest.raises(Rejected, match="has a session 5 already"):
        b.do(sessions.change_session, OFFICE, uid("session 6"), attrs.evolve(to, number=5, seen=None))


def test_another_tenants_terms_and_sessions_are_not_there(county):
    filled(county)
    b = empty(county)
    with pytest.raises(NotFound):
        b.do(sessions.add_session, OFFICE, NEW)
    with pytest.raises(NotFound):
        b.do(sessions.change_session, OFFICE, uid("session 6"), SessionChange(number=6, opens_on=D(2026, 12, 22)))
    with pytest.raises(NotFound, match="import the congresses first"):
        b.read(sessions.term_named, COUNTY, 6)
    assert listed(b) == []


@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (42, "四十二"), (99, "九十九"), (100, "100"), (0, "0")],
)
def test_numbers_are_written_as_before_terms_and_sessions(n, text):
    assert sessions.chinese(n) == text


def test_a_congress_of_another_name_keeps_its_name_whole():
    assert sessions.session_title("某某大会", 3, 2) == "某某大会第三届第二次会议"


@pytest.mark.parametrize("county", databases.BOTH[1:], indirect=True)
def test_who_changes_a_session_while_another_does_is_told(county):
    """The second begins before the first has committed: it must wait and see the change, not write over it."""
    b = filled(county)
    seen = b.read(lambda r: r.one(sessions.ONE, id=uid("session 6")))
    first, second = (
        SessionChange(number=6, opens_on=seen.opens_on, closes_on=seen.opens_on + dt.timedelta(n), seen=seen)
        for n in (8, 9)
    )
    assert b.store.run(_race(b, first, second)) is Stale
    assert b.read(lambda r: r.one(sessions.ONE, id=uid("session 6"))).closes_on == first.closes_on


async def _race(b, first, second):
    """Change a session, and before that is committed again; give the class of what the second one met."""
    done, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(unit, tenant):
        await sessions.change_session(unit, tenant, uid("session 6"), first)
        done.set()
        await go_on.wait()

    async def change(use_case, *args):
        return await b.store.write(use_case, b.tenant.id, OFFICE, b.tenant, *args)

    one = asyncio.create_task(change(slowly))
    await done.wait()
    two = asyncio.create_task(change(sessions.change_session, uid("session 6"), second))
    async with await psycopg.AsyncConnection.connect(databases.owner_dsn(b.store), autocommit=True) as raw:
        while not two.done():
            cursor = await raw.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if (await cursor.fetchone())[0]:
                break
    go_on.set()
    await one
    return type((await asyncio.gather(two, return_exceptions=True))[0])
