"""What runs by night: expired clocks page by page, watches, and due dates after a new holiday table."""

import datetime as dt

import attrs
import pytest
from tests.core.suggesting import NAME, OFFICE, POWER, ROADS, WATER, assigned, entries, with_settings

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Period
from renda_core.domain.procedure import ClockRule, Facet, Guard, Kind, Move, Step, when
from renda_core.holidays import YearTable, merged
from renda_core.services import dates, jobs, ledgers
from renda_plugins import suggestion_handling

D = dt.date
REFUSED = set()
"""Titles of cases that the guard of the expiry step refuses."""


def refuse(context, case, act):
    if case.title in REFUSED:
        yield "people must look at it"


class Alarms:
    """A kind whose clock runs out after a day."""

    @hookimpl
    def register_cases(self):
        return (
            Kind(name="alarm", title="报警", opening="set", audience="office"),
            Facet(kind="alarm", states="set rung", final="rung"),
            Step(kind="alarm", name="set", who="office"),
            Step(kind="alarm", name="ring", who="clock", moves=(Move("set", "rung"),)),
            Guard(kind="alarm", step="ring", name="people", refuse=refuse),
            ClockRule(kind="alarm", name="wait", period=lambda c, k, a: Period(1), roll=False, expiry="ring"),
            *when("alarm", "set", start="wait"),
            *when("alarm", "ring", stop="wait"),
        )


@pytest.fixture
def alarms(county):
    REFUSED.clear()
    return county({"alarms": {}}, catalogue=Catalogue.collect({"alarms": Alarms()}))


def sweep(b):
    return b.store.run(jobs.sweep(b.store, b.tenant))


@pytest.mark.parametrize("page", [1, 3, 200])
def test_the_sweep_takes_each_expired_clock_once_page_by_page(alarms, monkeypatch, page):
    monkeypatch.setattr(jobs, "PAGE", page)
    b = alarms
    made = [b.open("alarm", OFFICE, title=f"第{n}件") for n in range(7)]
    assert sweep(b).taken == ()
    b.today = D(2026, 1, 22)
    late = b.open("alarm", OFFICE, title="今天的")
    before = len(entries(b))
    swept = sweep(b)
    assert sorted(swept.taken) == sorted(c.id for c in made)
    assert swept.failed == ()
    told = entries(b)[before:]
    assert len(told) == -(-7 // page)
    assert {e["actor"] for e in told} == {"job:clocks"}
    assert all(e["what"] == "sweep.clocks" and len(e["body"]["digest"]) == 64 for e in told)
    assert {b.case(c.id).states["main"] for c in made} == {"rung"}
    assert "main" not in b.case(late.id).states
    assert sweep(b).taken == ()
    assert len(entries(b)) == before + len(told)
    assert b.verify().whole


def test_a_case_that_cannot_be_moved_is_named_and_the_others_go_on(alarms, monkeypatch):
    monkeypatch.setattr(jobs, "PAGE", 2)
    b = alarms
    made = [b.open("alarm", OFFICE, title=f"第{n}件") for n in range(5)]
    REFUSED.add("第1件")
    b.today = D(2026, 1, 25)
    swept = sweep(b)
    assert set(swept.taken) == {c.id for n, c in enumerate(made) if n != 1}
    assert swept.failed == ("2026-2 ring: ring refused: people must look at it",)
    assert sweep(b).failed == swept.failed
    REFUSED.clear()
    assert sweep(b).taken == (made[1].id,)


@pytest.mark.parametrize("page", [1, 2, 200])
def test_two_clocks_of_one_case_that_end_on_one_day_are_both_taken(county, monkeypatch, page):
    monkeypatch.setattr(jobs, "PAGE", page)
    b = with_settings(county)
    case = assigned(b, (ROADS, "separate"), (WATER, "separate"), (POWER, "separate"))
    for unit in (ROADS, WATER, POWER):
        case = b.step(case, "ask_return", unit, note="不属我局")
    b.today = D(2026, 2, 4)
    assert sweep(b).taken == (case.id,) * 3
    case = b.case(case.id)
    assert {a.state for a in case.assignments} == {"assigned"}
    assert [a.unit for a in case.took("keep_unit_by_time")] == sorted((ROADS.unit, WATER.unit, POWER.unit))


def test_overdue_pages_lose_no_clock(county):
    b = with_settings(county)
    for _ in range(3):
        assigned(b, (ROADS, "separate"), (WATER, "separate"))
    b.today = D(2026, 12, 1)
    whole = b.ask(ledgers.overdue, OFFICE)
    assert len(whole) == 12
    assert [r.due_on for r in whole] == sorted(r.due_on for r in whole)
    for size in (1, 4, 5):
        pages, last = [], None
        while page := b.ask(ledgers.overdue, OFFICE, after=last, size=size):
            pages += page
            last = page[-1]
        assert pages == whole


# -- watches


def test_a_watch_that_finds_nothing_leaves_no_entry(county):
    b = with_settings(county)
    before = entries(b)
    assert b.do(jobs.look, jobs.WATCH) == ()
    assert entries(b) == before


def test_register_watches_looks_with_the_settings_of_today(county):
    """Promises are looked for by the watch of suggestion_handling, whatever day their case was opened."""
    b = with_settings(county)
    case = assigned(b)
    reply = {
        "document": "1",
        "reply_class": "B",
        "signed_by": "Zhao",
        "promises": [{"text": "x", "due": D(2026, 5, 1)}],
    }
    b.step(case, "reply", ROADS, payload=reply)
    b.today = D(2026, 1, 21)
    (id,) = b.do(jobs.look, jobs.WATCH)
    opened = b.case(id)
    assert (opened.opened_on, opened.acts[0].by) == (D(2026, 1, 21), "job:watch")
    assert opened.number.startswith("promise:")
    assert opened.clock("promise").due(b.calendar) == D(2026, 5, 1)


# -- a new holiday table


def test_due_dates_move_with_a_new_holiday_table_and_the_journal_tells(county):
    b = with_settings(county, today=D(2026, 11, 30))
    early, late = assigned(b), assigned(b, hard=True)
    assert late.clock("reply", unit=ROADS.unit).due(b.calendar) == D(2027, 5, 31)
    (row,) = [r for r in b.ask(ledgers.ledger, OFFICE, ledgers.Ask(kind="suggestion")) if r.id == early.id]
    assert row.next_due == D(2026, 12, 28)  # the first contact; the window for returns is a right, not a duty
    made_up = YearTable(
        year=2027,
        status="official",
        holidays=frozenset({D(2027, 3, 1), D(2027, 3, 2)}),
        makeups=frozenset(),
        source="国办发明电",
    )
    b.calendar = merged(b.calendar, [made_up])
    moved = b.store.run(dates.redate(b.store, b.tenant))
    assert [(m.case, m.clock, m.was, m.now) for m in moved] == [
        (early.id, "reply", D(2027, 3, 1), D(2027, 3, 3)),
    ]
    told = entries(b)[-1]
    assert (told["what"], told["actor"]) == ("calendar.redated", "job:calendar")
    assert told["body"]["changed"] == [{"case": early.id, "clock": "reply", "was": "2027-03-01", "now": "2027-03-03"}]
    b.today = D(2027, 3, 3)
    assert ("reply", early.id) not in [(r.clock, r.case_id) for r in b.ask(ledgers.overdue, OFFICE)]
    b.today = D(2027, 3, 4)
    (found,) = [r for r in b.ask(ledgers.overdue, OFFICE) if r.clock == "reply"]
    assert (found.case_id, found.due_on, found.provisional) == (early.id, D(2027, 3, 3), False)
    assert b.store.run(dates.redate(b.store, b.tenant)) == ()


def test_redating_goes_on_page_by_page_and_leaves_what_is_closed(county, monkeypatch):
    monkeypatch.setattr(dates, "PAGE", 2)
    b = with_settings(county, today=D(2026, 4, 1))
    made = [assigned(b, (ROADS, "lead"), (WATER, "joint")) for _ in range(5)]
    over = b.step(assigned(b, (ROADS, "lead"), (WATER, "joint")), "withdraw", b.actor("wang", "deputy"), note="x")
    b.calendar = attrs.evolve(b.calendar, holidays=b.calendar.holidays | {D(2026, 5, 6)})
    moved = b.store.run(dates.redate(b.store, b.tenant))
    assert sorted(m.case for m in moved) == sorted(c.id for c in made)
    assert over.id not in str(moved)
    assert {(m.clock, m.was, m.now) for m in moved} == {("opinion", D(2026, 5, 6), D(2026, 5, 7))}
    assert b.verify().whole


def test_jobs_of_a_county_without_plugins_do_nothing(county):
    b = county({}, catalogue=Catalogue.collect({NAME: suggestion_handling}))
    assert sweep(b).taken == ()
    assert b.do(jobs.look, jobs.WATCH) == ()
    assert b.store.run(dates.redate(b.store, b.tenant)) == ()
