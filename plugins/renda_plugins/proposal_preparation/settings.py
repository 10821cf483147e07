"""When deputies are reminded, and which of the four steps a suggestion needs."""

from typing import Literal

import attrs

from renda_core.domain.calendar import Period
from renda_core.settings import setting

Preparing = Literal["inspect", "study", "put", "revise"]
FOUR: tuple[Preparing, ...] = ("inspect", "study", "put", "revise")
TEXT = (
    "请做好代表建议的准备：回访原选举单位和选民，掌握社情民意（察）；深入调查研究，提炼共性、普遍性问题（调）；"
    "从健全法规制度、完善政策举措的角度提出意见建议（提）；与代表工作机构和相关职能部门商议修改（改）。"
)


@attrs.frozen(kw_only=True)
class Settings:
    """How a place prepares for the session; a span of 0: no reminder."""

    remind_before: Period = setting(
        Period(1, "month"), source="咸宁 (article 003): 会议前一个月", title="会前提醒提前量"
    )
    reminder: str = setting(TEXT, source="咸宁 (article 003), in our own words", title="提醒内容")
    required: frozenset[Preparing] = setting(
        frozenset(FOUR), source="咸宁 (article 003): 四步法", title="提交前必须完成的步骤"
    )
