"""Pages of practices from the command line: which there are, shown, on paper, and as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import rich_click as click

from renda_core.cli import telling
from renda_core.cli.printing import A_FILE, names, write
from renda_core.cli.session import Command, Group, Session
from renda_core.domain.fields import by_title
from renda_core.errors import Invalid

if TYPE_CHECKING:
    from renda_core.records import Page


@click.group("page", cls=Group)
def page() -> None:
    """页面 The pages of practices: which there are, and on paper."""


def _listed(page: Page) -> dict[str, Any]:
    asks = {a.name: title for title, a in by_title(page.asks).items()}
    return {"name": page.name, "title": page.title, "plugin": page.plugin, "asks": asks}


@page.command("list", cls=Command)
@click.argument("tenant")
@click.pass_obj
def list_pages(session: Session, tenant: str) -> None:
    """列出页面 List the pages that you may open, by name and title."""
    from renda_core.services import ledgers

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        found = [_listed(p) for p in ledgers.pages(workspace.tenant, actor)]
    rows = [(p["name"], p["title"], p["plugin"], " ".join(p["asks"])) for p in found]
    session.tell(found, lambda: telling.table(("名称", "标题", "做法", "可问"), rows))


ASK = click.option("--ask", "asked", multiple=True, metavar="NAME=VALUE", help="所问 What the page asks for.")


def answers(asked: tuple[str, ...]) -> dict[str, str]:
    """Read ``NAME=VALUE`` of each answer; the name may be the Chinese title.

    Raises:
        Invalid: One is not written so, or is given twice.
    """
    said: dict[str, str] = {}
    for one in asked:
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise Invalid(f"--ask {one!r}: write NAME=VALUE, e.g. --ask first=2026-01-01", field="ask")
        if name.strip() in said:
            raise Invalid(f"--ask {name.strip()} is given twice", field="ask")
        said[name.strip()] = value.strip()
    return said


@page.command("show", cls=Command)
@click.argument("tenant")
@click.argument("name")
@ASK
@click.pass_obj
def show_page(session: Session, tenant: str, name: str, asked: tuple[str, ...]) -> None:
    """查看页面 Show a page, as far as you may see it: its single values, then each of its lists."""
    from renda_core.services import ledgers
    from renda_core.services.exports.pages import page_sheets

    said = answers(asked)
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        value = workspace.ask(ledgers.page, actor, name, said)
        sheets = workspace.ask(page_sheets, actor, name, said)

    def told() -> None:
        for sheet in sheets:
            rows = [["" if c is None else str(c) for c in row] for row in sheet.rows]
            telling.table(sheet.columns, rows, title=sheet.title, empty="（无）", fold=True)

    session.tell(msgspec.to_builtins(value, enc_hook=str), told)


@page.command("print", cls=Command)
@click.argument("tenant")
@click.argument("name")
@click.argument("file", type=A_FILE)
@ASK
@click.pass_obj
def print_page(session: Session, tenant: str, name: str, file: Path, asked: tuple[str, ...]) -> None:
    """打印页面 Print a page as PDF, as far as you may see it; `page list` names them."""
    from renda_core.services.papers.pages import page_paper

    telling.place(file)
    said = answers(asked)
    with session.open(tenant) as workspace:
        paper = workspace.ask(page_paper, session.actor(workspace), name, said, names=names(workspace))
    write(session, file, paper)


@page.command("export", cls=Command)
@click.argument("tenant")
@click.argument("name")
@click.argument("file", type=A_FILE)
@ASK
@click.pass_obj
def export_page(session: Session, tenant: str, name: str, file: Path, asked: tuple[str, ...]) -> None:
    """导出页面 Write a page as a workbook (XLSX): every rate beside its numerator and denominator."""
    from renda_core.files import write_workbook
    from renda_core.services.exports.pages import page_sheets

    place, said = telling.place(file), answers(asked)
    with session.open(tenant) as workspace:
        sheets = workspace.ask(page_sheets, session.actor(workspace), name, said)
        write_workbook(place, sheets)
    told = {"file": str(file), "sheets": [sheet.title for sheet in sheets]}
    session.tell(told, lambda: telling.line(f"written 已导出: {file}"))
