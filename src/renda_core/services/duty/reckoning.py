"""Reckoning scores, whoever asks: of one person explained, of everybody from what is kept counted or from the lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import attrs

from renda_core.desks import PersonScore
from renda_core.domain.duty import Band, Exposure, Record, Score, band, exposure
from renda_core.domain.mandates import Mandate
from renda_core.errors import Invalid, NotFound
from renda_core.services import lookups
from renda_core.services.duty import standing as stands
from renda_core.services.duty.pricing import Period, Pricing, withheld
from renda_core.services.duty.writing import Held
from renda_core.services.seats import of_congress
from renda_core.store.unit import Reader


async def one(reader: Reader, pricing: Pricing, person: str, congress: str) -> PersonScore:
    """Score one person, explained entry by entry, with vetoes.

    Raises:
        NotFound: Nobody is known by that id, or they held no mandate there in the period.
        Invalid: They held mandates in several congresses, and none is named.
    """
    period, tenant = pricing.period, pricing.tenant
    if not lookups.is_id(person):
        raise NotFound(f"no person {person}")
    every = (await Held.load(reader, (person,))).of(person)
    records = await stands.of_person(reader, person, period)
    held = await _meant(reader, every, period, congress)
    if not every and (congress or not records):
        raise NotFound(f"no person {person}")
    stand = stands.standing(person, period, records, held, tenant.practice.record_kinds)
    (made,) = pricing.of_records([(stand.records, stand.exposure)])
    (vetoes,) = withheld(tenant, [stand], period.fixed)
    here = held[-1].congress if held else ""
    source = source_of(pricing.rule.name, period.year, here)
    result = [r for r in records if r.source == source and r.kind == pricing.rule.result]
    told = _Told(
        period=period,
        congress=here,
        bands=pricing.bands(),
        names=await lookups.named(reader, {person}),
        results={person: result[0]} if result else {},
    )
    return told.of(person, held, attrs.evolve(made, vetoes=vetoes), stand.exposure)


async def everybody(reader: Reader, pricing: Pricing, congress: str, *, vetoes: bool = True) -> tuple[PersonScore, ...]:
    """Score everybody who held a mandate of a congress in the period, by name, without single entries.

    Args:
        vetoes: Whether to ask what withholds titles, for which every record of the period is read.

    Raises:
        Invalid: No congress is named.
    """
    if not congress:
        raise Invalid("name the congress whose deputies are meant", field="congress")
    period, tenant = pricing.period, pricing.tenant
    seats, days = await _seats(reader, period, congress)
    made = await (_from_counters if pricing.by_month() else _from_lines)(reader, pricing, seats, days)
    held_back = await _withheld(reader, pricing, seats) if vetoes and tenant.practice.vetoes else {}
    told = _Told(
        period=period,
        congress=congress,
        bands=pricing.bands(),
        names=await lookups.named(reader, seats),
        results=await results(reader, pricing, congress),
    )
    found = []
    for person, held in seats.items():
        score, exposed = made[person]
        plain = attrs.evolve(score, entries=(), vetoes=held_back.get(person, ()))
        found.append(told.of(person, held, plain, exposed))
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


def holding(held: Iterable[Mandate], period: Period) -> Mandate | None:
    """Give the last of some mandates, oldest first, that was in force or suspended on any day of a period."""
    served = [m for m in held if stands.served(exposure((m,), (), {}, period.first, period.last))]
    return served[-1] if served else None


Reckoned = Mapping[str, tuple[Score, Exposure]]


async def _from_counters(
    reader: Reader, pricing: Pricing, seats: stands.Seats, days: Mapping[str, Exposure]
) -> Reckoned:
    """Score everybody from what is kept counted by month; those whose records count twice here, from the lines."""
    kinds = pricing.tenant.practice.record_kinds
    kept = await stands.kept(reader, pricing.spans(), stands.whose(seats))
    lost = {p: seats[p] for p in kept.lines}
    found = dict(_of_lines(pricing, lost, kept.lines))
    rest = [p for p in seats if p not in found]
    exposed = [stands.counted_exposure(days[p], kept.counts.get(p, ()), kinds) for p in rest]
    made = pricing.of_counts((kept.counts.get(p, ()), e) for p, e in zip(rest, exposed, strict=True))
    return found | dict(zip(rest, zip(made, exposed, strict=True), strict=True))


async def _from_lines(reader: Reader, pricing: Pricing, seats: stands.Seats, _: Mapping[str, Exposure]) -> Reckoned:
    """Score everybody from the lines of the period's records."""
    return _of_lines(pricing, seats, await stands.lines(reader, pricing.period, stands.whose(seats)))


def _of_lines(pricing: Pricing, seats: stands.Seats, lines: Mapping[str, Sequence[Record]]) -> Reckoned:
    kinds, first, last = pricing.tenant.practice.record_kinds, pricing.period.first, pricing.period.last
    exposed = [exposure(held, lines.get(p, ()), kinds, first, last) for p, held in seats.items()]
    made = pricing.of_records((lines.get(p, ()), e) for p, e in zip(seats, exposed, strict=True))
    return dict(zip(seats, zip(made, exposed, strict=True), strict=True))


async def _seats(reader: Reader, period: Period, congress: str) -> tuple[dict[str, list[Mandate]], dict[str, Exposure]]:
    """Load who held a mandate of a congress in a period, with all that they ever held there, and their days."""
    seats: dict[str, list[Mandate]] = {}
    for m in await of_congress(reader, congress) if lookups.is_id(congress) else ():
        seats.setdefault(m.person, []).append(m)
    days = {p: exposure(held, (), {}, period.first, period.last) for p, held in seats.items()}
    return {p: sorted(held, key=_elected) for p, held in seats.items() if stands.served(days[p])}, days


async def _withheld(reader: Reader, pricing: Pricing, seats: stands.Seats) -> Mapping[str, tuple[str, ...]]:
    period, kinds = pricing.period, pricing.tenant.practice.record_kinds
    records = await stands.of_all(reader, period)
    found = [stands.standing(p, period, records.get(p, ()), held, kinds) for p, held in seats.items()]
    return dict(zip(seats, withheld(pricing.tenant, found, period.fixed), strict=True))


@attrs.frozen(kw_only=True)
class _Told:
    """Puts together what is told of each person."""

    period: Period
    congress: str
    bands: tuple[Band, ...]
    names: Mapping[str, str]
    results: Mapping[str, Record]

    def of(self, person: str, held: Iterable[Mandate], made: Score, exposed: Exposure) -> PersonScore:
        """Tell one person's score with its grade, and the year's result where one was recorded."""
        grade, mandate = band(self.bands, made.total), holding(held, self.period)
        return PersonScore(
            person=person,
            name=self.names.get(person, ""),
            mandate=mandate.id if mandate else "",
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
    here = [c for c in here if congress in ("", c)]
    if not here:
        raise NotFound(f"the person held no mandate there between {period.first} and {period.last}")
    if len(here) > 1:
        named = await lookups.named(reader, here)
        several = "、".join(f"{named.get(c, '')} ({c})" for c in sorted(here))
        raise Invalid(f"the person held mandates in several congresses; name one: {several}", field="congress")
    return sorted(seats[here[0]], key=_elected)


def _elected(m: Mandate) -> tuple[dt.date, str]:
    return m.elected_on, m.id
