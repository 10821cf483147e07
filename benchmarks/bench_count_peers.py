"""Counting papers as Python has them, against the libraries that count approvals, each in its own environment."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from benchmarks.electorates import CHOICES, choices
from benchmarks.pairs import Pairs, processor
from benchmarks.peers import Peers, told

from renda_core.domain.ballot import Attendance, Count, Rule, Rung, Verdict, count, judge
from renda_core.domain.counting import Layout, Tally, pack_choices
from renda_core.domain.rates import Share

LIBRARIES = {"votelib": 4.0, "abcvoting": 25.0, "pabutools": 25.0, "pref_voting": 100.0}
"""How many times faster ours must be at 100,000 papers."""
OPTIONS, MANY = 64, 100_000
TURN = 4
"""Runs of each in one turn."""
AWAKE = 0.5
"""Seconds for which each runs untimed when its turn begins: a processor that was idle while the other had its turn
needs tenths of a second to come back to its speed, and whoever is done sooner would pay more of that."""
PROJECTS, DEPUTIES = 12, 300
"""The everyday case: a county's deputies choose at most ten of twelve projects."""
EVERYDAY_MS = 1.0
"""What the count and verdict of the everyday case may take."""
RULE = Rule(
    name="projects",
    mode="choose",
    answers=("for",),
    base="incumbent",
    otherwise="failed",
    max_marks="seats",
    rungs=(Rung(verdict="decided", answers={"for"}, share=Share("1/2", above=True)),),
)


@pytest.fixture(scope="module")
def peers() -> Iterator[Peers]:
    """The peers' process."""
    with Peers() as process:
        yield process


def handed(peers: Peers, folder: Path, papers: Sequence[tuple[int, ...]], subjects: int) -> None:
    """Hand papers to the peers."""
    path = folder / "papers.json"
    path.write_text(json.dumps(papers))
    peers.ask("approval.load", path=str(path), subjects=subjects, limit=CHOICES)


def counted(papers: Sequence[tuple[int, ...]], layout: Layout) -> Count:
    """Count choices: packed with all checks, then counted."""
    tally = Tally(layout)
    tally.add_packed(pack_choices(papers, layout))
    return tally.count()


def awake(clock: Callable[[Callable[[], Any], int], float], run: Callable[[], Any], times: int = 1) -> float:
    """Time some runs on a processor that is awake."""
    until = time.perf_counter() + AWAKE
    while time.perf_counter() < until:
        run()
    return clock(run, times)


@pytest.mark.parametrize("library", LIBRARIES)
def test_from_tuples_of_choices(versus: Pairs, peers: Peers, tmp_path: Path, library: str) -> None:
    papers, layout = choices(MANY, OPTIONS), Layout(subjects=OPTIONS, limit=CHOICES)
    handed(peers, tmp_path, papers, OPTIONS)
    assert [n for (n,) in counted(papers, layout).votes] == peers.ask("approval.scores", library=library).answer
    versus(
        f"100,000 papers of {OPTIONS} options, from tuples of choices",
        lambda: counted(papers, layout),
        partial(peers.ask, "approval.run", library=library),
        against=f"{library}, its own ballots and scores",
        at_least=LIBRARIES[library],
        times=TURN,
        clock=partial(awake, processor),
        peers_clock=partial(awake, told),
    )


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_everyday_case(versus: Pairs, peers: Peers, tmp_path: Path, library: str) -> None:
    chosen = choices(DEPUTIES, PROJECTS)
    papers = [tuple((subject, 0) for subject in paper) for paper in chosen]
    names = [f"project {n}" for n in range(PROJECTS)]
    there = Attendance(incumbent=DEPUTIES, present=DEPUTIES, issued=DEPUTIES, returned=DEPUTIES)
    handed(peers, tmp_path, chosen, PROJECTS)

    def decided() -> Verdict:
        return judge(RULE, there, names, count(RULE, PROJECTS, papers, places=CHOICES), places=CHOICES)

    votes = count(RULE, PROJECTS, papers, places=CHOICES).votes
    assert [n for (n,) in votes] == peers.ask("approval.scores", library=library).answer
    found = versus(
        f"{DEPUTIES} papers of {PROJECTS} projects, counted and judged",
        decided,
        partial(peers.ask, "approval.run", library=library),
        against=f"{library}, its own ballots and scores",
        at_least=1,
        times=20,
        clock=processor,
        peers_clock=told,
    )
    assert found.ours * 1000 <= EVERYDAY_MS, found
