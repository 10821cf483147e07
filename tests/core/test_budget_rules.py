"""Projects that share a budget: greedy by votes and equal shares, exactly, and without ever breaking a tie."""

from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.ballot.budget import Allotment, equal_shares, greedy
from renda_core.errors import Invalid

UTILITIES = ("cost", "cardinality")


def told(found: Allotment) -> tuple[set[int], set[int], set[int], int]:
    return set(found.chosen), set(found.tied), set(found.waiting), found.left


# -- greedy


def test_the_highest_are_funded_first_and_what_does_not_fit_is_passed_over() -> None:
    assert told(greedy([60, 50, 30, 5], [9, 8, 7, 6], 100)) == ({0, 2, 3}, set(), set(), 5)


def test_what_nobody_voted_for_is_not_funded() -> None:
    assert told(greedy([60, 1], [3, 0], 100)) == ({0}, set(), set(), 40)


def test_a_tie_that_decides_nothing_is_none() -> None:
    assert told(greedy([60, 40], [5, 5], 100)) == ({0, 1}, set(), set(), 0)
    assert told(greedy([60, 200], [5, 5], 100)) == ({0}, set(), set(), 40)


def test_a_tie_for_the_last_money_is_told_and_what_comes_after_waits() -> None:
    assert told(greedy([30, 50, 50, 10, 90], [9, 5, 5, 3, 2], 100)) == ({0}, {1, 2}, {3}, 70)


def test_an_equal_that_fits_in_any_order_is_funded() -> None:
    assert told(greedy([10, 60, 60], [5, 5, 5], 100)) == ({0}, {1, 2}, set(), 90)
    # after the one of 90 there is no room for that of 11
    assert told(greedy([11, 90, 95], [5, 5, 5], 100)) == (set(), {0, 1, 2}, set(), 100)


def test_so_many_equals_that_nobody_tries_every_order_are_all_tied() -> None:
    costs = [2**n for n in range(40)]
    assert told(greedy(costs, [1] * 40, 2**40 - 2)) == (set(), set(range(40)), set(), 2**40 - 2)


def orders(costs: list[int], votes: list[int], budget: int) -> set[frozenset[int]]:
    """Every outcome, by taking equals in every order."""

    @cache
    def go(rest: frozenset[int], left: int) -> frozenset[frozenset[int]]:
        if not rest:
            return frozenset({frozenset()})
        most = max(votes[i] for i in rest)
        found: set[frozenset[int]] = set()
        for i in (i for i in rest if votes[i] == most):
            fits = costs[i] <= left
            for one in go(rest - {i}, left - costs[i] if fits else left):
                found.add(one | {i} if fits else one)
        return frozenset(found)

    return set(go(frozenset(i for i in range(len(costs)) if votes[i]), budget))


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=6),
    st.integers(0, 30),
    st.randoms(use_true_random=False),
)
def test_greedy_is_what_every_order_of_equals_gives(projects, budget, chance) -> None:
    costs, votes = [c for c, _ in projects], [v for _, v in projects]
    found = greedy(costs, votes, budget)
    outcomes = orders(costs, votes, budget)
    assert bool(found.tied) == (len(outcomes) > 1)
    assert found.chosen <= frozenset.intersection(*outcomes)
    assert frozenset.union(*outcomes) <= found.chosen | found.tied | found.waiting
    assert found.left == budget - sum(costs[i] for i in found.chosen) >= 0
    new = list(range(len(costs)))
    chance.shuffle(new)
    moved = greedy([costs[i] for i in new], [votes[i] for i in new], budget)
    assert {new[i] for i in moved.chosen} == found.chosen
    assert {new[i] for i in moved.tied} == found.tied


# -- equal shares


def naive(costs: list[int], approvals: list[set[int]], budget: int, utility: str) -> set[frozenset[int]]:
    """Every outcome in plain fractions, by taking equals in every order."""
    outcomes, seen = set(), set()

    def price(p: int, left: tuple[Fraction, ...]) -> Fraction | None:
        payers = sorted(left[v] for v, a in enumerate(approvals) if p in a)
        need = Fraction(costs[p])
        while payers:
            each = need / len(payers)
            if payers[0] >= each:
                return each
            need -= payers.pop(0)
        return None

    def go(won: frozenset[int], left: tuple[Fraction, ...]) -> None:
        if (won, left) in seen:
            return
        seen.add((won, left))
        wanted = [p for p in range(len(costs)) if p not in won and any(p in a for a in approvals)]
        prices = {p: q for p in wanted if (q := price(p, left)) is not None}
        rates = {p: q / costs[p] if utility == "cost" else q for p, q in prices.items()}
        if not rates:
            outcomes.add(won)
        for p in (p for p, rate in rates.items() if rate == min(rates.values())):
            paid = (b - min(b, prices[p]) if p in a else b for a, b in zip(approvals, left, strict=True))
            go(won | {p}, tuple(paid))

    go(frozenset(), (Fraction(budget, max(len(approvals), 1)),) * len(approvals))
    return outcomes


PROJECTS = 5
ELECTIONS = st.tuples(
    st.lists(st.integers(1, 6), min_size=PROJECTS, max_size=PROJECTS),
    st.lists(st.sets(st.integers(0, PROJECTS - 1)), min_size=1, max_size=7),
    st.integers(0, 25),
)


@pytest.mark.parametrize("utility", UTILITIES)
@given(election=ELECTIONS)
def test_equal_shares_is_what_plain_fractions_give_in_every_order_of_equals(utility, election) -> None:
    costs, approvals, budget = election
    outcomes = naive(costs, approvals, budget, utility)
    found = equal_shares(costs, approvals, budget, utility=utility)
    every, some = frozenset.intersection(*outcomes), frozenset.union(*outcomes)
    assert found.chosen == every
    assert found.tied | found.waiting == some - every
    assert bool(found.tied) == (len(outcomes) > 1)
    assert found.left == budget - sum(costs[i] for i in found.chosen) >= 0


@given(ELECTIONS, st.randoms(use_true_random=False))
def test_the_order_of_projects_and_papers_changes_nothing(election, chance) -> None:
    costs, approvals, budget = election
    found = equal_shares(costs, approvals, budget)
    new = list(range(PROJECTS))
    chance.shuffle(new)
    at = {old: n for n, old in enumerate(new)}
    papers = [[at[p] for p in a] for a in approvals]
    chance.shuffle(papers)
    moved = equal_shares([costs[i] for i in new], papers, budget)
    assert [{new[i] for i in part} for part in (moved.chosen, moved.tied, moved.waiting)] == [
        found.chosen,
        found.tied,
        found.waiting,
    ]


def test_a_third_of_the_papers_decides_on_a_third_of_the_money() -> None:
    # greedy gives two thirds everything; equal shares leaves a third to the others
    costs, papers = [100, 100, 100, 90], [[0, 1, 2]] * 20 + [[3]] * 10
    votes = [20, 20, 20, 10]
    assert told(greedy(costs, votes, 300)) == ({0, 1, 2}, set(), set(), 0)
    assert told(equal_shares(costs, papers, 300)) == ({3}, {0, 1, 2}, set(), 210)


def test_equals_whose_supporters_can_pay_for_all_of_them_are_all_funded() -> None:
    everybody = [tuple(range(20))] * 300
    assert told(equal_shares([10] * 20, everybody, 300)) == (set(range(20)), set(), set(), 100)


def test_more_orders_of_equals_than_can_be_followed_are_a_tie() -> None:
    everybody = [tuple(range(20))] * 300
    assert told(equal_shares([10] * 20, everybody, 70)) == (set(), set(range(20)), set(), 70)


def test_a_difference_smaller_than_a_float_can_tell_decides() -> None:
    # as floats both cost the same; those who approve both can pay for one of them
    papers = [[0]] * 5 + [[1]] * 5 + [[0, 1]] * 3
    dear, cheap, budget = 10**17 + 1, 10**17, 17 * 10**16
    assert float(dear) == float(cheap)
    assert told(equal_shares([dear, cheap], papers, budget, utility="cardinality")) == ({1}, set(), set(), 7 * 10**16)
    assert told(equal_shares([cheap, cheap], papers, budget)) == (set(), {0, 1}, set(), budget)


def test_a_blank_paper_has_its_share_and_a_repeated_mark_counts_once() -> None:
    assert told(equal_shares([6], [[0], []], 10)) == (set(), set(), set(), 10)
    assert told(equal_shares([5], [[0, 0], []], 10)) == ({0}, set(), set(), 5)


def test_what_costs_nothing_is_funded_if_anybody_wants_it() -> None:
    assert told(equal_shares([0, 0, 4], [[0], [2]], 2)) == ({0}, set(), set(), 2)


def test_what_is_left_may_go_by_votes_or_the_shares_may_grow() -> None:
    costs, papers = [80, 30, 25], [[0], [0], [0], [1], [2, 1]]
    assert told(equal_shares(costs, papers, 100)) == ({1}, set(), set(), 70)
    assert told(equal_shares(costs, papers, 100, completion="greedy")) == ({1, 2}, set(), set(), 45)
    grown = equal_shares([60, 30], [[0], [0], [1]], 90, increment=5)
    assert told(grown) == ({0, 1}, set(), set(), 0)
    assert told(equal_shares([61, 30], [[0], [0], [1]], 90, increment=5)) == ({1}, set(), set(), 60)


def test_nothing_to_vote_on_or_nobody_to_vote_leaves_the_money() -> None:
    for costs, papers in (([], []), ([], [[]]), ([5], []), ([5], [[]])):
        assert told(equal_shares(costs, papers, 7)) == (set(), set(), set(), 7)
    assert told(greedy([], [], 7)) == (set(), set(), set(), 7)


@pytest.mark.parametrize(
    "call",
    [
        lambda: greedy([-1], [1], 5),
        lambda: greedy([1], [1], -5),
        lambda: greedy([1, 2], [1], 5),
        lambda: equal_shares([1], [[1]], 5),
        lambda: equal_shares([1], [[-1]], 5),
        lambda: equal_shares([-1], [[0]], 5),
        lambda: equal_shares([1], [[0]], 5, increment=-1),
    ],
)
def test_what_makes_no_sense_is_refused(call) -> None:
    with pytest.raises(Invalid):
        call()
