"""The statements behind taken hours: which quarters of an hour people spend on which case."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import Integer, bindparam, select
from sqlalchemy.dialects.postgresql import insert  # SQLite writes its clause in the same words

from renda_core.store import tables as t
from renda_core.store.compile import Query, Write, among, cut, mine


@attrs.frozen(kw_only=True)
class SlotRow:
    """A quarter of an hour that somebody spends on a case."""

    who: str
    slot: int
    case_id: str


_s = t.case_slot.c
_columns = (_s.who, _s.slot, _s.case_id)
_span: Any = (bindparam("first", type_=Integer()), bindparam("last", type_=Integer()))
TAKEN = Query(
    select(*_columns).where(mine(t.case_slot), among(_s.who, "who"), _s.slot.between(*_span)),
    SlotRow,
)
"""What some people have to do between two quarters, both included."""
OF_CASES = Query(select(*_columns).where(mine(t.case_slot), among(_s.case_id, "case")), SlotRow)
TAKE = Write(
    insert(t.case_slot)
    .values({c.name: bindparam(c.name, type_=c.type) for c in t.case_slot.c})
    .on_conflict_do_nothing()
)
"""Take one quarter unless it is taken: of two who take it at once, the later one waits and takes none."""
FREE = cut(t.case_slot)
