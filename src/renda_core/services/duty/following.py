"""Duty records that follow from steps, so that nobody types them again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.duty import Do, Mark, Record, marked
from renda_core.domain.failing import Nonsense, expect
from renda_core.errors import PracticeFailed, Rejected, RendaError, Stale
from renda_core.records import RecordRule
from renda_core.services import budgets
from renda_core.services.asking import Source, asked
from renda_core.services.duty import entering, writing
from renda_core.services.duty.reading import one_record
from renda_core.store import duty as d
from renda_core.store.codec import decode, encode, new_id
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

MOST = 1_000
"""Records that one rule may make of one step: more than a congress has deputies, fewer than what never ends."""
STEP = "step"
"""What a mark of a step keeps beside the fields that it changed; a mark of people has none."""
TOLD = ("on", "quantity", "facts", "title")
"""What a step says of a record."""
Change = tuple[Record | None, Record | None]


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
    """Write the records that follow from a step, each counted in the mandates of its day.

    A record is a decoration of the step: a rule that fails, what is recorded already, and what falls outside the
    mandates of a deputy whom the roster knows, is left out and named.
    """
    found = Followed()
    for rule in tenant.practice.record_rules.get((case.kind, act.step), ()):
        source = Source(tenant=tenant, plugin=rule.plugin, what="record rule", name=rule.name)
        try:
            made = asked(source, budgets.RECORDS, partial(_made, rule, tenant, case, act), tuple)
        except PracticeFailed as error:
            found += _left_out(rule, case, error)
            continue
        found += await _written(unit, rule, case, act, made)
    return found


async def _written(unit: Unit, rule: RecordRule, case: Case, act: Act, made: Sequence[Record]) -> Followed:
    found, changes, new = Followed(), list[Change](), list[Record]()
    held = await writing.Held.load(unit, [r.person for r in made]) if made else writing.Held(())
    known = await _known(unit, {r.source for r in made} | ({whole_source(case, rule)} if rule.whole else set()))
    for record in made:
        before = known.pop((record.source, record.person, record.kind), None)
        try:
            bound = held.bound(record) if held.known(record.person) else record
            if before is None:
                new.append(attrs.evolve(bound, id=new_id(), by=bound.by or act.by))
            elif rule.whole:
                changes.append(await _brought(unit, before, partial(_changed, now=bound, act=act)))
            else:
                raise Rejected("record refused", f"{record.source} is already recorded for this person")
        except Rejected as error:
            found += _left_out(rule, case, error)
    if rule.whole:
        changes += [await _brought(unit, one, partial(_gone, case=case, act=act)) for one in known.values()]
    await writing.add_all(unit, new)
    changes = [*((None, r) for r in new), *(c for c in changes if c[0] is not c[1])]
    await writing.count(unit, changes)
    return found + Followed(made=len(changes))


async def _known(unit: Unit, sources: Iterable[str]) -> dict[tuple[str, str, str], Record]:
    """Give what is recorded of some sources, by source, person and kind."""
    rows = [row for source in sorted(sources) for row in await unit.all(d.OF_SOURCE, source=source)]
    return {(r.source, r.person, r.kind): r for r in (decode(row.document, Record) for row in rows)}


async def _brought(unit: Unit, before: Record, make: Callable[[Record], Record]) -> Change:
    """Write what a step makes of a record; where somebody marked it meanwhile, of the record as they left it."""
    after = make(before)
    try:
        if after is not before:
            await writing.change(unit, before, after)
    except Stale:
        before = await one_record(unit, before.id) or before
        if (after := make(before)) is not before:
            await writing.change(unit, before, after)
    return before, after


def _gone(before: Record, case: Case, act: Act) -> Record:
    """Withdraw what a whole list no longer gives; what people refused, or have yet to decide an appeal of, stays."""
    if before.state not in ("entered", "confirmed"):
        return before
    return _marked(before, "withdraw", act, why=f"{case.number or case.id}: {act.step}")


def _changed(known: Record, now: Record, act: Act) -> Record:
    """Bring a record to what the step says now; what people decided about it meanwhile stays.

    A whole list is told again for the sake of one person: it takes back no appeal granted to another.
    """
    after = known
    if known.state == "withdrawn":
        if STEP not in known.history[-1].was:
            return known
        after = _marked(after, "restore", act)
    decided = {f for m in known.history if STEP not in m.was for f in m.was}
    fields = {f: getattr(now, f) for f in TOLD if f not in decided and getattr(now, f) != getattr(after, f)}
    if fields and after.state in ("entered", "confirmed"):
        after = _marked(after, "correct", act, fields=fields)
        if "on" not in decided:
            after = attrs.evolve(after, mandates=now.mandates)
    return after


def _marked(before: Record, do: Do, act: Act, *, why: str = "", fields: Mapping[str, Any] | None = None) -> Record:
    """Make a mark that says which step made it."""
    after = marked(before, Mark(do=do, by=act.by, on=act.on, why=why or act.step), fields)
    mark = after.history[-1]
    return attrs.evolve(after, history=(*after.history[:-1], attrs.evolve(mark, was={**mark.was, STEP: act.step})))


def whole_source(case: Case, rule: RecordRule) -> str:
    """Name the one source of all records of a whole list that a case yields."""
    return f"case:{case.id}:{rule.plugin}.{rule.whole}"


def _left_out(rule: RecordRule, case: Case, error: RendaError) -> Followed:
    told = {"rule": f"{rule.plugin}.{rule.name}", "case": case.id, "version": case.version, "why": str(error)}
    return Followed(left_out=(told,))


def _made(rule: RecordRule, tenant: Tenant, case: Case, act: Act) -> tuple[Record, ...]:
    """Ask a rule for its records, and see that they can be stored."""
    context = tenant.contexts(case.opened_on)(rule.plugin)
    made = tuple(_storable(record) for record in islice(rule.make(context, case, act), MOST + 1))
    if len(made) > MOST:
        raise Nonsense(f"gave more than {MOST} records of one step")
    if rule.whole:
        made = tuple(attrs.evolve(r, source=whole_source(case, rule)) for r in made)
    if len({(r.source, r.person, r.kind) for r in made}) < len(made):
        raise Nonsense("gave the same record twice")
    return made


def _storable(given: Record) -> Record:
    """Give a record as it comes back from the store; one that would not must never be sent."""
    raw = encode(expect(given, Record))
    record = decode(raw, Record)
    for id in (record.person, *record.mandates):
        if str(UUID(id)) != id:
            raise Nonsense("gave a record of nobody")
    if b"\\u0000" in raw:
        raise Nonsense("gave a text that no database holds")
    if not 1 <= record.quantity <= entering.MOST or any(abs(n) > entering.MOST for n in record.facts.values()):
        raise Nonsense(f"gave a figure beyond {entering.MOST}")
    if not all(map(str.isidentifier, (record.kind, *record.facts))):
        raise Nonsense("gave a kind or a fact that has no plain name")
    if any(len(text) > entering.LONGEST for text in (record.source, record.kind)):
        raise Nonsense(f"gave a source of more than {entering.LONGEST} characters")
    return record
