"""Delete a whole tenant: every row in every table, and then look whether anything is left."""

from __future__ import annotations

from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, Misuse
from renda_core.services.moving.contents import Contents
from renda_core.store.archive import layout as layouts
from renda_core.store.archive import rows
from renda_core.store.roles import OWNER
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit

PURGE = Actor(id="job:purge")
"""Who deletes: the journal that could name somebody goes as well, so the operator's names who asked."""


def purge(store: Store, tenant: str, contents: Contents | None = None) -> dict[str, int]:
    """Delete all rows of a tenant, in one transaction, and the contents of its files; others are not touched.

    Whether it may be deleted is for the caller to ask, :func:`renda_core.services.hosting.acts.due`. Killed at any
    moment, all of it is there or nothing; a second run ends what was begun.

    Args:
        store: On PostgreSQL one whose DSN may act as ``renda_owner``: requests may not delete a journal.

    Returns:
        Rows deleted, by table.

    Raises:
        ConfigError: The DSN may not.
        Misuse: Something is left; nothing was deleted.
    """
    deleted = store.run(store.write(_purge, tenant, PURGE))
    left = store.run(store.read(_left, tenant))
    if left:
        raise Misuse(
            f"rows were added meanwhile in {', '.join(sorted(left))}; stop serving the tenant, and run it again"
        )
    if contents is not None:
        contents.clear()
    return deleted


async def _act_as_owner(unit: Unit) -> None:
    """Take on, for this transaction, the rights of whom the tables belong to; the policies hold for the owner too.

    Raises:
        ConfigError: The DSN may not.
    """
    if unit.link.dialect == "sqlite":
        return
    if not (await unit.link.all(f"SELECT pg_has_role('{OWNER}', 'MEMBER')", ()))[0][0]:
        told = f"connect as a role that may act as {OWNER}, as for renda upgrade --dsn"
        raise ConfigError("requests may not delete a tenant", told)
    await unit.link.all(f"SET LOCAL ROLE {OWNER}", ())


async def _purge(unit: Unit) -> dict[str, int]:
    await _act_as_owner(unit)
    found = (await layouts.find(unit.link)).tables
    deleted = {layout.name: await rows.clear(unit, layout) for layout in reversed(found)}
    if left := await _left(unit):
        raise Misuse(f"rows are left in {', '.join(sorted(left))}; nothing was deleted")
    return deleted


async def _left(reader: Reader) -> dict[str, int]:
    found = (await layouts.find(reader.link)).tables
    counted = {layout.name: await rows.count(reader, layout) for layout in found}
    return {name: n for name, n in counted.items() if n}
