"""Statements on powers that are lent, and on what of an account a second factor is."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlalchemy import bindparam, func, or_, select, update

from renda_core.store import tables as t
from renda_core.store.columns import Id, Instant
from renda_core.store.compile import Query, Write, add, keyed, mine

_d, _k = t.delegation, t.passkey


@attrs.frozen(kw_only=True)
class LoanRow:
    """Roles that one account lends to another from a day to a day, both included."""

    id: str
    giver: str
    taker: str
    roles: str
    since: dt.date
    until: dt.date
    reason: str
    ended_at: dt.datetime | None


@attrs.frozen(kw_only=True)
class HowManyRow:
    """A count."""

    n: int


_whole = tuple(_d.c[f.name] for f in attrs.fields(LoanRow))
_account = bindparam("account", type_=Id)
LOAN = Query(select(*_whole).where(*keyed(_d, "id")), LoanRow)
LOANS = Query(
    select(*_whole)
    .where(mine(_d), or_(_account.is_(None), _d.c.giver == _account, _d.c.taker == _account))
    .order_by(_d.c.since.desc(), _d.c.id)
    .limit(1_000),
    LoanRow,
)
"""The loans of an account, or of all, the latest first."""
ADD_LOAN = add(_d)
END_LOAN = Write(
    update(_d).where(*keyed(_d, "id"), _d.c.ended_at.is_(None)).values(ended_at=bindparam("now", type_=Instant))
)
LEND = Write(update(t.account).where(*keyed(t.account, "id")).values(stands_in=True))
PASSKEYS = Query(select(func.count().label("n")).select_from(_k).where(*keyed(_k, "account_id")), HowManyRow)
