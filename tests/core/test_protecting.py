"""Groups under k: none is told, and none follows, by exact linear algebra over every sum of what is told."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renda_core.domain.protecting import TOTAL, Rating, protect

GRADES = ("solved", "basically", "not_solved")
DIMENSIONS = ("category", "unit", "station", "deputy")
AFTER = dt.date(2027, 1, 1)
DAYS = (dt.date(2025, 2, 3), dt.date(2025, 5, 6), dt.date(2025, 12, 31), dt.date(2026, 1, 1))


def ratings(many, grade="solved", on=DAYS[0], **of):
    """Give so many equal ratings; a value is a text or several."""
    groups = {d: (v,) if isinstance(v, str) else v for d, v in of.items()}
    return [Rating(on=on, grade=grade, of=groups) for _ in range(many)]


def told(found, k=10, upto=AFTER):
    return protect(found, k, upto, grades=GRADES, dimensions=DIMENSIONS)


def sizes(cells):
    return {(c.year, c.quarter, c.dimension, c.value): c.n for c in cells}


def quarter(cells):
    """Give the groups that are told of the first quarter of 2025."""
    return {(c.dimension, c.value): c.n for c in cells if (c.year, c.quarter) == (2025, 1)}


def people_of(cell, found):
    """Find who is in a told group, apart from the code under test."""
    for n, r in enumerate(found):
        inside = cell.dimension == TOTAL or cell.value in r.of.get(cell.dimension, ())
        if r.on.year == cell.year and cell.quarter in (0, (r.on.month - 1) // 3 + 1) and inside:
            yield n


def rows_told(cells, found):
    """Write everything that is told as weights of people: each group, and each answer of it."""
    for cell in cells:
        who = set(people_of(cell, found))
        assert cell.n == len(who)
        yield [Fraction(n in who) for n in range(len(found))]
        for grade, many in cell.answers.items():
            gave = {n for n in who if found[n].grade == grade}
            assert many == len(gave)
            yield [Fraction(n in gave) for n in range(len(found))]


def echelon(rows):
    """Solve over the rationals; give rows that are independent."""
    rows, done = [row[:] for row in rows], []
    while rows:
        row = rows.pop()
        pivot = next((i for i, x in enumerate(row) if x), None)
        if pivot is None:
            continue
        row = [x / row[pivot] for x in row]
        rows = [[a - r[pivot] * b for a, b in zip(r, row, strict=True)] if r[pivot] else r for r in rows]
        done.append(row)
    return done


def rank(rows):
    return len(echelon(rows))


def assert_protected(cells, found, k):
    """No sum of what is told is about fewer than k people, and about anybody.

    If one were, the others' columns alone would have a smaller rank: it vanishes on all of them.
    """
    rows = echelon(list(rows_told(cells, found)))
    for few in combinations(range(len(found)), min(k - 1, len(found))):
        rest = [[x for n, x in enumerate(row) if n not in few] for row in rows]
        assert rank(rest) == len(rows), f"{few} are told about"


groups = st.fixed_dictionaries(
    {
        "category": st.sampled_from([("a",), ("b",)]),
        "station": st.sampled_from([("s",), ("t",), ()]),
        "deputy": st.sampled_from([("p",), ("q",), ("p", "q")]),
    }
)
given_ratings = st.lists(
    st.builds(Rating, on=st.sampled_from(DAYS), grade=st.sampled_from(GRADES), of=groups), max_size=12
)
few_ratings = st.lists(
    st.builds(Rating, on=st.sampled_from(DAYS[:2]), grade=st.sampled_from(GRADES[:2]), of=groups),
    min_size=8,
    max_size=13,
)


@settings(max_examples=150)
@given(given_ratings, st.integers(2, 3))
def test_no_sum_of_what_is_told_is_about_fewer_than_k(found, k):
    assert_protected(told(found, k), found, k)


@settings(max_examples=60)
@given(few_ratings, st.integers(2, 4))
def test_nor_where_groups_are_just_large_enough(found, k):
    assert_protected(told(found, k), found, k)


@settings(max_examples=100)
@given(given_ratings, st.integers(2, 4))
def test_no_small_group_and_no_small_difference_of_two(found, k):
    cells = told(found, k)
    people = [frozenset(people_of(c, found)) for c in cells]
    assert all(len(p) >= k for p in people)
    assert all(n >= k for c in cells for n in c.answers.values())
    for one, other in combinations(people, 2):
        for larger, smaller in ((one, other), (other, one)):
            if smaller < larger:
                assert len(larger - smaller) >= k


@given(given_ratings, st.integers(0, 4), st.integers(0, 8))
def test_what_was_told_is_told_again_and_the_same_whatever_comes_later(found, k, months):
    upto = dt.date(2025 + months // 12, 1 + 3 * (months % 4), 1)
    early = [r for r in found if r.on < upto]
    before = told(early, k, upto)
    later = {(c.year, c.quarter, c.dimension, c.value): c for c in told(found, k, AFTER)}
    over = {(c.year, c.quarter, c.dimension, c.value): c for c in before}
    assert {key: later.get(key) for key in over} == over
    periods = {(c.year, c.quarter) for c in before}
    assert {key for key in later if key[:2] in periods} == set(over)


@given(given_ratings, st.integers(0, 4), st.randoms(use_true_random=False))
def test_the_order_in_which_ratings_stand_changes_nothing(found, k, chance):
    mixed = found[:]
    chance.shuffle(mixed)
    assert told(mixed, k) == told(found, k)


@given(given_ratings)
def test_k_of_one_or_none_hides_nothing(found):
    for k in (0, 1):
        cells = told(found, k)
        wanted = Counter()
        for r in found:
            for period in ((r.on.year, (r.on.month - 1) // 3 + 1), (r.on.year, 0)):
                wanted.update((*period, d, v) for d, values in [(TOTAL, (TOTAL,)), *r.of.items()] for v in values)
        assert sizes(cells) == wanted
        assert all(sum(c.answers.values()) == c.n and set(c.answers) == set(GRADES) for c in cells)


def test_nobody_is_nothing():
    assert told([]) == ()


def test_k_larger_than_all_tells_nothing():
    assert told(ratings(30, station="s"), k=31) == ()


def test_a_period_is_told_when_it_is_over():
    found = ratings(20, on=dt.date(2025, 3, 31))
    assert told(found, upto=dt.date(2025, 3, 31)) == ()
    assert sizes(told(found, upto=dt.date(2025, 4, 1))) == {(2025, 1, "", ""): 20}
    assert (2025, 0, "", "") in sizes(told(found, upto=dt.date(2026, 1, 1)))


def test_two_publications_differ_by_no_single_rating():
    """Today's table less yesterday's would be the one who came in between: what runs is not told."""
    found = ratings(20, station="s", on=dt.date(2026, 4, 1))
    more = [*found, *ratings(1, "not_solved", station="s", on=dt.date(2026, 4, 2))]
    for day in (dt.date(2026, 4, 2), dt.date(2026, 6, 30)):
        assert told(found, upto=day) == told(more, upto=day) == ()


def test_a_station_of_two_deputies_does_not_give_the_smaller_one_away():
    found = [*ratings(18, station="s", deputy="p"), *ratings(7, station="s", deputy="q"), *ratings(40, station="t")]
    cells = quarter(told(found))
    assert cells[TOTAL, TOTAL] == 65
    assert cells["station", "s"] == 25
    assert ("deputy", "q") not in cells
    assert ("deputy", "p") not in cells  # 25 less 18 would be the seven


def test_a_station_of_two_large_deputies_is_told_with_both():
    found = [*ratings(18, station="s", deputy="p"), *ratings(17, station="s", deputy="q"), *ratings(40, station="t")]
    cells = quarter(told(found))
    assert {("station", "s"), ("station", "t"), ("deputy", "p"), ("deputy", "q")} <= set(cells)


def test_the_rest_of_a_total_is_no_small_group():
    found = [*ratings(40, station="s"), *ratings(9, station="t")]
    assert quarter(told(found)) == {(TOTAL, TOTAL): 49}


def test_a_unit_with_one_station_is_told_with_it_and_tells_no_more():
    found = [*ratings(30, station="s", unit="u"), *ratings(30, station="t", unit="v"), *ratings(5, station="t")]
    cells = quarter(told(found))
    assert cells["unit", "u"] == cells["station", "s"] == 30
    assert ("unit", "v") not in cells  # t less v is five people


def test_a_quarter_of_a_year_does_not_give_another_away():
    """The year less three quarters told is the fourth."""
    found = [r for on in DAYS[:2] for r in ratings(30, station="s", on=on)]
    found += [*ratings(4, station="s", on=DAYS[2]), *ratings(50, station="t", on=DAYS[2])]
    found += [r for on in DAYS[:2] for r in ratings(50, station="t", on=on)]
    cells = sizes(told(found))
    assert (2025, 4, "station", "s") not in cells
    assert (2025, 0, "station", "s") not in cells
    assert cells[2025, 0, "", ""] == cells[2025, 4, "", ""] + cells[2025, 1, "", ""] + cells[2025, 2, "", ""]


def test_three_ways_to_cut_that_halve_a_small_group():
    """Where categories, units and stations cross so that their sum less the total is twice a small group."""
    found = [
        *ratings(30, category="a", unit="w", station="t"),
        *ratings(30, category="b", unit="u", station="t"),
        *ratings(30, category="b", unit="w", station="s"),
        *ratings(4, category="a", unit="u", station="s"),
    ]
    cells = told(found)
    assert_small_is_hidden(
        cells, found, {n for n, r in enumerate(found) if r.of["category"] + r.of["unit"] == ("a", "u")}
    )


def assert_small_is_hidden(cells, found, small):
    """The indicator of a group is no sum of what is told."""
    rows = echelon(list(rows_told(cells, found)))
    assert rank([*rows, [Fraction(n in small) for n in range(len(found))]]) == len(rows) + 1


def test_everybody_saying_the_same_is_not_told():
    """Of fifteen who all say solved, how each answered would be known."""
    (whole, *_) = told(ratings(15))
    assert (whole.n, whole.answers) == (15, {})


def test_small_answers_hide_others_and_what_they_leave_is_no_small_group():
    (whole, *_) = told([*ratings(30), *ratings(15, "basically"), *ratings(5, "not_solved")])
    assert whole.answers == {"solved": 30}  # 50 less 30 are twenty
    (whole, *_) = told([*ratings(45), *ratings(3, "basically"), *ratings(2, "not_solved")])
    assert (whole.n, whole.answers) == (50, {})  # 50 less 45 would be the five who were not content
    (whole, *_) = told([*ratings(30), *ratings(20, "basically"), *ratings(10, "not_solved")])
    assert whole.answers == {"solved": 30, "basically": 20, "not_solved": 10}


def test_an_answer_does_not_follow_from_the_other_groups():
    """The total's answers less one station's are the other's."""
    found = [*ratings(40, station="s"), *ratings(20, "basically", station="s"), *ratings(20, "not_solved", station="s")]
    found += [*ratings(40, station="t"), *ratings(20, "basically", station="t"), *ratings(3, "not_solved", station="t")]
    cells = {c.value: c for c in told(found) if (c.year, c.quarter) == (2025, 1)}
    assert cells[TOTAL].answers == {"solved": 80, "basically": 40, "not_solved": 23}
    assert "not_solved" not in cells["s"].answers
    assert "not_solved" not in cells["t"].answers


def test_a_year_tells_what_its_quarters_tell():
    found = [r for on in DAYS[:2] for g in GRADES for r in ratings(12, g, on=on, station="s")]
    cells = {(c.quarter, c.dimension): c for c in told(found) if c.year == 2025}
    assert cells[0, ""].answers == dict.fromkeys(GRADES, 24)
    assert cells[0, "station"].answers == dict.fromkeys(GRADES, 24)


def test_a_city_is_no_matter_of_minutes():
    """500 stations, eight quarters, four ways to cut: most large groups are told, and told the same again."""
    chance = random.Random(7)
    found = [
        Rating(
            on=dt.date(2025 + q // 4, q % 4 * 3 + 1, 1 + chance.randrange(28)),
            grade=chance.choices(GRADES, [6, 3, 1])[0],
            of={
                "station": (f"s{(s := chance.randrange(500))}",),
                "deputy": (f"{s}-{chance.randrange(5)}",),
                "unit": (f"u{chance.randrange(30)}",),
                "category": (f"c{chance.randrange(10)}",),
            },
        )
        for q in range(8)
        for _ in range(3_000)
    ]
    cells = told(found)
    large = Counter((c.dimension, c.quarter != 0) for c in cells)
    assert large["category", True] == 80
    assert large["unit", True] == 240
    assert large["station", False] > 750
    assert all(c.n >= 10 for c in cells)


@pytest.mark.parametrize("k", [2, 10])
def test_a_grade_that_is_not_listed_is_only_in_the_size(k):
    found = [*ratings(30, "unlisted"), *ratings(30)]
    (whole, *_) = told(found, k)
    assert whole.n == 60
    assert "unlisted" not in whole.answers
