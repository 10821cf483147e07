"""Watches that say what holds no more: the case takes the step with its reason, once; what may not is named."""

from __future__ import annotations

from typing import Any

import pytest

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.procedure import Move
from renda_core.errors import NotFound
from renda_core.records import Facet, Found, Kind, Lapsed, Step, Watch
from renda_core.services import jobs
from renda_core.store.codec import new_id
from renda_core.testing import Bench

OFFICE = Bench.actor("clerk", "office")
FOUND: list[Any] = []


class Alarms:
    """Two kinds with a watch each; only the first says by which step a case lapses."""

    @hookimpl
    def register_cases(self) -> Any:
        for kind in ("alarm", "note"):
            yield Kind(name=kind, title="报警", opening="set", audience="office")
            yield Facet(kind=kind, states="set off", final="off")
            yield Step(kind=kind, name="set", who="watch office")
            yield Step(kind=kind, name="lapse", who="watch", moves=(Move("set", "off"),), reasons=True)

    @hookimpl
    def register_watches(self) -> Any:
        async def find(context: Any, desk: Any) -> Any:
            return tuple(FOUND)

        async def none(context: Any, desk: Any) -> Any:
            return [f for f in FOUND if isinstance(f, Lapsed)]

        yield Watch(name="first", kind="alarm", find=find, lapse="lapse")
        yield Watch(name="second", kind="note", find=none)


@pytest.fixture
def alarms(county: Any) -> Bench:
    """A county with these alarms; nothing is found yet."""
    FOUND.clear()
    made: Bench = county({"alarms": {}}, catalogue=Catalogue.collect({"alarms": Alarms()}))
    return made


def look(b: Bench, *found: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Let the watches look; give what was opened, and the journal's entry."""
    FOUND[:] = found
    before = len(b.entries())
    opened = b.store.run(b.store.write(jobs.look, b.file.id, jobs.WATCH, b.tenant))
    new = b.entries()[before:]
    return opened, new[0]["body"] if new else {}


def test_a_case_whose_grounds_are_gone_takes_the_step_with_the_reason(alarms: Bench) -> None:
    b = alarms
    (one,), told = look(b, Found(key="1", title="a"))
    assert "lapsed" not in told
    opened, told = look(b, Lapsed(case=one, why="no more "), Found(key="1", title="a"), Found(key="2", title="b"))
    assert (len(opened), told["lapsed"]) == (1, [one])  # what lapsed is not opened again under its old key
    case = b.case(one)
    assert (case.states["main"], case.acts[-1].note, case.acts[-1].by) == ("off", "no more", "job:watch")
    (second,) = [f for f in told["failed"] if f.startswith("alarms.second")]
    assert "by its step lapse, and no others" in second
    assert b.verify().whole


def test_what_may_not_lapse_is_named_and_everything_else_goes_on(alarms: Bench) -> None:
    b = alarms
    note = b.open("note", OFFICE, title="n")
    over = b.open("alarm", OFFICE, title="o")
    look(b, Lapsed(case=over.id, why="gone"))
    nobody = new_id()
    opened, told = look(
        b,
        Lapsed(case=note.id, why="gone"),
        Lapsed(case=over.id, why="gone"),
        Lapsed(case=nobody, why="gone"),
        Found(key="9", title="c"),
    )
    assert len(opened) == 1
    first = "；".join(f for f in told["failed"] if f.startswith("alarms.first"))
    assert "ends cases of alarm by its step lapse" in first
    assert "main is off, not set" in first
    assert f"no case {nobody}" in first
    assert "lapsed" not in told
    assert b.case(note.id).version == 0
    again = b.open("alarm", OFFICE, title="p")
    _, told = look(b, Lapsed(case=again.id, why=" "))
    assert "reasons must be given" in "".join(told["failed"])


@pytest.mark.parametrize("wrong", [Lapsed(case=1, why="x"), Lapsed(case="x", why=None)])  # type: ignore[arg-type]
def test_what_is_no_text_is_refused_whole(alarms: Bench, wrong: Any) -> None:
    b = alarms
    opened, told = look(b, wrong, Found(key="1", title="a"))
    assert opened == ()
    assert len(told["failed"]) == 2
    with pytest.raises(NotFound):
        b.case(new_id())
