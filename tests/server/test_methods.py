"""What is asked with other methods than an operation's own: HEAD, OPTIONS and others; and paths that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .asking import OPERATIONS, path_of

if TYPE_CHECKING:
    from .conftest import Site

SHOWN = ("/api/cases", "/api/me", "/api/kinds/suggestion", "/api/popolo.json", "/healthz", "/schema/openapi.json")
PASSING = ("x-request-id", "date")
"""Headers that are another's each time."""


@pytest.mark.parametrize("path", SHOWN)
def test_head_answers_as_get_without_the_body(site: Site, path: str) -> None:
    headers = {"Authorization": f"Bearer {site.tokens['office']}"}
    got, head = site.client.get(path, headers=headers), site.client.head(path, headers=headers)
    assert (head.status_code, head.content) == (got.status_code, b"") == (200, b"")
    plain = [{k: v for k, v in a.headers.items() if k not in PASSING} for a in (got, head)]
    assert plain[0] == plain[1]
    assert int(head.headers["Content-Length"]) == len(got.content) > 0


def test_head_of_a_file_leaves_nothing_behind(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.tokens['office']}"}
    for path in ("/api/exports/units.xlsx", "/api/templates/units.xlsx", "/api/reports/2026.csv"):
        head = site.client.head(path, headers=headers)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["Content-Length"]) > 0
    assert list(site.app.state.folder.iterdir()) == []


def test_head_is_refused_as_get_is(site: Site) -> None:
    assert site.client.head("/api/cases").status_code == 401
    headers = {"Authorization": f"Bearer {site.tokens['office']}"}
    for path, status in (("/api/cases?colour=red", 400), ("/api/cases/none", 404), ("/api/imports", 200)):
        assert site.client.head(path, headers=headers).status_code == status
    deputy = {"Authorization": f"Bearer {site.tokens['li']}"}
    assert site.client.head("/api/imports", headers=deputy).status_code == 403


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_options_names_the_methods(site_with_all: tuple[Site, dict[str, str]], name: str) -> None:
    site, ids = site_with_all
    path = path_of(OPERATIONS[name], ids, {})
    answer = site.client.options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    allowed = {method.strip() for method in answer.headers["Allow"].split(",")}
    assert {OPERATIONS[name].method, "OPTIONS"} <= allowed
    assert ("HEAD" in allowed) == ("GET" in allowed)


def test_another_method_is_told_the_right_ones(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.tokens['office']}"}
    for method in ("PUT", "DELETE", "PATCH"):
        answer = site.client.request(method, "/api/cases", headers=headers)
        assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize("path", ["/", "/api", "/api/", "/api/nothing", "/nothing", "/api/cases/x/y/z", "/schema/none"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_is_not_there_is_a_problem(site: Site, method: str, path: str) -> None:
    answer = site.client.request(method, path)
    if (method, path) != ("GET", "/schema/none") and path == "/schema/none":
        assert answer.status_code == 405
        return
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert (answer.json()["code"], answer.json()["status"]) == ("not_found", 404)


def test_a_slash_at_the_end_changes_nothing(site: Site) -> None:
    id = site.opened()
    for path in ("/api/cases", f"/api/cases/{id}", "/api/me", "/healthz"):
        plain, slashed = site.get(path), site.get(f"{path}/")
        assert (slashed.status_code, slashed.content) == (200, plain.content)
        assert slashed.headers.get("Location") is None
