"""From Python papers to packed ones, to a count, and back: nothing is lost, and the count is the one of the rule."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.databases import BOTH, CLERK, A

from renda_core.domain.ballot import Rule, Rung, count, papers
from renda_core.domain.counting import Layout, Tally, pack, pack_choices, unpack
from renda_core.domain.rates import Share
from renda_core.errors import Invalid
from renda_core.store import ballot_chunks, ballots

BALLOT = "0198a000-0000-7000-8000-0000000000b1"
APPROVAL = Rule(
    name="projects",
    mode="choose",
    answers=("for",),
    base="incumbent",
    otherwise="failed",
    max_marks=3,
    rungs=(Rung(verdict="decided", answers={"for"}, share=Share("1/2")),),
)


@st.composite
def elections(draw, most=40):
    """Give a rule, the number of its subjects, and papers, some of them void."""
    mode = draw(st.sampled_from(["choose", "each", "grade", "rank", "budget"]))
    answers = 1 if mode in ("choose", "budget") else draw(st.integers(2, 9))
    subjects = draw(st.integers(1, 12) | st.sampled_from([40, 70, 300]))
    rule = attrs.evolve(
        APPROVAL,
        mode=mode,
        answers=tuple(str(n) for n in range(1, answers + 1)),
        rungs=(),
        max_marks=draw(st.none() | st.just("seats") | st.integers(0, subjects)),
        blank=draw(st.sampled_from(["valid", "void"])),
    )
    mark = st.tuples(st.integers(0, subjects - 1), st.integers(0, answers - 1))
    paper = st.lists(mark, max_size=6) | st.lists(mark, max_size=6, unique_by=lambda m: m[0])
    return rule, subjects, draw(st.integers(0, subjects)), draw(st.lists(paper.map(tuple), max_size=most))


def tallied(layout, packed):
    tally = Tally(layout)
    tally.add_packed(packed)
    return tally.count()


@settings(max_examples=300)
@given(election=elections())
def test_packed_papers_count_as_the_rule_counts_them(election):
    rule, subjects, places, cast = election
    layout = Layout.of(rule, subjects, places=places)
    assert tallied(layout, pack(cast, layout)) == count(rule, subjects, cast, places=places)


@settings(max_examples=300)
@given(election=elections(most=60))
def test_many_papers_are_counted_as_one_by_one(election):
    rule, subjects, places, cast = election
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(papers, "FEW", 1_000_000)
        plainly = count(rule, subjects, cast, places=places)
        patch.setattr(papers, "FEW", 0)
        assert count(rule, subjects, cast, places=places) == plainly
        lists = [[list(mark) for mark in paper] for paper in cast]  # as JSON has them
        assert count(rule, subjects, lists, places=places) == plainly


@settings(max_examples=300)
@given(election=elections())
def test_packed_papers_come_back_whole(election):
    rule, subjects, places, cast = election
    layout = Layout.of(rule, subjects, places=places)
    packed = pack(cast, layout)
    back = [*unpack(packed.papers, layout), *packed.apart]
    assert sorted(tuple(sorted(p)) for p in back) == sorted(tuple(sorted(p)) for p in cast)


@settings(max_examples=100)
@given(subjects=st.integers(1, 300), data=st.data())
def test_choices_count_as_marks_do(subjects, data):
    chosen = data.draw(st.lists(st.lists(st.integers(0, subjects - 1), max_size=6), max_size=30))
    layout = Layout(subjects=subjects, limit=4)
    marks = [[(s, 0) for s in paper] for paper in chosen]
    rule = attrs.evolve(APPROVAL, max_marks=4)
    assert tallied(layout, pack_choices(chosen, layout)) == count(rule, subjects, marks)


def test_a_subject_without_a_mark_counts_as_the_last_answer():
    layout = Layout(subjects=3, answers=3, mode="each", rest=True)
    cast = [[(0, 0), (1, 1)], [(0, 2)], [], [(2, 0), (0, 1)]]
    found = tallied(layout, pack(cast, layout))
    assert found.votes == ((1, 1, 2), (0, 1, 3), (1, 0, 3))
    whole = [[*paper, *((s, 2) for s in range(3) if s not in dict(paper))] for paper in cast]
    rule = attrs.evolve(APPROVAL, mode="each", answers=("for", "against", "abstain"), max_marks=None)
    assert count(rule, 3, whole) == found
    assert unpack(pack(cast, layout).papers, layout) == [tuple(sorted(paper)) for paper in whole]


def test_two_answers_to_one_subject_void_a_paper_before_it_is_packed():
    layout = Layout(subjects=5, answers=3, mode="grade")
    packed = pack([[(0, 0), (0, 1)], [(1, 2)], [(4, 0), (4, 0)]], layout)
    assert packed.apart == ([(0, 0), (0, 1)], [(4, 0), (4, 0)])
    assert packed.why_void == {"two_answers": 2}
    assert (tallied(layout, packed).valid, tallied(layout, packed).void) == (1, 2)


@pytest.mark.parametrize(
    "paper", [[(5, 0)], [(-1, 0)], [(0, 1)], [(0, -1)], [(0.5, 0)], [(0, 0, 0)], [("a", 0)], [(0,)]]
)
def test_what_is_not_on_the_paper_is_refused(paper):
    with pytest.raises(Invalid, match="marks what is not on it"):
        pack([[(0, 0)], paper], Layout(subjects=5))


@pytest.mark.parametrize("paper", [[(5, 0)], [(-1, 0)], [(0, 1)], [(0, -1)]])
@pytest.mark.parametrize("others", [0, 100])
def test_what_is_not_on_the_paper_is_refused_by_a_count_of_any_size(paper, others):
    with pytest.raises(Invalid, match="a paper marks what is not on it"):
        count(APPROVAL, 5, [*[[(0, 0)]] * others, paper])


@pytest.mark.parametrize("paper", [[5], [-1], [300], [10**30], [1.5], ["1"], [None]])
@pytest.mark.parametrize("subjects", [5, 290])
def test_a_choice_that_is_not_there_is_refused(paper, subjects):
    layout = Layout(subjects=subjects)
    if paper == [5] and subjects > 5:
        assert tallied(layout, pack_choices([paper], layout)).votes[5] == (1,)
        return
    with pytest.raises(Invalid, match="chooses what is not on it"):
        pack_choices([[0], paper], layout)


def test_choices_are_for_one_answer():
    with pytest.raises(Invalid, match="this one has 2"):
        pack_choices([], Layout(subjects=5, answers=2))


# -- kept in the store


async def opened(unit):
    row = {"id": BALLOT, "kind": "projects", "state": "counted", "round": 1, "closes_at": None}
    await unit.write(ballots.ADD, **row, version=1, document=b"{}")
    unit.record("ballot.opened", on=BALLOT, version=1, rule="test")


async def keep(unit, cast, layout):
    await ballot_chunks.keep(unit, BALLOT, 1, cast, layout)
    unit.record("ballot.kept", on=BALLOT, version=2, rule="test")


async def counted(reader, layout):
    return await ballot_chunks.count_kept(reader, BALLOT, 1, layout)


async def kept(reader, layout):
    return await ballot_chunks.kept(reader, BALLOT, 1, layout)


async def stored(reader):
    return [(c.n, c.papers) async for c in ballot_chunks.chunks(reader, BALLOT, 1)]


@pytest.mark.parametrize("store", BOTH, indirect=True)
def test_papers_are_kept_and_counted_again(store, monkeypatch):
    monkeypatch.setattr(ballot_chunks, "PAPERS", 7)
    cast = [[(n % 5, 0), (n % 3 + 5, 0)][: n % 3] for n in range(1_000)]
    cast += [[(0, 0), (0, 0)], [(s, 0) for s in range(8)]]
    layout = Layout.of(APPROVAL, 9)
    store.run(store.write(opened, A, CLERK))
    for again in (cast[:50], cast):  # what was kept before is replaced
        store.run(store.write(keep, A, CLERK, again, layout))
        assert store.run(store.read(counted, A, layout)) == count(APPROVAL, 9, again)
    assert sorted(map(tuple, cast)) == sorted(store.run(store.read(kept, A, layout)))
    rows = store.run(store.read(stored, A))
    assert [n for n, _ in rows] == list(range(-1, 143))  # more than one fetch


@pytest.mark.parametrize("store", BOTH, indirect=True)
def test_the_order_of_papers_is_not_kept(store):
    cast = [[(n * 7 % 20, 0)] for n in range(200)] + [[(3, 0), (3, 0)], [(1, 0), (1, 0)]]
    layout = Layout.of(APPROVAL, 20)
    store.run(store.write(opened, A, CLERK))
    store.run(store.write(keep, A, CLERK, cast, layout))
    first = store.run(store.read(stored, A))
    store.run(store.write(keep, A, CLERK, cast[::-1], layout))
    assert store.run(store.read(stored, A)) == first
