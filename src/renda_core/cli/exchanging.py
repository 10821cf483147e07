"""Commands for other programs: the roster as Popolo, calendars as iCalendar, and the sessions that calendars show."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import Command, Group, Session
from renda_core.errors import ConfigError, Invalid

if TYPE_CHECKING:
    from renda_core.services.popolo.imports import Applied, Preview

STATES = {"new": "新增", "change": "变更", "same": "相同", "warning": "有提示", "error": "有错"}
FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
DAY = click.DateTime(["%Y-%m-%d"])


@click.group(cls=Group)
def popolo() -> None:
    """交换 Exchange the roster with other systems as Popolo, in JSON."""


@popolo.command("export")
@click.argument("tenant")
@FILE
@click.option("--personal", is_flag=True, help="含出生日期、民族 Birth dates and nationality too; for the office.")
@click.pass_obj
def export(session: Session, tenant: str, file: Path, personal: bool) -> None:
    """导出 Write people, organisations, posts, memberships, areas and events; no ID number and no telephone."""
    from renda_core.services import popolo as service

    telling.place(file)
    with session.open(tenant) as workspace, session.progress("导出 export", None):
        raw = workspace.ask(service.export, session.actor(workspace), personal=personal)
    _write(session, file, raw)


@popolo.command("import")
@click.argument("tenant")
@FILE
@click.option("--preview", "only", is_flag=True, help="只预览 Preview only.")
@click.option("--of", "collection", default="", help="What a bare array holds, e.g. persons.")
@click.pass_obj
def import_(session: Session, tenant: str, file: Path, only: bool, collection: str) -> None:
    """导入 Bring in a Popolo document, all of it or nothing; nobody is taken away."""
    from renda_core.services.popolo import imports as service

    raw = _read(file)
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        with session.progress("预览 preview", None):
            seen = workspace.ask(service.preview, actor, raw, collection=collection)
        if not session.json:
            _show(seen, file)
        if not seen.ok:
            wrong = [i for i in seen.items if i.state == "error"]
            raise Invalid(
                f"{file.name}: {len(wrong)} of {len(seen.items)} objects are wrong; nothing was imported",
                reasons=seen.errors,
                counts=seen.counts,
            )
        with session.progress("导入 import", None):
            done = None if only else workspace.do(service.apply, actor, raw, collection=collection)
    counts = {state: seen.counts.get(state, 0) for state in STATES}  # type: ignore[call-overload]
    data = {"file": str(file), "ok": True, "counts": counts, "warnings": seen.warnings, "notes": seen.notes}
    session.tell(data | {"applied": done}, lambda: telling.line(_told(done)))


def _read(file: Path) -> bytes:
    from renda_core.services.popolo.read import LARGEST

    if not file.is_file():
        raise ConfigError("nothing was imported", f"{file}: there is no such file")
    if (size := file.stat().st_size) > LARGEST:
        raise ConfigError("nothing was imported", f"{file}: {size} bytes; at most {LARGEST}: split it")
    return file.read_bytes()


def _show(seen: Preview, file: Path) -> None:
    counts = [(f"{STATES[state]} {state}", n) for state, n in seen.counts.items()]
    telling.table(("预览 preview", "项 objects"), counts, title=f"{file.name} → Popolo")
    for text in (*seen.warnings, *seen.notes):
        telling.line(f"  {text}")


def _told(done: Applied | None) -> str:
    if done is None:
        return "nothing was imported 未导入; to import, leave --preview out"
    counts = f"新增 {done.new}, 变更 {done.changed}, 相同 {done.same}, 有提示 {done.warnings}"
    return f"imported 已导入: {counts}; digest {done.digest[:16] or 'none'}"


def _write(session: Session, file: Path, raw: bytes) -> None:
    from renda_core.files.written import whole_file

    with whole_file(telling.place(file)) as part:
        part.write_bytes(raw)
    session.tell({"file": str(file), "bytes": len(raw)}, lambda: telling.line(f"written 已导出: {file}"))


@click.command(cls=Command)
@click.argument("tenant")
@click.argument("what", type=click.Choice(["sessions", "deadlines", "days"]))
@FILE
@click.option(
    "--station", default="", help="站点 Days of one station, by code, name or id, as its notice board has them."
)
@click.option("--deputy", default="", help="代表 Days of one deputy, by name, certificate number or id.")
@click.pass_obj
def feed(session: Session, tenant: str, what: str, file: Path, station: str, deputy: str) -> None:
    """日历 Write a calendar (.ics) of sessions, or of the deadlines or the days that the asker may see."""
    from renda_core.services import feeds

    if (station or deputy) and what != "days":
        raise click.UsageError(f"--station and --deputy are for days, not for {what}")
    if station and deputy:
        raise click.UsageError("give --station or --deputy, not both")
    with session.open(tenant) as workspace:
        if station:
            raw = workspace.ask(feeds.station_feed, station)
        elif deputy:
            from renda_core.cli import finding  # loads the store, which --help does without

            person = workspace.read(finding.person_id, deputy, workspace.tenant.today)
            raw = workspace.ask(feeds.deputy_feed, person)
        else:
            raw = workspace.ask(feeds.feed, session.actor(workspace), what)
    _write(session, file, raw)


@click.group(cls=Group)
def session() -> None:
    """会议 Keep the sessions of a congress."""


@session.command("add")
@click.argument("tenant")
@click.argument("number", type=int)
@click.argument("opens", type=DAY)
@click.argument("closes", type=DAY, required=False)
@click.option("--congress", required=True, help="人民代表大会 Its full name.")
@click.option("--term", type=int, required=True, help="届 The number of the term.")
@click.pass_obj
def add(
    session: Session, /, tenant: str, number: int, opens: dt.datetime, closes: dt.datetime | None, **of: Any
) -> None:
    """添加 Enter session NUMBER, from the day it opens to the day it closes."""
    from renda_core.services import sessions

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        term = workspace.read(sessions.term_named, of["congress"], of["term"])
        last = closes.date() if closes else None
        new = sessions.NewSession(term=term, number=number, opens_on=opens.date(), closes_on=last)
        made = workspace.do(sessions.add_session, actor, new)
    title = sessions.session_title(of["congress"], of["term"], number)
    session.tell({"session": made, "title": title}, lambda: telling.line(f"entered 已登记: {title}"))


@session.command("list")
@click.argument("tenant")
@click.option("--congress", default="", help="人民代表大会 Of this one only.")
@click.option("--term", type=int, default=0, help="届 Of this term only.")
@click.pass_obj
def list_(session: Session, tenant: str, congress: str, term: int) -> None:
    """列表 List sessions by their days."""
    from renda_core.services import sessions

    with session.open(tenant) as workspace:
        found = workspace.ask(sessions.sessions_of, congress=congress, term=term)
    rows = [telling.plain(s) | {"title": s.title} for s in found]
    human = [(r["title"], r["opens_on"], r["closes_on"]) for r in rows]
    session.tell({"sessions": rows}, lambda: telling.table(("会议", "开始", "结束"), human, empty="no session 无会议"))
