"""Laying records out as columns: from stored rows, from records, and from what is kept counted of them."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

import numpy as np

from renda_core.domain.duty.columns import AT_ONCE, Columns, Counters, Lane, fitting
from renda_core.domain.duty.records import Record
from renda_core.domain.duty.scoring import TIMES, UNPROVEN, Counted
from renda_core.errors import Misuse

ID = 16
"""Bytes of an id, as the mandates of a stored record are written."""


class Line(Protocol):
    """A record as it is stored for rules to read: facts as ``"excellent=1;key=1"``, mandates in sixteen bytes each."""

    @property
    def person(self) -> str:
        """Whose it is, where it names no mandate."""

    @property
    def kind(self) -> str:
        """Of what kind."""

    @property
    def done_on(self) -> dt.date:
        """The day."""

    @property
    def quantity(self) -> int:
        """How many units."""

    @property
    def facts(self) -> str:
        """Flags and figures."""

    @property
    def mandates(self) -> bytes:
        """In which it counts."""

    @property
    def proven(self) -> bool:
        """Whether anything proves it."""


def from_lines(rows: Iterable[Line], holders: Mapping[str, int], days: Sequence[dt.date], deputies: int) -> Columns:
    """Make columns of stored records that count, whatever their order.

    Args:
        holders: The number of the deputy of each mandate, or person, that is asked about; others are passed over. Two
            mandates of one deputy count a record once.
        days: The first day of each stretch in which the rule did not change, oldest first, see :meth:`Versions.spans`.
        deputies: How many there are.
    """
    places, patterns = _Places(holders), _Patterns()
    spans = _Spans(days)
    who, what = list[int](), list[int]()
    for row in rows:
        pattern = patterns[row.kind, row.facts, row.quantity, row.proven, spans[row.done_on]]
        for deputy in places[row.mandates or row.person]:
            who.append(deputy)
            what.append(pattern)
    return patterns.columns(who, what, deputies)


def from_records(
    records: Iterable[Record], holders: Mapping[str, int], days: Sequence[dt.date], deputies: int
) -> Columns:
    """Make columns of records, of which those that count are taken; else as :func:`from_lines`."""
    patterns, spans = _Patterns(), _Spans(days)
    who, what = list[int](), list[int]()
    for r in records:
        if r.counts:
            facts = ";".join(f"{fact}={n}" for fact, n in r.facts.items())
            pattern = patterns[r.kind, facts, r.quantity, r.proven, spans[r.on]]
            for deputy in {holders[h] for h in r.mandates or (r.person,) if h in holders}:
                who.append(deputy)
                what.append(pattern)
    return patterns.columns(who, what, deputies)


def from_counts(
    rows: Iterable[tuple[str, Counted]], holders: Mapping[str, int], days: Sequence[dt.date], deputies: int
) -> Counters:
    """Make counters of what is kept counted by month; each stretch of *days* begins with a month.

    Args:
        rows: The holder, and what is counted of them.
    """
    spans, lanes, cells = _Spans(days), dict[Lane, int](), list[tuple[int, int, int]]()
    for holder, (month, kind, told, n) in rows:
        measure = told.removeprefix(UNPROVEN)
        if measure != TIMES and holder in holders:
            lane = Lane(kind, measure, measure == told, spans[month])
            cells.append((lanes.setdefault(lane, len(lanes)), holders[holder], n))
    found = np.zeros((len(lanes), deputies), np.int64)
    if cells:
        where = np.array(cells, np.int64)
        np.add.at(found, (where[:, 0], where[:, 1]), where[:, 2])
    return Counters.of(lanes, found)


def counted(columns: Columns) -> Counters:
    """Add up the entries of each deputy, lane by lane."""
    n, width, ends = columns.deputies, len(columns.lanes), columns.offsets
    found = np.zeros((width, n), np.int64)
    for a in range(0, n, AT_ONCE):
        b = min(a + AT_ONCE, n)
        some = slice(ends[a], ends[b])
        who = np.repeat(np.arange(a, b), np.diff(ends[a : b + 1]))
        np.add.at(found, (columns.lane[some], who), columns.amount[some])
    return Counters.of(columns.lanes, found)


class _Spans(dict[dt.date, dt.date]):
    """The first day of the stretch of each day; what lies before all belongs to the first."""

    def __init__(self, days: Sequence[dt.date]) -> None:
        super().__init__()
        if not days or list(days) != sorted(days):
            raise Misuse("columns: name the first day of each stretch, oldest first")
        self._days = days

    def __missing__(self, day: dt.date) -> dt.date:
        found = self[day] = self._days[max(0, bisect_right(self._days, day) - 1)]
        return found


class _Places(dict[bytes | str, tuple[int, ...]]):
    """The deputies of each run of mandates, each once."""

    def __init__(self, holders: Mapping[str, int]) -> None:
        super().__init__()
        self._holders = holders

    def __missing__(self, key: bytes | str) -> tuple[int, ...]:
        ids = [key] if isinstance(key, str) else [str(UUID(bytes=key[i : i + ID])) for i in range(0, len(key), ID)]
        found = self[key] = tuple(sorted({self._holders[id] for id in ids if id in self._holders}))
        return found


Pattern = tuple[str, str, int, bool, dt.date]
"""Kind, facts, quantity, whether proven, first day of the stretch: many records are alike in all of them."""


class _Patterns(dict[Pattern, int]):
    """The lanes and amounts of records that are alike, worked out once for all of them."""

    def __init__(self) -> None:
        super().__init__()
        self._lanes: dict[Lane, int] = {}
        self._lane: list[int] = []
        self._amount: list[int] = []
        self._ends = [0]

    def __missing__(self, key: Pattern) -> int:
        kind, facts, quantity, proven, since = key
        amounts = {"": quantity}
        for fact in facts.split(";") if facts else ():
            name, _, n = fact.rpartition("=")
            amounts[name] = int(n)
        for measure, amount in amounts.items():
            self._lane.append(self._lanes.setdefault(Lane(kind, measure, proven, since), len(self._lanes)))
            self._amount.append(amount)
        self._ends.append(len(self._lane))
        found = self[key] = len(self._ends) - 2
        return found

    def columns(self, who: list[int], what: list[int], deputies: int) -> Columns:
        """Lay records out by deputy."""
        pattern, deputy = np.array(what, np.int64), np.array(who, np.int64)
        order = np.argsort(deputy, kind="stable")
        pattern, deputy = pattern[order], deputy[order]
        ends = np.array(self._ends, np.int64)
        sizes = np.diff(ends)[pattern]
        after = np.cumsum(sizes)
        entry = np.repeat(ends[pattern] - after + sizes, sizes) + np.arange(after[-1] if len(after) else 0)
        begins = np.concatenate(([0], after))[np.searchsorted(deputy, np.arange(deputies + 1))]
        lane = np.array(self._lane, np.uint8 if len(self._lanes) <= 1 << 8 else np.uint16)
        return Columns(
            lanes=tuple(self._lanes),
            lane=lane[entry],
            amount=fitting(np.array(self._amount, np.int64))[entry],
            offsets=begins,
        )
