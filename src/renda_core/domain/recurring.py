"""Days that come again: by their numbers in a month, lunar or not, by the week or every so many days; off rest days.

All dates of a span are reckoned at once. Each is named as the rule names it (15日, 闰六月廿八, 周一), and where it is
another one it says why.
"""

import calendar as month_lengths
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Literal

import attrs

from renda_core.domain.calendar import ROLL_LIMIT, Calendar
from renda_core.domain.lunar import FIRST_DAY, LAST_DAY, MOST_DAYS, day_title, refuse_unknown
from renda_core.errors import Invalid

Rest = Literal["next", "previous", "keep", "drop"]
"""What a date does that falls on a day off: goes to the next working day or the one before, stays, or is left out."""
Off = Literal["any", "holidays"]
"""What a day off is: any that nobody works on, or a public holiday alone and no plain weekend."""
Lacking = Literal["last", "none"]
"""What a month does that lacks the day: its last day takes its place, or the month has none."""
WEEK = "一二三四五六日"
QUARTER = dt.timedelta(days=92)
"""What is listed where nobody says until when."""
LONGEST = dt.timedelta(days=1_100)
"""Three years: what a list of days may span, so that no question makes a rule count for ever."""


@attrs.frozen(kw_only=True)
class Pattern:
    """Which days come again; *days*, *weekdays* or *every* says so, one of the three.

    Attributes:
        days: Numbers of days in a month, 1 to 31; to 30 where the months are lunar.
        weekdays: 1 (Monday) to 7 (Sunday).
        every: So many days from one to the next, counted from *since* on and back.
        months: In which months alone; none named means all. A leap month has the number of the one that it follows.
        lunar: Whether the months are lunar ones.

    Raises:
        Invalid: A number that no month, week or year has, or not one of the three.
    """

    days: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    every: int = 0
    since: dt.date | None = None
    months: frozenset[int] = frozenset()
    lunar: bool = False
    lacking: Lacking = "none"
    rest: Rest = "keep"
    off: Off = "any"

    def __attrs_post_init__(self) -> None:
        if sum(map(bool, (self.days, self.weekdays, self.every))) != 1:
            raise Invalid("say one of the three: on which days of the month, on which weekdays, or every how many days")
        most, what = (MOST_DAYS, "a lunar month") if self.lunar else (31, "a month")
        _refuse(self.days, most, f"{what} has at most {most} days, so there is no day")
        _refuse(self.weekdays, 7, "weekdays are 1 (Monday) to 7 (Sunday); there is no weekday")
        _refuse(self.months, 12, "months are 1 to 12; there is no month")
        if self.lunar and not self.days:
            raise Invalid("weeks and every so many days know no lunar months; leave lunar away")
        if self.every < 0:
            raise Invalid(f"every {self.every} days is never; give 1 or more")
        if self.every and self.since is None:
            raise Invalid(f"every {self.every} days: say since when, by the date of any one of the days")


@attrs.frozen(kw_only=True)
class Fall:
    """One date of a pattern.

    Attributes:
        on: The date, after any move.
        named: The day as the rule names it: 15日, 正月初三, 周一.
        why: Why *on* is another date than the named one; empty where it is not.
    """

    on: dt.date
    named: str
    why: str = ""


def ending(endings: Iterable[int], *, lunar: bool, thirty_first: bool = True) -> frozenset[int]:
    """Give the days of a month that end in some numbers (逢三逢八): 3, 8, 13, 18, 23, 28.

    Args:
        endings: 1 to 10, where 10 (逢十) is 10, 20 and 30; 0 is the same.
        thirty_first: Whether a 31st ends in 1.

    Raises:
        Invalid: No day ends so.
    """
    digits = set()
    for n in endings:
        if not 0 <= n <= 10:
            raise Invalid(f"a day ends in 1 to 10 (逢一 to 逢十), not in {n}")
        digits.add(n % 10)
    most = MOST_DAYS if lunar or not thirty_first else 31
    return frozenset(day for day in range(1, most + 1) if day % 10 in digits)


def falls(pattern: Pattern, calendar: Calendar, first: dt.date, last: dt.date) -> tuple[Fall, ...]:
    """Give the dates of a pattern from *first* to *last*, both included, each once and in order.

    What moves into the span from outside is there, and what moves out of it is not.

    Raises:
        Invalid: The months are lunar and a day lies outside 1900 to 2099; or no working day is near one.
    """
    if last < first:
        return ()
    if pattern.lunar:
        refuse_unknown(first, last)
    begins = _widened(first, -ROLL_LIMIT, pattern) if pattern.rest == "next" else first
    ends = _widened(last, ROLL_LIMIT, pattern) if pattern.rest == "previous" else last
    found: dict[dt.date, Fall] = {}
    for fall in _moved(pattern, calendar, _named(pattern, calendar, begins, ends)):
        if first <= fall.on <= last:
            same = found.get(fall.on, fall)
            own = same if fall.why else fall  # what was not moved here gives the day its name
            found[fall.on] = attrs.evolve(own, why=_both(same.why, fall.why))
    return tuple(found[on] for on in sorted(found))


def span(first: dt.date | None, last: dt.date | None, today: dt.date) -> tuple[dt.date, dt.date]:
    """Give the first and the last day of a list: by default from today on, for a quarter.

    Raises:
        Invalid: The last day lies before the first, or more than three years after it.
    """
    first = first or today
    last = last or min(first, dt.date.max - QUARTER) + QUARTER
    if last < first:
        raise Invalid(f"the last day {last} lies before the first, {first}", field="last")
    if last - first > LONGEST:
        raise Invalid(f"from {first} to {last} is longer than {LONGEST.days} days; ask for less", field="last")
    return first, last


def date_title(day: dt.date) -> str:
    """Write a date as people do, e.g. 2026年3月16日（周一）."""
    return f"{day.year}年{day.month}月{day.day}日（周{WEEK[day.weekday()]}）"


def _refuse(numbers: Iterable[int], most: int, why: str) -> None:
    if wrong := sorted(n for n in numbers if not 1 <= n <= most):
        raise Invalid(f"{why} {', '.join(map(str, wrong))}")


def _widened(day: dt.date, days: int, pattern: Pattern) -> dt.date:
    """Go *days* beyond the span, as far as there are days."""
    low, high = (FIRST_DAY, LAST_DAY) if pattern.lunar else (dt.date.min, dt.date.max)
    return dt.date.fromordinal(min(max(day.toordinal() + days, low.toordinal()), high.toordinal()))


def _named(pattern: Pattern, calendar: Calendar, first: dt.date, last: dt.date) -> Iterator[Fall]:
    """Give the dates that a pattern names from *first* to *last*, before any of them moves."""
    if pattern.days:
        named = _lunar(pattern, calendar, first, last) if pattern.lunar else _numbered(pattern, first, last)
        return (fall for fall in named if first <= fall.on <= last)
    held = (day for day in _stepped(pattern, first, last) if not pattern.months or day.month in pattern.months)
    return (Fall(on=day, named=f"周{WEEK[day.weekday()]}") for day in held)


def _numbered(pattern: Pattern, first: dt.date, last: dt.date) -> Iterator[Fall]:
    for n in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, month = n // 12, n % 12 + 1
        if pattern.months and month not in pattern.months:
            continue
        length = month_lengths.monthrange(year, month)[1]
        for number in sorted(pattern.days):
            if number <= length:
                yield Fall(on=dt.date(year, month, number), named=f"{number}日")
            elif pattern.lacking == "last":
                why = f"{month}月没有{number}日，改在{length}日"
                yield Fall(on=dt.date(year, month, length), named=f"{length}日", why=why)


def _lunar(pattern: Pattern, calendar: Calendar, first: dt.date, last: dt.date) -> Iterator[Fall]:
    for month in calendar.lunar_months(first, last):
        if pattern.months and month.month not in pattern.months:
            continue
        for number in sorted(pattern.days):
            if number <= month.length:
                yield Fall(on=month.day(number), named=month.dated(number))
            elif pattern.lacking == "last":
                why = f"{month.title}没有{day_title(number)}，改在{day_title(month.length)}"
                yield Fall(on=month.last, named=month.dated(month.length), why=why)


def _stepped(pattern: Pattern, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Give the days of the week that are asked for, or every so many days."""
    start, end = first.toordinal(), last.toordinal() + 1
    if pattern.since is None:
        return (day for n in range(start, end) if (day := dt.date.fromordinal(n)).isoweekday() in pattern.weekdays)
    start += (pattern.since.toordinal() - start) % pattern.every
    return map(dt.date.fromordinal, range(start, end, pattern.every))


def _moved(pattern: Pattern, calendar: Calendar, named: Iterable[Fall]) -> Iterator[Fall]:
    """Move each date off a day of rest, or leave it out, as the pattern says."""
    for fall in named:
        festival = fall.on in calendar.holidays
        off = not calendar.works(fall.on) and (festival or pattern.off == "any")
        if not off or pattern.rest == "keep":
            yield fall
        elif pattern.rest != "drop":
            on = calendar.working(fall.on, back=pattern.rest == "previous")
            yield attrs.evolve(fall, on=on, why=_both(fall.why, _why(fall, on, festival)))


def _why(fall: Fall, on: dt.date, festival: bool) -> str:
    """Say why a date was moved, e.g. 15日逢周日，顺延到16日."""
    was = fall.on
    near = (was.year, was.month) == (on.year, on.month)
    plain = f"{was.day}日" if near else f"{was.month}月{was.day}日"
    name = plain if fall.named == f"{was.day}日" else f"{fall.named}（{was.month}月{was.day}日）"
    rest = "节假日" if festival else f"周{WEEK[was.weekday()]}"
    to = f"{on.day}日" if near else f"{on.month}月{on.day}日"
    return f"{name}逢{rest}，{'顺延' if on > was else '提前'}到{to}"


def _both(one: str, other: str) -> str:
    return "；".join(dict.fromkeys(filter(None, (one, other))))


def notice_day(calendar: Calendar, on: dt.date, days: int, *, worked: bool = True) -> dt.date | None:
    """Count back to the last day on which notice of a date is in time; None where no notice is given.

    Args:
        days: How many days before, 0 for no notice.
        worked: Whether notice is given on working days alone: it then comes earlier, since a limit that counts back
            never moves later.
    """
    if not days:
        return None
    found = dt.date.fromordinal(max(on.toordinal() - days, 1))
    return calendar.working(found, back=True) if worked else found
