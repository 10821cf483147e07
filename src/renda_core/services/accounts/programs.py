"""Tokens of programs (令牌), as administrators give them out and take them back."""

from __future__ import annotations

import datetime as dt

import attrs

from renda_core.domain.accounts import THREE
from renda_core.domain.case import Actor
from renda_core.domain.names import names
from renda_core.errors import Invalid, Rejected
from renda_core.services import lookups
from renda_core.services.accounts import issuing, powers
from renda_core.services.paging import check_texts
from renda_core.store.accounts import TokenRow
from renda_core.store.codec import new_id
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

LONGEST_LABEL = 100


@attrs.frozen(kw_only=True)
class NewToken:
    """A token that is to be made.

    Attributes:
        label: What it is for; no personal data.
        person: Under whose id the journal names it; by default somebody new, so that two tokens are told apart.
        scopes: Permissions that it is limited to; empty for all that its roles open.
        until: The last day on which it opens anything; None for no end.
    """

    label: str = ""
    roles: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    unit: str = ""
    person: str = ""
    scopes: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    until: dt.date | None = None


async def give(unit: Unit, tenant: Tenant, new: NewToken) -> tuple[str, str]:
    """Make a token; give its secret, told this once, and whose id the journal names it by.

    Raises:
        NotAllowed: The asker gives out no tokens, or means to act by it in their own name with other roles.
        Rejected: A program cannot have these roles.
    """
    powers.refuse(tenant, unit.actor, "tokens")
    check_texts(label=new.label)
    if len(new.label) > LONGEST_LABEL:
        raise Invalid(f"label: at most {LONGEST_LABEL} characters", field="label")
    if new.until is not None and new.until < tenant.today:
        raise Invalid("until: that day is over", field="until")
    known = await lookups.named(unit, [id for id in (new.person, new.unit) if id])
    for field in ("person", "unit"):
        if (id := getattr(new, field)) and id not in known:
            raise Invalid(f"{field}: the roster has none of this id", field=field)
    if held := sorted(new.roles & THREE):
        raise Rejected("these roles cannot be given", f"{', '.join(held)}: of people only, never of a program")
    await powers.refuse_roles(unit, tenant, new.roles, ())
    holder = Actor(id=new.person or new_id(), roles=new.roles, unit=new.unit)
    secret = await issuing.give_token(unit, tenant, holder, label=new.label, scopes=sorted(new.scopes), until=new.until)
    return secret, holder.id


async def tokens(reader: Reader, tenant: Tenant, actor: Actor) -> list[TokenRow]:
    """List the tokens, the oldest first.

    Raises:
        NotAllowed: The asker does not look after accounts.
    """
    powers.refuse(tenant, actor, "see")
    return await issuing.tokens(reader, tenant)


async def take_back(unit: Unit, tenant: Tenant, beginning: str) -> str:
    """Take a token back, named by how its hash begins; give the whole hash.

    Raises:
        NotAllowed: The asker gives out no tokens.
        NotFound: None, or several, begin so.
    """
    powers.refuse(tenant, unit.actor, "tokens")
    return await issuing.take_back(unit, tenant, beginning)
