"""What the pages over everybody are asked, and who and what is found for it: days, a congress, mandates, groups."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol, TypeVar

import attrs

from renda_core.domain.duty import Record, RecordKind, exposure, heads
from renda_core.domain.mandates import Mandate
from renda_core.errors import Invalid
from renda_core.records import Context, Desk, GroupsOver
from renda_plugins.duty_archive.reading import Reading
from renda_plugins.duty_archive.settings import Settings

OFFICES = "office overseer presidium committee"
"""Who reads of everybody at once. Source: U: what somebody did is theirs and the offices' to know, and no contest."""
LONGEST = dt.timedelta(days=3 * 366)
"""Longest period of one page, as that of the report on receptions: nobody reads the rows of decades."""
FIRST_YEAR, LAST_YEAR = 1954, 2099
"""From the first congresses on, to the last year that calendars reach."""


class Named(Protocol):
    """A row with an id and a name."""

    @property
    def id(self) -> str:
        """Give the id."""

    @property
    def name(self) -> str:
        """Give the name."""


T = TypeVar("T", bound=Named)


@attrs.frozen(kw_only=True)
class Whole:
    """Everybody of a period.

    Attributes:
        congress: Id of the congress that was asked for; empty for all.
        congress_name: What it is called.
        held: Mandates by person, of those who were in office on any day of the period.
    """

    first: dt.date
    last: dt.date
    congress: str
    congress_name: str
    held: Mapping[str, tuple[Mandate, ...]]
    reading: Reading

    def in_office(self, first: dt.date, last: dt.date) -> frozenset[str]:
        """Give who was in office on any day of some days."""
        return frozenset(p for p, held in self.held.items() if exposure(held, (), {}, first, last).in_office)

    def heads(self, records: Iterable[Record]) -> Mapping[str, int]:
        """Count persons, and mandates, of the congress that is asked for; one record may count in others besides."""
        ids = {m.id for held in self.held.values() for m in held}
        return heads(attrs.evolve(r, mandates=tuple(m for m in r.mandates if m in ids)) for r in records)


async def whole_of(
    context: Context[Settings], desk: Desk, first: dt.date | None, last: dt.date | None, congress: str
) -> Whole:
    """Find everybody of a period.

    Raises:
        Invalid: There is no such congress, or the days run backwards or are more than three years.
    """
    since, until = period(context.today, first, last)
    known = {c.id: c for day in (since, until) for c in await desk.congresses(day)}
    found = named(known.values(), congress.strip(), "congress") if congress.strip() else ()
    asked = found[0].id if found else ""
    every = await desk.mandates_between(since, until)
    names = await desk.names({m.congress for m in every})
    held: dict[str, tuple[Mandate, ...]] = {}
    for m in every:
        if asked in ("", m.congress):
            held[m.person] = (*held.get(m.person, ()), m)
    reading = Reading(
        kinds=await desk.record_kinds(),
        books=context.settings.books,
        congresses={m.id: names.get(m.congress, "") for m in every},
    )
    made = Whole(
        first=since,
        last=until,
        congress=asked,
        congress_name=found[0].name if found else "",
        held=held,
        reading=reading,
    )
    force = made.in_office(since, until)
    return attrs.evolve(made, held={p: of for p, of in held.items() if p in force})


def period(today: dt.date, first: dt.date | None, last: dt.date | None) -> tuple[dt.date, dt.date]:
    """Give the days asked for; by default the year of the one that is given, or this year, up to today.

    Raises:
        Invalid: They run backwards, are more than three years, or lie nowhere near.
    """
    year = (first or last or today).year
    since = first or dt.date(year, 1, 1)
    until = last or (today if year == today.year and since <= today else dt.date(year, 12, 31))
    if until < since:
        raise Invalid(f"the period ends on {until}, before it begins on {since}", field="last")
    if until - since > LONGEST or since.year < FIRST_YEAR or until.year > LAST_YEAR:
        said = f"{since} to {until}: ask for at most three years, from {FIRST_YEAR} to {LAST_YEAR}"
        raise Invalid(said, field="first")
    return since, until


def named(rows: Iterable[T], asked: str, field: str) -> tuple[T, ...]:
    """Find what is asked for by id or by full name.

    Raises:
        Invalid: There is none; the message names those that there are.
    """
    every = tuple(rows)
    found = tuple(row for row in every if asked in (row.id, row.name))
    if not found:
        known = "、".join(sorted({row.name for row in every})) or "none"
        raise Invalid(f"no {field} {asked!r} in this period; known: {known}", field=field)
    return found


def kinds_of(kinds: Mapping[str, RecordKind], asked: str) -> tuple[str, ...]:
    """Find a kind of records by name or title; without any, none is meant in particular.

    Raises:
        Invalid: No enabled practice offers it; of private kinds no page over everybody tells.
    """
    if not asked:
        return ()
    every = [k for k in kinds.values() if not k.private]
    found = tuple(k.name for k in every if asked in (k.name, k.title))
    if not found:
        known = "、".join(sorted(k.title for k in every)) or "none"
        raise Invalid(f"no kind {asked!r} of duty records is enabled here; known: {known}", field="kind")
    return found


def seated(over: Iterable[GroupsOver], groups: Collection[str], record: Record) -> bool:
    """Tell whether somebody sat in one of some groups on the day of a record."""
    return any(
        record.person in group.deputies
        for stretch in over
        if stretch.since <= record.on <= stretch.until
        for group in stretch.groups
        if group.id in groups
    )
