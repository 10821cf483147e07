"""Measure ours and a peer in turn, in one run: the verdict is the median of the ratios of each round."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import attrs

Clock = Callable[[Callable[[], Any], int], float]
"""Gives the seconds that some runs take together."""
FEWEST, MOST = 3, 200
"""Rounds of one comparison, whatever the options of pytest-benchmark ask for."""


@attrs.frozen(kw_only=True)
class Verdict:
    """What one comparison found.

    Attributes:
        ours, peer: Medians, in seconds for one run.
        ratio: Median over rounds of ours / peer, or of peer / ours where ours is to be the faster.
        low, high: The quartiles of the ratio: how far to trust it.
        bar: What the ratio must keep; empty where it is told only.
    """

    what: str
    against: str
    ours: float
    peer: float
    ratio: float
    low: float
    high: float
    rounds: int
    bar: str
    kept: bool

    def __str__(self) -> str:
        told = f"{self.what:54} {_time(self.ours)} {self.ratio:8.2f}x ({self.low:.2f}-{self.high:.2f})"
        told += f" against {self.against}, {_time(self.peer).strip()}, {self.rounds} rounds"
        return f"{told}; bar {self.bar}: {'kept' if self.kept else 'MISSED'}" if self.bar else told


@attrs.define
class Told:
    """What a run found, for the summary at its end."""

    lines: list[str] = attrs.Factory(list)


@attrs.frozen(kw_only=True)
class Pairs:
    """Compare two callables under pytest-benchmark: it times ours, and the peer runs before each of its rounds.

    Attributes:
        seconds, fewest: How long one comparison may take, and the rounds that it takes at least.
    """

    benchmark: Any
    told: Told
    seconds: float
    fewest: int

    def __call__(
        self,
        what: str,
        ours: Callable[[], object],
        peer: Callable[[], object],
        *,
        against: str,
        at_most: float | None = None,
        at_least: float | None = None,
        times: int = 1,
        peers_share: float = 1.0,
        rounds: int | None = None,
        sweep: bool = False,
        clock: Clock | None = None,
        peers_clock: Clock | None = None,
    ) -> Verdict:
        """Compare, tell, and fail where the bar is missed.

        Args:
            at_most: Bar on ours / peer.
            at_least: Bar on peer / ours: how many times faster ours is.
            times: Runs in one round, for what takes microseconds.
            peers_share: The part of the work that the peer is given; its time is scaled by it.
            rounds: Fixed, where the work was prepared for so many; there is no trial run then.
            sweep: Collect garbage before each turn, where one makes so much that the other would pay for it.
            clock: How both are timed, e.g. by :func:`processor` where each keeps one processor busy and waits for
                nothing: what else the machine does is then no part of it.
            peers_clock: How the peer is, where it runs in a process of its own and says itself how long it took.
        """
        many = rounds or self._rounds(ours, peer, times)
        peers: list[float] = []
        own: list[float] = []
        run = (lambda: own.append(clock(ours, times))) if clock else _repeated(ours, times)

        def turn_of_the_peer() -> None:
            if sweep:
                gc.collect()
            peers.append((peers_clock or clock or timed)(peer, times))
            if sweep:
                gc.collect()

        self.benchmark.pedantic(run, setup=turn_of_the_peer, rounds=many)
        if self.benchmark.disabled:
            return Verdict(
                what=what, against=against, ours=0, peer=0, ratio=0, low=0, high=0, rounds=1, bar="", kept=True
            )
        mine = [t / times for t in own or self.benchmark.stats.stats.data]
        theirs = [t / times / peers_share for t in peers]
        pairs = zip(mine, theirs, strict=True)
        ratios = [p / o if at_least else o / p for o, p in pairs]
        low, ratio, high = statistics.quantiles(ratios, n=4, method="inclusive")
        found = Verdict(
            what=what,
            against=against,
            ours=statistics.median(mine),
            peer=statistics.median(theirs),
            ratio=ratio,
            low=low,
            high=high,
            rounds=many,
            bar=f">= {at_least:g}x" if at_least else f"<= {at_most:g}x" if at_most else "",
            kept=ratio >= at_least if at_least else ratio <= at_most if at_most else True,
        )
        self.benchmark.extra_info.update(attrs.asdict(found))
        self.told.lines.append(str(found))
        assert found.kept, str(found)
        return found

    def alone(
        self,
        what: str,
        ours: Callable[..., object],
        *,
        prepare: Callable[[], tuple[tuple[Any, ...], dict[str, Any]]],
        per: int,
        unit: str,
    ) -> None:
        """Time something that has no peer, and tell its rate.

        Args:
            prepare: Makes the arguments of one run; not timed.
            per: How many of *unit* one run handles.
        """
        self.benchmark.pedantic(ours, setup=prepare, rounds=FEWEST)
        if not self.benchmark.disabled:
            median = self.benchmark.stats.stats.median
            self.told.lines.append(f"{what:54} {_time(median)}  {per / median:,.0f} {unit} a second")

    def _rounds(self, ours: Callable[[], object], peer: Callable[[], object], times: int) -> int:
        """Try each once, which also warms it, and see how many rounds there is time for."""
        took = timed(ours, 1) + timed(peer, 1)
        took = min(took, timed(ours, 1) + timed(peer, 1)) * times if took < self.seconds else took * times
        return min(MOST, max(self.fewest, int(self.seconds / took)))


def timed(run: Callable[[], object], times: int = 1) -> float:
    """Give the seconds that some runs take together."""
    start = time.perf_counter()
    for _ in range(times):
        run()
    return time.perf_counter() - start


def processor(run: Callable[[], object], times: int = 1) -> float:
    """Give the seconds for which this process kept a processor busy."""
    start = time.process_time()
    for _ in range(times):
        run()
    return time.process_time() - start


def _repeated(run: Callable[[], object], times: int) -> Callable[[], None]:
    def many() -> None:
        for _ in range(times):
            run()

    return many


def _time(seconds: float) -> str:
    for unit, size in (("s ", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:8.2f} {unit}"
    return f"{seconds * 1e9:8.0f} ns"
