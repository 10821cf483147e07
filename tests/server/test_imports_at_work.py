"""Imports beside the requests: these go on, a stop leaves nothing half done, and logs hold no content."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest
from litestar.testing import TestClient
from tests.core.importing import PHONE, WRONG

from renda_core.services import imports
from renda_core.services.imports import working as import_work
from renda_server import jobs
from renda_server.app import create_app
from renda_server.jobs import InProcess
from renda_server.settings import Settings

from .conftest import NAMES, NOW
from .sending import act, called, send, settled

if TYPE_CHECKING:
    from .conftest import Site


def test_requests_are_answered_while_a_file_is_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    started, go_on = threading.Event(), threading.Event()
    real = import_work._bring_on

    def slow(*args: Any) -> Any:
        args[4].begin(5)
        args[4].told(3)
        started.set()
        assert go_on.wait(60)
        return real(*args)

    monkeypatch.setattr(import_work, "_bring_on", slow)
    path = send(site).headers["Location"]
    assert started.wait(60)
    told = site.get(path).json()
    assert (told["state"], told["progress"]) == ("reading", {"done": 3, "total": 5})
    assert site.get("/api/cases").status_code == 200
    go_on.set()
    assert settled(site, path).json()["state"] == "previewed"


def test_a_server_that_stops_leaves_nothing_half_done_and_goes_on_later(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = send(site).headers["Location"]
    seen = settled(site, path)
    reached, stopped = threading.Event(), threading.Event()
    real = imports.apply

    async def waiting(*args: Any, told: Any, **kw: Any) -> Any:
        def late(done: int) -> None:
            if done == 3:
                reached.set()
                assert stopped.wait(60)
            told(done)

        return await real(*args, told=late, **kw)

    with monkeypatch.context() as m:
        m.setattr(imports, "apply", waiting)
        act(site, "POST", f"{path}/apply", **{"If-Match": seen.headers["ETag"]})
        assert reached.wait(60)
        for job in site.app.state.runner._jobs.values():
            job.stopped.set()
        stopped.set()
        called(site.client, site.app.state.runner.stop)
    assert site.get(path).json()["state"] == "applying"
    assert site.get("/api/exports/units.csv").text.count("县第") == 0
    second = create_app(Settings(names=NAMES, home=site.home, now=lambda: NOW))
    with TestClient(second, raise_server_exceptions=False) as client:
        called(client, second.state.runner.idle)
        headers = {"Authorization": f"Bearer {site.tokens['office']}"}
        assert client.get(path, headers=headers).json()["state"] == "applied"
    assert site.verify().whole


def test_a_defect_is_logged_without_content(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError(PHONE)

    monkeypatch.setattr(imports, "preview", broken)
    with caplog.at_level(logging.DEBUG):
        told = settled(site, send(site, WRONG, name="秘密.csv").headers["Location"]).json()
    assert told["state"] == "failed"
    assert "ZeroDivisionError" in caplog.text
    for secret in (PHONE, "秘密", "县第"):
        assert secret not in caplog.text


def test_nothing_stays_in_the_folder(site: Site) -> None:
    settled(site, send(site).headers["Location"])
    folder = site.app.state.folder
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o700
    left = folder / "renda-import-left"
    left.mkdir()
    jobs.ready(folder, left.stat().st_mtime + 10)
    assert left.exists()
    jobs.ready(folder, left.stat().st_mtime + jobs.LEFT + 10)
    assert not left.exists()


def test_one_tenant_has_one_lane_and_no_job_runs_twice() -> None:
    order: list[str] = []
    running: set[str] = set()

    def work(tenant: str, id: str) -> Any:
        def run(watch: Any) -> None:
            assert tenant not in running
            running.add(tenant)
            order.append(id)
            running.discard(tenant)

        return run

    async def all_of_it() -> None:
        runner = InProcess(at_once=4)
        for n in range(10):
            for tenant in "ab":
                runner.submit(tenant, f"{tenant}{n}", work(tenant, f"{tenant}{n}"))
                runner.submit(tenant, f"{tenant}{n}", work(tenant, "twice"))
        await runner.idle()
        assert runner.progress("a1") is None
        await runner.stop()
        runner.submit("a", "late", work("a", "late"))
        await runner.idle()

    asyncio.run(all_of_it())
    assert [id for id in order if id[0] == "a"] == [f"a{n}" for n in range(10)]
    assert sorted(order) == sorted(f"{t}{n}" for t in "ab" for n in range(10))
