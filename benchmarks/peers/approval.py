"""Approvals counted by each library, from tuples of choices to scores; runs in the peers' environment.

Each is given what it wants to be handed, made beforehand: names, candidates or projects in tuples. What it makes of
them itself, its ballots and its profile, is in its time; only votelib checks the number of choices, the others are
handed nothing but good papers.
"""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

KEPT: dict[str, Any] = {}
"""The papers of :func:`load` as each library is handed them, and the function that counts them."""


def load(path: str, subjects: int, limit: int) -> int:
    """Read a JSON list of choices, and make of it what each library is handed."""
    papers = [tuple(paper) for paper in json.loads(Path(path).read_text())]
    for make in (_votelib, _abcvoting, _pabutools, _pref_voting):
        KEPT[make.__name__[1:]] = make(papers, subjects, limit)
    gc.collect()
    gc.freeze()  # what was made here would be walked through whenever a library makes much
    return len(papers)


def run(library: str) -> None:
    """Count once, and throw the scores away."""
    KEPT[library]()


def scores(library: str) -> list[int]:
    """Count once, and give the score of each subject."""
    return [int(n) for n in KEPT[library + "_scores"](KEPT[library]())]


def _votelib(papers: Sequence[tuple[int, ...]], subjects: int, limit: int) -> Callable[[], Any]:
    from votelib.convert import ApprovalToSimpleVotes, InvalidVoteEliminator
    from votelib.vote import ApprovalVoteValidator

    names = [f"s{n}" for n in range(subjects)]
    named = [tuple(names[s] for s in paper) for paper in papers]
    valid = InvalidVoteEliminator(ApprovalVoteValidator(vote_count_bounds=(None, limit)))
    simple = ApprovalToSimpleVotes()
    KEPT["votelib_scores"] = lambda found: [found.get(n, 0) for n in names]
    return lambda: simple.convert(valid.convert(Counter(map(frozenset, named))))


def _abcvoting(papers: Sequence[tuple[int, ...]], subjects: int, limit: int) -> Callable[[], Any]:
    from abcvoting.abcrules import compute_av
    from abcvoting.preferences import Profile
    from abcvoting.scores import thiele_score

    def count() -> Any:
        profile = Profile(subjects)
        profile.add_voters(papers)
        compute_av(profile, committeesize=min(limit, subjects), resolute=True)
        return profile

    # it gives committees, not scores: those of one are the votes
    KEPT["abcvoting_scores"] = lambda profile: [thiele_score("av", profile, [s]) for s in range(subjects)]
    return count


def _pabutools(papers: Sequence[tuple[int, ...]], subjects: int, limit: int) -> Callable[[], Any]:
    from pabutools.election import ApprovalBallot, ApprovalProfile, Instance, Project

    projects = [Project(str(n), cost=1) for n in range(subjects)]
    instance = Instance(projects, budget_limit=limit)
    chosen = [tuple(projects[s] for s in paper) for paper in papers]
    KEPT["pabutools_scores"] = lambda found: [found.get(p, 0) for p in projects]
    return lambda: ApprovalProfile(map(ApprovalBallot, chosen), instance=instance).approval_scores()


def _pref_voting(papers: Sequence[tuple[int, ...]], subjects: int, limit: int) -> Callable[[], Any]:
    from pref_voting.grade_profiles import GradeProfile

    KEPT["pref_voting_scores"] = lambda found: [found[s] for s in range(subjects)]
    return lambda: GradeProfile(
        [dict.fromkeys(paper, 1) for paper in papers], [0, 1], candidates=list(range(subjects))
    ).approval_scores()
