"""Other systems' Popolo: validated to the place in the JSON, laid over the roster all or nothing, never merged."""

from __future__ import annotations

import copy
import json
import re

import pytest
from tests.core.popolo_county import (
    COUNTY,
    OFFICE,
    bring,
    empty,
    filled,
    look,
    out,
)

from renda_core.errors import ConfigError, Invalid
from renda_core.services.search import reindex
from renda_core.store.roster import ALL
from renda_core.testing import uid

FOREIGN = {
    "organizations": [
        {"id": "org/1", "name": "外来县人民代表大会", "classification": "legislature", "area_id": "area/1"},
        {"id": "org/2", "name": "财经委", "classification": "committee", "parent_id": "org/1"},
    ],
    "areas": [
        {"id": "area/1", "name": "外来县", "classification": "county"},
        {"id": "area/2", "name": "城关选区"},
    ],
    "events": [
        {"id": "term/12", "name": "12th term", "classification": "legislative period", "organization_id": "org/1",
         "start_date": "2021-12-28"},
    ],
    "persons": [{"id": "person/7", "name": "古丽•艾合买提", "email": "x@y", "other_names": []}],
    "posts": [{"id": "post/1", "label": "seat", "role": "deputy", "organization_id": "org/1", "area_id": "area/2"}],
    "memberships": [
        {"person_id": "person/7", "organization_id": "org/1", "post_id": "post/1", "legislative_period_id": "term/12"},
        {"id": "m/2", "person_id": "person/7", "organization_id": "org/2", "role": "主任", "start_date": "2022-01-04"},
    ],
}  # fmt: skip


def changed(path, value, document=FOREIGN):
    """Give a document with one place set; a path is ``("persons", 0, "name")``."""
    made = copy.deepcopy(document)
    at = made
    for key in path[:-1]:
        at = at[key]
    if value is None:
        at.pop(path[-1])
    else:
        at[path[-1]] = value
    return made


def states(seen):
    return {i.path: i.state for i in seen.items}


def all_of(b, noun):
    return b.read(lambda r: r.all(ALL[noun]))


def test_a_foreign_document_comes_in_and_a_second_time_changes_nothing(county):
    b = empty(county)
    seen = look(b, FOREIGN)
    assert seen.ok, seen.errors
    assert seen.notes == ("persons: 'email' is not read (1 times)", "persons: 'other_names' is not read (1 times)")
    assert [r for r in seen.warnings if "start_date" in r] == [
        "$.memberships[0].start_date: not given; taken as 2021-12-28, when the term began; give the election's day"
    ]
    bring(b, FOREIGN)
    (congress,), (term,), (district,), (mandate,) = (all_of(b, n) for n in ("congress", "term", "district", "mandate"))
    assert (congress["level"], term["number"], district["name"]) == ("county", 12, "城关选区")
    assert (mandate["district"], mandate["state"], str(mandate["elected_on"])) == (
        district["id"],
        "active",
        "2021-12-28",
    )
    (body,), (place,) = all_of(b, "body"), all_of(b, "membership")
    assert (body["kind"], place["role"], place["mandate"]) == ("committee", "主任", mandate["id"])
    assert {i.state for i in look(b, FOREIGN).items} == {"same"}
    assert bring(b, changed(("persons", 0, "name"), "古丽·艾合买提")).changed == 1
    (person,) = all_of(b, "person")
    assert person["name"] == "古丽·艾合买提"
    exported = out(b)
    assert {i.state for i in look(b, exported).items} == {"same"}


def test_derived_ids_are_the_tenants_own_and_stay(county):
    one, other = empty(county), empty(county)
    for b in (one, other):
        bring(b, FOREIGN)
    ids = [{r["id"] for n in ("person", "mandate", "congress") for r in all_of(b, n)} for b in (one, other)]
    assert not ids[0] & ids[1]
    bring(one, FOREIGN)
    assert {r["id"] for n in ("person", "mandate", "congress") for r in all_of(one, n)} == ids[0]


def test_people_who_came_in_are_found_by_their_words(county):
    b = empty(county)
    bring(b, FOREIGN)
    bring(b, changed(("persons", 0, "name"), "赵钱孙"))
    _, following = b.do(reindex.reindex_page, OFFICE)
    people, _ = b.do(reindex.reindex_page, OFFICE, following)
    assert (people.people, people.added, people.cut) == (1, 0, 0)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("persons", 0, "name"), None, r"\$\.persons\[0\]: Object missing required field `name`"),
        (("persons", 0, "name"), 5, r"\$\.persons\[0\]\.name: Expected `str`, got `int`"),
        (("persons", 0, "name"), "  ", r"\$\.persons\[0\]\.name: is empty"),
        (("persons", 0, "name"), "王\u0000某", r"\$\.persons\[0\]\.name: holds control characters"),
        (("persons", 0, "name"), "王\u2028某", r"\$\.persons\[0\]\.name: holds control characters"),
        (("persons", 0, "name"), "王" * 1001, r"\$\.persons\[0\]\.name: 1001 characters; at most 1000"),
        (("persons", 0, "birth_date"), "2026-02-30", r"birth_date: '2026-02-30' is no date; write it as 2026-03-01"),
        (("persons", 0), [], r"\$\.persons\[0\]: expected an object, not list"),
        (("memberships", 0, "person_id"), "person/8", r"\$\.memberships\[0\]\.person_id: no person 'person/8'"),
        (("memberships", 0, "post_id"), "post/9", r"post_id: no post 'post/9'"),
        (("memberships", 0, "organization_id"), "org/9", r"organization_id: no organization 'org/9'"),
        (("memberships", 0, "end_date"), "2020-01-01", r"end_date: ends 2020-01-01 before it begins 2021-12-28"),
        (("organizations", 0, "dissolution_date"), "2020-01-01", r"would end 2020-01-01, before it begins 2021-12-28"),
        (("memberships", 1, "end_date"), "2020-01-01", r"end_date: ends 2020-01-01 before it begins 2022-01-04"),
        (("memberships", 0, "start_date"), "2021", r"start_date: '2021' has no day; give year, month and day"),
        (("memberships", 0, "legislative_period_id"), "term/13", r"legislative_period_id: no event 'term/13'"),
        (("events", 0, "start_date"), None, r"start_date: a term begins with its first session; give that day"),
        (("events", 0, "organization_id"), None, r"a legislative period belongs to a legislature"),
        (("organizations", 1, "parent_id"), "org/3", r"\$\.organizations\[1\]\.parent_id: no organization 'org/3'"),
        (("organizations", 0, "parent_id"), "org/2", r"parents run in a circle: 'org/1' → 'org/2' → 'org/1'; break it"),
        (("posts", 0, "area_id"), "area/3", r"area_id: no area 'area/3'"),
        (("posts", 0, "seats"), 0, r"seats: 0 seats; a district has 1 to"),
        (("areas", 1, "name"), None, r"name: a district has a name"),
    ],
)
def test_every_fault_has_its_place_and_its_remedy_and_nothing_is_done(county, path, value, told):
    b = empty(county)
    before = b.verify()
    document = changed(path, value)
    seen = look(b, document)
    assert not seen.ok
    assert any(re.search(told, reason) for reason in seen.errors), seen.errors
    with pytest.raises(ConfigError, match="nothing was imported"):
        bring(b, document)
    assert b.verify() == before
    assert all_of(b, "congress") == []


def test_a_legislature_without_a_term_takes_no_members(county):
    seen = look(empty(county), FOREIGN | {"events": [], "memberships": [FOREIGN["memberships"][1]]})
    assert "this person has 0 seats there" in seen.errors[0]
    alone = changed(("memberships", 0, "legislative_period_id"), None, FOREIGN | {"events": []})
    (told, *_) = look(empty(county), alone).errors
    assert "this legislature has 0" in told
    assert 'classification "legislative period"' in told


def test_arrays_say_what_they_hold_and_name_what_is_here_already(county):
    b = empty(county)
    bring(b, [{"@type": "Person", "id": "person/7", "name": "甲"}, {"type": "area", "id": "a", "name": "不用"}])
    assert [p["name"] for p in all_of(b, "person")] == ["甲"]
    with pytest.raises(Invalid, match="no collection 'people'"):
        look(b, [], collection="people")
    bring(b, {k: v for k, v in FOREIGN.items() if k not in ("persons", "memberships", "posts")})
    seat = FOREIGN["memberships"][0] | {"post_id": None}
    assert bring(b, [seat], collection="memberships").warnings == 1
    assert len(all_of(b, "mandate")) == 1


def test_a_likeness_is_proposed_and_never_merged(county):
    b = filled(county)
    seen = look(b, {"persons": [{"id": "p/1", "name": "古丽·艾合买提"}, {"id": "p/2", "name": "古丽・艾合买提"}]})
    assert [i.state for i in seen.items] == ["warning", "warning"]
    assert uid("other dots") in seen.warnings[0]
    before = len(all_of(b, "person"))
    bring(b, {"persons": [{"id": "p/1", "name": "古丽·艾合买提"}]})
    assert len(all_of(b, "person")) == before + 1
    born = [{"id": "p/9", "name": "古丽·艾合买提", "birth_date": "1999-09-09"}]
    assert "named so too" in look(b, {"persons": born}).warnings[0]  # the one who came in has no birth date


def test_what_has_no_place_in_a_roster_is_left_out_and_named(county):
    b = empty(county)
    party = {"id": "party", "name": "某党", "classification": "party"}
    document = copy.deepcopy(FOREIGN)
    document["organizations"].append(party)
    document["memberships"].append({"id": "m/3", "person_id": "person/7", "organization_id": "party"})
    document["events"].append({"id": "e", "name": "大选", "classification": "general election"})
    seen = look(b, document)
    assert seen.ok, seen.errors
    assert "is left out" in " ".join(seen.warnings)
    bring(b, document)
    assert len(all_of(b, "body")) == len(all_of(b, "membership")) == 1


def test_a_mandate_ends_by_its_legal_act_and_not_by_a_file(county):
    b = filled(county)
    document = json.loads(out(b))
    for seat in document["memberships"]:
        if seat["id"] == uid("mandate wang"):
            seat["end_date"] = "2026-01-01"
    assert "ends by its legal act only" in look(b, document).errors[0]
    for seat in document["memberships"]:
        if seat["id"] == uid("mandate wang"):
            seat["person_id"] = uid("rare")
    assert "another person's seat" in look(b, document).errors[0]


def test_unrelated_congresses_share_no_deputy(county):
    b = filled(county)
    foreign = copy.deepcopy(FOREIGN)
    foreign["persons"] = []
    foreign["memberships"] = [foreign["memberships"][0] | {"person_id": uid("dots")}]
    told = look(b, foreign).errors[0]
    assert COUNTY in told
    assert "unrelated (选举法 48)" in told


def test_an_id_stays_what_it_is_and_two_rows_never_share_what_is_their_own(county):
    b = filled(county)
    station = {"id": uid("a roads"), "name": "新站", "classification": "liaison station", "parent_id": uid("county")}
    assert "is a unit here and becomes no station" in look(b, {"organizations": [station]}).errors[0]
    term = {"id": "t", "name": "6", "classification": "legislative period", "organization_id": uid("county"),
            "start_date": "2021-12-28"}  # fmt: skip
    assert "has the same congress, number" in look(b, {"events": [term]}).errors[0]
    above = {
        "id": uid("government"),
        "name": "县政府办公室",
        "classification": "handling unit",
        "parent_id": uid("a roads"),
    }
    assert "circle" in look(b, {"organizations": [above]}).errors[0]
    borrowed = {"persons": [{"id": uid("county"), "name": "甲"}]}
    bring(b, borrowed)
    assert uid("county") not in {p["id"] for p in all_of(b, "person")}
