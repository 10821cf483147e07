"""Holiday tables: the published year, the two libraries against each other, and a tenant's own file."""

import datetime as dt

import chinese_calendar
import holidays as statutory
import pytest

from renda_core import holidays
from renda_core.domain.calendar import DAY, Calendar, Period, PeriodRules
from renda_core.errors import ConfigError, Invalid

D = dt.date
CHINA = holidays.calendar(first_year=2015, last_year=2027)
OWN = """
[[years]]
year = 2027
status = "official"
holidays = [2027-01-01, 2027-02-05, 2027-02-06, 2027-02-07, 2027-02-08]
makeups = [2026-12-27, 2027-02-20]
source = "notice"
"""


def year(n):
    return [D(n, 1, 1) + k * DAY for k in range((D(n + 1, 1, 1) - D(n, 1, 1)).days)]


def span(first, last):
    return {first + k * DAY for k in range((last - first).days + 1)}


def test_the_published_year_2026():
    assert {d for d in CHINA.makeups if d.year == 2026} == {
        D(2026, 1, 4),
        D(2026, 2, 14),
        D(2026, 2, 28),
        D(2026, 5, 9),
        D(2026, 9, 20),
        D(2026, 10, 10),
    }
    assert {d for d in CHINA.holidays if d.year == 2026} == (
        span(D(2026, 1, 1), D(2026, 1, 3))
        | span(D(2026, 2, 15), D(2026, 2, 23))
        | span(D(2026, 4, 4), D(2026, 4, 6))
        | span(D(2026, 5, 1), D(2026, 5, 5))
        | span(D(2026, 6, 19), D(2026, 6, 21))
        | span(D(2026, 9, 25), D(2026, 9, 27))
        | span(D(2026, 10, 1), D(2026, 10, 7))
    )
    assert sum(map(CHINA.works, year(2026))) == 248


@pytest.mark.parametrize("n", range(2015, 2027))
def test_both_libraries_agree_on_the_official_years(n):
    assert CHINA.status(n) == "official"
    other = statutory.country_holidays("CN", years=n)
    for day in year(n):
        assert CHINA.works(day) == chinese_calendar.is_workday(day) == other.is_working_day(day), day


def test_a_year_to_come_is_provisional():
    assert (CHINA.status(2027), CHINA.status(2028)) == ("provisional", "unknown")
    assert not CHINA.works(D(2027, 10, 1))
    assert not any(d.year == 2027 for d in CHINA.makeups)
    assert not CHINA.works(D(2027, 2, 8))


def test_years_and_rules_are_asked_for():
    rules = PeriodRules(roll_if_holiday=False)
    assert holidays.calendar(first_year=2026, last_year=2026, rules=rules).rules == rules
    assert holidays.calendar(first_year=2026, last_year=2026).years == {2026: "official"}
    assert holidays.calendar(first_year=2025, last_year=2026) == holidays.calendar(first_year=2025, last_year=2026)
    for first, last in ((2027, 2026), (1900, 2026), (2026, 2200)):
        with pytest.raises(Invalid, match=str(first)):
            holidays.calendar(first_year=first, last_year=last)


def test_an_own_table_replaces_its_year(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    (table,) = holidays.read_table(path)
    assert (table.year, table.status, table.source) == (2027, "official", "notice")
    own = holidays.merged(CHINA, [table])
    assert own.status(2027) == "official"
    assert own.works(D(2027, 2, 9))
    assert own.works(D(2027, 2, 20))
    assert own.works(D(2026, 12, 27))
    assert own.works(D(2026, 2, 14))
    assert not own.works(D(2026, 5, 1))
    assert own.add(D(2026, 12, 25), Period(1, "workday")) == D(2026, 12, 27)
    assert CHINA.status(2027) == "provisional"


def test_a_notice_may_speak_of_the_december_before():
    table = holidays.YearTable(
        year=2027,
        status="official",
        holidays=frozenset({D(2026, 12, 26), D(2026, 12, 31)}),
        makeups=frozenset({D(2026, 12, 27)}),
        source="notice",
    )
    december = Calendar(holidays=table.makeups, makeups=frozenset({D(2026, 12, 26)}), years={2026: "official"})
    own = holidays.merged(december, [table])
    assert own.holidays == table.holidays
    assert own.makeups == table.makeups


def test_a_provisional_table_never_replaces_an_official_one(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace("official", "provisional"), encoding="utf-8")
    table = holidays.read_table(path)
    official = Calendar(years={2027: "official"}, holidays=frozenset({D(2027, 1, 1)}))
    assert holidays.merged(official, table) == official
    assert holidays.merged(Calendar(), table).status(2027) == "provisional"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("year = 2027", "", "years 1: year: missing"),
        ("year = 2027", "year = '2027'", "years 1: year: '2027' is not a year"),
        ('status = "official"', 'status = "sure"', "years 1: status: 'sure' is neither"),
        ('source = "notice"', 'source = " "', "years 1: source: name the notice"),
        ("makeups", "make_ups", "years 1: make_ups: unknown key"),
        ("2027-01-01", '"2027-01-01"', "years 1: holidays: '2027-01-01' is not a date"),
        ("2027-01-01", "2027-01-01T00:00:00", "is not a date"),
        ("2027-01-01", "2026-01-01", "years 1: holidays: 2026-01-01 lies outside 2027"),
        ("2027-01-01", "2027-02-05", "years 1: holidays: 2027-02-05 is listed twice"),
        ("2027-02-20", "2027-02-07", "years 1: makeups: 2027-02-07 is also in holidays"),
        ("2027-02-20", "2027-02-22", "years 1: makeups: 2027-02-22 is not a Saturday"),
        ("[2026-12-27, 2027-02-20]", "3", "years 1: makeups: write a list of dates"),
        ("[[years]]", "[years]", "years: write at least one section"),
        ("[[years]]", "extra = 1\n[[years]]", "extra: unknown key"),
        ("[[years]]", "[[years", "Expected"),
        ("2027-01-01", "2027-13-01", "own.toml"),
    ],
)
def test_mistakes_name_the_file_and_the_key(tmp_path, old, new, said):
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        holidays.read_table(path)
    assert str(path) in str(caught.value)
    assert any(said in mistake for mistake in caught.value.reasons)


def test_every_mistake_is_told_at_once(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN + OWN.replace("notice", ""), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        holidays.read_table(path)
    assert [m.split("own.toml: ")[1] for m in caught.value.reasons] == [
        "years 2: year: 2027 has two tables",
        "years 2: source: name the notice",
    ]
    with pytest.raises(ConfigError, match="absent"):
        holidays.read_table(tmp_path / "absent.toml")
