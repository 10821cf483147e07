"""What the offices may ask for beside single cases: the nightly work at once, who was told what, and the journal."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import NotAllowed
from renda_core.services import dates, jobs, journal, notices
from renda_core.services.accounts import powers
from renda_core.services.paging import PAGE, Page
from renda_core.store.notices import MatterRow, RecipientRow
from renda_core.store.stores import Store
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

OFFICES = frozenset({"office", "overseer"})
"""Who starts jobs by hand."""


@attrs.frozen(kw_only=True)
class JournalEntry:
    """One entry of the journal: who did what to what, by which rule; what is personal is not shown."""

    seq: int
    id: str
    at: dt.datetime
    actor: str
    what: str
    on: str
    version: int
    rule: str
    body: Mapping[str, Any]
    hash: str


def refuse_others(actor: Actor, what: str, *also: str) -> None:
    """Refuse whoever is no office.

    Args:
        also: Roles that may it as well.

    Raises:
        NotAllowed: Naming who may.
    """
    may = OFFICES.union(also)
    if not actor.roles & may:
        raise NotAllowed(f"{what} by {', '.join(sorted(may))}")


async def sweep(store: Store, tenant: Tenant, actor: Actor) -> jobs.Swept:
    """Take every expiry step that is due, now instead of by night; safe to repeat."""
    refuse_others(actor, "jobs are started")
    return await jobs.sweep(store, tenant)


async def look(store: Store, tenant: Tenant, actor: Actor) -> tuple[str, ...]:
    """Let every watch look, now instead of by night; give the cases that were opened."""
    refuse_others(actor, "jobs are started")
    return await store.write(jobs.look, tenant.id, jobs.WATCH, tenant)


async def redate(store: Store, tenant: Tenant, actor: Actor) -> tuple[dates.Redated, ...]:
    """Derive every running due date anew."""
    refuse_others(actor, "jobs are started")
    return await dates.redate(store, tenant)


async def remind(store: Store, tenant: Tenant, actor: Actor) -> notices.Reminded:
    """Send every notice whose date has come, now instead of by night; safe to repeat."""
    refuse_others(actor, "jobs are started")
    return await notices.remind(store, tenant)


async def sent_notices(
    reader: Reader, _: Tenant, actor: Actor, *, after: str = "", size: int = PAGE
) -> Page[MatterRow]:
    """List what people were told, the latest day first, with how many have seen it."""
    refuse_others(actor, "what was told to everybody is read")
    return await notices.matters(reader, after=after, size=size)


async def recipients(
    reader: Reader,
    _: Tenant,
    actor: Actor,
    rule: str,
    matter: str,
    *,
    unseen: bool = False,
    after: str = "",
    size: int = PAGE,
) -> Page[RecipientRow]:
    """List who was told of a matter and when each has seen it, or those only who have not."""
    refuse_others(actor, "who has seen a notice is read")
    return await notices.people(reader, rule, matter, unseen=unseen, after=after, size=size)


async def entries(
    reader: Reader, tenant: Tenant, actor: Actor, *, after: int = 0, size: int = 50
) -> list[JournalEntry]:
    """List entries of the journal in order, from the one after *after*."""
    powers.refuse(tenant, actor, "journal")
    found = []
    for line in await journal.entries(reader, after=after, size=size):
        told = {key: value for key, value in json.loads(line.entry).items() if key != "private"}
        told["at"] = dt.datetime.fromisoformat(told["at"])
        found.append(JournalEntry(seq=line.seq, hash=line.hash.hex(), **told))
    return found


async def verify(reader: Reader, tenant: Tenant, actor: Actor) -> journal.Verified:
    """Recompute the whole chain."""
    powers.refuse(tenant, actor, "journal")
    return await journal.verify(reader)


async def head(reader: Reader, tenant: Tenant, actor: Actor) -> journal.Newest:
    """Give the end of the chain, to be kept elsewhere and compared later."""
    powers.refuse(tenant, actor, "journal")
    return await journal.head(reader)
