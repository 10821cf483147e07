"""Sixty made-up practices of six hooks each, and tenants of forty profiles that enable fifteen of them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from itertools import chain
from types import ModuleType
from typing import Any
from uuid import UUID

import attrs
import pluggy

from renda_core import hookspecs
from renda_core.configuration import Layer, TenantFile
from renda_core.domain.ballot import Rule, Rung
from renda_core.domain.calendar import Period
from renda_core.domain.procedure import Move
from renda_core.domain.rates import Share
from renda_core.records import (
    BallotKind,
    CaseRecord,
    ClockRule,
    Facet,
    Gate,
    Guard,
    Kind,
    Page,
    RecordRule,
    Step,
    Veil,
    Watch,
    when,
)
from renda_core.settings import setting
from renda_core.tenancy import ALWAYS

PLUGINS, ENABLED, SWAPPED, PROFILES, TENANTS = 60, 15, 5, 40, 3_000
KIND = "matter"
HOOKS = (
    "register_cases",
    "register_ballots",
    "register_records",
    "register_watches",
    "register_pages",
    "register_settings",
)
mark = hookspecs.hookimpl


@attrs.frozen
class Shown:
    """What a made-up page shows."""

    n: int = 0


def nothing(*_: Any) -> tuple[Any, ...]:
    """Object to nothing, find nothing."""
    return ()


async def view(context: Any, desk: Any) -> Shown:
    """Show a made-up page."""
    return Shown()


async def find(context: Any, desk: Any) -> tuple[()]:
    """Find nothing."""
    return ()


def plugin(n: int) -> ModuleType:
    """Make one practice; the first offers the kind that the others extend."""
    name = f"practice_{n:02}"

    @attrs.frozen(kw_only=True)
    class Settings:
        days: int = setting(30 + n, source="U1", title="期限", unit="days")
        strict: bool = setting(False, source="U1", title="从严")
        first: dt.date = setting(dt.date(2026, 1, 1), source="U1", title="起算")

    # made once: the peer, which asks them again for every tenant, is not charged for making them
    cases = (*(_kind() if n == 0 else ()), *_records(name))
    ballots = (BallotKind(name=name, rule=_rule),)
    records = (RecordRule(name=name, kind=KIND, step=name, make=nothing),)
    watches = (Watch(name=name, kind=KIND, find=find),)
    pages = (Page(name=name, title=name, shows=Shown, view=view),)

    @mark
    def register_cases() -> tuple[CaseRecord, ...]:
        return cases

    @mark
    def register_ballots() -> tuple[BallotKind, ...]:
        return ballots

    @mark
    def register_records() -> tuple[RecordRule, ...]:
        return records

    @mark
    def register_watches() -> tuple[Watch, ...]:
        return watches

    @mark
    def register_pages() -> tuple[Page, ...]:
        return pages

    @mark
    def register_settings() -> type:
        return Settings

    made = ModuleType(name, f"{name}: made up.")
    hooks: tuple[Callable[..., Any], ...] = (
        register_cases, register_ballots, register_records, register_watches, register_pages, register_settings,
    )  # fmt: skip
    for hook in hooks:
        setattr(made, hook.__name__, hook)
    return made


def _rule(context: Any) -> Rule:
    passed = Rung(verdict="passed", answers={"for"}, share=Share("1/2", above=True))
    return Rule(name="made_up", answers=("for", "against"), rungs=(passed,), otherwise="lost", base="incumbent")


def _period(context: Any, case: Any, act: Any) -> Period:
    return Period(context.settings.days, "day")


def _kind() -> tuple[CaseRecord, ...]:
    return (
        Kind(name=KIND, title="事项", opening="open", audience="office deputy unit"),
        Facet(kind=KIND, states="open closed", final="closed"),
        Step(kind=KIND, name="open", who="office", title="登记"),
        Step(kind=KIND, name="close", who="office", title="办结", moves=(Move("open", "closed"),)),
    )


def _records(name: str) -> tuple[CaseRecord, ...]:
    done, again = Move("due", "done", name), Move("done", "due", name)
    return (
        Facet(kind=KIND, name=name, states="due done", final="done"),
        Step(kind=KIND, name=name, who="office", title=name, moves=(done,)),
        Step(kind=KIND, name=f"undo_{name}", who="office", title=name, moves=(again,), reasons=True),
        ClockRule(kind=KIND, name=name, period=_period, source="U1"),
        *when(KIND, "open", start=name),
        *when(KIND, name, stop=name),
        Gate(kind=KIND, step="close", facet=name, states="done"),
        Guard(kind=KIND, step=name, name=name, refuse=nothing),
        Veil(kind=KIND, part=f"facet.{name}", seen_by="office"),
    )


def plugins() -> dict[str, ModuleType]:
    """Make all sixty."""
    made = [plugin(n) for n in range(PLUGINS)]
    return {m.__name__: m for m in made}


def tenants(names: list[str], *, alike: bool = True) -> list[TenantFile]:
    """Make the tenants: the law below, one of forty profiles above it, on top each its own file.

    Each third sets a value of its own. No two share an object, as if each had been read from its own document.

    Args:
        alike: Whether they have the plugins of their profile; else each drops five of them and takes five others, so
            that no two tenants have the same.
    """
    draw = random.Random(7)
    profiles = [(names[0], *draw.sample(names[1:], ENABLED - 1)) for _ in range(PROFILES)]
    made = []
    for n in range(TENANTS):
        chosen = profiles[n % PROFILES]
        without = frozenset[str]() if alike else frozenset(draw.sample(chosen[2:], SWAPPED))
        taken = () if alike else draw.sample([name for name in names if name not in chosen], SWAPPED)
        own = {chosen[1]: {"days": 10 + n % 80}} if n % 3 == 0 else {}
        layers = (
            _layer("law", {names[0]: {"strict": True}}),
            _layer(f"profile {n % PROFILES}", {name: {"days": 20 + n % PROFILES} for name in chosen}),
            _layer(f"tenant {n}", own | {name: {} for name in taken}),
        )
        id = str(UUID(int=n + 1))
        made.append(
            TenantFile(
                path=f"{n}.toml", id=id, code=str(n), name=str(n), level="county", layers=layers, without=without
            )
        )
    assert alike or len({file.plugins for file in made}) == TENANTS
    assert all(len(file.plugins) == ENABLED for file in made)
    return made


def _layer(name: str, plugins: dict[str, dict[str, Any]]) -> Layer:
    return Layer(name=name, file=f"{name}.toml", since=ALWAYS, plugins=plugins, sources={})


def peer(modules: dict[str, ModuleType], files: list[TenantFile]) -> list[Any]:
    """Compose the pluggy way: each tenant a manager of its own that registers its plugins and asks every hook."""
    made = []
    for file in files:
        manager = pluggy.PluginManager(hookspecs.NAME)
        manager.add_hookspecs(hookspecs)
        for name in file.plugins:
            manager.register(modules[name], name)
        manager.check_pending()
        asked = {hook: getattr(manager.hook, hook)() for hook in HOOKS}
        made.append((manager, {h: list(chain.from_iterable(r)) for h, r in asked.items() if h != "register_settings"}))
    return made
