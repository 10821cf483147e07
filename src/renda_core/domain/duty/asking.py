"""What pages on a year's duty ask their readers: which year, and which congress."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from renda_core.errors import Invalid

EARLIEST = 1954
"""The first year with a people's congress; an earlier one is a slip of the pen."""


def whole_year(year: int | None, today: dt.date) -> tuple[int, dt.date, dt.date]:
    """Give a calendar year with its first and last day; today's where none is said.

    Raises:
        Invalid: It has not begun, or no congress met in it.
    """
    year = today.year if year is None else year
    if not EARLIEST <= year <= today.year:
        raise Invalid(f"year is one from {EARLIEST} to {today.year}, not {year}", field="year")
    return year, dt.date(year, 1, 1), dt.date(year, 12, 31)


def congress_meant(names: Mapping[str, str], wanted: str) -> str:
    """Find a congress among some, by name or id; the only one where nothing is said.

    Args:
        names: Those that it may be, id to name.

    Raises:
        Invalid: None of them is called so, or several are, or nobody said which.
    """
    found = [id for id, name in names.items() if wanted.strip() in ("", id, name)]
    if len(found) == 1:
        return found[0]
    known = "、".join(sorted(names.values())) or "none"
    told = f"{wanted.strip()!r} is not one congress" if wanted.strip() else "say which congress"
    raise Invalid(f"{told}; name one of: {known}", field="congress")
