"""An account as it is stored: its states, and how it is loaded, saved and cut off."""

from __future__ import annotations

from typing import Any

import attrs

from renda_core.errors import NotFound, Stale
from renda_core.services.accounts.asking import ACTIVE, PERSON
from renda_core.store import accounts
from renda_core.store.accounts import AccountRow
from renda_core.store.unit import Reader, Unit

INVITED, SUSPENDED, CLOSED = "invited", "suspended", "closed"
STATES = (INVITED, ACTIVE, SUSPENDED, CLOSED)
INVITATION, RESET = "invitation", "reset"
"""Kinds of tickets that let somebody choose a password; the first one a login name as well."""
LOGIN_FIELD = "account.login"
"""For what login names are hashed and sealed under the tenant's key."""


async def held(reader: Reader, id: str, seen: int | None = None) -> AccountRow:
    """Load a person's account as the asker saw it.

    Raises:
        NotFound: There is none.
        Stale: It was changed since.
    """
    row = await reader.find(accounts.ACCOUNT, id=id)
    if row is None or row.kind != PERSON:
        raise NotFound("no such account")
    if seen is not None and seen != row.version:
        raise Stale("the account was changed meanwhile; load it again", id=id, version=row.version)
    return row


async def save(unit: Unit, row: AccountRow, after: AccountRow, what: str, /, **told: Any) -> int:
    """Store an account over the version it was loaded as, with the entry of the journal; give its new version."""
    version = row.version + 1
    values = {**attrs.asdict(after), "version": version}
    if await unit.write(accounts.CHANGE_ACCOUNT, was=row.version, **values) == 0:
        raise Stale("the account was changed meanwhile; load it again", id=row.id)
    unit.record(what, on=row.id, version=version, rule="accounts", **told)
    return version


async def end_all(unit: Unit, row: AccountRow) -> int:
    """End every session and token of an account, and the tokens of programs under its holder's name."""
    return await unit.write(accounts.CUT_POWERS, account_id=row.id, who=row.person or row.id)
