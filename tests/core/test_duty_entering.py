"""Duty records by hand: bound to a mandate's days, never twice, with evidence where asked for; marks, appeals."""

import pytest
from tests.core.dutying import (
    CHAIR,
    CHEN,
    LI,
    OFFICE,
    SECOND,
    STATION,
    WANG,
    D,
    asking,
    counters,
    county_of,
    enter,
    made_anew,
    mark,
    records_of,
)
from tests.core.reminding import elect
from tests.core.suggesting import entries

from renda_core.domain.duty import heads
from renda_core.domain.mandates import MandateEvent
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected, Stale
from renda_core.services import duty, mandates
from renda_core.services.duty import Again
from renda_core.testing import uid

MANDATE = uid("mandate wang")


def refused(error, b, who=WANG, **rest):
    """Enter what is refused, and see that nothing has changed."""
    before = records_of(b, who), counters(b), len(entries(b))
    with pytest.raises(error) as told:
        enter(b, **rest)
    assert (records_of(b, who), counters(b), len(entries(b))) == before
    return told


def test_a_record_counts_in_every_mandate_of_its_day_and_is_one_record(county):
    b = county_of(county)
    elect(b, "wang in town", of="town")  # somebody else of the town
    record = enter(b, quantity=2, facts={"people": 30, "approx": 1}, title="走访东街", evidence=("走访记录",))
    assert record.mandates == (MANDATE,)
    assert records_of(b, WANG) == (record,)
    assert record.by == OFFICE.id
    january = D(2026, 1, 1)
    assert counters(b) == {
        (january, MANDATE, "visit", ""): 2,
        (january, MANDATE, "visit", "#"): 1,
        (january, MANDATE, "visit", "approx"): 1,
        (january, MANDATE, "visit", "people"): 30,
    }
    assert entries(b)[-1]["what"] == "record.entered"


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (D(2021, 12, 27), "2021-12-27 lies before the mandate, which began on 2021-12-28"),
        (D(2026, 3, 20), "2026-03-20 lies after the mandate, which ended on 2026-03-15"),
    ],
)
def test_a_date_outside_the_mandate_is_refused_with_the_reason(county, on, why):
    b = county_of(county)
    end = MandateEvent(
        kind="end", on=D(2026, 3, 15), legal_act="公告1号", by_body="standing_committee", reason="resignation_accepted"
    )
    b.do(mandates.happen, OFFICE, MANDATE, end)
    refused(Rejected, b, on=on).match(why)
    assert enter(b, on=D(2026, 3, 14)).mandates == (MANDATE,)


def test_a_suspended_mandate_takes_nothing(county):
    b = county_of(county)
    suspend = MandateEvent(
        kind="suspend", on=D(2026, 1, 2), legal_act="报告1号", by_body="standing_committee", reason="detained"
    )
    b.do(mandates.happen, OFFICE, MANDATE, suspend)
    refused(Rejected, b).match("the mandate is suspended on 2026-01-05, and not in force")
    assert enter(b, on=D(2026, 1, 1)).mandates == (MANDATE,)


def test_who_is_no_deputy_has_no_duties(county):
    b = county_of(county)
    refused(Rejected, b, CHEN, person=CHEN.id).match("the person holds no mandate; see the roster")
    refused(Rejected, b, congress=uid("town")).match("holds no mandate in that congress")
    refused(Rejected, b, mandates=(uid("mandate li"),)).match("is not in force on 2026-01-05")


def test_the_future_cannot_be_entered(county):
    refused(Invalid, county_of(county), on=D(2026, 4, 1)).match("has not come yet")


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        (
            {"kind": "nonsense"},
            "no kind 'nonsense' of duty records is enabled here; known: secret、talk、training、visit",
        ),
        ({"kind": "session"}, "is recorded where it happens, and never typed in"),
        ({"quantity": 0}, "counts from 1 to 1000000 次, not 0"),
        ({"quantity": 10**7}, "not 10000000"),
        ({"facts": {"hours": 3}}, "走访选民 has no fact 'hours'; known: people、approx"),
        ({"facts": {"people": -1}}, "people is from 0"),
        ({"source": "case:1"}, "what comes from a case is recorded by its step"),
        ({"source": " "}, "source is 1 to 500"),
        ({"title": "一\x00二"}, "title is 1 to 500"),
        ({"evidence": ("",)}, "evidence is 1 to 500"),
        ({"evidence": ("照片",) * 21}, "up to 20 pieces"),
    ],
)
def test_what_fits_no_kind_is_refused(county, rest, why):
    refused(Invalid, county_of(county), **rest).match(why)


def test_the_same_source_counts_once_and_the_same_day_needs_a_word(county):
    b = county_of(county)
    enter(b)
    refused(Rejected, b).match("登记簿 1 is already recorded for this person")
    refused(Again, b, source="登记簿 2").match(
        "recorded already, by '登记簿 1'; if this is another one, say what it is"
    )
    enter(b, source="登记簿 2", again="下午又走访西街")
    assert len(records_of(b, WANG)) == 2
    assert entries(b)[-1]["private"]  # why it is another one, kept beside the chain
    enter(b, kind="talk", source="登记簿 3")  # of another kind
    enter(b, person=LI.id)  # of somebody else


def test_points_that_need_evidence_are_refused_without(county):
    b = county_of(county, asking())
    refused(Rejected, b).match(r"走访 \(duties\) gives points with evidence alone")
    enter(b, evidence=("走访记录表",))
    enter(b, kind="talk", source="2")


def test_every_objection_is_told_at_once(county):
    b = county_of(county, asking())
    told = refused(Rejected, b, on=D(2020, 1, 1))
    assert len(told.value.reasons) == 2


def test_a_deputy_enters_their_own_and_the_office_checks_it(county):
    b = county_of(county)
    refused(NotAllowed, b, by=WANG).match("a deputy's own record is entered")
    refused(NotAllowed, b, by=LI, state="entered").match("by deputies their own")
    refused(NotAllowed, b, by=WANG, state="entered", kind="secret").match("records are entered by")
    mine = enter(b, by=WANG, state="entered")
    assert counters(b) == {}
    with pytest.raises(NotAllowed, match="records are checked by"):
        mark(b, WANG, mine, "confirm")
    done = mark(b, OFFICE, mine, "confirm")
    assert (done.state, done.counts) == ("confirmed", True)
    assert counters(b) == made_anew(b) != {}


def test_a_station_enters_and_does_not_confirm(county):
    b = county_of(county)
    refused(NotAllowed, b, by=STATION).match("what a station enters is confirmed by")
    with pytest.raises(NotAllowed):
        mark(b, STATION, enter(b, by=STATION, state="entered"), "confirm")


def test_a_refusal_needs_a_word_and_can_be_appealed_to_somebody_else(county):
    b = county_of(county)
    mine = enter(b, by=WANG, state="entered")
    with pytest.raises(Rejected, match="say why: to refuse needs a reason"):
        mark(b, OFFICE, mine, "refuse")
    no = mark(b, OFFICE, mine, "refuse", "没有走访记录")
    assert (no.state, counters(b)) == ("refused", {})
    with pytest.raises(NotFound):
        mark(b, LI, no, "appeal", "是我")
    with pytest.raises(NotAllowed, match="an appeal is made by the deputy"):
        mark(b, CHAIR, no, "appeal", "是我")
    appealed = mark(b, WANG, no, "appeal", "记录交给了李主任")
    assert (appealed.state, appealed.counts) == ("appealed", False)
    with pytest.raises(NotAllowed, match="by somebody else than who decided before"):
        mark(b, OFFICE, appealed, "grant", "查实")
    with pytest.raises(NotAllowed, match="records are checked by"):
        mark(b, WANG, appealed, "grant", "查实")
    with pytest.raises(Rejected, match=r"it is appealed \(申诉中\), which nobody can appeal"):
        mark(b, WANG, appealed, "appeal", "再申诉")
    granted = mark(b, CHAIR, appealed, "grant", "查实")
    assert (granted.state, [m.do for m in granted.history]) == ("confirmed", ["refuse", "appeal", "grant"])
    assert counters(b) == made_anew(b) != {}


def test_an_appeal_that_is_not_granted_leaves_things_as_they_were(county):
    b = county_of(county)
    no = mark(b, OFFICE, enter(b, by=WANG, state="entered"), "refuse", "重复")
    assert mark(b, CHAIR, mark(b, WANG, no, "appeal", "不重复"), "uphold", "确为重复").state == "refused"


def test_what_counts_goes_on_counting_until_an_appeal_is_decided(county):
    b = county_of(county)
    entered = enter(b, quantity=1)
    appealed = mark(b, WANG, entered, "appeal", "走访了两户")
    assert appealed.counts
    assert counters(b) == made_anew(b) != {}
    granted = mark(b, SECOND, appealed, "grant", "属实", changes={"quantity": 2})
    assert (granted.state, granted.quantity, granted.history[-1].was) == ("confirmed", 2, {"quantity": 1})
    again = mark(b, WANG, granted, "appeal", "不是我")
    assert mark(b, CHAIR, again, "grant", "登记错人").state == "withdrawn"
    assert counters(b) == made_anew(b) == {}


def test_nobody_decides_upon_their_own(county):
    b = county_of(county)
    both = b.actor("wang", "deputy office overseer")
    mine = enter(b, by=WANG, state="entered")
    with pytest.raises(NotAllowed, match="nobody decides upon their own record"):
        mark(b, both, mine, "confirm")


def test_a_correction_keeps_what_was_and_moves_the_counters(county):
    b = county_of(county)
    entered = enter(b, facts={"people": 3})
    with pytest.raises(Rejected, match="nothing would change"):
        mark(b, OFFICE, entered, "correct", "笔误", changes={"quantity": 1})
    with pytest.raises(Rejected, match="person of a record stay; withdraw it and enter another"):
        mark(b, OFFICE, entered, "correct", "笔误", changes={"person": LI.id})
    with pytest.raises(Invalid, match="走访选民 has no fact 'hours'"):
        mark(b, OFFICE, entered, "correct", "笔误", changes={"facts": {"hours": 1}})
    with pytest.raises(Rejected, match="lies before the mandate"):
        mark(b, OFFICE, entered, "correct", "笔误", changes={"on": D(2020, 2, 5)})
    after = mark(b, OFFICE, entered, "correct", "笔误", changes={"on": D(2026, 2, 5), "facts": {"people": 4}})
    assert after.history[-1].was == {"on": "2026-01-05", "facts": {"people": 3}}
    assert counters(b) == made_anew(b)
    assert {month for month, *_ in counters(b)} == {D(2026, 2, 1)}
    assert records_of(b, WANG) == (after,)


def test_who_is_late_is_told(county):
    b = county_of(county)
    mine = enter(b, by=WANG, state="entered")
    mark(b, OFFICE, mine, "confirm", seen=0)
    with pytest.raises(Stale):
        mark(b, SECOND, mine, "refuse", "重复", seen=0)


def test_a_deputy_takes_back_what_nobody_checked_yet(county):
    b = county_of(county)
    assert mark(b, WANG, enter(b, by=WANG, state="entered"), "withdraw", "写错了").state == "withdrawn"
    checked = mark(b, OFFICE, enter(b, by=WANG, state="entered", source="2"), "confirm")
    with pytest.raises(NotAllowed, match="records are checked by"):
        mark(b, WANG, checked, "withdraw", "写错了")
    with pytest.raises(NotAllowed, match="comes back by the step"):
        mark(b, CHAIR, mark(b, OFFICE, checked, "withdraw", "重复"), "restore")


def test_private_kinds_are_the_persons_and_the_offices(county):
    b = county_of(county)
    record = enter(b, kind="secret")
    for who, n in ((OFFICE, 1), (WANG, 1), (STATION, 0), (b.actor("p", "presidium"), 0)):
        assert len(b.ask(duty.list_for, who, WANG.id)) == n
    for who in (STATION, LI):
        with pytest.raises(NotFound):
            b.ask(duty.record, who, record.id)
    with pytest.raises(NotFound):
        b.ask(duty.list_for, LI, WANG.id)


def test_what_waits_is_listed_to_the_offices(county):
    b = county_of(county)
    mine = enter(b, by=WANG, state="entered")
    assert b.ask(duty.waiting, OFFICE) == (mine,)
    with pytest.raises(NotFound):
        b.ask(duty.waiting, WANG)
    appealed = mark(b, WANG, mark(b, OFFICE, mine, "confirm"), "appeal", "不是我")
    assert b.ask(duty.waiting, CHAIR, "appealed") == (appealed,)


def test_two_tenants_know_nothing_of_one_another(county):
    one, other = county_of(county), county_of(county)
    record = enter(one)
    assert records_of(other, WANG) == ()
    assert counters(other) == {}
    with pytest.raises(NotFound):
        mark(other, OFFICE, record, "withdraw", "不是这里的")
    with pytest.raises(NotFound):
        other.ask(duty.record, OFFICE, record.id)


def test_persons_and_person_times_are_two_numbers(county):
    b = county_of(county)
    for n, who in enumerate((WANG, WANG, LI)):
        enter(b, person=who.id, source=str(n), again="又一次")
    assert heads((*records_of(b, WANG), *records_of(b, LI))) == {"persons": 2, "mandates": 2, "person_times": 3}


def test_records_come_oldest_first(county):
    b = county_of(county)
    for day in (9, 3, 7):
        enter(b, on=D(2026, 1, day), source=str(day))
    assert [r.on.day for r in records_of(b, WANG)] == [3, 7, 9]
