"""A PostgreSQL that many tenants share: who we are to it, and whether it keeps them apart."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from renda_core.catalogue import Catalogue
from renda_core.configuration import TenantFile, read_folder
from renda_core.doctor.findings import Finding, note, ok, wrong
from renda_core.doctor.homes import missing, untold
from renda_core.domain.calendar import Calendar
from renda_core.errors import ConfigError
from renda_core.footprint import Touched
from renda_core.store.codec import decode
from renda_core.store.revision import NEWEST

PATIENCE = 5
"""Seconds to wait for a connection."""


def database(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the database that ``RENDA_DATABASE`` names; nothing to look at without it."""
    dsn, folder = environ.get("RENDA_DATABASE", ""), environ.get("RENDA_TENANTS", "")
    if not dsn:
        return
    files: Collection[TenantFile] = ()
    if folder:
        try:
            files = read_folder(Path(folder)).values()
            yield ok("RENDA_TENANTS", f"{len(files)} tenants in {folder}")
        except ConfigError as error:
            yield wrong("RENDA_TENANTS", "; ".join(error.reasons), "correct the files")
    try:
        import asyncpg  # belongs to the extra "postgres"
    except ModuleNotFoundError:
        yield wrong("database 数据库", "its driver is not installed", "pip install 'renda[postgres]'")
        return
    try:
        yield from asyncio.run(_asked(dsn, files))
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        # The message of a refused connection may repeat the DSN, and with it the password.
        told = f"cannot be reached ({type(error).__name__})"
        yield wrong("database 数据库", told, "check RENDA_DATABASE, and that the server runs and lets this machine in")


async def _asked(dsn: str, files: Collection[TenantFile]) -> list[Finding]:
    from renda_core.store.pool import address, connect

    pooled = address(dsn)[1]
    link = await connect(dsn, timeout=PATIENCE)
    try:
        # One transaction: a pooler may give each to another process of the server.
        async with link.transaction(readonly=True):
            return await _told(link, files, pooled=pooled)
    finally:
        await link.close()


async def _told(link: Any, files: Collection[TenantFile], *, pooled: bool) -> list[Finding]:
    from renda_core.store.walls import weaknesses

    release, role = await link.fetchval("SHOW server_version_num"), await link.fetchval("SELECT current_user")
    found = [ok("database 数据库", f"PostgreSQL {int(release) // 10_000}")]
    if await link.fetchval("SELECT to_regclass('public.alembic_version')") is None:
        return [*found, wrong("tables 数据表", "there are none", "make them as the owner: renda upgrade --dsn DSN")]
    held = [r[0] for r in await link.fetch("SELECT version_num FROM alembic_version")]
    found.append(_revision(held))
    kept = await weaknesses(link, pooled=pooled)
    found += [wrong("isolation 租户隔离", fault, "nothing may be served until this is mended") for fault in kept]
    if not kept:
        found.append(ok("isolation 租户隔离", f"{role} sees one tenant at a time"))
    if NEWEST in held and not kept:
        catalogue = Catalogue.installed()
        for file in files:
            found += await _configured(link, file, catalogue)
    return found


async def _configured(link: Any, file: TenantFile, catalogue: Catalogue) -> list[Finding]:
    """Compare a tenant's file with the configuration in force, which may have been changed over HTTP; then open it."""
    about = f"{file.code} 县级配置"
    async with link.transaction(readonly=True):
        await link.execute(f"SET LOCAL app.tenant_id='{UUID(file.id)}'")
        row = await link.fetchrow(
            "SELECT document, footprint FROM configuration WHERE tenant_id = $1 ORDER BY n DESC LIMIT 1", UUID(file.id)
        )
        left = await link.fetch(
            "SELECT name, active, trouble FROM receiver WHERE tenant_id = $1 AND trouble <> '' ORDER BY name",
            UUID(file.id),
        )
    if row is None:
        return [note(about, "not in the database yet", "start the server once: renda serve")]
    stands = decode(row["document"].encode(), TenantFile)
    if changed := file.differing(stands):
        told = f"the database's differs from {file.path} in {', '.join(changed)}, and stands"
        found = note(about, told, "write the file anew from GET /api/configuration, or change it there")
    else:
        found = ok(about, f"as {file.path} says")
    held = None if row["footprint"] is None else decode(row["footprint"].encode(), dict[str, Touched])
    try:
        opened = stands.reopen(catalogue, Calendar(), dt.date.min, held)
    except ConfigError as error:
        return [found, wrong(about, str(error), "put it right in the configuration")]
    silent = [untold(about, file.code, r["name"], active=r["active"], trouble=r["trouble"]) for r in left]
    return [found, *missing(opened, about), *silent]


def _revision(held: list[str]) -> Finding:
    if NEWEST in held:
        return ok("tables 数据表", NEWEST)
    return wrong(
        "tables 数据表", f"at {', '.join(sorted(held))}, wanted {NEWEST}", "as the owner: renda upgrade --dsn DSN"
    )
