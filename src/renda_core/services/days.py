"""The days that practices set (日程): computed when they are asked for, checked, and listed for who may find them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import islice
from uuid import UUID

import attrs

from renda_core.domain.calendar import Day
from renda_core.domain.case import Actor
from renda_core.domain.failing import Nonsense, expect
from renda_core.errors import Invalid, RendaError
from renda_core.records import DayRule
from renda_core.services.asking import Source, driven
from renda_core.services.desk import StoreDesk
from renda_core.services.paging import a_text
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

MOST = 10_000
"""Days that one rule may give at once: more than three years of every day have, fewer than what never ends."""
QUARTER = dt.timedelta(days=92)
"""What is listed where nobody says until when."""
LONGEST = dt.timedelta(days=1_100)
"""Three years: what a list of days may span, so that no question makes a rule count for ever."""


@attrs.frozen(kw_only=True)
class RuleDay:
    """One day as people find it.

    Attributes:
        rule, title: The rule that sets it.
        notice_by: When notice of it is given; None where none is.
        noticed: How many persons are told.
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
    source = Source(tenant=tenant, plugin=rule.plugin, what="days", name=rule.name)
    context = tenant.contexts(tenant.today)(rule.plugin)
    found = await driven(source, lambda desk: rule.days(context, desk, first, last), StoreDesk(reader, tenant), _read)
    return tuple(sorted((d for d in found if first <= d.on <= last), key=lambda d: (d.on, d.matter)))


def failure(rule: DayRule, error: Exception) -> str:
    """Name a rule that failed; what an error quotes may be personal and is not told."""
    return f"{rule.plugin}.{rule.name}: {error if isinstance(error, RendaError) else type(error).__name__}"


async def days(
    reader: Reader, tenant: Tenant, actor: Actor, first: dt.date | None = None, last: dt.date | None = None
) -> Listed:
    """List the days of every enabled rule that the asker may find; a failing rule is named and left out.

    Args:
        first: By default today.
        last: By default a quarter later.

    Raises:
        Invalid: The last day lies before the first, or more than three years after it.
    """
    first = first or tenant.today
    last = last or min(first, dt.date.max - QUARTER) + QUARTER
    if last < first:
        raise Invalid(f"the last day {last} lies before the first, {first}", field="last")
    if last - first > LONGEST:
        raise Invalid(f"from {first} to {last} is longer than {LONGEST.days} days; ask for less", field="last")
    found, failed = list[RuleDay](), list[str]()
    for name in sorted(tenant.practice.days):
        rule = tenant.practice.days[name]
        if not actor.roles & rule.who:
            continue
        try:
            given = await days_of(reader, tenant, rule, first, last)
        except Exception as error:  # a rule of days is a decoration: the others still show theirs
            failed.append(failure(rule, error))
            continue
        found += (_shown(rule, day) for day in given)
    return Listed(days=tuple(sorted(found, key=lambda d: (d.on, d.rule, d.matter))), failed=tuple(failed))


def _shown(rule: DayRule, day: Day) -> RuleDay:
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
    )


def _read(given: Iterable[Day]) -> tuple[Day, ...]:
    """Refuse what no table could hold, before anything is sent: half a notice is none."""
    found = tuple(islice(given, MOST + 1))
    if len(found) > MOST:
        raise Nonsense(f"gave more than {MOST} days")
    for each in found:
        _check(expect(each, Day))
    return found


def _check(day: Day) -> None:
    expect(day.on, dt.date)
    if day.notice_by is not None:
        expect(day.notice_by, dt.date)
    for text in (day.label, day.text, day.key, day.why, *expect(day.who, tuple), *expect(day.audience, tuple)):
        expect(text, str).encode()  # half of a surrogate pair is no text
        if "\0" in text:
            raise Nonsense("gave a text that no database holds")
    if not day.label.strip():
        raise Nonsense("gave a day without a label")
    a_text(day.matter)
    for person in day.audience:
        UUID(person)
