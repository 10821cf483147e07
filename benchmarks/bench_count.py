"""Counting packed papers, against the rate at which NumPy sums the same bytes, and against unpacking their bits."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pytest
from benchmarks.electorates import LIMIT, Longs, approvals, for_or_against, grades
from benchmarks.pairs import Pairs, processor

from renda_core.domain.ballot import Count
from renda_core.domain.counting import Layout, Tally

MANY = 10_000_000
APPROVAL = Layout(subjects=64, limit=LIMIT)
EACH = Layout(subjects=64, answers=3, mode="each", rest=True)
GRADES = Layout(subjects=32, answers=4, mode="grade", rest=True)
CHUNK = 1_000_000
"""Papers of a chunk, 8 MB: of a hundred million, 80 MB are held and read ten times."""


def counted(layout: Layout, papers: Longs, *, fast: bool) -> Count:
    """Count one array."""
    tally = Tally(layout, fast=fast)
    tally.add(papers)
    return tally.count()


@pytest.mark.parametrize(
    ("what", "layout", "make", "share"),
    [
        ("approval, 64 options", APPROVAL, approvals, 0.65),
        ("for, against or abstain, 64 projects", EACH, for_or_against, 0.55),
        ("four grades of 32 units", GRADES, grades, 0.4),
    ],
)
def test_ten_million_checked_and_counted_at_the_rate_of_memory(
    versus: Pairs, what: str, layout: Layout, make: Callable[[int], Longs], share: float
) -> None:
    papers = make(MANY)
    counted(layout, papers, fast=True)  # compiles
    versus(
        f"10,000,000 papers, {what}, checked",
        lambda: counted(layout, papers, fast=True),
        papers.sum,
        against="NumPy's sum of the same bytes",
        clock=processor,
        at_least=share,
    )


def test_a_million_with_numpy_alone(versus: Pairs) -> None:
    papers = approvals(1_000_000)
    found = unpacked(papers[np.bitwise_count(papers) <= LIMIT])
    assert [n for (n,) in counted(APPROVAL, papers, fast=False).votes] == found.tolist()
    versus(
        "1,000,000 papers, 64 options, NumPy alone, checked",
        lambda: counted(APPROVAL, papers, fast=False),
        lambda: unpacked(papers),
        against="unpackbits and sum, unchecked",
        clock=processor,
        at_least=5,
    )


def unpacked(papers: Longs) -> npt.NDArray[np.int64]:
    """Count as one would with NumPy's own means."""
    bits = np.unpackbits(papers.view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    found: npt.NDArray[np.int64] = bits.sum(0, dtype=np.int64)
    return found


class Reel:
    """Papers that are read round and round, so that none is in a cache when its turn comes."""

    def __init__(self, papers: Longs) -> None:
        self._papers, self._at = papers, 0

    def counted(self, number: int, fast: bool) -> Count:
        """Count the next so many papers, chunk by chunk."""
        tally = Tally(APPROVAL, fast=fast)
        while number:
            chunk = self._papers[self._at : self._at + min(number, CHUNK)]
            tally.add(chunk)
            number -= len(chunk)
            self._at = (self._at + len(chunk)) % len(self._papers)
        return tally.count()


@pytest.mark.parametrize("fast", [True, False], ids=["compiled", "NumPy alone"])
def test_a_paper_costs_the_same_in_every_number(versus: Pairs, told: list[str], fast: bool) -> None:
    """The verdict is of the dearest paper against the cheapest, each the median of its runs in turn."""
    reel, wants = Reel(approvals(MANY)), {100_000: 200, 1_000_000: 40, 10_000_000: 8, 100_000_000: 1}
    reel.counted(CHUNK, fast)
    times: dict[int, list[float]] = {number: [] for number in wants}
    for _ in range(1 if versus.benchmark.disabled else 3):
        for number, runs in wants.items():
            times[number] += [processor(partial(reel.counted, number, fast)) / number for _ in range(runs)]
    cost = {number: statistics.median(found) for number, found in times.items()}
    versus.benchmark.pedantic(reel.counted, args=(100_000, fast), rounds=1)
    if versus.benchmark.disabled:
        return
    ratio = max(cost.values()) / min(cost.values())
    each = ", ".join(f"{number:,} {c * 1e9:.2f} ns" for number, c in cost.items())
    line = f"{'compiled' if fast else 'NumPy alone'}, a paper of {each}: dearest {ratio:.2f}x the cheapest; bar <= 3x"
    told.append(line)
    assert ratio <= 3, line
