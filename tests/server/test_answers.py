"""What every answer keeps: problems for what is wrong, nothing personal in them, and a page without the internet."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from renda_core.services import cases
from renda_core.testing import uid
from renda_server import browsing, errors

from .conftest import WANG, both

if TYPE_CHECKING:
    from .conftest import Site

ID_NUMBER, PHONE = "11010519491231002X", "13800001234"


def test_the_page_loads_from_this_server_alone(site: Site) -> None:
    page = site.client.get("/schema")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(named) == 4
    for path in (*named, "/schema/openapi.json"):
        assert path.startswith("/schema/")
        answer = site.client.get(path)
        assert (answer.status_code, len(answer.content) > 100) == (200, True), path
    assert "//" not in page.text.replace("<!doctype html>", "")
    assert "//" not in browsing.START
    assert site.client.get("/schema/..%2f__init__.py").status_code == 404


def test_the_page_reads_our_version_of_the_description(site: Site) -> None:
    assert site.client.get("/schema/openapi.json").json()["openapi"].startswith("3.1")
    bundle = (browsing.folder() / "swagger-ui-bundle.js").read_text("utf-8")
    (version,) = re.findall(r'PACKAGE_VERSION:"(\d+)\.', bundle)
    assert int(version) >= 5, "Swagger UI reads OpenAPI 3.1 from version 5 on"


@pytest.mark.parametrize("personal", [ID_NUMBER, PHONE])
def test_what_looks_personal_never_comes_back_whole(site: Site, personal: str) -> None:
    answers = [
        site.get("/api/cases", params={"unit": personal}),
        site.get("/api/cases", params={personal: "x"}),
        site.post("/api/cases", {"kind": personal, "title": "x"}),
        site.post("/api/cases", {"kind": "suggestion", "title": "x", personal: 1}),
        site.post("/api/cases", {"kind": "suggestion", "title": "x", "body": {"text": "x", personal: 1}}),
        site.post("/api/cases", {"kind": "suggestion", "title": "x", "parties": {"proposer": [personal]}}),
    ]
    for answer in answers:
        assert 400 <= answer.status_code < 500
        assert personal not in answer.text
    assert answers[0].json()["detail"].count("*") > 6
    assert errors.masked(uid("x")) == uid("x")


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_text_that_no_database_holds_is_refused(site: Site, text: str) -> None:
    whole: dict[str, Any] = {
        "kind": "suggestion",
        "title": "桥",
        "body": {"text": "x"},
        "parties": {"proposer": [WANG]},
    }
    headers = {"Authorization": f"Bearer {site.tokens['wang']}", "Content-Type": "application/json"}
    for place in ({"title": text}, {"body": {"text": text}}, {"parties": {text: []}}, {"body": {text: "x"}}):
        refused = site.client.post("/api/cases", content=json.dumps({**whole, **place}), headers=headers)
        assert refused.status_code == 400, refused.text
    plain = site.client.post("/api/cases", content=json.dumps({**whole, "title": "a\\u0000b"}), headers=headers)
    assert plain.status_code == 201  # six characters, and no NUL


def test_a_body_nested_too_deeply_and_of_another_type_is_refused(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.tokens['wang']}", "Content-Type": "application/json"}
    deep = '{"kind": "suggestion", "title": "x", "body": ' + "[" * 100_000
    assert site.client.post("/api/cases", content=deep, headers=headers).status_code == 400
    deep = '{"kind": "suggestion", "title": "x", "body": {"text": ' + "[" * 400 + "]" * 400 + "}}"
    assert site.client.post("/api/cases", content=deep, headers=headers).status_code == 400
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        other = site.client.post("/api/cases", content=b"{}", headers={**headers, "Content-Type": media})
        assert (other.status_code, other.json()["code"]) == (415, "unsupported_media_type")


@both
def test_what_is_sealed_comes_only_out_of_the_store(site: Site) -> None:
    case = {"kind": "opinion", "title": "x", "body": {"text": "x", "phone": {"box": "AAAA", "last": "1"}}}
    assert site.post("/api/cases", case).status_code in (400, 404)


def test_an_answer_of_no_form_that_is_taken_is_none(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "Accept": "application/xml"}
    answer = site.client.get("/api/cases", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
    for accept in ("application/*", "application/xml, */*;q=0.1", "application/json;q=0.5"):
        assert site.client.get("/api/cases", headers={**headers, "Accept": accept}).status_code == 200


def test_another_method_is_told_which_there_are(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.tokens['office']}"}
    answer = site.client.delete("/api/cases", headers=headers)
    assert answer.status_code == 405
    assert {"GET", "POST"} <= {m.strip() for m in answer.headers["Allow"].split(",")}
    assert site.client.options("/api/cases", headers=headers).status_code in (200, 204)


def test_every_answer_is_numbered_and_a_defect_by_the_number_it_tells(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {site.get("/api/me").headers["X-Request-Id"] for _ in range(3)}
    assert len(numbers) == 3

    async def broken(*args: object) -> None:
        raise RuntimeError("x")

    monkeypatch.setattr(cases, "show", broken)
    answer = site.get(f"/api/cases/{uid('x')}")
    assert (answer.status_code, answer.headers["X-Request-Id"]) == (500, answer.json()["id"])


@both
def test_a_configuration_is_checked_whole_before_it_holds(site: Site) -> None:
    seen = site.get("/api/configuration")
    document = seen.json()
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "If-Match": seen.headers["ETag"]}

    def put(change: dict[str, Any], **more: Any) -> Any:
        return site.client.put("/api/configuration", json=document | change, headers=headers, **more)

    layers = [document["layers"][0] | {"plugins": {"suggestion_handling": {"colour": 1}, "nothing": {}}}]
    wrong = put({"layers": layers})
    assert (wrong.status_code, len(wrong.json()["objections"])) == (422, 2), wrong.text
    fixed = put({"id": uid("another")})
    assert (fixed.status_code, fixed.json()["field"]) == (400, "id")
    assert put({}, params={"preview": "true"}).json()["state"] == "checked"
    assert put({}).json() == {"version": 1, "state": "unchanged"}
    layers = [document["layers"][0] | {"plugins": {"suggestion_handling": {}, "key_supervision": {}}}]
    assert put({"layers": layers}).json() == {"version": 2, "state": "applied"}
    assert "key_supervision" in {p["name"] for p in site.get("/api/plugins").json()["items"] if p["enabled"]}
    late = put({"layers": layers, "version": 1})
    assert (late.status_code, late.json()["version"], len(late.json()["changed"])) == (412, 2, 1)
