"""Who is on a roll and who is in the hall: what those who lead the meeting read when they hand out papers."""

from __future__ import annotations

import attrs

from renda_core.domain.case import Actor
from renda_core.services import lookups
from renda_core.services.ballots.loading import load, refuse_all_but_those_who_run_it
from renda_core.store import ballots as rows
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class Entry:
    """One person of a roll. Whether anything was cast is nobody's to read here.

    Attributes:
        standing: ``entitled``, or ``suspended``: in the base, without a vote.
        issued: ``paper``, ``device``, or nothing.
    """

    person: str
    name: str
    standing: str
    present: bool
    issued: str


async def roll(reader: Reader, _: Tenant, actor: Actor, id: str) -> tuple[Entry, ...]:
    """List the roll of the present round, by name; a roll without names is empty.

    Raises:
        NotFound: There is no such ballot, or it is none of the asker's.
        NotAllowed: The asker votes, and does not run the ballot.
    """
    ballot = await load(reader, id)
    await refuse_all_but_those_who_run_it(reader, actor, ballot)
    found = await reader.all(rows.ROLL, ballot_id=id, round=len(ballot.rounds))
    names = await lookups.named(reader, (row.person for row in found))
    entries = (
        Entry(
            person=row.person,
            name=names.get(row.person, ""),
            standing=row.standing,
            present=row.present,
            issued=row.issued,
        )
        for row in found
    )
    return tuple(sorted(entries, key=lambda entry: (entry.name, entry.person)))
