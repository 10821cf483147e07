"""The machine and what is installed on it: Python, SQLite, extras, practices, holiday tables."""

from __future__ import annotations

import datetime as dt
import importlib.util
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from renda_core import holidays
from renda_core.catalogue import Catalogue
from renda_core.doctor.findings import Finding, note, ok, wrong
from renda_core.store.sqlite import sound

LEAST_SPACE = 1024**3
"""Bytes that should be free: a county's file is small, but its journal, exports and backups grow beside it."""
EXTRAS = {
    "server": ("litestar", "uvicorn"),
    "postgres": ("asyncpg", "psycopg"),
    "pdf": ("typst", "pylopdf_fonts_zh_cn"),
}
"""Extras of the package, and the modules that show whether one is installed."""


def machine(folder: Path) -> Iterator[Finding]:
    """Look at the machine.

    Args:
        folder: Where data are, or will be, kept.
    """
    yield ok("renda", f"{version('renda')} on Python {platform.python_version()}, {sys.platform}")
    if sound(sqlite3.sqlite_version_info):
        yield ok("SQLite", sqlite3.sqlite_version)
    else:
        told = f"{sqlite3.sqlite_version} has the WAL-reset defect"
        yield note("SQLite", told, "let one process at a time write a tenant's file, or use SQLite 3.51.3 or later")
    for extra, modules in EXTRAS.items():
        missing = [name for name in modules if importlib.util.find_spec(name) is None]
        if missing:
            told = f"not installed: {', '.join(missing)}"
            yield note(f"renda[{extra}]", told, f"if it is wanted: pip install 'renda[{extra}]'")
        else:
            yield ok(f"renda[{extra}]", "installed")
    there = next(p for p in (folder.resolve(), *folder.resolve().parents) if p.exists())
    free = shutil.disk_usage(there).free
    told = f"{free / 1024**3:.1f} GiB free at {there}"
    if free < LEAST_SPACE:
        yield wrong("disk 磁盘", told, "make room before anything is written")
    else:
        yield ok("disk 磁盘", told)


def practices() -> Iterator[Finding]:
    """Load every installed practice, each by itself, so that the one at fault is named."""
    catalogue = Catalogue.installed()
    for name in sorted({*catalogue.offers, *catalogue.broken}):
        about = f"practice 做法 {name}"
        if why := catalogue.broken.get(name):
            remedy = "update or uninstall its package; where it is enabled, what it touched can only be read until then"
            yield wrong(about, why, remedy)
        else:
            yield ok(about, "loads")


def calendar(today: dt.date) -> Iterator[Finding]:
    """Say whether the holidays of this year and the next are official: deadlines set today reach into both."""
    known = holidays.calendar()
    for year in (today.year, today.year + 1):
        status = known.years.get(year, "unknown")
        about = f"holidays 节假日 {year}"
        if status == "official":
            yield ok(about, "official, with make-up days 调休")
            continue
        remedy = "due dates there are marked 暂定; when the notice is out, update chinesecalendar or give the tenant "
        yield note(about, f"{status}", remedy + "a holiday table, then: renda calendar redate TENANT")
