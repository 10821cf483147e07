"""What a reader asks a page: said by name or by Chinese title, in texts or in values, and read as the page means it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from renda_core.domain.fields import by_title
from renda_core.errors import Invalid
from renda_core.services.given import fitted

LONGEST = 200
"""Characters of one answer."""


def questions(asks: type, page: str, given: Mapping[str, Any]) -> Any:
    """Read what a reader says as the class that a page asks for; what is left empty has its default.

    Raises:
        Invalid: The page asks for no such thing, it is said twice, or it cannot be read.
    """
    titles = {title: a.name for title, a in by_title(asks).items()}
    said: dict[str, Any] = {}
    for word, value in given.items():
        name = titles.get(word, word)
        if isinstance(value, str) and len(value) > LONGEST:
            raise Invalid(f"page {page}: {name} is longer than {LONGEST} characters", field=name)
        if name in said:
            raise Invalid(f"page {page}: {name} is said twice, by name and by title", field=name)
        if value not in ("", None):
            said[name] = value
    return fitted(said, asks, f"page {page}", strict=False)


def told(asks: type | None, asked: Any) -> tuple[str, ...]:
    """Say in Chinese what was asked, one part a question that has an answer, e.g. ``起 2026-01-01``."""
    if asks is None:
        return ()
    values = ((a, getattr(asked, a.name)) for a in attrs.fields(asks))
    return tuple(f"{a.metadata.get('title') or a.name} {value}" for a, value in values if value not in ("", None))
