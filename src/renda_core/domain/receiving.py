"""Days on which stations receive voters by a rule: the hours, who receives, the notice; and how a page lists them.

A plan is reckoned once, however many stations keep it; a station adds its name and its deputies to each of the dates.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import attrs

from renda_core.domain.calendar import Calendar, Day
from renda_core.domain.fields import titled
from renda_core.domain.lunar import LAST_DAY, refuse_unknown
from renda_core.domain.recurring import LONGEST, QUARTER, WEEK, Pattern, date_title, falls, notice_day, span
from renda_core.errors import Invalid

VACANT = "缺岗：没有在任代表联系本站"
MOST_NOTICE = 365
"""Days before: rules are asked for the days of a year ahead, so no longer notice could be given in time."""


class Station(Protocol):
    """What is asked of a home or station; a desk's rows have it."""

    @property
    def id(self) -> str:
        """Give its id."""

    @property
    def code(self) -> str:
        """Give its code, division and serial."""

    @property
    def name(self) -> str:
        """Give its name."""

    @property
    def address(self) -> str:
        """Say where it is; may be empty."""

    @property
    def deputies(self) -> tuple[str, ...]:
        """Give the ids of the deputies bound to it."""


class Stretch(Protocol):
    """Some days in which nothing of the stations changes."""

    @property
    def since(self) -> dt.date:
        """Give the first of them."""

    @property
    def until(self) -> dt.date:
        """Give the last of them."""

    @property
    def stations(self) -> tuple[Station, ...]:
        """Give the stations that are open then."""


class Roster(Protocol):
    """What is asked of the store; a desk has it."""

    async def stations_between(self, first: dt.date, last: dt.date) -> Sequence[Any]:
        """List the stations of some days, as a sequence of :class:`Stretch`."""

    async def names(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Name people by id."""


@attrs.frozen(kw_only=True)
class Plan:
    """When a station receives: the days that come again, the hours, and how long before notice is given.

    Attributes:
        label: What the day is, e.g. 代表接待日; the day's own name follows where *named*.
        begins, ends: The hours, as ``"09:00"``.
        notice_days: How many days before, 0 for no notice; *notice_worked* as for :func:`notice_day`.

    Raises:
        Invalid: An hour cannot be read, or they end before they begin.
    """

    pattern: Pattern
    label: str
    begins: str
    ends: str
    notice_days: int
    notice_worked: bool = True
    named: bool = False

    def __attrs_post_init__(self) -> None:
        for hour in (self.begins, self.ends):
            refuse_no_hour(hour)
        if self.ends <= self.begins:
            raise Invalid(f"it ends at {self.ends}, not after {self.begins}")


PlanOf = Callable[[Any], Plan | None]
"""Says by which plan a :class:`Station` goes; None for one that has none."""


def refuse_no_hour(text: str) -> None:
    """Refuse what is no hour of the day.

    Raises:
        Invalid: It is not written as ``"09:00"``.
    """
    try:
        plain = f"{dt.time.fromisoformat(text):%H:%M}"
    except ValueError:
        plain = ""
    if plain != text:
        raise Invalid(f'{text!r} is no hour; write it as "09:00"')


async def days_of(roster: Roster, calendar: Calendar, plan_of: PlanOf, first: dt.date, last: dt.date) -> list[Day]:
    """Give every day of every station between two days, both included, with the deputies bound to it on that day.

    Args:
        plan_of: Says by which plan a station goes; None for one that has none.
    """
    if last < first:
        return []
    stretches = await roster.stations_between(first, last)
    return list(station_days(stretches, plan_of, calendar, await _named(roster, stretches)))


async def _named(roster: Roster, stretches: Iterable[Stretch]) -> Mapping[str, str]:
    return await roster.names({id for stretch in stretches for station in stretch.stations for id in station.deputies})


def station_days(
    stretches: Iterable[Stretch],
    plan_of: PlanOf,
    calendar: Calendar,
    names: Mapping[str, str],
) -> Iterator[Day]:
    """Give every day of every station, stretch by stretch.

    Args:
        names: Names of deputies by id.
    """
    for stretch in stretches:
        reckoned: dict[Plan, tuple[_Date, ...]] = {}
        for station in stretch.stations:
            plan = plan_of(station)
            if plan is None:
                continue
            if (dates := reckoned.get(plan)) is None:
                dates = reckoned[plan] = tuple(_dates(plan, calendar, stretch.since, stretch.until))
            yield from _of(station, plan, dates, names)


@attrs.frozen
class _Date:
    on: dt.date
    label: str
    text: str
    notice_by: dt.date | None
    why: str


def _dates(plan: Plan, calendar: Calendar, first: dt.date, last: dt.date) -> Iterator[_Date]:
    """Reckon what the dates of a plan have in common at all stations."""
    for fall in falls(plan.pattern, calendar, first, last):
        yield _Date(
            on=fall.on,
            label=f"{plan.label}（{fall.named}）" if plan.named else plan.label,
            text=f"时间：{date_title(fall.on)}{plan.begins}至{plan.ends}",
            notice_by=notice_day(calendar, fall.on, plan.notice_days, worked=plan.notice_worked),
            why=fall.why,
        )


def _of(station: Station, plan: Plan, dates: Iterable[_Date], names: Mapping[str, str]) -> Iterator[Day]:
    who = station.deputies
    told = "、".join(names.get(id, id) for id in who)
    ends_with = f"；地点：{station.address or station.name}" + (f"；接待代表：{told}" if told else "")
    vacant = "" if who else VACANT
    for date in dates:
        yield Day(
            on=date.on,
            label=f"{station.name}{date.label}",
            who=who,
            notice_by=date.notice_by,
            why="；".join(filter(None, (date.why, vacant))) if vacant else date.why,
            audience=who if date.notice_by else (),
            text=date.text + ends_with,
            place=station.id,
            begins=plan.begins,
            ends=plan.ends,
        )


@attrs.frozen(kw_only=True)
class Asked:
    """Of which days and station a page tells.

    Raises:
        Invalid: The last day lies before the first or more than three years after it, or one outside 1900 to 2099.
    """

    first: dt.date | None = titled("起", default=None)
    last: dt.date | None = titled("止", default=None)
    station: str = titled("站点编码或名称", default="")

    def __attrs_post_init__(self) -> None:
        refuse_unknown(*filter(None, (self.first, self.last)))
        if self.first and self.last:
            span(self.first, self.last, self.first)

    def span(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """Give the first and the last day: a quarter from today on, or up to the last day where that alone is said."""
        if self.last is None or self.first:
            first, last = span(self.first, self.last, today)
        else:
            first, last = today if self.last >= today else self.last - QUARTER, self.last
        return max(first, last - LONGEST), min(last, LAST_DAY)

    def wants(self, station: Station) -> bool:
        """Tell whether a station is asked for."""
        return self.station in ("", station.code, station.name, station.id)


@attrs.frozen(kw_only=True)
class Reception:
    """One day of one station, as a page lists it."""

    on: dt.date = titled("日期")
    weekday: str = titled("星期")
    label: str = titled("安排")
    hours: str = titled("时间")
    address: str = titled("地点")
    deputies: str = titled("接待代表")
    notice_by: dt.date | None = titled("最迟公告日")
    why: str = titled("说明")


@attrs.frozen(kw_only=True)
class Listed:
    """What a page tells.

    Attributes:
        unknown: What the settings or the asker name, while no station that is open then has that code or name.
    """

    first: dt.date = titled("起")
    last: dt.date = titled("止")
    unknown: str = titled("没有对应站点")
    days: tuple[Reception, ...] = titled("接待安排")


async def page_of(
    roster: Roster,
    calendar: Calendar,
    plan_of: PlanOf,
    between: tuple[dt.date, dt.date],
    asked: Asked,
    codes: Iterable[str] = (),
) -> Listed:
    """List the days of the stations that are asked for, and of no other is any reckoned.

    Args:
        codes: Codes that the settings name, of which one may be wrong.
    """
    every = await roster.stations_between(*between)
    known = {word for stretch in every for s in stretch.stations for word in (s.code, s.name, s.id)}
    wanted = [_Wanted(s.since, s.until, tuple(filter(asked.wants, s.stations))) for s in every]
    names = await _named(roster, wanted)
    at = {station.id: station for stretch in wanted for station in stretch.stations}
    rows = [_row(day, at[day.place], names) for day in station_days(wanted, plan_of, calendar, names)]
    return Listed(
        first=between[0],
        last=between[1],
        unknown="、".join(word for word in dict.fromkeys((*codes, asked.station)) if word and word not in known),
        days=tuple(sorted(rows, key=lambda row: (row.on, row.hours, row.label))),
    )


@attrs.frozen
class _Wanted:
    since: dt.date
    until: dt.date
    stations: tuple[Station, ...]


def _row(day: Day, station: Station, names: Mapping[str, str]) -> Reception:
    return Reception(
        on=day.on,
        weekday=f"周{WEEK[day.on.weekday()]}",
        label=day.label,
        hours=f"{day.begins}至{day.ends}",
        address=station.address or station.name,
        deputies="、".join(names.get(id, id) for id in day.who),
        notice_by=day.notice_by,
        why=day.why,
    )
