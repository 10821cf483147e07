"""What goes wrong between the directory and the tenants: cut off, done twice, done by two at once, done elsewhere."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest
from tests.hosted import NOW, OPERATOR, RUNNER, Service, county, service

from renda_core.errors import ConfigError, Invalid, Misuse, NotFound, Rejected, RendaError, Taken
from renda_core.premises import Premises
from renda_core.premises.files import Files
from renda_core.premises.making import enrol, forget, found, make
from renda_core.premises.provisioning import provision
from renda_core.services import tenants
from renda_core.services.hosting import acts, founding, telling
from renda_core.services.hosting.directory import SiloAbsent
from renda_core.services.hosting.naming import id_mistakes
from renda_core.testing import uid
from renda_core.workspace import SETUP

__all__ = ["service"]
QING, BAI = uid("tenant qing"), uid("tenant bai")
LATER = NOW + dt.timedelta(minutes=1)


def at(service: Service, moment: dt.datetime) -> None:
    service.home = attrs.evolve(service.home, now=lambda: moment)


def whats(service: Service, id: str) -> list[str]:
    return [what for what, _ in service.entries(id)]


def test_one_process_that_goes_on_tells_of_an_act_once(service: Service) -> None:
    """A server looks every few seconds what was cut off; what it told itself was not."""
    service.founded("qing")
    moment = [NOW]
    service.home = attrs.evolve(service.home, now=lambda: moment[0])

    async def work(premises: Premises) -> None:
        await premises.look()
        await premises.act(RUNNER, acts.suspend, QING, "欠费")
        for _ in range(3):
            moment[0] += dt.timedelta(minutes=1)
            await premises.settle()

    service.run(work)
    assert whats(service, QING) == ["tenant.applied", "tenant.suspended"]


def test_a_tenant_that_cannot_be_told_keeps_no_other_waiting(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.founded("bai", "qing")

    async def cut(premises: Premises) -> None:
        store, operator = await premises.operator()
        for id in (BAI, QING):
            await store.write(acts.suspend, operator.id, RUNNER, operator, id, "欠费")
        # One that was made in no database: its journal is told by nobody.
        row = acts.new_entry(uid("nowhere"), "aaa", "aaa", "county", NOW, silo="away")
        await enrol(premises, [row], RUNNER)
        await store.write(acts.suspend, operator.id, RUNNER, operator, row.id, "欠费")

    service.run(cut)
    at(service, LATER)

    real = Premises.store

    async def store(premises: Premises, entry: Any) -> Any:
        if entry.code == "bai":
            raise Misuse("has no journal head")
        return await real(premises, entry)

    monkeypatch.setattr(Premises, "store", store)
    service.run(lambda premises: premises.settle())
    assert whats(service, QING)[-1] == "tenant.suspended"


@pytest.mark.postgres
@pytest.mark.parametrize("service", ["postgres"], indirect=True)
def test_two_processes_that_tell_at_once_tell_once(service: Service) -> None:
    service.founded("qing")

    async def cut(premises: Premises) -> Any:
        store, operator = await premises.operator()
        return await store.write(acts.suspend, operator.id, RUNNER, operator, QING, "欠费")

    act = service.run(cut)

    async def both(premises: Premises) -> None:
        await premises.look()
        await asyncio.gather(*(premises.tell(act) for _ in range(4)))

    service.run(both)
    assert whats(service, QING) == ["tenant.applied", "tenant.suspended"]


def test_nobody_is_told_of_anothers_act(service: Service) -> None:
    service.founded("qing", "bai")

    async def work(premises: Premises) -> None:
        known = await premises.look()
        store = await premises.store(known.one(BAI))
        act = acts.Act(entry=known.one(QING), what="tenant.suspended")
        await store.write(telling.noted, BAI, RUNNER, act, OPERATOR)

    with pytest.raises(Misuse):
        service.run(work)


@pytest.mark.parametrize("service", ["sqlite"], indirect=True)
def test_a_file_made_anew_under_the_same_name_is_the_one_that_is_asked(service: Service) -> None:
    """A process that had the deleted file open must not go on with it: what it wrote there would be lost."""
    service.founded("qing")
    service.act(acts.close, QING, "合并", NOW.date() + dt.timedelta(days=1))
    service.act(acts.delivered, QING, "digest")
    at(service, NOW + dt.timedelta(days=1))

    async def work(premises: Premises) -> None:
        entry = (await premises.look()).one(QING)
        before = await premises.store(entry)
        assert (await before.read(tenants.row, QING)).code == "qing"
        other = Premises(home=service.home)
        await forget(other, QING, RUNNER)
        with pytest.raises(NotFound):
            await premises.store(entry)
        renamed = attrs.evolve(county("qing"), name="新清县")
        await make(other, renamed, service.catalogue)
        await other.close()
        after = await premises.store(entry)
        assert after is not before
        assert (await after.read(tenants.row, QING)).name == "新清县"

    service.run(work)


def test_a_deleted_file_is_let_go(tmp_path: Path) -> None:
    class Store:
        closed = 0

        def close(self) -> None:
            self.closed += 1

    made = Store()
    files: Any = Files(lambda path: made)  # type: ignore[arg-type,return-value]
    path = tmp_path / "a.db"
    path.touch()
    files._held[str(path)] = type("Held", (), {"store": made, "which": (os.stat(path).st_dev, os.stat(path).st_ino)})()
    files.let_go()
    assert (made.closed, len(files._held)) == (0, 1)
    path.unlink()
    files.let_go()
    assert (made.closed, files._held) == (1, {})


@pytest.mark.parametrize("service", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", ["make", "provision"])
def test_a_begun_file_is_nobody_elses(service: Service, how: str) -> None:
    """A making that was cut off leaves a file; a second tenant in it would be served as the first."""
    service.founded()

    async def cut(premises: Premises) -> None:
        from renda_core.premises.making import _ground

        store = await _ground(premises, county("qing"), service.catalogue)
        await store.write(tenants.apply, QING, SETUP, county("qing"))

    service.run(cut)
    other = attrs.evolve(county("qing"), id=uid("somebody else"))

    async def again(premises: Premises) -> None:
        if how == "make":
            await make(premises, other, service.catalogue)
        else:
            await provision(premises, [other], service.catalogue, RUNNER)

    with pytest.raises(Taken, match=QING):
        service.run(again)
    service.run(lambda p: make(p, county("qing"), service.catalogue))
    assert set(whats(service, QING)) == {"tenant.applied"}


def test_two_who_make_a_tenant_of_one_code_at_once(service: Service) -> None:
    """One of them is told that the code is taken; the other's tenant is whole."""
    service.founded()
    both = [county("qing"), attrs.evolve(county("qing"), id=uid("somebody else"))]

    async def work(premises: Premises) -> list[Any]:
        others = [Premises(home=service.home, database=service.database, size=2) for _ in both]
        made = (make(p, file, service.catalogue) for p, file in zip(others, both, strict=True))
        try:
            return await asyncio.gather(*made, return_exceptions=True)
        finally:
            for other in others:
                await other.close()

    told = service.run(work)
    refused = [one for one in told if isinstance(one, BaseException)]
    assert len(refused) == 1
    assert isinstance(refused[0], RendaError)
    winner = both[0 if refused[0] is told[1] else 1].id
    known = service.run(lambda premises: premises.look())
    assert known.of_code("qing").id == winner
    assert whats(service, winner) == ["tenant.applied"]


@pytest.mark.parametrize(
    "id", ["", "x", "not-a-uuid", QING.upper(), "{" + QING + "}", QING.replace("-", ""), str(UUID(int=0))]
)
def test_what_is_no_id_makes_nothing(service: Service, id: str) -> None:
    service.founded()
    assert id_mistakes(id, "x.toml")
    with pytest.raises(ConfigError, match="UUID"):
        service.run(lambda p: make(p, attrs.evolve(county("qing"), id=id), service.catalogue))
    assert not service.home.file("qing").exists()


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1"])
def test_a_name_of_every_machine_is_no_tenants(service: Service, host: str) -> None:
    service.founded("qing")
    with pytest.raises(Invalid):
        service.act(acts.put_hosts, QING, [host])


@pytest.mark.parametrize("service", ["sqlite"], indirect=True)
def test_of_two_who_found_the_service_at_once_one_does(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second finds the first one's file where it would put its own, and leaves it."""
    from renda_core.premises import making

    theirs, real = founding.configuration(uid("other"), "other", "另一平台", "city"), os.link

    def late(part: Any, place: Any) -> None:
        monkeypatch.setattr(os, "link", real)
        thread = threading.Thread(target=service.founded)
        thread.start()
        thread.join()
        real(part, place)

    monkeypatch.setattr(making.os, "link", late)
    with pytest.raises(Taken):
        service.run(lambda premises: found(premises, theirs, service.catalogue, RUNNER))
    assert sorted(service.run(lambda premises: premises.look()).codes) == ["platform"]
    assert not list(service.home.path.glob(".*part*"))


@pytest.mark.parametrize("service", ["sqlite"], indirect=True)
def test_a_file_that_could_not_be_opened_is_tried_again(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    async def one(premises: Premises) -> None:
        await make(premises, county("qing"), service.catalogue)

    service.run(one)
    path = service.home.file("qing")

    def put(number: str) -> None:
        raw = sqlite3.connect(path)
        raw.execute("UPDATE alembic_version SET version_num = ? WHERE version_num LIKE 'core_%'", (number,))
        raw.commit()
        raw.close()

    raw = sqlite3.connect(path)
    (right,) = raw.execute("SELECT version_num FROM alembic_version WHERE version_num LIKE 'core_%'").fetchone()
    raw.close()

    async def looks(premises: Premises) -> list[int]:
        put("core_0001")
        seen = [len((await premises.look()).entries) for _ in range(3)]
        put(right)
        return [*seen, len((await premises.look()).entries)]

    assert service.run(looks) == [0, 0, 0, 1]
    assert sum("qing cannot be opened" in r.getMessage() for r in caplog.records) == 1


def test_what_lies_elsewhere_is_not_forgotten(service: Service) -> None:
    """Whose own database is away is not said to be deleted."""
    service.founded()

    async def cut(premises: Premises) -> None:
        row = acts.new_entry(QING, "qing", "qing", "county", NOW, silo="away")
        await enrol(premises, [attrs.evolve(row, state="closing", delete_on=NOW.date(), exported_at=NOW)], RUNNER)

    service.run(cut)
    with pytest.raises(RendaError) as told:
        service.run(lambda p: forget(p, QING, RUNNER))
    assert not isinstance(told.value, Rejected)
    assert "qing" in service.run(lambda premises: premises.look()).codes


def test_a_silo_that_is_away_is_tried_once_by_all_who_ask(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each try may wait for seconds; who asks meanwhile, or just after, is told at once."""
    from renda_core.premises import places
    from renda_core.store import walls

    service.silos["away"] = "postgresql:///away"
    tried = []

    async def hanging(dsn: str) -> None:
        tried.append(dsn)
        await asyncio.sleep(0)
        raise ConfigError("the database cannot be served from", "it cannot be reached")

    monkeypatch.setattr(walls, "refuse_weak_walls", hanging)
    row = acts.new_entry(QING, "qing", "qing", "county", NOW, silo="away")

    async def work(premises: Premises) -> None:
        told = await asyncio.gather(*(premises.store(row) for _ in range(10)), return_exceptions=True)
        assert {type(one) for one in told} == {SiloAbsent}
        assert len(tried) == 1
        monkeypatch.setattr(places, "AWAY", 0.0)
        premises._away.clear()
        for n in (2, 3):
            with pytest.raises(SiloAbsent):
                await premises.store(row)
            assert len(tried) == n

    service.run(work)
    assert len(caplog.records) == 3
