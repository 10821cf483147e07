"""The sealing client as browsers load it: whole, of one version, never over a line that others can change."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest

from renda_server import sealing_client

if TYPE_CHECKING:
    from .conftest import Site


def test_every_file_is_given_with_its_type_and_digest_for_good(site: Site) -> None:
    told = site.client.get("/client")
    assert told.headers["Cache-Control"] == "no-cache"
    listed = told.json()
    assert {"seal.js", "hpke.js", "importmap.json"} <= listed["files"].keys()
    for name, digest in listed["files"].items():
        answer = site.client.get(listed["at"] + name)
        assert answer.status_code == 200, name
        assert digest == f"sha256-{base64.b64encode(hashlib.sha256(answer.content).digest()).decode()}"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        kind = {"js": "text/javascript", "json": "application/json"}.get(name.rpartition(".")[2], "text/plain")
        assert answer.headers["Content-Type"].startswith(kind), name
        head = site.client.head(listed["at"] + name)
        assert (head.status_code, head.content) == (200, b"")


def test_the_version_names_every_byte(site: Site) -> None:
    found = sealing_client.client()
    assert len(found.version) == 64
    assert found.files["seal.js"] == (sealing_client.FOLDER / "seal.js").read_bytes()
    for wrong in ("0" * 64, found.version[:-1], found.version.upper() + "x", "latest"):
        assert site.client.get(f"/client/{wrong}/seal.js").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "../sealing_client.py",
        "..%2fsealing_client.py",
        "%2e%2e/app.py",
        "vendor",
        "vendor/",
        "/etc/passwd",
    ],
)
def test_nothing_else_is_given(site: Site, name: str) -> None:
    answer = site.client.get(f"/client/{sealing_client.client().version}/{name}")
    assert answer.status_code == 404
    assert b"import" not in answer.content


def test_over_plain_http_there_is_no_client(site: Site) -> None:
    for path in ("/client", f"/client/{sealing_client.client().version}/seal.js"):
        answer = site.client.get(f"http://testserver.local{path}", headers={"X-Forwarded-Proto": "https"})
        assert (answer.status_code, answer.json()["code"]) == (403, "plain_http")
