"""Personal data over the API: what each may ask, what the journal says of it, and what another county is told."""

from __future__ import annotations

import datetime as dt

import pytest

from renda_core.services.imports.people import ID_NUMBER
from renda_core.store import tables as t
from renda_core.store.codec import new_id
from renda_core.store.compile import add
from renda_core.testing import uid

from .conftest import PEOPLE, Site, both

PHONE, NUMBER, NAME = "13907241234", "421299199001011234", "司马长弓"


async def keep(unit):
    """Put a voter into the roster."""
    blank = {c.name: None if c.nullable else "" for c in t.person.c if c.name != "tenant_id"}
    sealed = {"phone": unit.hide(PHONE, "person.phone"), "id_number": unit.hide(NUMBER, ID_NUMBER)}
    row = {**blank, **sealed, "id": new_id(), "name": NAME, "match_key": NAME, "valid_from": dt.date(2026, 1, 1)}
    await unit.write(add(t.person), **{**row, "id_index": unit.find_key(NUMBER, ID_NUMBER)})
    unit.record("person.added", on=row["id"], version=1, rule="test")
    return row["id"]


def person(site: Site) -> str:
    with site.open() as county:
        id: str = county.store.run(county.store.write(keep, county.file.id, PEOPLE["office"][1]))
    return id


def entries(site: Site) -> list[dict]:
    return site.get("/api/journal", "overseer", params={"size": 1000}).json()["items"]


@both
def test_a_number_is_masked_to_all_and_whole_with_a_reason_in_the_journal(site: Site) -> None:
    id = person(site)
    assert site.get(f"/api/people/{id}").json()["phone"] == "****1234"
    asked = {"what": "person.phone", "id": id, "reason": f"{NAME}要求回电"}
    seen = site.post("/api/privacy/revelations", asked)
    assert (seen.status_code, seen.json()) == (200, {"values": [["电话", PHONE]]})
    told = entries(site)[-1]
    assert (told["what"], told["on"], told["body"]["field"]) == ("privacy.revealed", id, "person.phone")
    assert PHONE not in str(told)
    assert NAME not in str(told)
    for who in ("wang", "chair", "roads", "overseer"):
        assert site.post("/api/privacy/revelations", asked, who).status_code == 403
    # another county is told the same of a person who is there and of none
    other = site.post("/api/privacy/revelations", asked, "other")
    nobody = site.post("/api/privacy/revelations", {**asked, "id": uid("nobody")}, "other")
    assert (
        (other.status_code, other.json()["code"]) == (nobody.status_code, nobody.json()["code"]) == (404, "not_found")
    )
    assert site.verify().whole


@both
def test_a_copy_then_an_erasure_and_nothing_is_left(site: Site) -> None:
    id = person(site)
    whole = site.post("/api/privacy/copies", {"who": id, "reason": "本人申请"})
    assert whole.status_code == 200
    assert {NAME, PHONE, NUMBER} <= set(whole.json()["parts"]["person"][0].values())
    for who in ("wang", "overseer"):
        assert site.post("/api/privacy/copies", {"who": id, "reason": "x"}, who).status_code == 403
    assert site.post("/api/privacy/copies", {"who": id, "reason": "x"}, "other").status_code == 404
    assert site.post("/api/privacy/erasures", {"who": id, "reason": "x"}).status_code == 403
    done = site.post("/api/privacy/erasures", {"who": id, "reason": "本人要求"}, "overseer")
    assert done.status_code == 200
    assert done.json()["places"]["person"] == 1
    assert done.json()["kept"]
    again = site.post("/api/privacy/copies", {"who": id, "reason": "核对"})
    for secret in (NAME, PHONE, NUMBER):
        assert secret not in again.text
        assert site.get("/api/search", params={"text": secret}).json()["people"] == []
    assert site.verify().whole


@both
def test_consent_is_given_listed_and_withdrawn(site: Site) -> None:
    id = person(site)
    names = [p["name"] for p in site.get("/api/privacy/purposes").json()]
    assert "feedback" in names
    given = site.post("/api/privacy/consents", {"person": id, "purpose": "feedback"})
    assert given.status_code == 201
    listed = site.get("/api/privacy/consents", params={"person": id}).json()["items"]
    assert [(c["id"], c["withdrawn_at"]) for c in listed] == [(given.json()["id"], None)]
    ended = site.post(f"/api/privacy/consents/{given.json()['id']}/withdrawal", {})
    assert ended.status_code == 200
    assert ended.json()["withdrawn_at"]
    assert site.post(f"/api/privacy/consents/{given.json()['id']}/withdrawal", {}).status_code == 422
    for path, body in (
        ("/api/privacy/consents", {"person": id, "purpose": "selling"}),
        ("/api/privacy/consents", {"person": "x", "purpose": "feedback"}),
        ("/api/privacy/copies", {"who": "123", "reason": "x"}),
        ("/api/privacy/copies", {"who": "1234567", "reason": ""}),
        ("/api/privacy/revelations", {"what": "person.shoe", "id": id, "reason": "x"}),
    ):
        assert site.post(path, body).status_code == 400, path


def test_what_is_over_is_shown_and_taken(site: Site) -> None:
    assert site.get("/api/privacy/retention", "overseer").json() == {"places": {}, "left": []}
    assert site.post("/api/jobs/retain", {}).json() == {"places": {}, "left": []}
    assert site.post("/api/jobs/retain", {}, "wang").status_code == 403
    places = site.get("/api/privacy/map").json()
    assert {"person.phone", "case_file.document", "journal.private"} <= {p["place"] for p in places}


@pytest.mark.parametrize("path", ["copies", "erasures", "revelations"])
def test_no_answer_with_data_is_kept_to_be_given_again(site: Site, path: str) -> None:
    id = person(site)
    body = {"who": id, "reason": "x"} if path != "revelations" else {"what": "person.phone", "id": id, "reason": "x"}
    who = "overseer" if path == "erasures" else "office"
    for _ in "12":
        answer = site.post(f"/api/privacy/{path}", body, who, **{"Idempotency-Key": "k-1"})
        assert answer.status_code == 200
        assert "Idempotency-Replayed" not in answer.headers
    with site.open() as county:
        held = county.read(lambda reader: _kept(reader))
    assert held == []


async def _kept(reader):
    from sqlalchemy import select

    from renda_core.store.compile import Query, mine

    return await reader.all(Query(select(t.request_key.c.key).where(mine(t.request_key)), dict))
