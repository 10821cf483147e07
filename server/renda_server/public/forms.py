"""What a form says: read strictly, and only where one of our own pages sent it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from litestar import Request
from litestar.exceptions import HTTPException, PermissionDeniedException

from renda_core.errors import Invalid
from renda_server.bodies import refuse_unstorable

Asking = Request[Any, Any, Any]
FORM = "application/x-www-form-urlencoded"
LARGEST = 16_000
"""Bytes of a form: its longest answer is a few hundred characters, nine bytes each."""
FIELDS = 8
MANY = 80
"""Fields of a form on which something may be ticked again and again."""
VERBATIM = frozenset({"old", "password", "again"})
"""What is taken as it was typed, blanks and all: the same text opens over every other way in."""
BACK = re.compile(r"/(?:public/|(?:enter|accounts?)(?![A-Za-z0-9._~%-]))[A-Za-z0-9._~%/?=&+:@-]{0,1000}")
"""Where the button of sizes may lead back to: a page of ours, by its path alone."""


async def read(request: Asking, *known: str, many: str = "") -> dict[str, str]:
    """Read a form; what was not filled in is empty, and what surrounds an answer is not part of it.

    Args:
        many: A name that may stand there again and again; its answers are given with spaces between them.

    Raises:
        PermissionDeniedException: Another site's page sent it.
        Invalid: It holds what nobody asked for, one answer twice, or what is no text.
    """
    refuse_foreign(request)
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise HTTPException(status_code=415, detail=f"send {FORM}")
    raw = await request.body()
    most = MANY if many else FIELDS
    try:
        listed = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError:  # too many fields, or no text
        raise Invalid("the form cannot be read") from None
    several = [value for name, value in listed if many and name == many]
    once = [(name, value) for name, value in listed if not many or name != many]
    found = dict(once)
    if len(found) != len(once) or not found.keys() <= {*known}:
        raise Invalid("the form says what nobody asked for")
    refuse_unstorable(found)
    refuse_unstorable(several)
    given = {name: found.get(name, "") for name in known}
    return {name: value if name in VERBATIM else value.strip() for name, value in given.items()} | (
        {many: " ".join(several)} if many else {}
    )


def refuse_foreign(request: Asking, *, silent: bool = True) -> None:
    """Refuse what another site's page sends, so that nobody's visitors try codes for them, or use their session.

    Args:
        silent: Let through what says nothing of where it comes from: where there is no session that it could misuse,
            this only keeps an address's few tries for who sits there.

    Source: W3C Fetch Metadata; where a browser does not tell it, ``Origin`` against ``Host`` (as Go's net/http does).

    Raises:
        PermissionDeniedException: The browser says so.
    """
    site = request.headers.get("Sec-Fetch-Site", "")
    if site:
        if site not in ("same-origin", "none"):
            raise PermissionDeniedException
        return
    origin = request.headers.get("Origin", "")
    if not origin and not silent:
        raise PermissionDeniedException
    if origin and urlsplit(origin).netloc.lower() != request.headers.get("Host", "").lower():
        raise PermissionDeniedException
