"""From assignment to evaluation: units in four modes, returns, longer time, replies, evaluation, publication."""

from collections.abc import Callable, Iterator
from typing import Any

from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.domain.suggestion import (
    GRADES,
    KIND,
    TITLES,
    Contact,
    Form,
    Opinion,
    Reply,
    Suggestion,
    Withholding,
)
from renda_core.records import CaseRecord, ClockRule, Context, Facet, Gate, Guard, Join, Step, Veil, when
from renda_plugins.suggestion_handling import guards
from renda_plugins.suggestion_handling.settings import Settings

ANSWERING = "sole lead separate"
ANSWERERS = "unit:sole unit:lead unit:separate"
OFFICES = "office overseer director proposer"
"""Who reads an evaluation while the case runs: never the unit that is evaluated."""


def reply_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Three months, six for hard matters. Source: 代表法 51."""
    s = context.settings
    return s.hard_reply if case.body_as(Suggestion).hard else s.reply


def longer(context: Context[Settings], case: Case, act: Act) -> Period:
    """The longer class counts from the beginning: six months from 交办, not three more. Source: 代表法 51."""
    return context.settings.hard_reply


def readable(context: Context[Settings], case: Case) -> bool:
    """Let the unit read its evaluation after close, where the place says so."""
    return context.settings.unit_reads_after_close and case.states.get("main") == "closed"


def rolls(context: Context[Settings]) -> bool:
    """Move a due date off days of rest, where the place does. Source: 民法典 203, by analogy."""
    return context.settings.roll


def decided_by_time(by_time: bool) -> Callable[[Context[Any], Case, Act], bool]:
    """Tell which of two clocks a request for return starts: one that refuses by itself, or one that only reminds."""
    return lambda c, case, act: c.settings.returns_refused_by_time is by_time and c.settings.return_decision.n > 0


def span(name: str) -> Callable[[Context[Any], Case, Act], Period]:
    """Read a clock's period from the setting of one name."""
    return lambda context, case, act: getattr(context.settings, name)


def stated(name: str) -> Callable[[Context[Any], Case, Act], bool]:
    """Start a clock only where the place states a span."""
    return lambda context, case, act: getattr(context.settings, name).n > 0


def first_contact(context: Context[Settings], case: Case, act: Act) -> bool:
    """Ask for a first talk with the deputy in the first round, where the place states a span."""
    return case.round == 1 and context.settings.contact.n > 0


def counted(setting: str, start: str, span_of: str) -> Callable[[Context[Any], Case, Act], bool]:
    """Start a clock on assignment or on receipt, as the place counts, and only where it states a span."""

    def only(context: Context[Any], case: Case, act: Act) -> bool:
        first = span_of != "reply" or case.round == 1  # a later round has a clock of its own
        return first and getattr(context.settings, setting) == start and getattr(context.settings, span_of).n > 0

    return only


def records() -> Iterator[CaseRecord]:
    """Offer the second half of the kind."""
    yield from _facets()
    yield from _unit_steps()
    yield from _office_steps()
    yield from _guards()
    yield from _clocks()
    yield from _effects()
    for part in ("act.evaluate", "act.collect_form", "facet.satisfaction"):
        yield Veil(kind=KIND, part=part, seen_by=OFFICES, never="unit", lifts=readable)


def _facets() -> Iterator[CaseRecord]:
    told = {"assigned": "已交办", "return_asked": "申请退件", "replied": "已答复", "released": "已改派"}
    yield Facet(kind=KIND, name="unit", title="承办", states=tuple(told), titles=told)
    yield Facet(
        kind=KIND,
        name="satisfaction",
        title="满意度",
        states=("unasked", *GRADES),
        loose=True,
        titles={"unasked": "未评", **TITLES},
    )
    published = {"internal": "未公开", "public": "已公开", "withheld": "不公开"}
    yield Facet(kind=KIND, name="publication", title="公开", states=tuple(published), loose=True, titles=published)
    yield Join(
        kind=KIND, name="all_replied", states="replied released", roles=ANSWERING, move=Move("assigned", "replied")
    )


def _unit_steps() -> Iterator[CaseRecord]:
    # not backdated: no unit writes itself into a window that has closed
    asked = Move("assigned", "return_asked", "unit")
    done = (Move("assigned", "replied", "unit"),)
    yield Step(kind=KIND, backdated=False, name="receive", who="unit", title="签收")
    yield Step(kind=KIND, backdated=False, name="contact", who=ANSWERERS, title="联系代表", takes=Contact)
    yield Step(
        kind=KIND, backdated=False, name="ask_return", who="unit", title="申请退件", moves=(asked,), reasons=True
    )
    yield Step(
        kind=KIND, backdated=False, name="give_opinion", who="unit:joint", title="会办意见", takes=Opinion, moves=done
    )
    yield Step(kind=KIND, backdated=False, name="reply", who=ANSWERERS, title="答复", takes=Reply, moves=done)
    for name, title in (("take_more_time", "转为六个月办理"), ("ask_more_time", "申请延期")):
        yield Step(kind=KIND, backdated=False, name=name, who=ANSWERERS, title=title, reasons=True)
        yield Guard(kind=KIND, step=name, name="once", refuse=guards.refuse_no_longer)
    for step in ("receive", "contact", "take_more_time", "ask_more_time", "grant_more_time", "refuse_more_time"):
        yield Gate(kind=KIND, step=step, facet="main", states="assigned")


def _office_steps() -> Iterator[CaseRecord]:
    out, kept = Move("return_asked", "released", "unit"), Move("return_asked", "assigned", "unit")
    first, ended = Move("accepted", "assigned"), Move("evaluated", "closed")
    yield Step(kind=KIND, name="assign", who="assigner", title="交办", moves=(first,), assigns=True)
    yield Step(kind=KIND, name="replace_unit", who="assigner", title="改派", moves=(out,), assigns=True)
    yield Step(kind=KIND, name="keep_unit", who="assigner", title="驳回退件", moves=(kept,), reasons=True)
    yield Step(kind=KIND, name="keep_unit_by_time", who="clock", title="逾期驳回退件", moves=(kept,))
    yield Step(kind=KIND, name="grant_more_time", who="assigner", title="同意延期", after="ask_more_time")
    yield Step(
        kind=KIND, name="refuse_more_time", who="assigner", title="不同意延期", after="ask_more_time", reasons=True
    )
    yield Step(kind=KIND, name="remind", who="office", title="催评")
    yield Step(
        kind=KIND, name="collect_form", who="office", never="unit", title="收评价表", takes=Form, grades=GRADES[:3]
    )
    for step in ("remind", "collect_form"):
        yield Gate(kind=KIND, step=step, facet="main", states="replied")
    yield Step(
        kind=KIND,
        name="evaluate",
        who="office",
        never="unit",
        title="评价",
        takes=Form,
        grades=GRADES,
        moves=(Move("replied", "evaluated"), Move(ANY, GRADE, "satisfaction")),
    )
    yield Step(kind=KIND, name="close", who="office", title="办结", moves=(ended,))
    public, private = Move("internal withheld", "public", "publication"), Move(ANY, "withheld", "publication")
    yield Step(kind=KIND, name="publish", who="office", title="公开", moves=(public,))
    yield Gate(
        kind=KIND, step="publish", facet="main", states="replied evaluated closed"
    )  # a reply, or nothing to show
    yield Step(kind=KIND, name="withhold", who="office", title="不予公开", moves=(private,), takes=Withholding)


def _guards() -> Iterator[CaseRecord]:
    for step, name, refuse in (
        ("assign", "modes", guards.refuse_odd_modes),
        ("replace_unit", "modes", guards.refuse_odd_replacement),
        ("ask_return", "window", guards.refuse_late_return),
        ("receive", "once", guards.refuse_twice_received),
        ("take_more_time", "consent", guards.refuse_without_consent),
        ("ask_more_time", "consent", guards.refuse_needless_request),
        ("grant_more_time", "asked", guards.refuse_unasked),
        ("refuse_more_time", "asked", guards.refuse_unasked),
        ("reply", "class", guards.refuse_unlisted_class),
        ("collect_form", "signer", guards.refuse_strange_form),
        ("evaluate", "forms", guards.refuse_unfounded_grade),
        ("publish", "secret", guards.refuse_secret),
    ):
        yield Guard(kind=KIND, step=step, name=name, refuse=refuse)


def _clocks() -> Iterator[CaseRecord]:
    everyone = f"{ANSWERING} joint"
    yield ClockRule(
        kind=KIND,
        name="reply",
        title="答复",
        period=reply_period,
        longer=longer,
        longer_from="start",
        roles=ANSWERING,
        roll=rolls,
        source="代表法 51",
    )
    for name, title, setting, roles, expiry, source in (
        ("opinion", "会办意见", "joint_opinion", "joint", "", "山东, 青岛"),
        ("return", "退件", "return_window", everyone, "", "重庆 16"),
        ("contact", "首次联系", "contact", ANSWERING, "", "重庆 18"),
        ("evaluation", "评价", "evaluation", "", "", "重庆 27"),
        ("return_decision", "退件决定", "return_decision", everyone, "keep_unit_by_time", "重庆 16"),
        ("reassignment", "改派", "return_decision", everyone, "", "重庆 16"),
    ):
        yield ClockRule(
            kind=KIND,
            name=name,
            title=title,
            period=span(setting),
            roles=roles,
            roll=rolls,
            expiry=expiry,
            window=name == "return",
            source=source,
        )


def _effects() -> Iterator[CaseRecord]:
    for step in ("main:assigned", "replace_unit"):  # a further round enters the state again
        yield from when(KIND, step, start="reply", only=counted("counts_from", "assignment", "reply"))
        yield from when(KIND, step, start="return", only=counted("return_counts_from", "assignment", "return_window"))
        yield from when(KIND, step, start="opinion", only=stated("joint_opinion"))
    for step in ("assign", "replace_unit"):
        yield from when(KIND, step, start="contact", only=first_contact)
    yield from when(KIND, "receive", start="reply", only=counted("counts_from", "receipt", "reply"))
    yield from when(KIND, "receive", start="return", only=counted("return_counts_from", "receipt", "return_window"))
    yield from when(KIND, "contact", stop="contact")
    yield from when(KIND, "take_more_time", extend="reply")
    yield from when(KIND, "grant_more_time", extend="reply")
    yield from when(KIND, "give_opinion", stop="opinion return")
    yield from when(KIND, "reply", stop="reply return contact")
    yield from when(KIND, "main:replied", start="evaluation", only=stated("evaluation"))
    yield from when(KIND, "evaluate", stop="evaluation")
    yield from when(KIND, "ask_return", stop="return")
    yield from when(KIND, "ask_return", start="return_decision", only=decided_by_time(True))
    yield from when(KIND, "ask_return", start="reassignment", only=decided_by_time(False))
    for step in ("keep_unit", "keep_unit_by_time", "replace_unit"):
        yield from when(KIND, step, stop="return_decision reassignment")
    yield from when(KIND, "replace_unit", stop="reply opinion contact return")
