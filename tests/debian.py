"""Programs of Debian that tests open our files with: found, or installed once where this process may."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


def program(name: str, package: str) -> str:
    """Find a program, and install its package where this process may; else say what to install.

    The processes of a test run wait for each other, whichever package each needs: the packager lets one in at a time.
    """
    if found := shutil.which(name):
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with (Path(tempfile.gettempdir()) / "renda-debian.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not shutil.which(name):
                _install(package)
        if found := shutil.which(name):
            return found
    pytest.fail(f"{name} is needed to look at what we make: apt-get install --no-install-recommends {package}")


def _install(package: str) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for line in (["update"], ["install", "-y", "--no-install-recommends", package]):
        subprocess.run(["apt-get", "-qq", *line], check=True, capture_output=True, env=quiet)  # noqa: S603, S607 - ours
