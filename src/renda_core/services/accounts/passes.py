"""How a secret that opens a tenant is written: it says which tenant it is for, and its hash alone is kept."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from uuid import UUID

MARK = "renda_"
"""How a pass begins, so that one left in a file by mistake is recognised."""
SIZE = 32
"""Random bytes of a pass: nobody guesses it, so that its hash needs neither salt nor slowness."""
_TENANT = 16
_WHOSE = 24
"""Characters that hold the tenant's id, and a little of what follows: they come in fours, three bytes each."""
_WRITTEN = re.compile(rf"{MARK}[A-Za-z0-9_-]{{{(_TENANT + SIZE) // 3 * 4}}}")


def new(tenant: str) -> str:
    """Make a pass for a tenant: a mark, and the tenant's id with 32 random bytes as 64 characters."""
    return MARK + base64.urlsafe_b64encode(UUID(tenant).bytes + secrets.token_bytes(SIZE)).decode()


def tenant_of(text: str) -> str | None:
    """Say which tenant a pass claims to be for; None where it is no pass. It may open nothing."""
    if not _WRITTEN.fullmatch(text):
        return None
    whose = text[len(MARK) : len(MARK) + _WHOSE].replace("-", "+").replace("_", "/")
    h = binascii.a2b_base64(whose)[:_TENANT].hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def digest_of(text: str) -> bytes:
    """Hash a pass, for keeping it and for finding it again."""
    return hashlib.sha256(text.encode()).digest()
