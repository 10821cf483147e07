"""Counting packed papers chunk by chunk, with the memory of one block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from renda_core.domain.ballot.verdict import Count
from renda_core.domain.counting.checks import CLAUSES, answers
from renda_core.domain.counting.compiled import Compiled, kernels
from renda_core.domain.counting.layout import Layout, Words
from renda_core.domain.counting.packing import Packed
from renda_core.domain.counting.shape import Shape
from renda_core.domain.counting.sliced import Sliced, block, few


class Tally:
    """Check and count packed papers: add chunks, in any number and size, then ask for the count.

    The count is the same whichever way it is made. NumPy makes it; many papers are counted by a compiled kernel where
    llvmlite (the compiler of Numba) is installed, which is loaded when the papers are so many that it pays.

    Example:
        ::

            tally = Tally(Layout(subjects=12, limit=10))
            for chunk in chunks:
                tally.add(chunk)
            tally.count().votes
    """

    def __init__(self, layout: Layout, *, fast: bool | None = None) -> None:
        """Begin with no papers.

        Args:
            fast: Use the compiled kernel from the first block on, or never; by default, where it pays.
        """
        self.layout = layout
        self._shape = Shape.of(layout) if fast is not False else None
        self._fast = fast
        self._size = block(layout)
        self._room = np.empty((self._size, layout.planes * layout.words), layout.dtype)
        self._kept = self._papers = 0
        self._apart: Counter[str] = Counter()
        self._sliced: Sliced | None = None
        self._compiled: Compiled | None = None

    def add(self, chunk: bytes | bytearray | memoryview | npt.NDArray[np.generic]) -> None:
        """Take a chunk of packed papers.

        Raises:
            Invalid: It is no whole number of papers; nothing of it is taken.
        """
        papers = self.layout.papers(chunk)
        self._papers += len(papers)
        if self._kept:
            part = min(self._size - self._kept, len(papers))
            self._room[self._kept : self._kept + part] = papers[:part]
            self._kept += part
            papers = papers[part:]
            if self._kept < self._size:
                return
            self._feed(self._room)
        whole = len(papers) - len(papers) % self._size
        if whole:
            self._feed(papers[:whole])
        self._kept = len(papers) - whole
        self._room[: self._kept] = papers[whole:]

    def add_packed(self, packed: Packed) -> None:
        """Take papers as they were packed, with those that are void because they had no place in the layout."""
        self.add(packed.papers)
        self._apart.update(packed.why_void)
        self._papers += len(packed.apart)

    def count(self) -> Count:
        """Give the count of all papers so far; more may follow."""
        self._settle()
        left = dict.fromkeys(CLAUSES, 0)
        ones = few(self.layout, self._room[: self._kept], left)
        void: list[Mapping[str, int]] = [left, self._apart]
        for engine in (self._sliced, self._compiled):
            if engine:
                ones = ones + engine.ones()
                void.append(engine.void)
        why = {clause: n for clause in sorted(CLAUSES) if (n := sum(told[clause] for told in void))}
        bad = sum(why.values())
        valid = self._papers - bad
        votes = answers(self.layout, ones, valid).tolist()
        return Count(votes=tuple(map(tuple, votes)), valid=valid, void=bad, why_void=why)

    def _feed(self, papers: Words) -> None:
        """Count a multiple of a block."""
        if self._shape and (self._fast or kernels.pays(self._shape, self._papers * self.layout.size)):
            if loaded := kernels.get(self._shape):
                self._compiled = Compiled(self.layout, self._shape, loaded)
            self._shape = None  # it is settled
        if self._compiled:
            self._compiled.add(papers)
        else:
            self._sliced = self._sliced or Sliced(self.layout)
            self._sliced.add(papers)

    def _settle(self) -> None:
        """Give the kernel the papers of a block that is not full, with nothing on those that a step lacks."""
        if self._compiled and self._kept:
            end = self._kept + -self._kept % self._compiled.step
            self._room[self._kept : end] = 0
            self._compiled.add(self._room[:end], lacking=end - self._kept)
            self._kept = 0
