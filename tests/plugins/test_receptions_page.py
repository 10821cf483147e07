"""What the report on receptions says: of a period, whole and by groups, with what still waits; and fixed voters."""

import datetime as dt

import attrs
import pytest
from tests.plugins.receiving import CLERK, DAY, KEEPER, S1, S2, TODAY, look, plan, rows, settled, tied

from renda_core.domain.calendar import Day
from renda_core.domain.figures import Figure
from renda_core.errors import Invalid, NotFound
from renda_core.testing import uid
from renda_plugins.reception.opinion import Opinion, Voice
from renda_plugins.reception.receptions_fields import Absence, Closing, Held, HostChange, Totals, Visit
from renda_plugins.reception.receptions_register import hosts

D = dt.date
YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
SICK = Absence(deputy=uid("li"), why="住院")


def shown(b, **asked):
    return b.page("receptions", CLERK, asked)


def opened(b, case, visit=1):
    said = Opinion(text="楼道灯不亮", reception=case.id, visit=visit, station=S1)
    return b.open("opinion", KEEPER, said, title="楼道灯")


@pytest.fixture
def year(county):
    """Two receptions held, one moved, one announced late, one nobody recorded, one by sums."""
    b = settled(county)
    first = b.step(plan(b, "wang", "li"), "notice", KEEPER)
    old = plan(b, "chen", on=D(2026, 3, 17))
    b.step(old, "cancel", CLERK, note="暴雪")
    moved = plan(b, "chen", on=D(2026, 3, 18), station=S2, instead_of=old.id, form="rota")
    lost = plan(b, "zhou", on=D(2026, 3, 19), station="", place="某厂", form="plate")
    b.today = DAY
    b.run(
        first,
        ("receive", KEEPER, {"payload": Visit(voter="蔡湖", people=3, matters=2, answered=1, solved=1)}),
        ("receive", KEEPER, {"payload": Visit(matters=1)}),
        ("hold", KEEPER, {"payload": Held(present=(uid("wang"),), absent=(SICK,))}),
    )
    b.step(moved, "notice", KEEPER, note="改期")
    b.today = D(2026, 3, 18)
    b.step(moved, "hold", KEEPER, payload=Held(present=(uid("chen"),)))
    b.step(moved, "sum_up", KEEPER, payload=Totals(people=120, opinions=40, approx=True))
    opened(b, first)
    b.today = D(2026, 4, 1)
    b.cases = {"first": first, "moved": moved, "lost": lost}
    return b


def test_the_period_as_a_whole(year):
    page = shown(year, **YEAR)
    (total,) = page.total
    assert (total.planned, total.held, total.cancelled, total.moved, total.unrecorded) == (4, 2, 1, 1, 1)
    assert str(total.noticed) == "50.00 % (1 / 2 应公告的接待)"
    assert (total.deputies, total.deputy_times, total.absent, total.sums) == (2, 2, 1, 1)
    assert [str(f) for f in (total.people, total.opinions)] == ["124余（约数）", "41余（约数）"]
    assert total.visits == Figure(2, approx=True)
    assert (str(total.answered), str(total.solved)) == ("1余（约数）", "1余（约数）")
    assert str(page.deputies) == "50.00 % (2 / 4 在任代表)"


def test_by_station_every_open_one_has_its_line(year):
    rows(year, ("station", "s3", {"name": "三村家", "kind": "home", "code": "s3", "congress": uid("county")}))
    page = shown(year, **YEAR, by="station")
    assert [(a.name, a.planned, a.held, str(a.people)) for a in page.lines] == [
        ("s1村站", 2, 1, "4"),
        ("s2村站", 1, 1, "120余（约数）"),
        ("三村家", 0, 0, "None"),
        ("（无站点）", 1, 0, "None"),
    ]
    assert [(a.sort, a.open, str(a.received)) for a in page.places] == [
        ("代表之家", 1, "0.00 % (0 / 1 开放的代表之家)"),
        ("代表联络站", 2, "100.00 % (2 / 2 开放的代表联络站)"),
        ("合计", 3, "66.67 % (2 / 3 开放的家站)"),
    ]


def test_a_station_that_closed_meanwhile_keeps_its_name(county):
    b = settled(county)
    gone = {"name": "旧村站", "kind": "station", "code": "s0", "congress": uid("county"), "valid_to": D(2026, 6, 1)}
    rows(b, ("station", "s0", gone))
    b.today = DAY
    plan(b, "wang", station=uid("s0"), form="visit")
    b.today = D(2026, 7, 1)
    assert [(a.name, a.planned) for a in shown(b, by="station").lines] == [("s1村站", 0), ("s2村站", 0), ("旧村站", 1)]


def test_by_deputy_who_did_not_come_received_nobody(year):
    lines = {a.name: a for a in shown(year, **YEAR, by="deputy").lines}
    assert {n: (a.planned, a.held, a.absent, a.deputies, a.deputy_times) for n, a in lines.items()} == {
        "wang": (1, 1, 0, 1, 1),
        "li": (1, 0, 1, 0, 0),
        "chen": (2, 1, 0, 1, 1),
        "zhou": (1, 0, 0, 0, 0),
    }
    assert (lines["wang"].people, lines["li"].people) == (Figure(4), None)


def test_by_form_and_by_month(year):
    forms = {a.name: a.planned for a in shown(year, **YEAR, by="form").lines}
    assert forms == {"固定接待日": 2, "轮流坐班": 1, "挂牌履职": 1}
    assert [(a.name, a.planned) for a in shown(year, **YEAR, by="month").lines] == [("2026-03", 4)]
    assert shown(year, **YEAR).lines == ()


def test_only_the_days_asked_for(year):
    assert shown(year, first="2026-03-18", last="2026-03-18").total[0].planned == 1
    assert shown(year, first="2026-03-17").total[0].planned == 3
    assert shown(year, last="2026-03-15").total[0].planned == 0
    assert (shown(year).first, shown(year).last) == (D(2026, 1, 1), D(2026, 12, 31))
    with pytest.raises(Invalid, match="the period ends on 2026-01-01, before it begins on 2026-02-01"):
        shown(year, first="2026-02-01", last="2026-01-01")
    for first, last in (("0001-01-01", "0001-01-02"), ("2020-01-01", "2026-01-01"), ("9999-12-30", "9999-12-31")):
        with pytest.raises(Invalid, match="ask for at most three years, from 1900 to 2099"):
            shown(year, first=first, last=last)
    with pytest.raises(Invalid, match="by"):
        shown(year, by="voter")


def test_what_waits_for_somebody(year):
    points = {p.on: (p.title, p.why) for p in shown(year, **YEAR).points}
    assert points == {DAY: ("接待日", "1 个问题未登记为意见"), D(2026, 3, 19): ("接待日", "逾期未登记是否接待")}
    older = year.open("opinion", KEEPER, Opinion(text="楼道灯不亮", station=S1), title="楼道灯")
    assert len(shown(year, **YEAR).points) == 2
    year.step(older, "voice", KEEPER, payload=Voice(reception=year.cases["first"].id, visit=2))
    assert [p.on for p in shown(year, **YEAR).points] == [D(2026, 3, 19)]
    year.step(year.cases["first"], "close", KEEPER, payload=Closing(opinions=2))
    assert shown(year, **YEAR).total[0].opinions == Figure(42, approx=True)


def test_who_closes_and_claims_opinions_that_nobody_entered_is_shown(year):
    year.step(year.cases["first"], "close", KEEPER, payload=Closing(opinions=9))
    assert (DAY, "1 个问题未登记为意见") in [(p.on, p.why) for p in shown(year, **YEAR).points]


def test_vacant_days_and_days_that_no_rule_sets_any_more(county):
    day = Day(on=D(2026, 3, 9), label="坐班", who=(uid("first"),), place=S1, begins="09:00", ends="11:00")
    vacant = attrs.evolve(day, on=D(2026, 3, 10), who=(), why="缺岗")
    b = settled(county, day, vacant)
    plan(b, "chen", on=D(2026, 3, 11), form="rota", rule="rota_test")
    look(b)
    page = shown(b)
    assert (page.vacant, page.total[0].planned) == (1, 2)
    assert [(p.on.day, p.title, p.why) for p in page.points] == [
        (10, "s1村站轮流坐班", "缺岗"),
        (11, "接待日", "日程规则已不设此日，请取消"),
    ]
    plan(b, "zhou", on=D(2026, 3, 10))
    assert shown(b).vacant == 0


def test_who_was_swapped_after_the_reception_was_opened_is_shown(county):
    day = Day(on=D(2026, 3, 9), label="坐班", who=(uid("wang"),), place=S1, begins="09:00", ends="11:00")
    rule = [day]
    b = settled(county, rule)
    (case,) = look(b)
    assert shown(b).points == ()
    rule[0] = attrs.evolve(day, who=(uid("chen"),))
    assert [p.why for p in shown(b).points] == ["接待代表与日程规则不一致，请核对"]
    leaves = HostChange(leaves=uid("wang"))
    b.step(case, "change_host", CLERK, payload=leaves, parties={"host": (uid("chen"),)}, note="换班")
    assert shown(b).points == ()


def test_a_host_who_receives_elsewhere_is_left_out_and_shown(county):
    first, second = sorted((S1, S2))
    day = Day(on=D(2026, 3, 9), label="坐班", who=(uid("wang"),), place=first, begins="09:00", ends="11:00")
    b = settled(county, day, attrs.evolve(day, place=second, who=(uid("wang"), uid("chen"))))
    assert {c.body.station: hosts(c) for c in look(b)} == {first: (uid("wang"),), second: (uid("chen"),)}
    assert [p.why for p in shown(b).points] == ["接待代表与日程规则不一致，请核对"]


def test_hosts_who_changed_are_counted_as_they_came(county):
    b = settled(county)
    case = plan(b, "wang", form="visit")
    b.step(case, "change_host", CLERK, payload=HostChange(leaves=uid("wang")), parties={"host": (uid("li"),)}, note="x")
    b.today = DAY
    b.step(case, "hold", KEEPER, payload=Held(present=(uid("li"),)))
    assert [(a.name, a.held) for a in shown(b, by="deputy").lines] == [("li", 1)]


def test_the_report_is_for_office_station_and_overseer(year):
    for role in ("office", "station", "overseer"):
        assert year.page("receptions", year.actor("x", role)).total
    for role in ("deputy", "public", "government"):
        with pytest.raises(NotFound):
            year.page("receptions", year.actor("x", role))


def test_a_voters_name_is_nowhere_in_the_report(year):
    assert all("蔡湖" not in str(shown(year, **YEAR, by=by)) for by in ("", "station", "deputy", "form", "month"))


def voters(b, **asked):
    return b.page("fixed_voters", CLERK, asked)


def test_fixed_voters_and_who_lacks_how_many(county):
    b = settled(county)
    tied(b, "contact", *(("wang", f"voter {n}") for n in range(10)), *(("li", f"voter {n}") for n in range(4)))
    tied(b, "contact", ("former", "voter 1"))
    page = voters(b)
    assert str(page.enough) == "25.00 % (1 / 4 在任代表)"
    assert (page.wanted, page.contacts, page.voters) == (10, 14, 10)
    assert [(a.name, a.voters, a.lacks) for a in page.lacking] == [("chen", 0, 10), ("zhou", 0, 10), ("li", 4, 6)]
    assert voters(b, congress=uid("town")).enough.shown == "—"
    rows(b, ("link", "later", {"kind": "contact", "from_id": uid("li"), "to_id": uid("x"), "valid_from": TODAY}))
    assert (voters(b).contacts, voters(b, on="2026-03-01").contacts) == (15, 14)


def test_a_place_with_five_fixed_voters(county):
    b = settled(county, fixed_voters=5)
    tied(b, "contact", *(("wang", f"voter {n}") for n in range(5)), ("wang", "voter 0 again"))
    assert (voters(b).enough.hits, voters(b).wanted) == (1, 5)
    with pytest.raises(NotFound):
        b.page("fixed_voters", b.actor("wang", "deputy"))
