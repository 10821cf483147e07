"""Which stations have which market days, each value with its source."""

import datetime as dt
from typing import Literal

import attrs

from renda_core.domain.receiving import MOST_NOTICE, Plan
from renda_core.domain.recurring import Lacking, Pattern, ending
from renda_core.errors import Invalid
from renda_core.settings import setting

Holiday = Literal["keep", "drop"]


@attrs.frozen(kw_only=True)
class Market:
    """The market (集) of some stations; it says one of the three: *endings*, *weekdays* or *every*.

    Attributes:
        stations: Their codes.
        endings: 逢三逢八 is ``[3, 8]``; 逢十 is 10.
        weekdays: 逢周四 is ``[4]``.
        every: So many days from one market to the next, counted from *since*, the date of any one of them.
        lunar, begins, ends, holiday: What differs from the settings of the same names.
    """

    stations: tuple[str, ...]
    endings: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    every: int = 0
    since: dt.date | None = None
    lunar: bool | None = None
    begins: str | None = None
    ends: str | None = None
    holiday: Holiday | None = None

    def __attrs_post_init__(self) -> None:
        if not self.stations or not all(code.strip() for code in self.stations):
            raise ValueError("markets: name the codes of the stations that receive on this market")
        if sum(map(bool, (self.endings, self.weekdays, self.every))) != 1:
            raise ValueError("markets: say one of the three, e.g. endings = [3, 8], weekdays = [4], or every = 7")
        if self.lunar and not self.endings:
            raise ValueError("markets: a week knows no lunar months; leave lunar away")

    def __str__(self) -> str:
        said = attrs.asdict(self, filter=lambda a, value: a.name != "stations" and value not in (None, (), 0))
        told = "，".join(f"{name} {value}" for name, value in said.items())
        return f"{'、'.join(self.stations)}：{told}"


@attrs.frozen(kw_only=True)
class Settings:
    """When stations receive on market days; a place without a list of markets has none."""

    markets: tuple[Market, ...] = setting(
        (), source="沧州 (article 000): 一些乡镇; it names no market and no day", title="各站点的集日"
    )
    lunar: bool = setting(
        True, source="U: article 000 does not say; most rural markets go by the lunar calendar", title="集日按农历"
    )
    thirty_first: bool = setting(
        True,
        source="U: 31 ends in 1; a place without a market then, since the 1st is one too, sets no",
        title="公历31日逢一",
    )
    lacking: Lacking = setting(
        "none", source="U: a month of 29 days has no 逢十 at its end; some hold it on the 29th", title="小月没有三十时"
    )
    holiday: Holiday = setting("keep", source="U: markets are held on holidays as ever", title="逢法定节假日")
    begins: str = setting("08:00", source="U: markets are busy in the morning", title="接待开始时间")
    ends: str = setting("11:00", source="U: markets end before noon", title="接待结束时间")
    notice_days: int = setting(
        3, source="P, three places: at least 3 days before", title="提前公告", unit="days before"
    )
    notice_on_workdays: bool = setting(
        True, source="U: people post it; it comes earlier then, never later", title="公告日逢休息日提前"
    )

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.notice_days <= MOST_NOTICE:
            raise ValueError(f"notice_days: {self.notice_days} is not from 0 to {MOST_NOTICE}")
        named = [code for market in self.markets for code in market.stations]
        if twice := sorted({code for code in named if named.count(code) > 1}):
            raise ValueError(f"markets: {', '.join(twice)} is named twice; write all its days in one place")
        for n, market in enumerate(self.markets, 1):
            try:
                self.plan(market)
            except Invalid as error:
                raise ValueError(f"markets[{n}]: {error}") from None

    def plan(self, market: Market) -> Plan:
        """Give the plan of a market.

        Raises:
            Invalid: A number or an hour that there is not.
        """
        lunar = bool(market.endings) and (self.lunar if market.lunar is None else market.lunar)
        days = ending(market.endings, lunar=lunar, thirty_first=self.thirty_first)
        pattern = Pattern(
            days=days,
            weekdays=frozenset(market.weekdays),
            every=market.every,
            since=market.since,
            lunar=lunar,
            lacking=self.lacking if lunar else "none",
            rest=market.holiday or self.holiday,
            off="holidays",
        )
        return Plan(
            pattern=pattern,
            label="赶集日接待",
            begins=market.begins or self.begins,
            ends=market.ends or self.ends,
            notice_days=self.notice_days,
            notice_worked=self.notice_on_workdays,
            named=lunar,
        )
