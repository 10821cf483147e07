"""Duty records that follow from the steps of suggestions, once for each signer."""

import datetime as dt

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
from renda_core.domain.duty import Record
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
