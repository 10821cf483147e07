"""Everybody's duty records (履职登记) going out, as an import finds them again; what is private stays here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from renda_core.domain.case import Actor
from renda_core.domain.duty import STATES, Record, RecordKind
from renda_core.errors import NotAllowed
from renda_core.services.duty import READING, sources
from renda_core.services.duty.deputies import Deputies
from renda_core.services.exports.roster import WHO as TAKING
from renda_core.services.exports.roster import Lines
from renda_core.services.imports.duty_lines import heads, titles
from renda_core.store.codec import decode
from renda_core.store.duty_lists import EVERY, NUMBERS
from renda_core.store.roster import ALL
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

WHO = READING & TAKING
"""Who takes everybody's records out of the house."""


async def lines(reader: Reader, tenant: Tenant, actor: Actor, _: str, after: str, size: int) -> Lines:
    """Read a page of the records that count or wait; private kinds, and kinds of practices that are gone, stay here.

    Raises:
        NotAllowed: The actor reads nobody else's records, or takes no registers out.
    """
    if not actor.roles & WHO:
        raise NotAllowed(f"duty records go out to {', '.join(sorted(WHO))} only")
    rows = await reader.all(EVERY, after=after, size=size)
    open_ = open_kinds(tenant)
    kept = [(record, row.again) for row in rows if (record := decode(row.document, Record)) and _told(record, open_)]
    named = _Names(
        deputies=await Deputies.load(reader),
        congresses={row["id"]: row["name"] for row in await reader.all(ALL["congress"])},
        cases=await _cases(reader, {sources.case_of(record.source) for record, _ in kept} - {""}),
        kinds=titles(tenant.practice.record_kinds),
    )
    found = [_line(record, again, open_[record.kind], named) for record, again in kept]
    return found, rows[-1].id if len(rows) == size else ""
