"""Commands that start something larger: the demonstration, the server, and the tokens that open it."""

from __future__ import annotations

import importlib
import sqlite3
from pathlib import Path
from typing import Any

import attrs
import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import Command, Group, Session
from renda_core.errors import ConfigError


def sqlite_note() -> str:
    """Say what the machine's SQLite needs of those who run it; nothing where it is sound."""
    from renda_core.store.sqlite import sound

    if sound(sqlite3.sqlite_version_info):
        return ""
    return f"SQLite {sqlite3.sqlite_version} has the WAL-reset defect: let one process at a time write a tenant's file"


@click.command(cls=Command)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build") / "demo",
    show_default=True,
    help="目录 Where its data and its report go; an earlier demonstration there is replaced.",
)
@click.option(
    "--tenants",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path("tenants"),
    show_default=True,
    help="租户目录 The folder of tenants, with the county's files.",
)
@click.pass_obj
def demo(session: Session, folder: Path, tenants: Path) -> None:
    """演示 Do one county's work from first word to yearly report, on files of made-up people."""
    from rich.console import Console

    from renda_core import demo as shown
    from renda_core.cli.showing_demo import Listener, Terminal

    if session.json:
        heard = Listener()
        path = shown.run(folder, tenants, heard)
        session.tell({"lines": heard.lines, "tables": heard.tables, "report": str(path)}, lambda: None)
    else:
        shown.run(folder, tenants, Terminal(Console()))


def _server(module: str) -> Any:
    """Load a part of the server by name: the library stands below it and must run without it."""
    try:
        return importlib.import_module(f"renda_server.{module}")
    except ModuleNotFoundError as missing:
        remedy = "install it: pip install 'renda[server]'"
        raise ConfigError("the server is not installed here", f"{missing.name} is missing; {remedy}") from missing


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="地址 The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="端口 The port.")
@click.pass_obj
def serve(session: Session, host: str, port: int) -> None:
    """启动服务 Run the web server; make a token for each who uses it: renda token new."""
    started = _server("serving")
    if note := sqlite_note():
        telling.aside(f"note: {note}")
    started.serve(session.home, host=host, port=port, now=session.at().now)


@click.group(cls=Group)
def token() -> None:
    """令牌 Tokens that open the server: each fixes the tenant, the person, the roles and the unit."""


@token.command("new")
@click.argument("tenant")
@click.option("--roles", required=True, metavar="A,B", help="角色 The roles; empty for a handling unit's people.")
@click.option("--unit", default="", metavar="NAME|ID", help="承办单位 The unit acted for.")
@click.option("--person", default="", metavar="NAME|ID", help="人员 Who it is; by default somebody new.")
@click.option("--label", default="", help="备注 What it is for; no personal data.")
@click.pass_obj
def new(session: Session, tenant: str, roles: str, unit: str, person: str, label: str) -> None:
    """新建 Make a token and print it, once: only its hash is kept."""
    from renda_core.store.codec import new_id

    identity = _server("identity")
    asked = attrs.evolve(session, roles=roles, unit=unit, who=person)
    with asked.open(tenant) as workspace:
        actor = asked.actor(workspace)
        # Nobody of the roster gets an id of its own, so that the journal tells two tokens apart.
        actor = actor if person else attrs.evolve(actor, id=new_id())
        code, id = workspace.file.code, workspace.file.id
    made = identity.add(session.home, tenant=code, tenant_id=id, actor=actor, label=label, on=session.at().now().date())
    data = {"token": made, "tenant": code, "person": actor.id, "roles": sorted(actor.roles), "unit": actor.unit}

    def human() -> None:
        telling.line(made)
        telling.aside("keep it: it is shown this once 令牌只显示这一次")

    session.tell(data, human)


@token.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """列表 List the tokens by the beginning of their hash."""
    rows = [telling.plain(holder) for holder in _server("identity").holders(session.home)]
    human = [(r["sha256"][:12], r["tenant"], r["roles"], r["unit"], r["label"], r["made"]) for r in rows]
    columns = ("哈希", "单位", "角色", "承办单位", "备注", "日期")
    session.tell({"tokens": rows}, lambda: telling.table(columns, human, empty="no token yet"))


@token.command("revoke")
@click.argument("beginning")
@click.pass_obj
def revoke(session: Session, beginning: str) -> None:
    """吊销 Take a token back, named by the first 8 characters of its hash or more; it holds at once."""
    gone = _server("identity").remove(session.home, beginning)
    session.tell({"revoked": gone}, lambda: telling.line(f"revoked 已吊销: {gone[:12]}"))
