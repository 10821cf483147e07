"""The statements on codes that follow a case, and on wrong guesses of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import bindparam, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite writes its clause in the same words

from renda_core.store import tables as t
from renda_core.store.columns import Instant
from renda_core.store.compile import Query, Write, add, keyed, mine

_c, _g = t.case_code.c, t.guess.c


@attrs.frozen(kw_only=True)
class CodeRow:
    """The case that a code follows."""

    case_id: str


@attrs.frozen(kw_only=True)
class GuessRow:
    """How many tries a source has made, and since when."""

    since: dt.datetime
    n: int


FOLLOWED = Query(select(_c.case_id).where(*keyed(t.case_code, "digest")), CodeRow)
HAS_CODE = Query(select(_c.case_id).where(*keyed(t.case_code, "case_id")), CodeRow)
ADD_CODE = add(t.case_code)
CUT_CODE = Write(delete(t.case_code).where(*keyed(t.case_code, "case_id")))
GUESSES = Query(select(_g.since, _g.n).where(*keyed(t.guess, "source")), GuessRow)

_now: Any = bindparam("now", type_=Instant)
_over = _g.since <= bindparam("edge", type_=Instant)
GUESS = Write(
    insert(t.guess)
    .values(
        tenant_id=bindparam("tenant_id", type_=_g.tenant_id.type),
        source=bindparam("source", type_=_g.source.type),
        since=_now,
        n=1,
    )
    .on_conflict_do_update(
        index_elements=[_g.tenant_id, _g.source],
        set_={"since": case((_over, _now), else_=_g.since), "n": case((_over, 1), else_=_g.n + 1)},
        where=mine(t.guess),
    )
)
"""Count one more try; of two at once the later waits for the earlier, so that each is counted."""
FORGIVE = Write(update(t.guess).where(*keyed(t.guess, "source"), _g.n > 0).values(n=_g.n - 1))
"""Take a try back: it was none."""
CUT_OLD = Write(delete(t.guess).where(mine(t.guess), _g.since < bindparam("before", type_=Instant)))
