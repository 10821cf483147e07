"""One at a time: a lock that a process holds in a database for as long as it lives, and not a moment longer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from renda_core.errors import ConfigError, Taken
from renda_core.store.pool import POOLER, address


@contextmanager
def held(dsn: str, *names: str, taken: str) -> Iterator[None]:
    """Hold a lock in a PostgreSQL database, on a connection of its own.

    Args:
        names: What the lock is on.
        taken: What is said where somebody else holds it.

    Raises:
        Taken: Somebody else holds it.
        ConfigError: A pooler stands before the database: it would hand the lock to others.
    """
    import psycopg  # belongs to the extra "postgres"

    place, pooled = address(dsn)
    if pooled:
        raise ConfigError("no lock can be held", f"name the database itself, without {POOLER}=transaction")
    key = int.from_bytes(hashlib.sha256("\n".join(names).encode()).digest()[:8], "big", signed=True)
    with psycopg.connect(place, autocommit=True) as raw:
        row = raw.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
        if row is None or not row[0]:
            raise Taken(taken)
        yield
        raw.execute("SELECT 1")  # the line is still there, and so was the lock
