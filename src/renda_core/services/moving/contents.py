"""The contents of a tenant's files, for whoever carries the tenant: the store of files without an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from types import TracebackType
from typing import TypeVar

from renda_core.errors import NotFound
from renda_core.objects import Objects

T = TypeVar("T")


class Contents:
    """One tenant's files in a store, read and written from a plain thread; used by ``with``."""

    def __init__(self, objects: Objects, tenant: str) -> None:
        self._objects, self._tenant = objects, tenant
        self._runner = asyncio.Runner()

    def __enter__(self) -> Contents:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._runner.close()

    def _run(self, work: Coroutine[object, object, T]) -> T:
        return self._runner.run(work)

    def names(self) -> list[str]:
        """Name all of the tenant's files, in order."""
        return self._run(self._names())

    async def _names(self) -> list[str]:
        return sorted([held.name async for held in self._objects.each(self._tenant)])

    def read(self, name: str) -> Iterator[bytes] | None:
        """Open a file to be read in pieces; None where it was taken away meanwhile."""
        try:
            found = self._run(self._objects.get(self._tenant, name))
        except NotFound:
            return None
        return self._pieces(found)

    def _pieces(self, found: AsyncIterator[bytes]) -> Iterator[bytes]:
        async def following() -> bytes | None:
            return await anext(found, None)

        while (piece := self._run(following())) is not None:
            yield piece

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file, in place of the one of this name: a second try after a broken one writes the same again."""
        self._run(self._objects.replace(self._tenant, name, b"".join(pieces)))

    def clear(self) -> int:
        """Take all of the tenant's files away; answer how many there were."""
        return self._run(self._objects.clear(self._tenant))
