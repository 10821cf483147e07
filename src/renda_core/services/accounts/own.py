"""What somebody does with their own account: sessions listed and ended, a telephone taken in or away."""

from __future__ import annotations

import datetime as dt

import attrs

from renda_core import compliance
from renda_core.errors import NotFound, Rejected
from renda_core.services.accounts import powers, second, tickets
from renda_core.services.accounts.asking import SESSION
from renda_core.services.accounts.entering import ENROL, open_session, pending
from renda_core.services.accounts.rows import held
from renda_core.store import accounts
from renda_core.store.accounts import roles_of
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class OwnSession:
    """A session as its holder sees it; *id* names it, and opens nothing."""

    id: str
    label: str
    strong: bool
    made_at: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime | None
    this: bool


@attrs.frozen(kw_only=True)
class Confirmed:
    """A telephone that counts from now on: recovery codes and the secret of a new session, each told this once."""

    secret: str = attrs.field(repr=False)
    codes: tuple[str, ...] = attrs.field(repr=False)


async def sessions(reader: Reader, tenant: Tenant, account: str, digest: bytes = b"") -> list[OwnSession]:
    """List the sessions of an account that still open something, the oldest first.

    Args:
        digest: Of the session that asks.
    """
    idle = compliance.of(tenant).idle
    return [
        OwnSession(
            id=row.digest.hex(),
            label=row.label,
            strong=row.strong,
            made_at=row.made_at,
            seen_at=row.seen_at,
            ends_at=row.ends_at,
            this=row.digest == digest,
        )
        for row in await reader.all(accounts.ACCESSES, account_id=account)
        if row.kind == SESSION
        and (row.ends_at is None or row.ends_at > reader.now)
        and reader.now - row.seen_at <= idle
    ]


async def leave(unit: Unit, _: Tenant, account: str, digest: bytes) -> None:
    """Sign out: the session opens nothing any more."""
    await unit.write(accounts.CUT_ACCESS, digest=digest)
    unit.record("account.left", on=account, version=0, rule="entry")


async def end_session(unit: Unit, _: Tenant, account: str, id: str) -> None:
    """End one session of an account, named by its whole id.

    Raises:
        NotFound: The account has none such.
    """
    rows = await unit.all(accounts.ACCESSES, account_id=account)
    found = next((row.digest for row in rows if row.digest.hex() == id and row.kind == SESSION), None)
    if found is None:
        raise NotFound("no such session")
    await unit.write(accounts.CUT_ACCESS, digest=found)
    unit.record("session.ended", on=account, version=0, rule="entry")


async def end_others(unit: Unit, _: Tenant, account: str, digest: bytes) -> int:
    """End every session of an account but the one that asks; give how many."""
    count = await unit.write(accounts.CUT_OTHERS, account_id=account, digest=digest)
    unit.record("sessions.ended", on=account, version=0, rule="entry", count=count)
    return count


async def confirm_totp(
    unit: Unit, tenant: Tenant, account: str, ticket: str, code: str, *, label: str = ""
) -> Confirmed:
    """Let a telephone count from now on; every session ends, and a new one that has shown it is opened.

    Raises:
        Rejected: The code does not fit, or the secret waited too long.
    """
    codes = await second.confirm(unit, tenant, account, ticket, code)
    return Confirmed(secret=await open_session(unit, tenant, account, strong=True, label=label), codes=codes)


async def drop_totp(unit: Unit, tenant: Tenant, account: str, strong: bool) -> None:
    """Take one's own telephone away; every session and token ends.

    Raises:
        Rejected: There is none; the session has not shown a second factor; or the place asks for one.
    """
    row = await held(unit, account)
    said = [] if row.totp else ["there is none"]
    said += [] if strong else ["sign in with it once more first"]
    asked = frozenset(compliance.of(tenant).second_factor.split())
    others = [f for f in await second.factors(unit, row) if f not in ("totp", "recovery")]
    if not others and ("*" in asked or asked & roles_of(row.roles)):
        said.append("a second factor is asked for here; take another in first")
    if said:
        raise Rejected("the telephone stays", *said)
    await second.drop(unit, tenant, row)


async def take_totp(unit: Unit, tenant: Tenant, id: str, seen: int) -> int:
    """Take somebody's lost telephone away, as who grants roles; give the account's new version.

    Where the three administrators are kept apart, whoever resets a password cannot do this as well.

    Raises:
        NotAllowed: The asker does not grant roles, or it is their own.
        Rejected: There is none.
    """
    powers.refuse(tenant, unit.actor, "grant")
    row = await held(unit, id, seen)
    powers.refuse_own(unit.actor, row, "the second factor")
    if row.totp is None:
        raise Rejected("there is nothing to take away", "the account has no telephone")
    return await second.drop(unit, tenant, row)


async def new_codes(unit: Unit, _: Tenant, account: str) -> tuple[str, ...]:
    """Make ten recovery codes in place of those that are left; told this once.

    Raises:
        Rejected: There is no second factor that they could stand in for.
    """
    row = await held(unit, account)
    if not await second.factors(unit, row):
        raise Rejected("there is nothing to recover", "take in a second factor first")
    made = await second.new_codes(unit, account)
    unit.record("account.recovery_codes", on=account, version=row.version, rule="accounts", codes=len(made))
    return made


async def enrol_totp(
    unit: Unit, tenant: Tenant, waiting: str, ticket: str, code: str, *, label: str = ""
) -> tuple[str, tuple[str, ...]]:
    """Take in the telephone that is asked for before a session is opened; give its secret and recovery codes.

    Args:
        waiting: The ticket of the sign-in that waits, *ticket* that of the telephone's secret.

    Raises:
        NotLetIn: It took too long.
        Rejected: The code does not fit, or the secret waited too long; both tickets still hold.
    """
    account = await pending(unit, tenant, ENROL, waiting)
    await tickets.use(unit, ENROL, waiting)
    confirmed = await confirm_totp(unit, tenant, account, ticket, code, label=label)
    return confirmed.secret, confirmed.codes
