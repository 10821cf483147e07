"""Run the application with uvicorn, as ``renda serve`` and ``python -m renda_server`` do."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import uvicorn

from renda_core.errors import ConfigError
from renda_core.workspace import clock
from renda_server.app import create_app
from renda_server.settings import Settings


def serve(home: Path, *, host: str = "127.0.0.1", port: int = 8000, now: Callable[[], dt.datetime] = clock) -> None:
    """Serve until stopped; one process, for a SQLite file has one writer.

    Raises:
        ConfigError: The settings do not fit together, or the address cannot be listened on.
    """
    app = create_app(Settings.of(home, os.environ, now))
    # No access log: addresses hold what people searched for. No header tells which server it is.
    try:
        uvicorn.run(app, host=host, port=port, access_log=False, server_header=False, lifespan="on")
    except SystemExit as ended:  # uvicorn's own exit codes mean other things than ours
        if ended.code:
            told = f"{host}:{port}: the lines above say why; is another program using the port?"
            raise ConfigError("the server could not start", told) from None
