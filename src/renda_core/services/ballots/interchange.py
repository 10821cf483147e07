"""Elections from elsewhere counted by the engine, and rounds of ours given to others: Pabulib in and out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from secrets import SystemRandom
from typing import Literal

import attrs

from renda_core.domain.ballot import Attendance, Count, Finding, Paper, Rule, Rung, Verdict, count, judge
from renda_core.domain.ballot.funding import Money, fund
from renda_core.domain.ballot.papers import valid_papers
from renda_core.domain.ballot.seating import cut_by_score, seat
from renda_core.domain.rates import Share
from renda_core.errors import Invalid
from renda_core.files.pabulib import Election, Project
from renda_core.files.pabulib.election import POINTED

Method = Literal["greedy", "equal_shares", "choose", "points"]
"""Funded by votes or points while the money lasts; by equal shares of it; or so many by votes, or by points."""
METHODS: Mapping[Method, str] = {
    "greedy": "按票数依次，资金用完为止",
    "equal_shares": "均等份额法",
    "choose": "按票数取前若干项",
    "points": "按分数取前若干项",
}
SOURCE = "pabulib.org/format"
MODES = {"budget": "approval", "choose": "approval", "rank": "ordinal"}
"""Which type of votes a paper of ours becomes."""
COMMON = 1
"""The cost of every project in a round without money: as many are funded then as there are places."""


@attrs.frozen(kw_only=True)
class Counted:
    """What counting a file came to.

    Attributes:
        scores: Of each project: the votes, or the points, by which it is judged.
        notes: Where the file's own numbers differ from what was counted.
    """

    election: Election
    method: Method
    rule: Rule
    count: Count
    scores: tuple[int, ...]
    verdict: Verdict
    notes: tuple[str, ...]


def count_file(election: Election, method: Method = "greedy", *, places: int = 0) -> Counted:
    """Count an election and judge it; a vote that marks too much or a project twice is void, as any paper is.

    Args:
        places: How many projects can win, for the methods ``choose`` and ``points``.

    Raises:
        Invalid: The method does not go with this type of votes, or with this number of places.
    """
    _refuse(election, method, places)
    rule = rule_of(election, method)
    subjects = [project.id for project in election.projects]
    if election.vote_type in POINTED:
        counted, scores = _by_points(election)
    else:
        counted = count(rule, len(subjects), election.papers, places=places)
        scores = _scores(rule, counted)
    money = Money(costs=election.costs, budget=election.budget)
    if rule.mode == "grade":
        verdict = _by_scores(rule, subjects, counted, scores, money, places)
    else:
        n = len(election.papers)
        roll = Attendance(incumbent=n, present=n, issued=n, returned=n)
        verdict = judge(rule, roll, subjects, counted, places=places, money=money, papers=election.papers)
    verdict = _in_its_currency(verdict, election.meta.get("currency", ""))
    found = Counted(
        election=election, method=method, rule=rule, count=counted, scores=scores, verdict=verdict, notes=()
    )
    return attrs.evolve(found, notes=tuple(_notes(found)))


def rule_of(election: Election, method: Method) -> Rule:
    """Write the rule under which a method counts an election.

    Votes that carry points, and ordinal votes that share a budget, are judged by their points: the rule has one answer
    then, and every project that anybody gave a point to may win.
    """
    mode: Literal["budget", "choose", "rank", "grade"] = "choose" if method == "choose" else "budget"
    answers: tuple[str, ...] = ("for",)
    points: tuple[int, ...] = ()
    if election.vote_type == "ordinal":
        last = len(election.projects)
        # a vote that names more projects than there are is void, and still a vote that is read
        longest = max(last, *map(len, election.papers), 0)
        answers = tuple(map(str, range(1, longest + 1)))
        points = tuple(max(last - place, 0) for place in range(1, longest + 1))
        mode = "rank" if method == "points" else "grade"
    elif election.vote_type in POINTED:
        mode = "grade"
    most = 1 if election.vote_type == "choose-1" else election.limit("max_length")
    return Rule(
        name=f"Pabulib {election.vote_type}, {method}",
        answers=answers,
        rungs=(Rung(verdict="chosen", answers=frozenset(answers), share=Share("0")),),
        otherwise="not chosen",
        base="valid",
        max_marks=most,
        mode=mode,
        points=points,
        allotment="equal_shares" if method == "equal_shares" else "greedy",
        source=SOURCE,
    )


def _refuse(election: Election, method: Method, places: int) -> None:
    kind, ranked = election.vote_type, election.vote_type in (*POINTED, "ordinal")
    if method not in METHODS:
        raise Invalid(f"method: {method!r}; known: {', '.join(METHODS)}", field="method")
    if method in ("choose", "points"):
        if not 0 < places <= len(election.projects):
            told = f"places: {places}; give how many of the {len(election.projects)} projects can win"
            raise Invalid(told, field="places")
    elif places:
        raise Invalid(f"places: {method} goes by the money and has none; leave it out", field="places")
    if ranked and method in ("choose", "equal_shares"):
        raise Invalid(
            f"method: {method} is for votes by approval, these are {kind}; try points or greedy", field="method"
        )
    if method == "points" and not ranked:
        raise Invalid(f"method: points are for votes that have some, these are {kind}; try choose", field="method")


def _scores(rule: Rule, counted: Count) -> tuple[int, ...]:
    """Give votes, or points by place.

    Source: Borda, as pref_voting counts it: the first of m places is worth m - 1 points, what is not ranked none.
    """
    weights = rule.points or (1,)
    return tuple(sum(w * n for w, n in zip(weights, row, strict=True)) for row in counted.votes)


def _by_points(election: Election) -> tuple[Count, tuple[int, ...]]:
    """Add up the points of every vote that keeps to the limits of its election."""
    most, each = election.limit("max_sum_points"), election.limit("max_points")
    length = election.limit("max_length")
    votes, scores, void = [0] * len(election.projects), [0] * len(election.projects), Counter[str]()
    for paper, points in zip(election.papers, election.points, strict=True):
        over = (length is not None and len(paper) > length) or (most is not None and sum(points) > most)
        if over or (each is not None and any(p > each for p in points)):
            void["max_marks"] += 1
        elif len({s for s, _ in paper}) < len(paper):
            void["two_answers"] += 1
        else:
            for (s, _), given in zip(paper, points, strict=True):
                votes[s] += 1
                scores[s] += given
    bad = sum(void.values())
    counted = Count(
        votes=tuple((n,) for n in votes),
        valid=len(election.papers) - bad,
        void=bad,
        why_void=dict(sorted(void.items())),
    )
    return counted, tuple(scores)


def _by_scores(
    rule: Rule, subjects: Sequence[str], counted: Count, scores: Sequence[int], money: Money, places: int
) -> Verdict:
    """Judge by points: they fund projects while the money lasts, or fill the places."""
    first = rule.rungs[0].verdict
    found = [
        Finding(subject=s, votes={"points": n}, verdict=first, reason=f"{n} points", clause="pass")
        for s, n in zip(subjects, scores, strict=True)
    ]
    if places:
        return seat(rule, found, places, cut_by_score(dict(enumerate(scores)), places, "points", "cut"), "")
    return fund(rule, found, attrs.evolve(counted, votes=tuple((n,) for n in scores)), money, (), "")


def _in_its_currency(verdict: Verdict, currency: str) -> Verdict:
    """Write amounts without the yuan that ours are in."""

    def told(reason: str) -> str:
        return reason.replace(" 元", f" {currency}".rstrip())

    lines = tuple(attrs.evolve(f, reason=told(f.reason)) for f in verdict.findings)
    return attrs.evolve(verdict, findings=lines, reasons=tuple(map(told, verdict.reasons)))


def _notes(found: Counted) -> list[str]:
    """Tell where the file's columns votes and score say something else, and which votes are shorter than it asks."""
    election, told = found.election, []
    columns = {"votes": [sum(row) for row in found.count.votes]}
    if election.vote_type in (*POINTED, "ordinal"):
        columns["score"] = list(found.scores)
    for name, numbers in columns.items():
        for project, n in zip(election.projects, numbers, strict=True):
            said = project.columns.get(name, "")
            if said.isdecimal() and int(said) != n:
                told.append(f"project {project.id}: the file says {name} {said}, counted {n}")
    least = election.limit("min_length") or 0
    if short := sum(1 for paper in election.papers if len(paper) < least):
        told.append(f"{short} votes mark fewer than min_length {least}; they are counted")
    return told


def chosen(found: Counted) -> tuple[Project, ...]:
    """List the projects that won, in the order of the file."""
    first = found.rule.rungs[0].verdict
    won = {f.subject for f in found.verdict.findings if f.verdict == first}
    return tuple(project for project in found.election.projects if project.id in won)


def election_of(
    rule: Rule,
    subjects: Mapping[str, str],
    papers: Sequence[Paper],
    *,
    meta: Mapping[str, str],
    places: int = 0,
    costs: Sequence[int] = (),
    budget: int = 0,
    won: Collection[str] = (),
) -> Election:
    """Give a counted round to others: its projects and its valid papers, in an order drawn by chance.

    Nothing about voters goes with it. Without money every project costs the same, and as many are funded as there are
    places.

    Args:
        subjects: What was voted on, by id, with its title, in the order of the paper.
        papers: As opened from the box, entered by the tellers, or cast by name.
        meta: What Pabulib wants told: description, country, unit, instance, date_begin, date_end.
        won: Subjects that were chosen.

    Raises:
        Invalid: Pabulib has no such papers.
    """
    if rule.mode not in MODES:
        told = f"Pabulib has no papers of mode {rule.mode!r}, only of {', '.join(MODES)}; export a workbook instead"
        raise Invalid(told, field="file")
    kept = [tuple(paper) for paper in valid_papers(rule, papers, places=places)]
    SystemRandom().shuffle(kept)
    most = places if rule.max_marks == "seats" else rule.max_marks
    length = {"max_length": str(min(most, len(subjects)))} if most else {}
    prices = costs or [COMMON * 100] * len(subjects)
    votes = count(rule, len(subjects), kept, places=places).votes
    lines = zip(subjects.items(), prices, votes, strict=True)
    return Election(
        meta={**meta, "rule": "greedy" if rule.allotment == "greedy" else "equalshares", **length},
        vote_type="ordinal" if rule.mode == "rank" else "approval",
        budget=budget or places * COMMON * 100,
        projects=tuple(
            Project(id=str(n), cost=cost, columns=_columns(title, sum(row), id in won))
            for n, ((id, title), cost, row) in enumerate(lines, 1)
        ),
        papers=tuple(_dense(paper) if rule.mode == "rank" else paper for paper in kept),
    )


def _columns(title: str, votes: int, won: bool) -> dict[str, str]:
    return {"votes": str(votes), "name": title, "selected": str(int(won))}


def _dense(paper: Paper) -> Paper:
    """Close the gaps between the places of a ranked paper: Pabulib tells their order only."""
    return tuple((s, place) for place, (s, _) in enumerate(sorted(paper, key=lambda mark: mark[1])))
