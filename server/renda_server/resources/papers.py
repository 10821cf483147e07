"""What is printed and filed: the yearly report, and the file of a case."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response
from msgspec import Meta

from renda_core import papers
from renda_core.errors import ConfigError, Invalid, NotFound
from renda_core.files import write_table, write_workbook
from renda_core.services import papers as gathered
from renda_core.services import reports
from renda_core.services.exports.pages import page_sheets
from renda_core.services.papers.pages import page_paper
from renda_core.store.stores import Store
from renda_server import downloads
from renda_server.desks import Desk
from renda_server.downloads import CSV, PDF, XLSX
from renda_server.errors import Unready, log
from renda_server.operations import operation
from renda_server.shapes import Asked

TAG = "papers"
UNREADY = "nothing can be printed here before the fonts and the typesetter are installed; `renda doctor` tells more"
YEAR = re.compile(r"(?:19[5-9]|20[0-9])[0-9]")
Asking = Request[Any, Any, Any]


class ReportAsked(Asked, kw_only=True, frozen=True):
    """Which of the report's tables a CSV file holds, from 1."""

    table: Annotated[int, Meta(ge=1, le=50)] = 1


@operation(
    "GET",
    "/reports/{file:str}",
    summary="Give the yearly report",
    tag=TAG,
    media=XLSX,
    also=(PDF, CSV),
)
async def give_report(desk: Desk, file: str, asked: ReportAsked, request: Asking) -> Response[Any]:
    """Write the report of a year: `2026.xlsx` with all tables, `2026.pdf` to print, `2026.csv` with one table.

    Every rate stands beside its numerator, its denominator and what that counts.
    """
    name, ending = downloads.split(file, ".xlsx", ".pdf", ".csv")
    if not YEAR.fullmatch(name):
        raise NotFound(f"no report {name[:60]!r}; name it by its year")
    if ending == ".pdf":
        return await printed(desk, request, await desk.ask(gathered.report_paper, int(name)))
    pages = reports.pages(await desk.ask(reports.yearly, int(name)))
    title = f"{name} 年代表建议办理情况报告{ending}"
    if ending == ".xlsx":
        return await file_of(desk, request, title, lambda path: write_workbook(path, pages))
    if asked.table > len(pages):
        raise Invalid(f"table: the report has {len(pages)} tables", field="table")
    return await file_of(desk, request, title, lambda path: write_table(path, pages[asked.table - 1]))


@operation(
    "GET",
    "/pages/{name:str}/{file:str}",
    summary="Give a practice's page as a file",
    tag=TAG,
    media=XLSX,
    also=(PDF,),
    problems=(500,),
    free=True,
)
async def give_page(desk: Desk, name: str, file: str, asked: Mapping[str, str], request: Asking) -> Response[Any]:
    """Write a page that the asker may open: `page.xlsx` as a workbook, `page.pdf` to print.

    What the page asks for is answered as where it is shown.
    """
    called, ending = downloads.split(file, ".xlsx", ".pdf")
    if called != "page":
        raise NotFound("no such thing")
    if ending == ".pdf":
        return await printed(desk, request, await desk.ask(page_paper, name, asked))
    sheets = await desk.ask(page_sheets, name, asked)
    title = f"{desk.tenant.practice.pages[name].title}.xlsx"
    return await file_of(desk, request, title, lambda path: write_workbook(path, sheets))


@operation("GET", "/cases/{case_id:str}/file.pdf", summary="Print a case's file", tag=TAG, media=PDF)
async def print_case(desk: Desk, case_id: str, request: Asking) -> Response[Any]:
    """Write the file of a case (案卷) as PDF: everything that the asker may see of it, and nothing else."""
    return await printed(desk, request, await desk.ask(gathered.case_paper, case_id))


async def printed(desk: Desk, request: Asking, paper: papers.Paper | papers.Slip) -> Response[Any]:
    """Set a paper and send it."""
    return await file_of(desk, request, f"{paper.name}.pdf", lambda path: path.write_bytes(_rendered(paper)))


def _rendered(paper: papers.Paper | papers.Slip) -> bytes:
    try:
        return papers.render(paper)
    except ConfigError as error:
        log.error("papers: %s", error)
        raise Unready(UNREADY) from None


async def file_of(desk: Desk, request: Asking, name: str, write: Callable[[Path], object]) -> Response[Any]:
    """Write a file and send it, under the name that whoever saves it sees."""

    def work(_: Store, path: Path) -> object:
        return write(path)

    return await downloads.written(desk, request.app.state.folder, name, work)


HANDLERS = (give_report, give_page, print_case)
