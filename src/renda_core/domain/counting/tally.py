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
        self._kept = self._papers = 0
        self._nothing = np.zeros((layout.codes, layout.words * layout.bits), np.int64)
        self._room = np.empty((0, layout.planes * layout.words), layout.dtype)
        self._apart: Counter[str] = Counter()
        self._sliced: Sliced | None = None
        self._compiled: Compiled | None = None

    def add(self, chunk: bytes | bytearray | memoryview | npt.NDArray[np.generic]) -> None:
        """Take a chunk of packed papers.

        Raises:
            Invalid: It is no whole number of papers; nothing of it is taken.
        """
        papers = self.layout.papers(chunk)
        if not len(papers):
            return
        self._papers += len(papers)
        engine = self._engine()
        if self._kept:
            part = min(engine.step - self._kept, len(papers))
            self._keep(papers[:part], engine.step)
            papers = papers[part:]
            if self._kept < engine.step:
                return
            engine.add(self._room[: engine.step])
            self._kept = 0
        whole = len(papers) - len(papers) % engine.step
        if whole:
            engine.add(papers[:whole])
        self._keep(papers[whole:], engine.step)

    def add_packed(self, packed: Packed) -> None:
        """Take papers as they were packed, with those that are void because they had no place in the layout."""
        self.add(packed.papers)
        self._apart.update(packed.why_void)
        self._papers += len(packed.apart)

    def count(self) -> Count:
        """Give the count of all papers so far; more may follow."""
        self._settle()
        left = dict.fromkeys(CLAUSES, 0)
        void: list[Mapping[str, int]] = [left, self._apart]
        ones = few(self.layout, self._room[: self._kept], left) if self._kept else self._nothing
        for engine in (self._sliced, self._compiled):
            if engine:
                ones = ones + engine.ones()
                void.append(engine.void)
        why = {clause: n for clause in sorted(CLAUSES) if (n := sum(told[clause] for told in void))}
        bad = sum(why.values())
        valid = self._papers - bad
        votes = answers(self.layout, ones, valid).tolist()
        return Count(votes=tuple(map(tuple, votes)), valid=valid, void=bad, why_void=why)

    def _engine(self) -> Sliced | Compiled:
        """Give what counts from now on: the kernel from the first block on for which it pays."""
        if self._compiled:
            return self._compiled
        if self._shape and self._pays(self._shape):
            if loaded := kernels.get(self._shape):
                self._compiled = Compiled(self.layout, self._shape, loaded)
                self._settle()
                return self._compiled
            self._shape = None  # there is no compiler
        self._sliced = self._sliced or Sliced(self.layout)
        return self._sliced

    def _pays(self, shape: Shape) -> bool:
        enough = self._papers >= block(self.layout)
        return enough and (self._fast or kernels.pays(shape, self._papers * self.layout.size))

    def _keep(self, papers: Words, step: int) -> None:
        """Keep what is less than a step for the next chunk, or the end."""
        if len(papers) and not len(self._room):
            self._room = np.empty((step, papers.shape[1]), papers.dtype)
        self._room[self._kept : self._kept + len(papers)] = papers
        self._kept += len(papers)

    def _settle(self) -> None:
        """Give the kernel the papers that are kept, with nothing on those that a step lacks."""
        if self._compiled and self._kept:
            end = self._kept + -self._kept % self._compiled.step
            self._room[self._kept : end] = 0
            self._compiled.add(self._room[:end], lacking=end - self._kept)
            self._kept = 0
