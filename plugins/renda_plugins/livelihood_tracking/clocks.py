"""When a report is due, and when an opinion or a defect must be answered."""

import datetime as dt
from collections.abc import Callable, Iterator

from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.records import CaseRecord, ClockRule, Context, when
from renda_plugins.livelihood_tracking.project import KIND, Tracked, ends, next_quarter, unanswered
from renda_plugins.livelihood_tracking.settings import Settings

Only = Callable[[Context[Settings], Case, Act], bool]


def report_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Count the days that are left to the end of the quarter that comes next, and those allowed after it."""
    quarter = next_quarter(case)
    left = (ends(case.body_as(Tracked).year, quarter) - act.on).days if quarter else 0
    return Period(max(0, left + context.settings.report_within))


def answer_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Give the time to answer an opinion."""
    return context.settings.answer_within


def mend_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Give the time to mend a defect and say so."""
    return context.settings.mend_within


def report_left(context: Context[Settings], case: Case, act: Act) -> bool:
    """Ask for a report while a quarter is left and the project goes on; afterwards one is taken and not asked for."""
    return next_quarter(case) > 0 and case.states.get("main", "tracked") == "tracked"


def none_left(context: Context[Settings], case: Case, act: Act) -> bool:
    """Ask for none once the fourth quarter is told."""
    return next_quarter(case) == 0


def since_oldest(asked: str, answered: str) -> Callable[[Case, Act], dt.date]:
    """Count from the day of the oldest of what still waits."""
    return lambda case, act: next((a.on for _, a in unanswered(case, asked, answered)), act.on)


def waits(asked: str, answered: str, *, some: bool) -> Only:
    """Tell whether something still waits, or nothing does."""
    return lambda context, case, act: (next(unanswered(case, asked, answered), None) is not None) is some


def records() -> Iterator[CaseRecord]:
    """Offer the clocks and what sets them."""
    quarterly = "U: quarterly reports are usual; local practice varies"
    yield ClockRule(kind=KIND, name="report", title="季度进展填报", period=report_period, source=quarterly)
    for trigger in ("plan_year", "resume"):
        yield from when(KIND, trigger, start="report", only=report_left)
    for trigger in ("report_progress", "change_plan"):  # a new plan may put the first quarter off
        yield from when(KIND, trigger, restart="report", only=report_left)
    yield from when(KIND, "report_progress", stop="report", only=none_left)
    for trigger in ("main:suspended", "main:finished", "main:assessed", "main:terminated"):
        yield from when(KIND, trigger, stop="report")
    for name, title, period, asked, answered in (
        ("opinion", "意见答复", answer_period, "give_opinion", "answer_opinion"),
        ("defect", "质量整改", mend_period, "find_defect", "answer_defect"),
    ):
        yield ClockRule(
            kind=KIND,
            name=name,
            title=title,
            period=period,
            since=since_oldest(asked, answered),
            source="U: none stated",
        )
        yield from when(KIND, asked, start=name)
        yield from when(KIND, answered, restart=name, only=waits(asked, answered, some=True))
        yield from when(KIND, answered, stop=name, only=waits(asked, answered, some=False))
