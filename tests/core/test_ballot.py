"""One kernel and one judge for every vote: the worked meetings, boundaries, ties, and laws that always hold."""

import attrs
import pytest
from tests.core.voting import (
    GRADES,
    HALF,
    MEETING,
    MOST,
    PROJECTS,
    SUBJECTS,
    VOTES,
    clauses,
    meeting_papers,
    prepared,
    tallied,
    verdicts,
)

from renda_core.domain.ballot import Attendance, Count, Round, Rule, Rung, count, judge, open_round
from renda_core.domain.rates import Share
from renda_core.errors import Invalid, Rejected


def graded(rule, *numbers, incumbent, **rest):
    """Judge one subject by the numbers of its answers."""
    n = sum(numbers)
    attendance = Attendance(incumbent=incumbent, present=n, issued=n, returned=n, **rest)
    return judge(rule, attendance, ("one",), Count(votes=(numbers,), valid=n, void=0))


# -- the worked meetings


def test_the_worked_meeting_needs_a_second_round():
    done = prepared().declare(MEETING, meeting_papers())
    first = done.rounds[0]
    assert (first.counted.valid, first.counted.void) == (55, 2)
    assert tuple(v for (v,) in first.counted.votes) == VOTES
    assert first.verdict.state == "tied"
    assert first.verdict.reasons == ("9 of 10 places decided",)
    assert [f.verdict for f in first.verdict.findings] == ["decided"] * 9 + ["tied"] * 2 + ["failed"]
    assert first.verdict.findings[-1].reason == "30 of 63 incumbent not > 1/2"
    assert first.verdict.findings[9].reason == "34 votes each for the last place"
    assert first.counted.why_void == {"max_marks": 2}
    assert list(clauses(first.verdict).values()) == ["pass"] * 9 + ["tie"] * 2 + ["otherwise"]
    assert (first.verdict.clause, first.state) == ("tie", "declared")
    assert (done.rounds[1].subjects, done.rounds[1].places, done.rounds[1].verdict) == (("j", "k"), 1, None)
    over = done.declare(MEETING, [[(0, 0)]] * 30 + [[(1, 0)]] * 27)
    assert verdicts(over.rounds[1].verdict) == {"j": "decided", "k": "failed"}
    assert clauses(over.rounds[1].verdict) == {"j": "runoff", "k": "cut"}
    assert [f.reason for f in over.rounds[1].verdict.findings] == [
        "the higher wins",
        "27 votes, below the cut of 30 votes",
    ]
    assert over.rounds[1].verdict.reasons == ("1 of 1 places decided",)
    assert over.rounds[0] == first
    assert over.version == 2
    with pytest.raises(Rejected, match="every round has its verdict"):
        over.declare(MEETING, [])


def test_thirty_two_of_sixty_three_pass_and_thirty_one_fail():
    assert list(verdicts(tallied(PROJECTS, 32, 31, valid=58, incumbent=63, places=2)).values()) == ["decided", "failed"]


def test_forty_one_of_sixty_three_cannot_open():
    few = attrs.evolve(MEETING, present=41, issued=41, returned=0)
    with pytest.raises(Rejected) as refused:
        prepared().declare(few, [])
    assert refused.value.objections == ("41 present is not ≥ 2/3 of 63 incumbent (quorum: 组织法 14)",)
    open_round(PROJECTS, attrs.evolve(few, present=42, issued=42))


@pytest.mark.parametrize("wrong", [{"issued": 59}, {"present": 64}, {"incumbent": 66}, {"seats": 62}])
def test_more_papers_or_people_than_there_are_cannot_open(wrong):
    with pytest.raises(Rejected, match=r"more than there are: issued 5[89], present \d+, incumbent \d+, seats \d+"):
        open_round(PROJECTS, attrs.evolve(MEETING, **wrong))


@pytest.mark.parametrize("name", ["seats", "incumbent", "present", "issued", "returned", "by_device"])
def test_numbers_below_nothing_cannot_open(name):
    with pytest.raises(Rejected, match=f"less than nothing: {name} -1"):
        open_round(PROJECTS, attrs.evolve(MEETING, **{name: -1}))


def test_seats_that_are_not_known_bind_nobody_unless_the_rule_counts_from_them():
    unknown = attrs.evolve(MEETING, seats=0)
    open_round(PROJECTS, unknown)
    with pytest.raises(Rejected, match="issued 59, present 58, incumbent 63 "):
        open_round(PROJECTS, attrs.evolve(unknown, issued=59))
    for rule in (attrs.evolve(PROJECTS, base="seats"), attrs.evolve(PROJECTS, quorum_of="seats")):
        with pytest.raises(Rejected, match="counts from the seats"):
            open_round(rule, attrs.evolve(MEETING, seats=0))


def test_a_quorum_of_nobody_is_none():
    with pytest.raises(Rejected, match="0 present is not ≥ 2/3 of 0 incumbent"):
        open_round(PROJECTS, Attendance(incumbent=0, present=0, issued=0, returned=0))


def test_more_papers_than_issued_void_the_round():
    done = prepared().declare(attrs.evolve(MEETING, returned=59), [[(0, 0)]] * 59)
    assert done.rounds[0].verdict.state == "void"
    assert done.rounds[0].verdict.findings == ()
    assert done.rounds[0].verdict.reasons == ("returned 59 > issued 58",)
    assert done.rounds[0].verdict.clause == "void_round"
    assert done.rounds[1] == Round(subjects=SUBJECTS, places=10)
    again = done.declare(MEETING, meeting_papers())
    assert again.rounds[1].verdict.findings[-1].verdict == "failed"  # judged as a first round


def test_papers_that_do_not_add_up_void_the_round():
    done = prepared().declare(MEETING, meeting_papers()[:-1])
    assert done.rounds[0].verdict.reasons == ("55 valid + 1 void ≠ 57 returned",)
    assert done.rounds[0].verdict.clause == "reconcile"


def test_forty_two_of_forty_five():
    found = graded(attrs.evolve(PROJECTS, max_marks=None), 42, incumbent=45).findings[0]
    assert (found.verdict, found.reason) == ("decided", "42 of 45 incumbent > 1/2")
    assert (found.rate.shown, str(found.rate)) == ("93.33 %", "93.33 % (42 / 45 incumbent)")
    assert graded(attrs.evolve(PROJECTS, max_marks=None), 23, incumbent=45).findings[0].verdict == "decided"
    assert graded(attrs.evolve(PROJECTS, max_marks=None), 22, incumbent=45).findings[0].verdict == "failed"


@pytest.mark.parametrize(("share", "verdict"), [(HALF, "satisfied"), (MOST, "basically")])
def test_exactly_half_is_a_parameter(share, verdict):
    rungs = tuple(attrs.evolve(rung, share=share) for rung in GRADES.rungs)
    found = graded(attrs.evolve(GRADES, rungs=rungs), 17, 11, 1, incumbent=34).findings[0]
    assert (found.verdict, found.clause) == (verdict, "pass")
    assert found.rate.hits == (17 if verdict == "satisfied" else 28)


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
    assert counted == Count(votes=((40, 7, 3),), valid=50, void=1, why_void={"two_answers": 1})
    found = judge(rule, present, ("one",), counted)
    assert (found.findings[0].verdict, found.warnings) == (verdict, ())
    few = Attendance(incumbent=300, present=46, issued=46, returned=46)
    papers = Count(votes=((46, 0, 0),), valid=46, void=0)
    assert judge(rule, few, ("one",), papers).warnings == ("46 papers, fewer than 50",)
    blocked = judge(attrs.evolve(rule, too_few="block"), few, ("one",), papers)
    assert (blocked.state, blocked.findings, blocked.clause) == ("refused", (), "least_papers")
    assert found.findings[0].rate.shown == ("80.00 %" if base == "valid" else "76.92 %")


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
        votes=((1, 0, 0), (0, 0, 1)), valid=2, void=1, why_void={"two_answers": 1}
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
