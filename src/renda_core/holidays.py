"""Holiday tables by year: official ones with make-up days (调休), provisional ones, and a tenant's own."""

import datetime as dt
import functools
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, cast

import attrs
import chinese_calendar
import holidays

from renda_core import lunar
from renda_core.domain.calendar import Calendar, PeriodRules, Table
from renda_core.errors import ConfigError, Invalid

KEYS = frozenset({"year", "status", "holidays", "makeups", "source"})
FIRST, LAST = 1950, 2099


@attrs.frozen(kw_only=True)
class YearTable:
    """The holidays of one year.

    Attributes:
        year: The year that the notice speaks of.
        status: ``official`` (国务院办公厅通知) or ``provisional``, until that notice is out.
        holidays: Days off, in the year or in the December before.
        makeups: Weekend days that are worked, in the year or in the December before.
        source: The notice, or where else the dates come from.
    """

    year: int
    status: Table
    holidays: frozenset[dt.date]
    makeups: frozenset[dt.date] = frozenset()
    source: str


def calendar(*, first_year: int = 2015, last_year: int = 2030, rules: PeriodRules | None = None) -> Calendar:
    """Build a calendar of the years given, both included.

    Years that ``chinesecalendar`` knows are official, with make-up days; later and earlier ones are provisional:
    the statutory days of the ``holidays`` library with days given in lieu, without make-up days. Lunar months are
    known from 1900 to 2099, whatever the years.

    Args:
        first_year: Calendar year.
        last_year: Calendar year, not before *first_year*.
        rules: How periods are counted; by default as the Civil Code does.

    Source: 全国年节及纪念日放假办法 and the yearly notices of 国务院办公厅.

    Raises:
        Invalid: The years are in the wrong order, or one lies outside 1950 to 2099 (no lunar dates there).
    """
    if not FIRST <= first_year <= last_year <= LAST:
        raise Invalid(f"no holidays are known from {first_year} to {last_year}; they are from {FIRST} to {LAST}")
    empty = Calendar(rules=rules or PeriodRules(), moons=lunar.months)
    return merged(empty, (_known(year) for year in range(first_year, last_year + 1)))


def merged(base: Calendar, table: Iterable[YearTable]) -> Calendar:
    """Let each table replace its year in *base*; a provisional one never replaces an official one."""
    off, on, years = set(base.holidays), set(base.makeups), dict(base.years)
    tables = [t for t in table if t.status == "official" or years.get(t.year) != "official"]
    replaced = {t.year for t in tables}
    off = {d for d in off if d.year not in replaced}
    on = {d for d in on if d.year not in replaced}
    for each in tables:  # a notice may speak of the December before; what it says there holds
        off = (off - each.makeups) | each.holidays
        on = (on - each.holidays) | each.makeups
        years[each.year] = each.status
    return attrs.evolve(base, holidays=frozenset(off), makeups=frozenset(on), years=years)


def read_table(path: Path) -> tuple[YearTable, ...]:
    """Read a tenant's own table.

    Each year is a ``[[years]]`` section with *year*, *status*, *holidays*, *makeups* (may be absent) and *source*;
    dates are written without quotes.

    Raises:
        ConfigError: The file cannot be read or is wrong; every mistake with the file and the key.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"holiday table {path}", f"{path}: {error}") from error
    sections = document.get("years")
    wrong = [f"{path}: {key}: unknown key; only [[years]] is read" for key in sorted(document.keys() - {"years"})]
    if not isinstance(sections, list) or not all(isinstance(s, dict) for s in sections):
        raise ConfigError(f"holiday table {path}", *wrong, f"{path}: years: write at least one section [[years]]")
    seen: set[int] = set()
    for n, section in enumerate(sections, start=1):
        wrong += [f"{path}: years {n}: {mistake}" for mistake in _mistakes(section, seen)]
    if wrong:
        raise ConfigError(f"holiday table {path}", *wrong)
    return tuple(_table(section) for section in sections)


def _table(section: dict[str, object]) -> YearTable:
    return YearTable(
        year=cast(int, section["year"]),
        status=cast(Table, section["status"]),
        holidays=frozenset(cast(list[dt.date], section["holidays"])),
        makeups=frozenset(cast(list[dt.date], section.get("makeups", []))),
        source=cast(str, section["source"]),
    )


def _mistakes(section: dict[str, object], seen: set[int]) -> list[str]:
    wrong = [f"{key}: unknown key; known are {', '.join(sorted(KEYS))}" for key in sorted(section.keys() - KEYS)]
    wrong += [f"{key}: missing" for key in sorted(KEYS - {"makeups"} - section.keys())]
    year, status, source = section.get("year"), section.get("status"), section.get("source")
    if "year" in section and (type(year) is not int or not FIRST <= year <= LAST):
        wrong.append(f"year: {year!r} is not a year from {FIRST} to {LAST}")
    elif isinstance(year, int) and year in seen:
        wrong.append(f"year: {year} has two tables")
    elif isinstance(year, int):
        seen.add(year)
    if "status" in section and status not in ("official", "provisional"):
        wrong.append(f"status: {status!r} is neither official nor provisional")
    if "source" in section and not (isinstance(source, str) and source.strip()):
        wrong.append("source: name the notice")
    off = _dates(section.get("holidays", []), "holidays", year, wrong)
    on = _dates(section.get("makeups", []), "makeups", year, wrong)
    wrong += [f"makeups: {day} is also in holidays" for day in sorted(on & off)]
    wrong += [f"makeups: {day} is not a Saturday or Sunday" for day in sorted(on) if day.weekday() < 5]
    return wrong


def _dates(given: object, key: Literal["holidays", "makeups"], year: object, wrong: list[str]) -> set[dt.date]:
    if not isinstance(given, list):
        wrong.append(f"{key}: write a list of dates")
        return set()
    good: set[dt.date] = set()
    for value in given:
        if type(value) is not dt.date:  # a TOML date and time is a date too
            wrong.append(f"{key}: {value!r} is not a date; write it as 2027-01-01, without quotes")
        elif type(year) is int and value.year != year and (value.year, value.month) != (year - 1, 12):
            wrong.append(f"{key}: {value} lies outside {year} and the December before")
        elif value in good:
            wrong.append(f"{key}: {value} is listed twice")
        else:
            good.add(value)
    return good


@functools.cache
def _known(year: int) -> YearTable:
    try:
        chinese_calendar.is_workday(dt.date(year, 1, 1))
    except NotImplementedError:
        return YearTable(
            year=year,
            status="provisional",
            holidays=frozenset(holidays.country_holidays("CN", years=year)),
            source="holidays",
        )
    return YearTable(
        year=year,
        status="official",
        holidays=frozenset(d for d in chinese_calendar.holidays if d.year == year),
        makeups=frozenset(d for d in chinese_calendar.workdays if d.year == year),
        source="chinesecalendar",
    )
