"""Mandates (代表职务): a state changes only by an event that names its legal act."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Literal, get_args

import attrs

from renda_core.domain.areas import Level, Row, Term
from renda_core.domain.names import names
from renda_core.errors import Invalid, Rejected

State = Literal["elected", "active", "suspended", "ended", "void"]
"""The last two are final."""
STATE_TITLES: Mapping[str, str] = {
    "elected": "当选待审", "active": "有效", "suspended": "暂停", "ended": "终止", "void": "当选无效"
}  # fmt: skip
"""What people call the states."""

EventKind = Literal["confirm", "void", "suspend", "resume", "end"]
Body = Literal["congress", "standing_committee", "presidium"]

FINAL: frozenset[State] = frozenset({"ended", "void"})

STEPS: Mapping[EventKind, tuple[frozenset[State], State]] = {
    "confirm": (frozenset({"elected"}), "active"),
    "void": (frozenset({"elected"}), "void"),
    "suspend": (frozenset({"active"}), "suspended"),
    "resume": (frozenset({"suspended"}), "active"),
    "end": (frozenset({"elected", "active", "suspended"}), "ended"),
}
"""The whole state graph: from which states each kind of event leads, and to which."""


@attrs.frozen(kw_only=True)
class Reason:
    """Why the law suspends, ends or voids a mandate.

    Attributes:
        before_confirmation: Also ends an election still awaiting review; else the review decides (当选无效).
    """

    kind: EventKind
    code: str
    title: str
    source: str
    before_confirmation: bool = False


def _reasons(*rows: tuple[EventKind, str, str, str]) -> dict[tuple[EventKind, str], Reason]:
    early = {"term_ended", "death"}
    return {
        (kind, code): Reason(kind=kind, code=code, title=title, source=source, before_confirmation=code in early)
        for kind, code, title, source in rows
    }


REASONS: Mapping[tuple[EventKind, str], Reason] = _reasons(
    ("end", "moved_away", "迁出或者调离本行政区域", "代表法 62(1); 选举法 57"),
    ("end", "resignation_accepted", "辞职被接受", "代表法 62(2); 选举法 55"),
    ("end", "ordered_resignation_accepted", "责令辞职被接受", "代表法 62(2)"),
    ("end", "absent_twice", "未经批准两次不出席本级人民代表大会会议", "代表法 62(3)"),
    ("end", "recalled", "被罢免", "代表法 62(4); 选举法 50–53"),
    ("end", "lost_nationality", "丧失中华人民共和国国籍", "代表法 62(5)"),
    ("end", "lost_political_rights", "依照法律被剥夺政治权利", "代表法 62(6)"),
    ("end", "lost_capacity", "丧失行为能力", "代表法 62(7)"),
    ("end", "death", "去世, 代表资格自然终止", "代表法 62, last paragraph"),
    ("end", "term_ended", "下届第一次会议举行, 任期届满", "代表法 2; 组织法 38"),
    ("suspend", "detained", "因刑事案件被羁押正在受侦查、起诉、审判", "代表法 61(1)"),
    ("suspend", "serving_sentence", "被判处管制、拘役或者有期徒刑而没有附加剥夺政治权利, 正在服刑", "代表法 61(2)"),
    ("void", "not_qualified", "不符合代表的基本条件", "选举法 47"),
    ("void", "procedure", "选举不符合法律规定的程序", "选举法 47"),
    ("void", "unlawful", "破坏选举和其他当选无效的违法行为", "选举法 35, 47, 58"),
)
"""Every reason by (kind of event, code); confirming and resuming need none."""

ENDING_REASONS: tuple[Reason, ...] = tuple(reason for reason in REASONS.values() if reason.kind == "end")


@attrs.frozen(kw_only=True)
class MandateEvent:
    """What happened to a mandate in law, once.

    Attributes:
        on: The date of the act, not of its entry.
        legal_act: The announcement, report or resolution, e.g. its number; never empty.
        by_body: The body that announced it, or to which it was reported.
        reason: A code of ``REASONS``; empty to confirm and to resume.
        was: The state before it; ``apply`` fills it in.
    """

    kind: EventKind
    on: dt.date
    legal_act: str
    by_body: Body
    reason: str = ""
    was: State | None = None


@attrs.frozen(kw_only=True)
class Mandate(Row):
    """One office held by one person in one congress for one term; *valid_from* is usually *elected_on*.

    Attributes:
        certificate: Number of the deputy's certificate (代表证).
        categories: 构成, codes of the local set, e.g. ``"worker grassroots"``.
        state: Give it only for a mandate entered from older lists; afterwards only ``apply`` changes it.
        history: Events in order of date, in this system.

    Raises:
        Invalid: The state is not where the history leads.
    """

    person: str
    congress: str
    level: Level
    term: str
    elected_on: dt.date
    district: str | None = None
    by_election: bool = False
    certificate: str = ""
    delegation: str | None = None
    categories: frozenset[str] = attrs.field(default=frozenset[str](), converter=names)
    post: str | None = None
    state: State = "elected"
    history: tuple[MandateEvent, ...] = ()

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.state not in get_args(State):
            raise Invalid(f"no such state of a mandate: {self.state}", mandate=self.id)
        if self.history and STEPS[self.history[-1].kind][1] != self.state:
            raise Invalid(f"mandate {self.id} is {self.state}, but its history leads elsewhere", mandate=self.id)

    def state_on(self, on: dt.date) -> State:
        """Tell the state at the end of a day; before the first event, the state that the event found."""
        state = self.state
        for event in reversed(self.history):
            if event.on <= on:
                return STEPS[event.kind][1]
            state = event.was or "elected"
        return state


def body_for(kind: EventKind, level: Level) -> Body:
    """Name the body that acts: the standing committee, and in a township its congress or its presidium.

    Source:
        代表法 63 (end), 61 (suspend, resume: to which body it is reported), 选举法 47 (confirm, void).
    """
    if level != "township":
        return "standing_committee"
    return "presidium" if kind in ("confirm", "void") else "congress"


def _objections(mandate: Mandate, event: MandateEvent) -> list[str]:
    said: list[str] = []
    reason = REASONS.get((event.kind, event.reason))
    if mandate.state not in STEPS[event.kind][0]:
        said.append(f"a mandate that is {mandate.state} cannot {event.kind}")
    elif mandate.state == "elected" and event.kind == "end" and reason and not reason.before_confirmation:
        said.append(f"{event.reason} does not end an election still awaiting review; confirm it or declare it void")
    if not event.legal_act.strip():
        said.append("the legal act is missing")
    if event.kind in ("confirm", "resume"):
        if event.reason:
            said.append(f"{event.kind} takes no reason, not {event.reason!r}")
    elif reason is None:
        said.append(f"the law knows no reason {event.reason!r} to {event.kind}")
    # A term ends by itself when the next congress opens: nobody announces it.
    if event.reason != "term_ended" and event.by_body != (body := body_for(event.kind, mandate.level)):
        law = {"end": "代表法 63", "suspend": "代表法 61", "resume": "代表法 61"}.get(event.kind, "选举法 47")
        said.append(f"{event.kind} at {mandate.level} level is a matter of the {body}, not the {event.by_body} ({law})")
    if event.on < (since := mandate.history[-1].on if mandate.history else mandate.elected_on):
        said.append(f"{event.on} is before {since}, the date of what it follows")
    return said


def apply(mandate: Mandate, event: MandateEvent) -> Mandate:
    """Take a mandate one legal step further; nothing else changes its state, no case, score or verdict.

    Raises:
        Rejected: The step is not in ``STEPS``, its reason unknown, its legal act missing, its body the
            wrong one, or its date before what it follows; every objection at once.

    Source:
        代表法 61–63, 选举法 47.
    """
    if event.kind not in STEPS:
        raise Rejected("this event cannot happen to this mandate", f"no such event: {event.kind}")
    if objections := _objections(mandate, event):
        raise Rejected("this event cannot happen to this mandate", *objections)
    after = STEPS[event.kind][1]
    closes = max(event.on, mandate.valid_from) if after in FINAL else mandate.valid_to
    done = attrs.evolve(event, was=mandate.state)
    return attrs.evolve(mandate, state=after, history=(*mandate.history, done), valid_to=closes)


def opening_of_next_term(mandates: Iterable[Mandate], new_term: Term) -> tuple[Mandate, ...]:
    """End the old mandates of a congress on the day its new term's first session opens.

    Only mandates change. Suggestions, clocks and every other open case of these deputies are not touched:
    they stay answerable, and the person may still be told and still evaluate.

    Returns:
        All the mandates given, in their order; those of other congresses, of the new term, elected on or
        after that day, or closed already are the same objects.

    Raises:
        Invalid: The new term has no first session yet.
        Rejected: An old mandate has an event later than the opening.

    Source:
        代表法 2, 组织法 38: from a term's first session to the first session of the next.
    """
    opens = new_term.first_session_on
    if opens is None:
        raise Invalid(f"term {new_term.id} has no first session yet", term=new_term.id)
    act = f"第{new_term.number}届第一次会议"
    event = MandateEvent(kind="end", on=opens, legal_act=act, by_body="congress", reason="term_ended")
    return tuple(
        apply(mandate, event)
        if (mandate.congress == new_term.congress and mandate.term != new_term.id)
        and (mandate.state not in FINAL and mandate.elected_on < opens)
        else mandate
        for mandate in mandates
    )


Severity = Literal["notice", "warn", "task", "refuse"]


@attrs.frozen(kw_only=True)
class Finding:
    """What a check found: something to tell, to look at, to open a task for, or that the law forbids.

    Attributes:
        code: Stable and translatable, e.g. ``"small_group"``.
        subjects: Ids of what it is about, the most important first.
        task_for: Who has to decide, for a task.
    """

    code: str
    severity: Severity
    message: str
    subjects: tuple[str, ...]
    source: str = ""
    task_for: str = ""


@attrs.frozen(kw_only=True)
class Absence:
    """A deputy was not at a session of the own congress (本级人民代表大会会议)."""

    mandate: str
    session: str
    on: dt.date
    approved: bool


def absences(records: Iterable[Absence]) -> tuple[Finding, ...]:
    """Find unapproved absences: a notice for the first session, a task for the credentials committee at the second.

    Sessions count once, however many days were missed, and need not follow each other. The mandate is not
    ended here: the committee reports, and the announcement is an event for ``apply``.

    Source:
        代表法 62(3), 63.
    """
    missed: dict[str, dict[str, dt.date]] = {}
    for record in sorted(records, key=lambda record: (record.on, record.session)):
        if not record.approved:
            missed.setdefault(record.mandate, {}).setdefault(record.session, record.on)
    found: list[Finding] = []
    for mandate, sessions in missed.items():
        first, *later = sessions
        said = f"absent without approval from session {first} on {sessions[first]}"
        found.append(
            Finding(
                code="absent_once",
                severity="notice",
                message=said,
                subjects=(mandate, first),
                source="代表法 62(3)",
            )
        )
        if later:
            found.append(
                Finding(
                    code="absent_twice",
                    severity="task",
                    task_for="代表资格审查委员会",
                    source="代表法 62(3), 63",
                    message=f"absent without approval from {len(sessions)} sessions; to be examined and reported",
                    subjects=(mandate, *sessions),
                )
            )
    return tuple(found)
