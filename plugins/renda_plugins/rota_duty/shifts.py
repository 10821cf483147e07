"""Who sits when: the turns of every rota, as the roster of the day, leaves and agreed swaps have it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import attrs

from renda_core.domain.calendar import Calendar
from renda_core.domain.case import Case
from renda_core.domain.recurring import Fall, Pattern
from renda_core.domain.turns import Order, Reckon, Turn, rota, shifts
from renda_core.records import Context, Desk, StationOn
from renda_plugins.rota_duty.rosters import Roster, Rosters
from renda_plugins.rota_duty.settings import Rota, Settings
from renda_plugins.rota_duty.swap import GIVER, LEAVE, SWAP, Swap, absences, agreed, takes


@attrs.frozen(kw_only=True)
class Shift:
    """One shift (班次) as it stands.

    Attributes:
        named: What the rota calls the station; *station* is None where it is not open on the day, and nobody sits.
        turn: Whose turn it is by the order.
        group: Who sits instead, where a swap was agreed to; a group's id, or empty where persons alone do.
        people: Ids of the deputies who sit; none where it is vacant (缺岗), and *vacant* says why.
        moved: Why it is on another day than the rhythm names.
        swap: Number of the swap that changed it.
        provisional: Whether it rests on a year without an official holiday table (暂定), so that it may move.
    """

    named: str
    station: StationOn | None
    turn: Turn
    begins: str
    ends: str
    turn_of: str
    turn_name: str
    group: str
    name: str
    people: tuple[str, ...] = ()
    vacant: str = ""
    moved: str = ""
    swap: str = ""
    provisional: bool = False

    @property
    def on(self) -> dt.date:
        """Give its day."""
        return self.turn.on


@attrs.frozen(kw_only=True)
class Plan:
    """Every shift of some days, in order; what cannot be followed, and why.

    Attributes:
        problems: What a rota says that the roster does not have, by what names its station.
        idle: Agreed swaps that change nothing, each case with the reason.
    """

    shifts: tuple[Shift, ...]
    problems: tuple[tuple[str, str], ...] = ()
    idle: tuple[tuple[Case, str], ...] = ()


@attrs.frozen(kw_only=True)
class _Taken:
    """Who takes a shift by a swap: a group, by id, or persons."""

    group: str
    people: tuple[str, ...]
    number: str


async def planned(context: Context[Settings], desk: Desk, first: dt.date, last: dt.date, *, station: str = "") -> Plan:
    """Reckon every shift from *first* to *last*, both included.

    Args:
        station: Only of this station, by what its rota, its code, its name or its id calls it; by default of all.
    """
    held = context.settings.by_station()
    if not held:
        return Plan(shifts=())
    made = _Reckoning(context, Rosters(desk, first, last), await _away(desk))
    swaps: dict[str, list[Case]] = {}
    for case in agreed(await desk.cases(SWAP, "agree")):
        swaps.setdefault(case.body_as(Swap).station, []).append(case)
    for named, entries in sorted(held.items()):
        if station and station != named and not await made.is_at(named, station):
            continue
        await made.reckon(named, entries, swaps.get(named, []), first, last)
    order = sorted(made.shifts, key=lambda s: (s.on, s.begins, s.station.code if s.station else "", s.named))
    return Plan(shifts=tuple(order), problems=tuple(made.problems), idle=tuple(made.idle))


async def _away(desk: Desk) -> Mapping[str, tuple[tuple[dt.date, dt.date], ...]]:
    found: dict[str, tuple[tuple[dt.date, dt.date], ...]] = {}
    for person, first, last in absences(await desk.cases(LEAVE, "ask_leave")):
        found[person] = (*found.get(person, ()), (first, last))
    return found


class _Reckoning:
    """The shifts of one question, station by station; what several share is reckoned once."""

    def __init__(
        self,
        context: Context[Settings],
        rosters: Rosters,
        away: Mapping[str, tuple[tuple[dt.date, dt.date], ...]],
    ) -> None:
        self._context, self._settings, self._rosters, self._away = context, context.settings, rosters, away
        self._reckon = _remembered(context.calendar)
        self._stations: dict[str, str] = {}
        self.shifts: list[Shift] = []
        self.problems: list[tuple[str, str]] = []
        self.idle: list[tuple[Case, str]] = []

    async def is_at(self, named: str, station: str) -> bool:
        """Tell whether a rota is that of a station which a reader calls otherwise."""
        found = [roster.station(named) for roster in await self._rosters.all()]
        return any(s is not None and station in (s.id, s.code, s.name) for s in found)

    async def reckon(self, named: str, entries: list[Rota], swaps: list[Case], first: dt.date, last: dt.date) -> None:
        """Reckon one station's shifts."""
        if not await self._is_there(named):
            return
        orders = {order.since: (order, entry) for order, entry in await self._orders(named, entries)}
        told = [order for order, _ in orders.values()]
        turns = {t.on: t for t in rota(told, self._context.calendar, first, last, self._reckon)}
        swaps, days = _concerning(swaps, turns, first, last)
        for on in days - turns.keys():
            turns |= {t.on: t for t in rota(told, self._context.calendar, on, on, self._reckon)}
        taken = await self._swapped(named, swaps, turns)
        hours = {since: self._settings.hours(entry) for since, (_, entry) in orders.items()}
        for on in sorted(on for on in turns if first <= on <= last):
            since = max(since for since in orders if since <= on)
            roster = await self._rosters.on(on)
            self.shifts.append(self._shift(named, hours[since], roster, turns[on], taken.get(on)))

    async def _is_there(self, named: str) -> bool:
        """Tell whether a rota's station is open on any of the days, and the rota its only one."""
        here = {s.id for roster in await self._rosters.all() if (s := roster.station(named)) is not None}
        if not here:
            self.problems.append((named, "名册中没有此站点，或这些日子都不开放"))
            return False
        if twice := [self._stations[id] for id in sorted(here) if id in self._stations]:
            self.problems.append((named, f"与轮班表中的{twice[0]}是同一站点，请用同一写法"))
            return False
        self._stations |= dict.fromkeys(here, named)
        return True

    async def _orders(self, named: str, entries: list[Rota]) -> list[tuple[Order, Rota]]:
        found = []
        for entry in entries:
            groups, roster = entry.groups, await self._rosters.on(entry.since)
            if not groups:
                station = roster.station(named)
                groups = tuple(g.id for g in roster.groups_of(station))
                if not groups:
                    why = "当日名册中没有此站点" if station is None else "该人大当日没有代表小组"
                    self.problems.append((named, f"{entry.since} 起的轮班未列小组，而{why}"))
            found.append((self._settings.order(entry, groups), entry))
        return found

    async def _swapped(self, named: str, swaps: Iterable[Case], turns: Mapping[dt.date, Turn]) -> dict[dt.date, _Taken]:
        """Follow the agreed swaps in the order of their consents; one that fits no shift is told, and idle."""
        taken: dict[dt.date, _Taken] = {}
        for case in swaps:
            body = case.body_as(Swap)
            if lost := [on for on in body.days() if on not in turns]:
                self.idle.append((case, f"{lost[0]} 没有班次"))
                continue
            rosters = [await self._rosters.on(on) for on in body.days()]
            held = [_holder(r, named, turns[on], taken.get(on)) for on, r in zip(body.days(), rosters, strict=True)]
            change, why = await self._change(case, held, rosters[0], named)
            if why:
                self.idle.append((case, why))
            else:
                taken |= change
        return taken

    async def _change(
        self, case: Case, held: list[_Taken], roster: Roster, named: str
    ) -> tuple[dict[dt.date, _Taken], str]:
        body, (to, people) = case.body_as(Swap), takes(case)
        givers = frozenset(case.parties.get(GIVER, ()))
        if body.form != "cover" and not givers & set(held[0].people):
            return {}, f"{body.on} 的班次不是让班代表的"
        if body.other_on is not None:
            if not set(people) & set(held[1].people):
                return {}, f"{body.other_on} 的班次不是接班代表的"
            mine, theirs = (attrs.evolve(h, number=case.number) for h in held)
            return {body.on: theirs, body.other_on: mine}, ""
        if not to:
            lost = set(people) - set(await self._rosters.deputies(body.on))
            return (
                ({}, f"接班代表 {body.on} 不在任")
                if lost
                else ({body.on: _Taken(group="", people=people, number=case.number)}, "")
            )
        group = roster.group(to, roster.station(named))
        if group is None:
            return {}, f"{body.on} 没有名为{to}的小组"
        if not set(people) & set(group.deputies):
            return {}, f"同意的代表 {body.on} 不在{group.name}"
        return {body.on: _Taken(group=group.id, people=group.deputies, number=case.number)}, ""

    def _shift(self, named: str, hours: tuple[str, str], roster: Roster, turn: Turn, taken: _Taken | None) -> Shift:
        """Say who sits a shift: the group whose turn it is, or who took it, as far as they can come."""
        station = roster.station(named)
        by_turn = roster.group(turn.group, station)
        turn_of = by_turn.id if by_turn else turn.group
        turn_name = by_turn.name if by_turn else turn.group
        sits, group, name = by_turn, turn_of, turn_name
        if taken is not None:
            sits, group = roster.group(taken.group, station) if taken.group else None, taken.group
            name = sits.name if sits else taken.group
        alone = taken is not None and not taken.group
        members = taken.people if taken is not None and alone else sits.deputies if sits else ()
        there = self._there(members, turn.on)
        why = "" if there else "全部请假" if members else "本组当日没有在任代表"
        if sits is None and not alone:
            why = "名册中当日没有此小组"
        if station is None:
            there, why = (), "站点当日不开放"
        return Shift(
            named=named,
            station=station,
            turn=turn,
            begins=hours[0],
            ends=hours[1],
            turn_of=turn_of,
            turn_name=turn_name,
            group=group,
            name=name,
            people=there,
            vacant=why,
            moved=turn.why,
            swap=taken.number if taken else "",
            provisional=self._provisional(turn.on.year),
        )

    def _there(self, members: tuple[str, ...], on: dt.date) -> tuple[str, ...]:
        away = self._away.keys() & set(members) if self._away else ()
        gone = {p for p in away if any(first <= on <= last for first, last in self._away[p])}
        return tuple(p for p in members if p not in gone) if gone else members

    def _provisional(self, year: int) -> bool:
        return self._context.calendar.status(year) != "official"


def _holder(roster: Roster, named: str, turn: Turn, taken: _Taken | None) -> _Taken:
    """Give whose a shift is: by its turn, or by a swap before."""
    if taken is not None:
        return taken
    group = roster.group(turn.group, roster.station(named))
    return _Taken(group=group.id if group else turn.group, people=group.deputies if group else (), number="")


def _concerning(
    swaps: list[Case], turns: Iterable[dt.date], first: dt.date, last: dt.date
) -> tuple[list[Case], set[dt.date]]:
    """Leave out the swaps of other days, unless a chain of exchanges leads from them to these; give all their days."""
    days, left = set(turns), list(swaps)
    days |= {on for case in swaps for on in case.body_as(Swap).days() if first <= on <= last}
    while more := [case for case in left if days & set(case.body_as(Swap).days())]:
        left = [case for case in left if case not in more]
        days |= {on for case in more for on in case.body_as(Swap).days()}
    ids = {case.id for case in left}
    return [case for case in swaps if case.id not in ids], days


def _remembered(calendar: Calendar) -> Reckon:
    @cache
    def reckon(pattern: Pattern | None, since: dt.date, until: dt.date) -> tuple[Fall, ...]:
        return shifts(pattern, calendar, since, until)

    return reckon


def waiting(cases: Iterable[Case]) -> Iterator[tuple[str, dt.date]]:
    """Give station and day of every swap that waits for its answer."""
    for case in cases:
        if case.states.get("main", "proposed") == "proposed":
            yield from ((case.body_as(Swap).station, on) for on in case.body_as(Swap).days())
