"""What people hand in about a tracked project (跟踪监督项目): its plan, each quarter's progress, and what is found.

Money is in fen and progress in hundredths of a percent, whole numbers only: 33.5 % is 3350.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.errors import Invalid

KIND = "tracked_project"
WHOLE = 10_000
"""All of it, in hundredths of a percent."""
QUARTERS = (1, 2, 3, 4)
Rollup = Literal["stated", "mean", "sum"]
"""How a project's progress follows from its parts: stated as a whole; the parts' mean by their weights; or the sum
of what was done over the sum of what was planned, where all parts are counted in one unit."""
Weighing = Literal["equal", "investment", "stated"]


def some(_: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse nothing, and blanks in its place."""
    if not (value.strip() if isinstance(value, str) else value):
        raise Invalid(f"{attribute.name}: say something", field=attribute.name)


def whole(_: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Refuse what is no whole number from 0 on."""
    if type(value) is not int or value < 0:
        raise Invalid(f"{attribute.name}: {value!r} is no whole number from 0 on", field=attribute.name)


def progress(_: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Refuse what is no progress from nothing to the whole."""
    if type(value) is not int or not 0 <= value <= WHOLE:
        told = f"{attribute.name}: {value!r} is no progress; write hundredths of a percent, 0 to {WHOLE}: 33.5 % = 3350"
        raise Invalid(told, field=attribute.name)


@attrs.frozen(kw_only=True)
class Tracked:
    """A project under supervision in one year; the case's title is its name.

    Attributes:
        source: Where it comes from: 票决项目 that the congress voted, or 惠民实事 of the government's own list.
        weight: Its part in the county's total where the place weighs by what is stated.
    """

    year: int = titled("年度", validator=whole)
    source: Literal["voted", "listed"] = titled("来源", default="listed")
    content: str = titled("建设内容", default="")
    lead_unit: str = titled("牵头单位", default="")
    investment: int = titled("总投资（分）", default=0, validator=whole)
    weight: int = titled("权重", default=1, validator=whole)


@attrs.frozen(kw_only=True)
class Part:
    """One part of a project (分项): how much of what is planned, and its weight in the project's progress."""

    name: str = titled("分项", validator=some)
    planned: int = titled("计划量", validator=whole)
    unit: str = titled("单位", default="")
    weight: int = titled("权重", default=1, validator=whole)


@attrs.frozen(kw_only=True)
class Target:
    """What is to be reached by the end of a quarter, counted from the year's beginning."""

    quarter: Literal[1, 2, 3, 4] = titled("季度")
    progress: int = titled("计划进度（0.01 %）", validator=progress)
    money: int = titled("计划完成投资（分）", default=0, validator=whole)


@attrs.frozen(kw_only=True)
class Plan:
    """The year's plan by quarter; a project of several years plans this year's stage (年度阶段性目标).

    Raises:
        Invalid: A quarter is missing, twice or out of order, the plan goes back, or the parts cannot be added up.
    """

    targets: tuple[Target, ...] = titled("分季度目标")
    goal: str = titled("年度目标", validator=some)
    parts: tuple[Part, ...] = titled("分项", default=())
    rollup: Rollup = titled("进度合成方式", default="stated")

    def __attrs_post_init__(self) -> None:
        told = tuple(t.quarter for t in self.targets)
        if not told or told != QUARTERS[QUARTERS.index(told[0]) :]:
            raise Invalid(f"targets: quarters {told} are not those from one quarter to the fourth", field="targets")
        for name in ("progress", "money"):
            values = [getattr(t, name) for t in self.targets]
            if values != sorted(values):
                raise Invalid(f"targets: {name} goes back from one quarter to the next: {values}", field="targets")
        if (self.rollup == "stated") != (not self.parts):
            raise Invalid(f"rollup: {self.rollup} does not fit {len(self.parts)} parts", field="rollup")
        if self.rollup == "mean" and not sum(p.weight for p in self.parts):
            raise Invalid("parts: they weigh nothing together", field="parts")
        if self.parts and not all(p.planned for p in self.parts):
            raise Invalid("parts: one of them plans nothing", field="parts")
        if self.rollup == "sum" and len({p.unit for p in self.parts}) > 1:
            raise Invalid("parts: what is counted in several units has no sum; use the mean", field="parts")


@attrs.frozen(kw_only=True)
class Progress:
    """What had been reached by the end of a quarter, counted from the year's beginning.

    Attributes:
        done: What each part had done, in the order of the plan; then *progress* follows and is not stated.
    """

    quarter: Literal[1, 2, 3, 4] = titled("季度")
    money: int = titled("实际完成投资（分）", validator=whole)
    progress: int | None = titled("实际进度（0.01 %）", default=None, validator=attrs.validators.optional(progress))
    done: tuple[int, ...] = titled("各分项完成量", default=())
    problem: str = titled("存在问题", default="")
    next: str = titled("下步措施", default="")


@attrs.frozen(kw_only=True)
class Decision:
    """The decision by which a plan changes or a project stops: of whom, and its document."""

    body: Literal["committee", "congress", "government"] = titled("决定机关")
    document: str = titled("文号或会议", validator=some)


@attrs.frozen(kw_only=True)
class Change:
    """A new plan for the rest of the year, and the decision that allows it."""

    plan: Plan = titled("调整后计划")
    decision: Decision = titled("调整依据")


@attrs.frozen(kw_only=True)
class Defect:
    """A finding on quality (质量问题)."""

    finding: str = titled("质量问题", validator=some)
    place: str = titled("部位", default="")
    grave: bool = titled("严重", default=False)


@attrs.frozen(kw_only=True)
class Inspection:
    """An inspection of the site by deputies (视察、检查)."""

    found: str = titled("视察情况", validator=some)
    people: tuple[str, ...] = titled("参加人员", default=())
    how: str = titled("方式", default="")


@attrs.frozen(kw_only=True)
class Opinion:
    """What a deputy, or a citizen through one, says of the project."""

    text: str = titled("意见", validator=some)
    said_by: str = titled("提出人", default="")


@attrs.frozen(kw_only=True)
class Answer:
    """An answer to one opinion or one finding, by its place among them, from 1."""

    to: int = titled("答复第几条", validator=attrs.validators.ge(1))
    text: str = titled("答复", validator=some)


@attrs.frozen(kw_only=True)
class Completion:
    """What was reached at the end, and what it cost."""

    result: str = titled("完成情况", validator=some)
    spent: int = titled("实际投资（分）", validator=whole)


def plan_of(case: Case) -> Plan | None:
    """Give the plan in force: the first, or as it was changed last."""
    found: Plan | None = None
    for act in case.acts:
        if isinstance(act.payload, Plan):
            found = act.payload
        elif isinstance(act.payload, Change):
            found = act.payload.plan
    return found


def reports(case: Case) -> dict[int, Progress]:
    """Give what was reported last for each quarter, in order of quarters."""
    told = {said.quarter: said for _, said in case.said(Progress)}
    return dict(sorted(told.items()))


def as_planned(case: Case) -> dict[int, Plan]:
    """Give the plan that was in force when each quarter was reported last: a later one may have other parts."""
    found: dict[int, Plan] = {}
    plan: Plan | None = None
    for act in case.acts:
        if isinstance(act.payload, Plan):
            plan = act.payload
        elif isinstance(act.payload, Change):
            plan = act.payload.plan
        elif isinstance(act.payload, Progress) and plan is not None:
            found[act.payload.quarter] = plan
    return found


def ends(year: int, quarter: int) -> dt.date:
    """Give the last day of a quarter."""
    first_after = dt.date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return first_after - dt.timedelta(days=1)


def next_quarter(case: Case) -> int:
    """Give the quarter that is to be reported next; 0 once the fourth is, or while there is no plan."""
    plan, told = plan_of(case), reports(case)
    if plan is None:
        return 0
    left = (q for q in (t.quarter for t in plan.targets) if q > max(told, default=0))
    return next(left, 0)


def said(case: Case, step: str) -> tuple[tuple[Act, Any], ...]:
    """List the acts of a step with what they say, oldest first."""
    return tuple((act, act.payload) for act in case.took(step))


def unanswered(case: Case, asked: str, answered: str) -> Iterator[tuple[int, Act]]:
    """Give the opinions or findings without an answer, each by its place from 1."""
    told = {payload.to for _, payload in said(case, answered)}
    return ((n, act) for n, (act, _) in enumerate(said(case, asked), 1) if n not in told)
