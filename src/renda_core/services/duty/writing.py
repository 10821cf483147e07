"""Writing duty records: bound to the mandates of their day, counted as they are written, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

import attrs
from sqlalchemy import select

from renda_core.domain.duty import Record
from renda_core.domain.mandates import Mandate
from renda_core.errors import Rejected, Stale
from renda_core.store import duty as d
from renda_core.store import tables as t
from renda_core.store.codec import decode, encode, new_id
from renda_core.store.compile import Query, among, mine
from renda_core.store.unit import Reader, Unit


@attrs.frozen(kw_only=True)
class HeldRow:
    """A mandate as stored."""

    document: bytes


_m = t.mandate.c
HELD_BY = Query(select(_m.document).where(mine(t.mandate), among(_m.person, "person")), HeldRow)
"""Every mandate that some people ever held."""


class Held:
    """The mandates of some people, over all terms."""

    def __init__(self, mandates: Iterable[Mandate]) -> None:
        self._of: dict[str, list[Mandate]] = {}
        for m in mandates:
            self._of.setdefault(m.person, []).append(m)

    @classmethod
    async def load(cls, reader: Reader, people: Collection[str]) -> Held:
        """Load them, with one question for two hundred people."""
        rows = await reader.among(HELD_BY, "person", sorted(set(people)))
        return cls(decode(row.document, Mandate) for row in rows)

    def of(self, person: str) -> tuple[Mandate, ...]:
        """Give every mandate that a person ever held, oldest first."""
        return tuple(sorted(self._of.get(person, ()), key=lambda m: (m.elected_on, m.id)))

    def known(self, person: str) -> bool:
        """Tell whether the roster knows any mandate of a person."""
        return person in self._of

    def bound(self, record: Record) -> Record:
        """Give a record with the mandates in which it counts: all that are in force on its day, or those it names.

        Raises:
            Rejected: None is in force on that day, or one that it names is not.
        """
        mine, ids = self.of(record.person), tuple(m.id for m in self._in_force(record))
        if record.mandates:
            ids, wrong = record.mandates, sorted(set(record.mandates) - set(ids))
            if wrong:
                raise Rejected("record refused", f"mandate {', '.join(wrong)} is not in force on {record.on}")
        if not ids:
            raise Rejected("record refused", _why_none(mine, record))
        return attrs.evolve(record, mandates=ids)

    def bound_anew(self, before: Record, after: Record) -> Record:
        """Give a record that is there already as the roster has it now, on the day that it has now.

        One that named some of several mandates counts in the same congresses as before.

        Raises:
            Rejected: None is in force on that day.
        """
        every = self.bound(attrs.evolve(after, mandates=()))
        if not before.mandates or {m.id for m in self._in_force(before)} <= set(before.mandates):
            return every
        same = {m.congress for m in self.of(after.person) if m.id in before.mandates}
        ids = tuple(m.id for m in self._in_force(after) if m.congress in same)
        if not ids:
            raise Rejected("record refused", f"none of the mandates that it names is in force on {after.on}")
        return attrs.evolve(after, mandates=ids)

    def _in_force(self, record: Record) -> list[Mandate]:
        """Give the mandates that are in force on the day of a record, of its congress."""
        return [m for m in self.of(record.person) if in_force(m, record) and record.congress in ("", m.congress)]


def in_force(mandate: Mandate, record: Record) -> bool:
    """Tell whether a mandate is in force on the day of a record."""
    return mandate.holds(record.on) and mandate.state_on(record.on) == "active"


def _why_none(mandates: Iterable[Mandate], record: Record) -> str:
    """Say why no mandate counts on the day of a record."""
    concerned = [m for m in mandates if record.congress in ("", m.congress)]
    if not concerned:
        return "the person holds no mandate" + (" in that congress" if record.congress else "") + "; see the roster"
    last = max(concerned, key=lambda m: m.elected_on)
    if last.elected_on > record.on:
        return f"{record.on} lies before the mandate, which began on {last.elected_on}"
    if last.valid_to is not None and last.valid_to <= record.on:
        return f"{record.on} lies after the mandate, which ended on {last.valid_to}"
    return f"the mandate is {last.state_on(record.on)} on {record.on}, and not in force"


async def add(unit: Unit, record: Record) -> Record:
    """Write a new record; what it adds to the counters is :func:`count`'s, once for all that one use case writes.

    Raises:
        Rejected: The same source counts already for this person and kind.
    """
    if row := await unit.find(d.SAME, source=record.source, person=record.person, kind=record.kind):
        gone = decode(row.document, Record).state == "withdrawn"
        more = ", and was withdrawn; name the source otherwise, e.g. with its page" if gone else ""
        raise Rejected("record refused", f"{record.source} is already recorded for this person{more}")
    made = attrs.evolve(record, id=new_id())
    await unit.write(d.ADD, **d.row_of(made))
    return made


async def add_all(unit: Unit, records: Sequence[Record]) -> None:
    """Write new records that have their ids and are known to be new."""
    if records:
        await unit.write_many(d.ADD, [d.row_of(record) for record in records])


async def change(unit: Unit, before: Record, after: Record) -> None:
    """Write a record that has changed.

    Raises:
        Stale: Somebody changed it meanwhile.
    """
    row = d.row_of(after)
    kept = {c: row[c] for c in ("done_on", "state", "document", "quantity", "facts", "mandates", "counts", "proven")}
    if not await unit.write(d.SAVE, id=after.id, was=encode(before), **kept):
        raise Stale(f"record {after.id} was changed by someone else meanwhile; load it again", id=after.id)


async def count(unit: Unit, changes: Iterable[tuple[Record | None, Record | None]]) -> None:
    """Keep the counters: what each record was, and what it is now."""
    await _add_up(unit, d.counted(changes))


async def recount(unit: Unit) -> int:
    """Make all counters of the tenant anew from its records; give how many there are."""
    await unit.write(d.CUT_COUNTS)
    rows = await unit.all(d.BETWEEN, first=dt.date.min, last=dt.date.max)
    made = d.counted((None, decode(r.document, Record)) for r in rows)
    await _add_up(unit, made)
    return len(made)


async def _add_up(unit: Unit, counted: Mapping[tuple[dt.date, str, str, str], int]) -> None:
    """Add to counters, in their order, so that two who write the same wait for one another and never in a ring."""
    names = ("month", "holder", "kind", "measure")
    if counted:
        await unit.write_many(d.COUNT, [{**dict(zip(names, key, strict=True)), "n": n} for key, n in counted.items()])
