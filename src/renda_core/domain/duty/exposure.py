"""Exposure: how long somebody was in office in a period, and which opportunities were offered, beside every score."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import attrs

from renda_core.domain.duty.records import BESIDE, Record, RecordKind
from renda_core.domain.mandates import Mandate
from renda_core.domain.rates import Rate

DAY = dt.timedelta(1)


@attrs.frozen(kw_only=True)
class Exposure:
    """What a score must be read beside: who came late in a by-election had fewer days and fewer chances.

    Attributes:
        days: Of the period.
        in_office: Of these, days with a mandate in force (有效).
        suspended: Of these, days with a mandate suspended and none in force.
        taken: Opportunities that were offered and taken, for a part at least: of each event one.
        missed: Offered and not taken, with leave or without.
    """

    days: int
    in_office: int
    suspended: int = 0
    taken: int = 0
    missed: int = 0

    @property
    def offered(self) -> int:
        """Opportunities that were offered."""
        return self.taken + self.missed

    @property
    def attendance(self) -> Rate:
        """What was taken of what was offered."""
        return Rate(hits=self.taken, base=self.offered, of="应参加次数")


def exposure(
    mandates: Iterable[Mandate],
    records: Iterable[Record],
    kinds: Mapping[str, RecordKind],
    first: dt.date,
    last: dt.date,
) -> Exposure:
    """Measure the exposure of one person between two days, both included.

    Args:
        mandates: Those that count, e.g. the one in a congress, over all terms.
        records: The person's own.
    """
    held = tuple(mandates)
    parts = {"taken": 0, "missed": 0}
    for r in records:
        kind = kinds.get(r.kind)
        if kind is not None and kind.part and r.counts and first <= r.on <= last and not r.facts.get(BESIDE):
            parts[kind.part] += 1
    in_office = suspended = 0
    days = (last - first).days + 1
    for since, until in _stretches(held, first, last):
        states = {m.state_on(since) for m in held if m.holds(since)}
        n = (until - since).days + 1
        if "active" in states:
            in_office += n
        elif "suspended" in states:
            suspended += n
    return Exposure(days=days, in_office=in_office, suspended=suspended, **parts)


def _stretches(mandates: Iterable[Mandate], first: dt.date, last: dt.date) -> Iterable[tuple[dt.date, dt.date]]:
    """Part a period at every day on which a mandate begins, ends or changes its state."""
    days = {first}
    for m in mandates:
        turns = (m.valid_from, m.valid_to, *(e.on for e in m.history))
        days |= {day for day in turns if day is not None and first < day <= last}
    begins = sorted(days)
    return list(zip(begins, [d - DAY for d in begins[1:]] + [last], strict=True))
