"""Mandates: legal acts, reasons, absences and the change of term."""

import datetime as dt
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.areas import Level, Term
from renda_core.domain.mandates import (
    ENDING_REASONS,
    FINAL,
    REASONS,
    STEPS,
    Absence,
    Body,
    EventKind,
    Mandate,
    MandateEvent,
    Reason,
    absences,
    apply,
    body_for,
    opening_of_next_term,
)
from renda_core.errors import Invalid, Rejected

DAY = dt.date(2022, 1, 10)


def mandate(level: Level = "county", **changes: object) -> Mandate:
    start = Mandate(
        id="m1",
        person="p1",
        congress="c1",
        level=level,
        term="t16",
        elected_on=DAY,
        valid_from=DAY,
        categories="worker grassroots",
    )
    return attrs.evolve(start, **changes)  # type: ignore[arg-type]


def event(kind: EventKind, level: Level = "county", *, days: int = 1, **changes: object) -> MandateEvent:
    reason = next((code for of, code in REASONS if of == kind), "")
    on, body = DAY + dt.timedelta(days), body_for(kind, level)
    made = MandateEvent(kind=kind, on=on, legal_act="公告〔2022〕1号", by_body=body, reason=reason)
    return attrs.evolve(made, **changes)  # type: ignore[arg-type]


def confirmed(level: Level = "county") -> Mandate:
    return apply(mandate(level), event("confirm", level))


def test_a_whole_life() -> None:
    seen = mandate()
    assert seen.categories == {"worker", "grassroots"}
    for days, kind, state in (
        (1, "confirm", "active"),
        (100, "suspend", "suspended"),
        (200, "resume", "active"),
        (300, "end", "ended"),
    ):
        seen = apply(seen, event(kind, days=days))  # type: ignore[arg-type]
        assert seen.state == state
    assert [one.was for one in seen.history] == ["elected", "active", "suspended", "active"]
    assert [seen.state_on(DAY + dt.timedelta(days)) for days in (0, 1, 99, 100, 250, 300, 999)] == [
        "elected",
        "active",
        "active",
        "suspended",
        "active",
        "ended",
        "ended",
    ]
    assert seen.valid_to == DAY + dt.timedelta(300)


def test_an_election_may_be_void() -> None:
    found = apply(mandate(), event("void"))
    assert found.state == "void"
    assert not found.holds(DAY + dt.timedelta(1))


@pytest.mark.parametrize("reason", ENDING_REASONS, ids=lambda reason: reason.code)
@pytest.mark.parametrize("level", ["county", "township"])
def test_every_reason_ends_a_mandate_and_names_its_source(reason: Reason, level: Level) -> None:
    assert apply(confirmed(level), event("end", level, days=5, reason=reason.code)).state == "ended"
    assert "代表法" in reason.source


def test_the_reasons_of_article_62() -> None:
    assert {reason.code for reason in ENDING_REASONS} >= {
        "moved_away",
        "resignation_accepted",
        "absent_twice",
        "recalled",
        "lost_nationality",
        "lost_political_rights",
        "lost_capacity",
        "death",
        "term_ended",
    }


@pytest.mark.parametrize(
    ("level", "by_body", "right"),
    [
        ("county", "standing_committee", True),
        ("county", "congress", False),
        ("township", "congress", True),
        ("township", "standing_committee", False),
        ("township", "presidium", False),
    ],
)
def test_who_announces_the_end(level: Level, by_body: Body, right: bool) -> None:
    made = event("end", level, days=5, by_body=by_body)
    if right:
        assert apply(confirmed(level), made).state == "ended"
        return
    with pytest.raises(Rejected, match="代表法 63"):
        apply(confirmed(level), made)


def test_every_objection_at_once() -> None:
    with pytest.raises(Rejected) as raised:
        apply(mandate(), event("suspend", days=-1, legal_act=" ", reason="late", by_body="presidium"))
    assert len(raised.value.objections) == 5


def test_a_recall_does_not_end_what_was_never_confirmed() -> None:
    with pytest.raises(Rejected, match="awaiting review"):
        apply(mandate(), event("end", reason="recalled"))
    assert apply(mandate(), event("end", reason="death")).state == "ended"


def test_state_and_history_agree() -> None:
    with pytest.raises(Invalid):
        attrs.evolve(confirmed(), state="suspended")
    with pytest.raises(Invalid):
        mandate(state="resting")
    assert apply(mandate(state="active"), event("suspend")).state_on(DAY) == "active"


kinds = st.sampled_from(get_args(EventKind))
events = st.builds(
    MandateEvent,
    kind=kinds,
    on=st.dates(dt.date(2022, 1, 1), dt.date(2022, 3, 1)),
    legal_act=st.sampled_from(["", "公告"]),
    by_body=st.sampled_from(get_args(Body)),
    reason=st.sampled_from(["", *(code for _, code in REASONS)]),
)
fitting = st.builds(
    lambda kind, days, reason: event(kind, days=days, reason=reason),
    kinds,
    st.integers(0, 60),
    st.sampled_from(["", *(code for _, code in REASONS)]),
)


@given(st.lists(events | fitting, max_size=20))
def test_events_never_leave_the_graph_and_the_end_is_final(happened: list[MandateEvent]) -> None:
    now = mandate()
    for one in happened:
        try:
            after = apply(now, one)
        except Rejected:
            continue
        assert now.state not in FINAL
        assert now.state in STEPS[one.kind][0]
        assert after.state == STEPS[one.kind][1]
        assert after.history[:-1] == now.history
        assert after.state_on(dt.date.max) == after.state
        assert (after.state in FINAL) is (after.valid_to is not None)
        now = after


def test_the_next_term_ends_the_old_mandates_and_nothing_else() -> None:
    opens = dt.date(2027, 1, 8)
    new = Term(id="t17", congress="c1", number=17, first_session_on=opens, valid_from=opens)
    old, other = confirmed(), attrs.evolve(confirmed(), congress="c2")
    away = apply(confirmed(), event("end", days=9, reason="moved_away"))
    chosen = mandate(id="m2", term="t17", elected_on=dt.date(2026, 12, 1), valid_from=dt.date(2026, 12, 1))
    ended, *rest = opening_of_next_term([old, other, away, chosen], new)
    assert (ended.state, ended.valid_to) == ("ended", opens)
    assert (ended.history[-1].reason, ended.history[-1].legal_act) == ("term_ended", "第17届第一次会议")
    assert ended.holds(opens - dt.timedelta(1))
    assert rest == [other, away, chosen]
    with pytest.raises(Invalid):
        opening_of_next_term([old], attrs.evolve(new, first_session_on=None))


def absence(session: str, days: int, *, approved: bool = False) -> Absence:
    return Absence(mandate="m1", session=session, on=DAY + dt.timedelta(days), approved=approved)


def test_first_absence_a_notice_second_a_task() -> None:
    assert absences([absence("s1", 0, approved=True)]) == ()
    assert [one.severity for one in absences([absence("s1", 0), absence("s1", 1)])] == ["notice"]
    notice, task = absences([absence("s3", 700), absence("s2", 360, approved=True), absence("s1", 0)])
    assert (notice.severity, notice.subjects) == ("notice", ("m1", "s1"))
    assert (task.severity, task.task_for) == ("task", "代表资格审查委员会")
    assert task.subjects == ("m1", "s1", "s3")
