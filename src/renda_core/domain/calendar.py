"""Working days with make-up days (调休), periods as rules write them, and days that rules set."""

import calendar as month_lengths
import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import attrs

from renda_core.domain import lunar
from renda_core.domain.frozen import Frozen
from renda_core.errors import Invalid

DAY = dt.timedelta(days=1)
ROLL_LIMIT = 60
"""Days that a roll may cross: the longest festival takes nine, so more means a broken table."""

Unit = Literal["day", "workday", "month"]
Table = Literal["official", "provisional"]


@attrs.frozen
class Period:
    """A length of time as a rule writes it; negative counts back from a date.

    Attributes:
        n: How many units.
        unit: Calendar days, working days or months.
    """

    n: int
    unit: Unit = "day"

    def __attrs_post_init__(self) -> None:
        if self.unit not in ("day", "workday", "month"):
            raise Invalid(f"a period counts in day, workday or month, not in {self.unit!r}")

    def __str__(self) -> str:
        return f"{self.n} {self.unit}{'' if abs(self.n) == 1 else 's'}"


@attrs.frozen(kw_only=True)
class PeriodRules:
    """How periods are counted where a place's rule says nothing else.

    Attributes:
        first_day_counts: Yes or no: whether the day from which a period runs is its first day.
            Source: 民法典 201 (it is not), by analogy.
        month_end: What a period in months does where the month has no corresponding day: ``last`` takes its
            last day, ``spill`` carries the missing days into the next month (so 01-31 may end after 02-01).
            Source: 民法典 202 (the last day).
        roll_if_holiday: Yes or no: whether a period ending on a day off ends on the next working day instead.
            Source: 民法典 203; applied to deadlines of the People's Congress by analogy, unverified.
        pause: ``calendar_days`` gives back the calendar days stopped (to a period in working days, the working
            days that were left); ``none`` lets time go on. Source: none found, our own default.
    """

    first_day_counts: bool = False
    month_end: Literal["last", "spill"] = "last"
    roll_if_holiday: bool = True
    pause: Literal["calendar_days", "none"] = "calendar_days"


def _dates(given: Iterable[dt.date]) -> frozenset[dt.date]:
    return frozenset(given)


def _years(given: Mapping[int, Table]) -> Mapping[int, Table]:
    for year, status in given.items():
        if status not in ("official", "provisional"):
            raise Invalid(f"the holiday table of {year} is official or provisional, not {status!r}")
    return Frozen(given)  # all tenants share it


@attrs.frozen(kw_only=True)
class Calendar:
    """Weekends, public holidays and working weekends; ``Calendar()`` knows weekends alone.

    Attributes:
        holidays: Days off by the tables, weekend days within a festival included.
        makeups: Weekend days that are worked in exchange (调休); they win over *holidays*.
        years: The years that have a table; any other is computed by weekends alone, which is provisional too.
        rules: How periods are counted.
        moons: Gives the months of a lunar year (农历); ``Calendar()`` knows none.
    """

    holidays: frozenset[dt.date] = attrs.field(default=frozenset(), converter=_dates)
    makeups: frozenset[dt.date] = attrs.field(default=frozenset(), converter=_dates)
    years: Mapping[int, Table] = attrs.field(factory=dict, converter=_years, hash=False)
    rules: PeriodRules = PeriodRules()
    moons: lunar.Source = lunar.unknown
    _off: tuple[int, ...] = attrs.field(init=False, repr=False, eq=False)
    _on: tuple[int, ...] = attrs.field(init=False, repr=False, eq=False)
    _hash: int = attrs.field(init=False, repr=False, eq=False)

    # Where the tables differ from plain weekends, sorted, so that long periods are counted without walking them.
    @_off.default
    def _weekdays_off(self) -> tuple[int, ...]:
        return tuple(sorted(d.toordinal() for d in self.holidays - self.makeups if d.weekday() < 5))

    @_on.default
    def _weekends_on(self) -> tuple[int, ...]:
        return tuple(sorted(d.toordinal() for d in self.makeups if d.weekday() >= 5))

    @_hash.default
    def _hashed(self) -> int:
        return hash((self.holidays, self.makeups, self.rules, self.moons))

    def __hash__(self) -> int:
        return self._hash

    def status(self, year: int) -> Literal["official", "provisional", "unknown"]:
        """Say what a year's holidays rest on; ``unknown`` means weekends alone."""
        return self.years.get(year, "unknown")

    def works(self, day: dt.date) -> bool:
        """Tell whether *day* is a working day."""
        return day in self.makeups or (day.weekday() < 5 and day not in self.holidays)

    def roll(self, day: dt.date, *, back: bool = False) -> dt.date:
        """Move off non-working days, later by default, earlier when *back*; not at all if the rules say so.

        Source: 民法典 203.

        Raises:
            Invalid: There is no working day within 60 days.
        """
        return self.working(day, back=back) if self.rules.roll_if_holiday else day

    def working(self, day: dt.date, *, back: bool = False) -> dt.date:
        """Give the first working day from *day* on, itself included; the last one up to it when *back*.

        Raises:
            Invalid: There is none within 60 days.
        """
        for n in range(ROLL_LIMIT + 1):
            moved = _shift(day, -n if back else n)
            if self.works(moved):
                return moved
        where = "before" if back else "after"
        raise Invalid(f"no working day within {ROLL_LIMIT} days {where} {day}: look at the holiday table")

    def lunar_months(self, first: dt.date, last: dt.date) -> Iterator[lunar.LunarMonth]:
        """Give the lunar months that have a day from *first* to *last*, both included, in their order.

        Raises:
            Invalid: A day lies outside 1900 to 2099, or this calendar knows no lunar months.
        """
        return lunar.months_between(self.moons, first, last)

    def add(self, day: dt.date, period: Period, *, first: bool | None = None) -> dt.date:
        """Count *period* from *day*; nothing is rolled.

        Args:
            day: The day from which the period runs.
            period: How far; negative counts back.
            first: Whether *day* itself counts, by default as the rules say. A date that a period
                has already reached is counted on from with ``first=False``.

        Source: 民法典 201, 202.

        Raises:
            Invalid: The result lies outside the years 1 to 9999.
        """
        if not period.n:
            return day
        first = self.rules.first_day_counts if first is None else first
        inward = -1 if period.n > 0 else 1  # the way in which a first day that counts shortens the period
        if period.unit == "month":
            return self._months(day, period.n, inward if first else 0)
        origin = _shift(day, inward) if first else day
        return _shift(origin, period.n) if period.unit == "day" else self._workday(origin, period.n)

    def workdays(self, after: dt.date, until: dt.date) -> int:
        """Count working days in (after, until]; 0 when *until* is not later."""
        return self._count(after.toordinal(), until.toordinal())

    def _months(self, day: dt.date, n: int, inward: int) -> dt.date:
        year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
        if not 1 <= year <= 9999:
            raise _outside(day, Period(n, "month"))
        last = month_lengths.monthrange(year, month + 1)[1]
        missing = max(0, day.day - last)
        reached = dt.date(year, month + 1, day.day - missing)
        if missing and self.rules.month_end == "last":
            return reached  # the month ends the period, whether its first day counts or not
        return _shift(reached, missing + inward)

    def _workday(self, origin: dt.date, n: int) -> dt.date:
        at, want = origin.toordinal(), abs(n)

        def passed(days: int) -> int:
            return self._count(at, at + days) if n > 0 else self._count(at - days - 1, at - 1)

        room = dt.date.max.toordinal() - at if n > 0 else at - 1
        span = min(2 * want + ROLL_LIMIT, room)
        while passed(span) < want and span < room:
            span = min(2 * span, room)
        if passed(span) < want:
            raise _outside(origin, Period(n, "workday"))
        days = bisect_left(range(span + 1), want, key=passed)
        return dt.date.fromordinal(at + days if n > 0 else at - days)

    def _count(self, after: int, until: int) -> int:
        if until <= after:
            return 0
        off = bisect_right(self._off, until) - bisect_right(self._off, after)
        on = bisect_right(self._on, until) - bisect_right(self._on, after)
        return _weekdays(until) - _weekdays(after) - off + on


def _weekdays(ordinal: int) -> int:
    # 0001-01-01, the first ordinal, is a Monday.
    return 5 * (ordinal // 7) + min(ordinal % 7, 5)


def _shift(day: dt.date, days: int) -> dt.date:
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        raise _outside(day, Period(days)) from None


def _outside(day: dt.date, period: Period) -> Invalid:
    return Invalid(f"{period} from {day} leaves the years 1 to 9999")


@attrs.frozen(kw_only=True)
class Day:
    """A day that a rule sets: a reception, a market, a shift, the opening of a session to prepare for.

    Attributes:
        on: The date.
        label: What the day is for, as people read it.
        notice_by: The date on which notice of it is given, the last that is in time; None where none is given.
        who: A group, or several deputies; empty means nobody can come (缺岗).
        why: Filled when the day was moved, so that a notice can say so.
        key: The matter, where the date is not: a session's id. What was told of it is not told again when it moves.
        audience: Ids of the persons who are noticed.
        text: What the notice says below *label*.
        place: Id of the station where it is held; empty where it is of no station.
        begins, ends: The hours, as ``"09:00"``; empty where it has none.

    Raises:
        Invalid: Notice would be given after the day.
    """

    on: dt.date
    label: str
    who: tuple[str, ...] = ()
    notice_by: dt.date | None = None
    why: str = ""
    key: str = ""
    audience: tuple[str, ...] = ()
    text: str = ""
    place: str = ""
    begins: str = ""
    ends: str = ""

    def __attrs_post_init__(self) -> None:
        if self.notice_by is not None and self.notice_by > self.on:
            raise Invalid(f"notice of {self.on} would be given on {self.notice_by}, after it")

    @property
    def matter(self) -> str:
        """Name what is told once: the key, or else the date and its place."""
        return self.key or (f"{self.on.isoformat()} {self.place}" if self.place else self.on.isoformat())
