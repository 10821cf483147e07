"""Calendars of one station and of one deputy, as a notice board may show them: days, hours, place, who receives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import attrs
from sqlalchemy import bindparam, or_, select

from renda_core.domain.calendar import Day
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotFound
from renda_core.records import DayRule
from renda_core.services import lookups
from renda_core.services.days import RuleDay, days, shown
from renda_core.services.desk import RuleDesk, StoreDesk
from renda_core.services.ical import TITLE, Entry, calendar, clean
from renda_core.services.paging import check_texts
from renda_core.services.ruled import given_by_all
from renda_core.store import tables as t
from renda_core.store.compile import Query, keyed, mine
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

MOST = 1_000
"""Events of one feed; programs that fetch it every few hours grow slow beyond."""
YEAR = dt.timedelta(days=366)
MONTH = dt.timedelta(days=31)
"""How far back a deputy's calendar goes: every station's days are computed for it, and voters look ahead."""
ANYBODY = Actor(id="job:feed", roles={"public"})
"""Who reads a notice board: finds the days that a rule shows to the public, and no others."""
VACANT = "缺岗"


@attrs.frozen(kw_only=True)
class PlaceRow:
    """A station with the days from and to which it holds."""

    id: str
    name: str
    code: str
    address: str
    valid_from: dt.date
    valid_to: dt.date | None

    def open_on(self, day: dt.date) -> bool:
        """Tell whether it is open on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@attrs.frozen(kw_only=True)
class NameRow:
    """The name of somebody who holds or held a mandate."""

    name: str


_s, _p, _m = t.station.c, t.person.c, t.mandate.c
_place = select(*(_s[a.name] for a in attrs.fields(PlaceRow))).where(mine(t.station)).order_by(_s.valid_from, _s.id)
PLACES = Query(_place, PlaceRow)
NAMED_SO = Query(_place.where(or_(_s.code == bindparam("said"), _s.name == bindparam("said"))), PlaceRow)
DEPUTY = Query(
    select(_p.name).where(
        *keyed(t.person, "id"),
        select(_m.id).where(mine(t.mandate), _m.person == _p.id, _m.state != "elected").exists(),
    ),
    NameRow,
)
"""Voters are persons too, and whoever is not confirmed yet is no deputy: neither has a calendar."""


async def station_feed(reader: Reader, tenant: Tenant, station: str) -> bytes:
    """Write the calendar of one station, of the year before and after today: days, hours, who receives, 缺岗.

    It holds what a notice board may show, for readers without an account: no audience, no text of a notice, no reason.

    Args:
        station: Its id, code or name; one that was closed keeps the days that it had, and says so.

    Raises:
        NotFound: There is no such station.
        Invalid: Several open stations have the code or name.
    """
    place = await station_named(reader, tenant, station)
    found = await days(reader, tenant, ANYBODY, tenant.today - YEAR, tenant.today + YEAR, place=place.id)
    closed = "" if place.open_on(tenant.today) else "；该站点目前不开放"
    return await _written(reader, tenant, f"{place.name} 接待日程", found.days, said=closed)


async def deputy_feed(reader: Reader, tenant: Tenant, person: str) -> bytes:
    """Write the calendar of one deputy, a month back and a year ahead: where and when voters find the deputy.

    In it is what names the deputy, or a group that the deputy sits in on the day, or notices the deputy; of the days
    that the public may find. Whose shift was swapped away has it no longer.

    Args:
        person: Id of the person.

    Raises:
        NotFound: Nobody who holds or held a mandate has the id.
    """
    rows = await reader.all(DEPUTY, id=person) if lookups.is_id(person) else ()
    if not rows:
        raise NotFound("no deputy with this id; give the id of a person who holds or held a mandate")
    desk = RuleDesk(reader, tenant)
    every, _ = await given_by_all(desk, tenant, tenant.today - MONTH, tenant.today + YEAR, roles=ANYBODY.roles)
    found = await _of_person(reader, desk, person, every)
    return await _written(reader, tenant, f"{rows[0].name} 代表接待日程", found)


async def station_named(reader: Reader, tenant: Tenant, said: str) -> PlaceRow:
    """Find a station by id, code or name; where one was closed and another opened, the open one.

    Raises:
        NotFound: None is called so.
        Invalid: Several open ones are; or no database could hold the text.
    """
    check_texts(station=said)
    if lookups.is_id(said):
        rows = [row for row in await reader.all(PLACES) if row.id == said]
    else:
        rows = list(await reader.all(NAMED_SO, said=said))
    if not rows:
        raise NotFound(f"no station {clean(said, TITLE)!r}; give its id, code or name as the roster has it")
    standing = [row for row in rows if row.open_on(tenant.today)]
    if len(standing) > 1:
        named = "、".join(row.name for row in standing)
        raise Invalid(f"{len(standing)} stations are called {clean(said, TITLE)!r}: {named}; give an id")
    return (standing or rows)[-1]


def closest(tenant: Tenant, found: Iterable[RuleDay]) -> tuple[RuleDay, ...]:
    """Keep the days nearest to today, in order; a feed without an end is read by nobody."""
    kept = sorted(found, key=lambda d: abs((d.on - tenant.today).days))[:MOST]
    return tuple(sorted(kept, key=lambda d: (d.on, d.begins, d.rule, d.matter)))


def day_entry(tenant: Tenant, day: RuleDay, *, description: str = "", location: str = "") -> Entry:
    """Make the event of a day; a day that moves is another event, and the old one is gone at the next fetch."""
    vacant = day.place and not day.who and VACANT not in day.label
    return Entry(
        uid=f"{day.on}.{day.matter}.{day.rule}@{tenant.code}",
        stamp=day.on,
        first=day.on,
        last=day.on,
        begins=dt.time.fromisoformat(day.begins) if day.begins else None,
        ends=dt.time.fromisoformat(day.ends) if day.ends else None,
        summary=clean(day.label, TITLE) + (f"（{VACANT}）" if vacant else ""),
        categories=(day.title,),
        description=description,
        location=location,
        busy=bool(day.begins and day.who),
    )


async def _of_person(
    reader: Reader, desk: StoreDesk, person: str, every: Sequence[tuple[DayRule, Day]]
) -> list[RuleDay]:
    """Keep the days of a person, and of the groups in which the person sits on the day itself."""
    named = frozenset(chain.from_iterable(day.who for _, day in every))
    groups = named - (await lookups.named(reader, named)).keys()  # who has a person's name is no group
    kept = []
    for rule, day in every:
        mine = person in day.who or person in day.audience
        if not mine and (here := groups.intersection(day.who)):
            mine = any(g.id in here and person in g.deputies for g in await desk.groups(day.on))
        kept += [shown(rule, day)] * mine
    return kept


async def _written(reader: Reader, tenant: Tenant, title: str, found: Sequence[RuleDay], *, said: str = "") -> bytes:
    kept = closest(tenant, found)
    places = {row.id: row for row in await reader.all(PLACES)}
    names = await _names(reader, tenant, kept)
    entries = (
        day_entry(
            tenant,
            day,
            location=f"{place.name} {place.address}" if (place := places.get(day.place)) else "",
            description=f"接待代表：{'、'.join(names[one] for one in day.who)}" if day.who else "",
        )
        for day in kept
    )
    capped = f"；只列最近的 {MOST} 项" if len(found) > len(kept) else ""
    return calendar(tenant, title, entries, said=said + capped)


async def _names(reader: Reader, tenant: Tenant, found: Sequence[RuleDay]) -> Mapping[str, str]:
    """Name whoever receives: persons and groups; nobody's id is told."""
    wanted = frozenset(chain.from_iterable(d.who for d in found))
    names = await lookups.named(reader, wanted)
    if rest := wanted - names.keys():
        desk = StoreDesk(reader, tenant)
        for day in sorted({d.on for d in found if rest.intersection(d.who)}):
            names |= {g.id: g.name for g in await desk.groups(day) if g.id in rest}
    return {one: names.get(one, "代表") for one in wanted}
