"""One table from deliberate errors to HTTP, as problem documents; anything else is answered by an id alone."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected, RendaError, Stale
from renda_core.services.bulk import LineFailed
from renda_core.store.codec import new_id

STATUS: Mapping[type[RendaError], int] = {
    Invalid: 400,
    NotAllowed: 403,
    NotFound: 404,
    Stale: 412,
    Rejected: 422,
    LineFailed: 422,
}
"""What a request can be answered with; every other error is the server's own and shows nothing of itself."""
NO_CASE = "there is no such case, or none that you may see"
"""The one answer to both, whatever id was asked for."""
PROBLEM = "application/problem+json"
log = logging.getLogger("renda.server")
Asked = Request[Any, Any, State]


def problem(status: int, code: str, detail: str, **facts: object) -> Response[dict[str, object]]:
    """Write a problem document (RFC 9457)."""
    headers = {"WWW-Authenticate": 'Bearer realm="renda"'} if status == HTTPStatus.UNAUTHORIZED else {}
    body = {"status": status, "code": code, "title": HTTPStatus(status).phrase, "detail": detail, **facts}
    return Response(body, status_code=status, media_type=PROBLEM, headers=headers)


def on_refusal(request: Asked, error: RendaError) -> Response[dict[str, object]]:
    """Tell a deliberate error with all its facts."""
    status = STATUS.get(type(error))
    if status is None:
        return on_defect(request, error)
    if isinstance(error, NotFound) and "case_id" in request.path_params:
        return problem(404, error.code, NO_CASE)
    # A refusal's reasons stand beside the message, one by one; the message alone is enough here.
    detail = str(error.args[0]) if isinstance(error, Rejected) else str(error)
    return problem(status, error.code, detail, **error.details)


def on_http(request: Asked, error: HTTPException) -> Response[dict[str, object]]:
    """Tell what the request itself got wrong, naming the field where one is known."""
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return on_defect(request, error)
    status = HTTPStatus(error.status_code)
    first = error.extra[0] if isinstance(error.extra, list) and error.extra else {}
    field, told = str(first.get("key", "")), str(first.get("message", ""))
    if status == HTTPStatus.BAD_REQUEST:
        detail = f"{field}: {told}" if field else told or _readable(error.detail)
        return problem(400, Invalid.code, detail, **({"field": field} if field else {}))
    return problem(status, status.name.lower(), status.phrase)


def on_defect(_: Asked, error: Exception) -> Response[dict[str, object]]:
    """Answer an id alone; the log has the place, and nothing of what was asked or said."""
    id = new_id()
    # The message and the values may hold personal data: neither goes anywhere.
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames[-8:]))
    log.error("defect %s: %s at %s", id, type(error).__name__, where)
    return problem(500, "defect", f"something went wrong here; tell the office this number: {id}", id=id)


def _readable(detail: str) -> str:
    """Give a message without what a parser quotes of the content."""
    return re.sub(r"\s+", " ", detail)[:200] or "the request cannot be read"


HANDLERS: ExceptionHandlersMap = {RendaError: on_refusal, HTTPException: on_http, Exception: on_defect}
