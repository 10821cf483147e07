"""What everybody may see is put together once a minute, for all who look; a change of rules is seen at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from renda_core.errors import NotFound
from renda_server import kept
from renda_server.kept import Kept
from renda_server.public import boards

from . import prepared, voters
from .votes import enable

if TYPE_CHECKING:
    from .conftest import Site


class Clock:
    """Says what it is told."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


RULES = (object(),)


def test_an_answer_holds_for_a_minute_and_as_long_as_its_rules_do() -> None:
    clock, made = Clock(), list[int]()
    held = Kept(clock)

    async def work() -> int:
        made.append(1)
        return len(made)

    async def ask(rules: tuple[object, ...] = RULES, key: str = "one") -> int:
        return await held.get(key, rules, work)

    async def asked() -> None:
        assert [await ask(), await ask()] == [1, 1]
        clock.at = kept.FOR - 0.1
        assert await ask() == 1
        clock.at = kept.FOR
        assert [await ask(), await ask()] == [2, 2]
        assert await ask((object(),)) == 3
        assert await ask(key="two") == 4

    asyncio.run(asked())


def test_whoever_comes_while_it_is_worked_out_waits_for_it() -> None:
    held, made = Kept(Clock()), list[int]()

    async def work() -> int:
        made.append(1)
        await asyncio.sleep(0)
        return len(made)

    async def asked() -> list[int]:
        return await asyncio.gather(*(held.get("one", RULES, work) for _ in range(50)))

    assert asyncio.run(asked()) == [1] * 50


def test_an_error_is_kept_for_nobody_and_the_next_tries_anew() -> None:
    held, made = Kept(Clock()), list[int]()

    async def work() -> int:
        made.append(1)
        if len(made) < 3:
            raise NotFound("nobody is called so")
        return len(made)

    async def asked() -> None:
        for _ in "12":
            with pytest.raises(NotFound):
                await held.get("one", RULES, work)
        assert await held.get("one", RULES, work) == 3

    asyncio.run(asked())


def test_names_that_nobody_has_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 10)
    held = Kept(Clock())

    async def fails() -> int:
        raise NotFound("nobody is called so")

    async def works() -> int:
        return 1

    async def asked() -> None:
        for n in range(50):
            with pytest.raises(NotFound):
                await held.get(n, RULES, fails)
            await held.get(-n, RULES, works)

    asyncio.run(asked())
    assert len(held._held) <= 10


def test_a_board_is_put_together_once_for_pages_and_programs(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared.fill(site)
    voters.furnish(site)
    made, page = list[str](), boards.ledgers.page

    async def counted(*args: Any) -> Any:
        made.append(args[3])
        return await page(*args)

    monkeypatch.setattr(boards.ledgers, "page", counted)
    for _ in range(5):
        for path in ("/public/qing/stations/", "/api/public/qing/stations/"):
            assert site.client.get(f"{path}{voters.CODE}").status_code == 200
    assert made == ["station_board"]
    enable(site, fixed_day_reception={"days": [23]})  # another rule is seen at once
    shown = site.client.get(f"/api/public/qing/stations/{voters.CODE}").json()
    assert [day["on"] for day in shown["days"]] == ["2026-01-23"]
    assert site.client.get("/public/bai/stations/" + voters.CODE).status_code == 404  # and each county has its own
