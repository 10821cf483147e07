"""One's own account: sessions listed and ended, the password, a telephone as a second factor."""

from __future__ import annotations

from typing import Any

import msgspec

from renda_core.domain.case import Actor
from renda_core.services.accounts import arriving, asking, own, second
from renda_core.services.accounts.own import OwnSession
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant
from renda_server import guests
from renda_server.answering import Answer
from renda_server.desks import Seat
from renda_server.operations import Asking, operation
from renda_server.resources.entry import TAG, UNKEPT, Code, Codes, Secret, Telephone, TicketText, keep, label
from renda_server.shapes import Given, Name, Page

OWN: dict[str, Any] = {"secret": True, "sheltered": True}
"""What has a password or a code in it: nothing of the request is kept, and no line that others read takes it."""


class PasswordChanged(Given, kw_only=True, frozen=True):
    """The password that somebody has, and the one that they choose."""

    old: Secret
    new: Secret


class TelephoneCode(Given, kw_only=True, frozen=True):
    """The first code of a telephone, with the ticket of its secret."""

    ticket: TicketText
    code: Code


class Ended(msgspec.Struct, kw_only=True, frozen=True):
    """How many sessions were ended."""

    ended: int


@operation("GET", "/me/sessions", summary="List my sessions", tag=TAG)
async def list_sessions_of_mine(desk: Seat) -> Page[OwnSession]:
    """List the sessions of the account that asks, the oldest first."""
    rows = await desk.ask(_sessions, desk.asker.account, desk.asker.digest)
    return Page(items=rows, after="")


@operation("DELETE", "/me/sessions/{session:str}", summary="End one of my sessions", tag=TAG)
async def end_session_of_mine(desk: Seat, session: Name) -> None:
    """End one session of the account that asks."""
    await desk.do(own.end_session, desk.asker.account, session)


@operation("DELETE", "/me/sessions", summary="End my other sessions", tag=TAG, status=200)
async def end_other_sessions(desk: Seat) -> Ended:
    """End every session of the account that asks, but this one."""
    return Ended(ended=await desk.do(own.end_others, desk.asker.account, desk.asker.digest))


@operation("PUT", "/me/password", summary="Change my password", tag=TAG, problems=(422,), status=204, **OWN)
async def change_my_password(desk: Seat, data: PasswordChanged, request: Asking) -> Answer[None]:
    """Choose another password; every session and token ends, and the cookie of a new session is set."""
    await desk.sure()
    asker = desk.asker
    told = {"source": guests.source(request), "label": label(request)}
    secret = await arriving.change_password(
        desk.store, desk.tenant, asker.account, asker.strong, data.old, data.new, **told
    )
    return Answer(None, UNKEPT | keep(request, secret))


@operation("POST", "/me/totp", summary="Begin to take in a telephone of mine", tag=TAG, problems=(422,), **OWN)
async def begin_telephone(desk: Seat) -> Answer[Telephone]:
    """Make a secret for a telephone, which counts from its first code on; not by a session that is open for long."""
    await desk.ask(asking.refuse_long_ago, desk.asker)
    made = await desk.do(second.begin, desk.asker.account)
    return Answer(Telephone(ticket=made.ticket, secret=made.secret, uri=made.uri), UNKEPT)


@operation("PUT", "/me/totp", summary="Take in a telephone of mine", tag=TAG, problems=(422,), **OWN)
async def confirm_telephone(desk: Seat, data: TelephoneCode, request: Asking) -> Answer[Codes]:
    """Show its first code; every session and token ends, and the cookie of a new session is set."""
    made = await desk.do(own.confirm_totp, desk.asker.account, data.ticket, data.code, label=label(request))
    return Answer(Codes(codes=list(made.codes)), UNKEPT | keep(request, made.secret))


@operation("DELETE", "/me/totp", summary="Take my telephone away", tag=TAG, problems=(422,))
async def drop_telephone(desk: Seat) -> None:
    """Take the account's telephone away; every session and token ends."""
    await desk.do(own.drop_totp, desk.asker.account, desk.asker.strong)


@operation("POST", "/me/recovery-codes", summary="Make recovery codes", tag=TAG, problems=(422,), **OWN)
async def make_recovery_codes(desk: Seat) -> Answer[Codes]:
    """Make ten recovery codes in place of those that are left; told in this answer alone."""
    return Answer(Codes(codes=list(await desk.do(own.new_codes, desk.asker.account))), UNKEPT)


async def _sessions(reader: Reader, tenant: Tenant, _: Actor, account: str, digest: bytes) -> list[OwnSession]:
    return await own.sessions(reader, tenant, account, digest)


HANDLERS = (
    list_sessions_of_mine,
    end_session_of_mine,
    end_other_sessions,
    change_my_password,
    begin_telephone,
    confirm_telephone,
    drop_telephone,
    make_recovery_codes,
)
