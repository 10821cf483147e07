import asyncio
import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.test_livelihood_tracking import PLAN

from renda_core.domain.ballot import Attendance, Count, judge, open_round
from renda_core.errors import Rejected
from renda_core.records import Opening
from renda_core.testing import act, case, context
from renda_plugins import livelihood_tracking
from renda_plugins.livelihood_tracking import grading, refuse_untracked, voted
from renda_plugins.livelihood_tracking.board import board
from renda_plugins.livelihood_tracking.progress import Weighed, actual, mean, money, points
from renda_plugins.livelihood_tracking.project import KIND, Part, Plan, Progress, Target, Tracked, ends

D = dt.date


class Cases:
    """A desk that knows some cases by kind and step."""

    def __init__(self, **known):
        self.known = known

    async def cases(self, kind, step):
        return tuple(c for c in self.known.get(kind, ()) if c.took(step))


def project(n, *, weight=1, investment=0, state="tracked", progress=None, spent=0, plan=PLAN, **states):
    acts = [act("track"), act("plan_year", payload=plan)]
    if progress is not None:
        acts.append(act("report_progress", payload=Progress(quarter=2, progress=progress, money=spent)))
    body = Tracked(year=2026, weight=weight, investment=investment)
    return case(
        KIND, *acts, body=body, number=f"2026-{n:02}", title=f"项目{n}", id=f"p{n}", states={"main": state, **states}
    )


def shown(*projects, **settings):
    told = context(livelihood_tracking, today=D(2026, 7, 5), **settings)
    return asyncio.run(board(told, Cases(tracked_project=projects)))


def test_twenty_projects_of_one_county():
    twenty = [project(n, progress=4_000 if n <= 15 else 2_000, spent=40, pace="on_track" if n <= 15 else "behind")
              for n in range(1, 19)]  # fmt: skip
    found = shown(*twenty, project(19, state="suspended", progress=9_000), project(20))
    (total,) = found.totals
    assert (total.projects, total.stopped, total.behind, total.unreported) == (20, 1, 3, 1)
    assert total.progress == points(Fraction(15 * 4_000 + 3 * 2_000, 19 * 10_000))  # 34.74 %
    assert total.progress == 3_474
    assert total.money.shown == "100.00 %"
    assert [p.number for p in found.projects] == [f"2026-{n:02}" for n in range(1, 21)]
    assert found.projects[18].weight == 0
    assert found.projects[0].quarters[1].actual == 4_000


@pytest.mark.parametrize(
    ("by", "wanted", "weights"), [("equal", 5_000, 3), ("investment", 3_500, 800), ("stated", 5_000, 8)]
)
def test_weights_are_explicit(by, wanted, weights):
    one = project(1, weight=3, investment=100, progress=8_000)
    other = project(2, weight=3, investment=500, progress=2_000)
    three = project(3, weight=2, investment=200, progress=5_000)
    total = shown(one, other, three, weigh_by=by).totals[0]
    # by hand: 15/3; (80 × 100 + 20 × 500 + 50 × 200) / 800; (3 × 80 + 3 × 20 + 2 × 50) / 8
    assert (total.progress, total.weigh_by, total.weights) == (wanted, by, weights)


def test_nothing_weighs_nothing():
    assert shown(project(1, progress=5_000), weigh_by="investment").totals[0].progress is None
    assert shown().totals == ()


def test_more_money_than_planned_is_shown_as_it_is():
    rate = money([71_000_000_000], [75_000_000_000])  # 7.1 and 7.5 亿元, in fen
    assert rate.shown == "105.63 %"  # 宁海: 105.6 %


PARTS = (Part(name="甲", planned=10, unit="公里", weight=3), Part(name="乙", planned=30, unit="公里", weight=1))


@pytest.mark.parametrize(
    ("rollup", "share"), [("sum", Fraction(20, 40)), ("mean", Fraction(3 * 1 + Fraction(1, 3), 4))]
)
def test_sum_and_mean_by_hand(rollup, share):
    plan = Plan(targets=PLAN.targets, goal="建成", parts=PARTS, rollup=rollup)
    told = Progress(quarter=1, money=0, done=(10, 10))
    assert actual(plan, told) == share
    over = Progress(quarter=1, money=0, done=(99, 10))  # more than planned of one part makes up for no other
    assert actual(plan, over) == share


@given(st.lists(st.tuples(st.integers(0, 9), st.fractions(0, 1)), min_size=1, max_size=9), st.integers(1, 50))
def test_a_mean_lies_between_and_knows_no_order_and_no_scale(parts, scale):
    weighed = [Weighed(weight=w, share=s) for w, s in parts]
    found = mean(weighed)
    if found is None:
        assert not any(w for w, _ in parts)
        return
    assert min(s for w, s in parts if w) <= found <= max(s for w, s in parts if w)
    assert found == mean(weighed[::-1])
    assert found == mean([Weighed(weight=p.weight * scale, share=p.share) for p in weighed])


# -- the grading at the year's end


def graded(*votes, members, **settings):
    rule = grading(context(livelihood_tracking, **settings))
    n = sum(votes)
    attendance = Attendance(incumbent=members, present=n, issued=n, returned=n)
    return judge(rule, attendance, ("p",), Count(votes=(votes,), valid=n, void=0)).findings[0]


@pytest.mark.parametrize(("half", "verdict"), [("pass", "satisfied"), ("fail", "basically")])
def test_exactly_half_both_ways(half, verdict):
    assert graded(17, 11, 1, members=34, half_counts_as=half).verdict == verdict


def test_the_ladder():
    assert graded(16, 0, 13, members=34).verdict == "unsatisfied"
    assert graded(16, 1, 12, members=34).verdict == "basically"
    assert graded(182, 10, 1, members=193).verdict == "satisfied"  # 宁国
    assert graded(10, 5, 4, 10, members=29, abstention=True).verdict == "basically"  # 龙游: 弃权 helps nobody
    assert graded(10, 5, 4, members=29, grading_base="valid").verdict == "satisfied"


def test_more_than_half_of_the_members_meet():
    rule = grading(context(livelihood_tracking))
    with pytest.raises(Rejected, match="17 present"):
        open_round(rule, Attendance(incumbent=34, present=17, issued=17, returned=0))
    open_round(rule, Attendance(incumbent=34, present=18, issued=18, returned=0))


def test_what_was_stopped_is_not_graded_and_nothing_else_is():
    fine, stopped = project(1, state="finished"), project(2, state="terminated")
    other = case("suggestion", "open", title="修桥")
    told = context(livelihood_tracking)
    assert list(refuse_untracked(told, Opening(subjects=(fine,)))) == []
    assert list(refuse_untracked(told, Opening(subjects=(fine, stopped, other)))) == [
        "项目2 is 终止, and is not graded",
        "修桥 is no tracked project",
    ]


# -- voted projects come by themselves


def test_every_voted_project_is_tracked_once():
    announced = case("livelihood_project", "collect", "announce", id="a", title="修路", states={"main": "announced"})
    stopped = case("livelihood_project", "collect", "announce", id="b", title="修桥", states={"course": "terminated"})
    waiting = case("livelihood_project", "collect", id="c", title="修渠")
    found = asyncio.run(voted(context(livelihood_tracking), Cases(livelihood_project=(announced, stopped, waiting))))
    assert [(f.key, f.title, f.body.source, dict(f.links)) for f in found] == [
        ("a:2026", "修路", "voted", {"voted_as": ("a",)})
    ]


def test_the_ends_of_quarters():
    assert [ends(2026, q) for q in (1, 2, 3, 4)] == [D(2026, 3, 31), D(2026, 6, 30), D(2026, 9, 30), D(2026, 12, 31)]
    assert Target(quarter=4, progress=10_000).money == 0
