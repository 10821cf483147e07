"""Commands for files: an empty form to fill in, and a filled one brought in, in two steps."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Command, Session
from renda_core.errors import ConfigError, Invalid, NotFound

if TYPE_CHECKING:
    from renda_core.files import Rows
    from renda_core.services.imports import Applied, PlannedRow, Preview
    from renda_core.workspace import Workspace

STATES = {"new": "新增", "change": "变更", "same": "相同", "warning": "有提示", "error": "有错"}
DONE = {"new": "新增", "changed": "变更", "same": "相同", "warnings": "有提示"}


@click.command(cls=Command)
@click.argument("sheet")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--tenant", default="", metavar="CODE", help="For steps and records: with the columns of this tenant's practices."
)
@click.pass_obj
def template(session: Session, sheet: str, file: Path, tenant: str) -> None:
    """模板 Write an empty workbook to fill in; SHEET is one that `renda import` knows."""
    from renda_core.files import write_template
    from renda_core.services.exports.columns import added_columns

    found = sheet_of(sheet)
    if file.suffix.lower() != ".xlsx":
        raise ConfigError("nothing was written", f"{file}: a template is a workbook; name it .xlsx")
    if file.exists():
        raise ConfigError("nothing was written", f"{file} exists already; choose another name")
    extra: tuple[Any, ...] = ()
    if tenant and found.extra:
        with session.open(tenant) as workspace:
            extra = added_columns(workspace.tenant, found.name)
    write_template(telling.place(file), found, extra)
    data = {"sheet": sheet, "file": str(file), "columns": [c.title for c in (*found.columns, *extra)]}
    session.tell(data, lambda: telling.line(f"written: {file} ({found.title})"))


def sheet_of(name: str) -> Any:
    """Find a sheet by its name or Chinese title."""
    from renda_core.files import SHEETS

    for sheet in SHEETS.values():
        if name in (sheet.name, sheet.title):
            return sheet
    known = ", ".join(f"{s.name} {s.title}" for s in SHEETS.values())
    raise NotFound(f"no sheet {name!r}; known: {known}")


@click.command("import", cls=Command)
@TENANT
@click.argument("sheet")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--worksheet", default="", metavar="NAME", help="工作表 Read this one; without it, all that fit.")
@click.option("--yes", is_flag=True, help="确认 Apply without asking.")
@click.option("--dry-run", "--preview", "dry_run", is_flag=True, help="只预览 Preview only.")
@click.option(
    "--states",
    type=click.Path(path_type=Path, dir_okay=False),
    help="逐行结果 Write the state of every row, with its reasons, into a workbook or CSV file.",
)
@click.pass_obj
def import_(
    session: Session, /, tenant: str, sheet: str, file: Path, worksheet: str, yes: bool, dry_run: bool,
    states: Path | None,
) -> None:  # fmt: skip
    """导入 Bring in a workbook or CSV file: first a preview, then all of it or nothing.

    SHEET is congresses, units, stations, roster, voters, sessions, suggestions, steps, opinions or records.
    """
    from renda_core.files import open_rows

    with open_rows(file, sheet_of(sheet), worksheet=worksheet) as rows, session.open(tenant) as workspace:
        bringing = _Bringing(session, workspace, sheet_of(sheet).name, file, rows, states and telling.place(states))
        if yes and not dry_run:
            session.tell(*bringing.applied())
            return
        data = bringing.previewed()
        if dry_run or not _confirmed(session):
            session.tell(data, lambda: telling.line("nothing was imported 未导入; to import: --yes"))
            return
        session.tell(*bringing.applied(shown=True))


class _Bringing:
    """One file on its way into one tenant."""

    def __init__(
        self, session: Session, workspace: Workspace, sheet: str, file: Path, rows: Rows, states: Path | None
    ) -> None:
        self._session, self._workspace, self._sheet, self._file, self._rows = session, workspace, sheet, file, rows
        self._actor, self._states = session.actor(workspace), states
        self._told: dict[tuple[str, int], tuple[str, int, str, str, str]] = {}

    def _note(self, row: PlannedRow) -> None:
        """Keep a row's state; one that is decided anew counts as it was decided last."""
        if self._states:
            told = (row.worksheet, row.number, STATES[row.state], row.key, "\n".join(row.reasons))
            self._told[row.worksheet, row.number] = told

    def _write_states(self) -> None:
        if self._states:
            from renda_core.files import Page, write_table

            columns = ("工作表", "行", "结果", "键", "原因与处理")
            write_table(self._states, Page("逐行结果", columns, list(self._told.values())))

    def previewed(self) -> dict[str, Any]:
        """Show what the file would do, and give it as data.

        Raises:
            Invalid: Rows are wrong.
        """
        from renda_core.services import imports

        with self._session.progress("预览 preview", self._rows.total) as tick:
            seen = self._workspace.do(imports.preview, self._actor, self._sheet, self._rows, tick, each=self._note)
        self._write_states()
        if not self._session.json:
            self._show(seen)
        if not seen.ok:
            raise self._refused(seen.errors, seen.counts, seen.problems, seen.rows, seen.more)
        return self._data(seen)

    def applied(self, *, shown: bool = False) -> tuple[dict[str, Any], Callable[[], None]]:
        """Bring the file in; give what it did as data, and how to tell it to people.

        Raises:
            Invalid: Rows are wrong, perhaps since somebody changed the data after the preview; nothing was done.
        """
        from renda_core.services import imports

        with self._session.progress("导入 import", self._rows.total) as tick:
            try:
                done = self._workspace.do(imports.apply, self._actor, self._sheet, self._rows, tick, each=self._note)
            except ConfigError as error:
                self._write_states()
                told: dict[str, Any] = error.details
                raise self._refused(
                    error.reasons[: len(told["problems"])], told["counts"], told["problems"], told["rows"], told["more"]
                ) from error
        self._write_states()
        if not shown and not self._session.json:
            self._show(done.seen)
        summary = {k: getattr(done, k) for k in (*DONE, "digest")}
        data = self._data(done.seen) | {"applied": {"sheet": done.seen.sheet, **summary}}
        return data, lambda: telling.line(_done(done))

    def _data(self, seen: Preview) -> dict[str, Any]:
        counts = {state: seen.counts.get(state, 0) for state in STATES}  # type: ignore[call-overload]
        return {
            "sheet": seen.sheet,
            "file": str(self._file),
            "worksheets": [name for name in self._rows.worksheets if name],
            "notes": [str(note) for note in self._rows.notes],
            "ok": seen.ok,
            "counts": counts,
            "problems": seen.problems,
            "more": seen.more,
            "rows": [_row(row) for row in seen.rows],
            "applied": None,
        }

    def _show(self, seen: Preview) -> None:
        for note in self._rows.notes:
            telling.aside(str(note))
        counts = [(f"{STATES[state]} {state}", n) for state, n in seen.counts.items()]
        telling.table(("预览 preview", "行 rows"), counts, title=f"{self._file.name} → {seen.sheet}")
        # What is wrong is told by the error that ends the command; once is enough.
        for told in (str(p) for p in seen.problems if p.level != "error"):
            telling.line(f"  - {told}")
        if seen.ok and seen.more:
            telling.line(and_more(seen.more))

    def _refused(self, reasons: Sequence[str], counts: Any, problems: Any, rows: Any, more: int) -> Invalid:
        total = sum(counts.values())
        return Invalid(
            f"{self._file.name}: {counts.get('error', 0)} of {total} rows are wrong; nothing was imported",
            reasons=[*reasons, *([and_more(more)] if more else [])],
            counts=counts,
            problems=problems,
            rows=[row if isinstance(row, dict) else _row(row) for row in rows],
            more=more,
        )


def and_more(many: int) -> str:
    """Say how many problems are not told."""
    return f"and {many} more 还有 {many} 处"


def _row(row: PlannedRow) -> dict[str, Any]:
    """Give a row as data."""
    return {
        "number": row.number,
        "worksheet": row.worksheet,
        "state": row.state,
        "key": row.key,
        "reasons": list(row.reasons),
    }


def _confirmed(session: Session) -> bool:
    return not session.json and sys.stdin.isatty() and click.confirm("导入 Import these rows?")


def _done(applied: Applied) -> str:
    told = ((title, getattr(applied, key)) for key, title in DONE.items())
    digest = f"; digest {applied.digest[:16]}" if applied.digest else ""
    return f"imported 已导入: {', '.join(f'{title} {n}' for title, n in told)}{digest}"
