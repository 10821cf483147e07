"""Statements on accounts, on what opens them, and on powers that are lent."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlalchemy import Date, Integer, and_, bindparam, delete, or_, select, update

from renda_core.domain.names import names
from renda_core.store import tables as t
from renda_core.store.columns import Id, Instant
from renda_core.store.compile import Query, Write, add, change, keyed, mine
from renda_core.store.stamps import RowVersions

_a, _s, _d = t.account, t.access, t.delegation


@attrs.frozen(kw_only=True)
class AccountRow:
    """An account as stored; what is sealed stays so.

    Attributes:
        kind: ``person`` or ``program``.
        person: The person of the roster whose account it is.
        roles: Roles that it has of itself, beside those that are lent to it.
        state: ``invited``, ``active``, ``suspended`` or ``closed``.
        stands_in: Whether anything was ever lent to it.
        until: The last day on which it opens anything.
    """

    id: str
    kind: str
    name: str
    login_key: bytes | None = attrs.field(default=None, repr=False)
    login: bytes | None = attrs.field(default=None, repr=False)
    person: str | None = None
    unit: str | None = None
    roles: str = ""
    state: str = "active"
    password: str | None = attrs.field(default=None, repr=False)
    password_at: dt.datetime | None = None
    totp: bytes | None = attrs.field(default=None, repr=False)
    totp_step: int | None = None
    stands_in: bool = False
    until: dt.date | None = None
    made_at: dt.datetime
    version: int = 0


@attrs.frozen(kw_only=True)
class AskerRow:
    """A session or a token with as much of its account as every request needs.

    Attributes:
        versions: For a ``Stamp``; empty where rows have no numbered versions.
    """

    account_id: str
    kind: str
    scopes: str
    strong: bool
    made_at: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime | None
    account_kind: str
    name: str
    person: str | None
    unit: str | None
    roles: str
    state: str
    stands_in: bool
    until: dt.date | None
    password_at: dt.datetime | None
    versions: str


@attrs.frozen(kw_only=True)
class AccessRow:
    """A session or a token as its holder is told of it; the digest names it, and opens nothing."""

    digest: bytes
    account_id: str
    kind: str
    scopes: str
    label: str
    strong: bool
    made_at: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime | None


@attrs.frozen(kw_only=True)
class TokenRow:
    """A program's token with what its account may do.

    Attributes:
        person: Under whose id the journal names it.
    """

    digest: bytes
    account_id: str
    name: str
    label: str
    person: str | None
    unit: str | None
    roles: str
    scopes: str
    made_at: dt.datetime
    seen_at: dt.datetime
    until: dt.date | None


@attrs.frozen(kw_only=True)
class LentRow:
    """Roles that are lent today, with those that their giver has of itself by now."""

    roles: str
    own: str


@attrs.frozen(kw_only=True)
class StandingRow:
    """An account that could look after the others."""

    id: str
    person: str | None
    roles: str


ACCOUNT = Query(select(*(_a.c[f.name] for f in attrs.fields(AccountRow))).where(*keyed(_a, "id")), AccountRow)
BY_LOGIN = Query(select(*(_a.c[f.name] for f in attrs.fields(AccountRow))).where(*keyed(_a, "login_key")), AccountRow)
ADD_ACCOUNT = add(_a)
CHANGE_ACCOUNT = Write(
    change(_a).source.where(_a.c.version == bindparam("was", type_=_a.c.version.type))  # type: ignore[union-attr]
)
ASKER = Query(
    select(
        _s.c.account_id,
        _s.c.kind,
        _s.c.scopes,
        _s.c.strong,
        _s.c.made_at,
        _s.c.seen_at,
        _s.c.ends_at,
        _a.c.kind.label("account_kind"),
        _a.c.name,
        _a.c.person,
        _a.c.unit,
        _a.c.roles,
        _a.c.state,
        _a.c.stands_in,
        _a.c.until,
        _a.c.password_at,
        RowVersions(_s, _a).label("versions"),
    )
    .select_from(_s.join(_a, (_a.c.tenant_id == _s.c.tenant_id) & (_a.c.id == _s.c.account_id)))
    .where(*keyed(_s, "digest"), mine(_a)),
    AskerRow,
)
LENT = Query(
    select(_d.c.roles, _a.c.roles.label("own"))
    .select_from(_d.join(_a, (_a.c.tenant_id == _d.c.tenant_id) & (_a.c.id == _d.c.giver)))
    .where(
        *keyed(_d, "taker"),
        mine(_a),
        _d.c.since <= bindparam("today", type_=Date()),
        _d.c.until >= bindparam("today", type_=Date()),
        _d.c.ended_at.is_(None),
        _a.c.state == "active",
        or_(_a.c.until.is_(None), _a.c.until >= bindparam("today", type_=Date())),
    ),
    LentRow,
)
"""What is lent holds as long as its giver has it: whoever was suspended lends nothing."""
ACCESSES = Query(
    select(*(_s.c[f.name] for f in attrs.fields(AccessRow)))
    .where(*keyed(_s, "account_id"))
    .order_by(_s.c.made_at, _s.c.label, _s.c.digest)
    .limit(500),
    AccessRow,
)
ACCESS = Query(select(*(_s.c[f.name] for f in attrs.fields(AccessRow))).where(*keyed(_s, "digest")), AccessRow)
ADD_ACCESS = add(_s)
SEEN = Write(update(_s).where(*keyed(_s, "digest")).values(seen_at=bindparam("now", type_=Instant)))
CUT_ACCESS = Write(delete(_s).where(*keyed(_s, "digest")))
CUT_ACCESSES = Write(delete(_s).where(mine(_s), _s.c.account_id == bindparam("account_id", type_=Id)))
CUT_ENDED = Write(delete(_s).where(mine(_s), _s.c.ends_at < bindparam("now", type_=Instant)))
CUT_OTHERS = Write(
    delete(_s).where(
        mine(_s),
        _s.c.account_id == bindparam("account_id", type_=Id),
        _s.c.kind == "session",
        _s.c.digest != bindparam("digest", type_=_s.c.digest.type),
    )
)
CUT_POWERS = Write(
    delete(_s).where(
        mine(_s),
        _s.c.account_id.in_(
            select(_a.c.id).where(
                mine(_a),
                or_(
                    _a.c.id == bindparam("account_id", type_=Id),
                    and_(_a.c.kind == "program", _a.c.person == bindparam("who", type_=Id)),
                ),
            )
        ),
    )
)
"""End every session and token of an account, and the tokens of programs that act under its holder's name."""
TOKENS = Query(
    select(
        _s.c.digest,
        _s.c.account_id,
        _a.c.name,
        _s.c.label,
        _a.c.person,
        _a.c.unit,
        _a.c.roles,
        _s.c.scopes,
        _s.c.made_at,
        _s.c.seen_at,
        _a.c.until,
    )
    .select_from(_s.join(_a, (_a.c.tenant_id == _s.c.tenant_id) & (_a.c.id == _s.c.account_id)))
    .where(mine(_s), mine(_a), _s.c.kind == "token")
    .order_by(_s.c.made_at, _s.c.label, _s.c.digest)
    .limit(1_000),
    TokenRow,
)
_name, _id = bindparam("after_name", type_=_a.c.name.type), bindparam("after_id", type_=Id)
_state, _who = bindparam("state", type_=_a.c.state.type), bindparam("who", type_=Id)
ACCOUNTS = Query(
    select(*(_a.c[f.name] for f in attrs.fields(AccountRow)))
    .where(
        mine(_a),
        _a.c.kind == "person",
        or_(_a.c.name > _name, and_(_a.c.name == _name, _a.c.id > _id)),
        or_(_state.is_(None), _a.c.state == _state),
    )
    .order_by(_a.c.name, _a.c.id)
    .limit(bindparam("size", type_=Integer())),
    AccountRow,
)
"""People's accounts by name, from the one after a place."""
NAMED = Query(
    select(*(_a.c[f.name] for f in attrs.fields(AccountRow)))
    .where(*keyed(_a, "name"), _a.c.kind == "person", _a.c.state != "closed")
    .limit(100),
    AccountRow,
)
OF_PERSON = Query(
    select(*(_a.c[f.name] for f in attrs.fields(AccountRow)))
    .where(mine(_a), _a.c.kind == "person", _a.c.state != "closed", or_(_a.c.id == _who, _a.c.person == _who))
    .limit(100),
    AccountRow,
)
"""Everything open under whose id the journal names one person."""
STANDING = Query(
    select(_a.c.id, _a.c.person, _a.c.roles)
    .where(
        mine(_a),
        _a.c.kind == "person",
        _a.c.state == "active",
        _a.c.until.is_(None),
        _a.c.roles.like(bindparam("pattern", type_=_a.c.roles.type)),
    )
    .order_by(_a.c.id)
    .with_for_update(),
    StandingRow,
)
"""Who has a role without an end, held until the end of the transaction: of two that go at once, one sees the other."""
STEP = Write(
    update(_a)
    .where(
        *keyed(_a, "id"),
        or_(_a.c.totp_step.is_(None), _a.c.totp_step < bindparam("step", type_=Integer())),
    )
    .values(totp_step=bindparam("step", type_=Integer()))
)
"""Use a code up; no row where this one, or a later one, was used."""
REHASH = Write(
    update(_a)
    .where(*keyed(_a, "id"), _a.c.password == bindparam("had", type_=_a.c.password.type))
    .values(password=bindparam("made", type_=_a.c.password.type))
)


def roles_of(text: str) -> frozenset[str]:
    """Read roles as they are stored."""
    return names(text)
