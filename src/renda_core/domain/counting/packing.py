"""From Python papers to packed ones, with every check that the bits alone could not make, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from renda_core.domain.ballot.flat import BYTE, Flags, Numbers, flat, parts, twice, voided
from renda_core.domain.ballot.rule import Paper
from renda_core.domain.counting.checks import marks
from renda_core.domain.counting.layout import Layout, Words
from renda_core.errors import Invalid


@attrs.frozen(kw_only=True)
class Packed:
    """Papers in their layout, and those that have no place in it.

    Attributes:
        papers: Packed, in the order in which they came.
        apart: Papers that say two things where a layout holds one; void, every one of them.
        why_void: How many of those apart each clause voids.
    """

    papers: bytes
    apart: tuple[Paper, ...] = ()
    why_void: Mapping[str, int] = attrs.Factory(dict)


def pack(papers: Sequence[Paper], layout: Layout) -> Packed:
    """Pack papers of marks (subject, answer).

    Raises:
        Invalid: A paper marks a subject or an answer that is not on it.
    """
    found = [_marked(part, layout) for part in parts(papers)]
    return _joined(found)


def pack_choices(papers: Sequence[Sequence[int]], layout: Layout) -> Packed:
    """Pack papers of choices: the subjects that each approves, where there is one answer.

    Raises:
        Invalid: A paper chooses what is not on it, or the layout has several answers.
    """
    if layout.answers > 1 or layout.cells:
        raise Invalid(f"choices are for papers with one answer, and this one has {layout.answers}", field="papers")
    return _joined([_chosen(part, layout) for part in parts(papers)])


def unpack(chunk: bytes, layout: Layout) -> list[Paper]:
    """Give packed papers as marks again, each in the order of its subjects.

    What is not on the paper is left out, so that a paper that was void as unreadable may come back readable.
    """
    words = layout.papers(chunk)
    shape = (len(words), layout.planes, layout.words * layout.bits)
    bits = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little").reshape(shape)
    papers: list[list[tuple[int, int]]] = [[] for _ in words]
    for row, subject, answer in zip(*(x.tolist() for x in _said(bits[:, :, : layout.columns], layout)), strict=True):
        papers[row].append((subject, answer))
    return [tuple(paper) for paper in papers]


def _said(bits: npt.NDArray[np.uint8], layout: Layout) -> tuple[npt.NDArray[np.intp], ...]:
    """Give row, subject and answer of every mark."""
    shape = (len(bits), layout.subjects, layout.answers)
    if layout.cells:
        return bits.reshape(shape).nonzero()
    code = np.zeros(shape[:2], np.uint8)
    for p in range(layout.planes):
        code |= bits[:, p] << p
    marked = np.zeros(shape, np.bool_)
    for answer in range(layout.answers):
        marked[:, :, answer] = code == (0 if layout.rest and answer == layout.answers - 1 else answer + 1)
    if layout.states == 3:  # both bits are both answers
        marked[:, :, :2] |= (code == 3)[:, :, None]
    return marked.nonzero()


def _marked(papers: Sequence[Paper], layout: Layout) -> Packed:
    cells, lengths = _flat(papers, layout)
    if layout.cells:  # only the very same mark twice has no place
        again = twice(cells, lengths, layout.columns)
        return _packed(papers, layout, cells, lengths, again, _bits(layout, cells, lengths))
    subjects = cells // layout.answers
    codes = cells % layout.answers + 1
    if layout.rest:
        codes %= layout.answers
    again = twice(subjects, lengths, layout.subjects)
    planes = [_bits(layout, subjects, lengths, codes >> p & 1) for p in range(layout.planes)]
    return _packed(papers, layout, cells, lengths, again, np.concatenate(planes, axis=1))


def _flat(papers: Sequence[Paper], layout: Layout) -> tuple[Numbers, Numbers]:
    try:
        try:
            return flat(papers, layout.subjects, layout.answers)
        except TypeError:  # marks may be lists, as JSON has them
            tuples = [[(s, a) for s, a in paper] for paper in papers]
            return flat(tuples, layout.subjects, layout.answers)
    except (KeyError, TypeError, ValueError):
        raise Invalid("a paper marks what is not on it", field="papers") from None


def _chosen(papers: Sequence[Sequence[int]], layout: Layout) -> Packed:
    lengths = np.fromiter(map(len, papers), np.int64, len(papers))
    listed: list[int] = []
    extend = listed.extend
    for paper in papers:  # the quickest of the ways to join tuples: half of what chain takes
        extend(paper)
    try:
        chosen: npt.NDArray[Any] = np.frombuffer(bytes(listed), np.uint8) if layout.subjects <= BYTE else _wide(listed)
    except (TypeError, ValueError, OverflowError):
        chosen = np.array([layout.subjects])
    if chosen.size and not 0 <= int(chosen.min()) <= int(chosen.max()) < layout.subjects:
        raise Invalid(f"a paper chooses what is not on it; there are 0 to {layout.subjects - 1}", field="papers")
    words = _bits(layout, chosen, lengths)
    again = marks(layout, words) < lengths
    marked = [[(s, 0) for s in paper] for paper in papers] if again.any() else ()
    return _packed(marked, layout, chosen, lengths, again, words)


def _wide(listed: list[int]) -> npt.NDArray[Any]:
    found = np.array(listed or np.zeros(0, np.int64))
    if found.dtype.kind not in "iu":
        raise TypeError
    return found


def _bits(layout: Layout, numbers: npt.NDArray[Any], lengths: Numbers, chosen: Numbers | None = None) -> Words:
    """Set a bit for each number, in the words of one plane; where *chosen* is given, only if that is 1."""
    made = np.zeros((len(lengths), layout.words), layout.dtype)
    some = lengths.nonzero()[0]
    if not len(some):
        return made
    starts = (np.cumsum(lengths) - lengths)[some]
    places = (np.arange(layout.columns) % layout.bits).astype(layout.dtype)
    bits = (layout.dtype.type(1) << places).take(numbers)
    if chosen is not None:
        bits = bits * chosen.astype(layout.dtype)
    for w in range(layout.words):
        here = bits if layout.words == 1 else bits * (numbers // layout.bits == w)
        made[:, w][some] = np.bitwise_or.reduceat(here, starts)
    return made


def _packed(
    papers: Sequence[Paper], layout: Layout, cells: Numbers, lengths: Numbers, again: Flags, words: Words
) -> Packed:
    """Take those apart that say two things in one place, and tell under which clause each is void."""
    if not again.any():
        return Packed(papers=words.tobytes())
    flags = voided(
        cells[np.repeat(again, lengths)],
        lengths[again],
        layout.subjects,
        layout.answers,
        mode=layout.mode,
        limit=layout.limit,
        blank=layout.blank,
    )
    why = {clause: n for clause, void in flags if (n := int(np.count_nonzero(void)))}
    apart = tuple(papers[i] for i in again.nonzero()[0].tolist())
    return Packed(papers=words[~again].tobytes(), apart=apart, why_void=why)


def _joined(found: Sequence[Packed]) -> Packed:
    why: Counter[str] = Counter()
    for part in found:
        why.update(part.why_void)
    apart = tuple(chain.from_iterable(part.apart for part in found))
    return Packed(papers=b"".join(part.papers for part in found), apart=apart, why_void=dict(sorted(why.items())))
