"""Count bits with NumPy alone: vertical counters, whose planes are added to with carries saved."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renda_core.domain.counting.checks import CLAUSES, products, void
from renda_core.domain.counting.layout import Layout, Words

ROW = 4096
"""Words of 8 bytes in a row of a counter: 32 KiB, enough that a call of NumPy costs less than its work, and few enough
that the rows of a step stay in the near caches."""
ROWS = 8
"""Rows that are checked at once, for the same reason."""
FEW = 2_000
"""Papers below which bits are simply unpacked: fewer calls."""
LOWEST = np.uint64(0x0101010101010101)
"""The lowest bit of each byte of a word."""
Longs = npt.NDArray[np.uint64]


def block(layout: Layout) -> int:
    """Give how many papers are counted at once; also a multiple of what the compiled kernel takes."""
    across = max(8, ROW // layout.words // 8 * 8)
    return across * 64 // layout.bits * ROWS


class Sliced:
    """Add up the bits of products of planes over many blocks of papers; memory is that of a few rows."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.step = block(layout)
        self._shape = (layout.codes, self.step // ROWS * layout.bits // 64 * layout.words)
        self._sums: list[Longs] = []
        self._waiting: list[Longs] = []
        self._rows = 0
        self._spare: tuple[Longs, Longs] | None = None
        self.void = dict.fromkeys(CLAUSES, 0)

    def add(self, papers: Words) -> None:
        """Check and count a multiple of *step* papers."""
        for start in range(0, len(papers), self.step):
            part = papers[start : start + self.step]
            good = cleared(self._layout, part, self.void)
            rows = [np.ascontiguousarray(p).reshape(ROWS, -1).view(np.uint64) for p in products(self._layout, good)]
            for row in zip(*rows, strict=True):
                self._take(np.stack(row) if len(row) > 1 else row[0][None])

    def _take(self, row: Longs) -> None:
        """Add one row. What level n holds is worth 2**n; a second row that waits there goes up as carries."""
        bits, ours = self._rows, False
        self._rows += 1
        one, two = self._spare = self._spare or (np.empty_like(row), np.empty_like(row))
        level = 0
        while bits & 1:
            total, other = self._sums[level], self._waiting[level]
            np.bitwise_xor(other, row, out=one)
            np.bitwise_and(other, row, out=other)
            np.bitwise_and(total, one, out=two)
            np.bitwise_xor(total, one, out=total)
            np.bitwise_or(other, two, out=other)
            row, ours = other, True  # its room goes up with it
            bits >>= 1
            level += 1
        if level == len(self._sums):
            self._sums.append(np.zeros(self._shape, np.uint64))
            self._waiting.append(row)
        self._waiting[level] = row if ours else row.copy()

    def ones(self) -> npt.NDArray[np.int64]:
        """Give the sums so far: one row a product, one column a bit of the plane."""
        layout = self._layout
        found: npt.NDArray[np.int64] = np.zeros((layout.codes, layout.words * layout.bits), np.int64)
        for level, (total, other) in enumerate(zip(self._sums, self._waiting, strict=True)):
            for part in (total, other) if self._rows >> level & 1 else (total,):
                found += np.stack([ones(layout, p.view(layout.dtype).reshape(-1, layout.words)) for p in part]) << level
        return found


def cleared(layout: Layout, papers: Words, tell: dict[str, int]) -> Words:
    """Give papers with nothing on those that are void, and add to *tell* how many each clause voids."""
    bad = None
    for clause, flags in void(layout, papers):
        if not (here := int(np.count_nonzero(flags))):
            continue
        if bad is None:
            bad = flags
        else:
            here = int(np.count_nonzero(flags & ~bad))
            bad = bad | flags
        tell[clause] += here
    if bad is None:
        return papers
    good = papers.copy()
    good[np.flatnonzero(bad)] = 0
    return good


def ones(layout: Layout, words: npt.NDArray[np.unsignedinteger]) -> npt.NDArray[np.int64]:
    """Count each bit of a plane over the words of any number of papers.

    A byte holds up to 255 ones, so up to 255 words are added with one addition for eight of their bits.
    """
    if len(words) < FEW:
        bits = np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=1, bitorder="little")
        few: npt.NDArray[np.int64] = bits.sum(0, dtype=np.int64)
        return few
    raw = np.ascontiguousarray(words).view(np.uint8).ravel()
    wide = max(8, layout.words * 8)
    if raw.size % wide:
        raw = np.concatenate([raw, np.zeros(-raw.size % wide, np.uint8)])
    longs = raw.view(np.uint64).reshape(-1, wide // 8)
    if not len(longs):
        return np.zeros(layout.words * layout.bits, np.int64)
    found = np.empty((wide, 8), np.int64)
    starts = np.arange(0, len(longs), 255)
    for bit in range(8):
        sums = np.add.reduceat(longs >> np.uint64(bit) & LOWEST, starts, axis=0)
        found[:, bit] = sums.view(np.uint8).reshape(-1, wide).sum(0, dtype=np.int64)
    many: npt.NDArray[np.int64] = found.reshape(-1, layout.words * layout.bits).sum(0)
    return many


def few(layout: Layout, papers: Words, tell: dict[str, int]) -> npt.NDArray[np.int64]:
    """Check and count fewer papers than a block."""
    if not len(papers):
        return np.zeros((layout.codes, layout.words * layout.bits), np.int64)
    good = cleared(layout, papers, tell)
    return np.stack([ones(layout, p) for p in products(layout, good)])
