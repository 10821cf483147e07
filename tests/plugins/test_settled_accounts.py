import datetime as dt

import pytest
from tests.core.peopling import settle
from tests.core.suggesting import OFFICE as CLERK
from tests.core.suggesting import REPLY, WATER, assigned
from tests.core.suggesting import ROADS as HEAD

from renda_core.domain.ballot import Attendance, count, judge
from renda_core.domain.calendar import Period
from renda_core.domain.case import Actor
from renda_core.errors import NotFound, Rejected
from renda_core.services import ballots
from renda_plugins import settled_accounts, suggestion_handling
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


@pytest.mark.rule("take_more_time.no_longer_class", "ask_more_time.no_longer_class")
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


# -- the pages


def ended(b, case, unit=HEAD, grade="satisfied"):
    judged = {"grade": grade, "payload": {}}
    return b.run(case, ("reply", unit, REPLY), ("evaluate", CLERK, judged), ("close", CLERK))


def surveyed(b, roads, water):
    """Let ten papers grade both units."""
    command = ballots.OpenBallot(kind="group_survey", subjects=(HEAD.unit, WATER.unit))
    ballot = b.do(ballots.open_ballot, CLERK, command)
    came = Attendance(incumbent=99, present=99, issued=roads + water, returned=roads + water)
    return lambda: b.do(
        ballots.declare, CLERK, ballot.id, came, [[(0, 0), (1, 2)]] * roads + [[(0, 2), (1, 1)]] * water
    )


def year(b):
    """Two months of two units: the roads settle one in time, one late, one not; the water one in time."""
    settle(b)
    early, late, _ = (assigned(b, title=t) for t in ("桥", "路", "灯"))
    other = assigned(b, (WATER, "lead"), (HEAD, "joint"))
    withdrawn = assigned(b)
    b.step(withdrawn, "withdraw", b.actor("wang", "deputy"), note="已解决")
    early, other = ended(b, early), ended(b, other, WATER)
    b.today = D(2026, 3, 23)
    late = ended(b, late)
    seen = {"payload": {"answer": "五月通车", "group": "第一组"}}
    b.step(early, "inspect", CLERK, grade="good", **seen)
    late = b.step(late, "inspect", CLERK, grade="poor", **seen)
    b.step(late, "expose", CLERK, payload={"medium": "通河电视台"}, note="两个月没有进展")
    for case in (early, late, other):
        b.step(case, "circulate", CLERK, payload={"document": "通人常〔2026〕3号"})


def figures(account):
    names = ("assigned", "in_time", "late", "open", "overdue", "unlimited", "good", "poor", "exposed", "circulated")
    return {n: v for n in names if (v := getattr(account, n))}


ROADS_2026 = {
    "assigned": 3, "in_time": 1, "late": 1, "overdue": 1, "good": 1, "poor": 1, "exposed": 1, "circulated": 2,
}  # fmt: skip


def test_every_units_account_is_settled_for_the_office(county):
    b = county(suggestion_handling, settled_accounts)
    year(b)
    page = b.page("unit_accounts")
    told = {(a.unit, a.year): figures(a) for a in page.accounts}
    assert told == {
        (HEAD.unit, 2026): ROADS_2026,
        (WATER.unit, 2026): {"assigned": 1, "in_time": 1, "circulated": 1},
    }
    assert "交通局" in {a.name for a in page.accounts}
    assert page.surveys == ()


def test_a_unit_finds_its_own_figures_and_nobody_elses(county):
    b = county(suggestion_handling, settled_accounts)
    year(b)
    surveyed(b, 6, 4)()
    told = b.page("own_account", HEAD)
    assert [(a.unit, figures(a)) for a in told.accounts] == [(HEAD.unit, ROADS_2026)]
    assert [s.unit for s in told.surveys] == [HEAD.unit]
    assert WATER.unit not in str(told)
    assert [s.unit for s in b.page("own_account", WATER).surveys] == [WATER.unit]
    for reader in (CLERK, b.actor("x", "deputy"), b.actor("nobody"), b.actor("y", "public overseer")):
        with pytest.raises(NotFound):
            b.page("own_account", reader)
    for reader in (HEAD, WATER, b.actor("x", "deputy"), b.actor("nobody")):
        for page in ("unit_accounts", "handed_over"):
            with pytest.raises(NotFound):
                b.page(page, reader)
    both = Actor(id=CLERK.id, roles={"office"}, unit=WATER.unit)
    assert {a.unit for a in b.page("own_account", both).accounts} == {WATER.unit}
    stranger = b.page("own_account", b.actor("z", unit="power"))
    assert (stranger.accounts, stranger.surveys) == ((), ())


def test_no_count_of_a_survey_before_its_verdict_and_no_votes_of_a_small_group(county):
    b = county(suggestion_handling, settled_accounts)
    settle(b)
    declare = surveyed(b, 5, 4)
    assert b.page("unit_accounts").surveys == b.page("own_account", HEAD).surveys == ()
    declare()
    (roads,) = b.page("own_account", HEAD).surveys
    assert (roads.name, roads.grade, roads.votes) == ("交通局", "满意", None)
    surveyed(b, 4, 6)()  # the next one stands in its place
    (roads,) = b.page("own_account", HEAD).surveys
    assert (roads.grade, roads.votes) == ("不满意", {"满意": 4, "基本满意": 0, "不满意": 6})


def test_the_joint_meeting_has_a_ledger(county):
    b = county(suggestion_handling, settled_accounts)
    settle(b)
    case = assigned(b, (HEAD, "lead"), (WATER, "joint"), title="修桥")
    assigned(b)
    b.step(case, "hand_over", CLERK, payload={"place": "县政府会议室", "taken_by": "赵局长"})
    page = b.page("handed_over")
    (line,) = page.items
    assert (page.total, line.number, line.title, line.place, line.taken_by) == (
        1, case.number, "修桥", "县政府会议室", "赵局长",
    )  # fmt: skip
    assert line.units == ("交通局（主办）", f"{WATER.unit}（会办）")
    assert (line.on, line.due, line.closed) == (D(2026, 1, 20), D(2026, 3, 20), False)
