"""Passkeys (通行密钥): a device, or a key on a chain, that signs in its holder after a finger, a face or a PIN.

What a device says is checked by whoever speaks to it (see the server's ``entry``); here is what is kept of it, and what
follows. A challenge is taken in by a transaction of its own, before anything is checked: whatever comes of the answer,
there is no second one to it.

Source: W3C Web Authentication Level 3 §§ 7.1, 7.2; there are two things shown, what one has and what one knows or is,
where the device verified its user.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotFound, NotLetIn, Rejected
from renda_core.services.accounts import entering, tickets
from renda_core.services.accounts.entering import SECOND, Step
from renda_core.services.accounts.tickets import Ticket
from renda_core.store import accounts, passkeys
from renda_core.store.columns import NOBODY
from renda_core.store.passkeys import PasskeyRow
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

CHALLENGE = "passkey"
"""The kind of a ticket that is a challenge."""
LASTS = dt.timedelta(minutes=5)
"""How long a challenge waits for its answer. Source: W3C Web Authentication Level 3 § 15.1: five to ten minutes."""
MOST = 20
"""Passkeys of one account. U: nobody has so many devices."""
LONGEST = 60
"""Characters of the name that somebody gives a passkey."""
UNKNOWN = "this passkey opens nothing here"


@attrs.frozen(kw_only=True)
class NewPasskey:
    """What a device made, after it was checked."""

    credential: bytes
    public_key: bytes = attrs.field(repr=False)
    count: int
    label: str


Check = Callable[[PasskeyRow], int]
"""Checks what a device answered against the passkey that it says it has, and gives its count; raises otherwise."""


async def challenge(unit: Unit, _: Tenant, *, account: str = "") -> str:
    """Make a challenge, base64url; for an account where it is to make a new passkey, for nobody where it signs in."""
    return await tickets.give(unit, CHALLENGE, lasts=LASTS, account=account)


async def take(unit: Unit, _: Tenant, challenge: str) -> Ticket | None:
    """Take a challenge in, once; None where it is none, ended, or was answered before."""
    return await tickets.use(unit, CHALLENGE, challenge)


async def of(reader: Reader, _: Tenant, account: str) -> list[PasskeyRow]:
    """List an account's passkeys, the oldest first."""
    return await reader.all(passkeys.PASSKEYS, account_id=account)


async def add(unit: Unit, tenant: Tenant, account: str, new: NewPasskey) -> None:
    """Keep a passkey that was made for an account.

    Raises:
        Invalid: Its name is empty or too long.
        Rejected: The device is known already, or the account has too many.
    """
    label = new.label.strip()
    if not label or len(label) > LONGEST:
        raise Invalid(f"label: give the passkey a name of 1 to {LONGEST} characters", field="label")
    if len(await of(unit, tenant, account)) >= MOST:
        raise Rejected("the passkey is not kept", f"an account has {MOST} at most; remove one first")
    if await unit.find(passkeys.PASSKEY, credential=new.credential) is not None:
        raise Rejected("the passkey is not kept", "this device is known already")
    await unit.write(
        passkeys.ADD_PASSKEY,
        credential=new.credential,
        account_id=account,
        public_key=new.public_key,
        count=new.count,
        label=label,
        made_at=unit.now,
        used_at=None,
    )
    unit.record("passkey.added", on=account, version=0, rule="passkey", credential=_named(new.credential))


async def remove(unit: Unit, _: Tenant, account: str, credential: bytes) -> None:
    """Take a passkey of an account away; it opens nothing from then on.

    Raises:
        NotFound: The account has none such.
    """
    row = await unit.find(passkeys.PASSKEY, credential=credential)
    if row is None or row.account_id != account:
        raise NotFound("the account has no such passkey")
    await unit.write(passkeys.CUT_PASSKEY, credential=credential)
    unit.record("passkey.removed", on=account, version=0, rule="passkey", credential=_named(credential))


async def enter(unit: Unit, tenant: Tenant, credential: bytes, check: Check, *, label: str = "") -> Step | None:
    """Sign in whose passkey was shown; or None where its count says that there are two of what there should be one of.

    That is recorded, and nobody is let in.

    Raises:
        NotLetIn: There is no such passkey here, or its account opens nothing; or what *check* raises.
    """
    account = await _shown(unit, credential, check, "")
    return await entering.proceed(unit, tenant, account, strong=True, label=label) if account else None


async def enter_second(
    unit: Unit, tenant: Tenant, ticket: str, credential: bytes, check: Check, *, label: str = ""
) -> Step | None:
    """Go on with a sign-in that waits for a second factor, as :func:`enter`; the passkey is of the same account.

    Raises:
        NotLetIn: It is another's, or it took too long.
    """
    account = await entering.pending(unit, tenant, SECOND, ticket)
    if await _shown(unit, credential, check, account) is None:
        return None
    return await entering.shown_second(unit, tenant, SECOND, ticket, label=label)


async def _shown(unit: Unit, credential: bytes, check: Check, whose: str) -> str | None:
    """Say whose passkey was shown, and note it; None, and an entry of the journal, where its count did not grow."""
    row = await unit.find(passkeys.PASSKEY, credential=credential)
    account = await unit.find(accounts.ACCOUNT, id=row.account_id if row else NOBODY)
    if row is None or account is None or whose not in ("", account.id):
        raise NotLetIn(UNKNOWN)
    count = check(row)
    unit.actor = Actor(id=account.person or account.id)
    if (count or row.count) and count <= row.count:
        told: dict[str, Any] = {"credential": _named(credential), "count": count, "known": row.count}
        unit.record("passkey.refused", on=account.id, version=0, rule="passkey", **told)
        return None
    await unit.write(passkeys.USED, credential=credential, new_count=count, now=unit.now)
    return account.id


def _named(credential: bytes) -> str:
    """Name a passkey in the journal, by how it begins."""
    return credential.hex()[:16]
