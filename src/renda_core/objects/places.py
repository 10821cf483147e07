"""Where files are kept: read once, at start, from one line of settings."""

from __future__ import annotations

import configparser
import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import attrs

from renda_core.errors import ConfigError

S3, MEMORY = "s3://", "memory:"
KNOWN = ("endpoint", "region", "credentials")
"""What may stand behind the ``?`` of an address of S3."""
FROM_ENVIRON: Mapping[str, str] = {
    "access_key_id": "AWS_ACCESS_KEY_ID",
    "secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "session_token": "AWS_SESSION_TOKEN",
}
"""The usual variables, where no file of credentials is named."""
REGION = "us-east-1"
"""What most stores that are not Amazon's call the only region they have."""


@attrs.frozen(kw_only=True)
class Place:
    """Where files lie.

    Attributes:
        folder: A folder of this machine; None where it is S3 or memory.
        bucket: Of S3; empty where it is none. *prefix* is put before every name in it.
        endpoint: Address of the S3 server; empty means Amazon's.
        secrets: ``access_key_id``, ``secret_access_key`` and ``session_token``, as far as given.
    """

    folder: Path | None = None
    bucket: str = ""
    prefix: str = ""
    endpoint: str = ""
    region: str = REGION
    secrets: Mapping[str, str] = attrs.field(factory=dict, repr=False)


def place(address: str, environ: Mapping[str, str]) -> Place:
    """Read an address: a folder, or ``s3://bucket/prefix?endpoint=https://…&region=…&credentials=FILE``.

    Credentials come from a file in the form of ``~/.aws/credentials``, which only its owner may read, or from
    ``AWS_ACCESS_KEY_ID`` and its like. ``memory:`` keeps files as long as the process lives.

    Raises:
        ConfigError: Every mistake in it.
    """
    if address == MEMORY:
        return Place()
    if not address.startswith(S3):
        if "://" in address or not address:
            raise _wrong(f"{address!r} is neither a folder nor s3://bucket")
        return Place(folder=Path(address))
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    mistakes = [f"{name!r} is not known; known: {', '.join(KNOWN)}" for name in asked if name not in KNOWN]
    if not parts.hostname or parts.username is not None or parts.port is not None:
        mistakes.append("write s3://bucket/prefix, without a user; the server's address is endpoint=")
    if (endpoint := asked.get("endpoint", "")) and not endpoint.startswith(("http://", "https://")):
        mistakes.append(f"endpoint={endpoint} begins with neither https:// nor http://")
    if mistakes:
        raise _wrong(*mistakes)
    return Place(
        bucket=parts.netloc,
        prefix=parts.path.strip("/"),
        endpoint=endpoint,
        region=asked.get("region", environ.get("AWS_REGION", REGION)),
        secrets=_read(Path(asked["credentials"])) if "credentials" in asked else _given(environ),
    )


def _given(environ: Mapping[str, str]) -> Mapping[str, str]:
    return {name: environ[variable] for name, variable in FROM_ENVIRON.items() if environ.get(variable)}


def _read(path: Path) -> Mapping[str, str]:
    """Read the section ``default`` of a file of credentials."""
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise _wrong(f"{path} is open to others: run chmod 600 {path}")
        read = configparser.ConfigParser(interpolation=None)
        read.read_string(path.read_text("utf-8"))
        found = read["default"]
        return {name: found[f"aws_{name}"] for name in FROM_ENVIRON if f"aws_{name}" in found}
    except (OSError, KeyError, UnicodeDecodeError, configparser.Error) as error:
        told = f"{path} cannot be read: {type(error).__name__}; it holds [default] with aws_access_key_id = …"
        raise _wrong(told) from None


def _wrong(*mistakes: str) -> ConfigError:
    return ConfigError("the store of files cannot be used", *(f"RENDA_FILES: {mistake}" for mistake in mistakes))
