"""Make tenants where they are to live, and the operator's own with which a directory begins."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from renda_core.catalogue import Catalogue
from renda_core.configuration import TenantFile
from renda_core.domain.calendar import Calendar
from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, NotFound, Rejected, Taken
from renda_core.footprint import Footprint, footprint
from renda_core.premises.places import JOB, Premises
from renda_core.services import journal, tenants
from renda_core.services.accounts import first
from renda_core.services.accounts.people import DAYS, Invited, NewAccount
from renda_core.services.hosting import acts, founding
from renda_core.services.hosting.directory import Directory
from renda_core.services.hosting.naming import code_mistakes, id_mistakes
from renda_core.services.journal import Head
from renda_core.store.codec import new_id
from renda_core.store.directory import DirectoryRow
from renda_core.store.revision import locations
from renda_core.store.stores import Store
from renda_core.workspace import SETUP


def mistakes(known: Directory, file: TenantFile) -> list[str]:
    """Say what is wrong with a tenant beside those that are there: a code and an id belong together, for good."""
    if wrong := code_mistakes(file.code, file.path) + id_mistakes(file.id, file.path):
        return wrong
    other = known.codes.get(file.code)
    if other is not None and other != file.id:
        return [f"{file.path}: code = {file.code!r} belongs to tenant {other} here; choose another code"]
    held = known.entries.get(file.id)
    if held is not None and held.code != file.code:
        return [f"{file.path}: id = {file.id} is tenant {held.code!r} here; its code stays as it is"]
    return []


async def make(
    premises: Premises, file: TenantFile, catalogue: Catalogue, actor: Actor = SETUP, by: Actor = JOB
) -> tuple[str, int]:
    """Make a tenant that a checked file describes, or bring it up to the file; the same twice changes nothing.

    A process that was killed in between has made a tenant that nobody is served by; doing it again completes it.

    Args:
        actor: Who applies the configuration; *by* who, of the operator's people, makes the tenant.

    Returns:
        ``new``, ``changed`` or ``same``, and the version in force.

    Raises:
        ConfigError: Its code or its id is another's, or is none.
        Taken: Somebody else is making a tenant of this code.
    """
    known = await premises.look()
    if wrong := mistakes(known, file):
        raise ConfigError("nothing was applied", *wrong)
    touched = footprint(catalogue.offers, file.plugins)
    entry = known.entries.get(file.id)
    store = await (premises.store(entry) if entry else _ground(premises, file, catalogue))
    before = await store.read(tenants.configuration, file.id)
    if entry is None and premises.database and known.operator is None:
        n = (await store.write(tenants.bring_up, file.id, SETUP, file, touched, True)).version
    else:
        apply = tenants.apply if premises.database or (entry and entry.silo) else tenants.apply_alone
        n = await store.write(apply, file.id, actor, file, touched)
    if entry is None and known.operator is not None:
        row = acts.new_entry(file.id, file.code, file.name, file.level, premises.home.now(), configured=n)
        await enrol(premises, [row], by)
    await premises.look()
    return ("new" if before is None else "same" if before == file else "changed"), n


async def enrol(premises: Premises, rows: list[DirectoryRow], by: Actor) -> None:
    """Put made tenants into the directory, so that they are served."""
    store, operator = await premises.operator()
    await store.write(acts.take_in, operator.id, by, operator, rows)


async def _ground(premises: Premises, file: TenantFile, catalogue: Catalogue) -> Store:
    """Give the store in which a new tenant is to be made."""
    if premises.database:
        return await premises.main()
    from renda_core.store.migrate import create_sqlite  # loads Alembic, which only this needs

    premises.home.keys()
    create_sqlite(premises.home.file(file.code), locations(catalogue.modules.values()))
    return await premises.store(acts.new_entry(file.id, file.code, file.name, file.level, premises.home.now()))


async def found(premises: Premises, file: TenantFile, catalogue: Catalogue, by: Actor) -> None:
    """Make the operator's own tenant, and with it the directory, with the tenants that are there already.

    Raises:
        Taken: There is an operator already.
        ConfigError: Its code is another tenant's.
    """
    known = await premises.look()
    if known.operator is not None:
        raise Taken(f"this service has an operator already: {known.operator.code}")
    if wrong := mistakes(known, file):
        raise ConfigError("no operator was made", *wrong)
    touched = footprint(catalogue.offers, file.plugins)
    if premises.database:
        await (await premises.main()).write(founding.found, file.id, by, file, touched)
    else:
        await _found_file(premises, file, catalogue, touched, by, known.entries.values())
    premises.known = None
    await premises.look()


async def _found_file(
    premises: Premises,
    file: TenantFile,
    catalogue: Catalogue,
    touched: Footprint,
    by: Actor,
    others: Iterable[DirectoryRow],
) -> None:
    """Make the file beside, and put it in its place when it is whole: an empty directory would serve nobody."""
    from renda_core.store.migrate import create_sqlite

    place = premises.home.operator
    premises.home.keys()
    part = place.with_name(f".operator-{new_id()}.db.part")
    create_sqlite(part, locations(catalogue.modules.values()))
    store = premises.at(part)
    try:
        await store.write(founding.found, file.id, by, file, touched, others)
    finally:
        store.close()
    try:
        os.link(part, place)  # fails where somebody else has made one meanwhile
    except FileExistsError:
        raise Taken("this service has an operator already") from None
    finally:
        _cut(part)


def _cut(file: Path) -> None:
    """Delete a SQLite file with what lies beside it."""
    for end in ("", "-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)


async def appoint(premises: Premises, id: str, actor: Actor, new: NewAccount, days: int = DAYS) -> Invited:
    """Invite a tenant's first administrator, whom nobody there can invite.

    Args:
        actor: Who, of the operator's people, does it.

    Raises:
        Taken: Somebody there looks after the accounts already.
        Invalid, Rejected: The account cannot be made so.
    """
    entry = (await premises.look()).one(id)
    store = await premises.store(entry)
    held = await store.read(tenants.in_force, id)
    if held is None:
        raise NotFound("no such tenant")
    tenant = held.file.open(Catalogue.installed(), Calendar(), premises.home.now().date())
    return await store.write(first.appoint, id, actor, tenant, new, days)


async def due(premises: Premises, id: str) -> DirectoryRow:
    """Give a tenant whose data may be deleted now.

    Raises:
        Rejected: Its day has not come, or nobody has its data.
    """
    store, operator = await premises.operator()
    return await store.read(acts.due, operator.id, operator, id)


async def same(premises: Premises, file: TenantFile) -> bool:
    """Tell whether a tenant is there already exactly as a file describes it."""
    entry = (await premises.look()).entries.get(file.id)
    return entry is not None and await (await premises.store(entry)).read(tenants.configuration, file.id) == file


async def last_entry(premises: Premises, entry: DirectoryRow) -> Head | None:
    """Say where a tenant's journal ends in the database that it is served from; None where its data are deleted.

    Whoever deletes compares it with the database that they were given: it might be another.
    """
    return await (await premises.store(entry)).read(journal.find_head, entry.id)


async def forget(premises: Premises, id: str, by: Actor) -> None:
    """Take a tenant out of the directory, whose rows are deleted; of a SQLite file nothing is left.

    Raises:
        Rejected: Its day has not come, or nobody has its data; or they are there still.
    """
    entry = await due(premises, id)
    if (premises.database or entry.silo) and await last_entry(premises, entry) is not None:
        raise Rejected(f"{entry.code} stays in the directory", "its data are there still; delete them first")
    if not premises.database and not entry.silo:
        await premises.close()
        _cut(premises.home.file(entry.code))
    store, operator = await premises.operator()
    await store.write(acts.forget, operator.id, by, operator, id)
    await premises.look()
