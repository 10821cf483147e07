"""The parameters of the ballot on livelihood projects, each with law and article, place and year, or U where silent."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

import attrs

from renda_core.settings import at_least, setting

Level = Literal["county", "township", "street"]
"""Whose project it is. A street has no congress: its deputies' vote (街道议事代表票选) only advises."""
LEVELS = {"county": "县级", "township": "乡镇", "street": "街道"}
LEAP_YEAR = 2024
"""A year that has every day, so that a window may begin or end on any."""
SOURCES = {"public": "群众", "deputy": "人大代表", "unit": "部门和单位", "opinion": "接待、走访中收到的意见"}
HARD = {
    "fiscal": "以政府财政性资金投入为主",
    "inclusive": "普惠性",
    "welfare": "公益性",
    "goal": "当年可以完成，或有明确可评价的年度阶段性目标",
    "secured": "资金、土地等要素保障基本到位",
    "public_money": "不以社会资本投入为主",
    "own": "不是配合上级、续建或者配套的项目",
}
SOFT = {"balanced": "兼顾区域平衡", "in_year": "当年可以完成"}
REASONS = {
    "higher_budget_cut": "上级资金削减",
    "land": "用地条件变化",
    "plan": "规划或者政策变化",
    "disaster": "自然灾害等不可抗力",
    "demand": "群众需求变化",
    "other": "其他",
}
SEATS = {
    "征集": "政府主办；人大代表联系群众征求；群众、单位提出",
    "初定": "政府筛选、论证；党委研究；县级由人大常委会审议候选项目",
    "审议": "人民代表大会审议；政府说明情况",
    "票决": "人民代表大会票决；监票人、计票人；主席团公告",
    "监督": "政府实施；人大及其常委会（乡镇为主席团）组织代表监督",
    "评估": "人大组织代表、群众评估；政府报告完成情况",
}
"""Who is responsible in each of the six steps, after article 001 and the rules named in :class:`Settings`."""


def _month_day(_: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    try:
        dt.date.fromisoformat(f"{LEAP_YEAR}-{value}")
    except ValueError:
        raise ValueError(f"{attribute.name}: {value!r} is no day of a year; write month and day: 07-01") from None


def _part(_: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    try:
        fits = 0 < Fraction(value) <= 1
    except (ValueError, ZeroDivisionError):
        fits = False
    if not fits:
        raise ValueError(f"{attribute.name}: {value!r} is no part of a whole; write a fraction: 2/3")


@attrs.frozen(kw_only=True)
class Settings:
    """How a place collects, settles, votes on and changes its livelihood projects."""

    call_begins: str = setting(
        "07-01",
        source="重庆, 景洪: in the third quarter; U: its first day",
        title="征集开始",
        unit="month-day",
        validator=_month_day,
    )
    call_ends: str = setting(
        "07-31",
        source="重庆, 景洪: at least 30 days; U: the whole month",
        title="征集截止",
        unit="month-day",
        validator=_month_day,
    )
    call_least: int = setting(
        30, source="重庆, 景洪", title="公开征集最少天数", unit="days", validator=at_least(1), unstated=1
    )
    call_quarter: Literal[0, 1, 2, 3, 4] = setting(
        3, source="重庆, 景洪; 0: any", title="征集开始的季度", unit="quarter", unstated=0
    )
    sources: Mapping[str, str] = setting(
        SOURCES, source="article 001: 广泛征集, 听取代表意见; U: the list", title="征集来源"
    )
    hard: Mapping[str, str] = setting(
        HARD, source="article 001: 以…为主, 应, 一般不宜; 巴南 (2025); U: that these block", title="候选项目必备条件"
    )
    soft: Mapping[str, str] = setting(
        SOFT, source="article 001: 兼顾, 原则上; U: that reasons may outweigh them", title="候选项目一般条件"
    )
    fiscal_share: str = setting(
        "1/2", source="U: 为主 read as more than half", title="财政性资金占比须超过", unit="share", validator=_part
    )
    committee_review: frozenset[Level] = setting(
        frozenset({"county"}),
        source="浙江 重大事项规定 (2018) 4",
        title="须经常委会审议候选项目的层级",
        unstated=frozenset(),
    )
    parts_per_ballot: int = setting(
        1,
        source="U: one matter, one place: a project split in parts must not win twice",
        title="同一项目拆分后可同时参加票决的部分数",
        unit="parts",
        validator=at_least(1),
    )
    quorum: str = setting("2/3", source="组织法 14", title="到会代表不少于全体代表的", unit="share", validator=_part)
    passing: str = setting(
        "1/2",
        source="组织法 25; 浙江 township 22: more than half of all deputies",
        title="通过须超过全体代表的",
        unit="share",
        validator=_part,
    )
    surplus: str = setting(
        "1/5",
        source="U; seen: 12 for 10 (20 %), 35 for 28 (25 %), 15 for 12, 20 for 10, 2 for 1",
        title="差额不少于应选数的",
        unit="share",
        validator=_part,
    )
    modes: frozenset[Literal["choose", "each", "rank"]] = setting(
        frozenset({"choose"}), source="U: choose; each: 陕西 (draft); rank: 力洋镇", title="可采用的票决方式"
    )
    hands: frozenset[Level] = setting(
        frozenset(), source="U: none; townships: 浙江 22", title="可以举手表决的层级", unstated=frozenset()
    )
    tie: Literal["again", "vacant", "refuse"] = setting("again", source="组织法 29, by analogy", title="末位得票相等")
    short: Literal["vacant", "again"] = setting(
        "vacant", source="组织法 29, by analogy; again: a second round", title="通过数不足应选数"
    )
    blank: Literal["valid", "void"] = setting("valid", source="U: a blank paper abstains from all", title="空白票")
    announced_by: frozenset[Literal["presidium", "congress", "office"]] = setting(
        frozenset({"presidium"}), source="陕西 (2025): 主席团 alone", title="票决结果由谁宣布"
    )
    adjusted_by: Mapping[Literal["county", "township"], Literal["committee", "congress"]] = setting(
        {"county": "committee", "township": "congress"},
        source="陕西 (2025) 18",
        title="票决后调整由谁决定",
    )
    adjustment_reasons: Mapping[str, str] = setting(REASONS, source="U: the list", title="票决后调整的原因")
    seats: Mapping[str, str] = setting(
        SEATS, source="article 001: 三个阶段六个环节, in our own words", title="六个环节的责任主体"
    )

    def __attrs_post_init__(self) -> None:
        """Refuse a window that its own rule does not allow, and one item in both lists.

        Raises:
            ValueError: Naming the numbers.
        """
        first, last = self.window(LEAP_YEAR)
        if (days := (last - first).days + 1) < self.call_least:
            raise ValueError(
                f"call_begins {self.call_begins} to call_ends {self.call_ends} are {days} days, "
                f"call_least asks for {self.call_least}"
            )
        if self.call_quarter and (first.month + 2) // 3 != self.call_quarter:
            raise ValueError(f"call_begins {self.call_begins} is not in quarter {self.call_quarter} (call_quarter)")
        if both := sorted(self.hard.keys() & self.soft.keys()):
            raise ValueError(f"hard and soft both list {', '.join(both)}")

    @property
    def conditions(self) -> Mapping[str, str]:
        """Every condition of a candidate, hard and soft."""
        return {**self.hard, **self.soft}

    def window(self, year: int) -> tuple[dt.date, dt.date]:
        """Give the first and the last day of a year's call; 29 February in a common year is its 28th."""
        return _day(year, self.call_begins), _day(year, self.call_ends)


def _day(year: int, text: str) -> dt.date:
    month, day = (int(part) for part in text.split("-"))
    try:
        return dt.date(year, month, day)
    except ValueError:
        return dt.date(year, month, day - 1)
