"""换班 on both back ends: nothing changes but by consent, before the day, and once; what fits no shift is told."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.reminding import remind, told
from tests.plugins.sitting import (
    CODE,
    EMPTY,
    GROUPS,
    HOME,
    MEMBERS,
    NAME,
    OFFICE,
    SINCE,
    away,
    look,
    propose,
    rows,
    sheet,
    sitter,
    swapped,
    sweep,
    town,
)

from renda_core.catalogue import Catalogue
from renda_core.errors import Invalid, NotFound, Rejected, Stale
from renda_core.services import cases, days
from renda_core.testing import Bench, embedded, uid
from renda_plugins import rota_duty

D = dt.date
SECOND, FOURTH, FIFTH = D(2026, 3, 9), D(2026, 3, 23), D(2026, 3, 30)
TWO, FOUR, FIVE = "二组甲", "四组甲", "五组甲"


def of(b, on):
    """Give who sits on a day, by name, and why."""
    (line,) = sheet(b, first=on, last=on).shifts
    return line.group, line.deputies or line.vacant, line.why


# -- by consent alone


def test_a_shift_changes_hands_when_the_other_side_agrees_and_not_before(county):
    b = town(county)
    before = rows(b)
    case = propose(b, TWO, FOUR, SECOND)
    assert rows(b) == before
    b.step(case, "agree", sitter(FOUR))
    assert of(b, SECOND) == ("第四小组", "四组甲、四组辛", f"换班（{case.number}）：原为第二小组")
    assert [r for r in rows(b) if r[0] != "03-09"] == [r for r in before if r[0] != "03-09"]
    lines = {g.group: (g.turns, g.held, g.given, g.taken) for g in sheet(b).groups}
    assert (lines["第二小组"], lines["第四小组"]) == ((1, 0, 1, 0), (1, 2, 0, 1))
    assert (sheet(b).stations[0].spread, sheet(b).stations[0].spread_held) == (0, 2)
    b.stands(case, "agree", by=sitter(FOUR), rule="rota_duty.agree")


def test_two_shifts_are_exchanged_whole(county):
    b = town(county)
    swapped(b, TWO, FIVE, SECOND, form="exchange", other_on=FIFTH)
    assert [of(b, on)[:2] for on in (SECOND, FIFTH)] == [("第五小组", "五组甲、五组辛"), ("第二小组", "二组甲、二组辛")]
    assert sheet(b).stations[0].spread_held == 1
    assert of(b, FIFTH)[2].endswith("原为第五小组")


def test_one_deputy_takes_a_shift_alone(county):
    b = town(county)
    swapped(b, TWO, FOUR, SECOND, to="")
    assert of(b, SECOND)[:2] == ("", FOUR)
    (day,) = b.ask(days.days, OFFICE, SECOND, SECOND).days
    assert (day.who, day.label) == ((uid(FOUR),), f"{HOME}轮流坐班（{FOUR}）")


@pytest.mark.parametrize(
    ("step", "by", "state"),
    [("decline", FOUR, "declined"), ("withdraw", TWO, "withdrawn"), ("withdraw", None, "withdrawn")],
)
def test_a_swap_declined_or_withdrawn_changes_nothing_and_frees_the_shift(county, step, by, state):
    b = town(county)
    before = rows(b)
    case = b.step(propose(b, TWO, FOUR, SECOND), step, sitter(by) if by else OFFICE)
    assert case.states["main"] == state
    assert rows(b) == before
    for late, who in (("agree", FOUR), ("decline", FOUR), ("withdraw", TWO)):
        with pytest.raises(Rejected, match="not proposed"):
            b.step(case, late, sitter(who))
    swapped(b, TWO, FIVE, SECOND)
    assert of(b, SECOND)[0] == "第五小组"


@pytest.mark.rule("consent")
def test_a_swap_that_nobody_answers_lapses_on_the_day_and_changes_nothing(county):
    b = town(county)
    before = rows(b)
    case = propose(b, TWO, FOUR, SECOND)
    sweep(b, D(2026, 3, 8))
    assert b.case(case.id).states.get("main", "proposed") == "proposed"
    b.today = SECOND
    with pytest.raises(Rejected, match="the day of the shift has come"):
        b.step(case, "agree", sitter(FOUR))
    sweep(b, SECOND)
    assert b.case(case.id).states["main"] == "lapsed"
    assert rows(b) == before


def test_an_agreed_swap_is_undone_by_the_office_with_a_reason_before_the_day(county):
    b = town(county)
    before = rows(b)
    case = swapped(b, TWO, FOUR, SECOND)
    with pytest.raises(Rejected, match="reasons"):
        b.step(case, "cancel", OFFICE)
    with pytest.raises(Rejected, match="may not cancel"):
        b.step(case, "cancel", sitter(TWO), note="不换了")
    b.today = SECOND
    with pytest.raises(Rejected, match="has come"):
        b.step(case, "cancel", OFFICE, note="双方商定")
    b.today = D(2026, 3, 8)
    b.step(case, "cancel", OFFICE, note="双方商定")
    assert rows(b) == before


def test_those_who_come_to_sit_by_a_swap_are_told(county):
    b = town(county)
    assert remind(b, D(2026, 3, 6)).sent == 2
    swapped(b, TWO, FOUR, SECOND)
    assert remind(b, D(2026, 3, 7)).sent == 2
    assert told(b, FOUR) == [(FOUR, f"2026-03-09 {uid(HOME)}")]


# -- what is refused, with the reason


@pytest.mark.rule("propose.shift")
@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ({"on": D(2026, 2, 23)}, "is over, or today's"),
        ({"on": D(2026, 3, 10)}, "has no shift on 2026-03-10"),
        ({"on": D(2026, 4, 6)}, "has no shift on 2026-04-06"),
        ({"on": D(2027, 5, 3)}, "more than a year ahead"),
        ({"on": SECOND, "station": "城关之家"}, "城关之家 has no rota"),
        ({"on": SECOND, "form": "exchange", "other_on": D(2026, 3, 31)}, "has no shift on 2026-03-31"),
        ({"on": SECOND, "form": "exchange", "other_on": D(2026, 2, 28)}, "is over"),
    ],
)
def test_a_day_that_is_past_or_has_no_shift(county, rest, why):
    b = town(county)
    with pytest.raises(Rejected, match=why):
        propose(b, TWO, FOUR, **rest)
    assert sheet(b).idle == ()


def test_a_shift_is_not_given_away_twice(county):
    b = town(county)
    first = propose(b, TWO, FOUR, SECOND)
    with pytest.raises(Rejected, match=r"is already taken on 2026-03-09"):
        propose(b, "二组辛", FIVE, SECOND)
    with pytest.raises(Rejected, match=r"2026-03-09"):
        propose(b, FIVE, TWO, FIFTH, form="exchange", other_on=SECOND)
    b.step(first, "agree", sitter(FOUR))
    with pytest.raises(Rejected, match="is already"):
        propose(b, FOUR, FIVE, SECOND)
    b.step(first, "cancel", OFFICE, note="双方商定")
    swapped(b, "二组辛", FIVE, SECOND)
    assert of(b, SECOND)[0] == "第五小组"


@pytest.mark.rule("propose.people")
def test_who_gives_and_who_takes_are_named_and_are_two(county):
    b = town(county)
    swap = {"station": CODE, "on": SECOND, "to": "第四小组"}

    def tried(by=OFFICE, **parties):
        named = {role: tuple(uid(p) for p in people) for role, people in parties.items()}
        b.open("shift_swap", by, {**swap}, parties=named)

    for why, parties in (
        ("name who gives", {"taker": [FOUR]}),
        ("name who is to take", {"giver": [TWO]}),
        ("from oneself", {"giver": [TWO], "taker": [TWO, FOUR]}),
    ):
        with pytest.raises(Rejected, match=why):
            tried(**parties)
    swap["to"] = ""
    with pytest.raises(Rejected, match="or one deputy alone"):
        tried(giver=[TWO], taker=[FOUR, FIVE])
    swap["form"] = "cover"
    with pytest.raises(Rejected, match="nobody to give it"):
        tried(giver=[TWO])
    swap |= {"form": "give", "to": "第四小组"}
    with pytest.raises(Rejected, match="taken for oneself"):
        tried(by=sitter(FIVE), giver=[TWO], taker=[FOUR])


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ({"form": "exchange"}, "names the day of the other shift"),
        ({"form": "give", "other_on": FIFTH}, "and it alone"),
        ({"form": "exchange", "other_on": SECOND}, "on the same day"),
        ({"form": "exchange", "other_on": FIFTH, "to": "第五小组"}, "leave the group away"),
        ({"form": "gift"}, "gift"),
        ({"station": "  "}, "name the station"),
        ({"on": "下周一"}, "on"),
    ],
)
def test_a_swap_that_says_two_things_is_refused(county, rest, why):
    b = town(county)
    with pytest.raises(Invalid, match=why):
        propose(b, TWO, FOUR, **{"on": SECOND, **rest})


@pytest.mark.rule("agree.asked", "decline.asked", "agree.in_time", "cancel.in_time")
def test_only_who_was_asked_answers_and_the_office_from_paper_with_a_word(county):
    b = town(county)
    case = propose(b, TWO, FOUR, SECOND)
    for step in ("agree", "decline"):
        with pytest.raises(NotFound):
            b.step(case, step, sitter(FIVE))
        with pytest.raises(Rejected, match="may not"):
            b.step(case, step, sitter(TWO))
        with pytest.raises(Rejected, match="writes whose it is"):
            b.step(case, step, OFFICE)
    with pytest.raises(Rejected, match="may not"):
        b.step(case, "withdraw", sitter(FOUR))
    b.step(case, "agree", OFFICE, note="四组甲签字，存卷第3页")
    with pytest.raises(Rejected, match="not proposed"):
        b.step(case, "agree", sitter(FOUR))
    assert of(b, SECOND)[0] == "第四小组"


def test_two_who_answer_at_once(county):
    """The second, who has seen the earlier version, is told and changes nothing."""
    b = town(county)
    case = propose(b, TWO, FOUR, SECOND)
    b.step(case, "withdraw", sitter(TWO))
    late = cases.TakeStep(case=case.id, step="agree", version=case.version)
    with pytest.raises(Stale):
        b.do(cases.take_step, sitter(FOUR), late)
    assert of(b, SECOND)[0] == "第二小组"


# -- what only the rota of the day can tell


@pytest.mark.parametrize(
    ("giver", "taker", "rest", "why"),
    [
        (FOUR, FIVE, {"on": SECOND}, "2026-03-09 的班次不是让班代表的"),
        (TWO, FOUR, {"on": SECOND, "to": "第五小组"}, "同意的代表 2026-03-09 不在第五小组"),
        (TWO, FOUR, {"on": SECOND, "to": "第九小组"}, "2026-03-09 没有名为第九小组的小组"),
        (TWO, "nobody", {"on": SECOND, "to": ""}, "接班代表 2026-03-09 不在任"),
        (TWO, FIVE, {"on": SECOND, "form": "exchange", "other_on": FOURTH}, "2026-03-23 的班次不是接班代表的"),
    ],
)
def test_an_agreed_swap_that_fits_no_shift_changes_nothing_and_is_told(county, giver, taker, rest, why):
    b = town(county)
    before = rows(b)
    case = swapped(b, giver, taker, **rest)
    assert rows(b) == before
    assert [(i.what, i.why) for i in sheet(b).idle] == [(f"{case.number} 换班", why)]


def test_a_swap_whose_shift_is_moved_away_by_a_new_order_is_told(county):
    b = town(county)
    case = swapped(b, TWO, FOUR, SECOND)
    layer = b.file.layers[0]
    entry = {"station": CODE, "since": SINCE, "groups": list(GROUPS), "weekdays": [2]}
    b.file = _evolved(b.file, layer, entry)
    assert [(i.what, i.why) for i in sheet(b).idle] == [(f"{case.number} 换班", "2026-03-09 没有班次")]


def _evolved(file, layer, entry):
    return attrs.evolve(file, layers=(attrs.evolve(layer, plugins={NAME: {"rotas": [entry]}}),))


def test_a_group_that_took_a_shift_and_is_all_on_leave_leaves_it_vacant(county):
    b = town(county)
    swapped(b, TWO, FOUR, SECOND)
    for person in MEMBERS["第四小组"]:
        away(b, person, SECOND, SECOND)
    group, who, why = of(b, SECOND)
    assert (group, who) == ("第四小组", "缺岗")
    assert why.endswith("原为第二小组；缺岗：第四小组，全部请假")


# -- a vacant shift


@pytest.mark.rule("ask.people", "ask.in_time", "ask.main")
def test_a_vacant_shift_is_covered_by_whom_the_office_asks_and_who_agrees(county):
    b = town(county, today=D(2026, 3, 2))
    (found,) = look(b)
    case = b.case(found)
    with pytest.raises(Rejected, match="nobody has been asked"):
        b.step(case, "agree", OFFICE, note="电话同意")
    with pytest.raises(Rejected, match="name who is to take"):
        b.step(case, "ask", OFFICE, payload={"to": "第四小组"})
    for to, taker in (("第四小组", FOUR), ("", FIVE)):
        b.step(case, "ask", OFFICE, payload={"to": to}, parties={"taker": (uid(taker),)})
    assert of(b, D(2026, 3, 16))[:2] == (EMPTY, "缺岗")
    with pytest.raises(Rejected, match="writes whose it is"):
        b.step(case, "agree", sitter(FOUR))  # asked before, and no more
    b.step(case, "agree", sitter(FIVE))
    assert of(b, D(2026, 3, 16)) == ("", FIVE, f"换班（{case.number}）：原为第三小组")
    assert of(b, D(2026, 3, 23))[0] == "第四小组", "nobody else is moved"
    with pytest.raises(Rejected, match="main is agreed"):
        b.step(case, "ask", OFFICE, payload={"to": ""}, parties={"taker": (uid(TWO),)})
    gift = propose(b, TWO, FOUR, SECOND)
    with pytest.raises(Rejected, match="a swap of their own"):
        b.step(gift, "ask", OFFICE, payload={"to": ""}, parties={"taker": (uid(FIVE),)})
    b.today = SECOND
    with pytest.raises(Rejected, match="has come"):
        b.step(gift, "ask", OFFICE, payload={"to": ""}, parties={"taker": (uid(FIVE),)})


def test_a_vacancy_that_nobody_takes_lapses_and_stays_vacant(county):
    b = town(county, today=D(2026, 3, 2))
    (found,) = look(b)
    sweep(b, D(2026, 3, 16))
    assert b.case(found).states["main"] == "lapsed"
    assert of(b, D(2026, 3, 16))[1] == "缺岗"


def test_a_swap_is_seen_by_its_two_sides_and_the_office_alone(county):
    b = town(county)
    case = propose(b, TWO, FOUR, SECOND)
    for who in (OFFICE, sitter(TWO), sitter(FOUR)):
        assert b.see(case, who).number == case.number
    for who in (sitter(FIVE), Bench.actor("passer-by", "public"), Bench.actor("head", unit="roads")):
        with pytest.raises(NotFound):
            b.see(case, who)


# -- laws

SHIFTS = [D(2026, 3, 2) + dt.timedelta(7 * n) for n in range(5)]
PEOPLE = [p for g, people in MEMBERS.items() if g != EMPTY for p in people]
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["give", "exchange", "leave", "agree", "decline", "withdraw", "lapse"]),
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
        st.sampled_from(SHIFTS),
        st.sampled_from(SHIFTS),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Make towns on SQLite, each with a store of its own."""
    folder, made = tmp_path_factory.mktemp("towns"), []

    def county(plugins, **rest):
        store = embedded(folder / f"{len(made)}.db", lambda: dt.datetime(2026, 2, 20, tzinfo=dt.UTC))
        made.append(Bench(store, rest.pop("catalogue", None) or Catalogue.collect({NAME: rota_duty}), plugins, **rest))
        return made[-1]

    yield county
    for b in made:
        b.close()


@settings(max_examples=25, deadline=None)
@given(MOVES)
def test_whatever_people_do_only_agreed_swaps_change_a_day(fresh, moves):
    """A shift is its turn's, unless an agreed swap names it; one without effect leaves it, and is told."""
    b = town(fresh, today=D(2026, 2, 20))
    before, open_ = {s.on: s.group for s in sheet(b, last=D(2026, 4, 5)).shifts}, []
    for what, one, other, on, second in moves:
        try:
            if what == "give":
                open_.append(propose(b, one, other, on))
            elif what == "exchange":
                open_.append(propose(b, one, other, on, form="exchange", other_on=second))
            elif what == "leave":
                away(b, one, on, on)
            elif open_:
                case = b.case(open_[len(moves) % len(open_)].id)
                who = case.parties["giver" if what == "withdraw" else "taker"][0]
                actor = Bench.actor("job:x", "clock") if what == "lapse" else b.actor(who)
                actor = actor if what == "lapse" else type(actor)(id=who, roles={"deputy"})
                b.step(case, what, actor)
        except (Rejected, Invalid, NotFound):
            continue
    found = sheet(b, last=D(2026, 4, 5))
    agreed = [c for c in (b.case(c.id) for c in open_) if c.states.get("main") == "agreed"]
    named = {on for c in agreed for on in c.body.days()}
    idle = {i.what.split()[0] for i in found.idle}
    assert idle <= {c.number for c in agreed}
    for line in found.shifts:
        if line.group != before[line.on]:
            assert line.on in named
            assert "换班" in line.why
    working = {on for c in agreed if c.number not in idle for on in c.body.days()}
    assert {line.on for line in found.shifts if "换班" in line.why} == working
    for line in found.shifts:
        assert sheet(b, first=line.on, last=line.on).shifts == (line,)
