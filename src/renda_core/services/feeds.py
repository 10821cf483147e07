"""Calendars for people's own calendar programs (iCalendar, RFC 5545): sessions, deadlines, days that practices set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import attrs
from sqlalchemy import Integer, and_, bindparam, or_, select, tuple_

from renda_core.domain.case import Actor, Case, roles_on
from renda_core.domain.clock import Clock
from renda_core.domain.procedure import Procedure
from renda_core.domain.visibility import may_see
from renda_core.errors import NotAllowed, NotFound
from renda_core.services import lookups
from renda_core.services.asking import looked
from renda_core.services.days import days
from renda_core.services.ical import TITLE, Entry, calendar, clean
from renda_core.services.place_feeds import MOST, YEAR, closest, day_entry, deputy_feed, station_feed
from renda_core.services.sessions import sessions_of
from renda_core.store import tables as t
from renda_core.store.cases import CaseRow, read_row
from renda_core.store.columns import Id
from renda_core.store.compile import Query, mine
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

__all__ = ["FEEDS", "MOST", "clean", "deputy_feed", "feed", "station_feed"]

PAGE = 500
"""Clocks looked at together."""
ROLES = {"sole": "独办", "lead": "主办", "joint": "会办", "separate": "分办"}


@attrs.frozen(kw_only=True)
class ClockRow(CaseRow):
    """One running clock with the case that it belongs to."""

    case_id: str
    clock: str
    round: int
    unit: str
    due_on: dt.date
    provisional: bool


_c, _f, _p = t.case_clock.c, t.case_file.c, t.case_party.c
_day: Any = bindparam("day", type_=_c.due_on.type)
_last: Any = (
    bindparam("after", type_=Id()), bindparam("clock"), bindparam("round", type_=Integer()),
    bindparam("last_unit", type_=Id()),
)  # fmt: skip


Walks = tuple[Query[ClockRow], Query[ClockRow]]
"""Running duties from a day on, and those before it, each the nearest to it first."""


def _running(*only: Any) -> Walks:
    """List running duties, from the one after the last seen: onwards in time, and back."""
    columns = (_f.kind, _f.edition, _f.document, _c.case_id, _c.name.label("clock"), _c.round, _c.unit, _c.due_on)
    found = (
        select(*columns, _c.provisional)
        .select_from(t.case_clock.join(t.case_file, and_(_f.tenant_id == _c.tenant_id, _f.id == _c.case_id)))
        .where(mine(t.case_clock), _c.state == "running", *only)
        .limit(bindparam("size", type_=Integer()))
    )
    order: Any = (_c.due_on, _c.case_id, _c.name, _c.round, _c.unit)
    key, last = tuple_(*order[1:]), tuple_(*_last)
    onwards = found.where(_c.due_on >= _day, or_(_c.due_on > _day, key > last)).order_by(*order)
    back = found.where(_c.due_on <= _day, or_(_c.due_on < _day, key < last)).order_by(*(c.desc() for c in order))
    return Query(onwards, ClockRow), Query(back, ClockRow)


ALL = _running()
OF_UNIT = _running(_c.unit == bindparam("own", type_=Id()))
OF_PERSON = _running(
    select(_p.role)
    .where(mine(t.case_party), _p.person == bindparam("own", type_=Id()), _p.case_id == _c.case_id)
    .exists()
)


async def feed(reader: Reader, tenant: Tenant, actor: Actor, what: str) -> bytes:
    """Write a calendar; the same data give the same bytes.

    Args:
        what: ``sessions``, for everybody, or ``deadlines``: an office's are all that it may see, a handling unit's its
            own, a deputy's those of the deputy's own cases. What was done in time or late is in it no longer. Or
            ``days``: those that enabled practices set for the reader's roles, of the year before and after today.

    Raises:
        NotFound: There is no such feed.
        NotAllowed: The reader has no deadlines.
    """
    if what not in FEEDS:
        raise NotFound(f"no feed {what!r}; known: {', '.join(FEEDS)}")
    title, make = FEEDS[what]
    entries, more = await make(reader, tenant, actor)
    return calendar(tenant, title, entries, said=f"；只列最近的 {MOST} 项" if more else "")


async def _sessions(reader: Reader, tenant: Tenant, _: Actor) -> tuple[list[Entry], bool]:
    found = sorted(await sessions_of(reader, tenant), key=lambda s: abs((s.opens_on - tenant.today).days))
    events = [
        Entry(
            uid=f"{s.id}.session@{tenant.code}",
            stamp=s.opens_on,
            first=s.opens_on,
            last=s.closes_on or s.opens_on,
            summary=clean(s.title),
            categories=("会议",),
        )
        for s in sorted(found[:MOST], key=lambda s: (s.opens_on, s.id))
    ]
    return events, len(found) > MOST


async def _days(reader: Reader, tenant: Tenant, actor: Actor) -> tuple[list[Entry], bool]:
    """Make the days of rules; a day that moves is another event, and the old one is gone at the next fetch."""
    found = (await days(reader, tenant, actor, tenant.today - YEAR, tenant.today + YEAR)).days
    kept = closest(tenant, found)
    return [day_entry(tenant, d, description=d.why) for d in kept], len(found) > len(kept)


async def _deadlines(reader: Reader, tenant: Tenant, actor: Actor) -> tuple[list[Entry], bool]:
    """Make the events nearest to today: a feed full of what is long overdue would hide what comes next."""
    walks, own = _asked(tenant, actor)
    names = await lookups.names(reader)
    found: list[tuple[dt.date, Entry]] = []
    for query in walks:
        events: list[tuple[dt.date, Entry]] = []
        # No clock stands at this place, so that the walk back begins with yesterday's.
        place: dict[str, Any] = {"day": tenant.today, "after": "", "clock": "", "round": 0, "last_unit": ""}
        while len(events) <= MOST:
            rows = await reader.all(query, size=PAGE, **own, **place)
            events += _seen(tenant, actor, rows, names)
            if len(rows) < PAGE:
                break
            r = rows[-1]
            place = {"day": r.due_on, "after": r.case_id, "clock": r.clock, "round": r.round, "last_unit": r.unit}
        found += events
    nearest = sorted(found, key=lambda one: abs((one[0] - tenant.today).days))[:MOST]
    in_order = sorted(nearest, key=lambda one: (one[0], one[1].uid))
    return [event for _, event in in_order], len(found) > MOST


def _asked(tenant: Tenant, actor: Actor) -> tuple[Walks, dict[str, str]]:
    """Choose the clocks to look at; which of them the reader may see is asked case by case."""
    if actor.unit and not actor.roles:
        return OF_UNIT, {"own": actor.unit}
    if "deputy" in actor.roles and actor.roles <= {"deputy", "public"}:
        return OF_PERSON, {"own": actor.id}
    if any(actor.roles & p.kind.audience for p in _procedures(tenant)):
        return ALL, {}
    raise NotAllowed("deadlines are told to offices, handling units and deputies")


def _procedures(tenant: Tenant) -> Iterable[Procedure]:
    practice = tenant.practice
    kinds = {kind for kind, _ in practice.procedures}
    return (p for kind in kinds if (p := practice.find(kind, practice.edition(kind, tenant.today))))


def _seen(tenant: Tenant, actor: Actor, rows: list[ClockRow], names: dict[str, str]) -> Iterable[tuple[dt.date, Entry]]:
    """Give the events of those clocks that the reader may see, each with its day."""
    cases: dict[str, Case] = {}
    for row in rows:
        procedure = tenant.practice.find(row.kind, row.edition)
        if procedure is None:
            continue
        case = cases.get(row.case_id) or cases.setdefault(row.case_id, read_row(row, tenant.practice))
        roles = roles_on(actor, case)
        if not may_see(procedure, case, roles):
            continue
        if f"clock.{row.clock}" in looked(tenant, procedure, case, roles):
            continue
        yield row.due_on, _deadline(tenant, procedure, case, row, names)


def _deadline(tenant: Tenant, procedure: Procedure, case: Case, row: ClockRow, names: dict[str, str]) -> Entry:
    clock, rule = case.clock(row.clock, unit=row.unit, round=row.round), procedure.clocks.get(row.clock)
    role = next((ROLES[a.role] for a in case.assignments if (a.unit, a.round) == (row.unit, row.round)), "")
    doubt = "（暂定）" if row.provisional else ""
    told = [f"承办单位：{names[row.unit]}"] if row.unit in names else []
    told += ["节假日安排公布后，日期可能变动。"] if row.provisional else []
    return Entry(
        uid=f"{case.id}.{row.clock}.{row.round}.{row.unit or 'case'}@{tenant.code}",
        stamp=clock.ticks[-1].on if clock else case.opened_on,
        first=row.due_on,
        last=row.due_on,
        summary=clean(f"{role}{rule.title if rule else ''}到期{doubt}：{case.number} {clean(case.title, TITLE)}"),
        categories=(procedure.kind.title, "时限"),
        sequence=_sequence(clock, row.provisional),
        status="TENTATIVE" if row.provisional else "CONFIRMED",
        description="\n".join(clean(line) for line in told),
    )


def _sequence(clock: Clock | None, provisional: bool) -> int:
    """Count how often a date may have moved: by its clock, and by the holiday table that it waited for.

    A program that is sent an event again takes it for the same unless its number is higher. Source: RFC 5545, 3.8.7.4.
    """
    return 2 * (len(clock.ticks) - 1 if clock else 0) + (not provisional)


Make = Callable[[Reader, Tenant, Actor], Awaitable[tuple[list[Entry], bool]]]
FEEDS: dict[str, tuple[str, Make]] = {
    "sessions": ("会议", _sessions),
    "deadlines": ("办理时限", _deadlines),
    "days": ("日程", _days),
}
"""What feeds there are, by name: their title and what makes them."""
