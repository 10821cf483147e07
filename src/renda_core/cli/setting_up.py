"""Commands for whoever sets renda up: what is wrong here, bringing data up to date, completion in a shell."""

from __future__ import annotations

import os

import rich_click as click
from click.exceptions import Exit
from click.shell_completion import get_completion_class

from renda_core.cli import telling
from renda_core.cli.failing import USAGE
from renda_core.cli.session import Command, Session
from renda_core.errors import NotFound

MARKS = {"ok": "好 ok", "note": "注意 note", "wrong": "有误 wrong"}
SHELLS = ("bash", "zsh", "fish")


@click.command(cls=Command)
@click.option("--deep", is_flag=True, help="彻底 Also recompute every journal and check every page of every file.")
@click.pass_obj
def doctor(session: Session, deep: bool) -> None:
    """体检 Say what is wrong with this set-up, each thing with its remedy; nothing is changed."""
    from renda_core import doctor as examining

    found = []
    with session.progress("examining 检查", None) as step:
        for finding in examining.examine(session.at(), os.environ, deep=deep):
            found.append(finding)
            step(len(found))
    bad = sum(f.level == "wrong" for f in found)

    def human() -> None:
        rows = [(MARKS[f.level], f.about, f.told, f.remedy) for f in found]
        telling.table(("结果", "项目", "情况", "处理"), rows)
        telling.line(f"{bad} wrong 有误, {sum(f.level == 'note' for f in found)} to note 注意, of {len(found)} 项")

    session.tell({"wrong": bad, "findings": found}, human)
    if bad:
        raise Exit(USAGE)


@click.command(cls=Command)
@click.argument("tenants", nargs=-1)
@click.option("--dsn", default="", metavar="DSN", help="数据库 A PostgreSQL, as a role that may act as its owner.")
@click.pass_obj
def upgrade(session: Session, tenants: tuple[str, ...], dsn: str) -> None:
    """升级 Bring tables up to date after renda was updated: of all tenants here, of some, or of a database."""
    from renda_core.catalogue import Catalogue
    from renda_core.store.migrate import create_sqlite, upgrade_postgres
    from renda_core.store.revision import NEWEST, locations, standing

    places = locations(Catalogue.installed().modules.values())
    if dsn:
        upgrade_postgres(dsn, places)
        session.tell({"database": NEWEST}, lambda: telling.line(f"database 数据库: {NEWEST}"))
        return
    home = session.at()
    there = home.files()
    if unknown := sorted(set(tenants) - there.keys()):
        raise NotFound(f"no tenant {', '.join(unknown)} in {home.path}; there: {', '.join(there) or 'none'}")
    done = []
    with session.progress("upgrading 升级", len(tenants or there)) as step:
        for n, code in enumerate(tenants or there, 1):
            path = there[code]
            before = standing(path)
            create_sqlite(path, places)
            done.append({"tenant": code, "before": before, "now": standing(path)})
            step(n)
    rows = [(d["tenant"], d["before"], d["now"]) for d in done]
    session.tell(
        {"upgraded": done}, lambda: telling.table(("单位", "原版本", "现版本"), rows, empty="no tenant 无单位")
    )


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """补全 Print what makes a shell complete commands, options and tenants.

    For bash, put it into ~/.local/share/bash-completion/completions/renda; for zsh, into a folder of $fpath as _renda;
    for fish, into ~/.config/fish/completions/renda.fish.
    """
    from renda_core.cli.root import renda

    made = get_completion_class(shell)
    if made is None:  # pragma: no cover - the choices are those that click knows
        raise NotFound(f"no completion for {shell}")
    click.echo(made(renda, {}, "renda", "_RENDA_COMPLETE").source())
