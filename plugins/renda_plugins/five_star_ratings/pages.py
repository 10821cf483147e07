"""A deputy's stars with what they rest on, and a congress's by number without a name.

Source: 个人信息保护法 24 (the rule is shown, and may be questioned); U: nobody is put in order by stars or points.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import attrs

from renda_core.domain.ballot import suppress
from renda_core.domain.duty.asking import congress_meant, whole_year
from renda_core.domain.duty.points import hundredths, written
from renda_core.domain.fields import titled
from renda_core.domain.rates import Rate
from renda_core.errors import NotFound
from renda_core.records import Context, Desk, PersonDesk, PersonScore
from renda_plugins.five_star_ratings.settings import MOST, Settings
from renda_plugins.five_star_ratings.stars import NAMES, Stars, stars

PRIVATE = "仅供代表本人和人大机关查看，不公开，不排名；星级不影响代表职务。对所依据的记录有异议的，就该条记录提出申诉"


@attrs.frozen(kw_only=True)
class OfYear:
    """Whose year: by default the current one, in the only congress where the person holds a mandate."""

    person: str = titled("代表", default="")
    year: int | None = titled("年度", default=None)
    congress: str = titled("人民代表大会", default="")


@attrs.frozen(kw_only=True)
class OfCongress:
    """Which congress and year: by default the only congress that stands, and the current year."""

    year: int | None = titled("年度", default=None)
    congress: str = titled("人民代表大会", default="")


@attrs.frozen(kw_only=True)
class StarLine:
    """What a star asks for, and whether it is reached; *points* are the side's own, or all."""

    title: str = titled("星")
    least: str = titled("分数线")
    points: str = titled("得分")
    reached: bool = titled("达到")


@attrs.frozen(kw_only=True)
class MyStars:
    """One deputy's stars of one year.

    Attributes:
        told: All of it in one line; empty, with *note*, where there are no points to go by.
        earned, shown: What the points give, and what is shown while something withholds it.
    """

    name: str = titled("代表")
    congress: str = titled("人民代表大会")
    year: int = titled("年度")
    told: str = titled("评定")
    points: str = titled("得分")
    earned: str = titled("按得分应评")
    shown: str = titled("现评")
    withheld: tuple[str, ...] = titled("暂缓的事由")
    in_office: Rate | None = titled("任职天数")
    attendance: Rate | None = titled("参加情况")
    formula: str = titled("所用办法版本")
    note: str = titled("说明")
    stars: tuple[StarLine, ...] = titled("评星办法")


@attrs.frozen(kw_only=True)
class CountLine:
    """How many have so many stars; empty where so few are not told."""

    stars: str = titled("星级")
    deputies: Rate | None = titled("代表人数")


@attrs.frozen(kw_only=True)
class StarsDistribution:
    """A congress's deputies of a year by stars shown."""

    congress: str = titled("人民代表大会")
    year: int = titled("年度")
    deputies: int = titled("任职代表")
    note: str = titled("说明")
    stars: tuple[CountLine, ...] = titled("按星级")


async def my_stars(context: Context[Settings], desk: PersonDesk, asked: OfYear) -> MyStars:
    """Show one deputy's stars, what withholds them, and the rule by which they are given."""
    year, first, last = whole_year(asked.year, context.today)
    names = await desk.names({m.congress for m in await desk.mandates()})
    congress = congress_meant(names, asked.congress) if asked.congress.strip() else ""
    try:
        found = await desk.score(context.settings.rule, first, last, congress=congress)
    except NotFound as error:
        return _nothing(year, _missing(context.settings, error))
    given = stars(context.settings, found.score)
    return MyStars(
        name=found.name,
        congress=names.get(found.congress, ""),
        year=year,
        told=given.told,
        points=written(given.points),
        earned=NAMES[given.earned],
        shown=NAMES[given.shown],
        withheld=given.withheld,
        in_office=Rate(hits=found.exposure.in_office, base=found.exposure.days, of="全年天数"),
        attendance=found.exposure.attendance,
        formula="、".join(f.formula for f in found.score.formulas),
        note=PRIVATE,
        stars=tuple(_lines(context.settings, given)),
    )


async def stars_distribution(context: Context[Settings], desk: Desk, asked: OfCongress) -> StarsDistribution:
    """Count deputies by the stars that are shown; a number from which few could be told is withheld, others with it."""
    year, first, last = whole_year(asked.year, context.today)
    names = {c.id: c.name for c in await desk.congresses(min(last, context.today))}
    congress = congress_meant(names, asked.congress)
    try:
        scores = await desk.scores(context.settings.rule, first, last, congress=congress)
    except NotFound as error:
        note = _missing(context.settings, error)
        return StarsDistribution(congress=names[congress], year=year, deputies=0, note=note, stars=())
    lines = tuple(_counted(context.settings, scores))
    hidden = any(line.deputies is None for line in lines)
    note = f"人数少于 {context.settings.told_from} 的星级及可推算出它的星级不公布" if hidden else ""
    return StarsDistribution(congress=names[congress], year=year, deputies=len(scores), note=note, stars=lines)


def _missing(settings: Settings, error: NotFound) -> str:
    return f"没有可用的积分，不能评星：请启用提供“{settings.rule}”计分规则的做法，并核对代表在该年度的任期（{error}）"


def _nothing(year: int, note: str) -> MyStars:
    return MyStars(
        name="",
        congress="",
        year=year,
        told="",
        points="",
        earned="",
        shown="",
        withheld=(),
        in_office=None,
        attendance=None,
        formula="",
        note=note,
        stars=(),
    )


def _lines(settings: Settings, given: Stars) -> Iterator[StarLine]:
    """Say what each star asks for: of the sides where they count, else of the whole year's points."""
    if given.sides:
        for side in given.sides:
            least, points = written(side.dimension.enough), written(side.points)
            yield StarLine(title=side.dimension.title, least=least, points=points, reached=side.reached)
        return
    for n, threshold in zip(range(MOST, 1, -1), settings.thresholds, strict=True):
        enough, points = hundredths(threshold), written(given.points)
        yield StarLine(title=NAMES[n], least=written(enough), points=points, reached=given.points >= enough)


def _counted(settings: Settings, scores: Iterable[PersonScore]) -> Iterator[CountLine]:
    """Count by stars shown, five first; no stars at all are a line where the rule lets anybody have none."""
    people = tuple(scores)
    none = settings.mode == "dimensions" or 0 in (*settings.vetoes.values(), settings.other_vetoes)
    levels = range(MOST, -1 if none else 0, -1)
    counted = Counter(stars(settings, s.score).shown for s in people)
    (cells,) = suppress([[counted[n] for n in levels]], settings.told_from).cells
    for n, cell in zip(levels, cells, strict=True):
        share = None if cell is None else Rate(hits=cell, base=len(people), of="任职代表")
        yield CountLine(stars=NAMES[n], deputies=share)
