"""Addresses of the web, as people write them; where one leads is looked at whenever it is asked."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

LONGEST = 300
"""Characters of an address."""


def parts_of(url: str) -> SplitResult | None:
    """Take an address of http or https apart; None where it is none, or too long."""
    try:
        parts = urlsplit(url)
        known = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if known and parts.scheme in ("https", "http") and len(url) <= LONGEST else None
