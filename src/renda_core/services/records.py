"""Use cases on duty records (履职记录): what steps yield, and what is entered by hand; scored whenever."""

from __future__ import annotations

import attrs
from sqlalchemy import select

from renda_core.domain.case import Act, Case
from renda_core.domain.duty import Record
from renda_core.errors import Rejected
from renda_core.store import tables as t
from renda_core.store.codec import decode, encode, new_id
from renda_core.store.compile import Query, add, keyed
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class RecordRow:
    """A record as stored."""

    document: bytes


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
        Rejected: The same source already counts for this person.
    """
    record = attrs.evolve(record, id=new_id())
    await _add(unit, record)
    unit.record("record.entered", on=record.id, version=0, rule="by hand", kind=record.kind, person=record.person)
    unit.emit("record.entered", id=record.id)
    return record


async def records_of(reader: Reader, person: str) -> tuple[Record, ...]:
    """List a person's duty records, oldest first."""
    return tuple(decode(row.document, Record) for row in await reader.all(OF_PERSON, person=person))
