"""A year's results: kept once the year is over, corrected where they come out otherwise, and people's word kept."""

import datetime as dt

import attrs
import pytest
from tests.core.dutying import CHAIR, LI, OFFICE, SECOND, STATION, WANG, counters, made_anew, mark, records_of
from tests.core.pointing import (
    AFTER,
    COUNTY,
    KINDS,
    RULE,
    TOWN,
    D,
    assess,
    did,
    hold,
    pointed,
    record,
    score,
    scores,
)
from tests.core.suggesting import entries

from renda_core.domain.mandates import MandateEvent
from renda_core.errors import Invalid, NotAllowed, NotFound, PracticeFailed, Rejected
from renda_core.records import ScoreRule
from renda_core.services import duty, mandates
from renda_core.services.desk import StoreDesk
from renda_core.testing import Bench, uid

SOURCE = f"score:points:2026:{COUNTY}"


def result(b, who=WANG):
    """Give a person's result of the year."""
    (found,) = [r for r in records_of(b, who) if r.kind == "result" and r.source == SOURCE]
    return found


def told(done):
    """Give what a run came to."""
    return done.made, done.corrected, done.same, done.left


def happen(b, name, kind, on, reason):
    event = MandateEvent(kind=kind, on=on, legal_act="公告 1 号", by_body="standing_committee", reason=reason)
    b.do(mandates.happen, OFFICE, uid(name), event)


def test_a_year_is_kept_once_for_everybody_with_what_made_it(county):
    b = pointed(county, settings={"start": 200})
    did(b, record("wang", "visit", D(2026, 3, 1), quantity=4), record("li", "leave", D(2026, 3, 1), quantity=5))
    before = len(entries(b))
    done = assess(b)
    assert told(done) == (2, 0, 0, ())
    kept, poor = result(b), result(b, LI)
    assert (kept.on, kept.mandates, kept.congress, kept.source) == (
        D(2026, 12, 31),
        (uid("mandate wang"),),
        COUNTY,
        SOURCE,
    )
    assert dict(kept.facts) == {"points": 1_400, "poor": 0, "days": 365}
    assert kept.title == "2026年度履职积分：良好，14.00 分"
    assert (kept.state, kept.by) == ("confirmed", OFFICE.id)
    lines, year = kept.formula.split()
    assert lines == score(b, WANG, "wang").score.formulas[0].formula
    assert year.startswith("points-year-")
    assert dict(poor.facts) == {"points": -300, "poor": 1, "days": 365}
    assert poor.title == "2026年度履职积分：较差，-3.00 分"
    assert poor.formula == kept.formula
    (entry,) = entries(b)[before:]
    assert (entry["what"], entry["on"], entry["rule"], entry["version"]) == (
        "duty.assessed",
        COUNTY,
        "points.points",
        2026,
    )
    assert entry["body"] == {"results": {"made": 2, "corrected": 0, "same": 0}, "left": 0}
    assert counters(b) == made_anew(b)
    assert score(b, WANG, "wang").result == kept
    assert {s.name: s.result for s in scores(b)} == {"wang": kept, "li": poor}
    assert score(b, WANG, "wang", days=(D(2026, 1, 1), D(2026, 6, 30))).result is None


def test_done_again_it_writes_nothing_and_says_so(county):
    b = pointed(county)
    did(b, record("wang", "visit", D(2026, 3, 1)))
    assess(b)
    before, counted = [result(b), result(b, LI)], counters(b)
    b.today = D(2027, 3, 1)
    assert told(assess(b, by=SECOND)) == (0, 0, 2, ())
    assert ([result(b), result(b, LI)], counters(b)) == (before, counted)


def test_what_comes_out_otherwise_is_corrected_with_the_reason_and_the_version(county):
    b = pointed(county)
    (first,) = did(b, record("wang", "visit", D(2026, 3, 1)))
    assess(b)
    before = result(b)
    did(b, record("wang", "visit", D(2026, 4, 1), quantity=3))
    assert told(assess(b, by=SECOND)) == (0, 1, 1, ())
    after = result(b)
    assert (after.id, after.facts["points"], after.title) == (before.id, 1_200, "2026年度履职积分：良好，12.00 分")
    (mark_,) = after.history
    assert (mark_.do, mark_.by, mark_.on, mark_.why) == (
        "correct",
        SECOND.id,
        AFTER,
        "依记录重算：3.00 分改为 12.00 分",
    )
    assert mark_.was["formula"] == before.formula
    assert mark_.was["facts"] == dict(before.facts)
    assert counters(b) == {k: n for k, n in made_anew(b).items() if n}
    mark(b, OFFICE, first, "withdraw", "重复")
    assert told(assess(b)) == (0, 1, 1, ())
    assert [m.do for m in result(b).history] == ["correct", "correct"]


def test_another_version_with_the_same_points_is_stamped_too(county):
    b = pointed(county)
    did(b, record("wang", "training", D(2026, 3, 1)))
    assess(b)
    before = result(b)
    (layer,) = b.file.layers
    b.file = attrs.evolve(b.file, layers=(attrs.evolve(layer, plugins={"points": {"visit": 999}}),))
    assert told(assess(b)) == (0, 2, 0, ())
    after = result(b)
    assert after.facts == before.facts
    assert after.formula not in (before.formula, "")
    assert after.history[0].was["formula"] == before.formula
    assert after.history[0].why == "依记录重算：分数未变，其他有变"


def test_before_the_year_is_over_nothing_is_assessed(county):
    b = pointed(county, today=D(2026, 12, 31))
    before = len(entries(b))
    with pytest.raises(Rejected, match="2026 is not over; assess it after 2026-12-31"):
        assess(b)
    for year in (0, 9999, -1):
        with pytest.raises(Invalid, match=f"there is no year {year}"):
            assess(b, year=year)
    assert len(entries(b)) == before
    b.today = D(2027, 1, 1)
    assert assess(b).made == 2


def test_only_offices_assess_and_only_by_rules_that_keep_results(county):
    other = attrs.evolve(RULE, name="stars", result="")
    stray = attrs.evolve(RULE, name="stray", result="gone")
    b = pointed(county, scores=(RULE, other, stray))
    for who in (WANG, STATION, Bench.actor("x"), Bench.actor("y", "committee presidium")):
        with pytest.raises(NotAllowed, match="a year is assessed by office, overseer"):
            assess(b, by=who)
    with pytest.raises(Rejected, match="the rule stars keeps no results"):
        assess(b, rule="stars")
    with pytest.raises(Rejected, match="keeps its results as 'gone', a kind that no enabled practice offers"):
        assess(b, rule="stray")
    with pytest.raises(NotFound, match="no rule of points 'none' is enabled here; enabled: points, stars, stray"):
        assess(b, rule="none")
    for congress in (uid("no such"), TOWN, "no id", ""):
        with pytest.raises(NotFound, match="no congress"):
            assess(b, congress=congress)
    assert assess(b, by=CHAIR).made == 2


def test_a_rule_that_fails_writes_nothing(county):
    b = pointed(county, scores=(ScoreRule(name="points", items=lambda settings: 1 // 0, result="result"),))
    before = len(entries(b))
    with pytest.raises(PracticeFailed, match=r"score rule points\.points failed: ZeroDivisionError"):
        assess(b)
    assert (records_of(b, WANG), len(entries(b))) == ((), before)


def test_each_holder_is_assessed_by_days_in_office_up_to_their_last(county):
    b = pointed(county, settings={"start": 3_650})
    hold(b, "zhao", "zhao", of="county", on=D(2026, 12, 1))  # a by-election
    hold(b, "qian", "qian", of="county", on=D(2025, 1, 1), valid_to=D(2026, 1, 1), state="ended")
    hold(b, "sun", "sun", of="county", state="elected")
    hold(b, "wang", "wang in town")
    happen(b, "mandate li", "end", D(2026, 2, 1), "resignation_accepted")
    assert told(assess(b)) == (3, 0, 0, ())
    assert [(result(b, who).on, dict(result(b, who).facts)) for who in (WANG, LI, Bench.actor("zhao"))] == [
        (D(2026, 12, 31), {"points": 3_650, "poor": 0, "days": 365}),
        (D(2026, 1, 31), {"points": 310, "poor": 0, "days": 31}),
        (D(2026, 12, 31), {"points": 310, "poor": 0, "days": 31}),
    ]
    assert assess(b, congress=TOWN).made == 1
    assert len([r for r in records_of(b, WANG) if r.kind == "result"]) == 2


def test_a_whole_year_suspended_gives_no_result_and_a_part_of_it_does(county):
    b = pointed(county)
    happen(b, "mandate wang", "suspend", D(2025, 12, 1), "detained")
    happen(b, "mandate li", "suspend", D(2026, 1, 2), "detained")
    assert told(assess(b)) == (1, 0, 0, ())
    assert result(b, LI).facts["days"] == 1
    assert [s.name for s in scores(b)] == ["li", "wang"]


def test_a_result_under_appeal_is_left_and_named(county):
    b = pointed(county)
    assess(b)
    appealed = mark(b, WANG, result(b), "appeal", "漏记走访")
    assert told(assess(b)) == (0, 0, 2, ())  # it would not change
    did(b, record("wang", "visit", D(2026, 3, 1)))
    assert told(assess(b)) == (0, 0, 1, (WANG.id,))
    assert result(b) == appealed
    mark(b, CHAIR, appealed, "uphold", "记录已补，按重算为准")
    assert told(assess(b)) == (0, 1, 1, ())
    assert result(b).facts["points"] == 300


@pytest.mark.parametrize("how", ["grant", "correct"])
def test_what_people_set_stays(county, how):
    b = pointed(county)
    assess(b)
    facts = {"points": 900, "poor": 0, "days": 365}
    if how == "grant":
        mark(b, WANG, result(b), "appeal", "漏记走访")
    mark(b, CHAIR, result(b), how, "按会议记录补记", changes={"facts": facts})
    did(b, record("wang", "visit", D(2026, 3, 1)))
    assert told(assess(b)) == (0, 0, 1, (WANG.id,))
    assert dict(result(b).facts) == facts
    did(b, record("wang", "visit", D(2026, 3, 2), quantity=2))  # now it comes out as they said
    assert assess(b).left == ()


@pytest.mark.parametrize("do", ["refuse", "withdraw"])
def test_a_result_that_people_took_away_does_not_come_back(county, do):
    b = pointed(county)
    assess(b)
    mark(b, CHAIR, result(b), do, "不应考核")
    assert assess(b).left == ()
    did(b, record("wang", "visit", D(2026, 3, 1)))
    assert told(assess(b)) == (0, 0, 1, (WANG.id,))
    assert not result(b).counts


def test_who_turns_out_to_have_held_no_office_that_year_loses_the_result_and_gets_it_back(county):
    b = pointed(county)
    assess(b)
    happen(b, "mandate wang", "suspend", D(2025, 12, 1), "detained")
    assert told(assess(b)) == (0, 1, 1, ())
    assert (result(b).state, result(b).history[-1].why) == ("withdrawn", "该年度不再有任职日，结果不再适用")
    assert told(assess(b)) == (0, 0, 2, ())
    happen(b, "mandate wang", "resume", D(2026, 12, 31), "")
    assert told(assess(b)) == (0, 1, 1, ())
    assert (result(b).state, result(b).facts["days"]) == ("confirmed", 1)
    assert [m.do for m in result(b).history] == ["withdraw", "restore", "correct"]
    assert counters(b) == {k: n for k, n in made_anew(b).items() if n}


def test_nobody_else_hears_of_a_result(county):
    b = pointed(county)
    assess(b)

    def heard(who):
        async def ask(reader, tenant):
            desk = StoreDesk(reader, tenant, *who)
            days = D(2026, 1, 1), D(2026, 12, 31)
            found = [*await desk.records_between(*days), *await desk.records(person=WANG.id)]
            return len(found), len(await desk.duty_counts(*days)), len(await desk.duty_counts(*days, congress=COUNTY))

        return b.ask(ask)

    assert heard(()) == heard((OFFICE,)) == heard((CHAIR,)) == (3, 2, 2)  # a watch, and the offices
    for who in (WANG, LI, STATION, Bench.actor("x", "committee presidium inspector"), Bench.actor("y", "public")):
        assert heard((who,)) == (0, 0, 0)
    with pytest.raises(NotFound):
        b.ask(duty.list_for, LI, WANG.id)
    assert b.ask(duty.list_for, STATION, WANG.id) == ()
    assert b.ask(duty.list_for, WANG, WANG.id) == b.ask(duty.list_for, OFFICE, WANG.id) == (result(b),)


def test_of_a_kind_that_nobody_enabled_only_offices_hear(county):
    b = pointed(county, kinds=tuple(k for k in KINDS if k.name != "secret"))
    did(b, record("wang", "secret", D(2026, 3, 1)), record("wang", "visit", D(2026, 3, 1)))

    async def ask(reader, tenant, who):
        return [r.kind for r in await StoreDesk(reader, tenant, who).records_between(D(2026, 1, 1), D(2026, 12, 31))]

    assert sorted(b.ask(ask, OFFICE)) == ["secret", "visit"]
    assert b.ask(ask, STATION) == ["visit"]
    assert [r.kind for r in b.ask(duty.list_for, STATION, WANG.id)] == ["visit"]


def test_tenants_assess_their_own(county):
    one, other = pointed(county), pointed(county)
    assess(one)
    assert [r for r in records_of(other, WANG) if r.kind == "result"] == []
    assert assess(other).made == 2


def test_the_years_stand_apart(county):
    b = pointed(county)
    did(b, record("wang", "visit", D(2025, 3, 1)))
    assert [assess(b, year=year).made for year in (2025, 2026)] == [2, 2]
    found = [(r.on.year, r.facts["poor"]) for r in records_of(b, WANG) if r.kind == "result"]
    assert found == [(2025, 0), (2026, 1)]
    assert dt.date(2025, 12, 31) in {r.on for r in records_of(b, WANG)}


def test_what_reads_a_year_is_part_of_the_stamp(county):
    b = pointed(county)
    did(b, record("wang", "training", D(2026, 3, 1)))
    assess(b)
    before = result(b).formula.split()
    (layer,) = b.file.layers
    b.file = attrs.evolve(b.file, layers=(attrs.evolve(layer, plugins={"points": {"start": 5_500}}),))
    assert told(assess(b)) == (0, 2, 0, ())
    after = result(b).formula.split()
    assert after[0] == before[0]  # the lines are the same
    assert after[1] != before[1]
