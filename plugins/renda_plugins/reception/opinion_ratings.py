"""选民评价: what voters judged of the answers, quarter by quarter; no group is told from which one could tell who."""

import datetime as dt
from collections.abc import Iterator, Mapping

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.protecting import TOTAL, Rating, ToldCell, protect
from renda_core.records import Context, Desk, Page
from renda_plugins.reception.opinion import KIND, Opinion
from renda_plugins.reception.settings import Settings

GRADES = ("solved", "basically", "not_solved")
DIMENSIONS = {"category": "类别", "unit": "承办单位", "station": "站点"}
"""Which groups are told, the broad ones first; what they hold of an opinion never changes once it was judged."""


@attrs.frozen(kw_only=True)
class Asked:
    """Of which year; 0 for all."""

    year: int = titled("年份", default=0)


@attrs.frozen(kw_only=True)
class Line:
    """The judgements of one group in one period; a number that would tell of a few is left out, and is not zero."""

    period: str = titled("期间")
    group: str = titled("分组")
    name: str = titled("名称")
    judged: int = titled("评价（人次）")
    solved: int | None = titled("已解决")
    basically: int | None = titled("基本解决")
    not_solved: int | None = titled("未解决")


@attrs.frozen(kw_only=True)
class Ratings:
    """What voters judged, of every quarter and year that is over.

    Attributes:
        least: From how many on a group is told.
    """

    least: int = titled("公布的最少人数")
    lines: tuple[Line, ...] = titled("评价")


async def voter_ratings(context: Context[Settings], desk: Desk, asked: Asked) -> Ratings:
    """Tell what voters judged, as far as it may be told; who did not answer is not in the base."""
    cases = await desk.opened(KIND, dt.date.min, context.today)
    ratings = [rating for case in cases for rating in judged(case)]
    least = context.settings.least_voters
    cells = protect(ratings, least, context.today, grades=GRADES, dimensions=tuple(DIMENSIONS))
    told = [cell for cell in cells if asked.year in (0, cell.year)]
    names = await desk.names({cell.value for cell in told})
    return Ratings(least=least, lines=tuple(_line(cell, names) for cell in told))


def judged(case: Case) -> Iterator[Rating]:
    """Give what the voter judged of each round, with the groups that it belongs to."""
    body = case.body_as(Opinion)
    for act in case.acts:
        if act.step in ("rate", "dispute"):
            of = {"category": _some(body.category), "station": _some(body.station), "unit": _units(case, act)}
            yield Rating(on=act.on, grade=act.grade or "not_solved", of=of)


def _units(case: Case, act: Act) -> tuple[str, ...]:
    """Name the units whose answer was judged: a dispute opens the round after it."""
    round_ = act.round - (act.step == "dispute")
    return tuple(a.unit for a in case.assignments if a.round == round_ and a.state == "replied")


def _some(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _line(cell: ToldCell, names: Mapping[str, str]) -> Line:
    period = f"{cell.year} 年第 {cell.quarter} 季度" if cell.quarter else f"{cell.year} 年"
    group = "合计" if cell.dimension == TOTAL else DIMENSIONS[cell.dimension]
    answers = {grade: cell.answers.get(grade) for grade in GRADES}
    return Line(period=period, group=group, name=names.get(cell.value, cell.value), judged=cell.n, **answers)


def pages() -> Iterator[Page]:
    """Show what voters judged."""
    yield Page(
        name="voter_ratings", title="选民评价", shows=Ratings, view=voter_ratings, asks=Asked, who="office overseer"
    )
