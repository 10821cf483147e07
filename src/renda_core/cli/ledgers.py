"""Commands that read many cases: the ledger, what is overdue, search, the year's report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import rich_click as click

from renda_core.cli import telling
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


@click.command("ledger", cls=Command)
@TENANT
@OF_KIND
@click.option("--state", default="", help="状态 In this state, by name or Chinese title.")
@click.option("--facet", default="", help="Of which dimension the state is; by default the main one.")
@click.option("--unit", default="", metavar="NAME", help="承办单位 Handled by this unit.")
@click.option("--person", default="", metavar="NAME", help="代表 Of this person.")
@click.option("--dimension", default="", help="A field that reports group by, with --value.")
@click.option("--value", default="", help="Its value.")
@click.option("--size", default=50, show_default=True, help="行数 Rows of a page.")
@click.option("--after", default="", metavar="ID", help="The id after which to go on.")
@XLSX
@click.pass_obj
def ledger(session: Session, /, tenant: str, xlsx: Path | None, unit: str, person: str, **given: Any) -> None:
    """台账 List cases, oldest first, narrowed by one question; with --xlsx all of them, into a workbook."""
    from renda_core.cli import finding
    from renda_core.services import ledgers

    with session.open(tenant) as workspace:
        actor, today = session.actor(workspace), workspace.tenant.today
        ask = ledgers.Ask(
            unit=workspace.read(finding.unit_id, unit, today) if unit else "",
            person=workspace.read(finding.person_id, person, today) if person else "",
            **given | {"state": _state(workspace, given["kind"], given["facet"], given["state"])},
        )
        if xlsx is not None:
            from renda_core.services import reports

            rows = _all(workspace, actor, ask)
            _write(session, xlsx, (reports.ledger_page(workspace.tenant, ask.kind, rows),))
            return
        rows = workspace.ask(ledgers.ledger, actor, ask)
        titled = _titled(workspace, given["kind"], rows)
    after = rows[-1].id if len(rows) == given["size"] else ""

    def human() -> None:
        _table(titled, given["kind"])
        if after:
            telling.aside(f"more 还有: --after {after}")

    session.tell({"kind": given["kind"], "cases": titled, "after": after}, human)


def _all(workspace: Workspace, actor: Actor, ask: Ask) -> list[LedgerRow]:
    """Walk a ledger to its end."""
    from renda_core.services.ledgers import LARGEST, ledger

    found: list[LedgerRow] = []
    while rows := workspace.ask(ledger, actor, attrs.evolve(ask, size=LARGEST)):
        found += rows
        if len(rows) < LARGEST:
            break
        ask = attrs.evolve(ask, after=rows[-1].id)
    return found


def _state(workspace: Workspace, kind: str, facet: str, given: str) -> str:
    """Read a state's Chinese title; what is none is looked for as it is."""
    practice = workspace.tenant.practice
    found = practice.procedure(kind, practice.edition(kind, workspace.tenant.today)).facets.get(facet or "main")
    return next((s for s, title in found.titles.items() if title == given), given) if found else given


def _titled(workspace: Workspace, kind: str, rows: Sequence[LedgerRow]) -> list[dict[str, Any]]:
    practice = workspace.tenant.practice
    titles = practice.procedure(kind, practice.edition(kind, workspace.tenant.today)).facets["main"].titles
    return [telling.plain(row) | {"state_title": titles.get(row.state, row.state)} for row in rows]


def _table(rows: Sequence[dict[str, Any]], title: str) -> None:
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
@click.pass_obj
def overdue(session: Session, tenant: str, size: int) -> None:
    """逾期 List the deadlines that have passed, the longest first."""
    from renda_core.cli import finding
    from renda_core.services import ledgers

    with session.open(tenant) as workspace:
        today, practice = workspace.tenant.today, workspace.tenant.practice
        rows = workspace.ask(ledgers.overdue, session.actor(workspace), size=size)
        names = workspace.read(finding.named, {row.unit for row in rows})
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
@click.argument("text")
@OF_KIND
@click.pass_obj
def search(session: Session, tenant: str, text: str, kind: str) -> None:
    """检索 Find cases by words of two characters and more, or by number."""
    from renda_core.services import ledgers

    with session.open(tenant) as workspace:
        rows = workspace.ask(ledgers.search, session.actor(workspace), kind, text)
        titled = _titled(workspace, kind, rows)
    session.tell({"kind": kind, "cases": titled}, lambda: _table(titled, kind))


@click.command(cls=Command)
@TENANT
@click.argument("year", type=click.IntRange(1950, 2100))
@XLSX
@click.pass_obj
def report(session: Session, tenant: str, year: int, xlsx: Path | None) -> None:
    """年度报表 The year in numbers; every rate stands beside what it is a rate of."""
    from renda_core.services import reports

    with session.open(tenant) as workspace:
        found = workspace.ask(reports.yearly, session.actor(workspace), year)
        pages = reports.pages(found)
    if xlsx is not None:
        _write(session, xlsx, pages)
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
