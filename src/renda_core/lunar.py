"""The lunar months of a year, as lunar-python reckons them; each year is read once."""

import datetime as dt
import functools

from renda_core.domain.lunar import FIRST_DAY, LAST_DAY, LunarMonth
from renda_core.errors import Invalid


@functools.cache
def months(year: int) -> tuple[LunarMonth, ...]:
    """Give the 12 or 13 months of a lunar year in their order.

    A year costs the library some milliseconds, and the conversion of a single day a tenth of that: so days are never
    converted, but counted from the first day of their month.

    Raises:
        Invalid: No day from 1900 to 2099 lies in that year.
    """
    if not FIRST_DAY.year - 1 <= year <= LAST_DAY.year:
        raise Invalid(f"the lunar months of {year} are not known; they are from {FIRST_DAY} to {LAST_DAY}")
    from lunar_python import LunarYear, Solar  # here, since most commands never ask for one

    found = []
    # made by its constructor: fromYear keeps one year for all threads behind a lock, and never opens it after an error
    for month in LunarYear(year).getMonthsInYear():
        begins = Solar.fromJulianDay(month.getFirstJulianDay())
        found.append(
            LunarMonth(
                year=month.getYear(),
                month=abs(month.getMonth()),
                leap=month.isLeap(),
                first=dt.date(begins.getYear(), begins.getMonth(), begins.getDay()),
                length=month.getDayCount(),
            )
        )
    return tuple(found)
