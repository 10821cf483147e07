"""Tenants by the thousand: each in a transaction of its own, and taken into the directory many at a time."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from renda_core.catalogue import Catalogue
from renda_core.configuration import TenantFile
from renda_core.domain.case import Actor
from renda_core.errors import ConfigError
from renda_core.footprint import Footprint, footprint
from renda_core.premises.making import enrol, mistakes
from renda_core.premises.places import JOB, Premises
from renda_core.services import tenants
from renda_core.services.hosting import acts
from renda_core.store.directory import DirectoryRow
from renda_core.store.revision import locations
from renda_core.workspace import SETUP

MANY = 100
"""Tenants that are taken into the directory at once: after a fault at most so many are made anew."""
AT_ONCE = 4
"""Tenants that are made at once in a database, over as many connections."""
PART = ".tenant.db.part"


@attrs.frozen(kw_only=True)
class Provisioned:
    """What became of a list of tenants."""

    made: int
    there: int


async def provision(
    premises: Premises,
    files: Sequence[TenantFile],
    catalogue: Catalogue,
    by: Actor = JOB,
    told: Callable[[int], None] = lambda done: None,
) -> Provisioned:
    """Make every tenant that is not there yet; one that is there is left as it is, whatever its configuration.

    Killed at any moment and run again, it completes the list.

    Args:
        told: Is told how many of the list are done.

    Raises:
        ConfigError: A code or an id is another tenant's; then none is made.
        NotFound: There is no operator in whose journal the making would stand.
    """
    await premises.operator()
    known = await premises.look()
    if wrong := [told for file in files for told in mistakes(known, file)]:
        raise ConfigError("no tenant was made", *wrong[:MANY])
    rest = [file for file in files if file.id not in known.entries]
    done = len(files) - len(rest)
    told(done)
    template = None if premises.database else _template(premises, catalogue)
    try:
        for start in range(0, len(rest), MANY):
            piece = rest[start : start + MANY]
            rows = await _made(premises, piece, catalogue, template)
            await enrol(premises, rows, by)
            done += len(piece)
            told(done)
    finally:
        if template is not None:
            template.unlink(missing_ok=True)
    await premises.look()
    return Provisioned(made=len(rest), there=len(files) - len(rest))


async def _made(
    premises: Premises, files: Sequence[TenantFile], catalogue: Catalogue, template: Path | None
) -> list[DirectoryRow]:
    places = asyncio.Semaphore(AT_ONCE)
    touched: dict[frozenset[str], Footprint] = {}

    async def one(file: TenantFile) -> DirectoryRow:
        row = acts.new_entry(file.id, file.code, file.name, file.level, premises.home.now())
        held = touched.get(file.plugins)
        if held is None:
            held = touched[file.plugins] = footprint(catalogue.offers, file.plugins)
        async with places:
            if template is not None:
                _copy(template, premises.home.file(file.code))
            store = await premises.store(row)
            apply = tenants.apply if premises.database else tenants.apply_alone
            n = await store.write(apply, file.id, SETUP, file, held)
        return attrs.evolve(row, configured=n)

    return list(await asyncio.gather(*(one(file) for file in files)))


def _template(premises: Premises, catalogue: Catalogue) -> Path:
    """Make an empty file, of which every tenant's is a copy."""
    from renda_core.store.migrate import create_sqlite  # loads Alembic, which only this needs

    premises.home.keys()
    folder = premises.home.path / "tenants"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PART
    path.unlink(missing_ok=True)
    create_sqlite(path, locations(catalogue.modules.values()))
    return path


def _copy(template: Path, path: Path) -> None:
    """Put a copy in its place when it is whole; one that is there was made by a run that was killed."""
    if not path.exists():
        part = path.with_name(f".{path.name}.part")
        shutil.copyfile(template, part)
        shutil.copymode(template, part)
        os.replace(part, path)
