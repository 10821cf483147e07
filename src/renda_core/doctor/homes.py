"""A home on this machine: its folder, its key and tokens, and every tenant's file in it."""

from __future__ import annotations

import datetime as dt
import os
import re
import sqlite3
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path

from renda_core.catalogue import Catalogue
from renda_core.doctor.findings import Finding, note, ok, wrong
from renda_core.errors import ConfigError, RendaError
from renda_core.services import journal
from renda_core.services.events.receivers import troubled
from renda_core.services.search.standing import lacking
from renda_core.store.revision import NEWEST
from renda_core.tenancy import Tenant
from renda_core.workspace import Home, Workspace

OTHERS = stat.S_IRWXG | stat.S_IRWXO
NULL_VALUE = re.compile(r"NULL value in (\w+)\.(\w+)")
MOST_COMPLAINTS = 1_000_000_000
"""No end: false complaints, one for each row, must not hide a true one behind them."""


def household(home: Home, *, deep: bool = False) -> Iterator[Finding]:
    """Look at a home and at every tenant in it.

    Args:
        deep: Also recompute every journal and check every page of every file, which takes minutes for large ones.
    """
    if not home.path.is_dir():
        yield wrong("home 数据目录", f"{home.path} does not exist", "make it: renda init")
        return
    if not os.access(home.path, os.W_OK):
        yield wrong("home 数据目录", f"{home.path} may not be written", "give its owner the right to write")
    yield from _secrets(home)
    yield from _left_over(home.path)
    files = home.files()
    if not files:
        yield note("tenants 单位", "none yet", "make one: renda tenant new, then renda tenant apply")
        return
    try:
        home.keys()
        catalogue = Catalogue.installed()
    except RendaError:
        return  # told already, by the key's or the practice's own finding
    for code in files:
        yield from tenant(home, code, catalogue, deep=deep)


def _secrets(home: Home) -> Iterator[Finding]:
    try:
        if home.key.exists() or home.files():
            home.keys()
            yield ok("key 密钥", f"{home.key}")
        else:
            yield note("key 密钥", "none yet", "make it: renda init")
    except ConfigError as error:
        yield wrong("key 密钥", "; ".join(error.reasons), "without it no phone or ID number can be read again")
    tokens = home.path / "keys" / "tokens.toml"
    if tokens.exists():
        told = f"{tokens} is read no more: tokens live with their tenant"
        yield note("tokens 令牌", told, "make them anew: renda token new TENANT; then delete the file")


def _left_over(folder: Path) -> Iterator[Finding]:
    parts = sorted(str(p.relative_to(folder)) for p in folder.rglob(".*.part"))
    if parts:
        yield note("left over 残留文件", ", ".join(parts[:5]), "a program was killed while it wrote; delete them")


def tenant(home: Home, code: str, catalogue: Catalogue, *, deep: bool = False) -> Iterator[Finding]:
    """Look at one tenant's file."""
    path, about = home.files().get(code, home.file(code)), f"tenant 单位 {code}"
    if path.stat().st_mode & OTHERS:
        yield note(about, f"{path} can be read by others on this machine", f"chmod 600 {path}")
    damage = _damage(path, deep=deep)
    if damage:
        yield wrong(about, damage, f"stop every program that uses {path}, and restore it from your backup")
        return
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)  # the machine's own finding
            opened = home.open(code, catalogue)
        with opened as workspace:
            yield from _at_work(workspace, about, deep=deep)
    except RendaError as error:
        yield wrong(about, str(error), "put it right, then: renda tenant apply FILE")


def _damage(path: Path, *, deep: bool) -> str:
    """Say what is wrong with the file itself; nothing where it is sound."""
    try:
        raw = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            asked = "integrity_check" if deep else "quick_check"
            found = next((told for told in _complaints(raw, asked) if told != "ok"), "")
            return f"{path} is damaged: {found}" if found else ""
        finally:
            raw.close()
    except sqlite3.DatabaseError as error:
        return f"{path} cannot be read: {error}"


def _complaints(raw: sqlite3.Connection, asked: str) -> Iterator[str]:
    """Give what SQLite complains of, each once and only if it is so.

    SQLite 3.40 may take a value for NULL in a table without row ids whose key is ordered otherwise than its
    columns, so an empty value is looked for again.
    """
    heard = set[str]()
    for (told,) in raw.execute(f"PRAGMA {asked}({MOST_COMPLAINTS})"):
        if told in heard:
            continue
        heard.add(told)
        place = NULL_VALUE.fullmatch(told)
        # Asked by type, for SQLite answers IS NULL from the column's constraint alone.
        look = place and f"SELECT 1 FROM {place[1]} WHERE typeof({place[2]}) = 'null' LIMIT 1"  # noqa: S608 - words
        if not look or raw.execute(look).fetchone():
            yield told


def missing(tenant: Tenant, about: str) -> Iterator[Finding]:
    """Name the practices that a tenant has enabled and that are gone, and what can only be read since."""
    closed = ", ".join(sorted(tenant.readonly)) or "nothing"
    for name, why in tenant.absent.items():
        told = f"practice 做法 {name} is missing: {why}; can only be read until it is back: {closed}"
        yield wrong(about, told, "install it again, or disable it in the tenant's configuration")


def untold(about: str, code: str, name: str, *, active: bool, trouble: str) -> Finding:
    """Name a receiver of events that did not take one in."""
    how = "is told again and again" if active else "is told no more"
    told = f"receiver 事件接收方 {name} {how}: {trouble}"
    return note(about, told, f"renda receiver list {code}; once it is mended: renda receiver put")


def _at_work(workspace: Workspace, about: str, *, deep: bool) -> Iterator[Finding]:
    tenant = workspace.tenant
    yield ok(about, f"{tenant.name}: {len(tenant.practice.plugins)} practices, tables {NEWEST}")
    yield from missing(tenant, about)
    head = workspace.read(journal.head)
    if head.at is not None and head.at > workspace.now() + dt.timedelta(minutes=5):
        told = f"the newest journal entry is of {head.at:%Y-%m-%d %H:%M}, which lies in the future"
        yield wrong(about, told, "put this machine's clock right before anything is written")
    lost = workspace.read(lacking)
    if lost.cases or lost.people:
        told = f"{lost.cases} cases and {lost.people} people are found by no word 检索"
        yield note(about, told, f"renda reindex {workspace.file.code}")
    for row in workspace.read(troubled):
        yield untold(about, workspace.file.code, row.name, active=row.active, trouble=row.trouble)
    if deep:
        found = workspace.read(journal.verify)
        if found.whole:
            yield ok(about, f"journal 日志 whole: {found.entries} entries")
        else:
            yield wrong(about, f"journal 日志 entry {found.broken}: {found.why}", "keep the file as it is; compare it "
                        "with a backup and with the head you kept elsewhere")  # fmt: skip
