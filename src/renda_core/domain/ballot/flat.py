"""Papers laid out flat: the cells that are marked, one after the other, and how many each paper has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from renda_core.domain.ballot.rule import Paper

T = TypeVar("T")
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
AT_ONCE = 8_192
"""Papers that are laid out together: few enough that what is made of them on the way stays in the near caches."""

BYTE = 256
"""Cells that one byte numbers: bytes are by far the fastest way from small numbers to an array."""


@lru_cache(64)
def _cells(subjects: int, answers: int) -> Mapping[tuple[int, int], int]:
    """Number the cells of a paper; what is not in here is not on it."""
    return {(s, a): s * answers + a for s in range(subjects) for a in range(answers)}


def flat(papers: Sequence[Paper], subjects: int, answers: int) -> tuple[Numbers, Numbers]:
    """Give the cells (subject * answers + answer) that papers mark, and the number of marks of each paper.

    Raises:
        KeyError: A paper marks what is not on it.
        TypeError, ValueError: A mark is no tuple of two numbers.
    """
    lengths = np.fromiter(map(len, papers), np.int64, len(papers))
    if answers == 1 and subjects <= BYTE:  # the everyday paper; bytes refuse what is less than none
        only = np.frombuffer(bytes([s for paper in papers for s, a in paper if a == 0]), np.uint8)
        if len(only) != lengths.sum() or (len(only) and int(only.max()) >= subjects):
            raise KeyError
        return only.astype(np.int64), lengths
    marked = map(_cells(subjects, answers).__getitem__, chain.from_iterable(papers))
    if subjects * answers <= BYTE:
        return np.frombuffer(bytes(list(marked)), np.uint8).astype(np.int64), lengths
    return np.fromiter(marked, np.int64, int(lengths.sum())), lengths


def twice(numbers: Numbers, lengths: Numbers, among: int) -> Flags:
    """Tell which papers have one of *among* numbers more than once."""
    seen = np.zeros((len(lengths), among), np.bool_)
    seen.ravel()[np.repeat(np.arange(len(lengths)) * among, lengths) + numbers] = True
    found: Flags = seen.sum(1) < lengths
    return found


def voided(
    cells: Numbers, lengths: Numbers, subjects: int, answers: int, *, mode: str, limit: int | None, blank: str
) -> Iterator[tuple[str, Flags]]:
    """Give each clause with the papers that it voids and none before it does."""
    bad = np.zeros(len(lengths), np.bool_)
    found: list[tuple[str, Flags]] = []
    if blank == "void":
        found.append(("blank", lengths == 0))
    if limit is not None:
        found.append(("max_marks", lengths > limit))
    again = twice(cells // answers if answers > 1 else cells, lengths, subjects)
    if mode == "rank":
        again |= twice(cells % answers, lengths, answers)
    found.append(("rank_twice" if mode == "rank" else "two_answers", again))
    for clause, flags in found:
        yield clause, flags & ~bad
        bad |= flags


def parts(papers: Sequence[T]) -> Iterator[Sequence[T]]:
    """Give papers in parts that are laid out at once."""
    for start in range(0, len(papers), AT_ONCE):
        yield papers[start : start + AT_ONCE]
