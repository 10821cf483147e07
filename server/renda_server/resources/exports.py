"""Files out (导出): sheets and ledgers as workbooks or CSV, empty forms, and columns saved under a name."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from msgspec import Meta

from renda_core.errors import Invalid, NotFound
from renda_core.files import SHEETS, write_table, write_template
from renda_core.services import exports
from renda_core.services.exports import Rows
from renda_core.services.exports import choices as column_choices
from renda_core.services.exports.choices import Choice
from renda_core.services.exports.columns import LEDGER, added_columns
from renda_core.services.ledgers import Ask
from renda_core.store.stores import Store
from renda_server import downloads
from renda_server.desks import Desk
from renda_server.downloads import CSV, XLSX
from renda_server.operations import operation
from renda_server.resources.lists import Narrowed
from renda_server.shapes import Given, Line, Page

TAG = "exports"
LEDGERS = "ledger"
Asking = Request[Any, Any, Any]
Columns = Annotated[str, Meta(max_length=4_000)]


class TableAsked(Narrowed, kw_only=True, frozen=True):
    """What the file holds.

    *columns* are names or titles with commas between, *choice* is such a list that was saved; everything else
    narrows a ledger, as it narrows the list of cases.
    """

    columns: Columns = ""
    choice: Line = ""


OF_FILE = ("columns", "choice")
_DEFAULTS = {f.name: f.default for f in msgspec.structs.fields(TableAsked)}


class ColumnsGiven(Given, kw_only=True, frozen=True):
    """Columns of a sheet, by name or title, in the order of the file."""

    columns: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=200)]


@operation("GET", "/exports/{file:str}", summary="Export a table", tag=TAG, media=XLSX, also=(CSV,))
async def export_table(desk: Desk, file: str, asked: TableAsked, request: Asking) -> Response[Any]:
    """Write a table as a file: `roster.xlsx` or any other sheet of the import, `ledger.xlsx`, `overdue.csv`.

    A sheet that goes in again unedited changes nothing. What the asker may not see is not in the file.
    """
    name, ending = downloads.split(file, ".xlsx", ".csv")
    sheet = _sheet(name, asked)
    await desk.sure()
    rest: dict[str, Any] = {"columns": _listed(asked.columns), "choice": asked.choice, "ask": _ask(name, asked)}

    def write(store: Store, path: Path) -> object:
        def part(after: str) -> Rows:
            work = store.read(exports.rows, desk.tenant.id, desk.tenant, desk.actor, sheet, after=after, **rest)
            return store.run(work)

        return write_table(path, exports.page(part))

    title = f"{exports.title_of(desk.tenant, sheet)} {desk.tenant.today}{ending}"
    return await downloads.written(desk, request.app.state.folder, title, write)


@operation("GET", "/templates/{file:str}", summary="Give an empty form", tag=TAG, media=XLSX)
async def give_template(desk: Desk, file: str, request: Asking) -> Response[Any]:
    """Write an empty workbook to fill in, e.g. `roster.xlsx`, with notes and an example line."""
    name, ending = downloads.split(file, ".xlsx")
    sheet = SHEETS.get(name)
    if sheet is None:
        raise NotFound(f"no sheet {name[:60]!r}; known: {', '.join(SHEETS)}")
    extra = added_columns(desk.tenant, name)
    make = functools.partial(_template, sheet, extra)
    return await downloads.written(desk, request.app.state.folder, f"{sheet.title}（模板）{ending}", make)


@operation("GET", "/column-choices", summary="List saved columns", tag=TAG)
async def list_column_choices(desk: Desk) -> Page[Choice]:
    """List the columns that were saved under names, of all tables."""
    return Page(items=list(await desk.ask(column_choices.every)), after="")


@operation("GET", "/column-choices/{sheet:str}/{name:str}", summary="Show saved columns", tag=TAG)
async def show_column_choice(desk: Desk, sheet: str, name: str) -> Choice:
    """Show the columns that were saved under a name."""
    return await desk.ask(column_choices.get, sheet, name)


@operation("PUT", "/column-choices/{sheet:str}/{name:str}", summary="Save columns", tag=TAG)
async def save_column_choice(desk: Desk, sheet: str, name: str, data: ColumnsGiven) -> Choice:
    """Save columns under a name, for everybody who exports; what had the name is replaced."""
    return await desk.do(column_choices.save, sheet, name, data.columns)


@operation("DELETE", "/column-choices/{sheet:str}/{name:str}", summary="Forget saved columns", tag=TAG)
async def forget_column_choice(desk: Desk, sheet: str, name: str) -> None:
    """Forget the columns that were saved under a name."""
    await desk.do(column_choices.remove, sheet, name)


def _sheet(name: str, asked: TableAsked) -> str:
    """Name the export as the library does."""
    if name == LEDGERS:
        return f"{LEDGER}{asked.kind}"
    if name not in exports.NAMES:
        raise NotFound(f"no export {name[:60]!r}; known: {', '.join((*exports.NAMES, LEDGERS))}")
    return name


def _ask(name: str, asked: TableAsked) -> Ask | None:
    """Give what narrows a ledger; nothing else is narrowed."""
    given = {f: getattr(asked, f) for f in asked.__struct_fields__ if f not in OF_FILE}
    if name == LEDGERS:
        return Ask(**given)
    for field, value in given.items():
        if value != _DEFAULTS[field]:
            raise Invalid(f"{field}: only {LEDGERS} is narrowed", field=field)
    return None


def _listed(columns: str) -> tuple[str, ...]:
    parts = columns.replace("，", ",").replace("、", ",").split(",")
    return tuple(part.strip() for part in parts if part.strip())


def _template(sheet: Any, extra: Any, _: Store, path: Path) -> object:
    return write_template(path, sheet, extra)


HANDLERS = (
    export_table,
    give_template,
    list_column_choices,
    show_column_choice,
    save_column_choice,
    forget_column_choice,
)
