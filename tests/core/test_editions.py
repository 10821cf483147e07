"""Two editions of one kind: old cases keep the old procedure, new ones get the new one from its first day."""

import datetime as dt

import attrs
import pytest
from tests.core.suggesting import OFFICE

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Period
from renda_core.domain.procedure import ClockRule, Facet, Gate, Guard, Kind, Move, Step, Veil, when
from renda_core.errors import NotFound, PluginError, Rejected
from renda_core.services import dates, jobs, ledgers
from renda_core.services.ledgers import Ask

D = dt.date
LAW = D(2026, 7, 1)
ALL = {"kind": "permit"}
OLD, NEW = {"kind": "permit", "editions": "2018"}, {"kind": "permit", "editions": "2026"}


@attrs.frozen(kw_only=True)
class Paper:
    """The old form."""

    text: str = ""


@attrs.frozen(kw_only=True)
class Form:
    """The new form, with a field that the old one never had."""

    text: str = ""
    area: str


def refuse(context, case, act):
    yield "the new law asks for a hearing"


def kind(edition, since, body, **rest):
    return Kind(
        name="permit", title="许可", opening="apply", body=body, audience="office", edition=edition, since=since, **rest
    )


RECORDS = (
    kind("2018", D(2018, 1, 1), Paper),
    kind("2026", LAW, Form, dimensions="area"),
    Step(**ALL, name="apply", who="office"),
    Facet(**OLD, states="open granted", final="granted"),
    Facet(**NEW, states="open heard granted", final="granted"),
    Step(**OLD, name="grant", who="office", moves=(Move("open", "granted"),)),
    Step(**NEW, name="hear", who="office", moves=(Move("open", "heard"),)),
    Step(**NEW, name="grant", who="office", moves=(Move("heard", "granted"),)),
    Step(**NEW, name="rush", who="office", moves=(Move("open", "granted"),)),
    Guard(**NEW, step="rush", name="no", refuse=refuse),
    Gate(**NEW, step="rush", facet="main", states="open"),
    Veil(**NEW, part="body.area", seen_by="office"),
    ClockRule(**OLD, name="answer", period=lambda c, k, a: Period(3, "month")),
    ClockRule(**NEW, name="answer", period=lambda c, k, a: Period(1, "month")),
    *when("permit", "apply", start="answer"),
)


class Editions:
    """A plugin of a test."""

    @hookimpl
    def register_cases(self):
        return RECORDS


@pytest.fixture
def b(county):
    return county({"permits": {}}, catalogue=Catalogue.collect({"permits": Editions()}), today=D(2026, 6, 30))


def test_a_case_keeps_the_edition_of_its_day(b):
    old = b.open("permit", OFFICE, {"text": "旧"})
    b.today = LAW
    new = b.open("permit", OFFICE, {"text": "新", "area": "城东"})
    assert (old.edition, new.edition) == ("2018", "2026")
    assert (old.number, new.number) == ("2026-1", "2026-2")
    dues = [b.case(c.id).clock("answer").due(b.calendar) for c in (old, new)]
    assert dues == [D(2026, 9, 30), D(2026, 8, 3)]  # 08-01 is a Saturday
    with pytest.raises(Rejected, match="permit has no step 'hear'"):
        b.step(old, "hear", OFFICE)
    with pytest.raises(Rejected, match="main is open, not heard"):
        b.step(new, "grant", OFFICE)
    with pytest.raises(Rejected, match="the new law asks for a hearing"):
        b.step(new, "rush", OFFICE)
    assert b.step(old, "grant", OFFICE).states["main"] == "granted"
    assert b.run(new, ("hear", OFFICE), ("grant", OFFICE)).states["main"] == "granted"
    assert (b.see(old, OFFICE).edition, b.see(new, OFFICE).body["area"]) == ("2018", "城东")


def test_a_paper_of_an_earlier_day_is_opened_under_the_edition_of_that_day(b):
    b.today = D(2026, 7, 20)
    case = b.open("permit", OFFICE, {"text": "旧"}, on=D(2026, 6, 30))
    assert case.edition == "2018"
    assert b.case(case.id).body == Paper(text="旧")
    with pytest.raises(NotFound, match="no kind"):
        b.open("permit", OFFICE, {"text": "x"}, on=D(2017, 12, 31))


def test_ledgers_and_jobs_hold_both_editions(b):
    old = b.open("permit", OFFICE, {"text": "旧"})
    b.today = LAW
    new = b.open("permit", OFFICE, {"text": "新", "area": "城东"})
    listed = b.ask(ledgers.ledger, OFFICE, Ask(kind="permit", state="open"))
    assert [row.id for row in listed] == sorted([old.id, new.id])
    by_area = b.ask(ledgers.ledger, OFFICE, Ask(kind="permit", dimension="area", value="城东"))
    assert [row.id for row in by_area] == [new.id]
    b.today = D(2026, 12, 1)
    assert [r.case_id for r in b.ask(ledgers.overdue, OFFICE)] == [new.id, old.id]
    assert b.store.run(jobs.sweep(b.store, b.tenant)).failed == ()
    assert b.store.run(dates.redate(b.store, b.tenant)) == ()


def test_a_record_of_no_edition_belongs_to_all_and_editions_are_checked_each(b):
    assert {"apply", "grant"} == set(b.tenant.practice.procedure("permit", "2018").steps)
    assert {"apply", "hear", "grant", "rush"} == set(b.tenant.practice.procedure("permit", "2026").steps)
    assert [k.edition for k in b.tenant.practice.kinds()] == ["2026"]

    class Wrong:
        @hookimpl
        def register_cases(self):
            return (*RECORDS, Gate(kind="permit", step="grant", facet="main", states="heard"))

    with pytest.raises(PluginError, match=r"gate on main \['heard'\], which do not exist"):
        Catalogue.collect({"permits": Wrong()}).practice(frozenset({"permits"}))
