"""轮流坐班表: each shift with who sits, each group with its turns, and what cannot be followed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

import attrs

from renda_core.domain.calendar import DAY, Period
from renda_core.domain.fields import titled
from renda_core.domain.recurring import WEEK, span
from renda_core.domain.turns import spread
from renda_core.records import Context, Desk
from renda_plugins.rota_duty.days import VACANT, reasons
from renda_plugins.rota_duty.settings import Settings
from renda_plugins.rota_duty.shifts import Shift, planned


@attrs.frozen(kw_only=True)
class Asked:
    """Of which days and station the page tells."""

    first: dt.date | None = titled("起", default=None)
    last: dt.date | None = titled("止", default=None)
    station: str = titled("站点编码或名称", default="")


@attrs.frozen(kw_only=True)
class ShiftLine:
    """One shift."""

    on: dt.date = titled("日期")
    weekday: str = titled("星期")
    hours: str = titled("时间")
    station: str = titled("站点")
    group: str = titled("小组")
    deputies: str = titled("坐班代表")
    vacant: str = titled("缺岗")
    why: str = titled("说明")


@attrs.frozen(kw_only=True)
class GroupLine:
    """One group at one station.

    Attributes:
        turns: Its shifts of the period by the order; *held* those that it sits, by whatever came of swaps.
        year: Its turns in the twelve months from the first day on; *enough* unless they are fewer than the place asks.
    """

    station: str = titled("站点")
    group: str = titled("小组")
    turns: int = titled("应轮班次")
    held: int = titled("坐班班次")
    given: int = titled("换出")
    taken: int = titled("换入")
    vacant: int = titled("缺岗班次")
    year: int = titled("十二个月应轮班次")
    enough: bool = titled("达到每年最少班次")


@attrs.frozen(kw_only=True)
class Fairness:
    """One station: the most less the least of its groups."""

    station: str = titled("站点")
    shifts: int = titled("班次")
    vacant: int = titled("缺岗")
    spread: int = titled("应轮班次最多与最少之差")
    spread_held: int = titled("坐班班次最多与最少之差")
    below: int = titled("不足每年最少班次的小组")


@attrs.frozen(kw_only=True)
class Idle:
    """An agreed swap that changes nothing, or a rota that cannot be followed."""

    what: str = titled("事项")
    why: str = titled("原因")


@attrs.frozen(kw_only=True)
class RotaPage:
    """The rota of a span of days."""

    first: dt.date = titled("起")
    last: dt.date = titled("止")
    turns_a_year: int = titled("每组每年坐班不少于")
    shifts: tuple[ShiftLine, ...] = titled("班次")
    groups: tuple[GroupLine, ...] = titled("小组")
    stations: tuple[Fairness, ...] = titled("公平")
    idle: tuple[Idle, ...] = titled("未生效的换班")
    problems: tuple[Idle, ...] = titled("轮班表有误")


async def page(context: Context[Settings], desk: Desk, asked: Asked) -> RotaPage:
    """Show every shift of the days asked for, by default of the coming quarter, and how fair they are.

    Raises:
        Invalid: The last day lies before the first, or more than three years after it.
    """
    first, last = span(asked.first, asked.last, context.today)
    a_year = context.calendar.add(first, Period(12, "month"), first=False) - DAY
    plan = await planned(context, desk, first, max(last, a_year), station=asked.station.strip())
    here = [s for s in plan.shifts if s.on <= last]
    year = [s for s in plan.shifts if s.on <= a_year]
    names = await desk.names({person for s in here for person in s.people})
    groups = tuple(_groups(here, year, context.settings.turns_a_year))
    return RotaPage(
        first=first,
        last=last,
        turns_a_year=context.settings.turns_a_year,
        shifts=tuple(_line(s, names) for s in here),
        groups=groups,
        stations=tuple(_fairness(here, groups)),
        idle=tuple(
            Idle(what=f"{case.number} {case.title}", why=why)
            for case, why in plan.idle
            if any(first <= on <= last for on in case.body.days())
        ),
        problems=tuple(Idle(what=named, why=why) for named, why in plan.problems),
    )


def _called(shift: Shift) -> str:
    return shift.station.name if shift.station else shift.named


def _line(shift: Shift, names: Mapping[str, str]) -> ShiftLine:
    return ShiftLine(
        on=shift.on,
        weekday=f"周{WEEK[shift.on.weekday()]}",
        hours=f"{shift.begins}至{shift.ends}",
        station=_called(shift),
        group=shift.name,
        deputies="、".join(names.get(person, person) for person in shift.people),
        vacant=VACANT if shift.vacant else "",
        why="；".join(reasons(shift)),
    )


def _groups(here: Iterable[Shift], year: Iterable[Shift], least: int) -> Iterable[GroupLine]:
    """Count by group, in the order of their turns."""
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    named: dict[tuple[str, str], tuple[str, str]] = {}
    for s in year:
        due = (s.named, s.turn_of)
        named.setdefault(due, (_called(s), s.turn_name))
        counts[due]["year"] += 1
    for s in here:
        due, sits = (s.named, s.turn_of), (s.named, s.group)
        named.setdefault(due, (_called(s), s.turn_name))
        counts[due]["turns"] += 1
        if s.group:
            named.setdefault(sits, (_called(s), s.name))
            counts[sits]["vacant" if s.vacant else "held"] += 1
        if due != sits:
            counts[due]["given"] += 1
            counts[sits]["taken"] += bool(s.group)
    for key in sorted(named, key=lambda k: named[k][0]):
        n, (station, group) = counts[key], named[key]
        told = {a: n[a] for a in ("turns", "held", "given", "taken", "vacant", "year")}
        yield GroupLine(station=station, group=group, enough=n["year"] >= least, **told)


def _fairness(here: Iterable[Shift], groups: Iterable[GroupLine]) -> Iterable[Fairness]:
    shifts: dict[str, list[Shift]] = defaultdict(list)
    for s in here:
        shifts[_called(s)].append(s)
    of: dict[str, list[GroupLine]] = defaultdict(list)
    for line in groups:
        of[line.station].append(line)
    for station in sorted(of):
        turned = [line for line in of[station] if line.year or line.turns]
        yield Fairness(
            station=station,
            shifts=len(shifts[station]),
            vacant=sum(bool(s.vacant) for s in shifts[station]),
            spread=spread(line.turns for line in turned),
            spread_held=spread(line.held for line in turned),
            below=sum(not line.enough for line in turned),
        )
