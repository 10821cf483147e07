"""What tellers entered of the bundles of a round, one sealed row a bundle and teller."""

from __future__ import annotations

import attrs
from sqlalchemy import bindparam, select, update

from renda_core.store import tables as t
from renda_core.store.compile import Query, Write, add, cut, keyed

_s = t.ballot_sheet


@attrs.frozen(kw_only=True)
class SheetRow:
    """One teller's sheet of one bundle, as stored."""

    bundle: str
    teller: str
    sealed: bytes


ALL = Query(select(_s.c.bundle, _s.c.teller, _s.c.sealed).where(*keyed(_s, "ballot_id", "round")), SheetRow)
ADD = add(_s)
SAVE = Write(
    update(_s)
    .where(*keyed(_s, "ballot_id", "round", "bundle", "teller"))
    .values(sealed=bindparam("sealed", type_=_s.c.sealed.type))
)
CUT = cut(_s)
