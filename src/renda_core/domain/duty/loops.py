"""The loops over columns and counters, as plain Python: compiled they run, uncompiled they say what is right.

Nothing here checks its arguments: whoever calls them has. Types of numbers are written out because compiled arithmetic
keeps them, and narrow numbers go through a processor in larger handfuls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

BLOCK = 512
"""Deputies added up at once: few enough that their sums stay in the nearest cache."""


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

    def swept(counts: Any, deputies: int, rows: Any, begins: Any, each: Any, caps: Any, total: Any) -> None:
        """Add up the points of each deputy, item by item.

        Args:
            counts: One row a lane, laid end to end.
            rows, each: The lanes in order of their items, and the points for a unit of them.
            begins: Where in *rows* each item begins, and at last where all end.
            caps: By item, of the same type of numbers.
            total: Points by deputy, which are written.
        """
        points, own = np.empty(BLOCK, number), np.empty(BLOCK, number)
        for first in range(0, deputies, BLOCK):
            width = min(BLOCK, deputies - first)
            points[:] = 0
            for i in range(caps.shape[0]):
                high, low = caps[i], number(-caps[i])
                alone = begins[i + 1] - begins[i] == 1
                if not alone:
                    own[:] = 0
                for r in range(begins[i], begins[i + 1]):
                    at = rows[r] * deputies + first
                    some, unit = counts[at : at + width], each[r]
                    if alone:
                        for d in range(some.shape[0]):
                            one = number(number(some[d]) * unit)
                            one = one if one < high else high
                            points[d] += one if one > low else low
                    else:
                        for d in range(some.shape[0]):
                            own[d] += number(some[d]) * unit
                if not alone:
                    for d in range(width):
                        one = own[d]
                        one = one if one < high else high
                        points[d] += one if one > low else low
            part = total[first : first + width]
            for d in range(part.shape[0]):
                part[d] = points[d]

    return swept
