"""Statements on tickets: what may be shown once."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlalchemy import bindparam, delete, select

from renda_core.store import tables as t
from renda_core.store.columns import Id, Instant
from renda_core.store.compile import Query, Write, add, keyed, mine

_t = t.ticket


@attrs.frozen(kw_only=True)
class TicketRow:
    """A ticket as stored; its body is sealed."""

    digest: bytes
    kind: str
    account_id: str | None
    body: bytes = attrs.field(repr=False)
    ends_at: dt.datetime


_whole = tuple(_t.c[f.name] for f in attrs.fields(TicketRow))
ADD_TICKET = add(_t)
LOOK = Query(select(*_whole).where(*keyed(_t, "digest", "kind")), TicketRow)
USE = Query(delete(_t).where(*keyed(_t, "digest", "kind")).returning(*_whole), TicketRow)
CUT_KIND = Write(
    delete(_t).where(*keyed(_t, "kind"), _t.c.account_id == bindparam("account_id", type_=Id)),
)
CUT_ENDED = Write(delete(_t).where(mine(_t), _t.c.ends_at < bindparam("now", type_=Instant)))
