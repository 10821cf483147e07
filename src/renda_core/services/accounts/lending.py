"""Lending (委托): somebody's roles, some of them, in another's hands from a day to a day; then it ends by itself."""

from __future__ import annotations

import datetime as dt

import attrs

from renda_core.domain.accounts import wrong_loan
from renda_core.domain.case import Actor
from renda_core.domain.names import names
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected
from renda_core.services.accounts import powers
from renda_core.services.accounts.asking import ACTIVE
from renda_core.services.accounts.rows import held
from renda_core.services.paging import check_texts
from renda_core.store import accounts, delegations
from renda_core.store.accounts import AccountRow, roles_of
from renda_core.store.codec import new_id
from renda_core.store.delegations import LoanRow
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class NewLoan:
    """Roles that are to be lent, on both days and between them."""

    giver: str
    taker: str
    roles: frozenset[str] = attrs.field(converter=names)
    since: dt.date
    until: dt.date
    reason: str


@attrs.frozen(kw_only=True)
class Loan:
    """A loan as it is shown; *state* is ``coming``, ``running``, ``over`` or ``ended``."""

    id: str
    giver: str
    taker: str
    roles: tuple[str, ...]
    since: dt.date
    until: dt.date
    reason: str
    state: str


async def lend(unit: Unit, tenant: Tenant, new: NewLoan) -> str:
    """Lend some of somebody's own roles; give the loan's id.

    What was lent to the giver is not the giver's own, so that nothing is lent on. Every session of the taker ends
    where the loan begins at once: what a session may do does not grow while it lasts.

    Raises:
        NotAllowed: The roles are another's, and the asker may not grant roles.
        Rejected: Roles that are not lent, not the giver's own, or not so long.
    """
    giver, taker = await held(unit, new.giver), await held(unit, new.taker)
    if unit.actor.id not in _ids(giver):
        powers.refuse(tenant, unit.actor, "grant")
        powers.refuse_own(unit.actor, taker, "the powers")
    check_texts(reason=new.reason)
    if not new.reason.strip():
        raise Invalid("say in a word why", field="reason")
    said = wrong_loan(new.roles, roles_of(giver.roles), new.since, new.until, tenant.today)
    if set(_ids(giver)) & set(_ids(taker)):
        said = (*said, "giver and taker are the same person")
    said += tuple(f"the {who}'s account is {row.state}" for who, row in _not_active(giver, taker))
    if giver.until is not None and giver.until < new.until:
        said = (*said, "it would last longer than the giver's account")
    if said:
        raise Rejected("this cannot be lent", *said)
    row = LoanRow(
        id=new_id(),
        giver=giver.id,
        taker=taker.id,
        roles=" ".join(sorted(new.roles)),
        since=new.since,
        until=new.until,
        reason=new.reason.strip(),
        ended_at=None,
    )
    await unit.write(delegations.ADD_LOAN, **attrs.asdict(row))
    await unit.write(delegations.LEND, id=taker.id)
    if new.since <= tenant.today:
        await unit.write(accounts.CUT_ACCESSES, account_id=taker.id)
    unit.record(
        "account.lent",
        on=row.id,
        version=0,
        rule="delegation",
        giver=giver.id,
        taker=taker.id,
        roles=sorted(new.roles),
        since=new.since.isoformat(),
        until=new.until.isoformat(),
        private={"reason": row.reason},
    )
    return row.id


async def end(unit: Unit, tenant: Tenant, id: str) -> None:
    """End a loan before its day: giver, taker, or who grants roles. Every session of the taker ends.

    Raises:
        NotFound: There is none, or none that the asker may know of.
        Rejected: It is over already.
    """
    row = await unit.find(delegations.LOAN, id=id)
    if row is None:
        raise NotFound("no such loan")
    giver, taker = await held(unit, row.giver), await held(unit, row.taker)
    if unit.actor.id not in (*_ids(giver), *_ids(taker)):
        if not powers.may(tenant, unit.actor, "see"):
            raise NotFound("no such loan")
        powers.refuse(tenant, unit.actor, "grant")
    if row.until < tenant.today or await unit.write(delegations.END_LOAN, id=id, now=unit.now) == 0:
        raise Rejected("there is nothing to end", "the loan is over")
    await unit.write(accounts.CUT_ACCESSES, account_id=taker.id)
    unit.record("account.lent_back", on=id, version=1, rule="delegation", giver=giver.id, taker=taker.id)


async def loans(reader: Reader, tenant: Tenant, actor: Actor, account: str = "") -> list[Loan]:
    """List loans, the latest first: all to those who look after accounts, and each account's to its holder.

    Raises:
        NotAllowed: The asker may know of one account's only.
        NotFound: The account is not the asker's.
    """
    if not powers.may(tenant, actor, "see"):
        if not account:
            raise NotAllowed("name your account: the loans of all are for those who look after accounts")
        if actor.id not in _ids(await held(reader, account)):
            raise NotFound("no such account")
    rows = await reader.all(delegations.LOANS, account=account or None)
    return [_shown(row, tenant.today) for row in rows]


def _shown(row: LoanRow, today: dt.date) -> Loan:
    state = "ended" if row.ended_at else "coming" if today < row.since else "over" if row.until < today else "running"
    return Loan(
        id=row.id,
        giver=row.giver,
        taker=row.taker,
        roles=tuple(sorted(roles_of(row.roles))),
        since=row.since,
        until=row.until,
        reason=row.reason,
        state=state,
    )


def _ids(row: AccountRow) -> tuple[str, ...]:
    return (row.id, row.person) if row.person else (row.id,)


def _not_active(giver: AccountRow, taker: AccountRow) -> list[tuple[str, AccountRow]]:
    return [(who, row) for who, row in (("giver", giver), ("taker", taker)) if row.state != ACTIVE]
