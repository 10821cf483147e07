"""Use cases on mandates (代表职务): a state changes by a roster event that names its legal act, and by nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import attrs
from sqlalchemy import bindparam, select, update

from renda_core.desks import DeputyOn
from renda_core.domain.areas import Term
from renda_core.domain.mandates import STATE_TITLES, Mandate, MandateEvent, apply, opening_of_next_term
from renda_core.errors import NotAllowed, NotFound, Stale
from renda_core.services.duty.rebinding import rebind
from renda_core.services.seats import MandateRow, of_congress
from renda_core.store import tables as t
from renda_core.store.bodies import HOLDING, HOLDING_OF
from renda_core.store.codec import decode, encode
from renda_core.store.compile import Query, Write, add, keyed
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class IdRow:
    """A congress that is there."""

    id: str


KEEPERS = frozenset({"office", "committee", "presidium"})
"""Who enters what the law has decided about a mandate."""
_m = t.mandate


ONE = Query(select(_m.c.document).where(*keyed(_m, "id")), MandateRow)
SAVE = Write(
    update(_m)
    .where(*keyed(_m, "id"), _m.c.document == bindparam("was", type_=_m.c.document.type))
    .values({c: bindparam(c.name, type_=c.type) for c in (_m.c.state, _m.c.valid_to, _m.c.document)})
)
"""A mandate has no version of its own: its document, which holds its whole history, is what must not have changed."""
ADD_TERM = add(t.term)
CONGRESS = Query(select(t.congress.c.id).where(*keyed(t.congress, "id")), IdRow)


async def mandate(reader: Reader, id: str) -> Mandate:
    """Load one mandate with its history, or raise ``NotFound``."""
    row = await reader.find(ONE, id=id)
    if row is None:
        raise NotFound(f"no mandate {id}")
    return decode(row.document, Mandate)


async def holders_on(
    reader: Reader, on: dt.date, congress: str = "", *, people: Collection[str] | None = None
) -> tuple[DeputyOn, ...]:
    """List who holds a mandate in force (有效) on a day and where, one row a mandate, by name.

    Whoever is elected and not confirmed yet, or suspended on that day, is left out.

    Args:
        congress: Of this congress; of any by default.
        people: Of these people only, whatever the congress; few of them are found faster than everybody.
    """
    if people is None:
        rows = await reader.all(HOLDING, on=on, congress=congress or None)
    else:
        rows = await reader.among(HOLDING_OF, "person", sorted(people), on=on)
    held = ((decode(row.document, Mandate), row) for row in rows)
    found = (
        DeputyOn(person=m.person, name=row.name, mandate=m.id, congress=m.congress, district=row.district or "")
        for m, row in held
        if m.state_on(on) == "active"
    )
    return tuple(sorted(found, key=lambda d: (d.name, d.mandate)))


async def deputies_on(reader: Reader, on: dt.date, congress: str = "") -> tuple[str, ...]:
    """Give the ids of those who hold a mandate in force (有效) on a day, each once, in order."""
    return tuple(sorted({d.person for d in await holders_on(reader, on, congress)}))


async def happen(unit: Unit, tenant: Tenant, id: str, event: MandateEvent) -> Mandate:
    """Enter what happened to a mandate in law; duty records of days on which it was not in force count in it no more.

    Raises:
        NotAllowed: The actor keeps no roster.
        Rejected: The event cannot happen to this mandate; every reason, with its article.
    """
    _refuse_strangers(unit)
    before = await mandate(unit, id)
    after = apply(before, event)
    await _save(unit, before, after)
    why = f"代表职务自 {event.on} 起{STATE_TITLES[after.state]}"
    bound = await rebind(unit, (after,), event.on, today=tenant.today, why=why)
    told: dict[str, Any] = {"records": bound} if bound else {}
    unit.record(
        f"mandate.{event.kind}",
        on=id,
        version=len(after.history),
        rule=event.legal_act,
        reason=event.reason,
        by_body=event.by_body,
        happened_on=event.on.isoformat(),
        **told,
    )
    unit.emit(f"mandate.{event.kind}", id=id)
    return after


async def open_term(unit: Unit, tenant: Tenant, term: Term) -> tuple[str, ...]:
    """Open a congress's next term: the old mandates end when its first session opens; no case is touched.

    Returns:
        The mandates that ended.

    Raises:
        NotFound: There is no such congress.
    """
    _refuse_strangers(unit)
    if await unit.find(CONGRESS, id=term.congress) is None:
        raise NotFound(f"no congress {term.congress!r}")
    held = await of_congress(unit, term.congress)
    changed = [(old, new) for old, new in zip(held, opening_of_next_term(held, term), strict=True) if old is not new]
    await unit.write(ADD_TERM, **{c.name: getattr(term, c.name) for c in t.term.c if c.name != "tenant_id"})
    for old, new in changed:
        await _save(unit, old, new)
    if changed and term.first_session_on:
        why = f"第{term.number}届第一次会议于 {term.first_session_on} 举行，上届代表职务终止"
        await rebind(unit, [new for _, new in changed], term.first_session_on, today=tenant.today, why=why)
    ended = tuple(new.id for _, new in changed)
    unit.record("term.opened", on=term.id, version=term.number, rule="代表法 2; 组织法 38", ended=len(ended))
    unit.emit("term.opened", id=term.id, ended=len(ended))
    return ended


async def _save(unit: Unit, before: Mandate, after: Mandate) -> None:
    if after is before:
        return
    row = {"id": after.id, "state": after.state, "valid_to": after.valid_to, "document": encode(after)}
    if not await unit.write(SAVE, was=encode(before), **row):
        raise Stale(f"mandate {after.id} was changed by someone else meanwhile; load it again")


def _refuse_strangers(unit: Unit) -> None:
    if not unit.actor.roles & KEEPERS:
        raise NotAllowed(f"mandates are kept by {', '.join(sorted(KEEPERS))}")
