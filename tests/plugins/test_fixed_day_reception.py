import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.reminding import OFFICE, remind, told
from tests.plugins.stationing import CHINA, LI, WANG, Desk, bind, place, settle, shown_by, station, told_by

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import DAY
from renda_core.domain.mandates import MandateEvent
from renda_core.domain.receiving import Asked
from renda_core.errors import ConfigError, Invalid
from renda_core.services import days, mandates
from renda_core.testing import uid
from renda_plugins import fixed_day_reception as plugin
from renda_plugins.fixed_day_reception.days import fixed_days, page
from renda_plugins.fixed_day_reception.settings import Own, Settings

D = dt.date
YEAR = D(2026, 1, 1), D(2026, 12, 31)
TODAY = D(2026, 3, 1)
ONE = Desk((station("001"),))


def found(first=YEAR[0], last=YEAR[1], desk=ONE, **settings):
    return told_by(plugin, fixed_days, desk, first, last, **settings)


def on(*asked, **settings):
    return [d.on for d in found(*asked, **settings)]


# -- the fifteenth


@pytest.mark.parametrize(
    ("month", "day", "notice", "why"),
    [
        (1, D(2026, 1, 15), D(2026, 1, 12), ""),
        (2, D(2026, 2, 24), D(2026, 2, 14), "15日逢节假日，顺延到24日"),
        (3, D(2026, 3, 16), D(2026, 3, 13), "15日逢周日，顺延到16日"),
        (8, D(2026, 8, 17), D(2026, 8, 14), "15日逢周六，顺延到17日"),
        (11, D(2026, 11, 16), D(2026, 11, 13), "15日逢周日，顺延到16日"),
    ],
)
def test_the_fifteenth_of_2026_with_its_notice(month, day, notice, why):
    (one,) = found(D(2026, month, 1), D(2026, month, 28))
    assert (one.on, one.notice_by, one.why) == (day, notice, why)


def test_a_day_says_time_place_and_names():
    (one,) = found(D(2026, 3, 1), D(2026, 3, 31))
    assert one.label == "001联络站代表接待日"
    assert one.text == "时间：2026年3月16日（周一）09:00至11:00；地点：001号；接待代表：王芳、李强"
    assert (one.begins, one.ends, one.place) == ("09:00", "11:00", uid("001"))
    assert one.who == one.audience == (WANG, LI)


def test_a_station_to_which_nobody_is_bound_stands_vacant():
    (one,) = found(D(2026, 3, 1), D(2026, 3, 31), Desk((station("001", deputies=(), address=""),)))
    assert (one.who, one.audience) == ((), ())
    assert one.why == "15日逢周日，顺延到16日；缺岗：没有在任代表联系本站"
    assert one.text.endswith("；地点：001联络站")


def test_other_ways_to_meet_a_day_of_rest():
    march = D(2026, 3, 1), D(2026, 3, 31)
    assert on(*march, holiday="previous") == [D(2026, 3, 13)]
    assert on(*march, holiday="keep") == [D(2026, 3, 15)]
    assert on(*march, holiday="drop") == []


def test_the_rules_of_other_places():
    assert on(D(2026, 3, 1), D(2026, 3, 11), weekdays=(1, 3)) == [D(2026, 3, n) for n in (2, 4, 9, 11)]
    assert [d.month for d in on(months=(1, 3, 5, 7, 9, 11))] == [1, 3, 5, 7, 9, 11]
    assert on(D(2026, 4, 1), D(2026, 4, 30), days=(9, 19)) == [D(2026, 4, 9), D(2026, 4, 20)]
    assert on(days=()) == []


def test_two_days_of_one_rule_that_fall_together_are_one():
    (one,) = found(D(2026, 3, 1), D(2026, 3, 31), days=(15, 16))
    assert (one.on, one.why) == (D(2026, 3, 16), "15日逢周日，顺延到16日")
    assert len(found(D(2026, 3, 1), D(2026, 3, 31), days=(14, 15, 15))) == 1


def test_a_month_without_the_day():
    assert on(D(2026, 4, 1), D(2026, 4, 30), days=(31,)) == [D(2026, 4, 30)]
    assert on(D(2026, 4, 1), D(2026, 4, 30), days=(31,), lacking="none") == []


def test_no_notice_and_notice_on_any_day():
    (one,) = found(D(2026, 3, 1), D(2026, 3, 31), notice_days=0)
    assert (one.notice_by, one.audience) == (None, ())
    (one,) = found(D(2026, 2, 20), D(2026, 2, 28), notice_on_workdays=False)
    assert one.notice_by == D(2026, 2, 21)


def test_a_lunar_day():
    both = found(D(2025, 6, 25), D(2025, 8, 22), days=(15,), lunar=True, holiday="keep")
    assert [(d.on, d.label) for d in both] == [
        (D(2025, 7, 9), "001联络站代表接待日（六月十五）"),
        (D(2025, 8, 8), "001联络站代表接待日（闰六月十五）"),
    ]
    short = D(2026, 3, 19), D(2026, 4, 16)
    assert on(*short, days=(30,), lunar=True) == [D(2026, 4, 16)]
    assert on(*short, days=(30,), lunar=True, lacking="none") == []


def test_only_some_sorts_of_stations():
    desk = Desk((station("001", kind="home"), station("002"), station("003", kind="point")))
    march = D(2026, 3, 1), D(2026, 3, 31)
    assert [d.place for d in found(*march, desk, kinds=frozenset({"home"}))] == [uid("001")]
    own = (Own(stations=("003",), days=(9,)),)
    assert [d.place for d in found(*march, desk, kinds=frozenset(), own=own)] == [uid("003")]


def test_a_station_with_its_own_days():
    desk = Desk((station("001"), station("002"), station("003"), station("004")))
    own = (
        Own(stations=("002",), weekdays=(3,), begins="14:00", ends="17:00"),
        Own(stations=("003",), days=()),
        Own(stations=("004",), days=(1, 15), lunar=True, holiday="keep"),
    )
    told = found(D(2026, 4, 1), D(2026, 4, 17), desk, own=own)
    assert [(d.place, d.on.day, d.begins) for d in told] == [
        (uid("001"), 15, "09:00"),
        *((uid("002"), n, "14:00") for n in (1, 8, 15)),
        (uid("004"), 2, "09:00"),  # 二月十五
        (uid("004"), 17, "09:00"),  # 三月初一
    ]


def test_stations_that_open_and_close_within_the_time():
    open_then, later = station("001"), station("002")
    desk = Desk(
        stretches=(
            (D(2026, 3, 1), D(2026, 3, 15), (open_then,)),
            (D(2026, 3, 16), D(2026, 5, 14), (open_then, later)),
            (D(2026, 5, 15), D(2026, 6, 30), (later,)),
        )
    )
    told = found(D(2026, 3, 1), D(2026, 6, 30), desk)
    assert {code: [d.on for d in told if d.place == uid(code)] for code in ("001", "002")} == {
        "001": [D(2026, 3, 16), D(2026, 4, 15)],
        "002": [D(2026, 3, 16), D(2026, 4, 15), D(2026, 5, 15), D(2026, 6, 15)],
    }


@given(st.dates(D(2021, 1, 1), D(2029, 6, 1)), st.integers(1, 31), st.integers(0, 60))
def test_every_month_has_its_day_once_and_notice_comes_in_time(first, day, notice):
    told = found(first, first + 200 * DAY, days=(day,), notice_days=notice)
    assert len({d.matter for d in told}) == len(told)
    for one in told:
        assert CHINA.works(one.on)
        assert one.notice_by is None if not notice else (one.on - one.notice_by).days >= notice
        assert one.why or one.on.day == day


# -- what is written wrong


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"days": [32]}, "a month has at most 31 days, so there is no day 32"),
        ({"days": [0]}, "no day 0"),
        ({"days": 15}, "Expected `array`"),
        ({"days": ["15"]}, "Expected `int`, got `str`"),
        ({"days": [31], "lunar": True}, "a lunar month has at most 30 days, so there is no day 31"),
        ({"weekdays": [0]}, "no weekday 0"),
        ({"months": [13]}, "no month 13"),
        ({"holiday": "later"}, "Invalid enum value 'later'"),
        ({"begins": "9:00"}, "'9:00' is no hour; write it as \"09:00\""),
        ({"begins": "25:00"}, "is no hour"),
        ({"begins": "上午九点"}, "is no hour"),
        ({"begins": "11:00"}, "it ends at 11:00, not after 11:00"),
        ({"notice_days": -1}, "notice_days: -1 is not from 0 to 365"),
        ({"notice_days": 400}, "notice_days: 400 is not from 0 to 365"),
        ({"kinds": ["village"]}, "Invalid enum value 'village'"),
        ({"own": [{"stations": ["001"], "days": [32]}]}, r"own\[1\]: a month has at most 31 days"),
        ({"own": [{"stations": ["001"], "lunar": True, "days": [31]}]}, r"own\[1\]: a lunar month has at most 30"),
        ({"own": [{"stations": []}]}, "name the codes"),
        ({"own": [{"stations": [" "]}]}, "name the codes"),
        ({"own": [{"days": [9]}]}, "missing required field `stations`"),
        ({"own": [{"stations": ["001"]}, {"stations": ["001"]}]}, "001 is named twice"),
        ({"own": [{"stations": ["001"], "dayz": [9]}]}, r"own\[1\]\.dayz: no such field; did you mean 'days'"),
        ({"own": [{"stations": ["001"], "ends": "08:00"}]}, r"own\[1\]: it ends at 08:00"),
    ],
)
def test_a_wrong_setting_is_told_with_its_reason(bench, settings, said):
    with pytest.raises(ConfigError, match=said):
        bench({"fixed_day_reception": settings}, catalogue=Catalogue.collect({"fixed_day_reception": plugin}))


def test_own_arrangements_are_read_by_people():
    assert str(Own(stations=("001", "002"), weekdays=(3,), begins="14:00")) == "001、002：weekdays (3,)，begins 14:00"
    assert Settings().plan() == Settings().plan(Own(stations=("001",)))


# -- the page


def look(desk=ONE, asked=None, **settings):
    return shown_by(plugin, page, desk, asked or Asked(), TODAY, **settings)


def test_the_page_lists_the_next_quarter():
    told = look()
    assert (told.first, told.last, told.unknown) == (D(2026, 3, 1), D(2026, 6, 1), "")
    assert [(r.on, r.weekday, r.hours, r.deputies, r.notice_by) for r in told.days] == [
        (D(2026, 3, 16), "周一", "09:00至11:00", "王芳、李强", D(2026, 3, 13)),
        (D(2026, 4, 15), "周三", "09:00至11:00", "王芳、李强", D(2026, 4, 10)),
        (D(2026, 5, 15), "周五", "09:00至11:00", "王芳、李强", D(2026, 5, 12)),
    ]


def test_the_page_reckons_one_station_alone(monkeypatch):
    desk = Desk((station("001"), station("002")))
    for asked in ("002", "002联络站", uid("002")):
        assert {r.label for r in look(desk, asked=Asked(station=asked)).days} == {"002联络站代表接待日"}
    own = (Own(stations=("001",), days=(9,)),)
    reckoned = []
    monkeypatch.setattr("renda_core.domain.receiving.falls", lambda pattern, *rest: reckoned.append(pattern) or ())
    look(desk, asked=Asked(station="002"), own=own)
    assert [p.days for p in reckoned] == [frozenset({15})]


def test_the_page_names_codes_that_no_station_has():
    own = (Own(stations=("001", "009"), days=(9,)),)
    assert look(own=own).unknown == "009"
    told = look(asked=Asked(station="八号站"))
    assert (told.unknown, told.days) == ("八号站", ())


def test_the_page_of_the_past_and_of_a_last_day_alone():
    told = look(asked=Asked(last=D(2025, 12, 31)))
    assert (told.first, told.last) == (D(2025, 9, 30), D(2025, 12, 31))
    told = look(asked=Asked(first=D(2026, 9, 1), last=D(2026, 9, 30)))
    assert [r.on for r in told.days] == [D(2026, 9, 15)]
    told = look(asked=Asked(last=D(2050, 1, 1)))
    assert (told.last - told.first).days == 1_100


def test_what_nobody_can_ask_of_the_page():
    for first, last, said in (
        (D(2026, 3, 2), D(2026, 3, 1), "lies before the first"),
        (D(2026, 3, 2), D(2036, 3, 1), "longer than"),
        (D(2100, 1, 1), None, "1900-01-01 to 2099-12-31"),
        (None, D(1899, 1, 1), "1900-01-01 to 2099-12-31"),
    ):
        with pytest.raises(Invalid, match=said):
            Asked(first=first, last=last)


# -- at work


@pytest.fixture
def county_of(county):
    """Make a county with a station 001, with what is due on a day."""

    def make(**settings):
        catalogue = Catalogue.collect({"fixed_day_reception": plugin})
        b = county({"fixed_day_reception": settings}, catalogue=catalogue, today=TODAY)
        settle(b, "001")
        return b

    return make


def listed(b, first, last, **narrowed):
    told = b.ask(days.days, OFFICE, first, last, **narrowed)
    assert told.failed == ()
    return [(d.on, d.place) for d in told.days]


def test_in_a_store_stations_open_close_and_deputies_change(county_of):
    b = county_of()
    place(b, "002", since=D(2026, 4, 16))
    bind(b, "wang", "002", since=D(2026, 4, 16), until=D(2026, 6, 1))
    place(b, "003", until=D(2026, 4, 15))
    assert listed(b, D(2026, 3, 1), D(2026, 6, 30)) == [
        *((D(2026, 3, 16), uid(code)) for code in sorted(("001", "003"), key=uid)),
        (D(2026, 4, 15), uid("001")),
        *((D(2026, 5, 15), uid(code)) for code in sorted(("001", "002"), key=uid)),
        *((D(2026, 6, 15), uid(code)) for code in sorted(("001", "002"), key=uid)),
    ]
    assert listed(b, D(2026, 3, 1), D(2026, 6, 30), place=uid("003")) == [(D(2026, 3, 16), uid("003"))]
    told = b.ask(days.days, OFFICE, D(2026, 5, 1), D(2026, 6, 30), place=uid("002")).days
    assert [(d.who, d.why) for d in told] == [((uid("wang"),), ""), ((), "缺岗：没有在任代表联系本站")]


def test_in_a_store_who_is_suspended_does_not_receive(county_of):
    b = county_of()
    for event in (
        MandateEvent(
            kind="suspend", on=D(2026, 4, 1), legal_act="公告 1 号", by_body="standing_committee", reason="detained"
        ),
        MandateEvent(kind="resume", on=D(2026, 5, 15), legal_act="公告 2 号", by_body="standing_committee"),
    ):
        b.do(mandates.happen, OFFICE, uid("mandate wang"), event)
    told = b.ask(days.days, OFFICE, D(2026, 3, 1), D(2026, 5, 31)).days
    assert [set(d.who) for d in told] == [{uid("wang"), uid("li")}, {uid("li")}, {uid("wang"), uid("li")}]


def test_in_a_store_notice_is_told_to_its_deputies_once(county_of):
    b = county_of()
    assert remind(b, D(2026, 3, 12)).sent == 0
    assert remind(b, D(2026, 3, 13)).sent == 2
    assert remind(b, D(2026, 3, 16)).sent == 0
    assert told(b, "wang", "li") == [(name, f"2026-03-16 {uid('001')}") for name in ("li", "wang")]


def test_in_a_store_the_page_shows_names_and_nothing_beyond_2099(county_of):
    b = county_of(days=[15], lunar=True)
    shown = b.page("reception_days", asked={"起": "2026-03-01", "止": "2026-04-30"})
    assert [(r.on, r.deputies) for r in shown.days] == [(D(2026, 3, 3), "li、wang"), (D(2026, 4, 2), "li、wang")]
    with pytest.raises(Invalid, match="lies before the first"):
        b.page("reception_days", asked={"first": "2026-03-02", "last": "2026-03-01"})
    told = b.ask(days.days, OFFICE, D(2100, 1, 1), D(2100, 2, 1))
    assert told.days == ()
    assert "fixed_day_reception.fixed_day" in told.failed[0]
