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
from renda_core.domain.counting.shape import BYTES, CLAUSES, VOID, Shape

WORTH_LOADING = 1 << 27
"""Bytes of papers from which it pays to load the compiler: NumPy counts them meanwhile, in a tenth of a second."""


@attrs.frozen
class Loaded:
    """A kernel in memory; the engine owns its code."""

    count: Callable[[int, int, int], None]
    sum_up: Callable[[int, int], None]
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
    count = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)
    sum_up = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
    address = engine.get_function_address
    return Loaded(count(address("count")), sum_up(address("sum_up")), engine)


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
        self._at = self._state.ctypes.data
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
        self._loaded.count(papers.ctypes.data, len(papers) // self.step, self._at)

    def ones(self) -> npt.NDArray[np.int64]:
        """Give the sums so far: one row a product, one column a bit of the plane."""
        shape = self._shape
        sums = np.empty((shape.counters, 64, BYTES // 8), np.int64)
        self._loaded.sum_up(self._at, sums.ctypes.data)
        by_bit = sums.transpose(0, 2, 1).reshape(shape.counters, shape.lanes, shape.bits).sum(1)
        ones: npt.NDArray[np.int64] = by_bit.reshape(self._layout.codes, shape.words * shape.bits)
        return ones
