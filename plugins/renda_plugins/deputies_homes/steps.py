"""The steps of a station's file: set up, checked by the standard, opened, rectified, verified, suspended, closed."""

from collections.abc import Callable, Iterator

from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.records import CaseRecord, ClockRule, Context, Facet, Gate, Guard, Kind, Party, Step, when
from renda_plugins.deputies_homes import guards
from renda_plugins.deputies_homes.settings import Settings
from renda_plugins.deputies_homes.stationfile import KIND, Check, Rectified, StationFile, Verification, last_round

STATES = {"set_up": "筹建", "open": "开放", "suspended": "暂停", "closed": "撤销"}
STANDING = {"unchecked": guards.UNCHECKED, **guards.STANDING}
GRADES = tuple(guards.STANDING)
CHECKERS = "inspector office"


def rectify_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Give the time to rectify what was found lacking."""
    return context.settings.rectify_within


def left(*, some: bool) -> Callable[[Context[Settings], Case, Act], bool]:
    """Tell whether something is lacking and not verified, or nothing is."""

    def asked(context: Context[Settings], case: Case, act: Act) -> bool:
        now = last_round(case)
        return bool(now and now.left) is some

    return asked


def records() -> Iterator[CaseRecord]:
    """Offer the kind, its states, steps, guards and clock."""
    yield Kind(
        name=KIND,
        title="站点档案",
        opening="set_up",
        body=StationFile,
        audience="office station inspector deputy overseer director committee",
        numbering="站档{year}-{n}",
        dimensions="station",
    )
    yield Party(kind=KIND, name="responsible", title="整改责任人")
    yield Facet(kind=KIND, title="状态", states=tuple(STATES), final="closed", titles=STATES)
    yield Facet(kind=KIND, name="standard", title="达标情况", states=tuple(STANDING), loose=True, titles=STANDING)
    yield from _steps()
    yield from _guards()
    yield ClockRule(
        kind=KIND,
        name="rectify",
        title="整改期限",
        period=rectify_period,
        source="U: rectification has a day (督导), no text says which",
    )
    # a further check that still finds something lacking gives no new time
    for trigger in ("check", "verify"):
        yield from when(KIND, trigger, start="rectify", only=left(some=True))
        yield from when(KIND, trigger, stop="rectify", only=left(some=False))


def _steps() -> Iterator[CaseRecord]:
    yield Step(kind=KIND, name="set_up", who="office station watch", title="建档")
    yield Step(
        kind=KIND,
        name="check",
        who=CHECKERS,
        title="检查验收",
        takes=Check,
        grades=GRADES,
        moves=(Move(ANY, GRADE, "standard"),),
        new_round=True,
        adds="responsible",
    )
    yield Step(kind=KIND, name="open", who="office", title="开放", moves=(Move("set_up", "open"),))
    yield Step(kind=KIND, name="rectify", who="responsible station office", title="整改", takes=Rectified)
    yield Step(
        kind=KIND,
        name="verify",
        who=CHECKERS,
        title="核查销号",
        takes=Verification,
        grades=GRADES,
        moves=(Move(ANY, GRADE, "standard"),),
    )
    yield Step(kind=KIND, name="suspend", who="office", title="暂停", moves=(Move("open", "suspended"),), reasons=True)
    yield Step(
        kind=KIND, name="reopen", who="office", title="恢复开放", moves=(Move("suspended", "open"),), reasons=True
    )
    yield Step(
        kind=KIND,
        name="close",
        who="office",
        title="撤销",
        moves=(Move("set_up open suspended", "closed"),),
        reasons=True,
    )
    for step in ("check", "rectify", "verify"):
        yield Gate(kind=KIND, step=step, facet="main", states="set_up open suspended")


def _guards() -> Iterator[CaseRecord]:
    for step, name, refuse in (
        ("check", "points", guards.refuse_odd_check),
        ("check", "standing", guards.refuse_odd_standing),
        ("open", "standard", guards.refuse_unmet),
        ("reopen", "standard", guards.refuse_unmet),
        ("rectify", "lacking", guards.refuse_odd_rectification),
        ("verify", "rectified", guards.refuse_odd_verification),
        ("verify", "standing", guards.refuse_odd_standing),
        ("verify", "another", guards.refuse_own_verification),
    ):
        yield Guard(kind=KIND, step=step, name=name, refuse=refuse)
