"""Writes cases into a file, on disks that fail as it is told, and acknowledges each one after its commit.

``python -m tests.store.faulty_writer FILE ACKNOWLEDGED COMMITS``: says on standard output how each try ended.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.databases import A, open_sqlite
from tests.store.rows import enter

from renda_core.errors import Unavailable


def main(where: str, acknowledged: str, tries: int) -> None:
    """Try so often; whatever is neither kept nor refused as :class:`Unavailable` ends it."""
    store = open_sqlite(Path(where))
    with open(acknowledged, "ab", buffering=0) as file:
        for _ in range(tries):
            try:
                put = enter(store, A)
            except Unavailable as error:
                print(error, flush=True)
            else:
                file.write(f"{put.id} 0\n".encode())
                print("kept", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
