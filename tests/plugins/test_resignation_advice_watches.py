"""What the watches find in duty records and roster, and what they say holds no more: plain functions on plain rows."""

from __future__ import annotations

import asyncio
import datetime as dt

import attrs
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.duty import Mark, Record
from renda_core.domain.mandates import Mandate, MandateEvent, apply
from renda_core.records import Found, Lapsed, SessionDay
from renda_core.testing import act, context
from renda_core.testing import case as made
from renda_plugins import resignation_advice
from renda_plugins.resignation_advice.absences import NO_MORE, NOT_HELD, absences
from renda_plugins.resignation_advice.register import register
from renda_plugins.resignation_advice.years import NO_MORE as CORRECTED
from renda_plugins.resignation_advice.years import poor_years

D = dt.date
BEGAN, TODAY = D(2021, 12, 28), D(2027, 2, 1)
SESSIONS = tuple(
    SessionDay(id=f"s{n}", congress="county", title=f"某县第六届人民代表大会第{n}次会议", opens_on=D(2020 + n, 1, 8))
    for n in range(2, 8)
)


def mandate(person="wang", congress="county", **rest):
    told = {"id": f"{person} {congress}", "valid_from": BEGAN, "elected_on": BEGAN, "level": "county", "term": "t"}
    return Mandate(**{**told, "person": person, "congress": congress, "state": "active", **rest})


@attrs.define(kw_only=True)
class Desk:
    """A desk of rows that a test lists."""

    rows: list = attrs.Factory(list)
    mandates: list = attrs.Factory(lambda: [mandate()])
    days: tuple = SESSIONS
    opened: list = attrs.Factory(list)

    async def records_between(self, first, last, *, kinds=(), congress=""):
        return tuple(r for r in self.rows if first <= r.on <= last and r.kind in kinds)

    async def mandates_between(self, first, last, *, congress=""):
        return tuple(self.mandates)

    async def sessions(self, first, last):
        return tuple(s for s in self.days if first <= s.opens_on <= last)

    async def cases(self, kind, step):
        return tuple(self.opened)

    async def names(self, ids):
        return {i: {"wang": "王秀英", "county": "某县人民代表大会"}.get(i, i) for i in ids}


def absence(on, id="", *, congress="county", person="wang", session=1, **rest):
    told = {"source": f"case:{on}", "facts": {"session": session}, "mandates": (f"{person} county",)}
    return Record(person=person, kind="absence", on=on, id=id or str(on), congress=congress, **{**told, **rest})


def result(year, points, *, person="wang", poor=None, **rest):
    facts = {"points": points * 100, "poor": int(points < 60) if poor is None else poor}
    told = {"source": f"score:points:{year}:county", "facts": facts, "mandates": (f"{person} county",)}
    return Record(person=person, kind="assessment", on=D(year, 12, 31), id=f"r{year}", congress="county", **told | rest)


def look(desk, watch=absences, **settings):
    return asyncio.run(watch(context(resignation_advice, today=TODAY, **settings), desk))


def reasons(found):
    return [f.body.reason for f in found if isinstance(f, Found)]


def opened(desk, found, state="found"):
    """Keep what was found as cases, as the night does."""
    for f in found:
        if isinstance(f, Found):
            acts, parties = (act("find", by="job:watch"),), f.parties
            desk.opened.append(made("advice", *acts, id=f.key, body=f.body, parties=parties, states={"main": state}))
        else:
            desk.opened = [
                attrs.evolve(c, states={"main": "lapsed"}, acts=(*c.acts, act("lapse", note=f.why)))
                if c.id == f.case
                else c
                for c in desk.opened
            ]


def night(desk, watch=absences, **settings):
    found = look(desk, watch, **settings)
    opened(desk, found)
    assert look(desk, watch, **settings) == []  # each matter is opened once, and lapses once
    return found


FIRST, SECOND, THIRD = absence(D(2024, 1, 8)), absence(D(2026, 1, 8)), absence(D(2027, 1, 8))
GRANTED = attrs.evolve(FIRST, state="withdrawn", history=(Mark(do="grant", by="o", on=TODAY, why="有请假条"),))

# -- absence from sessions


def test_the_first_absence_is_a_reminder_and_the_second_a_task_though_not_in_a_row():
    desk = Desk(rows=[FIRST])
    (one,) = night(desk)
    assert (one.body.reason, one.parties) == ("absence_notice", {"subject": ("wang",)})
    assert one.title == "王秀英：缺席提醒"
    assert one.body.facts == "2024-01-08 未经批准缺席某县第六届人民代表大会第4次会议。本届任期内共 1 次。"
    assert (one.body.mandate, one.body.congress, one.body.days) == ("wang county", "county", (D(2024, 1, 8),))
    desk.rows.append(SECOND)
    (two,) = night(desk)
    assert (two.body.reason, two.body.records) == ("absence_task", (FIRST.id, SECOND.id))
    assert [a.split("：")[0] for a in two.body.articles] == ["代表法 62(3)", "代表法 63"]
    assert two.links == {"earlier": (one.key,)}
    desk.rows.append(THIRD)
    (three,) = night(desk)
    assert (three.body.reason, len(three.body.days)) == ("absence_task", 3)


def test_both_at_once_are_a_reminder_and_a_task():
    assert reasons(night(Desk(rows=[FIRST, SECOND]))) == ["absence_notice", "absence_task"]
    assert reasons(night(Desk(rows=[FIRST, SECOND]), first_absence=False)) == ["absence_task"]
    assert night(Desk(rows=[FIRST]), first_absence=False) == []


def test_several_days_of_one_session_count_once():
    days = [absence(D(2026, 1, d)) for d in (8, 9, 11)]
    assert reasons(night(Desk(rows=days))) == ["absence_notice"]
    assert reasons(night(Desk(rows=days, days=()))) == ["absence_notice"]  # nor where no session is entered
    far = [absence(D(2026, 1, 8)), absence(D(2026, 3, 8))]
    assert reasons(night(Desk(rows=far, days=()))) == ["absence_notice", "absence_task"]
    assert reasons(night(Desk(rows=far, days=()), one_session=90)) == ["absence_notice"]


def test_only_sessions_of_the_own_congress_count():
    other = [
        absence(D(2024, 1, 8), session=0),  # a meeting of the standing committee, or a training
        absence(D(2025, 1, 8), congress="town"),
        absence(D(2026, 1, 8), mandates=("wang town",)),
        absence(D(2026, 1, 9), facts={}),
        attrs.evolve(FIRST, kind="leave", id="leave"),
    ]
    assert night(Desk(rows=other)) == []


def test_two_mandates_of_one_person_are_counted_apart():
    town = mandate(congress="town", level="township")
    rows = [FIRST, absence(D(2025, 3, 1), congress="town", mandates=("wang town",))]
    found = night(Desk(rows=rows, mandates=[mandate(), town]))
    assert [(f.body.reason, f.body.level) for f in found] == [
        ("absence_notice", "county"),
        ("absence_notice", "township"),
    ]


def test_what_was_withdrawn_refused_or_granted_on_appeal_does_not_count():
    for state in ("withdrawn", "refused", "entered"):
        assert night(Desk(rows=[attrs.evolve(FIRST, state=state), SECOND]))[0].body.records == (SECOND.id,)
    assert reasons(night(Desk(rows=[GRANTED, SECOND]))) == ["absence_notice"]
    appeal = Mark(do="appeal", by="wang", on=TODAY, why="病假", was={"state": "confirmed"})
    pending = attrs.evolve(FIRST, state="appealed", history=(appeal,))
    assert reasons(night(Desk(rows=[pending, SECOND]))) == ["absence_notice", "absence_task"]  # it counts until decided


def test_a_term_before_does_not_count():
    desk = Desk(rows=[absence(D(2024, 1, 8), mandates=("an earlier one",)), SECOND])
    assert reasons(night(desk)) == ["absence_notice"]


def test_a_part_of_a_session_is_a_reminder_and_none_of_the_two_unless_the_place_says_otherwise():
    partly = absence(D(2026, 1, 8), facts={"session": 1, "whole": 0})
    (found,) = night(Desk(rows=[partly]))
    assert (found.body.reason, "（部分时间缺席）" in found.body.facts) == ("absence_notice", True)
    assert reasons(night(Desk(rows=[FIRST, partly]))) == ["absence_notice"]
    assert reasons(night(Desk(rows=[FIRST, partly, THIRD]))) == ["absence_notice", "absence_task"]
    assert reasons(night(Desk(rows=[FIRST, partly]), partly_there="counts")) == ["absence_notice", "absence_task"]
    assert night(Desk(rows=[partly]), partly_there="ignored") == []
    told = {"source": "x", "congress": "county", "mandates": ("wang county",)}
    came = Record(person="wang", kind="session", on=D(2026, 1, 9), **told)
    assert night(Desk(rows=[absence(D(2026, 1, 8)), came]), partly_there="ignored") == []
    whole = absence(D(2026, 1, 8), facts={"session": 1, "whole": 1})
    assert reasons(night(Desk(rows=[FIRST, whole]))) == ["absence_notice", "absence_task"]
    desk = Desk(rows=[FIRST, whole])
    _, task = night(desk)
    desk.rows[1] = partly  # the roll is corrected: the deputy was there for a part
    assert night(desk) == [Lapsed(case=task.key, why=NO_MORE)]


def test_a_case_whose_record_falls_away_lapses_and_what_is_left_is_found():
    desk = Desk(rows=[FIRST, SECOND])
    notice, task = night(desk)
    desk.rows[0] = GRANTED
    found = night(desk)
    assert found[:2] == [Lapsed(case=notice.key, why=NO_MORE), Lapsed(case=task.key, why=NO_MORE)]
    assert [(f.body.reason, f.body.records) for f in found[2:]] == [("absence_notice", (SECOND.id,))]
    desk.rows[0] = attrs.evolve(FIRST, state="confirmed")  # the roll is corrected back: it is a matter again
    (again,) = night(desk)
    assert (again.body.reason, again.key == task.key) == ("absence_task", False)


def test_what_was_closed_stays_closed_and_a_further_absence_opens_a_task():
    desk = Desk(rows=[FIRST, SECOND])
    opened(desk, look(desk), state="closed")
    assert look(desk) == []
    desk.rows.append(THIRD)
    assert reasons(look(desk)) == ["absence_task"]
    desk.rows[0] = GRANTED
    assert not [f for f in look(desk) if isinstance(f, Lapsed)]  # what has ended does not lapse


def test_an_ended_mandate_lets_open_cases_lapse_but_not_what_was_decided():
    desk = Desk(rows=[FIRST])
    (found,) = night(desk)
    event = MandateEvent(
        kind="end",
        on=D(2026, 6, 1),
        legal_act="公告第 3 号",
        by_body="standing_committee",
        reason="resignation_accepted",
    )
    desk.mandates = [apply(mandate(), event)]
    assert look(desk) == [Lapsed(case=found.key, why=NOT_HELD)]
    desk.opened = [attrs.evolve(c, states={"main": "decided"}) for c in desk.opened]
    assert look(desk) == []


def test_a_suspended_mandate_is_still_one():
    event = MandateEvent(
        kind="suspend", on=D(2026, 6, 1), legal_act="报告", by_body="standing_committee", reason="detained"
    )
    assert reasons(look(Desk(rows=[FIRST], mandates=[apply(mandate(), event)]))) == ["absence_notice"]


dates = st.sets(st.sampled_from([D(y, 1, d) for y in range(2022, 2028) for d in (8, 9, 10)]))


@given(dates, st.randoms())
def test_a_task_is_opened_from_the_second_session_on_whatever_the_order(days, random):
    rows = [absence(d) for d in days]
    sessions = {d.year for d in days}
    found = look(Desk(rows=rows))
    wanted = ["absence_notice"] * (len(sessions) >= 1) + ["absence_task"] * (len(sessions) >= 2)
    assert reasons(found) == wanted
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert look(Desk(rows=shuffled)) == found


# -- poor years


def test_fifty_nine_and_fifty_eight_are_an_alert_to_advise():
    desk = Desk(rows=[result(2025, 59)])
    (one,) = night(desk, poor_years)
    assert (one.body.reason, one.body.years) == ("poor_year", (2025,))
    desk.rows.append(result(2026, 58))
    (two,) = night(desk, poor_years)
    assert (two.body.reason, two.body.years, two.body.records) == ("poor_years", (2025, 2026), ("r2025", "r2026"))
    assert two.body.facts == "连续 2 年考核较差：2025 年度 59 分、2026 年度 58 分。"
    assert two.title == "王秀英：连续较差，研究劝辞或建议罢免"
    assert any(a.startswith("选举法 55") for a in two.body.articles)
    assert any("考核结果只作履职管理" in a for a in two.body.articles)
    assert reasons(look(Desk(rows=desk.rows), poor_years)) == ["poor_years"]


def test_fifty_nine_then_sixty_are_none():
    assert look(Desk(rows=[result(2025, 59), result(2026, 60)]), poor_years) == []
    desk = Desk(rows=[result(2025, 59)])
    night(desk, poor_years)
    desk.rows.append(result(2026, 60))
    assert night(desk, poor_years) == []


def test_a_year_between_breaks_the_row_and_so_does_another_term():
    assert reasons(look(Desk(rows=[result(2024, 50), result(2026, 50)]), poor_years)) == ["poor_year"]
    before = result(2025, 50, mandates=("an earlier one",))
    assert reasons(look(Desk(rows=[before, result(2026, 50)]), poor_years)) == ["poor_year"]
    three = [result(y, 50) for y in (2024, 2025, 2026)]
    (found,) = look(Desk(rows=three), poor_years, years=3)
    assert (found.body.reason, found.body.years) == ("poor_years", (2024, 2025, 2026))
    assert reasons(look(Desk(rows=three[1:]), poor_years, years=3)) == ["poor_year"]
    assert look(Desk(rows=three[1:]), poor_years, years=3, interview=False) == []


def test_a_corrected_result_lets_the_case_lapse_and_leaves_a_talk_for_the_other_year():
    desk = Desk(rows=[result(2025, 59), result(2026, 58)])
    (found,) = night(desk, poor_years)
    desk.rows[0] = result(2025, 61)
    lapsed, talk = night(desk, poor_years)
    assert lapsed == Lapsed(case=found.key, why=CORRECTED)
    assert (talk.body.reason, talk.body.years) == ("poor_year", (2026,))
    desk.rows[1] = result(2026, 58, state="withdrawn")
    assert night(desk, poor_years) == [Lapsed(case=talk.key, why=CORRECTED)]


def test_a_third_poor_year_is_a_matter_of_its_own():
    desk = Desk(rows=[result(2024, 50), result(2025, 50)])
    night(desk, poor_years)
    desk.rows.append(result(2026, 50))
    (found,) = night(desk, poor_years)
    assert found.body.years == (2024, 2025, 2026)
    desk.rows[0] = result(2024, 70)  # the last two are still in a row
    assert not [f for f in look(desk, poor_years) if isinstance(f, Lapsed) and f.case == found.key]


# -- the register


def test_the_register_shows_the_roster_beside_the_case_and_goes_by_days_and_names():
    desk = Desk(rows=[FIRST, SECOND])
    night(desk)
    desk.rows[0] = GRANTED
    night(desk)
    shown = asyncio.run(register(context(resignation_advice, today=TODAY), desk))
    assert shown.by_reason == {"缺席提醒": 2, "两次未经批准不出席，提请资格审查": 1}
    assert (shown.under_way, len(shown.lines)) == (1, 3)
    assert {(a.deputy, a.congress, a.mandate) for a in shown.lines} == {("王秀英", "某县人民代表大会", "有效")}
    assert [a.lapsed for a in shown.lines if a.state == "已失效"] == [NO_MORE, NO_MORE]
    desk.mandates = []
    gone = asyncio.run(register(context(resignation_advice, today=TODAY), desk))
    assert {a.mandate for a in gone.lines} == {"已不在任"}
    assert asyncio.run(register(context(resignation_advice, today=TODAY), Desk())).lines == ()
