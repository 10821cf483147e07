"""The clocks of handling: how long, for whom, counted from when, and what starts and stops each."""

from collections.abc import Callable, Iterator
from typing import Any

from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.suggestion import KIND, Suggestion
from renda_core.records import CaseRecord, ClockRule, Context, when
from renda_plugins.suggestion_handling.settings import Settings

ANSWERING = "sole lead separate"


def reply_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Three months, six for hard matters. Source: 代表法 51."""
    s = context.settings
    return s.hard_reply if case.body_as(Suggestion).hard else s.reply


def longer(context: Context[Settings], case: Case, act: Act) -> Period:
    """The longer class counts from the beginning: six months from 交办, not three more. Source: 代表法 51."""
    return context.settings.hard_reply


def rolls(context: Context[Settings]) -> bool:
    """Move a due date off days of rest, where the place does. Source: 民法典 203, by analogy."""
    return context.settings.roll


def decided_by_time(by_time: bool) -> Callable[[Context[Any], Case, Act], bool]:
    """Tell which of two clocks a request for return starts: one that refuses by itself, or one that only reminds."""
    return lambda c, case, act: c.settings.returns_refused_by_time is by_time and c.settings.return_decision.n > 0


def span(name: str) -> Callable[[Context[Any], Case, Act], Period]:
    """Read a clock's period from the setting of one name."""
    return lambda context, case, act: getattr(context.settings, name)


def opinion_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Give joint units their span; a place may have another one in a second round. Source: 重庆 20."""
    s = context.settings
    return s.joint_opinion_redo if case.round > 1 and s.joint_opinion_redo.n > 0 else s.joint_opinion


def opinion_from(start: str) -> Callable[[Context[Any], Case, Act], bool]:
    """Start the joint units' clock on assignment or on receipt, as the place counts, where it states a span."""
    return lambda c, case, act: c.settings.opinion_counts_from == start and opinion_period(c, case, act).n > 0


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
    """Offer the clocks of the kind's second half."""
    yield from _clocks()
    yield from _effects()


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
    yield ClockRule(
        kind=KIND,
        name="opinion",
        title="会办意见",
        period=opinion_period,
        roles="joint",
        roll=rolls,
        source="山东, 青岛",
    )
    for name, title, setting, roles, expiry, source in (
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
        yield from when(KIND, step, start="opinion", only=opinion_from("assignment"))
    for step in ("assign", "replace_unit"):
        yield from when(KIND, step, start="contact", only=first_contact)
    yield from when(KIND, "receive", start="reply", only=counted("counts_from", "receipt", "reply"))
    yield from when(KIND, "receive", start="return", only=counted("return_counts_from", "receipt", "return_window"))
    yield from when(KIND, "receive", start="opinion", only=opinion_from("receipt"))
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
