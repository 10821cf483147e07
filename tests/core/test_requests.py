"""Answers kept with what they did: once, for the same asker, request and rights, sealed, and for two days."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import attrs
import psycopg
import pytest
from sqlalchemy import select
from tests.databases import BOTH, CLERK, A, B, owner_dsn
from tests.store.rows import file, open_file

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, Rejected, Taken
from renda_core.services import journal, requests
from renda_core.services.requests import Attempt, KeyReused, Written
from renda_core.store import tables as t
from renda_core.store.compile import Query, add, keyed
from renda_core.store.sqlite import SqliteStore

ATTEMPT = Attempt(route="POST /api/cases", key="k-1", content="ab" * 32)
PHONE = "13900001234"
DEPUTY = Actor(id=CLERK.id, roles={"deputy"})
ADD_KEY = add(t.request_key)


@attrs.frozen(kw_only=True)
class Raw:
    """A row as an attacker would read it."""

    principal: str
    body: bytes
    fingerprint: bytes


RAW = Query(
    select(t.request_key.c.principal, t.request_key.c.body, t.request_key.c.fingerprint).where(*keyed(t.request_key)),
    Raw,
)


def doing(body: bytes = PHONE.encode(), status: int = 201) -> Any:
    """Open a case and answer."""

    async def work(unit: Any) -> Written:
        await open_file(unit, file())
        return Written(status=status, headers={"ETag": '"0"'}, body=body)

    return work


def send(store: Any, attempt: Attempt = ATTEMPT, tenant: str = A, actor: Actor = CLERK, work: Any = None) -> Written:
    return store.run(requests.answered(store, tenant, actor, attempt, work or doing()))


def entries(store: Any, tenant: str = A) -> int:
    found = store.run(store.read(journal.verify, tenant))
    assert found.whole
    return int(found.entries)


def test_the_same_request_has_one_effect_and_one_answer(store):
    first, second = send(store), send(store, work=doing(b"other"))
    assert (first.again, second.again) == (False, True)
    assert attrs.evolve(second, again=False) == first
    assert entries(store) == 1


def test_another_request_under_the_key_is_refused(store):
    send(store)
    with pytest.raises(KeyReused):
        send(store, attrs.evolve(ATTEMPT, content="cd" * 32))
    with pytest.raises(KeyReused):  # an answer made for the office is not told to a deputy's token
        send(store, actor=DEPUTY)
    assert entries(store) == 1


@pytest.mark.parametrize(
    ("attempt", "tenant", "actor"),
    [
        (attrs.evolve(ATTEMPT, key="k-2"), A, CLERK),
        (attrs.evolve(ATTEMPT, route="POST /api/records"), A, CLERK),
        (ATTEMPT, B, CLERK),
        (ATTEMPT, A, Actor(id="0198a000-0000-7000-8000-0000000000c2", roles={"office"})),
    ],
)
def test_another_key_route_tenant_or_person_is_independent(store, attempt, tenant, actor):
    send(store)
    assert not send(store, attempt, tenant, actor).again
    assert entries(store, A) + entries(store, B) == 2


def test_a_refusal_is_not_kept(store):
    async def refused(unit):
        await open_file(unit, file())
        raise Rejected("not so")

    with pytest.raises(Rejected):
        send(store, work=refused)
    assert entries(store) == 0
    assert not send(store).again
    assert entries(store) == 1


def test_an_answer_that_did_nothing_is_not_kept(store):
    async def refused(unit):
        return Written(status=409)

    assert send(store, work=refused).status == 409
    assert not send(store).again


def test_an_answer_lost_on_the_way_is_given_again(store, monkeypatch):
    real = type(store).write

    async def lost(self, *args, **kw):
        await real(self, *args, **kw)
        raise ConnectionResetError

    with monkeypatch.context() as m:
        m.setattr(type(store), "write", lost)
        with pytest.raises(ConnectionResetError):
            send(store)
    assert send(store).again
    assert entries(store) == 1


def test_an_effect_without_its_answer_does_not_stay(store):
    async def broken(unit):
        await open_file(unit, file())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        send(store, work=broken)
    assert entries(store) == 0
    assert not send(store).again


def test_whoever_is_overtaken_gives_the_first_ones_answer(store):
    inner = []

    async def overtaken(unit):
        # Another process did and kept the same request after this one had looked.
        await unit.write_unrecorded(ADD_KEY, **kept_by_another(unit))
        inner.append(1)
        return await doing()(unit)

    with pytest.raises(Taken):
        send(store, work=overtaken)
    assert inner == [1]
    assert entries(store) == 0  # rolled back whole


def kept_by_another(unit: Any) -> dict[str, Any]:
    return {
        "principal": unit.actor.id,
        "route": ATTEMPT.route,
        "key": ATTEMPT.key,
        "fingerprint": b"x",
        "status": 201,
        "headers": "{}",
        "body": b"x",
        "at": unit.now,
    }


def test_fifty_threads_with_one_key_have_one_effect(store):
    """Each thread is like a process of its own: nothing but the database stands between them."""
    answers: list[Written] = []
    failed: list[BaseException] = []

    def one() -> None:
        mine = store.apart()
        try:
            answers.append(send(mine))
        except BaseException as error:
            failed.append(error)
        finally:
            mine.shut()

    many = 50 if isinstance(store, SqliteStore) else 20  # connections of the test's server
    threads = [threading.Thread(target=one) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [a.again for a in answers].count(False) == 1
    assert len({a.body for a in answers}) == 1
    assert entries(store) == 1


def test_nothing_of_an_answer_can_be_read_or_moved(store):
    send(store)
    (row,) = store.run(store.read(_raw, A))
    assert PHONE.encode() not in row.body
    assert ATTEMPT.content.encode() not in row.fingerprint
    assert store.run(store.read(_raw, B)) == []

    async def move(unit):
        other = kept_by_another(unit) | {"key": "k-9", "body": row.body, "fingerprint": row.fingerprint}
        await unit.write_unrecorded(ADD_KEY, **other)

    store.run(store.write(move, A, CLERK))
    with pytest.raises(Invalid, match="does not open"):
        send(store, attrs.evolve(ATTEMPT, key="k-9"))


@pytest.mark.parametrize("store", BOTH[1:], indirect=True)
def test_row_level_security_holds_for_keys(store):
    send(store)
    with psycopg.connect(owner_dsn(store)) as raw:
        raw.execute("SET ROLE renda_app")
        raw.execute(f"SET app.tenant_id = '{B}'")
        assert raw.execute("SELECT * FROM request_key").fetchall() == []
        raw.execute(f"SET app.tenant_id = '{A}'")
        assert len(raw.execute("SELECT * FROM request_key").fetchall()) == 1


def test_answers_go_after_two_days(store, monkeypatch):
    send(store)
    assert store.run(store.write(requests.purge, A, CLERK)) == 0
    monkeypatch.setattr(requests, "KEPT", dt.timedelta(seconds=-1))
    assert store.run(store.write(requests.purge, B, CLERK)) == 0
    assert store.run(store.write(requests.purge, A, CLERK)) == 1
    assert not send(store).again


def test_a_key_that_is_taken_is_our_own_error(store):
    async def twice(unit):
        await unit.write_unrecorded(ADD_KEY, **kept_by_another(unit))
        await unit.write_all(ADD_KEY, [kept_by_another(unit)])

    with pytest.raises(Taken) as told:
        store.run(store.write(twice, A, CLERK))
    assert ATTEMPT.key not in str(told.value)


async def _raw(reader: Any) -> list[Raw]:
    found: list[Raw] = await reader.all(RAW)
    return found
