"""Counting packed papers bit by bit, as slowly and plainly as can be: what the kernels must agree with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from renda_core.domain.ballot import Count
from renda_core.domain.counting import Layout


def codes(paper: bytes, layout: Layout) -> tuple[list[int], bool]:
    """Give what each column says, and whether there are bits beyond them."""
    wide = len(paper) // layout.planes
    planes = [int.from_bytes(paper[p * wide : (p + 1) * wide], "little") for p in range(layout.planes)]
    said = [sum((plane >> c & 1) << p for p, plane in enumerate(planes)) for c in range(layout.columns)]
    return said, any(plane >> layout.columns for plane in planes)


def clause(paper: bytes, layout: Layout) -> str:
    """Name what voids a paper, or nothing."""
    said, beyond = codes(paper, layout)
    both = layout.states == 3 and not layout.cells
    if beyond or (not layout.cells and not both and max(said) >= layout.states):
        return "unreadable"
    marks = sum(2 if both and code == 3 else 1 for code in said if code)
    if layout.blank == "void" and not marks:
        return "blank"
    if layout.limit is not None and marks > layout.limit:
        return "max_marks"
    if both and 3 in said:
        return "two_answers"
    if layout.cells:
        rows = [said[n : n + layout.answers] for n in range(0, len(said), layout.answers)]
        if layout.mode == "rank" and any(sum(line) > 1 for line in (*rows, *zip(*rows, strict=True))):
            return "rank_twice"
        if layout.mode != "rank" and any(sum(row) > 1 for row in rows):
            return "two_answers"
    return ""


def counted(papers: Sequence[bytes], layout: Layout) -> Count:
    """Count papers one by one."""
    votes = np.zeros((layout.subjects, layout.answers), int)
    void: Counter[str] = Counter()
    for paper in papers:
        if why := clause(paper, layout):
            void[why] += 1
            continue
        said, _ = codes(paper, layout)
        for column, code in enumerate(said):
            if layout.cells:
                votes[divmod(column, layout.answers)] += code
            elif code:
                votes[column, code - 1] += 1
            elif layout.rest:
                votes[column, -1] += 1
    bad = sum(void.values())
    told = tuple(tuple(int(n) for n in row) for row in votes)
    return Count(votes=told, valid=len(papers) - bad, void=bad, why_void=dict(void))


def repeated(count: Count, times: int) -> Count:
    """Give the count of papers that come so many times."""
    return Count(
        votes=tuple(tuple(n * times for n in row) for row in count.votes),
        valid=count.valid * times,
        void=count.void * times,
        why_void={clause: n * times for clause, n in count.why_void.items()},
    )


def added(one: Count, other: Count) -> Count:
    """Give the count of both."""
    return Count(
        votes=tuple(
            tuple(a + b for a, b in zip(x, y, strict=True)) for x, y in zip(one.votes, other.votes, strict=True)
        ),
        valid=one.valid + other.valid,
        void=one.void + other.void,
        why_void=dict(Counter(one.why_void) + Counter(other.why_void)),
    )
