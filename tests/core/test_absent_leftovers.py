"""What a missing or disabled practice leaves on cases is told by no list; what nobody knows is for the keepers."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.core.absent import LI, NAME, OVERSEER, S, later, noting, only, opened, set_up
from tests.core.suggesting import OFFICE, ROADS, accepted, assigned, evaluated, plugin, uid

from renda_core.domain.calendar import Period
from renda_core.domain.procedure import ClockRule, Facet, Move, Party, Step, when
from renda_core.errors import NotAllowed
from renda_core.services import cases, corrections, ledgers, reports
from renda_core.services.ledgers import Ask
from renda_core.testing import Bench
from renda_core.workspace import Workspace
from renda_plugins import five_inquiries, suggestion_handling

DIRECTOR = Bench.actor("director", "director")


def leaving() -> Any:
    """Give a practice without a veil, that leaves a facet, a party and a running clock."""
    passing = Move("waiting", "passed", "check")
    return plugin(
        Party(kind=S, name="checker", title="审核人"),
        Facet(kind=S, name="check", title="审核", states="waiting passed", loose=True),
        Step(kind=S, name="check", who="office", adds="checker", moves=(passing,)),
        ClockRule(kind=S, name="check", title="审核", period=lambda context, case, act: Period(1), source="U: a test"),
        *when(S, "accept", start="check"),
    )


def left(county: Any) -> tuple[str, Workspace]:
    """Give a suggestion on which the practice left its traces, in a county where it is gone and its clock is late."""
    b = set_up(county, {NAME: suggestion_handling, "check": leaving(), "notes": noting()})
    case = assigned(b)
    b.step(case, "check", OFFICE, parties={"checker": (uid("zhao"),)})
    b.later(days=20)
    return case.id, later(b, "check")


def blind(county: Any) -> Workspace:
    """Give a county with a re-checked suggestion, where a practice is missing of which nothing was kept."""
    more = {NAME: suggestion_handling, "five_inquiries": five_inquiries, "check": leaving()}
    b = set_up(county, more)
    said = five_inquiries.Inquiry(found="未落实")
    b.step(evaluated(b), "recheck", OFFICE, grade="unsatisfied", payload=said)
    w = later(b, "check")
    return Workspace(store=w.store, catalogue=w.catalogue, file=w.file, footprint=None, now=w.now, calendar=b.calendar)


def test_its_clock_is_told_to_the_keepers_alone(county: Any) -> None:
    _, w = left(county)

    def late(who: Any) -> list[str]:
        return [row.clock for row in w.ask(ledgers.overdue, who)]

    assert (late(OFFICE), late(OVERSEER)) == (["check"], ["check"])
    assert [late(who) for who in (LI, DIRECTOR, ROADS)] == [[], [], []]
    due = {who.id: w.ask(ledgers.ledger, who, Ask(kind=S))[0].next_due for who in (OFFICE, LI, ROADS)}
    assert [day is not None for day in due.values()] == [True, False, False]
    with pytest.raises(Exception, match="not every deadline is open to you"):
        w.ask(ledgers.ledger, LI, Ask(kind=S, sort="due"))


def test_nobody_else_finds_a_case_by_its_party(county: Any) -> None:
    id, w = left(county)
    asked = Ask(kind=S, person=uid("zhao"))
    assert [row.id for row in w.ask(ledgers.ledger, OFFICE, asked)] == [id]
    assert w.ask(ledgers.ledger, LI, asked) == []


def test_the_yearly_report_counts_its_facet_for_the_keepers_alone(county: Any) -> None:
    _, w = left(county)
    told = [{f.facet for f in w.ask(reports.yearly, who, 2026).facets} for who in (OFFICE, DIRECTOR)]
    assert ["审核" in facets for facets in told] == [True, False]
    assert "状态" in told[1]


def test_where_nothing_is_known_counts_and_whole_cases_are_for_keepers(county: Any) -> None:
    w = blind(county)
    with pytest.raises(NotAllowed, match="for office and overseer meanwhile"):
        w.ask(reports.yearly, DIRECTOR, 2026)
    with pytest.raises(NotAllowed, match="for office and overseer meanwhile"):
        w.ask(ledgers.page, DIRECTOR, "inquiries")
    assert w.ask(reports.yearly, OFFICE, 2026).facets
    assert w.ask(ledgers.page, OFFICE, "inquiries").cases == 1


def test_an_override_of_a_disabled_practices_facet_tells_no_state(county: Any) -> None:
    b = set_up(county, {NAME: suggestion_handling, "check": leaving()})
    case = accepted(b)
    done = corrections.Override(case=case.id, facet="check", state="passed", note="更正")
    b.do(corrections.override_state, OVERSEER, done)
    w = opened(b, b.catalogue)
    w.apply(only(b, NAME), OFFICE)
    grades = [w.ask(cases.show, who, case.id).acts[-1]["grade"] for who in (OVERSEER, LI)]
    assert grades == ["check=passed", ""]


def test_a_disabled_practices_clock_is_late_for_the_keepers_alone(county: Any) -> None:
    b = set_up(county, {NAME: suggestion_handling, "check": leaving()})
    accepted(b)
    w = opened(b, b.catalogue)
    w.apply(only(b, NAME), OFFICE)
    b.later(days=9)
    assert [r.clock for r in w.ask(ledgers.overdue, OFFICE)] == ["check"]
    assert w.ask(ledgers.overdue, DIRECTOR) == []


def test_a_footprint_without_parts_is_read_as_ever(county: Any) -> None:
    b = set_up(county, {NAME: suggestion_handling, "check": leaving()})
    held = opened(b, b.catalogue).footprint
    assert held is not None
    assert {p.part for p in held["check"].parts} == {"party.checker", "clock.check"}
    assert attrs.evolve(held["check"], parts=()).kinds == {S}
