"""Lists of duty records page by page: a person's, and what waits for the office; kinds and rules of this place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal

import attrs

from renda_core.domain.case import Actor
from renda_core.domain.duty import BOOKS, Band, Item, Record, RecordKind, ScoreRule
from renda_core.domain.failing import expect
from renda_core.errors import NotFound
from renda_core.services.duty.entering import REVIEWING
from renda_core.services.duty.pricing import Period, Pricing
from renda_core.services.duty.proving import items_on
from renda_core.services.duty.reading import READING, may_read
from renda_core.services.paging import PAGE, Page, a_day, an_id, check_size, check_texts, cursor, place
from renda_core.store.codec import decode
from renda_core.store.compile import Query
from renda_core.store.duty_lists import IN_STATE, OF_PERSON, PageRow
from renda_core.store.naming import NAMES
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

Waiting = Literal["entered", "appealed"]
"""待核: to be checked; 申诉中: appealed against, and to be decided."""


@attrs.frozen(kw_only=True)
class ListedRecord(Record):
    """A record with what people call its person and kind.

    Attributes:
        name: Empty where the roster does not know the person.
        kind_title: Empty where no enabled practice offers the kind any more.
        version: How many marks it has; whoever makes the next one says which they saw.
    """

    name: str = ""
    kind_title: str = ""
    version: int = 0


@attrs.frozen(kw_only=True)
class Asked:
    """Which records of a person: between two days, both included, and of one kind."""

    first: dt.date | None = None
    last: dt.date | None = None
    kind: str = ""
    after: str = ""
    size: int = PAGE


@attrs.frozen(kw_only=True)
class ScoreRuleShown:
    """A rule of points as it stands on a day, for everybody to read.

    Attributes:
        items: Its lines; none where its points come about otherwise, which its practice's page says.
        bands: Its grades of a year.
        result: The kind of duty record in which a year's result is kept.
    """

    name: str
    title: str
    plugin: str
    on: dt.date
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    result: str


async def page_of(reader: Reader, tenant: Tenant, actor: Actor, person: str, asked: Asked) -> Page[ListedRecord]:
    """List a page of a person's records, oldest first, to certain offices and to the person.

    Raises:
        NotFound: The asker may not read this person's records.
        Invalid: The size or the cursor makes no sense.
    """
    if person != actor.id and not actor.roles & READING:
        raise NotFound(f"no person {person}")
    check_texts(kind=asked.kind)
    days = {"first": asked.first or dt.date.min, "last": asked.last or dt.date.max}
    given = {"person": person, "kind": asked.kind or None, **days}
    return await _page(reader, tenant, actor, OF_PERSON, given, f"records {person}", asked.after, asked.size)


async def waiting_page(
    reader: Reader, tenant: Tenant, actor: Actor, state: Waiting, after: str = "", size: int = PAGE
) -> Page[ListedRecord]:
    """List a page of what waits for the office, the oldest day first.

    Raises:
        NotFound: The asker checks no records.
        Invalid: The size or the cursor makes no sense.
    """
    if not actor.roles & REVIEWING:
        raise NotFound("no list of records to be checked")
    return await _page(reader, tenant, actor, IN_STATE, {"state": state}, f"records {state}", after, size)


async def _page(
    reader: Reader,
    tenant: Tenant,
    actor: Actor,
    query: Query[PageRow],
    given: dict[str, Any],
    order: str,
    after: str,
    size: int,
) -> Page[ListedRecord]:
    """Fill a page with what the asker may read; what they may not leaves no gap that would tell of it."""
    check_size(size)
    day, id = place(after, order, a_day, an_id) if after else (dt.date.min.isoformat(), "")
    on, kept, more = dt.date.fromisoformat(day), list[Record](), True
    while more and len(kept) <= size:
        rows = await reader.all(query, on=on, after=id, size=size + 1, **given)
        kept += [r for row in rows if may_read(tenant, actor, r := decode(row.document, Record))]
        more = len(rows) > size
        on, id = (rows[-1].done_on, rows[-1].id) if rows else (on, id)
    last = kept[size - 1] if len(kept) > size else None
    token = cursor(order, last.on.isoformat(), last.id) if last else ""
    return Page(rows=await listed(reader, tenant, kept[:size]), after=token)


async def listed(reader: Reader, tenant: Tenant, records: Iterable[Record]) -> tuple[ListedRecord, ...]:
    """Give records with what people call their persons and kinds."""
    found = tuple(records)
    names = {row.id: row.name for row in await reader.among(NAMES["person"], "id", {r.person for r in found})}
    kinds = tenant.practice.record_kinds
    return tuple(
        ListedRecord(
            **{a.name: getattr(r, a.name) for a in attrs.fields(Record)},
            name=names.get(r.person, ""),
            kind_title=kinds[r.kind].title if r.kind in kinds else "",
            version=len(r.history),
        )
        for r in found
    )


async def kinds(_: Reader, tenant: Tenant, __: Actor) -> tuple[RecordKind, ...]:
    """List the kinds of records that enabled practices offer, book by book and then by name."""
    books = [*BOOKS, ""]
    found = tenant.practice.record_kinds.values()
    return tuple(sorted(found, key=lambda kind: (books.index(kind.book), kind.name)))


async def rules(_: Reader, tenant: Tenant, __: Actor, on: dt.date | None = None) -> tuple[ScoreRuleShown, ...]:
    """List the rules of points that enabled practices offer, as they stand on a day; by default today.

    Raises:
        Invalid: The lines of a rule are none.
        PracticeFailed: A rule failed, and its plugin is named.
    """
    return tuple(_shown(tenant, rule, on or tenant.today) for _, rule in sorted(tenant.practice.scores.items()))


def _shown(tenant: Tenant, rule: ScoreRule, on: dt.date) -> ScoreRuleShown:
    pricing = Pricing.of(tenant, rule.name, Period(first=on, last=on, fixed=on))
    return ScoreRuleShown(
        name=rule.name,
        title=rule.title,
        plugin=rule.plugin,
        on=on,
        items=tuple(expect(item, Item) for item in items_on(tenant, rule, on)),
        bands=pricing.bands(),
        result=rule.result,
    )
