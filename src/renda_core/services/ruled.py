"""Asking rules for their days: computed when they are asked for, checked, and nobody's failure is another's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import islice
from uuid import UUID

from renda_core.domain.calendar import Day
from renda_core.domain.failing import Nonsense, expect
from renda_core.errors import RendaError
from renda_core.records import DayRule
from renda_core.services.asking import Source, driven
from renda_core.services.paging import a_text
from renda_core.tenancy import Tenant

MOST = 100_000
"""Days that one rule may give at once.

A large county has some 441 stations; one day a week at each of them makes 46,000 days in two years, so twice as many
are no mistake, and what never ends is found out within a second.
"""


async def given_by(desk: object, tenant: Tenant, rule: DayRule, first: dt.date, last: dt.date) -> tuple[Day, ...]:
    """Ask one rule for its days from *first* to *last*; what lies outside is left away.

    Args:
        desk: What the rule may ask.

    Raises:
        PracticeFailed: Naming its plugin: it raised, took longer, or gave what is no day or cannot be stored.
    """
    source = Source(tenant=tenant, plugin=rule.plugin, what="days", name=rule.name)
    context = tenant.contexts(tenant.today)(rule.plugin)
    found = await driven(source, lambda lent: rule.days(context, lent, first, last), desk, _read)
    return tuple(sorted((d for d in found if first <= d.on <= last), key=lambda d: (d.on, d.matter)))


async def given_by_all(
    desk: object, tenant: Tenant, first: dt.date, last: dt.date, *, roles: frozenset[str] | None = None
) -> tuple[list[tuple[DayRule, Day]], list[str]]:
    """Ask every enabled rule; a rule that fails is left out, and named in the second list.

    Args:
        roles: Ask only what somebody of these roles may find; by default everything.
    """
    found, failed = list[tuple[DayRule, Day]](), list[str]()
    for name in sorted(tenant.practice.days):
        rule = tenant.practice.days[name]
        if roles is not None and not roles & rule.who:
            continue
        try:
            found += [(rule, day) for day in await given_by(desk, tenant, rule, first, last)]
        except Exception as error:  # a rule of days is a decoration: the others still show theirs
            failed.append(failure(rule, error))
    return sorted(found, key=lambda f: (f[1].on, f[0].name, f[1].matter)), failed


def failure(rule: DayRule, error: Exception) -> str:
    """Name a rule that failed; what an error quotes may be personal and is not told."""
    return f"{rule.plugin}.{rule.name}: {error if isinstance(error, RendaError) else type(error).__name__}"


def _read(given: Iterable[Day]) -> tuple[Day, ...]:
    """Refuse what no table could hold, before anything is sent: half a notice is none."""
    found = tuple(islice(given, MOST + 1))
    if len(found) > MOST:
        raise Nonsense(f"gave more than {MOST} days")
    sound = _Sound()
    for each in found:
        _check(expect(each, Day), sound)
    return found


class _Sound:
    """Texts and ids that were looked at already: thousands of days name the same people and places."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._ids: set[str] = set()

    def text(self, text: object) -> None:
        """Refuse what no database holds."""
        told = expect(text, str)
        if told not in self._texts:
            told.encode()  # half of a surrogate pair is no text
            if "\0" in told:
                raise Nonsense("gave a text that no database holds")
            self._texts.add(told)

    def id(self, id: str) -> None:
        """Refuse what is no id."""
        if id not in self._ids:
            UUID(id)
            self._ids.add(id)


def _check(day: Day, sound: _Sound) -> None:
    for on in (day.on, *((day.notice_by,) if day.notice_by is not None else ())):
        if isinstance(expect(on, dt.date), dt.datetime):
            raise Nonsense("gave a moment where a day stands")
    texts = (day.label, day.text, day.key, day.why, day.place, day.begins, day.ends)
    for text in (*texts, *expect(day.who, tuple), *expect(day.audience, tuple)):
        sound.text(text)
    if not day.label.strip():
        raise Nonsense("gave a day without a label")
    a_text(day.matter)
    _check_hours(day)
    for id in (*day.audience, *([day.place] if day.place else ())):
        sound.id(id)


def _check_hours(day: Day) -> None:
    """Refuse what is no hour, or ends before it begins: a calendar could not show it."""
    begins, ends = (dt.time.fromisoformat(text) if text else None for text in (day.begins, day.ends))
    if ends is not None and (begins is None or ends <= begins):
        raise Nonsense("gave hours that end before they begin")
