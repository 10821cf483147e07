"""Statements on passkeys."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlalchemy import bindparam, select, update

from renda_core.store import tables as t
from renda_core.store.columns import Instant
from renda_core.store.compile import Query, Write, add, cut, keyed

_p = t.passkey


@attrs.frozen(kw_only=True)
class PasskeyRow:
    """A passkey as stored: its public half, and how often it says that it was used."""

    credential: bytes
    account_id: str
    public_key: bytes = attrs.field(repr=False)
    count: int
    label: str
    made_at: dt.datetime
    used_at: dt.datetime | None


_whole = tuple(_p.c[f.name] for f in attrs.fields(PasskeyRow))
ADD_PASSKEY = add(_p)
PASSKEY = Query(select(*_whole).where(*keyed(_p, "credential")), PasskeyRow)
PASSKEYS = Query(
    select(*_whole).where(*keyed(_p, "account_id")).order_by(_p.c.made_at, _p.c.credential).limit(100), PasskeyRow
)
USED = Write(
    update(_p)
    .where(*keyed(_p, "credential"))
    .values(count=bindparam("new_count", type_=_p.c.count.type), used_at=bindparam("now", type_=Instant))
)
CUT_PASSKEY = cut(_p)
