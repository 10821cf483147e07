"""The SQLite files of tenants that one process holds open at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import attrs

from renda_core.errors import NotFound
from renda_core.store.revision import refuse_other, standing
from renda_core.store.sqlite import SqliteStore

OPEN = 200
"""Files of tenants that one process holds open at once, each with a reader and a writer: a process may hold about a
thousand files."""


@attrs.frozen
class _Held:
    """An open file, and which one it is, whatever its name."""

    store: SqliteStore
    which: tuple[int, int]


@attrs.define
class Files:
    """Opens files by their paths; what was deleted meanwhile, or made anew under the same name, is let go.

    Attributes:
        open: Makes the store of a file.
    """

    open: Callable[[Path], SqliteStore]
    _held: dict[str, _Held] = attrs.field(factory=dict, init=False, repr=False)

    def get(self, path: Path) -> SqliteStore:
        """Open a file; the one not asked for longest lends its place where too many are open.

        Raises:
            NotFound: It is gone.
            ConfigError: Its tables are of an older, or a newer, renda.
        """
        held, which = self._held.pop(str(path), None), _which(path)
        if held is not None and held.which != which:  # a write to a deleted file would be kept nowhere
            held.store.close()
            held = None
        if which is None:
            raise NotFound("no such tenant")
        if held is None:
            refuse_other(standing(path), str(path), "renda upgrade")
            held = _Held(self.open(path), which)
        self._held[str(path)] = held
        if len(self._held) > OPEN:  # whoever still holds it opens it anew by using it
            self._held.pop(next(iter(self._held))).store.close()
        return held.store

    def let_go(self) -> None:
        """Close what is deleted: until then its data stay on the disk."""
        for name in [name for name, held in self._held.items() if held.which != _which(Path(name))]:
            self._held.pop(name).store.close()

    def close(self) -> None:
        """Close every file; one that is used later is opened anew."""
        for held in self._held.values():
            held.store.close()
        self._held.clear()


def _which(path: Path) -> tuple[int, int] | None:
    """Tell a file from every other; None where there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
