"""Duty records: they follow from steps once, and by hand where no step makes them."""

import datetime as dt

import pytest
from tests.core.suggesting import (
    CHEN,
    LI,
    NAME,
    OFFICE,
    WANG,
    accepted,
    draft,
    entries,
    suggestion_handling,
    with_settings,
)

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.duty import Record, heads
from renda_core.errors import Rejected
from renda_core.records import RecordRule
from renda_core.services import duty as records

D = dt.date


def records_of(b, person):
    return b.read(records.records_of, person.id)


def test_an_accepted_suggestion_counts_once_for_each_signer(county):
    b = with_settings(county)
    case = accepted(b, cosigners=("li",))
    for person, lead in ((WANG, 1), (LI, 0)):
        (record,) = records_of(b, person)
        assert (record.kind, record.on, record.source) == ("suggestion", D(2026, 1, 20), f"case:{case.id}:accept")
        assert record.facts == {"lead": lead}
        assert record.state == "confirmed"
    assert entries(b)[-1]["body"]["records"] == 2
    assert records_of(b, CHEN) == ()


def test_a_draft_counts_for_nobody_and_a_decliner_neither(county):
    b = with_settings(county)
    case = b.run(draft(b, invited=("li",)), ("decline_cosign", LI), ("submit", WANG))
    assert records_of(b, WANG) == ()
    b.step(case, "accept", OFFICE)
    assert len(records_of(b, WANG)) == 1
    assert records_of(b, LI) == ()


def test_the_same_source_never_counts_twice(county):
    b = with_settings(county)
    visit = Record(
        person=WANG.id, kind="visit", on=D(2026, 1, 5), source="接待登记 17", quantity=3, mandates=("23", "2301")
    )
    entered = b.do(records.enter, OFFICE, visit)
    with pytest.raises(Rejected, match="接待登记 17 is already recorded for this person"):
        b.do(records.enter, OFFICE, visit)
    assert records_of(b, WANG) == (entered,)
    assert entered.id
    assert heads(records_of(b, WANG)) == {"persons": 1, "mandates": 2, "person_times": 3}
    told = entries(b)[-1]
    assert (told["what"], told["rule"], told["body"]["kind"]) == ("record.entered", "by hand", "visit")


def test_another_persons_and_another_kinds_record_of_one_source_counts(county):
    b = with_settings(county)
    for person in (WANG, LI):
        for kind in ("visit", "talk"):
            b.do(records.enter, OFFICE, Record(person=person.id, kind=kind, on=D(2026, 1, 5), source="接待日"))
    assert [len(records_of(b, p)) for p in (WANG, LI)] == [2, 2]


def test_records_come_oldest_first(county):
    b = with_settings(county)
    for day in (9, 3, 7):
        b.do(records.enter, OFFICE, Record(person=WANG.id, kind="visit", on=D(2026, 1, day), source=str(day)))
    assert [r.on.day for r in records_of(b, WANG)] == [3, 7, 9]


def test_register_records_of_another_plugin_follows_the_same_step(county):
    class More:
        """A plugin of a test."""

        @hookimpl
        def register_records(self):
            def made(context, case, act):
                yield Record(person=case.parties["proposer"][0], kind="early", on=act.on, source=f"case:{case.id}")

            return (RecordRule(name="early", kind="suggestion", step="submit", make=made),)

    catalogue = Catalogue.collect({NAME: suggestion_handling, "more": More()})
    b = county({NAME: {}, "more": {}}, catalogue=catalogue)
    case = b.run(draft(b), ("submit", WANG))
    assert [r.kind for r in records_of(b, WANG)] == ["early"]
    case = b.run(case, ("send_back", OFFICE, {"note": "改"}))
    b.step(case, "submit", WANG)  # what is recorded already is no reason to refuse a step
    assert [r.kind for r in records_of(b, WANG)] == ["early"]
    (left,) = entries(b)[-1]["body"]["left_out"]
    assert (left["rule"], left["version"], "is already recorded" in left["why"]) == ("more.early", 3, True)


def test_an_override_makes_no_record_and_tenants_keep_their_own(county):
    one, other = with_settings(county), with_settings(county)
    accepted(one)
    assert len(records_of(one, WANG)) == 1
    assert records_of(other, WANG) == ()
