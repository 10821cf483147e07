"""A county's own providers (统一认证) as pages: there and back, to sign in, to accept an invitation, or to be tied.

What is to be done when somebody comes back is kept in a ticket, which is taken in once, and only from the browser that
went: it holds a cookie of a few minutes, without which the address that brings somebody back is worth nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from typing import Any

from litestar import Response, post, route
from litestar.datastructures import Cookie
from litestar.exceptions import PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect

from renda_core.errors import NotFound, NotLetIn, Rejected
from renda_core.services.accounts import arriving, asking, entering, providers, tickets
from renda_core.services.accounts.entering import ENTRY, Step
from renda_core.services.accounts.providers import Provider
from renda_core.services.accounts.rows import INVITATION
from renda_core.services.accounts.tickets import Ticket
from renda_core.store.unit import Unit
from renda_server.desks import Desk, Guest
from renda_server.entry import devices, words
from renda_server.entry.frames import (
    Asking,
    at,
    came_in,
    entry_page,
    guest,
    label,
    leads,
    own_page,
    seat,
    sent,
)
from renda_server.entry.signing_in import shown_door
from renda_server.entry.speaking import NotProved
from renda_server.errors import Unreachable
from renda_server.identity import COOKIE, SignedOut, cookie_name
from renda_server.public.looks import READ

KIND = "provider"
"""The kind of a ticket that waits for somebody to come back."""
ENTER, ARRIVE, TIE = "enter", "arrive", "tie"
"""What is to be done then."""
DOWN = "“{title}”暂时连不上，请过一会儿再试。也可以先用口令登录。"
FAILED = "在“{title}”没有登录成，请再试一次。也可以用口令登录。"
STRANGER = "“{title}”认得您，但这里还没有绑定您的账号。请先用口令登录，在“我的账号”里绑定；还没有账号，请找系统管理员。"
LATE = "等得太久了，或者这一步已经做过了，请再试一次。"
log = logging.getLogger("renda.server")


@route("/enter/{county:str}/with/{name:str}", http_method=READ)
async def go(request: Asking, county: FromPath[str], name: FromPath[str]) -> Response[bytes] | Redirect:
    """Lead somebody to a provider, to sign in."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise PermissionDeniedException  # nobody is sent there by another site's page
    desk = await guest(request, county)
    provider, _ = await desk.store.read(providers.one, desk.tenant.id, desk.tenant, name)
    try:
        address, cookie = await _begun(request, desk, provider, {"for": ENTER})
    except Unreachable as error:
        return await _down(request, desk, provider, error)
    return leads(address, cookie, request=request)


@post("/enter/{county:str}/invitation/{name:str}", status_code=200)
async def go_invited(request: Asking, county: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Lead somebody who was invited to a provider, by which they sign in from then on."""
    form = await sent(request, "ticket")
    desk = await guest(request, county)
    provider, _ = await desk.store.read(providers.one, desk.tenant.id, desk.tenant, name)
    try:
        await desk.store.read(arriving.welcome, desk.tenant.id, desk.tenant, INVITATION, form["ticket"])
        address, cookie = await _begun(request, desk, provider, {"for": ARRIVE, "invitation": form["ticket"]})
    except NotLetIn:
        return await shown_door(request, desk, notice=LATE, status=410)
    except Unreachable as error:
        return await _down(request, desk, provider, error)
    told = {"title": f"用{provider.title}登录", "text": f"下面到“{provider.title}”登录一次，以后就用它登录这里。"}
    return entry_page(
        request, desk, "onward.html", to=address, next="去登录", back=at(desk.tenant.code), cookies=[cookie], **told
    )


@post("/account/providers/{name:str}", status_code=200)
async def tie(request: Asking, name: FromPath[str]) -> Response[bytes] | Redirect:
    """Lead the asker to a provider that is to mean their account; or let it mean it no more."""
    form = await sent(request, "act")
    desk = await seat(request)
    if form["act"] == "untie":
        await desk.do(providers.untie, name, desk.asker.account)
        return leads("/account", request=request)
    provider, _ = await desk.store.read(providers.one, desk.tenant.id, desk.tenant, name)
    try:
        await desk.ask(asking.refuse_long_ago, desk.asker)
        address, cookie = await _begun(request, desk, provider, {"for": TIE}, desk.asker.account)
    except Rejected as error:
        told = {"title": "请重新登录一次", "text": words.reason(error), "to": "/account", "next": "返回"}
        return own_page(request, desk, "told.html", status=422, **told)
    except Unreachable as error:
        log.warning("provider %s of %s: %s", name, desk.tenant.code, error)
        told = {"title": "暂时连不上", "text": DOWN.format(title=provider.title), "to": "/account", "next": "返回"}
        return own_page(request, desk, "told.html", status=503, **told)
    # A page between, and a click on it: somebody else's page could not make it for them.
    told = {"title": f"绑定{provider.title}", "text": f"下面到“{provider.title}”登录一次，以后可以用它登录这里。"}
    return own_page(request, desk, "onward.html", to=address, next="去绑定", back="/account", cookies=[cookie], **told)


@route("/enter/{county:str}/back/{name:str}", http_method=READ)
async def back(request: Asking, county: FromPath[str], name: FromPath[str]) -> Response[bytes] | Redirect:
    """Take somebody in who comes back from a provider."""
    desk = await guest(request, county)
    answer = dict(request.query_params)
    kept = request.cookies.get(_cookie_name(request), "")
    found = await desk.store.write(_taken, desk.tenant.id, ENTRY, answer.get("state", ""))
    if found is None or not _same(found, kept, name):
        return await shown_door(request, desk, notice=LATE, status=400)
    try:
        provider, secret = await desk.store.read(providers.one, desk.tenant.id, desk.tenant, name)
    except NotFound:
        return await shown_door(request, desk, notice=LATE, status=400)
    try:
        subject = await request.app.state.providers().finish(
            provider,
            secret,
            back=_address(request, desk, name),
            answer=answer,
            nonce=str(found.body["nonce"]),
            verifier=str(found.body["verifier"]),
        )
    except Unreachable as error:
        return await _down(request, desk, provider, error)
    except NotProved as error:
        log.warning("provider %s of %s: %s", name, desk.tenant.code, error)
        return await shown_door(request, desk, notice=FAILED.format(title=provider.title), status=401)
    return await _came_back(request, desk, provider, subject, found)


async def _came_back(
    request: Asking, desk: Guest, provider: Provider, subject: str, found: Ticket
) -> Response[bytes] | Redirect:
    """Do what somebody went there for."""
    wanted = found.body["for"]
    try:
        if wanted == TIE:
            return await _tied(request, desk, provider, subject, found.account)
        if wanted == ARRIVE:
            invitation = str(found.body["invitation"])
            await desk.store.write(providers.arrive, desk.tenant.id, ENTRY, desk.tenant, provider, subject, invitation)
        step: Step = await desk.store.write(
            providers.enter, desk.tenant.id, ENTRY, desk.tenant, provider, subject, label=label(request)
        )
    except NotLetIn:
        told = LATE if wanted == ARRIVE else STRANGER.format(title=provider.title)
        return await shown_door(request, desk, notice=told, status=401)
    except Rejected as error:
        return await shown_door(request, desk, notice=f"{words.reason(error)}。", status=409)
    return came_in(request, desk, step)


async def _tied(
    request: Asking, desk: Guest, provider: Provider, subject: str, account: str
) -> Response[bytes] | Redirect:
    """Tie a provider to the account of whoever went, if they are still signed in."""
    try:
        own = await seat(request)
    except SignedOut:
        return await shown_door(request, desk, notice=LATE, status=401)
    if own.tenant.id != desk.tenant.id or own.asker.account != account:
        return await shown_door(request, desk, notice=LATE, status=401)
    try:
        await own.do(providers.tie, provider, subject, account)
    except Rejected as error:
        told = {"title": "没有绑定", "text": f"{words.reason(error)}。", "to": "/account", "next": "返回"}
        return own_page(request, own, "told.html", status=409, **told)
    return leads("/account", request=request)


async def _begun(
    request: Asking, desk: Desk, provider: Provider, body: dict[str, str], account: str = ""
) -> tuple[str, Cookie]:
    """Write the ticket that waits, and give the address to go to with the cookie that proves who went."""
    state, kept = tickets.new(), tickets.new()
    begun = await request.app.state.providers().begin(provider, _address(request, desk, provider.name), state)
    told = {**body, "name": provider.name, "nonce": begun.nonce, "verifier": begun.verifier, "kept": _hashed(kept)}
    await desk.store.write(_given, desk.tenant.id, ENTRY, state, told, account)
    cookie = Cookie(
        key=_cookie_name(request),
        value=kept,
        path="/",
        max_age=int(entering.WAITS.total_seconds()),
        secure=cookie_name(request.scope, request.app.state.proxies) == COOKIE,
        httponly=True,
        samesite="lax",
    )
    return begun.address, cookie


async def _given(unit: Unit, state: str, body: dict[str, Any], account: str) -> None:
    await tickets.give(unit, KIND, lasts=entering.WAITS, account=account, body=body, secret=state)


async def _taken(unit: Unit, state: str) -> Ticket | None:
    return await tickets.use(unit, KIND, state)


def _same(found: Ticket, kept: str, name: str) -> bool:
    """Tell whether a ticket was given to this browser, for this provider."""
    mine = hmac.compare_digest(str(found.body["kept"]), _hashed(kept))
    return mine and found.body["name"] == name


def _hashed(kept: str) -> str:
    return hashlib.sha256(kept.encode()).hexdigest()


def _cookie_name(request: Asking) -> str:
    return f"{cookie_name(request.scope, request.app.state.proxies)}-provider"


def _address(request: Asking, desk: Desk, name: str) -> str:
    """Give our address to which a provider sends somebody back."""
    return f"{devices.place(request).origin}{at(desk.tenant.code)}/back/{name}"


async def _down(request: Asking, desk: Guest, provider: Provider, error: Unreachable) -> Response[bytes]:
    log.warning("provider %s of %s: %s", provider.name, desk.tenant.code, error)
    return await shown_door(request, desk, notice=DOWN.format(title=provider.title), status=503)


HANDLERS = (go, go_invited, tie, back)
