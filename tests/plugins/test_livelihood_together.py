"""What the congress votes is tracked by itself, graded at the year's end, and graded by half both ways."""

import datetime as dt

import pytest
from tests.plugins.livelihood import CLERK, GOVERNMENT, JULY, PRESIDIUM, adopted, marks, opened, ready
from tests.plugins.test_livelihood_tracking import PLAN

from renda_core.domain.ballot import Attendance
from renda_core.errors import Rejected
from renda_core.services import ballots, jobs
from renda_plugins import livelihood_ballot, livelihood_tracking
from renda_plugins.livelihood_tracking.project import Answer, Completion, Defect


def tracked_of(b, case):
    opened = b.store.run(b.store.write(jobs.look, b.file.id, jobs.WATCH, b.tenant))
    found = [b.case(id) for id in opened]
    return [c for c in found if c.kind == "tracked_project" and c.links["voted_as"] == (case.id,)]


def announced(b):
    case, other = ready(b, "城东石桥"), ready(b, "饮水安全")
    method = adopted(b, places=1, surplus=1)
    ballot = opened(b, (case, other), method, places=1)
    there = Attendance(incumbent=63, present=63, issued=63, returned=63)
    b.do(ballots.declare, PRESIDIUM, ballot.id, there, marks((40, 23), 63))
    assert b.case(other.id).states["main"] == "failed"
    return b.step(case, "announce", PRESIDIUM, payload={"document": "公告第 1 号"}), other


def test_a_voted_project_is_tracked_once_and_graded(county):
    b = county(livelihood_ballot, livelihood_tracking, today=JULY)
    voted, failed = announced(b)
    (case,) = tracked_of(b, voted)
    assert (case.title, case.body.source, case.body.year) == ("城东石桥", "voted", 2027)
    assert tracked_of(b, voted) == []
    assert tracked_of(b, failed) == []
    b.today = dt.date(2027, 1, 10)
    case = b.step(case, "plan_year", GOVERNMENT, payload=PLAN)
    case = b.step(case, "find_defect", CLERK, payload=Defect(finding="桥面渗水"))
    case = b.step(case, "answer_defect", GOVERNMENT, payload=Answer(to=1, text="已做防水"))
    case = b.step(case, "confirm_defects", CLERK, note="现场复核")
    case = b.step(case, "finish", GOVERNMENT, payload=Completion(result="通车", spent=190))
    command = ballots.OpenBallot(kind="livelihood_grading", subjects=(case.id,), incumbent=34)
    ballot = b.do(ballots.open_ballot, PRESIDIUM, command)
    there = Attendance(incumbent=34, present=29, issued=29, returned=29)
    papers = [[(0, 0)]] * 17 + [[(0, 1)]] * 11 + [[(0, 2)]]
    b.do(ballots.declare, PRESIDIUM, ballot.id, there, papers)
    case = b.case(case.id)
    assert (case.states["main"], case.states["grading"]) == ("assessed", "satisfied")
    assert b.step(case, "archive", CLERK).states["main"] == "archived"
    assert b.verify().whole


def test_what_the_congress_voted_is_no_projects_list_of_the_government(county):
    b = county(livelihood_ballot, livelihood_tracking, today=JULY)
    voted, _ = announced(b)
    command = ballots.OpenBallot(kind="livelihood_grading", subjects=(voted.id,), incumbent=34)
    with pytest.raises(Rejected, match="城东石桥 is no tracked project"):
        b.do(ballots.open_ballot, PRESIDIUM, command)
