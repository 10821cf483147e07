"""Invitations and resets as pages: whoever was given a link chooses login name and password, or only the password."""

from __future__ import annotations

from typing import Any

from litestar import Response, post, route
from litestar.params import FromPath
from litestar.response import Redirect

from renda_core import compliance
from renda_core.errors import Invalid, NotLetIn, Rejected
from renda_core.services.accounts import arriving, providers
from renda_core.services.accounts.rows import INVITATION, RESET
from renda_server.desks import Guest
from renda_server.entry import words
from renda_server.entry.frames import Asking, at, came_in, entry_page, guest, label, sent
from renda_server.entry.signing_in import NOT_SAME
from renda_server.public.looks import READ

VOID = "这个链接已经用过、过期了，或者被新的一个替换了。请找给您链接的人再要一个。"
ODD_LOGIN = "登录名要 3 到 100 个字符，中间没有空格"
TITLES = {INVITATION: "首次登录", RESET: "重置口令"}


@route("/enter/{county:str}/invitation", http_method=READ)
async def invited(request: Asking, county: FromPath[str]) -> Response[bytes]:
    """Welcome whoever opens an invitation."""
    return await _opened(request, county, INVITATION)


@route("/enter/{county:str}/reset", http_method=READ)
async def forgot(request: Asking, county: FromPath[str]) -> Response[bytes]:
    """Welcome whoever opens the link to another password."""
    return await _opened(request, county, RESET)


@post("/enter/{county:str}/invitation", status_code=200)
async def accept(request: Asking, county: FromPath[str]) -> Response[bytes] | Redirect:
    """Take login name and password of whoever was invited, and let them in."""
    form = await sent(request, "ticket", "login", "password", "again")
    desk = await guest(request, county)
    wrong = {} if form["password"] == form["again"] else {"again": NOT_SAME}
    if not wrong:
        try:
            step = await arriving.accept(
                desk.store, desk.tenant, form["ticket"], form["login"], form["password"], label=label(request)
            )
        except NotLetIn:
            return _void(request, desk)
        except Invalid:
            wrong = {"login": ODD_LOGIN}
        except Rejected as error:
            taken = arriving.NO_LOGIN in error.objections
            wrong = {"login" if taken else "password": words.reason(error)}
        else:
            return came_in(request, desk, step)
    return await _asked(request, desk, INVITATION, form["ticket"], wrong=wrong, login=form["login"], status=422)


@post("/enter/{county:str}/reset", status_code=200)
async def reset(request: Asking, county: FromPath[str]) -> Response[bytes]:
    """Take another password; whoever chose it signs in with it then."""
    form = await sent(request, "ticket", "password", "again")
    desk = await guest(request, county)
    wrong = {} if form["password"] == form["again"] else {"again": NOT_SAME}
    if not wrong:
        try:
            await arriving.reset(desk.store, desk.tenant, form["ticket"], form["password"])
        except NotLetIn:
            return _void(request, desk)
        except Rejected as error:
            wrong = {"password": words.reason(error)}
        else:
            told = "口令已经换成新的，在别处登录的都退出了。"
            return _told(request, desk, "口令换好了", told, "去登录")
    return await _asked(request, desk, RESET, form["ticket"], wrong=wrong, status=422)


async def _opened(request: Asking, county: str, kind: str) -> Response[bytes]:
    desk = await guest(request, county)
    ticket = request.query_params.get("ticket", "").strip()
    if not ticket:
        return entry_page(request, desk, "ticket.html", title=TITLES[kind], sized=True)
    return await _asked(request, desk, kind, ticket, sized=True)


async def _asked(request: Asking, desk: Guest, kind: str, ticket: str, **told: Any) -> Response[bytes]:
    """Ask for what is to be chosen."""
    try:
        whom = await desk.store.read(arriving.welcome, desk.tenant.id, desk.tenant, kind, ticket)
    except NotLetIn:
        return _void(request, desk)
    listed = await desk.store.read(providers.every, desk.tenant.id, desk.tenant) if kind == INVITATION else []
    whole = {
        "wrong": {},
        "login": "",
        "first": kind == INVITATION,
        "name": whom.name,
        "length": compliance.of(desk.tenant).password_length,
        "providers": [p for p in listed if p.active],
        "ticket": ticket,
        **told,
    }
    return entry_page(request, desk, "invitation.html", **whole)


def _void(request: Asking, desk: Guest) -> Response[bytes]:
    return _told(request, desk, "这个链接不能用了", VOID, "去登录", status=410)


def _told(request: Asking, desk: Guest, title: str, text: str, next: str, *, status: int = 200) -> Response[bytes]:
    to = at(desk.tenant.code)
    return entry_page(request, desk, "told.html", title=title, text=text, to=to, next=next, status=status)


HANDLERS = (invited, forgot, accept, reset)
