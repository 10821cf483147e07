"""Commands that find: cases and people by text, the roster's people, and the words that both are found by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.ledgers import table, titled_rows
from renda_core.cli.session import TENANT, Command, Session

PEOPLE = ("姓名", "所属人大", "届", "代表团", "状态")
STATES = ("elected", "active", "suspended", "ended", "void")
SIZE = click.option("--size", default=50, show_default=True, help="行数 Rows of a page.")
AFTER = click.option("--after", default="", metavar="CURSOR", help="What the last page gave, to go on.")


@click.command(cls=Command)
@TENANT
@click.argument("text")
@click.option("--kind", default="", help="种类 Cases of this kind only.")
@click.option("--cases", "what", flag_value="cases", help="办件 Cases only.")
@click.option("--people", "what", flag_value="people", help="人员 People only.")
@SIZE
@AFTER
@click.pass_obj
def search(session: Session, tenant: str, text: str, kind: str, what: str | None, size: int, after: str) -> None:
    """检索 Find cases by words, number or initials (xjsq), and people by name or pinyin (zhangsan, zs)."""
    from renda_core.services import search as searching

    with session.open(tenant) as workspace:
        found = workspace.ask(
            searching.search,
            session.actor(workspace),
            text,
            kind=kind,
            what=(what,) if what else searching.WHAT,
            after=after,
            size=size,
        )
        cases = [titled_rows(workspace, row.kind, [row])[0] for row in found.cases]
        kinds = {k.name: k.title for k in workspace.tenant.practice.kinds()}
    people = [telling.plain(row) for row in found.people]

    def human() -> None:
        for name in dict.fromkeys(row["kind"] for row in cases):
            table([row for row in cases if row["kind"] == name], kinds.get(name, name))
        if people:
            _people(people)
        if not cases and not people:
            telling.line("nothing found 未检索到")
        if found.after:
            telling.aside(f"more 还有: --after {found.after}")

    session.tell({"kind": kind, "cases": cases, "people": people, "after": found.after}, human)


@click.command(cls=Command)
@TENANT
@click.argument("text", default="")
@click.option("--congress", default=None, metavar="ID", help="所属人大 With a mandate in this congress.")
@click.option("--body", default=None, metavar="ID", help="代表团 In this delegation, group or committee.")
@click.option("--state", default=None, type=click.Choice(STATES), help="状态 With a mandate in this state.")
@SIZE
@AFTER
@click.pass_obj
def people(session: Session, /, tenant: str, **given: Any) -> None:
    """代表 List people with their mandates, or those whom a text finds; numbers are masked."""
    from renda_core.services import people as roster

    with session.open(tenant) as workspace:
        page = workspace.ask(roster.listing, session.actor(workspace), "persons", roster.Want(**given))
    rows = [telling.plain(row) for row in page.rows]

    def human() -> None:
        _people(rows)
        if page.after:
            telling.aside(f"more 还有: --after {page.after}")

    session.tell({"people": rows, "after": page.after}, human)


def _people(rows: Iterable[dict[str, Any]]) -> None:
    """Show people, a line for each mandate."""
    from renda_core.domain.mandates import STATE_TITLES

    titles = STATE_TITLES
    blank: dict[str, Any] = {}
    keys = ("congress_name", "term_number", "delegation")
    lines = [
        (row["name"] if n == 0 else "", *(held.get(k, "") for k in keys), titles.get(held.get("state", ""), ""))
        for row in rows
        for n, held in enumerate(row["mandates"] or [blank])
    ]
    telling.table(PEOPLE, lines, title="人员", empty="nobody")


@click.command(cls=Command)
@TENANT
@click.argument("text")
@click.option("--kind", default="opinion", show_default=True, help="种类 Among the cases of this kind.")
@click.option("--size", default=5, show_default=True, type=int, help="件数 At most so many.")
@click.pass_obj
def similar(session: Session, tenant: str, text: str, kind: str, size: int) -> None:
    """相似意见 List earlier cases whose text is much alike, the most alike first; nothing leaves this machine."""
    from renda_core.services.likeness import alike

    with session.open(tenant) as workspace:
        found = workspace.ask(alike, session.actor(workspace), text, kind, size=size)
        at = workspace.tenant
        procedure = at.practice.procedure(kind, at.practice.edition(kind, at.today))
    titles = procedure.facets["main"].titles
    rows = [(f"{a.likeness:.0f} %", a.number, a.opened_on, titles.get(a.state, a.state), a.text) for a in found]
    columns = ("相似度", "编号", "登记日期", "状态", "内容")
    session.tell(
        telling.plain(found), lambda: telling.table(columns, rows, empty="nothing alike 没有相似的", fold=True)
    )


@click.command(cls=Command)
@TENANT
@click.pass_obj
def reindex(session: Session, tenant: str) -> None:
    """重建检索 Write the words of all cases and people anew, after an upgrade; safe to repeat."""
    from renda_core.services.search.reindex import reindex as again

    with session.open(tenant) as workspace, session.progress("重建检索 reindex", None) as tick:
        done = workspace.store.run(again(workspace.store, workspace.tenant, tick))
    told = f"cases 办件: {done.cases}; people 人员: {done.people}; words 词: +{done.added} -{done.cut}"
    session.tell(telling.plain(done), lambda: telling.line(told))
