"""When the deputy is told, heard and looked at again; no clock of a case decides anything by running out."""

from collections.abc import Callable, Iterator

from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.records import CaseRecord, ClockRule, Context, when
from renda_plugins.resignation_advice.law import ASKED
from renda_plugins.resignation_advice.matter import KIND, rests_on
from renda_plugins.resignation_advice.settings import Settings

Only = Callable[[Context[Settings], Case, Act], bool]


def _span(name: str) -> Callable[[Context[Settings], Case, Act], Period]:
    """Give the span that a setting holds."""

    def period(context: Context[Settings], case: Case, act: Act) -> Period:
        found: Period = getattr(context.settings, name)
        return found

    return period


def decided(*outcomes: str) -> Only:
    """Tell whether one of these was decided."""
    return lambda context, case, act: act.grade in outcomes


def told_is_enough(context: Context[Settings], case: Case, act: Act) -> bool:
    """Tell whether nothing but a reminder is due; poor years ask for a talk."""
    return rests_on(case).reason in ("absence_notice", "absence_task")


def records() -> Iterator[CaseRecord]:
    """Offer the clocks and what sets them."""
    for name, title, setting, window in (
        ("talk", "提醒约谈", "talk_within", False),
        ("answer", "本人说明", "answer_within", True),
        ("respond", "答复劝辞", "respond_within", True),
        ("examine", "资格审查", "examine_within", False),
        ("look_again", "复查", "look_again_after", False),
    ):
        yield ClockRule(
            kind=KIND, name=name, title=title, period=_span(setting), window=window, source="U: none is stated"
        )
    for trigger in ("find", "look_again"):
        yield from when(KIND, trigger, start="talk")
    yield from when(KIND, "notify", start="answer")
    yield from when(KIND, "notify", stop="talk", only=told_is_enough)
    yield from when(KIND, "talk", start="answer", stop="talk")
    yield from when(KIND, "decide", stop="talk answer")
    yield from when(KIND, "decide", start="respond", only=decided(*sorted(ASKED)))
    yield from when(KIND, "decide", start="examine", only=decided("refer_credentials"))
    yield from when(KIND, "decide", start="look_again", only=decided("observe"))
    yield from when(KIND, "respond", stop="respond")
    yield from when(KIND, "examine", stop="examine")
    yield from when(KIND, "look_again", stop="look_again")
