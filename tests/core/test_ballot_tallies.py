"""Sheets of tellers, plainly: no order survives, every difference is found, and counts add up to one."""

from __future__ import annotations

import random
from collections import Counter

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.ballot import Count, Rule, Rung, count
from renda_core.domain.ballot.tallies import Sheet, bundle_name, gaps, merged, tidied, voiding
from renda_core.domain.rates import Share
from renda_core.errors import Invalid
from renda_core.store.codec import decode, encode

MAJORITY = Rung(verdict="passed", answers={"for"}, share=Share("1/2", above=True))
CHOOSE = Rule(
    name="choose",
    answers=("for",),
    rungs=(MAJORITY,),
    otherwise="failed",
    base="incumbent",
    mode="choose",
    max_marks="seats",
)
EACH = Rule(
    name="each",
    answers=("for", "against", "abstain"),
    rungs=(MAJORITY,),
    otherwise="failed",
    base="incumbent",
    mode="each",
)
RANK = Rule(
    name="rank", answers=("1", "2", "3"), rungs=(MAJORITY,), otherwise="failed", base="valid", mode="rank", blank="void"
)
SUBJECTS, PLACES = 4, 2
BLANK = ()
VOTES = (54, 53, 52, 50, 48, 45, 44, 40, 36, 34, 34, 30)
"""The worked meeting: 12 subjects for 10 places, 54 papers with marks and one blank."""


def meeting_papers(seed: int = 7) -> list[tuple[tuple[int, int], ...]]:
    """Make the 57 papers of the worked meeting: 55 valid, one of them blank, and two with eleven marks."""
    papers: list[list[tuple[int, int]]] = [[] for _ in range(54)]
    for subject, votes in sorted(enumerate(VOTES), key=lambda one: -one[1]):
        lightest = sorted(range(54), key=lambda n: len(papers[n]))[:votes]
        for n in lightest:
            papers[n].append((subject, 0))
    made = [tuple(p) for p in papers] + [BLANK] + [tuple((s, 0) for s in range(11))] * 2
    random.Random(seed).shuffle(made)
    return made


@st.composite
def papers(draw, rule=CHOOSE):
    """Draw papers as people mark them, void ones among them."""
    cells = st.tuples(st.integers(0, SUBJECTS - 1), st.integers(0, len(rule.answers) - 1))
    return tuple(draw(st.lists(st.lists(cells, unique=True, max_size=5).map(tuple), max_size=12)))


def test_the_worked_meeting_is_counted_from_its_papers():
    sheet = tidied(Sheet(bundle="1", papers=tuple(meeting_papers())), CHOOSE, 12, places=10)
    assert [row[0] for row in sheet.votes] == list(VOTES)
    assert sheet.valid == 55
    assert sheet.void == {"max_marks": 2}
    assert sheet.papers.count(BLANK) == 1
    assert sheet.size == 57


@given(papers(), st.randoms(use_true_random=False))
def test_no_order_survives_not_even_within_a_paper(given_papers, chance):
    shuffled = [tuple(chance.sample(paper, len(paper))) for paper in given_papers]
    chance.shuffle(shuffled)
    one = tidied(Sheet(bundle="1", papers=given_papers), CHOOSE, SUBJECTS, places=PLACES)
    other = tidied(Sheet(bundle="1", papers=tuple(shuffled)), CHOOSE, SUBJECTS, places=PLACES)
    assert encode(one) == encode(other)
    assert gaps(one, other) == ()


@given(papers(EACH))
def test_a_sheet_says_what_the_count_says_and_comes_back_from_the_store(given_papers):
    sheet = tidied(Sheet(bundle="1", papers=given_papers), EACH, SUBJECTS)
    assert sheet.counted == count(EACH, SUBJECTS, given_papers)
    assert decode(encode(sheet), Sheet) == sheet


@given(papers(EACH))
def test_totals_are_as_good_as_papers(given_papers):
    papers_ = tidied(Sheet(bundle="1", papers=given_papers), EACH, SUBJECTS)
    totals = Sheet(bundle="1", votes=papers_.votes, valid=papers_.valid, void=papers_.void)
    assert gaps(papers_, tidied(totals, EACH, SUBJECTS)) == ()


@given(papers(), papers())
def test_two_sheets_agree_where_their_valid_papers_and_voids_are_the_same_and_nowhere_else(ours, theirs):
    one, other = (tidied(Sheet(bundle="1", papers=p), CHOOSE, SUBJECTS, places=PLACES) for p in (ours, theirs))
    same = Counter(one.papers) == Counter(other.papers) and one.void == other.void
    assert (gaps(one, other) == ()) == same
    assert gaps(one, other) == tuple(attrs.evolve(g, first=g.second, second=g.first) for g in gaps(other, one))


def test_a_typed_void_paper_and_one_laid_aside_are_the_same():
    typed = Sheet(bundle="1", papers=(((0, 0), (1, 0), (2, 0)), BLANK))
    aside = Sheet(bundle="1", papers=(BLANK,), void={"max_marks": 1})
    assert tidied(typed, CHOOSE, SUBJECTS, places=PLACES) == tidied(aside, CHOOSE, SUBJECTS, places=PLACES)


def test_each_difference_is_named():
    one = tidied(Sheet(bundle="1", papers=(((0, 0),), ((1, 0),)), void={"unreadable": 1}), CHOOSE, 2, places=1)
    other = tidied(Sheet(bundle="1", papers=(((0, 0),), ((0, 0),))), CHOOSE, 2, places=1)
    found = [(g.what, g.clause, g.subject, g.marks, g.first, g.second) for g in gaps(one, other)]
    assert found == [
        ("papers", "", -1, (), 3, 2),
        ("void", "unreadable", -1, (), 1, 0),
        ("votes", "", 0, (), 1, 2),
        ("votes", "", 1, (), 1, 0),
        ("paper", "", -1, ((0, 0),), 1, 2),
        ("paper", "", -1, ((1, 0),), 1, 0),
    ]


def test_equal_totals_of_different_papers_are_a_difference():
    """Two errors that cancel out in the totals are found where both typed the papers."""
    one = tidied(Sheet(bundle="1", papers=(((0, 0), (1, 0)), BLANK)), CHOOSE, 2, places=2)
    other = tidied(Sheet(bundle="1", papers=(((0, 0),), ((1, 0),))), CHOOSE, 2, places=2)
    assert {g.what for g in gaps(one, other)} == {"paper"}


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        (Sheet(bundle="1", papers=(((4, 0),),)), "paper 1 marks subject 5, answer 1"),
        (Sheet(bundle="1", papers=(BLANK, ((0, 1),))), "paper 2 marks subject 1, answer 2"),
        (Sheet(bundle="1", papers=(((-1, 0),),)), "paper 1 marks subject 0"),
        (Sheet(bundle="1", papers=(((0, 0), (0, 0)),)), "paper 1 has one mark twice"),
        (Sheet(bundle="1", papers=(), votes=((1,),) * 4), "not both"),
        (Sheet(bundle="1", votes=((1,),) * 3, valid=1), "give 4 rows of 1 numbers"),
        (Sheet(bundle="1", votes=((1, 0),) * 4, valid=1), "give 4 rows of 1 numbers"),
        (Sheet(bundle="1", votes=((3,), (0,), (0,), (0,)), valid=2), "subject 1 has 3 votes of 2 valid"),
        (Sheet(bundle="1", votes=((2,), (2,), (2,), (0,)), valid=2), "6 marks are more than 2 valid papers of at"),
        (Sheet(bundle="1", votes=((-1,), (0,), (0,), (0,)), valid=2), "-1 is no number of papers"),
        (Sheet(bundle="1", votes=((0,),) * 4, valid=-1), "valid: -1"),
        (Sheet(bundle="1", votes=((0,),) * 4, valid=100_001), "100001 is no number"),
        (Sheet(bundle="1", papers=(), void={"max_marks": -2}), "void.max_marks: -2"),
        (Sheet(bundle="1", papers=(), void={"late": 1}), "void.late: under this rule a paper is void by max_marks, un"),
        (Sheet(bundle="1", papers=(), void={"blank": 1}), "void.blank"),
        (Sheet(bundle="1", papers=(), void={"two_answers": 1}), "void.two_answers"),
        (Sheet(bundle="", papers=()), "names no bundle"),
        (Sheet(bundle="第扎", papers=()), "names no bundle"),
        (Sheet(bundle="x" * 21, papers=()), "names no bundle"),
        (Sheet(bundle="1\x00", papers=()), "names no bundle"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(sheet, told):
    with pytest.raises(Invalid, match=told):
        tidied(sheet, CHOOSE, SUBJECTS, places=PLACES)


def test_ranked_totals_cannot_give_a_place_more_often_than_there_are_papers():
    votes = ((2, 0, 0), (1, 0, 0), (0, 2, 0), (0, 0, 2))
    with pytest.raises(Invalid, match="a place is given 3 times on 2 valid papers"):
        tidied(Sheet(bundle="1", votes=votes, valid=2), RANK, SUBJECTS)


def test_ranked_papers_are_void_by_their_own_clauses():
    given = (((0, 0), (1, 0)), ((0, 0), (0, 1)), BLANK, ((0, 0), (1, 2)))
    sheet = tidied(Sheet(bundle="1", papers=given), RANK, SUBJECTS)
    assert sheet.void == {"blank": 1, "rank_twice": 2}
    assert sheet.papers == (((0, 0), (1, 2)),)


def test_equal_shares_asks_for_the_papers_themselves():
    rule = attrs.evolve(CHOOSE, mode="budget", max_marks=None, allotment="equal_shares")
    with pytest.raises(Invalid, match="enter the papers one by one"):
        tidied(Sheet(bundle="1", votes=((0,),) * 4, valid=1), rule, SUBJECTS)


def test_which_clauses_void_a_paper():
    assert voiding(CHOOSE) == ("max_marks", "unreadable")
    assert voiding(EACH) == ("two_answers", "unreadable")
    assert voiding(RANK) == ("rank_twice", "blank", "unreadable")


@pytest.mark.parametrize("text", ["2", "２", " 02 ", "第2扎", "第 2 捆", "2号", "第０２扎"])
def test_a_bundle_has_one_name_however_tired_people_write_it(text):
    assert bundle_name(text) == "2"


def test_bundles_that_differ_keep_their_names():
    assert [bundle_name(t) for t in ("0", "00", "A-1", "a-1", "东1", "10")] == ["0", "0", "a-1", "a-1", "东1", "10"]


@given(st.lists(papers(EACH), min_size=1, max_size=5), papers(EACH))
def test_bundles_and_device_together_are_one_count(bundles, device):
    sheets = [tidied(Sheet(bundle=str(n), papers=p), EACH, SUBJECTS).counted for n, p in enumerate(bundles)]
    whole = tuple(paper for bundle in (*bundles, device) for paper in bundle)
    assert merged([*sheets, count(EACH, SUBJECTS, device)]) == count(EACH, SUBJECTS, whole)


def test_counts_of_different_papers_do_not_add_up():
    one, other = Count(votes=((1,),), valid=1, void=0), Count(votes=((1,), (0,)), valid=1, void=0)
    with pytest.raises(Invalid, match="different papers"):
        merged([one, other])
    with pytest.raises(Invalid, match="no count"):
        merged([])
    assert merged([one]) == one
