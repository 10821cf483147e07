"""Operations: a typed function becomes a route, and its types become its part of the description.

What a function's parameters are named says where they come from: ``desk`` is the asker's way to their tenant,
``asked`` the query, ``data`` the body, ``request`` the request itself, ``if_match`` that header; every other
parameter is part of the path, and an id that is none is nobody's.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from renda_core.errors import NotFound
from renda_server import bodies, guests, idempotency, permissions
from renda_server.answering import JSON, Answer, linked, written
from renda_server.desks import Desk, Seat
from renda_server.identity import TENANT, Entered, said
from renda_server.shapes import Page
from renda_server.transport import refuse_plain

Asking = Request[Any, Any, State]
Made = Callable[..., Awaitable[Any]]
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""An id as it is always written here; what is written otherwise may be one too."""
GIVEN = ("desk", "asked", "data", "request", "if_match")
OF_COUNTY = "/public/{county:str}"
"""Under which everybody asks of a county."""
SUCCESS: Mapping[str, int] = {"GET": 200, "POST": 201, "PUT": 200, "PATCH": 200, "DELETE": 204}


@attrs.frozen(kw_only=True)
class Operation:
    """What is known of one operation: for the route, and for the description.

    Attributes:
        name: The stable ``operationId``; examples are kept under it.
        gives: The type of the answer; *media* where it is no JSON, and *also* what else it may be.
        asks: The struct of the query, *takes* of the body; *uploads* is the media type where the body is no JSON.
        problems: The statuses of its problems, beside those that every operation may give.
        etag: Whether the answer bears the version of what it shows.
        located: Whether the answer says where the made thing is.
        largest: Bytes of the body, if they may be more than everywhere else.
        repeatable: Whether doing it twice is as doing it once, so that it takes no ``Idempotency-Key``: a sweep, or a
            question that is too long, or too private, for an address.
        secret: Whether nothing may keep who sent what when: the cast of a ballot, which counts once by itself, and a
            voter's code.
        sheltered: Whether it is refused over a line that somebody on the way could read: a vote by device.
        public: Whether anybody asks it, without a token: of the county that the path names, a limited number of times.
    """

    name: str
    method: str
    path: str
    summary: str
    description: str
    tag: str
    status: int
    gives: Any
    parameters: Mapping[str, Any]
    asks: type[msgspec.Struct] | None = None
    takes: Any = None
    uploads: str = ""
    media: str = JSON
    also: tuple[str, ...] = ()
    problems: tuple[int, ...] = ()
    etag: bool = False
    located: bool = False
    if_match: bool = False
    headers: Mapping[str, str] = attrs.Factory(dict)
    open: bool = False
    repeatable: bool = False
    largest: int = 0
    secret: bool = False
    sheltered: bool = False
    free: bool = False
    public: bool = False

    @property
    def keyed(self) -> bool:
        """Tell whether it takes an ``Idempotency-Key``."""
        return self.method in idempotency.UNSAFE and not (self.secret or self.repeatable)


def operation(
    method: str,
    path: str,
    *,
    summary: str,
    tag: str,
    problems: tuple[int, ...] = (),
    status: int = 0,
    public: bool = False,
    **more: Any,
) -> Callable[[Made], HTTPRouteHandler]:
    """Make a route of a function ``async def name(desk, …)``.

    Args:
        path: Below ``/api``; below ``/api/public/{county}`` where it is *public*.
        problems: Statuses that this operation may give beside those that every operation may, see ``description.py``.
        status: Of success; by default 200, 201 after POST, 204 after DELETE.
        more: Further attributes of ``Operation``.
    """

    def made(function: Made) -> HTTPRouteHandler:
        hints, names = get_type_hints(function), list(inspect.signature(function).parameters)
        whose: dict[str, Any] = {"county": str} if public else {}
        found = Operation(
            **{
                "name": function.__name__,
                "method": method,
                "path": f"{OF_COUNTY}{path}" if public else path,
                "summary": summary,
                "description": inspect.cleandoc(function.__doc__ or ""),
                "tag": tag,
                "status": status or SUCCESS[method],
                "gives": _inner(hints.get("return")),
                "parameters": whose | {name: hints[name] for name in names if name not in GIVEN},
                "asks": None if more.get("free") else hints.get("asked"),
                "takes": hints.get("data"),
                "if_match": "if_match" in names,
                "problems": problems,
                "public": public,
                **more,
            }
        )
        limit: Any = {"request_max_body_size": found.largest} if found.largest else {}
        if public:
            limit["middleware"] = [guests.LIMIT.middleware]
        return HTTPRouteHandler(
            found.path,
            http_method=[HttpMethod.GET, HttpMethod.HEAD] if method == "GET" else HttpMethod(method),
            status_code=found.status,
            opt={"operation": found},
            name=found.name,
            **limit,
        )(_route(function, found, frozenset(names)))

    return made


def _inner(given: Any) -> Any:
    return get_args(given)[0] if get_origin(given) is Answer else given


def _route(function: Made, told: Operation, names: frozenset[str]) -> Any:
    """Write the handler: read, call, answer."""
    places = tuple(told.parameters)

    async def handler(request: Asking) -> Response[Any]:
        if told.sheltered:
            refuse_plain(request.scope, request.app.state.proxies)
        given: dict[str, Any] = {name: known(name, request.path_params[name]) for name in places}
        county = given.pop("county") if told.public else ""
        flat = _questions(request)
        if told.asks is not None:
            given["asked"] = bodies.convert(flat, told.asks)
        elif told.free:
            bodies.refuse_unstorable(flat)
            given["asked"] = flat
        elif flat:
            bodies.refuse_unknown(flat, (), "question")
        if told.takes is not None:
            given["data"] = bodies.decode(await _body(request), told.takes)
        if told.if_match:
            given["if_match"] = request.headers.get("If-Match", "")
        if "request" in names:
            given["request"] = request
        if "desk" not in names:
            return _answer(request, told, flat, await function(**given))

        async def work(at: Desk) -> Response[Any]:
            return _answer(request, told, flat, await function(desk=at, **given))

        desk = await _desk(request, told, county)
        # An operation that takes a file looks after its key itself.
        once = told.keyed and not told.uploads
        async with request.app.state.turns.of(desk.tenant.id):
            answer = await (idempotency.once(request, desk, f"{told.method} {told.path}", work) if once else work(desk))
            if not desk.looked:  # what was answered without asking the tenant, e.g. who somebody is
                await desk.sure()
        for call in desk.later:
            if (under_way := call()) is not None:
                await under_way
        return answer

    handler.__name__ = told.name
    if told.status == HTTPStatus.NO_CONTENT:
        handler.__annotations__["return"] = Response[None]
    return handler


async def _desk(request: Asking, told: Operation, county: str) -> Desk:
    """Give the asker's way to their tenant, or anybody's to the county that the path names."""
    if told.public:
        guest: Desk = await request.app.state.hosts.guest(county)
        if request.scope["state"].get(TENANT, guest.tenant.id) != guest.tenant.id:
            raise NotFound("no such thing")  # another county than the one whose name the request was sent to
        return guest
    entered: Entered = request.user
    may = functools.partial(permissions.allows, told.name, tenant=entered.tenant)
    return Seat(entered, request.app.state.door, may)


def _questions(request: Asking) -> dict[str, str]:
    """Read the questions of the address, each asked once."""
    if not request.scope["query_string"]:
        return {}
    listed = list(request.query_params.multi_items())
    flat = dict(listed)
    if len(flat) != len(listed):
        names = [name for name, _ in listed]
        bodies.refuse_unknown((name for name in flat if names.count(name) > 1), (), "repeated question")
    return flat


def _answer(request: Asking, told: Operation, asked: Mapping[str, str], result: Any) -> Response[Any]:
    """Write what a function gave."""
    if isinstance(result, Response):
        return result
    link = linked(request.scope["path"], asked, result.after) if isinstance(result, Page) else None
    return written(result, told.status, link)


async def _body(request: Asking) -> bytes:
    kind = (said(request.scope, b"content-type") or JSON).partition(";")[0].strip().lower()
    if kind != JSON and not kind.endswith("+json"):
        raise HTTPException(status_code=415, detail=f"send {JSON}")
    return await request.body()


def known(name: str, value: str) -> str:
    """Read one part of a path; an id that is none is nobody's."""
    if "\x00" in value:
        raise NotFound("no such thing")
    if (name == "id" or name.endswith("_id")) and not _ID.fullmatch(value):
        try:
            return str(UUID(value))
        except ValueError:
            raise NotFound("no such thing") from None
    return value
