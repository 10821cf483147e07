"""The file of the keys outside the database: several, each with a number and the moment from which it seals."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

import attrs

from renda_core.errors import ConfigError, Rejected

SIZE = 32
"""Bytes of a key."""
FIRST = 1
"""The number of the key of a file that holds one alone, as every file did at first."""
LAST = 0xFFFF
"""Two bytes of a box name its key."""
SETTLE = dt.timedelta(seconds=5)
"""How long a new key waits before it seals: servers look at the file every second, so that all know it by then."""
_NEVER_WAITED = 0.0
_KINDS = "a key has {size} bytes, this one {found}"


@attrs.frozen(kw_only=True)
class Key:
    """One key.

    Attributes:
        since: From when on it seals, in seconds since 1970; it opens at once.
    """

    id: int
    secret: bytes = attrs.field(repr=False)
    since: float = _NEVER_WAITED

    def __attrs_post_init__(self) -> None:
        if len(self.secret) != SIZE:
            raise ConfigError("the key is wrong", _KINDS.format(size=SIZE, found=len(self.secret)))


Ring = Mapping[int, Key]


def read(path: Path) -> Ring:
    """Read the keys: a file of one key holds its digits alone, of several a line each: number, digits, since when.

    Raises:
        ConfigError: The file is missing, readable by others, or not to be understood.
    """
    if not path.exists():
        raise ConfigError("no key", f"{path} does not exist; restore it from your backup, or make one: renda init")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError("the key is open to others", f"{path}: run chmod 600 {path}")
    try:
        lines = [line.split() for line in path.read_text("ascii").splitlines() if line.strip()]
        if len(lines) == 1 and len(lines[0]) == 1:
            keys = [Key(id=FIRST, secret=bytes.fromhex(lines[0][0]))]
        else:
            keys = [Key(id=int(id), secret=bytes.fromhex(digits), since=float(at)) for id, digits, at in lines]
    except ValueError:  # not hexadecimal, not a line of three parts, or not even text
        keys = []
    ring = {key.id: key for key in keys}
    if not keys or len(ring) != len(keys) or not all(FIRST <= id <= LAST for id in ring):
        told = f"{path} does not hold {2 * SIZE} hexadecimal digits; restore it from your backup"
        raise ConfigError("the key is wrong", told)
    return ring


def make(path: Path) -> None:
    """Make a file with one key that only its owner reads; an existing one is never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(SIZE) + "\n")


def add(path: Path, since: float) -> Key:
    """Add a key that seals from a moment on; the file is replaced whole, so that no reader sees half of it.

    Raises:
        Rejected: The numbers are used up.
    """
    ring = read(path)
    if max(ring) >= LAST:
        raise Rejected("no key was made", "the numbers are used up")
    made = Key(id=max(ring) + 1, secret=secrets.token_bytes(SIZE), since=since)
    _write(path, {**ring, made.id: made})
    return made


def drop(path: Path, id: int) -> Path:
    """Take a key out of the file and lay it beside, where no server reads it; older backups need it still.

    Returns:
        Where it lies: to be kept with those backups, and destroyed with them.

    Raises:
        Rejected: There is no such key, or it is the newest, which seals.
    """
    ring = dict(refuse_drop(path, id))
    apart = path.with_name(f"{path.stem}-{id}-retired{path.suffix}")
    _write(apart, {id: ring.pop(id)})
    _write(path, ring)
    return apart


def refuse_drop(path: Path, id: int) -> Ring:
    """Refuse to take out a key that is not there, or that seals; give the keys.

    Raises:
        Rejected: It is so.
    """
    ring = read(path)
    if id not in ring:
        raise Rejected("nothing was retired", f"there is no key {id}; there are: {', '.join(map(str, sorted(ring)))}")
    if id == max(ring):
        raise Rejected("nothing was retired", f"key {id} is the newest, which seals; make another: renda keys new")
    return ring


def _write(path: Path, ring: Ring) -> None:
    """Replace the file whole; a line for each key, also where it is one."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.writelines(f"{key.id} {key.secret.hex()} {key.since:.3f}\n" for key in ring.values())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
