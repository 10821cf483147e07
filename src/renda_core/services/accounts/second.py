"""The second factor (双因子): codes of a telephone, each opening once, and recovery codes for when it is lost."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from importlib.util import find_spec
from typing import TYPE_CHECKING

import attrs

from renda_core.domain.codes import ALPHABET
from renda_core.errors import ConfigError, Rejected
from renda_core.services.accounts import tickets
from renda_core.services.accounts.rows import LOGIN_FIELD, end_all, held, save
from renda_core.store import accounts, delegations
from renda_core.store.accounts import AccountRow
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

if TYPE_CHECKING:
    from pyotp import TOTP

TOTP_FIELD = "account.totp"
"""Under which the secrets of telephones are sealed."""
PENDING, RECOVERY = "totp", "recovery"
"""Kinds of tickets: a secret that no code has confirmed yet, and a recovery code."""
WITHIN = dt.timedelta(minutes=15)
"""How long a new secret waits for its first code. U: to install an application and read a picture."""
STEPS = (0, -1, 1)
"""Steps of 30 seconds that a code may be off. Source: RFC 6238 § 5.2: one, for the way and for clocks that differ."""
CODES, GROUPS, GROUP = 10, 4, 4
"""Recovery codes, and how one is written: 31 to the 16th are 7e23, which nobody guesses."""
KEPT = dt.timedelta(days=3650)
"""How long a recovery code holds: as long as an account may."""


@attrs.frozen(kw_only=True)
class Enrolment:
    """A secret for a telephone, told this once, and the ticket that a first code confirms it with."""

    ticket: str = attrs.field(repr=False)
    secret: str = attrs.field(repr=False)
    uri: str = attrs.field(repr=False)


async def factors(reader: Reader, row: AccountRow) -> tuple[str, ...]:
    """Name the second factors that an account has: ``totp``, ``passkey``, and ``recovery`` beside any."""
    keys = await reader.one(delegations.PASSKEYS, account_id=row.id)
    had = (("totp",) if row.totp else ()) + (("passkey",) if keys.n else ())
    return (*had, "recovery") if had else ()


async def begin(unit: Unit, tenant: Tenant, account: str) -> Enrolment:
    """Make a secret for a telephone; it counts from its first code on, and a former one holds until then."""
    import pyotp

    row = await held(unit, account)
    await tickets.cut(unit, PENDING, account)
    secret = pyotp.random_base32()
    login = unit.open_bytes(row.login, LOGIN_FIELD).decode() if row.login else row.name
    uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=tenant.name)
    ticket = await tickets.give(unit, PENDING, lasts=WITHIN, account=account, body={"secret": secret})
    return Enrolment(ticket=ticket, secret=secret, uri=uri)


async def confirm(unit: Unit, _: Tenant, account: str, ticket: str, code: str) -> tuple[str, ...]:
    """Let a secret count from now on; give ten recovery codes, told this once. Every session and token ends.

    Raises:
        Rejected: The code does not fit, or the secret waited too long; nothing has changed.
    """
    row = await held(unit, account)
    found = await tickets.use(unit, PENDING, ticket)
    if found is None or found.account != account:
        raise Rejected("begin anew", "the secret was confirmed already, or waited too long")
    secret = str(found.body["secret"])
    step = _step_of(secret, code, unit.now)
    if step is None:
        raise Rejected(
            "the code does not fit", "look at the clock of the telephone, and enter the code that it shows now"
        )
    after = attrs.evolve(row, totp=unit.seal_bytes(secret.encode(), TOTP_FIELD), totp_step=step)
    await end_all(unit, row)
    await save(unit, row, after, "account.totp_on", codes=CODES)
    return await new_codes(unit, account)


async def drop(unit: Unit, _: Tenant, row: AccountRow) -> int:
    """Take the telephone and its recovery codes away; the caller looked who may. Give the account's new version."""
    for kind in (PENDING, RECOVERY):
        await tickets.cut(unit, kind, row.id)
    await end_all(unit, row)
    return await save(unit, row, attrs.evolve(row, totp=None, totp_step=None), "account.totp_off")


async def new_codes(unit: Unit, account: str) -> tuple[str, ...]:
    """Make recovery codes and tell them, this once; former ones open nothing any more. The caller records it."""
    await tickets.cut(unit, RECOVERY, account)
    made = tuple("".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP)) for _ in range(CODES))
    for code in made:
        await tickets.give(unit, RECOVERY, lasts=KEPT, account=account, secret=_of(account, code))
    return tuple("-".join(code[n : n + GROUP] for n in range(0, len(code), GROUP)) for code in made)


async def shown(unit: Unit, row: AccountRow, text: str) -> str:
    """Take a code of the telephone or a recovery code in; say which it was, empty where it opens nothing.

    A code of the telephone opens once; whoever read it over a shoulder comes too late.
    """
    plain = "".join(c for c in text.upper() if c.isalnum())
    if row.totp and len(plain) == 6 and plain.isdigit():
        step = _step_of(unit.open_bytes(row.totp, TOTP_FIELD).decode(), plain, unit.now)
        used = step is not None and await unit.write_unrecorded(accounts.STEP, id=row.id, step=step)
        return "totp" if used else ""
    if len(plain) != GROUPS * GROUP or not await factors(unit, row):
        return ""
    found = await tickets.use(unit, RECOVERY, _of(row.id, plain))
    return "recovery" if found is not None and found.account == row.id else ""


def _of(account: str, code: str) -> str:
    return f"{account}:{code}"


def _step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """Say which step a code is of, if of any that may open now."""
    made, at = _totp(secret), _totp(secret).timecode(now)
    plain = "".join(c for c in code if c.isalnum())
    fits = [at + off for off in STEPS if plain.isascii() and hmac.compare_digest(made.generate_otp(at + off), plain)]
    return max(fits, default=None)


def _totp(secret: str) -> TOTP:
    if find_spec("pyotp") is None:
        raise ConfigError("codes cannot be checked here", "install it: pip install 'renda[server]'")
    from pyotp import TOTP

    return TOTP(secret)
