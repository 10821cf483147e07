"""打井.

A plugin as somebody wrote it for version 1 of the hooks, with everything that version had. It is never changed: later
versions must load it as it stands. Source: U: a test.
"""

import datetime as dt

import attrs
from sqlalchemy import Column, Date, Integer, MetaData, Table

from renda_core import hookimpl, setting
from renda_core.domain.ballot import Rule, Rung
from renda_core.domain.calendar import Period
from renda_core.domain.duty import Record
from renda_core.domain.fields import titled
from renda_core.domain.procedure import Move
from renda_core.domain.rates import Share
from renda_core.records import (
    BallotKind,
    ClockRule,
    Effect,
    Facet,
    Follow,
    Found,
    Gate,
    Guard,
    Join,
    Kind,
    Page,
    Party,
    RecordRule,
    Role,
    Step,
    Veil,
    Veto,
    Watch,
    when,
)
from renda_core.settings import at_least
from renda_core.store.columns import DISTRIBUTED, tenant_key

RENDA_API = 1
STATES = {"dry": "缺水", "drilling": "打井", "repaired": "已修复", "closed": "办结"}
ALL = frozenset()


@attrs.frozen(kw_only=True)
class Settings:
    """How long a well may wait."""

    repair: Period = setting(Period(20, "workday"), source="U: an example", title="修复期限")
    many: int = setting(3, source="U: an example", title="同时缺水", unit="wells", validator=at_least(1))
    villages: list[str] = setting([], source="U: an example", title="村")


@attrs.frozen(kw_only=True)
class Well:
    """A well that gives no water."""

    village: str = titled("村")
    depth: int = titled("深度", default=0)


@attrs.frozen(kw_only=True)
class Finding:
    """What was found below."""

    water: str


def repair(context, case, act):
    """Give the county's own span."""
    return context.settings.repair


def longer(context, case, act):
    """Give as much again."""
    return context.settings.repair


def since(case, act):
    """Count from the act."""
    return act.on


def rolls(context):
    """Let it end on a working day."""
    return True


def dry(context, case, act):
    """Tell whether the case is of a well that is still dry."""
    return case.states.get("main", "dry") != "repaired"


def refuse_same_day(context, case, act):
    """Wait until somebody has been there."""
    if not case.took("test"):
        yield "nobody has tested the water"


def lifted(context, case):
    """Lift the veil once the matter is closed."""
    return case.states.get("main") == "closed"


@hookimpl
def register_settings():
    """Give the settings."""
    return Settings


@hookimpl
def register_cases():
    """Offer a kind with everything that a kind could have."""
    yield Role(name="geologist", title="地质员")
    yield Kind(
        name="well",
        title="水井",
        opening="report",
        body=Well,
        audience="office deputy unit geologist",
        parties="finder",
        private=(),
        public="main:closed",
        numbering="W{year}-{n}",
        dimensions="village",
        words="village",
        edition="",
        since=dt.date.min,
    )
    yield Party(kind="well", name="neighbour", title="邻村", reads=False, editions=ALL)
    yield Facet(
        kind="well",
        name="main",
        states=tuple(STATES),
        final="closed",
        loose=False,
        title="状态",
        titles=STATES,
        editions=ALL,
    )
    yield Facet(kind="well", name="unit", states="assigned done", final="done")
    yield Facet(kind="well", name="water", states="unknown clear bad", loose=True, title="水质")
    yield from steps()
    yield Gate(kind="well", step="close", facet="water", states="clear bad", editions=ALL)
    yield Guard(kind="well", step="close", name="tested", refuse=refuse_same_day, editions=ALL)
    yield Join(
        kind="well",
        name="all_done",
        states="done",
        roles="sole lead",
        move=Move("drilling", "repaired"),
        editions=ALL,
    )
    yield Follow(kind="well", on="main:closed", relation="beside", step="close", editions=ALL)
    yield Veil(kind="well", part="act.test.water", seen_by="office", never="unit", lifts=lifted, editions=ALL)
    yield ClockRule(
        kind="well",
        name="repair",
        period=repair,
        since=since,
        longer=longer,
        longer_from="due",
        title="修复",
        window=False,
        roles=(),
        roll=rolls,
        expiry="remind",
        source="U: an example",
        replaces=False,
        editions=ALL,
    )
    yield Effect(kind="well", on="report", do="start", clock="repair", only=dry, editions=ALL)
    yield from when("well", "extend", extend="repair")
    yield from when("well", "wait", pause="repair")
    yield from when("well", "go_on", resume="repair")
    yield from when("well", "main:repaired", stop="repair")
    yield from when("well", "remind", stop="repair")
    yield from when("well", "again", restart="repair", only=dry)


def steps():
    """Offer the steps."""
    yield Step(kind="well", name="report", who="office deputy watch", title="上报")
    yield Step(
        kind="well", name="assign", who="office", moves=(Move("dry", "drilling"),), assigns=True, new_round=False
    )
    yield Step(kind="well", name="done", who="unit", moves=(Move("assigned", "done", "unit"),))
    for name in ("extend", "wait", "go_on", "again"):
        yield Step(kind="well", name=name, who="office")
    yield Step(kind="well", name="remind", who="clock")
    yield Step(
        kind="well",
        name="test",
        who="geologist office",
        never="deputy",
        moves=(Move("*", "@grade", "water"),),
        takes=Finding,
        grades=("clear", "bad"),
        after="assign",
        reasons=True,
        assigns=False,
        new_round=False,
        adds="neighbour",
        ties="beside",
        oneself="",
        title="检验",
        backdated=True,
        editions=ALL,
    )
    yield Step(kind="well", name="vote", who="ballot", moves=(Move("repaired", "closed"),))
    yield Step(kind="well", name="close", who="office follower", moves=(Move("repaired", "closed"),), title="办结")


@hookimpl
def register_ballots():
    """Offer a vote of the villagers."""

    def content(context):
        return Rule(
            name="content",
            answers=("yes", "no"),
            base="valid",
            rungs=(Rung(verdict="yes", answers={"yes"}, share=Share("1/2", above=True)),),
            otherwise="no",
            source="U: an example",
        )

    yield BallotKind(name="well_content", rule=content, outcomes={"yes": "vote"})


@hookimpl
def register_records():
    """Offer a duty record and a veto."""

    def found(context, case, act):
        for person in case.parties.get("finder", ()):
            yield Record(person=person, kind="well", on=act.on, source=f"case:{case.id}:report")

    def why(context, records):
        return "" if records else "nothing was done"

    yield RecordRule(name="found", kind="well", step="report", make=found)
    yield Veto(name="idle", why=why)


@hookimpl
def register_watches():
    """Look for many dry wells."""

    async def look(context, desk):
        counts = await desk.facet_counts("well", "main")
        if counts.get("dry", 0) < context.settings.many:
            return ()
        return (Found(key="many", title="多口水井缺水", body=Well(village="全县"), parties={}, links={}),)

    yield Watch(name="many_dry", kind="well", find=look)


@attrs.frozen(kw_only=True)
class Wells:
    """How many wells are dry, and what the desk said."""

    dry: int
    tested: int
    last: int
    reported: int


@hookimpl
def register_pages():
    """Show the wells."""

    async def wells(context, desk):
        return Wells(
            dry=(await desk.facet_counts("well", "main")).get("dry", 0),
            tested=sum((await desk.grade_counts("well", "test", round=1)).values()),
            last=sum((await desk.last_grades("well", "test")).values()),
            reported=len(await desk.cases("well", "report")),
        )

    yield Page(name="wells", title="水井", shows=Wells, view=wells, who="office")


@hookimpl
def register_tables():
    """Keep levels."""
    key = Column("day", Date, primary_key=True)
    yield Table("api_1_level", MetaData(), *tenant_key(), key, Column("metres", Integer), info=DISTRIBUTED)
