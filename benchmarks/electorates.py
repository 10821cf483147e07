"""Made-up papers for the benchmarks of counting: packed ones in millions, and tuples of choices."""

from __future__ import annotations

import random

import numpy as np
import numpy.typing as npt

Longs = npt.NDArray[np.uint64]
LIMIT = 13
"""Choices that a packed paper may have; about one in fifty has more."""
CHOICES = 10
"""Choices that a paper of :func:`choices` has at most."""


def approvals(papers: int) -> Longs:
    """Make papers with 64 options of 8 bytes each, about 8 of them chosen."""
    rng = np.random.default_rng(1)
    return _bits(rng, papers) & _bits(rng, papers) & _bits(rng, papers)


def for_or_against(papers: int) -> Longs:
    """Make papers with 64 projects of 16 bytes each, for and against beside each other; one in a hundred says both."""
    rng = np.random.default_rng(2)
    made = np.stack([_bits(rng, papers), _bits(rng, papers)], axis=1)
    made[:, 1] &= ~made[:, 0]
    made[::100, 1] |= made[::100, 0]
    return made


def grades(papers: int) -> Longs:
    """Make papers with four grades of 32 units, 8 bytes each."""
    return _bits(np.random.default_rng(3), papers)


def choices(papers: int, subjects: int) -> list[tuple[int, ...]]:
    """Make papers of one to ten choices in any order."""
    lot = random.Random(4)
    return [tuple(lot.sample(range(subjects), lot.randint(1, CHOICES))) for _ in range(papers)]


def _bits(rng: np.random.Generator, papers: int) -> Longs:
    return np.frombuffer(rng.bytes(papers * 8), np.uint64).copy()
