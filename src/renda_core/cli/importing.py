"""Commands for files: an empty form to fill in, and a filled one brought in, in two steps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import Command, Session
from renda_core.errors import ConfigError, Invalid, NotFound

if TYPE_CHECKING:
    from renda_core.services.imports import Applied, Preview

STATES = {"new": "新增", "change": "变更", "same": "相同", "warning": "有提示", "error": "有错"}
DONE = {"new": "新增", "changed": "变更", "same": "相同", "warnings": "有提示"}


@click.command(cls=Command)
@click.argument("sheet")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def template(session: Session, sheet: str, file: Path) -> None:
    """模板 Write an empty workbook to fill in; SHEET is one that `renda import` knows."""
    from renda_core.files import write_template

    found = sheet_of(sheet)
    if file.suffix.lower() != ".xlsx":
        raise ConfigError("nothing was written", f"{file}: a template is a workbook; name it .xlsx")
    if file.exists():
        raise ConfigError("nothing was written", f"{file} exists already; choose another name")
    write_template(telling.place(file), found)
    data = {"sheet": sheet, "file": str(file), "columns": [c.title for c in found.columns]}
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
@click.argument("tenant")
@click.argument("sheet")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="确认 Apply without asking.")
@click.option("--dry-run", is_flag=True, help="只预览 Preview only.")
@click.pass_obj
def import_(session: Session, tenant: str, sheet: str, file: Path, yes: bool, dry_run: bool) -> None:
    """导入 Bring in a workbook or CSV file: first a preview, then all of it or nothing.

    SHEET is congresses, units, stations, roster, suggestions, steps or opinions.
    """
    from renda_core.files import read_rows, read_table
    from renda_core.services import imports

    wanted = sheet_of(sheet)
    reads = read_rows(read_table(file), wanted)
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        with session.progress("预览 preview", len(reads)) as tick:
            preview = workspace.do(imports.preview, actor, wanted.name, reads, progress=tick)
        data = _previewed(preview, file)
        if not session.json:
            _show(preview, file)
        if not preview.ok:
            raise _refused(preview, file)
        if dry_run or not (yes or _confirmed(session)):
            session.tell(data, lambda: telling.line("nothing was imported 未导入; to import: --yes"))
            return
        with session.progress("导入 import", len(reads)) as tick:
            try:
                applied = workspace.do(imports.apply, actor, wanted.name, reads, progress=tick)
            except ConfigError as error:  # somebody changed the data since the preview
                raise Invalid(f"{file.name}: nothing was imported", reasons=error.reasons) from error
    session.tell(data | {"applied": applied}, lambda: telling.line(_done(applied)))


def _confirmed(session: Session) -> bool:
    return not session.json and sys.stdin.isatty() and click.confirm("导入 Import these rows?")


def _previewed(preview: Preview, file: Path) -> dict[str, Any]:
    return {
        "sheet": preview.sheet,
        "file": str(file),
        "ok": preview.ok,
        "counts": {state: preview.counts.get(state, 0) for state in STATES},  # type: ignore[call-overload]
        "rows": preview.rows,
        "applied": None,
    }


def _show(preview: Preview, file: Path) -> None:
    counts = [(f"{STATES[state]} {state}", n) for state, n in preview.counts.items()]
    telling.table(("预览 preview", "行 rows"), counts, title=f"{file.name} → {preview.sheet}")
    # What is wrong is told by the error that ends the command; once is enough.
    told = [(r.number, STATES[r.state], r.key, why) for r in preview.rows if r.state != "error" for why in r.reasons]
    if told:
        telling.table(("行", "结果", "键", "原因与处理"), told)


def _refused(preview: Preview, file: Path) -> Invalid:
    wrong = [row for row in preview.rows if row.state == "error"]
    reasons = [told if told.startswith(file.name) else f"{file.name}, {told}" for r in wrong for told in r.reasons]
    return Invalid(
        f"{file.name}: {len(wrong)} of {len(preview.rows)} rows are wrong; nothing was imported",
        reasons=reasons,
        counts=preview.counts,
        rows=wrong,
    )


def _done(applied: Applied) -> str:
    told = ((title, getattr(applied, key)) for key, title in DONE.items())
    return f"imported 已导入: {', '.join(f'{title} {n}' for title, n in told)}; digest {applied.digest[:16]}"
