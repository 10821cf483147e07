"""Files on their way out: written whole in a thread, off the disk's folders at once, then sent piece by piece."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Stream

from renda_core.errors import NotFound
from renda_core.store.stores import Store
from renda_server.desks import Desk

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
PDF = "application/pdf"
CALENDAR = "text/calendar"
PLAIN = "text/plain"
ARCHIVE = "application/vnd.renda.tenant+zip"
MEDIA: Mapping[str, str] = {
    ".xlsx": XLSX,
    ".csv": CSV,
    ".pdf": PDF,
    ".ics": CALENDAR,
    ".pb": PLAIN,
    ".renda": ARCHIVE,
}
PIECE = 256 * 1024
"""Bytes that are sent at once."""
Asking = Request[Any, Any, Any]


def split(file: str, *endings: str) -> tuple[str, str]:
    """Take the last part of an address apart, e.g. ``roster.xlsx`` into name and ending.

    Raises:
        NotFound: It does not end so.
    """
    name, ending = os.path.splitext(file)
    if ending not in endings or not name:
        raise NotFound(f"there is no {file[:60]!r}; files here end in {', '.join(endings)}")
    return name, ending


def headers_of(name: str) -> dict[str, str]:
    """Say that a body is to be saved, under a name in Chinese (RFC 6266, RFC 5987), and kept by nobody on the way."""
    ending = os.path.splitext(name)[1]
    plain = f"renda{ending}"
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


async def written(desk: Desk, folder: Path, name: str, write: Callable[[Store, Path], object]) -> Stream:
    """Write a file in a thread and send it.

    Args:
        folder: Where it lies while it is written, in a folder of its own.
        name: What whoever saves it sees; its ending says what it is.
        write: Writes the file, with a store for its own thread.
    """
    return await written_from(desk.store, folder, name, write)


async def written_from(
    whose: Store,
    folder: Path,
    name: str,
    write: Callable[[Store, Path], object],
    sent: Callable[[], Awaitable[None]] | None = None,
) -> Stream:
    """Write a file as :func:`written` does, from any store.

    Args:
        sent: What is called once all of it was sent; never where whoever asked went away before.
    """

    def work() -> IO[bytes]:
        store = whose.apart()
        try:
            # The name goes as soon as the file is open: whatever becomes of the request, nothing stays on the disk.
            with tempfile.TemporaryDirectory(prefix="renda-out-", dir=folder, ignore_cleanup_errors=True) as made:
                path = Path(made) / f"file{os.path.splitext(name)[1]}"
                write(store, path)
                return path.open("rb")
        finally:
            store.shut()

    file = await asyncio.to_thread(work)
    told = {**headers_of(name), "Content-Length": str(os.fstat(file.fileno()).st_size)}
    return Stream(_pieces(file, sent), media_type=MEDIA[os.path.splitext(name)[1]], headers=told)


async def _pieces(file: IO[bytes], sent: Callable[[], Awaitable[None]] | None) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
    if sent is not None:
        await sent()


def whole(request: Asking, name: str, body: bytes, media: str) -> Response[bytes]:
    """Send what is small and the same for the same data: who has it already hears that it has not changed."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    told = {**headers_of(name), "ETag": tag}
    seen = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    if tag in seen:
        return Response(b"", status_code=304, headers=told, media_type=media)
    return Response(body, status_code=200, headers=told, media_type=media)
