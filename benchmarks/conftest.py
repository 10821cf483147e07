"""What every benchmark is given: how to compare, and the filled counties; and the summary of ratios and bars."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.counties import LARGE, SMALL, County, filled
from benchmarks.pairs import FEWEST, Pairs, Told

TOLD = pytest.StashKey[Told]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep what the comparisons find."""
    config.stash[TOLD] = Told()
    # which SQLite a machine has is not the benchmark's matter
    config.addinivalue_line("filterwarnings", "ignore:SQLite .* WAL-reset:RuntimeWarning")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print every ratio beside its bar."""
    if lines := config.stash[TOLD].lines:
        terminalreporter.section("ours, the ratio and its quartiles, the peer of the same run, the bar")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture
def told(request: pytest.FixtureRequest) -> list[str]:
    """Lines for the summary."""
    return request.config.stash[TOLD].lines


@pytest.fixture
def versus(request: pytest.FixtureRequest, benchmark: Any) -> Pairs:
    """Compare ours with a peer; ``--benchmark-max-time`` is the time for both, ``--benchmark-min-rounds`` the least."""
    option = request.config.getoption
    return Pairs(
        benchmark=benchmark,
        told=request.config.stash[TOLD],
        seconds=float(option("benchmark_max_time")) * 2,
        fewest=max(FEWEST, int(option("benchmark_min_rounds"))),
    )


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """A county with 1,000 cases."""
    with filled(tmp_path_factory.mktemp("small") / "a.db", SMALL) as county:
        yield county


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[County]:
    """A county with 100,000 cases."""
    with filled(tmp_path_factory.mktemp("large") / "a.db", LARGE) as county:
        request.config.stash[TOLD].lines.append(county.told)
        yield county


@pytest.fixture(scope="session")
def demo_files() -> Path:
    """The files of the demonstration's county."""
    return Path(__file__).parents[1] / "tenants"
