"""Coverage (家站覆盖): who and what has a home or station, what each station lacks, and what stations offer."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import attrs

from renda_core.domain.case import Case
from renda_core.domain.fields import titled
from renda_core.domain.rates import Rate
from renda_core.records import CongressOn, Context, DeputyOn, Desk, StationOn
from renda_plugins.deputies_homes.settings import Settings
from renda_plugins.deputies_homes.stationfile import KIND, StationFile

KINDS = {"home": "代表之家", "station": "代表联络站", "point": "代表联系点"}
PLACES = ("home", "station")
"""What counts as a place of a congress's own; a point (联系点) is somebody else's counter."""
WANTED = {"manager": "负责人", "liaison": "联络员", "address": "地址", "deputies": "进站代表"}
"""What a station should have beside its name, as pages call it."""
NO_FILE, TWO_FILES, OVER = "档案", "唯一的档案", "与档案一致的状态"


@attrs.frozen(kw_only=True)
class OnDay:
    """The day of which a page tells; today where nothing is said."""

    on: dt.date | None = titled("日期", default=None)


@attrs.frozen(kw_only=True)
class Unbound:
    """A deputy in office who is bound to no home or station."""

    name: str = titled("代表")
    congress: str = titled("人民代表大会")
    district: str = titled("选区")


@attrs.frozen(kw_only=True)
class Uncovered:
    """A township's congress without a home or station."""

    name: str = titled("乡镇人民代表大会")
    area: str = titled("区划代码")


@attrs.frozen(kw_only=True)
class Gap:
    """What one station lacks."""

    code: str = titled("编号")
    name: str = titled("家站")
    kind: str = titled("类别")
    lacks: tuple[str, ...] = titled("缺少")


@attrs.frozen(kw_only=True)
class Offered:
    """How many stations offer one thing beside receptions."""

    what: str = titled("服务内容")
    stations: int = titled("家站数")


@attrs.frozen(kw_only=True)
class Coverage:
    """Homes and stations on a day: how many, whom they reach, and what is missing.

    Attributes:
        together: Homes and stations; points are counted apart and stand in no sum.
        deputies: Persons in office who are bound to at least one place; who holds several mandates counts once.
        townships: Congresses of townships with at least one home or station of their own or in their area.
    """

    on: dt.date = titled("日期")
    homes: int = titled("代表之家")
    stations: int = titled("代表联络站")
    together: int = titled("家站合计")
    points: int = titled("联系点")
    deputies: Rate = titled("代表进站率")
    townships: Rate = titled("乡镇覆盖率")
    unbound: tuple[Unbound, ...] = titled("未进站的代表")
    uncovered: tuple[Uncovered, ...] = titled("没有家站的乡镇")
    gaps: tuple[Gap, ...] = titled("不完整的家站")
    offered: tuple[Offered, ...] = titled("家站提供的服务")


async def coverage(context: Context[Settings], desk: Desk, asked: OnDay) -> Coverage:
    """Count homes and stations, and list whom and what they do not reach."""
    on = asked.on or context.today
    stations, holders, congresses = await desk.stations(on), await desk.holders(on), await desk.congresses(on)
    filed = files(await desk.cases(KIND, "set_up"))
    kinds = Counter(s.kind for s in stations)
    people = {d.person for d in holders}
    bound = {person for s in stations for person in s.deputies} & people
    townships = [c for c in congresses if c.level == "township"]
    uncovered = [c for c in townships if not any(_covers(s, c) for s in stations)]
    offers = sorted(Counter(what for s in stations for what in s.offers).items(), key=lambda o: (-o[1], o[0]))
    return Coverage(
        on=on,
        homes=kinds["home"],
        stations=kinds["station"],
        together=sum(kinds[kind] for kind in PLACES),
        points=kinds["point"],
        deputies=Rate(hits=len(bound), base=len(people), of="在任代表"),
        townships=Rate(hits=len(townships) - len(uncovered), base=len(townships), of="乡镇人民代表大会"),
        unbound=tuple(_unbound(holders, bound, congresses)),
        uncovered=tuple(Uncovered(name=c.name, area=c.area) for c in uncovered),
        gaps=tuple(
            Gap(code=s.code, name=s.name, kind=KINDS.get(s.kind, s.kind), lacks=lacks)
            for s in stations
            if (lacks := tuple(_lacks(s, filed.get(s.id, ()))))
        ),
        offered=tuple(Offered(what=what, stations=n) for what, n in offers),
    )


def files(cases: Iterable[Case]) -> Mapping[str, tuple[Case, ...]]:
    """Sort files by the station that each is of, the oldest first."""
    found: dict[str, tuple[Case, ...]] = {}
    for case in cases:
        if isinstance(case.body, StationFile):
            found[case.body.station] = (*found.get(case.body.station, ()), case)
    return found


def _covers(station: StationOn, congress: CongressOn) -> bool:
    """Tell whether a place is a congress's own, or lies in its area."""
    own = station.congress == congress.id or (bool(congress.area) and station.township == congress.area)
    return own and station.kind in PLACES


def _unbound(holders: Iterable[DeputyOn], bound: set[str], congresses: Iterable[CongressOn]) -> Iterator[Unbound]:
    names = {c.id: c.name for c in congresses}
    seats: dict[str, list[DeputyOn]] = {}
    for held in holders:
        if held.person not in bound:
            seats.setdefault(held.person, []).append(held)
    for held_by in seats.values():
        yield Unbound(
            name=held_by[0].name,
            congress="、".join(dict.fromkeys(names.get(d.congress, "") for d in held_by)),
            district="、".join(filter(None, (d.district for d in held_by))),
        )


def _lacks(station: StationOn, filed: tuple[Case, ...]) -> Iterator[str]:
    yield from (title for name, title in WANTED.items() if not getattr(station, name))
    states = [case.states.get("main", "set_up") for case in filed]
    if not states:
        yield NO_FILE
    elif all(state == "closed" for state in states):
        yield OVER
    elif sum(state != "closed" for state in states) > 1:
        yield TWO_FILES
