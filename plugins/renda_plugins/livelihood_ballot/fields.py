"""What people hand in about a livelihood project (民生实事项目): the proposal, and what each step says of it.

Money is in fen, whole numbers only.
"""

import datetime as dt
from typing import Any, Literal

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.errors import Invalid
from renda_plugins.livelihood_ballot.settings import LEVELS, Level

KIND = "livelihood_project"
Change = Literal["changed", "suspended", "terminated"]
"""What an adjustment asks for: another content, sum, site or time; a stop for a while (暂缓); an end (终止)."""
CHANGES = {"changed": "调整", "suspended": "暂缓", "terminated": "终止"}
BODIES = {"committee": "人大常委会", "congress": "人民代表大会", "presidium": "主席团"}


def some(_: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse nothing, and blanks in its place."""
    if not (value.strip() if isinstance(value, str) else value):
        raise Invalid(f"{attribute.name}: say something", field=attribute.name)


def fen(_: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Refuse a sum that is no whole number of fen above nothing."""
    if type(value) is not int or value <= 0:
        raise Invalid(
            f"{attribute.name}: {value!r} is no sum; write whole fen, 12 万元 = 120000000", field=attribute.name
        )


def count(_: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Refuse a number that counts nothing."""
    if type(value) is not int or value < 0:
        raise Invalid(f"{attribute.name}: {value!r} counts nothing", field=attribute.name)


@attrs.frozen(kw_only=True)
class Proposal:
    """What is proposed; the case's title is the project's name.

    Attributes:
        congress: Id of the congress that votes on it; empty where none keeps its roll here, and for streets.
        source: One of the place's sources, e.g. ``public``.
        proposer: Who proposed it, as the paper says; whoever has an account is a party of the case as well.
        investment: An estimate; of a part (拆分) its share of the whole. 0 where nobody has estimated.
    """

    text: str = titled("内容", validator=some)
    level: Level = titled("层级", choices=LEVELS)
    year: int = titled("实施年度")
    congress: str = titled("所属人大", default="")
    source: str = titled("来源", default="public", choices="sources")
    proposer: str = titled("提出人", default="")
    area: str = titled("区域", default="")
    beneficiaries: int = titled("受益人数", default=0, validator=count)
    investment: int = titled("估算投资（分）", default=0, validator=count)


@attrs.frozen(kw_only=True)
class Fund:
    """One source of a project's money; *fiscal* is the government's own (财政性资金)."""

    source: str = titled("资金来源", validator=some)
    amount: int = titled("金额（分）", validator=fen)
    fiscal: bool = titled("财政性资金", default=True)


@attrs.frozen(kw_only=True)
class Judged:
    """One item of the checklist: whether it is met, and why."""

    item: str = titled("条件", choices="conditions")
    met: bool = titled("符合")
    why: str = titled("理由", validator=some)


@attrs.frozen(kw_only=True)
class Argument:
    """What the argument (论证) found: the project as it may be voted on, and every condition judged.

    Raises:
        Invalid: The funds are not the investment, or it ends before it begins.
    """

    content: str = titled("建设内容", validator=some)
    investment: int = titled("总投资（分）", validator=fen)
    funds: tuple[Fund, ...] = titled("资金构成", validator=some)
    site: str = titled("实施地点", validator=some)
    begins_on: dt.date = titled("开工日期")
    ends_on: dt.date = titled("完成日期")
    goal: str = titled("年度目标", validator=some)
    lead_unit: str = titled("牵头单位", validator=some)
    judged: tuple[Judged, ...] = titled("条件逐项审查", validator=some)
    experts: tuple[str, ...] = titled("论证人员", default=())
    opinion: str = titled("论证意见", default="")

    def __attrs_post_init__(self) -> None:
        if (told := sum(f.amount for f in self.funds)) != self.investment:
            raise Invalid(f"funds: they are {told} fen, the investment is {self.investment}", field="funds")
        if self.ends_on < self.begins_on:
            raise Invalid(f"ends_on: {self.ends_on} lies before {self.begins_on}", field="ends_on")


@attrs.frozen(kw_only=True)
class Part:
    """One part of a project that is split: its name, and its share of the money."""

    name: str = titled("名称", validator=some)
    text: str = titled("内容", validator=some)
    investment: int = titled("投资（分）", validator=fen)


@attrs.frozen(kw_only=True)
class Division:
    """How a project is split (拆分)."""

    parts: tuple[Part, ...] = titled("各部分")


@attrs.frozen(kw_only=True)
class Review:
    """What a body that reviews decided: the document, and its opinion."""

    document: str = titled("文号或会议", validator=some)
    opinion: str = titled("意见", default="")


@attrs.frozen(kw_only=True)
class Submission:
    """With what the government submits (提请) a candidate, and to which meeting."""

    session: str = titled("会议", validator=some)
    document: str = titled("议案文号", default="")


@attrs.frozen(kw_only=True)
class Deliberation:
    """What the deputies said of a candidate before they voted (审议)."""

    opinions: str = titled("审议意见", validator=some)
    delegations: tuple[str, ...] = titled("审议的代表团", default=())


@attrs.frozen(kw_only=True)
class Announcement:
    """The presidium's announcement (公告)."""

    document: str = titled("公告文号", validator=some)


@attrs.frozen(kw_only=True)
class Milestone:
    """What is to be reached by when, and by whom."""

    by: dt.date = titled("时间")
    what: str = titled("节点", validator=some)
    who: str = titled("责任人", default="")


@attrs.frozen(kw_only=True)
class Duty:
    """Who answers for a decided project (责任书), and its way to the end (路线图).

    Attributes:
        answers_for: What follows when it is not kept, as the place has it.
    """

    leader: str = titled("责任领导", validator=some)
    lead_unit: str = titled("牵头单位", validator=some)
    units: tuple[str, ...] = titled("配合单位", default=())
    duties: str = titled("职责", validator=some)
    supervisors: tuple[str, ...] = titled("监督代表", default=())
    answers_for: str = titled("责任追究", default="")
    milestones: tuple[Milestone, ...] = titled("时间节点", validator=some)


@attrs.frozen(kw_only=True)
class Supervision:
    """What those who supervise found."""

    finding: str = titled("监督情况", validator=some)
    how: str = titled("监督方式", default="")


@attrs.frozen(kw_only=True)
class Completion:
    """What was reached, and what it cost."""

    result: str = titled("完成情况", validator=some)
    spent: int = titled("实际投资（分）", validator=fen)


@attrs.frozen(kw_only=True)
class Adjustment:
    """What the government asks to change in a project that was voted, why, and of whom.

    Attributes:
        reason: One of the place's reasons, e.g. ``higher_budget_cut``.
        of: Whom it asks; only one body may decide.
        replacement: The project that would take its place (调换), if one would.
    """

    change: Change = titled("调整类型", choices=CHANGES)
    reason: str = titled("原因", choices="adjustment_reasons")
    of: Literal["committee", "congress", "presidium"] = titled("提请机关", choices=BODIES)
    text: str = titled("调整内容", validator=some)
    replacement: str = titled("调换为", default="")
    investment: int = titled("调整后投资（分）", default=0, validator=count)


def argued(case: Case) -> Argument | None:
    """Give the project as it was argued last: what is voted on."""
    return next((said for _, said in reversed(tuple(case.said(Argument)))), None)


def said_last(case: Case, step: str) -> Act | None:
    """Give the last act of a step."""
    return next(iter(reversed(case.took(step))), None)
