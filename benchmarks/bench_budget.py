"""Equal shares on a Pabulib file of 100 projects and 10,000 votes, against pabutools on the same file."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.pairs import Pairs
from benchmarks.peers import Peers

from renda_core.domain.ballot.budget import equal_shares
from renda_core.domain.ballot.shares import Utility
from renda_core.files.pabulib import Election, Project, read_pabulib, write_pabulib

PROJECTS, VOTES = 100, 10_000
META = {"description": "made up", "country": "Worldwide", "unit": "bench", "instance": "1"}


def made_up() -> Election:
    """Make an election of which some projects are much more popular than others."""
    chance = random.Random(5)
    costs = [chance.randint(500, 20_000) * 10_000 for _ in range(PROJECTS)]
    liked = [chance.random() ** 2 + 0.02 for _ in range(PROJECTS)]
    marked = [set(chance.choices(range(PROJECTS), liked, k=chance.randint(1, 15))) for _ in range(VOTES)]
    return Election(
        meta=META,
        vote_type="approval",
        budget=sum(costs) // 3 // 100 * 100,
        projects=tuple(Project(id=f"{n:04d}", cost=cost) for n, cost in enumerate(costs)),
        papers=tuple(tuple((s, 0) for s in sorted(paper)) for paper in marked),
    )


@pytest.fixture(scope="module")
def peers() -> Iterator[Peers]:
    with Peers() as started:
        yield started


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pabulib(tmp_path_factory.mktemp("pabulib") / "made_up.pb", made_up())


@pytest.mark.parametrize("utility", ["cost", "cardinality"])
def test_equal_shares(versus: Pairs, peers: Peers, file: Path, utility: Utility) -> None:
    """At least as fast as pabutools, with the same winners."""
    election = read_pabulib(file)
    approvals = [[s for s, _ in paper] for paper in election.papers]
    peers.ask("elections.loaded", path=str(file))

    def ours() -> object:
        return equal_shares(election.costs, approvals, election.budget, utility=utility)

    won = equal_shares(election.costs, approvals, election.budget, utility=utility)
    assert not won.tied
    theirs = peers.ask("elections.equal_shares", utility=utility).answer
    assert [election.projects[p].id for p in sorted(won.chosen)] == theirs
    versus(
        f"equal shares, {PROJECTS} projects, {VOTES:,} votes, {utility}",
        ours,
        lambda: peers.ask("elections.equal_shares", utility=utility),
        against="pabutools",
        at_least=1,
    )


def test_reading(versus: Pairs, peers: Peers, file: Path) -> None:
    """The same file read whole."""
    versus(
        f"reading a Pabulib file, {VOTES:,} votes",
        lambda: read_pabulib(file),
        lambda: peers.ask("elections.loaded", path=str(file)),
        against="pabutools",
        at_least=1,
    )
