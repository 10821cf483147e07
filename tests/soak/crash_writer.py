"""Writes cases for ever, and acknowledges each one after its commit: ``python crash_writer.py file acknowledged``."""

import sys

from tests.databases import CLERK, A, open_sqlite
from tests.store.rows import enter, move

from renda_core.store.sqlite import SqliteStore


def main(path: str, acknowledged: str) -> None:
    """Open, move, acknowledge; the parent ends this."""
    store: SqliteStore = open_sqlite(path)
    with open(acknowledged, "ab", buffering=0) as file:
        while True:
            put = enter(store, A)
            file.write(f"{put.id} 0\n".encode())
            store.run(store.write(move, A, CLERK, put.id))
            file.write(f"{put.id} 1\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
