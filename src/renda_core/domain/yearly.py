"""The yearly report on suggestions, purely from the cases: every rate with its base, the first round beside the last.

Source: 代表法 51 (the handling of suggestions is reported to the standing committee and made public).
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import attrs

from renda_core.domain.calendar import Calendar
from renda_core.domain.case import Case
from renda_core.domain.clock import Clock
from renda_core.domain.rates import Rate
from renda_core.domain.suggestion import TITLES, Reply

ANSWERING = ("sole", "lead", "separate")


@attrs.frozen(kw_only=True)
class Line:
    """One rate of the report under its Chinese name."""

    title: str
    rate: Rate


@attrs.frozen(kw_only=True)
class Group:
    """What one unit, delegation or subject came to."""

    name: str
    cases: int
    replied: Rate
    on_time: Rate
    first_satisfied: Rate
    last_satisfied: Rate


def headline(cases: Sequence[Case], calendar: Calendar, today: dt.date, unanswered_in_base: bool) -> tuple[Line, ...]:
    """Give the year's rates: assigned, replied, on time, met, and how content the deputies were."""
    accepted = [c for c in cases if c.took("accept")]
    assigned = [c for c in accepted if c.took("assign")]
    clocks = [clock for c in assigned for clock in reply_clocks(c)]
    replies = [reply for c in assigned for _, reply in c.said(Reply)]
    first, last = satisfaction(assigned, unanswered_in_base, first=True), satisfaction(assigned, unanswered_in_base)
    again = [c for c in assigned if c.round > 1]
    redone = sum(answered(c, c.round) for c in again)
    return (
        Line(title="受理率", rate=Rate(hits=len(accepted), base=len(cases), of="提出的建议")),
        Line(title="交办率", rate=Rate(hits=len(assigned), base=len(accepted), of="受理的建议")),
        Line(title="办复率", rate=Rate(hits=sum(map(answered, assigned)), base=len(assigned), of="交办的建议")),
        Line(title="按期答复率", rate=on_time(clocks, calendar, today)),
        Line(title="面商率", rate=Rate(hits=sum(r.met_on is not None for r in replies), base=len(replies), of="答复")),
        Line(title="首轮满意率", rate=first[0]),
        Line(title="首轮满意和基本满意率", rate=first[1]),
        Line(title="最终满意率", rate=last[0]),
        Line(title="最终满意和基本满意率", rate=last[1]),
        Line(title="二次交办率", rate=Rate(hits=len(again), base=len(assigned), of="交办的建议")),
        Line(title="二次交办答复率", rate=Rate(hits=redone, base=len(again), of="二次交办的建议")),
    )  # fmt: skip


def answered(case: Case, round: int = 1) -> bool:
    """Tell whether every answering unit that was kept has replied in a round."""
    held = [a.state for a in case.assignments if a.round == round and a.role in ANSWERING and a.state != "released"]
    return bool(held) and all(state == "replied" for state in held)


def reply_clocks(case: Case) -> tuple[Clock, ...]:
    """Give the first round's reply clocks of the units that were kept."""
    released = {a.unit for a in case.assignments if a.round == 1 and a.state == "released"}
    return tuple(c for c in case.clocks if c.name == "reply" and c.round == 1 and c.unit not in released)


def on_time(clocks: Sequence[Clock], calendar: Calendar, today: dt.date) -> Rate:
    """Rate the replies that came in time over those given or past due; who is still in time counts nowhere."""
    due = [c for c in clocks if c.state == "stopped" or c.late(calendar, today)]
    return Rate(hits=sum(not c.late(calendar, today) for c in due), base=len(due), of="已答复或已逾期的承办件次")


def satisfaction(cases: Iterable[Case], unanswered_in_base: bool, *, first: bool = False) -> tuple[Rate, Rate]:
    """Rate 满意, and 满意 with 基本满意, of each case's first or last evaluation. Source of the base: 重庆 29."""
    told = [acts[0 if first else -1].grade for c in cases if (acts := c.took("evaluate"))]
    counts = Counter(told)
    base = len(told) if unanswered_in_base else len(told) - counts["unanswered"]
    of = "评价和逾期未评" if unanswered_in_base else "收回的评价"
    good = counts["satisfied"]
    return Rate(hits=good, base=base, of=of), Rate(hits=good + counts["basically"], base=base, of=of)


def grades(cases: Iterable[Case]) -> tuple[Line, ...]:
    """Give the share of each grade among all first evaluations, silence among them."""
    counts = Counter(acts[0].grade for c in cases if (acts := c.took("evaluate")))
    base = sum(counts.values())
    return tuple(
        Line(title=f"首轮{title}", rate=Rate(hits=counts[grade], base=base, of="首轮评价和逾期未评"))
        for grade, title in TITLES.items()
    )


def classes(cases: Iterable[Case], titles: Mapping[str, str]) -> tuple[Line, ...]:
    """Give the share of each reply class over all replies; a class means what the place's settings say."""
    counts = Counter(reply.reply_class for c in cases for _, reply in c.said(Reply))
    base = sum(counts.values())
    names = [*titles, *sorted(set(counts) - set(titles))]
    return tuple(
        Line(title=f"{name} 类：{titles.get(name, '未列明')}", rate=Rate(hits=counts[name], base=base, of="答复"))
        for name in names
    )


def grouped(
    cases: Sequence[Case],
    keys: Callable[[Case], Iterable[str]],
    calendar: Calendar,
    today: dt.date,
    unanswered_in_base: bool,
    unit: bool = False,
) -> tuple[Group, ...]:
    """Give the figures by unit, delegation or subject, most cases first; a case counts once in each of its groups.

    Args:
        unit: Whether the keys are units; then only a unit's own clocks count for it.
    """
    found: dict[str, list[Case]] = {}
    for case in cases:
        for key in dict.fromkeys(keys(case)):
            found.setdefault(key, []).append(case)
    rows = []
    for name, of in found.items():
        assigned = [c for c in of if c.took("assign")]
        clocks = [k for c in assigned for k in reply_clocks(c) if not unit or k.unit == name]
        rows.append(
            Group(
                name=name,
                cases=len(of),
                replied=Rate(hits=sum(map(answered, assigned)), base=len(assigned), of="交办的建议"),
                on_time=on_time(clocks, calendar, today),
                first_satisfied=satisfaction(assigned, unanswered_in_base, first=True)[0],
                last_satisfied=satisfaction(assigned, unanswered_in_base)[0],
            )
        )
    return tuple(sorted(rows, key=lambda g: (-g.cases, g.name)))
