"""Guesses of codes, counted by where they come from: a code tried again and again is soon not looked at any more."""

from __future__ import annotations

import datetime as dt
import ipaddress

import attrs

from renda_core.domain.codes import read_code
from renda_core.errors import NotFound, TooMany
from renda_core.store.codes import CUT_OLD, FOLLOWED, FORGIVE, GUESS, GUESSES, GuessRow
from renda_core.store.unit import Unit

CODE_FIELD, SOURCE_FIELD = "case_code", "guess_source"
"""For what codes and sources are hashed under the tenant's key; neither is kept as it was given."""
NET = 64
"""Bits of an IPv6 address that name a household or an office; the rest each of its devices chooses itself."""


@attrs.frozen(kw_only=True)
class Guessing:
    """How many wrong codes one source may give in a while.

    Attributes:
        window: From its first wrong code on; then the count begins anew.
    """

    tries: int
    window: dt.timedelta
    source: str


GUESSING = Guessing(
    tries=10,
    window=dt.timedelta(minutes=15),
    source="U: a person misreads a code a few times; 960 tries a day find none of 8.5e11",
)
"""The same for every tenant: it protects the tenants from guests, and is no rule of theirs."""


async def case_of(unit: Unit, code: str, source: str) -> str | NotFound | TooMany:
    """Find the case that a code follows; what is given back as an error is raised once the count is committed.

    A try is counted before it is looked at, and taken back where it was right, so that of many at once no more than
    are allowed are looked at. A right one from a source with too many wrong ones is not looked at either.

    Args:
        code: As it was typed.
        source: Where it comes from, e.g. an address.

    Raises:
        Invalid: It can be no code; that tells nothing, costs nothing, and is not counted.
    """
    digest = unit.find_key(read_code(code), CODE_FIELD)
    where = unit.find_key(source_of(source), SOURCE_FIELD)
    if (had := await unit.find(GUESSES, source=where)) is not None and (refusal := _too_many(unit, had, more=1)):
        return refusal
    await unit.write_unrecorded(GUESS, source=where, now=unit.now, edge=unit.now - GUESSING.window)
    if refusal := _too_many(unit, await unit.one(GUESSES, source=where)):
        return refusal
    found = await unit.find(FOLLOWED, digest=digest)
    if found is None:
        return NotFound(
            "no matter is followed by this code; look at each letter and digit again, or ask at the station"
        )
    await unit.write_unrecorded(FORGIVE, source=where)
    return found.case_id


def source_of(given: str) -> str:
    """Read where a guess comes from: an IPv6 address by its network, whatever form it is written in."""
    try:
        address = ipaddress.ip_address(given.strip().partition("%")[0])
    except ValueError:
        return given.strip()
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, NET), strict=False))
    return str(address)


async def purge(unit: Unit) -> int:
    """Take away the counts whose time is over; answer how many."""
    return await unit.write_unrecorded(CUT_OLD, before=unit.now - GUESSING.window)


def _too_many(unit: Unit, row: GuessRow, *, more: int = 0) -> TooMany | None:
    """Refuse what goes beyond the tries of a window that still runs."""
    left = (row.since + GUESSING.window - unit.now).total_seconds()
    if row.n + more <= GUESSING.tries or left <= 0:
        return None
    return TooMany("too many wrong codes came from here; try again later", retry_after=max(1, int(-(-left // 1))))
