"""Retries, lost updates and events: what two who act at once may never bring about, on both back ends."""

from __future__ import annotations

import asyncio
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import attrs
import psycopg
import pytest
from sqlalchemy import select
from tests.databases import CLERK, A, B, owner_dsn
from tests.store.rows import enter, file, get, move, open_file, page

from renda_core.errors import Stale, Taken, Unavailable
from renda_core.services import journal, requests
from renda_core.services.requests import Attempt, KeyReused, Written
from renda_core.store import tables as t
from renda_core.store.compile import Query, mine
from renda_core.store.sqlite import SqliteStore

SAME, ROUNDS, WRITES = 50, 100, 400
ATTEMPT = Attempt(route="POST /api/cases", key="k-1", content="ab" * 32)


@attrs.frozen(kw_only=True)
class Event:
    id: str
    seq: int
    name: str
    body: str


OUTBOX = Query(
    select(t.outbox.c.id, t.outbox.c.seq, t.outbox.c.name, t.outbox.c.body)
    .where(mine(t.outbox))
    .order_by(t.outbox.c.seq, t.outbox.c.id),
    Event,
)


async def outbox(reader):
    return await reader.all(OUTBOX)


def at_once(store, many, work):
    """Do *work* with a store of its own in each of many threads, all let go together."""
    ready = threading.Barrier(many)

    def one(n):
        own = store.apart()
        try:
            ready.wait()
            return work(own, n)
        except (Taken, KeyReused, Stale, Unavailable) as refused:
            return refused
        finally:
            own.shut()

    with ThreadPoolExecutor(many) as threads:
        return list(threads.map(one, range(many)))


async def opening(unit):
    await open_file(unit, file())
    return Written(status=201, headers={}, body=b"done")


def test_fifty_of_the_same_request_at_once_have_one_effect(store):
    def send(own, _):
        return own.run(requests.answered(own, A, CLERK, ATTEMPT, opening))

    answers = at_once(store, SAME, send)
    written = [a for a in answers if isinstance(a, Written)]
    assert {(a.status, a.body) for a in written} == {(201, b"done")}
    assert sum(not a.again for a in written) <= 1  # the others are given the same answer, or told that it is under way
    assert len(store.run(store.read(page, A))) == store.run(store.read(journal.verify, A)).entries == 1
    assert store.run(requests.answered(store, A, CLERK, ATTEMPT, opening)).again
    with pytest.raises(KeyReused):
        store.run(requests.answered(store, A, CLERK, attrs.evolve(ATTEMPT, content="cd" * 32), opening))
    assert [isinstance(a, Written | Taken) for a in answers] == [True] * SAME, answers


def test_of_two_editors_one_is_told_a_hundred_times(store):
    """Both loaded the same version; one saves, the other is told, and nothing is overwritten in silence."""
    held = enter(store, A)
    outcomes = []
    for version in range(ROUNDS):

        def save(own, _, version=version):
            own.run(own.write(move, A, CLERK, held.id, version))
            return "saved"

        outcomes.append(sorted(str(type(o).__name__) for o in at_once(store, 2, save)))
    assert outcomes == [["Stale", "str"]] * ROUNDS
    assert store.run(store.read(get, A, held.id)).version == ROUNDS
    assert store.run(store.read(journal.verify, A)).entries == ROUNDS + 1


def in_loop(store, work):
    return asyncio.run(work) if isinstance(store, SqliteStore) else store.run(work)


def test_an_event_is_there_if_and_only_if_what_it_tells_of_is(store):
    """Writes interleaved, a third failing after they emitted, cancelled or with their connection killed."""
    dice = random.Random(33)
    chief = None if isinstance(store, SqliteStore) else psycopg.connect(owner_dsn(store), autocommit=True)
    failed = []

    async def fail(unit, made):
        await open_file(unit, made)
        failed.append(made.id)
        raise Stale("changed my mind")

    async def many():
        tasks, made = [], []
        for n in range(WRITES):
            made.append(file())
            use_case = fail if dice.random() < 0.2 else open_file
            tasks.append(asyncio.ensure_future(store.write(use_case, (A, B)[n % 2], CLERK, made[-1])))
            await asyncio.sleep(dice.random() * 0.002)
            if dice.random() < 0.1:
                tasks[dice.randrange(max(0, n - 3), n + 1)].cancel()
            if chief is not None and dice.random() < 0.05:
                chief.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE usename = 'renda_app' AND datname = current_database() LIMIT 1"
                )
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        return {m.id for m, e in zip(made, ended, strict=True) if not isinstance(e, BaseException)}, ended

    told, ended = in_loop(store, many())
    strange = {type(e) for e in ended if isinstance(e, BaseException)}
    assert strange <= {asyncio.CancelledError, Stale, Unavailable}
    there, events = set(), []
    for tenant in (A, B):
        there |= {f.id for f in in_loop(store, store.read(page, tenant))}
        events += (mine := in_loop(store, store.read(outbox, tenant)))
        found = in_loop(store, store.read(journal.verify, tenant))
        assert found.whole, found.why
        assert [e.seq for e in mine] == list(range(1, found.entries + 1))  # in the order of what they tell of
    sent = {e.body for e in events}
    assert sent == {f'{{"id": "{id}"}}' for id in there}  # none for what was undone, none lost
    assert there >= told
    assert not there & set(failed)
    assert len({e.id for e in events}) == len(events)
    assert len(told) > WRITES / 3
    if chief is not None:
        chief.close()
