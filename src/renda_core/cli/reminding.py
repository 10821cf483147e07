"""Commands on days and notices: what practices set, who was told, and who has seen it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.searching import AFTER, SIZE
from renda_core.cli.session import TENANT, Command, Session

if TYPE_CHECKING:
    from renda_core.workspace import Workspace

NONE = "no notice 无提醒"
DAY = click.DateTime(["%Y-%m-%d"])


@click.command(cls=Command)
@TENANT
@click.option("--from", "first", type=DAY, default=None, help="起 The first day; by default today.")
@click.option("--to", "last", type=DAY, default=None, help="止 The last day; by default a quarter later.")
@click.pass_obj
def days(session: Session, tenant: str, first: dt.datetime | None, last: dt.datetime | None) -> None:
    """日程 List the days that the enabled practices set: receptions, rotas, what is due before a session."""
    from renda_core.services import days as setting

    with session.open(tenant) as workspace:
        span = (first.date() if first else None, last.date() if last else None)
        found = workspace.ask(setting.days, session.actor(workspace), *span)
    columns = ("日期", "规则", "事项", "提醒日", "提醒人数", "说明")
    rows = [(d.on, d.title, d.label, d.notice_by, d.noticed or "", d.why) for d in found.days]

    def human() -> None:
        telling.table(columns, rows, empty="no day 无日程")
        _failed(found.failed)

    session.tell(found, human)


@click.command(cls=Command)
@TENANT
@click.argument("rule", default="")
@click.argument("matter", default="")
@click.option("--unseen", is_flag=True, help="未阅 Of RULE and MATTER: only those who have not seen it.")
@click.option("--seen", is_flag=True, help="已阅 Mark one's own notice RULE MATTER as seen.")
@SIZE
@AFTER
@click.pass_obj
def notices(
    session: Session, tenant: str, rule: str, matter: str, *, unseen: bool, seen: bool, size: int, after: str
) -> None:
    """提醒 List one's own notices (with --as), or what everybody was told; with RULE MATTER, who has seen it."""
    if bool(rule) != bool(matter) or ((seen or unseen) and not rule):
        raise click.UsageError("give RULE and MATTER together, as `renda notices TENANT` lists them")
    with session.open(tenant) as workspace:
        if seen:
            _see(session, workspace, rule, matter)
        elif rule:
            _people(session, workspace, rule, matter, unseen=unseen, size=size, after=after)
        elif session.who:
            _own(session, workspace, size=size, after=after)
        else:
            _matters(session, workspace, size=size, after=after)


def _own(session: Session, workspace: Workspace, **page: Any) -> None:
    from renda_core.services import notices as told

    found = workspace.ask(told.own, session.actor(workspace), **page)

    def human() -> None:
        for n in found.rows:
            telling.line(f"{n.falls_on} {n.title}")
            telling.line(f"  {n.text}")
            seen = f"seen 已阅 {_moment(n.seen_at)}" if n.seen_at else "not seen 未阅"
            telling.line(f"  sent 发出 {_moment(n.sent_at)}; {seen}; {n.rule} {n.matter}")
        if not found.rows:
            telling.line(NONE)
        _more(found.after)

    session.tell({"notices": found.rows, "after": found.after}, human)


def _matters(session: Session, workspace: Workspace, **page: Any) -> None:
    from renda_core.services import upkeep

    found = workspace.ask(upkeep.sent_notices, session.actor(workspace), **page)
    rows = [(m.falls_on, m.title, m.sent, m.seen, m.sent - m.seen, m.rule, m.matter) for m in found.rows]
    columns = ("日期", "提醒", "已发", "已阅", "未阅", "规则", "事项编号")
    _tell(session, {"matters": found.rows, "after": found.after}, columns, rows, found.after)


def _people(session: Session, workspace: Workspace, rule: str, matter: str, **asked: Any) -> None:
    from renda_core.services import upkeep

    found = workspace.ask(upkeep.recipients, session.actor(workspace), rule, matter, **asked)
    rows = [(p.name, _moment(p.sent_at), _moment(p.seen_at), p.person) for p in found.rows]
    columns = ("姓名", "发出", "已阅", "编号")
    _tell(session, {"people": found.rows, "after": found.after}, columns, rows, found.after)


def _see(session: Session, workspace: Workspace, rule: str, matter: str) -> None:
    from renda_core.services import notices as told

    found = workspace.do(told.see, session.actor(workspace), rule, matter)
    session.tell({"notice": found}, lambda: telling.line(f"seen 已阅 {_moment(found.seen_at)}: {found.title}"))


def _tell(
    session: Session, data: dict[str, Any], columns: tuple[str, ...], rows: Iterable[tuple[object, ...]], after: str
) -> None:
    def human() -> None:
        telling.table(columns, rows, empty=NONE)
        _more(after)

    session.tell(data, human)


def _more(after: str) -> None:
    if after:
        telling.aside(f"more 还有: --after {after}")


def _failed(failed: Iterable[str]) -> None:
    for name in failed:
        telling.aside(f"left out 未列入: {name}")


def _moment(at: dt.datetime | None) -> str:
    """Write a moment as the county's clock showed it."""
    from renda_core.workspace import ZONE

    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" if at else ""
