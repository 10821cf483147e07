"""Statements on imports at work, and what is kept of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs
from sqlalchemy import Integer, bindparam, delete, select, update

from renda_core.domain.case import Actor
from renda_core.store import tables as t
from renda_core.store.compile import Query, Write, add, keyed, mine

_j, _r = t.import_job, t.import_row
PAGE = 1_000
"""Imports that one statement gives at most."""


@attrs.frozen(kw_only=True)
class Facts:
    """What is known of an import.

    Attributes:
        ending: ``.xlsx`` or ``.csv``, by what the file holds.
        digest: SHA-256 of the file, in hexadecimal.
        asker: Who asked last for something to be done, and with which rights it is done.
        total: Rows of the file, of which *done* were looked at.
        counts: Rows by state.
        problems: The first problems, each with file, worksheet, row, column, field, value, message and remedy.
        more: Problems beyond those.
        reasons: Why it was refused as a whole.
        told: What applying it did.
    """

    name: str
    ending: str
    size: int
    digest: str
    asker: Actor
    worksheet: str = ""
    total: int = 0
    done: int = 0
    counts: Mapping[str, int] = attrs.Factory(dict)
    problems: tuple[Mapping[str, Any], ...] = ()
    more: int = 0
    reasons: tuple[str, ...] = ()
    told: Mapping[str, Any] = attrs.Factory(dict)
    read_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None


@attrs.frozen(kw_only=True)
class JobRow:
    """An import as stored, without the file."""

    id: str
    sheet: str
    state: str
    version: int
    author: str
    made_at: dt.datetime
    document: bytes


@attrs.frozen(kw_only=True)
class ContentRow:
    """The file, sealed; None when it was taken away."""

    content: bytes | None


@attrs.frozen(kw_only=True)
class RowRow:
    """What became of one row, as stored."""

    n: int
    state: str
    document: bytes


_job = select(_j.c.id, _j.c.sheet, _j.c.state, _j.c.version, _j.c.author, _j.c.made_at, _j.c.document)
_row = select(_r.c.n, _r.c.state, _r.c.document)
_size = bindparam("size", type_=Integer)
_after_n = _r.c.n > bindparam("after", type_=_r.c.n.type)
_before = bindparam("before", type_=_j.c.made_at.type)

ONE = Query(_job.where(*keyed(_j, "id")), JobRow)
NEWEST = Query(_job.where(mine(_j)).order_by(_j.c.id.desc()).limit(_size), JobRow)
AFTER = Query(
    _job.where(mine(_j), _j.c.id < bindparam("after", type_=_j.c.id.type)).order_by(_j.c.id.desc()).limit(_size), JobRow
)
IN_STATE = Query(_job.where(*keyed(_j, "state")).order_by(_j.c.id).limit(PAGE), JobRow)
WAITING = Query(
    _job.where(mine(_j), _j.c.content.is_not(None), _j.c.made_at < _before).order_by(_j.c.id).limit(PAGE), JobRow
)
CONTENT = Query(select(_j.c.content).where(*keyed(_j, "id")), ContentRow)
ADD = add(_j)
_changed = {name: bindparam(name, type_=_j.c[name].type) for name in ("state", "version", "document")}
_was = (*keyed(_j, "id"), _j.c.version == bindparam("was", type_=Integer))
SAVE = Write(update(_j).where(*_was).values(_changed))
END = Write(update(_j).where(*_was).values({**_changed, "content": None}))

ADD_ROW = add(_r)
CUT_ROWS = Write(delete(_r).where(*keyed(_r, "job_id")))
_rows_left = select(_r.c.n).where(mine(_r), _r.c.job_id == _j.c.id).exists()
OLD = Query(
    _job.where(mine(_j), _j.c.content.is_(None), _j.c.made_at < _before, _rows_left).order_by(_j.c.id).limit(PAGE),
    JobRow,
)
ROWS = Query(_row.where(*keyed(_r, "job_id"), _after_n).order_by(_r.c.n).limit(_size), RowRow)
ROWS_IN = Query(_row.where(*keyed(_r, "job_id", "state"), _after_n).order_by(_r.c.n).limit(_size), RowRow)
