"""Statements on the directory of tenants: who is hosted, where, under which names; it is no tenant's own."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Integer, bindparam, delete, func, insert, or_, select, update

from renda_core.store import tables as t
from renda_core.store.compile import Query, Write

_d, _h = t.directory, t.directory_host


@attrs.frozen(kw_only=True)
class DirectoryRow:
    """A tenant as the directory has it.

    Attributes:
        state: ``active``, ``suspended``, ``closing`` or ``moving``.
        silo: The name of the database of its own; empty where it lives with the others.
        operator: Whether it is the operator's own tenant.
        delete_on: From which day on its data may be deleted; set while it is closing.
        exported_at: When its data were last given out whole since it began to close.
        witness: The tenant that keeps the heads of its journal.
        version: How often the entry was changed.
        told: Up to which version the tenant's own journal knows of it.
        configured: The version of its configuration, where it lives in the directory's own database; else 0.
    """

    id: str
    code: str
    name: str
    level: str
    state: str
    silo: str
    operator: bool
    delete_on: dt.date | None
    exported_at: dt.datetime | None
    witness: str | None
    version: int
    told: int
    configured: int
    changed_at: dt.datetime


@attrs.frozen(kw_only=True)
class HostRow:
    """A name under which a tenant is reached."""

    host: str
    id: str


@attrs.frozen(kw_only=True)
class MarkRow:
    """What is not the same as soon as anything in the directory is not."""

    entries: int
    versions: int | None
    newest: dt.datetime | None


_columns = tuple(_d.c[a.name] for a in attrs.fields(DirectoryRow))
_hosts = (_h.c.host, _h.c.id)


def _bound(name: str) -> object:
    return _d.c[name] == bindparam(name, type_=_d.c[name].type)


_marks: tuple[ColumnElement[Any], ...] = (
    func.count().label("entries"),
    # a sum is numeric on PostgreSQL, and an exact one
    func.sum(_d.c.version + _d.c.configured, type_=Integer()).label("versions"),
    func.max(_d.c.changed_at).label("newest"),
)
MARK = Query(select(*_marks).select_from(_d), MarkRow, cross_tenant=True)
ALL = Query(select(*_columns).order_by(_d.c.code), DirectoryRow, cross_tenant=True)
PAGE = Query(
    select(*_columns)
    .where(_d.c.code > bindparam("after", type_=_d.c.code.type))
    .where(or_(bindparam("state", type_=_d.c.state.type) == "", _d.c.state == bindparam("state")))
    .order_by(_d.c.code)
    .limit(bindparam("size", type_=Integer())),
    DirectoryRow,
    cross_tenant=True,
)
HOSTS = Query(select(*_hosts).order_by(_h.c.host), HostRow, cross_tenant=True)
ONE = Query(select(*_columns).where(_bound("id")), DirectoryRow, cross_tenant=True)  # type: ignore[arg-type]
OF_CODE = Query(select(*_columns).where(_bound("code")), DirectoryRow, cross_tenant=True)  # type: ignore[arg-type]
OF_HOST = Query(select(*_hosts).where(_h.c.host == bindparam("host", type_=_h.c.host.type)), HostRow, cross_tenant=True)
HOSTS_OF = Query(
    select(*_hosts).where(_h.c.id == bindparam("id", type_=_h.c.id.type)).order_by(_h.c.host),
    HostRow,
    cross_tenant=True,
)
ADD = Write(insert(_d).values({c.name: bindparam(c.name, type_=c.type) for c in _d.c}), cross_tenant=True)
CHANGE = Write(
    update(_d)
    .where(_bound("id"), _d.c.version == bindparam("was", type_=Integer()))  # type: ignore[arg-type]
    .values({c.name: bindparam(c.name, type_=c.type) for c in _d.c if c.name not in ("id", "told", "configured")}),
    cross_tenant=True,
)
TOLD = Write(
    update(_d)
    .where(_bound("id"), _d.c.told < bindparam("version", type_=Integer()))  # type: ignore[arg-type]
    .values(told=bindparam("version", type_=Integer())),
    cross_tenant=True,
)
"""Touches nothing where somebody else has told it already."""
UNTOLD = Query(
    select(*_columns)
    .where(_d.c.told < _d.c.version, _d.c.changed_at < bindparam("before", type_=_d.c.changed_at.type))
    .order_by(_d.c.code),
    DirectoryRow,
    cross_tenant=True,
)
CUT = Write(delete(_d).where(_bound("id")), cross_tenant=True)  # type: ignore[arg-type]
ADD_HOST = Write(insert(_h).values({c.name: bindparam(c.name, type_=c.type) for c in _h.c}), cross_tenant=True)
CUT_HOST = Write(delete(_h).where(_h.c.host == bindparam("host", type_=_h.c.host.type)), cross_tenant=True)
CONFIGURED = Write(
    update(_d)
    .where(_d.c.id == bindparam("tenant_id", type_=_d.c.id.type))
    .values({name: bindparam(name, type_=_d.c[name].type) for name in ("configured", "name", "level")})
)
"""Say in the directory that one's own configuration changed; touches nothing where the directory lies elsewhere."""
