"""A project's year: plans that change their parts, reports after the end, and what counts as finished."""

import datetime as dt

import attrs
import pytest
from tests.plugins import test_livelihood_board as boards
from tests.plugins.test_livelihood_tracking import (
    COMMITTEE,
    COUNTY,
    OFFICE,
    PLAN,
    QUARTERS,
    ROADS,
    WANG,
    county,
    due,
    report,
    tracked,
)

from renda_core.domain.case import Actor
from renda_core.errors import Rejected
from renda_core.testing import act
from renda_plugins.livelihood_tracking.project import (
    Answer,
    Change,
    Completion,
    Defect,
    Part,
    Plan,
    Progress,
    Target,
)

__all__ = ["county"]
D = dt.date
BALLOT = Actor(id="job:ballot", roles={"ballot"})
PARTS = attrs.evolve(PLAN, parts=(Part(name="甲", planned=10), Part(name="乙", planned=10)), rollup="sum")
LATE = Plan(targets=tuple(Target(quarter=q, progress=p, money=m) for q, p, m in QUARTERS[2:]), goal="年内建成")


def in_parts(p, case, quarter, *done, grade="on_track", **rest):
    p.today = max(p.today, boards.ends(2026, quarter) + dt.timedelta(days=1))
    said = Progress(quarter=quarter, money=40, done=done)
    return p.do(case, "report_progress", ROADS, payload=said, grade=grade, **rest)


def line(case):
    return boards.shown(case).projects[0]


@pytest.mark.parametrize("first", [PLAN, PARTS])
def test_a_new_plan_with_other_parts_leaves_earlier_reports_as_they_were(county, first):
    p = county()
    second = PARTS if first is PLAN else PLAN
    case = tracked(p, first)
    case = report(p, case, 1, 5_000) if first is PLAN else in_parts(p, case, 1, 5, 5)
    case = p.do(case, "change_plan", OFFICE, payload=Change(plan=second, decision=COMMITTEE), note="设计变更")
    assert [q.actual for q in line(case).quarters] == [5_000, None, None, None]
    fewer, more = (2, 3), (6, 6)
    with pytest.raises(Rejected, match="less than the quarter before"):
        in_parts(p, case, 2, *fewer, grade="behind") if second is PARTS else report(p, case, 2, 4_000, money=40)
    case = in_parts(p, case, 2, *more) if second is PARTS else report(p, case, 2, 6_000, money=40)
    assert [q.actual for q in line(case).quarters] == [5_000, 6_000, None, None]


def test_a_plan_that_begins_in_the_third_quarter(county):
    p = county()
    case = tracked(p, LATE)
    assert due(p, case, "report") == D(2026, 10, 12)  # the tenth is a Saturday
    assert (line(case).quarter, line(case).planned) == (0, 0)
    case = report(p, case, 3, 7_000, money=70)
    assert (due(p, case, "report"), line(case).progress) == (D(2027, 1, 11), 7_000)


def test_a_plan_that_is_put_off_puts_off_the_report(county):
    p = county()
    case = p.do(tracked(p), "change_plan", OFFICE, payload=Change(plan=LATE, decision=COMMITTEE), note="开工推迟")
    assert due(p, case, "report") == D(2026, 10, 12)


@pytest.mark.rule("report_progress.main")
def test_the_fourth_quarter_is_reported_after_a_grading_in_december(county):
    p = county()
    case = report(p, report(p, report(p, tracked(p), 1, 1_000), 2, 4_000), 3, 7_000)
    p.today = D(2026, 12, 20)
    case = p.do(case, "assess", BALLOT, grade="basically")
    assert due(p, case, "report") is None
    case = report(p, case, 4, 10_000)
    assert (line(case).progress, case.states["main"], due(p, case, "report")) == (10_000, "assessed", None)
    with pytest.raises(Rejected, match="main is archived"):
        report(p, p.do(case, "archive", OFFICE), 4, 9_000, note="更正")


def test_a_project_that_is_finished_early_may_report_its_quarter_and_is_asked_for_none(county):
    p = county()
    case = report(p, tracked(p), 1, 6_000)
    case = p.do(case, "finish", COUNTY, payload=Completion(result="建成", spent=100))
    assert due(p, case, "report") is None
    case = report(p, case, 2, 10_000)
    assert (line(case).progress, line(case).finished, due(p, case, "report")) == (10_000, True, None)


def test_what_was_graded_unfinished_is_not_counted_as_finished():
    done = boards.project(1, progress=10_000, state="assessed")
    done = attrs.evolve(done, acts=(*done.acts, act("finish", payload=Completion(result="建成", spent=1))))
    open_ = boards.project(2, progress=3_000, state="assessed", grading="unsatisfied")
    total = boards.shown(done, open_).totals[0]
    assert (total.finished.hits, total.finished.base) == (1, 2)


def test_a_second_grading_replaces_the_first_and_both_are_on_record(county):
    p = county()
    case = p.do(tracked(p), "assess", BALLOT, grade="unsatisfied")
    case = p.do(case, "assess", BALLOT, grade="satisfied")
    assert case.states["grading"] == "satisfied"
    assert [a.grade for a in case.took("assess")] == ["unsatisfied", "satisfied"]


def test_defects_keep_their_numbers_and_a_stopped_project_owes_no_answer(county):
    p = county()
    case = p.do(tracked(p), "find_defect", WANG, payload=Defect(finding="开裂"))
    case = p.do(case, "answer_defect", ROADS, payload=Answer(to=1, text="已修"))
    case = p.do(case, "confirm_defects", OFFICE, note="复核")
    case = p.do(case, "find_defect", WANG, payload=Defect(finding="又开裂"))
    with pytest.raises(Rejected, match=r"nothing numbered 1 .*waiting: \[2\]"):
        p.do(case, "answer_defect", ROADS, payload=Answer(to=1, text="已修"))
    over = p.do(case, "terminate", OFFICE, payload=COMMITTEE, note="no land")
    assert due(p, over, "defect") is None
