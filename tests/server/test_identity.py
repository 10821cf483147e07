"""Tokens: hashed, private, revocable at once; and what a log may say of those who use them."""

from __future__ import annotations

import json
import logging
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from renda_core.cli import renda
from renda_core.errors import ConfigError, NotFound
from renda_core.services import cases
from renda_core.testing import uid
from renda_core.workspace import Home
from renda_server import identity
from renda_server.settings import Settings

from .conftest import NOW, PEOPLE

if TYPE_CHECKING:
    from .conftest import Site


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer renda_wrong", "Basic {}", "{}", "Bearer {}x", "Bearer x{}", "bearer \x7f"],
)
def test_without_a_token_nothing_is_read(site: Site, header: str) -> None:
    headers = {"Authorization": header.format(site.tokens["office"])} if header else {}
    for answer in (
        site.client.get("/api/cases", headers=headers),
        site.client.get(f"/api/cases/{uid('x')}", headers=headers),
        site.client.post("/api/cases", content="{", headers=headers),
        site.client.get("/api/pages/satisfaction?size=x", headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "unauthorized"


def test_the_scheme_may_be_written_small(site: Site) -> None:
    headers = {"Authorization": f"bearer {site.tokens['office']}"}
    assert site.client.get("/api/cases", headers=headers).status_code == 200


def test_a_revoked_token_opens_nothing_from_then_on(site: Site) -> None:
    assert site.get("/api/cases").status_code == 200
    identity.remove(site.home.path, identity.hashed(site.tokens["office"])[:12])
    assert site.get("/api/cases").status_code == 401
    assert site.get("/api/cases", "wang").status_code == 200


def test_a_token_of_a_tenant_that_was_replaced_opens_nothing(site: Site) -> None:
    code, actor = PEOPLE["office"]
    stranger = identity.add(site.home.path, tenant=code, tenant_id=uid("another"), actor=actor, label="", on=NOW.date())
    nowhere = identity.add(
        site.home.path, tenant="away", tenant_id=uid("another"), actor=actor, label="", on=NOW.date()
    )
    for token in (stranger, nowhere):
        answer = site.client.get("/api/cases", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 404


def test_the_file_holds_hashes_only_and_is_private(site: Site) -> None:
    path = identity.file_of(site.home.path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text("utf-8")
    assert not any(token in text for token in site.tokens.values())
    os.chmod(path, 0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        identity.holders(site.home.path)


@pytest.mark.parametrize("text", ["tokens = 3", "[[tokens]]\nsha256 = 'x'\n", "= 1", "[[tokens]]\ncolour = 1\n"])
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    path = identity.file_of(tmp_path)
    path.parent.mkdir()
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"tokens\.toml"):
        identity.holders(tmp_path)


def test_too_short_a_hash_revokes_nothing(site: Site) -> None:
    with pytest.raises(NotFound):
        identity.remove(site.home.path, "")
    assert len(identity.holders(site.home.path)) == len(PEOPLE)


def test_a_token_made_by_the_command_opens_the_server(site: Site) -> None:
    def run(*args: str) -> Any:
        result = CliRunner().invoke(renda, ["--home", str(site.home.path), "--json", *args])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    made = run("token", "new", "qing", "--roles", "office", "--label", "front desk")
    answer = site.client.get("/api/cases", headers={"Authorization": f"Bearer {made['token']}"})
    assert answer.status_code == 200
    listed = run("token", "list")["tokens"]
    assert (listed[-1]["label"], listed[-1]["person"]) == ("front desk", made["person"])
    assert made["token"] not in json.dumps(listed)
    gone = run("token", "revoke", listed[-1]["sha256"][:10])["revoked"]
    assert gone == identity.hashed(made["token"])
    refused = CliRunner().invoke(renda, ["--home", str(site.home.path), "token", "new", "qing", "--roles", "boss"])
    assert refused.exit_code == 2


def test_a_defect_is_answered_by_an_id_and_logged_without_what_was_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*args: object) -> None:
        raise RuntimeError("张三 19900000000")

    monkeypatch.setattr(cases, "show", broken)
    with caplog.at_level(logging.DEBUG):
        answer = site.get(f"/api/cases/{uid('x')}")
        site.post("/api/cases", {"kind": "suggestion", "title": "张三的桥", "phone": "19900000000"}, "wang")
        site.client.get("/api/cases", headers={"Authorization": "Bearer renda_secret"})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (500, "defect")
    assert set(told) == {"status", "code", "title", "detail", "id"}
    assert "张三" not in answer.text
    records = [r for r in caplog.records if not r.name.startswith(("httpx", "httpcore", "asyncio"))]
    assert any(told["id"] in r.getMessage() and "RuntimeError" in r.getMessage() for r in records)
    written = "".join(r.getMessage() + str(r.exc_text or "") + str(r.exc_info or "") for r in records)
    for hidden in ("张三", "19900000000", "renda_secret", *site.tokens.values(), "%E5%BC%A0"):
        assert hidden not in written


def test_a_wrong_way_or_method_is_a_problem_document(site: Site) -> None:
    for answer, status in ((site.get("/api/nothing"), 404), (site.client.delete("/api/cases"), 405)):
        assert answer.status_code == status
        assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_too_large_a_body_is_refused(site: Site) -> None:
    answer = site.post("/api/cases", {"kind": "suggestion", "title": "x" * 1_100_000})
    assert answer.status_code == 413


def test_a_database_needs_the_folder_that_names_its_tenants(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="RENDA_TENANTS"):
        Settings.of(tmp_path, {"RENDA_DATABASE": "postgresql://secret@x/y"})
    found = Settings.of(tmp_path, {"RENDA_DATABASE": "postgresql://secret@x/y", "RENDA_TENANTS": "tenants"})
    assert "secret" not in repr(found)
    assert Settings.of(tmp_path, {}).home.path == Home(path=tmp_path).path
