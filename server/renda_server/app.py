"""The one composition root: stores, tenants, identity and operations are put together here and nowhere else."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.datastructures import State
from litestar.datastructures.headers import Accept
from litestar.exceptions import HTTPException
from litestar.stores.memory import MemoryStore
from litestar.types import BeforeRequestHookHandler

from renda_core.catalogue import Catalogue
from renda_core.errors import NotAllowed
from renda_core.objects import objects_of
from renda_core.services.accounts.asking import SESSION
from renda_server import browsing, entry, errors, guests, identity, permissions, resources, sealing_client
from renda_server.answering import JSON
from renda_server.entry.speaking import Speaking
from renda_server.hosting import Hosts
from renda_server.idempotency import UNSAFE, KeysInUse
from renda_server.identity import Doorkeeper, Entered, SignedOut
from renda_server.jobs import InProcess, ready, take_up
from renda_server.naming import NameGate
from renda_server.operations import Operation
from renda_server.patience import Patience
from renda_server.public import faults, forms, looks, pages
from renda_server.settings import Settings
from renda_server.transport import Network
from renda_server.turns import Turns

LARGEST_BODY = 1_000_000
"""Bytes of a request's body; a case is text."""
ANYTHING = ("", "*/*", JSON)


def create_app(settings: Settings, catalogue: Catalogue | None = None) -> Litestar:
    """Compose the application.

    Args:
        catalogue: The practices; by default the installed ones.
    """
    hosts = Hosts(settings, catalogue or Catalogue.installed())
    door, providers = Doorkeeper(hosts), Speaking(settings.outbound, settings.now)
    runner, folder = InProcess(), settings.home.path / "work"

    async def begin() -> None:
        ready(folder, settings.now().timestamp())
        take_up(runner, hosts, folder)

    routes = Router(
        "/api",
        route_handlers=resources.HANDLERS,
        before_request=_signed_in(door, settings.proxies),
        request_max_body_size=LARGEST_BODY,
    )
    public = Router(
        "/",
        route_handlers=pages.HANDLERS,
        exception_handlers=faults.HANDLERS,
        middleware=[guests.LIMIT.middleware],
        request_max_body_size=forms.LARGEST,
    )
    app = Litestar(
        [routes, public, entry.router(), looks.asset, *resources.OPEN, *browsing.HANDLERS, *sealing_client.HANDLERS],
        exception_handlers={**errors.HANDLERS, HTTPException: faults.kind},
        before_send=[errors.number],
        on_startup=[hosts.start, begin],
        lifespan=[guests.forgetting],
        on_shutdown=[runner.stop, providers.aclose, hosts.stop],
        # The operations describe themselves (see description.py).
        openapi_config=None,
        logging_config=None,
        stores={guests.KEPT: MemoryStore()},
        state=State(
            {
                "hosts": hosts,
                "door": door,
                "providers": providers,
                "keys_in_use": KeysInUse(),
                "turns": Turns(),
                "runner": runner,
                "folder": folder,
                "proxies": settings.proxies,
                "files": settings.files or objects_of(settings.home.path, {}),
            },
            deep_copy=False,
        ),
    )
    # Before routing, so that nothing at all is told to who calls the server by another's name.
    app.asgi_handler = NameGate(Patience(app.asgi_handler), hosts=hosts, names=settings.names)
    return app


def _media(told: Operation) -> list[str]:
    """List what an operation may answer with."""
    return [told.media, *told.also, JSON]


def _signed_in(door: Doorkeeper, proxies: tuple[Network, ...]) -> BeforeRequestHookHandler:
    """Let in who shows a pass with the permission, and anybody to what is public; before a body is read."""

    async def guard(request: Request[Any, Any, Any]) -> Response[bytes] | None:
        scope = request.scope
        if scope["method"] == "OPTIONS":  # which methods a path has, the description tells everybody
            return Response(b"", status_code=204, headers=errors.allowed(request))
        told = scope["route_handler"].opt["operation"]
        if not told.public:
            scope["user"] = await _let_in(request, door, proxies, told.name)
        wanted = identity.said(scope, b"accept")
        if wanted not in ANYTHING and not Accept(wanted).best_match(_media(told)):
            raise HTTPException(status_code=406, detail=f"given here: {JSON}")
        return None

    return guard


async def _let_in(
    request: Request[Any, Any, Any], door: Doorkeeper, proxies: tuple[Network, ...], operation: str
) -> Entered:
    """Find who asks, and refuse who has not the permission.

    Raises:
        SignedOut: Nobody whom the pass opens anything for.
        NotAllowed: Somebody who may not ask for this, or another site's page in their browser.
    """
    pass_ = identity.shown(request.scope, proxies)
    entered = None if pass_ is None else await door.enter(pass_)
    if pass_ is None or entered is None:
        raise SignedOut
    if pass_.by == SESSION and request.method in UNSAFE:
        forms.refuse_foreign(request, silent=False)
    if not permissions.allows(operation, entered.asker, entered.tenant):
        # What is remembered may be older than powers that were given since.
        entered = await door.enter(pass_, anew=True)
        if entered is None:
            raise SignedOut
        if not permissions.allows(operation, entered.asker, entered.tenant):
            raise NotAllowed(permissions.refusal(operation, entered.asker))
    return entered
