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
from litestar.types import ExceptionHandlersMap, Message, Scope

from renda_core.errors import (
    ConfigError,
    Invalid,
    NotAllowed,
    NotFound,
    NotLetIn,
    PluginError,
    PracticeFailed,
    Rejected,
    RendaError,
    Stale,
    Taken,
    TooMany,
    Unavailable,
)
from renda_core.redaction import PERSONAL
from renda_core.services.bulk import LineFailed
from renda_core.services.duty import Again
from renda_core.services.hosting.directory import Moving, SiloAbsent, Suspended
from renda_core.services.imports.incoming import Busy, TooLarge, WrongKind
from renda_core.services.requests import KeyInUse, KeyReused
from renda_core.store.codec import new_id
from renda_server import guests
from renda_server.answering import ENCODER
from renda_server.identity import SignedOut
from renda_server.transport import PlainHttp


class Unready(RendaError):
    """The server lacks a part that this needs; nothing was done."""

    code = "unready"


class Unreachable(RendaError):
    """Another machine did not answer as it should; what it says is for the log of who runs the server."""

    code = "unreachable"


STATUS: Mapping[type[RendaError], int] = {
    Invalid: 400,
    SignedOut: 401,
    NotLetIn: 401,
    NotAllowed: 403,
    PlainHttp: 403,
    Suspended: 403,
    NotFound: 404,
    Stale: 412,
    Rejected: 422,
    Again: 422,
    LineFailed: 422,
    KeyReused: 422,
    KeyInUse: 409,
    Taken: 409,
    TooLarge: 413,
    WrongKind: 415,
    TooMany: 429,
    PracticeFailed: 500,
    Busy: 503,
    Unavailable: 503,
    Unreachable: 503,
    Unready: 503,
    Moving: 503,
    SiloAbsent: 503,
}
"""What a request can be answered with; every other error is the server's own and shows nothing of itself."""
NOTHING = "there is no such thing here, or none that you may see"
"""The one answer to both, whatever id was asked for."""
SHOWN = 4
"""Digits that stay visible of it."""
NUMBER = "renda_request"
"""Under which the number of a request is kept."""
PROBLEM = "application/problem+json"
log = logging.getLogger("renda.server")
Asked = Request[Any, Any, State]


def problem(
    status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, **facts: object
) -> Response[bytes]:
    """Write a problem document (RFC 9457), in which nothing personal stands whole."""
    bears = dict(headers or {})
    if status == HTTPStatus.UNAUTHORIZED:
        bears["WWW-Authenticate"] = 'Bearer realm="renda"'
    body = {"status": status, "code": code, "title": HTTPStatus(status).phrase, "detail": detail, **facts}
    return Response(ENCODER.encode(masked(body)), status_code=status, media_type=PROBLEM, headers=bears)


def masked(value: Any) -> Any:
    """Mask what looks personal, in every text of plain data."""
    if isinstance(value, str):
        return PERSONAL.sub(lambda found: "*" * (len(found[0]) - SHOWN) + found[0][-SHOWN:], value)
    if isinstance(value, Mapping):
        return {key: masked(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [masked(part) for part in value]
    return value


def on_refusal(request: Asked, error: RendaError) -> Response[bytes]:
    """Tell a deliberate error with all its facts."""
    status = STATUS.get(type(error))
    if isinstance(error, ConfigError | PluginError):
        return on_set_up(request, error)
    if status is None:
        return on_defect(request, error)
    if isinstance(error, NotFound) and request.scope.get("path_params"):
        return problem(404, error.code, NOTHING)
    # A refusal's reasons stand beside the message, one by one; the message alone is enough here.
    detail = str(error.args[0]) if isinstance(error, Rejected) else str(error)
    wait = error.details.get("retry_after")
    if type(error) is Unavailable:  # a disk that is full, a database that is away: for whoever runs the server
        log.warning("answered 503: %s", error)
    return problem(status, error.code, detail, {"Retry-After": str(wait)} if wait else None, **error.details)


def on_http(request: Asked, error: HTTPException) -> Response[bytes]:
    """Tell what the request itself got wrong, naming the field where one is known."""
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return on_defect(request, error)
    status, bears = (
        HTTPStatus(error.status_code),
        allowed(request) if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else {},
    )
    first = error.extra[0] if isinstance(error.extra, list) and error.extra else {}
    field, told = str(first.get("key", "")), str(first.get("message", ""))
    if status == HTTPStatus.BAD_REQUEST:
        detail = f"{field}: {told}" if field else told or _readable(error.detail)
        return problem(400, Invalid.code, detail, bears, **({"field": field} if field else {}))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        bears = {"Retry-After": waiting(error)}
    return problem(status, status.name.lower(), _readable(error.detail) if status in TOLD else status.phrase, bears)


def waiting(error: HTTPException) -> str:
    """Say in how many seconds a source that asked too often may ask again; never at once."""
    return str(max(1, int((error.headers or {}).get(guests.RESET, 1))))


async def number(message: Message, scope: Scope) -> None:
    """Number every answer, so that one can be spoken of; a defect's number is the one in the log.

    An answer to HEAD is that to GET without its body.
    """
    if message["type"] == "http.response.start":
        found = scope["state"].get(NUMBER) or new_id()
        message["headers"] = headers = [*message["headers"], (b"x-request-id", found.encode())]
        told = scope.get("user") is not None or message["status"] >= HTTPStatus.BAD_REQUEST
        if told and not any(name.lower() == b"cache-control" for name, _ in headers):
            headers.append((b"cache-control", b"no-store"))  # what one asker was told, or refused, is nobody else's
    elif message["type"] == "http.response.body" and scope.get("method") == "HEAD":
        message["body"] = b""


def on_defect(request: Asked, error: Exception) -> Response[bytes]:
    """Answer an id alone."""
    id = noted(error)
    request.scope["state"][NUMBER] = id
    return problem(500, "defect", f"something went wrong here; tell the office this number: {id}", id=id)


def on_set_up(request: Asked, error: ConfigError | PluginError) -> Response[bytes]:
    """Say that the server lacks something which whoever runs it can mend; what that is stands in the log alone."""
    id = set_up(error)
    request.scope["state"][NUMBER] = id
    told = f"this server is not set up for it; whoever runs it finds what is missing under this number: {id}"
    return problem(503, error.code, told, id=id)


def set_up(error: ConfigError | PluginError) -> str:
    """Write to the log what the server lacks; give its number."""
    id = new_id()
    # What is wrong with a client's own document never comes here: it is told as a refusal, where it is read.
    log.error("set-up %s: %s", id, error)
    return id


def noted(error: BaseException) -> str:
    """Write the place of a defect to the log, and nothing of what was asked or said; give its number."""
    id = new_id()
    # The message and the values may hold personal data: neither goes anywhere.
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames[-8:]))
    log.error("defect %s: %s at %s", id, type(error).__name__, where)
    return id


def allowed(request: Asked) -> dict[str, str]:
    """Say which methods a path has."""
    path = request.scope["path"]
    fits = (r for r in request.app.routes if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", r.path_format), path))
    return {"Allow": ", ".join(sorted({method for route in fits for method in getattr(route, "methods", ())}))}


def _readable(detail: str) -> str:
    """Give a message without what a parser quotes of the content."""
    return re.sub(r"\s+", " ", detail)[:200] or "the request cannot be read"


TOLD = (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.NOT_ACCEPTABLE)
"""Statuses whose own words help, and quote nothing of the request."""
HANDLERS: ExceptionHandlersMap = {RendaError: on_refusal, HTTPException: on_http, Exception: on_defect}
