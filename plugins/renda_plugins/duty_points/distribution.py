"""A congress's deputies by the grade of their year: numbers with their base, without names, small ones withheld."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import attrs

from renda_core.domain.ballot import suppress
from renda_core.domain.duty.asking import congress_meant, whole_year
from renda_core.domain.fields import titled
from renda_core.domain.rates import Rate
from renda_core.records import Context, Desk, PersonScore, RecordKind
from renda_plugins.duty_points.pages import RULE
from renda_plugins.duty_points.settings import Line, Settings

NONE = "未达任何等次"


@attrs.frozen(kw_only=True)
class OfCongress:
    """Which congress and year: by default the only congress that stands, and the current year."""

    year: int | None = titled("年度", default=None)
    congress: str = titled("人民代表大会", default="")


@attrs.frozen(kw_only=True)
class GradeLine:
    """One grade, in the order in which the rule names them; *deputies* is empty where so few are not told."""

    title: str = titled("等次")
    least: str = titled("分数线")
    deputies: Rate | None = titled("代表人数")


@attrs.frozen(kw_only=True)
class IdleLine:
    """What the rule counts and no enabled practice records."""

    item: str = titled("项目")
    lacks: str = titled("尚无做法提供")


@attrs.frozen(kw_only=True)
class Distribution:
    """A congress's deputies of a year by grade.

    Attributes:
        deputies: Who held a mandate there in the year, one day or all of it.
        idle: Lines that nobody can earn by, or extras that nothing states.
    """

    congress: str = titled("人民代表大会")
    year: int = titled("年度")
    deputies: int = titled("任职代表")
    note: str = titled("说明")
    grades: tuple[GradeLine, ...] = titled("按等次")
    idle: tuple[IdleLine, ...] = titled("没有记录来源的项目")


async def points_distribution(context: Context[Settings], desk: Desk, asked: OfCongress) -> Distribution:
    """Count deputies by grade; a number from which few people could be told is withheld, others with it."""
    year, first, last = whole_year(asked.year, context.today)
    names = {c.id: c.name for c in await desk.congresses(min(last, context.today))}
    congress = congress_meant(names, asked.congress)
    scores = await desk.scores(RULE, first, last, congress=congress)
    lines = tuple(_grades(context.settings, scores))
    hidden = any(line.deputies is None for line in lines)
    return Distribution(
        congress=names[congress],
        year=year,
        deputies=len(scores),
        note=f"人数少于 {context.settings.told_from} 的等次及可推算出它的等次不公布" if hidden else "",
        grades=lines,
        idle=tuple(_idle(context.settings.items, await desk.record_kinds())),
    )


def _grades(settings: Settings, scores: Iterable[PersonScore]) -> Iterator[GradeLine]:
    """Give the grades as the rule has them today, then those that it had when the year ended."""
    people = tuple(scores)
    titles = {g.code: g.title for g in settings.bands} | {s.band: s.band_title for s in people if s.band}
    from_ = {g.code: g.told for g in settings.bands}
    counted = Counter(s.band for s in people)
    codes = [*titles, *([""] if counted[""] else [])]
    (cells,) = suppress([[counted[code] for code in codes]], settings.told_from).cells if codes else ((),)
    for code, n in zip(codes, cells, strict=True):
        share = None if n is None else Rate(hits=n, base=len(people), of="任职代表")
        yield GradeLine(title=titles.get(code, NONE), least=from_.get(code, ""), deputies=share)


def _idle(lines: Iterable[Line], kinds: Mapping[str, RecordKind]) -> Iterator[IdleLine]:
    """Find what the rule counts and nobody records; other practices may be enabled later, so it is no mistake."""
    for line in lines:
        facts = {fact for kind in line.kinds if kind in kinds for fact in kinds[kind].measures}
        if lacking := sorted(line.kinds - kinds.keys()):
            yield IdleLine(item=line.title, lacks="、".join(lacking))
        elif unknown := sorted(line.extra.keys() - facts):
            yield IdleLine(item=line.title, lacks="、".join(unknown))
