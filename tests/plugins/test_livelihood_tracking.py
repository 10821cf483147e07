import datetime as dt

import pytest
from tests.plugins.conftest import Place

from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, Rejected
from renda_plugins import livelihood_tracking
from renda_plugins.livelihood_tracking.project import (
    Answer,
    Change,
    Completion,
    Decision,
    Defect,
    Inspection,
    Opinion,
    Part,
    Plan,
    Progress,
    Target,
    Tracked,
    ends,
)

D = dt.date
NAME = "livelihood_tracking"
OFFICE = Actor(id="clerk", roles={"office"})
COUNTY = Actor(id="tian", roles={"government"})
ROADS = Actor(id="zhao", unit="roads")
WANG = Actor(id="wang", roles={"deputy"})
QUARTERS = ((1, 1_000, 10), (2, 4_000, 40), (3, 7_000, 70), (4, 10_000, 100))
PLAN = Plan(targets=tuple(Target(quarter=q, progress=p, money=m) for q, p, m in QUARTERS), goal="年内建成")
COMMITTEE = Decision(body="committee", document="县人大常委会第 30 次会议")


@pytest.fixture
def county():
    catalogue = Catalogue.collect({NAME: livelihood_tracking})

    def build(**settings):
        made = {NAME: catalogue.settings[NAME](**settings)}
        return Place(catalogue.practice(frozenset({NAME})), made, today=D(2026, 2, 10))

    return build


def tracked(p, plan=PLAN, **body):
    case = p.open("tracked_project", OFFICE, Tracked(year=2026, **body))
    case = p.do(case, "assign", COUNTY, units=(("roads", "lead"),))
    return p.do(case, "plan_year", COUNTY, payload=plan)


def report(p, case, quarter, progress, money=10, grade="on_track", by=ROADS, note="", **rest):
    p.today = max(p.today, ends(2026, quarter) + dt.timedelta(days=1))
    said = Progress(quarter=quarter, progress=progress, money=money, **rest)
    return p.do(case, "report_progress", by, payload=said, grade=grade, note=note)


def due(p, case, name):
    clock = case.clock(name)
    return clock.due(p.calendar) if clock and clock.state == "running" else None


# -- quarter by quarter


def test_a_report_is_due_ten_days_after_each_quarter_and_none_after_the_fourth(county):
    p = county()
    case = tracked(p)
    assert due(p, case, "report") == D(2026, 4, 10)
    case = report(p, case, 1, 1_000)
    assert due(p, case, "report") == D(2026, 7, 10)
    case = report(p, report(p, case, 2, 4_000), 3, 7_000)
    assert due(p, case, "report") == D(2027, 1, 11)  # the tenth is a Sunday
    case = report(p, case, 4, 10_000)
    assert due(p, case, "report") is None
    assert case.states["pace"] == "on_track"


@pytest.mark.rule("report_progress.quarter")
def test_quarters_come_in_their_order_and_once_they_have_ended(county):
    p = county()
    case = tracked(p)
    with pytest.raises(Rejected, match="quarter 1 of 2026 ends on 2026-03-31; report it after that day"):
        p.do(case, "report_progress", ROADS, payload=Progress(quarter=1, progress=0, money=0), grade="on_track")
    with pytest.raises(Rejected, match="to be reported next is 1"):
        report(p, case, 2, 4_000)
    case = report(p, case, 1, 1_000)
    with pytest.raises(Rejected, match="reported already; to correct it give the reason"):
        report(p, case, 1, 900)
    case = report(p, case, 1, 900, note="the sum was added twice")
    assert due(p, case, "report") == D(2026, 7, 10)
    case = report(p, case, 2, 4_000)
    with pytest.raises(Rejected, match="later ones are too: correct quarter 2"):
        report(p, case, 1, 800, note="again")
    early = county(reports_after_quarter=False)
    assert early.do(
        tracked(early), "report_progress", ROADS, payload=Progress(quarter=1, progress=1_000, money=0), grade="on_track"
    )


@pytest.mark.rule("report_progress.progress")
def test_a_report_says_what_it_is(county):
    p = county()
    case = tracked(p)
    with pytest.raises(Rejected, match=r"goes? back|less than the quarter before"):
        report(p, report(p, case, 1, 2_000), 2, 1_900, grade="behind", problem="停工", next="复工")
    case = report(p, case, 1, 1_000)
    late = {"problem": "征地未完成", "next": "下月完成征地"}
    with pytest.raises(Rejected, match=r"29.99 % of 40.00 % planned is 滞后 \(behind\): 10.00 points"):
        report(p, case, 2, 2_999, **late)
    assert report(p, case, 2, 3_000).states["pace"] == "on_track"  # ten points behind are allowed, not more
    with pytest.raises(Rejected, match=r"30.00 % of 40.00 % planned is 正常"):
        report(p, case, 2, 3_000, grade="behind", **late)
    with pytest.raises(Rejected, match="say the problem and what comes next"):
        report(p, case, 2, 2_999, grade="behind")
    assert report(p, case, 2, 2_999, grade="behind", **late).states["pace"] == "behind"
    with pytest.raises(Rejected, match="state the progress of the whole"):
        report(p, case, 2, None)
    with pytest.raises(Rejected, match="state the progress of the whole"):
        report(p, case, 2, 4_000, done=(1,))


PARTS = (Part(name="道路", planned=10, unit="公里", weight=3), Part(name="路灯", planned=200, unit="盏", weight=1))


def test_parts_add_up_by_their_weights(county):
    p = county()
    plan = Plan(targets=PLAN.targets, goal="建成", parts=PARTS, rollup="mean")
    case = report(p, tracked(p, plan), 1, None, done=(1, 20))  # (3 × 10 % + 1 × 10 %) / 4
    with pytest.raises(Rejected, match=r"28\.75 % of 40\.00 %"):  # (3 × 30 % + 1 × 25 %) / 4
        report(p, case, 2, None, done=(3, 50))
    with pytest.raises(Rejected, match="give what each part has done, in this order: 道路、路灯"):
        report(p, case, 2, None, done=(3,))
    with pytest.raises(Rejected, match="give what each part has done"):
        report(p, case, 2, 4_000, done=(3, 50))
    with pytest.raises(Rejected, match="not whole numbers from 0 on"):
        report(p, case, 2, None, done=(3, -1))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"targets": PLAN.targets[1:3]}, "not those from one quarter to the fourth"),
        ({"targets": ()}, "not those from one quarter to the fourth"),
        ({"targets": PLAN.targets[::-1]}, "not those from one quarter to the fourth"),
        ({"targets": (Target(quarter=3, progress=9), Target(quarter=4, progress=8))}, "progress goes back"),
        ({"parts": PARTS}, "stated does not fit 2 parts"),
        ({"rollup": "mean"}, "mean does not fit 0 parts"),
        ({"parts": PARTS, "rollup": "sum"}, "several units has no sum"),
        ({"parts": (Part(name="a", planned=1, weight=0),), "rollup": "mean"}, "weigh nothing"),
        ({"parts": (Part(name="a", planned=0),), "rollup": "sum"}, "plans nothing"),
        ({"goal": " "}, "say something"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(wrong, told):
    with pytest.raises(Invalid, match=told):
        Plan(**{"targets": PLAN.targets, "goal": "建成", **wrong})


@pytest.mark.parametrize("wrong", [-1, 10_001, 33.5, "3350", True])
def test_progress_is_a_whole_number_of_hundredths(wrong):
    with pytest.raises(Invalid, match=r"33\.5 % = 3350"):
        Target(quarter=1, progress=wrong)


@pytest.mark.rule("plan_year.once", "change_plan.planned")
def test_one_plan_a_year_and_a_change_needs_a_decision(county):
    p = county()
    blank = p.open("tracked_project", OFFICE, Tracked(year=2026))
    change = Change(plan=PLAN, decision=COMMITTEE)
    with pytest.raises(Rejected, match="it has no plan yet"):
        p.do(blank, "change_plan", OFFICE, payload=change, note="budget")
    case = tracked(p)
    with pytest.raises(Rejected, match="change_plan changes it, by a decision"):
        p.do(case, "plan_year", COUNTY, payload=PLAN)
    case = report(p, case, 1, 1_000)
    late = Plan(targets=PLAN.targets[2:], goal="建成")
    with pytest.raises(Rejected, match=r"quarters \[1\] are reported"):
        p.do(case, "change_plan", OFFICE, payload=Change(plan=late, decision=COMMITTEE), note="budget")
    with pytest.raises(Rejected, match="may not change_plan"):
        p.do(case, "change_plan", COUNTY, payload=change, note="budget")
    assert p.do(case, "change_plan", OFFICE, payload=change, note="higher budget was cut")


@pytest.mark.rule("change_plan.decided", "suspend.decided", "terminate.decided")
@pytest.mark.parametrize(("by", "wanted"), [("committee", "常委会"), ("congress", "人民代表大会")])
def test_what_was_voted_is_changed_by_the_body_that_decides(county, by, wanted):
    p = county(adjusted_by=by)
    voted, listed = tracked(p, source="voted"), tracked(p)
    own = Decision(body="government", document="县政府常务会议")
    for step, payload in (("change_plan", Change(plan=PLAN, decision=own)), ("suspend", own), ("terminate", own)):
        with pytest.raises(Rejected, match=wanted):
            p.do(voted, step, OFFICE, payload=payload, note="money")
        assert p.do(listed, step, OFFICE, payload=payload, note="money")
    right = Decision(body=by, document="第 30 次会议")
    stopped = p.do(voted, "suspend", OFFICE, payload=right)
    assert due(p, stopped, "report") is None
    assert due(p, p.do(stopped, "resume", OFFICE), "report") == D(2026, 4, 10)
    assert p.do(stopped, "terminate", OFFICE, payload=right, note="no land").states["main"] == "terminated"


# -- quality, inspections, opinions


@pytest.mark.rule("answer_defect.asked", "confirm_defects.answered", "finish.defects", "archive.defects")
def test_a_defect_is_answered_confirmed_and_blocks_the_end(county):
    p = county()
    case = tracked(p)
    case = p.do(case, "find_defect", WANG, payload=Defect(finding="路面开裂", place="K1+200"))
    case = p.do(case, "find_defect", OFFICE, payload=Defect(finding="排水不畅", grave=True))
    assert (case.states["quality"], due(p, case, "defect")) == ("open", D(2026, 3, 10))
    with pytest.raises(Rejected, match=r"nothing numbered 3 waits for an answer; waiting: \[1, 2\]"):
        p.do(case, "answer_defect", ROADS, payload=Answer(to=3, text="已修"))
    p.today = D(2026, 3, 2)
    case = p.do(case, "answer_defect", ROADS, payload=Answer(to=2, text="已疏通"))
    assert due(p, case, "defect") == D(2026, 3, 10)
    with pytest.raises(Rejected, match=r"nothing numbered 2 .*waiting: \[1\]"):
        p.do(case, "answer_defect", ROADS, payload=Answer(to=2, text="已疏通"))
    with pytest.raises(Rejected, match=r"defects \[1\] have no answer yet"):
        p.do(case, "confirm_defects", OFFICE, note="现场复核")
    with pytest.raises(Rejected, match="a defect is open"):
        p.do(case, "finish", COUNTY, payload=Completion(result="建成", spent=100))
    case = p.do(case, "answer_defect", ROADS, payload=Answer(to=1, text="已修补"))
    assert due(p, case, "defect") is None
    with pytest.raises(Rejected, match="may not confirm_defects"):
        p.do(case, "confirm_defects", ROADS, note="已修好")
    case = p.do(case, "confirm_defects", OFFICE, note="现场复核")
    case = p.do(case, "finish", COUNTY, payload=Completion(result="建成", spent=100))
    assert (case.states["main"], case.states["quality"], due(p, case, "report")) == ("finished", "mended", None)
    again = p.do(case, "find_defect", WANG, payload=Defect(finding="路灯不亮"))
    job = Actor(id="job:ballot", roles={"ballot"})
    graded = p.do(again, "assess", job, grade="satisfied")
    with pytest.raises(Rejected, match="a defect is open"):
        p.do(graded, "archive", OFFICE)


@pytest.mark.rule("answer_opinion.asked")
def test_opinions_are_answered_one_by_one_and_the_clock_follows_the_oldest(county):
    p = county()
    case = tracked(p)
    for day, text in ((11, "路灯太暗"), (15, "公交站太远"), (20, "噪音")):
        p.today = D(2026, 2, day)
        case = p.do(case, "give_opinion", WANG, payload=Opinion(text=text, said_by="选民"))
    assert due(p, case, "opinion") == D(2026, 3, 11)
    case = p.do(case, "answer_opinion", ROADS, payload=Answer(to=1, text="已更换"))
    assert due(p, case, "opinion") == D(2026, 3, 16)  # 03-15 is a Sunday
    case = p.do(case, "answer_opinion", ROADS, payload=Answer(to=3, text="已调整工时"))
    assert due(p, case, "opinion") == D(2026, 3, 16)
    case = p.do(case, "answer_opinion", ROADS, payload=Answer(to=2, text="已增设"))
    assert due(p, case, "opinion") is None
    with pytest.raises(Rejected, match="waiting: none"):
        p.do(case, "answer_opinion", ROADS, payload=Answer(to=2, text="已增设"))


def test_nobody_watches_what_he_carries_out(county):
    p = county()
    case = tracked(p)
    both = Actor(id="zhao", unit="roads", roles={"deputy"})
    for step, said in (("inspect", Inspection(found="正常")), ("find_defect", Defect(finding="x")),
                       ("give_opinion", Opinion(text="好"))):  # fmt: skip
        with pytest.raises(Rejected, match=f"may not {step}"):
            p.do(case, step, both, payload=said)
    with pytest.raises(Rejected, match="may not plan_year"):
        p.do(p.open("tracked_project", OFFICE, Tracked(year=2026)), "plan_year", WANG, payload=PLAN)
    with pytest.raises(Rejected, match="may not assess"):
        p.do(case, "assess", OFFICE, grade="satisfied")


@pytest.mark.rule(
    "assign.main", "plan_year.main", "change_plan.main", "inspect.main", "give_opinion.main", "find_defect.main"
)
def test_what_has_stopped_is_left_alone(county):
    p = county()
    stopped = p.do(p.open("tracked_project", OFFICE, Tracked(year=2026)), "suspend", OFFICE, payload=COMMITTEE)
    with pytest.raises(Rejected, match="main is suspended"):
        p.do(stopped, "assign", COUNTY, units=(("roads", "lead"),))
    with pytest.raises(Rejected, match="main is suspended"):
        p.do(stopped, "plan_year", COUNTY, payload=PLAN)
    with pytest.raises(Rejected, match="main is suspended"):
        p.do(stopped, "change_plan", OFFICE, payload=Change(plan=PLAN, decision=COMMITTEE), note="money")
    over = p.do(stopped, "terminate", OFFICE, payload=COMMITTEE, note="no land")
    for step, said in (("inspect", Inspection(found="停工")), ("give_opinion", Opinion(text="何时复工")),
                       ("find_defect", Defect(finding="裸土"))):  # fmt: skip
        assert p.do(stopped, step, WANG, payload=said)
        with pytest.raises(Rejected, match="main is terminated"):
            p.do(over, step, WANG, payload=said)
