"""Importing a register of duty records (履职登记): each line by the rules of entering by hand, and never twice."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import attrs

from renda_core.domain.duty import STATES, Record
from renda_core.errors import Invalid, NotAllowed, Rejected
from renda_core.files.columns import Problem, Read
from renda_core.services.duty import ENTERING, sources
from renda_core.services.duty.deputies import Deputies
from renda_core.services.duty.entering import Again, check, refuse_again
from renda_core.services.duty.proving import unproven
from renda_core.services.duty.reading import may_read
from renda_core.services.duty.writing import Held
from renda_core.services.imports.duty_lines import REMEDY, Line, Lines, titles
from renda_core.services.imports.planned import File, Once, PlannedRow, Say, chunks, decided, refused
from renda_core.store import duty as d
from renda_core.store import duty_lists as lists
from renda_core.store.chaining import Digest
from renda_core.store.codec import decode, new_id
from renda_core.store.importing import BY_NUMBERS
from renda_core.store.roster import ALL
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

ANOTHER = "write 是 into 同日另一次 if it is another one; if it is the same, delete the row"
PROVE = "write into 证据 what proves it, e.g. 签到表第 3 页"
IN_OFFICE = "correct the date, or the deputy's mandate in the roster"
MARKED = "correct it by a mark, with a reason, and not by a file; or restore the row"
Same = tuple[str, str, str]
"""Source, person and kind: what makes a record one."""


async def records(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write a register of duty records, a thousand lines at a time.

    Raises:
        NotAllowed: The actor enters nobody's records.
    """
    if not unit.actor.roles & ENTERING:
        raise NotAllowed(f"duty records are entered by {', '.join(sorted(ENTERING))}")
    over = await _Register.load(unit, tenant, file)
    for chunk in chunks(reads):
        for planned in await over.chunk(chunk):
            say(planned)
    return await over.finish()


class _Register:
    """The records while a file is read over them."""

    def __init__(self, unit: Unit, tenant: Tenant, file: File, lines: Lines) -> None:
        self._unit, self._tenant, self._file, self._lines = unit, tenant, file, lines
        self._once, self._digest, self._written = Once(), Digest(), 0
        self._counts: Counter[tuple[dt.date, str, str, str]] = Counter()
        self._wanted: dict[tuple[str, dt.date], tuple[str, ...]] = {}

    @classmethod
    async def load(cls, unit: Unit, tenant: Tenant, file: File) -> _Register:
        """Load whoever and whichever congress a file may name."""
        congresses = {row["name"]: row["id"] for row in await unit.all(ALL["congress"])}
        return cls(unit, tenant, file, Lines(tenant, unit.actor, file, await Deputies.load(unit), congresses))

    async def chunk(self, reads: Sequence[Read]) -> list[PlannedRow]:
        """Decide some lines and write what is new."""
        cases = await self._cases(reads)
        read = [self._lines.read(one, cases) for one in reads]
        lines = [one for one in read if isinstance(one, Line)]
        stored = await self._stored(lines)
        new = [line for line in lines if _same(line.record) not in stored]
        days = await self._days(new)
        held = await Held.load(self._unit, {line.record.person for line in new})
        made: list[Record] = []
        rows = [one if isinstance(one, PlannedRow) else self._row(one, stored, days, held, made) for one in read]
        await self._write(made)
        return rows

    async def _cases(self, reads: Iterable[Read]) -> dict[str, str]:
        """Find the sources that name a case by its number, as they are stored."""
        given = {str(read.values["source"]) for read in reads if read.values["source"]}
        named = {text: c for text in given if (c := sources.named(text))}
        ids: dict[tuple[str, str], str] = {}
        for kind in {c.kind for c in named.values()}:
            numbers = {c.number for c in named.values() if c.kind == kind}
            found = await self._unit.among(BY_NUMBERS, "number", numbers, kind=kind)
            ids |= {(kind, row.number): row.id for row in found}
        return {text: c.of(id) for text, c in named.items() if (id := ids.get((c.kind, c.number)))}

    async def _stored(self, lines: Iterable[Line]) -> dict[Same, Record]:
        """Load the records that some lines are already."""
        wanted = dict.fromkeys(_same(line.record) for line in lines)
        found = [decode(row.document, Record) for row in await lists.same(self._unit, wanted)]
        return {_same(record): record for record in found}

    async def _days(self, lines: Iterable[Line]) -> dict[tuple[str, dt.date, str], list[str]]:
        """Load whence the records are that stand on the days of some lines, of their people and kinds."""
        found: dict[tuple[str, dt.date, str], list[str]] = {_day(line.record): [] for line in lines if not line.again}
        for row in await lists.same_day(self._unit, dict.fromkeys((person, on) for person, on, _ in found)):
            known = found.get((row.person, row.done_on, row.kind))
            if known is not None and row.state != "withdrawn" and row.source not in known:
                known.append(row.source)
        return found

    def _row(
        self,
        line: Line,
        stored: Mapping[Same, Record],
        days: dict[tuple[str, dt.date, str], list[str]],
        held: Held,
        made: list[Record],
    ) -> PlannedRow:
        """Decide one line: it is here already, or it is new, or it is wrong."""
        same = _same(line.record)
        if first := self._once.before(same, line.read.number):
            return self._file.error(line.read, "source", f"the same as row {first}", "delete one of the rows", line.key)
        was = stored.get(same)
        if was is not None and may_read(self._tenant, self._unit.actor, was):  # else what is there would be told
            return self._compared(line, was)
        problems = [*self._objections(line, held, days.get(_day(line.record), ()))]
        if problems:
            return refused(line.read, line.key, *problems, *line.looks)
        made.append(attrs.evolve(held.bound(line.record), id=new_id()))
        days.setdefault(_day(line.record), []).append(line.record.source)
        return decided(line.read, "new", line.key, *line.looks)

    def _objections(self, line: Line, held: Held, others: Iterable[str]) -> Iterator[Problem]:
        """Say all that speaks against a new record: what would refuse it by hand, each in its column."""
        record, kinds = line.record, self._tenant.practice.record_kinds
        if record.kind not in kinds:
            yield self._unknown(line)
            return
        try:
            kind = check(self._tenant, self._unit.actor, record)
        except (Invalid, NotAllowed) as error:
            column = str(error.details.get("field", "state" if line.read.values["state"] else "person"))
            yield self._file.problem(line.read, "" if column == "facts" else column, str(error), REMEDY)
            return
        for told in self._evidence(record):
            yield self._file.problem(line.read, "evidence", told, PROVE)
        try:
            held.bound(record)
        except Rejected as error:
            for told in error.reasons:
                yield self._file.problem(line.read, "on", told, IN_OFFICE)
        try:
            refuse_again(record, kind, () if line.again else others)
        except Again as error:
            yield self._file.problem(line.read, "on", error.reasons[0], ANOTHER)

    def _unknown(self, line: Line) -> Problem:
        kinds = self._tenant.practice.record_kinds
        known = sorted(title for name, title in titles(kinds).items() if kinds[name].by_hand)
        near = get_close_matches(line.record.kind, known, n=1, cutoff=0.4)
        meant = f"did you mean {near[0]}? " if near else ""
        told = f"no kind {line.record.kind} of duty records is enabled here"
        return self._file.problem(line.read, "kind", told, f"{meant}write one of {'、'.join(known) or 'none'}")

    def _evidence(self, record: Record) -> tuple[str, ...]:
        """Say which rules ask for evidence that a record has not; once for all of a kind and day."""
        if record.proven:
            return ()
        place = record.kind, record.on
        if place not in self._wanted:
            self._wanted[place] = tuple(unproven(self._tenant, record))
        return self._wanted[place]

    def _compared(self, line: Line, was: Record) -> PlannedRow:
        """Compare a line with the record that it is: files add, and marks correct."""
        differs = [name for name, value in line.given.items() if name != "state" and _held(was, name) != value]
        if differs:
            columns = {c.name: c.title for c in self._file.sheet.columns}
            told = "、".join(dict.fromkeys(columns.get(name, name.removeprefix("fact ")) for name in differs))
            column = differs[0] if differs[0] in columns else "quantity" if differs[0] == "fact approx" else ""
            return self._file.error(line.read, column, f"is here already and differs in {told}", MARKED, line.key)
        state = "confirmed" if was.counts else was.state
        looks = line.looks
        if line.given.get("state", state) != state or state in ("refused", "withdrawn"):
            told, remedy = f"is here already, and is {STATES[was.state]}", "a file changes no state; leave it so"
            looks += (self._file.problem(line.read, "state", told, remedy, "warning"),)
        return decided(line.read, "same", line.key, *looks)

    async def _write(self, made: Sequence[Record]) -> None:
        """Write what is new; what it adds to the counters is written at the end, each counter once."""
        if not made:
            return
        rows = [d.row_of(record) for record in made]
        await self._unit.write_many(d.ADD, rows)
        self._digest.add(rows)
        self._written += len(rows)
        self._counts.update(d.counted((None, record) for record in made))

    async def finish(self) -> str:
        """Write the counters; answer a digest of all that was written, empty if nothing was."""
        if not self._written:
            return ""
        names = ("month", "holder", "kind", "measure")
        rows = [dict(zip(names, place, strict=True)) | {"n": n} for place, n in sorted(self._counts.items())]
        await self._unit.write_many(d.COUNT, rows)
        return self._digest.hexdigest()


def _same(record: Record) -> Same:
    return record.source, record.person, record.kind


def _day(record: Record) -> tuple[str, dt.date, str]:
    return record.person, record.on, record.kind


def _held(record: Record, name: str) -> Any:
    """Give what a record has of a column, as a line says it."""
    if name.startswith("fact "):
        return record.facts.get(name.removeprefix("fact "), 0)
    value = getattr(record, name)
    if isinstance(value, tuple):
        return tuple(" ".join(part.split()) for part in value)
    return " ".join(value.split()) if isinstance(value, str) else value
