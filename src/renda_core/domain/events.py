"""Events (事件) as other systems are told of them: which a pattern names, when one is told again, secrets as written.

Source: Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

PATTERN = re.compile(r"[a-z0-9_*]+(\.[a-z0-9_*]+)*")
"""How a pattern is written: the name of an event, e.g. ``suggestion.submit``, in which ``*`` stands for anything."""
WAITS = tuple(
    dt.timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""How long an event waits after each try that failed; after one more, about three days later, nobody tries again.
Source: Standard Webhooks, "Deliverability and reliability", example schedule."""
PREFIX = "whsec_"
"""How a secret begins. Source: Standard Webhooks, "Signature scheme"."""
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret. Source: the same."""


def named(patterns: Iterable[str], event: str) -> bool:
    """Tell whether one of some patterns names an event."""
    return any(fnmatchcase(event, pattern) for pattern in patterns)


def wait(failures: int, asked: dt.timedelta = dt.timedelta(0)) -> dt.timedelta | None:
    """Say how long to wait after so many tries that failed, one after the other; None where it was the last one.

    Args:
        asked: How long the other side asked to wait; no longer than the longest wait.
    """
    if failures > len(WAITS):
        return None
    return max(WAITS[failures - 1], min(asked, WAITS[-1]))


def read_secret(text: str) -> bytes | None:
    """Read a secret as both sides write it; None where it is none."""
    try:
        raw = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if text.startswith(PREFIX) and SHORTEST <= len(raw) <= LONGEST else None


def write_secret(raw: bytes) -> str:
    """Write a secret as both sides know it."""
    return PREFIX + base64.b64encode(raw).decode()
