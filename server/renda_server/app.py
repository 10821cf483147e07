"""The one composition root: stores, tenants, identity and handlers are put together here and nowhere else."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from litestar import Litestar, Request, Router
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import Guard

from renda_core.catalogue import Catalogue
from renda_core.domain.sealed import Sealed
from renda_server import api, errors
from renda_server.hosting import Desk, Hosts
from renda_server.identity import Doorkeeper
from renda_server.settings import Settings

LARGEST_BODY = 1_000_000
"""Bytes of a request's body; a case is text."""


def create_app(settings: Settings, catalogue: Catalogue | None = None) -> Litestar:
    """Compose the application.

    Args:
        catalogue: The practices; by default the installed ones.
    """
    hosts = Hosts(settings, catalogue or Catalogue.installed())
    door = Doorkeeper(settings.home.path)

    async def desk(request: Request[Any, Any, State]) -> Desk:
        return await hosts.desk(request.user)

    routes = Router(
        "/api",
        route_handlers=api.HANDLERS,
        guards=[_signed_in(door)],
        dependencies={"desk": Provide(desk)},
        request_max_body_size=LARGEST_BODY,
    )
    return Litestar(
        [routes, api.healthz],
        exception_handlers=errors.HANDLERS,
        on_startup=[hosts.start],
        on_shutdown=[hosts.stop],
        type_encoders={Fraction: str, Sealed: str},
        # The description is plain JSON: no page of it loads anything from another host.
        openapi_config=OpenAPIConfig(title="renda", version="1", render_plugins=[JsonRenderPlugin()]),
        logging_config=None,
    )


def _signed_in(door: Doorkeeper) -> Guard:
    """Let in who has a token; it is asked before anything of the request is read."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        holder = door.who(connection.headers.get("Authorization", ""))
        if holder is None:
            raise NotAuthorizedException
        connection.scope["user"] = holder

    return guard
