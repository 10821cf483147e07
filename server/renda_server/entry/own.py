"""My account (我的账号): who somebody is here, and what opens it."""

from __future__ import annotations

from typing import Any

import attrs
from litestar import Response, post, route
from litestar.response import Redirect

from renda_core import compliance
from renda_core.domain.case import Actor
from renda_core.errors import NotLetIn, Rejected, RendaError
from renda_core.services import lookups
from renda_core.services.accounts import arriving, asking, entering, lending, listing, own, powers, providers, second
from renda_core.services.accounts.listing import Shown
from renda_core.services.accounts.own import OwnSession
from renda_core.services.accounts.rows import held
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant
from renda_server import guests, identity
from renda_server.desks import Seat
from renda_server.entry import drawn, words
from renda_server.entry.frames import Asking, at, codes_page, label, leads, own_page, seat, sent, session
from renda_server.entry.signing_in import NOT_SAME
from renda_server.identity import SignedOut
from renda_server.public.looks import READ

WRONG_OLD = "现在的口令不对，请再填一次"
TIED_ALONE = "这个账号没有口令，用统一认证登录。要设口令，请找管理员给您一个重置链接"


@attrs.frozen(kw_only=True)
class Lent:
    """Powers that somebody lends to the asker today."""

    who: str
    roles: tuple[str, ...]
    until: Any


@attrs.frozen(kw_only=True)
class Mine:
    """What the page of one's own account shows."""

    me: Shown
    unit: str
    lent: tuple[Lent, ...]
    tied: frozenset[str]
    sessions: tuple[OwnSession, ...]
    providers: tuple[Any, ...]


async def gathered(reader: Reader, tenant: Tenant, actor: Actor, account: str, digest: bytes) -> Mine:
    """Gather what somebody sees of their own account."""
    me = await listing.show(reader, tenant, actor, account)
    named = await lookups.named(reader, [me.unit] if me.unit else [])
    loans = await lending.loans(reader, tenant, actor, account)
    running = [loan for loan in loans if loan.state == "running" and loan.taker == account]
    givers = {loan.giver: (await held(reader, loan.giver)).name for loan in running}
    return Mine(
        me=me,
        unit=named.get(me.unit, ""),
        lent=tuple(Lent(who=givers[loan.giver], roles=loan.roles, until=loan.until) for loan in running),
        tied=frozenset(row.provider for row in await providers.tied(reader, tenant, account)),
        sessions=tuple(await own.sessions(reader, tenant, account, digest)),
        providers=tuple(p for p in await providers.every(reader, tenant) if p.active),
    )


@route("/account", http_method=READ)
async def account(request: Asking) -> Response[bytes]:
    """Show somebody their own account."""
    desk = await seat(request)
    found = await desk.ask(gathered, desk.asker.account, desk.asker.digest)
    titles = words.titles(request.app.state.hosts.catalogue)
    lent = [attrs.evolve(loan, roles=tuple(words.said(loan.roles, titles))) for loan in found.lent]
    return own_page(
        request,
        desk,
        "account.html",
        me=found.me,
        unit=found.unit,
        roles=words.said(found.me.roles, titles),
        lent=lent,
        tied=found.tied,
        providers=found.providers,
        sessions=found.sessions,
        looks_after=powers.may(desk.tenant, desk.actor, "see"),
        sized=True,
    )


@post("/account/leave", status_code=200)
async def leave(request: Asking) -> Redirect:
    """Sign out: the session opens nothing any more, and the browser forgets it."""
    await sent(request)
    gone = identity.dropping(request.scope, request.app.state.proxies)
    try:
        desk = await seat(request)
    except SignedOut:
        return leads("/enter", gone, request=request)
    await desk.do(own.leave, desk.asker.account, desk.asker.digest)
    request.app.state.door.forget(desk.asker.digest)
    return leads(at(desk.tenant.code), gone, request=request)


@post("/account/sessions", status_code=200)
async def end(request: Asking) -> Redirect:
    """End one of the asker's sessions."""
    form = await sent(request, "session")
    desk = await seat(request)
    await desk.do(own.end_session, desk.asker.account, form["session"])
    return leads("/account", request=request)


@route("/account/password", http_method=READ)
async def password(request: Asking) -> Response[bytes]:
    """Ask for another password."""
    return await _password(request, await seat(request), sized=True)


@post("/account/password", status_code=200)
async def change_password(request: Asking) -> Response[bytes] | Redirect:
    """Take another password; every other session ends, and this one goes on under a new secret."""
    form = await sent(request, "old", "password", "again")
    desk = await seat(request)
    await desk.sure()
    if form["password"] != form["again"]:
        return await _password(request, desk, wrong={"again": NOT_SAME}, status=422)
    try:
        secret = await arriving.change_password(
            desk.store,
            desk.tenant,
            desk.asker.account,
            desk.asker.strong,
            form["old"],
            form["password"],
            source=guests.source(request),
            label=label(request),
        )
    except NotLetIn:
        return await _password(request, desk, wrong={"old": WRONG_OLD}, status=422)
    except Rejected as error:
        return await _password(request, desk, wrong={"password": words.reason(error)}, status=422)
    request.app.state.door.forget(desk.asker.digest)
    return leads("/account", session(request, secret), request=request)


async def _password(request: Asking, desk: Seat, **told: Any) -> Response[bytes]:
    me, login = await desk.ask(_with_login, desk.asker.account)
    length = compliance.of(desk.tenant).password_length
    whole = {"wrong": {}, "notice": "" if me.password else TIED_ALONE, **told}
    return own_page(request, desk, "password.html", has=me.password, login=login, length=length, **whole)


async def _with_login(reader: Reader, tenant: Tenant, actor: Actor, account: str) -> tuple[Shown, str]:
    """Give somebody's own account, with the whole of its login name."""
    me = await listing.show(reader, tenant, actor, account)
    return me, (await entering.about(reader, await held(reader, account)))[1]


@route("/account/second", http_method=READ)
async def telephone(request: Asking) -> Response[bytes]:
    """Show how the codes of a telephone stand."""
    return await _telephone(request, await seat(request), sized=True)


@post("/account/second", status_code=200)
async def change_telephone(request: Asking) -> Response[bytes] | Redirect:
    """Take a telephone in, confirm it, or take it away."""
    form = await sent(request, "act", "ticket", "secret", "code")
    desk = await seat(request)
    mine = desk.asker.account
    try:
        if form["act"] == "begin":
            await desk.ask(asking.refuse_long_ago, desk.asker)
            begun = await desk.do(second.begin, mine)
            shown = {"ticket": begun.ticket, "secret": begun.secret}
            return await _telephone(request, desk, enrolment=shown, qr=drawn.qr(begun.uri))
        if form["act"] == "drop":
            await desk.do(own.drop_totp, mine, desk.asker.strong)
            request.app.state.door.forget(desk.asker.digest)
            gone = identity.dropping(request.scope, request.app.state.proxies)
            return leads(at(desk.tenant.code), gone, request=request)
        made = await desk.do(own.confirm_totp, mine, form["ticket"], form["code"], label=label(request))
    except RendaError as error:
        if not isinstance(error, Rejected):
            raise
        waits = {"ticket": form["ticket"], "secret": form["secret"]} if form["act"] == "confirm" else None
        return await _telephone(request, desk, enrolment=waits, wrong={"code": words.reason(error)}, status=422)
    request.app.state.door.forget(desk.asker.digest)
    return codes_page(request, desk, made.codes, made.secret)


async def _telephone(request: Asking, desk: Seat, **told: Any) -> Response[bytes]:
    me = await desk.ask(listing.show, desk.asker.account)
    whole = {"wrong": {}, "enrolment": None, "qr": "", **told}
    return own_page(request, desk, "totp.html", on=me.totp, **whole)


HANDLERS = (account, leave, end, password, change_password, telephone, change_telephone)
