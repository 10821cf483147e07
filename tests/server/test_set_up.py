"""A server whose surroundings are not as they must be: at its start, and while it runs."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import psycopg
import pytest
from litestar.testing import TestClient
from tests import databases

from renda_core import doctor, papers
from renda_core.errors import ConfigError, PluginError
from renda_core.store.revision import NEWEST
from renda_core.workspace import Home
from renda_server.app import create_app
from renda_server.resources import lists
from renda_server.serving import serve
from renda_server.settings import Settings, check_database

from . import passing
from .conftest import COUNTY, IDS, NAMES, NOW, PEOPLE

if TYPE_CHECKING:
    from .conftest import Site

LATER = "second_assignment"


def hosted(dsn: str, folder: Path) -> tuple[Settings, dict[str, str]]:
    """Make the files of a server on a database, and the office's token."""
    settings = of_files(dsn, folder)
    files = {code: folder / f"{code}.toml" for code in IDS}
    token = passing.in_database(settings.database, settings.home, files, {"office": PEOPLE["office"]})["office"]
    return settings, {"Authorization": f"Bearer {token}"}


def of_files(dsn: str, folder: Path) -> Settings:
    """Make the files of a server on a database."""
    for code, id in IDS.items():
        (folder / f"{code}.toml").write_text(COUNTY.format(id=id, code=code), "utf-8")
    home = Home(path=folder / "home", now=lambda: NOW)
    home.keys()
    return Settings(names=NAMES, home=home, database=databases.url(dsn, "renda_app"), tenants=folder, now=lambda: NOW)


def configured(settings: Settings, headers: dict[str, str]) -> tuple[int, set[str]]:
    """Start a server; give the version of the configuration in force, and the practices that it enables."""
    with TestClient(create_app(settings)) as client:
        found = client.get("/api/configuration", headers=headers).json()
    return found["version"], {name for layer in found["layers"] for name in layer["plugins"]}


@pytest.mark.postgres
def test_a_file_is_applied_at_a_start_until_somebody_changes_the_configuration(
    postgres_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings, headers = hosted(postgres_dsn, tmp_path)
    assert configured(settings, headers) == (1, {"suggestion_handling"})
    file = tmp_path / "qing.toml"
    file.write_text(file.read_text("utf-8") + f"[plugins.{LATER}]\n", "utf-8")
    assert configured(settings, headers) == configured(settings, headers) == (2, {"suggestion_handling", LATER})
    with TestClient(create_app(settings)) as client:
        seen = client.get("/api/configuration", headers=headers)
        document = seen.json()
        document["layers"][0]["plugins"] = {"suggestion_handling": {}, "settled_accounts": {}}
        changed = client.put("/api/configuration", json=document, headers=headers | {"If-Match": seen.headers["ETag"]})
        assert changed.status_code == 200, changed.text
    caplog.clear()
    assert configured(settings, headers) == (3, {"suggestion_handling", "settled_accounts"})
    told = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(told) == 1
    assert "qing.toml" in told[0]
    assert told[0].endswith(f"plugins.{LATER}, plugins.settled_accounts")
    environ = {"RENDA_DATABASE": settings.database, "RENDA_TENANTS": str(tmp_path)}
    with psycopg.connect(postgres_dsn) as raw:
        raw.execute(
            "INSERT INTO receiver (tenant_id, name, url, events, secret, active, seq, last, failures, trouble, version)"
            " SELECT tenant_id, 'oa', 'https://a.example/', '*', '', false, 0, tenant_id, 1, 'it answered 410', 1 "
            "FROM tenant WHERE code = 'bai'"
        )
    (silent,) = [f for f in doctor.database(environ) if "事件接收方" in f.told]
    assert (silent.about, silent.level) == ("bai 县级配置", "note")
    with psycopg.connect(postgres_dsn) as raw:
        raw.execute("DELETE FROM receiver")
    findings = {f.about: f for f in doctor.database(environ)}
    assert (findings["qing 县级配置"].level, findings["bai 县级配置"].level) == ("note", "ok")
    assert f"plugins.{LATER}, plugins.settled_accounts" in findings["qing 县级配置"].told


@pytest.mark.postgres
@pytest.mark.parametrize(("stands", "remedy"), [("core_0001", "renda upgrade --dsn"), ("core_9999", "update renda")])
def test_tables_of_another_renda_are_not_served(
    postgres_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stands: str, remedy: str
) -> None:
    settings, headers = hosted(postgres_dsn, tmp_path)
    with psycopg.connect(postgres_dsn) as raw:
        raw.execute("UPDATE alembic_version SET version_num = %s WHERE version_num = %s", (stands, NEWEST))
    monkeypatch.setenv("RENDA_DATABASE", settings.database)
    monkeypatch.setenv("RENDA_TENANTS", str(tmp_path))
    with pytest.raises(ConfigError, match=remedy) as told:
        serve(settings.home.path)
    assert stands in str(told.value)
    with pytest.RaisesGroup(ConfigError, flatten_subgroups=True):
        configured(settings, headers)


@pytest.mark.postgres
def test_a_database_without_tables_is_not_served(empty_dsn: str, tmp_path: Path) -> None:
    settings = of_files(empty_dsn, tmp_path)
    for database in (settings.database, databases.url(empty_dsn)):
        with pytest.raises(ConfigError, match="renda upgrade --dsn"):
            asyncio.run(check_database(attrs.evolve(settings, database=database)))


@pytest.mark.parametrize("error", [ConfigError("no table", "/srv/secret: broken"), PluginError("gone", "/srv/secret")])
def test_what_the_server_lacks_is_told_in_the_log_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(lists.ledgers, "ledger_page", broken)
    found = site.get("/api/cases")
    assert (found.status_code, found.headers["Content-Type"]) == (503, "application/problem+json")
    assert found.json()["id"] == found.headers["X-Request-Id"]
    assert "secret" not in found.text
    assert any("/srv/secret" in r.getMessage() and found.json()["id"] in r.getMessage() for r in caplog.records)


def test_without_fonts_nothing_is_printed_and_everything_else_goes_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = site.assigned()

    def without(_: papers.Paper) -> bytes:
        raise ConfigError("papers cannot be made", "a font is not installed: pip install 'renda[pdf]'")

    monkeypatch.setattr(papers, "render", without)
    for path in (f"/api/cases/{id}/file.pdf", "/api/reports/2026.pdf"):
        found = site.get(path)
        assert (found.status_code, found.json()["code"]) == (503, "unready")
        assert "renda doctor" in found.json()["detail"]
    assert site.get("/api/reports/2026.xlsx").status_code == 200
    assert list(site.app.state.folder.iterdir()) == []


def test_a_wrong_document_is_refused_with_every_reason(site: Site) -> None:
    seen = site.get("/api/configuration")
    document = seen.json()
    document["layers"][0]["plugins"] = {"nothing": {}, "suggestion_handling": {"no_such": 1, "nor_this": 2}}
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "If-Match": seen.headers["ETag"]}
    for query in ("", "?preview=true"):
        refused = site.client.put(f"/api/configuration{query}", json=document, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "rejected")
        assert len(refused.json()["objections"]) >= 2
    taken = site.client.post("/api/popolo.json", content=b'{"persons": 1}', headers=headers)
    assert (taken.status_code, len(taken.json()["objections"])) == (422, 1)
