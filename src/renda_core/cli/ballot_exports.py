"""Commands that carry counts out and in: a workbook with its papers, a Pabulib file, and a count done again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.ballot_files import refuse_ending
from renda_core.cli.ballots import A_FILE, BALLOT, ROUND, ballot_id, seen
from renda_core.cli.session import TENANT, Command, Session
from renda_core.errors import Rejected

if TYPE_CHECKING:
    from renda_core.services.ballots.interchange import Counted, Method

WORKBOOK, PABULIB, CSV = ".xlsx", ".pb", ".csv"
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
METHODS = ("greedy", "equal_shares", "choose", "points")


@click.command("export", cls=Command)
@TENANT
@BALLOT
@click.argument("file", type=A_FILE)
@ROUND
@click.pass_obj
def export(session: Session, tenant: str, ballot: str, file: Path, number: int | None) -> None:
    """导出 Write an announced count: .xlsx with its papers where they may be shown, or .pb for other programs."""
    from renda_core.files import write_workbook
    from renda_core.files.pabulib import write_pabulib
    from renda_core.services.exports import ballots as exports

    refuse_ending(file, WORKBOOK, PABULIB)
    telling.place(file)
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        id = ballot_id(workspace, actor, ballot)
        if file.suffix.lower() == PABULIB:
            write_pabulib(file, workspace.ask(exports.election, actor, id, round=number or 0))
        else:
            write_workbook(file, workspace.ask(exports.workbook, actor, id, round=number or 0))
    session.tell({"file": str(file)}, lambda: telling.line(f"written 已导出: {file}"))


@click.command("recount", cls=Command)
@TENANT
@BALLOT
@click.argument("file", type=FILE)
@ROUND
@click.pass_obj
def recount(session: Session, tenant: str, ballot: str, file: Path, number: int | None) -> None:
    """复核 Count the papers of a workbook again and compare with what was announced; exit code 1 where they differ."""
    from renda_core.services.exports import ballots as exports

    refuse_ending(file, WORKBOOK, CSV)
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        told = exports.Told.of(seen(workspace, actor, ballot), number or 0)
    wrong = exports.recounted(told, exports.papers_from_workbook(file, told))
    if wrong:
        raise Rejected("the papers give another count 复核结果不一致", *wrong)
    session.tell({"equal": True}, lambda: telling.line("equal 复核一致"))


@click.command("tally", cls=Command)
@click.argument("file", type=FILE)
@click.option(
    "--method", type=click.Choice(METHODS), default="greedy", show_default=True, help="方法 How votes become winners."
)
@click.option("--places", type=click.IntRange(0), default=0, help="名额 How many win, of choose and points.")
@click.pass_obj
def tally(session: Session, file: Path, method: Method, places: int) -> None:
    """计 .pb 文件 Count an election of anybody's, in Pabulib's form; no home and no county is needed."""
    from renda_core.files.pabulib import read_pabulib
    from renda_core.services.ballots import interchange

    found = interchange.count_file(read_pabulib(file), method, places=places)
    won = {project.id for project in interchange.chosen(found)}
    rows = [
        {"id": project.id, "name": project.name, "cost": project.cost, "score": score, "won": project.id in won}
        for project, score in zip(found.election.projects, found.scores, strict=True)
    ]
    data = {
        "title": found.election.title,
        "method": found.method,
        "valid": found.count.valid,
        "void": found.count.void,
        "why_void": found.count.why_void,
        "budget": found.election.budget,
        "state": found.verdict.state,
        "projects": rows,
        "notes": found.notes,
    }
    session.tell(data, lambda: _human(found, rows))


def _human(found: Counted, rows: list[dict[str, object]]) -> None:
    from renda_core.services.ballots.interchange import METHODS

    cells = [(r["id"], r["name"], r["score"], r["won"]) for r in rows]
    telling.table(
        ("编号", "项目", "票数或分数", "入选"), cells, title=f"{found.election.title}  {METHODS[found.method]}"
    )
    telling.line(f"有效 {found.count.valid}，无效 {found.count.void}")
    for reason in (*found.verdict.reasons, *found.verdict.warnings, *found.notes):
        telling.line(f"  {reason}")
