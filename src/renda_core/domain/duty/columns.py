"""Records as columns: a whole county's in a millisecond, a country's in a fifth of a second, with the same points.

An item is linear, so of a record no more is needed than how much of what was done. Each *lane* is one measure of one
kind, proven or not, in a stretch of days in which the rule did not change; a record is one entry in each of its lanes.
What a unit of a lane earns is the same for everybody, and stands in a :class:`Scale`. Another rule is another scale.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from renda_core.domain.duty.rule import Versions
from renda_core.errors import Misuse

Longs = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.integer[Any]]
AT_ONCE = 4_096
"""Deputies of a block: their sums stay in the near caches, and a call of NumPy costs less than its work."""


@attrs.frozen
class Lane:
    """One measure of one kind in one stretch of days: ``""`` is the quantity, else the code of a fact.

    Attributes:
        since: The first day of the stretch; the rule stands as on this day in all of it.
    """

    kind: str
    measure: str
    proven: bool
    since: dt.date


@attrs.frozen(kw_only=True, eq=False)
class Columns:
    """What deputies did, as numbers: the entries of the first deputy, then of the second, and so on.

    Attributes:
        lane: Of each entry, its place in *lanes*; uint8 or uint16.
        amount: Of each entry, how many units.
        offsets: Where the entries of each deputy begin, and at last where all end: one more than deputies; int64.

    Raises:
        Misuse: The columns do not fit each other; a kernel would read beside them.
    """

    lanes: tuple[Lane, ...]
    lane: Numbers
    amount: Numbers
    offsets: Longs

    def __attrs_post_init__(self) -> None:
        n, ends = len(self.lane), self.offsets
        if len(self.amount) != n or not len(ends) or ends[0] or ends[-1] != n or (np.diff(ends) < 0).any():
            raise Misuse("columns: entries and offsets do not fit each other")
        if n and not 0 <= int(self.lane.min()) <= int(self.lane.max()) < len(self.lanes):
            raise Misuse("columns: an entry lies in a lane that there is not")

    @property
    def deputies(self) -> int:
        """How many there are."""
        return len(self.offsets) - 1


@attrs.frozen(kw_only=True, eq=False)
class Counters:
    """What deputies did, added up: one row a lane, one column a deputy, in the smallest numbers that hold them.

    Attributes:
        least, most: Of each lane, the smallest and largest number in it, or beyond: they tell how wide points may grow.
    """

    lanes: tuple[Lane, ...]
    n: Numbers
    least: tuple[int, ...]
    most: tuple[int, ...]

    @property
    def deputies(self) -> int:
        """How many there are."""
        return int(self.n.shape[1])

    @classmethod
    def of(cls, lanes: Iterable[Lane], n: Numbers) -> Counters:
        """Keep numbers, of one row a lane.

        Raises:
            Misuse: There are more rows or fewer.
        """
        kept = tuple(lanes)
        low, high = (n.min(1).tolist(), n.max(1).tolist()) if n.size else ([0] * len(kept), [0] * len(kept))
        if len(low) != len(kept):
            raise Misuse("counters: one row a lane")
        return cls(lanes=kept, n=np.ascontiguousarray(fitting(n)), least=tuple(low), most=tuple(high))


@attrs.frozen(kw_only=True)
class Scale:
    """What each lane earns under a rule, and how much each item gives at most.

    Attributes:
        item: Of each lane, the item that it belongs to; that of a lane which earns nothing does not matter.
        each: Of each lane, points for a unit, in hundredths.
        caps: Of each item; None for no limit.
        start, most: As of :class:`ScoreRule`, in hundredths.
    """

    item: tuple[int, ...]
    each: tuple[int, ...]
    caps: tuple[int | None, ...]
    start: int = 0
    most: int | None = None

    @classmethod
    def of(cls, lanes: Iterable[Lane], versions: Versions, today: dt.date) -> Scale:
        """Read a rule: each lane by the version of its own days, the caps, the start and the most by those of *today*.

        Raises:
            Invalid: The items of a version are no rule.
            Misuse: The points of the rule are a function, which no column can follow.
        """
        if versions.rule.points is not None:
            raise Misuse(f"the points of {versions.rule.name} are a function; score its records one by one")
        codes: dict[str, int] = {}
        item, each, caps = [], [], list[int | None]()
        for lane in lanes:
            found = versions.on(lane.since).of_kind.get(lane.kind)
            points = found.each(lane.measure, proven=lane.proven) if found else 0
            if found and points and found.code not in codes:
                codes[found.code] = len(caps)
                caps.append(versions.item(found.code, max(today, lane.since)).cap)
            item.append(codes[found.code] if found and points else 0)
            each.append(points)
        settings = versions.settings(today)
        start, most = versions.rule.start(settings), versions.rule.most(settings)
        return cls(item=tuple(item), each=tuple(each), caps=tuple(caps) or (None,), start=start, most=most)


def fitting(numbers: Numbers) -> Numbers:
    """Give numbers in the smallest type that holds them all; of those without a sign where none is below zero."""
    if not numbers.size:
        return numbers.astype(np.uint8)
    low, high = int(numbers.min()), int(numbers.max())
    types = (np.uint8, np.uint16, np.int32) if low >= 0 else (np.int16, np.int32)
    fits = (t for t in types if np.iinfo(t).min <= low and high <= np.iinfo(t).max)
    return numbers.astype(next(fits, np.int64))
