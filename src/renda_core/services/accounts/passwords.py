"""Passwords (口令), hashed with Argon2id; the work is done outside every transaction, and for unknown names as well."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from renda_core import compliance
from renda_core.domain.passwords import plain, weaknesses
from renda_core.errors import ConfigError, Rejected
from renda_core.tenancy import Tenant

if TYPE_CHECKING:
    from pwdlib import PasswordHash

P = ParamSpec("P")
T = TypeVar("T")
PASSES, KIB, LANES = 2, 19_456, 1
"""Of Argon2id. Source: OWASP Password Storage Cheat Sheet (m=19456, t=2, p=1), on RFC 9106."""


def hashed(password: str) -> str:
    """Hash a password; slow on purpose."""
    return _hasher().hash(plain(password))


def verify(password: str, stored: str | None) -> tuple[bool, str]:
    """Compare a password with a hash, as slowly where there is none.

    Returns:
        Whether it is right; and a new hash, where it is and the stored one was made with other parameters.
    """
    decoy = _decoy()
    right, made = _hasher().verify_and_update(plain(password), stored or decoy)
    return right and stored is not None, made or ""


def refuse_weak(tenant: Tenant, password: str, about: Iterable[str]) -> None:
    """Refuse a password that is too easily guessed here.

    Args:
        about: What everybody knows of its holder.

    Raises:
        Rejected: With every reason.
    """
    known = (*about, tenant.name, tenant.code)
    if said := weaknesses(password, shortest=compliance.of(tenant).password_length, about=known):
        raise Rejected("this password is too easily guessed", *said)


def expired(tenant: Tenant, set_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether a password is too old here; one of unknown age is, where any age is too much."""
    days = compliance.of(tenant).password_days
    return bool(days) and (set_at is None or now - set_at > dt.timedelta(days=days))


async def aside(work: Callable[P, T], *args: P.args, **rest: P.kwargs) -> T:
    """Do slow work in a thread where others wait for the loop; at once where there is none."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work(*args, **rest)
    return await asyncio.to_thread(work, *args, **rest)


@cache
def _hasher() -> PasswordHash:
    if find_spec("pwdlib") is None:
        raise ConfigError("passwords cannot be checked here", "install it: pip install 'renda[server]'")
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=KIB, parallelism=LANES),))


@cache
def _decoy() -> str:
    """Make, once, the hash that a password is compared with where there is none."""
    return _hasher().hash(secrets.token_hex())
