"""Rules, meetings and papers that the tests of ballots share."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from renda_core.domain.ballot import Attendance, Ballot, Count, Money, Paper, Round, Rule, Rung, Verdict, count, judge
from renda_core.domain.rates import Share

HALF, MOST = Share("1/2"), Share("1/2", above=True)
ANY = Share("0", above=True)
PROJECTS = Rule(
    name="projects",
    answers=("for",),
    base="incumbent",
    otherwise="failed",
    quorum=Share("2/3"),
    max_marks="seats",
    rungs=(Rung(verdict="decided", answers={"for"}, share=MOST),),
    mode="choose",
    source="票决办法",
    clauses={"surplus": "U: 20 %", "quorum": "组织法 14", "pass": "组织法 25"},
)
GRADES = Rule(
    name="grading",
    answers=("satisfied", "basically", "unsatisfied"),
    base="incumbent",
    otherwise="unsatisfied",
    rungs=(
        Rung(verdict="satisfied", answers={"satisfied"}, share=HALF),
        Rung(verdict="basically", answers={"satisfied", "basically"}, share=HALF),
    ),
)
EACH = Rule(
    name="each",
    answers=("for", "against", "abstain"),
    base="incumbent",
    otherwise="failed",
    rungs=(Rung(verdict="decided", answers={"for"}, share=MOST),),
    mode="each",
)
RANKED = Rule(
    name="ranked",
    answers=("1", "2", "3"),
    base="valid",
    otherwise="behind",
    rungs=(Rung(verdict="ahead", answers={"1", "2", "3"}, share=ANY),),
    mode="rank",
)
MONEY = Rule(
    name="money",
    answers=("for",),
    base="valid",
    otherwise="unfunded",
    rungs=(Rung(verdict="funded", answers={"for"}, share=ANY),),
    mode="budget",
)
VOTES = (54, 53, 52, 50, 48, 45, 44, 40, 36, 34, 34, 30)
SUBJECTS = tuple("abcdefghijkl")
MEETING = Attendance(seats=65, incumbent=63, present=58, issued=58, returned=57)


def meeting_papers() -> list[Paper]:
    """Spread the votes over 54 papers of at most ten marks; add one blank and two with eleven."""
    marked: list[list[tuple[int, int]]] = [[] for _ in range(54)]
    for subject, n in enumerate(VOTES):
        for paper in sorted(marked, key=len)[:n]:
            paper.append((subject, 0))
    assert max(map(len, marked)) <= 10
    eleven = [(subject, 0) for subject in range(11)]
    return [*marked, [], eleven, eleven]


def prepared(
    rule: Rule = PROJECTS, subjects: Sequence[str] = SUBJECTS, places: int = 10, money: Money | None = None
) -> Ballot:
    """Prepare the first round of a ballot."""
    round_ = Round(subjects=tuple(subjects), places=places)
    if money:
        round_ = attrs.evolve(round_, costs=tuple(money.costs), budget=money.budget)
    return Ballot(id="b", kind="k", rule=rule, rounds=(round_,))


def all_there(n: int, **rest: int) -> Attendance:
    """Give the attendance of a meeting where nobody is missing."""
    return Attendance(**{"incumbent": n, "present": n, "issued": n, "returned": n, **rest})


def judged(rule: Rule, papers: Sequence[Paper], subjects: Sequence[str], places: int = 0, **rest: object) -> Verdict:
    """Count papers of a meeting where nobody is missing, and judge them."""
    counted = count(rule, len(subjects), papers, places=places)
    return judge(rule, all_there(len(papers)), subjects, counted, places=places, papers=papers, **rest)


def tallied(
    rule: Rule, *votes: int | Sequence[int], valid: int, places: int = 0, incumbent: int = 0, **rest: object
) -> Verdict:
    """Judge subjects named a, b, c … by their numbers."""
    rows = tuple((row,) if isinstance(row, int) else tuple(row) for row in votes)
    attendance = all_there(valid, incumbent=incumbent or valid)
    counted = Count(votes=rows, valid=valid, void=0)
    return judge(rule, attendance, SUBJECTS[: len(rows)], counted, places=places, **rest)


def verdicts(verdict: Verdict) -> dict[str, str]:
    """Give each subject's verdict."""
    return {f.subject: f.verdict for f in verdict.findings}


def clauses(verdict: Verdict) -> dict[str, str]:
    """Give the clause that decided each subject."""
    return {f.subject: f.clause for f in verdict.findings}
