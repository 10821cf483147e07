"""Small numbers are hidden so that nobody works them out from what is told beside them."""

from itertools import product

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.core.voting import GRADES, MONEY, PROJECTS, RANKED, clauses, tallied, verdicts

from renda_core.domain.ballot import Count, Money, shown, suppress, whole

SURVEY = attrs.evolve(GRADES, base="valid", shown_from=10)


def solutions(table):
    """List every table of whole numbers that agrees with all that is told."""
    rows, columns = len(table.cells), len(table.cells[0])
    hidden = [(i, j) for i, j in product(range(rows), range(columns)) if table.cells[i][j] is None]
    grid = [[n or 0 for n in row] for row in table.cells]
    bound = max([n for n in (*table.rows, *table.columns) if n is not None], default=4)
    found = []

    def fits(done):
        for i, total in enumerate(table.rows):
            open_ = any((i, j) in hidden[done:] for j in range(columns))
            if total is not None and (sum(grid[i]) > total or (not open_ and sum(grid[i]) != total)):
                return False
        for j, total in enumerate(table.columns):
            open_ = any((i, j) in hidden[done:] for i in range(rows))
            now = sum(row[j] for row in grid)
            if total is not None and (now > total or (not open_ and now != total)):
                return False
        return True

    def go(done):
        if not fits(done):
            return
        if done == len(hidden):
            found.append({cell: grid[cell[0]][cell[1]] for cell in hidden})
            return
        i, j = hidden[done]
        for n in range(bound + 1):
            grid[i][j] = n
            go(done + 1)
        grid[i][j] = 0

    go(0)
    return hidden, found


def assert_none_is_pinned(table):
    hidden, found = solutions(table)
    for cell in hidden:
        assert len({answer[cell] for answer in found}) > 1, (table, cell)


tables = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 5), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


@given(tables, st.integers(0, 4))
@example([[0, 0], [3, 5]], 4)
@example([[5, 0], [0, 5]], 2)
@example([[5, 0, 0], [5, 0, 0]], 2)
@example([[5, 5], [5, 1]], 2)
@example([[3], [0]], 2)
def test_no_hidden_number_follows_from_the_totals(numbers, k):
    table = suppress(numbers, k)
    for row, told in zip(numbers, table.cells, strict=True):
        for n, cell in zip(row, told, strict=True):
            assert cell in (None, n)
            assert cell is None or n >= k or k < 2 or n == 0
    for totals, told in (
        ([sum(r) for r in numbers], table.rows),
        (list(map(sum, zip(*numbers, strict=True))), table.columns),
    ):
        assert all(one in (None, total) for total, one in zip(totals, told, strict=True))
    if k > 1:
        assert_none_is_pinned(table)


@given(tables, st.integers(2, 4))
def test_zeros_are_told_only_where_a_total_says_so_anyway(numbers, k):
    table = suppress(numbers, k)
    for i, row in enumerate(table.cells):
        for j, n in enumerate(row):
            if n == 0:
                assert sum(numbers[i]) == 0 or sum(r[j] for r in numbers) == 0


@given(tables)
def test_large_numbers_are_told_whole(numbers):
    large = [[n + 10 for n in row] for row in numbers]
    table = suppress(large, 10)
    assert table.cells == tuple(map(tuple, large))
    assert table.rows == tuple(map(sum, large))
    assert table.columns == tuple(map(sum, zip(*large, strict=True)))


def test_a_small_number_takes_a_ring_of_others_with_it():
    table = suppress([[40, 7, 30], [35, 20, 25], [50, 60, 70]], 10)
    assert table.cells == ((40, None, None), (35, None, None), (50, 60, 70))
    assert table.rows == (77, 80, 180)
    assert table.columns == (125, 87, 125)


def test_two_groups_and_two_answers_keep_their_totals():
    table = suppress([[40, 7], [30, 20]], 10)
    assert (table.cells, table.rows, table.columns) == (((None, None), (None, None)), (47, 50), (70, 27))


def test_one_group_alone_has_no_totals_by_answer():
    table = suppress([[40, 7, 3]], 10)
    assert (table.cells, table.rows, table.columns) == (((40, None, None),), (50,), (None, None, None))
    assert suppress([[40, 10, 3]], 10).cells == ((40, None, None),)
    assert suppress([[20, 0]], 10).cells == ((None, None),)
    assert suppress([[3]], 10).columns == (None,)


def test_a_table_of_many_villages_is_guarded_whole():
    # villages with 1 to 12 answers, as they come
    numbers = [[n // 2, n // 3, n - n // 2 - n // 3] for n in range(1, 13)] + [[40, 20, 12], [0, 0, 0]]
    table = suppress(numbers, 10)
    for i, row in enumerate(numbers):
        for j, n in enumerate(row):
            assert (table.cells[i][j] is None) or n >= 10 or not sum(row)
    assert table.cells[-1] == (0, 0, 0)
    # bounds by totals: each hidden cell has room between what the others must take and can take
    for i, row in enumerate(table.cells[:-2]):
        assert row.count(None) >= 2
        assert sum(numbers[i]) >= 1


# -- verdicts


def test_an_assemblys_own_totals_are_whole():
    found = tallied(PROJECTS, 9, 3, valid=10, places=1)
    assert shown(PROJECTS, found, 10) is found


def test_fewer_papers_than_the_rule_asks_show_no_votes():
    found = tallied(SURVEY, (5, 3, 1), valid=9)
    told = shown(SURVEY, found, 9)
    assert verdicts(told) == verdicts(found) == {"a": "satisfied"}
    assert (told.findings[0].votes, told.findings[0].rate) == ({}, None)
    assert told.findings[0].reason == "not shown: fewer than 10 papers stand behind a number"
    assert clauses(told) == {"a": "pass"}


def test_a_small_answer_hides_a_second_one_with_it():
    found = tallied(SURVEY, (40, 7, 3), (30, 15, 15), (48, 1, 1), valid=60)
    one, whole, ten = shown(SURVEY, found, 60).findings
    assert one.votes == {"satisfied": 40}  # 10 of 60 do not answer, so that 7 + 3 alone are known
    assert (one.rate, "7" in one.reason) == (None, False)
    assert whole == found.findings[1]  # that nobody leaves it out is nobody's secret
    assert ten.votes == {"satisfied": 48}


def test_numbers_that_are_all_large_enough_stay_with_their_reason():
    found = tallied(SURVEY, (30, 15, 15), valid=70)
    assert shown(SURVEY, found, 70) == found


def test_ranks_are_guarded_across_subjects():
    rule = attrs.evolve(RANKED, shown_from=3, points=(3, 2, 1))
    found = tallied(rule, (6, 3, 1), (3, 4, 3), (1, 3, 6), valid=10, places=1)
    told = shown(rule, found, 10).findings
    assert "3" not in told[0].votes
    assert "1" not in told[2].votes


@given(st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=1, max_size=3), st.integers(0, 12))
def test_what_is_shown_of_a_subject_never_pins_what_is_not(rows, blank):
    valid = max(map(sum, rows)) + blank
    rule = attrs.evolve(SURVEY, shown_from=5)
    found = tallied(rule, *rows, valid=valid, incumbent=valid + 1)
    for row, told in zip(rows, shown(rule, found, valid).findings, strict=False):
        hidden = [n for answer, n in zip(rule.answers, row, strict=True) if answer not in told.votes]
        assert all(n >= rule.shown_from for n in told.votes.values())
        rest = valid - sum(row)
        if hidden:  # who reads it knows the valid papers: what is hidden shares a sum with another, and it is not 0
            assert len(hidden) + bool(rest) >= 2
            assert sum(hidden) + rest >= 1


def test_a_count_of_a_round_that_decided_nothing_is_guarded_too():
    few, small, enough = (Count(votes=(row,), valid=sum(row), void=0) for row in ((3, 2, 1), (30, 9, 1), (30, 15, 15)))
    assert [whole(SURVEY, counted) for counted in (few, small, enough)] == [False, False, True]
    assert all(whole(GRADES, counted) for counted in (few, small, enough))


def test_what_waits_for_money_tells_no_votes():
    rule = attrs.evolve(MONEY, shown_from=10)
    found = tallied(rule, 5, 5, 3, valid=12, money=Money(costs=(60, 60, 10), budget=100))
    assert found.waiting
    assert shown(rule, found, 12).waiting == ()


@pytest.mark.parametrize("k", [-1, 0, 1])
def test_a_threshold_of_one_hides_nothing(k):
    assert suppress([[0, 1], [2, 0]], k).cells == ((0, 1), (2, 0))


def test_nothing_is_nothing():
    assert suppress([], 10).cells == ()
    assert suppress([[0, 0], [0, 0]], 10).cells == ((0, 0), (0, 0))
