"""Importing the register of voters: a person, and the district in which that person votes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from renda_core.files.columns import Read
from renda_core.services.imports.doubtful import looks, unborn
from renda_core.services.imports.nouns import Nouns, Row
from renda_core.services.imports.people import Asked, People
from renda_core.services.imports.planned import File, Once, PlannedRow, Say, State, called, chunks, decided, wrong
from renda_core.store.codec import new_id
from renda_core.store.importing import VOTERS
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant


async def voters(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write voters, chunk by chunk; whoever is known already, as a deputy or a voter, stays one person."""
    nouns = await Nouns.load(unit, "congress", "district", passing=("person", "voter"))
    over = _Voters(unit, tenant, file, nouns)
    for chunk in chunks(reads):
        for planned in await over.chunk(chunk):
            say(planned)
    return nouns.digest


class _Voters:
    """The register while a file is read over it."""

    def __init__(self, unit: Unit, tenant: Tenant, file: File, nouns: Nouns) -> None:
        self._unit, self._today, self._file, self._nouns = unit, tenant.today, file, nouns
        self._people = People(unit, nouns, file)
        self._homes = nouns.by("congress", "name")
        self._districts = {(r["congress"], r["name"]): r["id"] for r in nouns.rows("district")}
        self._once = Once()
        self._held: dict[str, Row] = {}

    async def chunk(self, reads: Sequence[Read]) -> list[PlannedRow]:
        """Decide some rows and write what they say."""
        asked = iter(await self._people.meet([r for r in reads if r.ok]))
        await self._people.certificates()
        held = await self._unit.among(VOTERS, "person", [p["id"] for p in self._nouns.rows("person")])
        self._nouns.take("voter", held)
        self._held = {row["person"]: row for row in held if row["valid_to"] is None}
        rows = [wrong(read, called(read, "name")) or self._row(next(asked)) for read in reads]
        looked = await self._people.look(rows, reads)
        await self._nouns.flush()
        await self._people.flush()
        return looked

    def _row(self, asked: Asked) -> PlannedRow:
        read, key = asked.read, str(asked.read.values["name"])
        v: Mapping[str, Any] = read.values
        home = self._homes.get(v["congress"])
        if home is None:
            return self._file.error(
                read, "congress", f"no congress {v['congress']}", "import the congresses first", key
            )
        if unlikely := unborn(self._file, asked, self._today, key):
            return unlikely
        found = self._people.find(asked)
        if isinstance(found, str):
            return self._file.error(read, "id_number", found, "give the whole ID number", key)
        person = found["id"] if found else new_id()
        if first := self._once.before(person, read.number):
            return self._file.error(read, "name", f"the same voter as row {first}", "delete one of the rows", key)
        since = v["registered"] or self._today
        rest = {"sex": v["sex"], "nationality": v["ethnicity"]}
        own, kept = self._people.keep(asked, found, since, rest, id=person)
        if found is None:
            self._people.compare(asked, kept)
        states: set[State] = {own, self._register(person, self._district(home["id"], v["district"], since), since)}
        state: State = "new" if "new" in states else "change" if "change" in states else "same"
        told = () if state == "same" else looks(self._file, asked, found, self._today, "registered")
        return decided(read, state, key, *told)

    def _register(self, person: str, district: str, since: Any) -> State:
        """Let somebody vote in a district, and no longer in another."""
        had = self._held.get(person)
        if had and had["district"] == district:
            return "same"
        if had:
            self._nouns.force("voter", had, {"valid_to": max(since, had["valid_from"])})
        row = {"valid_from": since, "person": person, "district": district, "registered_on": since}
        self._nouns.put("voter", None, row)
        self._held[person] = self._nouns.last
        return "change" if had else "new"

    def _district(self, congress: str, name: Any, since: Any) -> str:
        """Give the id of a district, made when it is new."""
        key = (congress, str(name))
        if key not in self._districts:
            self._nouns.put("district", None, {"valid_from": since, "congress": congress, "name": name, "seats": 1})
            self._districts[key] = self._nouns.last["id"]
        return str(self._districts[key])
