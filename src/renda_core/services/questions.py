"""What a reader asks a page: said by name or by Chinese title, in texts or in values, and read as the page means it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renda_core.domain.fields import by_title, choices_of
from renda_core.errors import Invalid, RendaError
from renda_core.files.written import shown
from renda_core.services import budgets
from renda_core.services.asking import Source
from renda_core.services.budgets import limited
from renda_core.services.given import fitted

LONGEST = 200
"""Characters of one answer."""


def questions(asks: type, page: str, given: Mapping[str, Any]) -> Any:
    """Read what a reader says as the class that a page asks for; what is left empty has its default.

    Raises:
        Invalid: The page asks for no such thing, it is said twice, or it cannot be read.
    """
    titles = {title: a.name for title, a in by_title(asks).items()}
    known = frozenset(titles.values())
    said: dict[str, Any] = {}
    for word, value in given.items():
        name = titles.get(word, word)
        if isinstance(value, str) and len(value) > LONGEST:
            raise Invalid(f"page {page}: {name} is longer than {LONGEST} characters", field=name)
        if value in ("", None) and name in known:
            continue
        if name in said:
            raise Invalid(f"page {page}: {name} is said twice, by name and by title", field=name)
        said[name] = value
    return fitted(said, asks, f"page {page}", strict=False)


def asked_of(source: Source, asks: type, given: Mapping[str, Any]) -> Any:
    """Read what a reader says as :func:`questions` does, within the time that a practice's own class has.

    Raises:
        Invalid: As :func:`questions` says.
        PracticeFailed: The class itself failed, and its plugin is named.
    """
    try:
        return limited(budgets.RULE, lambda: questions(asks, source.name, given))
    except RendaError:
        raise
    except BaseException as error:
        raise source.failed(error) from None


def told(asks: type | None, asked: Any = None, *, names: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Say in Chinese what was asked, one part a question that has an answer, e.g. ``起 2026-01-01``.

    Args:
        names: What people call what is asked by id.
    """
    if asks is None:
        return ()
    known, fields = names or {}, by_title(asks).items()
    values = ((title, {**choices_of(a, None), **known}, getattr(asked, a.name)) for title, a in fields)
    said = ((title, called.get(v, v) if isinstance(v, str) else shown(v)) for title, called, v in values)
    return tuple(f"{title} {text}" for title, text in said if text)
