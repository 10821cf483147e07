"""How a paper lies in memory: one bit a subject in each of one, two or three planes, or one bit a cell."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt

from renda_core.domain.ballot.rule import Mode, Rule
from renda_core.errors import Invalid

PLANES = 3
"""More planes than this count more products of planes (7 of three, 15 of four) than a bit a cell takes room."""
Words = npt.NDArray[np.unsignedinteger]


@attrs.frozen(kw_only=True, cache_hash=True)
class Layout:
    """The shape of a packed paper.

    A paper has the planes 0, 1, 2 one after the other; a plane has a bit for each subject, least significant first, in
    one word of 1, 2, 4 or 8 bytes, or in as many words of 8 bytes as the subjects need; bytes are little-endian. The
    bits of one subject in the planes are the number of its answer plus one, or 0 where it is not marked. For and
    against stand alone in two planes: both bits set is a paper with two answers. Ranked papers, and more than seven
    answers, have one plane with a bit for each cell (subject * answers + answer).

    Attributes:
        subjects, answers: What is on the paper.
        limit: A paper with more marks is void; None for no limit.
        blank: Whether a paper without a mark is void.
        rest: A subject without a mark counts as the last answer (未画任何符号的视为弃权), which needs no code
            then: for, against and abstain take two planes, as do four grades. Marks cannot be counted then, so it
            goes with neither *limit* nor *blank*.
    """

    subjects: int = attrs.field()
    answers: int = attrs.field(default=1)
    mode: Mode = "choose"
    limit: int | None = attrs.field(default=None)
    blank: Literal["valid", "void"] = "valid"
    rest: bool = False

    @subjects.validator
    @answers.validator
    def _some(self, field: attrs.Attribute[int], value: int) -> None:
        if value < 1:
            raise Invalid(f"{field.name}: a paper has at least one of them, not {value}", field=field.name)

    @limit.validator
    def _possible(self, field: attrs.Attribute[int], value: int | None) -> None:
        if value is not None and value < 0:
            raise Invalid(f"limit: {value} is less than none", field="limit")

    def __attrs_post_init__(self) -> None:
        if self.rest and (self.limit is not None or self.blank == "void"):
            raise Invalid("rest: marks cannot be counted where a subject without one counts as marked", field="rest")
        if self.rest and (self.answers < 2 or self.mode == "rank"):
            raise Invalid("rest: there must be another answer, and no places", field="rest")

    @classmethod
    def of(cls, rule: Rule, subjects: int, *, places: int = 0) -> Layout:
        """Give the layout that holds the papers of a rule mark for mark, so that it counts as ``ballot.count`` does."""
        limit = places if rule.max_marks == "seats" else rule.max_marks
        return cls(subjects=subjects, answers=len(rule.answers), mode=rule.mode, limit=limit, blank=rule.blank)

    @cached_property
    def states(self) -> int:
        """What one subject can say: its answers, and that it is not marked."""
        return self.answers if self.rest else self.answers + 1

    @cached_property
    def cells(self) -> bool:
        """Whether each cell has a bit of its own."""
        return self.mode == "rank" or self.states > 1 << PLANES

    @cached_property
    def planes(self) -> int:
        """How many planes a paper has."""
        return 1 if self.cells else (self.states - 1).bit_length()

    @cached_property
    def columns(self) -> int:
        """How many bits of a plane are used."""
        return self.subjects * self.answers if self.cells else self.subjects

    @cached_property
    def bits(self) -> int:
        """Bits of a word: the fewest that hold a plane, at most 64."""
        return min(64, max(8, 1 << (self.columns - 1).bit_length()))

    @cached_property
    def words(self) -> int:
        """Words of a plane."""
        return math.ceil(self.columns / self.bits)

    @cached_property
    def size(self) -> int:
        """Bytes of a paper."""
        return self.planes * self.words * self.bits // 8

    @cached_property
    def dtype(self) -> np.dtype[np.unsignedinteger]:
        """A word as an array holds it."""
        return np.dtype(f"<u{self.bits // 8}")

    @cached_property
    def allowed(self) -> Words:
        """The bits of the words of a plane that are on the paper."""
        used = np.arange(self.words * self.bits) < self.columns
        return np.packbits(used, bitorder="little").view(self.dtype)

    @cached_property
    def limited(self) -> bool:
        """Whether a paper can have too many marks."""
        most = self.columns * (2 if self.states == 3 and not self.cells else 1)
        return self.limit is not None and self.limit < most

    @cached_property
    def codes(self) -> int:
        """How many numbers each subject is counted by: one for each product of planes that a valid paper may have."""
        return {1: 1, 2: self.states - 1, 3: 7}[self.planes]

    def papers(self, chunk: bytes | bytearray | memoryview | npt.NDArray[np.generic]) -> Words:
        """Give the words of packed papers, one row a paper, without a copy.

        Raises:
            Invalid: The chunk is no whole number of papers.
        """
        flat = np.frombuffer(np.ascontiguousarray(chunk) if isinstance(chunk, np.ndarray) else chunk, np.uint8)
        if flat.size % self.size:
            raise Invalid(f"{flat.size} bytes are no whole number of papers of {self.size} bytes: the end is missing")
        return flat.view(self.dtype).reshape(-1, self.planes * self.words)
