"""What every page of signing in and of accounts shares: whose county it is, who asks, and what guards the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.response import Redirect

from renda_core import compliance
from renda_core.domain.case import Actor
from renda_core.errors import NotFound
from renda_core.services.accounts.asking import SESSION
from renda_core.services.accounts.entering import Step
from renda_core.services.accounts.rows import held
from renda_server import identity
from renda_server.desks import Desk, Guest, Seat
from renda_server.entry import devices, words
from renda_server.identity import TENANT, SignedOut
from renda_server.operations import known
from renda_server.public import forms
from renda_server.public.looks import FOR_ONE, Frame, here, show, templates
from renda_server.transport import PlainHttp, encrypted

Asking = Request[Any, Any, Any]
OURS = "人大代表工作平台"
YEAR = 365 * 24 * 3600
GUARDED: Mapping[str, str] = {
    **FOR_ONE,
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""One script may run, ours; nothing is kept by anybody on the way, nor by the browser."""


def guarded(request: Asking) -> Mapping[str, str]:
    """Give what guards a page; over an encrypted line, that it is asked over such a one from now on."""
    if encrypted(request.scope, request.app.state.proxies):
        return {**GUARDED, "Strict-Transport-Security": f"max-age={YEAR}"}
    return GUARDED


async def guest(request: Asking, county: str) -> Guest:
    """Open a county to whoever has not signed in.

    Raises:
        NotFound: There is none, or the request was sent to another one's name.
        PlainHttp: Somebody on the way could read what is typed.
    """
    refuse_readable(request)
    desk: Guest = await request.app.state.hosts.guest(known("county", county))
    if request.scope["state"].get(TENANT, desk.tenant.id) != desk.tenant.id:
        raise NotFound("no such county")
    return desk


def refuse_readable(request: Asking) -> None:
    """Refuse a line on which no session can be kept: a password would be read on the way.

    Raises:
        PlainHttp: It is one.
    """
    if not identity.cookie_name(request.scope, request.app.state.proxies):
        raise PlainHttp("the connection is plain HTTP, and not from this server's own machine")


async def seat(request: Asking) -> Seat:
    """Find who has signed in.

    Raises:
        SignedOut: Nobody.
    """
    refuse_readable(request)
    door = request.app.state.door
    pass_ = identity.shown(request.scope, request.app.state.proxies)
    entered = await door.enter(pass_) if pass_ is not None and pass_.by == SESSION else None
    if entered is None:
        raise SignedOut
    return Seat(entered, door, lambda _: True)


async def sent(request: Asking, *names: str, many: str = "") -> dict[str, str]:
    """Read a form that one of our own pages sent, and no other.

    Raises:
        PermissionDeniedException: It came from elsewhere, or does not say from where.
    """
    forms.refuse_foreign(request, silent=False)
    return await forms.read(request, *names, many=many)


def at(county: str) -> str:
    """Give the address of a county's door."""
    return f"/enter/{quote(county, safe='')}"


def page(
    request: Asking,
    template: str,
    band: str,
    *,
    home: str = "",
    status: int = 200,
    sized: bool = False,
    cookies: list[Cookie] | None = None,
    **told: Any,
) -> Response[bytes]:
    """Make a page.

    Args:
        band: What stands on top, leading *home*.
        sized: Whether the button of sizes stands there: not on the answer to a form, which would be sent again.
    """
    frame = Frame(name=band, home=home, back=here(request) if sized else "")
    templates().filters.setdefault("moment", words.moment)
    made = show(request, template, frame, status=status, headers=guarded(request), **told)
    made.cookies = [*made.cookies, *(cookies or [])]
    return made


def entry_page(request: Asking, desk: Guest, template: str, **told: Any) -> Response[bytes]:
    """Make a page before somebody signed in."""
    home = at(desk.tenant.code)
    return page(request, template, desk.tenant.name, home=home, at=home, **told)


def own_page(request: Asking, desk: Seat, template: str, **told: Any) -> Response[bytes]:
    """Make a page of somebody who has signed in."""
    return page(request, template, desk.tenant.name, home="/account", **told)


def leads(to: str, *cookies: Cookie, request: Asking) -> Redirect:
    """Send somebody on, to a page of ours."""
    return Redirect(to, status_code=303, headers=dict(guarded(request)), cookies=list(cookies))


def came_in(request: Asking, desk: Guest, step: Step) -> Response[bytes] | Redirect:
    """Go on after a step: with a session to the account, or to the page of what is missing."""
    if step.secret:
        return leads("/account", session(request, step.secret), request=request)
    pages = {"second": "second.html", "renew": "renew.html", "enrol": "enrol.html"}
    told: dict[str, Any] = {"wrong": {}, "ticket": step.ticket}
    if step.needs == "second":
        told |= {"factors": step.factors, "devices": devices.possible(request)}
    elif step.needs == "enrol":
        told |= {"qr": "", "secret": "", "pending": ""}
    else:
        told |= {"length": compliance.of(desk.tenant).password_length}
    return entry_page(request, desk, pages[step.needs], **told)


def codes_page(request: Asking, desk: Desk, codes: Sequence[str], secret: str) -> Response[bytes]:
    """Tell recovery codes, this once, and keep the new session that came with them."""
    cookies = [session(request, secret)] if secret else []
    return page(request, "codes.html", desk.tenant.name, home="/account", codes=codes, cookies=cookies)


async def holder(desk: Desk, account: str) -> Actor:
    """Name an account's holder as the journal does."""
    row = await desk.store.read(held, desk.tenant.id, account)
    return Actor(id=row.person or row.id)


def session(request: Asking, secret: str) -> Cookie:
    """Keep a session's secret in the browser: it is a new one each time, whatever was there before."""
    return identity.keeping(request.scope, request.app.state.proxies, secret)


def label(request: Asking) -> str:
    """Name the browser in its holder's list of sessions."""
    return words.browser(request.headers.get("User-Agent", ""))
