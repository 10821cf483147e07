"""履职情况统计: how many deputies did how much in a period, whole and by groups; rates with their base, no ranking.

Source: 道外 (article 004): 通过系统生成数据报告.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

import attrs

from renda_core.domain.duty import BESIDE, Record
from renda_core.domain.fields import titled
from renda_core.domain.figures import Figure, total
from renda_core.domain.protecting import TOTAL
from renda_core.domain.rates import Rate
from renda_core.records import Context, Desk, GroupOn, Page, RecordKind
from renda_plugins.duty_archive.everybody import OFFICES, Whole, whole_of
from renda_plugins.duty_archive.reading import BOOK_TITLES, quantity
from renda_plugins.duty_archive.settings import Settings
from renda_plugins.duty_archive.telling import told_groups, told_months

GROUPS = {"": "合计", "group": "代表小组", "month": "月份", "kind": "类别"}
WITHHELD = "不公布"
UNGROUPED = "（未编组）"
TIMES, HEADS = "次", "人次"
"""What is counted in 次 is added up, a person as often as they came; 件 and 半天 are not added to it."""
DAY = dt.timedelta(1)


@attrs.frozen(kw_only=True)
class Asked:
    """Of which days, by default this year's up to today; of which congress; and by what in groups."""

    first: dt.date | None = titled("起", default=None)
    last: dt.date | None = titled("止", default=None)
    congress: str = titled("人民代表大会", default="")
    by: Literal["", "group", "month", "kind"] = titled("分组", default="", choices=GROUPS)


@attrs.frozen(kw_only=True)
class Line:
    """Figures of some deputies; of too few people there are none, and *note* says so.

    Attributes:
        deputies: Who was in office on any day of the period: the base.
        active: Of these, who has a record that counts; *mandates* those in which they count.
        quantity: Of what is counted in 次, all person-times (人次); by kind, of that kind in its own unit.
        average: Records by deputy in office.
        attendance: What was taken of what was offered; None by kind.
    """

    name: str = titled("名称")
    deputies: int = titled("在任代表")
    active: Rate | None = titled("有记录的代表")
    mandates: int | None = titled("代表职务")
    records: int | None = titled("记录")
    quantity: Figure | None = titled("数量")
    unit: str = titled("单位")
    average: str = titled("人均记录")
    attendance: Rate | None = titled("参加率")
    note: str = titled("说明")


@attrs.frozen(kw_only=True)
class DutyStatistics:
    """The figures of a period.

    Attributes:
        deputies: In office on any day of it, so also who came in a by-election or left: the base of every share.
        total: All of them, in one line.
        lines: Group by group, by name. Groups do not add up to the total where somebody sits in two, or changed.
    """

    first: dt.date = titled("起")
    last: dt.date = titled("止")
    congress: str = titled("人民代表大会")
    deputies: int = titled("在任代表人数")
    total: tuple[Line, ...] = titled("合计")
    lines: tuple[Line, ...] = titled("分组")


async def duty_statistics(context: Context[Settings], desk: Desk, asked: Asked) -> DutyStatistics:
    """Count what deputies did in a period, whole and by groups."""
    whole = await whole_of(context, desk, asked.first, asked.last, asked.congress)
    found = await desk.records_between(whole.first, whole.last, congress=whole.congress)
    mine = [
        r for r in found if r.counts and r.person in whole.held and whole.reading.public(r) and whole.reading.book(r)
    ]
    least = context.settings.least_people
    groups = await _members(desk, whole) if asked.by == "group" else {}
    told = told_groups(groups, whole.held, least)
    lines: Iterator[Line] = iter(())
    if asked.by == "group":
        lines = _by_group(whole, groups, mine, told)
    elif asked.by == "month":
        lines = _by_month(whole, mine, least, min(whole.last, max(whole.first, context.today)))
    elif asked.by == "kind":
        lines = _by_kind(whole, mine) if TOTAL in told else iter(())
    return DutyStatistics(
        first=whole.first,
        last=whole.last,
        congress=whole.congress_name or "全部",
        deputies=len(whole.held),
        total=(_line(whole, GROUPS[""], whole.held, mine, told=TOTAL in told),),
        lines=tuple(lines),
    )


async def _members(desk: Desk, whole: Whole) -> Mapping[str, frozenset[str]]:
    """Give who sat in which group on any day of the period, by the group's name; who sat in none, together."""
    found: dict[str, set[str]] = {}
    groups: dict[str, GroupOn] = {}
    for stretch in await desk.groups_between(whole.first, whole.last):
        for group in stretch.groups:
            if whole.congress in ("", group.congress):
                groups[group.id] = group
                found.setdefault(group.id, set()).update(p for p in group.deputies if p in whole.held)
    of = await desk.names({g.congress for g in groups.values()})
    alike = Counter(g.name for g in groups.values())
    titles = {
        g.id: g.name if alike[g.name] == 1 else f"{g.name}（{of.get(g.congress, g.id)}）" for g in groups.values()
    }
    named = {titles[id]: frozenset(people) for id, people in found.items() if people}
    if alone := frozenset(whole.held).difference(*named.values()):
        named[UNGROUPED] = alone
    return dict(sorted(named.items()))


def _by_group(
    whole: Whole, groups: Mapping[str, frozenset[str]], mine: Sequence[Record], told: Collection[str]
) -> Iterator[Line]:
    """Give each group all that its people did in the period, so that what is told is about whole people."""
    for name, people in groups.items():
        yield _line(whole, name, people, [r for r in mine if r.person in people], told=name in told)


def _by_month(whole: Whole, mine: Sequence[Record], least: int, last: dt.date) -> Iterator[Line]:
    """Give each month those who were in office on any of its days."""
    people: dict[str, frozenset[str]] = {}
    first = whole.first
    while first <= last:
        until = min((first.replace(day=1) + 31 * DAY).replace(day=1) - DAY, last)
        people[f"{first:%Y-%m}"] = whole.in_office(first, until)
        first = until + DAY
    told = told_months({month: len(of) for month, of in people.items()}, least)
    for month, of in people.items():
        yield _line(whole, month, of, [r for r in mine if f"{r.on:%Y-%m}" == month], told=month in told)


def _by_kind(whole: Whole, mine: Sequence[Record]) -> Iterator[Line]:
    """Give each kind a line in its own unit, book by book; who did none of it is in the base all the same."""
    order = list(BOOK_TITLES)
    found: dict[str, list[Record]] = {}
    for record in mine:
        found.setdefault(record.kind, []).append(record)
    reading = whole.reading
    for of in sorted(found.values(), key=lambda of: (order.index(reading.book(of[0])), reading.kind(of[0]).title)):
        kind = reading.kind(of[0])
        yield _line(whole, kind.title, whole.held, of, told=True, kind=kind)


def _line(
    whole: Whole,
    name: str,
    people: Collection[str],
    mine: Sequence[Record],
    *,
    told: bool,
    kind: RecordKind | None = None,
) -> Line:
    """Count some people's records, of one kind or of all.

    What was missed is no duty done: but in a line of its own kind it only lowers the attendance.
    """
    if not told:
        return _untold(name, len(people))
    parts = [whole.reading.kind(r).part for r in mine]
    chances = [part for r, part in zip(mine, parts, strict=True) if not r.facts.get(BESIDE)]
    done = [r for r, part in zip(mine, parts, strict=True) if kind or part != "missed"]
    units = {r.kind: whole.reading.kind(r) for r in done}
    added = [r for r in done if kind or units[r.kind].unit == TIMES]
    counted = whole.heads(done)
    return Line(
        name=name,
        deputies=len(people),
        active=Rate(hits=counted["persons"], base=len(people), of="在任代表"),
        mandates=counted["mandates"],
        records=len(done),
        quantity=total(quantity(r, units[r.kind]) for r in added),
        unit=kind.unit if kind and kind.unit != TIMES else HEADS,
        average=_average(len(done), len(people)),
        attendance=None if kind else _attendance(chances),
        note="",
    )


def _attendance(parts: Sequence[str]) -> Rate:
    return Rate(hits=parts.count("taken"), base=len(parts) - parts.count(""), of="应参加人次")


def _untold(name: str, people: int) -> Line:
    return Line(
        name=name,
        deputies=people,
        active=None,
        mandates=None,
        records=None,
        quantity=None,
        unit="",
        average="",
        attendance=None,
        note=WITHHELD,
    )


def _average(n: int, of: int) -> str:
    """Divide, rounded half up to hundredths; a dash where there is nobody."""
    if not of:
        return "—"
    hundredths = (n * 200 + of) // (2 * of)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def pages() -> Iterator[Page]:
    """Show the figures."""
    yield Page(
        name="duty_statistics",
        title="履职情况统计",
        shows=DutyStatistics,
        view=duty_statistics,
        asks=Asked,
        who=OFFICES,
    )
