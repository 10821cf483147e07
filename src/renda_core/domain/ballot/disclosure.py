"""What of a small group's answers may be told: small numbers are hidden so that no total gives them away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import attrs

from renda_core.domain.ballot.rule import Rule
from renda_core.domain.ballot.verdict import Count, Finding, Verdict

Numbers = Sequence[Sequence[int]]
Cell = tuple[int, int]


@attrs.frozen(kw_only=True)
class Table:
    """A table as it may be told: rows are groups, columns are answers, and what is hidden is None.

    Attributes:
        rows: Answers of each group, and *columns* votes for each answer; None where a total would give a cell away.
    """

    cells: tuple[tuple[int | None, ...], ...]
    rows: tuple[int | None, ...]
    columns: tuple[int | None, ...]


def suppress(table: Numbers, k: int) -> Table:
    """Hide every cell below *k*, and as many others as it takes that none of them follows from the totals told.

    Zeros are told only where a whole row or column has nothing else, for nobody stands behind it. Where all answers
    are in one row or in one column, the totals are the cells themselves, and are hidden with them.

    Args:
        table: Numbers of answers, 0 or more; rows of the same length.
        k: From how many on a number is told; 0 or 1 hides nothing.
    """
    rows = tuple(sum(row) for row in table)
    columns = tuple(sum(column) for column in zip(*table, strict=True))
    small = {(i, j) for i, row in enumerate(table) for j, n in enumerate(row) if n < k and rows[i]}
    if k < 2 or not small:
        return Table(cells=_without(table, set()), rows=rows, columns=columns)
    no_rows, no_columns = (None,) * len(rows), (None,) * len(columns)
    groups = sum(1 for n in rows if n)
    if len(columns) < 2:  # the total of a group is its only cell, and so is the total of the only group
        hidden = set(product(range(len(rows)), (0,)))
        return Table(cells=_without(table, hidden), rows=no_rows, columns=columns if groups > 1 else no_columns)
    if groups < 2 or sum(1 for n in columns if n) < 2:
        alone = {cell for i, row in enumerate(table) for cell in _guarded(row, i, small)}
        return Table(cells=_without(table, alone), rows=rows, columns=no_columns)
    hidden = {(i, j) for i, j in small if columns[j]}
    for cell in sorted(hidden):
        if not _moves(table, hidden, cell):
            hidden |= _loop(table, hidden, cell)
    return Table(cells=_without(table, hidden), rows=rows, columns=columns)


def _without(table: Numbers, hidden: set[Cell]) -> tuple[tuple[int | None, ...], ...]:
    return tuple(tuple(None if (i, j) in hidden else n for j, n in enumerate(row)) for i, row in enumerate(table))


def _guarded(row: Sequence[int], i: int, small: set[Cell]) -> set[Cell]:
    """Hide in a row of which only the total is told: at least two cells, and not only zeros."""
    hidden = {j for j in range(len(row)) if (i, j) in small}
    others = sorted((j for j in range(len(row)) if j not in hidden), key=lambda j: row[j])
    while hidden and others and (len(hidden) < 2 or not sum(row[j] for j in hidden)):
        hidden.add(others.pop(0))
    return {(i, j) for j in hidden}


def _moves(table: Numbers, hidden: set[Cell], cell: Cell) -> bool:
    """Whether a hidden cell could be another number under the same totals.

    It could where one answer can be passed round a ring of hidden cells, more here and less there: then another table
    of whole numbers has the same totals. A ring of the graph of rows and columns, so no equations need be solved.
    """
    if any(hidden.issuperset(ring) for ring in _rings(table, cell)):  # most are, and it is soon found
        return True
    i, j = cell
    more = _reaches(table, hidden, (False, j), (True, i), without=cell)
    return more or (table[i][j] > 0 and _reaches(table, hidden, (True, i), (False, j), without=cell))


def _reaches(table: Numbers, hidden: set[Cell], start: tuple[bool, int], end: tuple[bool, int], without: Cell) -> bool:
    """Walk from rows (True) to columns by cells that may grow, all of them, and back by those that may shrink."""
    seen, ahead = {start}, [start]
    while ahead and end not in seen:
        is_row, n = ahead.pop()
        for other in range(len(table[0]) if is_row else len(table)):
            cell = (n, other) if is_row else (other, n)
            passes = cell in hidden and cell != without and (is_row or table[cell[0]][cell[1]])
            if passes and (not is_row, other) not in seen:
                seen.add((not is_row, other))
                ahead.append((not is_row, other))
    return end in seen


def _rings(table: Numbers, cell: Cell) -> Iterator[tuple[Cell, Cell, Cell]]:
    """List the three other cells of each ring of four in which an answer can be passed round."""
    i, j = cell
    for i2, j2 in product(range(len(table)), range(len(table[0]))):
        shrinks = (table[i][j] and table[i2][j2]) or (table[i][j2] and table[i2][j])
        if i2 != i and j2 != j and shrinks:
            yield (i, j2), (i2, j), (i2, j2)


def _loop(table: Numbers, hidden: set[Cell], cell: Cell) -> set[Cell]:
    """Find the ring with the fewest cells, and then the smallest, that are told so far.

    There always is one where two rows and two columns have answers.
    """
    rings = ([c for c in ring if c not in hidden] for ring in _rings(table, cell))
    best = min(rings, key=lambda told: (len(told), sum(table[a][b] for a, b in told), told))
    return set(best)


def shown(rule: Rule, verdict: Verdict, valid: int) -> Verdict:
    """Give a verdict as others than its tellers may see it: without the numbers that ``Rule.shown_from`` hides.

    An answer that is hidden is absent from a finding's votes; its rate and the numbers of its reason go with it. What
    was decided stays. Where *shown_from* is 0, as for an assembly's own totals, everything is told.

    Args:
        valid: Valid papers of the round.
    """
    if not rule.shown_from:
        return verdict
    rows = [tuple(f.votes.get(answer, 0) for answer in rule.answers) for f in verdict.findings]
    every = _cells(rule, rows, valid)
    found = [_told(rule, f, cells) for f, cells in zip(verdict.findings, every, strict=True)]
    if any(None in cells for cells in every):  # how many votes the last place took may be a number that is hidden
        found = [attrs.evolve(f, reason="below the cut") if f.clause == "cut" and f.rate else f for f in found]
    return attrs.evolve(verdict, findings=tuple(found), waiting=())


def whole(rule: Rule, counted: Count) -> bool:
    """Tell whether no number of a count need be hidden; a round that decided nothing has numbers too."""
    return not rule.shown_from or not any(None in row for row in _cells(rule, counted.votes, counted.valid))


def _cells(rule: Rule, votes: Numbers, valid: int) -> list[tuple[int | None, ...]]:
    """Guard the votes of each subject, together with the papers that do not answer.

    The valid papers are known, so an answer and the papers without one give each other away.
    """
    rows = [(*row, max(valid - sum(row), 0)) for row in votes]
    if valid < rule.shown_from:
        return [(None,) * len(row) for row in rows]
    if rule.mode == "rank":  # a place is given once on a paper, so that the columns have a total too
        return list(suppress(rows, rule.shown_from).cells)
    return [suppress([_answered(row)], rule.shown_from).cells[0] for row in rows]


def _answered(row: tuple[int, ...]) -> tuple[int, ...]:
    """Leave the papers without an answer out where there are none: that is no number about anybody."""
    return row if row[-1] else row[:-1]


def _told(rule: Rule, found: Finding, cells: Sequence[int | None]) -> Finding:
    if None not in cells:
        return found
    votes = {answer: n for answer, n in zip(rule.answers, cells, strict=False) if n is not None}
    reason = f"not shown: fewer than {rule.shown_from} papers stand behind a number"
    return attrs.evolve(found, votes=votes, rate=None, reason=reason)
