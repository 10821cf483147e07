"""Turns (轮流): whose turn each shift of a rota is; the same whatever span of days is asked for."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest

import attrs

from renda_core.domain.calendar import DAY, Calendar
from renda_core.domain.recurring import WEEK, Fall, Pattern, falls
from renda_core.errors import Invalid

EARLIEST = dt.date(2000, 1, 1)
"""No rota is older: an earlier day is a year mistyped, and shifts are counted from it one by one."""

Reckon = Callable[[Pattern | None, dt.date, dt.date], tuple[Fall, ...]]


@attrs.frozen(kw_only=True)
class Order:
    """Groups in the order of their turns, from a day on.

    Attributes:
        since: The first shift from this day on is the first group's; until the next order's day, or *until*, included.
        pattern: On which days there is a shift (班次); None means every working day.

    Raises:
        Invalid: It ends before it begins, begins in a year that is a slip of the pen, or names a group twice.
    """

    since: dt.date
    groups: tuple[str, ...]
    pattern: Pattern | None = Pattern(weekdays=frozenset({1}), rest="next")
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
        n: Its number since the order's first day, from 0; *of* is how many groups take turns.
        why: Why it is on another day than the pattern names; empty where it is not.
    """

    on: dt.date
    group: str
    n: int
    of: int
    why: str = ""


def rota(
    orders: Iterable[Order], calendar: Calendar, first: dt.date, last: dt.date, reckon: Reckon | None = None
) -> tuple[Turn, ...]:
    """Give the turns from *first* to *last*, both included: each shift to the next group, whoever of it can come.

    Shifts are numbered from their order's first day. So the answer for a day does not depend on what span is asked
    for, and within an order the shifts of two groups, in any run of consecutive shifts, differ by one at most. What
    holds from a later day on moves no shift before it.

    Args:
        orders: Of one station, in any order; each but the last ends where the next begins.
        reckon: Gives the shifts of a pattern, e.g. from a memory that many stations share.

    Raises:
        Invalid: Two orders begin on the same day.
    """
    give = reckon or (lambda pattern, since, until: shifts(pattern, calendar, since, until))
    found: list[Turn] = []
    for order, until in spans(orders):
        if order.since > last or until < first or not order.groups:
            continue
        many = len(order.groups)
        for n, fall in enumerate(give(order.pattern, order.since, min(until, last))):
            if fall.on >= first:
                found.append(Turn(on=fall.on, group=order.groups[n % many], n=n, of=many, why=fall.why))
    return tuple(found)


def shifts(pattern: Pattern | None, calendar: Calendar, since: dt.date, until: dt.date) -> tuple[Fall, ...]:
    """Give the days between two, both included, on which there is a shift; those that fall together are one.

    Args:
        pattern: None means every working day, make-up days (调休) included.
    """
    if pattern is not None:
        return falls(pattern, calendar, since, until)
    days = (since + n * DAY for n in range((until - since).days + 1))
    return tuple(Fall(on=day, named=f"周{WEEK[day.weekday()]}") for day in days if calendar.works(day))


def spans(orders: Iterable[Order]) -> Iterator[tuple[Order, dt.date]]:
    """Give each order, the oldest first, with its last day.

    Raises:
        Invalid: Two orders begin on the same day.
    """
    known = sorted(orders, key=lambda o: o.since)
    for order, later in zip_longest(known, known[1:]):
        if later and later.since == order.since:
            raise Invalid(f"two orders begin on {order.since}; leave one of them away", field="since")
        until = later.since - DAY if later else dt.date.max
        yield order, min(until, order.until or dt.date.max)


def spread(counts: Iterable[int]) -> int:
    """Give the most less the least; 0 where there is nothing to compare."""
    found = tuple(counts)
    return max(found) - min(found) if found else 0
