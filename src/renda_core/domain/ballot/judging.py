"""From the numbers of a round to its verdict, with the clause and the reason of every line."""

from collections.abc import Sequence

import attrs

from renda_core.domain.ballot.funding import Money, fund
from renda_core.domain.ballot.ranking import cut_by_rank
from renda_core.domain.ballot.roll import Attendance
from renda_core.domain.ballot.roll_checks import base_of, void_because
from renda_core.domain.ballot.rule import Paper, Rule, Rung
from renda_core.domain.ballot.seating import After, cut_by_score, seat
from renda_core.domain.ballot.verdict import Count, Finding, Verdict
from renda_core.domain.rates import Rate

NONE = Money()
"""Of a round without a budget."""


def judge(
    rule: Rule,
    attendance: Attendance,
    subjects: Sequence[str],
    counted: Count,
    *,
    places: int = 0,
    after: After = "",
    money: Money = NONE,
    papers: Sequence[Paper] = (),
) -> Verdict:
    """Turn counts into a verdict with clauses and reasons.

    Args:
        places: How many subjects can win; 0 when each is judged alone.
        after: What the round follows; after a tie *rule.runoff* judges, and without it the higher simply wins.
        money: Under a budget: what each subject costs, and what there is.
        papers: The papers counted; only equal shares needs them.

    Raises:
        Rejected: Equal shares without the papers that were counted.
    """
    clause, reasons = void_because(rule, attendance, subjects, counted, places)
    if clause:
        return Verdict(state="void", reasons=reasons, clause=clause)
    few = counted.valid < rule.least_papers
    note = (f"{counted.valid} papers, fewer than {rule.least_papers}",) if few else ()
    if few and rule.too_few == "block":
        return Verdict(state="refused", reasons=note, clause="least_papers")
    base = base_of(rule.base, attendance, counted.valid)
    rungs = rule.runoff if after == "tied" else rule.rungs
    if rungs and not base:
        told = f"0 {rule.base}: there is nothing to take a share of"
        return Verdict(state="refused", reasons=(told,), warnings=note, clause="base")
    found = [_grade(rule, rungs, s, row, base) for s, row in zip(subjects, counted.votes, strict=True)]
    if rule.mode == "budget":
        verdict = fund(rule, found, counted, money, papers, after)
    elif places:
        verdict = _seat(rule, found, counted, places, after)
    else:
        verdict = Verdict(state="decided", reasons=(), findings=tuple(found), clause="pass")
    return attrs.evolve(verdict, warnings=note)


def _grade(rule: Rule, rungs: Sequence[Rung], subject: str, row: Sequence[int], base: int) -> Finding:
    """Give the verdict of the first rung that holds; after a tie, without rungs, all go on to the cut."""
    votes = dict(zip(rule.answers, row, strict=True))
    missed, rate = [], Rate(hits=row[0], base=base, of=rule.base)
    for rung in rungs:
        rate = Rate(hits=sum(votes[answer] for answer in rung.answers), base=base, of=rule.base)
        said = f"{rate.hits} of {base} {rule.base}"
        if rung.share.holds(rate.hits, base):
            reason = f"{said} {rung.share}"
            return Finding(subject=subject, votes=votes, verdict=rung.verdict, reason=reason, clause="pass", rate=rate)
        missed.append(f"{said} not {rung.share}")
    verdict, clause = (rule.otherwise, "otherwise") if rungs else (rule.rungs[0].verdict, "runoff")
    reason = "; ".join(missed) or "the higher wins"
    return Finding(subject=subject, votes=votes, verdict=verdict, reason=reason, clause=clause, rate=rate)


def _seat(rule: Rule, found: Sequence[Finding], counted: Count, places: int, after: After) -> Verdict:
    """Order those that passed, by votes for the first answer or by rank, and give out the places."""
    passed = {n: counted.votes[n] for n, f in enumerate(found) if f.verdict == rule.rungs[0].verdict}
    if rule.mode != "rank":
        votes = {n: row[0] for n, row in passed.items()}
        return seat(rule, found, places, cut_by_score(votes, places, "votes", "cut"), after)
    cut = cut_by_rank(rule, passed, places, again=bool(after))
    if cut is None:
        told = (
            f"{len(passed)} subjects stand for {places} places, and which are first depends on what a place is worth;"
            " the local method (票决办法) must say it"
        )
        return Verdict(state="refused", reasons=(told,), clause="rank")
    return seat(rule, found, places, cut, after)
