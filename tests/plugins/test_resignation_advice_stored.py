"""Absence and poor years through the store and the night's own jobs; and no way whatever on which a mandate changes."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import attrs
import pytest
from sqlalchemy import select
from tests.core.reminding import congresses, elect
from tests.plugins import eventing

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.duty import Record
from renda_core.domain.mandates import MandateEvent
from renda_core.domain.procedure import Move
from renda_core.errors import NotFound, Rejected
from renda_core.records import Facet, Kind, RecordKind, RecordRule, Step
from renda_core.services import corrections, duty, jobs, mandates
from renda_core.store import tables as t
from renda_core.store.compile import Query, mine
from renda_core.testing import Bench, uid
from renda_plugins import duty_points, meetings_and_training, resignation_advice
from renda_plugins.resignation_advice.matter import Decision, Examination, LegalAct, Talk, Told, Words

D = dt.date
NAME = "resignation_advice"
OFFICE = Bench.actor("clerk", "office")
COMMITTEE = Bench.actor("zhang", "credentials")
CHAIR = Bench.actor("chair", "overseer")
WANG, LI = Bench.actor("wang", "deputy"), Bench.actor("li", "deputy")
KINDS = (
    RecordKind(
        name="absence", title="未经批准缺席", measures={"session": "人代会"}, part="missed", by_hand=False, own=False
    ),
    RecordKind(name="session", title="出席人代会", part="taken"),
    RecordKind(name="assessment", title="年度履职考核结果", book="", private=True, by_hand=False, own=False),
)


@attrs.frozen(kw_only=True)
class Said:
    """What a roll or an assessment of a test says of one person."""

    kind: str = ""
    facts: Mapping[str, int] = attrs.Factory(dict)


class Rolls:
    """A plugin of a test: one step yields one record, another takes it back."""

    @hookimpl
    def register_cases(self) -> Any:
        yield Kind(name="roll", title="会议", opening="plan", audience="office", parties="member_of_roll")
        yield Facet(kind="roll", states="planned called", final="called")
        yield Step(kind="roll", name="plan", who="office")
        for name in ("call", "recall"):
            moves = (Move("planned called", "called"),)
            yield Step(kind="roll", name=name, who="office", takes=Said, moves=moves)

    @hookimpl
    def register_records(self) -> Any:
        def made(context: Any, case: Any, act: Any) -> Iterator[Record]:
            if act.payload.kind:
                told = {"kind": act.payload.kind, "facts": act.payload.facts, "congress": uid("county")}
                yield Record(
                    person=case.parties["member_of_roll"][0], on=case.opened_on, source="x", title=case.title, **told
                )

        yield from KINDS
        for name in ("call", "recall"):
            yield RecordRule(name=name, kind="roll", step=name, make=made, whole="roll")


@pytest.fixture
def place(county: Any) -> Bench:
    """A county with three deputies, kinds of records and the practice."""
    catalogue = Catalogue.collect({NAME: resignation_advice, "rolls": Rolls()})
    b: Bench = county({NAME: {}, "rolls": {}}, catalogue=catalogue, today=D(2025, 1, 8))
    congresses(b)
    elect(b, "wang", "li", "chen")
    return b


def told(b: Bench, who: Any, kind: str, on: dt.date, title: str = "人代会", **facts: int) -> Any:
    """Let a step record something of somebody."""
    b.today = max(b.today, on)
    case = b.open("roll", OFFICE, title=title, parties={"member_of_roll": (who.id,)}, on=on)
    return b.step(case, "call", OFFICE, payload={"kind": kind, "facts": facts})


def absent(b: Bench, who: Any, on: dt.date) -> Any:
    """Let somebody miss a session."""
    return told(b, who, "absence", on, session=1)


def assessed(b: Bench, who: Any, year: int, points: int) -> Any:
    """Record a year's result."""
    return told(b, who, "assessment", D(year, 12, 31), f"{year} 年度", points=points * 100, poor=int(points < 60))


def night(b: Bench) -> list[Any]:
    """Do the night's work, and give the cases of advice that were opened."""
    before = held(b)
    b.store.run(jobs.sweep(b.store, b.tenant))
    opened = b.store.run(b.store.write(jobs.look, b.file.id, jobs.WATCH, b.tenant))
    assert b.store.run(b.store.write(jobs.look, b.file.id, jobs.WATCH, b.tenant)) == ()  # once, and not every night
    entries = [e["body"] for e in b.entries() if e["what"] == "watch.looked"]
    assert not any(body["failed"] for body in entries)
    assert held(b) == before
    return [b.case(id) for id in opened]


def held(b: Bench) -> list[Any]:
    """Give every mandate of the tenant, byte for byte, with every other column."""

    async def read(reader: Any) -> Any:
        return await reader.all(Query(select(t.mandate).where(mine(t.mandate)).order_by(t.mandate.c.id), Row))

    return [attrs.astuple(row) for row in b.read(read)]


Row = attrs.make_class("Row", [c.name for c in t.mandate.c], kw_only=True)


# -- domain.md § 12, scenario 2, and § 4, scenario 2


def test_first_unapproved_absence_notice_second_task_and_the_mandate_not_ended(place: Bench) -> None:
    b = place
    absent(b, WANG, D(2025, 1, 8))
    (notice,) = night(b)
    assert (notice.body.reason, notice.title) == ("absence_notice", "wang：缺席提醒")
    assert night(b) == []
    absent(b, LI, D(2026, 1, 8))
    absent(b, WANG, D(2027, 1, 8))  # not in a row
    found = night(b)
    assert sorted((c.body.reason, c.parties["subject"][0] == WANG.id) for c in found) == [
        ("absence_notice", False),
        ("absence_task", True),
    ]
    task = next(c for c in found if c.body.reason == "absence_task")
    assert [a.partition("：")[0] for a in task.body.articles] == ["代表法 62(3)", "代表法 63"]
    assert task.body.days == (D(2025, 1, 8), D(2027, 1, 8))
    wang = b.read(mandates.mandate, uid("mandate wang"))
    assert (wang.state, wang.valid_to, wang.history) == ("active", None, ())
    assert b.see(task, COMMITTEE).body["facts"]
    with pytest.raises(NotFound):
        b.see(task, LI)


def test_fifty_nine_and_fifty_eight_advise_and_fifty_nine_then_sixty_do_not(place: Bench) -> None:
    b = place
    for who in (WANG, LI):
        assessed(b, who, 2025, 59)
    assert [c.body.reason for c in night(b)] == ["poor_year", "poor_year"]
    assessed(b, WANG, 2026, 58)
    assessed(b, LI, 2026, 60)
    (alert,) = night(b)
    assert (alert.body.reason, alert.body.years, alert.parties["subject"]) == ("poor_years", (2025, 2026), (WANG.id,))


def test_of_two_years_at_once_only_the_second_alert_is_left(place: Bench) -> None:
    b = place
    for year, wang, li in ((2025, 59, 59), (2026, 58, 60)):
        assessed(b, WANG, year, wang)
        assessed(b, LI, year, li)
    assert [(c.body.reason, c.parties["subject"]) for c in night(b)] == [("poor_years", (WANG.id,))]


# -- what falls away


def test_a_corrected_roll_lets_the_case_lapse_with_its_reason(place: Bench) -> None:
    b = place
    first = absent(b, WANG, D(2025, 1, 8))
    absent(b, WANG, D(2026, 1, 8))
    notice, task = night(b)
    b.step(task, "notify", OFFICE, payload={"how": "letter"})
    b.step(first, "recall", OFFICE, payload={"kind": "session"})
    (left,) = night(b)
    for case in (notice, task):
        lapsed = b.case(case.id)
        assert (lapsed.states["main"], lapsed.acts[-1].by) == ("lapsed", "job:watch")
        assert "不再计入" in lapsed.acts[-1].note
    assert (left.body.reason, left.body.days) == ("absence_notice", (D(2026, 1, 8),))
    with pytest.raises(Rejected, match="main is lapsed"):
        b.step(task, "decide", COMMITTEE, grade="refer_credentials", note="x", payload=DECIDED)
    (entry,) = [e["body"]["lapsed"] for e in b.entries() if e["what"] == "watch.looked" and "lapsed" in e["body"]]
    assert set(entry) == {notice.id, task.id}
    b.step(first, "recall", OFFICE, payload={"kind": "absence", "facts": {"session": 1}})
    assert [c.body.reason for c in night(b)] == ["absence_task"]


def test_an_appeal_that_is_granted_lets_the_case_lapse(place: Bench) -> None:
    b = place
    absent(b, WANG, D(2025, 1, 8))
    (notice,) = night(b)
    (record,) = b.read(duty.records_of, WANG.id)
    b.do(duty.mark, WANG, duty.Marking(id=record.id, do="appeal", why="当日住院"))
    assert night(b) == []
    assert b.case(notice.id).states.get("main") != "lapsed"  # it counts until the appeal is decided
    b.do(duty.mark, Bench.actor("second", "office"), duty.Marking(id=record.id, do="grant", why="有病假条"))
    assert night(b) == []
    assert b.case(notice.id).states["main"] == "lapsed"


# -- nothing changes a mandate

DECIDED = Decision(body="credentials", document="第 1 号")
PAYLOADS = {
    "notify": Told(how="letter"),
    "talk": Talk(held_by="何主任", said="谈话"),
    "answer": Words(text="说明"),
    "decide": DECIDED,
    "respond": Words(text="辞职"),
    "examine": Examination(opinion="属实", document="第 2 号"),
    "name_act": LegalAct(event="end:absent_twice", document="公告第 3 号", on=D(2025, 1, 8)),
}


def ways(b: Bench) -> list[tuple[str, str]]:
    """Give every step of the procedure with every grade that it has."""
    steps = b.tenant.practice.procedure("advice").steps.values()
    return [(s.name, g) for s in steps if s.name != "find" for g in (s.grades or ("",))]


def test_no_step_grade_clock_or_override_changes_any_mandate(place: Bench) -> None:
    b = place
    for who in (WANG, LI):
        absent(b, who, D(2025, 1, 8))
        absent(b, who, D(2026, 1, 8))
        assessed(b, who, 2025, 30)
        assessed(b, who, 2026, 20)
    cases, before = night(b), held(b)
    assert {c.body.reason for c in cases} == {"absence_notice", "absence_task", "poor_years"}
    everybody = Bench.actor("all", "office credentials overseer committee presidium congress director deputy")
    taken, facets = set(), b.tenant.practice.procedure("advice").facets
    needed = {"respond": "advise_resign", "examine": "refer_credentials"}
    for n, (state, (step, grade)) in enumerate(product(facets["main"].states, ways(b))):
        case = b.case(cases[n % len(cases)].id)
        subject = Bench.actor("wang" if case.parties["subject"] == (WANG.id,) else "li", "deputy")
        outcome = needed.get(step, facets["outcome"].states[n % len(facets["outcome"].states)])
        b.do(corrections.override_state, CHAIR, override(case, "main", state))
        b.do(corrections.override_state, CHAIR, override(case, "outcome", outcome))
        by = subject if step in ("answer", "respond") else everybody
        with contextlib.suppress(Rejected):
            b.step(case, step, by, grade=grade, note="试", payload=PAYLOADS.get(step))
            taken.add((step, grade))
    assert held(b) == before
    assert {step for step, _ in ways(b)} == {step for step, _ in taken}
    for name, facet in facets.items():
        for state in facet.states:
            b.do(corrections.override_state, CHAIR, override(cases[0], name, state))
    b.today = D(2028, 6, 1)  # every clock has long run out
    night(b)
    assert held(b) == before
    assert b.verify().whole


def override(case: Any, facet: str, state: str) -> Any:
    """Ask for a state outside the procedure."""
    return corrections.Override(case=case.id, facet=facet, state=state, note="试")


def test_a_mandate_ends_by_an_event_of_the_roster_that_people_enter(place: Bench) -> None:
    b = place
    absent(b, WANG, D(2025, 1, 8))
    absent(b, WANG, D(2026, 1, 8))
    _, task = night(b)
    b.today = D(2026, 1, 9)
    heard = (("notify", OFFICE, {"payload": PAYLOADS["notify"]}), ("answer", WANG, {"payload": PAYLOADS["answer"]}))
    refer = ("decide", COMMITTEE, {"grade": "refer_credentials", "note": "情形属实", "payload": DECIDED})
    examine = ("examine", COMMITTEE, {"grade": "reported", "payload": PAYLOADS["examine"]})
    task = b.run(task, *heard, refer, examine)
    assert b.read(mandates.mandate, uid("mandate wang")).state == "active"
    announced = MandateEvent(
        kind="end", on=b.today, legal_act="公告第 3 号", by_body="standing_committee", reason="absent_twice"
    )
    b.do(mandates.happen, OFFICE, uid("mandate wang"), announced)
    named = LegalAct(event="end:absent_twice", document="公告第 3 号", on=b.today)
    task = b.run(task, ("name_act", OFFICE, {"payload": named}), ("close", OFFICE, {"note": "依法终止"}))
    assert task.states["main"] == "closed"
    shown = b.page("advice_register", CHAIR)
    assert {a.mandate for a in shown.lines} == {"已不在任"}
    for stranger in (LI, Bench.actor("m", "member"), Bench.actor("p", "presidium"), Bench.actor("d", "director")):
        with pytest.raises(NotFound):
            b.page("advice_register", stranger)


# -- beside the practices that record


def test_rolls_and_yearly_results_of_the_other_practices_are_found(county: Any) -> None:
    plugins = {NAME: resignation_advice, "meetings_and_training": meetings_and_training, "duty_points": duty_points}
    b: Bench = county({n: {} for n in plugins}, catalogue=Catalogue.collect(plugins), today=D(2025, 1, 3))
    congresses(b)
    elect(b, "wang", "li", "chen")
    meeting = {"form": "session", "congress": eventing.COUNTY}
    first = eventing.plan(b, "wang", "li", on=D(2025, 1, 8), title="县人大四次会议", **meeting)
    b.today = D(2025, 1, 8)
    eventing.roll(b, first, "li", absent=["wang"])
    training = eventing.plan(b, "wang", "li", on=D(2025, 1, 9), form="training")
    b.today = D(2025, 1, 9)
    eventing.roll(b, training, "wang", absent=["li"])  # an absence, and from no session
    (notice,) = night(b)
    assert notice.body.facts == "2025-01-08 未经批准缺席县人大四次会议。本届任期内共 1 次。"
    b.today = D(2026, 1, 3)
    assert b.do(duty.assess, OFFICE, "points", 2025, eventing.COUNTY).made == 3
    assert [c.body.reason for c in night(b)] == ["poor_year"] * 3
    second = eventing.plan(b, "wang", "li", "chen", on=D(2026, 1, 8), title="县人大五次会议", **meeting)
    b.today = D(2026, 1, 8)
    eventing.roll(b, second, "chen", absent=["wang", "li"])
    found = night(b)
    assert sorted(c.body.reason for c in found) == ["absence_notice", "absence_task"]
    task = next(c for c in found if c.body.reason == "absence_task")
    eventing.roll(b, second, "wang", "chen", absent=["li"], step="amend_roll", note="签到表看错行")
    assert night(b) == []
    assert b.case(task.id).states["main"] == "lapsed"
    assert b.case(notice.id).states.get("main", "found") == "found"
    b.today = D(2027, 1, 3)
    assert b.do(duty.assess, OFFICE, "points", 2026, eventing.COUNTY).made == 3
    assert [c.body.reason for c in night(b)] == ["poor_years"] * 3
