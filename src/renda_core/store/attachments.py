"""Statements on attached files: their rows; the content lies in the store of files, each under its row's id."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlalchemy import Integer, LargeBinary, bindparam, select, update

from renda_core.store import tables as t
from renda_core.store.columns import Id, Instant
from renda_core.store.compile import Query, Write, add, among, keyed, mine

_a = t.attachment
LIVE = _a.c.erased_at.is_(None)


@attrs.frozen(kw_only=True)
class AttachmentRow:
    """An attached file as stored; of an erased one the name is empty."""

    id: str
    about: str
    about_id: str
    name: bytes = attrs.field(repr=False)
    media: str
    size: int
    digest: str = attrs.field(repr=False)
    made_by: str
    made_at: dt.datetime
    erased_at: dt.datetime | None


@attrs.frozen(kw_only=True)
class IdRow:
    """The id of a file that is there."""

    id: str


_columns = tuple(_a.c[f.name] for f in attrs.fields(AttachmentRow))
_gone = {"name": b"", "digest": "", "erased_at": bindparam("now", type_=Instant)}
ADD = add(_a)
ONE = Query(select(*_columns).where(*keyed(_a, "id"), LIVE), AttachmentRow)
OF = Query(
    select(*_columns).where(*keyed(_a, "about_id", "about"), LIVE).order_by(_a.c.id),
    AttachmentRow,
)
ERASE = Write(update(_a).where(*keyed(_a, "id"), LIVE).values(_gone))
ERASE_OF = Write(update(_a).where(*keyed(_a, "about_id", "about"), LIVE).values(_gone))
AMONG = Query(select(_a.c.id).where(mine(_a), among(_a.c.id, "id"), LIVE), IdRow)
AFTER = Query(
    select(*_columns)
    .where(mine(_a), _a.c.id > bindparam("after", type_=Id()), LIVE)
    .order_by(_a.c.id)
    .limit(bindparam("size", type_=Integer())),
    AttachmentRow,
)
RENAME = Write(
    update(_a)
    .where(*keyed(_a, "id"), LIVE)
    .values(name=bindparam("name", type_=LargeBinary()), digest=bindparam("digest", type_=_a.c.digest.type))
)
"""Writes name and digest anew under the present key."""
