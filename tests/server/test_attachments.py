"""Files over HTTP: sent as a form or bare, refused when they are not what they say, given to be saved only."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from tests.core.sending_files import BROKEN, HOSTILE, PDF, TAKEN

from renda_core.files.kinds import KINDS, LARGEST
from renda_core.objects import Objects
from renda_core.services import attachments, contents
from renda_core.testing import uid

from .conftest import IDS, both

if TYPE_CHECKING:
    from .conftest import Site

CANARY = "金丝雀-13812345678"
SECRET = PDF.replace(b"/Catalog", b"/Catalog/Canary(" + CANARY.encode() + b")")


def headers(site: Site, who: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {site.tokens[who]}", **more}


def form(site: Site, case: str, name: str, content: bytes, who: str = "office", media: str = "", **more: str) -> Any:
    """Send a file as a form does."""
    sent = {"file": (name, content, media or "application/octet-stream")}
    return site.client.post(f"/api/cases/{case}/files", files=sent, headers=headers(site, who, **more))


def bare(site: Site, case: str, name: str, content: bytes, media: str = "application/pdf", **more: str) -> Any:
    """Send a file as the body."""
    told = headers(site, "office", **{"Content-Type": media}, **more)
    return site.client.post(f"/api/cases/{case}/files", content=content, params={"filename": name}, headers=told)


def stored(site: Site) -> list[Path]:
    """List what lies in the store of files."""
    return [path for path in (site.home.path / "files").rglob("*") if path.is_file()]


@both
def test_a_file_goes_in_and_comes_out(site: Site) -> None:
    case = site.assigned()
    made = form(site, case, "现场 照片.pdf", SECRET, "wang", "application/pdf")
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["name"], told["media"], told["size"], told["about"]) == (
        "现场 照片.pdf",
        "application/pdf",
        len(SECRET),
        "case",
    )
    assert made.headers["Location"] == f"/api/files/{told['id']}"
    given = site.get(f"/api/files/{told['id']}/content", "roads")
    assert (given.status_code, given.content) == (200, SECRET)
    said = given.headers
    assert said["Content-Disposition"].startswith("attachment; filename=")
    assert unquote(said["Content-Disposition"].rpartition("''")[2]) == "现场 照片.pdf"
    assert (said["X-Content-Type-Options"], said["Cache-Control"]) == ("nosniff", "no-store")
    assert said["Content-Security-Policy"].startswith("sandbox")
    assert (said["Content-Type"], said["Content-Length"]) == ("application/pdf", str(len(SECRET)))
    assert [one["id"] for one in site.get(f"/api/cases/{case}/files", "roads").json()["items"]] == [told["id"]]
    assert site.client.delete(f"/api/files/{told['id']}", headers=headers(site, "roads")).status_code == 403
    assert site.client.delete(f"/api/files/{told['id']}", headers=headers(site, "wang")).status_code == 204
    assert site.client.delete(f"/api/files/{told['id']}", headers=headers(site, "wang")).status_code == 404
    assert site.get(f"/api/files/{told['id']}/content").status_code == 404
    assert stored(site) == []
    assert site.verify().whole


@pytest.mark.parametrize("name", TAKEN)
def test_every_kind_goes_both_ways(site: Site, name: str) -> None:
    case = site.opened()
    media = KINDS["." + name.lower().rpartition(".")[2].replace("jpeg", "jpg")].media
    for made in (bare(site, case, name, TAKEN[name], media), form(site, case, name, TAKEN[name])):
        assert made.status_code == 201, made.text
        given = site.get(f"/api/files/{made.json()['id']}/content")
        assert given.content == TAKEN[name]
        assert given.headers["Content-Type"].startswith(media)


def test_hostile_files_leave_nothing(site: Site) -> None:
    case, before = site.opened(), site.verify().entries
    for what, (name, content) in {**HOSTILE, **BROKEN}.items():
        for answer in (form(site, case, name, content), bare(site, case, name, content, "application/octet-stream")):
            assert answer.status_code in (400, 415), (what, answer.text)
    for media in ("text/html", "image/svg+xml", "application/zip", "multipart/mixed"):
        assert bare(site, case, "a.pdf", PDF, media).status_code in (400, 415)
    assert bare(site, case, "", PDF).status_code == 415
    assert bare(site, case, "长" * 501 + ".pdf", PDF).status_code == 400
    two = [("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))]
    assert site.client.post(f"/api/cases/{case}/files", files=two, headers=headers(site, "office")).status_code == 400
    assert (stored(site), site.verify().entries) == ([], before)


def test_what_is_too_large_is_refused(site: Site) -> None:
    case = site.opened()
    text = b"a" * (KINDS[".txt"].most + 1)
    whole = b"a" * (LARGEST + 200_000)
    for answer in (
        form(site, case, "a.txt", text),
        bare(site, case, "a.txt", text, "text/plain"),
        form(site, case, "a.pdf", whole),
        bare(site, case, "a.pdf", whole),
    ):
        assert answer.status_code == 413, answer.text[:200]
    assert stored(site) == []
    assert not [path for path in (site.home.path / "work").rglob("*") if path.is_file()]


def test_who_may_not_is_refused_before_the_body_is_read(site: Site) -> None:
    case = site.assigned()
    large = b"a" * (LARGEST + 200_000)
    assert form(site, case, "a.pdf", large, "li").status_code == 403
    assert form(site, uid("nowhere"), "a.pdf", large).status_code == 404
    assert form(site, case, "a.pdf", large, "other").status_code == 404


@both
def test_another_county_learns_nothing(site: Site) -> None:
    case = site.assigned()
    id = form(site, case, f"{CANARY}.pdf", SECRET).json()["id"]
    nowhere = uid("nowhere")
    for path in ("/api/files/{}", "/api/files/{}/content"):
        mine, random = (site.get(path.format(one), "other") for one in (id, nowhere))
        assert (mine.status_code, mine.content) == (random.status_code, random.content)
        assert {k: v for k, v in mine.headers.items() if k != "x-request-id"} == {
            k: v for k, v in random.headers.items() if k != "x-request-id"
        }
    gone = [site.client.delete(f"/api/files/{one}", headers=headers(site, "other")) for one in (id, nowhere)]
    assert gone[0].status_code == 404
    assert gone[0].content == gone[1].content
    listed = [site.get(f"/api/cases/{one}/files", "other") for one in (case, nowhere)]
    assert (listed[0].status_code, listed[0].content) == (404, listed[1].content)
    assert [path.parent.name for path in stored(site)] == [IDS["qing"]]
    for path in stored(site):
        assert CANARY.encode() not in path.read_bytes()
    assert site.get(f"/api/files/{id}/content").content == SECRET


@both
def test_a_file_sent_twice_with_one_key_is_one(site: Site) -> None:
    case, key = site.opened(), {"Idempotency-Key": "k-1"}
    one, two = (form(site, case, "a.pdf", PDF, **key) for _ in "12")
    assert (one.status_code, two.status_code, one.json()) == (201, 201, two.json())
    assert two.headers["Idempotency-Replayed"] == "true"
    assert form(site, case, "b.pdf", PDF, **key).status_code == 422
    assert len(stored(site)) == 1
    assert len(site.get(f"/api/cases/{case}/files").json()["items"]) == 1


def test_a_store_that_is_down_says_when_to_come_again(site: Site) -> None:
    case = site.opened()
    id = form(site, case, "a.pdf", PDF).json()["id"]
    kept = site.app.state.files
    site.app.state.files = Objects.at(
        "s3://b?endpoint=http://127.0.0.1:9", {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    )
    for answer in (form(site, case, "b.pdf", PDF), site.get(f"/api/files/{id}/content")):
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["Retry-After"]) > 0
        assert "127.0.0.1" not in answer.text
    assert site.client.delete(f"/api/files/{id}", headers=headers(site, "office")).status_code == 204
    site.app.state.files = kept
    assert len(stored(site)) == 1  # which the nightly sweep takes


def test_a_record_has_files_too(site_with_all: tuple[Site, dict[str, str]]) -> None:
    site, ids = site_with_all
    path = f"/api/records/{ids['record_id']}/files"
    sent = {"file": ("登记表.pdf", PDF, "application/pdf")}
    made = site.client.post(path, files=sent, headers=headers(site, "wang"))
    assert made.status_code == 201, made.text
    assert [one["name"] for one in site.get(path, "wang").json()["items"]] == ["登记表.pdf"]
    assert site.get(path, "li").status_code == 404
    assert site.get(f"/api/files/{made.json()['id']}/content", "li").status_code == 404
    assert site.client.post(path, files=sent, headers=headers(site, "li")).status_code == 404


def test_a_large_file_comes_out_as_it_went_in(site: Site) -> None:
    case = site.opened()
    content = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + os.urandom(8 * contents.PIECE)
    made = form(site, case, "录像.mp4", content)
    given = site.get(f"/api/files/{made.json()['id']}/content")
    assert hashlib.sha256(given.content).digest() == hashlib.sha256(content).digest()


def test_content_that_was_changed_is_a_defect_and_not_given(site: Site) -> None:
    id = form(site, site.opened(), "a.pdf", SECRET).json()["id"]
    (path,) = stored(site)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    answer = site.get(f"/api/files/{id}/content")
    assert (answer.status_code, answer.json()["code"]) == (500, "defect")
    path.unlink()
    assert site.get(f"/api/files/{id}/content").status_code == 500
    assert attachments.MOST >= 100
