"""The people whom the rows of a file name: found by ID number, or by name and birth date; each of them once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import attrs

from renda_core.domain.identity import match_key
from renda_core.files.columns import Read
from renda_core.services.imports.alike import Alike
from renda_core.services.imports.nouns import Nouns, Row
from renda_core.services.imports.planned import File, PlannedRow, State
from renda_core.store.importing import (
    ADD_WORD,
    BY_BIRTH,
    BY_BIRTH_UNNUMBERED,
    BY_INDEX,
    BY_KEY,
    CUT_WORDS,
    MANDATES,
    PEOPLE,
    Known,
)
from renda_core.store.unit import Unit
from renda_core.store.words import person_words

ID_NUMBER, PHONE = "person.id_number", "person.phone"
REMEDY = "if it is the same person, give the same ID number or birth date; if not, leave it"


@attrs.define
class Asked:
    """A row that names a person: the key of the name, the ID number if it is given whole, and its hash."""

    read: Read
    key: str
    whole: str | None
    index: bytes | None

    @property
    def born(self) -> dt.date | None:
        """Give the birth date that the row has."""
        return self.read.values["born"]  # type: ignore[return-value]


class People:
    """Those of the rows at hand who are stored, found many at once, and those whom the rows add."""

    def __init__(self, unit: Unit, nouns: Nouns, file: File) -> None:
        self._unit, self._nouns, self._file = unit, nouns, file
        self._by_index: dict[bytes, str] = {}
        self._by_birth: dict[tuple[str, dt.date | None], list[str]] = {}
        self._namesakes: dict[str, list[Known]] = {}
        self._alike = Alike(numbered=True)
        self._carried: dict[str, list[str]] = {}
        self._named: dict[str, str] = {}
        self._stored: set[str] = set()
        self._near: dict[tuple[str, int], tuple[Known, str]] = {}

    async def meet(self, reads: Sequence[Read]) -> list[Asked]:
        """Look up everybody whom some rows may mean."""
        asked = [self._asked(read) for read in reads]
        indexes = {a.index for a in asked if a.index}
        known = {k.id: k for k in await self._unit.among(BY_INDEX, "id_index", indexes)}
        known |= {k.id: k for k in await self._unit.among(BY_KEY, "match_key", {a.key for a in asked})}
        known = {id: self._now(k) for id, k in known.items()}
        self._by_index = {k.id_index: k.id for k in known.values() if k.id_index}
        self._by_birth, self._namesakes = {}, {}
        for k in known.values():
            self._by_birth.setdefault((k.match_key, k.born_on), []).append(k.id)
            self._namesakes.setdefault(k.match_key, []).append(k)
        births = {(a.key, a.born) for a in asked}
        wanted = {k.id for k in known.values() if k.id_index in indexes or (k.match_key, k.born_on) in births}
        wanted |= {id for a in asked for id in self._corrected(a)}
        self._stored, self._carried, self._near = wanted, {}, {}
        stored = await self._unit.among(PEOPLE, "id", wanted)
        self._nouns.take("person", ({**row, "id_index": self._unit.key_now(row["id_index"])} for row in stored))
        await self._compare(asked, known)
        return asked

    def _now(self, known: Known) -> Known:
        """Give somebody under the present hash of the number, where an older key made the stored one."""
        now = self._unit.key_now(known.id_index)
        return known if now == known.id_index else attrs.evolve(known, id_index=now)

    def _asked(self, read: Read) -> Asked:
        given = read.values["id_number"]
        whole = str(given) if given and "*" not in str(given) else None
        index = self._unit.find_key(whole, ID_NUMBER) if whole else None
        return Asked(read, match_key(str(read.values["name"])), whole, index)

    async def _compare(self, asked: Sequence[Asked], known: Mapping[str, Known]) -> None:
        """Gather those with whom the new ones among the rows are to be compared."""
        new = [a for a in asked if a.index not in self._by_index and (a.key, a.born) not in self._by_birth]
        numbered = all(a.index for a in asked)
        query = BY_BIRTH_UNNUMBERED if numbered else BY_BIRTH
        same_day = await self._unit.among(query, "born_on", {a.born for a in new if a.born})
        self._alike = Alike(numbered=numbered)
        for person in {k.id: k for k in (*known.values(), *same_day)}.values():
            self._alike.add(person)

    def _corrected(self, asked: Asked) -> list[str]:
        """Name those stored who may be meant by name and certificate, though with another birth date."""
        if not asked.read.values.get("certificate") or asked.index in self._by_index:
            return []
        if (asked.key, asked.born) in self._by_birth:
            return []
        return [k.id for k in self._namesakes.get(asked.key, ()) if not (k.numbered and asked.index)]

    async def certificates(self) -> list[Row]:
        """Load the mandates of all who are at hand, and note which certificates each of them carries."""
        held = await self._unit.among(MANDATES, "person", [p["id"] for p in self._nouns.rows("person")])
        for row in held:
            self.carries(row["person"], row["certificate"], stored=True)
        return held

    def carries(self, person: str, certificate: str, *, stored: bool = False) -> None:
        """Note a certificate of somebody, by which that person is to be found; a *stored* one is known already."""
        if certificate and certificate not in (carried := self._carried.setdefault(person, [])):
            carried.append(certificate)
            if not stored:
                self._named[person] = self._nouns.row("person", person)["name"]

    def find(self, asked: Asked) -> Row | str | None:
        """Find the person of a row: by ID number, else by name and birth date; a string says why neither tells."""
        if asked.index and asked.index in self._by_index:
            return self._nouns.row("person", self._by_index[asked.index])
        same = [self._nouns.row("person", id) for id in self._by_birth.get((asked.key, asked.born), ())]
        given = asked.read.values["id_number"]
        if asked.whole:
            same = [p for p in same if not p["id_index"]]
        elif given:
            same = [p for p in same if p["id_number"] and p["id_number"].last == str(given)[-4:].lstrip("*")]
        return f"{len(same)} people share this name and birth date" if len(same) > 1 else same[0] if same else None

    def keep(self, asked: Asked, found: Row | None, since: dt.date, rest: Row, *, id: str = "") -> tuple[State, Row]:
        """Take the person of a row in; *rest* is what this kind of file has of people besides name and numbers."""
        v = asked.read.values
        row = {
            "valid_from": since,
            "name": v["name"],
            "match_key": asked.key,
            "born_on": asked.born,
            "id_number": self._nouns.hidden(found, ID_NUMBER, v["id_number"], "id_number"),
            "phone": self._nouns.hidden(found, PHONE, v["phone"], "phone"),
            "id_index": asked.index,
            **rest,
        }
        state = self._nouns.put("person", found, row, keep=("valid_from",), id=id)
        kept = self._nouns.last
        if state != "same":
            self._note(found, kept)
        return state, kept

    def _note(self, found: Row | None, kept: Row) -> None:
        """Let later rows find somebody new, or known by something new."""
        if kept["id_index"]:
            self._by_index[kept["id_index"]] = kept["id"]
        same = self._by_birth.setdefault((kept["match_key"], kept["born_on"]), [])
        if kept["id"] not in same:
            same.append(kept["id"])
        if found is None or found["name"] != kept["name"]:
            self._named[kept["id"]] = kept["name"]

    def compare(self, asked: Asked, kept: Row) -> None:
        """Look whether somebody new is somebody who was here, or in a row above."""
        me = Known(
            id=kept["id"],
            name=kept["name"],
            match_key=kept["match_key"],
            born_on=kept["born_on"],
            id_index=kept["id_index"],
        )
        if near := self._alike.to(me):
            self._near[asked.read.worksheet, asked.read.number] = near
        self._alike.add(me)

    async def look(self, rows: Sequence[PlannedRow], reads: Sequence[Read]) -> list[PlannedRow]:
        """Give the rows, with whom each new person may be: by name and certificate number, never by ID or phone."""
        others = {other.id for other, _ in self._near.values()} - self._carried.keys()
        for row in await self._unit.among(MANDATES, "person", others):
            self.carries(row["person"], row["certificate"], stored=True)
        return [self._looked(row, read) for row, read in zip(rows, reads, strict=True)]

    def _looked(self, row: PlannedRow, read: Read) -> PlannedRow:
        if row.state == "error" or (found := self._near.get((read.worksheet, read.number))) is None:
            return row
        other, why = found
        carried = "、".join(self._carried.get(other.id, ()))
        told = f"may be {other.name}" + (f" ({carried})" if carried else "")
        near = self._file.problem(read, "name", f"{told}: {why}", REMEDY, "warning")
        return attrs.evolve(row, state="warning", problems=(*row.problems, near))

    async def flush(self) -> None:
        """Write by which words the new and the renamed are found; a rehearsal, which nobody will search, needs none."""
        if self._unit.rehearsing:
            self._named.clear()
            return
        if again := [{"person_id": id} for id in self._named if id in self._stored]:
            await self._unit.write_many(CUT_WORDS, again)
        words = [
            (word, id) for id, name in self._named.items() for word in person_words(name, *self._carried.get(id, ()))
        ]
        if words:
            words.sort()  # in the order of the larger index, each of whose pages is then visited once
            await self._unit.write_many(ADD_WORD, [{"person_id": id, "word": word} for word, id in words])
        self._named.clear()
