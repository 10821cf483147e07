"""Rows of the roster while a Popolo document is laid over them: found, put, and at the end written together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal
from uuid import UUID, uuid5

from sqlalchemy import UniqueConstraint

from renda_core.errors import RendaError
from renda_core.services.popolo.read import canonical
from renda_core.store import tables as t
from renda_core.store.chaining import digest
from renda_core.store.importing import ADD_WORD, CUT_WORDS
from renda_core.store.roster import ADD, ALL, CHANGE
from renda_core.store.unit import Reader, Unit
from renda_core.store.words import person_words

Row = dict[str, Any]
Put = Literal["new", "change", "same"]
PIECE = 1_000
"""People whose words are written together."""
NOUNS: Mapping[str, tuple[str, ...]] = {
    "persons": ("person",),
    "organizations": ("congress", "body", "unit", "station"),
    "posts": (),
    "memberships": ("mandate", "membership"),
    "areas": ("district",),
    "events": ("term", "session"),
}
"""What each collection of a document becomes."""
_ALL = tuple(noun for nouns in NOUNS.values() for noun in nouns)
_ALONE = {
    table.name: [
        tuple(c.name for c in constraint.columns if c.name != "tenant_id")
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    for table in t.ROSTER
}
"""The columns that no two rows of a noun share."""
_BLANK = {
    table.name: {c.name: None if c.nullable else "" for c in table.c if c.name != "tenant_id"} for table in t.ROSTER
}


class Wrong(RendaError):
    """One object of a document cannot come in; *field* is where, *remedy* how to mend it."""

    code = "invalid"

    def __init__(self, field: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.field, self.message, self.remedy = field, message, remedy


class Rows:
    """The nouns of a roster, whole, with what a document adds to and changes in them."""

    def __init__(self, tenant: UUID, rows: dict[str, dict[str, Row]]) -> None:
        self._tenant, self._rows = tenant, rows
        self._new: dict[str, dict[str, Row]] = {noun: {} for noun in rows}
        self._changed: dict[str, dict[str, Row]] = {noun: {} for noun in rows}
        self._nouns = {id: noun for noun, held in rows.items() for id in held}
        self._alone: dict[tuple[str, tuple[str, ...]], dict[tuple[Any, ...], str]] = {}
        self._ids: dict[tuple[str, str], str] = {}
        for noun, held in rows.items():
            for columns in _ALONE[noun]:
                self._alone[noun, columns] = {tuple(r[c] for c in columns): id for id, r in held.items()}

    @classmethod
    async def load(cls, reader: Reader) -> Rows:
        """Load every row of the nouns that a document may touch."""
        return cls(reader.uuid, {noun: {r["id"]: r for r in await reader.all(ALL[noun])} for noun in _ALL})

    def id(self, collection: str, given: str) -> str:
        """Give the id here of an object there: its own where that is a free UUID, else one derived from it."""
        if (collection, given) not in self._ids:
            own = canonical(given)
            free = _is_uuid(own) and self._nouns.get(own, NOUNS[collection][0]) in NOUNS[collection]
            self._ids[collection, given] = own if free else str(uuid5(self._tenant, f"popolo:{collection}:{given}"))
        return self._ids[collection, given]

    def noun(self, id: str) -> str:
        """Tell what an id is here; empty where it is nothing yet."""
        return self._nouns.get(id, "")

    def get(self, noun: str, id: str | None) -> Row | None:
        """Find a row, as it would stand."""
        return self._rows[noun].get(id) if id else None

    def rows(self, noun: str) -> Iterable[Row]:
        """Give every row of a noun, as it would stand."""
        return self._rows[noun].values()

    def put(self, noun: str, id: str, given: Mapping[str, Any], *, once: Mapping[str, Any] | None = None) -> Put:
        """Take a row in: new, changed or the same.

        Args:
            given: Columns; None leaves what was there.
            once: Columns that only a new row takes.

        Raises:
            Wrong: The id is something else here, or another row has what must be its own.
        """
        if (is_now := self.noun(id)) not in ("", noun):
            raise Wrong("id", f"{id} is a {is_now} here and becomes no {noun}", "give it an id of its own")
        had = self._rows[noun].get(id)
        told = {k: v for k, v in given.items() if v is not None}
        made = {**_BLANK[noun], **(once or {}), **told, "id": id} if had is None else {**had, **told}
        if made["valid_to"] is not None and made["valid_to"] < made["valid_from"]:
            ends = f"would end {made['valid_to']}, before it begins {made['valid_from']}"
            raise Wrong("id", ends, "correct its dates")
        self._keep_alone(noun, made)
        self._rows[noun][id], self._nouns[id] = made, noun
        if had is None or id in self._new[noun]:
            self._new[noun][id] = made
            return "new"
        if made == had:
            return "same"
        self._changed[noun][id] = made
        return "change"

    def _keep_alone(self, noun: str, made: Row) -> None:
        # A key that a row has given up stays taken: rows are written one after the other.
        keys = [(self._alone[noun, columns], tuple(made[c] for c in columns)) for columns in _ALONE[noun]]
        for (held, key), columns in zip(keys, _ALONE[noun], strict=True):
            if held.get(key, made["id"]) != made["id"]:
                raise Wrong(
                    "id",
                    f"{noun} {held[key]} has the same {', '.join(columns)}",
                    "if it is the same, give the document that id; if not, tell the two apart",
                )
        for held, key in keys:
            held[key] = made["id"]

    @property
    def dirty(self) -> bool:
        """Tell whether there is anything to write."""
        return any(self._new.values()) or any(self._changed.values())

    async def write(self, unit: Unit) -> str:
        """Write what is new and changed, parents first; answer a digest of it."""
        written: list[Row] = []
        for table in t.ROSTER:
            fresh = _parents_first(self._new.get(table.name, {}))
            changed = [*self._changed.get(table.name, {}).values()]
            if fresh:
                await unit.write_all(ADD[table.name], fresh)
            for row in changed:
                await unit.write(CHANGE[table.name], **row)
            written += [*fresh, *changed]
        await self._write_words(unit)
        return digest(written)

    async def _write_words(self, unit: Unit) -> None:
        """Write by which words those are found who are new, renamed, or have another certificate."""
        touched = {**self._new["person"], **self._changed["person"]}
        for row in (*self._new["mandate"].values(), *self._changed["mandate"].values()):
            touched[row["person"]] = self._rows["person"][row["person"]]
        numbers: dict[str, list[str]] = {}
        for row in self._rows["mandate"].values():
            numbers.setdefault(row["person"], []).append(row["certificate"])
        if again := [{"person_id": id} for id in touched if id not in self._new["person"]]:
            await unit.write_many(CUT_WORDS, again)
        people = list(touched.values())
        for start in range(0, len(people), PIECE):
            words = [
                {"person_id": person["id"], "word": word}
                for person in people[start : start + PIECE]
                for word in person_words(person["name"], *numbers.get(person["id"], ()))
            ]
            if words:
                await unit.write_many(ADD_WORD, words)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text and UUID(text).int != 0
    except ValueError:
        return False


def _parents_first(rows: Mapping[str, Row]) -> list[Row]:
    """Order rows so that none stands before its parent; parents run in no circle."""
    done: dict[str, Row] = {}
    for start in rows.values():
        trail, here = [], start
        while here["id"] not in done:
            trail.append(here)
            parent = str(here.get("parent"))
            if parent not in rows or parent in done:
                break
            here = rows[parent]
        for row in reversed(trail):
            done[row["id"]] = row
    return list(done.values())
