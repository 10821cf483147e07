"""Events on a store: duty records once from the roll, corrected with it, and 咸宁's 216 and 300 person-times."""

import datetime as dt
from itertools import cycle, islice

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
    ids,
    invite,
    look,
    part,
    plan,
    records,
    roll,
    settled,
    summary,
)
from tests.plugins.receiving import rows

from renda_core.domain.duty import Record, exposure, heads
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.services import duty, ledgers
from renda_core.testing import uid
from renda_plugins.meetings_and_training.fields import Event, Schedule
from renda_plugins.meetings_and_training.kinds import FORMS
from renda_plugins.meetings_and_training.rolls import invited, schedule

D = dt.date
A1, P1 = f"{DAY} 上午", f"{DAY} 下午"
MEETING = {"form": "session", "congress": COUNTY}


def every(b, *names):
    """Give all records of some people that count."""
    return [r for name in names for r in records(b, name)]


def test_a_roll_records_everybody_once_in_the_mandate_whose_meeting_it_is(county):
    b = settled(county, "wang", "li", "chen")
    town = also(b, "wang", "town")
    case = plan(b, "wang", "li", "chen", title="县十八届人大五次会议", **MEETING)
    b.today = DAY
    roll(b, case, "wang", partly=[part("li", P1)], absent=["chen"])
    (wang,) = records(b, "wang")
    assert (wang.kind, wang.on, wang.title, wang.congress) == ("session", DAY, "县十八届人大五次会议", COUNTY)
    assert wang.mandates == (uid("mandate wang"),)
    assert town not in wang.mandates
    assert [(r.kind, r.quantity, dict(r.facts)) for r in records(b, "li")] == [
        ("absence", 1, {"halves": 1, "session": 1, "committee": 0, "whole": 0, "beside": 1}),
        ("session", 1, {"halves": 1}),
    ]
    (chen,) = records(b, "chen")
    assert (chen.kind, chen.quantity, chen.congress) == ("absence", 1, COUNTY)
    assert dict(chen.facts) == {"halves": 2, "session": 1, "committee": 0, "whole": 1}
    assert b.stands(case, "roll", by=CLERK)["body"]["records"] == 4


@pytest.mark.parametrize(("form", "role"), [*((form, "attend") for form in FORMS), ("committee_meeting", "sit_in")])
def test_one_event_of_somebody_with_two_mandates_is_one_record(county, form, role):
    b = settled(county, "wang")
    also(b, "wang", "town")
    case = plan(b, form=form, congress=TOWN, hours=60 if form == "training" else 0)
    invite(b, case, "wang", role=role)
    b.today = DAY
    roll(b, case, "wang")
    (record,) = records(b, "wang")
    own = form in ("session", "committee_meeting") and role == "attend"
    assert record.kind == (form if role == "attend" else "sit_in")
    assert len(record.mandates) == (1 if own else 2)
    assert heads((record,)) == {"persons": 1, "mandates": len(record.mandates), "person_times": 1}


def test_daowais_kinds(county):
    """道外 (article 004): sessions, group activities, training, visits, opinions heard, awards and the rest."""
    b = settled(county, "wang", "li")
    for n, form in enumerate(FORMS):
        more = {"hours": 45} if form == "training" else {}
        case = plan(b, "wang", "li", on=DAY + dt.timedelta(n), form=form, congress=COUNTY, **more)
        b.today = DAY + dt.timedelta(n)
        roll(b, case, "wang", partly=[part("li", f"{b.today} 下午")])
        b.today = TODAY + dt.timedelta(n)
    assert [kind for kind, _ in summary(b, "wang")] == list(FORMS)
    hours = {who: r.facts["hours"] for who in ("wang", "li") for r in records(b, who) if r.kind == "training"}
    assert hours == {"wang": 45, "li": 22}
    b.today = D(2026, 4, 1)
    visit = Record(person=uid("wang"), kind="visit", on=DAY, source="走访本 1", facts={"people": 6})
    assert b.do(duty.enter, CLERK, visit).mandates == (uid("mandate wang"),)
    with pytest.raises(Invalid, match=r"未经批准缺席 \(absence\) is recorded where it happens, and never typed in"):
        b.do(duty.enter, CLERK, Record(person=uid("wang"), kind="absence", on=DAY, source="名单"))
    with pytest.raises(Rejected, match="recorded already, by its step"):
        b.do(duty.enter, CLERK, Record(person=uid("wang"), kind="session", on=DAY, source="名单"))


def test_leave_of_another_takes_back_no_appeal_that_was_granted(county):
    b = settled(county, "wang", "li", "chen")
    case = plan(b, "wang", "li", "chen", **MEETING)
    b.today = DAY
    roll(b, case, "chen", absent=["wang", "li"])
    (absence,) = records(b, "wang")
    wang, boss = b.actor("wang", "deputy"), b.actor("boss", "overseer")
    b.do(duty.mark, wang, duty.Marking(id=absence.id, do="appeal", why="我在场"))
    b.do(duty.mark, boss, duty.Marking(id=absence.id, do="grant", why="签到表属实"))
    case = b.step(case, "enter_leave", CLERK, payload={"person": uid("li"), "why": "病"}, note="次日才知")
    b.step(case, "approve_leave", CHAIR, payload={"person": uid("li")})
    assert summary(b, "wang") == []
    assert summary(b, "li") == [("leave", 2)]


def test_an_event_is_one_opportunity_however_it_was_spent(county):
    b = settled(county, "wang", "li", "chen")
    case = plan(b, "wang", "li", "chen", until=DAY + dt.timedelta(1), **MEETING)
    for who in ("wang", "li"):
        case = b.step(case, "enter_leave", CLERK, payload={"person": uid(who), "why": "病", "halves": [A1]})
        case = b.step(case, "approve_leave", CHAIR, payload={"person": uid(who)})
    b.today = DAY + dt.timedelta(1)
    roll(b, case, "chen", partly=[part("wang", A1, P1)], absent=["li"])
    kinds = {k.name: k for k in b.tenant.practice.record_kinds.values()}
    days = (D(2026, 1, 1), D(2026, 12, 31))
    found = {who: exposure((), records(b, who), kinds, *days) for who in ("wang", "li", "chen")}
    assert {who: (e.taken, e.missed) for who, e in found.items()} == {"wang": (1, 0), "li": (0, 1), "chen": (1, 0)}
    assert [(r.kind, r.facts["whole"]) for r in records(b, "li")] == [("absence", 1), ("leave", 1)]
    (line,) = b.page("participation", CLERK, {"first": str(days[0]), "last": str(days[1])}).total
    assert str(line.attendance) == "66.67 % (2 / 3 登记出席的邀请人次)"


def test_who_corrects_the_roll_corrects_the_records(county):
    b = settled(county, "wang", "li", "chen")
    case = plan(b, "wang", "li", "chen", **MEETING)
    b.today = DAY
    roll(b, case, "wang", "li", absent=["chen"])
    roll(b, case, "wang", "chen", absent=["li"], step="amend_roll", note="签到表看错行")
    assert summary(b, "wang") == [("session", 1)]
    assert summary(b, "li") == [("absence", 1)]
    assert summary(b, "chen") == [("session", 1)]
    assert [(r.kind, r.state) for r in records(b, "li", states=("withdrawn",))] == [("session", "withdrawn")]
    roll(b, case, "wang", "li", "chen", step="amend_roll", note="又看错")
    assert [summary(b, p) for p in ("wang", "li", "chen")] == [[("session", 1)]] * 3
    (again,) = records(b, "li")
    assert [m.do for m in again.history] == ["withdraw", "restore"]
    assert b.verify().whole


def test_leave_approved_after_the_roll_makes_leave_of_absence(county):
    b = settled(county, "wang", "li", leave_days_before=0)
    case = plan(b, "wang", "li", until=DAY + dt.timedelta(1), **MEETING)
    b.step(case, "ask_leave", b.actor("li", "deputy"), payload={"why": "住院", "halves": [A1, P1]})
    b.today = DAY + dt.timedelta(1)
    roll(b, case, "wang", absent=["li"])
    assert summary(b, "li") == [("absence", 1)]
    b.step(case, "approve_leave", CHAIR, payload={"person": uid("li")})
    assert [(r.kind, r.quantity, r.facts["halves"]) for r in records(b, "li")] == [
        ("absence", 1, 2),
        ("leave", 2, 2),
    ]
    b.today = DAY + dt.timedelta(3)
    late = {"person": uid("li"), "halves": ["2026-03-17 am", "2026-03-17 pm"], "why": "仍在住院"}
    b.step(case, "enter_leave", CLERK, payload=late, note="昏迷")
    b.step(case, "approve_leave", CHAIR, payload={"person": uid("li")})
    assert [(r.kind, r.quantity, r.facts["whole"]) for r in records(b, "li")] == [("leave", 4, 1)]
    assert [r.kind for r in records(b, "li", states=("withdrawn",))] == ["absence"]
    assert summary(b, "wang") == [("session", 1)]


def test_absence_from_the_countys_session_counts_in_the_county_alone(county):
    b = settled(county, "wang", "li")
    town = also(b, "wang", "town")
    meeting = plan(b, "wang", "li", **MEETING)
    training = plan(b, "wang", "li", form="training", on=DAY + dt.timedelta(1))
    b.today = DAY + dt.timedelta(1)
    for case in (meeting, training):
        roll(b, case, "li", absent=["wang"])
    assert [set(r.mandates) for r in records(b, "wang")] == [{uid("mandate wang")}, {uid("mandate wang"), town}]
    assert [(r.facts["session"], r.facts["whole"]) for r in records(b, "wang")] == [(1, 1), (0, 1)]


def test_a_late_deputy(county):
    """Who is elected before the day is invited and recorded; who is elected after it is left out, and named."""
    b = settled(county, "wang")
    case = plan(b, "wang", **MEETING)
    elect(b, "new", on=D(2026, 3, 10))
    elect(b, "later", on=D(2026, 3, 20))
    b.today = D(2026, 3, 10)
    invite(b, case, "new", "later")
    b.today = DAY
    roll(b, case, "wang", "new", "later")
    assert summary(b, "new") == [("session", 1)]
    assert records(b, "later", states=("confirmed", "entered", "refused")) == []
    (left,) = b.stands(case, "roll")["body"]["left_out"]
    assert "2026-03-16 lies before the mandate, which began on 2026-03-20" in left["why"]


def test_a_suspended_deputy_and_one_of_another_congress_are_left_out_and_named(county):
    b = settled(county, "wang")
    elect(b, "held", state="suspended")
    elect(b, "towner", of="town")
    case = plan(b, "wang", "held", "towner", **MEETING)
    b.today = DAY
    roll(b, case, "wang", "held", absent=["towner"])
    assert [len(records(b, p)) for p in ("wang", "held", "towner")] == [1, 0, 0]
    told = " ".join(one["why"] for one in b.stands(case, "roll")["body"]["left_out"])
    assert "the mandate is suspended on 2026-03-16" in told
    assert "the person holds no mandate in that congress" in told


def test_names_stand_for_people_and_one_person_by_two_names_stands_twice(county):
    b = settled(county, "wang", "li")
    case = plan(b, "wang", "li")
    b.today = DAY
    with pytest.raises(Invalid, match="全程出席人员: nobody is named '王五'"):
        b.step(case, "roll", CLERK, payload={"present": ["wang", "王五"]}, note="补")
    with pytest.raises(Rejected, match=f"{uid('wang')} stands on the roll twice"):
        b.step(case, "roll", CLERK, payload={"present": ["wang", uid("wang"), "li"]}, note="补")
    with pytest.raises(Invalid, match="unknown field late"):
        b.step(case, "roll", CLERK, payload={"present": ["wang"], "late": ["li"]}, note="补")
    b.step(case, "roll", CLERK, payload={"present": ["wang", "li"]}, note="补")
    assert summary(b, "li") == [("activity", 1)]


def test_deputies_find_what_they_are_invited_to_and_others_what_there_is(county):
    b = settled(county, "wang", "li")
    first, other = plan(b, "wang", title="培训"), plan(b, "li", title="视察")
    wang = b.actor("wang", "deputy")

    def listed(**ask):
        return [r.title for r in b.ask(ledgers.ledger, wang, ledgers.Ask(kind="event", **ask))]

    assert listed(person=wang.id) == ["培训"]
    assert sorted(listed()) == ["培训", "视察"]
    assert b.step(first, "ask_leave", wang, payload={"why": "住院"}).acts[-1].by == wang.id
    with pytest.raises(Rejected, match="may not ask_leave"):
        b.step(other, "ask_leave", wang, payload={"why": "住院"})
    for who in (b.actor("passer-by", "public"), b.actor("head", unit="roads"), b.actor("keeper", "station")):
        with pytest.raises(NotFound):
            b.see(first, who)


def test_three_hundred_invited_and_a_roll_of_three_hundred(county):
    names = [f"代表{n}" for n in range(300)]
    b = settled(county, *names)
    case = invite(b, plan(b, title="县人大会议", **MEETING), *names)
    assert len(case.acts) == 2
    b.today = DAY
    roll(b, case, *names[10:], absent=names[:10])
    assert sum(len(records(b, name)) for name in names) == 300
    roll(b, case, *names[5:], absent=names[:5], step="amend_roll", note="五人迟到")
    found = every(b, *names)
    assert len(found) == 300
    assert heads(r for r in found if r.kind == "session") == {"persons": 295, "mandates": 295, "person_times": 295}
    assert b.verify().whole


def test_a_thousand_work_and_one_more_is_refused(county):
    names = [f"代表{n}" for n in range(1001)]
    b = settled(county, *names)
    case = plan(b, form="training", hours=40)
    with pytest.raises(Rejected, match="1001 people are too many for one event, which takes 1000"):
        invite(b, case, *names)
    invite(b, case, *names[:-1])
    b.today = DAY
    roll(b, case, *names[:500], absent=names[500:-1])
    assert b.stands(case, "roll")["body"]["records"] == 1000
    assert (summary(b, names[0]), summary(b, names[999])) == ([("training", 1)], [("absence", 1)])


def test_the_rosters_sessions_are_planned_once_with_everybody_who_sits_there(county):
    b = settled(county, "wang", "li")
    elect(b, "towner", of="town")
    elect(b, "held", state="suspended")
    opened(b, 5, D(2026, 4, 1))
    opened(b, 6, D(2026, 6, 1), D(2026, 6, 4))
    (case,) = look(b)
    body = case.body
    assert (body.form, body.congress, body.on, body.session) == ("session", COUNTY, D(2026, 4, 1), uid("session 5"))
    assert case.title == "示例县第六届人民代表大会第五次会议"
    assert invited(case) == dict.fromkeys(ids("wang", "li"), "attend")
    assert look(b) == []
    b.step(case, "cancel", CLERK, note="另行召开")
    assert look(b) == []
    b.today = D(2026, 4, 2)
    (far,) = look(b)
    assert (far.title[-5:], len(schedule(far).halves())) == ("第六次会议", 8)
    days = {"on": "2026-06-01", "until": "2026-06-03", "begins": "09:00", "ends": "11:30", "place": "礼堂"}
    far = b.step(far, "reschedule", CLERK, payload=days, note="会期三天")
    assert len(schedule(far).halves()) == 5


def test_a_session_that_people_planned_is_not_planned_again(county):
    b = settled(county, "wang")
    opened(b, 5, DAY)
    plan(b, "wang", **MEETING)
    assert look(b) == []
    none = settled(county, "wang", sessions_ahead=0)
    opened(none, 5, DAY)
    assert look(none) == []
    empty = settled(county)
    opened(empty, 5, DAY)
    assert look(empty) == []
    moved = settled(county, "wang")
    opened(moved, 5, DAY)
    (case,) = look(moved)
    moved.step(case, "reschedule", CLERK, payload=Schedule(on=D(2026, 3, 20)), note="推迟")
    assert look(moved) == []


def opened(b, number, on, until=None):
    """Enter a session of the county's congress in the roster."""
    days = {"opens_on": on, "closes_on": until}
    rows(b, ("session", f"session {number}", {"term": uid("county term"), "number": number, **days}))


def loaded(b, names, sizes, role="attend", **body):
    """Load past events of some sizes, with people in turn, as a county enters an old register."""
    turns = cycle(names)
    for n, many in enumerate(sizes):
        on, who = D(2023, 1, 10) + dt.timedelta(days=30 * n), list(islice(turns, many))
        case = b.open("event", CLERK, Event(on=on, place="市人大", **body), title=f"第{n + 1}次", on=on)
        invite(b, case, *who, role=role, on=on)
        roll(b, case, *who, on=on)


def test_xiannings_216_and_300_person_times(county):
    """咸宁 (article 003): 邀请216人次代表列席; 邀请代表300人次先后参加11部法律法规的执法检查."""
    names = [f"代表{n}" for n in range(80)]
    b = settled(county, *names, today=D(2026, 6, 30))
    loaded(b, names, [9] * 24, "sit_in", form="committee_meeting", congress=COUNTY)
    loaded(b, names, [28] * 3 + [27] * 8, form="law_inspection")
    found = every(b, *names)
    sitting = [r for r in found if r.kind == "sit_in"]
    inspecting = [r for r in found if r.kind == "law_inspection"]
    assert heads(sitting) == {"persons": 80, "mandates": 80, "person_times": 216}
    assert heads(inspecting) == {"persons": 80, "mandates": 80, "person_times": 300}
    assert len({r.source.split(":")[1] for r in inspecting}) == 11
    assert len(found) == 516
