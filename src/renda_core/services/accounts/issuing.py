"""Give out sessions and tokens, and take them back: each is a row by the hash of its secret, which is told once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from renda_core.domain.case import Actor
from renda_core.errors import NotFound
from renda_core.services.accounts import passes
from renda_core.services.accounts.asking import ACTIVE, PROGRAM, TOKEN
from renda_core.store import accounts
from renda_core.store.accounts import TokenRow
from renda_core.store.codec import new_id
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

SHORTEST = 8
"""Characters of a hash that name a token."""


async def issue(
    unit: Unit,
    account: str,
    *,
    by: str,
    label: str = "",
    scopes: Iterable[str] = (),
    strong: bool = False,
    ends_at: dt.datetime | None = None,
) -> str:
    """Write a session or a token of an account and give its secret; the caller records why."""
    secret = passes.new(unit.tenant)
    await unit.write(
        accounts.ADD_ACCESS,
        digest=passes.digest_of(secret),
        account_id=account,
        kind=by,
        scopes=" ".join(sorted(scopes)),
        label=label,
        strong=strong,
        made_at=unit.now,
        seen_at=unit.now,
        ends_at=ends_at,
    )
    return secret


async def give_token(
    unit: Unit,
    _: Tenant,
    holder: Actor,
    *,
    label: str = "",
    scopes: Iterable[str] = (),
    until: dt.date | None = None,
) -> str:
    """Make an account for a program that acts as *holder*, and give the token that opens it: told this once.

    Args:
        until: The last day on which it opens anything.
    """
    id, limits = new_id(), tuple(scopes)
    await unit.write(
        accounts.ADD_ACCOUNT,
        id=id,
        kind=PROGRAM,
        name=label,
        login_key=None,
        login=None,
        person=holder.id,
        unit=holder.unit or None,
        roles=" ".join(sorted(holder.roles)),
        state=ACTIVE,
        password=None,
        password_at=None,
        totp=None,
        totp_step=None,
        stands_in=False,
        until=until,
        made_at=unit.now,
        version=0,
    )
    secret = await issue(unit, id, by=TOKEN, label=label, scopes=limits, strong=True)
    day = until.isoformat() if until else None
    unit.record(
        "token.given",
        on=id,
        version=0,
        rule="token",
        holder=holder.id,
        roles=sorted(holder.roles),
        scopes=[*limits],
        until=day,
    )
    return secret


async def tokens(reader: Reader, _: Tenant) -> list[TokenRow]:
    """List the tokens, the oldest first."""
    return await reader.all(accounts.TOKENS)


async def take_back(unit: Unit, tenant: Tenant, beginning: str) -> str:
    """Take one token back, named by how its hash begins; it opens nothing from then on. Give the whole hash.

    Raises:
        NotFound: None, or several, begin so; or too little was given.
    """
    wanted = beginning.lower()
    found = [row for row in await tokens(unit, tenant) if row.digest.hex().startswith(wanted)]
    if len(wanted) < SHORTEST or len(found) != 1:
        count = len(found) if len(wanted) >= SHORTEST else 0
        raise NotFound(f"{count} tokens begin with {beginning!r}; list them: renda token list TENANT")
    await unit.write(accounts.CUT_ACCESS, digest=found[0].digest)
    unit.record("token.taken_back", on=found[0].account_id, version=0, rule="token")
    return found[0].digest.hex()
