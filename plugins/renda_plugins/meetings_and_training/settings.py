"""The parameters of meetings, invitations and training, each with its source, or U where the sources are silent."""

from collections.abc import Iterable
from typing import Any

import attrs

from renda_core.domain.standards import CODE
from renda_core.settings import at_least, setting

SILENT = "U: no source states one"
MOST_DUTIES = 50
"""Lines of one list of duties: more is no list that anybody reads."""
MOST_TIMES = 1_000


def _some(_: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{attribute.name}: write some text, not {value!r}")


def _names(value: Any) -> tuple[str, ...]:
    found = tuple(value.split()) if isinstance(value, str) else tuple(value)
    if not found or not all(isinstance(name, str) and name.strip() for name in found):
        raise ValueError(f"kinds: name at least one kind of duty records, not {value!r}")
    return found


@attrs.frozen(kw_only=True)
class Duty:
    """One line of the list of duties (履职任务): what every deputy does so many times a year.

    Attributes:
        code: Stays the same when the words change.
        kinds: Kinds of duty records that count for it; each record counts its quantity.

    Raises:
        ValueError: A field makes no sense.
    """

    code: str = attrs.field(validator=attrs.validators.matches_re(CODE))
    title: str = attrs.field(validator=_some)
    kinds: tuple[str, ...] = attrs.field(converter=_names)
    times: int = attrs.field(default=1, validator=attrs.validators.instance_of(int))
    source: str = ""

    def __attrs_post_init__(self) -> None:
        if type(self.times) is not int or not 1 <= self.times <= MOST_TIMES:
            raise ValueError(f"duty {self.code}: times is from 1 to {MOST_TIMES} a year, not {self.times!r}")


def duties(value: Iterable[Any]) -> tuple[Duty, ...]:
    """Read a list of duties as a county's file gives it.

    Raises:
        ValueError: It is no list, a line has unknown fields, or two have one code.
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(f"duties: write a list of tables with code, title, kinds and times, not {value!r}")
    known = {a.name for a in attrs.fields(Duty)}
    found = []
    for line in value:
        if isinstance(line, Duty):
            found.append(line)
            continue
        if not isinstance(line, dict) or set(line) - known or not {"code", "title", "kinds"} <= set(line):
            raise ValueError(f"duties: a line has {', '.join(sorted(known))}; code, title and kinds must be given")
        found.append(Duty(**line))
    codes = [d.code for d in found]
    if twice := sorted({c for c in codes if codes.count(c) > 1}):
        raise ValueError(f"duties: {', '.join(twice)} is given twice")
    if len(found) > MOST_DUTIES:
        raise ValueError(f"duties: {len(found)} lines; a list has at most {MOST_DUTIES}")
    return tuple(found)


OURS = "U: the number is our own"
LIST = (
    Duty(code="session", title="出席人民代表大会会议", kinds=("session",), source=f"代表法 8, 13; {OURS}"),
    Duty(
        code="activity",
        title="参加代表小组活动、视察、调研、执法检查",
        kinds=("group_activity", "inspection", "research", "law_inspection"),
        times=4,
        source=f"代表法 8, 26; 重庆: a group meets every three months; {OURS}",
    ),
    Duty(code="training", title="参加履职学习培训", kinds=("training",), source=f"代表法 8, 47; {OURS}"),
    Duty(code="voters", title="联系选民", kinds=("visit", "reception"), times=2, source=f"代表法 8, 28; {OURS}"),
    Duty(code="suggestion", title="提出建议、批评和意见", kinds=("suggestion",), source=f"代表法 24, 36; {OURS}"),
    Duty(code="report", title="向选民或者选举单位报告履职情况", kinds=("duty_report",), source="龙山 (article 002)"),
)
"""A list to begin with; article 003 tells of one and does not print it."""


@attrs.frozen(kw_only=True)
class Settings:
    """How a place announces events, grants leave, and what it asks of every deputy each year."""

    meeting_notice_days: int = setting(
        7,
        source="U: the laws set no number of days; 监督法 15 has reports with the members 7 days before",
        title="会议通知提前天数",
        unit="days",
        validator=at_least(0),
    )
    activity_notice_days: int = setting(
        3,
        source="U: none is stated; 河南: the plan of an inspection 10 days before",
        title="活动通知提前天数",
        unit="days",
        validator=at_least(0),
    )
    leave_days_before: int = setting(
        0,
        source="代表法 13: as the rules say; 内蒙古: 10 days before, townships 5; 贵州: before the session",
        title="人代会请假提前天数",
        unit="days",
        validator=at_least(0),
    )
    late_leave_days: int = setting(
        7, source="U: an accident is told afterwards", title="会后补假期限", unit="days", validator=at_least(0)
    )
    record_within: int = setting(7, source=SILENT, title="活动后登记出席期限", unit="days", validator=at_least(0))
    filed_within: int = setting(10, source=SILENT, title="登记后归档期限", unit="days", validator=at_least(0))
    sessions_ahead: int = setting(
        60,
        source="U: two months, for the notice and for leave; 0 opens none",
        title="提前建立人代会会议",
        unit="days",
        validator=attrs.validators.and_(at_least(0), attrs.validators.le(366)),
    )
    duties: tuple[Any, ...] = setting(
        LIST,
        source="咸宁 (article 003): 制定代表履职行权任务清单, without its lines; 代表法 8; U: the numbers",
        title="履职任务清单",
        converter=duties,
    )
