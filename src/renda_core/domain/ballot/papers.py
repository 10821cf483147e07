"""Counting papers: which are void, and how many votes each subject has by answer."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from renda_core.domain.ballot.flat import Numbers, flat, parts, voided
from renda_core.domain.ballot.rule import Paper, Rule
from renda_core.domain.ballot.verdict import Count
from renda_core.errors import Invalid

FEW = 16
"""Papers below which a plain loop is faster: laying them out flat costs some 30 µs whatever their number."""


def count(rule: Rule, subjects: int, papers: Sequence[Paper], *, places: int = 0) -> Count:
    """Count papers; a void one counts for nothing, and is told under the clause that voids it.

    Raises:
        Invalid: A paper marks a subject or an answer that is not on it.
    """
    limit, answers = _limit(rule, places), len(rule.answers)
    cells = np.zeros(subjects * answers, np.int64)
    void: Counter[str] = Counter()
    for part in parts(papers):
        try:
            cells += (_many if len(part) >= FEW else _few)(rule, subjects, part, limit, void)
        except (KeyError, TypeError, ValueError):  # no tuples, or not on the paper: one by one they are told apart
            cells += _few(rule, subjects, part, limit, void)
    votes = tuple(map(tuple, cells.reshape(subjects, answers).tolist()))
    bad = sum(void.values())
    return Count(votes=votes, valid=len(papers) - bad, void=bad, why_void=dict(sorted(void.items())))


def _few(rule: Rule, subjects: int, papers: Sequence[Paper], limit: int | None, void: Counter[str]) -> Numbers:
    """Count papers one by one, and add to *void*."""
    answers = len(rule.answers)
    marks: list[int] = []
    for paper in papers:
        if any(not (0 <= s < subjects and 0 <= a < answers) for s, a in paper):
            raise Invalid("a paper marks what is not on it")
        clause = _void_clause(rule, paper, limit)
        if clause:
            void[clause] += 1
        else:
            marks += [s * answers + a for s, a in paper]
    return np.bincount(np.array(marks, dtype=np.int64), minlength=subjects * answers)


def _many(rule: Rule, subjects: int, papers: Sequence[Paper], limit: int | None, void: Counter[str]) -> Numbers:
    """Count papers laid out flat, and add to *void*: what :func:`_few` does, in half the time."""
    answers = len(rule.answers)
    cells, lengths = flat(papers, subjects, answers)
    bad = np.zeros(len(papers), np.bool_)
    for clause, flags in voided(cells, lengths, subjects, answers, mode=rule.mode, limit=limit, blank=rule.blank):
        if n := int(np.count_nonzero(flags)):
            void[clause] += n
            bad |= flags
    good = cells[np.repeat(~bad, lengths)] if bad.any() else cells
    return np.bincount(good, minlength=subjects * answers)


def valid_papers(rule: Rule, papers: Sequence[Paper], *, places: int = 0) -> list[Paper]:
    """Leave the void papers out."""
    limit = _limit(rule, places)
    return [paper for paper in papers if not _void_clause(rule, paper, limit)]


def _limit(rule: Rule, places: int) -> int | None:
    return places if rule.max_marks == "seats" else rule.max_marks


def _void_clause(rule: Rule, paper: Paper, limit: int | None) -> str:
    """Name the clause that voids a paper; nothing for a good one. A gap in the places of a ranked paper is good.

    Source: 选举法 44, by analogy: a paper with more marks than there are places is void.
    """
    if not paper:
        return "blank" if rule.blank == "void" else ""
    if limit is not None and len(paper) > limit:
        return "max_marks"
    twice = len({s for s, _ in paper}) < len(paper)
    if rule.mode == "rank":
        return "rank_twice" if twice or len({place for _, place in paper}) < len(paper) else ""
    return "two_answers" if twice else ""
