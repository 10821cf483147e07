"""Piles of work while a practice is gone: imports, ballots, exports, reports, and the owner of a kind."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.absent import WHOLE, S, checked, later, noting, opened, opening, set_up, take
from tests.core.exporting import CLERK, FILES, brought
from tests.core.suggesting import LI, NAME, OFFICE, ROADS, SOLE, WANG, draft, plugin

from renda_core import hookimpl
from renda_core.domain.ballot import Attendance, Rule, Rung
from renda_core.domain.procedure import Move, Step
from renda_core.domain.rates import Share
from renda_core.errors import ConfigError, NotFound, Rejected
from renda_core.records import BallotKind
from renda_core.services import ballots, cases, exports, feeds, imports, ledgers, papers, procedures, reports
from renda_core.services.cases import OpenCase
from renda_core.services.ledgers import Ask

FIVE = Attendance(incumbent=5, present=5, issued=5, returned=5)


class Voting:
    """A practice whose vote ends notes."""

    @hookimpl
    def register_cases(self) -> Any:
        return (Step(kind="note", name="end_by_vote", who="ballot", moves=(Move("open", "done"),)),)

    @hookimpl
    def register_ballots(self) -> Any:
        passed = Rung(verdict="for", answers={"for"}, share=Share("1/2", above=True))
        rule = Rule(name="plain", answers=("for", "against"), rungs=(passed,), otherwise="against", base="incumbent")
        return (BallotKind(name="plain", rule=lambda context: rule, outcomes={"for": "end_by_vote"}),)


@pytest.mark.parametrize("gone", ["voting", "mild"])
def test_a_verdict_that_cannot_move_its_subject_is_not_declared(county: Any, gone: str) -> None:
    mild = plugin(Step(kind="note", name="look", who="office"))
    b = set_up(county, {"notes": noting(), "voting": Voting(), "mild": mild})
    note = b.open("note", OFFICE)
    ballot = b.do(ballots.open_ballot, OFFICE, ballots.OpenBallot(kind="plain", subjects=(note.id,)))
    w = later(b, gone)
    told = {"voting": "no enabled practice offers", "mild": "note can be read and not changed"}
    with pytest.raises(Rejected, match=told[gone]):
        w.do(ballots.declare, OFFICE, ballot.id, FIVE, [[(0, 0)]] * 5)
    assert w.ask(ballots.show, OFFICE, ballot.id).rounds[-1].verdict is None
    back = opened(b, b.catalogue)
    assert back.do(ballots.declare, OFFICE, ballot.id, FIVE, [[(0, 0)]] * 5).rounds[0].verdict.state == "decided"
    assert b.case(note.id).states["main"] == "done"


@pytest.mark.parametrize("gone", ["check", NAME])
def test_an_import_is_refused_row_by_row_and_leaves_nothing(county: Any, tmp_path: Any, gone: str) -> None:
    b = set_up(county)
    for sheet in ("congresses", "sessions", "units", "roster"):
        b.do(imports.apply, CLERK, sheet, brought(tmp_path, sheet, FILES[sheet]))
    w = later(b, gone)
    seen = w.do(imports.preview, CLERK, "suggestions", brought(tmp_path, "suggestions", FILES["suggestions"]))
    assert not seen.ok
    assert all(f"the practice '{gone}' is missing here" in str(problem) for problem in seen.problems)
    with pytest.raises(ConfigError, match="nothing was imported"):
        w.do(imports.apply, CLERK, "suggestions", brought(tmp_path, "suggestions", FILES["suggestions"]))
    assert w.ask(ledgers.ledger, OFFICE, Ask(kind=S)) == []


def test_the_cases_of_a_kind_whose_practice_is_gone_are_plain_data_for_the_office(county: Any) -> None:
    b = set_up(county)
    id, private = checked(b), draft(b).id
    w = later(b, NAME)
    assert set(w.tenant.absent) == {NAME}
    assert S in w.tenant.readonly
    assert "note" not in w.tenant.readonly
    assert [row.id for row in w.ask(ledgers.ledger, OFFICE, Ask(kind=S))] == [id]
    seen = w.ask(cases.show, OFFICE, id)
    assert (seen.title, seen.body["text"], seen.states["main"]) == ("修桥", "城东石桥多年失修", "accepted")
    assert [a["step"] for a in seen.acts] == ["propose", "submit", "accept", "check"]
    for who, case in ((WANG, id), (ROADS, id), (OFFICE, private)):
        with pytest.raises(NotFound):
            w.ask(cases.show, who, case)
    with pytest.raises(NotFound):
        w.ask(ledgers.ledger, LI, Ask(kind=S))
    for change in (lambda: take(w, id, "assign", **SOLE), lambda: w.do(cases.open_case, WANG, opening())):
        with pytest.raises(Rejected, match=f"the practice '{NAME}' is missing here"):
            change()
    note = w.do(cases.open_case, OFFICE, OpenCase(kind="note", title="一事"))
    assert take(w, note.id, "end").states["main"] == "done"
    back = opened(b, b.catalogue)
    assert back.tenant.absent == {}
    assert take(back, id, "assign", **SOLE).states["main"] == "assigned"
    assert b.verify().whole


@pytest.mark.parametrize("gone", ["check", NAME])
@pytest.mark.parametrize("known", [True, False])
def test_every_way_out_still_answers(county: Any, gone: str, known: bool) -> None:
    b = set_up(county)
    id = checked(b)
    w = later(b, gone)
    if not known:
        w.footprint, w._opened = None, None
    number = w.ask(cases.show, OFFICE, id).number
    rows = w.ask(exports.rows, OFFICE, f"ledger:{S}").rows
    assert [row[0] for row in rows] == [number]
    for sheet in ("suggestions", "steps", "overdue"):
        assert len(w.ask(exports.rows, OFFICE, sheet).rows) <= 3
    assert w.ask(papers.case_paper, OFFICE, id)
    assert w.ask(reports.yearly, OFFICE, b.today.year).year == b.today.year
    assert w.ask(ledgers.overdue, OFFICE) == []
    assert w.ask(feeds.feed, OFFICE, "deadlines")
    assert w.ask(procedures.kinds, OFFICE)
    assert w.ask(procedures.procedure, OFFICE, S).name == S
    assert set(WHOLE) >= set(w.tenant.absent)
