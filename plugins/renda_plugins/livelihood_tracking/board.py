"""The board of livelihood projects: each beside its plan, and all of them together with their weights."""

import datetime as dt
from fractions import Fraction
from typing import Any

import attrs

from renda_core.domain.case import Case
from renda_core.domain.rates import Rate
from renda_core.records import Context, Desk
from renda_plugins.livelihood_tracking.progress import Weighed, actual, mean, money, points, target
from renda_plugins.livelihood_tracking.project import (
    KIND,
    WHOLE,
    Inspection,
    Plan,
    Progress,
    Tracked,
    as_planned,
    plan_of,
    reports,
    unanswered,
)
from renda_plugins.livelihood_tracking.steps import GRADED, PACE, QUALITY, STATES

STOPPED = frozenset({"terminated", "suspended"})
"""What stands outside the county's total: nobody works on it."""


@attrs.frozen(kw_only=True)
class QuarterLine:
    """One quarter of a project: planned and actual progress in hundredths of a percent, money in fen."""

    quarter: int
    planned: int
    actual: int | None
    planned_money: int
    money: int | None
    problem: str


@attrs.frozen(kw_only=True)
class ProjectLine:
    """One project.

    Attributes:
        weight: Its weight in the county's total; 0 for what is suspended or terminated.
        progress: Actual, in hundredths of a percent, of the last quarter reported; *planned* for that quarter.
        money: Done of what was planned for that quarter; more than 100 % may be.
        defects, opinions: Without an answer yet.
        finished: Whether it was finished (完成); one that was graded unfinished was not.
    """

    case: str
    number: str
    title: str
    year: int
    source: str
    state: str
    pace: str
    quality: str
    grade: str
    weight: int
    quarter: int
    planned: int
    progress: int
    money: Rate | None
    quarters: tuple[QuarterLine, ...]
    defects: int
    opinions: int
    inspections: int
    last_inspection: dt.date | None
    finished: bool


@attrs.frozen(kw_only=True)
class Total:
    """All projects of a year together.

    Attributes:
        weigh_by: By what they are weighed: ``equal``, ``investment`` or ``stated``.
        progress: The mean of their progress by those weights, in hundredths of a percent; None where nothing weighs.
        unreported: Projects that count as nothing done because nothing is reported.
    """

    year: int
    projects: int
    stopped: int
    behind: int
    unreported: int
    weigh_by: str
    weights: int
    progress: int | None
    finished: Rate
    money: Rate


@attrs.frozen(kw_only=True)
class Board:
    """Projects by year, the newest first, and by number within it."""

    totals: tuple[Total, ...]
    projects: tuple[ProjectLine, ...]


async def board(context: Context[Any], desk: Desk) -> Board:
    """Show every tracked project, what it lacks, and each year's total."""
    cases = await desk.cases(KIND, "track")
    lines = sorted((_line(case, context.settings.weigh_by) for case in cases), key=lambda a: (-a.year, a.number))
    years = sorted({line.year for line in lines}, reverse=True)
    return Board(
        totals=tuple(_total(year, [a for a in lines if a.year == year], context.settings.weigh_by) for year in years),
        projects=tuple(lines),
    )


def _line(case: Case, weigh_by: str) -> ProjectLine:
    body, plan, told = case.body_as(Tracked), plan_of(case), reports(case)
    plans = as_planned(case)
    quarters = tuple(_quarter(plan, plans, told, t.quarter) for t in plan.targets) if plan else ()
    last = max(told, default=0)
    now = next((q for q in quarters if q.quarter == last), None)
    state = case.states.get("main", "tracked")
    weight = {"equal": 1, "investment": body.investment, "stated": body.weight}[weigh_by]
    inspections = [act.on for act, _ in case.said(Inspection)]
    return ProjectLine(
        case=case.id,
        number=case.number,
        title=case.title,
        year=body.year,
        source={"voted": "票决项目", "listed": "惠民实事"}[body.source],
        state=STATES[state],
        pace=PACE[case.states.get("pace", "unreported")],
        quality=QUALITY[case.states.get("quality", "none")],
        grade=GRADED[case.states.get("grading", "ungraded")],
        weight=0 if state in STOPPED else weight,
        quarter=last,
        planned=now.planned if now else 0,
        progress=(now.actual or 0) if now else 0,
        money=money([now.planned_money], [now.money or 0]) if now else None,
        quarters=quarters,
        defects=len(tuple(unanswered(case, "find_defect", "answer_defect"))),
        opinions=len(tuple(unanswered(case, "give_opinion", "answer_opinion"))),
        inspections=len(inspections),
        last_inspection=max(inspections, default=None),
        finished=bool(case.took("finish")),
    )


def _quarter(plan: Plan, plans: dict[int, Plan], told: dict[int, Progress], quarter: int) -> QuarterLine:
    planned, said = target(plan, quarter), told.get(quarter)
    return QuarterLine(
        quarter=quarter,
        planned=planned.progress if planned else 0,
        actual=points(actual(plans[quarter], said)) if said else None,
        planned_money=planned.money if planned else 0,
        money=said.money if said else None,
        problem=said.problem if said else "",
    )


def _total(year: int, lines: list[ProjectLine], weigh_by: str) -> Total:
    under_way = [a for a in lines if a.state not in {STATES[s] for s in STOPPED}]
    reached = mean([Weighed(weight=a.weight, share=Fraction(a.progress, WHOLE)) for a in under_way])
    paid = [a.money for a in under_way if a.money is not None]
    return Total(
        year=year,
        projects=len(lines),
        stopped=len(lines) - len(under_way),
        behind=sum(a.pace == PACE["behind"] for a in under_way),
        unreported=sum(not a.quarter for a in under_way),
        weigh_by=weigh_by,
        weights=sum(a.weight for a in under_way),
        progress=None if reached is None else points(reached),
        finished=Rate(hits=sum(a.finished for a in lines), base=len(lines), of="列入跟踪的项目"),
        money=money((m.base for m in paid), (m.hits for m in paid)),
    )
