"""Guesses of codes, counted by where they come from: a code tried again and again is soon not looked at any more."""

from __future__ import annotations

import datetime as dt

from renda_core.domain.codes import read_code
from renda_core.errors import NotFound, TooMany
from renda_core.services import tries
from renda_core.services.tries import SOURCE_FIELD, Counted, Limit, source_of
from renda_core.store.codes import FOLLOWED
from renda_core.store.unit import Unit

CODE_FIELD = "case_code"
"""For what codes are hashed under the tenant's key; none is kept as it was given."""
GUESSING = Limit(
    tries=10,
    window=dt.timedelta(minutes=15),
    source="U: a person misreads a code a few times; 960 tries a day find none of 8.5e11",
)
"""The same for every tenant: it protects the tenants from guests, and is no rule of theirs."""


async def case_of(unit: Unit, code: str, source: str) -> str | NotFound | TooMany:
    """Find the case that a code follows; what is given back as an error is raised once the count is committed.

    A right one from a source with too many wrong ones is not looked at either.

    Args:
        code: As it was typed.
        source: Where it comes from, e.g. an address.

    Raises:
        Invalid: It can be no code; that tells nothing, costs nothing, and is not counted.
    """
    digest = unit.find_key(read_code(code), CODE_FIELD)
    where = unit.find_key(source_of(source), SOURCE_FIELD)
    told = "too many wrong codes came from here; try again later"
    if refusal := await tries.count(unit, Counted(where=where, limit=GUESSING, told=told)):
        return refusal
    found = await unit.find(FOLLOWED, digest=digest)
    if found is None:
        return NotFound(
            "no matter is followed by this code; look at each letter and digit again, or ask at the station"
        )
    await tries.forgive(unit, where)
    return found.case_id
