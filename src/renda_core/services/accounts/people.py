"""People's accounts (账号): made by invitation, looked after by administrators, each change an entry of the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs

from renda_core.domain.names import names
from renda_core.errors import Invalid, Rejected
from renda_core.services import lookups
from renda_core.services.accounts import powers, tickets
from renda_core.services.accounts.asking import ACTIVE, PERSON
from renda_core.services.accounts.rows import CLOSED, INVITATION, INVITED, RESET, SUSPENDED, end_all, held, save
from renda_core.services.paging import check_texts
from renda_core.store import accounts, providers
from renda_core.store.accounts import AccountRow, roles_of
from renda_core.store.codec import new_id
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

DAYS = 7
"""Days for which an invitation or a reset holds. U: a week has every working day in it."""
MOST_DAYS = 30
LONGEST_NAME = 100


@attrs.frozen(kw_only=True)
class NewAccount:
    """An account that is to be made.

    Attributes:
        person: The person of the roster whose account it is; empty for nobody's.
        unit: The handling unit acted for; empty for none.
        until: The last day on which it opens anything.
    """

    name: str
    roles: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    person: str = ""
    unit: str = ""
    until: dt.date | None = None


@attrs.frozen(kw_only=True)
class Invited:
    """An account and the ticket that lets its holder in; the ticket is told this once."""

    id: str
    ticket: str = attrs.field(repr=False)
    until: dt.datetime


async def seat(unit: Unit, tenant: Tenant, new: NewAccount, *, days: int = DAYS) -> Invited:
    """Write an account that is invited, for whoever may make it; the caller refuses, and records why.

    For making a tenant, whose first administrator nobody there can invite.
    """
    _check_days(days)
    row = await _made(unit, tenant, new)
    return await _ticket(unit, row.id, INVITATION, days)


async def invite(unit: Unit, tenant: Tenant, new: NewAccount, *, days: int = DAYS) -> Invited:
    """Make an account whose holder chooses login and password; give the ticket that they do it with.

    Raises:
        NotAllowed: The asker may not make accounts; or may not give roles, and some are given.
        Rejected: The roles cannot be given, or not together.
    """
    powers.refuse(tenant, unit.actor, "make")
    if new.roles:
        powers.refuse(tenant, unit.actor, "grant")
        powers.refuse_own(unit.actor, _row(new, unit.now), "the roles")
    invited = await seat(unit, tenant, new, days=days)
    unit.record(
        "account.invited",
        on=invited.id,
        version=0,
        rule="accounts",
        before=[],
        after=sorted(new.roles),
        person=new.person,
        unit=new.unit,
        until=_day(new.until),
        days=days,
    )
    return invited


async def invite_again(
    unit: Unit, tenant: Tenant, id: str, seen: int, *, days: int = DAYS, kind: str = INVITATION
) -> Invited:
    """Give another ticket to whoever lost the first, or, as a ``reset``, to whoever forgot the password.

    Earlier ones of the kind are void. A reset changes nothing until it is used.

    Raises:
        NotAllowed: The asker may not; nobody resets their own password so.
        Rejected: There is nothing to invite to, or to reset.
    """
    powers.refuse(tenant, unit.actor, "make")
    _check_days(days)
    row = await held(unit, id, seen)
    if kind == RESET:
        powers.refuse_own(unit.actor, row, "the password")
    if row.state != (INVITED if kind == INVITATION else ACTIVE):
        raise Rejected("there is nobody to send it to", f"the account is {row.state}")
    await tickets.cut(unit, kind, id)
    invited = await _ticket(unit, id, kind, days)
    unit.record(f"account.{kind}", on=id, version=row.version, rule="accounts", days=days)
    return invited


async def change(unit: Unit, tenant: Tenant, id: str, seen: int, given: NewAccount) -> int:
    """Change an account to what is given, all of it; give its new version.

    Where its roles, unit, person or last day change, every session and token of it ends.

    Raises:
        NotAllowed: The asker may not change this of it, or it is the asker's own and its powers would change.
        Stale: It was changed meanwhile.
        Rejected: The roles cannot be given; or nobody would be left to look after accounts.
    """
    row = await held(unit, id, seen)
    roles = roles_of(row.roles)
    facts = (given.name, given.person, given.unit, given.until)
    if facts != (row.name, row.person or "", row.unit or "", row.until):
        powers.refuse(tenant, unit.actor, "make")
    elif roles == given.roles:
        powers.refuse(tenant, unit.actor, "see")
    after = attrs.evolve(
        row,
        name=check_name(given.name),
        person=given.person or None,
        unit=given.unit or None,
        until=given.until,
        roles=" ".join(sorted(given.roles)),
    )
    changed = _powers(row) != _powers(after)
    if changed:
        powers.refuse_own(unit.actor, row, "the powers")
        powers.refuse_own(unit.actor, after, "the powers")
    if roles != given.roles or (given.person != (row.person or "") and given.roles):
        powers.refuse(tenant, unit.actor, "grant")
        await powers.refuse_roles(unit, tenant, given.roles, _who(after))
    await _refuse_strangers(unit, tenant, given)
    await powers.refuse_last(unit, tenant, row, after)
    if changed:
        await end_all(unit, row)
    told = {"before": sorted(roles), "after": sorted(given.roles), "person": given.person, "unit": given.unit}
    return await save(unit, row, after, "account.changed", until=_day(given.until), **told)


async def grant(unit: Unit, tenant: Tenant, id: str, seen: int, roles: Iterable[str]) -> int:
    """Give an account these roles and no others; as :func:`change`."""
    row = await held(unit, id, seen)
    given = NewAccount(
        name=row.name, roles=frozenset(roles), person=row.person or "", unit=row.unit or "", until=row.until
    )
    return await change(unit, tenant, id, seen, given)


async def rename(
    unit: Unit, tenant: Tenant, id: str, seen: int, *, name: str, person: str, work_unit: str, until: dt.date | None
) -> int:
    """Change what an account is called, whose it is, for which unit, and until when; as :func:`change`."""
    row = await held(unit, id, seen)
    given = NewAccount(name=name, roles=row.roles, person=person, unit=work_unit, until=until)
    return await change(unit, tenant, id, seen, given)


async def suspend(unit: Unit, tenant: Tenant, id: str, seen: int, reason: str) -> int:
    """Let an account open nothing, from now on; every session and token of it ends. Give its new version."""
    return await _turn(unit, tenant, id, seen, SUSPENDED, (ACTIVE, INVITED), reason)


async def resume(unit: Unit, tenant: Tenant, id: str, seen: int, reason: str) -> int:
    """Let a suspended account in again; who was only invited needs another invitation. Give its new version."""
    return await _turn(unit, tenant, id, seen, ACTIVE, (SUSPENDED,), reason)


async def close(unit: Unit, tenant: Tenant, id: str, seen: int, reason: str) -> int:
    """Close an account for good; its login name is free again. Give its new version.

    Its row stays, so that the journal's ids keep a name.
    """
    return await _turn(unit, tenant, id, seen, CLOSED, (ACTIVE, INVITED, SUSPENDED), reason)


async def _turn(unit: Unit, tenant: Tenant, id: str, seen: int, state: str, from_: tuple[str, ...], reason: str) -> int:
    powers.refuse(tenant, unit.actor, "make")
    if not reason.strip():
        raise Invalid("say in a word why", field="reason")
    check_texts(reason=reason)
    row = await held(unit, id, seen)
    powers.refuse_own(unit.actor, row, "the state")
    if row.state not in from_:
        raise Rejected(f"it cannot become {state}", f"the account is {row.state}")
    came = row.login_key is not None or bool(await unit.all(providers.OF_ACCOUNT, account_id=id))
    back = INVITED if state == ACTIVE and not came else state
    after = attrs.evolve(row, state=back)
    if state == CLOSED:
        after = attrs.evolve(after, login_key=None, login=None, password=None, totp=None, totp_step=None)
    await powers.refuse_last(unit, tenant, row, after)
    await end_all(unit, row)
    for kind in (INVITATION, RESET):
        await tickets.cut(unit, kind, id)
    return await save(unit, row, after, f"account.{back}", before=row.state, private={"reason": reason})


async def _made(unit: Unit, tenant: Tenant, new: NewAccount) -> AccountRow:
    row = _row(new, unit.now)
    await powers.refuse_roles(unit, tenant, new.roles, _who(row))
    await _refuse_strangers(unit, tenant, new)
    await unit.write(accounts.ADD_ACCOUNT, **attrs.asdict(row))
    return row


def _row(new: NewAccount, now: dt.datetime) -> AccountRow:
    return AccountRow(
        id=new_id(),
        kind=PERSON,
        name=check_name(new.name),
        person=new.person or None,
        unit=new.unit or None,
        roles=" ".join(sorted(new.roles)),
        state=INVITED,
        until=new.until,
        made_at=now,
    )


async def _refuse_strangers(unit: Unit, tenant: Tenant, new: NewAccount) -> None:
    """Refuse a person or a unit whom the roster does not have, and a day that is over."""
    known = await lookups.named(unit, [id for id in (new.person, new.unit) if id])
    for field in ("person", "unit"):
        if (id := getattr(new, field)) and id not in known:
            raise Invalid(f"{field}: the roster has none of this id", field=field)
    if new.until is not None and new.until < tenant.today:
        raise Invalid("until: that day is over", field="until")


async def _ticket(unit: Unit, id: str, kind: str, days: int) -> Invited:
    lasts = dt.timedelta(days=days)
    secret = await tickets.give(unit, kind, lasts=lasts, account=id)
    return Invited(id=id, ticket=secret, until=unit.now + lasts)


def _check_days(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"days: 1 to {MOST_DAYS}", field="days")


def check_name(text: str) -> str:
    """Give a name without what surrounds it.

    Raises:
        Invalid: It is empty, too long, or not written in letters.
    """
    check_texts(name=text)
    if not 0 < len(text.strip()) <= LONGEST_NAME:
        raise Invalid(f"name: 1 to {LONGEST_NAME} characters", field="name")
    return text.strip()


def _powers(row: AccountRow) -> tuple[object, ...]:
    return roles_of(row.roles), row.person, row.unit, row.until


def _who(row: AccountRow) -> tuple[str, ...]:
    return tuple(filter(None, (row.id, row.person)))


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
