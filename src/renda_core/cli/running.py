"""Commands that start something larger: the demonstration and the server."""

from __future__ import annotations

import importlib
import importlib.util
import sqlite3
from pathlib import Path
from typing import Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import Command, Session
from renda_core.errors import ConfigError

NEEDS = ("litestar", "uvicorn")
"""What the server cannot do without."""


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


def server(module: str) -> Any:
    """Load a part of the server by name: the library stands below it and must run without it."""
    try:
        for needed in NEEDS:  # looked for before, for a part loads them late
            if importlib.util.find_spec(needed) is None:
                raise ModuleNotFoundError(name=needed)
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
    started = server("serving")
    if note := sqlite_note():
        telling.aside(f"note: {note}")
    started.serve(session.home, host=host, port=port, now=session.at().now)
