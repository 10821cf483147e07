"""Notices (提醒): what a rule's day asks to be told, sent to each of its audience exactly once, and seen by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs

from renda_core.domain.calendar import Day
from renda_core.domain.case import Actor
from renda_core.errors import NotFound
from renda_core.records import DayRule
from renda_core.services.bulk import Told
from renda_core.services.days import days_of, failure
from renda_core.services.paging import PAGE as SHOWN
from renda_core.services.paging import Page, a_day, a_text, an_id, check_size, check_texts, cursor, place
from renda_core.store.notices import (
    MATTERS,
    ONE,
    OWN,
    RECIPIENTS,
    SEE,
    SEND,
    TOLD,
    UNSEEN,
    MatterRow,
    NoticeRow,
    RecipientRow,
)
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

REMIND = Actor(id="job:notices")
PAGE = 200
"""Persons that one transaction tells."""
AHEAD = dt.timedelta(days=366)
"""How far before its day a notice can be given: rules are asked for the days of the coming year."""
NEWEST = dt.datetime.max.replace(tzinfo=dt.UTC)
SINCE = 2000
"""Before this year nothing was sent by anybody."""
OWN_LIST, MATTER_LIST, PEOPLE_LIST = "notices", "matters", "people"


@attrs.frozen(kw_only=True)
class Reminded:
    """How many notices were sent; *failed* names the rules that were left out, each with its error."""

    sent: int
    failed: tuple[str, ...]


async def remind(store: Store, tenant: Tenant, progress: Told | None = None) -> Reminded:
    """Send every notice whose date has come, a page of persons a transaction; safe to repeat, and to run twice at once.

    A job that did not run on the date sends afterwards, until the day itself is past. Who joins the audience later,
    e.g. a deputy elected meanwhile, is told then. A rule that fails is named and left out.

    Args:
        progress: Told after every page how many notices were sent.
    """
    sent, failed = 0, list[str]()
    for name in sorted(tenant.practice.days):
        rule = tenant.practice.days[name]
        try:  # each rule in a transaction of its own, so that none can spoil another's
            due = await store.read(_due, tenant.id, tenant, rule)
        except Exception as error:  # a rule of days is a decoration: the others still remind
            failed.append(failure(rule, error))
            continue
        for day, persons in due:
            for start in range(0, len(persons), PAGE):
                page = persons[start : start + PAGE]
                sent += await store.write(send, tenant.id, REMIND, tenant, rule, day, page)
                if progress:
                    progress(sent)
    return Reminded(sent=sent, failed=tuple(failed))


async def _due(reader: Reader, tenant: Tenant, rule: DayRule) -> list[tuple[Day, tuple[str, ...]]]:
    """List a rule's days whose notice is due, each with those who have not been told."""
    found = []
    for day in await days_of(reader, tenant, rule, tenant.today, tenant.today + AHEAD):
        if day.notice_by is None or day.notice_by > tenant.today or not day.audience:
            continue
        told = {row.person for row in await reader.all(TOLD, rule=rule.name, matter=day.matter)}
        if persons := tuple(sorted(set(day.audience) - told)):
            found.append((day, persons))
    return found


async def send(unit: Unit, _: Tenant, rule: DayRule, day: Day, persons: Sequence[str]) -> int:
    """Tell some persons of a day, each who has not been told of its matter; answer how many were.

    The event for delivery is in the same transaction, so that a notice is sent and told of, or neither.
    """
    fields = {"falls_on": day.on, "title": day.label, "text": day.text, "sent_at": unit.now, "seen_at": None}
    sent = 0
    for person in persons:
        if await unit.write(SEND, rule=rule.name, matter=day.matter, person=person, **fields):
            unit.emit("notice.sent", rule=rule.name, matter=day.matter, person=person, falls_on=day.on.isoformat())
            sent += 1
    if not sent:  # another process was faster with this whole page: nothing was changed, and nothing is recorded
        unit.rehearse()
        return 0
    unit.record(
        "notice.sent",
        on=unit.tenant,
        version=0,
        rule=f"{rule.plugin}.{rule.name}",
        matter=day.matter,
        falls_on=day.on.isoformat(),
        sent=sent,
    )
    return sent


async def own(reader: Reader, _: Tenant, actor: Actor, *, after: str = "", size: int = SHOWN) -> Page[NoticeRow]:
    """List the asker's own notices, the newest first.

    Raises:
        Invalid: A size out of bounds, or a cursor of another list.
    """
    check_size(size)
    at, rule, matter = place(after, OWN_LIST, _an_instant, a_text, a_text) if after else (NEWEST.isoformat(), "", "")
    rows = await reader.all(
        OWN, person=actor.id, at=dt.datetime.fromisoformat(at), rule=rule, matter=matter, size=size + 1
    )
    last = rows[size - 1] if len(rows) > size else None
    token = cursor(OWN_LIST, last.sent_at.isoformat(), last.rule, last.matter) if last else ""
    return Page(rows=tuple(rows[:size]), after=token)


async def see(unit: Unit, _: Tenant, rule: str, matter: str) -> NoticeRow:
    """Mark one's own notice as seen (已阅); the first time counts.

    Raises:
        NotFound: The asker has no such notice.
    """
    check_texts(rule=rule, matter=matter)
    named = {"rule": rule, "matter": matter, "person": unit.actor.id}
    found = await unit.find(ONE, **named)
    if found is None:
        raise NotFound(f"you have no notice {rule} {matter}")
    if found.seen_at is not None:
        return found
    if not await unit.write(SEE, at=unit.now, **named):  # seen in this very moment, in another window
        unit.rehearse()
        return await unit.one(ONE, **named)
    unit.record("notice.seen", on=unit.actor.id, version=0, rule=rule, matter=matter)
    return attrs.evolve(found, seen_at=unit.now)


async def matters(reader: Reader, *, after: str = "", size: int = SHOWN) -> Page[MatterRow]:
    """List what was told, the latest day first, with how many have seen it; who may ask is the caller's to say."""
    check_size(size)
    day, rule, matter = place(after, MATTER_LIST, a_day, a_text, a_text) if after else (str(dt.date.max), "", "")
    rows = await reader.all(MATTERS, day=dt.date.fromisoformat(day), rule=rule, matter=matter, size=size + 1)
    last = rows[size - 1] if len(rows) > size else None
    token = cursor(MATTER_LIST, str(last.falls_on), last.rule, last.matter) if last else ""
    return Page(rows=tuple(rows[:size]), after=token)


async def people(
    reader: Reader, rule: str, matter: str, *, unseen: bool = False, after: str = "", size: int = SHOWN
) -> Page[RecipientRow]:
    """List who was told of a matter, and when each has seen it; or those only who have not."""
    check_size(size)
    check_texts(rule=rule, matter=matter)
    (start,) = place(after, PEOPLE_LIST, an_id) if after else ("",)
    query = UNSEEN if unseen else RECIPIENTS
    rows = await reader.all(query, rule=rule, matter=matter, after=start, size=size + 1)
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows=tuple(rows[:size]), after=cursor(PEOPLE_LIST, last.person) if last else "")


def _an_instant(text: str) -> str:
    """Read a moment with its zone, or raise ``ValueError``."""
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None or at.year < SINCE:  # what was never sent, and would not fit in every zone
        raise ValueError(text[:10])
    return at.isoformat()
