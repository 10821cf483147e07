"""The files of homes and stations: checked by the standard in force, opened when it is met, rectified and verified."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.plugins.homes import (
    CHECKER,
    OFFICE,
    PUBLIC,
    SECOND,
    STAFF,
    TODAY,
    check,
    county_of,
    filed,
    found,
    judged,
    look,
    place,
)

from renda_core.domain.calendar import Period
from renda_core.domain.standards import Finding, Point
from renda_core.errors import ConfigError, Invalid, NotFound, Rejected
from renda_core.testing import uid
from renda_plugins.deputies_homes.settings import EIGHT, Settings
from renda_plugins.deputies_homes.stationfile import Check, Rectified, StationFile, Verification, Verified

D = dt.date
NEXT = attrs.evolve(
    EIGHT,
    version=2,
    since=D(2026, 7, 1),
    points=(attrs.evolve(EIGHT.points[0], title="国徽悬挂规范"), *EIGHT.points[1:], Point(code="books", title="七簿")),
)


def plain(*standards):
    """Give versions as a file has them."""
    return [attrs.asdict(s) | {"points": [attrs.asdict(p) for p in s.points]} for s in standards]


@pytest.fixture
def b(bench):
    return county_of(bench)


def rectified(b, case, *codes, by=STAFF):
    return b.step(case, "rectify", by, payload=Rectified(points=codes, done="已补齐"))


def verified(b, case, by=SECOND, grade="met", **met):
    points = tuple(Verified(code=code, met=yes, note="" if yes else "仍缺") for code, yes in met.items())
    return b.step(case, "verify", by, grade=grade, payload=Verification(points=points))


def state(b, case):
    return (case := b.case(case.id)).states.get("main"), case.states.get("standard")


# -- the standard


def test_the_eight_are_the_list_of_one_place_and_say_so():
    assert [p.title for p in EIGHT.points] == ["国徽", "牌子", "桌椅", "柜子", "电脑", "资料", "制度", "经费"]
    assert all(p.required for p in EIGHT.points)
    assert "S000 names 八有 without listing it" in EIGHT.source


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"standards": plain(EIGHT, attrs.evolve(NEXT, since=None))}, "versions 1 and 2 overlap"),
        ({"standards": []}, "one version at least"),
        ({"standards": [{"version": 1, "points": [{"code": "a", "titel": "甲"}]}]}, "unknown field titel"),
        ({"board_address": "http://renda.example.cn/{station}"}, "begins with https"),
        ({"board_address": "https://renda.example.cn/{deputy}"}, "there is no {deputy}"),
        ({"deputy_address": "https://renda.example.cn/{station}"}, "there is no {station}"),
        ({"days_ahead": 0}, "days_ahead"),
        ({"rectify_within": {"n": -1, "unit": "day"}}, "must not be negative"),
    ],
)
def test_settings_that_make_no_sense_are_refused_when_they_are_applied(bench, settings, why):
    with pytest.raises(ConfigError) as said:
        county_of(bench, settings=settings)
    assert why in str(said.value)


def test_a_place_writes_its_own_standard(bench):
    b = county_of(bench, settings={"standards": plain(EIGHT, NEXT)})
    assert b.tenant.settings("deputies_homes", TODAY).standards == (EIGHT, NEXT)
    assert Settings().standards == (EIGHT,)


# -- a file from its beginning to its end


def test_from_setting_up_to_closing(b):
    case = filed(b)
    assert (case.number, state(b, case)) == ("站档2026-1", (None, None))
    case = check(b, case)
    case = b.step(case, "open", OFFICE)
    case = b.run(
        case,
        ("suspend", OFFICE, {"note": "装修"}),
        ("reopen", OFFICE, {"note": "装修完工"}),
        ("close", OFFICE, {"note": "并入西街站"}),
    )
    assert state(b, case) == ("closed", "met")
    for step, by in (("reopen", OFFICE), ("open", OFFICE), ("close", OFFICE)):
        with pytest.raises(Rejected):
            b.step(case, step, by, note="再来")
    with pytest.raises(Rejected, match="main is closed"):
        check(b, case)
    b.stands(case, "close", by=OFFICE, rule="deputies_homes.close")


@pytest.mark.parametrize("step", ["suspend", "reopen", "close"])
def test_what_takes_a_station_from_people_is_reasoned(b, step):
    case = b.step(check(b, filed(b)), "open", OFFICE)
    if step == "reopen":
        case = b.step(case, "suspend", OFFICE, note="装修")
    with pytest.raises(Rejected, match="reasons must be given"):
        b.step(case, step, OFFICE)


def test_only_inspectors_and_the_office_check_and_nobody_else_finds_the_file(b):
    case = filed(b)
    for who in (STAFF, b.actor("li", "deputy")):
        with pytest.raises(Rejected, match="may not check"):
            check(b, case, who)
    with pytest.raises(NotFound):
        b.see(case, PUBLIC)


@pytest.mark.rule("open.standard", "reopen.standard")
def test_a_station_opens_when_its_last_check_meets_every_required_point(b):
    case = filed(b)
    with pytest.raises(Rejected, match="nobody has checked the station"):
        b.step(case, "open", OFFICE)
    case = check(b, case, plaque="not_met", funds="partial")
    with pytest.raises(Rejected) as said:
        b.step(case, "open", OFFICE)
    assert said.value.objections == ("plaque 牌子: 未达标", "funds 经费: 部分达标")
    case = b.step(check(b, case), "open", OFFICE)
    case = check(b, b.step(case, "suspend", OFFICE, note="漏雨"), desks="not_met")
    with pytest.raises(Rejected, match="desks 桌椅: 未达标"):
        b.step(case, "reopen", OFFICE, note="修好了")


def test_an_optional_point_holds_nothing_up(bench):
    own = attrs.evolve(EIGHT, points=(EIGHT.points[0], Point(code="tea", title="茶水")))
    b = county_of(bench, settings={"standards": plain(own)})
    case = check(b, filed(b), standard=own, tea="not_met")
    assert case.clock("rectify").state == "running"  # it is lacking all the same
    assert state(b, b.step(case, "open", OFFICE)) == ("open", "met")


@pytest.mark.rule("check.points")
@pytest.mark.parametrize(
    ("findings", "why"),
    [
        (judged()[:-1], "funds 经费 is missing"),
        ((*judged(), judged()[0]), "emblem is judged 2 times"),
        ((*judged(), Finding(code="cinema", title="电影院", result="met")), "version 1 has no point cinema"),
        ((attrs.evolve(judged()[0], title="国旗"), *judged()[1:]), "emblem reads '国徽' in version 1, not '国旗'"),
        ((attrs.evolve(judged()[0], result="not_applicable"), *judged()[1:]), "cannot be said not to apply"),
        ((), "emblem 国徽 is missing"),
    ],
)
def test_a_check_judges_every_point_once(b, findings, why):
    case = filed(b)
    with pytest.raises(Rejected) as said:
        b.step(case, "check", CHECKER, grade="met", payload=Check(version=1, findings=findings))
    assert any(why in told for told in said.value.objections), said.value.objections
    assert state(b, case) == (None, None)


@pytest.mark.rule("check.points")
def test_a_check_is_made_by_the_version_in_force_on_its_day(bench):
    b = county_of(bench, settings={"standards": plain(EIGHT, NEXT)})
    case = filed(b)
    with pytest.raises(Rejected, match="on 2026-03-02 version 1 of the standard is in force, not 2"):
        check(b, case, standard=NEXT)
    case = check(b, case)
    b.today = D(2026, 7, 1)
    with pytest.raises(Rejected, match="on 2026-07-01 version 2 of the standard is in force, not 1"):
        check(b, case)
    with pytest.raises(Rejected) as said:
        b.step(case, "open", OFFICE)
    assert said.value.objections == ("emblem 国徽悬挂规范: 未检查（第 2 版）",)  # optional 七簿 holds nothing up
    assert state(b, b.step(check(b, case, standard=NEXT), "open", OFFICE)) == ("open", "met")
    assert [a.payload.version for a in b.case(case.id).took("check")] == [1, 2]


@pytest.mark.rule("check.points")
def test_before_the_first_version_nothing_is_checked_or_opened(bench):
    b = county_of(bench, settings={"standards": plain(NEXT)})
    case = filed(b)
    with pytest.raises(
        Rejected, match="no version of the standard holds on 2026-03-02; the first begins on 2026-07-01"
    ):
        check(b, case, standard=NEXT)
    with pytest.raises(Rejected, match="no version of the standard holds"):
        b.step(case, "open", OFFICE)


@pytest.mark.rule("check.points")
def test_a_version_that_was_used_is_not_reworded(bench):
    b = county_of(bench)
    case = check(b, filed(b))
    mended = attrs.evolve(EIGHT, points=(attrs.evolve(EIGHT.points[0], title="大国徽"), *EIGHT.points[1:]))
    layer = attrs.evolve(b.file.layers[0], plugins={"deputies_homes": {"standards": plain(mended)}})
    b.file = attrs.evolve(b.file, layers=(layer,))
    with pytest.raises(Rejected, match=r"version 1 was reworded since the check of 2026-03-02 \(emblem\)"):
        check(b, case, standard=mended)


@pytest.mark.rule("check.standing")
def test_a_check_says_how_the_station_stands(b):
    case = filed(b)
    for grade, results in (("met", {"rules": "partial"}), ("lacking", {})):
        with pytest.raises(Rejected, match="the station stands"):
            b.step(case, "check", CHECKER, grade=grade, payload=Check(version=1, findings=judged(**results)))


# -- rectification


@pytest.mark.rule("rectify.lacking")
def test_what_is_lacking_is_rectified_and_nothing_else(b):
    case = filed(b)
    with pytest.raises(Rejected, match="there is nothing to rectify"):
        rectified(b, case, "plaque")
    case = check(b, case, plaque="not_met", rules="partial")
    for code in ("emblem", "cinema"):
        with pytest.raises(Rejected, match=f"{code} is nothing that waits for rectification; waiting: plaque, rules"):
            rectified(b, case, code)
    case = rectified(b, case, "plaque")
    with pytest.raises(Rejected, match="plaque is rectified and waits to be verified"):
        rectified(b, case, "plaque", "rules")
    for codes, done in (((), "好了"), (("plaque", "plaque"), "好了"), (("rules",), "  ")):
        with pytest.raises(Invalid):
            Rectified(points=codes, done=done)


@pytest.mark.rule("verify.rectified", "verify.standing", "rectify")
def test_verified_points_are_met_and_stop_the_clock(b):
    case = check(b, filed(b), plaque="not_met", rules="partial")
    assert case.clock("rectify").due(b.calendar) == D(2026, 4, 2)
    with pytest.raises(Rejected, match="plaque is nothing that waits to be verified; waiting: none"):
        verified(b, case, plaque=True)
    b.later(days=9)
    case = rectified(b, case, "plaque", "rules")
    silent = Verification(points=(Verified(code="rules", met=False),))
    with pytest.raises(Rejected, match="rules is not met: say in the note what is still lacking"):
        b.step(case, "verify", SECOND, grade="lacking", payload=silent)
    with pytest.raises(Rejected, match="the station stands lacking 未达标 after this: 制度"):
        verified(b, case, plaque=True, rules=False)
    case = verified(b, case, grade="lacking", plaque=True, rules=False)
    assert (state(b, case)[1], case.clock("rectify").state) == ("lacking", "running")
    case = verified(b, rectified(b, case, "rules"), rules=True)
    assert (state(b, case)[1], case.clock("rectify").state) == ("met", "stopped")
    assert state(b, b.step(case, "open", OFFICE)) == ("open", "met")


@pytest.mark.rule("verify.another")
def test_nobody_verifies_their_own_check_or_their_own_rectification(b):
    both = b.actor("he", "inspector station")
    case = rectified(b, check(b, filed(b), plaque="not_met", rules="not_met"), "plaque")
    with pytest.raises(Rejected, match="whoever made the check does not verify"):
        verified(b, case, by=CHECKER, grade="lacking", plaque=True)
    case = rectified(b, case, "rules", by=both)
    with pytest.raises(Rejected, match=r"rectified themselves \(rules\)"):
        verified(b, case, by=both, plaque=True, rules=True)
    case = verified(b, case, by=both, grade="lacking", plaque=True)  # what others rectified
    assert state(b, verified(b, case, rules=True))[1] == "met"
    case = check(b, case, by=SECOND, plaque="not_met")  # a new round has a checker of its own
    assert state(b, verified(b, rectified(b, case, "plaque"), by=CHECKER, plaque=True))[1] == "met"


def test_a_responsible_person_who_holds_no_role_rectifies(b):
    case = filed(b)
    payload = Check(version=1, findings=judged(desks="not_met"))
    keeper = b.actor("keeper")
    parties = {"responsible": (keeper.id,)}
    case = b.step(case, "check", CHECKER, grade="lacking", payload=payload, parties=parties)
    assert rectified(b, case, "desks", by=keeper).acts[-1].by == keeper.id
    with pytest.raises(NotFound):
        rectified(b, case, "desks", by=b.actor("stranger"))


@pytest.mark.rule("rectify")
def test_a_further_check_that_still_finds_something_gives_no_new_time(bench):
    b = county_of(bench, settings={"rectify_within": {"n": 10, "unit": "workday"}})
    case = check(b, filed(b), plaque="not_met")
    due = b.case(case.id).clocks[0].due(b.calendar)
    b.later(days=7)
    case = check(b, case, plaque="not_met", rules="not_met")
    assert [c.due(b.calendar) for c in case.clocks] == [due]
    case = check(b, case)
    assert [c.state for c in case.clocks] == ["stopped"]
    assert Settings().rectify_within == Period(1, "month")


# -- files by themselves


def test_every_station_gets_a_file_once(b):
    found(b, [place("甲"), place("乙", "home", of="county")])
    assert {b.case(id).title for id in look(b)} == {"甲站", "乙站"}
    assert look(b) == []
    found(b, [place("丙")])
    assert len(look(b)) == 1


def test_a_place_may_open_its_files_by_hand(bench):
    b = county_of(bench, settings={"opens_files": False})
    filed(b, "甲")
    found(b, [place("乙")])
    assert look(b) == []


def test_a_file_opened_by_hand_is_not_opened_again(b):
    filed(b, "甲")
    assert look(b) == []


@pytest.mark.parametrize("station", [uid("nowhere"), "", "东风"])
def test_a_file_is_of_a_station_that_there_is(b, station):
    with pytest.raises((Invalid, NotFound, Rejected)):
        b.open("station_file", OFFICE, StationFile(station=station))
