"""Shut a tenant in one database, so that nothing is written there any more, and open it again.

A server learns from the directory that a tenant moves, and may learn it a moment late. What then still arrives finds
the journal's head shut, and is rolled back whole: no write is answered that the move does not carry along.
"""

from __future__ import annotations

import attrs
from sqlalchemy import bindparam, select, update

from renda_core.domain.case import Actor
from renda_core.errors import NotFound, Rejected
from renda_core.store import tables as t
from renda_core.store.compile import Query, Write, mine
from renda_core.store.stores import Store
from renda_core.store.unit import Unit

MOVER = Actor(id="job:move")
_h, _b = t.journal_head, t.ballot


@attrs.frozen(kw_only=True)
class OpenBallot:
    """A ballot whose box is open."""

    id: str


SHUT = Write(update(_h).where(mine(_h)).values(shut=bindparam("shut", type_=_h.c.shut.type)))
OPEN_BALLOTS = Query(select(_b.c.id).where(mine(_b), _b.c.state == "open").with_for_update(), OpenBallot)
"""Locked: whoever puts a paper into one of them is waited for."""


def shut(store: Store, tenant: str) -> None:
    """Let nothing be written for a tenant in this database; what is under way is waited for.

    Raises:
        Rejected: The box of a ballot is open: its papers have no journal entry, so nothing would hold them back.
        NotFound: The tenant is not here.
    """
    store.run(store.write(_shut, tenant, MOVER, True))


def unshut(store: Store, tenant: str) -> None:
    """Let a tenant be written again in this database, for it stays here."""
    store.run(store.write(_shut, tenant, MOVER, False))


async def _shut(unit: Unit, shut: bool) -> None:
    # The head first: whoever opens a box records it, and so waits here, or is seen by the question after.
    if not await unit.write_unrecorded(SHUT, shut=shut or None):
        raise NotFound("there is no such tenant here")
    if shut and (found := await unit.all(OPEN_BALLOTS)):
        raise Rejected("the tenant is not moved", f"{len(found)} ballots are open; close them first, or wait")
