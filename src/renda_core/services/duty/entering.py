"""Entering duty records by hand, and what happens to them after: checked, refused, appealed, corrected, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.domain.duty import REASONED, Do, Mark, Record, RecordKind, marked
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected, Stale
from renda_core.services import lookups
from renda_core.services.duty import writing
from renda_core.services.duty.proving import unproven
from renda_core.services.duty.reading import PRIVATE, may_read, one_record
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
MOST_PROOFS = 20


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
    texts = {f: _flattened(getattr(asked.record, f)) for f in ("source", "title", "evidence")}
    record = attrs.evolve(asked.record, by=unit.actor.id, history=(), formula="", **texts)
    kind, again = check(tenant, unit.actor, record), _word("again", asked.again)
    if not lookups.is_id(record.person):
        raise Invalid(f"no person {record.person!r}", field="person")
    held = await writing.Held.load(unit, (record.person,))
    said = [*unproven(tenant, record)]
    try:
        record = held.bound(record)
    except Rejected as error:
        said += error.reasons
    if said:
        raise Rejected("record refused", *said)
    if not again:
        rows = await unit.all(d.SAME_DAY, person=record.person, done_on=record.on, kind=record.kind)
        refuse_again(record, kind, [decode(row.document, Record).source for row in rows])
    made = await writing.add(unit, record)
    await writing.count(unit, [(None, made)])
    told, kept = _journalled(made, kind)
    kept |= {"again": again} if again else {}
    unit.record("record.entered", on=made.id, version=0, rule="by hand", private=kept, **told)
    unit.emit("record.entered", id=made.id)
    return made


async def mark(unit: Unit, tenant: Tenant, asked: Marking) -> Record:
    """Check, refuse, correct or withdraw a record, appeal against one, or decide an appeal.

    Raises:
        NotFound: There is no such record for this actor.
        NotAllowed: The actor may not do this, or would decide upon their own.
        Stale: Somebody was faster.
        Invalid: A word or a value that it changes does not fit.
        Rejected: The state does not allow it, a reason is missing, or the record would no longer hold; nothing changes.
    """
    before = await one_record(unit, asked.id)
    if before is None or not may_read(tenant, unit.actor, before):
        raise NotFound(f"no record {asked.id}")
    _refuse_others(unit, before, asked.do)
    if asked.seen is not None and asked.seen != len(before.history):
        raise Stale(f"record {asked.id} was changed by someone else meanwhile; load it again", id=asked.id)
    made = Mark(do=asked.do, by=unit.actor.id, on=tenant.today, why=_word("why", asked.why))
    after = marked(before, made, {field: _flattened(value) for field, value in asked.changes.items()})
    kind = tenant.practice.record_kinds.get(after.kind)
    _refuse_misfits(tenant, after, kind, before)
    if after.on != before.on or (after.counts and not before.counts):
        held = await writing.Held.load(unit, (after.person,))
        after = held.bound_anew(before, after) if held.known(after.person) else after
    stays = asked.do == "uphold"  # what a rule asks for since keeps no appeal open
    if after.state == "confirmed" and not stays and (said := [*unproven(tenant, after)]):
        raise Rejected("record refused", *said)
    await writing.change(unit, before, after)
    await writing.count(unit, [(before, after)])
    what, n = f"record.{asked.do}", len(after.history)
    told, kept = _journalled(after, kind)
    unit.record(what, on=after.id, version=n, rule="by hand", private=kept, state=after.state, **told)
    unit.emit(what, id=after.id, version=n)
    return after


def flat(text: str) -> str:
    """Bring a text to one line; the wide spaces of Chinese typing are spaces, and blanks make no other source."""
    return " ".join(text.split())


def _flattened(value: Any) -> Any:
    return flat(value) if isinstance(value, str) else tuple(map(flat, value)) if isinstance(value, tuple) else value


def _word(field: str, given: str) -> str:
    """Read why somebody does something, or raise ``Invalid``."""
    found = flat(given)
    if len(found) > LONGEST or not found.isprintable():
        raise Invalid(f"{field} is up to {LONGEST} characters that can be printed", field=field)
    return found


def _journalled(record: Record, kind: RecordKind | None) -> tuple[dict[str, str], dict[str, str]]:
    """Give what the journal says of a record, and what is kept beside its chain: of a private kind, whose and which."""
    named = {"kind": record.kind, "person": record.person}
    return ({}, named) if kind is None or kind.private else (named, {})


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
        if kind.private and not actor.roles & PRIVATE:  # or what stands there already would tell of it
            raise NotAllowed(f"{kind.title} is private, and entered by {', '.join(sorted(PRIVATE))}")
        if record.state == "confirmed" and not actor.roles & REVIEWING:
            raise NotAllowed(f"what a station enters is confirmed by {', '.join(sorted(REVIEWING))}")
        if record.state == "confirmed" and record.person == actor.id:
            raise NotAllowed("nobody confirms their own record; enter it, and somebody else checks it")
        return
    if record.person != actor.id or "deputy" not in actor.roles or not kind.own:
        raise NotAllowed(f"records are entered by {', '.join(sorted(ENTERING))}, and by deputies their own")
    if record.state != "entered":
        raise NotAllowed("a deputy's own record is entered, and confirmed by the office")


def _refuse_misfits(tenant: Tenant, record: Record, kind: RecordKind | None, before: Record | None = None) -> None:
    """Refuse values that no record of the kind has; of one that is there already, only those that change.

    Args:
        kind: None where its practice is gone.

    Raises:
        Invalid: Naming the field.
    """

    def new(field: str) -> bool:
        return before is None or getattr(before, field) != getattr(record, field)

    if new("on") and record.on > tenant.today:
        raise Invalid(f"{record.on} has not come yet; enter it when it has happened", field="on")
    if new("quantity") and not 1 <= record.quantity <= MOST:
        unit = f" {kind.unit}" if kind else ""
        raise Invalid(f"a record counts from 1 to {MOST}{unit}, not {record.quantity}", field="quantity")
    _refuse_facts(tenant, record, kind, before.facts if before else {})
    if before is None and record.source.startswith("case:"):
        raise Invalid(
            "what comes from a case is recorded by its step; name where this was written down", field="source"
        )
    for field, texts in (("source", (record.source,)), ("title", (record.title,)), ("evidence", record.evidence)):
        for text in texts if new(field) else ():
            if len(text) > LONGEST or not text.isprintable() or (field != "title" and not text.strip()):
                raise Invalid(f"{field} is 1 to {LONGEST} characters on one line", field=field)
    if new("evidence") and len(record.evidence) > MOST_PROOFS:
        raise Invalid(f"a record has up to {MOST_PROOFS} pieces of evidence", field="evidence")


def _refuse_facts(tenant: Tenant, record: Record, kind: RecordKind | None, was: Mapping[str, int]) -> None:
    """Refuse facts that no record of the kind has; a year's result may lie below zero."""
    known = (*(kind.measures if kind else was), "approx")
    least = -MOST if record.kind in {rule.result for rule in tenant.practice.scores.values()} else 0
    for fact, n in record.facts.items():
        if was.get(fact) == n:
            continue
        if fact not in known:
            title = kind.title if kind else record.kind
            raise Invalid(f"{title} has no fact {fact!r}; known: {'、'.join(known)}", field="facts")
        if not least <= n <= MOST:
            raise Invalid(f"{fact} is from {least} to {MOST}, not {n}", field="facts")


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
        raise NotAllowed("what a step withdrew comes back by the step; else enter it again, its source named otherwise")
    if own:
        raise NotAllowed("nobody decides upon their own record")
    if record.state == "appealed" and unit.actor.id in _deciders(record):
        raise NotAllowed("an appeal is decided by somebody else than who decided before")


def _deciders(record: Record) -> Iterator[str]:
    """Give who entered, checked or changed a record before the appeal."""
    yield record.by
    for m in record.history:
        if m.do in ("confirm", "restore", *REASONED) and m.do != "appeal":
            yield m.by
