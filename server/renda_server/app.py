"""The one composition root: stores, tenants, identity and operations are put together here and nowhere else."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.datastructures import State
from litestar.datastructures.headers import Accept
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.stores.memory import MemoryStore
from litestar.types import BeforeRequestHookHandler, Scope

from renda_core.catalogue import Catalogue
from renda_server import browsing, errors, guests, resources, sealing_client
from renda_server.answering import JSON
from renda_server.hosting import Hosts
from renda_server.idempotency import KeysInUse
from renda_server.identity import Doorkeeper
from renda_server.jobs import InProcess, ready, take_up
from renda_server.operations import Operation
from renda_server.public import faults, forms, looks, pages
from renda_server.settings import Settings

LARGEST_BODY = 1_000_000
"""Bytes of a request's body; a case is text."""
ANYTHING = ("", "*/*", JSON)


def create_app(settings: Settings, catalogue: Catalogue | None = None) -> Litestar:
    """Compose the application.

    Args:
        catalogue: The practices; by default the installed ones.
    """
    hosts = Hosts(settings, catalogue or Catalogue.installed())
    runner, folder = InProcess(), settings.home.path / "work"

    async def begin() -> None:
        ready(folder, settings.now().timestamp())
        await take_up(runner, hosts.workspaces(), folder)

    routes = Router(
        "/api",
        route_handlers=resources.HANDLERS,
        before_request=_signed_in(Doorkeeper(settings.home.path)),
        request_max_body_size=LARGEST_BODY,
    )
    public = Router(
        "/",
        route_handlers=pages.HANDLERS,
        exception_handlers=faults.HANDLERS,
        middleware=[guests.LIMIT.middleware],
        request_max_body_size=forms.LARGEST,
    )
    return Litestar(
        [routes, public, looks.asset, *resources.OPEN, *browsing.HANDLERS, *sealing_client.HANDLERS],
        exception_handlers={**errors.HANDLERS, HTTPException: faults.kind},
        before_send=[errors.number],
        on_startup=[hosts.start, begin],
        lifespan=[guests.forgetting],
        on_shutdown=[runner.stop, hosts.stop],
        # The operations describe themselves (see description.py).
        openapi_config=None,
        logging_config=None,
        stores={guests.KEPT: MemoryStore()},
        state=State(
            {
                "hosts": hosts,
                "keys_in_use": KeysInUse(),
                "runner": runner,
                "folder": folder,
                "proxies": settings.proxies,
            },
            deep_copy=False,
        ),
    )


def _media(told: Operation) -> list[str]:
    """List what an operation may answer with."""
    return [told.media, *told.also, JSON]


def _signed_in(door: Doorkeeper) -> BeforeRequestHookHandler:
    """Let in who has a token, and anybody to what is public; it is asked before anything of the request is read."""

    async def guard(request: Request[Any, Any, Any]) -> Response[bytes] | None:
        scope = request.scope
        if scope["method"] == "OPTIONS":  # which methods a path has, the description tells everybody
            return Response(b"", status_code=204, headers=errors.allowed(request))
        told = scope["route_handler"].opt["operation"]
        if not told.public:
            holder = door.who(_said(scope, b"authorization"))
            if holder is None:
                raise NotAuthorizedException
            scope["user"] = holder
        wanted = _said(scope, b"accept")
        if wanted not in ANYTHING and not Accept(wanted).best_match(_media(told)):
            raise HTTPException(status_code=406, detail=f"given here: {JSON}")
        return None

    return guard


def _said(scope: Scope, name: bytes) -> str:
    """Give a header as it was first sent; empty where it was not."""
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return ""
