"""Months of the lunar calendar (农历): whole months with their first day and length, and the names of their days.

Nothing here reckons a new moon: a calendar carries the months, and :mod:`renda_core.lunar` reads them from a library.
"""

import datetime as dt
from collections.abc import Callable, Iterator

import attrs

from renda_core.errors import Invalid

MOST_DAYS = 30
"""The moon needs 29.53 days, so a month has 29 or 30. Source: GB/T 33661-2017 农历的编算和颁行."""
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2099, 12, 31)
"""The days whose lunar months are known; months of later new moons near midnight are not certain to the day."""
NUMBERS = "正二三四五六七八九十冬腊"
_TENS = "初十廿"
_ONES = "一二三四五六七八九十"
_WHOLE = {20: "二十", 30: "三十"}


@attrs.frozen(kw_only=True)
class LunarMonth:
    """One lunar month.

    Attributes:
        year: The lunar year, by the Gregorian one in which its first month begins.
        month: 1 to 12; a leap month (闰月) has the number of the month that it follows.
        first: Its first day (初一).
        length: 29 or 30 days.

    Raises:
        Invalid: There is no such month, or it has another length.
    """

    year: int
    month: int
    leap: bool
    first: dt.date
    length: int

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.month <= 12:
            raise Invalid(f"a lunar month is 1 to 12, not {self.month}")
        if self.length not in (MOST_DAYS - 1, MOST_DAYS):
            raise Invalid(f"a lunar month has 29 or 30 days, not {self.length}")

    @property
    def last(self) -> dt.date:
        """Give its last day."""
        return self.first + dt.timedelta(self.length - 1)

    @property
    def title(self) -> str:
        """Name it as people do, e.g. 闰六月."""
        return f"{'闰' * self.leap}{NUMBERS[self.month - 1]}月"

    def day(self, number: int) -> dt.date:
        """Give the date of a day of this month.

        Raises:
            Invalid: The month lacks it.
        """
        if not 1 <= number <= self.length:
            raise Invalid(f"{self.title} of {self.year} has {self.length} days, and no day {number}")
        return self.first + dt.timedelta(number - 1)

    def dated(self, number: int) -> str:
        """Write a day of this month as people do, e.g. 闰六月廿八."""
        return f"{self.title}{day_title(number)}"


Source = Callable[[int], tuple[LunarMonth, ...]]
"""Gives the months of a lunar year in their order; raises :class:`Invalid` for a year that it does not know."""


def unknown(year: int) -> tuple[LunarMonth, ...]:
    """Know no lunar month at all: what a calendar has that was made without any.

    Raises:
        Invalid: Always.
    """
    raise Invalid(f"this calendar knows no lunar months, so none of {year}; make it by renda_core.holidays.calendar")


def day_title(number: int) -> str:
    """Name a day of a lunar month, e.g. 初三, 十五, 廿八, 三十.

    Raises:
        Invalid: No lunar month has it.
    """
    if not 1 <= number <= MOST_DAYS:
        raise Invalid(f"a lunar month has at most {MOST_DAYS} days, so there is no day {number}")
    tens, ones = divmod(number - 1, 10)
    return _WHOLE.get(number) or _TENS[tens] + _ONES[ones]


def months_between(source: Source, first: dt.date, last: dt.date) -> Iterator[LunarMonth]:
    """Give the months that have a day from *first* to *last*, both included, in their order.

    Raises:
        Invalid: A day lies outside 1900 to 2099.
    """
    if last < first:
        return
    refuse_unknown(first, last)
    begins = first.year if source(first.year)[0].first <= first else first.year - 1
    for year in range(begins, last.year + 1):
        for month in source(year):
            if month.first > last:
                return
            if month.last >= first:
                yield month


def refuse_unknown(*days: dt.date) -> None:
    """Refuse days whose lunar months are not known.

    Raises:
        Invalid: One lies outside 1900 to 2099.
    """
    for day in days:
        if not FIRST_DAY <= day <= LAST_DAY:
            raise Invalid(f"the lunar months of {day} are not known; they are from {FIRST_DAY} to {LAST_DAY}")
