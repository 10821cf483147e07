"""Tenants looked after over HTTP: made, suspended, named and deleted without a restart, in every process."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from tests.hosted import NOW, OPERATOR, RUNNER, Service, county, service

from renda_core.domain.case import Actor
from renda_core.errors import NotFound
from renda_core.premises.making import make
from renda_core.services.hosting import acts
from renda_core.testing import uid
from renda_server import downloads
from renda_server.app import create_app
from renda_server.hosting import Hosts, SiloAbsent, Suspended
from renda_server.settings import Settings

from . import passing
from .conftest import NAMES, OVER

__all__ = ["service"]
QING, BAI = uid("tenant qing"), uid("tenant bai")
CLERK = Actor(id=uid("clerk"), roles={"office", "admin"})
CANARY = "CANARY-QING"


@attrs.define
class Running:
    """A server on a service, with everybody's tokens."""

    service: Service
    client: TestClient[Litestar]
    tokens: dict[str, str]

    @property
    def hosts(self) -> Hosts:
        """The tenants of this process."""
        found: Hosts = self.client.app.state.hosts
        return found

    def look(self) -> None:
        """Read the directory now, and not some seconds later."""
        with self.client.portal() as portal:
            portal.call(self.hosts.look)

    def ask(self, method: str, path: str, who: str = "operator", body: Any = None, **headers: str) -> Any:
        """Ask as somebody."""
        headers["Authorization"] = f"Bearer {self.tokens[who]}"
        return self.client.request(method, path, json=body, headers=headers)


def tokens_of(service: Service) -> dict[str, str]:
    """Give the operator and each county's office a token."""

    async def work(premises: Any) -> dict[str, str]:
        made = {}
        for id, name, actor in ((OPERATOR, "operator", RUNNER), (QING, "qing", CLERK), (BAI, "bai", CLERK)):
            store = await premises.store((await premises.look()).one(id))
            made |= await store.write(passing._put, id, actor, {name: actor}, "", passing.TOKEN)
        return made

    return service.run(work)


def settings(service: Service) -> Settings:
    return Settings(
        names=NAMES, home=service.home, database=service.database, silos=service.silos, now=service.home.now
    )


@contextmanager
def started(service: Service, tokens: dict[str, str]) -> Iterator[Running]:
    app = create_app(settings(service))
    with TestClient(app, base_url=OVER, raise_server_exceptions=False) as client:
        yield Running(service, client, tokens)


@pytest.fixture
def running(service: Service) -> Iterator[Running]:
    service.founded("qing", "bai")
    with started(service, tokens_of(service)) as found:
        yield found


def test_the_operator_sees_the_tenants_and_nobody_else_does(running: Running) -> None:
    page = running.ask("GET", "/api/hosting/tenants?size=2").json()
    assert [t["code"] for t in page["items"]] == ["bai", "platform"]
    rest = running.ask("GET", f"/api/hosting/tenants?size=2&after={page['after']}").json()
    assert [t["code"] for t in rest["items"]] == ["qing"]
    assert running.ask("GET", "/api/hosting/tenants?state=suspended").json()["items"] == []
    one = running.ask("GET", f"/api/hosting/tenants/{QING}")
    assert (one.json()["state"], one.headers["ETag"]) == ("active", '"0"')
    for who in ("qing", "bai"):
        for id in (QING, BAI, uid("nobody")):
            refused = running.ask("GET", f"/api/hosting/tenants/{id}", who)
            assert refused.status_code == 403
            assert BAI not in refused.text
        assert running.ask("GET", "/api/hosting/tenants", who).status_code == 403
        assert running.ask("POST", f"/api/hosting/tenants/{BAI}/suspension", who, {"reason": "x", "version": 0}
                           ).status_code == 403  # fmt: skip
    assert running.ask("GET", f"/api/hosting/tenants/{uid('nobody')}").status_code == 404


def test_a_suspended_tenant_is_refused_alike_whatever_is_asked(running: Running) -> None:
    case = {"kind": "suggestion", "title": CANARY, "body": {"text": CANARY}}
    assert running.ask("POST", "/api/cases", "qing", case).status_code in (201, 422)
    done = running.ask("POST", f"/api/hosting/tenants/{QING}/suspension", body={"reason": "欠费", "version": 0})
    assert (done.status_code, done.json()["state"]) == (200, "suspended"), done.text
    told = set()
    for method, path in (("GET", "/api/cases"), ("GET", f"/api/cases/{uid('x')}"), ("POST", "/api/cases"),
                         ("GET", "/api/configuration"), ("GET", "/api/me"), ("GET", "/api/roster/people")):  # fmt: skip
        answer = running.ask(method, path, "qing", {} if method == "POST" else None)
        if answer.status_code == 404 and "code" not in answer.json():
            continue
        told.add((answer.status_code, answer.json().get("code"), answer.json().get("detail")))
        assert CANARY not in answer.text
    assert {(status, code) for status, code, _ in told if status != 404} == {(403, "suspended")}
    assert running.ask("GET", "/api/cases", "bai").status_code == 200
    again = running.ask("DELETE", f"/api/hosting/tenants/{QING}/suspension")
    assert (again.status_code, again.json()["state"]) == (200, "active")
    assert running.ask("GET", "/api/cases", "qing").status_code == 200
    stale = running.ask("POST", f"/api/hosting/tenants/{QING}/suspension", body={"reason": "x", "version": 0})
    assert stale.status_code == 412


def test_another_process_learns_of_it(running: Running) -> None:
    """Each process reads the directory again, and finds what another did."""
    service = running.service

    async def other(step: Callable[[Hosts], Any]) -> Any:
        hosts = Hosts(settings(service), service.catalogue)
        await hosts.start()
        try:
            return await step(hosts)
        finally:
            await hosts.stop()

    async def steps(hosts: Hosts) -> None:
        await hosts.enter(QING)
        assert hosts.of_host("qing.cn") is None
        await asyncio.to_thread(service.act, acts.put_hosts, QING, ["qing.cn"])
        await asyncio.to_thread(service.act, acts.suspend, QING, "x")
        await hosts.look()
        assert (hosts.of_host("qing.cn"), hosts.of_code("qing"), hosts.serves(QING)) == (QING, QING, False)
        with pytest.raises(Suspended):
            await hosts.enter(QING)
        with pytest.raises(Suspended):
            await hosts.guest("qing")
        await hosts.enter(BAI)
        with pytest.raises(NotFound):
            await hosts.enter(uid("nobody"))
        returned: list[str] = []
        hosts.on_return = lambda entry: returned.append(entry.code)
        await asyncio.to_thread(service.act, acts.resume, QING)
        await hosts.look()
        assert returned == ["qing"]
        await hosts.enter(QING)

    asyncio.run(other(steps))


def test_a_tenant_is_made_named_and_served_at_once(running: Running) -> None:
    file = county("new")
    document = {
        "id": file.id, "code": "new", "name": "新县人大常委会", "level": "county",
        "layers": [{"name": "new", "file": "new.toml", "since": "0001-01-01", "plugins": {"suggestion_handling": {}}}],
    }  # fmt: skip
    body = {"configuration": document, "administrator": {"name": "赵管理"}}
    assert running.ask("POST", "/api/hosting/tenants", "qing", body).status_code == 403
    made = running.ask("POST", "/api/hosting/tenants", body=body)
    assert made.status_code == 201, made.text
    assert made.headers["Cache-Control"] == "no-store"
    assert made.json()["tenant"]["state"] == "active"
    assert made.json()["ticket"]
    assert running.ask("POST", "/api/hosting/tenants", body=body).status_code == 409
    put = running.ask("PUT", f"/api/hosting/tenants/{file.id}/hosts", body={"hosts": ["new.cn"], "version": 0})
    assert put.json()["hosts"] == ["new.cn"], put.text
    taken = running.ask("PUT", f"/api/hosting/tenants/{QING}/hosts", body={"hosts": ["new.cn"], "version": 0})
    assert taken.status_code == 409
    assert file.id not in taken.text
    assert running.client.get("/api/public/new", headers={"Host": "new.cn"}).status_code != 421
    assert running.client.get("/api/public/new", headers={"Host": "old.cn"}).status_code == 421
    assert [what for what, _ in running.service.entries(file.id)] == [
        "tenant.applied", "account.invited", "tenant.hosts",
    ]  # fmt: skip


@pytest.mark.parametrize("wrong", [{"code": "../x"}, {"code": "qing"}, {"level": "shire"}, {"layers": []}])
def test_a_wrong_tenant_is_not_made(running: Running, wrong: dict[str, Any]) -> None:
    document = {
        "id": uid("w"), "code": "w", "name": "w", "level": "county",
        "layers": [{"name": "w", "file": "w.toml", "since": "0001-01-01", "plugins": {"suggestion_handling": {}}}],
    } | wrong  # fmt: skip
    body = {"configuration": document, "administrator": {"name": "赵"}}
    assert running.ask("POST", "/api/hosting/tenants", body=body).status_code in (400, 409, 422)
    assert sorted(t["code"] for t in running.ask("GET", "/api/hosting/tenants").json()["items"]) == [
        "bai", "platform", "qing",
    ]  # fmt: skip


def test_deleting_is_told_exported_and_taken_back(running: Running) -> None:
    path = f"/api/hosting/tenants/{QING}"
    closed = running.ask("POST", f"{path}/deletion", body={"reason": "合并", "version": 0})
    assert (closed.json()["state"], closed.json()["delete_on"]) == ("closing", "2026-02-19"), closed.text
    assert running.ask("GET", "/api/cases", "qing").json()["code"] == "suspended"
    given = running.ask("POST", f"{path}/export")
    assert given.status_code == 200, given.text
    assert zipfile.is_zipfile(io.BytesIO(given.content))
    assert running.ask("GET", path).json()["exported_at"] is not None
    told = [what for what, _ in running.service.entries(OPERATOR)]
    assert told[-2:] == ["tenant.exported", "tenant.delivered"]
    kept = running.ask("DELETE", f"{path}/deletion")
    assert (kept.json()["state"], kept.json()["exported_at"]) == ("suspended", None)
    assert running.ask("DELETE", f"{path}/suspension").json()["state"] == "active"


@pytest.mark.parametrize("taken", [1, 2, 3])
def test_a_download_that_breaks_off_counts_as_none(tmp_path: Path, taken: int) -> None:
    """Of three pieces: only who took them all may have the data deleted afterwards."""
    whole, sent = tmp_path / "whole", []
    whole.write_bytes(bytes(2 * downloads.PIECE + 1))

    async def mark() -> None:
        sent.append(True)

    async def take() -> None:
        pieces = downloads._pieces(whole.open("rb"), mark)
        for _ in range(taken):
            await anext(pieces)
        if taken == 3:
            assert [piece async for piece in pieces] == []
        await pieces.aclose()

    asyncio.run(take())
    assert sent == [True] * (taken == 3)


def test_a_configuration_holds_at_once_here_and_soon_elsewhere(running: Running) -> None:
    service = running.service

    async def both() -> tuple[set[str], set[str]]:
        hosts = Hosts(settings(service), service.catalogue)
        await hosts.start()
        _, before = await hosts.enter(QING)
        changed = attrs.evolve(
            county("qing"),
            layers=(attrs.evolve(county("qing").layers[0], plugins={"suggestion_handling": {}, "reception": {}}),),
        )
        await asyncio.to_thread(service.run, lambda p: make(p, changed, service.catalogue))
        await hosts.look()
        hosts._open[QING].checked = float("-inf")  # as if the five seconds were over
        _, after = await hosts.enter(QING)
        await hosts.stop()
        return set(before.practice.plugins), set(after.practice.plugins)

    before, after = asyncio.run(both())
    assert "reception" not in before
    assert "reception" in after


def test_what_is_dated_tomorrow_holds_from_midnight_without_a_restart(service: Service) -> None:
    """A layer of a later day lies in the document; the day turns, and it holds."""
    service.founded()
    moment = [NOW]
    service.home = attrs.evolve(service.home, now=lambda: moment[0])
    first = county("qing")
    later = attrs.evolve(
        first.layers[0],
        since=NOW.date() + dt.timedelta(days=1),
        plugins={"suggestion_handling": {"reply": {"n": 2, "unit": "month"}}},
    )
    service.run(lambda p: make(p, attrs.evolve(first, layers=(*first.layers, later)), service.catalogue))

    async def days() -> list[Any]:
        hosts = Hosts(settings(service), service.catalogue)
        await hosts.start()
        seen = []
        for at in (NOW, NOW.replace(hour=23, minute=59), NOW.replace(hour=0) + dt.timedelta(days=1)):
            moment[0] = at
            _, tenant = await hosts.enter(QING)
            found = {r.name: r.value for r in tenant.rules() if r.plugin == "suggestion_handling"}
            seen.append((tenant.today.day, found["reply"].n))
        await hosts.stop()
        return seen

    seen = asyncio.run(days())
    assert [day for day, _ in seen] == [20, 20, 21]
    assert seen[0][1] == seen[1][1] == 3
    assert seen[2][1] == 2


def test_a_tenant_without_its_own_database_is_told_so_alone(running: Running) -> None:
    service = running.service
    service.act(acts.begin_move, QING)
    running.look()
    answer = running.ask("GET", "/api/cases", "qing")
    assert (answer.status_code, answer.json()["code"]) == (503, "moving")
    assert int(answer.headers["Retry-After"]) > 0
    service.act(acts.end_move, QING, "away")
    running.look()
    answer = running.ask("GET", "/api/cases", "qing")
    assert (answer.status_code, answer.json()["code"]) == (503, "silo")
    assert "away" not in answer.text
    assert running.ask("GET", "/api/cases", "bai").status_code == 200
    with running.client.portal() as portal, pytest.raises(SiloAbsent):
        portal.call(running.hosts.enter, QING)


@pytest.mark.postgres
def test_a_tenant_lives_in_a_database_of_its_own(
    postgres_server: str, postgres_template: str, postgres_dsn: str, tmp_path: Any
) -> None:
    from tests import databases

    from renda_core.workspace import Home

    home = Home(path=tmp_path / "home", now=lambda: NOW)
    home.path.mkdir()
    home.keys()
    with databases.database(postgres_server, postgres_template) as own:
        service = Service(home, databases.url(postgres_dsn, "renda_app"), {"own": databases.url(own, "renda_app")})
        service.founded("bai")

        async def away(premises: Any) -> None:
            """Make a county in its own database, and say so in the directory."""
            from renda_core.premises.making import enrol

            row = acts.new_entry(QING, "qing", "qing", "county", NOW, silo="own")
            store = await premises.store(row)
            from renda_core.services import tenants
            from renda_core.workspace import SETUP

            await store.write(tenants.apply, QING, SETUP, county("qing"))
            await enrol(premises, [row], RUNNER)

        service.run(away)
        tokens = tokens_of(service)
        with started(service, tokens) as running:
            assert running.ask("GET", "/api/cases", "qing").status_code == 200
            assert running.ask("GET", "/api/cases", "bai").status_code == 200
            done = running.ask("POST", f"/api/hosting/tenants/{QING}/suspension", body={"reason": "x", "version": 0})
            assert done.json()["state"] == "suspended", done.text
        assert service.entries(QING)[-1][0] == "tenant.suspended"
        service.silos["own"] = databases.url(own)  # as a superuser, whom no policy binds
        service.act(acts.resume, QING)
        with started(service, tokens) as running:
            refused = running.ask("GET", "/api/cases", "qing")
            assert (refused.status_code, refused.json()["code"]) == (503, "silo")
            assert running.ask("GET", "/api/cases", "bai").status_code == 200
