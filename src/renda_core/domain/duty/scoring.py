"""Points (履职积分): what records earn under the rules of their own days, explained line by line, recomputed at will.

A rule is a list of items, and an item is linear: so much for each unit, so much more for each fact, and no more than its
cap in a period. So a score is the same whether it is made from records, from columns or from kept counters, and what a
rule would change can be shown without reading a single record again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from renda_core.domain.duty.exposure import Exposure
from renda_core.domain.duty.records import Record
from renda_core.domain.mandates import Mandate
from renda_core.domain.names import names
from renda_core.errors import Invalid

POINT = 100
"""Points are integers, in hundredths, so that half points stay exact."""


@attrs.frozen(kw_only=True)
class Item:
    """One line of a rule (积分项目): so many points for each unit of records of some kinds.

    Attributes:
        kinds: The kinds of records that it counts; no two items of a rule count the same kind.
        base: Points, in hundredths, for each unit of quantity; below zero takes away.
        extra: More points, in hundredths, for each unit of a fact, e.g. ``{"key": 200}``.
        cap: The most that it gives, or takes away, in a period, in hundredths; None for no limit.
        evidence: Whether a record scores only with evidence.

    Raises:
        Invalid: The cap is below zero, or it counts no kind.
    """

    code: str
    title: str
    kinds: frozenset[str] = attrs.field(converter=names)
    base: int
    category: str = ""
    unit: str = "次"
    extra: Mapping[str, int] = attrs.Factory(dict)
    cap: int | None = None
    evidence: bool = False

    def __attrs_post_init__(self) -> None:
        if self.cap is not None and self.cap < 0:
            raise Invalid(f"item {self.code}: a cap of {self.cap / POINT:g} points is below zero; leave it away")
        if not self.kinds:
            raise Invalid(f"item {self.code} counts no kind of records; name at least one")

    def points(self, record: Record) -> int:
        """Give the points of one record of its kinds, in hundredths, before any cap."""
        if self.evidence and not record.proven:
            return 0
        more = sum(each * record.facts.get(fact, 0) for fact, each in self.extra.items())
        return self.base * record.quantity + more

    def capped(self, points: int) -> int:
        """Keep a period's points within the cap, on both sides of zero."""
        return points if self.cap is None else max(-self.cap, min(points, self.cap))


@attrs.frozen(kw_only=True)
class Band:
    """A grade of a year (等次), from so many points on, e.g. 良好 from 80.

    Attributes:
        least: Points, in hundredths, that are enough.
        poor: Whether it is a poor year.
    """

    code: str
    title: str
    least: int
    poor: bool = False


@attrs.frozen(kw_only=True)
class ScoreRule:
    """How records earn points: by *items* of data, or by *points*, a function of the record's day's settings.

    Attributes:
        title: What pages call it, in Chinese.
        items: Gives the lines of the rule; each record is scored by the lines in force on its own day.
        start: Points, in hundredths, that everybody has for a whole year in office (基础分).
        most: The most of a whole year, in hundredths; None for no limit.
        bands: Grades of a year, the best first.
        result: The kind of the duty record in which a year's result is kept; empty where none is.
        prorate: Whether *start* counts by days in office.
        kinds, points, cap: Instead of *items*: the kinds, the points of one record, and the cap of all.
    """

    name: str
    kinds: frozenset[str] = frozenset()
    points: Callable[[Any, Record], int] | None = None
    cap: Callable[[Any], int | None] = lambda settings: None
    plugin: str = ""
    title: str = ""
    items: Callable[[Any], Iterable[Item]] | None = None
    start: Callable[[Any], int] = lambda settings: 0
    most: Callable[[Any], int | None] = lambda settings: None
    bands: Callable[[Any], Iterable[Band]] = lambda settings: ()
    prorate: Callable[[Any], bool] = lambda settings: True
    result: str = ""


@attrs.frozen(kw_only=True)
class Entry:
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
        formulas: The versions that the records were scored by, oldest first.
    """

    total: int
    entries: tuple[Entry, ...]
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


def band(bands: Iterable[Band], total: int) -> Band | None:
    """Give the best grade whose points are reached; None where a rule has none so low."""
    reached = [b for b in bands if total >= b.least]
    return max(reached, key=lambda b: b.least, default=None)


def score(
    records: Iterable[Record],
    rules: Iterable[ScoreRule],
    settings_on: Callable[[str, dt.date], Any],
    today: dt.date,
) -> Score:
    """Score the records that count, each under the settings in force on its own date.

    Args:
        settings_on: Gives a plugin's settings on a date.
        today: Date whose settings fix the caps.
    """
    kept = sorted((r for r in records if r.counts), key=lambda r: (r.on, r.id))
    entries: list[Entry] = []
    total = 0
    for rule in rules:
        assert rule.points is not None
        earned = [
            Entry(record=r.id, rule=rule.name, points=rule.points(settings_on(rule.plugin, r.on), r))
            for r in kept
            if r.kind in rule.kinds
        ]
        points, cap = sum(e.points for e in earned), rule.cap(settings_on(rule.plugin, today))
        total += points if cap is None else min(points, cap)
        entries += earned
    return Score(total=total, entries=tuple(entries))
