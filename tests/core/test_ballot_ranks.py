"""Ranked papers: an order by points, or only one that no weighing of the places could turn."""

import attrs
import pytest
from tests.core.voting import HALF, MOST, RANKED, all_there, clauses, prepared, tallied, verdicts

from renda_core.domain.ballot import Rung, count

POINTS = attrs.evolve(RANKED, points=(3, 2, 1))


def test_points_order_those_that_passed():
    found = tallied(POINTS, (5, 0, 0), (3, 4, 0), (0, 4, 6), (2, 2, 4), valid=10, places=2)
    assert verdicts(found) == {"a": "ahead", "b": "ahead", "c": "behind", "d": "behind"}
    assert [f.reason.split("; ")[-1] for f in found.findings] == [
        "15 points",
        "17 points",
        "14 points, below the cut of 15 points",
        "14 points, below the cut of 15 points",
    ]
    assert clauses(found) == {"a": "rank", "b": "rank", "c": "cut", "d": "cut"}
    assert found.clause == "rank"


def test_equal_points_are_tied_however_they_came_about():
    found = tallied(POINTS, (4, 0, 0), (0, 6, 0), valid=10, places=1)
    assert (found.state, found.rerun) == ("tied", ("a", "b"))
    assert found.findings[0].reason == "12 points each for the last place"
    assert tallied(attrs.evolve(POINTS, tie="refuse"), (4, 0, 0), (0, 6, 0), valid=10, places=1).state == "refused"


def test_without_points_only_an_order_that_no_weighing_turns_is_decided():
    two = tallied(RANKED, (5, 3, 1), (3, 4, 2), (2, 2, 2), valid=10, places=2)
    assert two.findings[2].reason == "2/2/2 places, below the cut of 3/4/2 places"
    sure = tallied(RANKED, (5, 3, 1), (3, 4, 2), (2, 2, 2), valid=10, places=1)
    assert verdicts(sure) == {"a": "ahead", "b": "behind", "c": "behind"}
    assert sure.findings[0].reason == "9 of 10 valid > 0; 5/3/1 places"
    turned = tallied(RANKED, (5, 0, 4), (4, 5, 0), (1, 0, 0), valid=10, places=1)
    assert (turned.state, turned.clause, turned.findings) == ("refused", "rank", ())
    assert "which are first depends on what a place is worth" in turned.reasons[0]
    both = tallied(RANKED, (5, 0, 4), (4, 5, 0), (1, 0, 0), valid=10, places=2)
    assert verdicts(both) == {"a": "ahead", "b": "ahead", "c": "behind"}


def test_equally_ranked_subjects_are_tied_without_points_too():
    found = tallied(RANKED, (5, 3, 1), (2, 2, 2), (2, 2, 2), (1, 1, 1), valid=12, places=2)
    assert (found.state, found.rerun, found.places) == ("tied", ("b", "c"), 1)
    assert found.findings[1].reason == "2/2/2 places each for the last place"


def test_a_rank_below_the_cut_that_could_rise_refuses_the_decision():
    # b and c together are level at the cut, but d may stand above or below them
    found = tallied(RANKED, (5, 3, 1), (2, 2, 2), (2, 2, 2), (1, 4, 1), valid=12, places=2)
    assert found.state == "refused"


def test_where_all_that_passed_have_a_place_no_order_is_asked_for():
    found = tallied(RANKED, (5, 0, 4), (4, 5, 0), (0, 0, 0), valid=10, places=2)
    assert verdicts(found) == {"a": "ahead", "b": "ahead", "c": "behind"}
    assert clauses(found) == {"a": "pass", "b": "pass", "c": "otherwise"}


def test_ranked_subjects_that_tie_are_ranked_again():
    ballot = prepared(POINTS, "abc", 1).declare(all_there(2), [[(0, 0), (1, 1)], [(1, 0), (0, 1)]])
    assert (ballot.rounds[1].subjects, ballot.rounds[1].places) == (("a", "b"), 1)
    over = ballot.declare(all_there(2), [[(0, 0), (1, 1)], [(0, 0)]])
    assert verdicts(over.rounds[1].verdict) == {"a": "ahead", "b": "behind"}


@pytest.mark.parametrize("share", [HALF, MOST])
def test_a_share_binds_ranked_papers_too(share):
    rule = attrs.evolve(POINTS, rungs=(Rung(verdict="ahead", answers="1 2 3", share=share),))
    found = tallied(rule, (5, 0, 0), (1, 1, 1), valid=10, places=2)
    assert verdicts(found) == {"a": "ahead" if share is HALF else "behind", "b": "behind"}


def test_a_ranked_paper_with_a_place_or_a_subject_twice_is_void_and_one_with_a_gap_is_not():
    papers = [[(0, 0), (1, 0)], [(0, 0), (0, 1)], [(0, 0), (1, 2)], []]
    counted = count(RANKED, 2, papers)
    assert (counted.votes, counted.valid, counted.why_void) == (((1, 0, 0), (0, 0, 1)), 2, {"rank_twice": 2})
    assert count(attrs.evolve(RANKED, blank="void"), 2, papers).why_void == {"blank": 1, "rank_twice": 2}


def test_a_place_that_is_given_more_often_than_there_are_papers_voids_the_round():
    found = tallied(RANKED, (6, 0, 0), (5, 0, 0), valid=10, places=1)
    assert (found.state, found.reasons) == ("void", ("place 1 is given 11 times > 10 valid",))
