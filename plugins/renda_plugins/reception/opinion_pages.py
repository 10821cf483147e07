"""群众意见办理: how many opinions came in, and what became of them, whole and by groups; each rate with its base."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

import attrs

from renda_core.domain.case import Case
from renda_core.domain.fields import titled
from renda_core.domain.figures import Figure
from renda_core.domain.rates import Rate
from renda_core.errors import Invalid
from renda_core.records import Context, Desk, Page
from renda_plugins.reception.opinion import (
    BRANCHES,
    KIND,
    Opinion,
    people,
    untold_deputies,
    untold_voices,
    voices,
)
from renda_plugins.reception.settings import Settings

GROUPS = {
    "": "合计",
    "station": "站点",
    "deputy": "代表",
    "unit": "承办单位",
    "category": "类别",
    "branch": "分流",
    "month": "月份",
}
UNSAID = "（未列明）"
ANSWERED = frozenset({"answered", "closed"})


@attrs.frozen(kw_only=True)
class Asked:
    """Of which days, by default all up to today, and by what in groups."""

    first: dt.date | None = titled("起", default=None)
    last: dt.date | None = titled("止", default=None)
    by: Literal["", "station", "deputy", "unit", "category", "branch", "month"] = titled(
        "分组", default="", choices=GROUPS
    )


@attrs.frozen(kw_only=True)
class Line:
    """Figures of some opinions.

    Attributes:
        received: Opinions; *voices* are those who told them, one after the other, *people* with all who came along.
            A register of round figures leaves all three marked.
        closing: Done of received (办结率).
        in_time: Answered by the due date, of those that were answered or whose date has passed.
        told_voter: Of the answered, those of which every voice was told.
        told_deputy: Of the answered that a deputy heard, those of which each was told.
    """

    name: str = titled("名称")
    received: Figure = titled("登记（件）")
    voices: Figure = titled("反映（批次）")
    people: Figure = titled("反映（人次）")
    done: int = titled("办结")
    open: int = titled("未办结")
    closing: Rate = titled("办结率")
    in_time: Rate = titled("按期答复率")
    told_voter: Rate = titled("反馈选民率")
    told_deputy: Rate = titled("反馈代表率")


@attrs.frozen(kw_only=True)
class Opinions:
    """The opinions of a period; they are no suggestions and are never added to them.

    Attributes:
        lines: Group by group. By deputy and by unit they do not add up to the whole: several hear or handle one.
    """

    first: dt.date | None = titled("起")
    last: dt.date = titled("止")
    received: Figure = titled("登记（件）")
    voices: Figure = titled("反映（批次）")
    people: Figure = titled("反映（人次）")
    done: int = titled("办结")
    open: int = titled("未办结")
    closing: Rate = titled("办结率")
    in_time: Rate = titled("按期答复率")
    told_voter: Rate = titled("反馈选民率")
    told_deputy: Rate = titled("反馈代表率")
    lines: tuple[Line, ...] = titled("分组")


async def opinions(context: Context[Settings], desk: Desk, asked: Asked) -> Opinions:
    """Count the opinions of a period, whole and by groups.

    Raises:
        Invalid: The period ends before it begins.
    """
    first, last = asked.first or dt.date.min, asked.last or context.today
    if last < first:
        raise Invalid(f"the period ends on {last}, before it begins on {first}", field="last")
    cases = await desk.opened(KIND, first, last)
    groups: dict[str, list[Case]] = {}
    for case in cases:
        for group in _groups(case)[asked.by]() if asked.by else ():
            groups.setdefault(group, []).append(case)
    names = await desk.names(groups) if asked.by in ("station", "deputy", "unit") else {}
    lines = [line(names.get(group, group) or UNSAID, of, context) for group, of in groups.items()]
    whole = attrs.asdict(line("", cases, context), recurse=False, filter=lambda a, _: a.name != "name")
    return Opinions(first=asked.first, last=last, lines=tuple(sorted(lines, key=lambda a: a.name)), **whole)


def line(name: str, cases: Sequence[Case], context: Context[Settings]) -> Line:
    """Add up some opinions."""
    approx = any(case.body_as(Opinion).approx for case in cases)
    answered = [case for case in cases if case.states.get("main") in ANSWERED]
    heard = [case for case in answered if case.parties.get("receiver") or case.body_as(Opinion).received_by]
    done = sum(case.states.get("main") == "closed" for case in cases)
    return Line(
        name=name,
        received=Figure(len(cases), approx),
        voices=Figure(sum(len(voices(case)) for case in cases), approx),
        people=Figure(sum(map(people, cases)), approx),
        done=done,
        open=len(cases) - done,
        closing=Rate(hits=done, base=len(cases), of="登记的群众意见"),
        in_time=_in_time(cases, context),
        told_voter=Rate(
            hits=sum(not untold_voices(case) for case in answered), base=len(answered), of="已答复的群众意见"
        ),
        told_deputy=Rate(
            hits=sum(not untold_deputies(case) for case in heard), base=len(heard), of="代表接待且已答复的群众意见"
        ),
    )


def _in_time(cases: Sequence[Case], context: Context[Settings]) -> Rate:
    """Judge each opinion by the clocks of its answer, of this round: one that became a suggestion has two."""
    hits = base = 0
    for case in cases:
        clocks = [c for c in case.clocks if c.name in ("handle", "suggestion") and c.round == case.round]
        late = any(c.late(context.calendar, context.today) for c in clocks)
        ended = case.states.get("main") in ANSWERED
        base += ended or late
        hits += ended and not late
    return Rate(hits=hits, base=base, of="已答复或已逾期的群众意见")


def _groups(case: Case) -> Mapping[str, Callable[[], Iterator[str]]]:
    """Say, by what one may group, in which groups an opinion stands."""
    body = case.body_as(Opinion)
    return {
        "station": lambda: iter((body.station,)),
        "deputy": lambda: iter(case.parties.get("receiver", ()) or (body.received_by,)),
        "unit": lambda: iter(dict.fromkeys(a.unit for a in case.assignments if a.state != "released") or ("",)),
        "category": lambda: iter((body.category,)),
        "branch": lambda: iter((BRANCHES[case.states.get("branch", "none")],)),
        "month": lambda: iter((f"{case.opened_on:%Y-%m}",)),
    }


def pages() -> Iterator[Page]:
    """Show how many opinions are done."""
    yield Page(
        name="opinions",
        title="群众意见办理",
        shows=Opinions,
        view=opinions,
        asks=Asked,
        who="office station overseer",
    )
