"""Plugins of other versions: an old one loads as it stands and works; what cannot work is refused with the reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.plugins.old import api_0, api_1, api_3

from renda_core import hookspecs
from renda_core.catalogue import Catalogue
from renda_core.domain.ballot import Attendance
from renda_core.errors import PluginError, Rejected
from renda_core.services import ballots, jobs
from renda_core.services import duty as records

ALL = Attendance(incumbent=3, present=3, issued=3, returned=3)


def test_a_plugin_of_the_first_version_works_from_the_report_to_the_vote(bench: Any) -> None:
    b = bench({"api_1": {"many": 1}}, catalogue=Catalogue.collect({"api_1": api_1}))
    office, finder = b.actor("clerk", "office"), b.actor("finder", "deputy")
    unit, geologist = b.actor("drillers", unit="drillers"), b.actor("geologist", "geologist")
    case = b.open("well", finder, {"village": "上村"}, parties={"finder": (finder.id,)})
    assert case.number == "W2026-1"
    assert b.ask(records.list_for, finder, finder.id)[0].kind == "well"
    due = case.clock("repair").due(b.calendar)
    assert due == dt.date(2026, 2, 24)  # twenty working days, with those of the Spring Festival made up
    case = b.run(case, ("extend", office), ("wait", office), ("go_on", office))
    assert case.clock("repair").due(b.calendar) > due
    case = b.step(case, "assign", office, units=((unit.unit, "sole"),))
    with pytest.raises(Rejected, match="reasons must be given"):
        b.step(case, "test", geologist, grade="clear", payload={"water": "12 m"})
    case = b.step(case, "test", geologist, grade="clear", payload={"water": "12 m"}, note="清")
    seen = {who.id: next(a for a in b.see(case, who).acts if a["step"] == "test") for who in (office, finder)}
    assert "water" in seen[office.id]
    assert "water" not in seen[finder.id]
    case = b.step(case, "done", unit)
    assert (case.states["main"], case.clock("repair").state) == ("repaired", "stopped")
    page = b.page("wells")
    assert (page.dry, page.tested, page.last, page.reported) == (0, 1, 1, 1)
    ballot = b.do(ballots.open_ballot, office, ballots.OpenBallot(kind="well_content", subjects=(case.id,)))
    b.do(ballots.declare, office, ballot.id, ALL, [[(0, 0)]] * 3)
    assert b.case(case.id).states["main"] == "closed"
    assert "water" in next(a for a in b.see(b.case(case.id), finder).acts if a["step"] == "test")
    assert b.verify().whole


def test_its_guard_gate_follower_watch_and_expiry_are_asked(bench: Any) -> None:
    b = bench({"api_1": {"many": 1}}, catalogue=Catalogue.collect({"api_1": api_1}))
    office, unit = b.actor("clerk", "office"), b.actor("drillers", unit="drillers")
    first, second = (b.open("well", office, {"village": v}) for v in ("上村", "下村"))
    assert b.case(b.do(jobs.look, jobs.WATCH)[0]).title == "多口水井缺水"
    tie = {"grade": "bad", "payload": {"water": "无"}, "note": "无水", "links": {"beside": (first.id,)}}
    for case in (first, second):
        case = b.step(case, "assign", office, units=((unit.unit, "sole"),))
        case = b.step(case, "done", unit)
    with pytest.raises(Rejected) as said:
        b.step(first, "close", office)
    assert said.value.objections == ("water is unknown", "nobody has tested the water")
    b.step(second, "test", office, **tie)
    b.step(first, "test", office, grade="clear", payload={"water": "8 m"}, note="清")
    b.step(first, "close", office)
    assert [b.case(c.id).states["main"] for c in (first, second)] == ["closed", "closed"]
    late = b.open("well", office, {"village": "后村"})
    b.today = dt.date(2026, 6, 1)
    assert late.id in b.store.run(jobs.sweep(b.store, b.tenant)).taken


def test_a_plugin_of_before_the_first_version_is_refused() -> None:
    with pytest.raises(PluginError) as said:
        Catalogue.collect({"api_0": api_0, "api_1": api_1})
    told = f"'api_0' was written for hooks version 0, the oldest that works is {hookspecs.OLDEST}; update the plugin"
    assert said.value.reasons == (told,)


def test_a_plugin_of_a_later_version_is_refused() -> None:
    with pytest.raises(PluginError) as said:
        Catalogue.collect({"api_1": api_1, "api_3": api_3})
    told = f"'api_3' was written for hooks version 3, this is {hookspecs.API}; update renda"
    assert said.value.reasons == (told,)
