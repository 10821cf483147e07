"""A file that comes in with a request: as a form's field, or bare; on its way a large one lies on disk, unnamed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import attrs
from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException

from renda_core.errors import Invalid

MULTIPART = "multipart/form-data"
FRAME = 100_000
"""Bytes that a form may have around its file."""
IN_MEMORY = 1_000_000
"""Bytes of a file that are held before it goes to disk."""


@attrs.frozen(kw_only=True)
class Came:
    """A file as it came: what it is called, what was said that it is, and all of it."""

    name: str
    media: str
    content: bytes = attrs.field(repr=False)


async def received(request: Request[Any, Any, Any], filename: str, raw: Mapping[str, str]) -> Came:
    """Read the file that a request bears, as the field ``file`` of a form or as its body.

    Args:
        filename: What it is called if it comes bare.
        raw: The media types in which it may come bare, each with the ending of a file that has no name.

    Raises:
        Invalid: The form does not hold one file.
    """
    kind = request.content_type[0]
    if kind == MULTIPART:
        sent = (await request.form()).getall("file", [])
        if len(sent) != 1 or not isinstance(sent[0], UploadFile):
            raise Invalid("file: send one file, as the field `file` of the form", field="file")
        return Came(name=unquote(sent[0].filename), media=sent[0].content_type, content=await sent[0].read())
    if kind not in raw:
        raise HTTPException(status_code=415, detail=f"send {MULTIPART}, {' or '.join(raw)}")
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as spool:
        async for chunk in request.stream():
            spool.write(chunk)
        spool.seek(0)
        return Came(name=filename or f"file{raw[kind]}", media=kind, content=spool.read())
