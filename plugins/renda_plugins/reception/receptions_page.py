"""接待情况: the receptions of a period, planned and held, what came of them, and what still waits for somebody."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Set
from typing import Literal

import attrs

from renda_core.domain.case import Case
from renda_core.domain.fields import titled
from renda_core.domain.rates import Rate
from renda_core.errors import Invalid
from renda_core.records import Context, Desk, SetDay, StationOn
from renda_plugins.reception.opinion import KIND as OPINION
from renda_plugins.reception.opinion import voices
from renda_plugins.reception.receptions_days import VACANT, planned_between, slots_of, where
from renda_plugins.reception.receptions_fields import FORMS, Reception
from renda_plugins.reception.receptions_guards import FARTHEST
from renda_plugins.reception.receptions_lines import Line, Told, line
from renda_plugins.reception.receptions_register import hosts, present, unanswered
from renda_plugins.reception.settings import Settings

GROUPS = {"": "合计", "station": "站点", "deputy": "代表", "form": "接待形式", "month": "月份"}
LONGEST = dt.timedelta(days=3 * 366)
"""Longest period of one report, as that of the list of days."""
FIRST_YEAR, LAST_YEAR = 1900, 2099
"""Years in which rules set days."""
SORTS = {"home": "代表之家", "station": "代表联络站", "point": "联系点"}


@attrs.frozen(kw_only=True)
class Asked:
    """Of which days, by default this year's, and by what in groups."""

    first: dt.date | None = titled("起", default=None)
    last: dt.date | None = titled("止", default=None)
    by: Literal["", "station", "deputy", "form", "month"] = titled("分组", default="", choices=GROUPS)


@attrs.frozen(kw_only=True)
class Places:
    """How many of the places of one sort received anybody, of those that are open at the period's end."""

    sort: str = titled("类型")
    open: int = titled("开放")
    received: Rate = titled("开展过接待")


@attrs.frozen(kw_only=True)
class Point:
    """A day or reception that waits for somebody: nobody receives, nobody said whether it was held, matters lost."""

    on: dt.date = titled("日期")
    title: str = titled("接待")
    why: str = titled("待处理")


@attrs.frozen(kw_only=True)
class Receptions:
    """The receptions of a period.

    Attributes:
        total: All of them, in one line.
        lines: Group by group. Lines by deputy do not add up to the total: several receive together.
        places: Homes, stations and points apart, then all of them.
        deputies: Deputies in force at the end who received at least once.
        vacant: Set days on which nobody can receive (缺岗).
        points: What waits, by day.
    """

    first: dt.date = titled("起")
    last: dt.date = titled("止")
    deputies: Rate = titled("参加过接待的代表")
    vacant: int = titled("缺岗")
    total: tuple[Line, ...] = titled("合计")
    lines: tuple[Line, ...] = titled("分组")
    places: tuple[Places, ...] = titled("家站")
    points: tuple[Point, ...] = titled("缺岗和待处理")


async def receptions(context: Context[Settings], desk: Desk, asked: Asked) -> Receptions:
    """Count the receptions of a period, whole and by groups, and list what waits.

    Raises:
        Invalid: The period ends before it begins, or is longer than three years.
    """
    first, last = _period(context, asked)
    cases = await planned_between(desk, first, last)
    end = max(first, min(last, context.today))
    stations = {s.id: s for s in await desk.stations(end)}
    days = [s for s in await desk.set_days(first, last) if s.day.place]
    told = await _told(context, desk, cases, end=last)
    manned = {where(c.body_as(Reception)) for c in cases}
    vacant = [s for s in days if not s.day.who and (s.day.on, s.day.place, s.day.begins) not in manned]
    force = frozenset(await desk.deputies(end))
    received = {p for c in cases for p in present(c)}
    return Receptions(
        first=first,
        last=last,
        deputies=Rate(hits=len(received & force), base=len(force), of="在任代表"),
        vacant=len(vacant),
        total=(line(GROUPS[""], cases, told),),
        lines=await _lines(desk, asked, cases, told, stations),
        places=_places(cases, stations),
        points=await _points(context, desk, cases, days, vacant, told, stations, force),
    )


def _period(context: Context[Settings], asked: Asked) -> tuple[dt.date, dt.date]:
    year = (asked.first or asked.last or context.today).year
    first, last = asked.first or dt.date(year, 1, 1), asked.last or dt.date(year, 12, 31)
    if last < first:
        raise Invalid(f"the period ends on {last}, before it begins on {first}", field="last")
    if last - first > LONGEST or first.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise Invalid(
            f"{first} to {last}: ask for at most three years, from {FIRST_YEAR} to {LAST_YEAR}", field="first"
        )
    return first, last


async def _told(context: Context[Settings], desk: Desk, cases: list[Case], *, end: dt.date) -> Told:
    """Count what was entered as heard at each reception: an opinion, or one more voice of an earlier one."""
    heard: Counter[str] = Counter()
    if cases:
        begins = cases[0].body_as(Reception).on - FARTHEST
        for opinion in await desk.opened(OPINION, begins, max(end, context.today)):
            heard.update(voice.reception for voice in voices(opinion) if voice.reception)
    replaced = frozenset(old for c in cases for old in c.links.get("instead_of", ()))
    return Told(today=context.today, calendar=context.calendar, opinions=heard, replaced=replaced)


async def _lines(
    desk: Desk, asked: Asked, cases: list[Case], told: Told, stations: Mapping[str, StationOn]
) -> tuple[Line, ...]:
    """Put the receptions in groups; every open station has its line, whether it received anybody or not."""
    groups: dict[str, list[Case]] = {s: [] for s in stations} if asked.by == "station" else {}
    for case in cases:
        for group in _groups(asked.by, case):
            groups.setdefault(group, []).append(case)
    names: Mapping[str, str] = FORMS
    if asked.by == "deputy":
        names = await desk.names(groups)
    elif asked.by == "station":
        names = await _station_names(desk, groups, cases, stations)
    codes = {s.id: s.code for s in stations.values()}
    found = [
        line(names.get(g, g), of, told, code=codes.get(g, ""), deputy=g if asked.by == "deputy" else "")
        for g, of in groups.items()
    ]
    if asked.by == "station":  # those that are open come in the order of their codes
        return tuple(found[: len(stations)] + sorted(found[len(stations) :], key=lambda a: a.name))
    return tuple(sorted(found, key=lambda a: a.name))


def _groups(by: str, case: Case) -> tuple[str, ...]:
    body = case.body_as(Reception)
    if by == "deputy":
        return tuple(dict.fromkeys((*hosts(case), *present(case))))
    found = {"station": body.station, "form": body.form, "month": f"{body.on:%Y-%m}"}
    return (found[by],) if by else ()


async def _station_names(
    desk: Desk, groups: Mapping[str, list[Case]], cases: list[Case], stations: Mapping[str, StationOn]
) -> Mapping[str, str]:
    """Name the stations; one that is closed meanwhile has the name under which it last received."""
    names = {"": "（无站点）"} | {s.id: s.name for s in stations.values()}
    for group in groups:
        if group not in names:
            on = max(c.body_as(Reception).on for c in groups[group])
            names |= {s.id: s.name for s in await desk.stations(on) if s.id not in names}
    return names


def _places(cases: list[Case], stations: Mapping[str, StationOn]) -> tuple[Places, ...]:
    held = {c.body_as(Reception).station for c in cases if c.took("hold")}
    rows = [(title, [s for s in stations.values() if s.kind == sort]) for sort, title in SORTS.items()]
    rows.append(("合计", list(stations.values())))
    return tuple(
        Places(
            sort=title,
            open=len(of),
            received=Rate(
                hits=sum(s.id in held for s in of), base=len(of), of=f"开放的{title.replace('合计', '家站')}"
            ),
        )
        for title, of in rows
        if of or title == "合计"
    )


async def _points(
    context: Context[Settings],
    desk: Desk,
    cases: list[Case],
    days: list[SetDay],
    vacant: list[SetDay],
    told: Told,
    stations: Mapping[str, StationOn],
    force: Set[str],
) -> tuple[Point, ...]:
    """List what waits: vacant days, days that cannot be opened, receptions nobody recorded or no rule sets now."""

    def name(place: str) -> str:
        return stations[place].name if place in stations else ""

    found = [Point(on=s.day.on, title=f"{name(s.day.place)}{s.title}", why=s.day.why or VACANT) for s in vacant]
    until = context.today + dt.timedelta(days=context.settings.opened_ahead)
    ahead = [s for s in days if s.day.who and context.today <= s.day.on <= until]
    for slot in await slots_of(desk, stations, ahead, cases):
        if slot.why:
            found.append(Point(on=slot.set.day.on, title=slot.title, why=slot.why))
    set_now = {(s.rule, s.day.on, s.day.place): s for s in days}
    found += [
        Point(on=case.body_as(Reception).on, title=case.title, why=why)
        for case in cases
        if (why := _waits(case, context.today, told, set_now, force))
    ]
    return tuple(sorted(found, key=lambda p: (p.on, p.title)))


def _waits(
    case: Case,
    today: dt.date,
    told: Told,
    set_now: Mapping[tuple[str, dt.date, str], SetDay],
    force: Set[str],
) -> str:
    """Say what a reception waits for; empty where for nothing."""
    body, state = case.body_as(Reception), case.states.get("main", "planned")
    if state in ("held", "closed") and (left := unanswered(case) - told.opinions.get(case.id, 0)) > 0:
        return f"{left} 个问题未登记为意见"
    if state not in ("planned", "noticed"):
        return ""
    if body.on < today:
        return "逾期未登记是否接待"
    if not body.rule:
        return ""
    if (day := set_now.get((body.rule, body.on, body.station))) is None:
        return "日程规则已不设此日，请取消"
    named = set(day.day.who)
    # who sits is changed by a swap after the reception was opened; a group's deputies are not compared
    return "接待代表与日程规则不一致，请核对" if named <= force and named != set(hosts(case)) else ""
