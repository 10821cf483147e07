"""Who asks without a token: told apart by where they come from alone, and only so that nobody keeps the others out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.stores.memory import MemoryStore

from renda_server import transport

A_MINUTE = 300
"""Requests of one source. U: a person makes a few; behind one address of a mobile network stand hundreds of people."""
EVERY = 60.0
"""Seconds after which a source that asked no more is forgotten."""
RESET = "RateLimit-Reset"
KEPT = "guests"
log = logging.getLogger("renda.server")


def source(request: Request[Any, Any, Any]) -> str:
    """Name where a request comes from; once, warn of a proxy that makes one source of everybody."""
    state = request.app.state
    if not state.get("warned") and transport.unnamed(request.scope, state.proxies):
        state["warned"] = True
        log.warning(
            "requests of voters come through a proxy that RENDA_PROXIES does not name: all of them count as one source"
        )
    return transport.source(request.scope, state.proxies)


LIMIT = RateLimitConfig(
    rate_limit=("minute", A_MINUTE), identifier_for_request=source, store=KEPT, rate_limit_reset_header_key=RESET
)
"""How often one source may ask; counted by each process for itself, in its memory."""


@asynccontextmanager
async def forgetting(app: Litestar) -> AsyncIterator[None]:
    """Forget, again and again while the server runs, the sources that asked no more."""
    store = app.stores.get(KEPT)

    async def forget() -> None:
        while True:
            await asyncio.sleep(EVERY)
            if isinstance(store, MemoryStore):
                await store.delete_expired()

    task = asyncio.create_task(forget())
    try:
        yield
    finally:
        task.cancel()
