"""The public board (公示栏) of a home or station and of a deputy: what everybody may know, and nothing of a voter.

Source: 代表法 58 (deputies are known to their voters); article 000, which posts them on the walls. Telephones hang
there too; here they are sealed, no page is given one, and none is shown.
"""

import datetime as dt
from collections.abc import Iterable

import attrs

from renda_core.domain.calendar import Period
from renda_core.domain.case import Case
from renda_core.domain.fields import titled
from renda_core.domain.figures import NOTHING, Figure
from renda_core.errors import Invalid, NotAllowed, NotFound
from renda_core.records import Context, DeputyOn, Desk, StationOn
from renda_plugins.deputies_homes.coverage import files
from renda_plugins.deputies_homes.days import FARTHEST, RECEPTION, DayLine, counted, days_by, upcoming
from renda_plugins.deputies_homes.settings import Settings
from renda_plugins.deputies_homes.stationfile import KIND

OPINION = "opinion"
"""The kind of what voters say; where nobody offers it, the board has no figures of it."""
TITLES = {"home": "人大代表之家", "station": "人大代表联络站", "point": "人大代表联系点"}
OPEN, SUSPENDED = "开放", "暂停开放"
YEAR = Period(-12, "month")
"""The time of which the board gives figures. Source: U: a year, so that every season is in it."""


@attrs.frozen(kw_only=True)
class OfStation:
    """Which home or station, by its code, id or full name."""

    station: str = titled("家站", default="")


@attrs.frozen(kw_only=True)
class OfDeputy:
    """Which deputy, by id or full name."""

    deputy: str = titled("代表", default="")


@attrs.frozen(kw_only=True)
class DeputyLine:
    """One mandate of a deputy as everybody may know it."""

    id: str = titled("代表标识")
    name: str = titled("代表")
    congress: str = titled("人民代表大会")
    district: str = titled("选区")


@attrs.frozen(kw_only=True)
class Figures:
    """What was done in the twelve months up to today.

    Attributes:
        opinions: Matters that were told here; one that many told is one. Round where a register gave a round figure.
        done: Of those that are entered one by one, how many are closed, their voters told.
    """

    since: dt.date = titled("统计自")
    receptions: int = titled("接待活动（次）")
    opinions: Figure = titled("收到意见（件）")
    done: int = titled("其中已办结（件）")


@attrs.frozen(kw_only=True)
class StationBoard:
    """A home or station as everybody may know it.

    Attributes:
        position: ``"latitude,longitude"`` or empty.
        figures: None where a practice is missing without which nobody can tell what is veiled.
    """

    id: str = titled("家站标识")
    code: str = titled("编号")
    name: str = titled("名称")
    kind: str = titled("类别")
    state: str = titled("状态")
    address: str = titled("地址")
    position: str = titled("位置")
    offers: tuple[str, ...] = titled("服务内容")
    figures: Figures | None = titled("近一年情况")
    days: tuple[DayLine, ...] = titled("接待日程")
    deputies: tuple[DeputyLine, ...] = titled("进站代表")


@attrs.frozen(kw_only=True)
class StationLine:
    """One of a deputy's homes and stations."""

    id: str = titled("家站标识")
    code: str = titled("编号")
    name: str = titled("名称")
    kind: str = titled("类别")
    address: str = titled("地址")


@attrs.frozen(kw_only=True)
class DeputyBoard:
    """A deputy as everybody may know one: mandates, homes and stations, and the next days."""

    id: str = titled("代表标识")
    name: str = titled("姓名")
    mandates: tuple[DeputyLine, ...] = titled("代表职务")
    stations: tuple[StationLine, ...] = titled("所在家站")
    days: tuple[DayLine, ...] = titled("接待日程")


async def station_board(context: Context[Settings], desk: Desk, asked: OfStation) -> StationBoard:
    """Show an open home or station."""
    station, state = await open_station(context, desk, asked.station)
    holders = await desk.holders(context.today)
    return StationBoard(
        id=station.id,
        code=station.code,
        name=station.name,
        kind=TITLES.get(station.kind, station.kind),
        state=state,
        address=station.address,
        position=station.position,
        offers=station.offers,
        figures=await _figures(context, desk, station.id),
        days=() if state == SUSPENDED else await upcoming(context, desk, lambda day: day.place == station.id),
        deputies=await _mandates(context, desk, [d for d in holders if d.person in station.deputies]),
    )


async def deputy_board(context: Context[Settings], desk: Desk, asked: OfDeputy) -> DeputyBoard:
    """Show a deputy in office."""
    mine = await in_office(context, desk, asked.deputy)
    person = mine[0].person
    stations = [s for s in await desk.stations(context.today) if person in s.deputies]
    closed = await _states(desk)
    groups = {g.id: g for g in await desk.groups(context.today) if person in g.deputies}
    return DeputyBoard(
        id=person,
        name=mine[0].name,
        mandates=await _mandates(context, desk, mine),
        stations=tuple(
            StationLine(id=s.id, code=s.code, name=s.name, kind=TITLES.get(s.kind, s.kind), address=s.address)
            for s in stations
            if closed.get(s.id) != "closed"
        ),
        days=await upcoming(context, desk, days_by({person: mine, **groups})),
    )


async def open_station(context: Context[Settings], desk: Desk, asked: str) -> tuple[StationOn, str]:
    """Find a home or station that is open today, and whether it is suspended.

    Raises:
        Invalid: Nothing is said.
        NotFound: There is none, its file is closed, or several bear that name.
    """
    if not asked.strip():
        raise Invalid("say which home or station: its code, or its full name", field="station")
    stations, wanted = await desk.stations(context.today), asked.strip()
    for by in ("id", "code", "name"):
        found = [s for s in stations if getattr(s, by) == wanted]
        if len(found) > 1:
            raise NotFound(f"{len(found)} homes and stations bear the {by} {wanted!r}; name one by its id")
        if found and (state := (await _states(desk)).get(found[0].id, "open")) != "closed":
            return found[0], SUSPENDED if state == "suspended" else OPEN
    raise NotFound(f"no home or station {wanted!r} is open")


async def in_office(context: Context[Settings], desk: Desk, asked: str) -> list[DeputyOn]:
    """Find a deputy's mandates in force today.

    Raises:
        Invalid: Nothing is said.
        NotFound: Nobody in office is meant, or several bear that name.
    """
    if not asked.strip():
        raise Invalid("say which deputy: the full name, or the id", field="deputy")
    holders, wanted = await desk.holders(context.today), asked.strip()
    found = [d for d in holders if d.person == wanted] or [d for d in holders if d.name == wanted]
    if len({d.person for d in found}) > 1:
        raise NotFound(f"several deputies are called {wanted!r}; name one by the id")
    if not found:
        raise NotFound(f"no deputy {wanted!r} is in office")
    return found


async def _states(desk: Desk) -> dict[str, str]:
    """Say how the file of each station stands: the last one opened."""
    return {id: of[-1].states.get("main", "set_up") for id, of in files(await desk.cases(KIND, "set_up")).items()}


async def _mandates(context: Context[Settings], desk: Desk, held: Iterable[DeputyOn]) -> tuple[DeputyLine, ...]:
    names = {c.id: c.name for c in await desk.congresses(context.today)}
    return tuple(
        DeputyLine(id=d.person, name=d.name, congress=names.get(d.congress, ""), district=d.district) for d in held
    )


async def _figures(context: Context[Settings], desk: Desk, station: str) -> Figures | None:
    """Count receptions and matters. They are of places and matters, so no small number is anybody's own."""
    since, today = context.calendar.add(context.today, YEAR), context.today
    try:
        receptions = await desk.opened(RECEPTION, since - FARTHEST, today)
        opinions = [c for c in await desk.opened(OPINION, since, today) if getattr(c.body, "station", "") == station]
    except NotAllowed:
        return None
    held = list(counted(receptions, station, since, today))
    return Figures(
        since=since,
        receptions=len(held),
        opinions=sum((matters(case) for case in held), sum((_matter(case) for case in opinions), NOTHING)),
        done=sum(case.states.get("main") == "closed" for case in opinions),
    )


def _matter(case: Case) -> Figure:
    return Figure(1, approx=bool(getattr(case.body, "approx", False)))


def matters(case: Case) -> Figure:
    """Give what a register sums up instead of telling it one by one; nothing where it does not."""
    said = [a.payload for a in case.took("sum_up") if a.payload is not None]
    return Figure(said[-1].opinions or 0, approx=said[-1].approx) if said else NOTHING
