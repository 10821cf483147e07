"""The store of files: a folder, memory and a real S3 behave alike."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from tests.databases import A, B

from renda_core.errors import ConfigError, Misuse, NotFound, Unavailable
from renda_core.objects import Objects, objects_of, place

Made = Callable[[Callable[[Objects], Coroutine[Any, Any, Any]]], Any]


@pytest.fixture(params=["folder", "memory", "s3"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    """Run work on each kind of store in turn, emptied before."""
    kind = request.param
    address = {"folder": str(tmp_path / "files"), "memory": "memory:"}.get(kind) or request.getfixturevalue("s3")

    def made(work: Callable[[Objects], Coroutine[Any, Any, Any]]) -> Any:
        async def whole() -> Any:
            files = Objects.at(address, {})
            await files.clear(A)
            await files.clear(B)
            return await work(files)

        return asyncio.run(whole())

    return made


async def whole(files: Objects, tenant: str, name: str) -> bytes:
    return b"".join([piece async for piece in await files.get(tenant, name)])


def test_what_was_put_comes_back_and_goes(run: Made) -> None:
    big = os.urandom(3_000_000)

    async def work(files: Objects) -> None:
        await files.put(A, "one", big)
        await files.put(A, "two", b"2")
        assert await whole(files, A, "one") == big
        assert (await files.count(A)).objects == 2
        assert (await files.count(A)).size == 3_000_001
        assert sorted([held.name async for held in files.each(A)]) == ["one", "two"]
        await files.replace(A, "two", b"22")
        assert await whole(files, A, "two") == b"22"
        await files.delete(A, "one")
        await files.delete(A, "one")
        assert not await files.has(A, "one")
        with pytest.raises(NotFound):
            await files.get(A, "one")
        assert await files.clear(A) == 1
        assert (await files.count(A)).objects == 0

    run(work)


def test_a_name_is_written_once(run: Made) -> None:
    async def work(files: Objects) -> None:
        await files.put(A, "one", b"first")
        with pytest.raises(Misuse):
            await files.put(A, "one", b"second")
        assert await whole(files, A, "one") == b"first"

    run(work)


def test_no_tenant_reaches_another(run: Made) -> None:
    async def work(files: Objects) -> None:
        await files.put(A, "one", b"of A")
        assert not await files.has(B, "one")
        assert [held async for held in files.each(B)] == []
        with pytest.raises(NotFound):
            await files.get(B, "one")
        await files.delete(B, "one")
        await files.put(B, "one", b"of B")
        assert await files.clear(B) == 1
        assert await whole(files, A, "one") == b"of A"
        for name in (f"../{A}/one", "..", "", "/etc/passwd", "a/b", "a\\\\b", "é", "x" * 200):
            for work in (files.put(B, name, b""), files.get(B, name), files.delete(B, name), files.has(B, name)):
                with pytest.raises(Misuse):
                    await work
        with pytest.raises(ValueError, match="badly formed"):
            await files.put("../x", "one", b"")

    run(work)


def test_a_listing_knows_when(run: Made) -> None:
    async def work(files: Objects) -> None:
        await files.put(A, "one", b"1")
        (held,) = [one async for one in files.each(A)]
        assert abs(held.changed_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)

    run(work)


def test_a_store_that_is_not_there_is_told_without_its_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    files = Objects.at(
        f"s3://b?endpoint=http://127.0.0.1:{port}", {"AWS_ACCESS_KEY_ID": "who", "AWS_SECRET_ACCESS_KEY": "hush"}
    )
    with pytest.raises(Unavailable) as told:
        asyncio.run(files.put(A, "one", b"1"))
    assert told.value.retry_after
    assert not any(word in str(told.value) for word in (str(port), "hush", "who", "127.0"))
    assert "hush" not in repr(files)


def test_wrong_credentials_open_nothing(s3: str) -> None:
    files = Objects.at(
        s3.partition("&credentials")[0], {"AWS_ACCESS_KEY_ID": "renda-files", "AWS_SECRET_ACCESS_KEY": "no"}
    )
    with pytest.raises(Unavailable):
        asyncio.run(files.put(A, "one", b"1"))


@pytest.mark.parametrize(
    "address",
    ["ftp://x/y", "s3://", "s3://b?endpoint=x", "s3://b?secret=x", "s3://u:p@b", "s3://b?credentials=/nowhere"],
)
def test_a_wrong_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(ConfigError, match="store of files"):
        Objects.at(address, {})


def test_credentials_come_from_a_file_that_nobody_else_reads(tmp_path: Path) -> None:
    path = tmp_path / "keys.ini"
    path.write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b%c\n")
    with pytest.raises(ConfigError, match="chmod 600"):
        place(f"s3://bucket/x?credentials={path}", {})
    path.chmod(0o600)
    found = place(f"s3://bucket/x?credentials={path}", {"AWS_ACCESS_KEY_ID": "other"})
    assert (found.bucket, found.prefix, dict(found.secrets)) == (
        "bucket",
        "x",
        {"access_key_id": "a", "secret_access_key": "b%c"},
    )
    assert "b%c" not in repr(found)
    assert place("s3://bucket", {"AWS_ACCESS_KEY_ID": "k", "AWS_REGION": "cn-north-1"}).region == "cn-north-1"


def test_without_a_word_files_lie_in_the_home(tmp_path: Path) -> None:
    assert "LocalStore" in repr(objects_of(tmp_path, {}))
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700
    assert "MemoryStore" in repr(objects_of(tmp_path, {"RENDA_FILES": "memory:"}))


PUTS = """
import asyncio, os, sys
from renda_core.objects import Objects
async def go():
    files = Objects.at(sys.argv[1], {})
    n = 0
    while True:
        await files.put("0198a000-0000-7000-8000-00000000000a", f"{os.getpid()}-{n}", bytes([n % 256]) * 5_000_000)
        print(n, flush=True)
        n += 1
asyncio.run(go())
"""


def test_a_put_that_was_killed_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    said = 0
    for _ in range(5):
        told = [sys.executable, "-c", PUTS, str(tmp_path)]
        with subprocess.Popen(told, stdout=subprocess.PIPE) as writing:  # noqa: S603 - our own program
            assert writing.stdout
            writing.stdout.readline()
            writing.kill()
            said += 1 + len(writing.stdout.read().splitlines())
    files = Objects.at(str(tmp_path), {})

    async def look() -> int:
        names = [held.name async for held in files.each(A)]
        for name in names:
            content = await whole(files, A, name)
            assert content == bytes([int(name.partition("-")[2]) % 256]) * 5_000_000
        return len(names)

    assert asyncio.run(look()) >= said
    left = list(tmp_path.rglob("*#*"))
    asyncio.run(files.tidy(A, dt.datetime.fromtimestamp(time.time() + 60, dt.UTC)))
    assert not list(tmp_path.rglob("*#*")), left
