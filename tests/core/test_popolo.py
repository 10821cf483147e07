"""The roster out as Popolo and in again, on both back ends: the same in meaning, and to the byte."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
from tests.core.popolo_county import (
    CITY,
    COUNTY,
    DEPUTY,
    NAMES,
    OFFICE,
    PUBLIC,
    SECRETS,
    UNIT,
    bring,
    empty,
    filled,
    look,
    out,
)

from renda_core.errors import NotAllowed
from renda_core.services import popolo
from renda_core.store.roster import ALL
from renda_core.testing import uid

SCHEMAS = Path(__file__).parents[1] / "data" / "popolo"
DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
TEXT, DAY = str, "date"
PROPERTIES = {
    "persons": {"id": TEXT, "name": TEXT, "gender": TEXT, "birth_date": DAY, "national_identity": TEXT},
    "organizations": {
        "id": TEXT, "name": TEXT, "classification": TEXT, "parent_id": TEXT, "area_id": TEXT, "founding_date": DAY,
        "dissolution_date": DAY, "identifiers": list, "contact_details": list,
    },
    "posts": {
        "id": TEXT, "label": TEXT, "role": TEXT, "organization_id": TEXT, "area_id": TEXT, "start_date": DAY,
        "end_date": DAY,
    },
    "memberships": {
        "id": TEXT, "role": TEXT, "person_id": TEXT, "organization_id": TEXT, "post_id": TEXT, "area_id": TEXT,
        "start_date": DAY, "end_date": DAY,
    },
    "areas": {"id": TEXT, "name": TEXT, "identifier": TEXT, "classification": TEXT, "parent_id": TEXT},
    "events": {
        "id": TEXT, "name": TEXT, "classification": TEXT, "organization_id": TEXT, "parent_id": TEXT, "start_date": DAY,
        "end_date": DAY, "identifiers": list,
    },
}  # fmt: skip
"""Popolo's own properties and types, of those that we write."""
OURS = {
    "memberships": {"legislative_period_id": TEXT, "by_election": bool, "identifiers": list},
    "posts": {"seats": int},
}
"""What we add."""


def test_every_property_is_popolos_or_one_that_the_page_names(county):
    whole = json.loads(out(filled(county), personal=True))
    assert whole.keys() == PROPERTIES.keys()
    for name, parts in whole.items():
        known = PROPERTIES[name] | OURS.get(name, {})
        for part in parts:
            for key, value in part.items():
                if known[key] is DAY:
                    assert DATE.fullmatch(value), (name, key, value)
                else:
                    assert type(value) is known[key], (name, key, value)
            for identifier in part.get("identifiers", ()):
                assert identifier.keys() == {"identifier", "scheme"}
        assert [p["id"] for p in parts] == sorted(p["id"] for p in parts)


def schema():
    """Load the schemas that were written from the specification's tables of properties."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(SCHEMAS.glob("*.json"))]
    registry = jsonschema_rs.Registry([(one["$id"], one) for one in found])
    return jsonschema_rs.Draft202012Validator({"$ref": "renda:popolo/document"}, registry=registry)


@pytest.mark.parametrize("who", [OFFICE, PUBLIC, DEPUTY, UNIT])
def test_what_goes_out_keeps_to_the_specification(county, who):
    valid = schema()
    for b in (filled(county), empty(county)):
        assert [str(e) for e in valid.iter_errors(json.loads(out(b, who, personal=who is OFFICE)))] == []
    for wrong in (
        {"persons": [{"id": "1"}]},
        {"persons": [{"name": "王", "birth_date": "1980-5-6"}]},
        {"areas": [{"id": 1, "name": "县"}]},
        {"organizations": [{"name": "县", "identifiers": [{"scheme": "x"}]}]},
        {"persons": {}},
    ):
        assert not valid.is_valid(wrong), wrong


def test_what_stands_for_what(county):
    whole = json.loads(out(filled(county)))
    by = {name: {p["id"]: p for p in parts} for name, parts in whole.items()}
    home = by["organizations"][uid("county")]
    assert (home["name"], home["classification"], home["parent_id"]) == (COUNTY, "legislature", uid("city"))
    places = by["areas"]
    assert places[home["area_id"]]["classification"] == "county"
    assert places[by["organizations"][uid("city")]["area_id"]] | {"id": ""} == {
        "id": "", "name": CITY[:3], "identifier": "421200", "classification": "city with districts",
    }  # fmt: skip
    seat = by["memberships"][uid("mandate wang")]
    assert seat["legislative_period_id"] == uid("term")
    assert seat["identifiers"] == [{"identifier": "X-0", "scheme": "deputy certificate"}]
    post = by["posts"][seat["post_id"]]
    assert (post["organization_id"], post["area_id"], post["seats"]) == (uid("county"), uid("d1"), 3)
    assert by["memberships"][uid("in team wang")]["role"] == "团长"
    assert by["memberships"][uid("mandate later")]["role"] == "deputy-elect"
    assert by["memberships"][uid("mandate ended")]["end_date"] == "2025-06-01"
    assert by["events"][uid("term")]["name"] == "示例县人民代表大会第六届"
    assert by["events"][uid("session 5")]["name"] == "示例县第六届人民代表大会第五次会议"
    roads = by["organizations"][uid("a roads")]
    assert roads["identifiers"] == [{"identifier": "11420000MB0000000X", "scheme": "CN-USCC"}]
    assert {p["name"] for p in whole["persons"]} == set(NAMES.values())


@pytest.mark.parametrize("personal", [False, True])
def test_a_round_trip_gives_the_same_bytes_and_a_second_import_changes_nothing(county, personal):
    one, other = filled(county), empty(county)
    first = out(one, personal=personal)
    assert first == out(one, personal=personal)
    assert {i.state for i in look(one, first).items} == {"same"}
    head = one.verify().entries
    assert bring(one, first).digest == ""
    assert one.verify().entries == head + 1

    seen = look(other, first)
    assert seen.ok, seen.errors
    assert other.read(lambda r: r.all(ALL["person"])) == []
    done = bring(other, first)
    assert (done.changed, done.same + done.new + done.warnings) == (0, len(seen.items))
    assert out(other, personal=personal) == first
    assert {i.state for i in look(other, first).items} == {"same"}
    assert other.verify().whole
    names = {p["name"] for p in other.read(lambda r: r.all(ALL["person"]))}
    assert names == set(NAMES.values())


def test_the_tables_hold_the_same_too(county):
    one, other = filled(county), empty(county)
    bring(other, out(one, personal=True))
    for noun, left in (
        ("term", {"valid_from"}),
        ("session", {"valid_from"}),
        ("district", set()),
        ("body", set()),
        ("membership", set()),
        ("mandate", {"document"}),
        ("congress", set()),
    ):
        got, had = ([_without(r, left) for r in b.read(lambda r, n=noun: r.all(ALL[n]))] for b in (other, one))
        assert got == had, noun


def _without(row, names):
    return {k: v for k, v in row.items() if k not in names}


def test_no_personal_data_go_out(county):
    b = filled(county)
    for who in (OFFICE, PUBLIC, DEPUTY, UNIT):
        told = out(b, who).decode()
        assert not [s for s in (*SECRETS, "1980-05-06", "汉族", "0010") if s in told]
    assert "1980-05-06" in out(b, personal=True).decode()
    assert not [s for s in SECRETS if s in out(b, personal=True).decode()]
    for who in (PUBLIC, DEPUTY, UNIT):
        with pytest.raises(NotAllowed):
            b.ask(popolo.export, who, personal=True)


def test_others_than_the_keepers_see_no_certificates_and_nobody_unconfirmed(county):
    told = json.loads(out(filled(county), PUBLIC))
    assert {p["name"] for p in told["persons"]} == set(NAMES.values()) - {NAMES["later"]}
    assert not [
        m for m in told["memberships"] if "identifiers" in m or m["role" if "role" in m else "id"] == "deputy-elect"
    ]
    held = {p["id"] for p in told["persons"]}
    assert {m["person_id"] for m in told["memberships"]} <= held


def test_one_tenants_roster_never_goes_out_with_anothers(county):
    filled(county)
    assert json.loads(out(empty(county))) == {name: [] for name in PROPERTIES}


def test_an_empty_roster_goes_out_and_comes_in(county):
    b = empty(county)
    raw = out(b)
    assert look(b, raw).items == ()
    assert bring(filled(county), raw).new == bring(b, raw).same == 0
