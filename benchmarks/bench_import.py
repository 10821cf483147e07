"""A long roster from its workbook to committed rows, against openpyxl and an ORM; and the memory that it takes."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from benchmarks.pairs import FEWEST, Pairs, timed
from benchmarks.rosters import Peer, bring, write_roster

ROWS = int(os.environ.get("RENDA_BENCH_ROWS", "100000"))
"""Rows of the long roster."""
TENTH = max(1, ROWS // 10)
"""Rows of the short one, which the peer is given: it holds all objects in memory, and its time is linear."""
FASTER = 4
FLAT = 1.5
"""How much more memory a roster ten times as long may take."""


@pytest.fixture(scope="module")
def rosters(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The long roster and the short one."""
    folder = tmp_path_factory.mktemp("rosters")
    return write_roster(folder / "long.xlsx", ROWS), write_roster(folder / "short.xlsx", TENTH)


def test_a_roster_from_file_to_commit(
    versus: Pairs, told: list[str], rosters: tuple[Path, Path], tmp_path: Path
) -> None:
    made = count()

    def ours() -> None:
        assert bring(tmp_path / f"ours{next(made)}", rosters[0]).new == ROWS

    def peer(*, words: bool = True) -> None:
        Peer(tmp_path / f"peer{next(made)}").bring(rosters[1], words=words)

    found = versus(
        f"importing {ROWS:,} deputies, every state decided",
        ours,
        peer,
        against=f"openpyxl + ORM add_all of the same rows in the same tables ({TENTH:,})",
        at_least=FASTER,
        peers_share=TENTH / ROWS,
        rounds=FEWEST,
    )
    if found.ours:
        less = timed(lambda: peer(words=False), 1) * ROWS / TENTH / found.ours
        told.append(f"  the same without the words that people are found by, which only ours then writes: {less:.2f}x")


def test_memory_of_an_import(benchmark: object, told: list[str], rosters: tuple[Path, Path], tmp_path: Path) -> None:
    def most(path: Path) -> int:
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.rosters", str(tmp_path / path.stem), str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own interpreter
        return int(done.stdout)

    long, short = benchmark.pedantic(lambda: [most(path) for path in rosters], rounds=1)  # type: ignore[attr-defined]
    ratio = long / short
    benchmark.extra_info.update(long=long, short=short, ratio=ratio)  # type: ignore[attr-defined]
    sizes = f"{long / 1024:.0f} MiB for {ROWS:,} rows, {short / 1024:.0f} MiB for {TENTH:,}"
    told.append(f"memory of an import: {sizes}: {ratio:.2f}x")
    assert ratio <= FLAT
