"""The next reception days of a place or a deputy, as everybody may know them: hours and deputies' names, nothing else.

Rules of days say which days there will be. Where a reception is planned for one already, it says who comes and
whether it is cancelled, for a swap changes the reception and not the rule.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from renda_core.domain.case import Case
from renda_core.domain.fields import titled
from renda_core.errors import NotAllowed
from renda_core.records import Context, Desk, SetDay
from renda_plugins.deputies_homes.settings import Settings

RECEPTION, HOST = "reception", "host"
"""The kind of receptions and the party that receives; where nobody offers them, the rules alone are told."""
ANNOUNCED, CANCELLED = "noticed", "cancelled"
FARTHEST = dt.timedelta(days=400)
"""How long before its day a reception may have been planned."""
WEEK = "一二三四五六日"
VACANT, OFF, TITLE = "缺岗", "已取消", "接待选民"


@attrs.frozen(kw_only=True)
class DayLine:
    """One reception day.

    Attributes:
        who: The deputies, or their group, by name; 缺岗 where nobody can come.
        why: Why it was moved or is cancelled.
    """

    on: dt.date = titled("日期")
    weekday: str = titled("星期")
    hours: str = titled("时间")
    title: str = titled("名称")
    place: str = titled("地点")
    who: tuple[str, ...] = titled("接待代表")
    why: str = titled("备注")


@attrs.frozen(kw_only=True)
class Planned:
    """A reception day before people are named.

    Attributes:
        who: Ids of deputies and groups.
        place: Id of the station.
    """

    on: dt.date
    begins: str
    ends: str
    title: str
    place: str
    who: tuple[str, ...]
    why: str


async def upcoming(context: Context[Settings], desk: Desk, wanted: Callable[[Planned], bool]) -> tuple[DayLine, ...]:
    """List the next days that are wanted, in order."""
    first = context.today
    last = first + dt.timedelta(days=context.settings.days_ahead)
    planned = [d for d in merged(await desk.set_days(first, last), await receptions(desk, first, last)) if wanted(d)]
    planned.sort(key=lambda d: (d.on, d.begins, d.place))
    groups = {g.id: g.name for g in await desk.groups(first)}
    places = {s.id: s.name for s in await desk.stations(first)}
    people = await desk.names({one for d in planned for one in d.who} - groups.keys())
    return tuple(
        DayLine(
            on=d.on,
            weekday=f"星期{WEEK[d.on.weekday()]}",
            hours=f"{d.begins}—{d.ends}" if d.ends else d.begins,
            title=d.title,
            place=places.get(d.place, ""),
            who=tuple(dict.fromkeys(people.get(one) or groups.get(one) or one for one in d.who)) or (VACANT,),
            why=d.why,
        )
        for d in planned
    )


async def receptions(desk: Desk, first: dt.date, last: dt.date) -> tuple[Case, ...]:
    """Load the receptions that are held between two days; none where this reader is shown none."""
    try:
        cases = await desk.opened(RECEPTION, first - FARTHEST, last)
    except NotAllowed:  # a practice that touched them is missing, and may have veiled some: the rules alone are told
        return ()
    return tuple(c for c in cases if first <= getattr(c.body, "on", dt.date.min) <= last)


def merged(set_days: Iterable[SetDay], planned: Iterable[Case]) -> Iterator[Planned]:
    """Give each day once: as its reception stands where there is one, else as its rule has it."""
    known = {(c.body.on, c.body.station, c.body.begins): c for c in planned if c.body.station}
    for each in set_days:
        if not (day := each.day).place:
            continue
        case = known.pop((day.on, day.place, day.begins), None)
        yield Planned(
            on=day.on,
            begins=day.begins,
            ends=day.ends,
            title=each.title,
            place=day.place,
            who=_hosts(case) if case else day.who,
            why=OFF if case and case.states.get("main") == CANCELLED else day.why,
        )
    for case in known.values():
        if case.states.get("main") == ANNOUNCED:  # what nobody announced yet is nobody's to know
            yield Planned(
                on=case.body.on,
                begins=case.body.begins,
                ends=case.body.ends,
                title=TITLE,
                place=case.body.station,
                who=_hosts(case),
                why="",
            )


def _hosts(case: Case) -> tuple[str, ...]:
    """Give who receives: the hosts named, less those who made room for another since."""
    changes = [act for act in case.acts if hasattr(act.payload, "leaves")]
    came = {p for act in changes for p in act.parties.get(HOST, ())}
    found = dict.fromkeys(p for p in case.parties.get(HOST, ()) if p not in came)
    for act in changes:
        found.pop(act.payload.leaves, None)
        found |= dict.fromkeys(act.parties.get(HOST, ()))
    return tuple(found)


def counted(cases: Iterable[Case], station: str, since: dt.date, today: dt.date) -> Iterator[Case]:
    """Give the receptions that were held at a station since a day."""
    for case in cases:
        held = case.states.get("main") in ("held", "closed")
        if held and case.body.station == station and since <= case.body.on <= today:
            yield case


def days_by(names: Mapping[str, object]) -> Callable[[Planned], bool]:
    """Want the days of some deputies or groups, by id."""
    return lambda day: not names.keys().isdisjoint(day.who)
