"""Places: who is above the cut, who stands level at it, and what the rule makes of that."""

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from renda_core.domain.ballot.rule import Rule
from renda_core.domain.ballot.verdict import Finding, Verdict

After = Literal["", "tied", "short"]
"""What a round follows: nothing, a tie at the cut, or places that nobody reached."""
TIED, AGAIN, WAITING = "tied", "again", "waiting"
"""Verdicts on a subject that is voted on again, or waits until others were; no rule may use them for its own."""


@attrs.frozen(kw_only=True)
class Cut:
    """The line between those that have a place and those that have none, by index of the finding.

    Attributes:
        over: Those above it.
        level: Those that stand level for fewer places than they are; empty where all fit.
        scores: What each that passed is ordered by, in words: ``34 votes``.
        at: The score at the line.
        clause: What ordered them; empty where all that passed have a place.
    """

    over: frozenset[int]
    level: frozenset[int] = frozenset()
    scores: Mapping[int, str]
    at: str = ""
    clause: str = ""


def cut_by_score(scores: Mapping[int, int], places: int, of: str, clause: str) -> Cut:
    """Order by one number, the more the better; equal numbers are never put in an order."""
    words = {n: f"{score} {of}" for n, score in scores.items()}
    if len(scores) <= places:
        return Cut(over=frozenset(scores), scores=words)
    at = sorted(scores.values(), reverse=True)[places - 1]
    over = frozenset(n for n, score in scores.items() if score > at)
    level = frozenset(n for n, score in scores.items() if score == at)
    return settle(over, level, places, words, f"{at} {of}", clause)


def settle(
    over: frozenset[int], level: frozenset[int], places: int, scores: Mapping[int, str], at: str, clause: str
) -> Cut:
    """Give those level at the line their places where there are enough for all of them."""
    if len(over) + len(level) <= places:
        over, level = over | level, frozenset()
    return Cut(over=over, level=level, scores=scores, at=at, clause=clause)


def seat(rule: Rule, found: Sequence[Finding], places: int, cut: Cut, after: After) -> Verdict:
    """Fill the places: who is over the cut has one, and a tie or places left open go as the rule says.

    Source: 组织法 29, by analogy: a further vote between those tied, and another for places left open.
    """
    left, level = places - len(cut.over), len(cut.level)
    filled = f"{len(cut.over)} of {places} places decided"
    if level and rule.tie == "refuse":
        told = f"{level} subjects stand level for {left} of {places} places, and the rule breaks no tie"
        return Verdict(state="refused", reasons=(told,), clause="tie")
    failed = [n for n in range(len(found)) if n not in cut.scores]
    short = bool(left and not level and failed)
    again = short and rule.short == "again" and not after
    lines = [_line(rule, n, f, cut, left, again) for n, f in enumerate(found)]
    if level and rule.tie == "again":
        return _further("tied", (filled,), lines, sorted(cut.level), left, "tie")
    if again:
        told = f"{len(failed)} that failed are voted on again for the {_places(left)} left"
        return _further("short", (filled, told), lines, failed, left, "short")
    reasons = (filled, *_vacant(rule, left, bool(level), after))
    clause = "tie" if level else "short" if left else cut.clause or "pass"
    return Verdict(state="decided", reasons=reasons, findings=tuple(lines), clause=clause)


def _line(rule: Rule, n: int, found: Finding, cut: Cut, left: int, again: bool) -> Finding:
    if n in cut.level:
        told = f"{cut.at} each for the last {'place' if left == 1 else _places(left)}"
        if rule.tie == "again":
            return attrs.evolve(found, verdict=TIED, clause="tie", reason=told)
        return attrs.evolve(found, verdict=rule.otherwise, clause="tie", reason=f"{told}, which the rule leaves vacant")
    if n in cut.over:
        if cut.clause != "rank":
            return found
        return attrs.evolve(found, clause="rank", reason=f"{found.reason}; {cut.scores[n]}")
    if n in cut.scores:
        told = f"{cut.scores[n]}, below the cut of {cut.at}"
        return attrs.evolve(found, verdict=rule.otherwise, clause="cut", reason=told)
    if again:
        told = f"{found.reason}; voted on again for the {_places(left)} left"
        return attrs.evolve(found, verdict=AGAIN, clause="short", reason=told)
    return found


def _further(
    state: Literal["tied", "short"],
    reasons: tuple[str, ...],
    lines: Sequence[Finding],
    rerun: Sequence[int],
    left: int,
    clause: str,
) -> Verdict:
    return Verdict(
        state=state,
        reasons=reasons,
        findings=tuple(lines),
        rerun=tuple(lines[n].subject for n in rerun),
        places=left,
        clause=clause,
    )


def _vacant(rule: Rule, left: int, level: bool, after: After) -> tuple[str, ...]:
    if not left:
        return ()
    if level:
        return (f"{_places(left)} vacant: the rule breaks no tie",)
    once = after and rule.short == "again"
    return (f"{_places(left)} vacant" + (": places left open are voted on again once only" if once else ""),)


def _places(n: int) -> str:
    return f"{n} place{'' if n == 1 else 's'}"
