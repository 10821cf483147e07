"""Tenants that live in PostgreSQL, where RENDA_DATABASE names one: commands work on them as on files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renda_core.catalogue import Catalogue
from renda_core.errors import ConfigError, NotFound
from renda_core.premises import read_silos
from renda_core.services import tenants
from renda_core.services.hosting import directory
from renda_core.services.hosting.acts import NOBODY
from renda_core.store.revision import refuse_other
from renda_core.workspace import Home, Workspace


def open_hosted(home: Home, code: str, environ: Mapping[str, str]) -> Workspace:
    """Open a tenant of the directory, wherever it lives.

    Raises:
        ConfigError: The driver is not installed, or the tenant's own database is not known here.
        NotFound: None has this code.
    """
    store = _connected(home, environ["RENDA_DATABASE"])
    try:
        try:
            entry = store.run(store.read(directory.by_code, NOBODY, code))
        except NotFound:
            raise NotFound(f"no tenant {code!r} in the database; list them: renda tenant list") from None
        if entry.silo:
            store.shut()
            silos = read_silos(environ.get("RENDA_SILOS", ""))
            if entry.silo not in silos:
                told = f"{code} lives in {entry.silo!r}: name that database in the file of RENDA_SILOS"
                raise ConfigError("the tenant was not opened", told)
            store = _connected(home, silos[entry.silo])
        held = store.run(store.read(tenants.in_force, entry.id))
        if held is None:
            raise NotFound(f"tenant {code!r} has no configuration; apply one: renda tenant apply FILE")
    except BaseException:
        store.shut()
        raise
    return Workspace(
        store=store, catalogue=Catalogue.installed(), file=held.file, footprint=held.footprint, now=home.now
    )


def _connected(home: Home, dsn: str) -> Any:
    try:
        from renda_core.store.postgres import PostgresStore
    except ModuleNotFoundError as missing:
        remedy = "install it: pip install 'renda[postgres]'"
        raise ConfigError("PostgreSQL cannot be reached", f"{missing.name} is missing; {remedy}") from missing
    store = PostgresStore(dsn, keys=home.keys(), now=home.now, size=1)
    refuse_other(store.run(store.standing()), "the database", "renda upgrade --dsn DSN")
    return store
