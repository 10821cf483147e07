"""The first administrators of a tenant: nobody there can invite them, so whoever runs the service does."""

from __future__ import annotations

import attrs
from sqlalchemy import select

from renda_core import compliance
from renda_core.domain.accounts import ADMIN, SECURITY, awake, wrong_roles
from renda_core.errors import Rejected, Taken
from renda_core.services.accounts.people import DAYS, Invited, NewAccount, check_name, seat
from renda_core.store import tables as t
from renda_core.store.accounts import roles_of
from renda_core.store.compile import Query, mine
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class Roles:
    """The roles of an account."""

    roles: str


_a = t.account
OPEN = Query(select(_a.c.roles).where(mine(_a), _a.c.kind == "person", _a.c.state != "closed", _a.c.roles != ""), Roles)


def needed(tenant: Tenant) -> frozenset[str]:
    """Name the roles without which nobody could look after a tenant's accounts."""
    return frozenset({ADMIN, SECURITY} if compliance.of(tenant).three_roles else {ADMIN})


def refuse_unfit(tenant: Tenant, new: NewAccount) -> None:
    """Refuse who could not be an administrator here, before there is a tenant.

    Raises:
        Invalid: The name is none.
        Rejected: Roles that there are not, or not together; or none that looks after accounts.
    """
    check_name(new.name)
    said = wrong_roles(new.roles, tenant.practice.roles, apart=compliance.of(tenant).three_roles, operator=False)
    if not said and new.roles.isdisjoint(wanted := needed(tenant)):
        said = (f"nobody would look after the accounts; give {' or '.join(sorted(wanted))}",)
    if said:
        raise Rejected("these roles cannot be given", *said)


async def missing(reader: Reader, tenant: Tenant) -> frozenset[str]:
    """Name the roles of :func:`needed` that nobody acts in yet, who came in or was invited."""
    apart = compliance.of(tenant).three_roles
    held = (role for row in await reader.all(OPEN) for role in awake(roles_of(row.roles), apart=apart))
    return needed(tenant) - frozenset(held)


async def appoint(unit: Unit, tenant: Tenant, new: NewAccount, days: int = DAYS) -> Invited:
    """Invite an administrator, where nobody has the role yet.

    Raises:
        Taken: Somebody has.
        Invalid, Rejected: As :func:`refuse_unfit`.
    """
    refuse_unfit(tenant, new)
    if new.roles.isdisjoint(await missing(unit, tenant)):
        raise Taken("somebody looks after the accounts there already, and invites the others")
    invited = await seat(unit, tenant, new, days=days)
    unit.record(
        "account.invited", on=invited.id, version=0, rule="operator", before=[], after=sorted(new.roles), days=days
    )
    return invited
