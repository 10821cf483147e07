"""Changing keys for every tenant of a service: each is sealed anew, and a key goes only when none needs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import attrs

from renda_core import compliance, holidays
from renda_core.catalogue import Catalogue
from renda_core.errors import ConfigError, NotFound, Rejected
from renda_core.objects import Objects
from renda_core.premises.places import Premises
from renda_core.services import contents, tenants
from renda_core.services.privacy import rotating
from renda_core.services.privacy.rotating import Rotated, Told
from renda_core.store import ring
from renda_core.store.directory import DirectoryRow
from renda_core.store.keys import Keys
from renda_core.store.stores import Store
from renda_core.tenancy import Tenant
from renda_core.workspace import ZONE

CONTENTS = "attachment (content)"
"""What the content of attached files, which lies outside the database, is called among the places."""
PATIENCE = 60.0
"""Seconds that a rotation waits for the newest key's moment; one that is later is for somebody to come back to."""


async def entries(premises: Premises) -> tuple[DirectoryRow, ...]:
    """List every tenant whose data are sealed with these keys, whatever its state.

    Raises:
        ConfigError: A file of the home cannot be opened, so that nobody knows what it needs.
    """
    known = await premises.look()
    if not premises.database and (lost := sorted(set(premises.home.codes()) - set(known.codes))):
        raise ConfigError("not every tenant can be looked at", *(f"{code}: renda doctor" for code in lost))
    return tuple(sorted(known.entries.values(), key=lambda row: row.code))


async def opened(premises: Premises, entry: DirectoryRow) -> tuple[Store, Tenant]:
    """Open one tenant with its practices, and let its keys know the suite it asks for.

    Raises:
        NotFound: It has no configuration.
    """
    store = await premises.store(entry)
    held = await store.read(tenants.in_force, entry.id)
    if held is None:
        raise NotFound(f"tenant {entry.code} has no configuration")
    today = premises.home.now().astimezone(ZONE).date()
    tenant = held.file.reopen(Catalogue.installed(), holidays.calendar(), today, held.footprint)
    store.keys.use(entry.id, compliance.of(tenant).suite)
    return store, tenant


async def rotate(
    premises: Premises, files: Objects, code: str = "", progress: Told | None = None
) -> AsyncIterator[tuple[str, Rotated]]:
    """Seal one tenant, or all, under the newest key and each tenant's own suite, attached files too.

    Raises:
        Rejected: The newest key's moment is far off.
    """
    chosen = ((await premises.look()).of_code(code),) if code else await entries(premises)
    await settled(premises.home.keys())
    for entry in chosen:
        store, tenant = await opened(premises, entry)
        done = await rotating.rotate(store, tenant, progress)
        if renewed := await contents.renew_all(store, files, tenant):
            done = attrs.evolve(done, places={**done.places, CONTENTS: renewed})
        yield entry.code, done


async def settled(keys: Keys, clock: float | None = None) -> None:
    """Wait until the newest key seals, so that nothing is sealed under the one before it any more.

    Raises:
        Rejected: That is not soon.
    """
    newest = max(keys.ring.values(), key=lambda key: key.id)
    wait = newest.since - (keys.now() if clock is None else clock)
    if wait > PATIENCE:
        raise Rejected("nothing was sealed anew", f"key {newest.id} seals only in {wait:.0f} seconds; come back then")
    if wait > 0:
        await asyncio.sleep(wait)


async def needed(premises: Premises) -> Mapping[str, Mapping[int, Mapping[str, int]]]:
    """Count, by tenant, key and place, what stands under each key."""
    found = {}
    for entry in await entries(premises):
        store = await premises.store(entry)
        found[entry.code] = await store.read(rotating.needs, entry.id)
    return found


@attrs.frozen(kw_only=True)
class Retired:
    """A key that was taken out, where it lies now, and what was given up with it, by tenant and place."""

    key: int
    file: Path
    forgotten: Mapping[str, Mapping[str, int]]


async def retire(premises: Premises, files: Objects, id: int, *, forget: bool = False) -> Retired:
    """Take a key out of use once no tenant needs it; it is laid beside, for backups that were made while it was.

    Args:
        forget: Whether voters' codes, and links to other providers, that only this key knows may be given up.

    Raises:
        Rejected: Something needs it still, or it is the newest.
        ConfigError: A tenant could not be looked at.
    """
    path = premises.home.key
    ring.refuse_drop(path, id)
    every = await entries(premises)
    reasons: list[str] = []
    for entry in every:
        store = await premises.store(entry)
        try:
            await store.read(rotating.refuse_needed, entry.id, id, forget=forget)
        except Rejected as refused:
            reasons += [f"{entry.code} {reason}" for reason in refused.reasons]
        if left := await contents.under(store, files, entry.id, id):
            reasons.append(f"{entry.code} {CONTENTS}: {left}")
    if reasons:
        raise Rejected(f"key {id} is needed still; seal anew: renda keys rotate", *reasons)
    forgotten = {}
    for entry in every:
        store = await premises.store(entry)
        if gone := await store.write(rotating.forget_hashes, entry.id, rotating.KEYS, id, every=forget):
            forgotten[entry.code] = gone
    return Retired(key=id, file=ring.drop(path, id), forgotten=forgotten)
