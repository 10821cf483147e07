"""Arriving (受邀): whoever was invited chooses login name and password, and whoever forgot it chooses another."""

from __future__ import annotations

import attrs

from renda_core import compliance
from renda_core.domain.accounts import read_login
from renda_core.domain.case import Actor
from renda_core.errors import NotLetIn, Rejected, Taken
from renda_core.services.accounts import passwords, tickets
from renda_core.services.accounts.asking import ACTIVE
from renda_core.services.accounts.entering import Step, about, open_session, proceed, stands
from renda_core.services.accounts.guarding import guard, known_from, let_in, missed
from renda_core.services.accounts.rows import INVITATION, INVITED, LOGIN_FIELD, RESET, end_all, held, save
from renda_core.store import accounts
from renda_core.store.accounts import AccountRow, roles_of
from renda_core.store.columns import NOBODY
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

VOID = "this link was used already, is over, or was replaced by another; ask whoever sent it for a new one"
NO_LOGIN = "this login name cannot be used; choose another"
WRONG = "the password is wrong"


@attrs.frozen(kw_only=True)
class Welcomed:
    """Who was invited, as the page that welcomes them says it; *shortest* is how long a password must be."""

    account: str
    name: str
    shortest: int


async def welcome(reader: Reader, tenant: Tenant, kind: str, ticket: str) -> Welcomed:
    """Say whom an ``invitation`` or a ``reset`` is for; the ticket still holds.

    Raises:
        NotLetIn: Nobody, or no longer.
    """
    row = await _whose(reader, kind, ticket)
    return Welcomed(account=row.id, name=row.name, shortest=compliance.of(tenant).password_length)


async def accept(store: Store, tenant: Tenant, ticket: str, login: str, password: str, *, label: str = "") -> Step:
    """Choose login name and password, once; go on to a session, or to what is still missing.

    Raises:
        NotLetIn: The invitation was used already, or is over.
        Invalid: It can be no login name.
        Rejected: The login name cannot be used, or the password is too easily guessed; the invitation still holds.
    """
    row = await join(store, tenant, ticket, login, password)
    return await store.write(_go_on, tenant.id, _actor(row), tenant, row.id, label)


async def join(store: Store, tenant: Tenant, ticket: str, login: str, password: str) -> AccountRow:
    """Choose login name and password, once, and open nothing yet; otherwise as :func:`accept`."""
    row = await store.read(_whose, tenant.id, INVITATION, ticket)
    name = read_login(login)
    passwords.refuse_weak(tenant, password, (row.name, name))
    made = await passwords.aside(passwords.hashed, password)
    try:
        await store.write(_accepted, tenant.id, _actor(row), tenant, ticket, name, made)
    except Taken:
        raise Rejected("choose another login name", NO_LOGIN) from None
    return row


async def reset(store: Store, tenant: Tenant, ticket: str, password: str) -> None:
    """Choose another password in place of one that was forgotten; every session and token ends, and none is opened.

    Raises:
        NotLetIn: The ticket was used already, or is over.
        Rejected: The password is too easily guessed; the ticket still holds.
    """
    row = await store.read(_whose, tenant.id, RESET, ticket)
    passwords.refuse_weak(tenant, password, await store.read(about, tenant.id, row))
    made = await passwords.aside(passwords.hashed, password)
    await store.write(_reset, tenant.id, _actor(row), tenant, ticket, made)


async def change_password(
    store: Store, tenant: Tenant, account: str, strong: bool, old: str, new: str, *, source: str, label: str = ""
) -> str:
    """Choose another password; every session and token ends, and the secret of a new session is given.

    Args:
        strong: Whether the session that asks for it has shown a second factor; the new one has it too.

    Raises:
        NotLetIn: The old one is wrong.
        TooMany: So many wrong ones were tried from there that this one was not looked at.
        Rejected: The new one is too easily guessed, or the old one.
    """
    row = await store.read(held, tenant.id, account)
    passwords.refuse_weak(tenant, new, await store.read(about, tenant.id, row))
    name = (await store.read(about, tenant.id, row))[1]
    guarded = await store.write(guard, tenant.id, _actor(row), tenant, name, source, row.id)
    if isinstance(guarded, Exception):
        raise guarded
    right, _ = await passwords.aside(passwords.verify, old, row.password)
    if not right:
        await store.write(missed, tenant.id, _actor(row), guarded)
        raise NotLetIn(WRONG)
    if old == new:
        raise Rejected("choose another password", "this is the one that you have")
    made = await passwords.aside(passwords.hashed, new)

    async def changed(unit: Unit) -> str:
        await let_in(unit, guarded)
        await known_from(unit, row.id, guarded)
        await _set(unit, row, made)
        return await open_session(unit, tenant, row.id, strong=strong, label=label)

    return await store.write(changed, tenant.id, _actor(row))


async def _whose(reader: Reader, kind: str, ticket: str) -> AccountRow:
    found = await tickets.look(reader, kind, ticket) if kind in (INVITATION, RESET) else None
    row = await reader.find(accounts.ACCOUNT, id=found.account if found else NOBODY)
    if row is None or row.state != (INVITED if kind == INVITATION else ACTIVE):
        raise NotLetIn(VOID)
    return row


async def _accepted(unit: Unit, tenant: Tenant, ticket: str, login: str, made: str) -> None:
    row = await _used(unit, INVITATION, ticket)
    after = attrs.evolve(
        row,
        login_key=unit.find_key(login, LOGIN_FIELD),
        login=unit.seal_bytes(login.encode(), LOGIN_FIELD),
        password=made,
        password_at=unit.now,
        state=ACTIVE,
    )
    if await unit.find(accounts.BY_LOGIN, login_key=after.login_key) is not None:
        raise Taken(NO_LOGIN)
    if not stands(tenant, after):
        raise NotLetIn(VOID)
    await save(unit, row, after, "account.accepted")


async def _reset(unit: Unit, tenant: Tenant, ticket: str, made: str) -> None:
    row = await _used(unit, RESET, ticket)
    if not stands(tenant, row):
        raise NotLetIn(VOID)
    await _set(unit, row, made)


async def _set(unit: Unit, row: AccountRow, made: str) -> None:
    await end_all(unit, row)
    await tickets.cut(unit, RESET, row.id)
    await save(unit, row, attrs.evolve(row, password=made, password_at=unit.now), "account.password")


async def _used(unit: Unit, kind: str, ticket: str) -> AccountRow:
    row = await _whose(unit, kind, ticket)
    if await tickets.use(unit, kind, ticket) is None:  # somebody else was quicker by a moment
        raise NotLetIn(VOID)
    return row


async def _go_on(unit: Unit, tenant: Tenant, account: str, label: str) -> Step:
    return await proceed(unit, tenant, account, strong=False, label=label, password=True)


def _actor(row: AccountRow) -> Actor:
    return Actor(id=row.person or row.id, roles=roles_of(row.roles), unit=row.unit or "")
