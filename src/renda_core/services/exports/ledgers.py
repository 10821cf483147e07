"""Ledgers and what is overdue, whole, with the names that people read: states, units, deadlines, days past due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import Invalid
from renda_core.services import ledgers, lookups
from renda_core.services.exports.columns import LEDGER
from renda_core.services.exports.roster import Lines
from renda_core.services.ledgers import Ask
from renda_core.store.codec import decode, encode
from renda_core.store.exports import HELD, HELD_BETWEEN, Held
from renda_core.store.ledgers import LedgerRow, OverdueRow
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant


async def ledger(
    reader: Reader, tenant: Tenant, actor: Actor, sheet: str, after: str, size: int, ask: Ask | None
) -> Lines:
    """Read a part of a ledger.

    Raises:
        NotFound, Invalid: As for the ledger itself.
    """
    kind = sheet.removeprefix(LEDGER)
    if ask is not None and ask.kind != kind:
        raise Invalid(f"the question is about {ask.kind}, the export about {kind}", field="kind")
    question = ask or Ask(kind=kind)
    asked = attrs.evolve(question, size=size, after=after or question.after)
    found = await ledgers.ledger_page(reader, tenant, actor, asked)
    names = await lookups.names(reader)
    units: dict[str, list[str]] = {}
    for held in await _held(reader, kind, found.rows):
        round = next((row.round for row in found.rows if row.id == held.case_id), 0)
        if held.round == round:
            units.setdefault(held.case_id, []).append(names.get(held.unit, held.unit))
    titles = tenant.practice.procedure(kind, tenant.practice.edition(kind, tenant.today)).facets["main"].titles
    return [
        {
            "number": row.number,
            "title": row.title,
            "opened_on": row.opened_on,
            "state": titles.get(row.state, row.state) or None,
            "round": row.round,
            "units": tuple(units.get(row.id, ())) or None,
            "next_due": row.next_due,
            "days": _days(row.next_due, tenant.today),
            "closed": row.closed,
        }
        for row in found.rows
    ], found.after


async def _held(reader: Reader, kind: str, rows: Sequence[LedgerRow]) -> list[Held]:
    """Find who handles the cases of a part: at once where they stand in the order of their ids."""
    ids = [row.id for row in rows]
    if ids and ids == sorted(ids):
        return await reader.all(HELD_BETWEEN, kind=kind, after=ids[0], last=ids[-1])
    return [held for id in ids for held in await reader.all(HELD, case_id=id)]


async def overdue(
    reader: Reader, tenant: Tenant, actor: Actor, _: str, after: str, size: int, ask: Ask | None
) -> Lines:
    """Read a part of what is overdue, the longest first."""
    if ask is not None:
        raise Invalid("what is overdue is not narrowed by a ledger's question", field="ask")
    seen = decode(after.encode(), OverdueRow) if after else None
    rows = await ledgers.overdue(reader, tenant, actor, after=seen, size=size)
    names = await lookups.names(reader)
    found = [_overdue(tenant, names, row) for row in rows]
    return found, encode(rows[-1]).decode() if len(rows) == size else ""


def _overdue(tenant: Tenant, names: dict[str, str], row: OverdueRow) -> dict[str, Any]:
    procedure = tenant.practice.find(row.kind, tenant.practice.edition(row.kind, tenant.today))
    rule = procedure.clocks.get(row.clock) if procedure else None
    return {
        "kind": procedure.kind.title if procedure else row.kind,
        "number": row.number,
        "title": row.title,
        "clock": rule.title if rule and rule.title else row.clock,
        "round": row.round,
        "unit": names.get(row.unit) or row.unit or None,
        "due_on": row.due_on,
        "days": _days(row.due_on, tenant.today),
        "provisional": row.provisional,
    }


def _days(due: dt.date | None, today: dt.date) -> int | None:
    return (today - due).days if due is not None and due < today else None


__all__ = ["ledger", "overdue"]
