"""Which packed papers are void, by clause, and what is counted of the others: the NumPy path."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from renda_core.domain.counting.layout import Layout, Words

UNREADABLE, BLANK, MAX_MARKS, TWO_ANSWERS, RANK_TWICE = "unreadable", "blank", "max_marks", "two_answers", "rank_twice"
CLAUSES = (UNREADABLE, BLANK, MAX_MARKS, TWO_ANSWERS, RANK_TWICE)
"""In the order in which they void a paper: it is counted under the first."""
Flags = npt.NDArray[np.bool_]


def marks(layout: Layout, papers: Words) -> npt.NDArray[np.integer]:
    """Count the marks of each paper."""
    if layout.states == 3 and not layout.cells:  # a subject with both bits has two marks
        return _ones(papers)
    return _ones(_marked(layout, papers))


def void(layout: Layout, papers: Words) -> Iterator[tuple[str, Flags]]:
    """Give each clause with the papers that it alone, or it among others, voids."""
    w = layout.words
    marked = _marked(layout, papers)
    spare = ~layout.allowed
    if spare.any():
        yield UNREADABLE, _any(marked & spare)
    if not layout.cells and layout.planes == 3 and layout.states < 8:
        one, two, four = (papers[:, p * w : (p + 1) * w] for p in range(3))
        yield UNREADABLE, _any(four & {5: one | two, 6: two, 7: one & two}[layout.states])
    if layout.blank == "void":
        yield BLANK, ~_any(marked)
    if layout.limited:
        yield MAX_MARKS, marks(layout, papers) > (layout.limit or 0)
    if not layout.cells and layout.states == 3:
        yield TWO_ANSWERS, _any(papers[:, :w] & papers[:, w:])
    if layout.cells:
        yield from _cells(layout, papers)


def products(layout: Layout, papers: Words) -> Iterator[Words]:
    """Give the bits that are counted: each plane, and where it takes that to tell the answers, planes together."""
    w = layout.words
    plane = [papers[:, p * w : (p + 1) * w] for p in range(layout.planes)]
    yield from plane
    if layout.codes >= 3:
        yield plane[0] & plane[1]
    if layout.codes == 7:
        yield plane[0] & plane[2]
        yield plane[1] & plane[2]
        yield plane[0] & plane[1] & plane[2]


def answers(layout: Layout, ones: npt.NDArray[np.int64], valid: int) -> npt.NDArray[np.int64]:
    """Turn the counts of products into votes.

    Args:
        ones: One row a product, one column a bit of the plane.

    Returns:
        Votes by subject and answer.
    """
    ones = ones[:, : layout.columns]
    if layout.cells:
        return ones.reshape(layout.subjects, layout.answers)
    if layout.codes < 3:
        coded = ones
    elif layout.codes == 3:
        a, b, ab = ones
        coded = np.stack([a - ab, b - ab, ab])
    else:
        a, b, c, ab, ac, bc, abc = ones
        only = [a - ab - ac + abc, b - ab - bc + abc, ab - abc, c - ac - bc + abc, ac - abc, bc - abc, abc]
        coded = np.stack(only)[: layout.states - 1]
    if layout.rest:
        coded = np.concatenate([coded, valid - coded.sum(0, keepdims=True)])
    return coded.T


def _marked(layout: Layout, papers: Words) -> Words:
    w = layout.words
    marked = papers[:, :w]
    for p in range(1, layout.planes):
        marked = marked | papers[:, p * w : (p + 1) * w]
    return marked


def _any(words: Words) -> Flags:
    found: Flags = words[:, 0] != 0
    for w in range(1, words.shape[1]):
        found |= words[:, w] != 0
    return found


def _ones(words: Words) -> npt.NDArray[np.integer]:
    found: npt.NDArray[np.integer] = np.bitwise_count(words[:, 0])
    return found if words.shape[1] == 1 else np.bitwise_count(words).sum(1, dtype=np.int64)


def _cells(layout: Layout, papers: Words) -> Iterator[tuple[str, Flags]]:
    """Look at each subject, and at each place of a ranked paper, for a second mark."""
    shape = (len(papers), layout.subjects, layout.answers)
    bits = np.unpackbits(papers.view(np.uint8), axis=1, count=layout.columns, bitorder="little").reshape(shape)
    twice = (bits.sum(2, dtype=np.int64) > 1).any(1)
    if layout.mode == "rank":
        yield RANK_TWICE, twice | (bits.sum(1, dtype=np.int64) > 1).any(1)
    else:
        yield TWO_ANSWERS, twice
