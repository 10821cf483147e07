"""The days that practices set (日程): computed when they are asked for, checked, and listed for who may find them."""

from __future__ import annotations

import datetime as dt

import attrs

from renda_core.domain.calendar import Day
from renda_core.domain.case import Actor
from renda_core.domain.recurring import span
from renda_core.errors import Invalid
from renda_core.records import DayRule
from renda_core.services.desk import RuleDesk
from renda_core.services.lookups import is_id
from renda_core.services.ruled import failure, given_by, given_by_all
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

__all__ = ["Listed", "RuleDay", "days", "days_of", "failure", "shown"]


@attrs.frozen(kw_only=True)
class RuleDay:
    """One day as people find it.

    Attributes:
        rule, title: The rule that sets it.
        notice_by: When notice of it is given; None where none is.
        noticed: How many persons are told.
        place: Id of the station where it is held; empty where it is of no station.
        begins, ends: The hours, as ``"09:00"``; empty where it has none.
    """

    rule: str
    title: str
    on: dt.date
    matter: str
    label: str
    text: str
    who: tuple[str, ...]
    why: str
    notice_by: dt.date | None
    noticed: int
    place: str = ""
    begins: str = ""
    ends: str = ""


@attrs.frozen(kw_only=True)
class Listed:
    """Days in order; *failed* names the rules that were left out, each with its error."""

    days: tuple[RuleDay, ...]
    failed: tuple[str, ...]


async def days_of(reader: Reader, tenant: Tenant, rule: DayRule, first: dt.date, last: dt.date) -> tuple[Day, ...]:
    """Ask one rule for its days from *first* to *last*; what lies outside is left away.

    Raises:
        PracticeFailed: Naming its plugin: it raised, took longer, or gave what is no day or cannot be stored.
    """
    return await given_by(RuleDesk(reader, tenant), tenant, rule, first, last)


async def days(
    reader: Reader,
    tenant: Tenant,
    actor: Actor,
    first: dt.date | None = None,
    last: dt.date | None = None,
    *,
    place: str = "",
    person: str = "",
) -> Listed:
    """List the days of every enabled rule that the asker may find; a failing rule is named and left out.

    Args:
        first: By default today.
        last: By default a quarter later.
        place: Only those that are held at this station, by id.
        person: Only those to which this person is set, or of which this person is noticed, by id.

    Raises:
        Invalid: The last day lies before the first, or more than three years after it; or *place* is no id.
    """
    first, last = span(first, last, tenant.today)
    for field, id in (("place", place), ("person", person)):
        if id and not is_id(id):
            raise Invalid(f"{field}: give an id", field=field)
    desk = RuleDesk(reader, tenant, place=place)
    found, failed = await given_by_all(desk, tenant, first, last, roles=actor.roles)
    wanted = (shown(rule, day) for rule, day in found if _of(day, place, person))
    return Listed(days=tuple(wanted), failed=tuple(failed))


def _of(day: Day, place: str, person: str) -> bool:
    return place in ("", day.place) and (not person or person in day.who or person in day.audience)


def shown(rule: DayRule, day: Day) -> RuleDay:
    """Show a day as people find it: how many are told, and not who."""
    return RuleDay(
        rule=rule.name,
        title=rule.title,
        on=day.on,
        matter=day.matter,
        label=day.label,
        text=day.text,
        who=day.who,
        why=day.why,
        notice_by=day.notice_by,
        noticed=len(set(day.audience)),
        place=day.place,
        begins=day.begins,
        ends=day.ends,
    )
