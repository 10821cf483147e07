"""Commands that read many cases: the ledger, what is overdue, search, the year's report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import rich_click as click

from renda_core.cli import exporting, printing, telling
from renda_core.cli.session import TENANT, Command, Session
from renda_core.domain.suggestion import KIND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from renda_core.domain.case import Actor
    from renda_core.files import Page
    from renda_core.services.ledgers import Ask
    from renda_core.store.ledgers import LedgerRow
    from renda_core.workspace import Workspace

XLSX = click.option("--xlsx", type=click.Path(path_type=Path, dir_okay=False), help="导出 Write a workbook.")
OF_KIND = click.option("--kind", default=KIND, show_default=True, help="种类 The kind of case.")
COLUMNS = ("编号", "标题", "状态", "轮", "提出", "最近到期", "办结")


SORTS = ("opened", "-opened", "due", "number")


def day(_: click.Context, option: click.Parameter, given: str | None) -> dt.date | None:
    """Read a day."""
    try:
        return dt.date.fromisoformat(given) if given else None
    except ValueError:
        raise click.BadParameter(f"{given} is no day; write it so: 2026-03-01", param=option) from None


@click.command("ledger", cls=Command)
@TENANT
@OF_KIND
@click.option("--state", default="", help="状态 In this state, by name or Chinese title.")
@click.option("--facet", default="", help="Of which dimension the state is; by default the main one.")
@click.option("--unit", default="", metavar="NAME", help="承办单位 Handled by this unit.")
@click.option("--person", default="", metavar="NAME", help="代表 Of this person.")
@click.option("--dimension", default="", help="A field that reports group by, with --value.")
@click.option("--value", default="", help="Its value.")
@click.option("--text", default="", help="词语 Words of two characters, all of which must be there.")
@click.option("--from", "opened_from", callback=day, metavar="DATE", help="提出自 Opened on this day or later.")
@click.option("--to", "opened_to", callback=day, metavar="DATE", help="提出至 Opened on this day or earlier.")
@click.option("--due-before", callback=day, metavar="DATE", help="到期早于 Something is due before this day.")
@click.option("--closed/--open", default=None, help="办结 Closed cases only, or open ones only.")
@click.option(
    "--sort", default="opened", show_default=True, type=click.Choice(SORTS), help="排序 Order; -: newest first."
)
@click.option("--size", default=50, show_default=True, help="行数 Rows of a page.")
@click.option("--after", default="", metavar="CURSOR", help="What the last page gave, to go on.")
@exporting.tables
@printing.PDF
@click.pass_obj
def ledger(session: Session, /, tenant: str, unit: str, person: str, **given: Any) -> None:
    """台账 List cases, narrowed by any questions; with --xlsx, --csv or --pdf all of them, into a file."""
    from renda_core.cli import finding
    from renda_core.services import ledgers

    table_file, pdf = exporting.into(given), given.pop("pdf")
    printing.one_file(table_file.file, pdf)
    with session.open(tenant) as workspace:
        actor, today = session.actor(workspace), workspace.tenant.today
        ask = ledgers.Ask(
            unit=workspace.read(finding.unit_id, unit, today) if unit else "",
            person=workspace.read(finding.person_id, person, today) if person else "",
            **given | {"state": _state(workspace, given["kind"], given["facet"], given["state"])},
        )
        if table_file.file is not None:
            exporting.write(session, workspace, f"ledger:{ask.kind}", table_file, ask=ask)
            return
        if pdf is not None:
            _print_ledger(session, workspace, ask, pdf)
            return
        page = workspace.ask(ledgers.ledger_page, actor, ask)
        titled = titled_rows(workspace, given["kind"], page.rows)
        practice = workspace.tenant.practice
        title = practice.procedure(ask.kind, practice.edition(ask.kind, today)).kind.title

    def human() -> None:
        table(titled, title)
        if page.after:
            telling.aside(f"more 还有: --after {page.after}")

    session.tell({"kind": given["kind"], "cases": titled, "after": page.after}, human)


def _print_ledger(session: Session, workspace: Workspace, ask: Ask, pdf: Path) -> None:
    """Write a whole ledger as a paper."""
    from renda_core.services import papers, reports

    actor = session.actor(workspace)
    page = reports.ledger_page(workspace.tenant, ask.kind, _all(workspace, actor, ask))
    paper = workspace.ask(papers.ledger_paper, actor, page, names=printing.names(workspace))
    printing.write(session, pdf, paper)


def _all(workspace: Workspace, actor: Actor, ask: Ask) -> list[LedgerRow]:
    """Walk a ledger to its end."""
    from renda_core.services.ledgers import LARGEST, ledger_page

    found: list[LedgerRow] = []
    while True:
        page = workspace.ask(ledger_page, actor, attrs.evolve(ask, size=LARGEST))
        found += page.rows
        if not page.after:
            return found
        ask = attrs.evolve(ask, after=page.after)


def _state(workspace: Workspace, kind: str, facet: str, given: str) -> str:
    """Read a state's Chinese title; what is none is looked for as it is."""
    practice = workspace.tenant.practice
    found = practice.procedure(kind, practice.edition(kind, workspace.tenant.today)).facets.get(facet or "main")
    return next((s for s, title in found.titles.items() if title == given), given) if found else given


def titled_rows(workspace: Workspace, kind: str, rows: Sequence[LedgerRow]) -> list[dict[str, Any]]:
    """Give rows as plain data, with the titles of their states."""
    practice = workspace.tenant.practice
    titles = practice.procedure(kind, practice.edition(kind, workspace.tenant.today)).facets["main"].titles
    return [telling.plain(row) | {"state_title": titles.get(row.state, row.state)} for row in rows]


def table(rows: Sequence[dict[str, Any]], title: str) -> None:
    """Show rows of cases."""
    keys = ("number", "title", "state_title", "round", "opened_on", "next_due", "closed")
    telling.table(COLUMNS, [[row[key] for key in keys] for row in rows], title=title, empty="no case")


def _write(session: Session, path: Path, pages: Sequence[Page]) -> None:
    from renda_core.files import write_workbook

    write_workbook(telling.place(path), tuple(pages))
    data = {"file": str(path), "pages": [page.title for page in pages]}
    session.tell(data, lambda: telling.line(f"written 已导出: {path}"))


@click.command(cls=Command)
@TENANT
@click.option("--size", default=200, show_default=True, help="行数 Clocks looked at, the longest overdue first.")
@exporting.tables
@click.pass_obj
def overdue(session: Session, /, tenant: str, size: int, **given: Any) -> None:
    """逾期 List the deadlines that have passed, the longest first; with --xlsx or --csv all of them, into a file."""
    from renda_core.services import ledgers, lookups

    table_file = exporting.into(given)
    with session.open(tenant) as workspace:
        if table_file.file is not None:
            exporting.write(session, workspace, "overdue", table_file)
            return
        today, practice = workspace.tenant.today, workspace.tenant.practice
        rows = workspace.ask(ledgers.overdue, session.actor(workspace), size=size)
        names = workspace.read(lookups.named, {row.unit for row in rows})
    found = []
    for row in rows:
        procedure = practice.find(row.kind, practice.edition(row.kind, today))
        rule = procedure.clocks.get(row.clock) if procedure else None
        facts = {"clock_title": rule.title if rule else "", "unit_name": names.get(row.unit, "")}
        found.append(telling.plain(row) | facts | {"days": (today - row.due_on).days})
    columns = ("编号", "标题", "时限", "单位", "到期", "逾期天数", "暂定")
    keys = ("number", "title", "clock_title", "unit_name", "due_on", "days", "provisional")
    human = [[f[key] for key in keys] for f in found]
    session.tell({"overdue": found}, lambda: telling.table(columns, human, empty="nothing is overdue 无逾期"))


@click.command(cls=Command)
@TENANT
@click.argument("year", type=click.IntRange(1950, 2100))
@XLSX
@exporting.CSV_FOLDER
@printing.PDF
@click.pass_obj
def report(session: Session, tenant: str, year: int, xlsx: Path | None, csv: Path | None, pdf: Path | None) -> None:
    """年度报表 The year in numbers; every rate stands beside what it is a rate of."""
    from renda_core.services import reports

    printing.one_file(xlsx or csv, pdf)
    if pdf is not None:
        _print_report(session, tenant, year, pdf)
        return
    with session.open(tenant) as workspace, session.progress("年度报表 report", None):
        found = workspace.ask(reports.yearly, session.actor(workspace), year)
        pages = reports.pages(found)
    if xlsx is not None:
        _write(session, xlsx, pages)
        return
    if csv is not None:
        exporting.write_pages(session, csv, pages)
        return
    whole: list[dict[str, Any]] = [
        {"title": p.title, "columns": list(p.columns), "rows": [list(r) for r in p.rows], "notes": list(p.notes)}
        for p in pages
    ]

    def human() -> None:
        for page in whole:
            telling.table(page["columns"], page["rows"], title=page["title"])
            for note in page["notes"]:
                telling.line(f"  {note}")

    session.tell({"year": year, "pages": whole}, human)


def _print_report(session: Session, tenant: str, year: int, pdf: Path) -> None:
    from renda_core.services import papers

    telling.place(pdf)
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        paper = workspace.ask(papers.report_paper, actor, year, names=printing.names(workspace))
    printing.write(session, pdf, paper)
