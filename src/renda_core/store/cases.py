"""How cases are kept: the statements, and loading, saving and listing with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
from sqlalchemy import Integer, Table, bindparam, select, update

from renda_core.domain.calendar import Calendar
from renda_core.domain.case import Case
from renda_core.domain.procedure import Procedure
from renda_core.errors import NotFound
from renda_core.practice import Practice
from renda_core.store import tables as t
from renda_core.store.chaining import digest
from renda_core.store.codec import decode_case
from renda_core.store.compile import Query, Write, add, change, cut, keyed, mine
from renda_core.store.index import Rows, changed, envelope, index
from renda_core.store.unit import Reader, Unit


@attrs.frozen(kw_only=True)
class CaseRow:
    """A case as stored."""

    kind: str
    edition: str
    document: bytes


@attrs.frozen(kw_only=True)
class IdRow:
    """One id."""

    id: str


@attrs.frozen(kw_only=True)
class Number:
    """One number."""

    n: int


_file = t.case_file
_whole = (_file.c.kind, _file.c.edition, _file.c.document)
ONE = Query(select(*_whole).where(*keyed(_file, "id")), CaseRow)
BY_NUMBER = Query(select(_file.c.id).where(*keyed(_file, "kind", "number")), IdRow)
LINKED = Query(select(t.case_link.c.case_id.label("id")).where(*keyed(t.case_link, "relation", "other_id")), IdRow)
TOOK = Query(
    select(*_whole).where(
        *keyed(_file, "kind"),
        select(t.case_act.c.n)
        .where(
            mine(t.case_act),
            t.case_act.c.case_id == _file.c.id,
            t.case_act.c.step == bindparam("step"),
        )
        .exists(),
    ),
    CaseRow,
)
NUMBER = Query(select(t.counter.c.n).where(*keyed(t.counter, "name")), Number)
NEW_NUMBER = add(t.counter)
NEXT_NUMBER = Query(
    update(t.counter)
    .where(*keyed(t.counter, "name"))
    .values(n=t.counter.c.n + bindparam("step", type_=Integer()))
    .returning(t.counter.c.n),
    Number,
)
REACH_NUMBER = Write(
    update(t.counter)
    .where(*keyed(t.counter, "name"), t.counter.c.n < bindparam("n", type_=Integer()))
    .values(n=bindparam("n", type_=Integer()))
)
ADD_FILE = add(_file)
SAVE_FILE = Write(
    update(_file)
    .where(*keyed(_file, "id"), _file.c.version == bindparam("was", type_=Integer()))
    .values({c: bindparam(c.name, type_=c.type) for c in _file.c if not c.primary_key})
)
ADD = {side: add(side) for side in t.SIDES}
CHANGE = {side: change(side) for side in t.SIDES if any(not c.primary_key for c in side.c)}
CUT = {side: cut(side) for side in t.SIDES}


async def load(reader: Reader, practice: Practice, id: str) -> Case:
    """Load one case, or raise ``NotFound``."""
    row = await reader.find(ONE, id=id)
    if row is None:
        raise NotFound(f"no case {id}")
    return read_row(row, practice)


def read_row(row: CaseRow, practice: Practice) -> Case:
    """Read a stored case; where its kind is disabled it comes as plain data, to be read and not moved."""
    return decode_case(row.document, practice.find(row.kind, row.edition))


async def take_numbers(unit: Unit, name: str, many: int = 1) -> int:
    """Take the next *many* human numbers of a series; answer the first."""
    if (found := await unit.find(NEXT_NUMBER, name=name, step=many)) is not None:
        return found.n - many + 1
    await unit.write(NEW_NUMBER, name=name, n=many)
    return 1


async def reach_number(unit: Unit, name: str, n: int) -> None:
    """Let a series go on after *n*, a number that was given by hand."""
    if await unit.find(NUMBER, name=name) is None:
        await unit.write(NEW_NUMBER, name=name, n=n)
    else:
        await unit.write(REACH_NUMBER, name=name, n=n)


async def save(unit: Unit, before: Case | None, after: Case, procedure: Procedure, calendar: Calendar) -> None:
    """Write the document and what changed in its side tables, or raise ``Stale``."""
    row = envelope(after, procedure, calendar)
    if before is None:
        made = index(after, procedure, calendar).items()
        beside = [(ADD[table], list(rows.values())) for table, rows in made if rows]
        await unit.save_with(ADD_FILE, row, beside, was=None)
    else:
        beside = [
            (write, rows)
            for table, had, has in changed(before, after, procedure, calendar)
            for write, rows in _differing(table, had, has)
            if rows
        ]
        await unit.save_with(SAVE_FILE, row, beside, was=before.version)


def _differing(table: Table, had: Rows, has: Rows) -> Iterator[tuple[Write, list[dict[str, Any]]]]:
    """Give what is to be done to a side table, each with the rows that differ."""
    yield ADD[table], [row for key, row in has.items() if key not in had]
    if table in CHANGE:
        yield CHANGE[table], [row for key, row in has.items() if key in had and had[key] != row]
    yield CUT[table], [row for key, row in had.items() if key not in has]


class Pile:
    """Cases of one use case, written together at its end: one statement a table, one digest for the journal."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._first: dict[str, Case | None] = {}
        self._last: dict[str, tuple[Case, Procedure]] = {}
        self._since: list[tuple[str, tuple[Case, Procedure] | None]] = []

    def mark(self) -> None:
        """Set the point that :meth:`back` returns to."""
        self._since.clear()

    def back(self) -> None:
        """Forget what was put since the mark."""
        for id, had in reversed(self._since):
            if had is None:
                del self._last[id], self._first[id]
            else:
                self._last[id] = had

    def put(self, before: Case | None, after: Case, procedure: Procedure) -> None:
        """Keep the newest form of a case, and remember the stored one."""
        self._since.append((after.id, self._last.get(after.id)))
        self._first.setdefault(after.id, before)
        self._last[after.id] = (after, procedure)

    def get(self, id: str) -> Case | None:
        """Give the newest form of a case that is in the pile."""
        return self._last[id][0] if id in self._last else None

    async def write(self, unit: Unit) -> dict[str, Any]:
        """Write new cases in bulk, and changed ones each with its version check; answer count and digest."""
        fresh: dict[Table, list[dict[str, Any]]] = {side: [] for side in t.SIDES}
        files, all_rows = [], []
        for id, (after, procedure) in self._last.items():
            if before := self._first[id]:
                await save(unit, before, after, procedure, self._calendar)
                all_rows.append(envelope(after, procedure, self._calendar))
                continue
            files.append(envelope(after, procedure, self._calendar))
            for side, rows in index(after, procedure, self._calendar).items():
                fresh[side] += rows.values()
        if files:
            await unit.write_many(ADD_FILE, files)
        for side, made in fresh.items():
            if made:
                await unit.write_many(ADD[side], made)
        return {"cases": len(self._last), "digest": digest(files + all_rows)}
