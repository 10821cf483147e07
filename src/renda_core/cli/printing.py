"""Papers from the command line: PDF into a file that appears whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import Command, Session, login, login_name
from renda_core.domain.suggestion import KIND
from renda_core.errors import Invalid

if TYPE_CHECKING:
    from renda_core.papers import Paper
    from renda_core.workspace import Workspace

A_FILE = click.Path(path_type=Path, dir_okay=False)
PDF = click.option("--pdf", type=A_FILE, help="打印 Write a PDF to print and file.")


def one_file(xlsx: Path | None, pdf: Path | None) -> tuple[Path | None, Path | None]:
    """Refuse two files at once: one command gives one answer."""
    if xlsx is not None and pdf is not None:
        raise Invalid("give --xlsx or --pdf, one at a time", field="pdf")
    return xlsx, pdf


def names(workspace: Workspace) -> dict[str, str]:
    """Name whoever is logged in to this machine: the roster does not know them."""
    return {login(workspace.tenant.id): login_name()}


def write(session: Session, path: Path, paper: Paper) -> None:
    """Set a paper and write it, and say where it is.

    Raises:
        ConfigError: Nothing can be written there, or typst or its fonts are not installed.
    """
    from renda_core import papers
    from renda_core.files.written import whole_file

    place = telling.place(path)
    with session.progress("打印 print", None):
        made = papers.render(paper)
    with whole_file(place) as part:
        part.write_bytes(made)
    session.tell({"file": str(path), "bytes": len(made)}, lambda: telling.line(f"written 已导出: {path}"))


@click.command("print", cls=Command)
@click.argument("tenant")
@click.argument("number")
@click.argument("file", type=A_FILE)
@click.option("--kind", default=KIND, show_default=True, help="种类 Of another kind of case.")
@click.pass_obj
def print_(session: Session, tenant: str, number: str, file: Path, kind: str) -> None:
    """打印案卷 Print a case file as PDF: text, people, units, deadlines, history, as far as you may see them."""
    from renda_core.cli import suggestions
    from renda_core.services import papers

    telling.place(file)
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        seen = suggestions.load(workspace, actor, kind, number)
        paper = workspace.ask(papers.case_paper, actor, seen.id, names=names(workspace))
    write(session, file, paper)
