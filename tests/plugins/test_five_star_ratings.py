"""Stars as plain functions: by points or by sides, what withholds them, and what no place may set."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.scoring import FIRST, LAST, TODAY, D

from renda_core.domain.duty import Exposure, ItemTotal, Record, Score, Standing
from renda_core.domain.mandates import Mandate, MandateEvent
from renda_core.testing import context
from renda_plugins import five_star_ratings
from renda_plugins.five_star_ratings import vetoes
from renda_plugins.five_star_ratings.settings import DIMENSIONS, Dimension, Settings
from renda_plugins.five_star_ratings.stars import NAMES, TITLES, stars


def scored(total, *told, **counted):
    items = tuple(
        ItemTotal(code=code, title=code, category=code, records=1, quantity=1, earned=n, cap=None, counted=n)
        for code, n in counted.items()
    )
    return Score(total=total, entries=(), vetoes=told, items=items)


# -- a plain function


@pytest.mark.parametrize(
    ("points", "earned"),
    [(9000, 5), (8999, 4), (8000, 4), (7999, 3), (7000, 3), (6999, 2), (6000, 2), (5999, 1), (0, 1), (-100, 1)],
)
def test_stars_by_points_from_each_threshold_on(points, earned):
    found = stars(Settings(), scored(points))
    assert (found.earned, found.shown, found.withheld) == (earned, earned, ())


def test_ninety_five_with_a_veto_is_shown_as_five_withheld_with_the_veto_and_the_most_by_rule():
    found = stars(Settings(), scored(9500, "述职评议不称职：2026-11-05"))
    assert (found.earned, found.shown) == (5, 1)
    assert found.told == "95.00 分，五星（暂缓：述职评议不称职：2026-11-05；现按一星）"
    assert stars(Settings(), scored(9500)).told == "95.00 分，五星"
    assert stars(Settings(), scored(5000, "述职评议不称职：2026-11-05")).told == (
        "50.00 分，一星（暂缓：述职评议不称职：2026-11-05）"
    )


def test_each_veto_has_its_own_ceiling_and_the_lowest_holds():
    settings = Settings(vetoes={"absence": 3, "discipline": 0}, other_vetoes=2)
    absent, punished = f"{TITLES['absence']}：2026-03-02", f"{TITLES['discipline']}：2026-05-06"
    assert stars(settings, scored(9500, absent)).shown == 3
    assert stars(settings, scored(9500, absent, punished)).shown == 0
    assert stars(settings, scored(9500, "另一做法：有保留")).shown == 2
    assert stars(settings, scored(6500, absent)).shown == 2  # a ceiling gives nobody a star
    assert NAMES[stars(settings, scored(9500, punished)).shown] == "无星"


def test_stars_by_five_sides_each_by_its_own_items():
    sides = (
        attrs.evolve(DIMENSIONS[0], items=frozenset({"reading"})),
        *DIMENSIONS[1:4],
        Dimension(code="serve", title="服务之星", items="duty_report", least=Decimal("0.5")),
    )
    settings = Settings(mode="dimensions", dimensions=sides)
    found = stars(settings, scored(9900, 学习=499, 联系=500, 议事=-100, 监督=10_000, duty_report=50, other=9_999))
    assert [(s.dimension.title, s.points, s.reached) for s in found.sides] == [
        ("学习之星", 499, False),
        ("联系之星", 500, True),
        ("议事之星", -100, False),
        ("监督之星", 10_000, True),
        ("服务之星", 50, True),
    ]
    assert (found.earned, found.shown) == (3, 3)
    assert stars(settings, scored(9900, 学习=499, reading=1)).earned == 1
    assert stars(settings, scored(9900)).told == "99.00 分，无星"


@given(st.integers(-10_000, 20_000), st.lists(st.sampled_from([*TITLES.values(), "别的"]), max_size=5))
def test_a_veto_never_adds_a_star_and_never_deletes_a_point(points, said):
    told = tuple(f"{title}：2026-01-01" for title in said)
    plain, found = stars(Settings(), scored(points)), stars(Settings(), scored(points, *told))
    assert (found.points, found.earned) == (plain.points, plain.earned)
    assert found.shown <= plain.shown
    assert (found.shown == min(plain.shown, 1)) or not said
    assert stars(Settings(), scored(points, *reversed(told))).shown == found.shown


# -- settings


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"thresholds": (90, 80, 70)}, "thresholds: give 4, for five stars down to two, not 3"),
        ({"thresholds": (90, 80, 80, 60)}, "thresholds[3]: 80.00 is not below 80.00; write the highest first"),
        ({"thresholds": (60, 70, 80, 90)}, "thresholds[2]: 70.00 is not below 60.00"),
        ({"thresholds": (90, "80.001", 70, 60)}, "thresholds[2]: 80.001 points have more than 2 decimals"),
        ({"dimensions": DIMENSIONS[:4]}, "dimensions: five stars have 5 sides, not 4"),
        ({"dimensions": (*DIMENSIONS[:4], DIMENSIONS[0])}, "dimensions: 学习 is in the categories of two"),
        ({"dimensions": (*DIMENSIONS[:4], DIMENSIONS[0])}, "dimensions: two have the code study"),
        ({"vetoes": {"absence": 5}}, "vetoes.absence: a veto leaves from 0 to 4 stars, not 5; to switch it off"),
        ({"other_vetoes": 7}, "other_vetoes: a veto leaves from 0 to 4 stars, not 7"),
        ({"rule": "积分"}, "rule: '积分' is no name of a rule of points"),
    ],
)
def test_stars_that_nobody_could_give_are_refused(given, told):
    if "thresholds" in given:
        given = {"thresholds": tuple(Decimal(n) for n in given["thresholds"])}
    with pytest.raises(ValueError, match=r".") as said:
        Settings(**given)
    assert told in str(said.value)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"categories": frozenset()}, "dimensions[5] serve: it counts nothing; name categories or items"),
        ({"least": Decimal(0)}, "dimensions[5] serve: least is above zero, or everybody had the star"),
        ({"least": Decimal("NaN")}, "dimensions[5] serve: NaN is no number of points"),
        ({"title": " "}, "dimensions[5] serve: write a title of one line"),
        ({"code": "服务"}, "dimensions[5] 服务: '服务' is no code"),
    ],
)
def test_a_side_that_is_none_is_refused(changed, told):
    with pytest.raises(ValueError, match=r".") as said:
        Settings(dimensions=(*DIMENSIONS[:4], attrs.evolve(DIMENSIONS[4], **changed)))
    assert told in str(said.value)


# -- vetoes, as plain functions


def standing(*records, mandates=(), first=FIRST, last=LAST):
    exposure = Exposure(days=365, in_office=365)
    return Standing(person="p", first=first, last=last, records=records, mandates=mandates, exposure=exposure)


def record(kind, **rest):
    return Record(**{"person": "p", "kind": kind, "on": D(2026, 3, 2), "source": "s", **rest})


def mandate(*events, valid_to=None):
    state = "suspended" if events and events[-1].kind == "suspend" else "active"
    return Mandate(
        id="m", person="p", congress="c", level="county", term="t", elected_on=D(2021, 12, 28),
        valid_from=D(2021, 12, 28), valid_to=valid_to, state=state, history=events,
    )  # fmt: skip


def event(kind, on, was):
    reason = "detained" if kind == "suspend" else ""
    return MandateEvent(kind=kind, on=on, legal_act="公告", by_body="standing_committee", reason=reason, was=was)


SUSPENDED = event("suspend", D(2026, 5, 6), "active")
RESUMED = event("resume", D(2026, 9, 1), "suspended")


@pytest.mark.parametrize(
    ("events", "today", "told"),
    [
        ((SUSPENDED,), TODAY, "自 2026-05-06 起"),
        ((SUSPENDED,), D(2026, 5, 5), ""),
        ((SUSPENDED, RESUMED), TODAY, ""),
        ((SUSPENDED, RESUMED), D(2026, 8, 31), "自 2026-05-06 起"),
        ((SUSPENDED,), D(2028, 1, 1), "自 2026-05-06 起"),
        ((), TODAY, ""),
    ],
)
def test_a_suspended_mandate_withholds_on_the_day_and_not_after(events, today, told):
    ctx = context(five_star_ratings, today=today)
    assert vetoes.suspended(ctx, standing(mandates=(mandate(*events),))) == told


def test_a_suspension_from_older_lists_has_no_day_and_one_that_ended_none_at_all():
    older = attrs.evolve(mandate(), state="suspended")
    ctx = context(five_star_ratings, today=TODAY)
    assert vetoes.suspended(ctx, standing(mandates=(older,))) == "2026-12-20 仍在暂停"
    over = mandate(SUSPENDED, valid_to=D(2026, 10, 1))
    assert vetoes.suspended(ctx, standing(mandates=(over,))) == ""


def test_an_absence_from_a_session_withholds_and_from_other_meetings_not():
    of_session, of_committee = record("absence", facts={"session": 1}), record("absence", facts={"committee": 1})
    assert vetoes.absent(context(five_star_ratings), standing(of_session)) == "2026-03-02"
    for none in (of_committee, record("leave", facts={"session": 1}), attrs.evolve(of_session, state="refused")):
        assert vetoes.absent(context(five_star_ratings), standing(none)) == ""
    twice = context(five_star_ratings, absences=2)
    assert vetoes.absent(twice, standing(of_session)) == ""
    assert vetoes.absent(twice, standing(of_session, attrs.evolve(of_session, on=D(2026, 3, 3)))) == (
        "2026-03-02、2026-03-03"
    )


def test_a_discipline_and_an_unfit_report_withhold_while_they_stand():
    assert vetoes.disciplined(context(five_star_ratings), standing(record("discipline"))) == "2026-03-02"
    assert vetoes.unfit(context(five_star_ratings), standing(record("duty_report", facts={"unfit": 1}))) == "2026-03-02"
    assert vetoes.unfit(context(five_star_ratings), standing(record("duty_report"))) == ""
    withdrawn = record("discipline", state="withdrawn")
    assert vetoes.disciplined(context(five_star_ratings), standing(withdrawn)) == ""


@pytest.mark.parametrize("name", list(TITLES))
def test_a_veto_that_the_place_leaves_out_never_holds(name):
    hit = standing(
        record("absence", facts={"session": 1}),
        record("discipline"),
        record("duty_report", facts={"unfit": 1}),
        mandates=(mandate(SUSPENDED),),
    )
    (veto,) = (v for v in vetoes.records() if v.name == name)
    on, off = context(five_star_ratings, today=TODAY), context(five_star_ratings, today=TODAY, vetoes={})
    assert veto.of(on, hit)
    assert veto.of(off, hit) == ""


def test_the_names_of_vetoes_are_told_apart_by_their_titles():
    assert len({title.partition("：")[0] for title in TITLES.values()}) == len(TITLES)
    assert set(TITLES) == {v.name for v in vetoes.records()} == set(Settings().vetoes)
    assert all(v.title == TITLES[v.name] for v in vetoes.records())
