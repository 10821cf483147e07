"""Whether PostgreSQL keeps the tenants apart for whoever serves them: asked before anything is served."""

from __future__ import annotations

from typing import Any

import asyncpg

from renda_core.errors import ConfigError
from renda_core.store.catalogue_gate import faults
from renda_core.store.pool import GONE, POOLER, address, connect
from renda_core.store.roles import APP

OLDEST = 15
"""The first PostgreSQL release that is supported."""
NEWEST_TRIED = 18
"""The last one that the tests run on; a later one is let in."""
PATIENCE = 5.0
"""Seconds to wait for a connection."""
REMEDY = f"connect as {APP} in RENDA_DATABASE, and make the tables as the owner: renda upgrade --dsn DSN"
SHOWN = 6
"""Weaknesses that are told at once: of a superuser there are a hundred."""
UNHEARD = (*GONE, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a database fails with that cannot be asked at all."""


async def refuse_weak_walls(dsn: str) -> None:
    """Refuse to serve from a database that would not keep its tenants apart.

    ``renda_server.settings.check_database`` calls this before it listens. Whether the tables are ours, and new enough,
    is another question: ``store.revision.refuse_other``.

    Raises:
        ConfigError: Every weakness: who we are connected as, what the catalogue lacks, an old release, a pooler
            that the DSN does not name; or the database cannot be asked.
    """
    try:
        link = await connect(dsn, timeout=PATIENCE)
        try:
            found = await weaknesses(link, pooled=address(dsn)[1])
        finally:
            await link.close(timeout=PATIENCE)
    except UNHEARD as error:
        # The message of a refused connection may repeat the DSN, and with it the password.
        refused = isinstance(error, asyncpg.InvalidAuthorizationSpecificationError | asyncpg.InvalidCatalogNameError)
        what = "it does not know whom or what RENDA_DATABASE names" if refused else "it cannot be reached"
        then = REMEDY if refused else "check RENDA_DATABASE, and that the server runs"
        raise ConfigError("the database cannot be served from", f"{what} ({type(error).__name__}); {then}") from None
    if found:
        more = [f"and {len(found) - SHOWN} more: renda doctor lists them"] if len(found) > SHOWN else []
        raise ConfigError("the database cannot be served from", *found[:SHOWN], *more)


async def weaknesses(link: Any, *, pooled: bool = False) -> list[str]:
    """List why nobody may be served over a connection; empty where the walls stand."""
    async with link.transaction(readonly=True):
        release = int(await link.fetchval("SHOW server_version_num")) // 10_000
        if release < OLDEST:
            return [f"it is PostgreSQL {release}; use {OLDEST} or later"]
        asked = await link.fetchrow("SELECT session_user, current_user, pg_backend_pid()")
        found = [fault for role in dict.fromkeys(asked[:2]) for fault in await faults(link, role=role)]
        if found:
            found.insert(0, REMEDY)
        # A pooler answers with a number of its own.
        if not pooled and asked[2] != link.get_server_pid():
            found.append(f"a pooler stands before it: write {POOLER}=transaction into the DSN")
        return found
