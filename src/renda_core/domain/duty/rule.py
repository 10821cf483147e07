"""Rules of points (积分规则): items, grades, and the versions in which a rule stood from day to day."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from renda_core.domain.duty.records import Record
from renda_core.domain.names import names
from renda_core.errors import Invalid

POINT = 100
"""Points are integers, in hundredths, so that half points stay exact."""
DAY = dt.timedelta(1)
DIGITS = 12
"""Of a version's fingerprint: one chance in a hundred million million that two versions of a place share theirs."""


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

    def each(self, measure: str, *, proven: bool) -> int:
        """Give the points for each unit of a measure, in hundredths: of the quantity (``""``), or of a fact."""
        if self.evidence and not proven:
            return 0
        return self.base if not measure else self.extra.get(measure, 0)

    def capped(self, points: int) -> int:
        """Keep a period's points within the cap, on both sides of zero."""
        return points if self.cap is None else max(-self.cap, min(points, self.cap))


def check_items(items: Iterable[Item]) -> tuple[Item, ...]:
    """Give the items of a rule as they are, if they are one rule.

    Raises:
        Invalid: Two have one code, or two count the same kind: its records would earn twice.
    """
    kept = tuple(items)
    codes: set[str] = set()
    counting: dict[str, Item] = {}
    for item in kept:
        if item.code in codes:
            raise Invalid(f"two items have the code {item.code}; give each its own")
        codes.add(item.code)
        for kind in sorted(item.kinds):
            if kind in counting:
                raise Invalid(
                    f"items {counting[kind].code} and {item.code} both count {kind}; take it from one of them"
                )
            counting[kind] = item
    return kept


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


def band(bands: Iterable[Band], total: int) -> Band | None:
    """Give the best grade whose points are reached; None where a rule has none so low."""
    reached = [b for b in bands if total >= b.least]
    return max(reached, key=lambda b: b.least, default=None)


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
class Version:
    """The lines of a rule as they stood on some days.

    Attributes:
        formula: Names them by their content, e.g. ``points-3f9a2c71b04e``, alike on every machine. Codes, kinds,
            points, caps and evidence make it; titles, categories and the order of lines do not.
        by_code, of_kind: The items again, by code, and by the kinds that they count.
    """

    formula: str
    items: tuple[Item, ...]
    by_code: Mapping[str, Item]
    of_kind: Mapping[str, Item]

    @classmethod
    def of(cls, name: str, items: Iterable[Item]) -> Version:
        """Make the version of a rule of that name.

        Raises:
            Invalid: See :func:`check_items`.
        """
        kept = check_items(items)
        lines = sorted(
            [i.code, sorted(i.kinds), i.base, sorted((f, n) for f, n in i.extra.items() if n), i.cap, i.evidence]
            for i in kept
        )
        return cls(
            formula=f"{name}-{_digest(lines)}",
            items=kept,
            by_code={i.code: i for i in kept},
            of_kind={kind: i for i in kept for kind in i.kinds},
        )


def _digest(told: list[Any]) -> str:
    """Give the first digits of the hash of some content, alike on every machine."""
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


class Versions:
    """The versions of one rule over time; made once, asked for many people.

    A rule whose points are a function has no lines, and all its versions are empty.
    """

    def __init__(
        self,
        rule: ScoreRule,
        settings_on: Callable[[str, dt.date], Any],
        since_on: Callable[[str, dt.date], dt.date] | None = None,
    ) -> None:
        """Begin with none: each is made when a day of it is asked for.

        Args:
            settings_on: Gives a plugin's settings on a date.
            since_on: Gives the day from which the settings of a date stand; without it days are looked at singly, and
                nothing before the year that is asked about.
        """
        self.rule = rule
        self._settings_on, self._since_on = settings_on, since_on
        self._made: dict[int, tuple[Any, Version]] = {}

    def settings(self, day: dt.date) -> Any:
        """Give the settings of the rule's plugin on a day."""
        return self._settings_on(self.rule.plugin, day)

    def on(self, day: dt.date) -> Version:
        """Give the version of a day.

        Raises:
            Invalid: Its lines are no rule, see :func:`check_items`.
        """
        settings = self.settings(day)
        kept = self._made.get(id(settings))
        if kept is None:  # the settings are held as well, so that no others take their id
            lines = self.rule.items(settings) if self.rule.items else ()
            kept = self._made[id(settings)] = settings, Version.of(self.rule.name, lines)
        return kept[1]

    def frame(self, day: dt.date) -> str:
        """Name what a whole year is read by on a day, e.g. ``points-year-51c0aa07d2be``: start, most, grades."""
        settings = self.settings(day)
        rule, grades = self.rule, [[b.code, b.least, b.poor] for b in self.rule.bands(settings)]
        told = [rule.start(settings), rule.prorate(settings), rule.most(settings), grades]
        return f"{rule.name}-year-{_digest(told)}"

    def since(self, day: dt.date) -> dt.date:
        """Give the first day of the stretch, up to a day, in which the version of that day stood throughout."""
        floor = dt.date.min if self._since_on else day.replace(month=1, day=1)
        formula = self.on(day).formula
        while (day := self._from(day)) > floor and self.on(day - DAY).formula == formula:
            day -= DAY
        return day

    def item(self, code: str, day: dt.date) -> Item:
        """Give an item as it stands on a day, or as it stood last before; there must have been one."""
        while (found := self.on(day).by_code.get(code)) is None:
            day = self._from(day) - DAY
        return found

    def spans(self, first: dt.date, last: dt.date) -> tuple[tuple[dt.date, Version], ...]:
        """Give the versions of a period, both days included, each with its first day in it, oldest first."""
        found: list[tuple[dt.date, Version]] = []
        begins = last + DAY if last < dt.date.max else last
        while begins > first:
            begins = max(first, self._from(begins - DAY))
            version = self.on(begins)
            if found and found[-1][1].formula == version.formula:
                found.pop()
            found.append((begins, version))
        return tuple(reversed(found))

    def by_month(self, first: dt.date, last: dt.date) -> bool:
        """Tell whether what is counted by month tells a period's points: whole months, and no change within one."""
        to_the_end = last == dt.date.max or (last + DAY).day == 1
        return to_the_end and all(since.day == 1 for since, _ in self.spans(first, last))

    def _from(self, day: dt.date) -> dt.date:
        return min(day, self._since_on(self.rule.plugin, day)) if self._since_on else day
