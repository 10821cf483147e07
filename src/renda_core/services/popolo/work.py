"""A Popolo document on its way in: its references followed, its doubts noted, what fails or stays out remembered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renda_core.errors import RendaError
from renda_core.services.popolo.read import Contents, Fault, canonical, day, shown
from renda_core.services.popolo.rows import Row, Rows, Wrong
from renda_core.tenancy import Tenant

ALIKE = 20
"""Rows of one name that are looked at for likeness."""
SAME_ID = "if it is the same, give the document that id"


class LeftOut(RendaError):
    """One object has no place in a roster and stays out; nothing else suffers."""

    code = "left_out"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message

    def fault(self, path: str) -> Fault:
        """Say it as a warning at its place."""
        return Fault(path=f"{path}.{self.field}", message=self.message, remedy="it is left out")


class Work:
    """What the planners of places and of people share."""

    def __init__(self, contents: Contents, rows: Rows, tenant: Tenant) -> None:
        self.contents, self.rows, self.tenant = contents, rows, tenant
        self.known = {(f.collection, canonical(f.id)): f.part for f in contents.found if f.part is not None and f.id}
        self.failed = {(f.collection, f.id) for f in contents.found if f.part is None}
        self.out: set[tuple[str, str]] = set()
        self.doubts: list[Fault] = []
        self._alike: dict[tuple[str, str], dict[str, list[Row]]] = {}

    def begin(self) -> None:
        """Turn to the next object."""
        self.doubts = []

    def doubt(self, field: str, message: str, remedy: str) -> None:
        """Note what is doubtful about the object at hand."""
        self.doubts.append(Fault(path=field, message=message, remedy=remedy))

    def leave_out(self, collection: str, id: str, field: str, message: str) -> LeftOut:
        """Leave an object out, and remember it for those that refer to it."""
        self.out.add((collection, id))
        return LeftOut(field, message)

    def part(self, collection: str, given: str | None) -> Any:
        """Find an object of the document."""
        return self.known.get((collection, canonical(given))) if given else None

    def to(self, field: str, collection: str, given: str | None, *nouns: str) -> str | None:
        """Follow a reference to a row of one of *nouns*; None where there is no reference.

        Raises:
            Wrong: It leads nowhere, to something wrong, or to something else.
            LeftOut: It leads to something that was left out.
        """
        if given is None:
            return None
        if (collection, given) in self.failed:
            raise Wrong(field, f"{shown(given)} is wrong itself", "correct that first")
        if (collection, given) in self.out:
            raise LeftOut(field, f"{shown(given)} is left out")
        id = self.rows.id(collection, given)
        if not (noun := self.rows.noun(id)):
            raise Wrong(field, f"no {collection[:-1]} {shown(given)}", "put it into the document, or correct the id")
        if noun not in nouns:
            raise Wrong(field, f"{shown(given)} is a {noun}, not a {' or '.join(nouns)}", "correct the id")
        return id

    def row(self, noun: str, id: str) -> Row:
        """Give a row that a reference led to."""
        found = self.rows.get(noun, id)
        if found is None:
            raise Wrong("id", f"no {noun} {id}", "correct the id")
        return found

    def alike(self, noun: str, id: str, column: str, value: str) -> tuple[Row, ...]:
        """Give rows that a new one may be, by equal *column*, the first few: they are told, never merged."""
        if self.rows.get(noun, id) is not None:
            return ()
        if (noun, column) not in self._alike:
            held: dict[str, list[Row]] = {}
            for row in self.rows.rows(noun):
                held.setdefault(row[column], []).append(row)
            self._alike[noun, column] = held
        return tuple(self._alike[noun, column].get(value, ())[:ALIKE])

    def added(self, noun: str, column: str, id: str) -> None:
        """Let a row that was put be found as alike from now on."""
        row = self.row(noun, id)
        held = self._alike.get((noun, column), {}).setdefault(row[column], [])
        if len(held) < ALIKE and row["id"] not in {r["id"] for r in held}:
            held.append(row)

    def named_so(self, noun: str, id: str, name: str) -> None:
        """Doubt a new row that bears the name of another."""
        for other in self.alike(noun, id, "name", name)[:1]:
            self.doubt("name", f"{noun} {other['id']} is named so too", SAME_ID)

    def whole(self, field: str, text: str | None) -> dt.date | None:
        """Read a date that must have its day where it is given."""
        found = day(text)
        if text is not None and found is None:
            raise Wrong(field, f"{shown(text)} has no day", "give year, month and day")
        return found

    def span(self, part: Any, begins: str, ends: str) -> tuple[dt.date | None, dt.date | None]:
        """Read from when to when something holds; *ends* is the first day on which it no longer does."""
        since, until = self.whole(begins, getattr(part, begins)), self.whole(ends, getattr(part, ends))
        if since and until and until < since:
            raise Wrong(ends, f"ends {until} before it begins {since}", "correct one of the dates")
        return since, until
