"""Whether a rule contradicts itself, and whether one question can be put under it; asked before a ballot is opened."""

from collections import Counter
from collections.abc import Iterator, Sequence

from renda_core.domain.ballot.clauses import objection
from renda_core.domain.ballot.funding import yuan
from renda_core.domain.ballot.rule import Rule, Rung
from renda_core.domain.ballot.seating import AGAIN, TIED, WAITING
from renda_core.domain.rates import Share
from renda_core.errors import Rejected

Objections = Iterator[tuple[str, str]]
"""Pairs of a clause and what it objects to."""


def check_question(
    rule: Rule, subjects: Sequence[str], *, places: int = 0, costs: Sequence[int] = (), budget: int = 0
) -> None:
    """Refuse a question that cannot be decided: a rule that contradicts itself, or one that does not fit it.

    Args:
        costs, budget: In fen, where the subjects share a budget.

    Raises:
        Rejected: With every objection, each with its clause and what that rests on.
    """
    found = (*contradictions(rule), *refuse_question(rule, subjects, places=places, costs=costs, budget=budget))
    if found:
        raise Rejected(rule.name, *found)


def contradictions(rule: Rule) -> tuple[str, ...]:
    """Tell what in a rule cannot be true together, whatever is voted on; nothing for a sound rule."""
    parts = (_answers(rule), _rungs(rule), _runoff(rule), _marking(rule), _numbers(rule))
    return tuple(objection(rule, clause, told) for part in parts for clause, told in part)


def refuse_question(
    rule: Rule, subjects: Sequence[str], *, places: int = 0, costs: Sequence[int] = (), budget: int = 0
) -> tuple[str, ...]:
    """Tell why these subjects, places and costs cannot be voted on under a sound rule."""
    parts = (_subjects(subjects), _places(rule, subjects, places), _money(rule, subjects, costs, budget))
    return tuple(objection(rule, clause, told) for part in parts for clause, told in part)


def _answers(rule: Rule) -> Objections:
    if not rule.answers:
        yield "rule", "there is nothing to answer"
    if twice := [a for a, n in Counter(rule.answers).items() if n > 1]:
        yield "rule", f"an answer stands there twice: {', '.join(twice)}"
    if not all(answer.strip() for answer in rule.answers):
        yield "rule", "an answer has no name"
    n = len(rule.answers)
    if rule.mode in ("choose", "budget") and n != 1:
        yield "rule", f"mode {rule.mode} has one answer, not {n}"
    if rule.mode == "each" and n < 2:
        yield "rule", f"mode each has at least two answers, not {n}"
    if rule.mode == "rank" and rule.answers != tuple(str(place) for place in range(1, n + 1)):
        yield "rank", f"the answers of a ranked paper are the places 1 to {n}, not {', '.join(rule.answers)}"


def _rungs(rule: Rule) -> Objections:
    if not rule.rungs:
        yield "pass", "no rung tells what passes"
    yield from _each_rung(rule, rule.rungs, "pass")
    if rule.otherwise in {rung.verdict for rung in rule.rungs}:
        yield "otherwise", f"{rule.otherwise!r} is the verdict of a rung, and of what reaches none"
    for verdict in (rule.otherwise, *(rung.verdict for rung in rule.rungs)):
        if verdict in ("", TIED, AGAIN, WAITING):
            yield "rule", f"a rule cannot call its verdict {verdict!r}"


def _runoff(rule: Rule) -> Objections:
    yield from _each_rung(rule, rule.runoff, "runoff")
    for rung in rule.runoff:
        if rule.rungs and rung.verdict != rule.rungs[0].verdict:
            yield "runoff", f"places are given to {rule.rungs[0].verdict!r}, and the runoff knows {rung.verdict!r}"


def _each_rung(rule: Rule, rungs: Sequence[Rung], clause: str) -> Objections:
    for at, rung in enumerate(rungs):
        if unknown := sorted(rung.answers - set(rule.answers)):
            yield clause, f"{rung.verdict}: not on the paper: {', '.join(unknown)}"
        if not rung.answers:
            yield clause, f"{rung.verdict}: no answer counts for it"
        yield from _share(clause, f"{rung.verdict}: ", rung.share)
        if before := next((r for r in rungs[:at] if _always(r, rung)), None):
            told = f"{rung.verdict} ({_said(rung)}) is never reached after {before.verdict} ({_said(before)})"
            yield clause, told


def _always(first: Rung, later: Rung) -> bool:
    """Whether *first* holds whenever *later* does."""
    one, other = first.share, later.share
    easier = one.of < other.of or (one.of == other.of and (other.above or not one.above))
    return later.answers <= first.answers and easier


def _said(rung: Rung) -> str:
    return f"{' + '.join(sorted(rung.answers))} {rung.share}"


def _share(clause: str, what: str, share: Share) -> Objections:
    if share.of > 1 or (share.of == 1 and share.above):
        yield clause, f"{what}{share} is more than there can be"
    if share.of < 0 or (share.of == 0 and not share.above):
        yield clause, f"{what}{share} is always reached"


def _marking(rule: Rule) -> Objections:
    if rule.max_marks == "seats":
        if rule.mode == "budget":
            yield "max_marks", "a budget knows no places for max_marks to count"
        elif rule.mode != "rank" and len(rule.answers) > 1:
            yield "max_marks", "a full paper answers every subject, and would be void with more marks than places"
    elif rule.max_marks is not None and rule.max_marks < 1:
        yield "max_marks", f"max_marks {rule.max_marks} voids every marked paper"
    if rule.points and rule.mode != "rank":
        yield "rank", f"points are for ranked papers, and mode is {rule.mode}"
    elif rule.points:
        given = ", ".join(map(str, rule.points))
        if len(rule.points) != len(rule.answers):
            yield "rank", f"{len(rule.points)} points for {len(rule.answers)} places: {given}"
        if any(later > first for first, later in zip(rule.points, rule.points[1:], strict=False)):
            yield "rank", f"a later place is worth more than an earlier one: {given}"
        if min(rule.points) < 0 or not any(rule.points):
            yield "rank", f"places are worth nothing, or less: {given}"
    if rule.allotment != "greedy" and rule.mode != "budget":
        yield "budget", f"{rule.allotment} shares out a budget, and mode is {rule.mode}"


def _numbers(rule: Rule) -> Objections:
    if rule.quorum:
        yield from _share("quorum", "", rule.quorum)
        if rule.quorum_of not in ("seats", "incumbent"):
            yield "quorum", f"a quorum is of the seats or the incumbents, not of {rule.quorum_of}"
    if rule.surplus and rule.surplus.of < 0:
        yield "surplus", f"{rule.surplus} asks for fewer subjects than places"
    if rule.least_papers < 0:
        yield "least_papers", f"least_papers {rule.least_papers} is less than none"
    if rule.shown_from < 0:
        yield "shown_from", f"shown_from {rule.shown_from} is less than none"
    if not rule.announced_by:
        yield "rule", "nobody announces the verdict"


def _subjects(subjects: Sequence[str]) -> Objections:
    if not subjects:
        yield "subjects", "there is nothing to vote on"
    if not all(subject.strip() for subject in subjects):
        yield "subjects", "a subject has no name"
    if twice := [s for s, n in Counter(subjects).items() if n > 1]:
        yield "subjects", f"stands there twice: {', '.join(twice)}"


def _places(rule: Rule, subjects: Sequence[str], places: int) -> Objections:
    m, n = len(subjects), places
    if n < 0:
        yield "places", f"{n} places are less than none"
    if n > m:
        yield "places", f"{n} places for {m} subjects"
    if n and rule.mode == "budget":
        yield "places", f"{n} places, where the budget tells how many"
    needs = {
        "max_marks": rule.max_marks == "seats",
        "surplus": rule.surplus is not None,
        "rank": rule.mode == "rank",
    }
    if n == 0 and rule.mode != "budget" and (asks := [clause for clause, asked in needs.items() if asked]):
        yield asks[0], "the rule counts by places, and there are none"
    if rule.surplus and n > 0 and not rule.surplus.holds(m - n, n):
        yield "surplus", f"{m} subjects for {n} places are {m - n} more, {m - n}/{n} not {rule.surplus}"


def _money(rule: Rule, subjects: Sequence[str], costs: Sequence[int], budget: int) -> Objections:
    if rule.mode != "budget":
        if costs or budget:
            yield "budget", f"costs or a budget are given, and mode {rule.mode} shares none"
        return
    if budget < 1:
        yield "budget", f"a budget of {yuan(budget)} funds nothing"
    if len(costs) != len(subjects):
        yield "budget", f"{len(costs)} costs for {len(subjects)} subjects"
    for subject, cost in zip(subjects, costs, strict=False):
        if cost < 1:
            yield "budget", f"{subject} costs {cost} fen"
        elif cost > budget > 0:
            yield "budget", f"{subject} costs {yuan(cost)}, and the budget is {yuan(budget)}"
