"""The names under which tenants are reached: written in one way only, so that they are compared letter by letter."""

from __future__ import annotations

import re
from uuid import UUID

import idna

from renda_core.errors import Invalid

LONGEST = 253
"""Characters of a name, of which each part has at most 63 (RFC 1035)."""
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
"""What a tenant's code is made of: it is the name of a file on every machine."""
_PART = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def canonical(host: str) -> str:
    """Write a host as the directory keeps it: small letters, ASCII (IDNA 2008), no dot at its end.

    Raises:
        Invalid: It is no host's name; a port, an address with ``/`` and a wildcard are none.
    """
    told = Invalid(f"{host!r} is no name of a host; write it as in county.example.cn", field="hosts")
    text = host.strip().lower()
    text = text[:-1] if text.endswith(".") else text
    if not text.isascii():
        try:
            text = idna.encode(text, uts46=True).decode()
        except idna.IDNAError:
            raise told from None
    if len(text) > LONGEST or not all(_PART.fullmatch(part) for part in text.split(".")):
        raise told
    return text


def id_mistakes(id: str, where: str) -> list[str]:
    """Say what is wrong with a tenant's id; nothing for a good one, written as every id is."""
    try:
        good = str(UUID(id)) == id and UUID(id).int != 0  # of nobody, under whose name the directory is read
    except (ValueError, AttributeError, TypeError):
        good = False
    return [] if good else [f"{where}: id = {id!r} is no UUID in small letters; make one with: renda tenant new"]


def code_mistakes(code: str, where: str) -> list[str]:
    """Say what is wrong with a code; nothing for a good one."""
    told = f"{where}: code = {code!r}; use small letters, digits, - and _, at most 63, a letter or digit first"
    return [] if CODE.fullmatch(code) else [told]
