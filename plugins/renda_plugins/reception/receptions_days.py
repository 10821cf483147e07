"""Receptions opened ahead (接待日): each day that a rule sets at a station becomes one reception, with its hosts."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import get_args

import attrs

from renda_core.domain.case import Case
from renda_core.domain.hours import Hours
from renda_core.records import Context, Desk, Found, SetDay, StationOn
from renda_plugins.reception.receptions_fields import KIND, Form, Reception
from renda_plugins.reception.receptions_guards import FARTHEST
from renda_plugins.reception.receptions_register import HOST, hours
from renda_plugins.reception.settings import Settings

VACANT = "缺岗"


@attrs.frozen(kw_only=True)
class Slot:
    """A set day at a station, and who can receive on it.

    Attributes:
        hosts: Deputies in force whom the rule names, less those who receive elsewhere at that hour.
        why: Why nobody receives; empty where somebody does.
        known: Whether a reception is planned for it already, or was cancelled.
    """

    set: SetDay
    station: StationOn
    hosts: tuple[str, ...] = ()
    why: str = ""
    known: bool = False

    @property
    def title(self) -> str:
        """Name it as people do."""
        return f"{self.station.name}{self.set.title}（{self.set.day.on}）"


async def find(context: Context[Settings], desk: Desk) -> list[Found]:
    """Find the set days of the next days that have a station, hours and somebody who receives; each is opened once."""
    ahead = context.settings.opened_ahead
    if not ahead:
        return []
    last = context.today + dt.timedelta(days=ahead)
    days = [s for s in await desk.set_days(context.today, last) if s.day.place]
    stations = {s.id: s for s in await desk.stations(context.today)} if days else {}
    slots = await slots_of(desk, stations, days, await planned_between(desk, context.today, last))
    return [_found(slot) for slot in slots if slot.hosts and not slot.known]


async def slots_of(
    desk: Desk, stations: Mapping[str, StationOn], days: Sequence[SetDay], planned: Sequence[Case]
) -> list[Slot]:
    """Say of set days, in their order, who receives on each, or why nobody does.

    Args:
        stations: Those that are open today, by id; of others nothing is said, for none can be planned there yet.
        days: Each of a station.
        planned: The receptions of that time, cancelled ones too; one at the day, place and hour of a set day is its.
    """
    known = {where(case.body_as(Reception)) for case in planned}
    taken = {quarter for case in planned for quarter in _taken(hours(case))}
    found, people = list[Slot](), dict[dt.date, Mapping[str, tuple[str, ...]]]()
    for each in days:
        if (station := stations.get(each.day.place)) is None:
            continue
        slot = Slot(set=each, station=station)
        if where(_reception(slot)) in known:
            found.append(attrs.evolve(slot, known=True))
            continue
        on = each.day.on
        if each.day.who and on not in people:  # asked for the days that are not opened yet alone
            people[on] = await _deputies(desk, on)
        slot = _manned(slot, people.get(on, {}), taken)
        taken.update(_taken(_reception(slot).hours(slot.hosts)))
        found.append(slot)
    return found


def _manned(slot: Slot, people: Mapping[str, tuple[str, ...]], taken: Set[tuple[str, int]]) -> Slot:
    """Say who receives: the deputies whom the day names, and those of its groups, who are free at that hour."""
    day = slot.set.day
    if not day.who:
        return attrs.evolve(slot, why=day.why or VACANT)
    if not day.begins or not day.ends:
        return attrs.evolve(slot, why="日程规则未定接待时间")
    named = tuple(dict.fromkeys(p for one in day.who for p in people.get(one, ())))
    free = tuple(p for p in named if taken.isdisjoint(_taken(_reception(slot).hours((p,)))))
    if not free:
        return attrs.evolve(slot, why="代表同一时间在别处接待" if named else f"{VACANT}：没有在任代表")
    return attrs.evolve(slot, hosts=free)


async def _deputies(desk: Desk, on: dt.date) -> Mapping[str, tuple[str, ...]]:
    """Map each deputy in force on a day to themselves, and each group to its deputies."""
    groups = {g.id: g.deputies for g in await desk.groups(on)}
    return {p: (p,) for p in await desk.deputies(on)} | groups


async def planned_between(desk: Desk, first: dt.date, last: dt.date) -> list[Case]:
    """List the receptions of a span of days, cancelled ones too, by day."""
    found = await desk.opened(KIND, first - FARTHEST, last)
    return sorted((c for c in found if first <= c.body_as(Reception).on <= last), key=lambda c: c.body_as(Reception).on)


def form_of(rule: str) -> Form:
    """Tell the form of a rule's days by the rule's name, e.g. ``market`` of ``market_day_reception``."""
    return next((form for form in get_args(Form) if rule.startswith(form)), "other")


def _reception(slot: Slot) -> Reception:
    day = slot.set.day
    return Reception(
        on=day.on,
        station=slot.station.id,
        begins=day.begins if day.ends else "",
        ends=day.ends if day.begins else "",
        form=form_of(slot.set.rule),
        rule=slot.set.rule,
    )


def where(body: Reception) -> tuple[object, ...]:
    """Tell one reception from another: its day, its station and when it begins."""
    return body.on, body.station, body.begins


def _taken(spans: Iterable[Hours]) -> list[tuple[str, int]]:
    return [(who, quarter) for span in spans for quarter in span.slots() for who in span.who]


def _found(slot: Slot) -> Found:
    return Found(
        key=f"{slot.set.rule} {slot.set.day.matter} {slot.station.id}",
        title=slot.title,
        body=_reception(slot),
        parties={HOST: slot.hosts},
    )
