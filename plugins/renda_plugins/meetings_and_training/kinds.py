"""What events there are (活动形式), in which capacity people come, and which kinds of duty records follow."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from renda_core.domain.duty import BESIDE
from renda_core.records import RecordKind

KIND, INVITED = "event", "invited"
Form = Literal[
    "session",
    "committee_meeting",
    "group_activity",
    "training",
    "inspection",
    "law_inspection",
    "research",
    "activity",
]
FORMS: Mapping[str, str] = {
    "session": "人民代表大会会议",
    "committee_meeting": "常务委员会会议",
    "group_activity": "代表小组活动",
    "training": "学习培训",
    "inspection": "视察",
    "law_inspection": "执法检查",
    "research": "调研",
    "activity": "其他活动",
}
MEETINGS = frozenset({"session", "committee_meeting"})
"""Forms of one congress's own: who attends does so in the mandate held there, and leave and absence count there."""
Role = Literal["attend", "sit_in"]
ROLES: Mapping[str, str] = {"attend": "出席（参加）", "sit_in": "列席"}
SIT_IN, LEAVE, ABSENCE = "sit_in", "leave", "absence"
TENTH = 10
"""Hours of training (学时) are counted in tenths, so that they stay whole numbers: 15 are one and a half."""
HALVES = {"halves": "半天数"}
MISSED = {
    **HALVES,
    "session": "人民代表大会会议",
    "committee": "常务委员会会议",
    "whole": "全程未到",
    BESIDE: "同次活动另有记录",
}
"""Facts of leave and absence: whose meeting it was, whether nothing of it was attended, and whether attendance or an
absence stands beside, each 1 where it holds.
Source: 代表法 62 (3) speaks of sessions (本级人民代表大会会议) alone."""
TAKEN: Mapping[str, str] = {
    "session": "出席人代会会议",
    "committee_meeting": "出席常委会会议",
    "sit_in": "列席会议",
    "group_activity": "代表小组活动",
    "training": "学习培训",
    "inspection": "视察",
    "law_inspection": "执法检查",
    "research": "调研",
    "activity": "其他活动",
}
"""Kinds of records of those who came, in the order in which pages list them."""


def kind_of(form: str, role: str) -> str:
    """Tell which kind of record somebody has who came."""
    return SIT_IN if role == SIT_IN else form


def kinds() -> Iterator[RecordKind]:
    """Offer the kinds of records. Source: 道外 (article 004) names sessions, group activities, training and visits."""
    for name, title in TAKEN.items():
        own_meeting = name in (*MEETINGS, SIT_IN)
        yield RecordKind(
            name=name,
            title=title,
            book="duty" if own_meeting else "activity",
            measures={**HALVES, "hours": "学时（十分之一）"} if name == "training" else HALVES,
            part="taken",
            own=not own_meeting,
        )
    yield RecordKind(name="visit", title="走访选民", book="reception", measures={"people": "走访人次"})
    missed: dict[str, Any] = {"measures": MISSED, "signs": set(MISSED) - set(HALVES), "part": "missed", "own": False}
    yield RecordKind(name=LEAVE, title="请假", unit="半天", **missed)
    yield RecordKind(name=ABSENCE, title="未经批准缺席", by_hand=False, **missed)
