"""Who may do what to accounts here, and what must stay: the rules of the domain with what is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import attrs
from sqlalchemy import bindparam, select

from renda_core import compliance
from renda_core.domain.accounts import ADMIN, POWERS, SECURITY, THREE, awake, wrong_roles
from renda_core.domain.case import Actor
from renda_core.errors import NotAllowed, Rejected
from renda_core.store import accounts
from renda_core.store import tables as t
from renda_core.store.accounts import AccountRow, roles_of
from renda_core.store.compile import Query
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class _Own:
    operator: bool


OWN = Query(
    select(t.directory.c.operator).where(t.directory.c.id == bindparam("tenant_id", type_=t.directory.c.id.type)), _Own
)


def may(tenant: Tenant, actor: Actor, power: str) -> bool:
    """Tell whether somebody has one of the ``POWERS`` here."""
    return POWERS[power].held(actor.roles, apart=compliance.of(tenant).three_roles)


def refuse(tenant: Tenant, actor: Actor, power: str) -> None:
    """Refuse whoever lacks a power.

    Raises:
        NotAllowed: Naming who has it.
    """
    if not may(tenant, actor, power):
        held = POWERS[power]
        who = held.apart if compliance.of(tenant).three_roles else held.together
        raise NotAllowed(f"{held.title} is for {', '.join(sorted(who))}")


def refuse_own(actor: Actor, row: AccountRow, what: str) -> None:
    """Refuse to let somebody change their own account in what another must look at.

    Raises:
        NotAllowed: It is the asker's own.
    """
    if actor.id in (row.id, row.person):
        raise NotAllowed(f"nobody changes {what} of their own account; ask another administrator")


async def refuse_roles(reader: Reader, tenant: Tenant, roles: Iterable[str], who: Collection[str]) -> None:
    """Refuse roles that are unknown here, or that one person cannot have together.

    Args:
        who: The ids of an account and of its person: what other accounts of the same person have counts as well.

    Raises:
        Rejected: With every reason.
    """
    given, apart = frozenset(roles), compliance.of(tenant).three_roles
    if apart and given & THREE:
        rows = [row for id in who for row in await reader.all(accounts.OF_PERSON, who=id)]
        given = given.union(*(roles_of(row.roles) & THREE for row in rows if row.id not in who))
    operator = await runs_the_service(reader)
    if said := wrong_roles(given, tenant.practice.roles, apart=apart, operator=operator):
        raise Rejected("these roles cannot be given", *said)


async def runs_the_service(reader: Reader) -> bool:
    """Tell whether this tenant is the operator's own."""
    found = await reader.find(OWN)
    return found is not None and found.operator


async def refuse_last(unit: Unit, tenant: Tenant, row: AccountRow, after: AccountRow) -> None:
    """Refuse to take away the last one who could look after the accounts.

    Counted are active accounts of people without an end; of two that go at once, the later finds the earlier gone.

    Raises:
        Rejected: There would be nobody.
    """
    apart = compliance.of(tenant).three_roles
    for role in (ADMIN, SECURITY) if apart else (ADMIN,):
        if not _stands(row, role, apart=apart) or _stands(after, role, apart=apart):
            continue
        others = await unit.all(accounts.STANDING, pattern=f"%{role}%")
        if not any(role in awake(roles_of(other.roles), apart=apart) for other in others if other.id != row.id):
            raise Rejected("nobody would be left", f"this is the last {role} without an end; make another first")


def _stands(row: AccountRow, role: str, *, apart: bool) -> bool:
    return row.state == "active" and row.until is None and role in awake(roles_of(row.roles), apart=apart)
