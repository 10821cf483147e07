"""Files on their way in (导入): sent, read beside the requests, looked at, then applied or given up."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

import attrs
from litestar import Request, Response

from renda_core.services.imports import jobs as import_jobs
from renda_core.services.imports.incoming import LARGEST
from renda_core.services.imports.jobs import ImportJob, Receive, RowSeen
from renda_server import bodies, idempotency
from renda_server.answering import Answer, tagged, written
from renda_server.desks import Desk
from renda_server.jobs import Progress, bring_on
from renda_server.operations import operation
from renda_server.receiving import FRAME, MULTIPART, received
from renda_server.shapes import Asked, Count, Id, Line, Name, Page, Size

TAG = "imports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RAW: Mapping[str, str] = {"text/csv": ".csv", XLSX: ".xlsx"}
Asking = Request[Any, Any, Any]


class FileSent(Asked, kw_only=True, frozen=True):
    """Which file it is: *sheet* by name; *worksheet* where a workbook has several; *filename* if it comes bare."""

    sheet: Name
    worksheet: Line = ""
    filename: Line = ""


class ImportsAsked(Asked, kw_only=True, frozen=True):
    """Which page: *after* is the id that the page before ended with."""

    __ids__ = ("after",)

    after: Id = ""
    size: Size = 50


class ImportRowsAsked(Asked, kw_only=True, frozen=True):
    """Which rows: of one *state* (new, change, same, warning, error) or all, after the place *after*."""

    state: Name = ""
    after: Count = 0
    size: Size = 100


@attrs.frozen(kw_only=True)
class Import:
    """A file on its way in.

    *state* goes from received over reading to previewed or refused, and after the order to apply over applying to
    applied; given_up and failed did nothing. *counts* are rows by state, *problems* the first of them, *more* those
    beyond; *reasons* say why the whole was refused, *told* what was done.
    """

    id: str
    sheet: str
    state: str
    version: int
    author: str
    made_at: dt.datetime
    name: str
    worksheet: str
    size: int
    progress: Progress
    counts: Mapping[str, int]
    problems: tuple[Mapping[str, Any], ...]
    more: int
    reasons: tuple[str, ...]
    told: Mapping[str, Any]
    read_at: dt.datetime | None
    ended_at: dt.datetime | None


@operation(
    "POST",
    "/imports",
    summary="Send a file to be imported",
    tag=TAG,
    status=202,
    uploads=MULTIPART,
    largest=LARGEST + FRAME,
    etag=True,
    located=True,
)
async def send_import(desk: Desk, asked: FileSent, request: Asking) -> Answer[Import]:
    """Send a file: as the field `file` of a form, or bare as text/csv or XLSX with its name in `filename`.

    It is kept sealed and read beside the requests; ask for it at its `Location` until its state is `previewed` or
    `refused`. Nothing is imported before it is applied.
    """
    import_jobs.check_keeper(desk.actor)
    request.app.state.runner.check_room(desk.tenant.id)
    came = await received(request, asked.filename, RAW)
    command = Receive(sheet=asked.sheet, name=came.name, worksheet=asked.worksheet, content=came.content)

    async def work(at: Desk) -> Response[Any]:
        job = await at.do(import_jobs.receive, command)
        at.later.append(lambda: _bring_on(request, desk, job.id))
        return written(_tagged(request, job), 202)

    # A form frames the same file anew each time: what counts for the key is the file and its name.
    held = hashlib.sha256(came.content).digest()
    told = idempotency.content_of(request, held + came.name.encode(), kind=TAG)
    answer: Any = await idempotency.once(request, desk, "POST /imports", work, content=told, aside=True)
    return answer  # type: ignore[no-any-return]


@operation("GET", "/imports", summary="List imports", tag=TAG)
async def list_imports(desk: Desk, asked: ImportsAsked, request: Asking) -> Page[Import]:
    """List the files that came in, the newest first."""
    found = await desk.ask(import_jobs.listed, asked.after, asked.size)
    after = found[-1].id if len(found) == asked.size else ""
    return Page(items=[_shown(request, job) for job in found], after=after)


@operation("GET", "/imports/{id:str}", summary="Show an import", tag=TAG, etag=True)
async def show_import(desk: Desk, id: str, request: Asking) -> Answer[Import]:
    """Show how far a file is, and what it would do or did."""
    return _tagged(request, await desk.ask(import_jobs.show, id))


@operation("GET", "/imports/{id:str}/rows", summary="List the rows of an import", tag=TAG)
async def list_import_rows(desk: Desk, id: str, asked: ImportRowsAsked) -> Page[RowSeen]:
    """List what would become, or became, of each row of the file, with the reasons."""
    found = await desk.ask(import_jobs.rows, id, asked.state, asked.after, asked.size)
    return Page(items=list(found), after=str(found[-1].n) if len(found) == asked.size else "")


@operation(
    "POST",
    "/imports/{id:str}/apply",
    summary="Apply an import",
    tag=TAG,
    status=202,
    problems=(412, 422),
    etag=True,
    located=True,
)
async def apply_import(desk: Desk, id: str, request: Asking, if_match: str) -> Answer[Import]:
    """Have a file done, all or nothing, as the version that `If-Match` names was seen.

    It is planned anew: where data have changed so that a row is wrong by now, the whole is refused.
    """
    request.app.state.runner.check_room(desk.tenant.id)
    job = await desk.do(import_jobs.ask_apply, id, bodies.version(None, if_match))
    desk.later.append(lambda: _bring_on(request, desk, id))
    return _tagged(request, job)


@operation("DELETE", "/imports/{id:str}", summary="Give an import up", tag=TAG, problems=(412, 422))
async def give_up_import(desk: Desk, id: str, request: Asking, if_match: str) -> None:
    """Give a file up and take it away; work on it that is under way comes to nothing."""
    seen = bodies.version(None, if_match) if if_match else None
    await desk.do(import_jobs.give_up, id, seen)
    desk.later.append(lambda: request.app.state.runner.give_up(id))


def _bring_on(request: Asking, desk: Desk, id: str) -> None:
    state = request.app.state
    bring_on(state.runner, desk.store, desk.tenant, id, state.folder)


def _tagged(request: Asking, job: ImportJob) -> Answer[Import]:
    return tagged(_shown(request, job), job.version, f"/api/imports/{job.id}")


def _shown(request: Asking, job: ImportJob) -> Import:
    f = job.facts
    return Import(
        id=job.id,
        sheet=job.sheet,
        state=job.state,
        version=job.version,
        author=job.author,
        made_at=job.made_at,
        name=f.name,
        worksheet=f.worksheet,
        size=f.size,
        progress=request.app.state.runner.progress(job.id) or Progress(done=f.done, total=f.total),
        counts=f.counts,
        problems=f.problems,
        more=f.more,
        reasons=f.reasons,
        told=f.told,
        read_at=f.read_at,
        ended_at=f.ended_at,
    )


HANDLERS = (send_import, list_imports, show_import, list_import_rows, apply_import, give_up_import)
