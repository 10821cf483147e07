"""Laws of every vote: no name and no order decides, ties are left to people, and more votes never harm."""

from fractions import Fraction
from itertools import combinations

import attrs
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from tests.core.voting import ANY, EACH, GRADES, HALF, MONEY, MOST, PROJECTS, RANKED, all_there, tallied, verdicts

from renda_core.domain.ballot import Count, Money, Rung, count, judge
from renda_core.domain.rates import Share

N = 5
FREE = attrs.evolve(PROJECTS, base="valid", max_marks=3)
LOW = attrs.evolve(FREE, rungs=(Rung(verdict="decided", answers="for", share=Share("1/4")),))
RULES = [
    FREE,
    LOW,
    attrs.evolve(LOW, short="again"),
    attrs.evolve(LOW, tie="vacant"),
    attrs.evolve(LOW, tie="refuse", blank="void"),
    attrs.evolve(EACH, base="valid"),
    GRADES,
    RANKED,
    attrs.evolve(RANKED, points=(3, 2, 1)),
    attrs.evolve(RANKED, points=(2, 2, 1), tie="vacant"),
    MONEY,
    attrs.evolve(MONEY, tie="vacant"),
    attrs.evolve(MONEY, allotment="equal_shares"),
]
rules = st.sampled_from(RULES)
papers = st.lists(st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, 2)), max_size=5), min_size=1, max_size=25)
places = st.integers(1, N)
costs = st.lists(st.integers(1, 60), min_size=N, max_size=N)


def fitted(rule, marked):
    """Bring marks to the answers that the rule has, and let most papers be good."""
    answers = len(rule.answers)
    fit = [[(s, a % answers) for s, a in paper] for paper in marked]
    return [list({s: (s, a) for s, a in paper}.values()) if n % 5 else paper for n, paper in enumerate(fit)]


def outcome(rule, marked, seats, prices, order, after=""):
    """Judge with the subjects in another order; by subject."""
    at = {s: n for n, s in enumerate(order)}
    moved = [[(at[s], a) for s, a in paper] for paper in marked]
    seats = 0 if rule.mode == "budget" else seats
    counted = count(rule, N, moved, places=seats)
    money = Money(costs=[prices[s] for s in order], budget=100)
    names = [f"s{s}" for s in order]
    return judge(rule, all_there(len(marked)), names, counted, places=seats, money=money, papers=moved, after=after)


def by_subject(verdict):
    """Give all that a verdict says, whatever the order of its lines."""
    lines = {f.subject: f for f in verdict.findings}
    waiting = [sorted(group, key=lambda w: w.subject) for group in verdict.waiting]
    rerun = dict(zip(verdict.rerun, verdict.costs or verdict.rerun, strict=True))
    return attrs.evolve(verdict, findings=(), rerun=(), costs=(), waiting=()), lines, rerun, waiting


@given(rules, papers, places, costs, st.permutations(range(N)), st.sampled_from(["", "tied", "short"]))
@example(RANKED, [[(1, 1)], [(0, 0), (2, 1)], [(0, 2), (1, 1)]], 2, [1] * N, [1, 0, 2, 3, 4], "")
def test_no_verdict_depends_on_the_order_or_the_name_of_a_subject(rule, marked, seats, prices, order, after):
    marked = fitted(rule, marked)
    there = outcome(rule, marked, seats, prices, range(N), after)
    assert by_subject(outcome(rule, marked, seats, prices, order, after)) == by_subject(there)


@given(rules, papers, places, costs, st.randoms(use_true_random=False))
def test_no_verdict_depends_on_the_order_of_papers_or_marks(rule, marked, seats, prices, chance):
    marked = fitted(rule, marked)
    there = outcome(rule, marked, seats, prices, range(N))
    shuffled = [chance.sample(paper, len(paper)) for paper in chance.sample(marked, len(marked))]
    assert outcome(rule, shuffled, seats, prices, range(N)) == there


@given(rules, papers, places, costs)
def test_equals_never_fare_differently(rule, marked, seats, prices):
    marked = fitted(rule, marked)
    assume(not (rule.mode == "budget" and rule.allotment == "equal_shares"))  # there it matters who votes for one
    prices = [30 for _ in prices]
    found = outcome(rule, marked, seats, prices, range(N))
    for one, other in combinations(found.findings, 2):
        if one.votes == other.votes:
            assert (one.verdict, one.clause, one.reason) == (other.verdict, other.clause, other.reason)


@given(rules, papers, places, costs)
def test_every_line_has_a_clause_and_a_reason_and_every_paper_is_accounted_for(rule, marked, seats, prices):
    marked = fitted(rule, marked)
    seats_ = 0 if rule.mode == "budget" else seats
    counted = count(rule, N, marked, places=seats_)
    assert counted.valid + counted.void == len(marked)
    assert sum(counted.why_void.values()) == counted.void
    found = outcome(rule, marked, seats, prices, range(N))
    assert found.clause
    assert found.state in ("decided", "tied", "short", "refused")
    assert all(f.clause and f.reason for f in found.findings)
    assert (found.state in ("tied", "short")) == bool(found.rerun)
    assert list(found.rerun) == [f.subject for f in found.findings if f.verdict in ("tied", "again")]
    if found.state == "refused":
        assert found.reasons


@given(rules, papers, places)
def test_places_are_filled_from_above_and_ties_are_never_broken_by_chance(rule, marked, seats):
    assume(rule.mode == "choose")
    found = outcome(rule, fitted(rule, marked), seats, [1] * N, range(N))
    assume(found.findings)
    by = {v: [f.votes["for"] for f in found.findings if f.verdict == v] for v in ("decided", "tied", "again", "failed")}
    assert len(by["decided"]) <= seats
    assert len(set(by["tied"])) <= 1
    cut = [f.votes["for"] for f in found.findings if f.clause in ("cut", "tie")]
    assert min(by["decided"], default=99) > max(cut, default=-1)
    if by["tied"]:
        assert found.state == "tied"
        assert len(by["decided"]) + found.places == seats < len(by["decided"]) + len(by["tied"])
    if by["again"]:
        assert len(by["decided"]) + found.places == seats
        assert not by["tied"]


@given(papers, costs, st.integers(0, 120))
def test_no_more_is_spent_than_there_is(marked, prices, budget):
    for rule in RULES[-3:]:
        marked_ = fitted(rule, marked)
        money = Money(costs=prices, budget=budget)
        names = [f"s{n}" for n in range(N)]
        found = judge(rule, all_there(len(marked)), names, count(rule, N, marked_), money=money, papers=marked_)
        spent = sum(c for c, f in zip(prices, found.findings, strict=False) if f.verdict == "funded")
        assert found.state == "refused" or spent + found.left == budget
        assert found.left >= 0
        if found.state == "tied":
            assert sum(found.costs) > found.left or rule.allotment == "equal_shares"


ORDER = {"failed": 0, "behind": 0, "unfunded": 0, "again": 0, "waiting": 1, "tied": 1}


@given(
    st.lists(st.integers(0, 20), min_size=4, max_size=4),
    st.integers(0, 3),
    st.integers(1, 3),
    st.sampled_from(["again", "vacant"]),
    st.sampled_from(["", "tied"]),
)
def test_more_votes_never_harm(votes, subject, seats, tie, after):
    rule = attrs.evolve(LOW, max_marks=None, tie=tie)
    more = [v + (n == subject) for n, v in enumerate(votes)]
    was, is_ = (
        ORDER.get(tallied(rule, *v, valid=30, places=seats, after=after).findings[subject].verdict, 2)
        for v in (votes, more)
    )
    assert is_ >= was


@given(
    st.lists(st.tuples(*[st.integers(0, 10)] * 3), min_size=3, max_size=3),
    st.integers(0, 2),
    st.integers(0, 2),
    st.sampled_from([(), (3, 2, 1), (5, 1, 0)]),
    st.integers(1, 2),
)
def test_a_better_place_on_one_more_paper_never_harms(rows, subject, place, points, seats):
    rule = attrs.evolve(RANKED, points=points, rungs=(Rung(verdict="ahead", answers="1 2 3", share=ANY),))
    better = [list(row) for row in rows]
    better[subject][place] += 1
    was, is_ = (tallied(rule, *r, valid=99, places=seats) for r in (rows, better))
    if was.state != "refused" and is_.state != "refused":
        assert ORDER.get(is_.findings[subject].verdict, 2) >= ORDER.get(was.findings[subject].verdict, 2)


WEIGHINGS = ((1003, 2, 1), (1003, 1002, 1), (1003, 1002, 1001))
"""Each weighs first one, then two, then three places above all else: whatever turns an order, one of them does."""


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=2, max_size=5), st.integers(1, 4))
@example([(2, 0, 0), (0, 3, 0)], 1)
@example([(2, 2, 2), (2, 2, 2), (1, 1, 1)], 1)
def test_without_points_exactly_what_no_points_could_turn_is_decided(rows, seats):
    seats = min(seats, len(rows))
    found = tallied(RANKED, *rows, valid=60, places=seats)
    weighed = {
        (v.state, tuple(verdicts(v).items()))
        for v in (tallied(attrs.evolve(RANKED, points=p), *rows, valid=60, places=seats) for p in WEIGHINGS)
    }
    if len(weighed) == 1:
        assert weighed == {(found.state, tuple(verdicts(found).items()))}
    else:
        assert (found.state, found.clause) == ("refused", "rank")


@given(st.lists(st.integers(0, 30), min_size=3, max_size=3), st.integers(0, 60), st.sampled_from([HALF, MOST]))
def test_grades_are_exact_fractions(numbers, absent, share):
    incumbent = sum(numbers) + absent
    assume(incumbent)
    rule = attrs.evolve(GRADES, rungs=tuple(attrs.evolve(rung, share=share) for rung in GRADES.rungs))
    found = tallied(rule, numbers, valid=sum(numbers), incumbent=incumbent).findings[0]
    first, both = Fraction(numbers[0], incumbent), Fraction(numbers[0] + numbers[1], incumbent)
    half = Fraction(1, 2)
    reached = (lambda n: n > half) if share.above else (lambda n: n >= half)
    assert found.verdict == ("satisfied" if reached(first) else "basically" if reached(both) else "unsatisfied")
    assert found.rate.base == incumbent


@pytest.mark.parametrize("scale", [1, 10**6, 10**15])
def test_shares_of_numbers_beyond_any_float_are_exact(scale):
    half = Count(votes=((scale,),), valid=2 * scale, void=0)
    rule = attrs.evolve(FREE, max_marks=None)
    assert judge(rule, all_there(2 * scale), "a", half, places=1).findings[0].verdict == "failed"
    over = Count(votes=((scale + 1,),), valid=2 * scale, void=0)
    assert judge(rule, all_there(2 * scale), "a", over, places=1).findings[0].verdict == "decided"
