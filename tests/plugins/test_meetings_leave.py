"""Leave (请假): asked for by deputies themselves, entered by the office, decided by others, counted in half-days."""

import datetime as dt

import attrs
import pytest

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, Rejected
from renda_plugins.meetings_and_training.fields import (
    Decision,
    Event,
    Leave,
    LeaveFor,
    Partly,
    Roll,
    Schedule,
    Uninvited,
)
from renda_plugins.meetings_and_training.rolls import outcomes, records, requests, undecided

D = dt.date
OFFICE, CHAIR = Actor(id="clerk", roles={"office"}), Actor(id="chair", roles={"director"})
WANG, LI, ZHAO = (Actor(id=n, roles={"deputy"}) for n in ("wang", "li", "zhao"))
TODAY, DAY = D(2026, 3, 2), D(2026, 3, 16)
LAST = D(2026, 3, 17)
A1, P1, A2, P2 = (f"2026-03-{d} {half}" for d in (16, 17) for half in ("上午", "下午"))


@pytest.fixture
def county(place):
    def make(today=TODAY, **settings):
        p = place("meetings_and_training", meetings_and_training=settings)
        p.today = today
        return p

    return make


def session(p, *who, **body):
    """A session of two days, announced."""
    told = {"on": DAY, "until": LAST, "begins": "09:00", "ends": "17:00", "place": "礼堂", "congress": "c"} | body
    case = p.open("event", OFFICE, Event(form="session", **told), parties={"invited": who or ("wang", "li", "chen")})
    return p.do(case, "notice", OFFICE)


def asks(p, case, who=WANG, *halves, why="住院"):
    return p.do(case, "ask_leave", who, payload=Leave(halves=halves, why=why))


def decides(p, case, who="wang", step="approve_leave", by=CHAIR, note="与会务冲突"):
    return p.do(case, step, by, payload=Decision(person=who), note=note if step == "refuse_leave" else "")


def enters(p, case, who="wang", *halves, note="", by=OFFICE):
    return p.do(case, "enter_leave", by, payload=LeaveFor(person=who, halves=halves, why="住院"), note=note)


def rolls(p, case, *present, step="roll", **lists):
    p.today = max(p.today, LAST)
    return p.do(case, step, OFFICE, payload=Roll(present=present, **lists), note="补")


def of(case, who="wang"):
    (one,) = [o for o in outcomes(case) if o.person == who]
    return one.present, one.leave, one.absent


def states(case, who="wang"):
    return [r.state for r in requests(case).get(who, ())]


def test_leave_is_asked_for_approved_and_taken(county):
    p = county()
    case = asks(p, session(p))
    assert (states(case), undecided(case)) == (["asked"], ("wang",))
    case = decides(p, case)
    assert (states(case), undecided(case)) == (["approved"], ())
    assert of(rolls(p, case, "li", "chen", on_leave=("wang",))) == (0, 4, 0)
    assert of(rolls(p, case, "li", "chen", absent=("wang",))) == (0, 4, 0)
    assert of(rolls(p, case, "li", "chen", "wang")) == (4, 0, 0)


def test_leave_in_half_days(county):
    """Scenario of points: leave of one and a half days is three half-days."""
    p = county()
    case = decides(p, asks(p, session(p), WANG, A1, P1, A2))
    done = rolls(p, case, "li", "chen", partly=(Partly(person="wang", missed=(A1, P1, A2)),))
    assert of(done) == (1, 3, 0)
    (record,) = records(done, "leave")
    facts = {"halves": 3, "session": 1, "committee": 0, "whole": 0, "beside": 1}
    assert (record.quantity, dict(record.facts)) == (3, facts)
    done = rolls(p, case, "li", "chen", absent=("wang",))
    assert of(done) == (0, 3, 1)
    ((leave,), (absence,)) = (records(done, kind) for kind in ("leave", "absence"))
    assert (leave.facts["whole"], leave.facts["beside"]) == (1, 1)  # nothing was attended, and it is one opportunity
    assert (absence.facts["whole"], absence.facts.get("beside", 0)) == (1, 0)


def test_only_approved_leave_is_leave(county):
    p = county()
    asked = asks(p, session(p))
    for case in (
        asked,
        decides(p, asked, step="refuse_leave"),
        p.do(decides(p, asked), "withdraw_leave", WANG),
    ):
        assert of(rolls(p, case, "li", "chen", absent=("wang",))) == (0, 0, 4)
        p.today = TODAY


@pytest.mark.rule("ask_leave.invited", "enter_leave.invited")
def test_only_who_is_invited_asks(county):
    p = county()
    case = session(p)
    with pytest.raises(Rejected, match="zhao may not ask_leave"):
        asks(p, case, ZHAO)
    with pytest.raises(Rejected, match="zhao is not invited, and needs no leave"):
        enters(p, case, "zhao")
    gone = p.do(case, "uninvite", OFFICE, payload=Uninvited(people=("wang",)), note="名单有误")
    with pytest.raises(Rejected, match="wang is not invited, and needs no leave"):
        asks(p, gone)


def test_nobody_asks_or_withdraws_for_another(county):
    p = county()
    case = asks(p, session(p))
    assert list(requests(case)) == ["wang"]
    with pytest.raises(Rejected, match="wang may not enter_leave"):
        enters(p, case, "li", by=WANG)
    with pytest.raises(Rejected, match="li has no leave to withdraw"):
        p.do(case, "withdraw_leave", LI)


@pytest.mark.rule("ask_leave.halves", "enter_leave.halves")
def test_leave_of_half_days_that_there_are_and_of_none_twice(county):
    p = county()
    case = session(p)
    with pytest.raises(Rejected, match="it has no half-day 2026-03-18 上午; it has 4: 2026-03-16 上午, "):
        asks(p, case, WANG, A1, P1, A2, P2, "2026-03-18 上午")
    with pytest.raises(Rejected, match="it has no half-day 2026-03-15 下午"):
        enters(p, case, "wang", "2026-03-15 pm")
    with pytest.raises(Invalid, match="'全会' is no half-day"):
        asks(p, case, WANG, "全会")
    with pytest.raises(Invalid, match="why: say something"):
        asks(p, case, WANG, A1, why=" ")
    once = asks(p, case, WANG, A1, "2026-03-16am", A1)
    assert requests(once)["wang"][0].halves == (A1,)
    for attempt in (lambda: asks(p, once, WANG, A1), lambda: asks(p, once), lambda: enters(p, once, "wang", A1, P1)):
        with pytest.raises(Rejected, match="leave of 2026-03-16 上午 is asked for already"):
            attempt()
    more = decides(p, asks(p, once, WANG, P2))
    assert states(more) == ["approved", "approved"]


@pytest.mark.rule("ask_leave.over", "enter_leave.late")
def test_leave_is_asked_for_before_it_is_taken(county):
    p = county(late_leave_days=7)
    case = session(p)
    p.today = LAST
    with pytest.raises(Rejected, match="2026-03-16 上午, 2026-03-16 下午 is over; ask for what is left"):
        asks(p, case)
    assert states(asks(p, case, WANG, P2)) == ["asked"]
    p.today = D(2026, 3, 18)
    with pytest.raises(Rejected, match="it ended on 2026-03-17; tell the office, which may enter leave later"):
        asks(p, case, WANG, P2)
    with pytest.raises(Rejected, match="say in the note why leave is entered so late"):
        enters(p, case)
    assert states(enters(p, case, note="车祸昏迷")) == ["asked"]
    p.today = D(2026, 3, 25)
    with pytest.raises(Rejected, match="it ended on 2026-03-17; leave can be entered until 2026-03-24"):
        enters(p, case, note="补")


@pytest.mark.rule("ask_leave.hasty")
def test_a_place_that_wants_leave_of_a_session_so_many_days_before(county):
    p = county(leave_days_before=10)
    case = session(p)
    p.today = D(2026, 3, 7)
    with pytest.raises(Rejected, match=r"asked for by 2026-03-06 \(10 days before\); tell the office"):
        asks(p, case)
    assert states(enters(p, case)) == ["asked"]
    p.today = D(2026, 3, 6)
    assert states(asks(p, case)) == ["asked"]
    p.today = TODAY
    training = p.open("event", OFFICE, Event(on=D(2026, 3, 4)), parties={"invited": ("wang",)})
    assert states(asks(p, training)) == ["asked"]


@pytest.mark.rule("approve_leave.asked", "refuse_leave.asked", "approve_leave.own", "refuse_leave.own")
def test_leave_is_decided_once_by_somebody_else(county):
    p = county()
    case = asks(p, session(p))
    for step in ("approve_leave", "refuse_leave"):
        with pytest.raises(Rejected, match="leave of li was never asked for"):
            decides(p, case, "li", step)
        with pytest.raises(Rejected, match="nobody decides their own leave"):
            decides(p, case, step=step, by=attrs.evolve(CHAIR, id="wang"))
        with pytest.raises(Rejected, match=f"li may not {step}"):
            decides(p, case, step=step, by=LI)
    refused = decides(p, case, step="refuse_leave")
    with pytest.raises(Rejected, match="leave of wang was refused; it must be asked for again"):
        decides(p, refused)
    with pytest.raises(Rejected, match="leave of wang was approved already"):
        decides(p, decides(p, case), step="refuse_leave")
    withdrawn = p.do(case, "withdraw_leave", WANG)
    with pytest.raises(Rejected, match="leave of wang was withdrawn; it must be asked for again"):
        decides(p, withdrawn)
    with pytest.raises(Rejected, match="reasons must be given"):
        decides(p, case, step="refuse_leave", note="")
    assert states(decides(p, asks(p, refused))) == ["refused", "approved"]


@pytest.mark.rule("withdraw_leave.leave")
def test_leave_is_withdrawn_where_there_is_any(county):
    p = county()
    case = session(p)
    with pytest.raises(Rejected, match="wang has no leave to withdraw"):
        p.do(case, "withdraw_leave", WANG)
    gone = p.do(decides(p, asks(p, case)), "withdraw_leave", WANG)
    assert states(gone) == ["withdrawn"]
    with pytest.raises(Rejected, match="wang has no leave to withdraw"):
        p.do(gone, "withdraw_leave", WANG)


@pytest.mark.rule("roll.leave", "amend_roll.leave")
def test_nobody_stands_as_on_leave_without_approved_leave_of_all_of_it(county):
    p = county()
    case = decides(p, asks(p, session(p), WANG, A1))
    told = "no leave of all of it is approved for wang; approve it, or enter them as absent"
    with pytest.raises(Rejected, match=told):
        rolls(p, case, "li", "chen", on_leave=("wang",))
    done = rolls(p, case, "li", "chen", absent=("wang",))
    with pytest.raises(Rejected, match=told):
        rolls(p, done, "li", "chen", on_leave=("wang",), step="amend_roll")
    late = decides(p, enters(p, done, "wang", P1, A2, P2))
    assert of(rolls(p, late, "li", "chen", on_leave=("wang",), step="amend_roll")) == (0, 4, 0)


@pytest.mark.rule("close.leave")
def test_nothing_is_closed_while_somebody_waits_to_hear(county):
    p = county()
    done = rolls(p, asks(p, session(p)), "li", "chen", absent=("wang",))
    assert of(done) == (0, 0, 4)
    with pytest.raises(Rejected, match="leave of wang is not decided; approve_leave or refuse_leave"):
        p.do(done, "close", OFFICE)
    late = decides(p, done)
    assert of(late) == (0, 4, 0)
    closed = p.do(late, "close", OFFICE)
    with pytest.raises(Rejected, match="main is closed"):
        enters(p, closed, "li")


def test_leave_of_the_whole_of_it_follows_where_it_is_moved_and_that_of_half_days_does_not(county):
    p = county()
    whole = decides(p, asks(p, session(p)))
    halves = decides(p, asks(p, whole, LI, A1, P1), "li")
    when = Schedule(on=D(2026, 3, 17), until=D(2026, 3, 18), begins="09:00", ends="17:00", place="礼堂")
    moved = p.do(halves, "reschedule", OFFICE, payload=when, note="改期")
    p.today = D(2026, 3, 18)
    done = p.do(moved, "roll", OFFICE, payload=Roll(present=("chen",), absent=("wang", "li")), note="未通知")
    assert (of(done), of(done, "li")) == ((0, 4, 0), (0, 0, 4))


def test_a_cancelled_event_needs_no_leave(county):
    p = county()
    case = asks(p, session(p))
    gone = p.do(case, "cancel", OFFICE, note="暴雪")
    for attempt in (lambda: asks(p, gone, LI), lambda: decides(p, gone), lambda: enters(p, gone, "li")):
        with pytest.raises(Rejected, match="main is cancelled"):
            attempt()


def test_why_somebody_is_away_is_the_offices_to_read_alone(county):
    p = county()
    case = decides(p, enters(p, asks(p, session(p)), "li", note="电话请假，手术"), step="refuse_leave", note="病历不符")

    def told(who):
        return str(p.look(case, who).acts)

    assert all(word in told(OFFICE) for word in ("住院", "手术", "病历不符"))
    assert "住院" in told(CHAIR)
    for who in (WANG, LI, ZHAO):
        assert not any(word in told(who) for word in ("住院", "手术", "病历不符"))
        assert "ask_leave" in told(who)
