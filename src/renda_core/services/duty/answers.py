"""What a desk answers of everybody's duty records: offices and watches hear all, others nothing that is private."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from renda_core.desks import DutyCount, PersonScore
from renda_core.domain.case import Actor
from renda_core.domain.duty import TIMES, UNPROVEN, Record, RecordKind
from renda_core.domain.mandates import Mandate
from renda_core.services.duty import standing as stands
from renda_core.services.duty.pricing import Period, Pricing
from renda_core.services.duty.reading import PRIVATE, records_of
from renda_core.services.duty.reckoning import everybody
from renda_core.services.duty.scoring import scores_of
from renda_core.store import duty as d
from renda_core.store.bodies import HELD
from renda_core.store.codec import decode
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

JOB = Actor(id="job:desk")
"""Who reads where nobody does, as in a watch: is shown no case, and every record."""
DAY = dt.timedelta(1)
FIRST_MONTH = dt.date(1, 1, 31)


class DutyAnswers:
    """The part of a desk that knows of duty records, points and mandates over time; a watch hears all, as an office."""

    _reader: Reader
    _tenant: Tenant
    _actor: Actor

    async def records(self, *, person: str) -> tuple[Record, ...]:
        """List a person's duty records, oldest first; private kinds to watches and offices alone."""
        return tuple(r for r in await records_of(self._reader, person) if self._tells(r.kind))

    async def record_kinds(self) -> Mapping[str, RecordKind]:
        """Give the kinds of records that enabled practices offer, by name."""
        return self._tenant.practice.record_kinds

    async def records_between(
        self, first: dt.date, last: dt.date, *, kinds: Iterable[str] = (), congress: str = ""
    ) -> tuple[Record, ...]:
        """List everybody's records between two days, in every state, oldest first; private kinds to offices alone.

        Args:
            kinds: Of these kinds only; by default of all.
            congress: Only what counts in a mandate of this congress.
        """
        wanted, days = frozenset(kinds), {"first": first, "last": last}
        if len(wanted) == 1:
            rows = await self._reader.all(d.OF_KIND, kind=min(wanted), **days)
        else:
            rows = await self._reader.all(d.BETWEEN, **days)
        here = {m.id for m in await self._reader.all(d.HOLDERS) if m.congress == congress} if congress else set[str]()
        return tuple(
            r
            for r in (decode(row.document, Record) for row in rows)
            if (not wanted or r.kind in wanted) and self._tells(r.kind) and (not congress or here & set(r.mandates))
        )

    async def duty_counts(self, first: dt.date, last: dt.date, *, congress: str = "") -> tuple[DutyCount, ...]:
        """Count the records that count, by deputy and kind, in whole months that lie between two days.

        A record of somebody with several mandates is counted once, though it counts in each of them.
        """
        since, until = _whole_months(first, last)
        if until < since:
            return ()
        mandates = (m for m in await self._reader.all(d.HOLDERS) if congress in ("", m.congress))
        period = Period.of(self._tenant, since, until)
        kept = await stands.kept(self._reader, (period,), {m.id: m.person for m in mandates}, others=not congress)
        sums = dict[tuple[str, str], dict[str, int]]()
        for person, kind, measure, n in _measured(kept):
            if self._tells(kind):
                found = sums.setdefault((person, kind), {})
                found[measure] = found.get(measure, 0) + n
        return tuple(
            DutyCount(
                person=p, kind=k, n=of.pop(TIMES, 0), quantity=of.pop("", 0), facts={f: of[f] for f in sorted(of)}
            )
            for (p, k), of in sorted(sums.items())
        )

    async def scores(self, rule: str, first: dt.date, last: dt.date, *, congress: str) -> tuple[PersonScore, ...]:
        """Score everybody who held a mandate of a congress in a period, by name, without single entries.

        Raises:
            NotFound: No enabled practice offers the rule, or the reader of the page is no office.
        """
        if self._actor != JOB:
            return await scores_of(self._reader, self._tenant, self._actor, rule, first, last, congress)
        pricing = Pricing.of(self._tenant, rule, Period.of(self._tenant, first, last))
        return await everybody(self._reader, pricing, congress)

    async def mandates_between(self, first: dt.date, last: dt.date, *, congress: str = "") -> tuple[Mandate, ...]:
        """List the mandates that were valid on any day between two, suspended and unconfirmed ones too."""
        rows = await self._reader.all(HELD, first=first, last=last)
        found = (decode(row.document, Mandate) for row in rows)
        return tuple(sorted((m for m in found if congress in ("", m.congress)), key=lambda m: (m.elected_on, m.id)))

    def _tells(self, kind: str) -> bool:
        """Tell whether the reader may know of records of a kind; of a kind that is not enabled nobody knows whether."""
        known = self._tenant.practice.record_kinds.get(kind)
        return self._actor == JOB or bool(self._actor.roles & PRIVATE) or (known is not None and not known.private)


def _whole_months(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """Give the first and the last day of the whole months between two days; the last before the first for none."""
    last = min(last, dt.date.max - DAY)
    if (last + DAY).day != 1:
        last = last.replace(day=1) - DAY if last > FIRST_MONTH else dt.date.min
    while first.day != 1 and first <= last:
        first += DAY
    return first, last


def _measured(kept: stands.Kept) -> Iterator[tuple[str, str, str, int]]:
    """Give what is counted as (person, kind, measure, number), proven or not."""
    for person, counts in kept.counts.items():
        for _, kind, measure, n in counts:
            yield person, kind, measure.removeprefix(UNPROVEN), n
    for person, records in kept.lines.items():
        for r in records:
            for measure, n in {"": r.quantity, TIMES: 1, **r.facts}.items():
                yield person, r.kind, measure, n
