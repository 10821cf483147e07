"""Commands for files out: sheets as the import reads them, and columns saved under a name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Command, Group, Session
from renda_core.errors import ConfigError, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from renda_core.files import Page
    from renda_core.services.ledgers import Ask
    from renda_core.workspace import Workspace

FILE = click.Path(path_type=Path, dir_okay=False)
XLSX = click.option("--xlsx", type=FILE, help="导出 Write a workbook.")
CSV = click.option("--csv", type=FILE, help="导出 Write a CSV file.")
CSV_FOLDER = click.option(
    "--csv", type=click.Path(path_type=Path, file_okay=False), help="导出 Write each table as a CSV file into a folder."
)
COLUMNS = click.option("--columns", default="", metavar="A,B", help="列 Only these, in this order; by title or name.")
CHOICE = click.option("--choice", default="", metavar="NAME", help="列方案 Columns saved before: renda columns save.")


@attrs.frozen(kw_only=True)
class Into:
    """Where a list goes instead of the terminal, and with which columns."""

    file: Path | None
    columns: str
    choice: str


def tables(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command that lists rows write all of them into a file: --xlsx, --csv, --columns, --choice."""
    for option in (CHOICE, COLUMNS, CSV, XLSX):
        command = option(command)
    return command


def into(given: dict[str, Any]) -> Into:
    """Take those options out of what a command was given.

    Raises:
        Invalid: Two files, or columns without one.
    """
    xlsx, csv = given.pop("xlsx"), given.pop("csv")
    found = Into(file=xlsx or csv, columns=given.pop("columns"), choice=given.pop("choice"))
    if xlsx is not None and csv is not None:
        raise Invalid("give --xlsx or --csv, one at a time", field="csv")
    if found.file is None and (found.columns or found.choice):
        raise Invalid("--columns and --choice are for files: give --xlsx or --csv too", field="columns")
    if found.file is not None and found.file.suffix.lower() != (".csv" if csv else ".xlsx"):
        raise ConfigError("nothing was written", f"{found.file}: name it {'.csv' if csv else '.xlsx'}")
    return found


@click.command(cls=Command)
@TENANT
@click.argument("sheet")
@click.argument("file", type=FILE)
@COLUMNS
@CHOICE
@click.pass_obj
def export(session: Session, tenant: str, sheet: str, file: Path, columns: str, choice: str) -> None:
    """导出 Write a sheet as .xlsx or .csv, with the very columns that `renda import` reads.

    SHEET is one that `renda import` knows, ledger:KIND, overdue, or former (离任代表, to be read only). A file of the
    first sort, imported again unedited, changes nothing.
    """
    with session.open(tenant) as workspace:
        write(session, workspace, sheet_name(sheet), Into(file=file, columns=columns, choice=choice))


def write(session: Session, workspace: Workspace, sheet: str, place: Into, *, ask: Ask | None = None) -> None:
    """Write one export, part by part, and tell what was written."""
    from renda_core.files import write_table
    from renda_core.services import exports

    file = telling.place(place.file or Path())
    _refuse_ending(file)
    actor, counted = session.actor(workspace), [0]

    with session.progress("导出 export", None) as tick:

        def part(after: str) -> exports.Rows:
            found = workspace.ask(
                exports.rows, actor, sheet, columns=listed(place.columns), choice=place.choice, ask=ask, after=after
            )
            counted[0] += len(found.rows)
            tick(counted[0])
            return found

        made = exports.page(part)
        write_table(file, made)
    data = {"sheet": sheet, "file": str(file), "rows": counted[0], "columns": list(made.columns)}
    session.tell(data, lambda: telling.line(f"written 已导出: {file}, {counted[0]} rows 行"))


def write_pages(session: Session, folder: Path, pages: Sequence[Page]) -> None:
    """Write each page as a CSV file of its own into a folder, which is made where it is not there."""
    from renda_core.files import write_table

    telling.place(folder)
    if folder.exists() and not folder.is_dir():
        raise ConfigError("nothing was written", f"{folder} is no folder; each table becomes a file in it")
    folder.mkdir(exist_ok=True)
    files = [str(write_table(folder / f"{page.title}.csv", page)) for page in pages]
    session.tell({"files": files}, lambda: telling.line(f"written 已导出: {len(files)} files 个文件 in {folder}"))


def listed(columns: str) -> tuple[str, ...]:
    """Read names with commas between."""
    return tuple(filter(None, (part.strip() for part in columns.replace("，", ",").replace("、", ",").split(","))))


def sheet_name(given: str) -> str:
    """Find an export by its name or Chinese title; what is none is left for the export to refuse."""
    from renda_core.files import SHEETS
    from renda_core.services.exports import TITLES

    named = {sheet.title: sheet.name for sheet in SHEETS.values()} | {title: name for name, title in TITLES.items()}
    return named.get(given, given)


def _refuse_ending(file: Path) -> None:
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise ConfigError("nothing was written", f"{file}: name it .xlsx or .csv")


@click.group(cls=Group)
def columns() -> None:
    """列方案 Columns of exports, saved under a name."""


@columns.command()
@TENANT
@click.argument("sheet")
@click.argument("name")
@click.argument("columns")
@click.pass_obj
def save(session: Session, tenant: str, sheet: str, name: str, columns: str) -> None:
    """保存 Save COLUMNS, with commas, in this order; a choice that has the NAME already is replaced."""
    from renda_core.services.exports import choices as column_choices
    from renda_core.services.exports.columns import columns_of

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        found = workspace.do(column_choices.save, actor, sheet_name(sheet), name, listed(columns))
        titles = {c.name: c.title for c in columns_of(workspace.tenant, found.sheet)}
    told = "、".join(titles.get(column, column) for column in found.columns)
    session.tell(found, lambda: telling.line(f"saved 已保存: {found.name} ({told})"))


@columns.command("list")
@TENANT
@click.pass_obj
def list_(session: Session, tenant: str) -> None:
    """列出 List the choices of all sheets."""
    from renda_core.services.exports import choices as column_choices

    with session.open(tenant) as workspace:
        found = workspace.ask(column_choices.every, session.actor(workspace))
    rows = [(choice.sheet, choice.name, choice.columns) for choice in found]
    session.tell({"choices": found}, lambda: telling.table(("表", "名称", "列"), rows, empty="none saved 无"))


@columns.command()
@TENANT
@click.argument("sheet")
@click.argument("name", default="")
@click.pass_obj
def show(session: Session, tenant: str, sheet: str, name: str) -> None:
    """查看 Show a choice's columns; without a NAME, every column that the sheet has."""
    from renda_core.services.exports import choices as column_choices
    from renda_core.services.exports.columns import columns_of

    with session.open(tenant) as workspace:
        known = {c.name: c.title for c in columns_of(workspace.tenant, sheet_name(sheet))}
        actor = session.actor(workspace)
        names: Sequence[str] = tuple(known)
        if name:
            names = workspace.ask(column_choices.get, actor, sheet_name(sheet), name).columns
    rows = [(column, known.get(column, "")) for column in names]
    data: dict[str, Any] = {"sheet": sheet_name(sheet), "name": name, "columns": dict(rows)}
    session.tell(data, lambda: telling.table(("列", "列名"), rows))


@columns.command()
@TENANT
@click.argument("sheet")
@click.argument("name")
@click.pass_obj
def remove(session: Session, tenant: str, sheet: str, name: str) -> None:
    """删除 Forget a choice."""
    from renda_core.services.exports import choices as column_choices

    with session.open(tenant) as workspace:
        workspace.do(column_choices.remove, session.actor(workspace), sheet_name(sheet), name)
    session.tell({"removed": name}, lambda: telling.line(f"removed 已删除: {name}"))


__all__ = ["CSV_FOLDER", "Into", "columns", "export", "into", "listed", "tables", "write", "write_pages"]
