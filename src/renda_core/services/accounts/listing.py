"""People's accounts as those see them who look after them."""

from __future__ import annotations

import datetime as dt

import attrs

from renda_core.domain.accounts import THREE, UNHELD, read_login
from renda_core.domain.case import Actor
from renda_core.domain.identity import masked
from renda_core.errors import Invalid, NotFound
from renda_core.services.accounts import powers
from renda_core.services.accounts.asking import PERSON
from renda_core.services.accounts.rows import LOGIN_FIELD, STATES
from renda_core.services.paging import PAGE, Page, a_text, an_id, check_size, cursor, place
from renda_core.store import accounts, delegations
from renda_core.store.accounts import AccountRow, roles_of
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class Shown:
    """An account as those see it who look after them; the login name is masked.

    Attributes:
        password: Whether it has one, *totp* whether codes of a telephone, and *passkeys* how many of these.
    """

    id: str
    name: str
    login: str
    person: str
    unit: str
    roles: tuple[str, ...]
    state: str
    until: dt.date | None
    password: bool
    totp: bool
    made_at: dt.datetime
    version: int
    passkeys: int = 0


async def listing(
    reader: Reader, tenant: Tenant, actor: Actor, *, state: str = "", after: str = "", size: int = PAGE
) -> Page[Shown]:
    """List people's accounts by name.

    Raises:
        NotAllowed: The asker does not look after accounts.
    """
    powers.refuse(tenant, actor, "see")
    check_size(size)
    if state and state not in STATES:
        raise Invalid(f"state is one of {', '.join(STATES)}", field="state")
    name, id = place(after, "accounts", a_text, an_id) if after else ("", None)
    rows = await reader.all(accounts.ACCOUNTS, after_name=name, after_id=id or "", state=state or None, size=size + 1)
    shown = tuple(_shown(reader, row) for row in rows[:size])
    more = len(rows) > size
    return Page(rows=shown, after=cursor("accounts", shown[-1].name, shown[-1].id) if more else "")


async def show(reader: Reader, tenant: Tenant, actor: Actor, id: str) -> Shown:
    """Show one account to those who look after them, or to its holder.

    Raises:
        NotFound: There is none, or none that the asker may know of.
    """
    row = await reader.find(accounts.ACCOUNT, id=id)
    if row is None or row.kind != PERSON or not (powers.may(tenant, actor, "see") or actor.id in (row.id, row.person)):
        raise NotFound("no such account")
    keys = await reader.one(delegations.PASSKEYS, account_id=id)
    return attrs.evolve(_shown(reader, row), passkeys=keys.n)


async def named(reader: Reader, tenant: Tenant, actor: Actor, text: str) -> Shown:
    """Show the account of an id, a login name, or a name that one account alone bears; closed ones by id only.

    Raises:
        NotFound: There is none.
        Invalid: Several bear the name.
    """
    powers.refuse(tenant, actor, "see")
    try:
        return await show(reader, tenant, actor, an_id(text))
    except ValueError:
        found = await reader.all(accounts.NAMED, name=text)
    try:
        row = await reader.find(accounts.BY_LOGIN, login_key=reader.find_key(read_login(text), LOGIN_FIELD))
    except Invalid:
        row = None  # what can be no login name may still be a name
    ids = {each.id for each in (*found, *([row] if row else []))}
    if not ids:
        raise NotFound("no such account; list them: renda account list TENANT")
    if len(ids) > 1:
        raise Invalid(f"{len(ids)} accounts bear this name; give the id", field="who")
    return await show(reader, tenant, actor, ids.pop())


def known_roles(tenant: Tenant) -> tuple[str, ...]:
    """List the roles that an account may have here, in order."""
    return tuple(sorted((tenant.practice.roles - UNHELD) | THREE))


def _shown(reader: Reader, row: AccountRow) -> Shown:
    return Shown(
        id=row.id,
        name=row.name,
        login=masked(reader.open_bytes(row.login, LOGIN_FIELD).decode()) if row.login else "",
        person=row.person or "",
        unit=row.unit or "",
        roles=tuple(sorted(roles_of(row.roles))),
        state=row.state,
        until=row.until,
        password=row.password is not None,
        totp=row.totp is not None,
        made_at=row.made_at,
        version=row.version,
    )
