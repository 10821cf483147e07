"""What the server is told by whoever starts it; read once, at start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

from renda_core.errors import ConfigError, Invalid
from renda_core.objects import Objects, objects_of
from renda_core.premises import read_silos
from renda_core.services.hosting.naming import canonical
from renda_core.workspace import Home, clock
from renda_server.transport import Network, networks


@attrs.frozen(kw_only=True)
class Settings:
    """How one server runs.

    Attributes:
        home: The folder with the key and the tokens, and with the tenants' files where there is no database.
        database: The DSN of PostgreSQL; empty means one SQLite file for each tenant.
        tenants: A folder of tenants' TOML files, which the database's are brought up to at a start; need not be named.
        silos: Databases of tenants that have one of their own, by name.
        proxies: Who may say, as ``X-Forwarded-Proto``, that the line behind them is encrypted.
        names: The server's own names, beside ``localhost``; a tenant's own name stands in the directory.
        outbound: Networks of the operator's own that the server may ask, beside the public internet.
        files: The store of files; None for a folder of the home.
        now: The clock.
    """

    home: Home
    database: str = attrs.field(default="", repr=False)
    tenants: Path | None = None
    silos: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    proxies: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()
    outbound: tuple[Network, ...] = ()
    files: Objects | None = None
    now: Callable[[], dt.datetime] = clock

    @classmethod
    def of(cls, home: Path, environ: Mapping[str, str], now: Callable[[], dt.datetime] = clock) -> Settings:
        """Read RENDA_DATABASE, RENDA_TENANTS, RENDA_SILOS, RENDA_FILES, RENDA_PROXIES and the like beside the home.

        Raises:
            ConfigError: The file of silos or the store of files cannot be used, or a proxy is no address.
        """
        folder = environ.get("RENDA_TENANTS", "")
        return cls(
            home=Home(path=home, now=now),
            database=environ.get("RENDA_DATABASE", ""),
            tenants=Path(folder) if folder else None,
            silos=read_silos(environ.get("RENDA_SILOS", "")),
            proxies=networks(environ.get("RENDA_PROXIES", "")),
            names=_names(environ.get("RENDA_HOSTS", "")),
            outbound=networks(environ.get("RENDA_OUTBOUND_NETWORKS", ""), "RENDA_OUTBOUND_NETWORKS"),
            files=objects_of(home, environ),
            now=now,
        )


async def check_database(settings: Settings) -> None:
    """Look at a database before anything is served from it.

    Raises:
        ConfigError: It does not keep its tenants apart, or its tables are of an older, or a newer, renda.
    """
    if settings.database:
        from renda_core.store.postgres import PostgresStore
        from renda_core.store.revision import refuse_other
        from renda_core.store.walls import refuse_weak_walls

        await refuse_weak_walls(settings.database)
        store = PostgresStore(settings.database, keys=settings.home.keys(), now=settings.now, size=1)
        try:
            refuse_other(await store.standing(), "the database", "renda upgrade --dsn DSN")
        finally:
            await store.close()


def _names(given: str) -> frozenset[str]:
    """Read the server's own names, with commas.

    Raises:
        ConfigError: Naming each that is none.
    """
    found, mistakes = set(), []
    for part in filter(None, (p.strip() for p in given.split(","))):
        try:
            found.add(canonical(part))
        except Invalid as error:
            mistakes.append(f"RENDA_HOSTS: {error}")
    if mistakes:
        raise ConfigError("the server was not started", *mistakes)
    return frozenset(found)
