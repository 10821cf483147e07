"""Our counts are those of pref_voting, abcvoting, pabutools and votelib, on random elections and on real ones."""

import random
from pathlib import Path

import pytest
from benchmarks.peers import Peers

from renda_core.domain.ballot import Count, Paper, Rule, Rung, count
from renda_core.domain.ballot.budget import Allotment, equal_shares, greedy
from renda_core.domain.rates import Share
from renda_core.files.pabulib import read_pabulib, write_pabulib
from renda_core.services.ballots.interchange import Method, chosen, count_file, election_of

pytestmark = pytest.mark.xdist_group("peers")
DATA = Path(__file__).parents[1] / "data" / "pabulib"
WARSAW = DATA / "poland_warszawa_2017_plac-wojska-polskiego.pb"
GDANSK = DATA / "poland_gdansk_2020_przerobka.pb"
DEBIAN = DATA / "debian_2002_leader.pb"
LADDER = ("a", "b", "c", "d")


def rule(*answers: str, mode: str = "grade") -> Rule:
    rungs = (Rung(verdict="on", answers=frozenset(answers), share=Share("0")),)
    return Rule(name="r", answers=answers, rungs=rungs, otherwise="off", base="valid", mode=mode)  # type: ignore[arg-type]


def counted(rule: Rule, subjects: int, papers: list[Paper]) -> Count:
    found = count(rule, subjects, papers)
    assert found.valid == len(papers)
    return found


# -- random papers


@pytest.mark.parametrize("seed", range(5))
def test_approvals_are_counted_alike(peers: Peers, seed: int) -> None:
    chance = random.Random(seed)
    papers = [sorted(chance.sample(range(12), chance.randint(1, 12))) for _ in range(300)]
    ours = [row[0] for row in counted(rule("for"), 12, [[(s, 0) for s in p] for p in papers]).votes]
    assert peers.ask("elections.approvals", papers=papers, subjects=12).answer == {
        "abcvoting": ours,
        "pref_voting": ours,
        "votelib": ours,
        "pabutools": ours,
    }


@pytest.mark.parametrize("least", [7, 1])
def test_first_places_and_borda_points_are_counted_alike(peers: Peers, least: int) -> None:
    chance = random.Random(least)
    papers = [chance.sample(range(7), chance.randint(least, 7)) for _ in range(300)]
    marks = [[(s, place) for place, s in enumerate(p)] for p in papers]
    votes = counted(rule(*"1234567", mode="rank"), 7, marks).votes  # type: ignore[arg-type]
    told = peers.ask("elections.ranked", papers=papers, subjects=7).answer
    assert told["first"] == [row[0] for row in votes]
    borda = [sum((6 - place) * n for place, n in enumerate(row)) for row in votes]
    assert told["votelib"] == borda
    assert told.get("pref_voting", borda) == borda
    assert ("pref_voting" in told) == (least == 7)


def test_grades_are_counted_alike(peers: Peers) -> None:
    chance = random.Random(3)
    papers = [{s: chance.randrange(4) for s in range(9)} for _ in range(200)]
    votes = counted(rule(*LADDER), 9, [list(p.items()) for p in papers]).votes
    told = peers.ask("elections.graded", papers=papers, grades=4).answer
    assert told == [list(row) for row in votes]


def small_election(chance: random.Random) -> dict[str, object]:
    """Draw an election with few projects, often with equal costs, so that many have equals."""
    projects, voters = chance.randint(1, 6), chance.randint(1, 12)
    dear = chance.choice([4, 50, 10_000])
    costs = [chance.randint(1, dear) for _ in range(projects)]
    approvals = [[p for p in range(projects) if chance.random() < 0.5] for _ in range(voters)]
    return {"costs": costs, "approvals": approvals, "budget": chance.randint(1, sum(costs) + 3)}


def agrees(ours: Allotment, outcomes: list[list[int]]) -> bool:
    """Tell whether what we decide is decided in every outcome, and what we call tied or waiting is in some."""
    sets = [frozenset(one) for one in outcomes]
    every, some = frozenset.intersection(*sets), frozenset.union(*sets)
    return ours.chosen == every and ours.tied | ours.waiting == some - every


def test_equal_shares_has_the_same_winners_and_the_same_ties(peers: Peers) -> None:
    chance = random.Random(11)
    elections = [small_election(chance) for _ in range(400)]
    told = peers.ask("elections.allotments", elections=elections).answer
    ties = 0
    for one, theirs in zip(elections, told, strict=True):
        for utility in ("cost", "cardinality"):
            ours = equal_shares(one["costs"], one["approvals"], one["budget"], utility=utility)  # type: ignore[arg-type]
            assert agrees(ours, theirs[utility]), (one, utility, ours, theirs)
            ties += bool(ours.tied)
    assert ties > 30


def test_greedy_has_the_same_winners_and_breaks_no_tie(peers: Peers) -> None:
    chance = random.Random(12)
    elections = [small_election(chance) for _ in range(400)]
    told = peers.ask("elections.allotments", elections=elections).answer
    ties = 0
    for one, theirs in zip(elections, told, strict=True):
        votes = theirs["scores"]
        ours = greedy(one["costs"], votes, one["budget"])  # type: ignore[arg-type]
        unwanted = frozenset(p for p, n in enumerate(votes) if not n)  # pabutools funds these too where they fit
        sets = {frozenset(outcome) - unwanted for outcome in theirs["greedy"]}
        assert bool(ours.tied) == (len(sets) > 1), (one, ours, theirs)
        assert ours.chosen <= frozenset.intersection(*sets), (one, ours, theirs)
        assert frozenset.union(*sets) <= ours.chosen | ours.tied | ours.waiting, (one, ours, theirs)
        ties += bool(ours.tied)
    assert ties > 30


@pytest.mark.parametrize("seed", range(3))
def test_large_elections_have_the_same_winners(peers: Peers, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    costs = [chance.randint(1_000, 900_000) for _ in range(40)]
    liked = [chance.random() ** 2 + 0.05 for _ in costs]
    papers = [sorted(set(chance.choices(range(40), liked, k=chance.randint(1, 9)))) for _ in range(1_000)]
    budget = sum(costs) // 4
    peers.ask("elections.load", costs=costs, approvals=papers, budget=budget)
    for utility in ("cost", "cardinality"):
        ours = equal_shares(costs, papers, budget, utility=utility)  # type: ignore[arg-type]
        told = peers.ask("elections.equal_shares", utility=utility).answer
        assert [f"{p:04d}" for p in sorted(ours.chosen)] == told
        assert not ours.tied


def test_shares_that_grow_have_the_same_winners(peers: Peers) -> None:
    chance = random.Random(8)
    for _ in range(20):
        costs = [chance.randint(100, 9_973) for _ in range(12)]
        papers = [[p for p in range(12) if chance.random() < 0.3] for _ in range(41)]
        one = {"costs": costs, "approvals": papers, "budget": sum(costs) // 3}
        ours = equal_shares(**one, increment=7)  # type: ignore[arg-type]
        if not ours.tied:
            assert sorted(ours.chosen) == peers.ask("elections.iterated", **one, increment=7).answer


# -- real elections


@pytest.mark.parametrize(
    ("file", "method"), [(WARSAW, "greedy"), (WARSAW, "equal_shares"), (GDANSK, "greedy"), (DEBIAN, "points")]
)
def test_real_elections_are_counted_alike(peers: Peers, file: Path, method: Method) -> None:
    election = read_pabulib(file)
    found = count_file(election, method, places=1 if method == "points" else 0)
    told = peers.ask("elections.pabulib", path=str(file)).answer
    assert found.notes == ()  # the file's own numbers are ours
    assert told["votes"] == found.count.valid
    assert {p: float(cost) * 100 for p, cost in told["projects"].items()} == {p.id: p.cost for p in election.projects}
    if method == "points":
        orders = [[s for s, _ in paper] for paper in election.papers]
        theirs = peers.ask("elections.ranked", papers=orders, subjects=4).answer
        assert theirs["votelib"] == list(found.scores)
        assert [told["first"].get(p.id, 0) for p in election.projects] == [row[0] for row in found.count.votes]
        assert [p.name for p in chosen(found)] == ["Bdale Garbee"]
    else:
        assert told["scores"] == {p.id: n for p, n in zip(election.projects, found.scores, strict=True)}
        if method in told:
            assert sorted(p.id for p in chosen(found)) == told[method]


@pytest.mark.parametrize("file", [WARSAW, GDANSK, DEBIAN])
def test_what_we_write_pabutools_reads_as_what_it_read(peers: Peers, file: Path, tmp_path: Path) -> None:
    ours = write_pabulib(tmp_path / "again.pb", read_pabulib(file))
    assert (
        peers.ask("elections.pabulib", path=str(ours)).answer == peers.ask("elections.pabulib", path=str(file)).answer
    )


def test_pabulib_s_own_checker_finds_nothing_wrong_with_what_we_write(peers: Peers, tmp_path: Path) -> None:
    again = write_pabulib(tmp_path / "again.pb", read_pabulib(GDANSK))
    assert "comma in float!" in str(peers.ask("elections.check", path=str(GDANSK)).answer)
    assert not peers.ask("elections.check", path=str(again)).answer["errors"]


def test_pabulib_s_own_checker_takes_a_round_of_ours(peers: Peers, tmp_path: Path) -> None:
    held = rule("for", mode="budget")
    meta = {"description": "民生实事项目票决", "country": "China", "unit": "甲县", "instance": "2026"}
    meta |= {"date_begin": "12.01.2026", "date_end": "12.01.2026"}
    papers: list[Paper] = [[(0, 0)], [(1, 0), (0, 0)], [(2, 0)], [(0, 0)]]
    made = election_of(
        held,
        {"a": "修桥", "b": "建水厂", "c": "路灯"},
        papers,
        meta=meta,
        costs=(60_00, 50_00, 30_00),
        budget=100_00,
        won={"a", "c"},
    )
    told = peers.ask("elections.check", path=str(write_pabulib(tmp_path / "ours.pb", made))).answer
    assert told == {"errors": {}, "warnings": {}}
    found = count_file(made)
    assert found.scores == (3, 1, 1)
    assert found.notes == ()
    assert [p.name for p in chosen(found)] == ["修桥", "路灯"]
