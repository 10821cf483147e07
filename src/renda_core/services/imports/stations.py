"""Importing deputies' homes, stations and contact points: where they are, what they offer, and who is bound to them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator

from renda_core.errors import Invalid, RendaError
from renda_core.files.columns import Problem, Read
from renda_core.services.holders import BOUND, Holders
from renda_core.services.imports.nouns import Nouns, Row
from renda_core.services.imports.places import Names
from renda_core.services.imports.planned import File, Once, PlannedRow, Say, State, called, chunks, decided, wrong
from renda_core.store.importing import LINKS
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

NOBODY = "无"
"""In the place of names: nobody is bound any more."""
NAMED = "give the name or certificate number as the roster has it; import the roster first"
_NUMBER = r"([+-]?[0-9]{1,3}(?:\.[0-9]{1,12})?)°?"
_POSITION = re.compile(rf"{_NUMBER}[NE]?\s*[,，、; ]\s*{_NUMBER}[NE]?")
NORTH, EAST = 90.0, 180.0
"""Degrees of latitude and longitude, at the most either way."""


async def stations(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write deputies' homes and liaison stations, each tied to its congress, with who is bound to it."""
    nouns = await Nouns.load(unit, "station", "congress", passing=("link",))
    holders = await Holders.load(unit, tenant.today)
    over = _Stations(tenant, file, nouns, holders, await unit.all(LINKS, kind=BOUND))
    for chunk in chunks(reads):
        for read in chunk:
            say(over.row(read))
        await nouns.flush()
    return nouns.digest


class _Stations:
    """The stations while a file is read over them."""

    def __init__(self, tenant: Tenant, file: File, nouns: Nouns, holders: Holders, links: Iterable[Row]) -> None:
        self._today, self._file, self._nouns, self._once = tenant.today, file, nouns, Once()
        self._homes, self._known = nouns.by("congress", "name"), nouns.by("station", "name")
        self._alike, self._holders = Names(self._known), holders
        self._bound: dict[str, list[Row]] = {}
        for link in links:
            self._bound.setdefault(link["to_id"], []).append(link)
        self._codes = {row["code"]: row["id"] for row in nouns.rows("station") if row["code"] and self._open(row)}

    def _open(self, row: Row) -> bool:
        return row["valid_to"] is None or row["valid_to"] > self._today

    def row(self, read: Read) -> PlannedRow:
        """Decide one row."""
        v, name = read.values, called(read, "name")
        if bad := wrong(read, name):
            return bad
        if first := self._once.before(name, read.number):
            return self._file.error(read, "name", f"the same as row {first}", "delete one of the rows", name)
        if (home := str(v["congress"])) not in self._homes:
            return self._file.error(read, "congress", f"no congress {home}", "import the congresses first", name)
        try:
            position = where(str(v["position"] or ""))
        except Invalid as refusal:
            return self._file.error(read, "position", str(refusal), "write it as 29.85,114.32", name)
        try:
            people = self._people(v["deputies"])
        except RendaError as refusal:
            return self._file.error(read, "deputies", str(refusal), NAMED, name)
        had = self._known.get(name)
        row = {
            "kind": v["kind"],
            "name": name,
            "code": v["code"],
            "congress": self._homes[home]["id"],
            "address": v["address"],
            "manager": v["head"],
            "phone": self._nouns.hidden(had, "station.phone", v["phone"], "phone"),
            "township": v["township"],
            "liaison": v["liaison"],
            "position": position,
            "offers": "、".join(_texts(v["offers"])) or None,
            **self._days(had, v["closed"]),
        }
        looks = (*self._looks(read, had, name), *self._closed_before(read, had))
        states = {self._nouns.put("station", had, row)}
        id = self._nouns.last["id"]
        looks += tuple(self._shared(read, id))
        if people is not None:
            states |= set(self._bind(id, people))
        final: State = "new" if had is None else "same" if states == {"same"} else "change"
        return decided(read, final, name, *looks)

    def _people(self, given: object) -> frozenset[str] | None:
        """Find who is to be bound; None where the cell says nothing.

        Raises:
            NotFound, Invalid: A name leads to nobody, or to several.
        """
        names = _texts(given)
        if names == (NOBODY,):
            return frozenset()
        return frozenset(map(self._holders.find, names)) if names else None

    def _days(self, had: Row | None, closed: object) -> Row:
        """Give from when to when it holds: what is entered closed began when it ended, or earlier."""
        since = had["valid_from"] if had else self._today
        if not isinstance(closed, dt.date):
            return {"valid_from": since}
        return {"valid_from": min(since, closed), "valid_to": closed}

    def _bind(self, station: str, people: frozenset[str]) -> Iterator[State]:
        """Bind those who are new, and let go of those who are listed no more; who is no deputy now is left alone."""
        links = self._bound.setdefault(station, [])
        for link in links:
            bound = self._open(link)
            if bound and link["from_id"] in self._holders and link["from_id"] not in people:
                link |= self._nouns.force("link", link, {"valid_to": self._today})
                yield "change"
        for person in sorted(people - {link["from_id"] for link in links if self._open(link)}):
            row = {"kind": BOUND, "from_id": person, "to_id": station, "valid_from": self._today}
            again = next((k for k in links if (k["from_id"], k["valid_from"]) == (person, self._today)), None)
            if again:  # let go of and bound again on one day
                again |= self._nouns.force("link", again, {"valid_to": None})
            else:
                self._nouns.put("link", None, row)
                links.append(self._nouns.last)
            yield "change"

    def _looks(self, read: Read, had: Row | None, name: str) -> tuple[Problem, ...]:
        return self._alike.look(self._file, read, name) if had is None else ()

    def _closed_before(self, read: Read, had: Row | None) -> Iterator[Problem]:
        if had and not self._open(had) and read.values["closed"] is None:
            remedy = "give a later 撤销日期 to open it again; if it stays closed, leave the row out"
            yield self._file.problem(read, "closed", f"was closed on {had['valid_to']}", remedy, "warning")

    def _shared(self, read: Read, id: str) -> Iterator[Problem]:
        """Tell of a code that two open stations share: nobody could be sent to either by it."""
        row = self._nouns.row("station", id)
        if row["code"] and self._open(row) and self._codes.setdefault(row["code"], id) != id:
            other = self._nouns.row("station", self._codes[row["code"]])["name"]
            yield self._file.problem(read, "code", f"is also the code of {other}", "give each its own", "warning")


def where(text: str) -> str | None:
    """Read a place as ``"latitude,longitude"``; None where nothing is said.

    Example:
        >>> where("29.85，114.32"), where("29.85N, 114.320°E")
        ('29.85,114.32', '29.85,114.320')

    Raises:
        Invalid: It is no place on earth, or has the longitude first.
    """
    if not text.strip():
        return None
    found = _POSITION.fullmatch(unicodedata.normalize("NFKC", text[:100]).strip().upper())
    if found is None:
        raise Invalid("is no latitude and longitude")
    north, east = (float(part) for part in found.groups())
    if abs(north) > NORTH >= abs(east):
        raise Invalid("has the longitude first")
    if abs(north) > NORTH or abs(east) > EAST:
        raise Invalid("lies nowhere on earth")
    return ",".join(part.removeprefix("+") for part in found.groups())


def _texts(given: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str, given))) if isinstance(given, tuple | list) else ()
