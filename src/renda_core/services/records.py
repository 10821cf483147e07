"""Use cases on duty records (履职记录): what steps yield, and what is entered by hand; scored whenever."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

import attrs
from sqlalchemy import select

from renda_core.domain.case import Act, Actor, Case
from renda_core.domain.duty import Record
from renda_core.domain.failing import Nonsense, expect
from renda_core.errors import NotAllowed, NotFound, PracticeFailed, Rejected, RendaError
from renda_core.records import RecordRule
from renda_core.services import budgets
from renda_core.services.asking import Source, asked
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
MOST = 1_000
"""Records that one rule may make of one step: more than a congress has deputies, fewer than what never ends."""
_r = t.duty_record
ADD_RECORD = add(_r)
OF_PERSON = Query(select(_r.c.document).where(*keyed(_r, "person")).order_by(_r.c.done_on, _r.c.id), RecordRow)
SAME = Query(select(_r.c.document).where(*keyed(_r, "source", "person", "kind")), RecordRow)


@attrs.frozen(kw_only=True)
class Followed:
    """What followed from some steps.

    Attributes:
        made: How many records were written.
        left_out: The rules that failed, each with the case and its version, so that they can be made up later.
    """

    made: int = 0
    left_out: tuple[Mapping[str, object], ...] = ()

    def __add__(self, other: Followed) -> Followed:
        return Followed(made=self.made + other.made, left_out=(*self.left_out, *other.left_out))

    def told(self) -> dict[str, Any]:
        """Give what the journal holds of it."""
        return {"records": self.made, **({"left_out": self.left_out} if self.left_out else {})}


async def follow(unit: Unit, tenant: Tenant, case: Case, act: Act) -> Followed:
    """Write the records that follow from a step, so that nobody types them again.

    A record is a decoration of the step: a rule that fails, and what is recorded already, is left out and named.
    """
    found = Followed()
    for rule in tenant.practice.record_rules.get((case.kind, act.step), ()):
        source = Source(tenant=tenant, plugin=rule.plugin, what="record rule", name=rule.name)
        try:
            made = asked(source, budgets.RECORDS, partial(_made, rule, tenant, case, act), tuple)
        except PracticeFailed as error:
            found += _left_out(rule, case, error)
            continue
        for record in made:
            try:
                await _add(unit, record)
            except Rejected as error:
                found += _left_out(rule, case, error)
            else:
                found += Followed(made=1)
    return found


def _left_out(rule: RecordRule, case: Case, error: RendaError) -> Followed:
    told = {"rule": f"{rule.plugin}.{rule.name}", "case": case.id, "version": case.version, "why": str(error)}
    return Followed(left_out=(told,))


def _made(rule: RecordRule, tenant: Tenant, case: Case, act: Act) -> tuple[Record, ...]:
    """Ask a rule for its records, and see that they can be stored."""
    context = tenant.contexts(case.opened_on)(rule.plugin)
    made = tuple(_storable(record) for record in islice(rule.make(context, case, act), MOST + 1))
    if len(made) > MOST:
        raise Nonsense(f"gave more than {MOST} records of one step")
    if len({(r.source, r.person, r.kind) for r in made}) < len(made):
        raise Nonsense("gave the same record twice")
    return made


def _storable(given: Record) -> Record:
    """Give a record as it comes back from the store; one that would not must never be sent."""
    raw = encode(expect(given, Record))
    record = decode(raw, Record)
    if str(UUID(record.person)) != record.person:
        raise Nonsense("gave a record of nobody")
    if b"\\u0000" in raw:
        raise Nonsense("gave a text that no database holds")
    return attrs.evolve(record, id=new_id())


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
