"""By which name a request was sent: an exact match with a name of ours, or nothing of it is read.

Nobody else's word counts: no ``X-Forwarded-Host``, no ``Forwarded``, and no second ``Host``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from http import HTTPStatus
from typing import Any, Protocol

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from renda_server.answering import ENCODER
from renda_server.identity import TENANT
from renda_server.transport import HERE

FORM = re.compile(rb"([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.IGNORECASE)
"""A name, or an IPv6 address in brackets, and perhaps a port (RFC 9110 § 7.2); no trailing dot, no user, no list."""
PROBLEM = b"application/problem+json"


class Directory(Protocol):
    """Knows the names of tenants."""

    def of_host(self, host: str) -> str | None:
        """Say whose a name is, by the tenant's id; None for nobody's."""


class NameGate:
    """Lets in requests that were sent to a name of this server, and marks those that were sent to a tenant's own.

    Args:
        names: The server's own names, under which every tenant is asked; those of this machine are always among them.
    """

    def __init__(self, app: ASGIApp, *, hosts: Directory, names: Collection[str]) -> None:
        self._app, self._hosts = app, hosts
        self._names = frozenset(names) | HERE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the name before anything else."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        given = [value for key, value in scope["headers"] if key == b"host"]
        found = FORM.fullmatch(given[0]) if len(given) == 1 else None
        if found is None:
            await _refuse(send, HTTPStatus.BAD_REQUEST, "host", "a request names one host, in the header Host")
            return
        name = found[1].decode("ascii").lower()
        if name not in self._names:
            tenant = self._hosts.of_host(name)
            if tenant is None:
                told = "nobody is served by this name here; whoever runs the server names it in RENDA_HOSTS"
                await _refuse(send, HTTPStatus.MISDIRECTED_REQUEST, "misdirected", told)
                return
            scope.setdefault("state", {})[TENANT] = tenant
        await self._app(scope, receive, send)


async def _refuse(send: Send, status: HTTPStatus, code: str, detail: str) -> None:
    """Answer before there is a request, and without a word of what was asked."""
    body = ENCODER.encode({"status": int(status), "code": code, "title": status.phrase, "detail": detail})
    headers: Any = [
        (b"content-type", PROBLEM),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
