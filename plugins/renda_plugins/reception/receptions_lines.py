"""One line of figures over some receptions: planned and held, who received, and what came of it."""

import datetime as dt
from collections.abc import Mapping, Sequence

import attrs

from renda_core.domain.calendar import Calendar
from renda_core.domain.case import Case
from renda_core.domain.fields import titled
from renda_core.domain.figures import Figure
from renda_core.domain.rates import Rate
from renda_plugins.reception.receptions_fields import Held, Reception
from renda_plugins.reception.receptions_register import heard, present, together, totals


@attrs.frozen(kw_only=True)
class Told:
    """What lines rest on beside the receptions.

    Attributes:
        opinions: How many opinions, and further voices of earlier ones, were entered as heard at each reception.
        replaced: Receptions that were cancelled for another one, which says so.
    """

    today: dt.date
    calendar: Calendar
    opinions: Mapping[str, int]
    replaced: frozenset[str]


@attrs.frozen(kw_only=True)
class Line:
    """Figures of some receptions.

    Attributes:
        code: A station's; of other groups there is none.
        planned: All of them, cancelled ones too.
        noticed: Announced in time, of those that had to be announced by now.
        moved: Of the cancelled, those that another reception stands for.
        unrecorded: Past, and nobody said whether they were held.
        sums: Of the held, those whose register tells sums alone; one may stand for many receptions.
        deputies: Deputies who received, each once (人); *deputy_times* counts them at each reception (人次).
        absent: How often a host did not come (人次).
        visits: Visits to the register (批次). *people* are person-times (人次): how many persons they are no register
            tells, for nobody need give a name.
        opinions: Opinions, and further voices of earlier ones, entered as heard there, or told by sums; None, as for
            the others, where nothing tells it.
    """

    name: str = titled("名称")
    code: str = titled("编号")
    planned: int = titled("计划")
    noticed: Rate = titled("按时公告")
    held: int = titled("已接待")
    cancelled: int = titled("取消")
    moved: int = titled("其中改期")
    unrecorded: int = titled("逾期未登记")
    sums: int = titled("其中汇总登记")
    deputies: int = titled("接待代表（人）")
    deputy_times: int = titled("接待代表（人次）")
    absent: int = titled("代表缺席（人次）")
    visits: Figure | None = titled("来访（批次）")
    people: Figure | None = titled("来访（人次）")
    opinions: Figure | None = titled("收集意见（条）")
    answered: Figure | None = titled("当场答复")
    solved: Figure | None = titled("当场解决")


def line(name: str, cases: Sequence[Case], told: Told, *, code: str = "", deputy: str = "") -> Line:
    """Add up some receptions.

    Args:
        deputy: Count of people this one alone, and as held only where this one received.
    """
    held = [c for c in cases if c.took("hold") and (not deputy or deputy in present(c))]
    over = [c for c in cases if c.states.get("main") == "cancelled"]
    waiting = [c for c in cases if not c.took("hold") and c.states.get("main") != "cancelled"]
    came = [p for c in held for p in present(c) if deputy in ("", p)]
    parts = [heard(c) for c in held]
    return Line(
        name=name,
        code=code,
        planned=len(cases),
        noticed=_noticed(cases, told),
        held=len(held),
        cancelled=len(over),
        moved=sum(c.id in told.replaced for c in over),
        unrecorded=sum(c.body_as(Reception).on < told.today for c in waiting),
        sums=sum(totals(c) is not None for c in held),
        deputies=len(set(came)),
        deputy_times=len(came),
        absent=sum(_absent(c, deputy) for c in cases),
        visits=together([p.visits for p in parts]),
        people=together([p.people for p in parts]),
        opinions=together([_opinions(c, told) for c in held]),
        answered=together([p.answered for p in parts]),
        solved=together([p.solved for p in parts]),
    )


def _noticed(cases: Sequence[Case], told: Told) -> Rate:
    """Say how many were announced in time; what was cancelled before its notice was due owed none."""
    hits = base = 0
    for case in cases:
        clock, given = case.clock("notice"), bool(case.took("notice"))
        if clock is None:  # of a form that is not announced
            continue
        late = clock.late(told.calendar, told.today) > 0
        base += given or bool(case.took("hold")) or (late and case.states.get("main") != "cancelled")
        hits += given and not late
    return Rate(hits=hits, base=base, of="应公告的接待")


def _absent(case: Case, deputy: str) -> int:
    return sum(a.deputy == deputy or not deputy for _, said in case.said(Held) for a in said.absent)


def _opinions(case: Case, told: Told) -> Figure | None:
    return heard(case).opinions if totals(case) else Figure(told.opinions.get(case.id, 0))
