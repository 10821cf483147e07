"""Writes cases for ever, and acknowledges each one after its commit, until somebody kills it."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.databases import CLERK, A, open_postgres, open_sqlite
from tests.store.rows import enter, move

from renda_core.errors import Unavailable

PAUSE = 0.01
"""Seconds between two tries while the database is away."""


def opened(where: str) -> Any:
    """Open a file, or the database of a superuser's DSN."""
    return open_postgres(where, size=1) if "dbname=" in where else open_sqlite(Path(where))


def main(where: str, acknowledged: str) -> None:
    """Open, move, acknowledge; the parent ends this. While the database is away, nothing is acknowledged."""
    store = opened(where)
    with open(acknowledged, "ab", buffering=0) as file:
        while True:
            try:
                put = enter(store, A)
                file.write(f"{put.id} 0\n".encode())
                store.run(store.write(move, A, CLERK, put.id))
                file.write(f"{put.id} 1\n".encode())
            except Unavailable:
                time.sleep(PAUSE)


def start(where: str, acknowledged: Path) -> BaseProcess:
    """Start one: a process of its own, forked from one that has read the library already."""
    forked = multiprocessing.get_context("forkserver")
    forked.set_forkserver_preload([__name__])
    made = forked.Process(target=main, args=(where, str(acknowledged)), daemon=True)
    made.start()
    return made
