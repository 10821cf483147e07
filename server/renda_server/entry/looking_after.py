"""Accounts (账号管理): who looks after them invites, gives roles, resets and suspends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from litestar import Response, post, route
from litestar.params import FromPath
from litestar.response import Redirect

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, Rejected, RendaError
from renda_core.services import lookups
from renda_core.services.accounts import listing, people, powers
from renda_core.services.accounts.listing import Shown
from renda_core.services.accounts.people import Invited, NewAccount
from renda_core.services.accounts.rows import INVITATION, RESET
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant
from renda_server.bodies import check_id
from renda_server.desks import Seat
from renda_server.entry import devices, words
from renda_server.entry.frames import Asking, at, leads, own_page, seat, sent
from renda_server.operations import known
from renda_server.public.looks import READ

Form = Mapping[str, str]
NO_NAME, ODD_DAY, NO_REASON = "请填姓名", "请写成 2027-06-30 这样的日期，而且不能是过去的", "请写一句原因"
UNKNOWN = "名册里没有这个编号，请从名册里抄"
WAYS = (("password", "口令"), ("totp", "手机验证码"), ("passkeys", "通行密钥"))


@route("/accounts", http_method=READ)
async def every(request: Asking) -> Response[bytes]:
    """List the accounts."""
    desk = await seat(request)
    state = request.query_params.get("state", "")
    state = state if state in words.STATES else ""
    page = await desk.ask(listing.listing, state=state, after=request.query_params.get("after", ""))
    titles = words.titles(request.app.state.hosts.catalogue)
    rows = [
        {"id": r.id, "name": r.name, "state": r.state, "said": "、".join(words.said(r.roles, titles))}
        for r in page.rows
    ]
    return own_page(
        request,
        desk,
        "accounts.html",
        rows=rows,
        after=page.after,
        state=state,
        states=words.STATES,
        may_make=powers.may(desk.tenant, desk.actor, "make"),
        sized=True,
    )


@route("/accounts/new", http_method=READ)
async def asked(request: Asking) -> Response[bytes]:
    """Ask whom to invite."""
    desk = await seat(request)
    powers.refuse(desk.tenant, desk.actor, "make")
    return _new(request, desk, {}, sized=True)


@post("/accounts/new", status_code=200)
async def invite(request: Asking) -> Response[bytes]:
    """Invite somebody; the link is told this once."""
    form = await sent(request, "name", "person", "unit", "until", many="role")
    desk = await seat(request)
    try:
        new = _read(form)
        invited = await desk.do(people.invite, new)
    except (Invalid, Rejected) as error:
        return _new(request, desk, form, wrong=_wrong(error), status=422)
    return _link(request, desk, invited, new.name, INVITATION)


@route("/accounts/{account_id:str}", http_method=READ)
async def one(request: Asking, account_id: FromPath[str]) -> Response[bytes]:
    """Show one account."""
    return await _one(request, await seat(request), known("account_id", account_id), sized=True)


@post("/accounts/{account_id:str}", status_code=200)
async def change(request: Asking, account_id: FromPath[str]) -> Response[bytes] | Redirect:
    """Do one thing to an account."""
    form = await sent(request, "act", "version", "reason", many="role")
    desk, id = await seat(request), known("account_id", account_id)
    seen, act = _version(form["version"]), form["act"]
    try:
        if act in (INVITATION, RESET):
            invited = await desk.do(people.invite_again, id, seen, kind=act)
            name = (await desk.ask(listing.show, id)).name
            return _link(request, desk, invited, name, act)
        if act == "roles":
            row = await desk.ask(listing.show, id)
            given = NewAccount(name=row.name, roles=form["role"], person=row.person, unit=row.unit, until=row.until)
            await desk.do(people.change, id, seen, given)
        elif act in TURNS:
            await desk.do(TURNS[act], id, seen, form["reason"])
        else:
            raise Invalid("the form says what nobody asked for")
    except (Invalid, Rejected) as error:
        wrong = {"roles" if act == "roles" else "reason": _told(error)}
        return await _one(request, desk, id, wrong=wrong, reason=form["reason"], status=422)
    return leads(f"/accounts/{id}", request=request)


TURNS = {"suspend": people.suspend, "resume": people.resume, "close": people.close}
"""What is done to an account with a reason."""


def _told(error: RendaError) -> str:
    return NO_REASON if error.details.get("field") == "reason" else words.reason(error)


async def _named(reader: Reader, tenant: Tenant, actor: Actor, id: str) -> tuple[Shown, str]:
    row = await listing.show(reader, tenant, actor, id)
    found = await lookups.named(reader, [row.unit] if row.unit else [])
    return row, found.get(row.unit, "")


async def _one(request: Asking, desk: Seat, id: str, **told: Any) -> Response[bytes]:
    powers.refuse(desk.tenant, desk.actor, "see")
    row, unit = await desk.ask(_named, id)
    titles = words.titles(request.app.state.hosts.catalogue)
    whole = {"wrong": {}, "reason": "", "notice": "", **told}
    return own_page(
        request,
        desk,
        "one.html",
        one=row,
        unit=unit,
        own=desk.actor.id in (row.id, row.person),
        now_roles=words.said(row.roles, titles),
        ways=[word for name, word in WAYS if getattr(row, name)],
        states=words.STATES,
        known=_known(request, desk),
        held=row.roles,
        may_make=powers.may(desk.tenant, desk.actor, "make"),
        may_grant=powers.may(desk.tenant, desk.actor, "grant"),
        **whole,
    )


def _new(request: Asking, desk: Seat, form: Form, **told: Any) -> Response[bytes]:
    given = {name: form.get(name, "") for name in ("name", "person", "unit", "until")}
    return own_page(
        request,
        desk,
        "new.html",
        form=given,
        known=_known(request, desk),
        held=frozenset(form.get("role", "").split()),
        may_grant=powers.may(desk.tenant, desk.actor, "grant"),
        **{"wrong": {}, **told},
    )


def _known(request: Asking, desk: Seat) -> dict[str, str]:
    """Give the roles that an account may have here, with their titles: those of the work first, then the keepers'."""
    titles, order = words.titles(request.app.state.hosts.catalogue), [*words.ROLES]
    every = sorted(listing.known_roles(desk.tenant), key=lambda name: order.index(name) if name in order else 0)
    return {name: titles.get(name, name) for name in every}


def _link(request: Asking, desk: Seat, invited: Invited, name: str, kind: str) -> Response[bytes]:
    """Tell the link, this once."""
    link = f"{devices.place(request).origin}{at(desk.tenant.code)}/{kind}?ticket={invited.ticket}"
    title = "邀请链接做好了" if kind == INVITATION else "重置链接做好了"
    return own_page(
        request, desk, "link.html", link=link, title=title, until=invited.until.date(), name=name, id=invited.id
    )


def _read(form: Form) -> NewAccount:
    """Read whom to invite.

    Raises:
        Invalid: Naming the field.
    """
    if not form["name"]:
        raise Invalid("name: is needed", field="name")
    try:
        until = dt.date.fromisoformat(form["until"]) if form["until"] else None
    except ValueError:
        raise Invalid("until: no day", field="until") from None
    ids = {name: check_id(form[name], name) for name in ("person", "unit")}
    return NewAccount(name=form["name"], roles=form["role"], until=until, **ids)


def _wrong(error: RendaError) -> dict[str, str]:
    """Say which field is wrong, and how."""
    field = str(error.details.get("field", ""))
    known_ = {"name": NO_NAME, "until": ODD_DAY, "person": UNKNOWN, "unit": UNKNOWN}
    return {field: known_[field]} if field in known_ else {"roles": words.reason(error)}


def _version(text: str) -> int:
    """Read the version that somebody saw.

    Raises:
        Invalid: It is none.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("version: it is none", field="version")
    return int(text)


HANDLERS = (every, asked, invite, one, change)
