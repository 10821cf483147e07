"""Bring a tenant in from a file: all of it in one transaction, compared with the file before anything is kept."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, Invalid, Misuse, Taken
from renda_core.services import journal
from renda_core.services.moving.contents import Contents
from renda_core.services.moving.keying import refuse_other_keys
from renda_core.services.moving.leaving import Told
from renda_core.services.moving.verifying import check
from renda_core.store.archive import layout as layouts
from renda_core.store.archive import rows
from renda_core.store.archive.file import Manifest, Opened, TablePart
from renda_core.store.archive.layout import Layout
from renda_core.store.archive.rows import Putting, Tally
from renda_core.store.chaining import START
from renda_core.store.keys import Keys
from renda_core.store.sqlite import SqliteStore
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit

IMPORTED = "tenant.imported"
CHAIN = frozenset({"journal", "journal_head"})
"""Tables that are longer, once a tenant was brought in, by the entry that tells of it."""


def count(store: Store, tenant: str) -> dict[str, Tally]:
    """Count and hash every table of a tenant: equal tenants have equal counts, wherever they live."""
    return store.run(store.read(_count, tenant))


async def _count(reader: Reader) -> dict[str, Tally]:
    await rows.snapshot(reader)
    return {layout.name: await rows.tally(reader, layout) for layout in (await layouts.find(reader.link)).tables}


def arrived(store: Store, manifest: Manifest) -> bool | None:
    """Tell whether a tenant is here as an archive has it, with the one entry more that tells of its coming.

    Returns:
        None where nothing of it is here, False where it is here in another state.
    """
    held = count(store, manifest.tenant.id)
    if not any(tally.rows for tally in held.values()):
        return None
    wanted = {part.name: part.tally for part in manifest.tables if part.name not in CHAIN}
    same = all(held.get(name) == tally for name, tally in wanted.items())
    return same and store.run(store.read(_follows, manifest.tenant.id, manifest))


async def _follows(reader: Reader, manifest: Manifest) -> bool:
    """Tell whether the journal here is the archive's and one entry more."""
    head = await reader.one(journal.HEAD)
    lines = await journal.entries(reader, after=manifest.seq - 1, size=1)
    last = lines[0].hash.hex() if manifest.seq and lines else START.hex()
    return head.seq == manifest.seq + 1 and last == manifest.head


def bring_in(
    store: Store,
    path: Path,
    *,
    by: Actor,
    contents: Contents | None = None,
    rows_only: bool = False,
    what: str = IMPORTED,
    body: dict[str, Any] | None = None,
    told: Told | None = None,
) -> Manifest:
    """Bring a whole tenant in from a file, to tables that are there already.

    Nothing of it is seen before all of it is kept; killed at any moment, nothing of it is there. Its journal gets one
    entry, *what*, which names the archive.

    Args:
        contents: Where the contents of its files are put.
        rows_only: Take an archive without them, for they lie in the store of files already.
        what: The name of that entry, and *body* what else it says.

    Raises:
        Invalid: The archive is damaged, or was made by another renda.
        ConfigError: The tables here are others, or what is sealed in it would not open here.
        Taken: The tenant is here already.
    """
    with Opened(path) as opened:
        check(opened)
        manifest = opened.manifest
        if manifest.rows_only and not rows_only:
            raise Invalid(f"{path} was written for a move, without the contents of files; export the tenant anew")
        if manifest.objects and contents is None:
            told_ = f"{len(manifest.objects)} files in it have contents; name the store of files in RENDA_FILES"
            raise ConfigError("nothing was brought in", told_)
        store.run(store.read(_refuse, manifest.tenant.id, manifest))
        for file in manifest.objects:  # before the rows that name them; of a try that fails they are replaced next time
            if contents is not None:
                contents.write(file.name, opened.object(file))
        work = store.write(_put_in, manifest.tenant.id, by, opened, what, body or {}, told)
        store.run(work)
        return manifest


async def _refuse(reader: Reader, manifest: Manifest) -> None:
    found = await layouts.find(reader.link)
    _compare(found, manifest)
    refuse_other_keys(reader.link.keys, manifest.tenant.id, manifest.keys)
    await _refuse_held(reader, found.tables)


async def _refuse_held(reader: Reader, found: Iterable[Layout]) -> None:
    for layout in found:
        if await rows.count(reader, layout):
            raise Taken("this tenant is here already; nothing was brought in")


def _compare(found: layouts.Layouts, manifest: Manifest) -> None:
    """Refuse an archive of other tables than those here, telling which is the older."""
    if found.revisions != manifest.revisions:
        here, there = " ".join(found.revisions), " ".join(manifest.revisions)
        remedy = "bring both places to the same release of renda, with the same practices, and export it again"
        raise ConfigError("the archive has other tables", f"it was made at {there}, here are {here}; {remedy}")
    here_ = {layout.name: (layout.fields, layout.key) for layout in found.tables}
    there_ = {part.name: (part.fields, part.key) for part in manifest.tables}
    if other := sorted(name for name in {*here_, *there_} if here_.get(name) != there_.get(name)):
        raise ConfigError("the archive has other tables", f"of the same name, but not the same: {', '.join(other)}")


async def _put_in(unit: Unit, opened: Opened, what: str, body: dict[str, Any], told: Told | None) -> None:
    manifest = opened.manifest
    parts = {part.name: part for part in manifest.tables}
    found = await layouts.find(unit.link)
    _compare(found, manifest)
    await _refuse_held(unit, found.tables)
    for layout in found.tables:
        await _fill(unit, layout, opened, parts[layout.name])
        if told:
            told(layout.name, parts[layout.name].tally.rows)
    for layout in found.tables:  # what is kept is compared, and not what was sent
        if await rows.tally(unit, layout) != parts[layout.name].tally:
            raise Invalid(f"the rows of {layout.name} are not here as they are in the archive; nothing was kept")
    unit.record(what, on=unit.tenant, version=0, rule="operator", archive=manifest.digest, rows=manifest.rows, **body)


async def _fill(unit: Unit, layout: Layout, opened: Opened, part: TablePart) -> None:
    putting = Putting(unit, layout)
    for text in opened.lines(part):
        await putting.add(text)
    if putting.again:
        for text in opened.lines(part):
            await putting.tie(text)


def bring_in_file(
    path: Path,
    target: Path,
    *,
    by: Actor,
    keys: Keys,
    now: Callable[[], dt.datetime],
    plugin_locations: Iterable[Path] = (),
    contents: Contents | None = None,
    told: Told | None = None,
) -> Manifest:
    """Bring a whole tenant in from an archive as an embedded file of its own, which appears once it is whole.

    Args:
        target: The file to be made, e.g. ``Home.file(code)``.

    Raises:
        Taken: The file is there already.
    """
    from renda_core.store.migrate import create_sqlite  # loads Alembic, which only this needs

    if target.exists():
        raise Taken(f"{target} is here already; nothing was brought in")
    part = target.with_name(f".{target.name}.part")  # of a try that was killed: nobody takes it for a tenant's file
    _remove(part)
    store: SqliteStore | None = None
    try:
        with Opened(path) as opened:
            refuse_other_keys(keys, opened.manifest.tenant.id, opened.manifest.keys)
        create_sqlite(part, plugin_locations)
        with warnings.catch_warnings():  # of what may happen to a file that several processes write
            warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
            store = SqliteStore(part, keys=keys, now=now)
        manifest = bring_in(store, path, by=by, contents=contents, told=told)
        store.close()
        _settle(part)
        os.link(part, target)  # fails where somebody else has made it meanwhile
        _sync(target.parent)
    except FileExistsError:
        raise Taken(f"{target} is here already; nothing was brought in") from None
    finally:
        if store is not None:
            store.close()
        _remove(part)
    return manifest


def _settle(part: Path) -> None:
    """Put what lies in the journal beside the file into the file itself, and all of it onto the disk."""
    raw = sqlite3.connect(part, isolation_level=None)
    try:
        busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Misuse(f"{part} is in use by somebody else")
    finally:
        raw.close()
    _sync(part)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(part: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        part.with_name(part.name + suffix).unlink(missing_ok=True)
