"""Points of everybody from columns or counters: the same by NumPy and by the compiled loops, in flat memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from renda_core.domain.duty import loops
from renda_core.domain.duty.columns import AT_ONCE, Columns, Counters, Lane, Longs, Numbers, Scale
from renda_core.domain.duty.compiled import NARROWEST, kernels
from renda_core.errors import Misuse

CELLS = 1 << 14
"""Deputies of a block of counters, where less is done with each."""
EXACT = 1 << 53
"""Whole numbers up to here are exact as floats, in which NumPy adds up by place."""
NO_CAP = int(np.iinfo(np.int64).max)


def totals(columns: Columns, scale: Scale, *, start: int | Longs | None = None, fast: bool | None = None) -> Longs:
    """Give the points of each deputy, in hundredths: the total of :func:`~renda_core.domain.duty.score`.

    Args:
        start: Instead of the scale's: the same for all, or of each deputy, by days in office.
        fast: Use the compiled loop, or never; by default, where it pays. The points are the same.

    Raises:
        Misuse: The scale is one of other lanes.
    """
    _check(scale, columns.lanes)
    found = np.empty(columns.deputies, np.int64)
    item, each = np.array(scale.item, np.int64), np.array(scale.each, np.int64)
    caps = np.array([NO_CAP if c is None else c for c in scale.caps], np.int64)
    loop = kernels.stream((columns.lane.dtype, columns.amount.dtype), len(columns.lane), fast)
    if loop:
        loop(columns.lane, columns.amount, columns.offsets, item, each, caps, found)
    else:
        _by_place(columns, item, each, caps, found)
    finished: Longs = _finished(found, scale, start)
    return finished


def totals_of_counters(
    counters: Counters, scale: Scale, *, start: int | Longs | None = None, fast: bool | None = None
) -> Numbers:
    """Give the points of each deputy, in hundredths, from what is counted, as int32 or int64; see :func:`totals`.

    Sums are made in the narrowest numbers that none of them can outgrow, which the largest counters tell.
    """
    _check(scale, counters.lanes)
    items = _items(counters, scale)
    widest = max(sum(i.cap for i in items), *(i.reach for i in items), 0, 0)
    number = next(t for t in NARROWEST if t is np.int64 or widest <= np.iinfo(t).max)
    found: Numbers = np.empty(counters.deputies, np.int64 if number is np.int64 else np.int32)
    loop = kernels.sweep((counters.n.dtype, np.dtype(number), found.dtype), counters.n.size, fast)
    if loop and items:
        loop(counters.n.reshape(-1), len(found), *_laid(items, number), found)
    else:
        _by_item(counters.n, items, np.dtype(number), found)
    finished: Numbers = _finished(found, scale, start)
    return finished


def bands_of(totals: Numbers, least: Sequence[int]) -> npt.NDArray[np.uint8]:
    """Tell of each total how many thresholds it reaches, e.g. 0 to 4 of those of five stars."""
    found = np.zeros(len(totals), np.uint8)
    for a in range(0, len(totals), CELLS):
        part, reached = totals[a : a + CELLS], found[a : a + CELLS]
        for threshold in least:
            reached += (part >= threshold).view(np.uint8)
    return found


def _check(scale: Scale, lanes: Sequence[Lane]) -> None:
    if len(scale.each) != len(lanes) or len(scale.item) != len(lanes):
        raise Misuse(f"a scale of {len(scale.each)} lanes does not fit {len(lanes)}; make it of these")
    if lanes and not 0 <= min(scale.item) <= max(scale.item) < len(scale.caps):
        raise Misuse("a scale names an item that it has not")


def _by_place(columns: Columns, item: Longs, each: Longs, caps: Longs, found: Longs) -> None:
    """Add up entries by deputy and item, block by block."""
    width, ends, amounts = len(caps), columns.offsets, np.iinfo(columns.amount.dtype)
    sizes = np.diff(ends)
    largest = max(-int(amounts.min), int(amounts.max)) * int(np.abs(each).max(initial=0))
    exact = largest * int(sizes.max(initial=0)) < EXACT
    for a in range(0, len(found), AT_ONCE):
        b = min(a + AT_ONCE, len(found))
        lane = columns.lane[ends[a] : ends[b]]
        points = each[lane] * columns.amount[ends[a] : ends[b]]
        place = np.repeat(np.arange(0, (b - a) * width, width), sizes[a:b]) + item[lane]
        if exact:
            sums = np.bincount(place, points, (b - a) * width).astype(np.int64)
        else:
            sums = np.zeros((b - a) * width, np.int64)
            np.add.at(sums, place, points)
        by_item = sums.reshape(b - a, width)
        np.clip(by_item, -caps, caps, out=by_item)
        by_item.sum(1, out=found[a:b])


@attrs.frozen
class _Item:
    """The lanes of an item that earn something, as (row, points for a unit), and how far its points may reach."""

    lanes: tuple[tuple[int, int], ...]
    reach: int
    cap: int


def _items(counters: Counters, scale: Scale) -> list[_Item]:
    """Give the items that earn something; a cap that nobody can reach is no wider than what they can."""
    lanes: dict[int, list[tuple[int, int]]] = {}
    reach = dict[int, int]()
    for r, (item, each) in enumerate(zip(scale.item, scale.each, strict=True)):
        if each:
            lanes.setdefault(item, []).append((r, each))
            most = max(abs(counters.least[r]), abs(counters.most[r]), 1)
            reach[item] = reach.get(item, 0) + abs(each) * most
    caps = {i: n if (cap := scale.caps[i]) is None else min(cap, n) for i, n in reach.items()}
    return [_Item(tuple(lanes[i]), n, caps[i]) for i, n in reach.items()]


def _laid(items: list[_Item], number: Any) -> tuple[Numbers, ...]:
    """Give items as the compiled loop takes them: those of one lane, filled up with nothing, then those of several."""
    alone = [(*i.lanes[0], i.cap) for i in items if len(i.lanes) == 1]
    alone += [(0, 0, 0)] * (-len(alone) % loops.ABREAST)
    several = [i for i in items if len(i.lanes) > 1]
    rows = [lane for i in several for lane in i.lanes]
    begins = np.cumsum([0, *(len(i.lanes) for i in several)])
    return (
        np.array([r for r, _, _ in alone], np.int64),
        np.array([each for _, each, _ in alone], number),
        np.array([cap for _, _, cap in alone], number),
        np.array([r for r, _ in rows], np.int64),
        begins,
        np.array([each for _, each in rows], number),
        np.array([i.cap for i in several], number),
    )


def _by_item(n: Numbers, items: list[_Item], number: np.dtype[Any], found: Any) -> None:
    """Add up counters item by item, block by block."""
    for a in range(0, len(found), CELLS):
        part, some = found[a : a + CELLS], n[:, a : a + CELLS]
        part[:] = 0
        sums, more = np.empty(len(part), number), np.empty(len(part), number)
        for item in items:
            sums[:] = 0
            for r, each in item.lanes:
                np.multiply(some[r], number.type(each), out=more, dtype=number, casting="unsafe")
                sums += more
            np.minimum(sums, number.type(item.cap), out=sums)
            np.maximum(sums, number.type(-item.cap), out=sums)
            part += sums


def _finished(found: Any, scale: Scale, start: int | Longs | None) -> Any:
    """Give points with what everybody begins with, and within the most."""
    if start is None and not scale.start and scale.most is None:
        return found
    found = found.astype(np.int64, copy=False)
    found += scale.start if start is None else start
    return found if scale.most is None else np.minimum(found, scale.most, out=found)
