"""Subjects that share a budget: which are funded, and what a tie for the last of the money does."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from renda_core.domain.ballot.budget import Allotment, equal_shares, greedy
from renda_core.domain.ballot.papers import count, valid_papers
from renda_core.domain.ballot.rule import Paper, Rule
from renda_core.domain.ballot.seating import TIED, WAITING, After
from renda_core.domain.ballot.verdict import Count, Finding, Verdict, Waiting
from renda_core.errors import Rejected


@attrs.frozen(kw_only=True)
class Project:
    """One subject that may be funded, with the votes that speak for it."""

    finding: Finding
    cost: int
    votes: int


@attrs.define(kw_only=True)
class Spending:
    """What becomes of the money, as it is given out."""

    left: int
    chosen: list[Project] = attrs.Factory(list)
    tied: tuple[Project, ...] = ()
    vacated: list[Project] = attrs.Factory(list)
    waiting: tuple[tuple[Project, ...], ...] = ()


@attrs.frozen(kw_only=True)
class Money:
    """What a round under a budget is about, beside its papers; amounts in fen.

    Attributes:
        waiting: Subjects of earlier rounds whose turn comes after this one, in groups; votes are compared within one.
    """

    costs: Sequence[int] = ()
    budget: int = 0
    waiting: Sequence[Sequence[Waiting]] = ()


def fund(
    rule: Rule, found: Sequence[Finding], counted: Count, money: Money, papers: Sequence[Paper], after: After
) -> Verdict:
    """Give the budget to the subjects that passed, and say what each costs and why it is funded or not.

    After a tie the higher in the further vote comes first, then those that waited by the votes they had; under equal
    shares too, for what each paper has left to give is known no more.

    Raises:
        Rejected: Equal shares without the papers that were counted.
    """
    passed = rule.rungs[0].verdict
    projects = [
        Project(finding=f, cost=cost, votes=row[0])
        for f, cost, row in zip(found, money.costs, counted.votes, strict=True)
    ]
    able = [n for n, p in enumerate(projects) if p.finding.verdict == passed]
    pool = tuple(projects[n] for n in able)
    if rule.allotment == "equal_shares" and not after:
        allotment = equal_shares([p.cost for p in pool], _approvals(rule, counted, papers, able), money.budget)
    else:
        allotment = _greedy(pool, money.budget, least=0 if after == "tied" else 1)
    earlier = tuple(tuple(_carried(rule, w) for w in group) for group in money.waiting)
    spending = _spend(rule, pool, allotment, earlier)
    if spending.tied and rule.tie == "refuse":
        told = (
            f"{len(spending.tied)} subjects stand level for the last {yuan(spending.left)}, and the rule breaks no tie"
        )
        return Verdict(state="refused", reasons=(told,), clause="tie")
    return _verdict(rule, projects, earlier, spending, money.budget)


def yuan(fen: int) -> str:
    """Write an amount as people read it, ``1200.00 元``."""
    return f"{fen // 100}.{fen % 100:02d} 元"


def _greedy(pool: Sequence[Project], budget: int, least: int = 1) -> Allotment:
    """Fund by votes what has *least* of them; between those tied none is few too, for all had votes before."""
    return greedy([p.cost for p in pool], [p.votes + 1 - least for p in pool], budget)


def _approvals(rule: Rule, counted: Count, papers: Sequence[Paper], able: Sequence[int]) -> list[list[int]]:
    again = count(rule, len(counted.votes), papers)
    if (again.votes, again.valid) != (counted.votes, counted.valid):
        raise Rejected(rule.name, "equal shares needs every paper itself, and these are not those that were counted")
    at = {subject: n for n, subject in enumerate(able)}
    return [[at[s] for s, _ in paper if s in at] for paper in valid_papers(rule, papers)]


def _carried(rule: Rule, waiting: Waiting) -> Project:
    found = Finding(
        subject=waiting.subject,
        votes={rule.answers[0]: waiting.votes},
        verdict=rule.rungs[0].verdict,
        reason=f"{waiting.votes} votes in the round that ended in a tie",
        clause="pass",
    )
    return Project(finding=found, cost=waiting.cost, votes=waiting.votes)


def _spend(rule: Rule, pool: Sequence[Project], allotment: Allotment, later: Sequence[Sequence[Project]]) -> Spending:
    """Go from group to group until the money is given out or a tie stops it."""
    groups, spending = [tuple(group) for group in later], Spending(left=allotment.left)
    while True:
        spending.left = allotment.left
        spending.chosen += [pool[n] for n in sorted(allotment.chosen)]
        if allotment.waiting:
            groups.insert(0, tuple(pool[n] for n in sorted(allotment.waiting)))
        tied = tuple(pool[n] for n in sorted(allotment.tied))
        if tied and rule.tie != "vacant":
            spending.tied, spending.waiting = tied, tuple(groups)
            return spending
        spending.vacated += tied
        if not groups:
            return spending
        pool = groups.pop(0)
        allotment = _greedy(pool, spending.left)


def _verdict(
    rule: Rule,
    projects: Sequence[Project],
    earlier: Sequence[Sequence[Project]],
    spending: Spending,
    budget: int,
) -> Verdict:
    every = [*projects, *(p for group in earlier for p in group)]
    lines = tuple(_line(rule, p, spending) for p in every)
    spent = yuan(sum(p.cost for p in spending.chosen))
    reasons = (f"{len(spending.chosen)} of {len(every)} subjects funded with {spent} of {yuan(budget)}",)
    waiting = tuple(
        tuple(Waiting(subject=p.finding.subject, cost=p.cost, votes=p.votes) for p in group)
        for group in spending.waiting
    )
    return Verdict(
        state="tied" if spending.tied else "decided",
        reasons=reasons,
        findings=lines,
        rerun=tuple(p.finding.subject for p in spending.tied),
        clause="tie" if spending.tied or spending.vacated else "budget",
        left=spending.left,
        costs=tuple(p.cost for p in spending.tied),
        waiting=waiting,
    )


def _line(rule: Rule, project: Project, spending: Spending) -> Finding:
    found, cost = project.finding, yuan(project.cost)
    if found.verdict != rule.rungs[0].verdict:
        return found
    if project in spending.chosen:
        return attrs.evolve(found, clause="budget", reason=f"{found.reason}; funded with {cost}")
    level = f"{project.votes} votes, level for the last {yuan(spending.left)}; costs {cost}"
    if project in spending.tied:
        return attrs.evolve(found, verdict=TIED, clause="tie", reason=level)
    if project in spending.vacated:
        return attrs.evolve(found, verdict=rule.otherwise, clause="tie", reason=f"{level}; the rule breaks no tie")
    if any(project in group for group in spending.waiting):
        told = f"{project.votes} votes, costs {cost}; waits for the tie before it"
        return attrs.evolve(found, verdict=WAITING, clause="tie", reason=told)
    if not project.votes:
        told = "0 votes"
    elif project.cost > spending.left:
        told = f"{project.votes} votes; costs {cost}, and {yuan(spending.left)} is left"
    else:
        told = f"{project.votes} votes; the shares of those who approve it do not reach {cost}"
    return attrs.evolve(found, verdict=rule.otherwise, clause="budget", reason=told)
