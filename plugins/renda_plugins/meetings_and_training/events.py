"""活动: a meeting, training or inspection from its plan and notice to its roll and its end."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.duty import Record
from renda_core.domain.procedure import Move
from renda_core.records import (
    CaseRecord,
    ClockRule,
    Context,
    Desk,
    Facet,
    Found,
    Gate,
    Guard,
    Kind,
    RecordKind,
    RecordRule,
    Step,
    Veil,
    Watch,
    when,
)
from renda_plugins.meetings_and_training import guards, kinds, leave_guards, rolls
from renda_plugins.meetings_and_training.fields import (
    LONGEST,
    Decision,
    Event,
    Invitation,
    Leave,
    LeaveFor,
    Roll,
    Schedule,
    Totals,
    Uninvited,
)
from renda_plugins.meetings_and_training.kinds import ABSENCE, INVITED, KIND, LEAVE
from renda_plugins.meetings_and_training.settings import Settings

STATES = {
    "planned": "已计划",
    "noticed": "已通知",
    "held": "已举行",
    "recorded": "已登记",
    "closed": "已归档",
    "cancelled": "已取消",
}
BEFORE, OPEN, AFTER = "planned noticed", "planned noticed held", "recorded closed"
READERS = "office deputy director presidium committee overseer"
DECIDE = "office director presidium"
"""Who decides leave. Source: 贵州, 内蒙古: 主任会议; in townships the presidium or its chair."""
REASONS = "office director presidium overseer"
"""Who reads why somebody asks for leave: illness is nobody else's matter."""
LONGEST_STAY = dt.timedelta(LONGEST - 1)
Make = Callable[[Context[Settings], Case, Act], Iterable[Record]]


def notice_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Count back from the first day."""
    return Period(-guards.notice_days(context, case.body_as(Event).form))


def announced(context: Context[Settings], case: Case, act: Act) -> bool:
    """Tell whether this event is announced before its day."""
    return guards.announced(context, case)


def recording_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Count the days that are left to the end of it, and those allowed after it to call the roll."""
    return Period(max(0, (rolls.schedule(case).last - act.on).days) + context.settings.record_within)


def closing_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Give the time in which leave is decided and the roll put right."""
    return Period(context.settings.filed_within)


def cases() -> Iterator[CaseRecord]:
    """Offer the kind ``event`` with its steps, clocks and veils."""
    yield Kind(
        name=KIND,
        title="会议活动",
        opening="plan",
        body=Event,
        audience=READERS,
        parties=INVITED,
        numbering="活动{year}-{n}",
        dimensions="form congress",
        words="subject place organiser",
    )
    yield Facet(kind=KIND, title="状态", states=tuple(STATES), final="closed cancelled", titles=STATES)
    yield from _before()
    yield from _leave()
    yield from _after()
    yield from _guards()
    yield from _clocks()
    for step in ("ask_leave", "enter_leave"):
        yield Veil(kind=KIND, part=f"act.{step}.why", seen_by=REASONS)
    for step in ("enter_leave", rolls.REFUSE):
        yield Veil(kind=KIND, part=f"act.{step}.note", seen_by=REASONS)


def _before() -> Iterator[CaseRecord]:
    yield Step(kind=KIND, name="plan", who="office watch", title="计划")
    yield Step(kind=KIND, name="invite", who="office", title="邀请", takes=Invitation, adds=INVITED)
    yield Step(kind=KIND, name="uninvite", who="office", title="取消邀请", takes=Uninvited, reasons=True)
    again = (Move(BEFORE, "planned"),)  # what was announced is announced anew
    yield Step(kind=KIND, name="reschedule", who="office", title="调整日程", takes=Schedule, moves=again, reasons=True)
    yield Step(kind=KIND, name="notice", who="office", title="通知", moves=(Move("planned", "noticed"),))
    yield Step(kind=KIND, name="cancel", who="office", title="取消", moves=(Move(BEFORE, "cancelled"),), reasons=True)
    for step in ("invite", "uninvite"):
        yield Gate(kind=KIND, step=step, facet="main", states=OPEN)


def _leave() -> Iterator[CaseRecord]:
    yield Step(kind=KIND, name="ask_leave", who=INVITED, title="请假", takes=Leave, backdated=False)
    yield Step(kind=KIND, name="enter_leave", who="office", title="代登请假", takes=LeaveFor)
    yield Step(kind=KIND, name=rolls.APPROVE, who=DECIDE, title="准假", takes=Decision)
    yield Step(kind=KIND, name=rolls.REFUSE, who=DECIDE, title="不准假", takes=Decision, reasons=True)
    yield Step(kind=KIND, name=rolls.WITHDRAW, who=INVITED, title="销假", backdated=False)
    for step in ("ask_leave", rolls.WITHDRAW):
        yield Gate(kind=KIND, step=step, facet="main", states=OPEN)
    for step in ("enter_leave", rolls.APPROVE, rolls.REFUSE):
        yield Gate(kind=KIND, step=step, facet="main", states=f"{OPEN} recorded")


def _after() -> Iterator[CaseRecord]:
    told = (Move(OPEN, "recorded"),)
    yield Step(kind=KIND, name="hold", who="office", title="举行", moves=(Move(BEFORE, "held"),))
    yield Step(kind=KIND, name="roll", who="office", title="登记出席", takes=Roll, adds=INVITED, moves=told)
    yield Step(kind=KIND, name="amend_roll", who="office", title="更正出席", takes=Roll, adds=INVITED, reasons=True)
    yield Step(kind=KIND, name="sum_up", who="office", title="登记汇总数", takes=Totals, moves=told)
    yield Step(kind=KIND, name="correct_totals", who="office", title="更正汇总数", takes=Totals, reasons=True)
    yield Step(kind=KIND, name="close", who="office", title="归档", moves=(Move("recorded", "closed"),))
    for step in ("amend_roll", "correct_totals"):
        yield Gate(kind=KIND, step=step, facet="main", states=AFTER)


def _guards() -> Iterator[CaseRecord]:
    for step, name, refuse in (
        ("plan", "past", guards.refuse_past),
        ("plan", "congress", guards.refuse_nobodys),
        ("plan", "crowd", guards.refuse_crowd),
        ("invite", "people", guards.refuse_invitation),
        ("uninvite", "people", guards.refuse_uninvited),
        ("reschedule", "days", guards.refuse_moved),
        ("notice", "late", guards.refuse_late_notice),
        ("notice", "vague", guards.refuse_vague_notice),
        ("hold", "day", guards.refuse_early),
        ("hold", "noticed", guards.refuse_unannounced),
        ("roll", "day", guards.refuse_unfinished),
        ("roll", "noticed", guards.refuse_unannounced),
        ("sum_up", "day", guards.refuse_unfinished),
        ("sum_up", "named", guards.refuse_sums_of_named),
        ("amend_roll", "rolled", guards.refuse_roll_beside_sums),
        ("correct_totals", "sums", guards.refuse_no_sums),
        ("close", "leave", guards.refuse_open_leave),
        ("ask_leave", "invited", leave_guards.refuse_not_invited),
        ("ask_leave", "halves", leave_guards.refuse_odd_halves),
        ("ask_leave", "over", leave_guards.refuse_over),
        ("ask_leave", "hasty", leave_guards.refuse_hasty),
        ("enter_leave", "invited", leave_guards.refuse_not_invited),
        ("enter_leave", "halves", leave_guards.refuse_odd_halves),
        ("enter_leave", "late", leave_guards.refuse_late_entry),
        (rolls.WITHDRAW, "leave", leave_guards.refuse_no_leave),
    ):
        yield Guard(kind=KIND, step=step, name=name, refuse=refuse)
    for step in ("roll", "amend_roll"):
        yield Guard(kind=KIND, step=step, name="people", refuse=guards.refuse_wrong_roll)
        yield Guard(kind=KIND, step=step, name="parts", refuse=guards.refuse_wrong_parts)
        yield Guard(kind=KIND, step=step, name="leave", refuse=guards.refuse_leave_unapproved)
    for step in (rolls.APPROVE, rolls.REFUSE):
        yield Guard(kind=KIND, step=step, name="asked", refuse=leave_guards.refuse_nothing_asked)
        yield Guard(kind=KIND, step=step, name="own", refuse=leave_guards.refuse_own)


def _clocks() -> Iterator[CaseRecord]:
    yield ClockRule(
        kind=KIND,
        name="notice",
        title="通知期限",
        period=notice_period,
        since=lambda case, act: rolls.schedule(case).on,
        roll=False,
        source="U: the laws set no number of days",
    )
    yield ClockRule(kind=KIND, name="record", title="登记出席期限", period=recording_period, source="U: none stated")
    yield ClockRule(kind=KIND, name="close", title="归档期限", period=closing_period, source="U: none stated")
    yield from when(KIND, "plan", start="notice", only=announced)
    yield from when(KIND, "plan", start="record")
    yield from when(KIND, "reschedule", restart="notice record")
    yield from when(KIND, "notice", stop="notice")
    yield from when(KIND, "main:held", stop="notice")
    yield from when(KIND, "main:recorded", stop="notice record", start="close")


def _listed(list_: str) -> Make:
    def make(context: Context[Settings], case: Case, act: Act) -> Iterable[Record]:
        return rolls.records(case, list_)

    return make


def records() -> Iterator[RecordKind | RecordRule]:
    """Offer the kinds of records, and the three lists that follow from a roll and from what is decided after it."""
    yield from kinds.kinds()
    for list_ in (rolls.ATTENDED, LEAVE, ABSENCE):
        for step in ("roll", "amend_roll", rolls.APPROVE):
            yield RecordRule(name=f"{list_}_at_{step}", kind=KIND, step=step, make=_listed(list_), whole=list_)


async def coming(context: Context[Settings], desk: Desk) -> list[Found]:
    """Find the roster's sessions of the next days that nobody planned yet, with everybody who sits there invited."""
    if not (ahead := context.settings.sessions_ahead):
        return []
    found = await desk.sessions(context.today, context.today + dt.timedelta(days=ahead))
    if not found:
        return []
    planned = await desk.opened(KIND, context.today - guards.FARTHEST, context.today)
    known = {key for case in planned for key in _keys(case)}
    matters = []
    for session in found:
        if {session.id, (session.congress, session.opens_on)} & known:
            continue
        if people := await desk.deputies(session.opens_on, congress=session.congress):
            until = min(max(session.closes_on or session.opens_on, session.opens_on), session.opens_on + LONGEST_STAY)
            body = Event(
                on=session.opens_on, until=until, form="session", congress=session.congress, session=session.id
            )
            parties = {INVITED: people}
            matters.append(Found(key=f"session {session.id}", title=session.title, body=body, parties=parties))
    return matters


def _keys(case: Case) -> Iterator[object]:
    """Give by what a session is known again: its row of the roster, or whose it is and its first day."""
    body = case.body_as(Event)
    if body.form == "session":
        yield body.session
        yield body.congress, rolls.schedule(case).on


def watches() -> Iterator[Watch]:
    """Plan the sessions that the roster names."""
    yield Watch(name="coming_sessions", kind=KIND, find=coming)
