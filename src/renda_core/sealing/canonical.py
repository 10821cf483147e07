"""One way to write plain data as bytes, for digests and signatures that any program can compute again.

Source: RFC 8785 (JSON Canonicalization Scheme), without fractional numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from renda_core.errors import Invalid

LARGEST_NUMBER = 2**53 - 1
"""Source: RFC 8785 § 3.2.2.3: the integers that every JSON reader holds exactly."""


def canonical(data: object) -> bytes:
    """Write texts, whole numbers, truth values, lists and mappings in the one canonical form, in UTF-8.

    Raises:
        Invalid: Something else is in it, or it is nested too deep.
    """
    try:
        ordered = _ordered(data)
        return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise Invalid("this data cannot be written: a broken character, or nested too deep") from error


def digest(data: object) -> str:
    """Give SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(data)).hexdigest()


def _ordered(data: object) -> Any:
    if isinstance(data, Mapping):
        if not all(isinstance(key, str) for key in data):
            raise Invalid("a name in this data is no text")
        return {key: _ordered(data[key]) for key in sorted(data, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(data, list | tuple):
        return [_ordered(part) for part in data]
    if data is None or isinstance(data, str | bool):
        return data
    if isinstance(data, int) and abs(data) <= LARGEST_NUMBER:
        return data
    raise Invalid(f"this data cannot be written: {type(data).__name__} {str(data)[:40]}")
