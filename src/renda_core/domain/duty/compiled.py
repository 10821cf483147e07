"""Load the compiled loops where that pays; without Numba, NumPy adds up what they would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from renda_core.domain.duty import loops

WORTH_ENTRIES, WORTH_COUNTERS = 1 << 27, 1 << 30
"""Entries and counters from which it pays to load the compiler, which takes seconds: NumPy adds them up meanwhile."""
NARROWEST = (np.int16, np.int32, np.int64)
"""Types of numbers for sums, the fastest first."""
Loop = Callable[..., None]
Types = tuple[np.dtype[Any], ...]


class Kernels:
    """The compiled loops of a process: one for each way that numbers are written, made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[Types, Loop | None] = {}

    def stream(self, types: Types, size: int, fast: bool | None) -> Loop | None:
        """Give the loop over columns of these types, of the lane and the amount, where it is to be used."""
        return self._get(types, loops.stream, fast or (fast is None and size >= WORTH_ENTRIES), fast)

    def sweep(self, types: Types, size: int, fast: bool | None) -> Loop | None:
        """Give the loop over counters of these types: of the counters, the sums, and the totals."""
        return self._get(types, loops.sweep(types[1].type), fast or (fast is None and size >= WORTH_COUNTERS), fast)

    def _get(self, types: Types, plain: Loop, worth: bool, fast: bool | None) -> Loop | None:
        """Give a loop that is there already, or is worth being made; nothing where Numba is not installed."""
        if worth and types not in self._made:
            try:
                from numba import njit
            except (ImportError, OSError):  # not installed, or its library does not load here
                self._made[types] = None
            else:
                self._made[types] = njit(nogil=True)(plain)
        return None if fast is False else self._made.get(types)


kernels = Kernels()
"""Made once a process, as statements are."""
