"""The yearly report and the ledger as sheets: loaded here, computed in the domain, written by ``files``."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable, Sequence

import attrs
from sqlalchemy import Date, Integer, bindparam, select

from renda_core.domain import yearly as y
from renda_core.domain.case import MAIN, UNIT, Actor, Case
from renda_core.domain.procedure import Kind
from renda_core.domain.rates import Rate
from renda_core.domain.suggestion import KIND
from renda_core.domain.visibility import KEEPERS
from renda_core.errors import NotAllowed
from renda_core.files.workbook import Page
from renda_core.services import ledgers, lookups
from renda_core.services.sight import veiled_in_lists
from renda_core.store import tables as t
from renda_core.store.cases import CaseRow, read_row
from renda_core.store.columns import Id
from renda_core.store.compile import Query, keyed
from renda_core.store.ledgers import LedgerRow
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

PAGE = 500
READERS = frozenset({"office", "director", "overseer", "presidium"})
"""Who reads a report that shows how content the deputies were, by unit."""
SHARE = ("项目", "比率", "分子", "分母", "分母口径")


@attrs.frozen(kw_only=True)
class YearRow:
    """A case of a year, as stored."""

    id: str
    kind: str
    edition: str
    document: bytes


_f = t.case_file
OF_YEAR = Query(
    select(_f.c.id, _f.c.kind, _f.c.edition, _f.c.document)
    .where(
        *keyed(_f, "kind"),
        _f.c.opened_on >= bindparam("first", type_=Date()),
        _f.c.opened_on <= bindparam("last", type_=Date()),
        _f.c.id > bindparam("after", type_=Id()),
    )
    .order_by(_f.c.id)
    .limit(bindparam("size", type_=Integer())),
    YearRow,
)


@attrs.frozen(kw_only=True)
class FacetCount:
    """How many cases stand in one state of one facet."""

    facet: str
    state: str
    title: str
    n: int


@attrs.frozen(kw_only=True)
class KindTotal:
    """How many cases of one kind there are, and how many are done; kinds are never added to each other."""

    kind: str
    title: str
    done: Rate


@attrs.frozen(kw_only=True)
class Report:
    """A year of suggestions, and beside it how far every other kind of case has come."""

    tenant: str
    year: int
    today: dt.date
    headline: tuple[y.Line, ...]
    grades: tuple[y.Line, ...]
    classes: tuple[y.Line, ...]
    facets: tuple[FacetCount, ...]
    units: tuple[y.Group, ...]
    delegations: tuple[y.Group, ...]
    subjects: tuple[y.Group, ...]
    kinds: tuple[KindTotal, ...]


async def yearly(reader: Reader, tenant: Tenant, actor: Actor, year: int) -> Report:
    """Make the report of a year.

    Raises:
        NotAllowed: The reader may not see evaluations by unit.
    """
    if not actor.roles & READERS:
        raise NotAllowed("the yearly report is for the congress's own offices")
    veiled = _left_veiled(tenant, actor)
    cases = tuple([c async for c in _of_year(reader, tenant, KIND, year)])
    settings = tenant.settings("suggestion_handling", dt.date(year, 12, 31))
    inside, names = bool(settings and settings.unanswered_in_base), await lookups.names(reader)

    def by(keys: Callable[[Case], Iterable[str]], unit: bool = False) -> tuple[y.Group, ...]:
        return y.grouped(cases, keys, tenant.calendar, tenant.today, inside, unit)

    units = by(lambda c: [a.unit for a in c.assignments if a.round == 1], unit=True)
    return Report(
        tenant=tenant.name,
        year=year,
        today=tenant.today,
        headline=y.headline(cases, tenant.calendar, tenant.today, inside),
        grades=y.grades(cases),
        classes=y.classes(cases, settings.reply_classes if settings else {}),
        facets=tuple(_facets(tenant, cases, veiled)),
        units=tuple(attrs.evolve(g, name=names.get(g.name, g.name)) for g in units),
        delegations=by(lambda c: [getattr(c.body, "delegation", "") or "未列明"]),
        subjects=by(lambda c: [getattr(c.body, "subject", "") or "未列明"]),
        kinds=tuple([await _total(reader, tenant, kind) for kind in tenant.practice.kinds()]),
    )


async def _of_year(reader: Reader, tenant: Tenant, kind: str, year: int) -> AsyncIterator[Case]:
    after, first, last = "", dt.date(year, 1, 1), dt.date(year, 12, 31)
    while rows := await reader.all(OF_YEAR, kind=kind, first=first, last=last, after=after, size=PAGE):
        for row in rows:
            yield read_row(CaseRow(kind=row.kind, edition=row.edition, document=row.document), tenant.practice)
        after = rows[-1].id


def _left_veiled(tenant: Tenant, actor: Actor) -> frozenset[str]:
    """List what a missing practice leaves veiled from a reader; a report counts nothing of it.

    Raises:
        NotAllowed: Nobody knows what of these cases was veiled, or what they were: that is for their keepers alone.
    """
    begun = tenant.practice.editions.get(KIND)
    found = tenant.practice.find(KIND, tenant.practice.edition(KIND, tenant.today) if begun else "")
    if found is None or not found.readonly or actor.roles & KEEPERS:
        return frozenset()
    veiled = veiled_in_lists(found, actor)
    if f"facet.{MAIN}" in veiled or found.kind.audience <= KEEPERS:
        raise NotAllowed(f"the yearly report is for {' and '.join(sorted(KEEPERS))} meanwhile: {found.readonly}")
    return veiled


def _facets(tenant: Tenant, cases: Sequence[Case], veiled: frozenset[str]) -> Iterable[FacetCount]:
    """Count every flag that the enabled practices add: key items, transfers, publication."""
    if (KIND, "") not in tenant.practice.procedures and not tenant.practice.editions.get(KIND):
        return
    procedure = tenant.practice.procedure(KIND, tenant.practice.edition(KIND, tenant.today))
    for facet in procedure.facets.values():
        if facet.name == UNIT or f"facet.{facet.name}" in veiled:
            continue
        for state in facet.states:
            n = sum(procedure.state(c, facet.name) == state for c in cases)
            if n:
                yield FacetCount(
                    facet=facet.title or facet.name, state=state, title=facet.titles.get(state, state), n=n
                )


async def _total(reader: Reader, tenant: Tenant, kind: Kind) -> KindTotal:
    counts = await ledgers.StoreDesk(reader, tenant).facet_counts(kind.name, "main")
    procedure = tenant.practice.procedure(kind.name, kind.edition)
    done = sum(n for state, n in counts.items() if state in procedure.facets["main"].final)
    return KindTotal(
        kind=kind.name, title=kind.title, done=Rate(hits=done, base=sum(counts.values()), of=f"全部{kind.title}")
    )


def pages(report: Report) -> tuple[Page, ...]:
    """Lay the report out as sheets, every rate beside its numerator and its named denominator."""
    note = f"{report.tenant}，{report.year} 年，截至 {report.today}"
    group = (
        *("名称", "件数"),
        *("办复率", "办复", "交办"),
        *("按期率", "按期", "应复件次"),
        *("首轮满意率", "首轮满意", "首轮收回评价"),
        *("最终满意率", "最终满意", "收回评价"),
    )
    return (
        Page("总表", SHARE, [_line(x) for x in report.headline], notes=(note,), widths=(26, 12, 10, 10, 28)),
        Page("首轮评价", SHARE, [_line(x) for x in report.grades], widths=(26, 12, 10, 10, 28)),
        Page("答复分类", SHARE, [_line(x) for x in report.classes], widths=(40, 12, 10, 10, 28)),
        Page("状态", ("侧面", "状态", "件数"), [(f.facet, f.title, f.n) for f in report.facets], widths=(18, 18, 10)),
        *(
            Page(title, group, [_group(g) for g in rows], widths=(30,))
            for title, rows in (("按单位", report.units), ("按代表团", report.delegations), ("按类别", report.subjects))
        ),
        Page("各类办件", SHARE, [_line(y.Line(title=f"{k.title}办结率", rate=k.done)) for k in report.kinds]),
    )


def _line(line: y.Line) -> tuple[object, ...]:
    hits, base, of, shown = line.rate.to_row()
    return line.title, shown, hits, base, of


def _group(g: y.Group) -> tuple[object, ...]:
    rates = (g.replied, g.on_time, g.first_satisfied, g.last_satisfied)
    return (g.name, g.cases, *(cell for r in rates for cell in (r.shown, r.hits, r.base)))


LEDGER_COLUMNS = ("编号", "标题", "提出日期", "状态", "轮次", "最近到期", "是否办结")


def ledger_page(tenant: Tenant, kind: str, rows: Sequence[LedgerRow]) -> Page:
    """Lay a ledger out as a sheet."""
    procedure = tenant.practice.procedure(kind, tenant.practice.edition(kind, tenant.today))
    titles = procedure.facets["main"].titles
    cells = [
        (r.number, r.title, r.opened_on, titles.get(r.state, r.state), r.round, r.next_due, "是" if r.closed else "否")
        for r in rows
    ]
    return Page(f"{procedure.kind.title}台账", LEDGER_COLUMNS, cells, widths=(18, 60, 12, 12, 8, 12, 10))
