"""Texts that are much alike, found by the pairs of characters that they share (相似意见), purely.

Two texts are the more alike, the more of their pairs they share: twice those in both, of those in each (Dice). That
costs one addition for each pair that a stored text shares, and no comparison of texts; only the best are compared sign
by sign, by whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]
MOST_WORDS = 65_535
"""Words of one text that a count of two bytes holds; texts are cut long before."""


@attrs.frozen
class Near:
    """A stored text by its number, and how much of both texts' pairs are shared, from 0 to 1."""

    text: int
    shared: float


def packed(numbers: Sequence[int]) -> bytes:
    """Write the numbers of texts, four bytes each."""
    return np.asarray(numbers, dtype="<u4").tobytes()


def unpacked(raw: bytes) -> Numbers:
    """Read what :func:`packed` wrote."""
    return np.frombuffer(raw, dtype="<u4")


def lengths_of(counts: Sequence[int]) -> bytes:
    """Write how many words each text has, two bytes each."""
    return np.minimum(np.asarray(counts, dtype=np.int64), MOST_WORDS).astype("<u2").tobytes()


def nearest(lists: Iterable[bytes], lengths: bytes, words: int, n: int) -> list[Near]:
    """Find the texts that share most with one that has so many words, the nearest first.

    Args:
        lists: Of each of its words that any text holds, the texts that do, as :func:`packed`.
        lengths: Of every text, as :func:`lengths_of`.
        words: How many different words the asked text has, 1 or more.
        n: How many at most; texts that share nothing are never among them.
    """
    held = [unpacked(raw) for raw in lists]
    sizes = np.frombuffer(lengths, dtype="<u2")
    if not held or not len(sizes) or n < 1:
        return []
    shared = np.bincount(np.concatenate(held, dtype=np.intp), minlength=len(sizes))  # once, not again by bincount
    chosen = _sharing_most(shared, n)
    score = 2 * shared[chosen] / (sizes[chosen] + words)
    order = np.lexsort((chosen, -score))[:n]
    return [Near(int(chosen[i]), float(score[i])) for i in order]


def _sharing_most(shared: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Give the texts among which the nearest are: a short text may be nearer by fewer shared words, within a quarter.

    How many texts share how much is counted first, so that nothing is sorted but the few that are left.
    """
    counts = np.bincount(shared)
    at_least = np.cumsum(counts[::-1])[::-1]  # texts that share so many words or more
    enough = np.flatnonzero(at_least >= min(n, int(at_least[1]) if len(at_least) > 1 else 0))
    floor = int(enough[-1]) if len(enough) else 0
    return np.flatnonzero(shared >= max(1, floor - floor // 4))
