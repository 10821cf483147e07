"""Which groups sit in turn, where and when; each value with its source, or U where the sources are silent."""

import datetime as dt
from typing import Any, Literal

import attrs

from renda_core.domain.fields import titled
from renda_core.domain.receiving import refuse_no_hour
from renda_core.domain.recurring import Pattern, Rest
from renda_core.domain.turns import Order, spans
from renda_core.errors import Invalid
from renda_core.settings import at_least, setting

Every = Literal["week", "month", "days", "workday"]


def _named(_: object, attribute: "attrs.Attribute[Any]", value: tuple[str, ...]) -> None:
    if not all(name.strip() for name in value):
        raise ValueError(f"{attribute.name}: a group has an empty name")


@attrs.frozen(kw_only=True)
class Rota:
    """The order of the groups at one station, from a day on; what is left away is as the place has it everywhere.

    Attributes:
        station: Its code, its name or its id.
        groups: Names or ids in the order of their turns; none means every group that the station's congress has on
            *since*, by name.
        since: The first shift from this day on is the first group's. A later entry for the same station takes over on
            its own *since*; what was before stays as it was.
    """

    station: str = titled("站点")
    since: dt.date = titled("起始日")
    groups: tuple[str, ...] = titled("小组次序", default=(), validator=_named)
    until: dt.date | None = titled("截止日", default=None)
    every: Every | None = titled("班次", default=None)
    weekdays: frozenset[int] | None = titled("星期", default=None)
    month_days: frozenset[int] | None = titled("每月日期", default=None)
    step: int | None = titled("间隔天数", default=None)
    rest: Rest | None = titled("遇节假日", default=None)
    begins: str | None = titled("开始", default=None)
    ends: str | None = titled("结束", default=None)

    def __attrs_post_init__(self) -> None:
        if not self.station.strip():
            raise ValueError("station: name the station, by its code or name")


@attrs.frozen(kw_only=True)
class Settings:
    """Who sits when and where, by what rhythm, and how early the office and the deputies hear of it."""

    rotas: tuple[Rota, ...] = setting(
        (),
        source="沧州 (article 000): 若干个代表小组轮流; the groups are each place's",
        title="轮班表",
    )
    every: Every = setting("week", source="U: article 000 has 轮流 and no interval; once a week", title="班次")
    weekdays: frozenset[int] = setting(
        frozenset({1}), source="P: every Monday or Wednesday in some places; U: Monday", title="每周的哪几天"
    )
    month_days: frozenset[int] = setting(frozenset({15}), source="咸宁 (article 003): 每月15日", title="每月的哪几日")
    step: int = setting(7, source="U: a week", title="间隔", unit="days", validator=at_least(1))
    rest: Rest = setting("next", source="P: moves to the next working day", title="遇节假日")
    begins: str = setting("09:00", source="P: 9 to 11 in one place", title="坐班开始")
    ends: str = setting("11:00", source="P: 9 to 11 in one place", title="坐班结束")
    notice_days: int = setting(
        3, source="P (three places): time, place and names", title="提前通知", unit="days", validator=at_least(0)
    )
    turns_a_year: int = setting(
        2, source="P: 2 turns a year each", title="每组每年坐班不少于", unit="turns", validator=at_least(0)
    )
    vacancy_days: int = setting(
        14,
        source="U: time to find who sits instead; 0: nobody is told",
        title="提前多少日提醒缺岗",
        unit="days",
        validator=at_least(0),
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what no calendar could follow; every mistake names its station."""
        try:
            self.order(Rota(station="-", since=dt.date(2026, 1, 1)))
        except Invalid as error:
            raise ValueError(str(error)) from None
        for station, entries in self.by_station().items():
            try:
                tuple(spans(self.order(entry) for entry in entries))
            except Invalid as error:
                raise ValueError(f"{station}: {error}") from None

    def by_station(self) -> dict[str, list[Rota]]:
        """Give the entries by what names their station."""
        found: dict[str, list[Rota]] = {}
        for entry in self.rotas:
            found.setdefault(entry.station.strip(), []).append(entry)
        return found

    def hours(self, entry: Rota) -> tuple[str, str]:
        """Give from when to when a shift lasts.

        Raises:
            Invalid: An hour cannot be read, or they end before they begin.
        """
        begins, ends = entry.begins or self.begins, entry.ends or self.ends
        for hour in (begins, ends):
            refuse_no_hour(hour)
        if ends <= begins:
            raise Invalid(f"it ends at {ends}, not after {begins}", field="ends")
        return begins, ends

    def order(self, entry: Rota, groups: tuple[str, ...] = ()) -> Order:
        """Make the order of an entry; *groups* where it names none.

        Raises:
            Invalid: It makes no sense.
        """
        self.hours(entry)
        named = tuple(name.strip() for name in entry.groups)
        return Order(since=entry.since, until=entry.until, groups=named or groups, pattern=self._pattern(entry))

    def _pattern(self, entry: Rota) -> Pattern | None:
        every, rest = entry.every or self.every, entry.rest or self.rest
        if every == "workday":
            return None
        days = self.month_days if entry.month_days is None else entry.month_days
        weekdays = self.weekdays if entry.weekdays is None else entry.weekdays
        step = self.step if entry.step is None else entry.step
        return Pattern(
            days=days if every == "month" else frozenset(),
            weekdays=weekdays if every == "week" else frozenset(),
            every=step if every == "days" else 0,
            since=entry.since if every == "days" else None,
            lacking="last",
            rest=rest,
        )
