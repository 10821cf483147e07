"""Which form of the tables is wanted, and which a file has: asked at every opening, without loading migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from renda_core.errors import ConfigError

CORE = "core"
NEWEST = "core_0008"
"""The core's newest revision: what data must stand at to be worked on."""


def locations(modules: Iterable[object]) -> tuple[Path, ...]:
    """Collect the folders of migrations that lie beside plugins, e.g. of ``Catalogue.modules.values()``."""
    files = (Path(file) for m in modules if (file := getattr(m, "__file__", None)))
    beside = (file.parent / "migrations" for file in files if file.name == "__init__.py")
    return tuple(sorted(folder for folder in beside if folder.is_dir()))


def standing(path: Path) -> str:
    """Say at which revision of the core an embedded file stands; nothing for a file that is none of ours."""
    raw = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        held = raw.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.DatabaseError:
        return ""
    finally:
        raw.close()
    return next((number for (number,) in held if number.startswith(f"{CORE}_")), "")


def refuse_other(held: str, where: str, upgrade: str) -> None:
    """Refuse tables at another revision than ours.

    Args:
        upgrade: The command that brings older ones up to date.

    Raises:
        ConfigError: Naming both revisions, and what to do.
    """
    if held != NEWEST:
        remedy = "update renda" if held > NEWEST else f"bring it up to date: {upgrade}"
        told = f"its tables are {held or 'none of ours'}, {NEWEST} is wanted; {remedy}"
        raise ConfigError(f"{where} cannot be worked on", told)
