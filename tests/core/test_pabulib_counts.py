"""Elections from elsewhere counted by the engine: real ones, void votes, ties, and what is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.ballot import Rule, Rung
from renda_core.domain.rates import Share
from renda_core.errors import Invalid
from renda_core.files.pabulib import Election, Project, parse, read_pabulib, written
from renda_core.services.ballots.interchange import METHODS, chosen, count_file, election_of

DATA = Path(__file__).parents[1] / "data" / "pabulib"
WARSAW = read_pabulib(DATA / "poland_warszawa_2017_plac-wojska-polskiego.pb")
GDANSK = read_pabulib(DATA / "poland_gdansk_2020_przerobka.pb")
DEBIAN = read_pabulib(DATA / "debian_2002_leader.pb")


def election(kind, votes, *, costs=(50, 40, 30), budget=90, points=(), **meta):
    """Make an election of the projects a, b, c; votes are texts such as ``ab``."""
    papers = tuple(tuple(("abc".index(p), at if kind == "ordinal" else 0) for at, p in enumerate(v)) for v in votes)
    projects = tuple(Project(id=id, cost=cost * 100) for id, cost in zip("abc", costs, strict=True))
    return Election(
        meta={k: str(v) for k, v in meta.items()},
        vote_type=kind,
        budget=budget * 100,
        projects=projects,
        papers=papers,
        points=tuple(points),
    )


def won(found):
    return [project.id for project in chosen(found)]


@pytest.mark.parametrize(
    ("file", "method", "places", "scores", "winners"),
    [
        (WARSAW, "greedy", 0, (16, 14, 12, 5), ["427", "915", "2567", "1623"]),
        (WARSAW, "equal_shares", 0, (16, 14, 12, 5), ["427", "915", "1623"]),
        (WARSAW, "choose", 2, (16, 14, 12, 5), ["427", "915"]),
        (GDANSK, "greedy", 0, (433, 198, 61), ["3", "1", "2"]),
        (GDANSK, "points", 1, (433, 198, 61), ["3"]),
        (DEBIAN, "greedy", 0, (827, 746, 1062, 136), ["3"]),
        (DEBIAN, "points", 1, (827, 746, 1062, 136), ["3"]),
    ],
)
def test_real_elections(file, method, places, scores, winners):
    found = count_file(file, method, places=places)
    assert (found.scores, won(found), found.notes) == (scores, winners, ())
    assert (found.verdict.state, found.count.void) == ("decided", 0)
    assert "元" not in str(found.verdict)


def test_amounts_are_told_in_the_currency_of_the_file():
    assert count_file(GDANSK).verdict.reasons == ("3 of 3 subjects funded with 55900.00 PLN of 242800.00 PLN",)
    assert count_file(WARSAW).verdict.reasons == ("4 of 4 subjects funded with 44720.00 of 51195.00",)


def test_votes_that_mark_too_many_or_one_twice_are_void():
    found = count_file(election("approval", ["ab", "abc", "aa", "", "c"], max_length=2))
    assert found.count.why_void == {"max_marks": 1, "two_answers": 1}
    assert (found.count.valid, found.scores) == (3, (1, 1, 1))
    assert count_file(election("choose-1", ["ab", "a"])).scores == (1, 0, 0)
    points = [(3, 3), (2, 1), (1, 1), (9,)]
    found = count_file(election("cumulative", ["ab", "ab", "aa", "c"], points=points, max_sum_points=5, max_points=5))
    assert (found.count.why_void, found.scores) == ({"max_marks": 2, "two_answers": 1}, (2, 1, 0))
    found = count_file(election("ordinal", ["abc", "aba", "abcab", "ba"], max_length=3), "points", places=1)
    assert (found.count.why_void, found.scores) == ({"max_marks": 1, "rank_twice": 1}, (3, 3, 0))


def test_ties_are_told_and_never_broken():
    found = count_file(election("approval", ["a", "b", "a", "b", "c"], costs=(60, 60, 20)))
    assert (found.verdict.state, found.verdict.rerun, won(found)) == ("tied", ("a", "b"), [])
    found = count_file(election("scoring", ["a", "b"], points=[(4,), (4,)]), "points", places=1)
    assert (found.verdict.state, found.verdict.rerun) == ("tied", ("a", "b"))
    found = count_file(election("approval", ["a", "b"], costs=(60, 60, 20), budget=100), "equal_shares")
    assert (found.verdict.state, won(found)) == ("decided", [])


def test_what_the_file_says_otherwise_is_told():
    one = election("approval", ["ab", "a", ""], min_length=1)
    said = Project(id="a", cost=5000, columns={"votes": "3"})
    found = count_file(parse(written(Election(**{**vars_of(one), "projects": (said, *one.projects[1:])}))))
    assert found.notes == (
        "project a: the file says votes 3, counted 2",
        "1 votes mark fewer than min_length 1; they are counted",
    )


def vars_of(one):
    names = ("meta", "vote_type", "budget", "projects", "papers", "points", "voters", "voter_columns")
    return {name: getattr(one, name) for name in names}


def test_an_election_without_votes_decides_nothing():
    found = count_file(election("approval", []))
    assert (found.verdict.state, won(found)) == ("refused", [])
    assert won(count_file(election("scoring", []))) == []


@pytest.mark.parametrize(
    ("file", "method", "places", "told"),
    [
        (WARSAW, "choose", 0, "places: 0; give how many of the 4 projects can win"),
        (WARSAW, "choose", 5, "places: 5"),
        (WARSAW, "greedy", 2, "goes by the money and has none"),
        (WARSAW, "points", 1, "points are for votes that have some"),
        (GDANSK, "equal_shares", 0, "is for votes by approval, these are cumulative"),
        (DEBIAN, "choose", 1, "is for votes by approval, these are ordinal"),
        (WARSAW, "lottery", 0, f"known: {', '.join(METHODS)}"),
    ],
)
def test_a_method_that_does_not_fit_is_refused(file, method, places, told):
    with pytest.raises(Invalid, match=told):
        count_file(file, method, places=places)


# -- out


def rule(mode, *answers, **rest):
    rungs = (Rung(verdict="yes", answers=frozenset(answers[:1]), share=Share("0")),)
    return Rule(name="r", answers=answers, rungs=rungs, otherwise="no", base="valid", mode=mode, **rest)


SUBJECTS = {"x": "修桥", "y": "建水厂", "z": "路灯"}


@given(st.lists(st.sets(st.integers(0, 2)), min_size=1, max_size=8))
def test_a_budget_round_that_went_out_is_counted_to_the_same(papers):
    held = rule("budget", "for")
    made = election_of(
        held, SUBJECTS, [[(s, 0) for s in p] for p in papers], meta={}, costs=(500, 400, 300), budget=900
    )
    found = parse(written(made))
    assert sorted(map(sorted, found.papers)) == sorted(sorted((s, 0) for s in p) for p in papers)
    assert count_file(found).scores == tuple(sum(s in p for p in papers) for s in range(3))
    assert (found.costs, found.budget) == ((500, 400, 300), 900)


def test_void_papers_stay_here_and_gaps_between_places_close():
    ranked = rule("rank", "1", "2", "3", points=(3, 2, 1))
    papers = [[(0, 0), (2, 2)], [(0, 1), (1, 1)], [(1, 0), (0, 1), (2, 2)]]
    made = election_of(ranked, SUBJECTS, papers, meta={"description": "d"}, places=2)
    assert made.vote_type == "ordinal"
    assert sorted(made.papers) == [((0, 0), (2, 1)), ((1, 0), (0, 1), (2, 2))]
    assert [p.columns["name"] for p in parse(written(made)).projects] == [*SUBJECTS.values()]
    most = election_of(
        rule("choose", "for", max_marks="seats"), SUBJECTS, [[(0, 0)], [(0, 0), (1, 0)]], meta={}, places=1
    )
    assert (most.papers, most.limit("max_length"), most.budget) == ((((0, 0),),), 1, 100)


@pytest.mark.parametrize("mode", ["each", "grade"])
def test_papers_that_pabulib_does_not_know_stay_here(mode):
    with pytest.raises(Invalid, match="export a workbook instead"):
        election_of(rule(mode, "for", "against"), SUBJECTS, [], meta={})
