"""One reception of voters from its plan to its end: notice, register, who came, sums, and what is refused."""

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.case import Actor
from renda_core.domain.figures import Figure
from renda_core.domain.sealed import Sealed
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.testing import act
from renda_core.testing import case as made
from renda_plugins.reception import receptions
from renda_plugins.reception import receptions_guards as guards
from renda_plugins.reception.receptions_fields import (
    Absence,
    Closing,
    Held,
    HostChange,
    Reception,
    Struck,
    Totals,
    Visit,
)
from renda_plugins.reception.receptions_register import hosts, numbered, register, together, unanswered

D = dt.date
OFFICE = Actor(id="clerk", roles={"office"})
STATION = Actor(id="he", roles={"station"})
WANG, LI, CHEN = (Actor(id=name, roles={"deputy"}) for name in ("wang", "li", "chen"))
TODAY, DAY = D(2026, 3, 2), D(2026, 3, 16)
PLAN = Reception(on=DAY, station="s1", begins="09:00", ends="11:00", form="fixed_day")
CAME = {"payload": Held(present=("wang", "li"))}


@pytest.fixture
def county(place):
    def make(today=TODAY, **settings):
        p = place("reception", reception=settings)
        p.today = today
        return p

    return make


def planned(p, by=STATION, who=("wang", "li"), **body):
    return p.open("reception", by, attrs.evolve(PLAN, **body), parties={"host": who})


def noticed(p, **body):
    return p.do(planned(p, **body), "notice", STATION)


def on_the_day(p, **body):
    case = noticed(p, **body)
    p.today = DAY
    return case


def visited(p, case, by=STATION, **said):
    return p.do(case, "receive", by, payload=Visit(**said))


def test_from_plan_to_archive(county):
    p = county()
    case = on_the_day(p)
    case = visited(p, case, voter="蔡湖", phone="19900000000", people=3, matters=2, answered=1, text="楼道灯")
    case = visited(p, case, by=WANG, matters=1, answered=1, solved=1)
    assert [(n, v.people) for n, v in register(case).items()] == [(1, 3), (2, 1)]
    case = p.do(case, "hold", STATION, **CAME)
    case = p.do(case, "close", STATION, payload=Closing(opinions=1))
    assert case.states["main"] == "closed"
    assert {c.name: c.state for c in case.clocks} == {"notice": "stopped", "record": "stopped", "close": "stopped"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"begins": "11:00", "ends": "09:00"}, "it ends at 09:00, not after 11:00"),
        ({"begins": "09:00", "ends": "09:00"}, "not after 09:00"),
        ({"begins": "25:00"}, "begins: '25:00' is no time of day; write it as 09:00"),
        ({"begins": "九点"}, "is no time of day"),
        ({"ends": "24:00"}, "is no time of day"),
        ({"ends": ""}, "ends: say when it begins and when it ends, or neither"),
        ({"begins": ""}, "begins: say when it begins"),
    ],
)
def test_times_that_make_no_sense(body, told):
    with pytest.raises(Invalid, match=told):
        attrs.evolve(PLAN, **body)


def test_times_as_tired_people_type_them():
    body = attrs.evolve(PLAN, begins=" 9:00 ", ends="１１：３０")
    assert (body.begins, body.ends) == ("09:00", "11:30")


@pytest.mark.rule("plan.past", "plan.nowhere")
def test_what_is_no_plan(county):
    p = county(today=D(2026, 3, 17))
    with pytest.raises(Rejected, match="2026-03-16 is past; enter it for the day on which it was planned"):
        planned(p)
    with pytest.raises(Rejected, match="more than 400 days ahead; look at the year"):
        planned(p, on=D(2062, 3, 20))
    with pytest.raises(Rejected, match="at which station"):
        planned(p, on=D(2026, 3, 17), station="", place=" ")
    assert planned(p, on=D(2026, 3, 17), station="", place="某厂", form="plate").states.get("main") is None


def test_a_deputy_plans_what_the_deputy_hosts_and_nothing_else(county):
    p = county()
    assert hosts(planned(p, by=WANG, who=("wang",), form="visit")) == ("wang",)
    with pytest.raises(Rejected, match="chen may not plan"):
        planned(p, by=CHEN)
    with pytest.raises(Rejected, match="may not plan"):
        planned(p, by=CHEN, who=())


@pytest.mark.rule("notice")
def test_notice_is_due_three_days_before_and_counted_back_from_the_day(county):
    p = county()
    clock = planned(p).clock("notice")
    assert clock.due(p.calendar) == D(2026, 3, 13)
    assert clock.late(p.calendar, D(2026, 3, 13)) == 0
    assert clock.late(p.calendar, D(2026, 3, 14)) == 1
    assert planned(p, form="visit").clock("notice") is None
    assert planned(county(notice_days=0)).clock("notice") is None


@pytest.mark.rule("notice.late")
def test_a_notice_is_late_with_its_reason_or_refused(county):
    p = county()
    case = planned(p)
    p.today = D(2026, 3, 13)
    assert p.do(case, "notice", STATION).clock("notice").late(p.calendar, p.today) == 0
    p.today = D(2026, 3, 14)
    with pytest.raises(Rejected, match=r"notice was due by 2026-03-13 \(3 days before\); give the reason"):
        p.do(case, "notice", STATION)
    late = p.do(case, "notice", STATION, note="停电")
    assert (late.states["main"], late.clock("notice").late(p.calendar, DAY)) == ("noticed", 1)
    p.today = D(2026, 3, 17)
    with pytest.raises(Rejected, match="there is nothing left to announce"):
        p.do(case, "notice", STATION, note="忘了")


@pytest.mark.rule("notice.vague")
def test_a_notice_tells_time_and_names(county):
    p = county()
    with pytest.raises(Rejected) as told:
        p.do(planned(p, who=(), begins="", ends=""), "notice", STATION)
    assert len(told.value.objections) == 2
    case = p.do(planned(p, who=()), "change_host", OFFICE, payload=HostChange(), parties={"host": ("wang",)}, note="定")
    assert p.do(case, "notice", STATION).states["main"] == "noticed"


@pytest.mark.rule("change_host.hosts")
def test_a_host_makes_room_for_another_and_may_come_back(county):
    p = county()
    case = noticed(p)

    def changed(case, leaves="", *new):
        said = {"payload": HostChange(leaves=leaves), "note": "生病", "parties": {"host": new} if new else {}}
        return p.do(case, "change_host", OFFICE, **said)

    other = changed(case, "li", "chen")
    assert hosts(other) == ("wang", "chen")
    assert hosts(changed(other, "chen", "li")) == ("wang", "li")
    assert hosts(changed(changed(changed(other, "", "li"), "li"), "wang")) == ("chen",)
    for leaves, new, told in (
        ("chen", (), "chen is no host of this reception"),
        ("", ("li",), "li is a host already"),
        ("", (), "name who leaves, or the new host"),
    ):
        with pytest.raises(Rejected, match=told):
            changed(case, leaves, *new)
    with pytest.raises(Rejected, match="reasons must be given"):
        p.do(case, "change_host", OFFICE, payload=HostChange(leaves="li"))


def test_a_deputy_adds_nobody_to_anothers_reception(county):
    p = county()
    case = noticed(p)
    with pytest.raises(Rejected, match="chen may not change_host"):
        p.do(case, "change_host", CHEN, payload=HostChange(), parties={"host": ("chen",)}, note="me too")
    p.today = DAY
    with pytest.raises(Rejected, match="receive adds no parties: host"):
        p.do(case, "receive", WANG, payload=Visit(), parties={"host": ("chen",)})
    with pytest.raises(Rejected, match="chen may not receive"):
        visited(p, case, by=CHEN)
    with pytest.raises(Rejected, match="wang may not hold"):
        p.do(case, "hold", WANG, **CAME)


@pytest.mark.rule("receive.host")
def test_who_made_room_takes_no_more_visits(county):
    p = county()
    case = p.do(noticed(p), "change_host", OFFICE, payload=HostChange(leaves="li"), note="生病")
    p.today = DAY
    with pytest.raises(Rejected, match="no host of this reception any more"):
        visited(p, case, by=LI)
    assert register(visited(p, case, by=WANG))


@pytest.mark.rule("receive.day", "enter_visit.day")
def test_visits_are_registered_on_the_day_and_later_from_paper(county):
    p = county()
    case = noticed(p)
    with pytest.raises(Rejected, match="the reception is on 2026-03-16"):
        visited(p, case)
    with pytest.raises(Rejected, match="nothing can be recorded of it before"):
        p.do(case, "enter_visit", OFFICE, payload=Visit())
    p.today = D(2026, 3, 20)
    with pytest.raises(Rejected, match="the office enters later, with enter_visit"):
        visited(p, case)
    with pytest.raises(Rejected, match="he may not enter_visit"):
        p.do(case, "enter_visit", STATION, payload=Visit())
    assert register(p.do(case, "enter_visit", OFFICE, payload=Visit(people=2)))[1].people == 2


@pytest.mark.rule("receive.number", "enter_visit.number")
def test_no_number_of_the_register_is_given_twice(county):
    p = county()
    case = visited(p, visited(p, on_the_day(p)), n=7)
    assert list(register(visited(p, case))) == [1, 7, 8]
    for step, by in (("receive", STATION), ("enter_visit", OFFICE)):
        with pytest.raises(Rejected, match="visit 7 is in the register already"):
            p.do(case, step, by, payload=Visit(n=7))
    last = visited(p, case, n=10_000)
    with pytest.raises(Rejected, match="end at 10000"):  # nobody could correct or strike out 10001
        visited(p, last)
    assert list(register(visited(p, last, n=2))) == [1, 2, 7, 10_000]


@pytest.mark.rule("correct_visit.number", "strike_visit.number")
def test_a_visit_is_corrected_or_struck_out_and_its_number_never_given_again(county):
    p = county()
    case = visited(p, visited(p, on_the_day(p), people=30), text="重复")
    case = p.do(case, "correct_visit", STATION, payload=Visit(n=1, people=3), note="多写一个零")
    case = p.do(case, "strike_visit", STATION, payload=Struck(n=2), note="重复登记")
    assert {n: v.people for n, v in register(case).items()} == {1: 3}
    assert numbered(case)[2] is None
    assert list(register(visited(p, case))) == [1, 3]
    for step, said in (("correct_visit", Visit(n=2)), ("strike_visit", Struck(n=2)), ("correct_visit", Visit())):
        with pytest.raises(Rejected, match=rf"there is no visit {said.n} in the register; there are 1"):
            p.do(case, step, STATION, payload=said, note="x")
    with pytest.raises(Rejected, match="visit 2 is in the register already"):
        visited(p, case, n=2)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"people": 0}, "people: 0 is no whole number from 1 to 10000"),
        ({"people": 19900000000}, "people: 19900000000 is no whole number"),
        ({"people": True}, "people: True is no whole number"),
        ({"matters": -1}, "matters: -1"),
        ({"n": -1}, "n: -1"),
        ({"matters": 1, "answered": 2}, "answered: 2 of 1 matters"),
        ({"matters": 0, "solved": 1}, "solved: 1 of 0 matters"),
    ],
)
def test_visits_that_make_no_sense(said, told):
    with pytest.raises(Invalid, match=told):
        Visit(**said)


@pytest.mark.rule("hold.day", "hold.hosts")
def test_it_is_said_of_every_host_whether_they_came(county):
    p = county()
    case = noticed(p)
    with pytest.raises(Rejected, match="nothing can be recorded of it before"):
        p.do(case, "hold", STATION, **CAME)
    p.today = DAY
    sick = Absence(deputy="li", why="住院")
    for said, told in (
        (Held(present=("wang",)), "say of li whether they came"),
        (Held(present=("wang", "wang", "li")), "wang is named twice"),
        (Held(present=("wang", "li", "chen")), "chen is no host of this reception; name them before"),
        (Held(present=("wang", "li"), absent=(sick,)), "li is named twice"),
        (Held(absent=(sick, Absence(deputy="wang", why="出差"))), "no host came: cancel it with the reason"),
    ):
        with pytest.raises(Rejected, match=told):
            p.do(case, "hold", STATION, payload=said)
    case = p.do(case, "hold", STATION, payload=Held(present=("wang",), absent=(sick,)))
    made = list(receptions.duty_records(p.contexts("reception"), case, case.acts[-1]))
    assert [(r.person, r.kind, r.on, r.quantity) for r in made] == [("wang", "reception", DAY, 1)]
    with pytest.raises(Invalid, match="why: say something"):
        Absence(deputy="li", why=" ")


@pytest.mark.rule("hold.noticed")
def test_what_was_never_announced_is_held_with_the_reason_alone(county):
    p = county()
    case = planned(p)
    p.today = DAY
    with pytest.raises(Rejected, match="no notice was given of it"):
        p.do(case, "hold", STATION, **CAME)
    assert p.do(case, "hold", STATION, **CAME, note="临时安排").clock("notice").late(p.calendar, DAY) == 3
    p.today = TODAY
    case = planned(p, form="visit")
    p.today = DAY
    assert p.do(case, "hold", STATION, **CAME).states["main"] == "held"


def test_a_duty_record_tells_what_the_register_held(county):
    p = county()
    case = visited(p, visited(p, on_the_day(p), people=4), people=2)
    case = p.do(case, "hold", STATION, **CAME)
    made = list(receptions.duty_records(p.contexts("reception"), case, case.acts[-1]))
    assert [r.facts for r in made] == [{"visits": 2, "people": 6, "approx": 0}] * 2
    assert len({(r.source, r.person, r.kind) for r in made}) == 2


@pytest.mark.rule("sum_up.day", "sum_up.once", "correct_totals.sums", "sum_up.main", "correct_totals.main")
def test_sums_are_given_once_and_corrected_with_a_reason(county):
    p = county()
    sums = Totals(people=120, opinions=40, approx=True)
    with pytest.raises(Rejected, match="nothing can be recorded of it before"):
        p.do(noticed(p), "sum_up", STATION, payload=sums)
    case = on_the_day(p)
    with pytest.raises(Rejected, match="its register holds 1 visits, and they are the sums"):
        p.do(visited(p, case), "sum_up", STATION, payload=sums)
    case = p.do(case, "hold", STATION, **CAME)
    with pytest.raises(Rejected, match="no sums to correct"):
        p.do(case, "correct_totals", OFFICE, payload=sums, note="x")
    case = p.do(case, "sum_up", STATION, payload=sums)
    with pytest.raises(Rejected, match="summed up already; correct_totals corrects the sums"):
        p.do(case, "sum_up", STATION, payload=sums)
    for step, by in (("receive", STATION), ("enter_visit", OFFICE)):
        with pytest.raises(Rejected, match="this register is summed up"):
            p.do(case, step, by, payload=Visit())
    case = p.do(case, "close", STATION, payload=Closing())
    with pytest.raises(Rejected, match="reasons must be given"):
        p.do(case, "correct_totals", OFFICE, payload=sums)
    case = p.do(case, "correct_totals", OFFICE, payload=Totals(people=130), note="漏计")
    assert [t.people for _, t in case.said(Totals)] == [120, 130]
    with pytest.raises(Invalid, match="give at least one of the sums"):
        Totals(approx=True)


@pytest.mark.rule("close.matters", "close")
def test_nothing_is_closed_while_a_matter_is_lost(county):
    p = county()
    case = visited(p, visited(p, on_the_day(p), matters=2, answered=1), matters=1)
    case = p.do(visited(p, case, matters=1, answered=1), "hold", STATION, **CAME)
    assert (unanswered(case), case.clock("close").due(p.calendar)) == (2, D(2026, 3, 26))
    for told in (0, 1):
        with pytest.raises(Rejected, match=f"2 matters of visits 1, 2 .* {told} were entered as opinions"):
            p.do(case, "close", STATION, payload=Closing(opinions=told))
    assert p.do(case, "close", STATION, payload=Closing(opinions=2)).states["main"] == "closed"
    case = p.do(case, "correct_visit", STATION, payload=Visit(n=2, matters=0), note="只是问路")
    assert p.do(case, "close", STATION, payload=Closing(opinions=1)).states["main"] == "closed"


@pytest.mark.rule("cancel.visited")
def test_it_is_cancelled_with_a_reason_and_never_after_somebody_received(county):
    p = county()
    case = on_the_day(p)
    with pytest.raises(Rejected, match="reasons must be given"):
        p.do(case, "cancel", STATION)
    assert p.do(case, "cancel", STATION, note="暴雪").states["main"] == "cancelled"
    with pytest.raises(Rejected, match="its register holds 1 visits: somebody received"):
        p.do(visited(p, case), "cancel", STATION, note="暴雪")
    with pytest.raises(Rejected, match="it is summed up: somebody received"):
        p.do(p.do(case, "sum_up", STATION, payload=Totals(people=1)), "cancel", STATION, note="暴雪")
    with pytest.raises(Rejected, match="main is held"):
        p.do(p.do(case, "hold", STATION, **CAME), "cancel", STATION, note="暴雪")


@pytest.mark.rule("record")
def test_a_past_reception_of_which_nobody_said_anything_is_overdue(county):
    p = county()
    case = noticed(p)
    clock = case.clock("record")
    assert clock.due(p.calendar) == D(2026, 3, 19)
    assert clock.late(p.calendar, D(2026, 3, 21)) == 2
    p.today = D(2026, 3, 10)
    over = p.do(case, "cancel", OFFICE, note="停电")
    assert {c.state for c in over.clocks} == {"stopped"}


def test_it_takes_the_hours_of_its_hosts_until_it_is_cancelled(county):
    p = county()
    case = noticed(p)
    (taken,) = receptions.hours(case)
    assert (taken.on, taken.begins, taken.ends, taken.who) == (DAY, dt.time(9), dt.time(11), ("wang", "li"))
    assert list(receptions.hours(p.do(case, "cancel", OFFICE, note="停电"))) == []
    assert list(receptions.hours(planned(p, who=()))) == []
    assert list(receptions.hours(planned(p, begins="", ends=""))) == []


def test_a_voter_is_known_to_who_keeps_the_register_alone(county):
    p = county()
    case = visited(p, on_the_day(p), voter=Sealed.of(b"secret", "湖"), phone=Sealed.of(b"secret", "0000"))
    case = p.do(case, "correct_visit", STATION, payload=Visit(n=1, voter=Sealed.of(b"s", "湖")), note="改")
    for reader in (CHEN, Actor(id="chair", roles={"overseer"})):
        shown = p.look(case, reader)
        assert len(shown.acts) == 4
        assert all({"voter", "phone"}.isdisjoint(act) for act in shown.acts)
        assert "湖" not in str(shown)
    for reader in (STATION, OFFICE, WANG):
        assert p.look(case, reader).acts[2]["phone"] == "****0000"
    for stranger in (Actor(id="zhao", unit="roads"), Actor(id="voter", roles={"public"})):
        with pytest.raises(NotFound):
            p.look(case, stranger)


def test_a_case_keeps_the_notice_days_of_its_day(county):
    p = county(notice_days=5)
    assert planned(p).clock("notice").due(p.calendar) == D(2026, 3, 11)


@given(st.lists(st.tuples(st.sampled_from(["receive", "strike_visit", "correct_visit"]), st.integers(0, 4))))
def test_a_register_loses_no_visit_and_gives_no_number_twice(tried):
    case, taken, struck = made("reception", act("plan"), body=PLAN), 0, 0
    for step, n in tried:
        said = Visit(n=n) if step != "strike_visit" else Struck(n=n or 1)
        refuse = guards.refuse_number if step == "receive" else guards.refuse_no_number
        next_ = act(step, payload=said)
        if list(refuse(None, case, next_)):
            continue
        case = attrs.evolve(case, acts=(*case.acts, next_))
        taken, struck = taken + (step == "receive"), struck + (step == "strike_visit")
    assert (len(numbered(case)), len(register(case))) == (taken, taken - struck)
    assert all(n > 0 for n in numbered(case))


@given(st.lists(st.none() | st.builds(Figure, st.integers(0, 9999), st.booleans())))
def test_a_sum_is_round_as_soon_as_one_part_is_or_is_not_told(parts):
    found, told = together(parts), [p for p in parts if p is not None]
    if not told:
        assert found is None
        return
    assert (found.n, found.approx) == (sum(p.n for p in told), None in parts or any(p.approx for p in told))
