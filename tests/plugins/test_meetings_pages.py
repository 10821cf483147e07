"""What the pages say: persons, mandates and person-times apart, training and its coverage, and the list of duties."""

import datetime as dt
from itertools import cycle, islice

import attrs
import pytest
from tests.core.dutying import also
from tests.plugins.eventing import (
    CHAIR,
    CLERK,
    COUNTY,
    DAY,
    TODAY,
    TOWN,
    elect,
    invite,
    part,
    plan,
    roll,
    settled,
)
from tests.plugins.receiving import grouped, rows

from renda_core.domain.duty import Record
from renda_core.errors import ConfigError, Invalid, NotFound
from renda_core.services import duty
from renda_core.testing import context, uid
from renda_plugins import meetings_and_training
from renda_plugins.meetings_and_training.duty_list import AskedOfPerson, duty_list
from renda_plugins.meetings_and_training.fields import Event, Totals
from renda_plugins.meetings_and_training.settings import Duty, duties

D = dt.date
YEAR = {"first": "2026-01-01", "last": "2026-12-31"}


def shown(b, by="", **asked):
    return b.page("participation", CLERK, {**YEAR, "by": by, **asked})


def held(b, *present, on=DAY, role="attend", title="活动", **body):
    """An event of the past whose people all came, entered at once."""
    case = b.open("event", CLERK, Event(on=on, place="县", **body), title=title, on=on)
    invite(b, case, *present, role=role, on=on)
    return roll(b, case, *present, on=on)


def summed(b, on=DAY, form="law_inspection", congress="", **sums):
    """An event of the past of which only numbers are known."""
    case = b.open("event", CLERK, Event(on=on, form=form, congress=congress), title="汇总", on=on)
    return b.step(case, "sum_up", CLERK, payload=Totals(**sums), on=on)


@pytest.fixture
def year(county):
    """A session, two trainings, an inspection by sums, one cancelled and one that nobody recorded."""
    b = settled(county, "wang", "li", "chen", "zhou", today=TODAY)
    also(b, "wang", "town")
    grouped(b, "first", "wang", "li")
    session = plan(b, "wang", "li", "chen", "zhou", title="人代会", form="session", congress=COUNTY)
    b.step(session, "notice", CLERK)
    b.step(session, "ask_leave", b.actor("chen", "deputy"), payload={"why": "住院"})
    b.step(session, "approve_leave", CHAIR, payload={"person": uid("chen")})
    training = plan(b, "wang", "li", title="培训", form="training", on=D(2026, 4, 8), hours=60)
    lost = plan(b, "li", title="视察", form="inspection", on=D(2026, 4, 9))
    gone = plan(b, "li", title="调研", form="research", on=D(2026, 4, 10))
    b.step(gone, "cancel", CLERK, note="改期")
    b.today = DAY
    roll(b, session, "wang", on_leave=["chen"], absent=["zhou"], partly=[part("li", "2026-03-16 下午")], note="")
    b.today = D(2026, 4, 8)
    roll(b, training, "wang", absent=["li"])
    b.today = D(2026, 4, 20)
    b.cases = {"session": session, "training": training, "lost": lost, "gone": gone}
    return b


def test_the_year_as_a_whole(year):
    page = shown(year)
    (total,) = page.total
    assert (str(total.events), str(total.invited)) == ("2", "6")
    assert (total.persons, total.mandates, str(total.times)) == (2, 3, "3")
    assert str(total.attendance) == "50.00 % (3 / 6 登记出席的邀请人次)"
    assert (total.leave, total.leave_halves, total.absent) == (1, 2, 3)
    assert (total.hours, total.sums) == ("6.0", None)
    assert str(page.trained) == "25.00 % (1 / 4 在任代表)"
    assert page.lines == ()


def test_the_plan_beside_what_was_done_and_what_waits(year):
    page = shown(year)
    assert [(p.form, p.planned, p.done, p.cancelled, p.unrecorded, str(p.noticed)) for p in page.plan] == [
        ("人民代表大会会议", 1, 1, 0, 0, "100.00 % (1 / 1 应通知的活动)"),
        ("学习培训", 1, 1, 0, 0, "0.00 % (0 / 1 应通知的活动)"),
        ("视察", 1, 0, 0, 1, "0.00 % (0 / 1 应通知的活动)"),
        ("调研", 1, 0, 1, 0, "— (0 / 0 应通知的活动)"),
    ]
    assert [(p.on, p.title, p.why) for p in page.points] == [(D(2026, 4, 9), "视察（已计划）", "逾期未登记出席")]


def test_by_form_by_month_and_by_group(year):
    summed(year, person_times=300, events=11, approx=True)
    lines = {a.name: a for a in shown(year, "form").lines}
    assert list(lines) == ["出席人代会会议", "学习培训", "执法检查"]
    assert [(a.persons, a.mandates, str(a.times), str(a.events)) for a in lines.values()] == [
        (2, 2, "2", "1"),
        (1, 2, "1", "1"),
        (0, 0, "300余（约数）", "11余（约数）"),
    ]
    months = {a.name: (a.persons, str(a.times)) for a in shown(year, "month").lines}
    assert months == {"2026-03": (2, "302余（约数）"), "2026-04": (1, "1")}
    groups = {a.name: (a.persons, str(a.times), str(a.attendance)) for a in shown(year, "group").lines}
    assert groups == {
        "first小组": (2, "3", "75.00 % (3 / 4 登记出席的邀请人次)"),
        "（未编组）": (0, "0", "0.00 % (0 / 2 登记出席的邀请人次)"),
        "（汇总登记，未列名）": (0, "300余（约数）", "— (0 / 0 登记出席的邀请人次)"),
    }


def test_of_one_congress(year):
    elect(year, "towner", of="town")
    held(year, "towner", "wang", on=D(2026, 4, 15), form="group_activity")
    summed(year, person_times=20, congress=TOWN)
    (town,) = shown(year, congress="示例镇人民代表大会").total
    assert (town.persons, town.mandates, str(town.times), str(town.invited)) == (2, 3, "23", "3")
    (county,) = shown(year, congress=COUNTY).total
    assert (county.persons, str(county.times), str(county.sums)) == (2, "4", "None")
    assert str(shown(year, congress="示例镇人民代表大会").trained) == "50.00 % (1 / 2 在任代表)"
    with pytest.raises(
        Invalid, match="no congress '无此会' stands on 2026-04-20; there are: 示例县人民代表大会、示例镇"
    ):
        shown(year, congress="无此会")


def test_what_was_entered_by_hand_counts_and_what_was_refused_does_not(year):
    told = Record(person=uid("zhou"), kind="training", on=D(2026, 4, 1), source="结业证 7", facts={"hours": 35})
    entered = year.do(duty.enter, CLERK, told)
    page = shown(year)
    assert (str(page.trained), page.total[0].hours, page.total[0].persons) == (
        "50.00 % (2 / 4 在任代表)",
        "9.5",
        3,
    )
    year.do(duty.mark, year.actor("second", "office"), duty.Marking(id=entered.id, do="refuse", why="证书不符"))
    assert str(shown(year).trained) == "25.00 % (1 / 4 在任代表)"


def test_xiannings_216_and_300_person_times_beside_the_fewer_persons(county):
    """咸宁 (article 003): 216 人次 sat in, 300 人次 took part in 11 inspections of laws."""
    names = [f"代表{n}" for n in range(80)]
    b = settled(county, *names, today=D(2026, 12, 30))
    turns = cycle(names)
    for n in range(24):
        sitting = {"form": "committee_meeting", "congress": COUNTY, "role": "sit_in"}
        held(b, *islice(turns, 9), on=D(2026, 1, 8) + dt.timedelta(14 * n), **sitting)
    for n, size in enumerate([28] * 3 + [27] * 8):
        held(b, *islice(turns, size), on=D(2026, 2, 1) + dt.timedelta(30 * n), form="law_inspection")
    lines = {a.name: a for a in shown(b, "form").lines}
    sat, inspected = lines["列席会议"], lines["执法检查"]
    assert (str(sat.times), sat.persons, sat.mandates, str(sat.events)) == ("216", 80, 80, "24")
    assert (str(inspected.times), inspected.persons, str(inspected.events)) == ("300", 80, "11")
    assert str(sat.invited) == "216"
    assert str(shown(b).total[0].times) == "516"


def test_the_same_figures_of_a_register_that_names_nobody(county):
    b = settled(county, "wang", today=D(2026, 12, 30))
    summed(b, form="committee_meeting", congress=COUNTY, events=20, sitting_in=216, persons=80, invited=216)
    summed(b, on=D(2026, 5, 5), events=11, person_times=300)
    lines = {a.name: (str(a.times), a.persons, str(a.events), str(a.sums)) for a in shown(b, "form").lines}
    assert lines == {"列席会议": ("216", 0, "20", "216"), "执法检查": ("300", 0, "11", "300")}
    (total,) = shown(b).total
    assert (total.persons, str(total.sums_persons)) == (0, "80")
    both = summed(b, on=D(2026, 6, 6), form="committee_meeting", congress=COUNTY, person_times=27, sitting_in=9)
    lines = {a.name: (str(a.times), str(a.events)) for a in shown(b, "form").lines}
    assert lines["出席常委会会议"] == ("27", "1")
    (total,) = shown(b).total
    assert (str(total.times), str(total.events)) == ("552", "32")
    b.step(both, "correct_totals", CLERK, payload=Totals(person_times=28, sitting_in=9), note="漏登")
    assert str(shown(b).total[0].times) == "553"


def test_who_waits_for_a_session(county):
    b = settled(county, "wang", "li")
    rows(b, ("session", "s5", {"term": uid("county term"), "number": 5, "opens_on": D(2026, 3, 20)}))
    meeting = {"form": "session", "congress": COUNTY, "session": uid("s5")}
    case = plan(b, "wang", title="五次会议", **meeting)
    asked = {"why": "住院", "halves": [f"{DAY} 上午"]}
    b.step(case, "ask_leave", b.actor("wang", "deputy"), payload=asked)
    b.step(case, "reschedule", CLERK, payload={"on": "2026-03-18"}, note="推迟")
    assert [p.why for p in shown(b).points] == [
        "1 人请假未决定",
        "1 人所请半天已不在日程内",
        "名册上的会议改在 2026-03-20，请调整日程",
        "1 名在任代表尚未邀请",
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"first": "2026-03-02", "last": "2026-03-01"}, "the period ends on 2026-03-01, before it begins"),
        ({"first": "2020-01-01", "last": "2026-12-31"}, "ask for at most five years"),
        ({"first": "1900-01-01", "last": "1900-12-31"}, "from 1954 to 2099"),
        ({"by": "rank"}, "page participation"),
        ({"sort": "times"}, "page participation"),
    ],
)
def test_questions_that_make_no_sense(county, asked, said):
    with pytest.raises(Invalid, match=said):
        settled(county).page("participation", CLERK, asked)


def test_pages_are_for_the_offices(county):
    b = settled(county, "wang")
    for page in ("participation", "duty_list_done"):
        for who in (b.actor("wang", "deputy"), b.actor("head", unit="roads"), b.actor("keeper", "station")):
            with pytest.raises(NotFound):
                b.page(page, who, {})


LINES = (
    {"code": "training", "title": "学习培训", "kinds": ["training"], "times": 2},
    {"code": "field", "title": "视察和调研", "kinds": "inspection research", "times": 1, "source": "本县 2026 年清单"},
)


@pytest.fixture
def listed(county):
    """A county with a list of two duties, and what two of three deputies did of it."""
    b = settled(county, "wang", "li", "chen", today=D(2026, 12, 1), duties=LINES)
    held(b, "wang", "li", form="training")
    held(b, "wang", form="training", on=D(2026, 5, 6))
    held(b, "li", form="research", on=D(2026, 6, 6))
    held(b, "chen", form="training", on=D(2025, 6, 6))
    own = Record(person=uid("li"), kind="training", on=D(2026, 7, 7), source="网课", state="entered")
    b.do(duty.enter, b.actor("li", "deputy"), own)
    return b


def test_the_list_of_one_deputy(listed):
    page = listed.page("duty_list", CLERK, {"person": uid("li"), "year": 2026})
    assert (page.name, page.year) == ("li", 2026)
    assert [(t.code, t.wanted, t.done, t.waiting, t.rest, t.fulfilled) for t in page.tasks] == [
        ("training", 2, 1, 1, 1, False),
        ("field", 1, 1, 0, 0, True),
    ]


def test_a_deputy_finds_the_own_list_alone(listed):
    wang = listed.actor("wang", "deputy")
    assert [t.done for t in listed.page("duty_list", wang, {}).tasks] == [2, 0]
    for who in (wang, listed.actor("keeper", "station"), listed.actor("head", unit="roads")):
        with pytest.raises(NotFound):
            listed.page("duty_list", who, {"person": uid("li")})


def test_how_many_have_done_each_duty_in_the_lists_order_and_nobody_is_named(listed):
    page = listed.page("duty_list_done", CLERK, {})
    assert [(a.code, str(a.fulfilled), a.begun) for a in page.lines] == [
        ("training", "33.33 % (1 / 3 在任代表)", 2),
        ("field", "33.33 % (1 / 3 在任代表)", 1),
    ]
    assert not any(uid(name) in str(page) for name in ("wang", "li", "chen"))
    before = listed.page("duty_list_done", CLERK, {"year": "2025", "congress": "示例县人民代表大会"})
    assert [a.begun for a in before.lines] == [1, 0]
    for year in (1949, 2100, -1):
        with pytest.raises(Invalid, match="year is one from 1954 to 2026"):
            listed.page("duty_list_done", CLERK, {"year": year})


async def _view(desk, **settings):
    told = context(meetings_and_training, today=D(2026, 7, 1), **settings)
    return await duty_list(told, desk, AskedOfPerson())


def test_the_list_asks_of_nobody_else():
    """The desk of one person is asked for that person's year and name, and for nothing more."""
    import asyncio

    @attrs.define
    class Desk:
        person: str = "p"
        own: bool = True

        async def records(self, first, last, *, congress=""):
            assert (first, last, congress) == (D(2026, 1, 1), D(2026, 12, 31), "")
            told = {"person": "p", "on": D(2026, 2, 2), "kind": "suggestion"}
            return tuple(Record(**told, source=str(n), state=s) for n, s in enumerate(("confirmed", "refused")))

        async def names(self, ids):
            return dict.fromkeys(ids, "王某")

    page = asyncio.run(_view(Desk()))
    assert page.name == "王某"
    assert [(t.code, t.done, t.wanted) for t in page.tasks] == [
        ("session", 0, 1),
        ("activity", 0, 4),
        ("training", 0, 1),
        ("voters", 0, 2),
        ("suggestion", 1, 1),
        ("report", 0, 1),
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            [{"code": "a", "title": "甲", "kinds": ["x"]}, {"code": "a", "title": "乙", "kinds": ["y"]}],
            "a is given twice",
        ),
        ([{"code": "a", "title": "甲"}], "code, title and kinds must be given"),
        ([{"code": "a", "title": "甲", "kinds": ["x"], "rank": 1}], "a line has code, kinds, source, times, title"),
        ([{"code": "甲", "title": "甲", "kinds": ["x"]}], "code"),
        ([{"code": "a", "title": " ", "kinds": ["x"]}], "write some text"),
        ([{"code": "a", "title": "甲", "kinds": []}], "name at least one kind"),
        ([{"code": "a", "title": "甲", "kinds": ["x"], "times": 0}], "times is from 1 to 1000 a year, not 0"),
        ([{"code": "a", "title": "甲", "kinds": ["x"], "times": True}], "times is from 1 to 1000"),
        ([{"code": f"a{n}", "title": "甲", "kinds": ["x"]} for n in range(51)], "51 lines; a list has at most 50"),
        ("session", "write a list of tables"),
        ([3], "a line has"),
    ],
)
def test_lists_of_duties_that_make_no_sense(lines, said):
    with pytest.raises(ValueError, match=said):
        duties(lines)


def test_a_wrong_list_in_a_countys_file_is_refused_at_start(county):
    assert duties(duties(LINES)) == duties(LINES)
    assert duties(LINES)[1] == Duty(**{**LINES[1], "kinds": ("inspection", "research")})
    with pytest.raises(ConfigError, match="times is from 1 to 1000"):
        settled(county, duties=[{"code": "a", "title": "甲", "kinds": ["x"], "times": 0}])
