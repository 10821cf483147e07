"""How a feed is written (iCalendar, RFC 5545): one calendar, its events, its time zone; equal data give equal bytes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import attrs
import icalendar

from renda_core.tenancy import Tenant

HOURS = 6
"""After how many hours a program is asked to fetch the feed again."""
TITLE = 120
"""Characters of a title in a summary."""
ZONE = "Asia/Shanghai"
SINCE = dt.datetime(1991, 9, 15, 2)
"""When summer time ended for good: no event is older, so a program need know nothing of what was before."""
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")


@attrs.frozen(kw_only=True)
class Entry:
    """One event as a feed tells it; whole days where it has no hours.

    Attributes:
        stamp: The day of the data that the event rests on, so that the same data are the same bytes.
        begins, ends: The hours on *first*, by the clock on the wall; without an end it is an instant.
        busy: Whether it takes somebody's time, as a shift does and a due date does not.
    """

    uid: str
    stamp: dt.date
    first: dt.date
    last: dt.date
    summary: str
    categories: tuple[str, ...]
    sequence: int = 0
    status: str = "CONFIRMED"
    description: str = ""
    begins: dt.time | None = None
    ends: dt.time | None = None
    location: str = ""
    busy: bool = False


def clean(text: str, most: int = TITLE * 2) -> str:
    """Give a text on one line, without control characters, cut short; the library escapes the rest."""
    text = _BREAKS.sub(" ", text.encode("utf-8", "ignore").decode()).strip()
    return text if len(text) <= most else text[: most - 1] + "…"


def calendar(tenant: Tenant, title: str, entries: Iterable[Entry], *, said: str = "") -> bytes:
    """Write a calendar of events in the order given.

    Args:
        said: What its description says beside the number of events.
    """
    told = tuple(entries)
    made = icalendar.Calendar()
    made.add("prodid", "-//renda//feeds//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", clean(f"{tenant.name} {title}"))
    made.add("x-wr-caldesc", clean(f"{tenant.name} {title}，共 {len(told)} 项{said}"))
    made.add("x-wr-timezone", ZONE)
    made.add("refresh-interval", dt.timedelta(hours=HOURS), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", f"PT{HOURS}H")
    if any(one.begins for one in told):
        made.add_component(_zone())
    for one in told:
        made.add_component(event(one))
    return bytes(made.to_ical())


def event(told: Entry) -> icalendar.Event:
    """Make one event; its texts are cleaned, and no name can end it or begin another."""
    moment = dt.datetime.combine(told.stamp, dt.time(), dt.UTC)
    made = icalendar.Event()
    made.add("uid", clean(told.uid))
    made.add("dtstamp", moment)
    made.add("last-modified", moment)
    made.add("sequence", told.sequence)
    if told.begins is None:
        made.add("dtstart", told.first)
        made.add("dtend", told.last + dt.timedelta(days=1))  # the first day after, as the format has it
    else:
        zone = ZoneInfo(ZONE)
        made.add("dtstart", dt.datetime.combine(told.first, told.begins, zone))
        if told.ends is not None:
            made.add("dtend", dt.datetime.combine(told.first, told.ends, zone))
    made.add("summary", clean(told.summary))
    made.add("categories", [clean(c) for c in told.categories])
    made.add("status", told.status)
    made.add("transp", "OPAQUE" if told.busy else "TRANSPARENT")
    if told.location:
        made.add("location", clean(told.location))
    if told.description:
        made.add("description", "\n".join(clean(line) for line in told.description.split("\n")))
    return made


def _zone() -> icalendar.Timezone:
    """Make the zone by hand: it has one offset, and the library's own would change with the machine's tables."""
    zone, standard = icalendar.Timezone(), icalendar.TimezoneStandard()
    zone.add("tzid", ZONE)
    standard.add("dtstart", SINCE)
    standard.add("tzoffsetfrom", dt.timedelta(hours=9))
    standard.add("tzoffsetto", dt.timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone
