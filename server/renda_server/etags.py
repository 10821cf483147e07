"""Versions of what has no version of its own: a hash of what is shown."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from renda_core.errors import Invalid, Stale
from renda_server.answering import ENCODER

LENGTH = 32
"""Characters of a hash that make a version; a clash by chance is not to be met."""


def etag_of(shown: Any) -> str:
    """Give the entity tag of what is shown."""
    return f'"{hashlib.sha256(ENCODER.encode(shown)).hexdigest()[:LENGTH]}"'


def refuse_stale(if_match: str, shown: Any, what: str) -> None:
    """Refuse to change what is no longer as the asker saw it.

    Raises:
        Invalid: Nobody said which version was seen.
        Stale: It is another now; ``changed`` holds it as it stands.
    """
    if not if_match:
        raise Invalid("If-Match: say which version you saw, as ETag gave it", field="If-Match")
    if if_match.strip().removeprefix("W/") != etag_of(shown):
        now = msgspec.to_builtins(shown, enc_hook=str)
        raise Stale(f"the {what} was changed by someone else meanwhile; load it again", changed=[now])
