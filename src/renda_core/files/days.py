"""Days as people type them, and as Excel counts them."""

import datetime as dt
import re
import unicodedata

from renda_core.files.doubts import Doubtful, Unreadable

_JOIN = r"[-./–—]"
_TIME = r"(?:[T ]\d{1,2}:\d{2}[:.\d]*)?"
_DAY = re.compile(
    rf"(\d{{4}})(?:年|{_JOIN})(\d{{1,2}})(?:月|{_JOIN})(\d{{1,2}})(?:日|号|\.)?{_TIME}|(\d{{4}})(\d{{2}})(\d{{2}})",
    re.ASCII,
)
_MONTH = re.compile(rf"(\d{{4}})(?:年|{_JOIN})(\d{{1,2}})月?|(\d{{4}})(\d{{2}})", re.ASCII)
_SHORT_YEAR = re.compile(rf"\d{{2}}(?:年|{_JOIN})\d{{1,2}}(?:(?:月|{_JOIN})\d{{0,2}}日?)?", re.ASCII)
_SPACED = re.compile(r"(?<=[年月])\s+|\s+(?=[年月日])")
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?", re.ASCII)
_LONGEST = 40
FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years of the days a register may hold."""

_EPOCH_1900 = dt.date(1899, 12, 30)  # day 0 of Excel's calendar, counted back over the 29 February 1900 it invents
_EPOCH_1904 = dt.date(1904, 1, 1)
_FULL = "write it as 2026-03-01 or 2026年3月1日"


def read_day(cell: str | int | float, *, month: bool, since_1904: bool) -> dt.date | Doubtful:
    """Read a day in any of the forms people type, or Excel's number for it.

    Args:
        cell: As the file has it; a number is Excel's count of days, or 20260301, 202603 or 2026.3.
        month: A month alone is taken as its first day, with a warning.
        since_1904: The workbook counts its days from 1904.

    Raises:
        Unreadable: With the reason.
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFKC", str(cell)[:_LONGEST]).strip()
    text = _SPACED.sub("", text)
    if found := _DAY.fullmatch(text):
        return _made(*(int(part) for part in found.groups() if part))
    if _SERIAL.fullmatch(text):
        return _counted(int(float(text)), since_1904=since_1904)
    if found := _MONTH.fullmatch(text):
        if isinstance(cell, float) and text.endswith(".1"):
            raise Unreadable("a number that may stand for January or for October", _FULL)
        year, number = (int(part) for part in found.groups() if part)
        first = _made(year, number, 1)
        if not month:
            raise Unreadable("a month without its day, and the day matters here", _FULL)
        return Doubtful(first, "a month without its day, taken as the first of the month", _FULL)
    if _SHORT_YEAR.fullmatch(text):
        raise Unreadable("a year of two digits, which may stand for 19.. or 20..", f"{_FULL}, with all four digits")
    if re.fullmatch(r"\d{4}年?", text, re.ASCII):
        raise Unreadable("a year without month and day", _FULL)
    raise Unreadable("no full date", _FULL)


def within(day: dt.date) -> dt.date:
    """Give the day back if a register may hold it.

    Raises:
        Unreadable: Its year is before 1900 or after 2100.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unreadable(f"outside the years {FIRST_YEAR} to {LAST_YEAR}", "correct the year")
    return day


def _made(year: int, month: int, day: int) -> dt.date:
    try:
        found = dt.date(year, month, day)
    except ValueError as wrong:
        raise Unreadable("no day of the calendar", "correct the day or the month") from wrong
    return within(found)


def _counted(days: int, *, since_1904: bool) -> dt.date:
    return within((_EPOCH_1904 if since_1904 else _EPOCH_1900) + dt.timedelta(days=days))
