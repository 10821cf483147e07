"""One event from its plan to its roll and its end: invitations, notice, who came, sums, and what is refused."""

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, Rejected
from renda_plugins.meetings_and_training import guards
from renda_plugins.meetings_and_training.fields import (
    Event,
    Invitation,
    Partly,
    Roll,
    Schedule,
    Totals,
    Uninvited,
    half,
)
from renda_plugins.meetings_and_training.rolls import invited, outcomes, schedule, totals

D = dt.date
OFFICE = Actor(id="clerk", roles={"office"})
WANG = Actor(id="wang", roles={"deputy"})
TODAY, DAY = D(2026, 3, 2), D(2026, 3, 16)
PLAN = Event(on=DAY, form="training", begins="09:00", ends="17:00", place="党校", hours=60)
BOTH = ("2026-03-16 上午", "2026-03-16 下午")


@pytest.fixture
def county(place):
    def make(today=TODAY, **settings):
        p = place("meetings_and_training", meetings_and_training=settings)
        p.today = today
        return p

    return make


def planned(p, *who, **body):
    return p.open("event", OFFICE, attrs.evolve(PLAN, **body), parties={"invited": who})


def told(p, case, step, said=None, by=OFFICE, **rest):
    return p.do(case, step, by, payload=said, **rest)


def asks(p, case, *who, role="attend"):
    return told(p, case, "invite", Invitation(role=role), parties={"invited": who})


def over(p, *who, **body):
    """An announced event whose day has come."""
    case = told(p, planned(p, *who, **body), "notice")
    p.today = schedule(case).last
    return case


def rolled(p, case, *present, note="", parties=None, step="roll", **lists):
    return told(p, case, step, Roll(present=present, **lists), note=note, parties=parties or {})


def stands(case):
    return {o.person: (o.stands, o.present, o.leave, o.absent) for o in outcomes(case)}


def test_from_plan_to_archive(county):
    p = county()
    case = over(p, "wang", "li", "chen")
    case = told(p, case, "hold")
    case = rolled(p, case, "wang", absent=("chen",), partly=(Partly(person="li", missed=("2026-03-16 pm",)),))
    assert stands(case) == {
        "wang": ("present", 2, 0, 0),
        "li": ("present", 1, 0, 1),
        "chen": ("absent", 0, 0, 2),
    }
    case = told(p, case, "close")
    assert case.states["main"] == "closed"
    assert {c.name: c.state for c in case.clocks} == {"notice": "stopped", "record": "stopped", "close": "stopped"}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, ["16 上午", "16 下午"]),
        ({"begins": "09:00", "ends": "11:30"}, ["16 上午"]),
        ({"begins": "09:00", "ends": "13:00"}, ["16 上午"]),
        ({"begins": "11:59", "ends": "13:01"}, ["16 上午", "16 下午"]),
        ({"begins": "14:30", "ends": "17:00"}, ["16 下午"]),
        ({"begins": "12:10", "ends": "12:50"}, ["16 上午"]),
        ({"until": D(2026, 3, 18), "begins": "15:00", "ends": "11:00"}, ["16 下午", "17 上午", "17 下午", "18 上午"]),
        (
            {"until": D(2026, 3, 18), "pauses": (D(2026, 3, 17),)},
            ["16 上午", "16 下午", "18 上午", "18 下午"],
        ),
    ],
)
def test_the_half_days_of_an_event(given, found):
    assert [h[8:] for h in Schedule(on=DAY, **given).halves()] == found


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"ends": "09:00"}, "it ends at 09:00, not after 09:00"),
        ({"begins": "九点"}, "is no time of day; write it as 09:00"),
        ({"begins": ""}, "begins: say when it begins and when it ends, or neither"),
        ({"ends": ""}, "ends: say when it begins and when it ends, or neither"),
        ({"until": D(2026, 3, 15)}, "it ends on 2026-03-15, before it begins on 2026-03-16"),
        ({"until": D(2026, 5, 17)}, "an event takes at most 62 days"),
        ({"until": D(2062, 3, 18)}, "an event takes at most 62 days"),
        ({"pauses": (DAY,)}, "2026-03-16 lies not between its first day and its last"),
        ({"form": "research"}, "hours: 调研 has no hours of training"),
        ({"hours": -10}, "hours: -10 is no whole number"),
        ({"hours": 1.5}, "hours: 1.5 is no whole number"),
        ({"subject": "学" * 2001}, "subject: at most 2000 characters"),
    ],
)
def test_plans_that_make_no_sense(body, told):
    with pytest.raises(Invalid, match=told):
        attrs.evolve(PLAN, **body)


def test_times_and_half_days_as_tired_people_type_them():
    body = attrs.evolve(PLAN, begins=" 9:00 ", ends="１７：３０")
    assert (body.begins, body.ends) == ("09:00", "17:30")
    for text in ("2026-03-16 上午", "2026-03-16上午", " 2026-03-16 AM ", "２０２６-03-16 am"):
        assert half(text, "halves") == "2026-03-16 上午"
    for text in ("2026-02-30 上午", "16 March", "2026-03-16", "2026-03-16 晚上", "上午", ""):
        with pytest.raises(Invalid, match="is no half-day; write it as"):
            half(text, "halves")


@pytest.mark.rule("plan.past", "plan.congress", "plan.crowd")
def test_what_is_no_plan(county):
    p = county(today=D(2026, 3, 17))
    with pytest.raises(Rejected, match="2026-03-16 is past; enter it for the day on which it was planned"):
        planned(p)
    with pytest.raises(Rejected, match="more than 400 days ahead; look at the year"):
        planned(p, on=D(2062, 3, 20))
    for form, title in (("session", "人民代表大会会议"), ("committee_meeting", "常务委员会会议")):
        with pytest.raises(Rejected, match=f"say whose {title} it is: name the congress"):
            planned(p, on=D(2026, 3, 17), form=form, hours=0)
    p.today = TODAY
    with pytest.raises(Rejected, match="1001 people are too many for one event, which takes 1000"):
        planned(p, *map(str, range(1001)))
    assert len(invited(planned(p, *map(str, range(1000))))) == 1000
    with pytest.raises(Rejected, match="wang may not plan"):
        p.open("event", WANG, PLAN)


@pytest.mark.rule("invite.people", "uninvite.people")
def test_several_invitations_add_up_and_one_is_taken_back(county):
    p = county()
    case = asks(p, asks(p, planned(p, "wang"), "li", "chen"), "zhou", role="sit_in")
    assert invited(case) == {"wang": "attend", "li": "attend", "chen": "attend", "zhou": "sit_in"}
    case = told(p, case, "uninvite", Uninvited(people=("wang", "zhou")), note="会期冲突")
    assert list(invited(case)) == ["li", "chen"]
    assert invited(asks(p, case, "wang", role="sit_in"))["wang"] == "sit_in"
    for attempt, said in (
        (lambda: asks(p, case, "zhao", "li"), "li is invited already; uninvite first"),
        (lambda: asks(p, case), "name who is invited"),
        (lambda: told(p, case, "uninvite", Uninvited(people=("wang",)), note="错"), "wang is not invited"),
        (lambda: told(p, case, "uninvite", Uninvited(people=()), note="错"), "name who is invited no longer"),
        (lambda: told(p, case, "uninvite", Uninvited(people=("li",))), "reasons must be given"),
        (lambda: asks(p, case, *map(str, range(999))), "1001 people are too many"),
        (lambda: p.do(case, "invite", WANG, payload=Invitation(), parties={"invited": ("wang",)}), "wang may not"),
    ):
        with pytest.raises(Rejected, match=said):
            attempt()


def test_a_long_objection_names_twenty_and_counts_the_others(county):
    p = county()
    case = over(p, *(f"d{n:03}" for n in range(300)))
    with pytest.raises(Rejected, match=r"d019 and 280 more whether they came \(300 of 300 invited are missing\)"):
        rolled(p, case)


@pytest.mark.rule("reschedule.days", "notice")
def test_moving_it_keeps_who_is_invited_and_asks_for_a_new_notice(county):
    p = county()
    case = told(p, planned(p, "wang"), "notice")
    assert case.clock("notice").due(p.calendar) == D(2026, 3, 13)
    later = Schedule(on=D(2026, 3, 24), until=D(2026, 3, 25), begins="09:00", ends="11:00", place="礼堂")
    case = told(p, case, "reschedule", later, note="暴雪")
    assert (case.states["main"], schedule(case), list(invited(case))) == ("planned", later, ["wang"])
    assert (case.clock("notice").state, case.clock("notice").due(p.calendar)) == ("running", D(2026, 3, 21))
    assert case.clock("record").due(p.calendar) == D(2026, 4, 1)
    assert told(p, case, "notice").states["main"] == "noticed"
    for said, why in (
        (later, "nothing would change"),
        (attrs.evolve(later, on=D(2026, 3, 1), until=None, ends="10:00"), "2026-03-01 is past"),
        (attrs.evolve(later, on=D(2062, 3, 1), until=None, ends="10:00"), "more than 400 days ahead"),
    ):
        with pytest.raises(Rejected, match=why):
            told(p, case, "reschedule", said, note="改")
    with pytest.raises(Rejected, match="reasons must be given"):
        told(p, case, "reschedule", attrs.evolve(later, place="党校"))


@pytest.mark.rule("notice", "record", "close")
def test_notice_is_counted_back_by_form_and_asked_of_none_where_the_place_says_so(county):
    p = county()
    assert planned(p).clock("notice").due(p.calendar) == D(2026, 3, 13)
    meeting = planned(p, form="session", hours=0, congress="c")
    assert meeting.clock("notice").due(p.calendar) == D(2026, 3, 9)
    assert planned(county(activity_notice_days=0)).clock("notice") is None
    assert meeting.clock("record").due(p.calendar) == D(2026, 3, 23)
    case = rolled(p, over(p, "wang"), "wang")
    assert case.clock("close").due(p.calendar) == D(2026, 3, 26)


@pytest.mark.rule("notice.late", "notice.vague")
def test_a_notice_is_late_with_its_reason_or_refused(county):
    p = county()
    case = planned(p, "wang")
    p.today = D(2026, 3, 14)
    with pytest.raises(Rejected, match=r"notice was due by 2026-03-13 \(3 days before\); give the reason"):
        told(p, case, "notice")
    late = told(p, case, "notice", note="停电")
    assert (late.states["main"], late.clock("notice").late(p.calendar, DAY)) == ("noticed", 1)
    p.today = D(2026, 3, 17)
    with pytest.raises(Rejected, match="there is nothing left to announce"):
        told(p, case, "notice", note="忘了")
    p.today = TODAY
    for body in ({"place": " "}, {"begins": "", "ends": ""}):
        with pytest.raises(Rejected, match="a notice says where and from when to when; reschedule gives"):
            told(p, planned(p, "wang", **body), "notice")
    with pytest.raises(Rejected, match="a notice goes to somebody; invite people first"):
        told(p, planned(p), "notice")


@pytest.mark.rule("hold.day", "hold.noticed", "roll.day", "roll.noticed", "sum_up.day")
def test_nothing_is_recorded_before_its_day_nor_without_a_word_where_it_was_not_announced(county):
    p = county()
    case = told(p, planned(p, "wang", until=D(2026, 3, 17)), "notice")
    with pytest.raises(Rejected, match="it begins on 2026-03-16; nothing can be recorded of it before"):
        told(p, case, "hold")
    p.today = DAY
    held = told(p, case, "hold")
    for attempt in (lambda: rolled(p, held, "wang"), lambda: told(p, held, "sum_up", Totals(person_times=3))):
        with pytest.raises(Rejected, match="it ends on 2026-03-17"):
            attempt()
    p.today = D(2026, 3, 17)
    assert rolled(p, held, "wang").states["main"] == "recorded"
    silent = planned(p, "wang", on=D(2026, 3, 17))
    for attempt in (lambda: told(p, silent, "hold"), lambda: rolled(p, silent, "wang")):
        with pytest.raises(Rejected, match="no notice was given of it; say why in the note"):
            attempt()
    case = rolled(p, silent, "wang", note="电话通知")
    assert (case.states["main"], case.clock("notice").state) == ("recorded", "stopped")
    said = told(p, silent, "hold", note="电话通知")
    assert rolled(p, said, "wang").states["main"] == "recorded"  # the reason is said once


@pytest.mark.rule("roll.people", "amend_roll.people")
def test_a_roll_accounts_for_everybody_once_and_for_nobody_else(county):
    p = county()
    case = over(p, "wang", "li", "chen")
    part = (Partly(person="chen", missed=BOTH[:1]),)
    for roll, said in (
        (Roll(present=("wang", "li")), r"say of chen whether they came \(1 of 3 invited are missing\)"),
        (Roll(present=("wang", "wang", "li"), absent=("chen",)), "wang stands on the roll twice"),
        (Roll(present=("wang", "li"), absent=("li", "chen")), "li stands on the roll twice"),
        (Roll(present=("wang", "li", "chen"), partly=part), "chen stands on the roll twice"),
        (Roll(present=("wang", "li", "chen", "zhao")), "zhao was not invited; who came all the same is named as party"),
        (Roll(absent=("wang", "li", "chen")), "nobody came: then it did not take place; cancel it"),
    ):
        with pytest.raises(Rejected, match=said):
            told(p, case, "roll", roll)
    done = rolled(p, case, "wang", "li", absent=("chen",))
    with pytest.raises(Rejected, match="main is recorded, not held/noticed/planned"):
        rolled(p, done, "wang", "li", absent=("chen",))
    with pytest.raises(Rejected, match="say of chen whether"):
        rolled(p, done, "wang", "li", step="amend_roll", note="看错行")
    with pytest.raises(Rejected, match="nobody was invited; invite people, or enter the sums"):
        told(p, planned(p, on=DAY), "roll", Roll(), note="无通知")


def test_who_came_uninvited_is_invited_by_the_roll_itself(county):
    p = county()
    case = over(p, "wang")
    case = rolled(p, case, "wang", "zhao", parties={"invited": ("zhao",)}, role="sit_in")
    assert invited(case) == {"wang": "attend", "zhao": "sit_in"}
    case = rolled(p, case, "wang", "zhao", "li", parties={"invited": ("li",)}, step="amend_roll", note="漏登")
    assert (invited(case)["li"], invited(case)["zhao"], len(stands(case))) == ("attend", "sit_in", 3)
    with pytest.raises(Rejected, match="li is invited already; name as party invited only who was not"):
        rolled(p, case, "wang", "zhao", "li", parties={"invited": ("li",)}, step="amend_roll", note="漏登")


@pytest.mark.rule("roll.parts", "amend_roll.parts")
def test_a_part_is_a_part_of_this_event(county):
    p = county()
    case = over(p, "wang", "li")
    for missed, said in (
        (("2026-03-17 上午",), "li: it has no half-day 2026-03-17 上午; it has 2: 2026-03-16 上午, 2026-03-16 下午"),
        ((), "li missed 0 of 2 half-days; that is no part"),
        (BOTH, "li missed 2 of 2 half-days; that is no part"),
    ):
        with pytest.raises(Rejected, match=said):
            rolled(p, case, "wang", partly=(Partly(person="li", missed=missed),))
        done = rolled(p, case, "wang", "li")
        with pytest.raises(Rejected, match=said):
            rolled(p, done, "wang", partly=(Partly(person="li", missed=missed),), step="amend_roll", note="补")


@pytest.mark.rule("amend_roll.rolled", "sum_up.named", "correct_totals.sums")
def test_a_roll_names_people_and_sums_name_nobody(county):
    p = county()
    named = over(p, "wang", "li")
    with pytest.raises(Rejected, match="2 people are invited by name; the roll accounts for them"):
        told(p, named, "sum_up", Totals(person_times=2))
    empty = planned(p, on=DAY)
    summed = told(p, empty, "sum_up", Totals(events=11, person_times=300, approx=True))
    assert (summed.states["main"], totals(summed).person_times, stands(summed)) == ("recorded", 300, {})
    with pytest.raises(Rejected, match="it is summed up, and names nobody; correct_totals"):
        rolled(p, summed, "wang", parties={"invited": ("wang",)}, step="amend_roll", note="补名单")
    again = told(p, summed, "correct_totals", Totals(events=11, person_times=301), note="漏一人")
    assert totals(again) == Totals(events=11, person_times=301)
    done = rolled(p, named, "wang", "li")
    with pytest.raises(Rejected, match="there are no sums to correct; amend_roll"):
        told(p, done, "correct_totals", Totals(person_times=3), note="改")
    with pytest.raises(Rejected, match="main is recorded"):
        told(p, summed, "sum_up", Totals(person_times=3))


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        ({}, "give at least one of the sums"),
        ({"persons": 3}, "give at least one of the sums"),
        ({"person_times": -1}, "-1 is no whole number"),
        ({"person_times": 300, "events": 0}, "events: 0 is no whole number from 1"),
        ({"person_times": 10, "persons": 11}, "11 people came more often than it tells"),
        ({"person_times": True}, "True is no whole number"),
    ],
)
def test_sums_that_make_no_sense(sums, said):
    with pytest.raises(Invalid, match=said):
        Totals(**sums)


def test_a_cancelled_event_is_over_and_a_held_one_is_not_cancelled(county):
    p = county()
    case = told(p, planned(p, "wang"), "cancel", note="疫情")
    for step, said in (
        ("roll", Roll(present=("wang",))),
        ("hold", None),
        ("notice", None),
        ("reschedule", attrs.evolve(schedule(case), place="礼堂")),
        ("invite", Invitation()),
        ("sum_up", Totals(person_times=1)),
        ("amend_roll", Roll(present=("wang",))),
        ("cancel", None),
    ):
        with pytest.raises(Rejected, match="main is cancelled"):
            told(p, case, step, said, note="再试")
    with pytest.raises(Rejected, match="reasons must be given"):
        told(p, planned(p, "wang"), "cancel")
    held = told(p, over(p, "wang"), "hold")
    with pytest.raises(Rejected, match="main is held"):
        told(p, held, "cancel", note="不算")


PEOPLE = [f"d{n}" for n in range(8)]


@given(st.data())
def test_everybody_invited_ends_in_one_column_and_the_half_days_add_up(data):
    """Whatever is invited, asked, decided and entered: nobody is lost, nobody stands twice, and no half-day is lost."""
    from renda_core.testing import act
    from renda_core.testing import case as made
    from renda_plugins.meetings_and_training.fields import Decision, Leave

    days = data.draw(st.integers(0, 3))
    body = Event(on=DAY, until=DAY + dt.timedelta(days), form="session", congress="c")
    halves = body.halves()
    people = data.draw(st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True))
    parts = st.lists(st.sampled_from(halves), unique=True)
    acts = []
    for person in people:
        for _ in range(data.draw(st.integers(0, 2))):
            asked = act("ask_leave", payload=Leave(halves=tuple(data.draw(parts)), why="病"))
            acts.append(attrs.evolve(asked, by=person))
            if step := data.draw(st.sampled_from(["", "approve_leave", "refuse_leave"])):
                acts.append(act(step, payload=Decision(person=person)))
            if data.draw(st.booleans()):
                acts.append(attrs.evolve(act("withdraw_leave"), by=person))
    lists = {"present": [], "absent": [], "on_leave": [], "partly": []}
    for person in people:
        where = data.draw(st.sampled_from(sorted(lists)))
        missed = tuple(data.draw(parts)) if where == "partly" else ()
        lists[where].append(Partly(person=person, missed=missed) if where == "partly" else person)
    roll = Roll(**{name: tuple(of) for name, of in lists.items()})
    one = made("event", *acts, act("roll", payload=roll), body=body, parties={"invited": tuple(people)})
    found = outcomes(one)
    assert sorted(o.person for o in found) == sorted(people)
    assert all(o.present + o.leave + o.absent == len(halves) for o in found)
    assert all(min(o.present, o.leave, o.absent) >= 0 for o in found)
    columns = [sum(o.stands == column for o in found) for column in ("present", "leave", "absent")]
    assert sum(columns) == len(people)
    assert all((o.stands == "present") is (o.present > 0) for o in found)
    assert all(o.absent == 0 for o in found if o.stands == "leave")
    known = {o.person for o in found}
    refused = list(guards.refuse_wrong_roll(None, attrs.evolve(one, acts=one.acts[:-1]), one.acts[-1]))
    assert known == set(people)
    assert not [r for r in refused if "nobody came" not in r]
