"""Signing in (登录) with login name and password, and what must still be shown then."""

from __future__ import annotations

from typing import Any

from litestar import Response, post, route
from litestar.params import FromPath
from litestar.response import Redirect

from renda_core import compliance
from renda_core.errors import NotLetIn, Rejected
from renda_core.services.accounts import entering, providers, second
from renda_core.services.accounts.entering import ENROL, SECOND
from renda_core.services.accounts.rows import held
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant
from renda_server import guests
from renda_server.desks import Guest
from renda_server.entry import devices, drawn, words
from renda_server.entry.frames import (
    OURS,
    Asking,
    at,
    came_in,
    codes_page,
    entry_page,
    guest,
    holder,
    label,
    leads,
    page,
    seat,
    sent,
)
from renda_server.identity import TENANT, SignedOut
from renda_server.public.looks import READ

WRONG = "登录名或口令不对。请看看大小写锁定和输入法，再填一次"
WRONG_CODE = "验证码不对、用过了，或者过时了。请填手机现在显示的数字；再不行就重新登录"
GONE = "等得太久了，或者这一步已经做过了。请重新登录。"
NO_LOGIN, NO_PASSWORD, NO_CODE = "请填登录名", "请填口令", "请填验证码"
NOT_SAME = "两遍填的不一样，请再填一次"


@route("/enter", http_method=READ)
async def where(request: Asking) -> Response[bytes] | Redirect:
    """Ask which county somebody signs in to; by a county's own name, or where there is but one, it is known."""
    hosts = request.app.state.hosts
    asked = request.query_params.get("county", "").strip()
    id = request.scope["state"].get(TENANT) or hosts.single
    if id is not None:
        _, tenant = await hosts.enter(id)
        return leads(at(tenant.code), request=request)
    if asked:
        return leads(at(asked[:60]), request=request)
    return page(request, "where.html", OURS, sized=True)


@route("/enter/{county:str}", http_method=READ)
async def door(request: Asking, county: FromPath[str]) -> Response[bytes] | Redirect:
    """Show the page of signing in; whoever has signed in already is led to the account."""
    desk = await guest(request, county)
    try:
        if (await seat(request)).tenant.id == desk.tenant.id:
            return leads("/account", request=request)
    except SignedOut:
        return await shown_door(request, desk, sized=True)
    return await shown_door(request, desk, sized=True)


async def shown_door(request: Asking, desk: Guest, **told: Any) -> Response[bytes]:
    """Show the page of signing in."""
    listed = [p for p in await desk.store.read(providers.every, desk.tenant.id, desk.tenant) if p.active]
    whole = {"wrong": {}, "login": "", "notice": "", **told}
    return entry_page(request, desk, "enter.html", providers=listed, devices=devices.possible(request), **whole)


@post("/enter/{county:str}", status_code=200)
async def enter(request: Asking, county: FromPath[str]) -> Response[bytes] | Redirect:
    """Take login name and password."""
    form = await sent(request, "login", "password")
    desk = await guest(request, county)
    wrong = {} if form["login"] else {"login": NO_LOGIN}
    wrong |= {} if form["password"] else {"password": NO_PASSWORD}
    if wrong:
        return await shown_door(request, desk, wrong=wrong, login=form["login"], status=422)
    source = guests.source(request)
    try:
        step = await entering.enter(
            desk.store, desk.tenant, form["login"], form["password"], source=source, label=label(request)
        )
    except NotLetIn:
        return await shown_door(request, desk, wrong={"login": WRONG}, login=form["login"], status=401)
    return came_in(request, desk, step)


@post("/enter/{county:str}/second", status_code=200)
async def show_second(request: Asking, county: FromPath[str]) -> Response[bytes] | Redirect:
    """Take the code that was still missing."""
    form = await sent(request, "ticket", "code")
    desk = await guest(request, county)
    source, told = guests.source(request), NO_CODE
    if form["code"]:
        try:
            step = await entering.show_second(
                desk.store, desk.tenant, form["ticket"], form["code"], source=source, label=label(request)
            )
        except NotLetIn:
            told = WRONG_CODE
        else:
            return came_in(request, desk, step)
    try:
        account = await desk.store.read(entering.pending, desk.tenant.id, desk.tenant, SECOND, form["ticket"])
    except NotLetIn:
        return await shown_door(request, desk, notice=GONE, status=401)
    had = await desk.store.read(_factors, desk.tenant.id, account)
    shown = {"wrong": {"code": told}, "ticket": form["ticket"], "factors": had, "status": 422}
    return entry_page(request, desk, "second.html", devices=devices.possible(request), **shown)


@post("/enter/{county:str}/renew", status_code=200)
async def renew(request: Asking, county: FromPath[str]) -> Response[bytes] | Redirect:
    """Take a new password in place of one that is too old."""
    form = await sent(request, "ticket", "password", "again")
    desk = await guest(request, county)
    wrong = {} if form["password"] == form["again"] else {"again": NOT_SAME}
    if not wrong:
        try:
            step = await entering.renew(desk.store, desk.tenant, form["ticket"], form["password"], label=label(request))
        except NotLetIn:
            return await shown_door(request, desk, notice=GONE, status=401)
        except Rejected as error:
            wrong = {"password": words.reason(error)}
        else:
            return came_in(request, desk, step)
    length = compliance.of(desk.tenant).password_length
    return entry_page(request, desk, "renew.html", wrong=wrong, ticket=form["ticket"], length=length, status=422)


@post("/enter/{county:str}/enrol", status_code=200)
async def enrol(request: Asking, county: FromPath[str]) -> Response[bytes] | Redirect:
    """Take a telephone in, without which somebody with these roles is not let in here."""
    form = await sent(request, "ticket", "act", "pending", "secret", "code")
    desk = await guest(request, county)
    try:
        account = await desk.store.read(entering.pending, desk.tenant.id, desk.tenant, ENROL, form["ticket"])
    except NotLetIn:
        return await shown_door(request, desk, notice=GONE, status=401)
    who = await holder(desk, account)
    if form["act"] != "confirm":
        begun = await desk.store.write(second.begin, desk.tenant.id, who, desk.tenant, account)
        shown = {"qr": drawn.qr(begun.uri), "secret": begun.secret, "pending": begun.ticket}
        return entry_page(request, desk, "enrol.html", wrong={}, ticket=form["ticket"], **shown)
    try:
        codes = await desk.store.write(
            second.confirm, desk.tenant.id, who, desk.tenant, account, form["pending"], form["code"]
        )
    except Rejected as error:
        shown = {"qr": "", "secret": form["secret"], "pending": form["pending"]}
        wrong = {"code": words.reason(error)}
        return entry_page(request, desk, "enrol.html", wrong=wrong, ticket=form["ticket"], status=422, **shown)
    step = await desk.store.write(_enrolled, desk.tenant.id, who, desk.tenant, form["ticket"], label(request))
    return codes_page(request, desk, codes, step.secret)


async def _factors(reader: Reader, account: str) -> tuple[str, ...]:
    return await second.factors(reader, await held(reader, account))


async def _enrolled(unit: Unit, tenant: Tenant, ticket: str, label: str) -> entering.Step:
    return await entering.shown_second(unit, tenant, ENROL, ticket, label=label)


HANDLERS = (where, door, enter, show_second, renew, enrol)
