"""四方联动督进度: congress, government, deputies and departments each act on a key item, and who is missing shows.

Source: 龙山 (article 002: 人大常委会主任重点督、县长领衔办, 人大、政府分线督, 代表集中视察督、部门照单全收全力办).
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import attrs

from renda_core import hookimpl
from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.suggestion import KIND
from renda_core.records import CaseRecord, ClockRule, Context, Gate, Page, Step, when
from renda_core.settings import setting
from renda_plugins.four_party_supervision.matrix import ANSWERING, PARTIES, UNDER_WAY, FourParties, matrix

SOURCE = "龙山 (article 002)"
SILENT = "U: the article names no interval; 0: none is stated"
STOPS = ("key:none", "main:merged", "main:evaluated")
"""When nothing more is due from the parties: the deputy has judged, or another suggestion stands for this one."""


@attrs.frozen(kw_only=True)
class Finding:
    """What a party did on a key item, and found."""

    finding: str = titled("督办情况", validator=attrs.validators.min_len(1))
    how: str = titled("督办方式", default="")
    people: str = titled("参加人员", default="")


def _not_negative(instance: object, attribute: "attrs.Attribute[Any]", value: Period) -> None:
    if value.n < 0:
        raise ValueError(f"{attribute.name} must not be negative")


@attrs.frozen(kw_only=True)
class Settings:
    """How often each of the four is to act on a key item."""

    congress: Period = setting(Period(1, "month"), source=SILENT, title="人大督办间隔", validator=_not_negative)
    government: Period = setting(Period(1, "month"), source=SILENT, title="政府督办间隔", validator=_not_negative)
    deputies: Period = setting(Period(1, "month"), source=SILENT, title="代表视察间隔", validator=_not_negative)
    departments: Period = setting(Period(1, "month"), source=SILENT, title="部门报告间隔", validator=_not_negative)


def interval(party: str) -> Callable[[Context[Any], Case, Act], Period]:
    """Read a party's interval."""
    return lambda context, case, act: getattr(context.settings, party)


def watched(party: str) -> Callable[[Context[Any], Case, Act], bool]:
    """Ask something of a party of a key item that is under way, where the place states an interval."""

    def only(context: Context[Any], case: Case, act: Act) -> bool:
        key = case.states.get("key") == "key" and case.states.get("main") in UNDER_WAY
        return key and getattr(context.settings, party).n > 0

    return only


def first(party: str) -> Callable[[Context[Any], Case, Act], bool]:
    """Begin with an act where nothing began before, as on items older than this practice; not once a unit replied."""
    asked = watched(party)
    return lambda context, case, act: asked(context, case, act) and not replied(case, act)


def comes_back(party: str, clock: str) -> Callable[[Context[Any], Case, Act], bool]:
    """Begin the next turn with each act; not where the first began on this very day, or the unit has replied."""
    asked = watched(party)

    def only(context: Context[Any], case: Case, act: Act) -> bool:
        own = [c for c in case.clocks if c.name == clock and c.unit in ("", act.unit) and c.state == "running"]
        return asked(context, case, act) and any(c.ticks[-1].on < act.on for c in own)

    return only


def replied(case: Case, act: Act) -> bool:
    """Tell whether the acting unit's own share is done."""
    return any(a.unit == act.unit and a.state == "replied" for a in case.current())


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer a step and a clock for each party."""
    for p in PARTIES:
        unit = p.name == "departments"
        never = "" if unit else "unit"  # nobody watches the unit that he acts for
        yield Step(kind=KIND, name=p.step, who=p.who, never=never, title=p.did, takes=Finding, backdated=not unit)
        yield Gate(kind=KIND, step=p.step, facet="key", states="key")
        yield Gate(kind=KIND, step=p.step, facet="main", states="assigned" if unit else UNDER_WAY)
        roles = ANSWERING if unit else frozenset[str]()
        yield ClockRule(
            kind=KIND, name=p.clock, title=f"{p.title}督办", period=interval(p.name), roles=roles, source=SOURCE
        )
        for trigger in ("key:key", "main:accepted", "main:assigned", *(("replace_unit",) if unit else ())):
            yield from when(KIND, trigger, start=p.clock, only=watched(p.name))
        yield from when(KIND, p.step, start=p.clock, only=first(p.name))
        yield from when(KIND, p.step, restart=p.clock, only=comes_back(p.name, p.clock))
        for trigger in (*STOPS, *(("reply", "replace_unit") if unit else ())):
            yield from when(KIND, trigger, stop=p.clock)


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show the four parties beside each key item, and to congress and government each their own line."""
    lines = (
        ("four_parties", "四方联动督办", "office director overseer", tuple(p.name for p in PARTIES)),
        ("congress_line", "人大督办线", "office director", ("congress", "deputies")),
        ("government_line", "政府督办线", "government", ("government", "departments")),
    )
    for name, title, who, shown in lines:
        yield Page(name=name, title=title, shows=FourParties, view=partial(matrix, shown), who=who)
