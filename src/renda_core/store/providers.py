"""Statements on a tenant's OpenID Connect providers, and on whom they mean."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlalchemy import bindparam, delete, select

from renda_core.store import tables as t
from renda_core.store.columns import Id
from renda_core.store.compile import Query, Write, add, change, cut, keyed, mine

_i, _p = t.identity_provider, t.provided


@attrs.frozen(kw_only=True)
class ProviderRow:
    """A provider as stored; the secret is sealed.

    Attributes:
        name: As it stands in addresses.
        client: Who we are to it.
        claim: What of its token names somebody for good.
    """

    name: str
    title: str
    issuer: str
    client: str
    secret: bytes = attrs.field(repr=False)
    claim: str
    active: bool
    version: int


@attrs.frozen(kw_only=True)
class ProvidedRow:
    """Whom a provider means by a subject, which is hashed under the tenant's key."""

    provider: str
    subject: bytes = attrs.field(repr=False)
    account_id: str
    made_at: dt.datetime


_whole = tuple(_i.c[f.name] for f in attrs.fields(ProviderRow))
_meant = tuple(_p.c[f.name] for f in attrs.fields(ProvidedRow))
PROVIDER = Query(select(*_whole).where(*keyed(_i, "name")), ProviderRow)
PROVIDERS = Query(select(*_whole).where(mine(_i)).order_by(_i.c.name).limit(100), ProviderRow)
ADD_PROVIDER = add(_i)
CHANGE_PROVIDER = Write(
    change(_i).source.where(_i.c.version == bindparam("was", type_=_i.c.version.type))  # type: ignore[union-attr]
)
CUT_PROVIDER = cut(_i)
MEANT = Query(select(*_meant).where(*keyed(_p, "provider", "subject")), ProvidedRow)
OF_ACCOUNT = Query(
    select(*_meant).where(*keyed(_p, "account_id")).order_by(_p.c.provider, _p.c.made_at).limit(100), ProvidedRow
)
ADD_MEANT = add(_p)
CUT_MEANT = Write(delete(_p).where(*keyed(_p, "provider"), _p.c.account_id == bindparam("account_id", type_=Id)))
CUT_ALL_MEANT = Write(delete(_p).where(*keyed(_p, "provider")))
