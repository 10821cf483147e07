"""A server whose practices are not what they were: it starts, and what one of them touched is read-only."""

from __future__ import annotations

import logging
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner
from litestar.testing import TestClient
from tests import databases
from tests.core.absent import checking

from renda_core import catalogue as catalogues
from renda_core import doctor
from renda_core.catalogue import Catalogue
from renda_core.cli import renda
from renda_core.configuration import read_tenant
from renda_core.workspace import Home
from renda_plugins import suggestion_handling
from renda_server.app import create_app
from renda_server.settings import Settings

from . import passing
from .conftest import COUNTY, IDS, NAMES, NOW, PEOPLE, ROADS, Site

NAME = "suggestion_handling"
BOTH = Catalogue.collect({NAME: suggestion_handling, "check": checking()})
WITHOUT = Catalogue.collect({NAME: suggestion_handling})
BROKEN = attrs.evolve(WITHOUT, broken={"check": "'check' (somebody.check) cannot be imported: SyntaxError"})
BARE = Catalogue.collect({"check": checking()})
Serve = Callable[[Catalogue], Any]


@pytest.fixture(params=databases.BOTH)
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serve]:
    """Start servers on the same data one after the other: qing has both practices, bai one."""
    home = Home(path=tmp_path / "home", now=lambda: NOW)
    folder = tmp_path / "tenants"
    folder.mkdir()
    for code, id in IDS.items():
        more = "[plugins.check]\n" if code == "qing" else ""
        (folder / f"{code}.toml").write_text(COUNTY.format(id=id, code=code) + more, "utf-8")
    home.keys()
    settings = Settings(names=NAMES, home=home, now=lambda: NOW)
    if request.param == "postgres":
        dsn = databases.url(request.getfixturevalue("postgres_dsn"), "renda_app")
        settings = attrs.evolve(settings, database=dsn, tenants=folder)
        files = {code: folder / f"{code}.toml" for code in IDS}
        tokens = passing.in_database(dsn, home, files, PEOPLE, BOTH)
    else:
        tokens = {}
        for code in IDS:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
                with home.create(read_tenant(folder / f"{code}.toml"), BOTH) as county:
                    tokens |= passing.by_workspace(county, {n: a for n, (of, a) in PEOPLE.items() if of == code})

    @contextmanager
    def started(catalogue: Catalogue) -> Iterator[Site]:
        with TestClient(create_app(settings, catalogue), raise_server_exceptions=False) as client:
            yield Site(home, tokens, client.app, client, settings.database)

    yield started
    shutil.rmtree(home.path / "work", ignore_errors=True)


def checked(site: Site) -> str:
    """Bring a suggestion of qing to where the practice has left its traces."""
    id = site.opened()
    site.step(id, "accept")
    site.step(id, "check", payload={"text": "可行", "aside": "另有考虑"})
    return id


def test_the_server_starts_and_one_feature_is_read_only(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    with serve(BOTH) as site:
        id = checked(site)
        assert site.get("/api/me").json()["missing"] == []
    caplog.clear()
    with serve(BROKEN) as site:
        assert site.get("/api/me").json()["missing"] == ["check"]  # a tenant is opened at its first request
        told = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
        assert any("tenant qing: practice check is missing, and read-only is suggestion" in t for t in told)
        assert any("practice check cannot be used" in t and "SyntaxError" in t for t in told)
        assert not any("bai" in t for t in told)
        me = site.get("/api/me", "wang").json()
        assert (me["missing"], me["readonly"]) == (["check"], ["suggestion"])
        seen = site.get(f"/api/cases/{id}").json()
        assert (seen["states"]["check"], seen["acts"][-1]["text"]) == ("passed", "可行")
        assert [c["id"] for c in site.get("/api/cases", "li").json()["items"]] == [id]
        deputy = site.get(f"/api/cases/{id}", "li").json()
        assert "check" not in {a["step"] for a in deputy["acts"]}
        version = seen["version"]
        body = {"step": "assign", "version": version, "units": [[ROADS, "sole"]]}
        refused = site.post(f"/api/cases/{id}/steps", body)
        assert (refused.status_code, refused.json()["code"]) == (422, "rejected")
        assert "the practice 'check' is missing here" in refused.json()["objections"][0]
        assert "SyntaxError" not in refused.text
        case = {"kind": "suggestion", "title": "修桥", "body": {"text": "失修"}}
        assert site.post("/api/cases", case).status_code == 422
        other = site.post("/api/cases", case, "other")
        assert other.status_code == 201, other.text
    with serve(BOTH) as site:
        site.step(id, "assign", units=[[ROADS, "sole"]])
        assert site.get("/api/me").json()["readonly"] == []
        assert site.get(f"/api/cases/{id}").json()["states"]["check"] == "passed"


def test_a_new_configuration_may_not_keep_it_and_may_disable_it(serve: Serve) -> None:
    with serve(BOTH) as site:
        id = checked(site)
    with serve(BROKEN) as site:
        seen = site.get("/api/configuration")
        document = {**seen.json(), "name": "庆"}
        headers = {"Authorization": f"Bearer {site.tokens['office']}", "If-Match": seen.headers["ETag"]}
        refused = site.client.put("/api/configuration", json=document, headers=headers)
        assert refused.status_code == 422
        (objection,) = refused.json()["objections"]
        assert "plugins.check: it is installed and cannot be used" in objection
        document["without"] = ["check"]
        done = site.client.put("/api/configuration", json=document, headers=headers)
        assert done.status_code == 200, done.text
        assert site.get("/api/me").json()["missing"] == []
        site.step(id, "assign", units=[[ROADS, "sole"]])


def test_whose_kind_is_gone_is_listed_for_the_office(serve: Serve) -> None:
    with serve(BOTH) as site:
        id = checked(site)
    with serve(BARE) as site:
        assert [c["id"] for c in site.get("/api/cases").json()["items"]] == [id]
        assert site.get(f"/api/cases/{id}").json()["body"]["text"] == "城东石桥多年失修"
        assert site.get(f"/api/cases/{id}", "wang").status_code == 404
        assert site.get("/api/cases", "wang").status_code == 404
        assert site.get(f"/api/cases/{id}/file.pdf").status_code == 200
        assert site.get("/api/kinds").status_code == 200
        for who in ("office", "other"):  # the other county's is gone too
            case = {"kind": "suggestion", "title": "修桥", "body": {"text": "失修"}}
            assert site.post("/api/cases", case, who).status_code == 422
    with serve(BOTH) as site:
        assert site.get(f"/api/cases/{id}", "wang").status_code == 200


def test_practices_tell_the_office_why_and_others_that(serve: Serve) -> None:
    with serve(BOTH) as site:
        assert all(p["fault"] == "" for p in site.get("/api/plugins").json()["items"])
    with serve(BROKEN) as site:
        for who, told in {"office": BROKEN.broken["check"], "wang": "it cannot be used"}.items():
            (found,) = [p for p in site.get("/api/plugins", who).json()["items"] if p["name"] == "check"]
            assert (found["fault"], found["enabled"]) == (told, True)
        (found,) = [p for p in site.get("/api/plugins", "other").json()["items"] if p["name"] == "check"]
        assert found["enabled"] is False


def test_commands_and_the_doctor_name_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    with serve(BOTH) as site:
        id = checked(site)
        database = site.database
    home = site.home
    monkeypatch.setattr(catalogues.Catalogue, "installed", classmethod(lambda cls: BROKEN))

    def run(*args: str, code: int = 0) -> str:
        result = CliRunner().invoke(renda, ["--home", str(home.path), "--today", "2026-01-20", *args])
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    if database:
        folder = home.path.parent / "tenants"
        monkeypatch.setenv("RENDA_DATABASE", database)
        monkeypatch.setenv("RENDA_TENANTS", str(folder))
        found = list(doctor.database({"RENDA_DATABASE": database, "RENDA_TENANTS": str(folder)}))
    else:
        found = list(doctor.household(home))
        listed = run("tenant", "list")
        assert "qing: practice 做法 check is missing 缺失: 'check' (somebody.check) cannot be imported" in listed
        refused = run("tenant", "check", str(home.path.parent / "tenants" / "qing.toml"), code=2)
        assert "plugins.check: it is installed and cannot be used" in refused
        assert "nothing was applied" in run("tenant", "apply", str(home.path.parent / "tenants" / "qing.toml"), code=2)
    wrong = [f for f in found if f.level == "wrong"]
    assert [f.about for f in wrong if "check" in f.told] == ["qing 县级配置" if database else "tenant 单位 qing"]
    assert "can only be read until it is back: suggestion" in next(f.told for f in wrong if "check" in f.told)
    assert "修桥" in run("ledger", "qing")
    swept = run("sweep", "qing")
    assert "practice 做法 check is missing" in swept
    assert "check" not in run("sweep", "bai")
    assert run("journal", "verify", "qing")
    assert id
