"""Rows of the roster while an import plans over them: found, put, and at the end written together."""

from __future__ import annotations

from typing import Any

from renda_core.domain.sealed import Sealed
from renda_core.services.planned import State
from renda_core.store import tables as t
from renda_core.store.codec import new_id
from renda_core.store.roster import ADD, ALL, CHANGE
from renda_core.store.unit import Unit, digest

Row = dict[str, Any]


class Nouns:
    """Some nouns, whole, with what a file would add to or change in them."""

    def __init__(self, unit: Unit, rows: dict[str, dict[str, Row]]) -> None:
        self._unit, self._rows = unit, rows
        self._new: dict[str, dict[str, Row]] = {name: {} for name in rows}
        self._changed: dict[str, dict[str, Row]] = {name: {} for name in rows}
        self._by: dict[tuple[str, str], dict[Any, Row]] = {}
        self._met: dict[tuple[str, str], int] = {}
        self.last: Row = {}

    @classmethod
    async def load(cls, unit: Unit, *names: str) -> Nouns:
        """Load every row of some nouns."""
        return cls(unit, {name: {r["id"]: r for r in await unit.all(ALL[name])} for name in names})

    def rows(self, noun: str) -> tuple[Row, ...]:
        """Give every row, as it would stand."""
        return tuple(self._rows[noun].values())

    def by(self, noun: str, column: str) -> dict[Any, Row]:
        """Give the rows by one column; kept up to date as rows are put."""
        if (noun, column) not in self._by:
            self._by[noun, column] = {r[column]: r for r in self._rows[noun].values()}
        return self._by[noun, column]

    def again(self, noun: str, key: str, number: int, field: str) -> tuple[str, ...]:
        """Object to a key that an earlier row of the same file had."""
        first = self._met.setdefault((noun, key), number)
        return () if first == number else (f"row {number}, {field}: the same as row {first}; delete one of the rows",)

    def fresh(self) -> str:
        """Make an id."""
        return new_id()

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
        made: Row
        blank = {c.name: "" if not c.nullable else None for c in getattr(t, noun).c if c.name != "tenant_id"}
        if had is None:
            made = {**blank, **{k: v if v is not None else blank[k] for k, v in row.items()}, "id": id or new_id()}
            self._new[noun][made["id"]] = made
            state: State = "new"
        else:
            given = {k: v for k, v in row.items() if v is not None and k not in keep and v != had[k]}
            made = {**had, **given}
            state = "change" if given else "same"
            if given:
                target = self._new if had["id"] in self._new[noun] else self._changed
                target[noun][made["id"]] = made
        self._rows[noun][made["id"]] = made
        for (name, column), index in self._by.items():
            if name == noun:
                index[made[column]] = made
        self.last = made
        return state

    async def write(self, unit: Unit) -> str:
        """Write what is new and changed, parents first; answer a digest of it."""
        written: list[Row] = []
        for table in t.ROSTER:
            if table.name in self._rows:
                if fresh := list(self._new[table.name].values()):
                    await unit.write_all(ADD[table.name], fresh)
                for row in self._changed[table.name].values():
                    await unit.write(CHANGE[table.name], **row)
                written += [*fresh, *self._changed[table.name].values()]
        return digest(written)
