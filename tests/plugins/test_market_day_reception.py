import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.reminding import OFFICE, remind, told
from tests.plugins.stationing import CHINA, LI, WANG, Desk, settle, shown_by, station, told_by

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import DAY
from renda_core.domain.receiving import Asked
from renda_core.errors import ConfigError
from renda_core.services import days
from renda_core.testing import uid
from renda_plugins import market_day_reception as plugin
from renda_plugins.market_day_reception.days import market_days, page
from renda_plugins.market_day_reception.settings import Market, Settings

D = dt.date
FIRST, SECOND = (D(2026, 2, 17), D(2026, 3, 18)), (D(2026, 3, 19), D(2026, 4, 16))
"""The first lunar month of 2026, of 30 days, and the second, of 29."""
LEAP = D(2025, 7, 25), D(2025, 8, 22)
ONE = Desk((station("001"),))
TODAY = D(2026, 2, 17)


def found(first, last, *, desk=ONE, markets=None, settings=None, **market):
    told = markets if markets is not None else (Market(stations=("001",), **market),)
    return told_by(plugin, market_days, desk, first, last, markets=told, **(settings or {}))


def on(first, last, **rest):
    return [d.on for d in found(first, last, **rest)]


# -- the calendar


def test_threes_and_eights_of_the_first_lunar_month_of_2026():
    told = found(*FIRST, endings=(3, 8))
    assert [d.on for d in told] == [
        D(2026, 2, 19),
        D(2026, 2, 24),
        D(2026, 3, 1),
        D(2026, 3, 6),
        D(2026, 3, 11),
        D(2026, 3, 16),
    ]
    assert told[0].label == "001联络站赶集日接待（正月初三）"
    assert (told[0].begins, told[0].ends, told[0].who, told[0].place) == ("08:00", "11:00", (WANG, LI), uid("001"))


def test_fives_and_tens_of_a_month_of_29_days_are_five():
    assert on(*SECOND, endings=(5, 10)) == [
        D(2026, 3, 23),
        D(2026, 3, 28),
        D(2026, 4, 2),
        D(2026, 4, 7),
        D(2026, 4, 12),
    ]
    assert on(*SECOND, endings=(5, 10), settings={"lacking": "last"})[-1] == D(2026, 4, 16)
    assert len(on(*FIRST, endings=(5, 10))) == 6


def test_a_leap_month_has_markets_too():
    told = found(*LEAP, endings=(3, 8))
    assert [d.label.rpartition("（")[2] for d in told] == [
        f"闰六月{day}）" for day in ("初三", "初八", "十三", "十八", "廿三", "廿八")
    ]


def test_gregorian_endings():
    march = D(2026, 3, 1), D(2026, 3, 31)
    told = found(*march, endings=(3, 8), lunar=False)
    assert [d.on.day for d in told] == [3, 8, 13, 18, 23, 28]
    assert told[0].label == "001联络站赶集日接待"
    assert on(*march, endings=(1, 6), lunar=False)[-1] == D(2026, 3, 31)
    assert on(*march, endings=(1, 6), lunar=False, settings={"thirty_first": False})[-1] == D(2026, 3, 26)
    assert [d.day for d in on(*march, endings=(3, 8), settings={"lunar": False})] == [3, 8, 13, 18, 23, 28]
    assert on(D(2026, 2, 1), D(2026, 2, 28), endings=(10,), lunar=False)[-1] == D(2026, 2, 20)


def test_markets_by_the_week_and_every_so_many_days():
    assert on(D(2026, 3, 1), D(2026, 3, 15), weekdays=(4,)) == [D(2026, 3, 5), D(2026, 3, 12)]
    assert on(D(2026, 3, 1), D(2026, 3, 10), every=4, since=D(2026, 2, 27)) == [D(2026, 3, 3), D(2026, 3, 7)]


def test_markets_are_held_on_holidays_and_weekends_as_ever():
    festival = D(2026, 2, 19)
    kept = on(*FIRST, endings=(3, 8))
    assert festival in kept
    assert D(2026, 3, 1) in kept  # a Sunday
    assert on(*FIRST, endings=(3, 8), holiday="drop") == [d for d in kept if d != festival]
    assert on(*FIRST, endings=(3, 8), settings={"holiday": "drop"}) == [d for d in kept if d != festival]
    assert on(*FIRST, endings=(3, 8), holiday="keep", settings={"holiday": "drop"}) == kept


def test_days_said_twice_are_one():
    assert on(*FIRST, endings=(3, 3, 8)) == on(*FIRST, endings=(8, 3))
    assert on(*FIRST, endings=(0, 10)) == on(*FIRST, endings=(10,))


def test_notice_is_given_before_and_never_after():
    told = {d.on: d.notice_by for d in found(*FIRST, endings=(3, 8))}
    assert told[D(2026, 3, 6)] == D(2026, 3, 3)
    assert told[D(2026, 3, 11)] == D(2026, 3, 6)  # 03-08 is a Sunday
    assert told[D(2026, 2, 24)] == D(2026, 2, 14)  # before the festival
    told = found(*FIRST, endings=(3, 8), settings={"notice_on_workdays": False})
    assert {d.on - d.notice_by for d in told} == {3 * DAY}


def test_stations_of_one_county_go_by_different_markets():
    desk = Desk((station("001"), station("002"), station("003"), station("004", deputies=())))
    markets = (
        Market(stations=("001", "004"), endings=(3, 8)),
        Market(stations=("002",), weekdays=(4,), begins="07:00", ends="09:30"),
    )
    told = found(D(2026, 3, 1), D(2026, 3, 6), desk=desk, markets=markets)
    assert [(d.place, d.on.day, d.begins, d.why) for d in told] == [
        (uid("001"), 1, "08:00", ""),
        (uid("001"), 6, "08:00", ""),
        (uid("002"), 5, "07:00", ""),
        (uid("004"), 1, "08:00", "缺岗：没有在任代表联系本站"),
        (uid("004"), 6, "08:00", "缺岗：没有在任代表联系本站"),
    ]
    assert found(*FIRST, desk=desk, markets=()) == []


def test_a_market_at_a_station_that_is_not_there_leaves_the_others_theirs():
    markets = (Market(stations=("999",), endings=(1,)), Market(stations=("001",), endings=(3, 8)))
    assert len(found(*FIRST, markets=markets)) == 6


@given(
    st.frozensets(st.integers(1, 10), min_size=1, max_size=4),
    st.dates(D(2021, 1, 1), D(2029, 1, 1)),
    st.booleans(),
)
def test_whole_months_and_single_days_agree(endings, first, lunar):
    last = first + 75 * DAY
    digits = {n % 10 for n in endings}
    number = {m.first + n * DAY: n + 1 for m in CHINA.lunar_months(first, last) for n in range(m.length)}
    every = [first + n * DAY for n in range(76)]
    one_by_one = [d for d in every if (number[d] if lunar else d.day) % 10 in digits]
    assert on(first, last, endings=tuple(endings), lunar=lunar) == one_by_one


# -- what is written wrong


@pytest.mark.parametrize(
    ("market", "said"),
    [
        ({"endings": [11]}, r"markets\[1\]: a day ends in 1 to 10 \(逢一 to 逢十\), not in 11"),
        ({"endings": [-3]}, "not in -3"),
        ({"endings": []}, "say one of the three, e.g. endings"),
        ({}, "say one of the three"),
        ({"endings": [3], "weekdays": [4]}, "say one of the three"),
        ({"endings": "逢三逢八"}, "Expected `array`, got `str`"),
        ({"endings": ["三"]}, "Expected `int`, got `str`"),
        ({"weekdays": [8]}, "no weekday 8"),
        ({"weekdays": [4], "lunar": True}, "leave lunar away"),
        ({"every": 5}, "say since when"),
        ({"every": -5, "since": D(2026, 1, 1)}, "never"),
        ({"endings": [3], "begins": "8点"}, "is no hour"),
        ({"endings": [3], "ends": "07:00"}, "it ends at 07:00, not after 08:00"),
        ({"endings": [3], "holiday": "next"}, "Invalid enum value 'next'"),
        ({"ending": [3]}, "say one of the three"),
        ({"endings": [3], "station": "002"}, r"markets\[1\]\.station: no such field; did you mean 'stations'"),
        ({"stations": [], "endings": [3]}, "name the codes"),
        ({"stations": ["001", "001"], "endings": [3]}, "001 is named twice"),
    ],
)
def test_a_wrong_market_is_told_with_its_reason(bench, market, said):
    settings = {"markets": [{"stations": ["001"]} | market]}
    with pytest.raises(ConfigError, match=said):
        bench({"market_day_reception": settings}, catalogue=Catalogue.collect({"market_day_reception": plugin}))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"notice_days": 500}, "is not from 0 to 365"),
        ({"holiday": "previous"}, "Invalid enum value"),
        ({"markets": {"001": [3, 8]}}, "Expected `array`"),
        ({"marketz": []}, "no such setting; did you mean 'markets'"),
    ],
)
def test_a_wrong_setting_is_told_with_its_reason(bench, settings, said):
    with pytest.raises(ConfigError, match=said):
        bench({"market_day_reception": settings}, catalogue=Catalogue.collect({"market_day_reception": plugin}))


def test_markets_are_read_by_people():
    assert str(Market(stations=("001", "002"), endings=(3, 8))) == "001、002：endings (3, 8)"
    assert str(Market(stations=("001",), every=7, since=TODAY)) == "001：every 7，since 2026-02-17"
    assert Settings().markets == ()


# -- the page, and at work


def test_the_page_shows_markets_and_names_unknown_stations():
    markets = (Market(stations=("001", "999"), endings=(3, 8)),)
    shown = shown_by(plugin, page, ONE, Asked(last=D(2026, 2, 28)), TODAY, markets=markets)
    assert shown.unknown == "999"
    assert [(r.on, r.label, r.hours, r.deputies) for r in shown.days] == [
        (D(2026, 2, 19), "001联络站赶集日接待（正月初三）", "08:00至11:00", "王芳、李强"),
        (D(2026, 2, 24), "001联络站赶集日接待（正月初八）", "08:00至11:00", "王芳、李强"),
    ]
    assert shown_by(plugin, page, ONE, Asked(station="002"), TODAY, markets=markets).unknown == "999、002"


@pytest.fixture
def market_town(county):
    """Make a county with the stations 001 and 002, and a market at the first and at one that is not there."""
    markets = [{"stations": ["001", "999"], "endings": [3, 8]}]
    catalogue = Catalogue.collect({"market_day_reception": plugin})
    b = county({"market_day_reception": {"markets": markets}}, catalogue=catalogue, today=TODAY)
    settle(b, "001", "002")
    return b


def test_in_a_store(market_town):
    told_days = market_town.ask(days.days, OFFICE, *FIRST)
    assert [(d.on, d.place) for d in told_days.days] == [(d, uid("001")) for d in on(*FIRST, endings=(3, 8))]
    assert told_days.failed == ()
    assert market_town.page("market_days", asked={"last": "2026-02-28"}).unknown == "999"


def test_in_a_store_deputies_are_told_of_each_market_once(market_town):
    assert remind(market_town, D(2026, 3, 2)).sent == 0  # of 03-01 it is too late
    assert remind(market_town, D(2026, 3, 3)).sent == 2
    assert remind(market_town, D(2026, 3, 5)).sent == 0
    assert remind(market_town, D(2026, 3, 6)).sent == 2  # of 03-11, whose day of notice is a Sunday
    assert {matter for _, matter in told(market_town, "wang")} == {f"2026-03-{d} {uid('001')}" for d in ("06", "11")}
