"""Wrong tries at accounts (防爆破): whoever tries again and again waits, there and nowhere else.

Counted are the tries of one source at one account, of one source at any, and at one account from anywhere. The first
waits longer and longer; a source that tries many accounts is shut out for a while; and an account that many sources
try is looked at slowly, except from where its holder was let in before. Nothing locks an account.
"""

from __future__ import annotations

import datetime as dt

import attrs

from renda_core import compliance
from renda_core.errors import TooMany
from renda_core.services import tries
from renda_core.services.accounts import tickets
from renda_core.services.tries import SOURCE_FIELD, Counted, Limit, source_of
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

TRIED_FIELD = "account_guess"
"""For what login names, and they with sources, are hashed; neither is kept as it was given."""
KNOWN = "known"
"""The kind of a ticket that says that an account's holder was let in from somewhere before."""
REMEMBERED = dt.timedelta(days=90)
"""How long that is remembered. U: a season; whoever comes back later waits for his turn once."""
FIRST, MOST = dt.timedelta(seconds=30), dt.timedelta(minutes=15)
"""How long the first try beyond the limit waits, and how long one waits at most. U: a machine gets 100 tries a day."""
DAY = dt.timedelta(days=1)
FROM_ONE = Limit(
    tries=100,
    window=dt.timedelta(minutes=15),
    source="U: an office behind one address mistypes less; a list of passwords is longer",
)
AT_ONE = Limit(
    tries=100,
    window=DAY,
    first=dt.timedelta(seconds=30),
    most=dt.timedelta(seconds=30),
    source="U: some 3,000 guesses a day of one password find none that the rules let through",
)
TOLD = "too many wrong tries; try again later"


@attrs.frozen(kw_only=True)
class Guarded:
    """A try that was counted: what to take back where it was right.

    Attributes:
        account: What was tried; empty where there is none such.
    """

    pair: bytes
    others: tuple[bytes, ...]
    known: str = attrs.field(repr=False)
    tries: int
    source: str = attrs.field(repr=False)
    account: str


def limit(tenant: Tenant) -> Limit:
    """Give the limit of one source at one account, as the place sets it."""
    wrong = compliance.of(tenant).wrong_tries
    return Limit(tries=wrong, window=DAY, first=FIRST, most=MOST, source="the place's own: compliance.wrong_tries")


async def guard(unit: Unit, tenant: Tenant, what: str, source: str, account: str) -> Guarded | TooMany:
    """Count a try before it is looked at; or give the refusal, which is raised once the count is committed.

    Args:
        what: What is tried: a login name, known here or not, or an account's second factor.
        account: Whose; empty for nobody's.
    """
    where = source_of(source)
    pair = unit.find_key(f"{what}\n{where}", TRIED_FIELD)
    from_one, at_one = unit.find_key(where, SOURCE_FIELD + ".entry"), unit.find_key(what, TRIED_FIELD)
    counted = [
        Counted(where=pair, limit=limit(tenant), told=TOLD),
        Counted(where=from_one, limit=FROM_ONE, told=TOLD),
    ]
    if await tickets.look(unit, KNOWN, pair.hex()) is None:
        counted.append(Counted(where=at_one, limit=AT_ONE, told=TOLD))
    if refusal := await tries.count(unit, *counted):
        return refusal
    others = tuple(each.where for each in counted[1:])
    n = limit(tenant).tries
    return Guarded(pair=pair, others=others, known=pair.hex(), tries=n, source=where, account=account)


async def missed(unit: Unit, guarded: Guarded) -> None:
    """Tell the journal, once, of a source that now has to wait; where from is personal."""
    if await tries.tried(unit, guarded.pair) == guarded.tries:
        private = {"from": guarded.source} if guarded.source else None
        on = guarded.account or unit.tenant
        unit.record("account.slowed", on=on, version=0, rule="entry", tries=guarded.tries, private=private)


async def let_in(unit: Unit, guarded: Guarded) -> None:
    """Take back what was counted: it was right."""
    await tries.clear(unit, guarded.pair)
    await tries.forgive(unit, *guarded.others)


async def known_from(unit: Unit, account: str, guarded: Guarded) -> None:
    """Remember that an account's holder was let in from there."""
    if await tickets.look(unit, KNOWN, guarded.known) is None:
        await tickets.use(unit, KNOWN, guarded.known)  # one that ended is in the way of a new one
        await tickets.give(unit, KNOWN, lasts=REMEMBERED, account=account, secret=guarded.known)
