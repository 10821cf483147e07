"""Run the application with uvicorn, as ``renda serve`` and ``python -m renda_server`` do."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import uvicorn

from renda_core.errors import ConfigError
from renda_core.workspace import clock
from renda_server.app import create_app
from renda_server.hosting import check_database
from renda_server.settings import Settings


def serve(home: Path, *, host: str = "127.0.0.1", port: int = 8000, now: Callable[[], dt.datetime] = clock) -> None:
    """Serve until stopped; one process, for a SQLite file has one writer.

    Raises:
        ConfigError: The settings do not fit together, the database is not at our tables, or the address cannot be
            listened on.
    """
    settings = Settings.of(home, os.environ, now)
    asyncio.run(check_database(settings))
    app = create_app(settings)
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
