"""Other systems over HTTP: the roster as Popolo both ways, and calendars that say when they have not changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import icalendar
import pytest

from .conftest import both

if TYPE_CHECKING:
    from .conftest import Site

DOCUMENT = {"persons": [{"id": "https://example.org/wang", "name": "王小明"}]}


def post(site: Site, raw: Any, who: str = "office", query: str = "", **headers: str) -> Any:
    body = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    headers |= {"Authorization": f"Bearer {site.tokens[who]}", "Content-Type": "application/json"}
    return site.client.post(f"/api/popolo.json{query}", content=body, headers=headers)


@both
def test_a_roster_goes_out_and_comes_in_again(site: Site) -> None:
    assert post(site, DOCUMENT).json()["applied"]["new"] == 1
    out = site.get("/api/popolo.json")
    assert (out.status_code, out.headers["Cache-Control"]) == (200, "no-store")
    assert [p["name"] for p in out.json()["persons"]] == ["王小明"]
    seen = post(site, out.content, query="?preview=true")
    assert (seen.status_code, seen.json()["counts"], seen.json()["applied"]) == (200, {"same": 1}, None)
    assert post(site, out.content).json()["counts"] == {"same": 1}
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "If-None-Match": out.headers["ETag"]}
    assert site.client.get("/api/popolo.json", headers=headers).status_code == 304
    assert site.verify().whole


@both
def test_a_preview_changes_nothing(site: Site) -> None:
    before = site.verify().entries
    seen = post(site, DOCUMENT, query="?preview=true")
    assert seen.status_code == 200, seen.text
    assert seen.json()["counts"] == {"new": 1}
    assert site.verify().entries == before


@both
def test_a_document_that_comes_twice_under_one_key_is_taken_once(site: Site) -> None:
    first, second = (post(site, DOCUMENT, **{"Idempotency-Key": "p-1"}) for _ in "12")
    assert (first.status_code, second.content) == (200, first.content)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.json()["applied"]["new"] == 1
    assert post(site, b"{}", **{"Idempotency-Key": "p-1"}).status_code == 422
    assert site.verify().entries == 2


@pytest.mark.parametrize("raw", [b"", b"{", b"7", b'"x"', b"\xff", b"[" * 100_000])
def test_what_is_no_document_is_refused(site: Site, raw: bytes) -> None:
    for query in ("", "?preview=true"):
        refused = post(site, raw, query=query)
        assert refused.status_code in (400, 422), refused.text
        assert refused.headers["Content-Type"].startswith("application/problem+json")
    assert site.verify().entries == 1


def test_only_keepers_take_a_document_in(site: Site) -> None:
    for who in ("wang", "roads"):
        assert post(site, DOCUMENT, who).status_code == 403
        assert post(site, DOCUMENT, who, "?preview=true").status_code == 403
        assert site.get("/api/popolo.json?personal=true", who).status_code == 403


@pytest.mark.parametrize("name", ["sessions", "deadlines"])
def test_a_calendar_says_when_it_has_not_changed(site: Site, name: str) -> None:
    site.assigned()
    out = site.get(f"/api/feeds/{name}.ics")
    assert (out.status_code, out.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert icalendar.Calendar.from_ical(out.content)["version"] == "2.0"
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "If-None-Match": f'W/{out.headers["ETag"]}, "x"'}
    same = site.client.get(f"/api/feeds/{name}.ics", headers=headers)
    assert (same.status_code, same.content) == (304, b"")
    other = site.client.get(f"/api/feeds/{name}.ics", headers={**headers, "If-None-Match": '"x"'})
    assert other.status_code == 200


@pytest.mark.parametrize("file", ["wages.ics", "sessions", "sessions.xlsx"])
def test_what_is_no_calendar_is_not_there(site: Site, file: str) -> None:
    assert site.get(f"/api/feeds/{file}").status_code == 404


@both
def test_a_deputys_calendar_holds_the_deputys_own(site: Site) -> None:
    site.assigned()
    mine, theirs = (site.get("/api/feeds/deadlines.ics", who).text.count("BEGIN:VEVENT") for who in ("wang", "li"))
    assert (mine > 0, theirs) == (True, 0)
