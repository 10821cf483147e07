"""Accounts (账号) as administrators look after them: who may come in, and with which roles."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from msgspec import Meta

from renda_core.services.accounts import listing, own, people
from renda_core.services.accounts.listing import Shown
from renda_core.services.accounts.people import DAYS, MOST_DAYS, Invited, NewAccount
from renda_server.answering import Answer, tagged
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import After, Asked, Given, Id, Name, Page, Size, Version

TAG = "accounts"
UNKEPT = {"Cache-Control": "no-store"}
Names = Annotated[tuple[Name, ...], Meta(max_length=50)]
Days = Annotated[int, Meta(ge=1, le=MOST_DAYS)]
Why = Annotated[str, Meta(min_length=1, max_length=500)]
Called = Annotated[str, Meta(min_length=1, max_length=100)]


class AccountsAsked(Asked, kw_only=True, frozen=True):
    """Which accounts: of one *state*, ``invited``, ``active``, ``suspended`` or ``closed``."""

    state: Name = ""
    after: After = ""
    size: Size = 50


class AccountInvited(Given, kw_only=True, frozen=True):
    """Who is invited: *person* of the roster, *unit* acted for, *until* the last day; *days* the invitation holds."""

    __ids__ = ("person", "unit")

    name: Called
    roles: Names = ()
    person: Id = ""
    unit: Id = ""
    until: dt.date | None = None
    days: Days = DAYS


class AccountChanged(Given, kw_only=True, frozen=True):
    """What an account is called from now on, whose it is, for which unit, and until when: all of it is given."""

    __ids__ = ("person", "unit")

    version: Version
    name: Called
    person: Id = ""
    unit: Id = ""
    until: dt.date | None = None


class RolesGiven(Given, kw_only=True, frozen=True):
    """The roles that an account has from now on, and no others."""

    version: Version
    roles: Names


class Turned(Given, kw_only=True, frozen=True):
    """That an account is suspended, let in again or closed, and why."""

    version: Version
    reason: Why


class SentAgain(Given, kw_only=True, frozen=True):
    """That another invitation, or a reset of the password, is given out; it holds for some days."""

    version: Version
    days: Days = DAYS


class VersionSeen(Given, kw_only=True, frozen=True):
    """The version that was seen."""

    version: Version


class Ticket(msgspec.Struct, kw_only=True, frozen=True):
    """What somebody is let in with to choose a password: told this once, and kept as a hash alone."""

    id: str
    ticket: str
    until: dt.datetime


class NowAt(msgspec.Struct, kw_only=True, frozen=True):
    """The account's version from now on."""

    id: str
    version: int


@operation("GET", "/accounts", summary="List accounts", tag=TAG)
async def list_accounts(desk: Desk, asked: AccountsAsked) -> Page[Shown]:
    """List people's accounts by name; login names are masked."""
    page = await desk.ask(listing.listing, state=asked.state, after=asked.after, size=asked.size)
    return Page(items=list(page.rows), after=page.after)


@operation("GET", "/accounts/{account_id:str}", summary="Show an account", tag=TAG, etag=True)
async def show_account(desk: Desk, account_id: str) -> Answer[Shown]:
    """Show one account: what it may, whether it has a password and a second factor, and its version."""
    shown = await desk.ask(listing.show, account_id)
    return tagged(shown, shown.version)


@operation("POST", "/accounts", summary="Invite somebody", tag=TAG, problems=(422,), secret=True, located=True)
async def invite_account(desk: Desk, data: AccountInvited) -> Answer[Ticket]:
    """Make an account, and the ticket with which its holder chooses login name and password.

    The ticket is told in this answer alone. Where the three administrators are kept apart, the one who makes accounts
    gives no roles.
    """
    new = NewAccount(name=data.name, roles=data.roles, person=data.person, unit=data.unit, until=data.until)
    made = await desk.do(people.invite, new, days=data.days)
    return _ticket(made, f"/api/accounts/{made.id}")


@operation("PUT", "/accounts/{account_id:str}", summary="Change an account", tag=TAG, problems=(412, 422))
async def change_account(desk: Desk, account_id: str, data: AccountChanged) -> Answer[NowAt]:
    """Change what an account is called, whose it is, for which unit, and until when.

    Where any of it but the name changes, every session and token of the account ends.
    """
    told = {"name": data.name, "person": data.person, "work_unit": data.unit, "until": data.until}
    return _now(account_id, await desk.do(people.rename, account_id, data.version, **told))


@operation("PUT", "/accounts/{account_id:str}/roles", summary="Grant roles", tag=TAG, problems=(412, 422))
async def grant_roles(desk: Desk, account_id: str, data: RolesGiven) -> Answer[NowAt]:
    """Give an account these roles and no others; every session and token of it ends. Nobody does it to themself."""
    return _now(account_id, await desk.do(people.grant, account_id, data.version, data.roles))


@operation(
    "POST",
    "/accounts/{account_id:str}/invitation",
    summary="Invite again",
    tag=TAG,
    problems=(412, 422),
    secret=True,
)
async def invite_again(desk: Desk, account_id: str, data: SentAgain) -> Answer[Ticket]:
    """Give another ticket to whoever lost the first, which is void then."""
    return _ticket(await desk.do(people.invite_again, account_id, data.version, days=data.days))


@operation(
    "POST",
    "/accounts/{account_id:str}/reset",
    summary="Let somebody choose another password",
    tag=TAG,
    problems=(412, 422),
    secret=True,
)
async def reset_password(desk: Desk, account_id: str, data: SentAgain) -> Answer[Ticket]:
    """Give a ticket with which whoever forgot the password chooses another; nothing changes until it is used."""
    return _ticket(await desk.do(people.invite_again, account_id, data.version, days=data.days, kind="reset"))


@operation(
    "POST",
    "/accounts/{account_id:str}/suspension",
    summary="Suspend an account",
    tag=TAG,
    status=200,
    problems=(412, 422),
)
async def suspend_account(desk: Desk, account_id: str, data: Turned) -> Answer[NowAt]:
    """Let an account open nothing from now on; every session and token of it ends."""
    return _now(account_id, await desk.do(people.suspend, account_id, data.version, data.reason))


@operation(
    "POST",
    "/accounts/{account_id:str}/resumption",
    summary="Let an account in again",
    tag=TAG,
    status=200,
    problems=(412, 422),
)
async def resume_account(desk: Desk, account_id: str, data: Turned) -> Answer[NowAt]:
    """Let a suspended account in again; its holder signs in anew."""
    return _now(account_id, await desk.do(people.resume, account_id, data.version, data.reason))


@operation(
    "POST",
    "/accounts/{account_id:str}/closing",
    summary="Close an account",
    tag=TAG,
    status=200,
    problems=(412, 422),
)
async def close_account(desk: Desk, account_id: str, data: Turned) -> Answer[NowAt]:
    """Close an account for good; its login name is free again."""
    return _now(account_id, await desk.do(people.close, account_id, data.version, data.reason))


@operation(
    "POST",
    "/accounts/{account_id:str}/lost-telephone",
    summary="Take a second factor away",
    tag=TAG,
    status=200,
    problems=(412, 422),
)
async def take_second_factor(desk: Desk, account_id: str, data: VersionSeen) -> Answer[NowAt]:
    """Take away the telephone that somebody lost; every session and token of the account ends."""
    return _now(account_id, await desk.do(own.take_totp, account_id, data.version))


def _ticket(made: Invited, location: str = "") -> Answer[Ticket]:
    headers = UNKEPT | ({"Location": location} if location else {})
    return Answer(Ticket(id=made.id, ticket=made.ticket, until=made.until), headers)


def _now(id: str, version: int) -> Answer[NowAt]:
    return tagged(NowAt(id=id, version=version), version)


HANDLERS = (
    list_accounts,
    show_account,
    invite_account,
    change_account,
    grant_roles,
    invite_again,
    reset_password,
    suspend_account,
    resume_account,
    close_account,
    take_second_factor,
)
