"""From the numbers of a round to its verdict, with the reason of every line."""

from collections.abc import Sequence

import attrs

from renda_core.domain.ballot.roll import Attendance
from renda_core.domain.ballot.rule import Base, Rule, Rung
from renda_core.domain.ballot.verdict import Count, Finding, Verdict
from renda_core.errors import Rejected


def open_round(rule: Rule, attendance: Attendance) -> None:
    """Refuse to begin without a quorum, or to issue more papers than there are people.

    Raises:
        Rejected: With every objection.
    """
    a, base = attendance, _number(rule.quorum_of, attendance, 0)
    objections = []
    if rule.quorum and not rule.quorum.holds(a.present, base):
        objections.append(f"{a.present} present is not {rule.quorum} of {base} {rule.quorum_of}")
    if a.issued > a.present or a.present > a.incumbent:
        objections.append(f"issued {a.issued}, present {a.present}, incumbent {a.incumbent}")
    if objections:
        raise Rejected(rule.name, *objections)


def judge(
    rule: Rule,
    attendance: Attendance,
    subjects: Sequence[str],
    counted: Count,
    *,
    places: int = 0,
    round: int = 1,
) -> Verdict:
    """Turn counts into a verdict with reasons.

    Args:
        places: How many subjects can win; 0 when each is judged alone.
        round: From 2 on, *rule.runoff* judges, and the higher vote wins the places left.
    """
    a = attendance
    if a.returned > a.issued:
        return Verdict(state="void", reasons=(f"returned {a.returned} > issued {a.issued}",))
    if counted.valid + counted.void != a.returned:
        return Verdict(
            state="void",
            reasons=(f"{counted.valid} valid + {counted.void} void ≠ {a.returned} returned",),
        )
    few = counted.valid < rule.least_papers
    note = (f"{counted.valid} papers, fewer than {rule.least_papers}",) if few else ()
    if few and rule.too_few == "block":
        return Verdict(state="refused", reasons=note)
    base = _number(rule.base, a, counted.valid)
    rungs = rule.rungs if round == 1 else rule.runoff
    found = [_grade(rule, rungs, s, row, base) for s, row in zip(subjects, counted.votes, strict=True)]
    if not places:
        return Verdict(state="decided", reasons=(), findings=tuple(found), warnings=note)
    return attrs.evolve(_seat(rule, found, places), warnings=note)


def _number(base: Base, a: Attendance, valid: int) -> int:
    return valid if base == "valid" else int(getattr(a, base))


def _grade(rule: Rule, rungs: Sequence[Rung], subject: str, row: Sequence[int], base: int) -> Finding:
    votes = dict(zip(rule.answers, row, strict=True))
    missed = []
    for rung in rungs:
        hits = sum(votes[answer] for answer in rung.answers)
        said = f"{hits} of {base} {rule.base}"
        if rung.share.holds(hits, base):
            return Finding(subject=subject, votes=votes, verdict=rung.verdict, reason=f"{said} {rung.share}")
        missed.append(f"{said} not {rung.share}")
    verdict = rule.otherwise if rungs else rule.rungs[0].verdict
    return Finding(subject=subject, votes=votes, verdict=verdict, reason="; ".join(missed) or "the higher wins")


def _seat(rule: Rule, found: list[Finding], places: int) -> Verdict:
    first, lost = rule.rungs[0].verdict, rule.otherwise
    main = rule.answers[0]
    passed = sorted((f for f in found if f.verdict == first), key=lambda f: -f.votes[main])
    cut = passed[places - 1].votes[main] if len(passed) > places else -1
    over = {f.subject for f in passed if f.votes[main] > cut}
    level = {f.subject for f in passed if f.votes[main] == cut}
    tied = level if len(over) + len(level) > places else set()
    kept = over | (level - tied)
    findings = []
    for f in found:
        if f.subject in tied:
            f = attrs.evolve(f, verdict="tied", reason=f"{cut} votes each for the last place")
        elif f.verdict == first and f.subject not in kept:
            f = attrs.evolve(f, verdict=lost, reason=f"below the cut of {cut}")
        findings.append(f)
    return Verdict(
        state="tied" if tied else "decided",
        reasons=(f"{len(kept)} of {places} places decided",),
        findings=tuple(findings),
        rerun=tuple(f.subject for f in found if f.subject in tied),
        places=places - len(kept) if tied else 0,
    )
