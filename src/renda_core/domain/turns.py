"""Turns (轮流): on which days a rota has a shift, and whose turn it is; the same whatever span of days is asked for."""

import calendar as month_lengths
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any, Literal

import attrs

from renda_core.domain.calendar import DAY, Calendar, Period
from renda_core.errors import Invalid

Every = Literal["week", "month", "days", "workday"]
Holiday = Literal["next", "skip", "keep"]
EARLIEST = dt.date(2000, 1, 1)
"""No rota is older: an earlier day is a year mistyped, and shifts are counted from it one by one."""
_WEEK, _MONTH, _YEAR = 7, 31, 366


def _among(low: int, high: int) -> Callable[..., None]:
    def check(_: object, attribute: "attrs.Attribute[Any]", value: tuple[int, ...]) -> None:
        if wrong := [n for n in value if not low <= n <= high]:
            raise Invalid(f"{attribute.name}: {wrong[0]} is not from {low} to {high}", field=attribute.name)
        if not value:
            raise Invalid(f"{attribute.name}: name at least one", field=attribute.name)

    return check


@attrs.frozen(kw_only=True)
class Rhythm:
    """On which days a rota has a shift (班次).

    Attributes:
        every: On days of the *week*, on days of the *month*, every *step* days, or on every working day.
        weekdays: 1 is Monday, 7 is Sunday.
        month_days: From 1; a month that lacks one takes its last day.
        holiday: A day off moves to the *next* working day, is left out, or is kept. Shifts that come to fall on one
            day are one shift.
    """

    every: Every = "week"
    weekdays: tuple[int, ...] = attrs.field(default=(1,), validator=_among(1, _WEEK))
    month_days: tuple[int, ...] = attrs.field(default=(15,), validator=_among(1, _MONTH))
    step: int = 7
    holiday: Holiday = "next"

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.step <= _YEAR:
            raise Invalid(f"step: {self.step} is not from 1 to {_YEAR}", field="step")

    def shifts(self, calendar: Calendar, since: dt.date, until: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
        """Give each shift planned between two days, both included: its day, and the day for which it was planned."""
        waiting: tuple[dt.date, dt.date] | None = None
        for planned in self._planned(calendar, since, until):
            if self.holiday == "skip" and not calendar.works(planned):
                continue
            on = planned
            if self.holiday == "next" and not calendar.works(planned):
                on = calendar.add(planned - DAY, Period(1, "workday"), first=False)
            if waiting and waiting[0] != on:
                yield waiting
            waiting = (on, planned)  # of several on one day the last was planned nearest to it
        if waiting:
            yield waiting

    def _planned(self, calendar: Calendar, since: dt.date, until: dt.date) -> Iterator[dt.date]:
        if self.every == "month":
            yield from (d for d in self._of_months(since, until) if since <= d <= until)
            return
        days = range((until - since).days + 1)
        if self.every == "days":
            yield from (since + n * DAY for n in days[:: self.step])
        elif self.every == "workday":
            yield from (d for d in (since + n * DAY for n in days) if calendar.works(d))
        else:
            wanted = frozenset(self.weekdays)
            yield from (since + n * DAY for n in days if (since.weekday() + n) % _WEEK + 1 in wanted)

    def _of_months(self, since: dt.date, until: dt.date) -> Iterator[dt.date]:
        for month in range(since.year * 12 + since.month - 1, until.year * 12 + until.month):
            year, of = divmod(month, 12)
            length = month_lengths.monthrange(year, of + 1)[1]
            for day in sorted({min(n, length) for n in self.month_days}):
                yield dt.date(year, of + 1, day)


@attrs.frozen(kw_only=True)
class Order:
    """Groups in the order of their turns, from a day on.

    Attributes:
        since: The first shift from this day on is the first group's; until the next order's day, or *until*, included.
    """

    since: dt.date
    groups: tuple[str, ...]
    rhythm: Rhythm = Rhythm()
    until: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        if self.since < EARLIEST:
            raise Invalid(f"since: {self.since} lies before {EARLIEST}; look at the year", field="since")
        if self.until is not None and self.until < self.since:
            raise Invalid(f"until: {self.until} lies before {self.since}", field="until")
        if len(set(self.groups)) < len(self.groups):
            raise Invalid("groups: one of them is named twice", field="groups")


@attrs.frozen(kw_only=True)
class Turn:
    """One shift and whose turn it is.

    Attributes:
        n: Its number since the order's first day, from 0.
        planned: Another day than *on* where the shift was moved.
        since: The order that gives it.
    """

    on: dt.date
    group: str
    n: int
    planned: dt.date
    since: dt.date


def rota(orders: Iterable[Order], calendar: Calendar, first: dt.date, last: dt.date) -> tuple[Turn, ...]:
    """Give the turns from *first* to *last*, both included: each shift to the next group, whoever of it can come.

    Shifts are numbered from their order's first day. So the answer for a day does not depend on what span is asked
    for, and within an order the shifts of two groups, in any run of consecutive shifts, differ by one at most. A later
    order moves no shift before its day; a shift that a holiday carries beyond it stays its group's.

    Args:
        orders: Of one station, in any order; each but the last ends where the next begins.

    Raises:
        Invalid: Two orders begin on the same day.
    """
    held: dict[dt.date, Turn] = {}
    for order, until in spans(orders):
        if order.since > last or not order.groups:
            continue
        for n, (on, planned) in enumerate(order.rhythm.shifts(calendar, order.since, min(until, last))):
            group = order.groups[n % len(order.groups)]
            held[on] = Turn(on=on, group=group, n=n, planned=planned, since=order.since)
    return tuple(held[on] for on in sorted(held) if first <= on <= last)


def spans(orders: Iterable[Order]) -> Iterator[tuple[Order, dt.date]]:
    """Give each order, the oldest first, with its last day.

    Raises:
        Invalid: Two orders begin on the same day.
    """
    known = sorted(orders, key=lambda o: o.since)
    for order, later in pairwise([*known, None]):
        assert order is not None  # noqa: S101 - only the last of the pairs' second is None
        if later and later.since == order.since:
            raise Invalid(f"two orders begin on {order.since}; leave one of them away", field="since")
        until = later.since - DAY if later else dt.date.max
        yield order, min(until, order.until or dt.date.max)


def spread(counts: Iterable[int]) -> int:
    """Give the most less the least; 0 where there is nothing to compare."""
    found = tuple(counts)
    return max(found) - min(found) if found else 0
