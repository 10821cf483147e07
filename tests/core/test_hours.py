"""Hours that cases take of people: nobody is at two places at once, whoever enters what, and who is faster."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.core.receiving import DEPUTY, EAST, OFFICE, WEST, D, called, command, county_of
from tests.core.suggesting import entries

from renda_core.domain.calendar import Day
from renda_core.domain.hours import QUARTER, Hours
from renda_core.errors import Invalid, Rejected
from renda_core.records import Found, Watch
from renda_core.services import bulk, cases, corrections, hours, jobs
from renda_core.store import tables as t
from renda_core.store.compile import Query, mine
from renda_core.store.slots import SlotRow
from renda_core.store.sqlite import SqliteStore
from renda_core.testing import Bench, uid

ALL = Query(select(t.case_slot.c.who, t.case_slot.c.slot, t.case_slot.c.case_id).where(mine(t.case_slot)), SlotRow)
ON = D(2026, 6, 15)
LI, WANG = uid("li"), uid("wang")


@pytest.fixture
def b(county):
    return county_of(county)


def held(b):
    """List who is taken when, in quarters of the day."""
    day = ON.toordinal() * 96
    return sorted((row.who, row.slot - day) for row in b.read(lambda reader: reader.all(ALL)))


def quarters(who, begins, ends):
    return [(who, n) for n in range(begins * 4, ends * 4)]


def refused(b, *hosts, **rest):
    with pytest.raises(Rejected) as found:
        called(b, WEST, *hosts, **rest)
    return found.value.objections


def test_a_meeting_takes_the_hours_of_its_hosts_and_gives_them_back_when_it_is_called_off(b):
    case = called(b, EAST, "li", "wang")
    assert held(b) == sorted([*quarters(LI, 9, 11), *quarters(WANG, 9, 11)])
    b.step(case, "join", OFFICE, parties={"host": (uid("zhao"),)})
    assert len(held(b)) == 24
    b.step(case, "drop", OFFICE)
    assert held(b) == []
    called(b, WEST, "li")
    assert held(b) == quarters(LI, 9, 11)
    assert b.verify().whole


def test_who_is_elsewhere_is_named_with_the_case_and_its_hours(b):
    first = called(b, EAST, "li", "wang", title="东街接待")
    assert refused(b, "li", body={"begins": "10:30", "ends": "12:00"}) == (
        f"li is already at 东街接待 ({first.number}) on 2026-06-15 from 09:00 to 11:00",
    )
    assert refused(b, "wang", "li", body={"begins": "08:00", "ends": "09:01"}) == tuple(
        f"{who} is already at 东街接待 ({first.number}) on 2026-06-15 from 09:00 to 11:00"
        for who in sorted(("li", "wang"), key=uid)
    )
    assert held(b) == sorted([*quarters(LI, 9, 11), *quarters(WANG, 9, 11)])


def test_to_whom_may_not_see_the_other_case_only_its_hours_are_told(b):
    called(b, EAST, "li", title="不公开的会见")
    assert refused(b, "li", by=DEPUTY) == ("li is already taken on 2026-06-15 from 09:00 to 11:00",)


@pytest.mark.parametrize(
    ("begins", "ends"), [("08:00", "09:00"), ("11:00", "12:00"), ("23:50", "23:59"), ("00:00", "00:01")]
)
def test_what_only_touches_is_no_clash(b, begins, ends):
    called(b, EAST, "li")
    called(b, WEST, "li", body={"begins": begins, "ends": ends})
    called(b, WEST, "li", body={"on": D(2026, 6, 16)})


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("10:59", "12:00"),
        ("08:00", "09:01"),
        ("09:05", "09:06"),
        ("00:00", "23:59"),
        ("10:50:59", "10:51"),
        ("09:00:10", "09:00:40"),
    ],
)
def test_a_minute_is_a_clash(b, begins, ends):
    called(b, EAST, "li")
    assert len(refused(b, "li", body={"begins": begins, "ends": ends})) == 1


@pytest.mark.parametrize(("begins", "ends"), [("11:00", "09:00"), ("09:00", "09:00")])
def test_what_ends_before_it_begins_is_refused_as_it_is(b, begins, ends):
    with pytest.raises(Invalid, match=f"2026-06-15: it ends at {ends}, not after {begins}"):
        called(b, EAST, "li", body={"begins": begins, "ends": ends})
    assert held(b) == []


def test_the_last_quarter_of_a_day_is_taken_whole_and_ends_at_midnight(b):
    first = called(b, EAST, "li", body={"begins": "23:50", "ends": "23:59"})
    assert held(b) == [(LI, 95)]
    assert refused(b, "li", body={"begins": "23:45", "ends": "23:46"}) == (
        f"li is already at 会见 ({first.number}) on 2026-06-15 from 23:45 to 24:00",
    )
    called(b, WEST, "li", body={"on": D(2026, 6, 16), "begins": "00:00", "ends": "00:15"})


@pytest.mark.parametrize("time", ["24:00", "9 o'clock", "25:10", ""])
def test_hours_that_nobody_can_read_are_the_practices_fault_and_nothing_is_opened(b, time):
    with pytest.raises(Rejected, match="hours meeting"):
        called(b, EAST, "li", body={"begins": "23:50", "ends": time})
    assert held(b) == []


def nobody(case):
    yield Hours(on=ON, begins=dt.time(9), ends=dt.time(10), who=("li",))


def never_ends(case):
    for n in range(1_000_000):
        yield Hours(on=ON + dt.timedelta(n), begins=dt.time(0), ends=dt.time(23), who=(LI,))


def a_day(case):
    yield Day(on=ON, label="x")


def text(case):
    return "09:00"


@pytest.mark.parametrize("bad", [nobody, never_ends, a_day, text])
def test_a_kind_that_gives_no_hours_is_named_and_the_step_is_not_taken(county, bad):
    b = county_of(county, hours=bad)
    with pytest.raises(Rejected, match="hours meeting") as found:
        called(b, EAST, "li")
    assert found.value.args[0] == "call refused"
    assert "meetings" in found.value.objections[0]
    assert held(b) == []


def test_a_host_who_joins_must_be_free_and_an_override_gives_back(b):
    called(b, EAST, "li")
    second = called(b, WEST, "wang")
    with pytest.raises(Rejected, match="li is already at"):
        b.step(second, "join", OFFICE, parties={"host": (LI,)})
    assert b.case(second.id).version == 0
    over = corrections.Override(case=second.id, facet="main", state="off", note="误录")
    b.do(corrections.override_state, Bench.actor("chair", "overseer office"), over)
    assert held(b) == quarters(LI, 9, 11)
    undo = corrections.Override(case=second.id, facet="main", state="called", note="恢复")
    called(b, EAST, "wang")
    with pytest.raises(Rejected, match="override refused: wang is already at"):
        b.do(corrections.override_state, Bench.actor("chair", "overseer office"), undo)


def test_an_erased_case_keeps_its_hours(b):
    case = called(b, EAST, "li")
    b.do(corrections.erase, Bench.actor("chair", "overseer"), case.id, "依申请")
    assert held(b) == quarters(LI, 9, 11)


def test_kinds_that_take_no_hours_write_none(county):
    b = county_of(county, hours=None)
    called(b, EAST, "li")
    called(b, WEST, "li")
    assert held(b) == []


def test_one_county_takes_nothing_from_another(county, b):
    other = county_of(county)
    called(b, EAST, "li")
    called(other, EAST, "li")
    assert held(other) == held(b) == quarters(LI, 9, 11)


def piled(b, *jobs_):
    return b.do(bulk.work, OFFICE, jobs_, what="test.bulk")


def opening(row, place, *hosts, key="", **body):
    return bulk.Job(row=row, key=key, open=command(place, *hosts, **body))


def test_a_pile_is_refused_by_the_line_that_clashes_with_an_earlier_one(b):
    with pytest.raises(bulk.LineFailed) as found:
        piled(b, opening(2, EAST, "li"), opening(3, WEST, "wang"), opening(4, WEST, "wang", "li"))
    assert found.value.details["row"] == 4
    told = str(found.value)
    assert "li is already at 会见 (" in told
    assert "wang is already at 会见 (" in told
    assert held(b) == []


def test_a_pile_may_give_back_and_take_again(b):
    first = called(b, EAST, "li")
    drop = bulk.Job(row=2, step=cases.TakeStep(case=first.id, step="drop", version=0))
    with pytest.raises(bulk.LineFailed, match=r"row 1: .*li is already at"):
        piled(b, opening(1, WEST, "li"), drop)
    done = piled(b, drop, opening(3, WEST, "li", key="b"))
    assert done.opened == 1
    assert held(b) == quarters(LI, 9, 11)
    off = bulk.Job(row=5, key="c", step=cases.TakeStep(case="", step="drop", version=0))
    piled(b, opening(4, WEST, "wang", key="c"), off, opening(6, EAST, "wang"))
    assert held(b) == sorted([*quarters(LI, 9, 11), *quarters(WANG, 9, 11)])


def test_lines_that_were_taken_back_take_nothing(b):
    async def work(unit, tenant):
        pile = bulk.Work(unit, tenant)
        await pile.number([command() for _ in range(4)])
        await pile.all_or_none([opening(1, EAST, "li")])
        with pytest.raises(Rejected):
            await pile.all_or_none([opening(2, WEST, "wang"), opening(3, WEST, "li")])
        await pile.all_or_none([opening(4, WEST, "wang")])
        await pile.write()
        unit.record("test.pile", on=unit.tenant, version=0, rule="test")

    b.do(work, OFFICE)
    assert held(b) == sorted([*quarters(LI, 9, 11), *quarters(WANG, 9, 11)])


def test_a_watch_that_would_take_somebody_twice_is_told_and_opens_the_rest(county):
    async def find(context, desk):
        return [
            Found(key=str(n), title="会见", body={"station": s}, parties={"host": (LI,)})
            for n, s in enumerate((EAST, WEST))
        ]

    b = county_of(county, watches=(Watch(name="ahead", kind="meeting", find=find),))
    assert len(b.do(jobs.look, jobs.WATCH)) == 1
    (entry,) = [e for e in entries(b) if e["what"] == "watch.looked"]
    assert entry["body"]["failed"] == [
        "meetings.ahead 1: call refused: li is already taken on 2026-06-15 from 09:00 to 11:00"
    ]


def in_loop(b, work):
    """Drive some work under an event loop; a PostgreSQL store brings its own."""
    return asyncio.run(work) if isinstance(b.store, SqliteStore) else b.store.run(work)


def together(b, *jobs_):
    """Do some use cases at once, each in a transaction of its own; give what each came to."""

    async def race():
        work = (b.store.write(use_case, b.file.id, OFFICE, b.tenant, asked) for use_case, asked in jobs_)
        return await asyncio.gather(*work, return_exceptions=True)

    return in_loop(b, race())


@pytest.mark.parametrize("blind", [True, False])
def test_of_two_who_take_somebody_at_once_one_is_told_where_the_other_has_them(b, monkeypatch, blind):
    """Blind, neither sees the other before both write: only the table's key tells them apart."""
    two = [called(b, EAST, "wang", title="甲"), called(b, WEST, "zhao", title="乙")]
    if blind:

        async def nothing(self, case, fresh):
            return {}

        monkeypatch.setattr(hours.Book, "_clashes", nothing)
    join = [cases.TakeStep(case=c.id, step="join", version=0, parties={"host": (LI,)}) for c in two]
    found = together(b, *((cases.take_step, command) for command in join))
    lost = [f for f in found if isinstance(f, Exception)]
    assert len(lost) == 1
    assert isinstance(lost[0], Rejected), lost
    other = next(c for c, f in zip(two, found, strict=True) if not isinstance(f, Exception))
    told = f"li is already at {other.title} ({other.number}) on 2026-06-15 from 09:00 to 11:00"
    assert lost[0].objections == (told,)
    assert [b.case(c.id).version for c in two].count(1) == 1
    assert [row for row in held(b) if row[0] == LI] == quarters(LI, 9, 11)
    assert b.verify().whole


def test_many_at_once_take_one_person_once(b):
    called(b, EAST, "zhao")
    asked = [command(WEST, "li", "wang", title=f"第{n}") for n in range(8)]
    found = together(b, *((cases.open_case, a) for a in asked))
    assert sum(not isinstance(f, Exception) for f in found) == 1
    assert {type(f) for f in found if isinstance(f, Exception)} == {Rejected}
    assert len(held(b)) == 24


@settings(max_examples=50)
@given(
    first=st.tuples(st.integers(0, 1438), st.integers(1, 300)),
    second=st.tuples(st.integers(0, 1438), st.integers(1, 300)),
)
def test_slots_meet_where_quarters_do(first, second):
    def at(begins, length):
        ends = min(begins + length, 1439)
        hours_ = Hours(on=ON, begins=dt.time(*divmod(begins, 60)), ends=dt.time(*divmod(ends, 60)), who=(LI,))
        return set(hours_.slots()), {minute // QUARTER for minute in range(begins, ends)}

    (a, a_quarters), (c, c_quarters) = at(*first), at(*second)
    assert bool(a & c) == bool(a_quarters & c_quarters)
    assert len(a) == len(a_quarters)
    assert {slot - ON.toordinal() * 96 for slot in a} == a_quarters
