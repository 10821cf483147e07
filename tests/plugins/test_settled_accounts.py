import datetime as dt

import pytest

from renda_core.domain.ballot import Attendance, count, judge
from renda_core.domain.calendar import Period
from renda_core.errors import Rejected
from renda_plugins.settled_accounts import Circular, Exposure, HandOver, Inspection, Settings, group_survey

D = dt.date
NOTICE = {"payload": Circular(document="通人常〔2026〕3号")}
SEEN = {"payload": Inspection(answer="the bridge is closed until May", group="first group")}


def test_two_months_from_assignment_for_reply_and_finish(place):
    p = place("settled_accounts")
    case = p.assigned()
    assert case.clock("reply", unit="roads").due(p.calendar) == D(2026, 3, 20)
    assert case.clock("settle").due(p.calendar) == D(2026, 3, 20)


def test_only_the_close_stops_the_settling(place, office):
    p = place("settled_accounts")
    case = p.evaluated("satisfied")
    assert case.clock("settle").state == "running"
    p.today = D(2026, 3, 23)
    case = p.do(case, "close", office)
    assert (case.clock("settle").state, case.clock("settle").late(p.calendar, p.today)) == ("stopped", 3)


def test_there_is_no_longer_class_unless_the_place_has_one(place, roads):
    p = place("settled_accounts")
    case = p.assigned(hard=True)
    assert case.clock("settle").due(p.calendar) == D(2026, 3, 20)
    with pytest.raises(Rejected, match="settles everything within 2 months"):
        p.do(p.assigned(), "take_more_time", roads, note="it is a large bridge")
    p = place("settled_accounts", settled_accounts={"hard_settle": Period(6, "month")})
    assert p.assigned(hard=True).clock("reply", unit="roads").due(p.calendar) == D(2026, 7, 20)
    assert p.assigned().clock("reply", unit="roads").due(p.calendar) == D(2026, 3, 20)
    case = p.do(p.assigned(), "take_more_time", roads, note="it is a large bridge")
    dues = {case.clock("reply", unit="roads").due(p.calendar), case.clock("settle").due(p.calendar)}
    assert dues == {D(2026, 7, 20)}


def test_handed_over_at_a_joint_meeting(place, office):
    p = place("settled_accounts")
    case = p.do(p.assigned(), "hand_over", office, payload=HandOver(place="县政府会议室", taken_by="赵"))
    assert case.states["main"] == "assigned"
    with pytest.raises(Rejected, match="main is replied"):
        p.do(p.replied(case), "hand_over", office, payload=HandOver())


def test_only_poor_handling_is_published_in_the_media(place, office):
    p = place("settled_accounts")
    shown = {"payload": Exposure(medium="通河电视台"), "note": "nothing was done for two months"}
    for grade in ("", "good"):
        case = p.evaluated("unsatisfied")  # what the deputy says is no ground to expose: it is not public
        case = p.do(case, "inspect", office, grade=grade, **SEEN) if grade else case
        with pytest.raises(Rejected, match="inspection is"):
            p.do(case, "expose", office, **shown)
    case = p.do(p.evaluated("satisfied"), "inspect", office, grade="poor", **SEEN)
    with pytest.raises(Rejected, match="reasons"):
        p.do(case, "expose", office, **{**shown, "note": ""})
    assert p.do(case, "expose", office, **shown).states["exposure"] == "exposed"


def test_results_are_circulated_and_lift_no_veil(place, office, roads):
    p = place("settled_accounts")
    with pytest.raises(Rejected, match="main is replied"):
        p.do(p.replied(p.assigned()), "circulate", office, **NOTICE)
    case = p.do(p.evaluated("unsatisfied"), "circulate", office, **NOTICE)
    assert case.states["notice"] == "circulated"
    assert "unsatisfied" not in str(p.look(case, roads))


@pytest.mark.parametrize(
    ("votes", "verdict"),
    [((5, 3, 2), "satisfied"), ((4, 1, 5), "basically"), ((4, 0, 6), "unsatisfied")],
)
def test_groups_grade_each_unit(place, votes, verdict):
    rule = group_survey(place("settled_accounts").contexts("settled_accounts"))
    papers = [[(0, answer)] for answer, n in enumerate(votes) for _ in range(n)]
    came = Attendance(incumbent=10, present=10, issued=10, returned=10)
    found = judge(rule, came, ["roads"], count(rule, 1, papers)).findings
    assert [(f.subject, f.verdict) for f in found] == [("roads", verdict)]


def test_a_limit_of_nothing_is_a_mistake():
    with pytest.raises(ValueError, match="settle must be at least 1"):
        Settings(settle=Period(0, "month"))
    with pytest.raises(ValueError, match="survey_share"):
        Settings(survey_share="half")
