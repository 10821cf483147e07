"""Clocks that run on after the close: what people are asked afterwards is no duty of those who handled the case."""

import datetime as dt

import pytest
from tests.core.suggesting import CHAIR, OFFICE, WANG

from renda_core.errors import Invalid
from renda_core.services import jobs, ledgers
from renda_core.services.ledgers import Ask

D = dt.date
TOLD = {"payload": {"how": "phone", "text": "已修好"}}


@pytest.fixture
def closed(county):
    """A county with one closed opinion, told on 20 January 2026."""
    b = county({"reception": {}})
    case = b.open("opinion", OFFICE, {"text": "灯不亮", "phone": "199"}, title="灯")
    steps = (
        ("sort", OFFICE, {"grade": "on_spot"}),
        ("reply", OFFICE, {"note": "已修好"}),
        ("tell_voter", OFFICE, TOLD),
    )
    return b, b.run(case, *steps, ("close", OFFICE))


def test_it_runs_on_and_is_not_next_due(closed):
    b, case = closed
    assert {c.name for c in case.clocks if c.state == "running"} == {"ask"}
    (row,) = b.ask(ledgers.ledger, OFFICE, Ask(kind="opinion"))
    assert (row.closed, row.next_due) == (True, None)
    assert b.ask(ledgers.ledger, OFFICE, Ask(kind="opinion", sort="due")) == []


def test_the_sweep_finds_it_and_its_end_is_the_end(closed):
    b, case = closed
    b.today = D(2026, 1, 24)
    (row,) = b.ask(ledgers.overdue, OFFICE)
    assert (row.clock, row.due_on) == ("ask", D(2026, 1, 23))
    assert b.ask(ledgers.overdue, WANG) == []  # veiled from deputies
    assert b.store.run(jobs.sweep(b.store, b.tenant)).taken == (case.id,)
    assert {c.name for c in b.case(case.id).clocks if c.state == "running"} == {"remind", "rating"}
    assert b.see(case, CHAIR).closed


def test_what_is_due_is_open_to_whom_only_such_clocks_are_veiled_from(county):
    b = county({"reception": {}})
    b.open("opinion", OFFICE, {"text": "灯不亮"}, title="灯")
    (row,) = b.ask(ledgers.ledger, WANG, Ask(kind="opinion", sort="due"))
    assert row.next_due == D(2026, 2, 24)  # the spring festival is over
    assert b.ask(ledgers.ledger, WANG, Ask(kind="opinion", due_before=D(2026, 2, 1))) == []
    with pytest.raises(Invalid, match="no facet"):
        b.ask(ledgers.ledger, WANG, Ask(kind="opinion", facet="rating", state="solved"))
