"""Duty records that follow from steps: one for each event and person, in the mandates of its day, corrected with it."""

import attrs
import pytest
from tests.core.dutying import (
    CHAIR,
    LI,
    OFFICE,
    WANG,
    D,
    also,
    call,
    counters,
    county_of,
    enter,
    made_anew,
    mark,
    practice,
    records_of,
)
from tests.core.reminding import congresses, elect
from tests.core.suggesting import entries

from renda_core.catalogue import Catalogue
from renda_core.domain.duty import heads
from renda_core.errors import NotAllowed, Rejected
from renda_core.services import duty
from renda_core.services.duty import Again
from renda_core.services.duty.writing import recount
from renda_core.testing import uid

MANDATE = uid("mandate wang")


def meeting(b, **roll):
    return call(b, b.open("meeting", OFFICE, title="第三次会议"), **roll)


def kinds(b, who):
    return [(r.kind, r.state) for r in records_of(b, who)]


def test_one_event_of_a_person_with_several_mandates_is_one_record_that_each_level_reads(county):
    b = county_of(county)
    town = also(b, "wang", "town")
    meeting(b, present=["wang", "li"])
    (record,) = records_of(b, WANG)
    assert set(record.mandates) == {MANDATE, town}
    assert record.title == "第三次会议"
    assert heads([record]) == {"persons": 1, "mandates": 2, "person_times": 1}
    assert {holder for _, holder, *_ in counters(b)} == {MANDATE, town, uid("mandate li")}
    assert counters(b) == made_anew(b)


def test_the_matter_of_one_congress_counts_in_its_mandate_alone(county):
    b = county_of(county)
    also(b, "wang", "town")
    meeting(b, absent=["wang"], congress=uid("county"))
    (record,) = records_of(b, WANG)
    assert record.mandates == (MANDATE,)


def test_a_roll_that_is_corrected_corrects_the_records(county):
    b = county_of(county)
    case = meeting(b, present=["wang"], absent=["li"])
    assert kinds(b, LI) == [("absence", "confirmed")]
    case = call(b, case, "recall", present=["wang", "li"], half_days=2)
    assert kinds(b, LI) == [("absence", "withdrawn"), ("session", "confirmed")]
    (mine,) = records_of(b, WANG)
    assert (mine.quantity, [m.do for m in mine.history]) == (2, ["correct"])
    assert counters(b) == made_anew(b)
    case = call(b, case, "recall", absent=["li"], half_days=2)
    assert kinds(b, LI) == [("absence", "confirmed"), ("session", "withdrawn")]
    assert kinds(b, WANG) == [("session", "withdrawn")]
    assert entries(b)[-1]["body"]["records"] == 3
    assert counters(b) == made_anew(b)


def test_the_same_roll_again_changes_nothing(county):
    b = county_of(county)
    case = meeting(b, present=["wang"])
    before = records_of(b, WANG)
    call(b, case, "recall", present=["wang"])
    assert records_of(b, WANG) == before
    assert entries(b)[-1]["body"]["records"] == 0


def test_what_people_decided_about_a_record_stays(county):
    b = county_of(county)
    case = meeting(b, present=["wang"], absent=["li"])
    (absence,) = records_of(b, LI)
    appealed = mark(b, LI, absence, "appeal", "我请过假")
    call(b, case, "recall", present=["wang", "li"])
    assert ("absence", "appealed") in kinds(b, LI)  # whoever decides the appeal decides
    assert mark(b, CHAIR, appealed, "grant", "已请假").state == "withdrawn"
    assert counters(b) == made_anew(b)


def test_a_list_that_is_told_again_takes_back_no_appeal_that_was_granted(county):
    b = county_of(county)
    case = meeting(b, present=["wang"], absent=["li"])
    (absence,) = records_of(b, LI)
    mark(b, CHAIR, mark(b, LI, absence, "appeal", "我在场"), "grant", "签到表属实")
    (mine,) = records_of(b, WANG)
    mark(b, CHAIR, mine, "correct", "只到半天", changes={"title": "半天"})
    case = call(b, case, "recall", present=["wang"], absent=["li"], half_days=2)
    assert kinds(b, LI) == [("absence", "withdrawn")]
    (mine,) = records_of(b, WANG)
    assert (mine.title, mine.quantity) == ("半天", 2)  # what was corrected stays, the rest is as the list has it
    assert counters(b) == made_anew(b)
    mark(b, CHAIR, mine, "refuse", "代签")
    case = call(b, case, "recall", absent=["li"])
    call(b, case, "recall", present=["wang"], absent=["li"])
    assert kinds(b, WANG) == [("session", "refused")]
    assert counters(b) == made_anew(b)


def test_who_called_the_roll_decides_no_appeal_against_it(county):
    b = county_of(county)
    meeting(b, present=["wang"], absent=["li"])
    (absence,) = records_of(b, LI)
    assert absence.by == OFFICE.id
    appealed = mark(b, LI, absence, "appeal", "我在场")
    with pytest.raises(NotAllowed, match="somebody else"):
        mark(b, OFFICE, appealed, "uphold", "没有")
    assert mark(b, CHAIR, appealed, "uphold", "没有").state == "confirmed"


def test_nobody_types_what_a_roll_recorded(county):
    b = county_of(county)
    meeting(b, present=["wang"])
    training = {"kind": "training", "source": "培训签到表"}
    enter(b, **training)
    with pytest.raises(Again, match="recorded already, by '培训签到表'"):
        enter(b, **training | {"source": "另一张表"})
    with pytest.raises(Rejected):
        enter(b, **training)


def test_who_is_outside_the_mandate_is_left_out_and_named(county):
    b = county_of(county)
    elect(b, "later", on=D(2026, 6, 1))
    meeting(b, present=["wang", "later"])
    assert kinds(b, b.actor("later")) == []
    (left,) = entries(b)[-1]["body"]["left_out"]
    assert "2026-03-31 lies before the mandate, which began on 2026-06-01" in left["why"]
    assert kinds(b, WANG) == [("session", "confirmed")]


def test_where_no_roster_is_kept_what_follows_is_recorded_all_the_same(county):
    b = county_of(county, deputies=())
    meeting(b, present=["wang"])
    (record,) = records_of(b, WANG)
    assert record.mandates == ()
    assert {holder for _, holder, *_ in counters(b)} == {WANG.id}
    assert counters(b) == made_anew(b)


def test_a_rule_that_fails_takes_no_step_with_it(county):
    (rule, *_) = [r for r in practice().register_records() if type(r).__name__ == "RecordRule"]

    def broken(context, case, act):
        yield from rule.make(context, case, act)
        raise RuntimeError("no")

    rules = [attrs.evolve(rule, make=broken)]
    catalogue = Catalogue.collect({"duties": practice(rules=rules)})
    b = county({"duties": {}}, catalogue=catalogue)
    congresses(b)
    elect(b, "wang")
    case = meeting(b, present=["wang"])
    assert case.states["main"] == "called"
    assert records_of(b, WANG) == ()
    assert entries(b)[-1]["body"]["left_out"][0]["rule"] == "duties.call"


def test_counters_are_made_anew_from_the_records(county):
    b = county_of(county)
    meeting(b, present=["wang", "li"])
    enter(b, facts={"people": 7})
    before = counters(b)

    async def spoil_and_mend(unit, tenant):
        from renda_core.store import duty as stored

        await unit.write(stored.COUNT, month=D(2026, 1, 1), holder=MANDATE, kind="visit", measure="", n=99)
        n = await recount(unit)
        unit.record("test.recounted", on=unit.tenant, version=0, rule="test")
        return n

    assert b.do(spoil_and_mend, OFFICE) == len(before)
    assert counters(b) == before
    assert b.read(duty.records_of, WANG.id)
