"""What a compiled kernel is made for, and where its state lies: known without loading the compiler."""

from __future__ import annotations

import sys
from functools import lru_cache

import attrs
import numpy as np
import numpy.typing as npt

from renda_core.domain.counting import checks
from renda_core.domain.counting.layout import Layout

BYTES = 64
"""Of a vector: what the widest processors take at once; LLVM splits it for others."""
INNER = 4
"""Levels of a counter that are kept in registers; a step takes 2**INNER rows of vectors."""
LEVELS = 48
"""Levels in all: 2**48 rows of vectors are out of reach."""
STEPS, VOID, LIMIT, SPARE = 0, 1, 6, 8
"""The words of 8 bytes at the head of the state: steps so far, void papers by clause, limit, bits not on the paper."""
CLAUSES = len(checks.CLAUSES) - 1
"""Clauses that a kernel knows; the last is for ranked papers, for which there is none."""
WIDEST = 8
"""Vectors of a row, and counters, up to which there is a kernel: 512 options, or 64 with seven grades. Registers hold
no more."""


@attrs.frozen(cache_hash=True)
class Shape:
    """What a kernel is made for; limit and masks are given at run time.

    Attributes:
        states: What one subject can say; decides which codes do not exist, and which products are counted.
        codes: Products of planes that are counted.
        spare, blank, limited: Whether to look for bits that are not on the paper, for blanks, for too many marks.
    """

    bits: int
    planes: int
    words: int
    states: int
    codes: int
    spare: bool
    blank: bool
    limited: bool

    @classmethod
    @lru_cache(256)
    def of(cls, layout: Layout) -> Shape | None:
        """Give the shape of a layout; nothing where NumPy does the work."""
        narrow = max(layout.planes, layout.codes) * layout.words <= WIDEST
        if not narrow or layout.cells or sys.byteorder != "little":
            return None
        return cls(
            bits=layout.bits,
            planes=layout.planes,
            words=layout.words,
            states=layout.states,
            codes=layout.codes,
            spare=bool((~layout.allowed).any()),
            blank=layout.blank == "void",
            limited=layout.limited,
        )

    @property
    def lanes(self) -> int:
        """Papers in a row of vectors."""
        return BYTES * 8 // self.bits

    @property
    def counters(self) -> int:
        """Vertical counters."""
        return self.codes * self.words

    @property
    def header(self) -> int:
        """Words of 8 bytes before the counters, a multiple of a vector."""
        return (SPARE + self.words + 7) // 8 * 8

    @property
    def step(self) -> int:
        """Papers in a step."""
        return self.lanes << INNER

    def state(self, layout: Layout) -> npt.NDArray[np.uint64]:
        """Give the state of a count that has not begun: the head, then sum and waiting carry of each level."""
        made = np.zeros(self.header + LEVELS * 2 * self.counters * BYTES // 8, np.uint64)
        made[LIMIT] = layout.limit or 0
        made[SPARE : SPARE + self.words] = ~layout.allowed
        return made
