"""Tired and hostile operators over HTTP: half a making, another's code, a tenant made anew, an act told once."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs
import pytest
from tests.hosted import NOW, RUNNER, Service, county, service

from renda_core.errors import NotFound
from renda_core.premises.making import forget, make
from renda_core.services.hosting import acts
from renda_core.testing import uid
from renda_server.hosting import Hosts

from . import passing
from .test_hosting import CANARY, QING, Running, running, settings

__all__ = ["running", "service"]
NEW = uid("tenant new")


def document(id: str = NEW, code: str = "new", plugins: dict[str, Any] | None = None) -> dict[str, Any]:
    layer = {"name": code, "file": f"{code}.toml", "since": "2026-01-01", "plugins": plugins or {"reception": {}}}
    return {"id": id, "code": code, "name": "新县人大常委会", "level": "county", "layers": [layer]}


def made(running: Running, configuration: dict[str, Any], **administrator: Any) -> Any:
    body = {"configuration": configuration, "administrator": {"name": "赵管理"} | administrator}
    return running.ask("POST", "/api/hosting/tenants", body=body)


def codes(running: Running) -> list[str]:
    return [row["code"] for row in running.ask("GET", "/api/hosting/tenants").json()["items"]]


@pytest.mark.parametrize("roles", [["nobody"], ["operator"], ["office"], []])
def test_with_a_wrong_administrator_no_tenant_is_made(running: Running, roles: list[str]) -> None:
    refused = made(running, document(), roles=roles)
    assert (refused.status_code, refused.json()["code"]) == (422, "rejected"), refused.text
    assert codes(running) == ["bai", "platform", "qing"]
    assert not running.service.home.file("new").exists()
    assert made(running, document()).status_code == 201


@pytest.mark.parametrize("id", ["x", "not-a-uuid", QING.upper(), "00000000-0000-0000-0000-000000000000"])
def test_with_a_wrong_id_no_tenant_is_made(running: Running, id: str) -> None:
    refused = made(running, document(id))
    assert (refused.status_code, refused.json()["code"]) == (422, "rejected"), refused.text
    assert not running.service.home.file("new").exists()
    assert codes(running) == ["bai", "platform", "qing"]


def test_a_making_that_was_cut_off_before_the_invitation_is_completed(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    from renda_server.resources import hosting

    async def killed(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as cut:
        cut.setattr(hosting, "appoint", killed)
        assert made(running, document()).status_code == 500
    assert codes(running) == ["bai", "new", "platform", "qing"]
    other = document(plugins={"suggestion_handling": {}})
    assert made(running, other).status_code == 409
    done = made(running, document())
    assert done.status_code == 201, done.text
    assert done.json()["ticket"]
    for _ in range(2):
        again = made(running, document())
        assert (again.status_code, again.json()["code"]) == (409, "taken"), again.text


def test_where_three_are_kept_apart_each_of_them_is_invited_once(running: Running) -> None:
    apart = document(plugins={"compliance": {"three_roles": True}, "reception": {}})
    first = made(running, apart, roles=["admin"])
    assert first.status_code == 201, first.text
    assert made(running, apart, roles=["admin"]).status_code == 409
    assert made(running, apart, roles=["admin", "security"]).status_code == 422
    second = made(running, apart, name="钱安全", roles=["security"])
    assert second.status_code == 201, second.text
    assert made(running, apart, roles=["security"]).status_code == 409


def test_what_the_operator_did_is_told_once_by_a_server_that_runs_on(running: Running) -> None:
    done = running.ask("POST", f"/api/hosting/tenants/{QING}/suspension", body={"reason": "欠费", "version": 0})
    assert done.status_code == 200
    with running.client.portal() as portal:
        for _ in range(3):
            portal.call(running.hosts.premises.settle)
    assert [what for what, _ in running.service.entries(QING)].count("tenant.suspended") == 1


def test_a_page_of_a_suspended_tenant_says_so(running: Running) -> None:
    running.ask("POST", f"/api/hosting/tenants/{QING}/suspension", body={"reason": CANARY, "version": 0})
    for path in ("/enter/qing", "/public/qing/stations", "/public/qing/deputies/x"):
        page = running.client.get(path)
        if page.status_code == 404:
            continue
        assert page.status_code == 403, path
        assert "暂停服务" in page.text, path
        assert "没有收下" not in page.text
        assert CANARY not in page.text
    assert running.client.get("/enter/qing").status_code == 403


def test_a_tenant_that_is_made_anew_is_served_as_it_is_now(service: Service) -> None:
    """Deleted, and made anew under the same code and id: a process that knew the old one holds nothing of it."""
    service.founded("qing", "bai")
    renamed = attrs.evolve(county("qing"), name="新清县")

    def gone_and_back(*, again: bool) -> None:
        moment = NOW.replace(day=22)
        service.home = attrs.evolve(service.home, now=lambda: NOW)
        service.run(lambda p: p.act(RUNNER, acts.close, QING, "合并", NOW.date().replace(day=21)))
        service.run(lambda p: p.act(RUNNER, acts.delivered, QING, "digest"))
        service.home = attrs.evolve(service.home, now=lambda: moment)
        if service.database:
            service.purge(QING)
        service.run(lambda p: forget(p, QING, RUNNER))
        if again:
            service.run(lambda p: make(p, renamed, service.catalogue))

    async def steps(hosts: Hosts) -> None:
        _, before = await hosts.enter(QING)
        assert before.name == "qing人大常委会"
        await asyncio.to_thread(gone_and_back, again=True)
        await hosts.look()
        store, after = await hosts.enter(QING)
        assert after.name == "新清县"
        await store.write(passing._put, QING, RUNNER, {"x": RUNNER}, "", passing.TOKEN)
        await asyncio.to_thread(gone_and_back, again=False)
        await hosts.look()
        with pytest.raises(NotFound):
            await hosts.enter(QING)

    async def whole() -> None:
        hosts = Hosts(settings(service), service.catalogue)
        await hosts.start()
        try:
            await steps(hosts)
        finally:
            await hosts.stop()

    asyncio.run(whole())
