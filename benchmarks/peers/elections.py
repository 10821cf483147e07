"""What the peers say of whole elections: scores, winners, and whether a Pabulib file is a good one.

Runs in the peers' environment; projects and candidates are numbered from 0, as on our papers.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pabutools.election as pb
import pabutools.rules as rules

KEPT: dict[str, Any] = {}
"""The election of :func:`load`, so that benchmarks time the rule and not the way there."""


def load(costs: list[int], approvals: list[list[int]], budget: int) -> int:
    """Keep an election as pabutools has it."""
    KEPT["election"] = _instance(costs, approvals, budget)
    return len(approvals)


def loaded(path: str) -> int:
    """Read a Pabulib file and keep it."""
    KEPT["election"] = pb.parse_pabulib(path)
    return len(KEPT["election"][1])


def equal_shares(utility: str = "cost") -> list[str]:
    """Give the winners of the kept election by equal shares, by name."""
    instance, profile = KEPT["election"]
    return sorted(p.name for p in rules.method_of_equal_shares(instance, profile, UTILITIES[utility]))


UTILITIES = {"cost": pb.Cost_Sat, "cardinality": pb.Cardinality_Sat}


def allotments(elections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give for each election every outcome of greedy by votes, and of equal shares in both utilities.

    Equals are broken by pabutools in every way there is: several outcomes are several orders of equals.
    """
    found = []
    for one in elections:
        instance, profile = _instance(one["costs"], one["approvals"], one["budget"])
        told: dict[str, Any] = {"scores": _scores(instance, profile)}
        for name, utility in UTILITIES.items():
            told[name] = _outcomes(rules.method_of_equal_shares(instance, profile, utility, resoluteness=False))
        greedy = rules.greedy_utilitarian_welfare(instance, profile, pb.Cost_Sat, resoluteness=False)
        told["greedy"] = _outcomes(greedy)
        found.append(told)
    return found


def iterated(costs: list[int], approvals: list[list[int]], budget: int, increment: int) -> list[int]:
    """Give the winners by equal shares with shares that grow step by step."""
    instance, profile = _instance(costs, approvals, budget)
    won = rules.method_of_equal_shares(instance, profile, pb.Cost_Sat, voter_budget_increment=increment)
    return sorted(int(p.name) for p in won)


def pabulib(path: str) -> dict[str, Any]:
    """Read a Pabulib file; give its scores, and the winners by greedy and, of approvals, by equal shares."""
    instance, profile = pb.parse_pabulib(path)
    utility = pb.Cost_Sat
    if isinstance(profile, pb.AbstractCardinalProfile):
        utility = pb.Additive_Cardinal_Sat
    told: dict[str, Any] = {
        "projects": {p.name: str(p.cost) for p in instance},
        "budget": str(instance.budget_limit),
        "votes": profile.num_ballots(),
    }
    if isinstance(profile, pb.AbstractApprovalProfile):
        told["scores"] = {p.name: n for p, n in profile.approval_scores().items()}
        told["greedy"] = sorted(p.name for p in rules.greedy_utilitarian_welfare(instance, profile, utility))
        told["equal_shares"] = sorted(p.name for p in rules.method_of_equal_shares(instance, profile, utility))
    elif utility is pb.Additive_Cardinal_Sat:
        told["scores"] = {p.name: int(sum(ballot.get(p, 0) for ballot in profile)) for p in instance}
    else:
        told["first"] = dict(Counter(next(iter(ballot)).name for ballot in profile if len(ballot)))
    return told


def check(path: str) -> Any:
    """Ask Pabulib's own checker about a file; give its errors and warnings."""
    from pabulib.checker import Checker

    text = Path(path).read_text("utf-8")
    found = Checker().process_files([text])
    told = next(v["results"] for k, v in found.items() if k not in ("metadata", "summary"))
    return told if isinstance(told, dict) else {}


def approvals(papers: list[list[int]], subjects: int) -> dict[str, list[int]]:
    """Count approvals with each library."""
    from abcvoting.preferences import Profile
    from abcvoting.scores import thiele_score
    from pref_voting.grade_profiles import GradeProfile
    from votelib.convert import ApprovalToSimpleVotes

    abc = Profile(subjects)
    abc.add_voters(papers)
    graded = GradeProfile([{s: int(s in paper) for s in range(subjects)} for paper in papers], [0, 1])
    simple = ApprovalToSimpleVotes().convert(Counter(frozenset(paper) for paper in papers))
    instance, profile = _instance([1] * subjects, papers, 1)
    pref = graded.approval_scores()
    return {
        "abcvoting": [int(thiele_score("av", abc, [s])) for s in range(subjects)],
        "pref_voting": [int(pref[s]) for s in range(subjects)],
        "votelib": [int(simple.get(s, 0)) for s in range(subjects)],
        "pabutools": _scores(instance, profile),
    }


def ranked(papers: list[list[int]], subjects: int) -> dict[str, list[int]]:
    """Count first places and Borda points of orders; only votelib counts points of those that do not rank all."""
    from pref_voting.profiles import Profile
    from pref_voting.profiles_with_ties import ProfileWithTies
    from votelib.component.rankscore import Borda
    from votelib.convert import RankedToPositionalVotes

    whole = [paper for paper in papers if len(paper) == subjects]
    places = [{s: at for at, s in enumerate(paper, 1)} for paper in papers]
    first = ProfileWithTies(places, candidates=list(range(subjects))).plurality_scores_ignoring_overvotes()
    points = RankedToPositionalVotes(Borda(base=0)).convert(Counter(tuple(paper) for paper in papers))
    told = {
        "first": [int(first[s]) for s in range(subjects)],
        "votelib": [int(points.get(s, 0)) for s in range(subjects)],
    }
    if len(whole) == len(papers):
        borda = Profile(papers).borda_scores()
        told["pref_voting"] = [int(borda[s]) for s in range(subjects)]
    return told


def graded(papers: list[dict[str, int]], grades: int) -> list[list[int]]:
    """Count how often each subject has each grade."""
    from pref_voting.grade_profiles import GradeProfile

    profile = GradeProfile([{int(s): g for s, g in paper.items()} for paper in papers], list(range(grades)))
    n = len(papers)
    return [[round(profile.proportion(s, g) * n) for g in range(grades)] for s in profile.candidates]


def _instance(costs: list[int], approvals: list[list[int]], budget: int) -> tuple[Any, Any]:
    projects = [pb.Project(f"{n:04d}", cost) for n, cost in enumerate(costs)]
    instance = pb.Instance(projects, budget_limit=budget)
    return instance, pb.ApprovalProfile([pb.ApprovalBallot([projects[s] for s in a]) for a in approvals])


def _scores(instance: Any, profile: Any) -> list[int]:
    scores = profile.approval_scores()
    return [int(scores.get(p, 0)) for p in sorted(instance, key=lambda p: p.name)]


def _outcomes(found: Any) -> list[list[int]]:
    return [list(one) for one in sorted({tuple(sorted(int(p.name) for p in one)) for one in found})]
