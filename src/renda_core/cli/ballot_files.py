"""Commands that carry a ballot's files: boxes to trustees and back, boards and results for outsiders, papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import printing, telling
from renda_core.cli.ballots import A_FILE, BALLOT, ROUND, ballot_id, read_json, write_json
from renda_core.cli.session import TENANT, Command, Session
from renda_core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = click.argument("file", type=A_FILE)
PAPERS = {"paper": "选票", "roll": "领票登记表", "tally": "划票表", "record": "计票报告单", "announcement": "公告"}


@click.command("rehearse", cls=Command)
@TENANT
@BALLOT
@click.option("--to", "made", type=A_FILE, help="导出 Write a box of trial papers for the trustees.")
@click.option("--opened", type=A_FILE, help="收回 Take in that box as the trustees opened it.")
@click.pass_obj
def rehearse(session: Session, tenant: str, ballot: str, made: Path | None, opened: Path | None) -> None:
    """演练 Let the trustees open trial papers before the vote: until they have, no box is opened for devices."""
    from renda_core.services import ballots

    if (made is None) == (opened is None):
        raise click.UsageError("give --to FILE to make the box of trial papers, or --opened FILE to hand it in")
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        id = ballot_id(workspace, actor, ballot)
        if made is not None:
            telling.place(made)
            box = workspace.do(ballots.rehearsal, actor, id)
            write_json(session, made, box, {"papers": len(box.get("papers", ()))})
            return
        after = workspace.do(ballots.accept_rehearsal, actor, id, read_json(opened or Path()))
    data = {"id": id, "rehearsed": after.rehearsed, "version": after.version}
    session.tell(data, lambda: telling.line("rehearsed 演练已通过: the box can be opened"))


@click.command("box", cls=Command)
@TENANT
@BALLOT
@FILE
@ROUND
@click.pass_obj
def box(session: Session, tenant: str, ballot: str, file: Path, number: int | None) -> None:
    """票箱 Write the shut box with its sealed papers, for the trustees: renda trustee peel."""
    from renda_core.services import ballots

    telling.place(file)
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        found = workspace.ask(ballots.box, actor, ballot_id(workspace, actor, ballot), number or 0)
    write_json(session, file, found, {"papers": len(found.get("papers", ()))})


@click.command("board", cls=Command)
@TENANT
@BALLOT
@click.option("--to", "file", type=A_FILE, help="导出 Write it into a file, for whoever verifies from outside.")
@ROUND
@click.pass_obj
def board(session: Session, tenant: str, ballot: str, file: Path | None, number: int | None) -> None:
    """公告板 Show the receipts of all papers that were in the box when it was shut; find yours among them."""
    from renda_core.services import ballots

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        found = workspace.ask(ballots.board, actor, ballot_id(workspace, actor, ballot), number or 0)
    if file is not None:
        write_json(session, file, found, {"papers": len(found.hashes), "digest": found.digest})
        return

    def human() -> None:
        for hash in found.hashes:
            telling.line(hash)
        telling.line(f"{len(found.hashes)} papers 份; digest {found.digest or 'of nothing 空箱'}")

    session.tell(found, human)


@click.command("result", cls=Command)
@TENANT
@BALLOT
@FILE
@ROUND
@click.pass_obj
def result(session: Session, tenant: str, ballot: str, file: Path, number: int | None) -> None:
    """结果文件 Write the signed result of an announced round, for whoever verifies it: renda ballot verify."""
    from renda_core.services import ballots

    telling.place(file)
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        found = workspace.ask(ballots.result, actor, ballot_id(workspace, actor, ballot), number or 0)
    write_json(session, file, found, {})


@click.command("print", cls=Command)
@TENANT
@BALLOT
@click.argument("what", type=click.Choice([*PAPERS, *PAPERS.values()]))
@FILE
@ROUND
@click.pass_obj
def print_(session: Session, tenant: str, ballot: str, what: str, file: Path, number: int | None) -> None:
    """打印 Print a paper of a ballot as PDF: 选票, 领票登记表, 划票表, 计票报告单 or 公告, each at its time."""
    telling.place(file)
    name = next(code for code, title in PAPERS.items() if what in (code, title))
    gather = _papers()[name]
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        paper = workspace.ask(gather, actor, ballot_id(workspace, actor, ballot), round=number or 0)
    printing.write(session, file, paper)


def _papers() -> dict[str, Callable[..., Any]]:
    from renda_core.services.papers import ballots as before
    from renda_core.services.papers import counted

    return {
        "paper": before.ballot_paper,
        "roll": before.roll_paper,
        "tally": before.tally_paper,
        "record": counted.record_paper,
        "announcement": counted.announcement_paper,
    }


def refuse_ending(file: Path, *endings: str) -> None:
    """Refuse a file whose name says that it is something else.

    Raises:
        ConfigError: Naming the endings that are right here.
    """
    if file.suffix.lower() not in endings:
        raise ConfigError("nothing was written", f"{file}: name it {' or '.join(endings)}")
