"""Run the application with uvicorn, as ``renda serve`` and ``python -m renda_server`` do."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import os
from collections.abc import Callable
from pathlib import Path

import attrs

from renda_core import redaction
from renda_core.configuration import opening_many
from renda_core.errors import ConfigError
from renda_core.workspace import clock
from renda_server.settings import Settings, check_database

ANYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - what is not bound here, but recognised
"""Addresses that stand for all of a machine's: no name by which anybody asks."""
SEARCHED_AFTER = 20_000
"""Objects made and not yet freed after which circles are searched for. Requests leave next to none; at Python's own 700
the searches took a twentieth of a read."""


def serve(home: Path, *, host: str = "127.0.0.1", port: int = 8000, now: Callable[[], dt.datetime] = clock) -> None:
    """Serve until stopped; one process, for a SQLite file has one writer.

    Raises:
        ConfigError: The settings do not fit together, the database is not at our tables, or the address cannot be
            listened on.
    """
    redaction.install()
    settings = Settings.of(home, os.environ, now)
    if host not in ANYWHERE:
        settings = attrs.evolve(settings, names=settings.names | {host.lower()})
    asyncio.run(check_database(settings))
    import uvicorn  # after the check: a server that must not start says so at once

    with opening_many():  # code and routes stay as long as the process, as tenants do: no search goes through them
        from renda_server.app import create_app

        app = create_app(settings)
    gc.set_threshold(SEARCHED_AFTER, *gc.get_threshold()[1:])
    # No access log: addresses hold what people searched for, and a line of it would tell who voted when. No header
    # tells which server it is. uvicorn reads none that says where a request came from: see transport.py.
    try:
        uvicorn.run(
            app, host=host, port=port, access_log=False, server_header=False, proxy_headers=False, lifespan="on"
        )
    except SystemExit as ended:  # uvicorn's own exit codes mean other things than ours
        if ended.code:
            told = f"{host}:{port}: the lines above say why; is another program using the port?"
            raise ConfigError("the server could not start", told) from None
