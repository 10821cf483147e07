"""Statements on the heads of other tenants' journals that are kept here."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlalchemy import Integer, bindparam, func, select

from renda_core.store import tables as t
from renda_core.store.compile import Query, add, keyed, mine

_w = t.witness
_before = _w.alias("before")


@attrs.frozen(kw_only=True)
class WitnessRow:
    """A head as it is kept; *statement* is what was signed, with the signatures."""

    whose: str
    seq: int
    hash: bytes
    written_at: dt.datetime
    statement: str
    received_at: dt.datetime


_columns = tuple(_w.c[f.name] for f in attrs.fields(WitnessRow))
_size = bindparam("size", type_=Integer())
ADD = add(_w)
ONE = Query(select(*_columns).where(*keyed(_w, "whose", "seq")), WitnessRow)
NEWEST = Query(select(*_columns).where(*keyed(_w, "whose")).order_by(_w.c.seq.desc()).limit(1), WitnessRow)
OF = Query(
    select(*_columns)
    .where(*keyed(_w, "whose"), _w.c.seq > bindparam("after", type_=Integer()))
    .order_by(_w.c.seq)
    .limit(_size),
    WitnessRow,
)
LATEST = Query(
    select(*_columns)
    .where(
        mine(_w),
        _w.c.whose > bindparam("after", type_=_w.c.whose.type),
        _w.c.seq
        == select(func.max(_before.c.seq))
        .where(_before.c.tenant_id == _w.c.tenant_id, _before.c.whose == _w.c.whose)
        .scalar_subquery(),
    )
    .order_by(_w.c.whose)
    .limit(_size),
    WitnessRow,
)
"""The newest head of each tenant."""
