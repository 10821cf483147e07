"""The pages on which somebody signs in, looks after an account of their own, and after those of others.

In Chinese, and working without JavaScript; only a passkey needs the one script.
"""

from __future__ import annotations

from litestar import Request, Router
from litestar.datastructures import State
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from renda_core.errors import RendaError
from renda_server import guests, identity
from renda_server.entry import frames, inviting, looking_after, own, passkeys, providing, signing_in
from renda_server.identity import SignedOut
from renda_server.public import faults, forms

HANDLERS = (
    *signing_in.HANDLERS,
    *inviting.HANDLERS,
    *passkeys.HANDLERS,
    *providing.HANDLERS,
    *own.HANDLERS,
    *looking_after.HANDLERS,
)


def to_the_door(request: Request[object, object, State], _: RendaError) -> Redirect:
    """Lead whoever has not signed in, or not any more, to where they do; the old cookie goes."""
    gone = identity.dropping(request.scope, request.app.state.proxies)
    return frames.leads("/enter", gone, request=request)


FAULTS: ExceptionHandlersMap = {**faults.HANDLERS, SignedOut: to_the_door}


def router() -> Router:
    """Give the pages as one router."""
    return Router(
        "/",
        route_handlers=HANDLERS,
        exception_handlers=FAULTS,
        middleware=[guests.LIMIT.middleware],
        request_max_body_size=forms.LARGEST,
    )
