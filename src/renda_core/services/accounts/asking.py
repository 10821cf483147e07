"""Who asks: a session or a token looked up in the very transaction that then does what was asked."""

from __future__ import annotations

import datetime as dt

import attrs

from renda_core import compliance
from renda_core.domain.accounts import THREE, awake
from renda_core.domain.case import Actor
from renda_core.errors import Rejected
from renda_core.store import accounts
from renda_core.store.accounts import AskerRow
from renda_core.store.stamps import Stamp
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

SESSION, TOKEN = "session", "token"
PERSON, PROGRAM = "person", "program"
ACTIVE = "active"


@attrs.frozen(kw_only=True)
class Asker:
    """Somebody who was let in.

    Attributes:
        account: The account's id.
        by: ``session`` or ``token``.
        kind: ``person`` or ``program``.
        actor: As the services know them; their roles include those that are lent today.
        scopes: Permissions that the token is limited to; empty for all that the account has.
        strong: Whether a second factor was shown.
        stale: Whether it is time to note that the session is in use.
        digest: The hash of the secret that let them in.
        row: What was read of them.
        several: Whether they were given several of the three administrators: which they act as, the date may change.
    """

    account: str
    by: str
    kind: str
    name: str
    actor: Actor
    scopes: frozenset[str]
    strong: bool
    stale: bool
    digest: bytes = attrs.field(repr=False)
    row: AskerRow = attrs.field(repr=False, eq=False)
    several: bool = False
    stamp: Stamp | None = attrs.field(init=False, repr=False, eq=False)
    """By what it is seen that nothing of this has changed; None where more than two rows say so, or the date does."""

    @stamp.default
    def _stamped(self) -> Stamp | None:
        lasting = self.row.versions and not self.row.stands_in and not self.several
        return Stamp(self.digest, self.row.versions) if lasting else None

    def lapsed(self, tenant: Tenant, now: dt.datetime) -> bool:
        """Tell whether time has ended what let them in, though nothing has changed."""
        return _over(self.row, tenant, now)


RECENT = dt.timedelta(minutes=15)
"""How long ago somebody may have signed in who takes in another way to do so: whoever finds a browser left open cannot.

U: OWASP ASVS 5.0 § 7.5.1 asks that one signs in anew before such a change, and states no time.
"""
NOTED = dt.timedelta(minutes=1)
"""How exactly it is kept when a session was last used: a write for every request would buy nothing."""


async def confirm(reader: Reader, tenant: Tenant, digest: bytes, by: str) -> Asker | None:
    """Find who a session or a token belongs to; None where it opens nothing, whatever the reason.

    Args:
        by: As what it was shown: a token opens nothing as a session, nor the other way round.
    """
    row = await reader.find(accounts.ASKER, digest=digest)
    if row is None or row.kind != by or _over(row, tenant, reader.now):
        return None
    roles = accounts.roles_of(row.roles)
    if several := len(roles & THREE) > 1:
        roles = awake(roles, apart=compliance.of(tenant).three_roles)
    if row.stands_in:
        lent = await reader.all(accounts.LENT, taker=row.account_id, today=tenant.today)
        roles = roles.union(*(accounts.roles_of(each.roles) & accounts.roles_of(each.own) for each in lent))
    return Asker(
        account=row.account_id,
        by=row.kind,
        kind=row.account_kind,
        name=row.name,
        actor=Actor(id=row.person or row.account_id, roles=roles, unit=row.unit or ""),
        scopes=accounts.roles_of(row.scopes),
        strong=row.strong,
        stale=reader.now - row.seen_at > NOTED,
        digest=digest,
        row=row,
        several=several,
    )


def _over(row: AskerRow, tenant: Tenant, now: dt.datetime) -> bool:
    """Tell whether it opens nothing any more."""
    if row.state != ACTIVE or (row.until is not None and row.until < tenant.today):
        return True
    if row.ends_at is not None and row.ends_at <= now:
        return True
    return row.kind == SESSION and now - row.seen_at > compliance.of(tenant).idle


async def is_recent(reader: Reader, _: Tenant, __: Actor, asker: Asker) -> bool:
    """Tell whether somebody signed in so lately that they may take in another way to do so."""
    return reader.now - asker.row.made_at <= RECENT


async def refuse_long_ago(reader: Reader, tenant: Tenant, actor: Actor, asker: Asker) -> None:
    """Refuse to take in another way to sign in by a session that is open for long.

    Raises:
        Rejected: It is.
    """
    if not await is_recent(reader, tenant, actor, asker):
        raise Rejected("nothing is taken in", "this session is open for long; sign in anew first")
