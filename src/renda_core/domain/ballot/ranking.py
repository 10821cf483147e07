"""Ranked papers: an order by points that the rule names, or only an order that no weighing could turn."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from renda_core.domain.ballot.rule import Rule
from renda_core.domain.ballot.seating import Cut, cut_by_score, settle


def cut_by_rank(rule: Rule, passed: Mapping[int, Sequence[int]], places: int, *, again: bool = False) -> Cut | None:
    """Find the cut among those that passed; None where the order depends on what the places are worth.

    Without points one subject stands above another only where it has at least as many first places, at least as many
    first and second places together, and so on, and somewhere more: then every weighing that prefers a better place
    agrees. (First-order dominance of the cumulated places.)

    Args:
        passed: By index, how many papers give the subject each place, best first.
        again: In a further round: those whose order depends on it are level still, so that people can decide.
    """
    if rule.points:
        points = {n: sum(p * v for p, v in zip(rule.points, row, strict=True)) for n, row in passed.items()}
        return cut_by_score(points, places, "points", "rank")
    words = {n: f"{'/'.join(map(str, row))} places" for n, row in passed.items()}
    if len(passed) <= places:
        return Cut(over=frozenset(passed), scores=words)
    reached = {n: tuple(accumulate(row)) for n, row in passed.items()}
    # sure of a place: fewer others may stand above it than there are places; sure of none: enough do in any case
    free = {n: sum(not _above(reached[n], reached[m]) for m in passed if m != n) for n in passed}
    under = {n: sum(_above(reached[m], reached[n]) for m in passed) for n in passed}
    over = frozenset(n for n in passed if free[n] < places)
    level = frozenset(n for n in passed if n not in over and under[n] < places)
    if len({reached[n] for n in level}) > 1:
        return settle(over, level, places, words, "an order that a weighing could turn,", "rank") if again else None
    last = min(level or over, key=lambda n: (sum(reached[n]), reached[n]))  # by its numbers, never by its place
    return settle(over, level, places, words, words[last], "rank")


def _above(one: Sequence[int], other: Sequence[int]) -> bool:
    return one != other and all(a >= b for a, b in zip(one, other, strict=True))
