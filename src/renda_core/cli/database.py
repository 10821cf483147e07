"""Tenants that live in PostgreSQL, where RENDA_DATABASE names one: commands work on them as on files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from renda_core.catalogue import Catalogue
from renda_core.configuration import read_folder
from renda_core.errors import ConfigError, NotFound
from renda_core.services import tenants
from renda_core.store.revision import refuse_other
from renda_core.workspace import Home, Workspace


def open_hosted(home: Home, code: str, environ: Mapping[str, str]) -> Workspace:
    """Open a tenant of the database.

    Raises:
        ConfigError: RENDA_TENANTS does not name the folder of the tenants' files, or the driver is not installed.
        NotFound: No file there has this code, or the server has never been started with it.
    """
    if not (folder := environ.get("RENDA_TENANTS", "")):
        told = "RENDA_DATABASE is set: name the folder of the tenants' TOML files in RENDA_TENANTS"
        raise ConfigError("the tenant was not opened", told)
    try:
        from renda_core.store.postgres import PostgresStore
    except ModuleNotFoundError as missing:
        remedy = "install it: pip install 'renda[postgres]'"
        raise ConfigError("PostgreSQL cannot be reached", f"{missing.name} is missing; {remedy}") from missing
    known = read_folder(Path(folder))
    if code not in known:
        raise NotFound(f"no tenant {code!r} in {folder}; there: {', '.join(sorted(known)) or 'none'}")
    store = PostgresStore(environ["RENDA_DATABASE"], keys=home.keys(), now=home.now, size=1)
    refuse_other(store.run(store.standing()), "the database", "renda upgrade --dsn DSN")
    held = store.run(store.read(tenants.in_force, known[code].id))
    if held is None:
        store.shut()
        raise NotFound(f"tenant {code!r} is not in the database yet; start the server once: renda serve")
    return Workspace(
        store=store, catalogue=Catalogue.installed(), file=held.file, footprint=held.footprint, now=home.now
    )
