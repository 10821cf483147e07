"""Who asks, and for which tenant: by a bearer token whose hash alone is kept, never by the request's content."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
import stat
import tomllib
from collections.abc import Iterable
from pathlib import Path

import attrs
import tomlkit

from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, NotFound

MARK = "renda_"
"""How a token begins, so that one left in a file by mistake is recognised."""
SHORTEST = 8
"""Characters of a hash that name a token."""


@attrs.frozen(kw_only=True)
class Holder:
    """What one token stands for; the token itself is kept nowhere.

    Attributes:
        sha256: Of the token, in hexadecimal.
        tenant: The tenant's code, with *tenant_id* its id.
        person: The id under which the journal names the holder.
    """

    sha256: str
    tenant: str
    tenant_id: str
    person: str
    roles: tuple[str, ...] = ()
    unit: str = ""
    label: str = ""
    made: str = ""

    @property
    def actor(self) -> Actor:
        """Give the holder as the services know one."""
        return Actor(id=self.person, roles=self.roles, unit=self.unit)


def file_of(home: Path) -> Path:
    """Name the file of tokens: beside the key, and like it no part of the data."""
    return home / "keys" / "tokens.toml"


def holders(home: Path) -> tuple[Holder, ...]:
    """Read every token's entry.

    Raises:
        ConfigError: The file is damaged, or open to others.
    """
    path = file_of(home)
    if not path.exists():
        return ()
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError("the tokens are open to others", f"{path}: run chmod 600 {path}")
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("tokens", [])
        return tuple(Holder(**entry | {"roles": tuple(entry.get("roles", ()))}) for entry in entries)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, AttributeError) as error:
        raise ConfigError("the tokens cannot be read", f"{path}: {error}") from error


def add(home: Path, *, tenant: str, tenant_id: str, actor: Actor, label: str, on: dt.date) -> str:
    """Make a token and keep its hash; give the token, which nobody can be told again."""
    token = MARK + secrets.token_urlsafe(32)
    made = Holder(
        sha256=hashed(token),
        tenant=tenant,
        tenant_id=tenant_id,
        person=actor.id,
        roles=tuple(sorted(actor.roles)),
        unit=actor.unit,
        label=label,
        made=on.isoformat(),
    )
    _write(home, (*holders(home), made))
    return token


def remove(home: Path, beginning: str) -> str:
    """Take one token back; give its whole hash.

    Raises:
        NotFound: None, or several, begin so; or too little was given.
    """
    every = holders(home)
    found = [h for h in every if len(beginning) >= SHORTEST and h.sha256.startswith(beginning.lower())]
    if len(found) != 1:
        raise NotFound(f"{len(found)} tokens begin with {beginning!r}; list them: renda token list")
    _write(home, (h for h in every if h is not found[0]))
    return found[0].sha256


def hashed(token: str) -> str:
    """Hash a token; it is random and long, so that no salt and no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _write(home: Path, every: Iterable[Holder]) -> None:
    path = file_of(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    document = tomlkit.document()
    document.add(tomlkit.comment("Made by `renda token`; hashes only. A server that runs hears of changes at once."))
    document["tokens"] = [attrs.asdict(holder) for holder in every]
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(tomlkit.dumps(document))
    os.replace(part, path)


class Doorkeeper:
    """Knows tokens by their hash, and reads the file again when it has changed."""

    def __init__(self, home: Path) -> None:
        self._home, self._file = home, str(file_of(home))
        self._stamp: tuple[int, int] | None = None
        self._by_hash: dict[str, Holder] = {}

    def who(self, authorization: str) -> Holder | None:
        """Say whose token a header ``Authorization: Bearer …`` carries; None for nobody's."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        self._refresh()
        # Looking a hash up tells nothing of the token by the time it takes.
        return self._by_hash.get(hashed(token.strip()))

    def _refresh(self) -> None:
        try:
            found = os.stat(self._file)
            stamp = (found.st_mtime_ns, found.st_ino)
        except FileNotFoundError:
            self._stamp, self._by_hash = None, {}
            return
        if stamp != self._stamp:
            self._by_hash = {holder.sha256: holder for holder in holders(self._home)}
            self._stamp = stamp
