"""The one port of files: put, get, take away and list, over obstore."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs

from renda_core.errors import ConfigError, Misuse, NotFound, Unavailable
from renda_core.objects.places import Place, place

SOON = 5
"""Seconds after which it is worth asking again where the store did not answer."""
CONNECT, ANSWER = dt.timedelta(seconds=5), dt.timedelta(seconds=60)
"""How long a connection, and an answer, is waited for."""
TRIES = 2
"""Further tries of a request that went wrong on the way."""
NAME = re.compile(r"[0-9a-z][0-9a-z._-]{0,127}")
"""What an object may be called within its tenant: nothing that steers a path."""


@attrs.frozen(kw_only=True)
class Held:
    """An object in the store."""

    name: str
    size: int
    changed_at: dt.datetime


@attrs.frozen(kw_only=True)
class Totals:
    """How much a tenant has in the store."""

    objects: int
    size: int


class Objects:
    """A store of objects. Every method names the tenant, and reaches nothing outside ``tenant/<its id>/``."""

    def __init__(self, raw: Any, folder: Path | None = None) -> None:
        self._raw, self._folder = raw, folder

    def __repr__(self) -> str:
        return f"Objects({type(self._raw).__name__})"

    @classmethod
    def at(cls, address: str, environ: Mapping[str, str]) -> Objects:
        """Open the store at an address, as :func:`renda_core.objects.place` reads it.

        Raises:
            ConfigError: The address is wrong, or the library is not installed.
        """
        at = place(address, environ)
        return cls(_opened(at), at.folder and at.folder.absolute())

    async def put(self, tenant: str, name: str, content: bytes) -> None:
        """Write an object: whole, or not at all. A name is written once.

        Raises:
            Misuse: There is an object of this name.
            Unavailable: The store did not take it; nothing of it is there.
        """
        from obstore import put_async
        from obstore.exceptions import AlreadyExistsError

        try:
            await put_async(self._raw, _key(tenant, name), content, mode="create", use_multipart=False)
            await self._settle(tenant, name)
        except AlreadyExistsError:
            raise Misuse(f"there is an object {name!r} already; an object is written once") from None
        except _failures() as error:
            raise _down("kept", error) from None

    async def replace(self, tenant: str, name: str, content: bytes) -> None:
        """Write an object in place of the one of this name, which is read whole until then.

        Raises:
            Unavailable: The store did not take it; the one before is still there.
        """
        from obstore import put_async

        try:
            await put_async(self._raw, _key(tenant, name), content, mode="overwrite", use_multipart=False)
            await self._settle(tenant, name)
        except _failures() as error:
            raise _down("kept", error) from None

    async def get(self, tenant: str, name: str) -> AsyncIterator[bytes]:
        """Open an object to be read piece by piece.

        Raises:
            NotFound: There is none of this name.
            Unavailable: The store did not answer.
        """
        from obstore import get_async

        try:
            found = await get_async(self._raw, _key(tenant, name))
        except FileNotFoundError:
            raise NotFound("the content of this file is not in the store of files") from None
        except _failures() as error:
            raise _down("read", error) from None
        return _pieces(found)

    async def has(self, tenant: str, name: str) -> bool:
        """Tell whether there is an object of this name."""
        from obstore import head_async

        try:
            await head_async(self._raw, _key(tenant, name))
        except FileNotFoundError:
            return False
        except _failures() as error:
            raise _down("looked for", error) from None
        return True

    async def delete(self, tenant: str, name: str) -> None:
        """Take an object away; one that is not there is away already."""
        from obstore import delete_async

        try:
            await delete_async(self._raw, _key(tenant, name))
        except FileNotFoundError:
            return
        except _failures() as error:
            raise _down("taken away", error) from None

    async def each(self, tenant: str) -> AsyncIterator[Held]:
        """List a tenant's objects, in no order."""
        from obstore import list as listing

        prefix = _prefix(tenant)
        try:
            async for page in listing(self._raw, prefix=prefix, chunk_size=1_000):
                for one in page:
                    name = one["path"].removeprefix(f"{prefix}/")
                    yield Held(name=name, size=one["size"], changed_at=one["last_modified"])
        except FileNotFoundError:  # a folder that nothing was ever put in
            return
        except _failures() as error:
            raise _down("listed", error) from None

    async def _settle(self, tenant: str, name: str) -> None:
        """Wait until a file of this machine is on its disk: its row must not outlive it in a power cut."""
        if self._folder is not None:
            path = self._folder / _key(tenant, name)
            await asyncio.to_thread(_synced, path, path.parent, path.parent.parent)

    async def tidy(self, tenant: str, before: dt.datetime) -> int:
        """Take away what puts that were cut off left in a folder; answer how much. In S3 nothing is left."""
        if self._folder is None:
            return 0
        return await asyncio.to_thread(_tidied, self._folder / _prefix(tenant), before.timestamp())

    async def count(self, tenant: str) -> Totals:
        """Count a tenant's objects and their bytes, as sealed."""
        sizes = [held.size async for held in self.each(tenant)]
        return Totals(objects=len(sizes), size=sum(sizes))

    async def clear(self, tenant: str) -> int:
        """Take all of a tenant's objects away, because the tenant itself is deleted; answer how many there were."""
        names = [held.name async for held in self.each(tenant)]
        for name in names:
            await self.delete(tenant, name)
        return len(names)


def objects_of(home: Path, environ: Mapping[str, str]) -> Objects:
    """Open the store that ``RENDA_FILES`` names, else the folder ``files`` of a home.

    Raises:
        ConfigError: What it names is wrong, or the library is not installed.
    """
    return Objects.at(environ.get("RENDA_FILES") or str(home / "files"), environ)


def _prefix(tenant: str) -> str:
    return f"tenant/{UUID(tenant)}"


def _key(tenant: str, name: str) -> str:
    if not NAME.fullmatch(name):
        raise Misuse(f"{name[:60]!r} is no name of an object")
    return f"{_prefix(tenant)}/{name}"


def _synced(*paths: Path) -> None:
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _tidied(folder: Path, before: float) -> int:
    # the library writes beside the object, under its name with # and a number, and renames at the end
    left = [path for path in folder.glob("*#*") if path.stat().st_mtime < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


async def _pieces(found: Any) -> AsyncIterator[bytes]:
    try:
        async for piece in found.stream():
            yield bytes(piece)
    except _failures() as error:
        raise _down("read", error) from None


def _failures() -> tuple[type[Exception], ...]:
    from obstore.exceptions import BaseError

    return BaseError, OSError


def _down(what: str, error: Exception) -> Unavailable:
    # the library's own words may hold addresses and paths: its kind of error is enough to find them in its place
    return Unavailable(f"the file cannot be {what} just now ({type(error).__name__}); try again", retry_after=SOON)


def _opened(at: Place) -> Any:
    try:
        from obstore.store import LocalStore, MemoryStore, S3Store
    except ModuleNotFoundError as missing:
        told = f"{missing.name} is missing; install it: pip install 'renda[server]'"
        raise ConfigError("files cannot be kept", told) from missing
    if at.folder is not None:
        try:
            at.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError("files cannot be kept", f"{at.folder}: {error.strerror}") from None
        return LocalStore(at.folder.absolute())
    if not at.bucket:
        return MemoryStore()
    options: dict[str, Any] = {"endpoint": at.endpoint, **at.secrets} if at.endpoint else {**at.secrets}
    return S3Store(
        at.bucket,
        prefix=at.prefix or None,
        region=at.region,
        virtual_hosted_style_request=False,
        client_options={
            "allow_http": at.endpoint.startswith("http://"),
            "connect_timeout": CONNECT,
            "timeout": ANSWER,
        },
        retry_config={"max_retries": TRIES, "retry_timeout": ANSWER},
        **options,
    )
