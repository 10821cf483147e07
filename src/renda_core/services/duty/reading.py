"""Reading duty records: one's own, and everybody's to the offices that may."""

from __future__ import annotations

from renda_core.domain.case import Actor
from renda_core.domain.duty import Record
from renda_core.errors import NotFound
from renda_core.services import lookups
from renda_core.store import duty as d
from renda_core.store.codec import decode
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

READING = frozenset({"office", "station", "overseer", "presidium", "committee", "inspector"})
"""Who reads everybody's records; everyone reads their own."""
PRIVATE = frozenset({"office", "overseer"})
"""Who reads the records of private kinds, beside the person: a year's result is nobody else's."""


async def list_for(reader: Reader, tenant: Tenant, actor: Actor, person: str) -> tuple[Record, ...]:
    """List a person's records to whoever may read them: certain offices, and the person.

    Raises:
        NotFound: The asker may not read this person's records.
    """
    if person != actor.id and not actor.roles & READING:
        raise NotFound(f"no person {person}")
    return tuple(r for r in await records_of(reader, person) if may_read(tenant, actor, r))


def may_read(tenant: Tenant, actor: Actor, record: Record) -> bool:
    """Tell whether somebody reads a record: the person, and the offices that read everybody's.

    Of a kind that no enabled practice offers nobody knows whether it is private, so that it is read as if it were.
    """
    kind = tenant.practice.record_kinds.get(record.kind)
    return record.person == actor.id or bool(actor.roles & (PRIVATE if kind is None or kind.private else READING))


async def records_of(reader: Reader, person: str) -> tuple[Record, ...]:
    """List a person's duty records, oldest first."""
    return tuple(decode(row.document, Record) for row in await reader.all(d.OF_PERSON, person=person))


of_person = records_of


async def record(reader: Reader, tenant: Tenant, actor: Actor, id: str) -> Record:
    """Give one record to whoever may read it, or raise ``NotFound``."""
    found = await one_record(reader, id)
    if found is None or not may_read(tenant, actor, found):
        raise NotFound(f"no record {id}")
    return found


async def one_record(reader: Reader, id: str) -> Record | None:
    """Load one record, whoever asks; None where there is none, or where this is no id."""
    if not lookups.is_id(id):
        return None
    row = await reader.find(d.ONE, id=id)
    return decode(row.document, Record) if row else None


async def waiting(reader: Reader, _: Tenant, actor: Actor, state: str = "entered") -> tuple[Record, ...]:
    """List what waits for the office: records to be checked, or with ``appealed`` appeals to be decided.

    Raises:
        NotFound: The asker checks no records.
    """
    if not actor.roles & PRIVATE:
        raise NotFound("no list of records to be checked")
    return tuple(decode(row.document, Record) for row in await reader.all(d.WAITING, state=state))
