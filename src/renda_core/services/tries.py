"""Wrong tries, counted by where they come from or by what they try: what is tried again and again has to wait.

A try is counted before it is looked at, and taken back where it was right, so that of many at once no more than are
allowed are looked at. A count is committed also where the answer is a refusal.
"""

from __future__ import annotations

import datetime as dt
import ipaddress

import attrs

from renda_core.errors import TooMany
from renda_core.store.guesses import CLEAR, CUT_OLD, FORGIVE, GUESS, GUESSES, GuessRow
from renda_core.store.unit import Unit

SOURCE_FIELD = "guess_source"
"""For what sources are hashed under the tenant's key; none is kept as it was given."""
NET = 64
"""Bits of an IPv6 address that name a household or an office; the rest each of its devices chooses itself."""
LONGEST = dt.timedelta(days=1)
"""The longest window of any limit: after it a count means nothing."""


@attrs.frozen(kw_only=True)
class Limit:
    """How many wrong tries are looked at in a while.

    Attributes:
        tries: That many at once.
        window: From the first wrong one on; then the count begins anew.
        first: How long the next one waits after that, each further one twice as long; by default the whole window.
        most: How long one waits at most.
    """

    tries: int
    window: dt.timedelta
    first: dt.timedelta | None = None
    most: dt.timedelta | None = None
    source: str

    def opens(self, n: int) -> dt.timedelta:
        """Say how long after the first of *n* tries one more is looked at."""
        if n < self.tries:
            return dt.timedelta(0)
        if self.first is None:
            return self.window
        total, step, most = dt.timedelta(0), self.first, self.most or self.window
        for _ in range(n - self.tries + 1):
            total += step
            if total >= self.window:
                return self.window
            step = min(2 * step, most)
        return total


@attrs.frozen(kw_only=True)
class Counted:
    """Something that is counted: under which hash, by which limit, and what is told whoever must wait."""

    where: bytes
    limit: Limit
    told: str


async def count(unit: Unit, *counted: Counted) -> TooMany | None:
    """Count one try everywhere, or give the refusal that its sender is answered; one that is refused counts nowhere."""
    waits = [
        wait
        for each in counted
        if (had := await unit.find(GUESSES, source=each.where)) is not None and (wait := _wait(unit, each, had, 0))
    ]
    if waits:
        return max(waits, key=lambda wait: wait.retry_after)
    for each in counted:
        await unit.write_unrecorded(GUESS, source=each.where, now=unit.now, edge=unit.now - each.limit.window)
    # Of many at once each finds the others counted: the last ones are beyond what is allowed.
    waits = [wait for each in counted if (wait := _wait(unit, each, await unit.one(GUESSES, source=each.where), 1))]
    return max(waits, key=lambda wait: wait.retry_after) if waits else None


async def forgive(unit: Unit, *wheres: bytes) -> None:
    """Take a try back: it was right."""
    for where in wheres:
        await unit.write_unrecorded(FORGIVE, source=where)


async def clear(unit: Unit, where: bytes) -> None:
    """Forget every try."""
    await unit.write_unrecorded(CLEAR, source=where)


async def tried(unit: Unit, where: bytes) -> int:
    """Say how many tries are counted."""
    found = await unit.find(GUESSES, source=where)
    return found.n if found else 0


async def purge(unit: Unit) -> int:
    """Take away the counts whose time is over under any limit; answer how many."""
    return await unit.write_unrecorded(CUT_OLD, before=unit.now - LONGEST)


def source_of(given: str) -> str:
    """Read where a try comes from: an IPv6 address by its network, whatever form it is written in."""
    try:
        address = ipaddress.ip_address(given.strip().partition("%")[0])
    except ValueError:
        return given.strip()
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, NET), strict=False))
    return str(address)


def _wait(unit: Unit, counted: Counted, row: GuessRow, own: int) -> TooMany | None:
    """Refuse what comes too early in a window that still runs; *own* of the count is this try itself."""
    limit = counted.limit
    if row.since + limit.window <= unit.now:
        return None
    left = (row.since + limit.opens(row.n - own) - unit.now).total_seconds()
    return TooMany(counted.told, retry_after=max(1, int(-(-left // 1)))) if left > 0 else None
