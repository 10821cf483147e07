"""五问: five ways to ask whether a suggestion's handling has had effect, each with its outcome and next date.

Source: 龙山 (article 002: 五问立威促实效: 专题询问刚性问效, 满意度复核评议问效, 跟踪督办、代表约见、现场问效、
年终考评约束问效); 监督法 (2024) 47-50 (专题询问); 代表法 (2015) 22 (约见; its number in the text of 2025 was not read).
"""

from collections.abc import Iterator
from typing import Literal

import attrs

from renda_core import hookimpl
from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.domain.suggestion import GRADES, KIND
from renda_core.records import CaseRecord, ClockRule, Context, Facet, Gate, Guard, Page, Step, Veil, when
from renda_core.settings import setting
from renda_plugins.five_inquiries.inquiry import (
    CHECKED,
    EFFECTS,
    MEANS,
    RECHECK,
    SETTLED,
    Assessment,
    Inquiries,
    Inquiry,
    inquiries,
)

Means = Literal["inquire", "recheck", "follow_up", "meet_officials", "assess_year"]
CLOCK = "follow_up"
ASKING = {"inquire": "office director", "follow_up": "office director", "meet_officials": "office deputy"}
"""Who asks; the office alone re-checks and assesses."""
OFFICES = "office overseer director proposer"
"""Who reads a re-check: those who read the evaluation, never the unit."""


@attrs.frozen(kw_only=True)
class Settings:
    """By which means a place asks, and what the unit may read of a re-check."""

    means: frozenset[Means] = setting(frozenset(MEANS), source="龙山 (article 002): all five", title="问效方式")
    unit_reads_after_close: bool = setting(
        False, source="U: as for the evaluation itself, 咸宁 (article 003)", title="办结后承办单位可见复核评议"
    )


def refuse_means(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Ask by the place's own means."""
    known = context.settings.means
    if act.step not in known:
        yield f"this place does not ask by {MEANS[act.step]}; known: {'、'.join(MEANS[m] for m in MEANS if m in known)}"


def refuse_odd_date(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Name a next date that is to come, and none where there is nothing more to ask."""
    next_on = act.payload.next_on if isinstance(act.payload, Inquiry) else None
    if next_on is not None and next_on < act.on:
        yield f"the next date {next_on} lies before this inquiry of {act.on}: name a later day, or none"
    if next_on is not None and act.grade in SETTLED:
        yield "what is settled needs no next date: leave it out, or choose another outcome"


def refuse_nobody(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Hold no special inquiry without somebody who answers."""
    if isinstance(act.payload, Inquiry) and not any(name.strip() for name in act.payload.officials):
        yield "name the officials who answered"


def refuse_assessed_year(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Assess a case once for each year that has begun: two judgements of one year would contradict each other."""
    year = act.payload.year if isinstance(act.payload, Assessment) else 0
    if not case.opened_on.year <= year <= act.on.year:
        yield f"the year is one from {case.opened_on.year} to {act.on.year}, not {year}"
    if before := [a.on for a, said in case.said(Assessment) if said.year == year]:
        yield f"{year} was assessed on {before[0]}"


def until_next(context: Context[Settings], case: Case, act: Act) -> Period:
    """Count the days to the date that the act names; a clock that began on that day could not be stopped before it."""
    next_on = act.payload.next_on if isinstance(act.payload, Inquiry) else None
    return Period((next_on - act.on).days if next_on else 0)


def dated(context: Context[Settings], case: Case, act: Act) -> bool:
    """Tell whether the act names a next date."""
    return isinstance(act.payload, Inquiry) and act.payload.next_on is not None


def undated(context: Context[Settings], case: Case, act: Act) -> bool:
    """Tell whether nothing more is announced: what was, is done."""
    return not dated(context, case, act)


def dated_anew(context: Context[Settings], case: Case, act: Act) -> bool:
    """Tell whether the act names another date than the one that runs."""
    running = next((c for c in case.clocks if c.name == CLOCK and c.state == "running"), None)
    named = isinstance(act.payload, Inquiry) and act.payload.next_on
    return bool(running and named and running.due(context.calendar) != named)


def readable(context: Context[Settings], case: Case) -> bool:
    """Let the unit read a re-check after close, where the place says so."""
    return context.settings.unit_reads_after_close and case.states.get("main") == "closed"


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the five inquiries beside the handling of a suggestion."""
    yield Facet(kind=KIND, name="inquiry", title="问效", states=tuple(EFFECTS), loose=True, titles=EFFECTS)
    yield Facet(kind=KIND, name=RECHECK, title=MEANS[RECHECK], states=tuple(CHECKED), loose=True, titles=CHECKED)
    yield ClockRule(
        kind=KIND, name=CLOCK, title="下次问效", period=until_next, roll=False, source="U: the date that the act names"
    )
    for name, title in MEANS.items():
        check = name == RECHECK
        yield Step(
            kind=KIND,
            name=name,
            title=title,
            who=ASKING.get(name, "office"),
            never="unit",
            takes=Assessment if name == "assess_year" else Inquiry,
            grades=GRADES[:3] if check else tuple(EFFECTS)[1:],
            moves=(Move(ANY, GRADE, RECHECK if check else "inquiry"),),
        )
        asked = "evaluated closed" if check else "assigned replied evaluated closed"
        yield Gate(kind=KIND, step=name, facet="main", states=asked)
        for what, refuse in (("means", refuse_means), ("date", refuse_odd_date)):
            yield Guard(kind=KIND, step=name, name=what, refuse=refuse)
        if not check:  # its date on a clock that the unit reads would tell the unit of the re-check
            yield from when(KIND, name, start=CLOCK, only=dated)
            yield from when(KIND, name, stop=CLOCK, only=undated)
            yield from when(KIND, name, restart=CLOCK, only=dated_anew)
    yield Guard(kind=KIND, step="inquire", name="officials", refuse=refuse_nobody)
    yield Guard(kind=KIND, step="assess_year", name="year", refuse=refuse_assessed_year)
    for part in (f"act.{RECHECK}", f"facet.{RECHECK}"):
        yield Veil(kind=KIND, part=part, seen_by=OFFICES, never="unit", lifts=readable)


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show every inquiry with its outcome and next date."""
    who = "office director overseer"
    yield Page(name="inquiries", title="五问台账", shows=Inquiries, view=inquiries, who=who)
