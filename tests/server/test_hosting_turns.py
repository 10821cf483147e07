"""One tenant's flood leaves the others alone: turns, a rate, and answers that are nobody else's."""

from __future__ import annotations

import asyncio
import random
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hosted import Service, service

from renda_core.errors import TooMany
from renda_core.services import tenants
from renda_core.services.imports.working import Watch
from renda_core.testing import uid
from renda_server.hosting import Hosts
from renda_server.jobs import InProcess
from renda_server.kept import Kept
from renda_server.turns import Turns

from .test_hosting import running, settings

__all__ = ["running", "service"]
QING, BAI = uid("tenant qing"), uid("tenant bai")


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_a_flood_waits_behind_itself_alone() -> None:
    """A hundred of one tenant's requests run two at a time; another tenant's runs at once, in the midst of them."""

    async def whole() -> tuple[int, list[str]]:
        turns, running, most, order, gate = Turns(at_once=2), 0, 0, list[str](), asyncio.Event()

        async def flood(n: int) -> None:
            nonlocal running, most
            async with turns.of("a"):
                running += 1
                most = max(most, running)
                await gate.wait()
                order.append(f"a{n}")
                running -= 1

        tasks = [asyncio.create_task(flood(n)) for n in range(100)]
        await asyncio.sleep(0)
        async with turns.of("b"):
            order.append("b")
        gate.set()
        await asyncio.gather(*tasks)
        return most, order

    most, order = asyncio.run(whole())
    assert most == 2
    assert order[0] == "b"
    assert order[1:] == [f"a{n}" for n in range(100)]


def test_who_asks_too_often_is_told_when_to_come_again() -> None:
    async def whole() -> None:
        clock = Clock()
        turns = Turns(rate=10, burst=3, now=clock)

        async def ask(tenant: str) -> None:
            async with turns.of(tenant):
                pass

        for _ in range(3):
            await ask("a")
        with pytest.raises(TooMany) as told:
            await ask("a")
        assert told.value.retry_after == 1
        await ask("b")
        clock.now += 0.1
        await ask("a")
        with pytest.raises(TooMany):
            await ask("a")
        clock.now += 60
        for _ in range(3):
            await ask("a")

    asyncio.run(whole())


def test_a_queue_has_an_end_and_whoever_leaves_it_frees_a_place() -> None:
    async def whole() -> None:
        turns, gate = Turns(at_once=1, waiting=2), asyncio.Event()

        async def ask() -> None:
            async with turns.of("a"):
                await gate.wait()

        tasks = [asyncio.create_task(ask()) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(TooMany):
            await ask()
        tasks[1].cancel()
        await asyncio.gather(tasks[1], return_exceptions=True)
        gate.set()
        await asyncio.gather(tasks[0], tasks[2])
        await ask()
        assert turns._lanes["a"].running == 0
        assert not turns._lanes["a"].waiting

    asyncio.run(whole())


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["run", "fail", "leave"])), max_size=60))
def test_every_turn_that_was_taken_is_given_back(plan: list[tuple[str, str]]) -> None:
    async def whole() -> None:
        turns = Turns(at_once=2)

        async def ask(tenant: str, how: str) -> None:
            async with turns.of(tenant):
                await asyncio.sleep(0)
                if how == "fail":
                    raise ValueError

        tasks = [asyncio.create_task(ask(*one)) for one in plan]
        await asyncio.sleep(0)
        for task, (_, how) in zip(tasks, plan, strict=True):
            if how == "leave":
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert all(lane.running == 0 and not lane.waiting for lane in turns._lanes.values())

    asyncio.run(whole())


def test_over_http_the_flood_alone_is_refused(running: Any) -> None:
    running.client.app.state.turns = Turns(rate=0.001, burst=3)
    told = [running.ask("GET", "/api/cases", "qing") for _ in range(6)]
    assert [answer.status_code for answer in told] == [200] * 3 + [429] * 3
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in told[3:])
    assert running.ask("GET", "/api/cases", "bai").status_code == 200


def test_what_one_asker_was_told_is_kept_by_nobody(running: Any) -> None:
    for path in ("/api/cases", "/api/configuration", f"/api/cases/{uid('none')}", "/api/me"):
        assert running.ask("GET", path, "qing").headers["Cache-Control"] == "no-store", path


NAMES = st.one_of(st.sampled_from(["k", "K", "\u212a", "k-", "k45", "k-45", "", "a", "a:b"]), st.text(max_size=4))


@given(st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=3)), min_size=1, max_size=20))
def test_no_two_questions_share_an_answer(asked: list[tuple[str, list[str]]]) -> None:
    async def whole() -> None:
        kept, rests = Kept(), (object(),)
        for tenant, args in [*asked, *asked]:

            async def work(told: Any = (tenant, args)) -> Any:
                return told

            assert await kept.get((tenant, "day", "module", "name", *args), rests, work) == (tenant, args)

    asyncio.run(whole())


def test_a_guest_of_one_county_is_told_nothing_of_another(service: Service) -> None:
    service.founded("qing", "bai")

    async def whole() -> list[str]:
        hosts = Hosts(settings(service), service.catalogue)
        await hosts.start()
        told = []
        for code in ("qing", "bai", "qing", "bai"):
            guest = await hosts.guest(code)
            told.append((await guest.glance(_row)).code)
        await hosts.stop()
        return told

    assert asyncio.run(whole()) == ["qing", "bai", "qing", "bai"]


async def _row(reader: Any, *_: Any) -> Any:
    return await tenants.row(reader)


def test_a_thousand_jobs_that_crash_write_their_own_tenant_alone(service: Service, tmp_path: Path) -> None:
    """Each job opens its own tenant's transaction; half crash midway and are taken up again."""
    service.founded("qing", "bai")
    draw = random.Random(13)
    done: set[str] = set()
    wrong: list[str] = []
    lock = threading.Lock()

    async def whole() -> None:
        hosts, runner = Hosts(settings(service), service.catalogue), InProcess()
        await hosts.start()
        jobs = [(("qing", QING), ("bai", BAI))[n % 2] + (f"{n}",) for n in range(1_000)]
        crash = {id for _, _, id in jobs if draw.random() < 0.5}
        for round_ in range(2):
            for code, tenant, id in jobs:
                if id in done:
                    continue
                store, _ = await hosts.enter(tenant)

                def work(
                    _: Watch, store: Any = store, of: tuple[str, str, str] = (code, tenant, id), again: int = round_
                ) -> None:
                    code, tenant, id = of
                    mine = store.apart()
                    try:
                        held = mine.run(mine.read(tenants.row, tenant))
                        (tmp_path / f"{id}.txt").write_text(held.code, "utf-8")
                        if not again and id in crash:
                            raise RuntimeError
                        with lock:
                            done.add(id)
                            if (tmp_path / f"{id}.txt").read_text("utf-8") != code:
                                wrong.append(id)
                    finally:
                        mine.shut()

                runner.submit(tenant, f"{round_}-{id}", work)
            await runner.idle()
        await hosts.stop()

    asyncio.run(whole())
    assert len(done) == 1_000
    assert wrong == []


def test_a_job_of_a_suspended_tenant_is_left_for_later(service: Service) -> None:
    async def whole() -> list[str]:
        runner, ran = InProcess(), list[str]()
        runner.may = lambda tenant: tenant != QING
        for tenant in (QING, BAI):
            runner.submit(tenant, f"job {tenant}", lambda watch, tenant=tenant: ran.append(tenant))  # type: ignore[misc]
        await runner.idle()
        return ran

    assert asyncio.run(whole()) == [BAI]
