"""Importing the roster: one person, however many mandates; each mandate in its delegation and group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from renda_core.domain.areas import climb
from renda_core.domain.mandates import FINAL, Mandate
from renda_core.files.columns import Read
from renda_core.services.imports.doubtful import looks, unborn
from renda_core.services.imports.nouns import Nouns, Row
from renda_core.services.imports.people import Asked, People
from renda_core.services.imports.planned import File, Once, PlannedRow, Say, State, called, chunks, decided, wrong
from renda_core.store.codec import decode, encode, new_id
from renda_core.store.importing import MEMBERSHIPS
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

WHOLE = ("congress", "term", "district", "body")
PASSING = ("person", "mandate", "membership")
SEATS = ("delegation", "group")
"""The bodies of which a mandate sits in one at a time, named as their columns are."""


async def roster(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write deputies, chunk by chunk."""
    nouns = await Nouns.load(unit, *WHOLE, passing=PASSING)
    over = _Roster(unit, tenant, file, nouns)
    for chunk in chunks(reads):
        for planned in await over.chunk(chunk):
            say(planned)
    return nouns.digest


class _Roster:
    """The roster while a file is read over it."""

    def __init__(self, unit: Unit, tenant: Tenant, file: File, nouns: Nouns) -> None:
        self._unit, self._today, self._file, self._nouns = unit, tenant.today, file, nouns
        self._people = People(unit, nouns, file)
        self._congresses = nouns.by("congress", "name")
        self._terms = {(r["congress"], r["number"]): r["id"] for r in nouns.rows("term")}
        self._districts = {(r["congress"], r["name"]): r["id"] for r in nouns.rows("district")}
        self._bodies = {(r["congress"], r["kind"], r["name"]): r["id"] for r in nouns.rows("body")}
        self._chains: dict[str, frozenset[str]] = {}
        self._once = Once()
        self._mandates: dict[tuple[str, str, str], str] = {}
        self._held: dict[str, set[str]] = {}
        self._carried: dict[tuple[str, str, str], str] = {}
        self._sits: dict[str, list[str]] = {}

    async def chunk(self, reads: Sequence[Read]) -> list[PlannedRow]:
        """Decide some rows and write what they say."""
        asked = iter(await self._people.meet([r for r in reads if r.ok]))
        self._mandates, self._held, self._carried, self._sits = {}, {}, {}, {}
        await self._seats()
        rows = [wrong(read, _key(read)) or self._row(next(asked)) for read in reads]
        looked = await self._people.look(rows, reads)
        await self._nouns.flush()
        await self._people.flush()
        return looked

    async def _seats(self) -> None:
        """Load what those hold and where they sit whom the rows may mean."""
        held = await self._people.certificates()
        self._nouns.take("mandate", held)
        for row in held:
            self._mandates[row["person"], row["congress"], row["term"]] = row["id"]
            if row["certificate"]:
                self._carried[row["congress"], row["term"], row["certificate"]] = row["person"]
            if row["state"] not in FINAL:
                self._held.setdefault(row["person"], set()).add(row["congress"])
        sits = await self._unit.among(MEMBERSHIPS, "mandate", [row["id"] for row in held])
        self._nouns.take("membership", sits)
        for row in sits:
            self._sits.setdefault(row["mandate"], []).append(row["id"])

    def _row(self, asked: Asked) -> PlannedRow:
        read, key = asked.read, _key(asked.read)
        v: Mapping[str, Any] = read.values
        congress = self._congresses.get(v["congress"])
        if congress is None:
            return self._file.error(
                read, "congress", f"no congress {v['congress']}", "import the congresses first", key
            )
        term = self._terms.get((congress["id"], v["term"]))
        if term is None:
            told = f"{v['congress']} has no term {v['term']}"
            return self._file.error(read, "term", told, "import its term first", key)
        if unlikely := unborn(self._file, asked, self._today, key):
            return unlikely
        found = self._people.find(asked) or self._by_certificate(asked, congress["id"], term)
        if isinstance(found, str):
            return self._file.error(read, "id_number", found, "give the whole ID number", key)
        person = found["id"] if found else new_id()
        if apart := self._unrelated(person, congress["id"]):
            told = f"also holds a mandate in {apart}, which is unrelated (选举法 48)"
            return self._file.error(read, "congress", told, "correct one", key)
        seat = (person, congress["id"], term)
        if first := self._once.before(seat, read.number):
            return self._file.error(read, "name", f"the same mandate as row {first}", "delete one of the rows", key)
        own, kept = self._people.keep(asked, found, v["elected"], _rest(v), id=person)
        if found is None:
            self._people.compare(asked, kept)
        held = self._keep_mandate(v, seat, congress, by_election=v["by_election"])
        states: set[State] = {own, held, self._keep_seats(v, seat)}
        if states == {"same"}:
            return decided(read, "same", key)
        return decided(
            read, "new" if held == "new" else "change", key, *looks(self._file, asked, found, self._today, "elected")
        )

    def _by_certificate(self, asked: Asked, congress: str, term: str) -> Row | None:
        """Find somebody of this name by the very certificate, where the birth date was corrected."""
        person = self._carried.get((congress, term, str(asked.read.values["certificate"] or "")))
        if person is None or self._nouns.row("person", person)["match_key"] != asked.key:
            return None
        held = self._nouns.row("person", person)
        return None if held["id_index"] and asked.index else held

    def _unrelated(self, person: str, congress: str) -> str:
        """Name a congress in which the person sits and which lies on another chain. Source: 选举法 48."""
        seats = self._held.setdefault(person, set())
        mine = self._chain(congress)
        for other in seats - {congress}:
            if other not in mine and congress not in self._chain(other):
                return str(self._nouns.row("congress", other)["name"])
        seats.add(congress)
        return ""

    def _chain(self, congress: str) -> frozenset[str]:
        """Name a congress and those above it, by their stated parents."""
        if congress not in self._chains:
            above = climb(congress, lambda id: self._nouns.row("congress", id), lambda row: row["parent"])
            self._chains[congress] = frozenset(row["id"] for row in above)
        return self._chains[congress]

    def _keep_mandate(
        self, v: Mapping[str, Any], seat: tuple[str, str, str], congress: Row, *, by_election: bool | None
    ) -> State:
        person, at, term = seat
        had = self._nouns.row("mandate", self._mandates[seat]) if seat in self._mandates else None
        row = {
            "valid_from": v["elected"],
            "district": self._named("district", self._districts, (at, v["district"]), v["elected"], seats=1),
            "certificate": v["certificate"],
            "elected_on": v["elected"],
            "by_election": by_election,
            "categories": v["composition"],
        }
        if had is None:
            row |= {"person": person, "congress": at, "term": term, "state": "active", "by_election": bool(by_election)}
            id = new_id()
            row["document"] = encode(_mandate(id, row, congress["level"]))
        else:
            id = had["id"]
            if given := {k: x for k, x in row.items() if x is not None and x != had[k]}:
                row["document"] = encode(attrs.evolve(decode(had["document"], Mandate), **_as_held(given)))
        state = self._nouns.put("mandate", had, row, id=id)
        self._mandates[seat] = id
        if had is None or had["certificate"] != self._nouns.last["certificate"]:
            self._people.carries(person, self._nouns.last["certificate"])
        return state

    def _keep_seats(self, v: Mapping[str, Any], seat: tuple[str, str, str]) -> State:
        mandate, state = self._mandates[seat], "same"
        for kind in SEATS:
            body = self._named("body", self._bodies, (seat[1], kind, v[kind]), v["elected"], kind=kind)
            if body and self._sit(mandate, kind, body, v["elected"]):
                state = "change"
        return state  # type: ignore[return-value]

    def _sit(self, mandate: str, kind: str, body: str, since: dt.date) -> bool:
        """Let a mandate sit in a body, and leave another of that kind; tell whether that changes anything."""
        held = self._sits.setdefault(mandate, [])
        sits = [self._nouns.row("membership", id) for id in held]
        now = [s for s in sits if s["valid_to"] is None and self._nouns.row("body", s["body"])["kind"] == kind]
        if any(s["body"] == body for s in now):
            return False
        for old in now:
            self._nouns.force("membership", old, {"valid_to": max(self._today, old["valid_from"])})
        begins = self._today if now else since
        again = [s for s in sits if s["body"] == body and s["valid_from"] == begins]
        if again:  # moved away and back: the very row is open again
            self._nouns.force("membership", again[0], {"valid_to": None})
            return True
        self._nouns.put("membership", None, {"valid_from": begins, "mandate": mandate, "body": body})
        held.append(self._nouns.last["id"])
        return True

    def _named(self, noun: str, known: dict[Any, str], key: tuple[Any, ...], since: dt.date, **rest: Any) -> str | None:
        """Give the id of a district or body of this name, made when it is new."""
        if not key[-1]:
            return None
        if key not in known:
            self._nouns.put(noun, None, {"valid_from": since, "congress": key[0], "name": key[-1], **rest})
            known[key] = self._nouns.last["id"]
        return known[key]


def _key(read: Read) -> str:
    return f"{called(read, 'name')} {called(read, 'congress')}".strip()


def _rest(v: Mapping[str, Any]) -> Row:
    """Give what a roster has of a person besides name and numbers."""
    return {
        "sex": v["sex"],
        "nationality": v["ethnicity"],
        "party": v["party"],
        "education": v["education"],
        "employer": v["employer"],
        "position": v["post"],
    }


def _mandate(id: str, row: Mapping[str, Any], level: Any) -> Mandate:
    return Mandate(
        id=id, person=row["person"], congress=row["congress"], level=level, term=row["term"], district=row["district"],
        valid_from=row["valid_from"], elected_on=row["elected_on"], by_election=row["by_election"],
        certificate=row["certificate"] or "", categories=_categories(row["categories"]), state=row["state"],
    )  # fmt: skip


def _as_held(given: Row) -> Row:
    """Turn changed columns into what the document has for them."""
    return {k: _categories(v) if k == "categories" else v for k, v in given.items()}


def _categories(text: str | None) -> frozenset[str]:
    return frozenset((text,)) if text else frozenset()
