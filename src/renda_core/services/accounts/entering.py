"""Signing in (登录): what is shown, one after the other, until a session is given; and what must still be shown.

Each way in ends in :func:`proceed`, whatever was shown first: a password here, a passkey or another provider's word
elsewhere. What is still missing is answered with a ticket of a few minutes, which whoever shows the missing thing
gives back.
"""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

import attrs

from renda_core import compliance
from renda_core.domain.accounts import read_login
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotLetIn, Rejected, RendaError, TooMany
from renda_core.services.accounts import issuing, passwords, second, tickets
from renda_core.services.accounts.asking import ACTIVE, SESSION
from renda_core.services.accounts.guarding import Guarded, guard, known_from, let_in, missed
from renda_core.services.accounts.rows import LOGIN_FIELD
from renda_core.store import accounts
from renda_core.store.accounts import AccountRow, roles_of
from renda_core.store.columns import NOBODY
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

T = TypeVar("T")
ENTRY = Actor(id="job:entry")
"""Who acts until somebody was let in."""
SECOND, RENEW, ENROL = "second", "renew", "enrol"
"""What may still be missing, and the kinds of the tickets that say so: a second factor, a new password in place of
one that is too old, and a second factor that the account does not have yet."""
WAITS = dt.timedelta(minutes=10)
"""How long somebody who is half way in may take. U: to find the telephone, or install an application."""
WRONG = "login name or password is wrong"
WRONG_CODE = "the code is wrong, was used before, or came too late; begin anew if it is refused again"
GONE = "this took too long, or was done already; sign in anew"


@attrs.frozen(kw_only=True)
class Step:
    """How far somebody has come.

    Attributes:
        secret: Of the session that was opened; empty where something is still missing.
        needs: ``second``, ``renew`` or ``enrol``; empty where nothing is missing.
        ticket: To be given back with what is missing.
        factors: Where ``second`` is missing, which the account has: ``totp``, ``passkey``, ``recovery``.
    """

    account: str
    secret: str = attrs.field(default="", repr=False)
    needs: str = ""
    ticket: str = attrs.field(default="", repr=False)
    factors: tuple[str, ...] = ()


async def enter(store: Store, tenant: Tenant, login: str, password: str, *, source: str, label: str = "") -> Step:
    """Sign in with login name and password.

    A name that nobody has costs the same work and gets the same answer as a wrong password, and so do accounts that
    are suspended, closed or over.

    Args:
        source: Where it comes from, e.g. an address: wrong tries are counted by it.
        label: What the session is called in its holder's list, e.g. the browser.

    Raises:
        NotLetIn: Name or password is wrong.
        TooMany: There were so many wrong tries that this one was not looked at.
    """
    guarded, row = _given(await store.write(_knocked, tenant.id, ENTRY, tenant, login, source))
    right, made = await passwords.aside(passwords.verify, password, row.password if row else None)
    if row is None or not right:
        await store.write(missed, tenant.id, ENTRY, guarded)
        raise NotLetIn(WRONG)
    return await store.write(_passed, tenant.id, _actor(row), tenant, row, guarded, made, label)


async def show_second(store: Store, tenant: Tenant, ticket: str, code: str, *, source: str, label: str = "") -> Step:
    """Show the second factor that is missing: a code of the telephone, or a recovery code.

    Raises:
        NotLetIn: The code opens nothing, or it took too long.
        TooMany: There were so many wrong codes that this one was not looked at.
    """
    found = await store.write(_coded, tenant.id, ENTRY, tenant, ticket, code, source, label)
    if isinstance(found, RendaError):
        raise found
    if isinstance(found, Guarded):
        await store.write(missed, tenant.id, ENTRY, found)
        raise NotLetIn(WRONG_CODE)
    return found


async def renew(store: Store, tenant: Tenant, ticket: str, password: str, *, label: str = "") -> Step:
    """Choose a new password in place of one that is too old.

    Raises:
        NotLetIn: It took too long.
        Rejected: The password is too easily guessed, or the old one; the ticket still holds.
    """
    row = await store.read(_waiting, tenant.id, RENEW, ticket)
    passwords.refuse_weak(tenant, password, await store.read(about, tenant.id, row))
    same, _ = await passwords.aside(passwords.verify, password, row.password)
    if same:
        raise Rejected("choose another password", "this one is too old")
    made = await passwords.aside(passwords.hashed, password)
    return await store.write(_renewed, tenant.id, _actor(row), tenant, ticket, row, made, label)


async def pending(reader: Reader, _: Tenant, needs: str, ticket: str) -> str:
    """Say whose sign-in waits for what is missing: ``second`` or ``enrol``. The ticket still holds.

    Raises:
        NotLetIn: Nobody's, or it took too long.
    """
    return (await _waiting(reader, needs, ticket)).id


async def shown_second(unit: Unit, tenant: Tenant, needs: str, ticket: str, *, label: str = "") -> Step:
    """Go on after a second factor was shown elsewhere, such as a passkey, or was enrolled a moment ago.

    The caller has checked it, for the account that :func:`pending` gave.

    Raises:
        NotLetIn: It took too long, or was done already.
    """
    found = await tickets.use(unit, needs, ticket)
    if needs not in (SECOND, ENROL) or found is None:
        raise NotLetIn(GONE)
    return await proceed(unit, tenant, found.account, strong=True, label=label, password=bool(found.body["password"]))


async def proceed(
    unit: Unit, tenant: Tenant, account: str, *, strong: bool, label: str = "", password: bool = False
) -> Step:
    """Go on after something was shown for an account, and open a session where nothing is missing; records it, once.

    Args:
        strong: Whether two things were shown, or one that is worth two: a passkey that verified its user.
        password: Whether the password was shown, whose age counts then.

    Raises:
        NotLetIn: The account opens nothing now.
    """
    row = await unit.find(accounts.ACCOUNT, id=account)
    if row is None or not stands(tenant, row):
        raise NotLetIn(WRONG)
    had = await second.factors(unit, row)
    needs = ""
    if had and not strong:
        needs = SECOND
    elif password and passwords.expired(tenant, row.password_at, unit.now):
        needs = RENEW
    elif not strong and await _asked_for(unit, tenant, row):
        needs = ENROL
    if not needs:
        return Step(account=account, secret=await finish(unit, tenant, account, strong=strong, label=label))
    body = {"strong": strong, "password": password}
    ticket = await tickets.give(unit, needs, lasts=WAITS, account=account, body=body)
    unit.record("account.half_way", on=account, version=row.version, rule="entry", needs=needs)
    return Step(account=account, needs=needs, ticket=ticket, factors=had if needs == SECOND else ())


async def finish(unit: Unit, tenant: Tenant, account: str, *, strong: bool, label: str = "") -> str:
    """Open a session for who has shown everything; records it. Give its secret, which is new each time."""
    secret = await open_session(unit, tenant, account, strong=strong, label=label)
    unit.record("account.entered", on=account, version=0, rule="entry", strong=strong)
    return secret


async def open_session(unit: Unit, tenant: Tenant, account: str, *, strong: bool, label: str = "") -> str:
    """Write a session that ends when the place's rules say; the caller records why.

    Raises:
        NotLetIn: The account opens nothing now.
    """
    row = await unit.find(accounts.ACCOUNT, id=account)
    if row is None or not stands(tenant, row):
        raise NotLetIn(WRONG)
    await unit.write_unrecorded(accounts.CUT_ENDED, now=unit.now)
    ends_at = unit.now + dt.timedelta(hours=compliance.of(tenant).session_hours)
    return await issuing.issue(unit, account, by=SESSION, label=label[:100], strong=strong, ends_at=ends_at)


def stands(tenant: Tenant, row: AccountRow) -> bool:
    """Tell whether an account opens anything today."""
    return row.state == ACTIVE and (row.until is None or row.until >= tenant.today)


async def about(reader: Reader, row: AccountRow) -> tuple[str, ...]:
    """Give what everybody knows of an account's holder, none of which belongs into a password."""
    return (row.name, reader.open_bytes(row.login, LOGIN_FIELD).decode() if row.login else "")


async def _knocked(unit: Unit, tenant: Tenant, login: str, source: str) -> tuple[Guarded, AccountRow | None] | TooMany:
    """Count a try before it is looked at, and find the account."""
    try:
        name = read_login(login)
    except Invalid:
        name = ""  # nobody's, and it costs and tells as much as any other
    key = unit.find_key(name, LOGIN_FIELD)
    found = await unit.find(accounts.BY_LOGIN, login_key=key)
    row = found if name and found is not None and stands(tenant, found) else None
    guarded = await guard(unit, tenant, name, source, row.id if row else "")
    return guarded if isinstance(guarded, TooMany) else (guarded, row)


async def _passed(unit: Unit, tenant: Tenant, row: AccountRow, guarded: Guarded, made: str, label: str) -> Step:
    """Go on after the right password; what was counted for it is taken back."""
    now = await unit.find(accounts.ACCOUNT, id=row.id)
    if now is None or now.password != row.password:  # it was changed while this one was being compared
        raise NotLetIn(WRONG)
    await let_in(unit, guarded)
    if made:
        await unit.write_unrecorded(accounts.REHASH, id=row.id, had=row.password, made=made)
    await known_from(unit, row.id, guarded)
    return await proceed(unit, tenant, row.id, strong=False, label=label, password=True)


async def _coded(
    unit: Unit, tenant: Tenant, ticket: str, code: str, source: str, label: str
) -> Step | Guarded | TooMany | NotLetIn:
    found = await tickets.look(unit, SECOND, ticket)
    row = await unit.find(accounts.ACCOUNT, id=found.account if found else NOBODY)
    if found is None or row is None:
        return NotLetIn(GONE)
    guarded = await guard(unit, tenant, f"second:{row.id}", source, row.id)
    if isinstance(guarded, TooMany):
        return guarded
    by = await second.shown(unit, row, code)
    if not by:
        return guarded
    unit.actor = _actor(row)
    await let_in(unit, guarded)
    await known_from(unit, row.id, guarded)
    return await shown_second(unit, tenant, SECOND, ticket, label=label)


async def _renewed(unit: Unit, tenant: Tenant, ticket: str, row: AccountRow, made: str, label: str) -> Step:
    found = await tickets.use(unit, RENEW, ticket)
    if found is None or found.account != row.id:
        raise NotLetIn(GONE)
    values = {**attrs.asdict(row), "password": made, "password_at": unit.now, "version": row.version + 1}
    await unit.save(accounts.CHANGE_ACCOUNT, values, was=row.version)
    await unit.write(accounts.CUT_POWERS, account_id=row.id, who=row.person or row.id)
    strong = bool(found.body["strong"])
    return await proceed(unit, tenant, row.id, strong=strong, label=label, password=True)


async def _waiting(reader: Reader, needs: str, ticket: str) -> AccountRow:
    found = await tickets.look(reader, needs, ticket)
    row = await reader.find(accounts.ACCOUNT, id=found.account if found else NOBODY)
    if row is None:
        raise NotLetIn(GONE)
    return row


async def _asked_for(reader: Reader, tenant: Tenant, row: AccountRow) -> bool:
    """Tell whether the place asks for a second factor of somebody with these roles, lent ones among them."""
    asked = frozenset(compliance.of(tenant).second_factor.split())
    if "*" in asked:
        return True
    lent = await reader.all(accounts.LENT, taker=row.id, today=tenant.today) if asked and row.stands_in else []
    roles = roles_of(row.roles).union(*(roles_of(each.roles) & roles_of(each.own) for each in lent))
    return not asked.isdisjoint(roles)


def _actor(row: AccountRow) -> Actor:
    return Actor(id=row.person or row.id, roles=roles_of(row.roles), unit=row.unit or "")


def _given(found: T | RendaError) -> T:
    if isinstance(found, RendaError):
        raise found
    return found
