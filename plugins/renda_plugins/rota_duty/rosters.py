"""The roster of a day as a rota asks it: a station by what settings call it, a group by its name or id."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable

from renda_core.records import Desk, GroupOn, StationOn


class Roster:
    """Stations and groups as they stand on a day."""

    def __init__(self, stations: Iterable[StationOn], groups: Iterable[GroupOn]) -> None:
        self._stations: dict[str, StationOn] = {}
        known = tuple(stations)
        for key in ("name", "code", "id"):  # an id is nobody's name, and a code is more than a name
            self._stations |= {said: s for s in reversed(known) if (said := getattr(s, key))}
        self._groups = {g.id: g for g in groups}
        self._named: dict[str, list[GroupOn]] = {}
        for group in self._groups.values():
            self._named.setdefault(group.name, []).append(group)

    def station(self, named: str) -> StationOn | None:
        """Find an open station by id, code or name."""
        return self._stations.get(named)

    def group(self, named: str, station: StationOn | None) -> GroupOn | None:
        """Find a group by id or name: of the station's congress, else the only one of that name."""
        if named in self._groups:
            return self._groups[named]
        found = self._named.get(named, [])
        own = [g for g in found if station and g.congress == station.congress]
        return own[0] if own else found[0] if len(found) == 1 else None

    def groups_of(self, station: StationOn | None) -> tuple[GroupOn, ...]:
        """List the groups of a station's congress, by name."""
        return tuple(g for g in self._groups.values() if station and g.congress == station.congress)

    def called(self, group: str) -> str:
        """Give what people call a group; one that is not there goes by what the rota calls it."""
        return self._groups[group].name if group in self._groups else group


class Rosters:
    """The roster of every day that a question touches; of its own span it is asked at once."""

    def __init__(self, desk: Desk, first: dt.date, last: dt.date) -> None:
        self._desk, self._first, self._last = desk, first, last
        self._begins: list[dt.date] = []
        self._here: list[Roster] = []
        self._others: dict[dt.date, Roster] = {}
        self._deputies: dict[dt.date, tuple[str, ...]] = {}

    async def all(self) -> tuple[Roster, ...]:
        """Give every roster of the span, oldest first."""
        if not self._here:
            await self._load()
        return tuple(self._here)

    async def on(self, day: dt.date) -> Roster:
        """Give the roster of a day."""
        if self._first <= day <= self._last:
            if not self._here:
                await self._load()
            return self._here[bisect_right(self._begins, day) - 1]
        if day not in self._others:
            self._others[day] = Roster(await self._desk.stations(day), await self._desk.groups(day))
        return self._others[day]

    async def deputies(self, day: dt.date) -> tuple[str, ...]:
        """Give the ids of the deputies in force on a day."""
        if day not in self._deputies:
            self._deputies[day] = await self._desk.deputies(day)
        return self._deputies[day]

    async def _load(self) -> None:
        stations = await self._desk.stations_between(self._first, self._last)
        groups = await self._desk.groups_between(self._first, self._last)
        self._begins = sorted({s.since for s in stations} | {g.since for g in groups})
        for day in self._begins:
            here = next(s.stations for s in stations if s.since <= day <= s.until)
            there = next(g.groups for g in groups if g.since <= day <= g.until)
            self._here.append(Roster(here, there))
