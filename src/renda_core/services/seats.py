"""Who holds or held a mandate of a congress, as the roster has it."""

from __future__ import annotations

import attrs
from sqlalchemy import select

from renda_core.domain.mandates import Mandate
from renda_core.store import tables as t
from renda_core.store.codec import decode
from renda_core.store.compile import Query, keyed
from renda_core.store.unit import Reader

_m = t.mandate


@attrs.frozen(kw_only=True)
class MandateRow:
    """A mandate as stored."""

    document: bytes


OF_CONGRESS = Query(select(_m.c.document).where(*keyed(_m, "congress")).order_by(_m.c.id), MandateRow)


async def of_congress(reader: Reader, congress: str) -> tuple[Mandate, ...]:
    """List every mandate of a congress, ended ones too."""
    return tuple(decode(r.document, Mandate) for r in await reader.all(OF_CONGRESS, congress=congress))
