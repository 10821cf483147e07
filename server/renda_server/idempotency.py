"""``Idempotency-Key``: a request that comes twice is done once, and both times gets the same answer.

A request with a key runs as one use case: the operation works at a desk inside the transaction, its answer is
written there, and both are kept together or not at all.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

from litestar import Request, Response

from renda_core.errors import Invalid
from renda_core.services import requests
from renda_core.services.requests import Attempt, KeyInUse, Written
from renda_core.store.stores import ReadCase, Store, WriteCase
from renda_core.store.unit import Unit
from renda_server.desks import Desk, Seat

T = TypeVar("T")
HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LONGEST = 255
"""Characters of a key; a UUID has 36."""
KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")
AGAIN = 1
"""Seconds after which a request whose first try is under way may ask again."""
Work = Callable[[Desk], Awaitable[Response[Any]]]


class DeskInUnit(Desk):
    """A desk within one transaction: whatever is asked and done at it stands or falls together."""

    def __init__(self, desk: Desk, unit: Unit) -> None:
        super().__init__(desk.store, desk.tenant, desk.actor)
        self._unit = unit
        self.asker = desk.asker if isinstance(desk, Seat) else None
        """Who asks, where it was somebody who was let in."""

    async def ask(self, use_case: ReadCase[..., T], /, *args: Any, **kw: Any) -> T:
        """Run a use case that reads, in the same transaction."""
        return await use_case(self._unit, self.tenant, self.actor, *args, **kw)

    async def do(self, use_case: WriteCase[..., T], /, *args: Any, **kw: Any) -> T:
        """Run a use case in the same transaction."""
        return await use_case(self._unit, self.tenant, *args, **kw)


class KeysInUse:
    """The keys whose requests are under way in this process; the database's own key stands behind it."""

    def __init__(self) -> None:
        self._held: set[tuple[str, ...]] = set()

    @contextmanager
    def hold(self, *scope: str) -> Iterator[None]:
        """Hold a key for as long as its request takes.

        Raises:
            KeyInUse: It is held already.
        """
        if scope in self._held:
            raise KeyInUse(f"the request of this {HEADER} is still under way; ask again", retry_after=AGAIN)
        self._held.add(scope)
        try:
            yield
        finally:
            self._held.discard(scope)


def key_of(request: Request[Any, Any, Any]) -> str:
    """Read the header, with or without the quotation marks of a structured field; empty where there is none.

    Raises:
        Invalid: It is no key, or there are several.
    """
    given = request.headers.getall(HEADER, [])
    if not given or request.method not in UNSAFE:
        return ""
    key: str = given[0][1:-1] if re.fullmatch(r'".*"', given[0], re.DOTALL) else given[0]
    if len(given) > 1 or not KEY.fullmatch(key):
        raise Invalid(f"{HEADER}: one key of 1 to {LONGEST} visible ASCII characters, such as a UUID", field=HEADER)
    return key


def content_of(request: Request[Any, Any, Any], body: bytes, kind: str | None = None) -> str:
    """Hash everything that makes a request the one it is.

    Args:
        body: The body, or a digest of what it holds.
        kind: The content type, if it is not the header's.
    """
    total = hashlib.sha256()
    said = request.headers.get("Content-Type", "") if kind is None else kind
    texts = (request.method, request.scope["path"], said, request.headers.get("If-Match", ""))
    for part in (*(text.encode() for text in texts), request.scope.get("query_string", b"")):
        total.update(len(part).to_bytes(8) + part)
    total.update(body)
    return total.hexdigest()


async def once(
    request: Request[Any, Any, Any],
    desk: Desk,
    route: str,
    work: Work,
    *,
    content: str = "",
    aside: bool = False,
) -> Response[Any]:
    """Do a request, once if it has a key.

    Args:
        route: Names the operation, e.g. ``"POST /cases"``.
        work: Does it at the desk that it is given, and writes the answer.
        content: From :func:`content_of`; by default of the whole body.
        aside: Do it in a thread, on a connection of its own, because it is long.

    Raises:
        KeyInUse: The first try is still under way.
        KeyReused: The key named another request.
    """
    key = key_of(request)
    if not key and not aside:
        return await work(desk)
    attempt = (
        Attempt(route=route, key=key, content=content or content_of(request, await request.body())) if key else None
    )
    later: list[Callable[[], Awaitable[None] | None]] = []

    async def in_unit(unit: Unit) -> Written:
        await desk.look(unit)
        unit.actor = desk.actor
        inner = DeskInUnit(desk, unit)
        answer = _kept(await work(inner))
        later[:] = inner.later
        return answer

    with request.app.state.keys_in_use.hold(desk.tenant.id, desk.actor.id, route, key) if key else nullcontext():
        await desk.sure()  # what is kept is given again to nobody who was signed out meanwhile
        if aside:
            answer = await asyncio.to_thread(_aside, desk, attempt, in_unit)
        else:
            answer = await _done(desk.store, desk, attempt, in_unit)
    desk.later += [] if answer.again else later
    return _given(answer)


def _aside(desk: Desk, attempt: Attempt | None, work: requests.Work) -> Written:
    store = desk.store.apart()
    try:
        return store.run(_done(store, desk, attempt, work))
    finally:
        store.shut()


async def _done(store: Store, desk: Desk, attempt: Attempt | None, work: requests.Work) -> Written:
    if attempt is None:
        return await store.write(work, desk.tenant.id, desk.actor)
    return await requests.answered(store, desk.tenant.id, desk.actor, attempt, work)


def _kept(response: Response[Any]) -> Written:
    """Take an answer as it goes over the line."""
    headers = {**response.headers, "Content-Type": str(response.media_type)}
    return Written(status=response.status_code or 200, headers=headers, body=bytes(response.content or b""))


def _given(answer: Written) -> Response[Any]:
    headers = dict(answer.headers)
    kind = headers.pop("Content-Type")
    if answer.again:
        headers[REPLAYED] = "true"
    return Response(answer.body, status_code=answer.status, media_type=kind, headers=headers)
