"""Attached files (附件): sent to a case or a duty record, listed, opened and erased."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response
from litestar.response import Stream

from renda_core.errors import NotAllowed, NotFound, Rejected, Unavailable
from renda_core.files.kinds import KINDS, LARGEST
from renda_core.objects import Objects
from renda_core.services import attachments, contents
from renda_core.services.attaching import CASE, RECORD
from renda_core.services.attachments import Attach, Attachment
from renda_core.services.requests import KeyInUse, KeyReused
from renda_server import downloads, idempotency
from renda_server.answering import Answer, written
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.receiving import FRAME, MULTIPART, received
from renda_server.shapes import Asked, Line, Page

TAG = "files"
ANY = "application/octet-stream"
MEDIA = tuple(sorted({kind.media for kind in KINDS.values()}))
BARE: Mapping[str, str] = dict.fromkeys((ANY, *MEDIA), "")
"""In which types a file may come bare; it needs its name in ``filename``."""
TEXT = "text/"
LOCKED = {"Content-Security-Policy": "sandbox; default-src 'none'"}
"""Where a browser shows a file all the same, nothing in it runs, and nothing is loaded for it."""
REFUSALS = (NotFound, NotAllowed, Rejected, KeyInUse, KeyReused)
"""After which it is certain that no row was written."""
SENT: Mapping[str, Any] = {
    "tag": TAG,
    "uploads": MULTIPART,
    "largest": LARGEST + FRAME,
    "problems": (422,),
    "located": True,
}
"""What the operations that take a file have in common."""
Asking = Request[Any, Any, Any]


class FileNamed(Asked, kw_only=True, frozen=True):
    """What the file is called, if it comes bare."""

    filename: Line = ""


@operation("POST", "/cases/{case_id:str}/files", summary="Add a file to a case", **SENT)
async def add_case_file(desk: Desk, case_id: str, asked: FileNamed, request: Asking) -> Answer[Attachment]:
    """Add a file: as the field `file` of a form, or bare with its name in `filename`.

    Who may take a step on the case may, its author and parties while it is open, and the offices. The name's ending,
    the media type and the content must agree; programs, archives, pages and macros are refused.
    """
    return await _added(desk, request, CASE, case_id, asked.filename)


@operation("GET", "/cases/{case_id:str}/files", summary="List a case's files", tag=TAG)
async def list_case_files(desk: Desk, case_id: str) -> Page[Attachment]:
    """List the files of a case, the oldest first, to whoever may see it."""
    return Page(items=list(await desk.ask(attachments.listed, CASE, case_id)), after="")


@operation("POST", "/records/{record_id:str}/files", summary="Add a file to a duty record", **SENT)
async def add_record_file(desk: Desk, record_id: str, asked: FileNamed, request: Asking) -> Answer[Attachment]:
    """Add a file to a duty record, as to a case: the deputy to their own, and who enters records."""
    return await _added(desk, request, RECORD, record_id, asked.filename)


@operation("GET", "/records/{record_id:str}/files", summary="List a duty record's files", tag=TAG)
async def list_record_files(desk: Desk, record_id: str) -> Page[Attachment]:
    """List the files of a duty record, the oldest first, to whoever may see it."""
    return Page(items=list(await desk.ask(attachments.listed, RECORD, record_id)), after="")


@operation("GET", "/files/{file_id:str}", summary="Show a file", tag=TAG)
async def show_file(desk: Desk, file_id: str) -> Attachment:
    """Show what a file is, without its content."""
    return await desk.ask(attachments.show, file_id)


@operation("GET", "/files/{file_id:str}/content", summary="Open a file", tag=TAG, media=ANY, also=MEDIA)
async def give_file(desk: Desk, file_id: str, request: Asking) -> Response[Any]:
    """Give a file's content, to be saved under its name; no browser shows it in this site's name."""
    found = await desk.ask(attachments.show, file_id)
    pieces = await contents.content(desk.store, _files(request), desk.tenant, file_id)
    media = f"{found.media}; charset=utf-8" if found.media.startswith(TEXT) else found.media
    told = {**downloads.headers_of(found.name), **LOCKED, "Content-Length": str(found.size)}
    return Stream(pieces, media_type=media, headers=told)


@operation("DELETE", "/files/{file_id:str}", summary="Erase a file", tag=TAG, problems=(422,), repeatable=True)
async def erase_file(desk: Desk, file_id: str, request: Asking) -> None:
    """Erase a file for good: who added it, while they may add another; the offices always."""
    await desk.do(attachments.erase, file_id)
    with contextlib.suppress(Unavailable):  # the nightly sweep takes the content then
        await attachments.forget(_files(request), desk.tenant, file_id)


async def _added(desk: Desk, request: Asking, about: str, about_id: str, filename: str) -> Answer[Attachment]:
    now = await desk.ask(attachments.check, about, about_id)
    came = await received(request, filename, BARE)
    command = Attach(about=about, about_id=about_id, name=came.name, media=came.media, content=came.content)
    files = _files(request)
    sent = await attachments.put(desk.store, files, desk.tenant, command, now)

    async def work(at: Desk) -> Response[Any]:
        made = await at.do(attachments.keep, about, about_id, sent)
        return written(Answer(made, {"Location": f"/api/files/{made.id}"}), 201)

    # A form frames the same file anew each time: what counts for the key is the file and its name.
    held = hashlib.sha256(came.content).digest()
    told = idempotency.content_of(request, held + came.name.encode(), kind=TAG)
    try:
        answer: Any = await idempotency.once(request, desk, f"POST /{about}/files", work, content=told)
    except REFUSALS:
        await attachments.forget(files, desk.tenant, sent.id)
        raise
    if answer.headers.get(idempotency.REPLAYED):
        await attachments.forget(files, desk.tenant, sent.id)
    return answer  # type: ignore[no-any-return]


def _files(request: Asking) -> Objects:
    found: Objects = request.app.state.files
    return found


HANDLERS = (
    add_case_file,
    list_case_files,
    add_record_file,
    list_record_files,
    show_file,
    give_file,
    erase_file,
)
