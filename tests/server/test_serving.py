"""Starting: the command, without the server too; configuration that changes while it runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest
import uvicorn
from click.testing import CliRunner
from litestar.testing import TestClient
from tests import databases

from renda_core.cli import renda
from renda_core.services import tenants
from renda_core.workspace import SETUP, Home
from renda_server import hosting
from renda_server.app import create_app
from renda_server.settings import Settings

from .conftest import COUNTY, IDS, NAMES, NOW, quiet_open

if TYPE_CHECKING:
    from .conftest import Site


def test_serve_listens_on_this_machine_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: told.update(options))
    result = CliRunner().invoke(renda, ["--home", str(tmp_path), "serve"])
    assert result.exit_code == 0, result.output
    assert (told["host"], told["port"], told["access_log"]) == ("127.0.0.1", 8000, False)


def test_without_the_server_the_command_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [m for m in sys.modules if m.startswith("renda_server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "litestar", None)
    result = CliRunner().invoke(renda, ["--home", str(tmp_path), "serve"])
    assert result.exit_code == 2
    assert "renda[server]" in result.stderr


def test_a_changed_configuration_needs_no_restart(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.assigned()
    monkeypatch.setattr(hosting, "FRESH", -1.0)
    with quiet_open(site.home, "qing") as county:
        layer = attrs.evolve(county.file.layers[-1], plugins={})
        changed = attrs.evolve(county.file, layers=(layer,))
        county.store.run(county.store.write(tenants.apply, changed.id, SETUP, changed))
    assert site.get("/api/cases").status_code == 404
    assert site.get("/api/cases", "other").status_code == 200


@pytest.mark.postgres
def test_a_database_hosts_the_tenants_of_a_folder(
    postgres_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, id in IDS.items():
        (tmp_path / f"{code}.toml").write_text(COUNTY.format(id=id, code=code), "utf-8")
    home, dsn = Home(path=tmp_path / "home", now=lambda: NOW), databases.url(postgres_dsn, "renda_app")
    settings = Settings(names=NAMES, home=home, database=dsn, tenants=tmp_path, now=lambda: NOW)
    monkeypatch.setenv("RENDA_DATABASE", dsn)
    monkeypatch.setenv("RENDA_TENANTS", str(tmp_path))

    def run(*args: str, code: int = 0) -> Any:
        result = CliRunner().invoke(renda, ["--home", str(home.path), "--today", "2026-01-20", "--json", *args])
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    home.keys()
    assert "renda tenant list" in run("ledger", "qing", code=4)["problem"]["detail"]
    with TestClient(create_app(settings)) as client:
        headers = {
            code: {"Authorization": f"Bearer {run('token', 'new', code, '--roles', 'office,assigner')['token']}"}
            for code in IDS
        }
        case = {"kind": "suggestion", "title": "修桥", "body": {"text": "失修"}}
        made = client.post("/api/cases", json=case, headers=headers["qing"])
        assert made.status_code == 201, made.text
        id = made.json()["id"]
        assert client.get(f"/api/cases/{id}", headers=headers["bai"]).status_code == 404
    assert run("journal", "verify", "qing")["whole"]
    assert [e["what"] for e in run("journal", "list", "qing")["entries"]] == [
        "tenant.applied",
        "token.given",
        "suggestion.propose",
    ]
    assert [e["what"] for e in run("journal", "list", "bai")["entries"]] == ["tenant.applied", "token.given"]
    monkeypatch.delenv("RENDA_TENANTS")  # the directory knows them without the folder
    assert run("ledger", "qing")
    with TestClient(create_app(attrs.evolve(settings, tenants=None))) as client:
        assert client.get(f"/api/cases/{id}", headers=headers["qing"]).status_code == 200


def test_an_address_that_is_taken_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: sys.exit(3))
    result = CliRunner().invoke(renda, ["--home", str(tmp_path), "serve", "--port", "80"])
    assert result.exit_code == 2
    assert "127.0.0.1:80" in result.stderr
