"""Subjects that share a budget: what is funded, ties for the last of the money, and those that wait for them."""

import attrs
import pytest
from tests.core.voting import ANY, HALF, MONEY, all_there, clauses, judged, prepared, tallied, verdicts

from renda_core.domain.ballot import Count, Money, Rung, Waiting, judge
from renda_core.errors import Rejected

SHARES = attrs.evolve(MONEY, allotment="equal_shares")


def money(*costs, budget):
    return Money(costs=costs, budget=budget)


def test_the_higher_is_funded_first_and_what_no_longer_fits_is_passed_over():
    found = tallied(MONEY, 9, 8, 7, 0, valid=10, money=money(60, 50, 40, 1, budget=100))
    assert verdicts(found) == {"a": "funded", "b": "unfunded", "c": "funded", "d": "unfunded"}
    assert clauses(found) == {"a": "budget", "b": "budget", "c": "budget", "d": "otherwise"}
    assert (found.clause, found.left, found.places) == ("budget", 0, 0)
    assert found.reasons == ("2 of 4 subjects funded with 1.00 元 of 1.00 元",)
    assert [f.reason for f in found.findings] == [
        "9 of 10 valid > 0; funded with 0.60 元",
        "8 votes; costs 0.50 元, and 0.00 元 is left",
        "7 of 10 valid > 0; funded with 0.40 元",
        "0 of 10 valid not > 0",
    ]


def test_a_share_binds_under_a_budget_too():
    half = attrs.evolve(MONEY, rungs=(Rung(verdict="funded", answers="for", share=HALF),))
    found = tallied(half, 5, 4, valid=10, money=money(10, 10, budget=100))
    assert verdicts(found) == {"a": "funded", "b": "unfunded"}
    assert (found.left, found.findings[1].clause) == (90, "otherwise")


def test_money_goes_to_the_first_verdict_only():
    half, noted = (Rung(verdict=v, answers="for", share=share) for v, share in (("funded", HALF), ("noted", ANY)))
    rule = attrs.evolve(MONEY, rungs=(half, noted))
    waiting = ((Waiting(subject="x", cost=5, votes=6),),)
    purse = Money(costs=(10, 10, 10), budget=100, waiting=waiting)
    found = tallied(rule, 5, 4, 0, valid=10, money=purse, after="short")
    assert verdicts(found) == {"a": "funded", "b": "noted", "c": "unfunded", "x": "funded"}
    assert clauses(found) == {"a": "budget", "b": "pass", "c": "otherwise", "x": "budget"}
    assert found.left == 85


def test_equals_that_all_fit_are_not_tied():
    found = tallied(MONEY, 9, 8, 8, valid=10, money=money(60, 20, 20, budget=100))
    assert (found.state, set(verdicts(found).values())) == ("decided", {"funded"})


def test_a_tie_for_the_last_money_is_voted_on_again_and_those_below_wait():
    ballot = prepared(MONEY, "abcde", 0, money(50, 40, 40, 10, 5, budget=100))
    papers = [[(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)]] * 3 + [[(0, 0), (1, 0), (2, 0)]] * 2 + [[(0, 0)]] * 4
    tied = ballot.declare(all_there(9), papers)
    first, again = tied.rounds
    assert verdicts(first.verdict) == {"a": "funded", "b": "tied", "c": "tied", "d": "waiting", "e": "waiting"}
    assert first.verdict.findings[1].reason == "5 votes, level for the last 0.50 元; costs 0.40 元"
    assert first.verdict.findings[3].reason == "3 votes, costs 0.10 元; waits for the tie before it"
    assert (again.subjects, again.costs, again.budget, again.after) == (("b", "c"), (40, 40), 50, "tied")
    assert again.waiting == ((Waiting(subject="d", cost=10, votes=3), Waiting(subject="e", cost=5, votes=3)),)
    # c wins, 10 fen are left; d and e have equal votes and cost 15, so they are tied in turn
    second = tied.declare(all_there(9), [[(1, 0)]] * 5 + [[(0, 0)]] * 4)
    assert verdicts(second.rounds[1].verdict) == {"b": "unfunded", "c": "funded", "d": "tied", "e": "tied"}
    assert (second.rounds[2].subjects, second.rounds[2].costs, second.rounds[2].budget) == (("d", "e"), (10, 5), 10)
    third = second.declare(all_there(5), [[(1, 0)]] * 5)
    assert verdicts(third.rounds[2].verdict) == {"d": "unfunded", "e": "funded"}
    assert third.rounds[2].verdict.left == 5
    assert len(third.rounds) == 3


def test_those_that_waited_come_by_the_votes_they_had():
    waiting = ((Waiting(subject="x", cost=30, votes=2), Waiting(subject="y", cost=30, votes=4)),)
    purse = Money(costs=(40, 40), budget=80, waiting=waiting)
    found = tallied(MONEY, 6, 3, valid=9, money=attrs.evolve(purse, budget=70), after="tied")
    assert verdicts(found) == {"a": "funded", "b": "unfunded", "x": "unfunded", "y": "funded"}
    assert found.findings[3].reason == "4 votes in the round that ended in a tie; funded with 0.30 元"
    assert found.findings[3].clause == "budget"
    both = tallied(MONEY, 6, 3, valid=9, money=purse, after="tied")  # 80 - 40 - 40 leaves nothing for those who waited
    assert verdicts(both) == {"a": "funded", "b": "funded", "x": "unfunded", "y": "unfunded"}


def test_a_second_tie_stands_before_those_that_wait_already():
    waiting = ((Waiting(subject="x", cost=5, votes=2),),)
    purse = Money(costs=(40, 40, 5), budget=50, waiting=waiting)
    found = tallied(MONEY, 6, 6, 3, valid=9, money=purse, after="tied")
    assert verdicts(found) == {"a": "tied", "b": "tied", "c": "waiting", "x": "waiting"}
    assert [[w.subject for w in group] for group in found.waiting] == [["c"], ["x"]]


def test_a_tie_leaves_its_money_to_those_below_where_the_rule_says_so():
    vacant = attrs.evolve(MONEY, tie="vacant")
    found = tallied(vacant, 9, 5, 5, 3, valid=10, money=money(50, 40, 40, 45, budget=100))
    assert verdicts(found) == {"a": "funded", "b": "unfunded", "c": "unfunded", "d": "funded"}
    assert clauses(found) == {"a": "budget", "b": "tie", "c": "tie", "d": "budget"}
    assert (found.state, found.clause, found.left) == ("decided", "tie", 5)


def test_a_tie_for_money_decides_nothing_where_the_rule_says_so():
    refuse = attrs.evolve(MONEY, tie="refuse")
    found = tallied(refuse, 5, 5, valid=10, money=money(60, 60, budget=100))
    assert (found.state, found.clause, found.findings) == ("refused", "tie", ())
    assert found.reasons == ("2 subjects stand level for the last 1.00 元, and the rule breaks no tie",)


def test_equal_shares_leave_room_for_a_minority():
    # six of ten want a and b, four want c; by votes alone the four get nothing
    papers = [[(0, 0), (1, 0)]] * 6 + [[(2, 0)]] * 4
    purse = money(50, 50, 40, budget=100)
    assert verdicts(judged(MONEY, papers, "abc", money=purse)) == {"a": "funded", "b": "funded", "c": "unfunded"}
    with_shares = judged(SHARES, papers, "abc", money=purse)
    assert verdicts(with_shares)["c"] == "funded"
    assert sorted(verdicts(with_shares).values()).count("funded") == 1  # a and b are level for the same purses
    assert (with_shares.state, with_shares.rerun) == ("tied", ("a", "b"))


def test_who_is_left_out_by_equal_shares_is_told_why():
    papers = [[(0, 0)]] * 6 + [[(1, 0)]] * 4
    found = judged(SHARES, papers, "ab", money=money(50, 45, budget=100))
    assert verdicts(found) == {"a": "funded", "b": "unfunded"}
    assert found.findings[1].reason == "4 votes; the shares of those who approve it do not reach 0.45 元"


@pytest.mark.parametrize("papers", [[], [[(0, 0)]] * 9, [[(1, 0)]] * 10])
def test_equal_shares_need_the_papers_that_were_counted(papers):
    counted = Count(votes=((10,), (0,)), valid=10, void=0)
    with pytest.raises(Rejected, match="needs every paper itself"):
        judge(SHARES, all_there(10), "ab", counted, money=money(1, 1, budget=2), papers=papers)


def test_void_papers_pay_for_nothing():
    rule = attrs.evolve(SHARES, max_marks=1)
    papers = [[(0, 0)]] * 5 + [[(0, 0), (1, 0)]] * 5
    found = judged(rule, papers, "ab", money=money(100, 1, budget=100))
    assert verdicts(found) == {"a": "funded", "b": "unfunded"}


def test_subjects_that_pass_nothing_take_no_share():
    rule = attrs.evolve(SHARES, rungs=(Rung(verdict="funded", answers="for", share=HALF),))
    papers = [[(0, 0), (1, 0)]] * 4 + [[(0, 0)]] * 6
    assert verdicts(judged(rule, papers, "ab", money=money(50, 1, budget=100))) == {"a": "funded", "b": "unfunded"}
