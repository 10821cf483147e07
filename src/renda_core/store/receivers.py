"""Statements on the other systems that are told of events, and on the events that wait for them."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlalchemy import and_, bindparam, delete, false, null, or_, select, update

from renda_core.store import tables as t
from renda_core.store.columns import Id
from renda_core.store.compile import Query, Write, add, cut, keyed, mine

_r, _o, _j = t.receiver, t.outbox, t.journal


@attrs.frozen(kw_only=True)
class ReceiverRow:
    """A receiver as stored; the secret is sealed.

    Attributes:
        events: Patterns, with spaces.
        seq, last: The entry and the id of the last event that is behind it: told, or not meant for it.
        failures: Tries of the next event that failed, one after the other; *trouble* says how the last one did.
        again_at: Before that moment it is not tried again.
        lease, leased_until: Whoever tells it just now.
    """

    name: str
    url: str
    events: str
    secret: bytes = attrs.field(repr=False)
    active: bool
    seq: int
    last: str
    failures: int
    again_at: dt.datetime | None
    trouble: str
    lease: str | None
    leased_until: dt.datetime | None
    version: int


@attrs.frozen(kw_only=True)
class EventRow:
    """An event that waits, with the entry of the journal that caused it."""

    id: str
    seq: int
    name: str
    body: str
    entry: str


def _bound(name: str, column: str = "") -> object:
    return bindparam(name, type_=_r.c[column or name].type)


_held = (*keyed(_r, "name"), _r.c.lease == _bound("lease"))
_behind = or_(
    _o.c.seq < bindparam("seq", type_=_o.c.seq.type),
    and_(_o.c.seq == bindparam("seq", type_=_o.c.seq.type), _o.c.id <= bindparam("last", type_=Id)),
)
_free = {"lease": null(), "leased_until": null()}
RECEIVERS = Query(
    select(*(_r.c[f.name] for f in attrs.fields(ReceiverRow))).where(mine(_r)).order_by(_r.c.name).limit(100),
    ReceiverRow,
)
RECEIVER = Query(
    select(*(_r.c[f.name] for f in attrs.fields(ReceiverRow))).where(*keyed(_r, "name")),
    ReceiverRow,
)
ADD_RECEIVER = add(_r)
CHANGE_RECEIVER = Write(  # it goes on where it was; whoever tells it by the old address loses the lease
    update(_r)
    .where(*keyed(_r, "name"), _r.c.version == bindparam("was", type_=_r.c.version.type))
    .values(
        url=_bound("url"),
        events=_bound("events"),
        secret=_bound("secret"),
        active=_bound("active"),
        version=_bound("version"),
        failures=0,
        again_at=null(),
        trouble="",
        **_free,
    )
)
MOVE = Write(update(_r).where(*keyed(_r, "name")).values(seq=_bound("seq"), last=_bound("last")))
SWITCH_OFF = Write(
    update(_r).where(*_held).values(active=false(), trouble=_bound("trouble"), version=_r.c.version + 1, **_free)
)
CUT_RECEIVER = cut(_r)
LEASE = Write(
    update(_r)
    .where(
        *keyed(_r, "name"),
        _r.c.active,
        or_(_r.c.leased_until.is_(None), _r.c.leased_until <= _bound("now", "leased_until")),
        or_(_r.c.again_at.is_(None), _r.c.again_at <= _bound("now", "again_at")),
    )
    .values(lease=_bound("lease"), leased_until=_bound("until", "leased_until"))
)
TOLD = Write(
    update(_r)
    .where(*_held)
    .values(
        seq=_bound("seq"),
        last=_bound("last"),
        leased_until=_bound("until", "leased_until"),
        failures=0,
        again_at=null(),
        trouble="",
    )
)
FAILED = Write(
    update(_r)
    .where(*_held)
    .values(failures=_bound("failures"), again_at=_bound("again_at"), trouble=_bound("trouble"), **_free)
)
LET_GO = Write(update(_r).where(*_held).values(**_free))
WAITING = Query(
    select(_o.c.id, _o.c.seq, _o.c.name, _o.c.body, _j.c.entry)
    .join_from(_o, _j, and_(_j.c.tenant_id == _o.c.tenant_id, _j.c.seq == _o.c.seq))
    .where(mine(_o), ~_behind)
    .order_by(_o.c.seq, _o.c.id)
    .limit(bindparam("size", type_=_o.c.seq.type)),
    EventRow,
)
CUT_TOLD = Write(delete(_o).where(mine(_o), _behind))
