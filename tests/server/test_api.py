"""From HTTP to the journal: the whole road, and every way to be refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs
import msgspec
import pytest
from litestar.testing import TestClient

from renda_core.testing import uid
from renda_server.app import create_app
from renda_server.description import document
from renda_server.settings import Settings

from .conftest import LI, NAMES, NOW, OVER, REPLY, ROADS, WANG, Site, both


@both
def test_the_whole_road_from_http_to_the_journal(site: Site) -> None:
    id = site.assigned()
    reply = next(c for c in site.get(f"/api/cases/{id}").json()["clocks"] if c["name"] == "reply")
    assert (reply["due"], reply["unit"]) == ("2026-04-20", ROADS)
    site.step(id, "reply", "roads", payload=REPLY)
    site.step(id, "evaluate", grade="satisfied", payload={"of": WANG, "channel": "paper"})
    done = site.step(id, "close")
    assert (done["closed"], done["states"]["main"]) == (True, "closed")
    verified = site.verify()
    assert verified.whole
    assert verified.entries == 1 + 7  # the configuration, then one entry a request
    rows = site.get("/api/cases?kind=suggestion&state=closed").json()["items"]
    assert [(r["id"], r["closed"]) for r in rows] == [(id, True)]


@both
def test_a_case_comes_with_its_version_as_etag(site: Site) -> None:
    id = site.opened()
    seen = site.get(f"/api/cases/{id}")
    assert seen.headers["ETag"] == f'"{seen.json()["version"]}"'
    done = site.post(f"/api/cases/{id}/steps", {"step": "accept"}, **{"If-Match": seen.headers["ETag"]})
    assert (done.status_code, done.headers["ETag"]) == (200, '"2"')
    odd = site.post(f"/api/cases/{id}/steps", {"step": "assign"}, **{"If-Match": "newest"})
    assert (odd.status_code, odd.json()["field"]) == (400, "If-Match")
    both = site.post(f"/api/cases/{id}/steps", {"step": "assign", "version": 1}, **{"If-Match": '"2"'})
    assert both.status_code == 400
    none = site.post(f"/api/cases/{id}/steps", {"step": "assign"})
    assert (none.status_code, none.json()["field"]) == (400, "version")


@both
def test_who_is_late_hears_what_changed(site: Site) -> None:
    id = site.opened()
    first = site.post(f"/api/cases/{id}/steps", {"step": "accept", "version": 1})
    second = site.post(f"/api/cases/{id}/steps", {"step": "accept", "version": 1})
    assert (first.status_code, second.status_code) == (200, 412)
    told = second.json()
    assert second.headers["Content-Type"].startswith("application/problem+json")
    assert (told["code"], told["version"]) == ("stale", 2)
    assert [c["step"] for c in told["changed"]] == ["accept"]


@both
def test_a_refusal_lists_objections_and_open_steps(site: Site) -> None:
    id, before = site.assigned(), site.verify().entries
    refused = site.post(f"/api/cases/{id}/steps", {"step": "close", "version": 3})
    told = refused.json()
    assert (refused.status_code, told["code"]) == (422, "rejected")
    assert told["objections"]
    steps = {s["step"]: s for s in told["open"]}
    assert "unit:sole" in steps["reply"]["who"]
    assert steps["reply"]["yours"] is False
    assert site.verify().entries == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"step": "accept", "version": 1, "tenant": "bai"}, "tenant"),
        ({"step": "accept", "version": 1, "case": "x"}, "case"),
        ({"step": "accept", "version": "1"}, "version"),
        ({"step": 7, "version": 1}, "step"),
        ({"version": 1}, "step"),
        ({"step": "accept", "version": 1, "on": "tomorrow"}, "on"),
        ({"step": "accept", "version": 1, "on": "2026-02-01"}, "on"),
        ({"step": "accept", "version": 1, "unit": "roads"}, "unit"),
        ({"step": "assign", "version": 1, "units": [["roads", "sole"]]}, "units[0][0]"),
        ({"step": "assign", "version": 1, "units": [[ROADS, "boss"]]}, "units[0][1]"),
        ({"step": "invite", "version": 1, "parties": {"cosigner": ["li"]}}, "parties.cosigner[0]"),
        ({"step": "decline", "version": 1, "payload": {"raeson": "bid"}}, "raeson"),
        ({"step": "decline", "version": 1, "payload": {"reason": 7}}, "reason"),
    ],
)
def test_what_is_wrong_in_a_body_is_named(site: Site, body: dict[str, object], field: str) -> None:
    id = site.opened()
    refused = site.post(f"/api/cases/{id}/steps", body)
    assert (refused.status_code, refused.json()["field"]) == (400, field), refused.text
    assert refused.json()["code"] == "invalid"


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"', "null", "\x00"])
def test_what_is_no_object_is_refused(site: Site, content: str) -> None:
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "Content-Type": "application/json"}
    refused = site.client.post("/api/cases", content=content, headers=headers)
    assert refused.status_code == 400, refused.text
    assert refused.json()["code"] == "invalid"


@pytest.mark.parametrize(
    ("case", "field"),
    [
        ({"kind": "suggestion", "title": "桥", "body": {"text": "x", "colour": "red"}}, "colour"),
        ({"kind": "suggestion", "title": "桥", "body": {"text": " "}}, ""),
        ({"kind": "suggestion", "title": " ", "body": {"text": "x"}}, "title"),
        ({"kind": "suggestion", "title": "桥", "body": {"text": "x"}, "number": "1"}, "number"),
        ({"kind": "suggestion", "title": "桥", "body": {"text": "x"}, "parties": {"proposer": "wang"}}, "parties"),
    ],
)
def test_an_opening_is_read_strictly(site: Site, case: dict[str, object], field: str) -> None:
    refused = site.post("/api/cases", case, "wang")
    assert refused.status_code == 400, refused.text
    assert field in str(refused.json())
    assert site.verify().entries == 1


@pytest.mark.parametrize("path", ["/api/cases/{}", "/api/cases/{}/steps"])
@both
def test_anothers_case_answers_as_one_that_is_not_there(site: Site, path: str) -> None:
    mine, nowhere = site.opened(), uid("nowhere")
    answers = [
        site.get(path.format(mine), "other"),
        site.get(path.format(nowhere), "other"),
        site.get(path.format(nowhere), "office"),
        site.get(path.format("no-id"), "office"),
    ]
    assert {a.status_code for a in answers} == {404}
    assert len({a.content for a in answers}) == 1
    step = {"step": "accept", "version": 1}
    steps = [site.post(f"/api/cases/{id}/steps", step, "other") for id in (mine, nowhere, "no-id")]
    assert {(s.status_code, s.content) for s in steps} == {(404, answers[0].content)}


@both
def test_a_draft_is_not_there_for_others_of_the_same_county(site: Site) -> None:
    case = {"kind": "suggestion", "title": "桥", "body": {"text": "x"}, "parties": {"proposer": [WANG]}}
    id = site.post("/api/cases", case, "wang").json()["id"]
    assert site.get(f"/api/cases/{id}", "wang").status_code == 200
    hidden, nowhere = site.get(f"/api/cases/{id}", "li"), site.get(f"/api/cases/{uid('nowhere')}", "li")
    assert (hidden.status_code, hidden.content) == (404, nowhere.content)
    assert LI not in hidden.text


@both
def test_a_unit_never_sees_its_evaluation(site: Site) -> None:
    id = site.assigned()
    site.step(id, "reply", "roads", payload=REPLY)
    site.step(id, "evaluate", grade="unsatisfied", note="没有面商", payload={"of": WANG})
    answers = [site.get(f"/api/cases/{id}", "roads"), site.get(f"/api/cases/{id}/steps", "roads")]
    stale = site.post(f"/api/cases/{id}/steps", {"step": "receive", "version": 3}, "roads")
    refused = site.post(f"/api/cases/{id}/steps", {"step": "receive", "version": 5}, "roads")
    mine = site.get("/api/cases", "roads")
    assert [a.status_code for a in (*answers, stale, refused, mine)] == [200, 200, 412, 422, 200]
    for answer in (*answers, stale, refused, mine):
        for hidden in ("unsatisfied", "没有面商", "satisfaction", '"evaluate"'):
            assert hidden not in answer.text
    assert site.get("/api/cases?facet=satisfaction&state=unsatisfied", "roads").status_code == 400
    assert "没有面商" in site.get(f"/api/cases/{id}").text


@both
def test_a_unit_lists_its_own_and_nothing_else(site: Site) -> None:
    id = site.assigned()
    site.opened(text="另一件")
    assert [r["id"] for r in site.get("/api/cases", "roads").json()["items"]] == [id]
    assert site.get("/api/cases?state=assigned", "roads").status_code == 400
    assert site.get(f"/api/cases?unit={ROADS}", "roads").status_code == 200
    assert site.get("/api/cases", "other").json() == {"items": [], "after": ""}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kund=suggestion", "kund"),
        ("size=many", "size"),
        ("size=0", "size"),
        ("size=100000", "size"),
        ("after=x", "after"),
        ("unit=roads", "unit"),
        ("person=%00", "person"),
        ("dimension=colour&value=red", "dimension"),
        ("facet=mood&state=bad", "facet"),
    ],
)
def test_a_wrong_question_is_named(site: Site, query: str, field: str) -> None:
    refused = site.get(f"/api/cases?{query}")
    assert (refused.status_code, refused.json()["field"]) == (400, field), refused.text


def test_a_kind_that_is_not_enabled_is_not_found(site: Site) -> None:
    assert site.get("/api/cases?kind=opinion").status_code == 404


@both
def test_the_ledger_goes_on_after_the_last_row(site: Site) -> None:
    ids = [site.opened() for _ in range(3)]
    first = site.get("/api/cases?size=2")
    rest = site.get(first.headers["Link"].partition(">")[0].lstrip("<"))
    assert first.json()["after"]
    assert [r["id"] for page in (first, rest) for r in page.json()["items"]] == ids
    assert (rest.json()["after"], "Link" in rest.headers) == ("", False)


def test_what_is_overdue_is_listed_to_whom_it_concerns(site: Site) -> None:
    id = site.assigned()
    assert site.get("/api/overdue").json() == {"items": [], "after": ""}
    home = attrs.evolve(site.home, now=lambda: NOW + dt.timedelta(days=120))
    app = create_app(Settings(names=NAMES, home=home, now=home.now))
    with TestClient(app, base_url=OVER) as client:
        _look_at_overdue(Site(home, site.tokens, app, client), id)


def _look_at_overdue(site: Site, id: str) -> None:
    rows = site.get("/api/overdue").json()["items"]
    assert (id, "reply") in {(r["case_id"], r["clock"]) for r in rows}
    assert {r["unit"] for r in site.get("/api/overdue", "roads").json()["items"]} == {ROADS}
    walked, after = [], ""
    while page := site.get("/api/overdue", params={"size": 1, "after": after}).json():
        walked += page["items"]
        if not (after := page["after"]):
            break
    assert walked == rows
    for odd in ("soon", "2026-04-20~x~reply~1~", "~~~~", "2026-04-20~~reply~-1~"):
        assert site.get("/api/overdue", params={"after": odd}).json()["field"] == "after"
    assert site.get("/api/overdue?size=0").json()["field"] == "size"


@both
def test_pages_are_shown_to_their_readers(site: Site) -> None:
    site.opened()
    assert site.get("/api/pages/satisfaction").status_code == 200
    hidden, nowhere = site.get("/api/pages/satisfaction", "roads"), site.get("/api/pages/nothing", "roads")
    assert (hidden.status_code, nowhere.status_code) == (404, 404)
    assert hidden.text.replace("satisfaction", "nothing") == nowhere.text


def test_pairs_of_one_kind_are_described_as_every_maker_of_clients_reads_them() -> None:
    shapes = msgspec.json.decode(document())["components"]["schemas"]
    assert shapes["Revealed"]["properties"]["values"]["items"] == {
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "items": {"type": "string"},
    }

    def pairs(part: Any) -> Iterator[list[Any]]:
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from pairs(inner)
        if isinstance(part, dict) and isinstance(part.get("prefixItems"), list):
            yield part["prefixItems"]

    assert all(pair[0] != pair[1] for pair in pairs(shapes))


def test_the_description_loads_nothing_from_elsewhere(site: Site) -> None:
    described = site.client.get("/schema/openapi.json")
    assert described.status_code == 200
    assert set(described.json()["paths"]) >= {"/api/cases", "/api/cases/{case_id}", "/api/overdue", "/healthz"}
    for path in ("/schema", "/schema/"):
        assert "http" not in site.client.get(path).text.replace("https://json-schema.org", "")
    assert site.client.get("/healthz").json() == {"status": "ok"}
