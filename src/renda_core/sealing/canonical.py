"""One way to write plain data as bytes, for digests and signatures that any program can compute again.

Source: RFC 8785 (JSON Canonicalization Scheme), without fractional numbers.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec

from renda_core.errors import Invalid

LARGEST_NUMBER = 2**53 - 1
"""Source: RFC 8785 § 3.2.2.3: the integers that every JSON reader holds exactly."""

SHARE = re.compile(r"[0-9]{1,9}(/[1-9][0-9]{0,8})?")
"""A share as text; a longer number is nobody's rule, and would only cost the reader."""


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


def plain(value: object) -> Any:
    """Reduce frozen objects to what JSON holds, as it is after travelling."""
    return msgspec.json.decode(msgspec.json.encode(value, enc_hook=_share, order="deterministic"))


def foreign(data: object, read: object, path: str = "") -> str:
    """Name the first field of *data* that is in nothing that was read of it; empty where all of it was read."""
    if isinstance(data, Mapping) and isinstance(read, Mapping):
        unread = (f"{path}{name}" for name in data if name not in read)
        inside = (foreign(data[name], read[name], f"{path}{name}.") for name in data if name in read)
        return next((found for found in (*unread, *inside) if found), "")
    if isinstance(data, list | tuple) and isinstance(read, list | tuple):
        parts = (foreign(one, other, path) for one, other in zip(data, read, strict=False))
        return next((found for found in parts if found), "")
    return ""


def typed(cls: type, value: Any) -> Any:
    """Read what JSON has no type for: a share, of a bounded size. For ``msgspec.convert`` as *dec_hook*."""
    if cls is not Fraction:
        return value
    if not isinstance(value, str) or not SHARE.fullmatch(value):
        raise ValueError(f"{str(value)[:20]!r} is no share; one is written 1/2")
    return Fraction(value)


def _share(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    raise Invalid(f"a file cannot hold a {type(value).__name__}")


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
