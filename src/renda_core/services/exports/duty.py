"""Everybody's duty records (履职登记) going out, as an import finds them again; what is private stays here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.domain.duty import STATES, Record, RecordKind
from renda_core.errors import NotAllowed
from renda_core.files.columns import Column
from renda_core.services.duty import READING, sources
from renda_core.services.duty.deputies import Deputies
from renda_core.services.exports.roster import WHO as TAKING
from renda_core.services.exports.roster import Lines
from renda_core.services.imports.duty_lines import heads, titles
from renda_core.store.codec import decode
from renda_core.store.duty_lists import EVERY, NUMBERS, NumberRow
from renda_core.store.roster import ALL
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

WHO = READING & TAKING
"""Who takes everybody's records out of the house."""
YES = "是"


@attrs.frozen(kw_only=True)
class _Names:
    """What a register calls the people, congresses, kinds and cases of a page."""

    deputies: Deputies
    congresses: Mapping[str, str]
    cases: Mapping[str, NumberRow]
    kinds: Mapping[str, str]


async def lines(reader: Reader, tenant: Tenant, actor: Actor, _: str, after: str, size: int) -> Lines:
    """Read a page of the records that count or wait; private kinds, and kinds of practices that are gone, stay here.

    Raises:
        NotAllowed: The actor reads nobody else's records, or takes no registers out.
    """
    if not actor.roles & WHO:
        raise NotAllowed(f"duty records go out to {', '.join(sorted(WHO))} only")
    rows = await reader.all(EVERY, after=after, size=size)
    open_ = open_kinds(tenant)
    read = [(decode(row.document, Record), row.again) for row in rows]
    kept = [(r, again) for r, again in read if r.kind in open_ and (r.counts or r.state == "entered")]
    named = _Names(
        deputies=await Deputies.load(reader),
        congresses={row["id"]: row["name"] for row in await reader.all(ALL["congress"])},
        cases=await _cases(reader, {sources.case_of(record.source) for record, _ in kept} - {""}),
        kinds=titles(tenant.practice.record_kinds),
    )
    found = [_line(record, again, open_[record.kind], named) for record, again in kept]
    return found, rows[-1].id if len(rows) == size else ""


def open_kinds(tenant: Tenant) -> Mapping[str, RecordKind]:
    """Give the kinds that a register may tell of: those that somebody here still knows to be nobody's secret."""
    return {name: kind for name, kind in tenant.practice.record_kinds.items() if not kind.private}


def fact_columns(tenant: Tenant) -> tuple[Column, ...]:
    """Give the columns that the kinds of this tenant add to a register, each naming the kinds that have it."""
    found: dict[str, Column] = {}
    for _, kind in sorted(open_kinds(tenant).items()):
        for head, fact in heads(kind).items():
            note = f"{found[head].note}、{kind.title}" if head in found else f"用于：{kind.title}"
            found[head] = Column(head, titles=(head,), kind=fact.cells, note=note)
    return tuple(found.values())


async def _cases(reader: Reader, ids: Collection[str]) -> dict[str, NumberRow]:
    return {row.id: row for row in await reader.among(NUMBERS, "id", ids)}


def _line(record: Record, again: bool, kind: RecordKind, named: _Names) -> dict[str, Any]:
    person, certificate = named.deputies.written(record.person, record.on, record.congress)
    case = named.cases.get(sources.case_of(record.source))
    approx = bool(record.facts.get("approx"))
    return {
        "person": person,
        "certificate": certificate or None,
        "kind": named.kinds[record.kind],
        "on": record.on,
        "quantity": f"约{record.quantity}" if approx else record.quantity,
        "title": record.title or None,
        "evidence": "\n".join(record.evidence) or None,
        "source": sources.written(record.source, case.kind, case.number) if case else record.source,
        "congress": named.congresses.get(record.congress),
        "state": STATES["confirmed" if record.counts else record.state],
        "again": YES if again else None,
        **{head: fact.written(record.facts.get(fact.code)) for head, fact in heads(kind).items()},
    }
