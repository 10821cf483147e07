"""Points (履职积分): what records earn under the rules of their own days, explained line by line, recomputed at will.

A rule is a list of items, and an item is linear: so much for each unit, so much more for each fact, and no more than
its cap in a period. So a score is the same whether it is made from records, from columns or from kept counters, and
what a rule would change can be shown without reading a single record again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from renda_core.domain.duty.exposure import Exposure
from renda_core.domain.duty.records import Record
from renda_core.domain.duty.rule import Item, ScoreRule, Versions
from renda_core.domain.mandates import Mandate

UNPROVEN = "?"
"""Stands before the measures of what nothing proves, where records are counted."""
TIMES = "#"
"""The measure that counts records; the empty one sums their quantity, a fact's code the fact."""


@attrs.frozen(kw_only=True)
class ScoreEntry:
    """What one record earned, and by which rule, item and version."""

    record: str
    rule: str
    points: int
    item: str = ""
    formula: str = ""


@attrs.frozen(kw_only=True)
class ItemTotal:
    """What one item gave in the period: how many records and units, what they earned, and what of it counts.

    Attributes:
        records, quantity: Of all that counts, also of what earns nothing for want of evidence.
        earned: In hundredths, before the cap; *counted* after it.
    """

    code: str
    title: str
    category: str
    records: int
    quantity: int
    earned: int
    cap: int | None
    counted: int


@attrs.frozen(kw_only=True)
class FormulaTotal:
    """What was earned under one version of a rule, before caps, and since when it holds."""

    formula: str
    since: dt.date
    points: int


@attrs.frozen(kw_only=True)
class Score:
    """A total that can show every point it is made of; vetoes withhold, they never delete.

    Attributes:
        total: In hundredths: *start* and what every item counts, within the most of a year.
        items: The items of the period's last day, in their order, also those that earned nothing; then those that
            stood no more on that day. A rule by a function is one item of its own name.
        formulas: The versions that the records were scored by, oldest first.
    """

    total: int
    entries: tuple[ScoreEntry, ...]
    vetoes: tuple[str, ...] = ()
    start: int = 0
    items: tuple[ItemTotal, ...] = ()
    formulas: tuple[FormulaTotal, ...] = ()


@attrs.frozen(kw_only=True)
class Standing:
    """How somebody stands in a period, for a veto to look at: records that count, mandates, exposure."""

    person: str
    first: dt.date
    last: dt.date
    records: tuple[Record, ...]
    mandates: tuple[Mandate, ...] = ()
    exposure: Exposure


Counted = tuple[dt.date, str, str, int]
"""What is counted of somebody: the first day of a month, the kind, the measure and how much: of the measure ``""`` the
quantity, of ``"#"`` the records, of a fact's code its sum; after ``"?"`` the same of what nothing proves."""


def score(
    records: Iterable[Record],
    rules: Iterable[ScoreRule | Versions],
    settings_on: Callable[[str, dt.date], Any],
    today: dt.date,
    *,
    exposure: Exposure | None = None,
    since_on: Callable[[str, dt.date], dt.date] | None = None,
) -> Score:
    """Score the records that count, each under the settings in force on its own date.

    An item that stands in several versions is one item, with the cap of *today*; one that stands no more keeps its
    points, under the last cap that it had.

    Args:
        rules: Whoever scores many people hands :class:`Versions` of each rule, made once.
        settings_on: Gives a plugin's settings on a date.
        today: Date whose settings fix the caps, the start and the most: the period's last day.
        exposure: By its days in office of the period's days *start* is shared out, where the rule says so, half a
            hundredth upwards; without it everybody has the whole.
        since_on: Gives the day from which the settings of a date stand, see :class:`Versions`.

    Raises:
        Invalid: The items of a version are no rule.
    """
    kept = sorted((r for r in records if r.counts), key=lambda r: (r.on, r.id))
    entries: list[ScoreEntry] = []
    found = Score(total=0, entries=())
    for rule in rules:
        versions = rule if isinstance(rule, Versions) else Versions(rule, settings_on, since_on)
        sums = _Sums(versions)
        entries += _earned(versions, kept, sums)
        one = sums.score(today, exposure)
        found = Score(
            total=found.total + one.total,
            entries=tuple(entries),
            start=found.start + one.start,
            items=found.items + one.items,
            formulas=found.formulas + one.formulas,
        )
    return found


def score_counts(
    counts: Iterable[Counted], versions: Versions, today: dt.date, *, exposure: Exposure | None = None
) -> Score:
    """Score what is counted of one person by month; the same as :func:`score` but for the entries, which it has not.

    That holds where every change of version falls on the first of a month (:meth:`Versions.by_month`): what is counted
    of a month is scored by the version of its first day.

    Args:
        counts: Of the months of the period, and of the mandates that are asked about.
        today, exposure: As of :func:`score`.

    Raises:
        Invalid: The items of a version are no rule.
    """
    sums = _Sums(versions)
    for month, kind, told, n in counts:
        version = versions.on(month)
        if (item := version.of_kind.get(kind)) is None:
            continue
        measure = told.removeprefix(UNPROVEN)
        if measure == TIMES:
            sums.add(item.code, version.formula, month, records=n)
        else:
            points = item.each(measure, proven=measure == told) * n
            sums.add(item.code, version.formula, month, quantity=0 if measure else n, points=points)
    return sums.score(today, exposure)


def start_points(versions: Versions, today: dt.date, exposure: Exposure | None) -> int:
    """Give the points that somebody has before any record: all of them, or by days in office, half a hundredth up."""
    settings = versions.settings(today)
    whole = versions.rule.start(settings)
    if exposure is None or not exposure.days or not versions.rule.prorate(settings):
        return whole
    return (2 * whole * exposure.in_office + exposure.days) // (2 * exposure.days)


def _earned(versions: Versions, records: Iterable[Record], sums: _Sums) -> Iterator[ScoreEntry]:
    """Score records, oldest first, and add them to the sums."""
    rule = versions.rule
    for r in records:
        if rule.points is not None:
            if r.kind not in rule.kinds:
                continue
            code = formula = ""
            points = rule.points(versions.settings(r.on), r)
        else:
            version = versions.on(r.on)
            if (item := version.of_kind.get(r.kind)) is None:
                continue
            code, formula, points = item.code, version.formula, item.points(r)
        sums.add(code or rule.name, formula, r.on, records=1, quantity=r.quantity, points=points)
        yield ScoreEntry(record=r.id, rule=rule.name, points=points, item=code, formula=formula)


@attrs.define
class _Sum:
    """What one item, or one version, has so far, and the first and last day of it."""

    first: dt.date
    last: dt.date
    records: int = 0
    quantity: int = 0
    points: int = 0

    def add(self, on: dt.date, records: int, quantity: int, points: int) -> None:
        self.first, self.last = min(self.first, on), max(self.last, on)
        self.records += records
        self.quantity += quantity
        self.points += points


class _Sums:
    """The sums of one rule, by item and by version."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._items: dict[str, _Sum] = {}
        self._formulas: dict[str, _Sum] = {}

    def add(
        self, code: str, formula: str, on: dt.date, *, records: int = 0, quantity: int = 0, points: int = 0
    ) -> None:
        """Add what was earned on a day, or in the month that begins with it."""
        for sums, key in ((self._items, code), (self._formulas, formula)):
            if (found := sums.get(key)) is None:
                found = sums[key] = _Sum(on, on)
            found.add(on, records, quantity, points)

    def score(self, today: dt.date, exposure: Exposure | None) -> Score:
        """Cap each item, and add all up."""
        versions, rule = self._versions, self._versions.rule
        totals = tuple(_total(item, self._items.get(item.code)) for item in self._lines(today))
        start, most = start_points(versions, today, exposure), rule.most(versions.settings(today))
        total = start + sum(t.counted for t in totals)
        formulas = (
            FormulaTotal(formula=formula, since=versions.since(found.first), points=found.points)
            for formula, found in self._formulas.items()
            if formula
        )
        return Score(
            total=total if most is None else min(total, most),
            entries=(),
            start=start,
            items=totals,
            formulas=tuple(sorted(formulas, key=lambda f: (f.since, f.formula))),
        )

    def _lines(self, today: dt.date) -> Iterator[Item]:
        """Give the items of today, then those that earned and stand no more, as they stood last."""
        versions, rule = self._versions, self._versions.rule
        if rule.points is not None:
            if rule.kinds:
                cap, title = rule.cap(versions.settings(today)), rule.title or rule.name
                yield Item(code=rule.name, title=title, kinds=rule.kinds, base=0, cap=cap)
            return
        standing = versions.on(today)
        yield from standing.items
        for code in sorted(self._items.keys() - standing.by_code.keys()):
            yield versions.item(code, max(today, self._items[code].last))


def _total(item: Item, found: _Sum | None) -> ItemTotal:
    earned = found.points if found else 0
    return ItemTotal(
        code=item.code,
        title=item.title,
        category=item.category,
        records=found.records if found else 0,
        quantity=found.quantity if found else 0,
        earned=earned,
        cap=item.cap,
        counted=item.capped(earned),
    )
