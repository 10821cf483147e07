"""What may happen to a duty record, and how long somebody was exposed to duties: pure laws."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.duty import MARKS, Mark, Record, RecordKind, exposure, marked
from renda_core.domain.mandates import Mandate, MandateEvent, apply
from renda_core.errors import Invalid, Rejected
from renda_core.store.codec import decode, encode
from renda_core.store.duty import counted, counts_of

D = dt.date
WANG = "00000000-0000-0000-0000-000000000001"
ENTERED = Record(person=WANG, kind="visit", on=D(2026, 1, 5), source="1", id=WANG, state="entered")
ELECTED = D(2021, 12, 28)
FIRST, LAST = D(2026, 1, 1), D(2026, 12, 31)

marks = st.builds(
    lambda do, why, quantity, day: (
        Mark(do=do, by="somebody", on=D(2026, 2, 1), why=why),
        {"quantity": quantity, "on": D(2026, 1, day)} if do in ("correct", "grant") else {},
    ),
    st.sampled_from(sorted(MARKS)),
    st.sampled_from(["", "缘由"]),
    st.integers(1, 3),
    st.integers(1, 28),
)


def walked(steps, record=ENTERED):
    """Make what marks can be made; give the record after each."""
    found = [record]
    for mark, changes in steps:
        try:
            found.append(marked(found[-1], mark, changes))
        except Rejected:
            continue
    return found


@given(st.lists(marks, max_size=12))
def test_a_history_only_grows_and_says_what_was(steps):
    records = walked(steps)
    for before, after in pairwise(records):
        assert after.history[:-1] == before.history
        was = after.history[-1].was
        for field in ("quantity", "on"):
            if field in was:
                assert str(was[field]) == str(getattr(before, field))
            else:
                assert getattr(after, field) == getattr(before, field)
    assert all(r.person == WANG and r.source == "1" for r in records)


@given(st.lists(marks, max_size=12))
def test_counters_kept_with_each_mark_are_those_made_anew(steps):
    records = walked(steps)
    kept = {}
    for change in zip([None, *records], records, strict=False):
        for key, n in counted([change]).items():
            kept[key] = kept.get(key, 0) + n
    assert {key: n for key, n in kept.items() if n} == counts_of(records[-1])


@given(st.lists(marks, max_size=12))
def test_a_record_comes_back_from_the_store_as_it_was(steps):
    for record in walked(steps):
        raw = encode(record)
        assert decode(raw, Record) == record
        assert encode(decode(raw, Record)) == raw


@given(st.lists(marks, max_size=12))
def test_what_is_refused_or_withdrawn_counts_nothing(steps):
    for record in walked(steps):
        assert record.counts == bool(counts_of(record))
        if record.state in ("entered", "refused", "withdrawn"):
            assert not record.counts


def test_there_is_no_sixth_book():
    with pytest.raises(Invalid, match="there is no book 'diary'"):
        RecordKind(name="visit", title="走访", book="diary")


def mandate(*events, on=ELECTED, **rest):
    """Make a mandate with what happened to it."""
    held = Mandate(
        id="m",
        valid_from=on,
        person=WANG,
        congress="c",
        level="county",
        term="t",
        elected_on=on,
        state="active",
        **rest,
    )
    for kind, day, reason in events:
        act = {"legal_act": "公告", "by_body": "standing_committee"}
        held = apply(held, MandateEvent(kind=kind, on=day, reason=reason, **act))
    return held


def test_a_whole_year_in_office():
    found = exposure([mandate()], [], {}, FIRST, LAST)
    assert (found.days, found.in_office, found.suspended) == (365, 365, 0)


def test_a_by_election_in_july_leaves_half_a_year():
    assert exposure([mandate(on=D(2026, 7, 1))], [], {}, FIRST, LAST).in_office == 184


def test_suspension_and_end_are_days_out_of_office():
    events = (
        ("suspend", D(2026, 3, 1), "detained"),
        ("resume", D(2026, 4, 1), ""),
        ("end", D(2026, 12, 1), "moved_away"),
    )
    found = exposure([mandate(*events)], [], {}, FIRST, LAST)
    assert (found.in_office, found.suspended) == (365 - 31 - 31, 31)


def test_two_terms_meet_without_a_gap_and_two_mandates_count_a_day_once():
    old = mandate(("end", D(2026, 7, 1), "term_ended"))
    assert exposure([old, mandate(on=D(2026, 7, 1))], [], {}, FIRST, LAST).in_office == 365
    assert exposure([mandate(), mandate()], [], {}, FIRST, LAST).in_office == 365


def test_what_was_offered_is_what_was_taken_and_missed():
    kinds = {
        "session": RecordKind(name="session", title="会议", part="taken"),
        "leave": RecordKind(name="leave", title="请假", part="missed"),
        "visit": RecordKind(name="visit", title="走访"),
    }
    told = [("session", D(2026, 1, 8), "confirmed"), ("session", D(2025, 1, 8), "confirmed")]
    told += [
        ("leave", D(2026, 2, 8), "confirmed"),
        ("leave", D(2026, 3, 8), "withdrawn"),
        ("visit", FIRST, "confirmed"),
    ]
    records = [
        Record(person=WANG, kind=kind, on=on, source=str(n), state=state) for n, (kind, on, state) in enumerate(told)
    ]
    found = exposure([mandate()], records, kinds, FIRST, LAST)
    assert (found.taken, found.missed, found.offered) == (1, 1, 2)
    assert str(found.attendance) == "50.00 % (1 / 2 应参加次数)"


def test_a_part_missed_of_what_was_attended_is_no_further_opportunity():
    kinds = {
        "session": RecordKind(name="session", title="出席人代会", part="taken"),
        "leave": RecordKind(name="leave", title="请假", part="missed"),
        "absence": RecordKind(name="absence", title="缺席", part="missed"),
    }
    told = [("session", {}), ("leave", {"beside": 1}), ("absence", {"beside": 1}), ("leave", {"beside": 0})]
    records = [
        Record(person=WANG, kind=kind, on=FIRST, source=str(n), facts=facts) for n, (kind, facts) in enumerate(told)
    ]
    found = exposure([mandate()], records, kinds, FIRST, LAST)
    assert (found.taken, found.missed, str(found.attendance)) == (1, 1, "50.00 % (1 / 2 应参加次数)")
