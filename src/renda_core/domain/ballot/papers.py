"""Counting papers: which are void, and how many votes each subject has by answer."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from renda_core.domain.ballot.rule import Paper, Rule
from renda_core.domain.ballot.verdict import Count
from renda_core.errors import Invalid


def count(rule: Rule, subjects: int, papers: Sequence[Paper], *, places: int = 0) -> Count:
    """Count papers; one is void with too many marks or with two answers to one subject."""
    limit = places if rule.max_marks == "seats" else rule.max_marks
    answers = len(rule.answers)
    marks: list[int] = []
    void = 0
    for paper in papers:
        if any(not (0 <= s < subjects and 0 <= a < answers) for s, a in paper):
            raise Invalid("a paper marks what is not on it")
        if (limit is not None and len(paper) > limit) or len({s for s, _ in paper}) < len(paper):
            void += 1
        else:
            marks += [s * answers + a for s, a in paper]
    cells: npt.NDArray[np.int64] = np.bincount(np.array(marks, dtype=np.int64), minlength=subjects * answers)
    votes = tuple(tuple(int(v) for v in row) for row in cells.reshape(subjects, answers))
    return Count(votes=votes, valid=len(papers) - void, void=void)
