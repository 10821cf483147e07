"""What the server is told by whoever starts it; read once, at start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

from renda_core.errors import ConfigError
from renda_core.workspace import Home, clock
from renda_server.transport import Network, networks


@attrs.frozen(kw_only=True)
class Settings:
    """How one server runs.

    Attributes:
        home: The folder with the key and the tokens, and with the tenants' files where there is no database.
        database: The DSN of PostgreSQL; empty means one SQLite file for each tenant.
        tenants: The folder of the tenants' TOML files; needed with a database, whose tenants it names.
        proxies: Who may say, as ``X-Forwarded-Proto``, that the line behind them is encrypted.
        now: The clock.
    """

    home: Home
    database: str = attrs.field(default="", repr=False)
    tenants: Path | None = None
    proxies: tuple[Network, ...] = ()
    now: Callable[[], dt.datetime] = clock

    @classmethod
    def of(cls, home: Path, environ: Mapping[str, str], now: Callable[[], dt.datetime] = clock) -> Settings:
        """Read RENDA_DATABASE, RENDA_TENANTS and RENDA_PROXIES beside the home.

        Raises:
            ConfigError: A database without the folder that names its tenants, or a proxy that is no address.
        """
        database, folder = environ.get("RENDA_DATABASE", ""), environ.get("RENDA_TENANTS", "")
        if database and not folder:
            told = "RENDA_DATABASE is set: name the folder of the tenants' TOML files in RENDA_TENANTS"
            raise ConfigError("the server was not started", told)
        return cls(
            home=Home(path=home, now=now),
            database=database,
            tenants=Path(folder) if folder else None,
            proxies=networks(environ.get("RENDA_PROXIES", "")),
            now=now,
        )
