"""Rules of points as lines: worked totals, caps, versions, and one result from records and from what is counted."""

import datetime as dt
from collections import Counter

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.scoring_rules import (
    FIRST,
    KINDS,
    LAST,
    RULE,
    D,
    Stand,
    changes,
    item,
    record,
    records,
    scored,
    stood,
    versions_of,
)

from renda_core.domain.duty import (
    POINT,
    Exposure,
    FormulaTotal,
    Item,
    Mark,
    ScoreRule,
    Versions,
    check_items,
    score,
    score_counts,
    start_points,
)
from renda_core.errors import Invalid
from renda_core.store.duty import counted

JULY = D(2026, 7, 1)
JIANGBEI = Stand(
    items=(
        item("suggestion", 3 * POINT, extra={"key": 2 * POINT, "excellent": 2 * POINT}),
        item("inspection", 3 * POINT),
        item("leave", -1 * POINT, unit="半天"),
    )
)


def counts_of(rows):
    """Count records by month as the store does."""
    return [(month, kind, measure, n) for (month, _, kind, measure), n in counted((None, r) for r in rows).items()]


# -- worked by hand


def test_the_worked_total_is_sixteen():
    done = scored(
        [
            record("suggestion", id="1", facts={"key": 1, "excellent": 1}),
            record("suggestion", id="2"),
            record("inspection", id="3", quantity=3),
            record("leave", id="4", quantity=3),
        ],
        (FIRST, JIANGBEI),
    )
    assert done.total == 16 * POINT
    assert [(e.record, e.item, e.points // POINT) for e in done.entries] == [
        ("1", "suggestion", 7),
        ("2", "suggestion", 3),
        ("3", "inspection", 9),
        ("4", "leave", -3),
    ]
    assert [(i.code, i.records, i.quantity, i.earned, i.counted) for i in done.items] == [
        ("suggestion", 2, 2, 1000, 1000),
        ("inspection", 1, 3, 900, 900),
        ("leave", 1, 3, -300, -300),
    ]
    assert [f.points for f in done.formulas] == [1600]
    assert {e.formula for e in done.entries} == {done.formulas[0].formula}


def test_a_rule_changed_on_1_july_leaves_earlier_points_alone_and_both_versions_are_shown():
    before, after = Stand(items=(item(base=300),)), Stand(items=(item(base=500),))
    rows = [record(on=D(2026, 6, 30), id="1"), record(on=JULY, id="2"), record(on=D(2026, 8, 1), id="3")]
    done = scored(rows, (FIRST, before), (JULY, after))
    assert [e.points for e in done.entries] == [300, 500, 500]
    assert done.total == 1300
    old, new = done.formulas
    assert (old.since, old.points, new.since, new.points) == (FIRST, 300, JULY, 1000)
    assert [e.formula for e in done.entries] == [old.formula, new.formula, new.formula]
    assert old.formula.startswith("points-")
    assert old.formula != new.formula
    assert [(i.code, i.earned) for i in done.items] == [("inspection", 1300)]


def test_an_item_of_several_versions_has_the_cap_of_the_last_day():
    rows = [record(on=D(2026, 2, 1), id="1", quantity=4), record(on=JULY, id="2", quantity=4)]
    capped = [(FIRST, Stand(items=(item(cap=3000),))), (JULY, Stand(items=(item(cap=1000),)))]
    (one,) = scored(rows, *capped).items
    assert (one.earned, one.cap, one.counted) == (2400, 1000, 1000)
    assert scored(rows, *capped, today=D(2026, 6, 30)).items[0].counted == 2400


@pytest.mark.parametrize("since_told", [True, False])
def test_an_item_that_stands_no_more_keeps_its_points_under_its_own_last_cap(since_told):
    settings_on, since_on = stood(
        (FIRST, Stand(items=(item(cap=3000),))), (D(2026, 3, 1), Stand(items=(item(cap=500),))), (JULY, Stand())
    )
    rows = [record(on=D(2026, 2, 1), quantity=2), record(on=JULY, id="2", quantity=2)]
    done = score(rows, [RULE], settings_on, LAST, since_on=since_on if since_told else None)
    (one,) = done.items
    assert (one.records, one.earned, one.cap, one.counted) == (1, 600, 500, 500)
    assert done.total == 500
    assert [e.record for e in done.entries] == ["1"]


def test_items_that_earned_nothing_are_told():
    done = scored([], (FIRST, JIANGBEI))
    assert [(i.code, i.records, i.counted) for i in done.items] == [
        ("suggestion", 0, 0),
        ("inspection", 0, 0),
        ("leave", 0, 0),
    ]
    assert (done.total, done.formulas) == (0, ())


def test_a_cap_holds_on_both_sides():
    rows = [record("leave", quantity=30), record(id="2", quantity=30)]
    done = scored(rows, (FIRST, Stand(items=(item("leave", -100, cap=1000), item(cap=1500)))))
    assert [i.counted for i in done.items] == [-1000, 1500]
    assert done.total == 500


def test_what_asks_for_evidence_gives_nothing_without():
    rows = [record(id="1"), attrs.evolve(record(id="2"), source="说是")]
    done = scored(rows, (FIRST, Stand(items=(item(evidence=True),))))
    assert [e.points for e in done.entries] == [300, 0]
    assert (done.items[0].records, done.items[0].earned) == (2, 300)
    told = attrs.evolve(rows[1], evidence=("照片一张",))
    assert scored([told], (FIRST, Stand(items=(item(evidence=True),)))).total == 300


def test_what_is_under_appeal_counts_as_it_was():
    mark = Mark(do="appeal", by="wang", on=FIRST, why="不对", was={"state": "confirmed"})
    rows = [record(state="appealed", history=(mark,)), record(id="2", state="withdrawn")]
    assert [e.record for e in scored(rows, (FIRST, JIANGBEI)).entries] == ["1"]


def test_half_points_stay_exact():
    rows = [record(id=str(n)) for n in range(3)]
    assert scored(rows, (FIRST, Stand(items=(item(base=POINT // 2),)))).total == 150


def test_two_rules_at_once_are_one_sum():
    star = ScoreRule(name="star", kinds="inspection", points=lambda s, r: 100, cap=lambda s: 150, title="加星")
    settings_on, _ = stood((FIRST, JIANGBEI))
    done = score(
        [record(id="1"), record(id="2")], [RULE, attrs.evolve(star, kinds=frozenset(KINDS))], settings_on, LAST
    )
    assert done.total == 600 + 150
    assert (done.items[-1].code, done.items[-1].title, done.items[-1].earned) == ("star", "加星", 200)
    assert [e.rule for e in done.entries] == ["points", "points", "star", "star"]


# -- the start and the most


@pytest.mark.parametrize(
    ("in_office", "given"),
    [(365, 6000), (0, 0), (184, 3025), (73, 1200), (1, 16)],  # 16.44 hundredths; 3024.66
)
def test_the_start_goes_by_days_in_office(in_office, given):
    place = (FIRST, Stand(start=6000, items=(item(),)))
    done = scored([record()], place, exposure=Exposure(days=365, in_office=in_office))
    assert (done.start, done.total) == (given, given + 300)


def test_half_a_hundredth_goes_up():
    exposure = Exposure(days=200, in_office=1)
    assert start_points(versions_of((FIRST, Stand(start=100))), LAST, exposure) == 1
    assert start_points(versions_of((FIRST, Stand(start=99))), LAST, exposure) == 0


def test_a_rule_may_give_everybody_the_whole_start():
    place = (FIRST, Stand(start=6000, prorate=False))
    assert scored([], place, exposure=Exposure(days=365, in_office=3)).total == 6000
    assert scored([], (FIRST, Stand(start=6000))).total == 6000


def test_the_most_of_a_year_limits_the_total_and_no_item():
    done = scored([record(quantity=20)], (FIRST, Stand(start=6000, most=10_000, items=(item(),))))
    assert (done.total, done.start, done.items[0].counted) == (10_000, 6000, 6000)


# -- what a rule may not say


def test_no_two_items_have_one_code_or_count_one_kind():
    with pytest.raises(Invalid, match="two items have the code visit"):
        check_items([item("visit"), item("visit", kinds="training")])
    with pytest.raises(Invalid, match="items a and b both count visit"):
        check_items([item("a", kinds="visit leave"), item("b", kinds="visit")])
    assert check_items(iter(JIANGBEI.items)) == JIANGBEI.items
    with pytest.raises(Invalid, match="both count"):
        scored([record()], (FIRST, Stand(items=(item("a", kinds="visit"), item("b", kinds="visit")))))
    with pytest.raises(Invalid, match="below zero"):
        item(cap=-1)
    with pytest.raises(Invalid, match="no kind"):
        item(kinds="")


# -- versions


def formula(*items):
    return versions_of((FIRST, Stand(items=items))).on(FIRST).formula


def test_a_version_is_named_by_what_it_gives():
    plain = item("visit", 200, extra={"key": 100}, cap=900)
    same = attrs.evolve(plain, title="走访", category="联系", unit="人次", extra={"key": 100, "excellent": 0})
    assert formula(plain, item()) == formula(item(), same)
    for other in ({"base": 201}, {"cap": None}, {"extra": {"key": 99}}, {"evidence": True}, {"kinds": "visit leave"}):
        assert formula(attrs.evolve(plain, **other)) != formula(plain)
    assert formula(plain) == "points-d3b609fafbe7"  # it stands in records of years past: it may never change


def test_a_version_stands_since_its_lines_do():
    said = [(dt.date.min, JIANGBEI), (D(2026, 3, 5), attrs.evolve(JIANGBEI, start=100)), (JULY, Stand())]
    versions = versions_of(*said)
    assert versions.since(D(2026, 4, 1)) == dt.date.min
    assert versions.since(D(2026, 8, 1)) == JULY
    assert [since for since, _ in versions.spans(FIRST, LAST)] == [FIRST, JULY]
    assert versions.by_month(FIRST, LAST)
    alone = Versions(RULE, stood(*said)[0])
    assert (alone.since(D(2026, 4, 1)), alone.since(D(2026, 8, 1))) == (FIRST, JULY)
    assert [since for since, _ in alone.spans(FIRST, LAST)] == [FIRST, JULY]


def test_stretches_reach_from_the_first_day_of_all_to_the_last():
    versions = versions_of((FIRST, JIANGBEI), (JULY, Stand(items=(item(),))))
    assert [since for since, _ in versions.spans(dt.date.min, dt.date.max)] == [dt.date.min, FIRST, JULY]
    assert versions.by_month(dt.date.min, dt.date.max)
    assert [since for since, _ in versions.spans(JULY, JULY)] == [JULY]
    assert versions.spans(JULY, FIRST) == ()


def test_months_tell_what_changes_with_a_month():
    assert not versions_of((FIRST, JIANGBEI), (D(2026, 7, 2), Stand())).by_month(FIRST, LAST)
    assert versions_of((FIRST, JIANGBEI), (D(2026, 7, 2), Stand())).by_month(FIRST, D(2026, 6, 30))
    assert not versions_of((FIRST, JIANGBEI)).by_month(FIRST, D(2026, 6, 29))
    assert not versions_of((FIRST, JIANGBEI)).by_month(D(2026, 1, 2), LAST)


# -- laws


@given(records(), changes(monthly=False), st.randoms())
def test_a_score_adds_up_and_the_order_of_records_never_matters(rows, place, random):
    exposure = Exposure(days=365, in_office=200)
    done = scored(rows, *place, exposure=exposure)
    whole, most = done.start + sum(i.counted for i in done.items), place[-1][1].most
    assert done.total == (whole if most is None else min(whole, most))
    by_item, by_formula = Counter[str](), Counter[str]()
    for e in done.entries:
        by_item[e.item] += e.points
        by_formula[e.formula] += e.points
    assert {i.code: i.earned for i in done.items if i.records} == dict(by_item)
    assert {f.formula: f.points for f in done.formulas} == dict(by_formula)
    for i in done.items:
        assert i.counted == (i.earned if i.cap is None else max(-i.cap, min(i.earned, i.cap)))
        assert i.cap is None or -i.cap <= i.counted <= i.cap
    mixed = list(rows)
    random.shuffle(mixed)
    assert scored(mixed, *place, exposure=exposure) == done


@given(records(), changes(monthly=True), st.booleans(), st.randoms())
def test_what_is_counted_by_month_gives_the_same_score(rows, place, told, random):
    settings_on, since_on = stood(*place)
    versions = Versions(RULE, settings_on, since_on if told else None)
    exposure = Exposure(days=365, in_office=300)
    done = score(rows, [versions], settings_on, LAST, exposure=exposure)
    assert versions.by_month(FIRST, LAST)
    counts = counts_of(rows)
    random.shuffle(counts)
    assert score_counts(counts, versions, LAST, exposure=exposure) == attrs.evolve(done, entries=())


@given(records(most=12), st.data())
def test_counters_kept_in_whatever_order_are_those_made_anew(rows, data):
    kept, standing = Counter(), list[object]()
    for row in data.draw(st.permutations(rows)):
        if standing and data.draw(st.booleans()):
            old = standing.pop(data.draw(st.integers(0, len(standing) - 1)))
            new = data.draw(st.sampled_from([None, attrs.evolve(old, quantity=old.quantity + 1, state="confirmed")]))
            kept.update(counted([(old, new)]))
            standing += [new] if new else []
        kept.update(counted([(None, row)]))
        standing.append(row)
    assert {k: n for k, n in kept.items() if n} == dict(counted((None, r) for r in standing))


def test_the_versions_of_a_formula_total_are_told_oldest_first():
    place = [(FIRST, JIANGBEI), (JULY, Stand(items=(item(base=500),))), (D(2026, 10, 1), JIANGBEI)]
    rows = [record(on=D(2026, month, 1), id=str(month)) for month in (12, 8, 2)]
    first, second = scored(rows, *place).formulas
    assert isinstance(first, FormulaTotal)
    assert (first.since, first.points, second.since, second.points) == (FIRST, 600, JULY, 500)
    for counts in (counts_of(rows), counts_of(rows)[::-1]):
        assert score_counts(counts, versions_of(*place), LAST).formulas == (first, second)


def test_what_lies_after_the_day_that_fixes_the_caps_keeps_its_own():
    own = [Stand(items=(item("visit", cap=cap),)) for cap in (200, 100)]
    place = [(FIRST, JIANGBEI), (JULY, own[0]), (D(2026, 8, 1), own[1]), (D(2026, 9, 1), JIANGBEI)]
    rows = [record("visit", on=JULY), record("visit", on=D(2026, 8, 9), id="2")]
    for done in (scored(rows, *place, today=D(2026, 6, 30)), scored(rows[::-1], *place, today=D(2026, 6, 30))):
        assert (done.items[-1].earned, done.items[-1].counted) == (600, 100)
    counts = counts_of([*rows, record(on=D(2026, 2, 1), id="3")])
    for some in (counts, counts[::-1]):
        assert score_counts(some, versions_of(*place), D(2026, 6, 30)).items[-1].counted == 100


def test_an_item_points_each_measure():
    one = Item(code="a", title="a", kinds="visit", base=200, extra={"key": 100}, evidence=True)
    assert [one.each(m, proven=True) for m in ("", "key", "other")] == [200, 100, 0]
    assert one.each("", proven=False) == 0
