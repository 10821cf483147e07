"""Which figures of small groups may be told, so that no group under k follows from them, alone or by difference.

What is told is a list of groups with their numbers, and whoever reads it may add and subtract them. A sum of told
groups, each taken any number of times, with plus or minus, gives every person a weight; it tells about those whose
weight is not zero. Here every such sum is about nobody, or about *k* people at least, however the groups overlap.

That is kept group by group, in order of time. A further group may be told if *k* witnesses are found who have nothing
to do with each other. A witness is a pair of people of whom one is in the group and the other is not, while both are in
the same of the groups that are told; or one person of the group who is in none of those. For a sum in which the new
group counts gives the two of a pair different weights, so that at least one of them weighs something: k witnesses, k
people. A sum in which it does not count was looked at before.
Source: U, after the k-threshold of a vote (``domain.ballot.disclosure``), for groups that overlap.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from renda_core.domain.ballot.disclosure import suppress

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


People = npt.NDArray[np.intp]
"""Places of some ratings in their list."""
Period = tuple[int, int]
"""A year, and a quarter of it or ``WHOLE``."""
WHOLE = 5
"""Where a year stands among its own quarters: behind them."""
UNTOLD = 0
"""The class of who is in no told group."""
NOBODY, SEVERAL = -1, -2
"""In place of a told group: who is in none of a dimension, or in several."""


def protect(
    ratings: Sequence[Rating], k: int, upto: dt.date, *, grades: Sequence[str], dimensions: Sequence[str]
) -> tuple[ToldCell, ...]:
    """Choose which groups may be told for every quarter and year that ended before *upto*, in order of time.

    What is told of a period rests on the ratings until its end alone, so that it is told again, and the same, whenever
    it is asked for later. A grade of a group is told under the rule of :func:`suppress`, and as a group of its own.

    Args:
        ratings: Every rating ever given, in any order.
        k: From how many people on a group may be told; 0 or 1 hides nothing.
        upto: Today; a period is over from the day after its last.
        grades: Every grade that could be given, also those that nobody gave; another grade is only in the group's size.
        dimensions: Which groups are told, beside the total; the first named are told first, so name the broad ones
            before the narrow ones.
    """
    told: list[ToldCell] = []
    table = _Table(ratings, k, grades)
    for period, people in sorted(_periods(ratings, upto).items()):
        for cell in _cells(ratings, period, people, dimensions):
            if (answers := table.tell(cell)) is not None:
                year, quarter = period[0], period[1] % WHOLE
                named = {"dimension": cell.dimension, "value": cell.value}
                told.append(ToldCell(year=year, quarter=quarter, n=len(cell.people), answers=answers, **named))
    return tuple(told)


@attrs.frozen(kw_only=True, eq=False)
class _Cell:
    """A group of one period that might be told."""

    period: Period
    dimension: str
    value: str
    people: People


def _periods(ratings: Sequence[Rating], upto: dt.date) -> Mapping[Period, list[int]]:
    """Sort the ratings into the quarters and years that are over."""
    found: dict[Period, list[int]] = defaultdict(list)
    for n, rating in enumerate(ratings):
        year, quarter = rating.on.year, (rating.on.month + 2) // 3
        if (year, quarter) < (upto.year, (upto.month + 2) // 3):
            found[year, quarter].append(n)
        if year < upto.year:
            found[year, WHOLE].append(n)
    return found


def _cells(
    ratings: Sequence[Rating], period: Period, people: Sequence[int], dimensions: Sequence[str]
) -> Iterator[_Cell]:
    """Give the groups of a period: the total, then each dimension's, the largest first."""
    groups: dict[str, dict[str, list[int]]] = {TOTAL: {TOTAL: [*people]}, **{d: defaultdict(list) for d in dimensions}}
    for n in people:
        for dimension in dimensions:
            for value in dict.fromkeys(ratings[n].of.get(dimension, ())):
                groups[dimension][value].append(n)
    for dimension, found in groups.items():
        for value, who in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
            yield _Cell(period=period, dimension=dimension, value=value, people=np.array(who, np.intp))


class _Table:
    """The ratings, in classes: those are in one that are in the same of the groups told so far."""

    def __init__(self, ratings: Sequence[Rating], k: int, grades: Sequence[str]) -> None:
        self._k, self._grades = k, grades
        self._given = np.array([r.grade for r in ratings])
        self._class = np.full(len(ratings), UNTOLD)
        self._sizes = [len(ratings)]
        self._log: list[tuple[People, People]] = []
        self._cells: list[_Cell] = []
        self._found: dict[tuple[int, int, str, str], _Cell] = {}
        self._owners: dict[tuple[bool, str], People] = {}
        self._answers: dict[_Cell, Mapping[str, int]] = {}

    def tell(self, cell: _Cell) -> Mapping[str, int] | None:
        """Tell a group if it may be told, and give those numbers of its answers that may be; None where it may not.

        Its answers come first, so that what they leave of it is looked at, too; if that is too little, none is told.
        """
        if len(cell.people) < self._k:
            return None
        parts = self._parts(cell)
        answers = self._answered(cell, parts)
        follows = bool(parts) or sum(answers.values()) == len(cell.people)
        if self._k > 1 and not follows and not self._witnessed(cell.people):
            self._undo()
            answers = {}
            if not self._witnessed(cell.people):
                return None
        self._log.clear()
        self._answers[cell] = answers
        self._found[*cell.period, cell.dimension, cell.value] = cell
        owners = self._owners.setdefault(_family(cell), np.full(len(self._class), NOBODY))
        owners[cell.people] = np.where(owners[cell.people] == NOBODY, len(self._cells), SEVERAL)
        self._cells.append(cell)
        return answers

    def _answered(self, cell: _Cell, parts: Sequence[_Cell]) -> Mapping[str, int]:
        """Choose the answers that may be told; of a group that follows from others, those that follow as well."""
        who = {grade: cell.people[self._given[cell.people] == grade] for grade in self._grades}
        row = suppress([[len(people) for people in who.values()]], self._k).cells[0] if who else ()
        told: dict[str, int] = {}
        for (grade, people), n in zip(who.items(), row, strict=True):
            follows = parts and all(grade in self._answers[part] for part in parts)
            if n is not None and (self._k < 2 or follows or self._witnessed(people)):
                told[grade] = n
        return told

    def _witnessed(self, people: People) -> bool:
        """Look for k witnesses; where they are found, the people are one more told group."""
        before = self._class[people]
        classes, places, counts = np.unique(before, return_inverse=True, return_counts=True)
        inside = dict(zip(classes.tolist(), counts.tolist(), strict=True))
        pairs = (n if c == UNTOLD else min(n, self._sizes[c] - n) for c, n in inside.items())
        if sum(pairs) < self._k:
            return False
        self._log.append((people, before))
        self._class[people] = len(self._sizes) + places
        for c, n in inside.items():
            self._sizes[c] -= n
            self._sizes.append(n)
        return True

    def _undo(self) -> None:
        """Take back what was told since the last group that was."""
        while self._log:
            people, before = self._log.pop()
            held = np.unique(self._class[people])
            del self._sizes[held[0] :]
            self._class[people] = before
            for c in before.tolist():
                self._sizes[c] += 1

    def _parts(self, cell: _Cell) -> tuple[_Cell, ...]:
        """Find told groups whose sum a group is, or the rest that they leave of another; none where it is neither."""
        whole = cell.period[1] == WHOLE
        if whole:
            quarters = (self._found.get((cell.period[0], q, cell.dimension, cell.value)) for q in range(1, WHOLE))
            held = tuple(part for part in quarters if part)
            if sum(len(part.people) for part in held) == len(cell.people):
                return held
        beside = [owners for (years, _), owners in self._owners.items() if years == whole]
        if found := self._covered(cell.people, beside):
            return found
        if (own := self._owners.get(_family(cell))) is None:
            return ()
        for owners in beside:
            (first, *more) = np.unique(owners[cell.people])
            if more or first < 0:
                continue
            larger = self._cells[first]
            if np.count_nonzero(own[larger.people] == NOBODY) > len(cell.people):
                continue
            rest = np.setdiff1d(larger.people, cell.people, assume_unique=True)
            if others := self._covered(rest, [own]):
                return larger, *others
        return ()

    def _covered(self, people: People, beside: Iterable[People]) -> tuple[_Cell, ...]:
        """Find told groups of one dimension that hold these people, each once, and nobody else."""
        for owners in beside:
            held = np.unique(owners[people])
            if len(held) and held[0] >= 0 and sum(len(self._cells[n].people) for n in held) == len(people):
                return tuple(self._cells[n] for n in held)
        return ()


def _family(cell: _Cell) -> tuple[bool, str]:
    """Tell which groups lie beside one another: those of a dimension, for quarters and for years apart."""
    return cell.period[1] == WHOLE, cell.dimension
