"""Make and upgrade the tables, on both back ends: the core's branch of migrations, and one for each plugin."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, event

from renda_core.errors import ConfigError, PluginError
from renda_core.store.revision import CORE
from renda_core.store.roles import APP, BACKUP, OWNER, make_roles

HERE = Path(__file__).parent / "migrations"
LOCK = 0x72656E6461
"""The advisory lock that lets one migration run at a time: "renda" in ASCII."""
PATIENCE = 10
"""Seconds that a migration waits for a writer, or for another migration's table, before it gives up."""


def create_sqlite(path: Path, plugin_locations: Iterable[Path] = ()) -> None:
    """Make an embedded file, or bring an older one up to date.

    Raises:
        ConfigError: The file was made by a newer renda.
        PluginError: A plugin's migrations cannot be kept apart from the others'.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))  # the journals beside it take its mode
    with sqlite_connection(path) as connection:
        upgrade(connection, plugin_locations)


def upgrade_postgres(dsn: str, plugin_locations: Iterable[Path] = ()) -> None:
    """Make the roles and tables, or bring them up to date.

    Args:
        dsn: Of a role that may act as ``renda_owner``; at first also make roles, one of them with BYPASSRLS.

    Raises:
        ConfigError: The database was made by a newer renda.
        PluginError: A plugin's migrations cannot be kept apart from the others'.
    """
    with postgres_connection(dsn) as connection:
        upgrade(connection, plugin_locations)


@contextmanager
def sqlite_connection(path: Path) -> Iterator[Connection]:
    """Open a file for migrations; each runs in one transaction, its tables included."""
    raw = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
    try:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        engine = create_engine("sqlite://", creator=lambda: raw, poolclass=NullPool)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        with engine.connect() as connection:
            yield connection
    finally:
        raw.close()


@contextmanager
def postgres_connection(dsn: str) -> Iterator[Connection]:
    """Open a database for migrations, as its owner, with nobody else migrating."""
    import psycopg  # belongs to the extra "postgres"

    with psycopg.connect(dsn, autocommit=True) as raw:
        raw.execute(f"SELECT pg_advisory_lock({LOCK})")
        for statement in make_roles():
            raw.execute(statement)
        raw.execute(f"SET ROLE {OWNER}")
        raw.execute(f"SET lock_timeout = '{PATIENCE}s'")
        raw.autocommit = False
        engine = create_engine("postgresql+psycopg://", creator=lambda: raw, poolclass=NullPool)
        with engine.connect() as connection:
            yield connection


def upgrade(connection: Connection, plugin_locations: Iterable[Path] = ()) -> None:
    """Bring the core's tables to their newest form, then each plugin's."""
    config = _config(connection, plugin_locations)
    _check(ScriptDirectory.from_config(config))
    for target in (f"{CORE}@head", "heads"):
        _walk(config, target, "_upgrade_revs")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {APP}, {BACKUP}")
        connection.commit()


def remove(connection: Connection, branch: str, plugin_locations: Iterable[Path]) -> None:
    """Drop one branch's tables with all they hold. Disabling a plugin never does this; only a person asks for it."""
    _walk(_config(connection, plugin_locations), f"{branch}@base", "_downgrade_revs")


def draft(message: str, revision: str) -> Path:
    """Write a new revision of the core from what the tables say; a developer then reads and tidies it.

    Example:
        ``draft("Remember who printed", "core_0004")``
    """
    with tempfile.TemporaryDirectory() as folder, sqlite_connection(Path(folder) / "draft.db") as connection:
        upgrade(connection)
        made: Any = command.revision(
            _config(connection, ()), message, autogenerate=True, head=f"{CORE}@head", rev_id=revision
        )
        return Path(made.path)


def _config(connection: Connection, plugin_locations: Iterable[Path]) -> Config:
    config = Config(attributes={"connection": connection})
    folders = (HERE / "versions", *plugin_locations)
    options: Mapping[str, str] = {
        "script_location": str(HERE),
        "path_separator": "newline",
        "version_locations": "\n".join(map(str, folders)),
        "file_template": "%(rev)s",
    }
    for name, value in options.items():
        config.set_main_option(name, value.replace("%", "%%"))
    return config


def _walk(config: Config, target: str, way: str) -> None:
    """Run what lies between the database and *target*; revisions of plugins that are gone stay as they are."""
    script = ScriptDirectory.from_config(config)

    def steps(heads: Any, _: Any) -> Any:
        known = tuple(head for head in heads if _known(script, head))
        return getattr(script, way)(target, known)

    with EnvironmentContext(config, script, fn=steps, destination_rev=target):
        script.run_env()


def _known(script: ScriptDirectory, revision: str) -> bool:
    if any(r.revision == revision for r in script.walk_revisions()):
        return True
    branch = revision.rpartition("_")[0]
    if branch in _branches(script):
        newest = max(r.revision for r in script.walk_revisions() if branch in r.branch_labels)
        told = f"{branch} stands at {revision} there and at {newest} here; update the program"
        raise ConfigError("these data were made by a newer version", told)
    return False


def _branches(script: ScriptDirectory) -> set[str]:
    return {label for r in script.walk_revisions() for label in r.branch_labels}


def _check(script: ScriptDirectory) -> None:
    """Refuse branches that could not be told apart, or taken away, one by one."""
    wrong = []
    for r in script.walk_revisions():
        if not any(r.revision.startswith(f"{label}_") for label in r.branch_labels):
            wrong.append(f"{r.path}: revision {r.revision!r} must be named <branch label>_<number>")
        if r.dependencies:
            wrong.append(f"{r.path}: remove depends_on; the core's tables are always there first")
    if wrong:
        raise PluginError("migrations cannot be used", *sorted(wrong))
