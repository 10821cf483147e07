"""Which figures of small groups may be told, so that no group under k follows from them, alone or by difference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import attrs

TOTAL = ""
"""The dimension, and the value, of the cell that holds everybody of a period."""


@attrs.frozen(kw_only=True)
class Rating:
    """One person's answer, and the groups that it belongs to.

    Attributes:
        on: The day it was given; it belongs to that day's quarter and year.
        of: The groups by dimension, e.g. ``{"station": ("<id>",), "deputy": ("<id>", "<id>")}``; a dimension may be
            absent, or have several values.
    """

    on: dt.date
    grade: str
    of: Mapping[str, tuple[str, ...]] = attrs.Factory(dict)


@attrs.frozen(kw_only=True)
class ToldCell:
    """A group of one period whose size may be told, with those of its answers that may be.

    Attributes:
        year, quarter: The period; quarter 0 is the whole year.
        dimension, value: The group, both ``TOTAL`` for everybody of the period.
        n: How many ratings it has.
        answers: Ratings by grade; a grade that may not be told is absent, and absent is not zero.
    """

    year: int
    quarter: int
    dimension: str
    value: str
    n: int
    answers: Mapping[str, int]


def protect(
    ratings: Sequence[Rating], k: int, upto: dt.date, *, grades: Sequence[str], dimensions: Sequence[str]
) -> tuple[ToldCell, ...]:
    """Choose which groups may be told for every quarter and year that ended before *upto*, in order of time.

    Args:
        ratings: Every rating ever given, in any order: what was told of earlier periods is decided first, and alone.
        k: From how many people on a group may be told; 0 or 1 hides nothing.
        upto: Today; a period is over from the day after its last.
        grades: Every grade that could be given, also those that nobody gave.
        dimensions: Which groups are told, beside the total; the first named are told first, so the broad ones.
    """
    return ()
