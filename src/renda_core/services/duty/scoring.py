"""Scores of deputies: explained to the person and the offices; of everybody by name and never by rank."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import attrs

from renda_core.desks import PersonScore
from renda_core.domain.case import Actor
from renda_core.domain.duty import Exposure, Record, Score, band, exposure
from renda_core.domain.mandates import Mandate
from renda_core.errors import Invalid, NotFound
from renda_core.services import lookups
from renda_core.services.duty import standing as stands
from renda_core.services.duty.entering import REVIEWING
from renda_core.services.duty.pricing import Period, Pricing, withheld
from renda_core.services.duty.writing import Held
from renda_core.services.mandates import of_congress
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant


async def score_of(
    reader: Reader,
    tenant: Tenant,
    actor: Actor,
    person: str,
    rule: str,
    first: dt.date,
    last: dt.date,
    congress: str = "",
) -> PersonScore:
    """Score one person's records of a period, both days included, explained entry by entry, with vetoes.

    Args:
        congress: Id of the one that is meant, of somebody who held mandates in several.

    Raises:
        NotFound: It is another's and the reader no office; no enabled practice offers the rule; or the person held no
            mandate there in the period.
        Invalid: They held mandates in several congresses, and none is named; the last day lies before the first; or
            the lines of the rule are none.
        PracticeFailed: The rule itself failed, and its plugin is named.
    """
    if person != actor.id and not actor.roles & REVIEWING:
        raise NotFound(f"no person {person}")
    pricing = Pricing.of(tenant, rule, Period.of(tenant, first, last))
    period, kinds = pricing.period, tenant.practice.record_kinds
    every = (await Held.load(reader, (person,))).of(person)
    records = await stands.of_person(reader, person, period)
    held = await _meant(reader, every, period, congress)
    if not every and (congress or not records):
        raise NotFound(f"nobody with the id {person} holds or held a mandate")
    stand = stands.standing(person, period, records, held, kinds)
    (made,) = pricing.of_records([(stand.records, stand.exposure)])
    (vetoes,) = withheld(tenant, [stand], period.fixed)
    named = await lookups.named(reader, {person})
    here = held[-1].congress if held else ""
    result = next((r for r in records if r.source == source_of(rule, period.year, here)), None)
    told = _Told(pricing=pricing, congress=here, names=named, results={person: result} if result else {})
    return told.of(person, held, attrs.evolve(made, vetoes=vetoes), stand.exposure)


async def scores_of(
    reader: Reader, tenant: Tenant, actor: Actor, rule: str, first: dt.date, last: dt.date, congress: str
) -> tuple[PersonScore, ...]:
    """Score everybody who held a mandate of a congress in a period, by name, without single entries.

    Raises:
        NotFound: The reader is no office, or no enabled practice offers the rule.
        Invalid: No congress is named; the last day lies before the first; or the lines of the rule are none.
        PracticeFailed: The rule itself failed, and its plugin is named.
    """
    if not actor.roles & REVIEWING:
        raise NotFound(f"no rule of points {rule!r} to score everybody by")
    return await everybody(reader, tenant, Pricing.of(tenant, rule, Period.of(tenant, first, last)), congress)


async def everybody(
    reader: Reader, tenant: Tenant, pricing: Pricing, congress: str, *, vetoes: bool = True
) -> tuple[PersonScore, ...]:
    """Score everybody as :func:`scores_of` does, whoever asks: from what is kept counted where that tells the points.

    Args:
        vetoes: Whether to ask what withholds titles, for which every record of the period is read.
    """
    if not congress:
        raise Invalid("name the congress whose deputies are meant", field="congress")
    period, kinds = pricing.period, tenant.practice.record_kinds
    seats: dict[str, list[Mandate]] = {}
    for m in await of_congress(reader, congress):
        seats.setdefault(m.person, []).append(m)
    days = {p: exposure(held, (), kinds, period.first, period.last) for p, held in seats.items()}
    seats = {p: sorted(held, key=_elected) for p, held in seats.items() if stands.served(days[p])}
    if pricing.by_month():
        kept = await stands.kept(reader, period, seats)
        counts, lines = kept.counts, kept.lines
    else:
        counts, lines = {}, await stands.lines(reader, period, seats)
    exposed = {
        p: stands.counted_exposure(days[p], counts[p], kinds)
        if p in counts
        else exposure(held, lines.get(p, ()), kinds, period.first, period.last)
        for p, held in seats.items()
    }
    by_line = [p for p in seats if p not in counts]
    of_lines = pricing.of_records((lines.get(p, ()), exposed[p]) for p in by_line)
    made = dict(zip(by_line, of_lines, strict=True))
    made |= zip(counts, pricing.of_counts((rows, exposed[p]) for p, rows in counts.items()), strict=True)
    held_back = await _withheld(reader, tenant, period, seats) if vetoes and tenant.practice.vetoes else {}
    told = _Told(
        pricing=pricing,
        congress=congress,
        names=await lookups.named(reader, seats),
        results=await results(reader, pricing, congress),
    )
    found = [
        told.of(p, held, attrs.evolve(made[p], entries=(), vetoes=held_back.get(p, ())), exposed[p])
        for p, held in seats.items()
    ]
    return tuple(sorted(found, key=lambda s: (s.name, s.person)))


def source_of(rule: str, year: int, congress: str) -> str:
    """Name what the record of a year's result comes from."""
    return f"score:{rule}:{year}:{congress}"


async def results(reader: Reader, pricing: Pricing, congress: str) -> Mapping[str, Record]:
    """Give the results of the year that the period is, as they were recorded, by person."""
    if not pricing.period.year or not pricing.rule.result:
        return {}
    source = source_of(pricing.rule.name, pricing.period.year, congress)
    recorded = await stands.of_all(reader, pricing.period, pricing.rule.result)
    return {p: r for p, of in recorded.items() for r in of if r.source == source}


@attrs.frozen(kw_only=True)
class _Told:
    """Puts together what is told of each person."""

    pricing: Pricing
    congress: str
    names: Mapping[str, str]
    results: Mapping[str, Record]

    def of(self, person: str, held: Sequence[Mandate], made: Score, exposed: Exposure) -> PersonScore:
        """Tell one person's score with its grade, and the year's result where one was recorded."""
        grade = band(self.pricing.bands(), made.total)
        return PersonScore(
            person=person,
            name=self.names.get(person, ""),
            mandate=held[-1].id if held else "",
            congress=self.congress,
            score=made,
            exposure=exposed,
            band=grade.code if grade else "",
            band_title=grade.title if grade else "",
            poor=bool(grade and grade.poor),
            result=self.results.get(person),
        )


async def _meant(reader: Reader, every: Iterable[Mandate], period: Period, congress: str) -> Sequence[Mandate]:
    """Give a person's mandates in the one congress that is meant, oldest first; none of whom the roster does not know.

    Raises:
        NotFound: They held none there in the period.
        Invalid: They held some in several, and none is named.
    """
    seats: dict[str, list[Mandate]] = {}
    for m in every:
        seats.setdefault(m.congress, []).append(m)
    if not seats:
        return ()
    here = [c for c, held in seats.items() if stands.served(exposure(held, (), {}, period.first, period.last))]
    if congress or not here:
        here = [c for c in here if c == congress]
        if not here:
            raise NotFound(f"the person held no mandate there between {period.first} and {period.last}")
    if len(here) > 1:
        named = await lookups.named(reader, here)
        several = "、".join(f"{named.get(c, '')} ({c})" for c in sorted(here))
        raise Invalid(f"the person held mandates in several congresses; name one: {several}", field="congress")
    return sorted(seats[here[0]], key=_elected)


def _elected(m: Mandate) -> tuple[dt.date, str]:
    return m.elected_on, m.id


async def _withheld(
    reader: Reader, tenant: Tenant, period: Period, seats: stands.Seats
) -> Mapping[str, tuple[str, ...]]:
    records, kinds = await stands.of_all(reader, period), tenant.practice.record_kinds
    found = [stands.standing(p, period, records.get(p, ()), held, kinds) for p, held in seats.items()]
    return dict(zip(seats, withheld(tenant, found, period.fixed), strict=True))
