"""A deputy's points of a year, line by line down to the record.

Source: 个人信息保护法 24 (who is judged by a rule is shown the rule, and may have it looked at again); U: no page puts
anybody in order by points.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

import attrs

from renda_core.domain.duty import STATES, Item, Record, RecordKind, ScoreEntry
from renda_core.domain.duty.asking import congress_meant, whole_year
from renda_core.domain.duty.points import written
from renda_core.domain.fields import titled
from renda_core.domain.figures import Figure
from renda_core.domain.rates import Rate
from renda_core.records import Context, PersonDesk, PersonScore
from renda_plugins.duty_points.settings import Line, Settings

RULE = "points"
APPEAL = (
    "对某条记录有异议，由代表本人写明理由，就该条记录提出申诉（命令 renda duty appeal，或接口中该记录的申诉操作）；"
    "由作出原决定以外的人复核，采纳后得分随即重算，原得分和每次变更保留备查"
)
"""How somebody has a point looked at again."""


@attrs.frozen(kw_only=True)
class OfYear:
    """Whose year: by default the current one, in the only congress where the person holds a mandate."""

    person: str = titled("代表", default="")
    year: int | None = titled("年度", default=None)
    congress: str = titled("人民代表大会", default="")


@attrs.frozen(kw_only=True)
class ItemLine:
    """What one item gave in the year.

    Attributes:
        earned: Points before the cap; *counted* those that stand in the total.
    """

    title: str = titled("项目")
    category: str = titled("类别")
    records: int = titled("记录数")
    quantity: int = titled("数量")
    earned: str = titled("得分")
    cap: str = titled("年度上限")
    counted: str = titled("计入总分")


@attrs.frozen(kw_only=True)
class RecordLine:
    """One record of a kind that a line counts, by date, and what it earned under the version of its own day.

    Attributes:
        points: Empty where it does not count, e.g. before it is checked.
    """

    on: dt.date = titled("日期")
    kind: str = titled("类别")
    title: str = titled("事项")
    item: str = titled("项目")
    quantity: Figure = titled("数量")
    facts: str = titled("情况")
    evidence: str = titled("佐证")
    state: str = titled("状态")
    points: str = titled("得分")
    formula: str = titled("办法版本")
    id: str = titled("记录编号")


@attrs.frozen(kw_only=True)
class FormulaLine:
    """One version of the rule by which records of the year are scored; without a day where it has always held."""

    formula: str = titled("办法版本")
    since: dt.date | None = titled("起始日")
    points: str = titled("得分（限额前）")


@attrs.frozen(kw_only=True)
class RuleLine:
    """One line of the rule as it stands today."""

    title: str = titled("项目")
    category: str = titled("类别")
    gives: str = titled("计分")
    source: str = titled("依据")


@attrs.frozen(kw_only=True)
class Result:
    """The year's result as it was recorded.

    Attributes:
        same: Whether the records and the rule give the same points and the same poor year today.
    """

    points: str = titled("核定得分")
    poor: bool = titled("较差")
    on: dt.date = titled("核定日期")
    formula: str = titled("核定所用办法版本")
    same: bool = titled("与现在重算一致")
    state: str = titled("状态")
    id: str = titled("记录编号")


@attrs.frozen(kw_only=True)
class Points:
    """One deputy's points of one year in one congress, and what they must be read beside."""

    name: str = titled("代表")
    congress: str = titled("人民代表大会")
    year: int = titled("年度")
    total: str = titled("总分")
    band: str = titled("等次")
    start: str = titled("基础分")
    most: str = titled("年度总分上限（现行）")
    in_office: Rate = titled("任职天数")
    suspended: int = titled("暂停执行职务天数")
    attendance: Rate = titled("参加情况")
    vetoes: tuple[str, ...] = titled("暂缓评定的事由")
    result: Result | None = titled("年度核定结果")
    uncounted: int = titled("不计分的记录数")
    appeal: str = titled("异议和申诉")
    items: tuple[ItemLine, ...] = titled("得分项目")
    records: tuple[RecordLine, ...] = titled("逐条记录")
    formulas: tuple[FormulaLine, ...] = titled("所用办法版本")
    rule: tuple[RuleLine, ...] = titled("现行计分办法")


async def my_points(context: Context[Settings], desk: PersonDesk, asked: OfYear) -> Points:
    """Show a year's points: the total, what each item gave, and what each record earned by which version."""
    year, first, last = whole_year(asked.year, context.today)
    names = await desk.names({m.congress for m in await desk.mandates()})
    congress = congress_meant(names, asked.congress) if asked.congress.strip() else ""
    found = await desk.score(RULE, first, last, congress=congress)
    kinds, records = await desk.record_kinds(), await desk.records(first, last, congress=found.congress)
    lines = tuple(_records(context.settings, found, records, kinds))
    settings = context.settings
    return Points(
        name=found.name,
        congress=names.get(found.congress, ""),
        year=year,
        total=written(found.score.total),
        band=found.band_title,
        start=written(found.score.start),
        most="" if settings.limit is None else written(settings.limit),
        in_office=Rate(hits=found.exposure.in_office, base=found.exposure.days, of="全年天数"),
        suspended=found.exposure.suspended,
        attendance=found.exposure.attendance,
        vetoes=found.score.vetoes,
        result=_result(found) if found.result else None,
        uncounted=len(records) - len(lines),
        appeal=APPEAL,
        items=tuple(
            ItemLine(
                title=i.title,
                category=i.category,
                records=i.records,
                quantity=i.quantity,
                earned=written(i.earned),
                cap="" if i.cap is None else written(i.cap),
                counted=written(i.counted),
            )
            for i in found.score.items
        ),
        records=lines,
        formulas=tuple(
            FormulaLine(formula=f.formula, since=None if f.since == dt.date.min else f.since, points=written(f.points))
            for f in found.score.formulas
        ),
        rule=tuple(_rule(line, kinds) for line in settings.items),
    )


def _records(
    settings: Settings, found: PersonScore, records: Iterable[Record], kinds: Mapping[str, RecordKind]
) -> Iterator[RecordLine]:
    """Give a line for each record that some line counts, in the order of their days."""
    entries = {e.record: e for e in found.score.entries}
    titles = {i.code: i.title for i in found.score.items}
    counting = {kind: line.item() for line in settings.items for kind in line.kinds}
    for r in records:
        entry = entries.get(r.id)
        if entry is not None or r.kind in counting:
            yield _record(r, kinds.get(r.kind), entry, counting.get(r.kind), titles)


def _record(
    r: Record, kind: RecordKind | None, entry: ScoreEntry | None, item: Item | None, titles: Mapping[str, str]
) -> RecordLine:
    measures = kind.measures if kind else {}
    said = (f"{title} {r.facts[fact]}" for fact, title in measures.items() if r.facts.get(fact))
    return RecordLine(
        on=r.on,
        kind=kind.title if kind else r.kind,
        title=r.title,
        item=titles.get(entry.item, entry.item) if entry else item.title if item else "",
        quantity=Figure(r.quantity, bool(r.facts.get("approx"))),
        facts="、".join(said),
        evidence="；".join(r.evidence),
        state=STATES[r.state],
        points=written(entry.points) if entry else "",
        formula=entry.formula if entry else "",
        id=r.id,
    )


def _result(found: PersonScore) -> Result | None:
    r = found.result
    if r is None:
        return None
    points, poor = r.facts.get("points", 0), bool(r.facts.get("poor"))
    return Result(
        points=written(points),
        poor=poor,
        on=r.on,
        formula=r.formula,
        same=(points, poor) == (found.score.total, found.poor),
        state=STATES[r.state],
        id=r.id,
    )


def _rule(line: Line, kinds: Mapping[str, RecordKind]) -> RuleLine:
    measures = {fact: title for kind in line.kinds if kind in kinds for fact, title in kinds[kind].measures.items()}
    return RuleLine(title=line.title, category=line.category, gives=line.told(measures), source=line.source)
