"""How stations stand by the standard (达标情况): by point and by station, each under the version of its check."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.rates import Rate
from renda_core.domain.standards import (
    BASE,
    RESULTS,
    Finding,
    Standard,
    in_force,
    lacking,
    of_version,
    rebounds,
    score,
)
from renda_core.errors import NotFound
from renda_core.records import Context, Desk
from renda_plugins.deputies_homes.coverage import files
from renda_plugins.deputies_homes.settings import Settings
from renda_plugins.deputies_homes.stationfile import KIND, Check, checks, last_round
from renda_plugins.deputies_homes.steps import STANDING, STATES


@attrs.frozen(kw_only=True)
class OfVersion:
    """The version of the standard of which a page tells; without one, the version in force."""

    version: int = titled("标准版本", default=0)


@attrs.frozen(kw_only=True)
class VersionLine:
    """One version of the standard and how many rounds were made by it."""

    version: int = titled("标准版本")
    since: dt.date | None = titled("起始日期")
    points: int = titled("条目数")
    rounds: int = titled("检查次数")


@attrs.frozen(kw_only=True)
class PointLine:
    """One point and how it stands in the last round of each station under this version."""

    code: str = titled("条目编码")
    title: str = titled("条目")
    required: bool = titled("必备")
    met: int = titled("达标")
    partial: int = titled("部分达标")
    not_met: int = titled("未达标")
    not_applicable: int = titled("不适用")
    rate: Rate = titled("达标率")
    rebounds: int = titled("反弹")


@attrs.frozen(kw_only=True)
class StationLine:
    """The last round of one station under this version, as it was found then.

    Attributes:
        round: Which check of the station it was, from 1.
        rebounds: Points that are lacking and were met in an earlier round, under whatever version.
        left: Lacking and not verified yet; of a round that was not the last one, nothing is left to be done.
    """

    station: str = titled("家站")
    number: str = titled("档案编号")
    state: str = titled("状态")
    standing: str = titled("达标情况")
    round: int = titled("第几次检查")
    on: dt.date = titled("检查日期")
    rate: Rate = titled("达标率")
    weighed: Rate = titled("加权达标率")
    lacking: tuple[str, ...] = titled("未达标条目")
    rebounds: tuple[str, ...] = titled("反弹条目")
    left: tuple[str, ...] = titled("待整改销号")


@attrs.frozen(kw_only=True)
class Attainment:
    """All stations by one version of the standard.

    Attributes:
        stations: Those whose last round met every point that applies, of those checked under this version.
        unchecked: Files of stations that are not closed and were never checked under this version.
    """

    version: int = titled("标准版本")
    since: dt.date | None = titled("起始日期")
    source: str = titled("依据")
    stations: Rate = titled("全部达标的家站")
    points: Rate = titled("条目达标率")
    versions: tuple[VersionLine, ...] = titled("各版标准")
    by_point: tuple[PointLine, ...] = titled("分条目")
    by_station: tuple[StationLine, ...] = titled("分家站")
    unchecked: tuple[str, ...] = titled("未按本版检查的家站")


@attrs.frozen
class _Last:
    """The last round of a file under one version."""

    case: Case
    n: int
    act: Act
    check: Check
    rebounds: tuple[Finding, ...]


async def attainment(context: Context[Settings], desk: Desk, asked: OfVersion) -> Attainment:
    """Show what was found by a version of the standard; later rounds by another version change nothing in it."""
    held: tuple[Standard, ...] = context.settings.standards
    standard = of_version(held, asked.version) if asked.version else in_force(held, context.today)
    if standard is None:
        known = ", ".join(str(s.version) for s in held)
        raise NotFound(f"no version {asked.version or 'in force today'} of the standard; known: {known}")
    cases = [c for of in files(await desk.cases(KIND, "set_up")).values() for c in of]
    names = {s.id: s.name for s in await desk.stations(context.today)}
    last = [found for case in cases if (found := _last(case, standard.version))]
    scores = [score(one.check.findings, standard) for one in last]
    told = {one.case.id for one in last}
    return Attainment(
        version=standard.version,
        since=standard.since,
        source=standard.source,
        stations=Rate(hits=sum(s.rate.hits == s.rate.base for s in scores), base=len(scores), of="已检查的家站"),
        points=Rate(hits=sum(s.rate.hits for s in scores), base=sum(s.rate.base for s in scores), of=BASE),
        versions=tuple(_version(s, cases) for s in held),
        by_point=tuple(_points(standard, last)),
        by_station=tuple(_station(one, standard, names) for one in last),
        unchecked=tuple(
            _name(c, names) for c in cases if c.id not in told and c.states.get("main", "set_up") != "closed"
        ),
    )


def _name(case: Case, names: dict[str, str]) -> str:
    return names.get(case.body.station, case.title)


def _last(case: Case, version: int) -> _Last | None:
    every = checks(case)
    for n in range(len(every), 0, -1):
        act, check = every[n - 1]
        if check.version == version:
            back = rebounds((c.findings for _, c in every[: n - 1]), check.findings)
            return _Last(case, n, act, check, back)
    return None


def _version(standard: Standard, cases: Iterable[Case]) -> VersionLine:
    rounds = sum(check.version == standard.version for case in cases for _, check in checks(case))
    return VersionLine(version=standard.version, since=standard.since, points=len(standard.points), rounds=rounds)


def _points(standard: Standard, last: Sequence[_Last]) -> Iterator[PointLine]:
    for point in standard.points:
        found = [f for one in last for f in one.check.findings if f.code == point.code]
        counted = {result: sum(f.result == result for f in found) for result in RESULTS}
        yield PointLine(
            code=point.code,
            title=point.title,
            required=point.required,
            rate=score(found).rate,
            rebounds=sum(f.code == point.code for one in last for f in one.rebounds),
            **counted,
        )


def _station(one: _Last, standard: Standard, names: dict[str, str]) -> StationLine:
    told, now = score(one.check.findings, standard), last_round(one.case)
    left = now.left if now is not None and now.n == one.n else ()
    return StationLine(
        station=_name(one.case, names),
        number=one.case.number,
        state=STATES[one.case.states.get("main", "set_up")],
        standing=STANDING[one.case.states.get("standard", "unchecked")],
        round=one.n,
        on=one.act.on,
        rate=told.rate,
        weighed=told.weighed,
        lacking=tuple(f.title for f in lacking(one.check.findings)),
        rebounds=tuple(f.title for f in one.rebounds),
        left=tuple(f.title for f in left),
    )
