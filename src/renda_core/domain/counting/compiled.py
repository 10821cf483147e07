"""Load the compiled kernel where that pays, and count with it what :mod:`sliced` counts without."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from renda_core.domain.counting import checks
from renda_core.domain.counting.layout import Layout, Words
from renda_core.domain.counting.shape import CLAUSES, INNER, LEVELS, STEPS, VOID, Shape

WORTH_LOADING = 1 << 27
"""Bytes of papers from which it pays to load the compiler: NumPy counts them meanwhile, in a tenth of a second."""
LEVEL = np.arange(LEVELS)
WORTH = np.ldexp(1.0, np.stack([LEVEL, LEVEL], axis=1))
"""What a level of a counter is worth: its sum, and the carry that waits there."""


@attrs.frozen
class Loaded:
    """A kernel in memory; the engine owns its code."""

    run: Callable[[int, int, int], None]
    engine: Any


class Kernels:
    """The kernels of a process, one a shape."""

    def __init__(self) -> None:
        self._made: dict[Shape, Loaded | None] = {}

    def pays(self, shape: Shape, size: int) -> bool:
        """Tell whether to count *size* bytes with a kernel: there is one already, or they are enough to make it."""
        return self._made.get(shape) is not None or size >= WORTH_LOADING

    def get(self, shape: Shape) -> Loaded | None:
        """Give the kernel, compiled at the first call; nothing where llvmlite is not installed."""
        if shape not in self._made:
            self._made[shape] = _compile(shape)
        return self._made[shape]


kernels = Kernels()
"""Made once a process, as statements are."""


def _compile(shape: Shape) -> Loaded | None:
    try:
        from llvmlite import binding

        from renda_core.domain.counting.vectors import Kernel
    except (ImportError, OSError):  # not installed, or its library does not load here: NumPy counts
        return None
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    module = binding.parse_assembly(Kernel(shape).text())
    module.verify()
    machine = binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(), features=_features(binding), opt=3, jit=True
    )
    engine = binding.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)
    return Loaded(kind(engine.get_function_address("count")), engine)


def _features(binding: Any) -> str:
    """Tell what this processor can do; nothing where LLVM cannot find out, which is right everywhere, and slower."""
    try:
        return str(binding.get_host_cpu_features().flatten())
    except RuntimeError:
        return ""


class Compiled:
    """Add up the bits of products of planes over many papers, as :class:`sliced.Sliced` does."""

    def __init__(self, layout: Layout, shape: Shape, loaded: Loaded) -> None:
        self._layout, self._shape, self._loaded = layout, shape, loaded
        self._state = shape.state(layout)
        self.step = shape.step
        self._lacking = 0

    @property
    def void(self) -> dict[str, int]:
        """How many papers each clause voided so far."""
        told = self._state[VOID : VOID + CLAUSES].tolist()
        found = dict.fromkeys(checks.CLAUSES, 0) | dict(zip(checks.CLAUSES, told, strict=False))
        found[checks.BLANK] -= self._lacking if self._shape.blank else 0
        return found

    def add(self, papers: Words, *, lacking: int = 0) -> None:
        """Check and count a multiple of *step* papers; the last so many are none, and have nothing on them."""
        self._lacking += lacking
        self._loaded.run(papers.ctypes.data, len(papers) // self.step, self._state.ctypes.data)

    def ones(self) -> npt.NDArray[np.int64]:
        """Give the sums so far: one row a product, one column a bit of the plane."""
        shape, steps = self._shape, int(self._state[STEPS])
        top = INNER + steps.bit_length()
        worth = WORTH[:top].copy()
        worth[:, 1] *= (steps << INNER) >> LEVEL[:top] & 1  # a carry waits where the steps say so
        levels = self._state[shape.header : shape.header + top * 2 * shape.counters * 8]
        bits = np.unpackbits(levels.view(np.uint8), bitorder="little").reshape(top * 2, -1)
        found = (worth.ravel() @ bits.astype(np.float64)).astype(np.int64)  # exact up to 2**53 papers
        by_bit = found.reshape(shape.counters, shape.lanes, shape.bits).sum(1)
        ones: npt.NDArray[np.int64] = by_bit.reshape(self._layout.codes, shape.words * shape.bits)
        return ones
