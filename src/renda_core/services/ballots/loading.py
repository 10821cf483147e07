"""Loading a ballot, keeping it, and who may do what with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

import attrs

from renda_core import sealing
from renda_core.domain.ballot import Ballot, Round
from renda_core.domain.case import Actor
from renda_core.errors import NotAllowed, NotFound, Rejected
from renda_core.records import BallotKind
from renda_core.services import lookups
from renda_core.store import ballots as rows
from renda_core.store.codec import decode, encode
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

TELLERS = Actor(id="job:ballot", roles={"ballot"})
MEETING = frozenset({"office", "presidium", "congress"})
"""Who prepares, opens and closes a vote; tellers and scrutineers are named with each ballot."""
SHUT = ("closed", "counted", "declared")
"""States of a round into which nobody votes any more."""


@attrs.frozen(kw_only=True)
class Held:
    """A ballot with what its row says besides: when the box of its present round shuts by itself."""

    ballot: Ballot
    closes_at: dt.datetime | None

    @property
    def number(self) -> int:
        """The present round, from 1."""
        return len(self.ballot.rounds)

    @property
    def round(self) -> Round:
        """The present round."""
        return self.ballot.rounds[-1]

    @property
    def awaits_count(self) -> bool:
        """Whether papers may be entered and counted: also of a round that is void by its numbers alone.

        Of such a round no paper was counted, and a slip of the pen in one number must not void a vote.
        """
        now = self.round
        void = now.state == "counted" and now.verdict is not None and now.verdict.clause == "void_round"
        return now.state == "closed" or void


async def load(reader: Reader, id: str) -> Ballot:
    """Load one ballot, or raise ``NotFound``."""
    return (await look(reader, id)).ballot


async def look(reader: Reader, id: str) -> Held:
    """Load one ballot with what its row says besides, or raise ``NotFound``."""
    return _held(await reader.all(rows.ONE, id=id) if is_id(id) else [], id)


async def hold(unit: Unit, id: str) -> Held:
    """Load one ballot to change it: until the use case ends, no paper is taken and nobody else changes it."""
    return _held(await unit.all(rows.HOLD, id=id) if is_id(id) else [], id)


def _held(found: list[rows.BallotRow], id: str) -> Held:
    for row in found:
        return Held(ballot=decode(row.document, Ballot), closes_at=row.closes_at)
    raise NotFound(f"no ballot {id}")


async def save(unit: Unit, held: Held, after: Ballot, *, closes_at: dt.datetime | None) -> None:
    """Keep a ballot; its row shows the state of its last round, which a cast asks for."""
    last = after.rounds[-1]
    row = {"id": after.id, "state": last.state, "round": len(after.rounds), "closes_at": closes_at}
    row |= {"version": after.version, "document": encode(after)}
    await unit.save(rows.SAVE, row, was=held.ballot.version)


def is_id(text: str) -> bool:
    """Tell whether a text can be an id, so that what is none is not found and not a defect."""
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def offered_by(tenant: Tenant, kind: str) -> BallotKind:
    """Give the sort of vote that an enabled plugin offers, or raise ``NotFound``."""
    offered = tenant.practice.ballots.get(kind)
    if offered is None:
        raise NotFound(f"no ballot {kind!r}; known: {', '.join(sorted(tenant.practice.ballots)) or 'none'}")
    return offered


def refuse_strangers(actor: Actor) -> None:
    """Refuse whoever leads no meeting.

    Raises:
        NotAllowed: Naming who does.
    """
    if not actor.roles & MEETING:
        raise NotAllowed(f"ballots are opened and declared by {', '.join(sorted(MEETING))}")


def is_officer(actor: Actor, ballot: Ballot) -> bool:
    """Tell whether somebody counts or watches over this ballot (计票人, 监票人)."""
    return actor.id in ballot.tellers or actor.id in ballot.scrutineers


async def may_look(reader: Reader, actor: Actor, ballot: Ballot) -> None:
    """Refuse who neither leads the meeting, nor counts, nor is on a roll of this ballot.

    Raises:
        NotFound: To others there is no such ballot.
    """
    if actor.roles & MEETING or actor.roles & ballot.rule.announced_by or is_officer(actor, ballot):
        return
    if not is_id(actor.id) or not await reader.all(rows.SLOTS, ballot_id=ballot.id, person=actor.id):
        raise NotFound(f"no ballot {ballot.id}")


def may_run(actor: Actor, ballot: Ballot) -> bool:
    """Tell whether somebody leads the meeting, or is an officer of this ballot."""
    return bool(actor.roles & MEETING) or is_officer(actor, ballot)


async def refuse_all_but_those_who_run_it(reader: Reader, actor: Actor, ballot: Ballot) -> None:
    """Refuse who neither leads the meeting nor is an officer of this ballot.

    Raises:
        NotFound: The ballot is none of the asker's.
        NotAllowed: The asker votes, and does not count.
    """
    if not may_run(actor, ballot):
        await may_look(reader, actor, ballot)
        raise NotAllowed("this is for those who lead the meeting, and for the tellers and scrutineers of this ballot")


def round_of(ballot: Ballot, number: int, *states: str) -> Round:
    """Give one round, from 1; the last with 0.

    Raises:
        NotFound: There is no such round.
        Rejected: It is in none of these states yet.
    """
    if not 0 <= number <= len(ballot.rounds):
        raise NotFound(f"ballot {ballot.id} has no round {number}")
    found = ballot.rounds[number - 1] if number else ballot.rounds[-1]
    if states and found.state not in states:
        raise Rejected(
            "not at this time", f"round {number or len(ballot.rounds)} is {found.state}, not {' or '.join(states)}"
        )
    return found


async def titles_of(reader: Reader, subjects: Iterable[str]) -> dict[str, str]:
    """Say what each subject is called: a case by its title, a unit or person by name, anything else by its id."""
    listed = tuple(dict.fromkeys(subjects))
    ids = [s for s in listed if is_id(s)]
    cases = {c.id: c.title for c in await reader.among(rows.TITLES, "case", ids)}
    others = [s for s in ids if s not in cases]
    named = await lookups.named(reader, others) if others else {}
    return {s: cases.get(s) or named.get(s) or s for s in listed}


def size_of(ballot: Ballot) -> int:
    """Tell how many bytes each sealed paper of the present round has; 0 where none is sealed."""
    sealed = ballot.electronic and ballot.rule.secret
    return sealing.Sheet.of(ballot, len(ballot.rounds), {}).size if sealed else 0


async def sheet_of(reader: Reader, ballot: Ballot, number: int = 0) -> sealing.Sheet:
    """Make the sheet of one round, the last with 0: what every sealed paper of it is bound to."""
    number = number or len(ballot.rounds)
    titles = await titles_of(reader, round_of(ballot, number).subjects)
    return sealing.Sheet.of(ballot, number, titles)
