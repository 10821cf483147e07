"""Use cases on duty records (履职记录): what steps yield, and what is entered by hand; scored whenever."""

from __future__ import annotations

import attrs
from sqlalchemy import select

from renda_core.domain.case import Act, Actor, Case
from renda_core.domain.duty import Record
from renda_core.errors import NotAllowed, NotFound, Rejected
from renda_core.store import tables as t
from renda_core.store.codec import decode, encode, new_id
from renda_core.store.compile import Query, add, keyed
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class RecordRow:
    """A record as stored."""

    document: bytes


ENTERING = frozenset({"office", "station", "overseer"})
"""Who enters what no step records; a deputy enters their own, which the office then confirms."""
READING = frozenset({"office", "station", "overseer", "presidium", "committee", "inspector"})
"""Who reads everybody's records; everyone reads their own."""
_r = t.duty_record
ADD_RECORD = add(_r)
OF_PERSON = Query(select(_r.c.document).where(*keyed(_r, "person")).order_by(_r.c.done_on, _r.c.id), RecordRow)
SAME = Query(select(_r.c.document).where(*keyed(_r, "source", "person", "kind")), RecordRow)


async def follow(unit: Unit, tenant: Tenant, case: Case, act: Act) -> int:
    """Write the records that follow from a step, so that nobody types them again; answer how many."""
    made = [
        attrs.evolve(record, id=new_id())
        for rule in tenant.practice.record_rules.get((case.kind, act.step), ())
        for record in rule.make(tenant.contexts(case.opened_on)(rule.plugin), case, act)
    ]
    for record in made:
        await _add(unit, record)
    return len(made)


async def _add(unit: Unit, record: Record) -> None:
    if await unit.find(SAME, source=record.source, person=record.person, kind=record.kind):
        raise Rejected("record refused", f"{record.source} is already recorded for this person")
    row = {"id": record.id, "person": record.person, "kind": record.kind, "done_on": record.on}
    await unit.write(ADD_RECORD, **row, source=record.source, state=record.state, document=encode(record))


async def enter(unit: Unit, _: Tenant, record: Record) -> Record:
    """Enter a record by hand, where no step makes it.

    Raises:
        NotAllowed: The actor enters no records, or another's, or their own as confirmed.
        Rejected: The same source already counts for this person.
    """
    if not unit.actor.roles & ENTERING:
        if record.person != unit.actor.id or "deputy" not in unit.actor.roles:
            raise NotAllowed(f"records are entered by {', '.join(sorted(ENTERING))}, and by deputies their own")
        if record.state != "entered":
            raise NotAllowed("a deputy's own record is entered, and confirmed by the office")
    record = attrs.evolve(record, id=new_id())
    await _add(unit, record)
    unit.record("record.entered", on=record.id, version=0, rule="by hand", kind=record.kind, person=record.person)
    unit.emit("record.entered", id=record.id)
    return record


async def list_for(reader: Reader, _: Tenant, actor: Actor, person: str) -> tuple[Record, ...]:
    """List a person's records to whoever may read them: certain offices, and the person.

    Raises:
        NotFound: The asker may not read this person's records.
    """
    if person != actor.id and not actor.roles & READING:
        raise NotFound(f"no person {person}")
    return await records_of(reader, person)


async def records_of(reader: Reader, person: str) -> tuple[Record, ...]:
    """List a person's duty records, oldest first."""
    return tuple(decode(row.document, Record) for row in await reader.all(OF_PERSON, person=person))
