"""A whole tenant on the move: into a file and back, to another database, and away for good.

The form of the file is in :mod:`renda_core.store.archive`. Each function runs its own transactions, so it takes a store
and no unit; it waits for disks and hashes, so a server calls it in a thread, with ``store.apart()``.

Example:
    ::

        summary = export(store, tenant_id, Path("tonghe.renda"), by=actor.id)
        verify(Path("tonghe.renda"))
        purge(owner_store, tenant_id)  # on PostgreSQL: a store whose DSN may act as renda_owner
        bring_in(store, Path("tonghe.renda"), by=actor)
"""

from __future__ import annotations

from renda_core.services.moving.arriving import arrived, bring_in, bring_in_file, count
from renda_core.services.moving.contents import Contents
from renda_core.services.moving.fencing import shut, unshut
from renda_core.services.moving.leaving import export
from renda_core.services.moving.mover import Moved, Mover, Place
from renda_core.services.moving.purging import purge
from renda_core.services.moving.verifying import Checked, verify

__all__ = [
    "Checked",
    "Contents",
    "Moved",
    "Mover",
    "Place",
    "arrived",
    "bring_in",
    "bring_in_file",
    "count",
    "export",
    "purge",
    "shut",
    "unshut",
    "verify",
]
