"""One kernel and one judge for every vote: the worked meetings, boundaries, ties, and laws that always hold."""

from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.ballot import Attendance, Ballot, Count, Round, Rule, Rung, count, judge, open_round
from renda_core.domain.rates import Share
from renda_core.errors import Invalid, Rejected

HALF, MOST = Share("1/2"), Share("1/2", above=True)
PROJECTS = Rule(
    name="projects",
    answers=("for",),
    base="incumbent",
    otherwise="failed",
    quorum=Share("2/3"),
    max_marks="seats",
    rungs=(Rung(verdict="decided", answers={"for"}, share=MOST),),
)
GRADES = Rule(
    name="grading",
    answers=("satisfied", "basically", "unsatisfied"),
    base="incumbent",
    otherwise="unsatisfied",
    rungs=(
        Rung(verdict="satisfied", answers={"satisfied"}, share=HALF),
        Rung(verdict="basically", answers={"satisfied", "basically"}, share=HALF),
    ),
)
VOTES = (54, 53, 52, 50, 48, 45, 44, 40, 36, 34, 34, 30)
MEETING = Attendance(seats=10, incumbent=63, present=58, issued=58, returned=57)


def meeting_papers():
    """Spread the votes over 54 papers of at most ten marks; add one blank and two with eleven."""
    marked = [[] for _ in range(54)]
    for subject, n in enumerate(VOTES):
        for paper in sorted(marked, key=len)[:n]:
            paper.append((subject, 0))
    assert max(map(len, marked)) <= 10
    return [*marked, [], *([[(s, 0) for s in range(11)]] * 2)]


def opened(rule=PROJECTS, subjects=12, places=10):
    return Ballot(
        id="b", kind="k", rule=rule, rounds=(Round(subjects=tuple("abcdefghijklmno"[:subjects]), places=places),)
    )


def graded(rule, *numbers, incumbent, **rest):
    """Judge one subject by the numbers of its answers."""
    n = sum(numbers)
    attendance = Attendance(incumbent=incumbent, present=n, issued=n, returned=n, **rest)
    return judge(rule, attendance, ("one",), Count(votes=(numbers,), valid=n, void=0))


# -- the worked meetings


def test_the_worked_meeting_needs_a_second_round():
    done = opened().declare(MEETING, meeting_papers())
    first = done.rounds[0]
    assert (first.counted.valid, first.counted.void) == (55, 2)
    assert tuple(v for (v,) in first.counted.votes) == VOTES
    assert first.verdict.state == "tied"
    assert first.verdict.reasons == ("9 of 10 places decided",)
    assert [f.verdict for f in first.verdict.findings] == ["decided"] * 9 + ["tied"] * 2 + ["failed"]
    assert first.verdict.findings[-1].reason == "30 of 63 incumbent not > 1/2"
    assert first.verdict.findings[9].reason == "34 votes each for the last place"
    assert (done.rounds[1].subjects, done.rounds[1].places, done.rounds[1].verdict) == (("j", "k"), 1, None)
    over = done.declare(MEETING, [[(0, 0)]] * 30 + [[(1, 0)]] * 27)
    assert [f.verdict for f in over.rounds[1].verdict.findings] == ["decided", "failed"]
    assert over.rounds[0] == first
    assert over.version == 2
    with pytest.raises(Rejected, match="every round has its verdict"):
        over.declare(MEETING, [])


def test_forty_one_of_sixty_three_cannot_open():
    few = attrs.evolve(MEETING, present=41, issued=41, returned=0)
    with pytest.raises(Rejected, match="41 present is not ≥ 2/3 of 63 incumbent"):
        opened().declare(few, [])
    open_round(PROJECTS, attrs.evolve(few, present=42, issued=42))


@pytest.mark.parametrize("wrong", [{"issued": 59}, {"present": 64, "issued": 58}])
def test_more_papers_or_people_than_there_are_cannot_open(wrong):
    with pytest.raises(Rejected, match=r"issued 5[89], present"):
        open_round(PROJECTS, attrs.evolve(MEETING, **wrong))


def test_more_papers_than_issued_void_the_round():
    done = opened().declare(attrs.evolve(MEETING, returned=59), [[(0, 0)]] * 59)
    assert done.rounds[0].verdict.state == "void"
    assert done.rounds[0].verdict.findings == ()
    assert done.rounds[0].verdict.reasons == ("returned 59 > issued 58",)
    assert done.rounds[1] == Round(subjects=tuple("abcdefghijkl"), places=10)
    again = done.declare(MEETING, meeting_papers())
    assert again.rounds[1].verdict.findings[-1].verdict == "failed"  # judged as a first round


def test_papers_that_do_not_add_up_void_the_round():
    done = opened().declare(MEETING, meeting_papers()[:-1])
    assert done.rounds[0].verdict.reasons == ("55 valid + 1 void ≠ 57 returned",)


def test_forty_two_of_forty_five():
    found = graded(attrs.evolve(PROJECTS, max_marks=None), 42, incumbent=45).findings[0]
    assert (found.verdict, found.reason) == ("decided", "42 of 45 incumbent > 1/2")


@pytest.mark.parametrize(("share", "verdict"), [(HALF, "satisfied"), (MOST, "basically")])
def test_exactly_half_is_a_parameter(share, verdict):
    rungs = tuple(attrs.evolve(rung, share=share) for rung in GRADES.rungs)
    assert graded(attrs.evolve(GRADES, rungs=rungs), 17, 11, 1, incumbent=34).findings[0].verdict == verdict


@pytest.mark.parametrize(("base", "verdict"), [("valid", "competent"), ("issued", "basically")])
def test_a_duty_report_names_its_base(base, verdict):
    rule = Rule(
        name="duty_report",
        answers=("competent", "basically", "incompetent"),
        base=base,
        otherwise="incompetent",
        rungs=(
            Rung(verdict="competent", answers={"competent"}, share=Share("4/5")),
            Rung(verdict="basically", answers={"competent"}, share=HALF),
        ),
        least_papers=50,
    )
    present = Attendance(incumbent=300, present=52, issued=52, returned=51)
    counted = count(rule, 1, [*([[(0, 0)]] * 40), *([[(0, 1)]] * 7), *([[(0, 2)]] * 3), [(0, 0), (0, 1)]])
    assert counted == Count(votes=((40, 7, 3),), valid=50, void=1)
    found = judge(rule, present, ("one",), counted)
    assert (found.findings[0].verdict, found.warnings) == (verdict, ())
    few = Attendance(incumbent=300, present=46, issued=46, returned=46)
    papers = Count(votes=((46, 0, 0),), valid=46, void=0)
    assert judge(rule, few, ("one",), papers).warnings == ("46 papers, fewer than 50",)
    blocked = judge(attrs.evolve(rule, too_few="block"), few, ("one",), papers)
    assert (blocked.state, blocked.findings) == ("refused", ())


@pytest.mark.parametrize(("satisfied", "verdict"), [(13, "not"), (14, "passed")])
def test_more_than_half_of_all_members(satisfied, verdict):
    rule = Rule(
        name="appointee",
        answers=("yes", "no"),
        base="incumbent",
        otherwise="not",
        rungs=(Rung(verdict="passed", answers={"yes"}, share=MOST),),
    )
    found = graded(rule, satisfied, 25 - satisfied, incumbent=27).findings[0]
    assert found.verdict == verdict
    assert f"{satisfied} of 27 incumbent" in found.reason


@pytest.mark.parametrize("base", ["seats", "incumbent", "present", "issued", "returned", "valid"])
def test_every_base_is_used_as_named(base):
    numbers = {"seats": 100, "incumbent": 90, "present": 80, "issued": 70, "returned": 60}
    rule = attrs.evolve(GRADES, base=base)
    found = judge(rule, Attendance(**numbers), ("one",), Count(votes=((30, 0, 20),), valid=50, void=10)).findings[0]
    assert f"30 of {numbers.get(base, 50)} {base}" in found.reason


# -- papers


def test_a_blank_is_valid_and_two_answers_to_one_subject_void():
    assert count(GRADES, 2, [[], [(0, 0), (1, 2)], [(0, 0), (0, 1)]]) == Count(
        votes=((1, 0, 0), (0, 0, 1)), valid=2, void=1
    )
    assert count(GRADES, 1, []) == Count(votes=((0, 0, 0),), valid=0, void=0)


@pytest.mark.parametrize("mark", [(12, 0), (0, 1), (-1, 0), (0, -1)])
def test_a_mark_outside_the_paper_is_an_error(mark):
    with pytest.raises(Invalid, match="marks what is not on it"):
        count(PROJECTS, 12, [[mark]])


def test_one_mark_too_many_voids_the_paper():
    ten, eleven = ([(s, 0) for s in range(n)] for n in (10, 11))
    assert count(PROJECTS, 12, [ten, eleven], places=10).void == 1
    assert count(attrs.evolve(PROJECTS, max_marks=3), 12, [ten[:3], ten[:4]]).void == 1
    assert count(attrs.evolve(PROJECTS, max_marks=None), 12, [eleven]).void == 0


# -- laws


papers = st.lists(
    st.lists(st.tuples(st.integers(0, 5), st.just(0)), max_size=4, unique_by=lambda m: m[0]), min_size=1, max_size=40
)


def verdict_of(marked, places, order):
    """Judge the papers with the subjects in another order; by subject."""
    place = {s: n for n, s in enumerate(order)}
    moved = [[(place[s], a) for s, a in paper] for paper in marked]
    rule = attrs.evolve(PROJECTS, max_marks=None, base="valid", quorum=None)
    n = len(marked)
    counted = count(rule, 6, moved, places=places)
    attendance = Attendance(incumbent=n, present=n, issued=n, returned=n)
    found = judge(rule, attendance, [f"s{s}" for s in order], counted, places=places)
    return found, {f.subject: (f.votes["for"], f.verdict, f.reason) for f in found.findings}


@given(papers, st.integers(1, 5), st.permutations(range(6)))
def test_no_verdict_depends_on_the_order_or_the_name_of_a_subject(marked, places, order):
    assert verdict_of(marked, places, order)[1] == verdict_of(marked, places, range(6))[1]


@given(papers, st.integers(1, 5))
def test_places_are_filled_from_above_and_ties_are_never_broken_by_chance(marked, places):
    found, by = verdict_of(marked, places, range(6))
    won = [v for v, verdict, _ in by.values() if verdict == "decided"]
    lost = [v for v, verdict, _ in by.values() if verdict == "failed"]
    tied = [v for v, verdict, _ in by.values() if verdict == "tied"]
    assert len(won) <= places
    assert len(set(tied)) <= 1
    assert min(won, default=99) > max([*tied, *(v for v in lost if 2 * v > len(marked))], default=-1)
    if tied:
        assert found.state == "tied"
        assert len(won) + found.places == places < len(won) + len(tied)
        assert {f.subject for f in found.findings if f.verdict == "tied"} == set(found.rerun)
    else:
        assert found.state == "decided"


@given(st.lists(st.integers(0, 30), min_size=3, max_size=3), st.integers(1, 100))
def test_grades_are_exact_fractions(numbers, incumbent):
    found = graded(GRADES, *numbers, incumbent=incumbent).findings[0]
    first, both = Fraction(numbers[0], incumbent), Fraction(numbers[0] + numbers[1], incumbent)
    half = Fraction(1, 2)
    assert found.verdict == ("satisfied" if first >= half else "basically" if both >= half else "unsatisfied")
