"""The statements on wrong tries: of codes that follow a case, and of what opens an account."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import bindparam, case, delete, update
from sqlalchemy.dialects.postgresql import insert  # SQLite writes its clause in the same words
from sqlalchemy.sql import select

from renda_core.store import tables as t
from renda_core.store.columns import Instant
from renda_core.store.compile import Query, Write, keyed, mine

_g = t.guess.c


@attrs.frozen(kw_only=True)
class GuessRow:
    """How many tries were made from somewhere, or at something, and since when."""

    since: dt.datetime
    n: int


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
CLEAR = Write(delete(t.guess).where(*keyed(t.guess, "source")))
"""Forget every try: somebody was let in who had mistyped."""
CUT_OLD = Write(delete(t.guess).where(mine(t.guess), _g.since < bindparam("before", type_=Instant)))
