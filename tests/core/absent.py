"""Counties whose practices are not what they were: made with some, opened again with others."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from tests.core.suggesting import NAME, OFFICE, WANG, accepted, plugin, uid

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor
from renda_core.domain.procedure import Facet, Guard, Kind, Move, Party, Step, Veil
from renda_core.records import Found, RecordRule, Watch
from renda_core.services import cases, tenants
from renda_core.services.cases import OpenCase, TakeStep
from renda_core.settings import at_least, setting
from renda_core.testing import Bench
from renda_core.workspace import ZONE, Workspace
from renda_plugins import suggestion_handling

S = "suggestion"
LI = Bench.actor("li", "deputy")
OVERSEER = Bench.actor("overseer", "overseer")


@attrs.frozen(kw_only=True)
class Opinion:
    """What a checker said."""

    text: str
    aside: str = ""


def checking() -> Any:
    """Give a practice that checks suggestions: a facet, an act, a party, and veils over them and over another's act."""
    passing = Move("waiting", "passed", "check")
    return plugin(
        Party(kind=S, name="checker", title="审核人", reads=False),
        Facet(kind=S, name="check", states="waiting passed", final="passed"),
        Step(kind=S, name="check", who="office", takes=Opinion, adds="checker", moves=(passing,)),
        Guard(kind=S, step="close", name="checked", refuse=lambda context, case, act: ()),
        Veil(kind=S, part="act.check.aside", seen_by="overseer"),
        Veil(kind=S, part="act.accept", seen_by="office overseer"),
        Veil(kind=S, part="party.checker", seen_by="office"),
    )


def noting(*more: Any) -> Any:
    """Give a practice with a kind of its own, which no other touches."""

    async def find(context: Any, desk: Any) -> tuple[Found, ...]:
        return (Found(key="1", title="见到一事"),)

    return plugin(
        Kind(name="note", title="记事", opening="note", audience="office"),
        Facet(kind="note", states="open done", final="done"),
        Step(kind="note", name="note", who="office watch"),
        Step(kind="note", name="end", who="office", moves=(Move("open", "done"),)),
        *more,
        watches=(Watch(name="seen", kind="note", find=find),),
    )


WHOLE = {NAME: suggestion_handling, "check": checking(), "notes": noting()}


def set_up(county: Any, modules: Any = WHOLE, **given: Any) -> Bench:
    """Make a county that enables every one of some practices."""
    found: Bench = county({name: {} for name in modules} | given, catalogue=Catalogue.collect(modules))
    return found


def later(b: Bench, without: str = "", **other: Any) -> Workspace:
    """Open the county as a program does whose practices are no longer the same."""
    kept = {name: p for name, p in b.catalogue.modules.items() if name != without}
    return opened(b, Catalogue.collect({**kept, **other}))


def opened(b: Bench, catalogue: Catalogue) -> Workspace:
    """Open the county from its store."""
    held = b.read(tenants.in_force)
    return Workspace(
        store=b.store,
        catalogue=catalogue,
        file=held.file,
        footprint=held.footprint,
        now=lambda: dt.datetime.combine(b.today, dt.time(9), ZONE),
        calendar=b.calendar,
    )


def take(w: Workspace, case: str, step: str, actor: Actor = OFFICE, **rest: Any) -> Any:
    """Take a step on a case as it stands."""
    version = w.ask(cases.show, OFFICE, case).version
    return w.do(cases.take_step, actor, TakeStep(case=case, step=step, version=version, **rest))


def opening() -> OpenCase:
    """Ask for a suggestion of Wang."""
    return OpenCase(kind=S, title="修路", body={"text": "修路"}, parties={"proposer": (WANG.id,)})


def only(b: Bench, *names: str) -> Any:
    """Give the county's file with some practices alone."""
    return attrs.evolve(b.file, layers=(attrs.evolve(b.file.layers[0], plugins={n: {} for n in names}),))


def checked(b: Bench) -> str:
    """Bring a suggestion to where the practice has left its traces on it."""
    case = accepted(b)
    b.step(case, "check", OFFICE, payload={"text": "可行", "aside": "另有考虑"}, parties={"checker": (uid("zhao"),)})
    return case.id


def settled(default: int, least: int) -> Any:
    """Give a practice with one setting, and a record rule on suggestions."""

    @attrs.frozen(kw_only=True)
    class Settings:
        days: int = setting(default, source="U: an example", title="天数", validator=at_least(least))

    class Settled:
        """A practice of a test."""

        @hookimpl
        def register_settings(self) -> Any:
            return Settings

        @hookimpl
        def register_records(self) -> Any:
            return (RecordRule(name="r", kind=S, step="accept", make=lambda context, case, act: ()),)

    return Settled()
