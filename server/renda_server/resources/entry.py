"""Signing in as JSON, for pages that a county writes itself; our own pages stand in the package ``entry``."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from renda_core.domain.case import Actor
from renda_core.errors import NotFound
from renda_core.services.accounts import arriving, entering, own, second
from renda_core.services.accounts.asking import SESSION
from renda_core.services.accounts.entering import ENROL, Step
from renda_server import guests, identity
from renda_server.answering import Answer
from renda_server.desks import Guest, Seat
from renda_server.entry import words
from renda_server.operations import Asking, operation
from renda_server.public import forms
from renda_server.shapes import Given

TAG = "entry"
ONCE: dict[str, Any] = {"public": True, "secret": True, "sheltered": True, "status": 200, "largest": 10_000}
"""What is behind a password: nothing of the request is kept, no line that others read takes it, its body is short."""
UNKEPT = {"Cache-Control": "no-store"}
Secret = Annotated[str, Meta(min_length=1, max_length=1_000)]
TicketText = Annotated[str, Meta(min_length=1, max_length=200)]
Code = Annotated[str, Meta(min_length=1, max_length=100)]


class PasswordShown(Given, kw_only=True, frozen=True):
    """Login name and password."""

    login: Secret
    password: Secret


class CodeShown(Given, kw_only=True, frozen=True):
    """The second factor that was missing: a code of the telephone, or a recovery code."""

    ticket: TicketText
    code: Code


class PasswordRenewed(Given, kw_only=True, frozen=True):
    """A password in place of one that is too old, or that was forgotten."""

    ticket: TicketText
    password: Secret


class Arrived(Given, kw_only=True, frozen=True):
    """What somebody chooses who was invited."""

    ticket: TicketText
    login: Secret
    password: Secret


class WaitingEntry(Given, kw_only=True, frozen=True):
    """A sign-in that waits for a second factor to be taken in."""

    ticket: TicketText


class TelephoneShown(Given, kw_only=True, frozen=True):
    """The first code of a telephone, with the ticket of its secret; *waiting* is the sign-in's."""

    waiting: TicketText
    ticket: TicketText
    code: Code


class How(msgspec.Struct, kw_only=True, frozen=True):
    """How far somebody has come: in, where *needs* is empty, and then the session is a cookie.

    What may be missing is ``second``, one of the *factors*; ``renew``, another password; or ``enrol``, a second factor.
    The *ticket* is given back with it.
    """

    needs: str
    ticket: str
    factors: list[str]


class Telephone(msgspec.Struct, kw_only=True, frozen=True):
    """A secret for an application that makes codes, told this once; *uri* is what its picture says."""

    ticket: str
    secret: str
    uri: str


class Codes(msgspec.Struct, kw_only=True, frozen=True):
    """Recovery codes, told this once, each of which opens once."""

    codes: list[str]


@operation("POST", "/entry/password", summary="Sign in", tag=TAG, problems=(401,), **ONCE)
async def enter_by_password(desk: Guest, data: PasswordShown, request: Asking) -> Answer[How]:
    """Show login name and password; the answer says what is still missing, or sets the session's cookie.

    Wrong ones are counted by where they come from: after some, that source waits (`Retry-After`), and no other does.
    """
    forms.refuse_foreign(request)
    told = {"source": guests.source(request), "label": label(request)}
    return _how(request, await entering.enter(desk.store, desk.tenant, data.login, data.password, **told))


@operation("POST", "/entry/second", summary="Show a second factor", tag=TAG, problems=(401,), **ONCE)
async def show_second_factor(desk: Guest, data: CodeShown, request: Asking) -> Answer[How]:
    """Show the second factor that was missing; each code opens once."""
    forms.refuse_foreign(request)
    told = {"source": guests.source(request), "label": label(request)}
    return _how(request, await entering.show_second(desk.store, desk.tenant, data.ticket, data.code, **told))


@operation("POST", "/entry/renewal", summary="Renew a password", tag=TAG, problems=(401, 422), **ONCE)
async def renew_password(desk: Guest, data: PasswordRenewed, request: Asking) -> Answer[How]:
    """Choose another password in place of one that is too old."""
    forms.refuse_foreign(request)
    step = await entering.renew(desk.store, desk.tenant, data.ticket, data.password, label=label(request))
    return _how(request, step)


@operation("POST", "/entry/invitation", summary="Accept an invitation", tag=TAG, problems=(401, 422), **ONCE)
async def accept_invitation(desk: Guest, data: Arrived, request: Asking) -> Answer[How]:
    """Choose login name and password; the ticket is used up where both are taken."""
    forms.refuse_foreign(request)
    step = await arriving.accept(desk.store, desk.tenant, data.ticket, data.login, data.password, label=label(request))
    return _how(request, step)


@operation(
    "POST",
    "/entry/reset",
    summary="Choose another password",
    tag=TAG,
    problems=(401, 422),
    **ONCE | {"status": 204},
)
async def use_reset(desk: Guest, data: PasswordRenewed, request: Asking) -> None:
    """Choose another password in place of one that was forgotten; sign in with it then."""
    forms.refuse_foreign(request)
    await arriving.reset(desk.store, desk.tenant, data.ticket, data.password)


@operation("POST", "/entry/telephone", summary="Begin to take a telephone in", tag=TAG, problems=(401,), **ONCE)
async def begin_telephone_at_entry(desk: Guest, data: WaitingEntry, request: Asking) -> Answer[Telephone]:
    """Make a secret for a telephone, where a second factor is asked for and there is none."""
    forms.refuse_foreign(request)
    account = await desk.store.read(entering.pending, desk.tenant.id, desk.tenant, ENROL, data.ticket)
    made = await desk.store.write(second.begin, desk.tenant.id, Actor(id=account), desk.tenant, account)
    return Answer(Telephone(ticket=made.ticket, secret=made.secret, uri=made.uri), UNKEPT)


@operation("POST", "/entry/telephone/code", summary="Take a telephone in", tag=TAG, problems=(401, 422), **ONCE)
async def confirm_telephone_at_entry(desk: Guest, data: TelephoneShown, request: Asking) -> Answer[Codes]:
    """Show the telephone's first code; the session's cookie is set, and recovery codes are told this once."""
    forms.refuse_foreign(request)
    account = await desk.store.read(entering.pending, desk.tenant.id, desk.tenant, ENROL, data.waiting)
    secret, codes = await desk.store.write(
        own.enrol_totp,
        desk.tenant.id,
        Actor(id=account),
        desk.tenant,
        data.waiting,
        data.ticket,
        data.code,
        label=label(request),
    )
    return Answer(Codes(codes=list(codes)), UNKEPT | keep(request, secret))


@operation("DELETE", "/entry", summary="Sign out", tag=TAG, secret=True)
async def leave(desk: Seat, request: Asking) -> Answer[None]:
    """End the session that asks; what opened it opens nothing any more. A token is taken back, not signed out."""
    if desk.asker.by != SESSION:
        raise NotFound("no such session")
    await desk.do(own.leave, desk.asker.account, desk.asker.digest)
    return Answer(None, drop(request))


def keep(request: Asking, secret: str) -> dict[str, str]:
    """Give the header that keeps a session in a browser."""
    cookie = identity.keeping(request.scope, request.app.state.proxies, secret)
    return {"Set-Cookie": cookie.to_header(header="")}


def drop(request: Asking) -> dict[str, str]:
    """Give the header that takes a session's cookie away, where there can be one."""
    if not identity.cookie_name(request.scope, request.app.state.proxies):
        return {}
    cookie = identity.dropping(request.scope, request.app.state.proxies)
    return {"Set-Cookie": cookie.to_header(header="")}


def _how(request: Asking, step: Step) -> Answer[How]:
    kept = keep(request, step.secret) if step.secret else {}
    return Answer(How(needs=step.needs, ticket=step.ticket, factors=list(step.factors)), UNKEPT | kept)


def label(request: Asking) -> str:
    """Name the browser in its holder's list of sessions."""
    return words.browser(request.headers.get("User-Agent", ""))


HANDLERS = (
    enter_by_password,
    show_second_factor,
    renew_password,
    accept_invitation,
    use_reset,
    begin_telephone_at_entry,
    confirm_telephone_at_entry,
    leave,
)
