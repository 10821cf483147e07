"""Composing 3,000 tenants, against one PluginManager a tenant."""

from __future__ import annotations

import datetime as dt
import statistics
import tracemalloc
from typing import Any

from benchmarks import synthetic
from benchmarks.pairs import Pairs, timed

from renda_core import holidays
from renda_core.catalogue import Catalogue
from renda_core.configuration import TenantFile, opening_many
from renda_core.tenancy import Tenant

TODAY = dt.date(2026, 3, 2)
ROUNDS = 11
WHOLE = 5
"""Rounds in which the peer opens all 3,000 as well, some seven seconds each."""
PEERS = 300
"""Tenants that the peer is given; its cost grows with them alone, which the first benchmark shows."""


def opened(modules: dict[str, Any], files: list[TenantFile]) -> list[Tenant]:
    """Start as a server does: ask the plugins once, then open every tenant."""
    return at_work(files, Catalogue.collect(modules))


def at_work(files: list[TenantFile], catalogue: Catalogue) -> list[Tenant]:
    """Open every tenant, and reach for its procedure and settings: neither may be left for later."""
    calendar = holidays.calendar()
    with opening_many():
        made = [file.open(catalogue, calendar, TODAY) for file in files]
    for tenant in made:
        assert len(tenant.practice.procedure(synthetic.KIND).guards) == synthetic.ENABLED
        assert all(held.settings for held in tenant.edition(TODAY).held.values())
    return made


def test_the_peer_grows_with_its_tenants_alone(versus: Pairs) -> None:
    modules = synthetic.plugins()
    files = synthetic.tenants(list(modules))
    versus(
        "peer: a tenant of 300 against a tenant of 100",
        lambda: synthetic.peer(modules, files[:PEERS]),
        lambda: synthetic.peer(modules, files[: PEERS // 3]),
        peers_share=1 / 3,
        against="the same on 100, times 3",
        at_most=1.5,
        sweep=True,
    )


def test_3000_tenants_of_40_profiles(versus: Pairs, told: list[str]) -> None:
    modules = synthetic.plugins()
    files = synthetic.tenants(list(modules))
    opened(modules, files)
    versus(
        "composing 3,000 tenants of 40 profiles",
        lambda: opened(modules, files),
        lambda: synthetic.peer(modules, files[:PEERS]),
        peers_share=PEERS / synthetic.TENANTS,
        against=f"one PluginManager a tenant ({PEERS} of them, times {synthetic.TENANTS // PEERS})",
        at_least=50,
        rounds=ROUNDS,
        sweep=True,
    )
    _tell(told, "40 profiles", modules, files)


def test_3000_tenants_that_are_all_different(versus: Pairs, told: list[str]) -> None:
    modules = synthetic.plugins()
    files = synthetic.tenants(list(modules), alike=False)
    opened(modules, files)
    versus(
        "composing 3,000 tenants, no two of one set of plugins",
        lambda: opened(modules, files),
        lambda: synthetic.peer(modules, files),
        against="one PluginManager a tenant",
        at_least=20,
        rounds=WHOLE,
        sweep=True,
    )
    _tell(told, "no two alike", modules, files)


def test_the_different_ones_grow_with_their_number_alone(versus: Pairs) -> None:
    modules = synthetic.plugins()
    files = synthetic.tenants(list(modules), alike=False)
    # asked beforehand: what that costs grows with no tenant
    few, many = ([_ready(modules) for _ in range(ROUNDS)] for _ in range(2))
    versus(
        "of 3,000 tenants that are all different, each",
        lambda: at_work(files, many.pop()),
        lambda: at_work(files[:PEERS], few.pop()),
        peers_share=PEERS / synthetic.TENANTS,
        against=f"the same of {PEERS}, times {synthetic.TENANTS // PEERS}",
        at_most=1.25,
        rounds=ROUNDS,
        sweep=True,
    )


def _ready(modules: dict[str, Any]) -> Catalogue:
    catalogue = Catalogue.collect(modules)
    catalogue.practice(frozenset())
    return catalogue


def _tell(told: list[str], what: str, modules: dict[str, Any], files: list[TenantFile]) -> None:
    tracemalloc.start()
    kept = opened(modules, files)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    practices = len({id(tenant.practice) for tenant in kept})
    collecting = statistics.median(timed(lambda: Catalogue.collect(modules)) for _ in range(3))
    told.append(
        f"  {what}: {practices:,} practices, {held / 2**20:.1f} MiB held; asking 60 plugins {collecting * 1e3:.1f} ms"
    )
