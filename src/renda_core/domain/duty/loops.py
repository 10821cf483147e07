"""The loops over columns and counters, as plain Python: compiled they run, uncompiled they say what is right.

Nothing here checks its arguments: whoever calls them has. Types of numbers are written out because compiled arithmetic
keeps them, and narrow numbers go through a processor in larger handfuls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

BLOCK = 2_048
"""Deputies added up at once: few enough that their sums stay in the nearest cache."""
ABREAST = 4
"""Items of one lane that are added up in one pass: the sums are then fetched and put back a quarter as often."""


def stream(lane: Any, amount: Any, offsets: Any, item: Any, each: Any, caps: Any, total: Any) -> None:
    """Add up the points of each deputy, entry by entry, then cap item by item.

    Args:
        item, each: By lane: its item, and the points for a unit.
        caps: By item; where there is none, the largest number.
        total: Points by deputy, which are written.
    """
    sums = np.zeros(caps.shape[0], np.int64)
    for deputy in range(total.shape[0]):
        for i in range(sums.shape[0]):
            sums[i] = 0
        for e in range(offsets[deputy], offsets[deputy + 1]):
            one = lane[e]
            sums[item[one]] += each[one] * amount[e]
        points = np.int64(0)
        for i in range(sums.shape[0]):
            points += min(max(sums[i], -caps[i]), caps[i])
        total[deputy] = points


def sweep(number: Any) -> Callable[..., None]:
    """Make the loop over counters whose sums are of a type of numbers that holds all of them."""

    def swept(
        counts: Any, deputies: int, alone: Any, units: Any, tops: Any, rows: Any, begins: Any, each: Any, caps: Any,
        total: Any,
    ) -> None:  # fmt: skip
        """Add up the points of each deputy, block by block: items of one lane four abreast, then those of several.

        Args:
            counts: One row a lane, laid end to end.
            alone, units, tops: The lanes of items that have one, points for a unit, and caps; a multiple of four.
            rows, each: The lanes of items that have several, one item after the other, and the points for a unit.
            begins: Where in *rows* each such item begins, and at last where all end; *caps* their caps.
            total: Points by deputy, which are written.
        """
        points, own = np.empty(BLOCK, number), np.empty(BLOCK, number)
        for first in range(0, deputies, BLOCK):
            width = min(BLOCK, deputies - first)
            points[:] = 0
            for i in range(0, alone.shape[0], ABREAST):
                at0, at1, at2, at3 = (
                    alone[i] * deputies + first, alone[i + 1] * deputies + first,
                    alone[i + 2] * deputies + first, alone[i + 3] * deputies + first,
                )  # fmt: skip
                n0, n1, n2, n3 = (
                    counts[at0 : at0 + width], counts[at1 : at1 + width],
                    counts[at2 : at2 + width], counts[at3 : at3 + width],
                )  # fmt: skip
                unit0, unit1, unit2, unit3 = units[i], units[i + 1], units[i + 2], units[i + 3]
                high0, high1, high2, high3 = tops[i], tops[i + 1], tops[i + 2], tops[i + 3]
                low0, low1, low2, low3 = number(-high0), number(-high1), number(-high2), number(-high3)
                for d in range(n0.shape[0]):
                    sum0, sum1 = number(number(n0[d]) * unit0), number(number(n1[d]) * unit1)
                    sum2, sum3 = number(number(n2[d]) * unit2), number(number(n3[d]) * unit3)
                    sum0, sum1 = sum0 if sum0 < high0 else high0, sum1 if sum1 < high1 else high1
                    sum2, sum3 = sum2 if sum2 < high2 else high2, sum3 if sum3 < high3 else high3
                    sum0, sum1 = sum0 if sum0 > low0 else low0, sum1 if sum1 > low1 else low1
                    sum2, sum3 = sum2 if sum2 > low2 else low2, sum3 if sum3 > low3 else low3
                    points[d] += sum0 + sum1 + sum2 + sum3
            for i in range(caps.shape[0]):
                high, low = caps[i], number(-caps[i])
                own[:] = 0
                for r in range(begins[i], begins[i + 1]):
                    at, unit = rows[r] * deputies + first, each[r]
                    some = counts[at : at + width]
                    for d in range(some.shape[0]):
                        own[d] += number(some[d]) * unit
                for d in range(width):
                    one = own[d] if own[d] < high else high
                    points[d] += one if one > low else low
            part = total[first : first + width]
            for d in range(part.shape[0]):
                part[d] = points[d]

    return swept
