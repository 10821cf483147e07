"""Entering duty records by hand, and what happens to them after: checked, refused, appealed, corrected, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.domain.duty import REASONED, Do, Mark, Record, RecordKind, marked
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected, Stale
from renda_core.services.duty import writing
from renda_core.services.duty.proving import unproven
from renda_core.services.duty.reading import may_read
from renda_core.store import duty as d
from renda_core.store.codec import decode
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

ENTERING = frozenset({"office", "station", "overseer"})
"""Who enters what no step records; a deputy enters their own, which the office then confirms."""
REVIEWING = frozenset({"office", "overseer"})
"""Who checks what others entered, decides appeals and corrects."""
LONGEST = 500
MOST = 1_000_000
"""Units of one record, and of one fact."""
MOST_FACTS, MOST_PROOFS = 20, 20


@attrs.frozen(kw_only=True)
class Entering:
    """Ask for a record; *again* says why another of this kind on the same day is not the same thing typed twice."""

    record: Record
    again: str = ""


@attrs.frozen(kw_only=True)
class Marking:
    """Ask for a mark on a record.

    Attributes:
        seen: How many marks the asker saw on it; somebody else's meanwhile is then not overtaken.
        changes: New values by field, of a correction or of an appeal that is granted.
    """

    id: str
    do: Do
    why: str = ""
    seen: int | None = None
    changes: Mapping[str, Any] = attrs.Factory(dict)


class Again(Rejected):
    """Something of this kind is recorded on the same day already."""

    code = "recorded_already"


async def enter(unit: Unit, tenant: Tenant, asked: Record | Entering) -> Record:
    """Enter a record by hand, where no step makes it.

    Raises:
        NotAllowed: The actor enters no records, or another's, or their own as confirmed.
        Invalid: No enabled practice offers the kind, or a value does not fit it.
        Again: A record of this kind stands on that day already, and no word says that this is another.
        Rejected: The same source counts already for this person, no mandate is in force on that day, or a rule asks
            for evidence; every objection.
    """
    asked = asked if isinstance(asked, Entering) else Entering(record=asked)
    record = attrs.evolve(asked.record, by=unit.actor.id, history=(), formula="")
    kind = check(tenant, unit.actor, record)
    held = await writing.Held.load(unit, (record.person,))
    said = [*unproven(tenant, record)]
    try:
        record = held.bound(record)
    except Rejected as error:
        said += error.reasons
    if said:
        raise Rejected("record refused", *said)
    if not asked.again.strip():
        rows = await unit.all(d.SAME_DAY, person=record.person, done_on=record.on, kind=record.kind)
        refuse_again(record, kind, [decode(row.document, Record).source for row in rows])
    made = await writing.add(unit, record)
    await writing.count(unit, [(None, made)])
    word = {"again": asked.again.strip()} if asked.again.strip() else None
    told = {"kind": made.kind, "person": made.person}
    unit.record("record.entered", on=made.id, version=0, rule="by hand", private=word, **told)
    unit.emit("record.entered", id=made.id)
    return made


async def mark(unit: Unit, tenant: Tenant, asked: Marking) -> Record:
    """Check, refuse, correct or withdraw a record, appeal against one, or decide an appeal.

    Raises:
        NotFound: There is no such record for this actor.
        NotAllowed: The actor may not do this, or would decide upon their own.
        Stale: Somebody was faster.
        Rejected: The state does not allow it, a reason is missing, or the record would no longer hold; nothing changes.
    """
    row = await unit.find(d.ONE, id=asked.id)
    before = decode(row.document, Record) if row else None
    if before is None or not may_read(tenant, unit.actor, before):
        raise NotFound(f"no record {asked.id}")
    _refuse_others(unit, before, asked.do)
    if asked.seen is not None and asked.seen != len(before.history):
        raise Stale(f"record {asked.id} was changed by someone else meanwhile; load it again", id=asked.id)
    made = Mark(do=asked.do, by=unit.actor.id, on=tenant.today, why=asked.why.strip())
    after = marked(before, made, asked.changes)
    kind = tenant.practice.record_kinds.get(after.kind)
    if asked.changes:
        if kind is not None:
            _refuse_misfits(tenant, after, kind)
        if after.on != before.on and before.mandates:
            held = await writing.Held.load(unit, (after.person,))
            after = held.bound(attrs.evolve(after, mandates=()))
    if after.state == "confirmed" and (said := [*unproven(tenant, after)]):
        raise Rejected("record refused", *said)
    await writing.change(unit, before, after)
    await writing.count(unit, [(before, after)])
    what, n = f"record.{asked.do}", len(after.history)
    unit.record(what, on=after.id, version=n, rule="by hand", kind=after.kind, person=after.person, state=after.state)
    unit.emit(what, id=after.id, version=n)
    return after


def check(tenant: Tenant, actor: Actor, record: Record) -> RecordKind:
    """Look at a record that somebody would enter, before anything stored is asked; give its kind.

    Raises:
        NotAllowed, Invalid: As for :func:`enter`; what is invalid names its field.
    """
    kind = _kind_by_hand(tenant, record.kind)
    _refuse_strangers(actor, record, kind)
    _refuse_misfits(tenant, record, kind)
    return kind


def refuse_again(record: Record, kind: RecordKind, sources: Iterable[str]) -> None:
    """Refuse what looks like the same thing entered twice: a roll that records it, and a clerk who types it.

    Args:
        sources: Whence the records of this kind are that stand on that day.

    Raises:
        Again: One of them is another.
    """
    if others := [source for source in sources if source != record.source]:
        where = "its step" if others[0].startswith("case:") else repr(others[0])
        told = f"{kind.title} on {record.on} is recorded already, by {where}; if this is another one, say what it is"
        raise Again("record refused", told)


def _kind_by_hand(tenant: Tenant, name: str) -> RecordKind:
    kinds = tenant.practice.record_kinds
    found = kinds.get(name)
    if found is None:
        known = "、".join(sorted(k.name for k in kinds.values() if k.by_hand)) or "none"
        raise Invalid(f"no kind {name!r} of duty records is enabled here; known: {known}", field="kind")
    if not found.by_hand:
        raise Invalid(f"{found.title} ({name}) is recorded where it happens, and never typed in", field="kind")
    return found


def _refuse_strangers(actor: Actor, record: Record, kind: RecordKind) -> None:
    """Refuse whoever enters nothing; a deputy enters their own, for the office to check."""
    if actor.roles & ENTERING:
        if record.state not in ("entered", "confirmed"):
            raise NotAllowed(f"a record is entered or confirmed, never {record.state} from the beginning")
        if record.state == "confirmed" and not actor.roles & REVIEWING:
            raise NotAllowed(f"what a station enters is confirmed by {', '.join(sorted(REVIEWING))}")
        if record.state == "confirmed" and record.person == actor.id:
            raise NotAllowed("nobody confirms their own record; enter it, and somebody else checks it")
        return
    if record.person != actor.id or "deputy" not in actor.roles or not kind.own:
        raise NotAllowed(f"records are entered by {', '.join(sorted(ENTERING))}, and by deputies their own")
    if record.state != "entered":
        raise NotAllowed("a deputy's own record is entered, and confirmed by the office")


def _refuse_misfits(tenant: Tenant, record: Record, kind: RecordKind) -> None:
    """Refuse values that no record of the kind has.

    Raises:
        Invalid: Naming the field.
    """
    if record.on > tenant.today:
        raise Invalid(f"{record.on} has not come yet; enter it when it has happened", field="on")
    if not 1 <= record.quantity <= MOST:
        raise Invalid(f"a record counts from 1 to {MOST} {kind.unit}, not {record.quantity}", field="quantity")
    for fact, n in record.facts.items():
        if fact not in kind.measures and fact != "approx":
            known = "、".join((*kind.measures, "approx"))
            raise Invalid(f"{kind.title} has no fact {fact!r}; known: {known}", field="facts")
        if not 0 <= n <= MOST:
            raise Invalid(f"{fact} is from 0 to {MOST}, not {n}", field="facts")
    if record.source.startswith("case:") and not record.history:  # a step's own record may be corrected
        raise Invalid(
            "what comes from a case is recorded by its step; name where this was written down", field="source"
        )
    for field, texts in (("source", (record.source,)), ("title", (record.title,)), ("evidence", record.evidence)):
        for text in texts:
            if len(text) > LONGEST or not text.isprintable() or (field != "title" and not text.strip()):
                raise Invalid(f"{field} is 1 to {LONGEST} characters on one line", field=field)
    if len(record.evidence) > MOST_PROOFS or len(record.facts) > MOST_FACTS:
        raise Invalid(f"a record has up to {MOST_PROOFS} pieces of evidence and {MOST_FACTS} facts", field="evidence")


def _refuse_others(unit: Unit, record: Record, do: Do) -> None:
    """Refuse whoever may not make a mark: the person appeals and withdraws, others check, and nobody their own."""
    own = record.person == unit.actor.id
    if do == "appeal":
        if not own:
            raise NotAllowed("an appeal is made by the deputy whose record it is")
        return
    if do == "withdraw" and unit.actor.id == record.by and record.state == "entered":
        return
    if not unit.actor.roles & REVIEWING:
        raise NotAllowed(f"records are checked by {', '.join(sorted(REVIEWING))}")
    if do == "restore":
        raise NotAllowed("what was withdrawn comes back by the step that recorded it; else enter it again")
    if own:
        raise NotAllowed("nobody decides upon their own record")
    if record.state == "appealed" and unit.actor.id in _deciders(record):
        raise NotAllowed("an appeal is decided by somebody else than who decided before")


def _deciders(record: Record) -> Iterator[str]:
    """Give who entered, checked or changed a record before the appeal."""
    yield record.by
    for m in record.history:
        if m.do in ("confirm", *REASONED) and m.do != "appeal":
            yield m.by
