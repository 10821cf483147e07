"""What a journal entry is made of: canonical text, hashed onto the entry before; and digests of many rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from renda_core.errors import Misuse

_lines = msgspec.json.Encoder(order="deterministic")
START = bytes(32)
"""The hash before a tenant's first entry."""


class Digest:
    """A hash over rows as they are written, piece by piece, so that none need be kept for it."""

    def __init__(self) -> None:
        self._total = hashlib.sha256()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take rows in."""
        self._total.update(_lines.encode_lines(rows))

    def hexdigest(self) -> str:
        """Give the hash of all rows so far."""
        return self._total.hexdigest()


def digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """Hash rows as canonical lines, so that one journal entry vouches for many; equal on both back ends."""
    total = hashlib.sha256()
    for row in rows:
        total.update(json.dumps(row, ensure_ascii=False, sort_keys=True, default=str).encode() + b"\n")
    return total.hexdigest()


def canonical(fields: Mapping[str, object]) -> str:
    """Write the text that is stored verbatim and hashed, so no back end can reorder it."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_no)


def _no(value: object) -> str:
    raise Misuse(f"a journal body holds plain JSON values, not {type(value).__name__}")


def chain(previous: bytes, entry: str) -> bytes:
    """Hash one entry onto its predecessor."""
    return hashlib.sha256(previous + hashlib.sha256(entry.encode()).digest()).digest()
