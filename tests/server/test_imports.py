"""Files sent over HTTP: read beside the requests, applied once, or given up; and every way to be refused."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.core.importing import PHONE, UNITS, WRONG, written

from renda_core.services.imports import incoming
from renda_core.services.imports import jobs as import_jobs
from renda_core.testing import uid
from renda_server import jobs

from .conftest import both
from .sending import act, bare, send, settled

if TYPE_CHECKING:
    from .conftest import Site


@both
def test_a_file_goes_its_whole_way(site: Site) -> None:
    sent = send(site)
    assert sent.status_code == 202, sent.text
    path = sent.headers["Location"]
    assert path == f"/api/imports/{sent.json()['id']}"
    seen = settled(site, path)
    told = seen.json()
    assert (told["state"], told["counts"], told["name"]) == ("previewed", {"new": 5}, "units.csv")
    assert told["progress"] == {"done": 5, "total": 5}
    rows = site.get(f"{path}/rows?state=new&size=3").json()
    assert ([r["n"] for r in rows["items"]], rows["after"]) == ([1, 2, 3], "3")
    assert [r["n"] for r in site.get(f"{path}/rows?after=3").json()["items"]] == [4, 5]
    applied = act(site, "POST", f"{path}/apply", **{"If-Match": seen.headers["ETag"]})
    assert (applied.status_code, applied.json()["state"]) == (202, "applying")
    done = settled(site, path).json()
    assert (done["state"], done["told"]["new"]) == ("applied", 5)
    assert [i["id"] for i in site.get("/api/imports").json()["items"]] == [told["id"]]
    assert site.verify().whole
    again = settled(site, send(site).headers["Location"]).json()
    assert again["counts"] == {"same": 5}


def test_a_bare_file_comes_with_its_name(site: Site) -> None:
    sent = bare(site, written(UNITS), filename="单位.csv")
    assert (sent.status_code, sent.json()["name"]) == (202, "单位.csv")
    assert settled(site, sent.headers["Location"]).json()["state"] == "previewed"


@both
def test_a_file_with_mistakes_is_refused_row_by_row(site: Site) -> None:
    path = send(site, WRONG).headers["Location"]
    told = settled(site, path)
    assert told.json()["state"] == "refused"
    wrong = [p for p in told.json()["problems"] if p["level"] == "error"]
    assert [(p["file"], p["row"]) for p in wrong] == [("units.csv", 3), ("units.csv", 4)], told.text
    rows = site.get(f"{path}/rows?state=error")
    assert rows.json()["items"]
    assert PHONE not in told.text + rows.text
    refused = act(site, "POST", f"{path}/apply", **{"If-Match": told.headers["ETag"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "rejected")


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 400), (b"  \r\n", 400), (b"\xd0\xcf\x11\xe0" + bytes(99), 415), (b"%PDF-1.7\x00", 415)],
)
def test_what_is_no_table_is_refused(site: Site, content: bytes, status: int) -> None:
    for sent in (send(site, content), bare(site, content)):
        assert sent.status_code == status, sent.text
        assert sent.headers["Content-Type"].startswith("application/problem+json")
    assert site.get("/api/imports").json()["items"] == []


def test_the_form_and_the_type_are_checked(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.tokens['office']}"}
    path = "/api/imports?sheet=units"
    wrong = site.client.post(path, content=b"{}", headers={**headers, "Content-Type": "application/json"})
    assert wrong.status_code == 415
    none = site.client.post(path, files={"other": ("a.csv", b"x")}, headers=headers)
    assert (none.status_code, none.json()["field"]) == (400, "file")
    two = site.client.post(path, files=[("file", ("a.csv", b"x")), ("file", ("b.csv", b"x"))], headers=headers)
    assert two.status_code == 400
    text = site.client.post(path, data={"file": "x"}, files={"more": ("a.csv", b"x")}, headers=headers)
    assert text.status_code == 400
    torn = {**headers, "Content-Type": "multipart/form-data; boundary=x"}
    assert site.client.post(path, content=b"--x\r\nContent-Dis", headers=torn).status_code == 400
    assert send(site, sheet="wages").json()["field"] == "sheet"
    assert send(site, sheet="../units").status_code == 400
    assert send(site, colour="red").status_code == 400


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\windows\\win.ini", "a\x00b.csv", "/", "\u202evsc.csv"])
def test_a_name_leads_nowhere(site: Site, name: str) -> None:
    sent = bare(site, written(UNITS), filename=name)
    kept = sent.json().get("name", "")
    assert sent.status_code == (400 if "\x00" in name else 202), sent.text
    assert not set("/\\\x00\u202e") & set(kept)
    if sent.status_code == 202:
        assert settled(site, sent.headers["Location"]).json()["state"] == "previewed"


def test_a_body_beyond_the_limit_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    size = incoming.LARGEST + 1
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "Content-Type": "text/csv"}
    told = {**headers, "Content-Length": str(2 * size)}
    assert site.client.post("/api/imports?sheet=units", content=b"x", headers=told).status_code == 413
    monkeypatch.setattr(import_jobs, "LARGEST", 1_000)
    large = bare(site, b"x" * 1_001)
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    other = site.client.post(
        "/api/cases", content=b"x" * 1_000_001, headers={**headers, "Content-Type": "application/json"}
    )
    assert other.status_code == 413


def test_a_bomb_is_refused_with_a_reason(site: Site) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    told = settled(site, send(site, out.getvalue(), name="bomb.xlsx").headers["Location"]).json()
    assert told["state"] == "refused"
    assert told["reasons"]


@pytest.mark.parametrize("who", ["wang", "roads"])
def test_deputies_and_units_see_and_send_nothing(site: Site, who: str) -> None:
    path = send(site).headers["Location"]
    settled(site, path)
    answers = [
        send(site, who=who),
        site.get("/api/imports", who),
        site.get(path, who),
        site.get(f"{path}/rows", who),
        act(site, "POST", f"{path}/apply", who, **{"If-Match": '"2"'}),
        act(site, "DELETE", path, who),
    ]
    assert {a.status_code for a in answers} == {403}


@both
def test_anothers_import_answers_as_one_that_is_not_there(site: Site) -> None:
    path = send(site).headers["Location"]
    settled(site, path)
    for method, end in (("GET", ""), ("GET", "/rows"), ("POST", "/apply"), ("DELETE", "")):
        version = {"If-Match": '"2"'} if method != "GET" else {}
        theirs = act(site, method, path + end, "other", **version)
        nowhere = act(site, method, f"/api/imports/{uid('nowhere')}{end}", "other", **version)
        none = act(site, method, f"/api/imports/none{end}", "other", **version)
        assert (theirs.status_code, theirs.content) == (nowhere.status_code, nowhere.content) == (404, none.content)
    assert site.get("/api/imports", "other").json()["items"] == []


@both
def test_only_the_version_that_was_seen_is_applied_or_given_up(site: Site) -> None:
    path = send(site).headers["Location"]
    settled(site, path)
    assert act(site, "POST", f"{path}/apply").status_code == 400
    assert act(site, "POST", f"{path}/apply", **{"If-Match": '"0"'}).status_code == 412
    assert act(site, "DELETE", path, **{"If-Match": '"0"'}).status_code == 412
    assert act(site, "DELETE", path).status_code == 204
    assert act(site, "DELETE", path).status_code == 422
    assert settled(site, path).json()["state"] == "given_up"
    assert site.get(f"{path}/rows").json()["items"] == []


@both
def test_a_file_sent_twice_under_one_key_comes_in_once(site: Site) -> None:
    key = {"Idempotency-Key": "file-1"}
    first, second = send(site, headers=key), send(site, headers=key)  # each form has a boundary of its own
    assert (first.status_code, second.content) == (202, first.content)
    assert second.headers["Idempotency-Replayed"] == "true"
    path = first.headers["Location"]
    seen = settled(site, path)
    assert send(site, WRONG, headers=key).status_code == 422
    apply = {"If-Match": seen.headers["ETag"], "Idempotency-Key": "apply-1"}
    one, two = (act(site, "POST", f"{path}/apply", **apply) for _ in "12")
    assert (one.status_code, two.content) == (202, one.content)
    assert settled(site, path).json()["state"] == "applied"
    assert len(site.get("/api/imports").json()["items"]) == 1
    assert site.verify().whole


def test_a_full_queue_is_told_before_anything_is_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST", 0)
    full = send(site)
    assert (full.status_code, full.json()["code"], full.headers["Retry-After"]) == (503, "busy", "60")
