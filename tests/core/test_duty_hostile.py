"""Records as somebody hostile or tired would enter and mark them: what is refused, what is told, and what is kept."""

import asyncio

import pytest
from tests.core.coding import in_loop
from tests.core.dutying import (
    CHAIR,
    LI,
    OFFICE,
    SECOND,
    STATION,
    WANG,
    D,
    also,
    asking,
    counters,
    county_of,
    enter,
    made_anew,
    mark,
    records_of,
    visit,
)
from tests.core.suggesting import entries

from renda_core.domain.duty import Record
from renda_core.domain.mandates import MandateEvent
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected, RendaError, Stale
from renda_core.records import ScoreRule
from renda_core.services import duty, mandates
from renda_core.store import duty as stored
from renda_core.testing import uid

MANDATE = uid("mandate wang")
TEXTS = {"long": "长" * 501, "nul": "一\x00二", "surrogate": "\ud800"}


@pytest.fixture
def b(county):
    return county_of(county)


def written(b, record):
    """Write a record that no hand could enter, as a step or an assessment does."""

    async def work(unit, _):
        made = await duty.writing.add(unit, record)
        await duty.writing.count(unit, [(None, made)])
        unit.record("test.written", on=made.id, version=0, rule="test")
        return made

    return b.do(work, OFFICE)


def test_a_station_learns_nothing_of_private_kinds_by_entering_them(b):
    enter(b, kind="secret", source="纪委函 1")
    told = set()
    for source in ("纪委函 1", "另一件"):
        with pytest.raises(NotAllowed) as error:
            enter(b, by=STATION, kind="secret", source=source, state="entered")
        told.add(str(error.value))
    assert len(told) == 1
    assert "纪委函" not in told.pop()


def test_the_journal_tells_no_private_kind_of_a_person(b):
    record = enter(b, kind="secret", source="纪委函 1", again="又一件")
    mark(b, SECOND, record, "correct", "笔误", changes={"quantity": 2})
    entered, corrected = entries(b)[-2:]
    assert (entered["body"], corrected["body"]) == ({}, {"state": "confirmed"})
    assert entered["private"]  # kept beside the chain, which has its commitment alone
    assert corrected["private"]
    assert b.verify().whole


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_words_are_short_and_can_be_printed(b, text):
    mine = enter(b, by=WANG, state="entered")
    with pytest.raises(Invalid, match="why is"):
        mark(b, OFFICE, mine, "refuse", text)
    with pytest.raises(Invalid, match="again is"):
        enter(b, source="2", again=text)
    assert records_of(b, WANG) == (mine,)


def test_blanks_make_no_other_source(b):
    enter(b)
    for source in ("登记簿 1 ", " 登记簿  1", "登记簿　1"):
        with pytest.raises(Rejected, match="登记簿 1 is already recorded"):
            enter(b, source=source, on=D(2026, 1, 6))


def test_who_withdrew_a_record_and_enters_it_again_is_told_how(b):
    mine = enter(b, by=WANG, state="entered")
    mark(b, WANG, mine, "withdraw", "日期写错了")
    with pytest.raises(Rejected, match="is already recorded for this person, and was withdrawn; name the source"):
        enter(b, by=WANG, state="entered")
    assert enter(b, by=WANG, state="entered", source="登记簿 1（重录）").state == "entered"


def test_an_appeal_that_was_decided_is_not_made_again_until_something_changes(b):
    upheld = mark(b, CHAIR, mark(b, WANG, enter(b), "appeal", "不是我"), "uphold", "有签名")
    with pytest.raises(Rejected, match="the appeal was decided on 2026-03-31, and nothing has changed since"):
        mark(b, WANG, upheld, "appeal", "就不是我")
    changed = mark(b, OFFICE, upheld, "correct", "笔误", changes={"quantity": 2})
    assert mark(b, WANG, changed, "appeal", "只有一次").state == "appealed"


def test_a_rule_that_asks_for_evidence_since_keeps_no_appeal_open(county):
    b = county_of(county, asking())
    bare = written(b, visit(source="旧册 1"))
    assert not bare.proven
    assert mark(b, CHAIR, mark(b, WANG, bare, "appeal", "多了一次"), "uphold", "属实").state == "confirmed"


def test_a_correction_checks_what_it_changes_and_nothing_else(b):
    old = written(b, visit(title="长" * 600, facts={"gone": 3}))
    assert mark(b, OFFICE, old, "correct", "两次", changes={"quantity": 2}).title == old.title
    for bad in ({"title": "长" * 501}, {"facts": {"gone": 4}}, {"facts": {"gone": 3, "new": 1}}, {"quantity": 0}):
        with pytest.raises(Invalid):
            mark(b, OFFICE, old, "correct", "笔误", changes=bad)
    assert mark(b, OFFICE, old, "correct", "去掉", changes={"facts": {}}).facts == {}
    assert counters(b) == made_anew(b)


def test_a_year_below_zero_is_corrected_like_any_other(county):
    rule = ScoreRule(name="points", title="积分", items=lambda settings: (), result="session")
    b = county_of(county, rule)
    below = written(b, visit(kind="session", source="score:points:2025", facts={"points": -500}))
    with pytest.raises(Invalid, match="has no fact"):
        mark(b, OFFICE, below, "correct", "笔误", changes={"facts": {"nonsense": -1}})
    assert mark(b, OFFICE, below, "correct", "笔误", changes={"quantity": 2}).facts == {"points": -500}


def test_what_a_practice_that_is_gone_left_is_corrected_within_bounds(b):
    gone = written(b, visit(kind="gone"))
    bad = [{"quantity": -5}, {"quantity": 10**12}, {"on": D(2026, 4, 1)}, {"title": "一\x00"}, {"evidence": ("",)}]
    bad += [{"facts": {"people": 10**12}}, {"facts": {"a;b=1": 1}}]
    for changes in bad:
        with pytest.raises(Invalid):
            mark(b, OFFICE, gone, "correct", "笔误", changes=changes)
    assert mark(b, OFFICE, gone, "correct", "笔误", changes={"quantity": 5}).quantity == 5
    assert counters(b) == made_anew(b)


def test_a_correction_keeps_the_mandates_that_a_record_named(b):
    also(b, "wang", "town")
    named, every = enter(b, mandates=(MANDATE,)), enter(b, kind="talk", source="2")
    changes = {"on": D(2026, 2, 5)}
    assert mark(b, OFFICE, named, "correct", "笔误", changes=changes).mandates == (MANDATE,)
    assert len(mark(b, OFFICE, every, "correct", "笔误", changes=changes).mandates) == 2
    assert counters(b) == made_anew(b)


def test_a_correction_reaches_a_mandate_that_began_between(b):
    town = also(b, "wang", "town", on=D(2026, 1, 20))
    before = enter(b)
    assert before.mandates == (MANDATE,)
    after = mark(b, OFFICE, before, "correct", "笔误", changes={"on": D(2026, 2, 5)})
    assert set(after.mandates) == {MANDATE, town}


def test_what_waited_is_not_confirmed_outside_the_mandate_as_it_is_now(b):
    mine = enter(b, by=WANG, state="entered", on=D(2026, 3, 20))
    end = MandateEvent(
        kind="end", on=D(2026, 3, 15), legal_act="公告1号", by_body="standing_committee", reason="resignation_accepted"
    )
    b.do(mandates.happen, OFFICE, MANDATE, end)
    with pytest.raises(Rejected, match="2026-03-20 lies after the mandate, which ended on 2026-03-15"):
        mark(b, OFFICE, mine, "confirm")
    refused = mark(b, OFFICE, mine, "refuse", "任职已终止")
    with pytest.raises(Rejected, match="2026-03-20 lies after the mandate, which ended on 2026-03-15"):
        mark(b, CHAIR, mark(b, WANG, refused, "appeal", "当时在任"), "grant", "采纳")
    assert counters(b) == {}


@pytest.mark.parametrize("id", ["", "abc", "0", "../x", uid("nobody"), MANDATE, "\x00"], ids=ascii)
def test_guessed_ids_lead_nowhere(b, id):
    enter(b)
    for who in (LI, STATION, OFFICE):
        with pytest.raises(NotFound):
            b.ask(duty.record, who, id)
        with pytest.raises(NotFound):
            b.do(duty.mark, who, duty.Marking(id=id, do="confirm"))
    with pytest.raises(NotFound):
        b.ask(duty.list_for, LI, id)
    with pytest.raises((NotAllowed, Rejected, Invalid)):
        enter(b, person=id)
    with pytest.raises((NotAllowed, Rejected, Invalid)):
        enter(b, by=LI, person=id, state="entered")


@pytest.mark.parametrize("day", [D(1, 1, 1), D(9999, 12, 31)])
def test_days_at_the_ends_of_time(b, day):
    with pytest.raises(RendaError):
        enter(b, on=day)
    record = enter(b)
    with pytest.raises(RendaError):
        mark(b, OFFICE, record, "correct", "笔误", changes={"on": day})
    assert records_of(b, WANG) == (record,)


def test_of_two_marks_at_once_one_is_told_to_look_again(b):
    for n in range(5):
        mine = enter(b, by=WANG, state="entered", source=str(n), on=D(2026, 2, n + 1))
        asked = [duty.Marking(id=mine.id, do="confirm"), duty.Marking(id=mine.id, do="refuse", why="重复")]

        async def at_once(asked=asked):
            who = (OFFICE, SECOND)
            work = [b.store.write(duty.mark, b.file.id, w, b.tenant, a) for w, a in zip(who, asked, strict=True)]
            return await asyncio.gather(*work, return_exceptions=True)

        done = in_loop(b, at_once())
        (last,) = [r for r in records_of(b, WANG) if r.id == mine.id]
        assert len(last.history) == sum(isinstance(one, Record) for one in done)
        assert all(isinstance(one, Record | Stale | Rejected) for one in done)
        assert counters(b) == made_anew(b)


def test_of_two_who_enter_the_same_at_once_one_is_refused(b):
    async def at_once():
        asked = duty.Entering(record=visit(evidence=("签到表",)))
        work = [b.store.write(duty.enter, b.file.id, who, b.tenant, asked) for who in (OFFICE, SECOND, CHAIR)]
        return await asyncio.gather(*work, return_exceptions=True)

    done = in_loop(b, at_once())
    assert sum(isinstance(one, Record) for one in done) == 1
    assert all(isinstance(one, Record | RendaError) for one in done)
    assert len(records_of(b, WANG)) == 1
    assert counters(b) == made_anew(b)


def test_many_at_once_are_each_counted(b):
    async def at_once():
        asked = [duty.Entering(record=visit(source=str(n), quantity=n), again="另一户") for n in range(1, 13)]
        work = [b.store.write(duty.enter, b.file.id, OFFICE, b.tenant, one) for one in asked]
        return await asyncio.gather(*work)

    assert len(in_loop(b, at_once())) == 12
    assert counters(b) == made_anew(b)
    assert stored.counts_of(records_of(b, WANG)[0])


def happens(b, kind, on, reason="", mandate=MANDATE, by="standing_committee"):
    """Enter what happened to a mandate, however late."""
    event = MandateEvent(kind=kind, on=on, legal_act=f"公告 {kind}", by_body=by, reason=reason)
    b.do(mandates.happen, OFFICE, mandate, event)


def test_a_mandate_whose_end_is_entered_late_keeps_no_record_of_later_days(b):
    town = also(b, "wang", "town")
    early, late = (enter(b, on=D(2026, 3, day), source=str(day)) for day in (14, 20))
    alone = enter(b, person=LI.id, on=D(2026, 3, 20))
    happens(b, "end", D(2026, 3, 15), "resignation_accepted")
    assert entries(b)[-1]["body"]["records"] == 1
    kept, moved = records_of(b, WANG)
    assert kept == early
    assert (moved.mandates, moved.state, moved.counts) == ((town,), "confirmed", True)
    assert moved.history[-1].was == {"mandates": list(late.mandates)}
    assert moved.history[-1].why == "代表职务自 2026-03-15 起终止"
    assert records_of(b, LI) == (alone,)
    happens(b, "end", D(2026, 3, 16), "resignation_accepted", town, by="congress")
    assert [r.mandates for r in records_of(b, WANG)] == [early.mandates, ()]
    assert counters(b) == made_anew(b)
    with pytest.raises(Rejected, match="lies after the mandate"):
        mark(b, OFFICE, moved, "correct", "笔误", changes={"on": D(2026, 3, 21)})
    assert mark(b, OFFICE, moved, "correct", "笔误", changes={"on": D(2026, 3, 1)}).mandates == early.mandates
    assert counters(b) == made_anew(b)


def test_a_suspension_that_is_entered_late_gives_back_what_it_took(b):
    days = {day: enter(b, on=D(2026, 3, day), source=str(day)) for day in (1, 10, 20)}
    happens(b, "suspend", D(2026, 3, 5), "detained")
    assert [r.mandates for r in records_of(b, WANG)] == [(MANDATE,), (), ()]
    happens(b, "resume", D(2026, 3, 15))
    assert [r.mandates for r in records_of(b, WANG)] == [(MANDATE,), (), (MANDATE,)]
    assert [len(r.history) for r in records_of(b, WANG)] == [0, 1, 2]
    assert records_of(b, WANG)[0] == days[1]
    assert counters(b) == made_anew(b)
