"""The parameters of tracking, each with its source, or U where the sources are silent."""

from typing import Any, Literal

import attrs

from renda_core.domain.calendar import Period
from renda_core.settings import at_least, setting
from renda_plugins.livelihood_tracking.project import Weighing


def _not_negative(_: object, attribute: "attrs.Attribute[Any]", value: Period) -> None:
    if value.n < 0:
        raise ValueError(f"{attribute.name} must not be negative")


@attrs.frozen(kw_only=True)
class Settings:
    """How a place tracks its livelihood projects and grades them at the year's end."""

    report_within: int = setting(
        10,
        source="U: quarterly reports are usual, no text gives a day",
        title="季度报告期限",
        unit="days after the quarter",
        validator=at_least(0),
    )
    reports_after_quarter: bool = setting(True, source="U", title="季度结束后方可填报")
    tolerance: int = setting(
        1_000,
        source="U: no text says how far behind is behind",
        title="允许落后",
        unit="hundredths of a percentage point",
        validator=at_least(0),
    )
    weigh_by: Weighing = setting("equal", source="U: one project counts as another", title="汇总权重")
    answer_within: Period = setting(
        Period(1, "month"), source="U: none is stated", title="意见答复期限", validator=_not_negative
    )
    mend_within: Period = setting(
        Period(1, "month"), source="U: none is stated", title="质量问题整改期限", validator=_not_negative
    )
    adjusted_by: Literal["committee", "congress"] = setting(
        "committee",
        source="陕西 (2025) 18: counties the standing committee, townships the congress",
        title="票决项目计划由谁决定调整",
    )
    grading_share: str = setting(
        "1/2", source="镇海", title="测评等次所需比例", validator=attrs.validators.matches_re("[1-9]/[1-9]")
    )
    half_counts_as: Literal["pass", "fail"] = setting(
        "pass",
        source="镇海: ≥ ½ passes; its own note counts exactly half as 不满意, so a place must say which",
        title="恰好半数",
    )
    grading_base: Literal["incumbent", "present", "valid"] = setting(
        "incumbent", source="镇海: all members", title="测评基数"
    )
    abstention: bool = setting(False, source="龙游: 弃权 is a fourth answer; others have none", title="测评设弃权项")
    grading_quorum: str = setting(
        "1/2",
        source="组织法 51: a standing committee meets with more than half; U: for other meetings",
        title="测评会议到会须超过",
        validator=attrs.validators.matches_re("[1-9]/[1-9]"),
    )
