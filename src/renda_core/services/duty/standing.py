"""How deputies stand in a period: what counts of them in one congress, from records, lines, or what is kept counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

import attrs

from renda_core.domain.duty import BESIDE, TIMES, UNPROVEN, Counted, Exposure, Record, RecordKind, Standing, exposure
from renda_core.domain.mandates import Mandate
from renda_core.services.duty.pricing import Period
from renda_core.store import duty as d
from renda_core.store.codec import decode
from renda_core.store.unit import Reader

ID = 16
"""Bytes of an id."""
Kinds = Mapping[str, RecordKind]
Seats = Mapping[str, Sequence[Mandate]]
"""The mandates that are meant, by person."""


def whose(seats: Seats) -> dict[str, str]:
    """Give the person of each mandate."""
    return {m.id: person for person, held in seats.items() for m in held}


def in_congress(records: Iterable[Record], held: Iterable[Mandate]) -> tuple[Record, ...]:
    """Give the records that count, and that count in one of some mandates.

    Of somebody who never held any, as the roster has it, what is bound to none counts.
    """
    ids = {m.id for m in held}
    return tuple(r for r in records if r.counts and (ids & set(r.mandates) if ids else not r.mandates))


def standing(person: str, period: Period, records: Iterable[Record], held: Sequence[Mandate], kinds: Kinds) -> Standing:
    """Say how somebody stands, of all their records and of the mandates that are meant."""
    counting = in_congress(records, held)
    return Standing(
        person=person,
        first=period.first,
        last=period.last,
        records=counting,
        mandates=tuple(held),
        exposure=exposure(held, counting, kinds, period.first, period.last),
    )


def served(exposed: Exposure) -> bool:
    """Tell whether somebody held a mandate on any day, in force or suspended."""
    return bool(exposed.in_office or exposed.suspended)


async def of_person(reader: Reader, person: str, period: Period) -> tuple[Record, ...]:
    """Load a person's records of a period, oldest first."""
    rows = await reader.all(d.OF_PERSON_BETWEEN, person=person, first=period.first, last=period.last)
    return tuple(decode(row.document, Record) for row in rows)


async def of_all(reader: Reader, period: Period, kind: str = "") -> Mapping[str, list[Record]]:
    """Load everybody's records of a period, of one kind or of all, by person, oldest first."""
    days = {"first": period.first, "last": period.last}
    rows = await (reader.all(d.OF_KIND, kind=kind, **days) if kind else reader.all(d.BETWEEN, **days))
    found: dict[str, list[Record]] = {}
    for row in rows:
        record = decode(row.document, Record)
        found.setdefault(record.person, []).append(record)
    return found


async def lines(
    reader: Reader, period: Period, mandates: Iterable[str] | None, people: Collection[str] | None = None
) -> Mapping[str, list[Record]]:
    """Load what counts in a period as rules read it, by person: the records, without what only people read.

    Args:
        mandates: Ids of those in one of which a record must count; None for whatever counts.
        people: Of these alone.
    """
    days = {"first": period.first, "last": period.last}
    rows = await (reader.all(d.LINES, **days) if people is None else reader.among(d.LINES_OF, "person", people, **days))
    ids = None if mandates is None else {UUID(m).bytes for m in mandates}
    facts: dict[str, dict[str, int]] = {}
    found: dict[str, list[Record]] = {}
    for row in rows:
        bound = row.mandates
        if ids is not None and not any(bound[at : at + ID] in ids for at in range(0, len(bound), ID)):
            continue
        if (told := facts.get(row.facts)) is None:
            pairs = (fact.rpartition("=") for fact in row.facts.split(";") if fact)
            told = facts[row.facts] = {name: int(n) for name, _, n in pairs}
        record = Record(
            id=row.id,
            person=row.person,
            kind=row.kind,
            on=row.done_on,
            quantity=row.quantity,
            facts=told,
            source="case:" if row.proven else "",
        )
        found.setdefault(row.person, []).append(record)
    return found


@attrs.frozen(kw_only=True)
class Kept:
    """What is kept counted of some months: of most people summed up; of whose records count twice here, as lines."""

    counts: Mapping[str, list[Counted]]
    lines: Mapping[str, list[Record]]


async def kept(reader: Reader, spans: Sequence[Period], whose: Mapping[str, str], *, others: bool = False) -> Kept:
    """Load what is counted by month, by person.

    A record of two mandates is counted of each; of whoever has counts of several, the lines tell what is one.

    Args:
        spans: Whole months, one stretch after the other; what is counted of each is told with its first day.
        whose: The person of each mandate that is meant.
        others: Whether what is counted of no mandate is meant too: of people whom the roster did not know.
    """
    counts: dict[str, list[Counted]] = {}
    holders: dict[str, set[str]] = {}
    for span in spans:
        for row in await reader.all(d.SUMMED, first=span.first, last=span.last):
            person = whose.get(row.holder, row.holder if others else "")
            if person:
                counts.setdefault(person, []).append((span.first, row.kind, row.measure, row.n))
                holders.setdefault(person, set()).add(row.holder)
    twice = sorted(p for p, of in holders.items() if len(of) > 1)
    if not twice:
        return Kept(counts=counts, lines={})
    whole = attrs.evolve(spans[0], last=spans[-1].last)
    again = await lines(reader, whole, None if others else whose, twice)
    return Kept(counts={p: of for p, of in counts.items() if p not in again}, lines=again)


def counted_exposure(plain: Exposure, counts: Iterable[Counted], kinds: Kinds) -> Exposure:
    """Add the opportunities that are counted by month to somebody's days in office."""
    parts = {"taken": 0, "missed": 0}
    for _, kind, measure, n in counts:
        sign = {TIMES: 1, BESIDE: -1}.get(measure.removeprefix(UNPROVEN), 0)
        if sign and kind in kinds and (part := kinds[kind].part):
            parts[part] += sign * n
    return attrs.evolve(plain, **parts)
