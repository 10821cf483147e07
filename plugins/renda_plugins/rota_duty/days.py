"""The days of the rota as calendars, notices and receptions find them; and the vacancies that the office hears of."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from renda_core.domain.calendar import DAY, Day
from renda_core.domain.recurring import date_title, notice_day
from renda_core.records import Context, Desk, Found, StationOn
from renda_plugins.rota_duty.settings import Settings
from renda_plugins.rota_duty.shifts import Shift, planned, waiting
from renda_plugins.rota_duty.swap import SWAP, Swap

VACANT = "缺岗"


async def days(context: Context[Settings], desk: Desk, first: dt.date, last: dt.date) -> Iterable[Day]:
    """Give every shift whose station is open; who sits are persons, so that leaves and swaps are in it."""
    plan = await planned(context, desk, first, last)
    held = [(shift, shift.station) for shift in plan.shifts if shift.station is not None]
    names = await desk.names({person for shift, _ in held for person in shift.people})
    return [_day(context, shift, station, names) for shift, station in held]


def _day(context: Context[Settings], shift: Shift, station: StationOn, names: Mapping[str, str]) -> Day:
    told = "、".join(names.get(person, person) for person in shift.people)
    who = f"（{shift.name or told}）"
    notice_by = notice_day(context.calendar, shift.on, context.settings.notice_days, worked=False)
    due = notice_by is not None and notice_by <= context.today <= shift.on  # before, nobody need be known
    return Day(
        on=shift.on,
        label=f"{station.name}轮流坐班{VACANT if shift.vacant else ''}{who}",
        who=shift.people,
        notice_by=notice_by,
        why="；".join(reasons(shift)),
        audience=shift.people if due else (),
        text=f"时间：{date_title(shift.on)}{shift.begins}至{shift.ends}；地点：{station.address or station.name}；"
        f"坐班代表：{told or VACANT}",
        place=station.id,
        begins=shift.begins,
        ends=shift.ends,
    )


def reasons(shift: Shift) -> Iterator[str]:
    """Say why a shift is not as its order has it: moved, swapped, vacant, or not certain yet."""
    if shift.moved:
        yield shift.moved
    if shift.swap:
        yield f"换班（{shift.swap}）：原为{shift.turn_name}"
    if shift.vacant:
        yield f"{VACANT}：{shift.name}，{shift.vacant}" if shift.name else f"{VACANT}：{shift.vacant}"
    if shift.provisional:
        yield "暂定：当年节假日安排尚未公布"


async def vacancies(context: Context[Settings], desk: Desk) -> Iterable[Found]:
    """Find the shifts of the next days that nobody can sit, once each: the office asks somebody, or lets it be."""
    if not context.settings.vacancy_days:
        return ()
    first, last = context.today + DAY, context.today + context.settings.vacancy_days * DAY
    plan = await planned(context, desk, first, last)
    asked = set(waiting(await desk.cases(SWAP, "propose")))
    return [
        Found(
            key=f"{s.station.id}:{s.on}",
            title=f"{s.station.name} {s.on} {VACANT}：{s.name}（{s.vacant}）",
            body=Swap(station=s.named, on=s.on, form="cover"),
        )
        for s in plan.shifts
        if s.vacant and s.station is not None and (s.named, s.on) not in asked
    ]
