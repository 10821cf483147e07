"""Chinese words of papers: titles that no field or role brings along, values as people read them, deadlines."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

import attrs

from renda_core.domain.fields import TITLE, choices_of

HANDLING = {"sole": "独办", "lead": "主办", "joint": "会办", "separate": "分办"}
CLOCKS = {"running": "进行中", "paused": "已中止", "stopped": "已停止"}
PARTIES = {
    "proposer": "领衔代表",
    "cosigner": "附议代表",
    "receiver": "接待代表",
    "promiser": "承诺单位",
    "asker": "提出人",
}
RELATIONS = {
    "merged_into": "并入",
    "became": "转为",
    "from_opinion": "来自群众意见",
    "promised_in": "承诺所在",
    "part_of": "拆分自",
}
STEPS = {"override": "越程序变更", "erase": "删除个人信息", "closed": "结案"}
"""What happens to a case beside its procedure's own steps."""
FIELDS = {
    "text": "内容",
    "session": "会议",
    "in_session": "大会期间提出",
    "subject": "类别",
    "delegation": "代表团",
    "by_delegation": "代表团提出",
    "hard": "涉及面广、处理难度大",
    "matters": "事项数",
    "preferred_unit": "希望承办单位",
    "secrecy": "不公开原因",
    "confidential": "涉密",
    "joins": "附议",
    "reason": "理由",
    "promises": "承诺事项",
    "open": "同意公开",
    "how": "方式",
    "of": "评价人",
    "due": "期限",
    "unit": "单位",
}
"""Titles of fields that their classes leave untitled."""
UNITS = {"day": "日", "workday": "个工作日", "month": "个月"}
DONE = {
    "start": "起算",
    "restart": "重新起算",
    "pause": "中止",
    "resume": "恢复",
    "extend": "延长",
    "stop": "停止",
}
RESTS = {"statutory days only": "只按法定节日计算", "weekends only": "只按周末计算"}
PHRASES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"(\d+) (day|workday|month)s? left", lambda m: f"剩余 {m[1]} {UNITS[m[2]]}"),
    (r"(\d+) (day|workday|month)s?\b", lambda m: f"{m[1]} {UNITS[m[2]]}"),
    (r" from (\d{4}-\d\d-\d\d)", lambda m: f"（自 {m[1]} 起算）"),
    (r"^(\S+) is a day off, so (\S+)$", lambda m: f"{m[1]} 为休息日，顺延至 {m[2]}"),
    (
        r"^(\d+) has no official holiday table: provisional \((.*)\)$",
        lambda m: f"{m[1]} 年节假日安排尚未公布，暂定（{RESTS.get(m[2], m[2])}）",
    ),
    (r"gives no time back", lambda m: "中止的时间不顺延"),
    (r"does not move a date that is counted back", lambda m: "倒数的日期不变"),
    (r"after (\S+) had passed", lambda m: f"此前 {m[1]} 已到期"),
)
_BEGINS = re.compile(r"^(\d{4}-\d\d-\d\d) (start|restart|pause|resume|extend|stop)\b")
_REASON = re.compile(r"\(([A-Za-z_.:]+)(?=[ ),;])")


def in_chinese(line: str, titles: Mapping[str, str]) -> str:
    """Say one line of an explanation in Chinese; what it does not know it leaves as it is.

    Args:
        titles: Chinese titles of steps by name, for the step that moved the clock.
    """
    said = _BEGINS.sub(lambda m: f"{m[1]} {DONE[m[2]]}", line)
    for pattern, put in PHRASES:
        said = re.sub(pattern, put, said)
    said = _REASON.sub(lambda m: f"({titles.get(m[1]) or STEPS.get(m[1], m[1])}", said)
    return said.replace("; ", "；").replace(" (", "（").replace("(", "（").replace(")", "）")


def declared(cls: type | None) -> dict[str, attrs.Attribute[Any]]:
    """Give the fields of a body or payload by name, with their types where those can be read."""
    if cls is None or not attrs.has(cls):
        return {}
    try:
        attrs.resolve_types(cls)
    except NameError:  # a type that its own module does not know says nothing of what is in it
        return dict(attrs.fields_dict(cls))
    return dict(attrs.fields_dict(cls))


def renamed(value: Any, field: attrs.Attribute[Any] | None, settings: object) -> Any:
    """Give what a field holds with keys and choices in Chinese, as its class and the place's settings title them.

    Args:
        settings: Of the practice that offers the class.
    """
    if field is None:
        return value
    if isinstance(value, tuple | list):
        return tuple(renamed(part, field, settings) for part in value)
    if isinstance(value, str):
        choice = choices_of(field, settings).get(value)
        # a place's own code is told with its title; one of ours, a plain English word, is nobody's to read
        return value if choice is None else choice if value.islower() else f"{value}（{choice}）"
    if not isinstance(value, Mapping):
        return value
    classes = (c for c in (field.type, *get_args(field.type)) if isinstance(c, type))
    fields = next((found for found in map(declared, classes) if found.keys() >= value.keys()), {})
    parts = {k: renamed(v, fields[k], settings) for k, v in value.items()} if fields else value
    return {fields[k].metadata.get(TITLE) or FIELDS.get(k, k) if fields else k: v for k, v in parts.items()}


def told(value: Any, names: Mapping[str, str]) -> str:
    """Write a value as people read it: names for ids, 是 and 否, dates, several values with 、 between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        parts = ((FIELDS.get(str(key), str(key)), told(part, names)) for key, part in value.items())
        return "，".join(f"{title} {text}" for title, text in parts if text)
    if isinstance(value, tuple | list | frozenset | set):
        return "、".join(
            told(v, names) for v in (sorted(value, key=str) if isinstance(value, frozenset | set) else value)
        )
    return names.get(str(value), str(value))
