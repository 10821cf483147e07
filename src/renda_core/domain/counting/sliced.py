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
        held: list[Longs] = []
        worth: list[int] = []
        for level, (total, other) in enumerate(zip(self._sums, self._waiting, strict=True)):
            parts = (total, other) if self._rows >> level & 1 else (total,)
            held += parts
            worth += [1 << level] * len(parts)
        if not held:
            return np.zeros((layout.codes, layout.words * layout.bits), np.int64)
        words = np.concatenate(held).view(layout.dtype).reshape(len(held) * layout.codes, -1, layout.words)
        counted = ones(layout, words).reshape(len(held), -1) * np.array(worth)[:, None]
        found: npt.NDArray[np.int64] = counted.sum(0).reshape(layout.codes, -1)
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

    Args:
        words: One row for each sum that is asked for, of papers, of the words of a plane.
    """
    rows, papers, _ = words.shape
    columns = layout.words * layout.bits
    raw = np.ascontiguousarray(words).view(np.uint8).reshape(rows, -1)
    if papers < FEW:
        bits = np.unpackbits(raw, axis=1, bitorder="little").reshape(rows, papers, columns)
        few: npt.NDArray[np.int64] = bits.sum(1, dtype=np.int64)
        return few
    wide = max(8, columns // 8)
    if raw.shape[1] % wide:
        raw = np.pad(raw, ((0, 0), (0, -raw.shape[1] % wide)))
    longs = raw.view(np.uint64).reshape(rows, -1, wide // 8)
    found = np.empty((rows, wide, 8), np.int64)
    starts = np.arange(0, longs.shape[1], 255)
    for bit in range(8):
        sums = np.add.reduceat(longs >> np.uint64(bit) & LOWEST, starts, axis=1)
        found[:, :, bit] = sums.view(np.uint8).reshape(rows, -1, wide).sum(1, dtype=np.int64)
    many: npt.NDArray[np.int64] = found.reshape(rows, -1, columns).sum(1)
    return many


def few(layout: Layout, papers: Words, tell: dict[str, int]) -> npt.NDArray[np.int64]:
    """Check and count fewer papers than a block."""
    return ones(layout, np.stack(list(products(layout, cleared(layout, papers, tell)))))
