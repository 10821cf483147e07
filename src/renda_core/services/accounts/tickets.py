"""Tickets (凭条): what is told once, is shown once, and is nothing afterwards: an invitation, a challenge, a way back.

Neither giving nor using one is a fact of the county's: they have no entry of their own in the journal. Whoever invites,
links or signs in records that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

import attrs

from renda_core.store import tickets
from renda_core.store.tickets import TicketRow
from renda_core.store.unit import Reader, Unit

SIZE = 32
"""Random bytes of a ticket: nobody guesses it, so that its hash needs neither salt nor slowness."""
FIELD = "ticket"
"""Under which bodies are sealed."""


@attrs.frozen(kw_only=True)
class Ticket:
    """What a ticket stands for.

    Attributes:
        account: Whose it is; empty for nobody's.
        body: What it was given with.
    """

    kind: str
    account: str
    body: Mapping[str, Any] = attrs.field(repr=False)


def new() -> str:
    """Make the secret of a ticket."""
    return secrets.token_urlsafe(SIZE)


async def give(
    unit: Unit,
    kind: str,
    *,
    lasts: dt.timedelta,
    account: str = "",
    body: Mapping[str, Any] | None = None,
    secret: str = "",
) -> str:
    """Write a ticket and tell its secret, this once; those that ended are cleared away with it.

    Args:
        body: Plain JSON values; kept sealed.
        secret: Where it is not a new one: what nobody could have guessed either.
    """
    told = secret or new()
    await unit.write_unrecorded(tickets.CUT_ENDED, now=unit.now)
    await unit.write_unrecorded(
        tickets.ADD_TICKET,
        digest=_digest(told),
        kind=kind,
        account_id=account or None,
        body=unit.seal_bytes(json.dumps(dict(body or {}), ensure_ascii=False).encode(), FIELD),
        ends_at=unit.now + lasts,
    )
    return told


async def look(reader: Reader, kind: str, secret: str) -> Ticket | None:
    """Say what a ticket stands for, and leave it; None where it is none, or ended."""
    row = await reader.find(tickets.LOOK, digest=_digest(secret), kind=kind)
    return _opened(reader, row)


async def use(unit: Unit, kind: str, secret: str) -> Ticket | None:
    """Take a ticket in: of two who show it at once, one has it; None where it is none, ended, or was shown before."""
    row = await unit.find(tickets.USE, digest=_digest(secret), kind=kind)
    return _opened(unit, row)


async def cut(unit: Unit, kind: str, account: str) -> int:
    """Make every ticket of a kind of an account void; answer how many there were."""
    return await unit.write_unrecorded(tickets.CUT_KIND, kind=kind, account_id=account)


def _opened(reader: Reader, row: TicketRow | None) -> Ticket | None:
    if row is None or row.ends_at <= reader.now:
        return None
    return Ticket(
        kind=row.kind, account=row.account_id or "", body=json.loads(reader.open_bytes(row.body, FIELD).decode())
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
