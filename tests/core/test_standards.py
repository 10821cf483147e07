"""Standards: versions that never overlap, findings that judge every point once, rates with their base."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.standards import (
    BASE,
    RESULTS,
    Finding,
    Point,
    Standard,
    in_force,
    lacking,
    objections,
    of_version,
    rebounds,
    reworded,
    score,
    unmet,
    versions,
)

D = dt.date
FIRST = Standard(
    version=1, points=(Point(code="plaque", title="有牌子", required=True), Point(code="rules", title="有制度"))
)
SECOND = Standard(
    version=2,
    since=D(2026, 7, 1),
    points=(Point(code="plaque", title="门口挂牌子", required=True), Point(code="rules", title="有制度")),
)


def found(standard, **results):
    """Judge every point of a standard; met where nothing is said."""
    return tuple(
        Finding(code=p.code, title=p.title, result=results.get(p.code, "met"), number=p.at_least)
        for p in standard.points
    )


def judged(met, partial, not_met, not_applicable):
    """Make the findings of a round from its four counts."""
    told = [*["met"] * met, *["partial"] * partial, *["not_met"] * not_met, *["not_applicable"] * not_applicable]
    return tuple(Finding(code=f"p{n}", title=f"第 {n} 条", result=result) for n, result in enumerate(told))


# -- the worked scenarios of the checklist


def test_sixty_met_five_partial_three_not_is_88_24():
    told = score(judged(60, 5, 3, 0))
    assert (told.rate.shown, told.rate.base, told.rate.of) == ("88.24 %", 68, BASE)
    assert (told.met, told.partial, told.not_met, told.not_applicable) == (60, 5, 3, 0)


def test_what_does_not_apply_is_in_no_base():
    told = score(judged(60, 5, 1, 2))
    assert (told.rate.base, told.rate.shown) == (66, "90.91 %")
    assert score(judged(0, 0, 0, 3)).rate.shown == "—"


def test_a_point_that_fails_in_round_three_after_passing_in_round_two_rebounds():
    rounds = [found(FIRST, plaque="not_met"), found(FIRST), found(FIRST, plaque="not_met")]
    assert [f.code for f in rebounds(rounds[:2], rounds[2])] == ["plaque"]
    assert rebounds(rounds[:1], rounds[1]) == ()
    assert rebounds((), rounds[0]) == ()
    assert [f.code for f in rebounds([found(FIRST)], found(SECOND, plaque="partial"))] == ["plaque"]  # codes stay


def test_rewording_one_point_makes_version_two_and_old_rounds_keep_version_one():
    held = versions((SECOND, FIRST))
    assert [s.version for s in held] == [1, 2]
    old = found(in_force(held, D(2026, 6, 30)))
    assert [f.title for f in old] == ["有牌子", "有制度"]
    assert in_force(held, D(2026, 7, 1)) == SECOND
    assert score(old, of_version(held, 1)).rate.shown == "100.00 %"
    assert list(objections(SECOND, old)) == ["plaque reads '门口挂牌子' in version 2, not '有牌子'"]
    assert [p.code for p in unmet(SECOND, old)] == ["plaque"]  # it was met by other words
    assert unmet(FIRST, old) == ()


def test_words_that_were_changed_in_a_version_that_was_used_are_told():
    mended = attrs.evolve(FIRST, points=(attrs.evolve(FIRST.points[0], title="有大牌子"), FIRST.points[1]))
    assert reworded((mended,), 1, found(FIRST)) == ("plaque",)
    assert reworded((attrs.evolve(FIRST, points=FIRST.points[:1]),), 1, found(FIRST)) == ("rules",)
    assert reworded((FIRST,), 1, found(FIRST)) == ()
    assert reworded((SECOND,), 1, found(FIRST)) == ()  # a version that is gone says nothing


# -- versions


def test_a_day_before_the_first_version_has_none():
    assert in_force((SECOND,), D(2026, 6, 30)) is None
    assert of_version((SECOND,), 1) is None


@given(st.lists(st.dates(D(2000, 1, 1), D(2060, 1, 1)), min_size=1, max_size=6, unique=True), st.dates())
def test_every_day_has_one_version_the_last_that_began(days, on):
    given_ = [
        Standard(version=n, since=day, points=(Point(code="a", title=f"{n}"),)) for n, day in enumerate(sorted(days), 1)
    ]
    held = versions(reversed(given_))
    assert [s.since for s in held] == sorted(days)
    begun = [s for s in given_ if s.since <= on]
    assert in_force(held, on) == (begun[-1] if begun else None)


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (attrs.evolve(SECOND, since=None), "versions 1 and 2 overlap: both hold from the beginning on"),
        (attrs.evolve(SECOND, version=1), "version 1 begins on 2026-07-01, after 1: number it anew"),
        (attrs.evolve(FIRST, version=2, since=D(2026, 7, 1)), "version 2 has the same points as version 1"),
    ],
)
def test_versions_that_do_not_follow_one_another_are_refused(second, why):
    with pytest.raises(ValueError, match=why):
        versions((FIRST, second))


def test_two_versions_from_one_day_overlap():
    other = attrs.evolve(FIRST, version=3, since=SECOND.since)
    with pytest.raises(ValueError, match="versions 2 and 3 overlap: both hold from 2026-07-01 on"):
        versions((FIRST, SECOND, other))


def test_a_tired_hand_is_told_every_mistake_at_once():
    raw = [
        {"version": 1, "points": [{"code": "a", "title": "甲", "requried": True}]},
        {"version": 2, "points": [{"code": "A b", "title": "乙"}]},
        {"version": 3, "points": [{"code": "a", "title": " "}]},
        {"version": 4, "points": [{"code": "a", "title": "甲", "kind": "number"}]},
        {"version": 5, "points": [{"code": "a", "title": "甲"}, {"code": "a", "title": "乙"}]},
        {"version": 0, "points": [{"code": "a", "title": "甲"}]},
        {"version": 7, "points": []},
        {"version": 8, "since": "next year", "points": [{"code": "a", "title": "甲"}]},
        {"version": 9},
        {"version": 10, "points": [{"code": "a", "title": "甲", "weight": 0}]},
        {"version": 11, "points": [{"code": "a", "title": "甲", "required": "no"}]},
        {"version": 12, "points": [{"code": "a", "title": "甲", "kind": "maybe"}]},
        {"version": 13, "points": [{"title": "甲"}]},
    ]
    with pytest.raises(ValueError, match=r"version no\. 1") as said:
        versions(raw)
    told = str(said.value)
    assert all(f"version no. {n}: " in told for n in range(1, 14)), told
    assert "unknown field requried" in told
    assert "code is missing" in told
    for nothing in ((), []):
        with pytest.raises(ValueError, match="one version at least"):
            versions(nothing)


def test_versions_are_read_from_what_a_file_or_a_database_holds():
    plain = {
        "version": 2,
        "source": "某县 2026",
        "points": [{"code": "n", "title": "人数", "kind": "number", "at_least": 4}],
    }
    (one,) = versions([plain | {"since": D(2026, 7, 1)}])
    assert versions([plain | {"since": "2026-07-01"}]) == (one,)
    assert (one.points[0].at_least, one.source) == (4, "某县 2026")
    assert str(one) == "第 2 版（自 2026-07-01）：人数"


# -- findings


def test_every_point_is_judged_exactly_once():
    told = found(FIRST)
    assert list(objections(FIRST, told)) == []
    assert list(objections(FIRST, told[:1])) == ["rules 有制度 is missing"]
    assert list(objections(FIRST, (*told, told[0]))) == ["plaque is judged 2 times"]
    stranger = Finding(code="cinema", title="电影院", result="met")
    assert list(objections(FIRST, (*told, stranger))) == ["version 1 has no point cinema"]
    assert len(list(objections(FIRST, ()))) == 2


@pytest.mark.parametrize(
    ("point", "finding", "why"),
    [
        ({"required": True}, {"result": "not_applicable"}, "required, so it cannot be said not to apply"),
        ({"kind": "number", "at_least": 4}, {"result": "met"}, "asks for a number from 0 on"),
        ({"kind": "number", "at_least": 4}, {"result": "not_met", "number": -1}, "asks for a number from 0 on"),
        ({"kind": "number", "at_least": 4}, {"result": "met", "number": 3}, "met from 4 on, and 3 is called 达标"),
        ({"kind": "number", "at_least": 4}, {"result": "partial", "number": 4}, "and 4 is called 部分达标"),
        ({"kind": "text"}, {"result": "met", "note": " "}, "asks for a text"),
        ({"evidence": "照片"}, {"result": "met"}, "name the 照片"),
    ],
)
def test_a_point_is_judged_as_it_asks(point, finding, why):
    one = Standard(version=1, points=(Point(code="a", title="甲", **point),))
    (told,) = objections(one, [Finding(code="a", title="甲", **finding)])
    assert why in told


@pytest.mark.parametrize(
    ("point", "finding"),
    [
        ({"kind": "number", "at_least": 4}, {"result": "met", "number": 4}),
        ({"kind": "number", "at_least": 4}, {"result": "not_met", "number": 0}),
        ({"kind": "number", "at_least": 4}, {"result": "not_applicable"}),
        ({"kind": "text"}, {"result": "partial", "note": "两人"}),
        ({"evidence": "照片"}, {"result": "met", "evidence": "照片 3 号"}),
        ({"evidence": "照片"}, {"result": "not_met"}),
    ],
)
def test_what_is_said_as_asked_is_taken(point, finding):
    one = Standard(version=1, points=(Point(code="a", title="甲", **point),))
    assert list(objections(one, [Finding(code="a", title="甲", **finding)])) == []


def test_a_verified_point_is_met_and_an_optional_one_holds_nothing_up():
    told = found(FIRST, plaque="not_met", rules="not_met")
    assert [p.code for p in unmet(FIRST, told)] == ["plaque"]
    assert unmet(FIRST, told, frozenset({"plaque"})) == ()
    assert [f.code for f in lacking(told)] == ["plaque", "rules"]
    assert [p.code for p in unmet(FIRST, ())] == ["plaque"]


def test_weights_count_in_the_weighed_rate_alone():
    heavy = attrs.evolve(FIRST, points=(attrs.evolve(FIRST.points[0], weight=3), FIRST.points[1]))
    told = score(found(heavy, rules="not_met"), heavy)
    assert (told.rate.shown, told.weighed.shown, told.weighed.base) == ("50.00 %", "75.00 %", 4)


@given(st.lists(st.sampled_from(sorted(RESULTS)), max_size=80))
def test_counts_add_up_and_the_rate_never_leaves_its_base(results):
    told = score(Finding(code=f"p{n}", title="条", result=r) for n, r in enumerate(results))
    assert told.met + told.partial + told.not_met + told.not_applicable == len(results)
    assert told.rate.base == len(results) - results.count("not_applicable")
    assert 0 <= told.rate.hits <= told.rate.base
    assert (told.weighed.hits, told.weighed.base) == (told.rate.hits, told.rate.base)
