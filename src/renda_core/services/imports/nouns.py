"""Rows of the roster while an import goes over them: found, put, and written chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from renda_core.domain.sealed import Sealed
from renda_core.services.imports.planned import State
from renda_core.store import tables as t
from renda_core.store.chaining import Digest
from renda_core.store.codec import new_id
from renda_core.store.roster import ADD, ALL, CHANGE
from renda_core.store.unit import Unit

Row = dict[str, Any]
BLANK: Mapping[str, Row] = {
    noun.name: {c.name: None if c.nullable else "" for c in noun.c if c.name != "tenant_id"} for noun in t.ROSTER
}
"""What a new row has where a file says nothing."""


class Nouns:
    """Some nouns held whole, others only for the rows at hand; with what a file adds to them or changes."""

    def __init__(self, unit: Unit, *passing: str) -> None:
        self._unit, self._passing = unit, passing
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in passing}
        self._new: dict[str, dict[str, Row]] = {noun.name: {} for noun in t.ROSTER}
        self._changed: dict[str, dict[str, Row]] = {noun.name: {} for noun in t.ROSTER}
        self._by: dict[str, dict[str, dict[Any, Row]]] = {noun.name: {} for noun in t.ROSTER}
        self._digest, self.written = Digest(), 0
        self.last: Row = {}

    @classmethod
    async def load(cls, unit: Unit, *names: str, passing: tuple[str, ...] = ()) -> Nouns:
        """Load every row of some nouns; of those *passing*, rows are taken in as they are met."""
        nouns = cls(unit, *passing)
        for name in names:
            nouns._rows[name] = {row["id"]: row for row in await unit.all(ALL[name])}
        return nouns

    def take(self, noun: str, rows: Iterable[Row]) -> None:
        """Take in stored rows of a passing noun."""
        self._rows[noun].update((row["id"], row) for row in rows)

    def row(self, noun: str, id: str) -> Row:
        """Give a row, as it would stand."""
        return self._rows[noun][id]

    def has(self, noun: str, id: str) -> bool:
        """Tell whether a row is held."""
        return id in self._rows[noun]

    def rows(self, noun: str) -> tuple[Row, ...]:
        """Give every row that is held, as it would stand."""
        return tuple(self._rows[noun].values())

    def by(self, noun: str, column: str) -> dict[Any, Row]:
        """Give the rows by one column; kept up to date as rows are put."""
        if column not in self._by[noun]:
            self._by[noun][column] = {r[column]: r for r in self._rows[noun].values()}
        return self._by[noun][column]

    def hidden(self, had: Row | None, field: str, given: object, column: str) -> Sealed | None:
        """Seal what is new; an empty or masked cell means unchanged, and so does the same text."""
        held: Sealed | None = had[column] if had else None
        if given is None or "*" in str(given):
            return held
        if held is not None and not held.erased and self._unit.reveal(held, field) == given:
            return held
        return self._unit.hide(str(given), field)

    def put(self, noun: str, had: Row | None, row: Row, *, keep: tuple[str, ...] = (), id: str = "") -> State:
        """Take a row in: new, changed, or the same; an empty cell leaves what was there.

        Args:
            keep: Columns that only a new row sets.
        """
        state: State = "new"
        if had is None:
            made = {**BLANK[noun], **{column: value for column, value in row.items() if value is not None}}
            made["id"] = id = id or new_id()
            self._new[noun][id] = made
        else:
            given = {k: v for k, v in row.items() if v is not None and v != had[k] and k not in keep}
            made, state = had, "same"
            if given:
                made, state = self.force(noun, had, given), "change"
        self._rows[noun][made["id"]] = self.last = made
        for column, index in self._by[noun].items():
            index[made[column]] = made
        return state

    def force(self, noun: str, had: Row, given: Row) -> Row:
        """Change a row just so, emptied columns included; answer it as it would stand."""
        made = {**had, **given}
        target = self._new if had["id"] in self._new[noun] else self._changed
        target[noun][made["id"]] = self._rows[noun][made["id"]] = made
        return made

    async def flush(self) -> None:
        """Write what is new and changed, parents first, and let go of the passing rows."""
        for table in t.ROSTER:
            name = table.name
            for write, rows in ((ADD[name], self._new[name]), (CHANGE[name], self._changed[name])):
                if rows:
                    await self._unit.write_many(write, rows.values())
                    self._digest.add(rows.values())
                    self.written += len(rows)
                    rows.clear()
        for name in self._passing:
            self._rows[name].clear()

    @property
    def digest(self) -> str:
        """Give the hash of all that was written; empty if nothing was."""
        return self._digest.hexdigest() if self.written else ""
