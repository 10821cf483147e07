"""On which day of the month every station receives, and what some stations do otherwise; each value with its source."""

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from renda_core.domain.receiving import MOST_NOTICE, Plan
from renda_core.domain.recurring import Lacking, Pattern, Rest
from renda_core.errors import Invalid
from renda_core.settings import setting

Sort = Literal["home", "station", "point"]
SORTS: tuple[Sort, ...] = ("home", "station", "point")
EVERY_MONTH = tuple(range(1, 13))


@attrs.frozen(kw_only=True)
class Own:
    """What some stations do otherwise; what is left away they do as all.

    Attributes:
        stations: Their codes; the others are named and mean what the settings of the same names mean.
        days: On none with ``[]``: these stations have no fixed day.
    """

    stations: tuple[str, ...]
    days: tuple[int, ...] | None = None
    weekdays: tuple[int, ...] | None = None
    months: tuple[int, ...] | None = None
    lunar: bool | None = None
    lacking: Lacking | None = None
    holiday: Rest | None = None
    begins: str | None = None
    ends: str | None = None

    def __attrs_post_init__(self) -> None:
        if not self.stations or not all(code.strip() for code in self.stations):
            raise ValueError("own: name the codes of the stations that do so")

    def __str__(self) -> str:
        said = attrs.asdict(self, filter=lambda a, value: a.name != "stations" and value is not None)
        told = "，".join(f"{name} {value}" for name, value in said.items())
        return f"{'、'.join(self.stations)}：{told}"


@attrs.frozen(kw_only=True)
class Settings:
    """When stations receive on fixed days."""

    days: tuple[int, ...] = setting(
        (15,),
        source="咸宁 (article 003): 每月15日; others: the 9th or 19th (P)",
        title="每月接待日",
        unit="day of the month",
    )
    weekdays: tuple[int, ...] = setting(
        (),
        source="U: none, the day of the month holds; others: every Monday and Wednesday (P), which takes its place",
        title="改为每周接待日（1 为周一）",
    )
    months: tuple[int, ...] = setting(
        EVERY_MONTH, source="咸宁 (article 003): 每月; others: odd months (P)", title="有接待日的月份"
    )
    lunar: bool = setting(False, source="U: 每月15日 is read as a Gregorian date", title="按农历")
    lacking: Lacking = setting("last", source="U, after 民法典 202: the month's last day", title="当月没有该日时")
    holiday: Rest = setting("next", source="P: the next working day", title="逢休息日")
    begins: str = setting("09:00", source="P: 9 to 11 h", title="接待开始时间")
    ends: str = setting("11:00", source="P: 9 to 11 h", title="接待结束时间")
    kinds: frozenset[Sort] = setting(
        frozenset(SORTS), source="咸宁 (article 003): 家站活动", title="设接待日的站点类别"
    )
    notice_days: int = setting(
        3, source="P, three places: at least 3 days before", title="提前公告", unit="days before"
    )
    notice_on_workdays: bool = setting(
        True, source="U: people post it; it comes earlier then, never later", title="公告日逢休息日提前"
    )
    own: tuple[Own, ...] = setting((), source="U: a station may have its own", title="部分站点另行安排")

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.notice_days <= MOST_NOTICE:
            raise ValueError(f"notice_days: {self.notice_days} is not from 0 to {MOST_NOTICE}")
        named = [code for own in self.own for code in own.stations]
        if twice := sorted({code for code in named if named.count(code) > 1}):
            raise ValueError(f"own: {', '.join(twice)} is named twice; a station has one arrangement")
        self._checked("", None)
        for n, own in enumerate(self.own, 1):
            self._checked(f"own[{n}]: ", own)

    def plan(self, own: Own | None = None) -> Plan | None:
        """Give the plan of every station, or of those that have their own; None where there is no fixed day.

        Raises:
            Invalid: A day, weekday, month or hour that there is not.
        """
        said = attrs.asdict(own, filter=lambda _, value: value is not None) if own else {}
        if own and (own.days is not None or own.weekdays is not None):
            said = {"days": (), "weekdays": ()} | said
        told: Mapping[str, Any] = {a.name: getattr(self, a.name) for a in attrs.fields(Settings)} | said
        if not told["days"] and not told["weekdays"]:
            return None
        weekly = frozenset(told["weekdays"])
        pattern = Pattern(
            weekdays=weekly,
            days=frozenset() if weekly else frozenset(told["days"]),
            months=frozenset(told["months"]),
            lunar=told["lunar"] and not weekly,
            lacking=told["lacking"],
            rest=told["holiday"],
        )
        return Plan(
            pattern=pattern,
            label="代表接待日",
            begins=told["begins"],
            ends=told["ends"],
            notice_days=self.notice_days,
            notice_worked=self.notice_on_workdays,
            named=pattern.lunar,
        )

    def _checked(self, where: str, own: Own | None) -> None:
        try:
            self.plan(own)
        except Invalid as error:
            raise ValueError(f"{where}{error}") from None
