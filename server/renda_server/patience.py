"""How long a request may take to arrive: whoever sends a body and falls silent does not keep a place for ever."""

from __future__ import annotations

import asyncio
import time

from litestar.enums import ScopeType
from litestar.exceptions import ClientException
from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send, WebSocketReceiveMessage

SILENCE = 20.0
"""Seconds between two pieces of a body. U: a mobile line that is silent for longer has been lost."""
LONGEST = 600.0
"""Seconds for a whole body. U: 50 MB over a village's line of 1 Mbit/s take seven minutes."""


class TooSlow(ClientException):
    """The body did not arrive in time; nothing was done."""

    status_code = 408


class Patience:
    """Gives up on bodies that do not come."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request whose body is waited for so long, and no longer."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        until, whole = time.monotonic() + LONGEST, False

        async def soon() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            nonlocal whole
            if whole:  # what comes after the body is that the asker went away, whenever that may be
                return await receive()
            try:
                async with asyncio.timeout(min(SILENCE, until - time.monotonic())):
                    message = await receive()
            except TimeoutError:
                raise TooSlow("the request did not arrive in time; send it again") from None
            whole = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        await self._app(scope, soon, send)
