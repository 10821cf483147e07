"""Figures that may be round ones (约数): 5000 余人次 stays marked through every sum."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from renda_core.errors import Invalid


@attrs.frozen(order=False)
class Figure:
    """A number of persons, visits or opinions; *approx* where any part of it was given as a round figure.

    Attributes:
        n: At least so many, 0 or more.

    Raises:
        Invalid: *n* is below 0.
    """

    n: int
    approx: bool = False

    def __attrs_post_init__(self) -> None:
        if self.n < 0:
            raise Invalid(f"a figure counts from 0; {self.n} is below it")

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.n + other.n, self.approx or other.approx)

    def __str__(self) -> str:
        return f"{self.n}余（约数）" if self.approx else str(self.n)


NOTHING = Figure(0)


def total(figures: Iterable[Figure]) -> Figure:
    """Add figures up; one round figure makes the sum a round one."""
    return sum(figures, NOTHING)
