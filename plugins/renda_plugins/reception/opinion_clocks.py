"""When an answer, its telling and its close are due, and when the voter is asked what came of it.

While an opinion is not closed one of the first four runs, whatever is done; so it is told back, or stands on the list
of what is overdue.
"""

from collections.abc import Callable, Iterator

from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.records import CaseRecord, ClockRule, Context, when
from renda_plugins.reception.opinion import KIND, untold_deputies, untold_voices
from renda_plugins.reception.opinion_guards import last_day
from renda_plugins.reception.settings import SILENT, Settings

ASKING = "ask remind rating"
UNRATED = ("none", "not_solved")


def span(name: str) -> Callable[[Context[Settings], Case, Act], Period]:
    """Read a clock's period from the setting of one name."""
    return lambda context, case, act: getattr(context.settings, name)


def told(context: Context[Settings], case: Case, act: Act) -> bool:
    """Tell whether nobody who must be told is waiting any more."""
    wanted = context.settings.feedback
    return not ("voter" in wanted and untold_voices(case)) and not ("deputy" in wanted and untold_deputies(case))


def untold(context: Context[Settings], case: Case, act: Act) -> bool:
    """Tell whether an answer that is there has not been told to everybody."""
    return case.states.get("main") == "answered" and not told(context, case, act)


def asks(context: Context[Settings], case: Case, act: Act) -> bool:
    """Tell whether the voters are to be asked: once a round, when all were told, and not about last year.

    What a register tells so late that the time to answer is over already is asked of nobody.
    """
    if not context.settings.asks_voters or untold_voices(case):
        return False
    if case.took("ask_voter", round=case.round) or case.states.get("rating", "none") not in UNRATED:
        return False
    return last_day(context, case, act.on) >= context.today


def records() -> Iterator[CaseRecord]:
    """Offer the clocks and what sets them."""
    yield from _handling()
    yield from _asking()


def _handling() -> Iterator[CaseRecord]:
    for name, title, setting, source in (
        ("handle", "答复", "handle_within", SILENT),
        ("suggestion", "转为建议后的答复", "suggestion_within", "代表法 51; U: counted from the day it became one"),
        ("tell", "反馈", "tell_within", SILENT),
        ("close", "办结", "conclude_within", SILENT),
    ):
        yield ClockRule(kind=KIND, name=name, title=title, period=span(setting), source=source)
    yield from when(KIND, "register", start="handle")
    for state in (
        "main:registered",
        "main:sorted",
    ):  # entered again after a dispute, or a suggestion that came to nothing
        yield from when(KIND, state, start="handle", stop="suggestion tell close")
    yield from when(KIND, "become", start="suggestion", stop="handle")
    yield from when(KIND, "main:answered", stop="handle suggestion")
    for trigger in ("main:answered", "tell_voter", "tell_deputy", "voice"):
        yield from when(KIND, trigger, start="tell", only=untold)
        yield from when(KIND, trigger, stop="close", only=untold)
    for trigger in ("main:answered", "tell_voter", "tell_deputy"):
        yield from when(KIND, trigger, stop="tell", start="close", only=told)


def _asking() -> Iterator[CaseRecord]:
    for name, title, setting, step in (
        ("ask", "请选民评价", "ask_after", "ask_voter"),
        ("remind", "催选民评价", "remind_after", "remind_voter"),
        ("rating", "选民评价", "rating_window", "no_rating"),
    ):
        yield ClockRule(
            kind=KIND, name=name, title=title, period=span(setting), expiry=step, source=SILENT, after_close=True
        )
    yield from when(KIND, "tell_voter", start="ask", only=asks)
    yield from when(KIND, "ask_voter", start="remind rating", stop="ask")
    yield from when(KIND, "remind_voter", stop="remind")
    for trigger in ("no_rating", "rate", "main:registered", "main:sorted"):
        yield from when(KIND, trigger, stop=ASKING)
