"""Projects that share a budget: which are funded by votes alone, and which by equal shares of the money."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Literal

import attrs

from renda_core.domain.ballot.approvals import Approvals
from renda_core.domain.ballot.shares import Utility, fund
from renda_core.errors import Invalid

Completion = Literal["none", "greedy"]
"""What is done with the money that equal shares leave: nothing, or greedily by votes."""

_MOST_SUMS = 4096
"""Sums of costs looked at in one tie; a tie with more of them is reported whole."""


@attrs.frozen(kw_only=True)
class Allotment:
    """Which projects are funded, by their index.

    Attributes:
        chosen: Funded, in whatever order equals are taken.
        tied: Equals between which the money does not reach for all: only a further vote can tell.
        waiting: Neither funded nor refused before it is known how the tie falls.
        left: What *chosen* leaves of the budget, in fen.
    """

    chosen: frozenset[int]
    tied: frozenset[int] = frozenset()
    waiting: frozenset[int] = frozenset()
    left: int


def greedy(costs: Sequence[int], votes: Sequence[int], budget: int) -> Allotment:
    """Fund projects by votes, the highest first; what no longer fits is passed over, and so is what nobody voted for.

    Where projects with equal votes do not all fit, those that fit in any order are funded, the others are tied, and
    nothing with fewer votes is decided.

    Args:
        costs: Of each project, in fen.
        votes: Of each project.

    Raises:
        Invalid: A negative cost or budget, or not one number of votes for each cost.
    """
    _check(costs, budget)
    if len(votes) != len(costs):
        raise Invalid(f"{len(votes)} numbers of votes for {len(costs)} costs; give one for each")
    wanted = sorted((i for i in range(len(costs)) if votes[i] > 0), key=lambda i: -votes[i])
    chosen: set[int] = set()
    left = budget
    for level, equals in groupby(wanted, key=lambda i: votes[i]):
        fitting = [i for i in equals if costs[i] <= left]
        enough = sum(costs[i] for i in fitting) <= left
        sure = set(fitting) if enough else _fit_in_any_order(fitting, costs, left)
        chosen |= sure
        left -= sum(costs[i] for i in sure)
        if tied := frozenset(fitting) - sure:
            lower = frozenset(i for i in wanted if votes[i] < level and costs[i] <= left)
            return Allotment(chosen=frozenset(chosen), tied=tied, waiting=lower, left=left)
    return Allotment(chosen=frozenset(chosen), left=left)


def _fit_in_any_order(equals: Sequence[int], costs: Sequence[int], left: int) -> set[int]:
    """Which of *equals* always fit: no others that fit together leave too little for it."""
    sure = set()
    for one in equals:
        sums = {0}
        for other in equals:
            if other != one:
                sums |= {s + costs[other] for s in sums if s + costs[other] <= left}
            if len(sums) > _MOST_SUMS:
                return set()
        if max(sums) + costs[one] <= left:
            sure.add(one)
    return sure


def equal_shares(
    costs: Sequence[int],
    approvals: Sequence[Collection[int]],
    budget: int,
    *,
    utility: Utility = "cost",
    completion: Completion = "none",
    increment: int = 0,
) -> Allotment:
    """Fund projects by the method of equal shares: each paper holds the same part of the budget and pays for its own.

    In each step the project is funded for which its supporters pay least per unit of what they gain from it, each
    the same, or all that is left where that is less. The arithmetic is exact. Where equals come first and the order
    between them changes what is funded, they are tied. The same winners as pabutools' ``method_of_equal_shares``
    wherever nothing is tied.

    Args:
        costs: Of each project, in fen.
        approvals: What each paper approves, as project indices; a blank paper has its share too.
        utility: What a paper gains from a project it approves: the project's cost (``Cost_Sat`` in pabutools), so
            that large projects are not at a disadvantage; or one (``Cardinality_Sat``).
        completion: What becomes of the money that nobody's supporters could join: the method often leaves much.
        increment: Fen added to each paper's share, again and again, until nothing more fits into the budget or
            the budget would be exceeded; 0 for no such rounds.

    Raises:
        Invalid: A negative cost, budget or increment, or a paper that approves what is not on it.
    """
    _check(costs, budget)
    if increment < 0:
        raise Invalid(f"an increment of {increment} fen; give 0 or more")
    given = Approvals.of(costs, approvals)
    share = Fraction(budget, given.papers) if given.papers else Fraction(0)
    found = _told(fund(given, share, utility), costs, budget)
    while increment and not found.tied and _room(found, given, costs):
        share += increment
        more = _told(fund(given, share, utility), costs, budget)
        if more.left < 0:
            break
        found = more
    if completion == "none" or found.tied:
        return found
    votes = [0 if i in found.chosen else int(v) for i, v in enumerate(given.votes)]
    rest = greedy(costs, votes, found.left)
    return attrs.evolve(rest, chosen=found.chosen | rest.chosen)


def _told(
    result: tuple[frozenset[int], frozenset[int], frozenset[int]], costs: Sequence[int], budget: int
) -> Allotment:
    chosen, tied, waiting = result
    return Allotment(chosen=chosen, tied=tied, waiting=waiting, left=budget - sum(costs[i] for i in chosen))


def _room(found: Allotment, given: Approvals, costs: Sequence[int]) -> bool:
    """Whether something that anybody approves would still fit."""
    return any(c <= found.left and given.votes[i] and i not in found.chosen for i, c in enumerate(costs))


def _check(costs: Sequence[int], budget: int) -> None:
    if budget < 0 or any(c < 0 for c in costs):
        raise Invalid(f"budget {budget}, lowest cost {min(costs, default=0)}; give 0 or more fen")
