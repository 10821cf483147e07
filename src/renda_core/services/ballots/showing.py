"""Showing ballots: one function for page, API, export and command line, so that no count leaves before its time."""

from __future__ import annotations

import datetime as dt

from renda_core.domain.ballot import Ballot, Round, shown, whole
from renda_core.domain.case import Actor
from renda_core.services.ballots.casting import marks_in
from renda_core.services.ballots.loading import (
    MEETING,
    SHUT,
    is_id,
    is_officer,
    look,
    may_look,
    refuse_all_but_those_who_run_it,
    round_of,
    size_of,
    titles_of,
)
from renda_core.services.ballots.views import BallotLine, BallotView, Board, RoundView, Slot, Turnout
from renda_core.store import ballots as rows
from renda_core.store.codec import decode
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

LISTED = 1_000
"""Ballots in a list, the newest first: more than one term of a county has."""
STEP = 5
"""While a box is open, papers in it are told in steps of so many, so that nobody who watches the number sees whose
paper came just now. Source: U; what is cast is sealed all the same."""


async def show(reader: Reader, _: Tenant, actor: Actor, id: str) -> BallotView:
    """Show a ballot to who leads the meeting, who counts, and who is on its roll.

    Numbers and verdict of a round are in it once it is declared; those who count, watch over the count and announce it
    have them from when it is counted.

    Raises:
        NotFound: There is none, or it is none of the asker's.
    """
    held = await look(reader, id)
    ballot = held.ballot
    await may_look(reader, actor, ballot)
    officer = is_officer(actor, ballot)
    early = officer or bool(actor.roles & ballot.rule.announced_by)
    views = [await _round(reader, ballot, n, early=early, full=officer) for n in range(1, len(ballot.rounds) + 1)]
    titles = await titles_of(reader, (s for r in ballot.rounds for s in r.subjects))
    return BallotView(
        **{name: getattr(ballot, name) for name in _SAME},
        rounds=tuple(views),
        titles=titles,
        closes_at=held.closes_at,
        size=size_of(ballot),
        mine=await _mine(reader, actor, id, held.number),
        officer=officer,
    )


_SAME = (
    "id",
    "kind",
    "title",
    "version",
    "rule",
    "congress",
    "incumbent",
    "method",
    "tellers",
    "scrutineers",
    "electronic",
    "trustees",
    "rehearsed",
)
_SAME_ROUND = ("state", "subjects", "places", "costs", "budget", "opened_at", "closed_at", "box")


def told(round: Round, *, early: bool = False) -> bool:
    """Tell whether a round's numbers may be seen; *early*, by those who count it and announce it."""
    return round.announced or (early and round.state == "counted")


async def _round(reader: Reader, ballot: Ballot, number: int, *, early: bool, full: bool) -> RoundView:
    """Show one round; *full*, for who counted it, with the small numbers that others are not told."""
    found = ballot.rounds[number - 1]
    same = {name: getattr(found, name) for name in _SAME_ROUND}
    if not told(found, early=early):
        return RoundView(number=number, **same)
    counted, verdict = found.counted, found.verdict
    if verdict is not None and counted is not None and not full:
        verdict = shown(ballot.rule, verdict, counted.valid)
        counted = counted if whole(ballot.rule, counted) else None
    named = {}
    if not ballot.rule.secret and found.announced:
        roll = await reader.all(rows.ROLL, ballot_id=ballot.id, round=number)
        named = {r.person: tuple(marks_in(reader, r.named)) for r in roll if r.named is not None}
    return RoundView(
        number=number,
        **same,
        attendance=found.attendance,
        counted=counted,
        verdict=verdict,
        signatures=found.signatures,
        named=named,
        suppressed=counted is not found.counted,
    )


async def _mine(reader: Reader, actor: Actor, id: str, number: int) -> Slot | None:
    slots = await reader.all(rows.SLOTS, ballot_id=id, person=actor.id) if is_id(actor.id) else []
    now = next((s for s in slots if s.round == number), None)
    if now is None:
        return None
    cast = now.sealed is not None or now.named is not None
    return Slot(standing=now.standing, present=now.present, issued=now.issued, cast=cast)


async def listed(reader: Reader, _: Tenant, actor: Actor) -> tuple[BallotLine, ...]:
    """List the ballots that somebody may look at, the newest first."""
    mine = await reader.all(rows.ROLLS_OF, person=actor.id) if is_id(actor.id) else []
    on_roll = {row.ballot_id for row in mine}
    found = [(decode(r.document, Ballot), r.closes_at) for r in await reader.all(rows.LIST, size=LISTED)]
    return tuple(
        _line(ballot, closes_at)
        for ballot, closes_at in found
        if actor.roles & (MEETING | ballot.rule.announced_by) or ballot.id in on_roll or is_officer(actor, ballot)
    )


def _line(ballot: Ballot, closes_at: dt.datetime | None) -> BallotLine:
    now = ballot.rounds[-1]
    return BallotLine(
        id=ballot.id,
        kind=ballot.kind,
        title=ballot.title,
        state=now.state,
        round=len(ballot.rounds),
        subjects=len(now.subjects),
        electronic=ballot.electronic,
        secret=ballot.rule.secret,
        closes_at=closes_at,
    )


async def turnout(reader: Reader, _: Tenant, actor: Actor, id: str) -> Turnout:
    """Tell how many may vote and how many papers are in the box, never how anybody voted.

    Raises:
        NotFound: There is no such ballot, or it is none of the asker's.
        NotAllowed: The asker votes, and does not run the ballot.
    """
    held = await look(reader, id)
    await refuse_all_but_those_who_run_it(reader, actor, held.ballot)
    n = await reader.one(rows.NUMBERS, ballot_id=id, round=held.number)
    state, there = held.round.state, held.round.attendance
    cast = n.cast - n.cast % STEP if state == "open" and n.cast < n.by_device else n.cast
    return Turnout(
        ballot=id,
        round=held.number,
        state=state,
        incumbent=held.ballot.incumbent,
        entitled=n.entitled,
        suspended=n.suspended,
        present=n.present or (there.present if there else 0),
        issued=n.by_paper + n.by_device,
        by_paper=n.by_paper,
        by_device=n.by_device,
        cast=cast,
    )


async def board(reader: Reader, _: Tenant, actor: Actor, id: str, round: int = 0) -> Board:
    """Show what was in the box of a round when it was shut, the last round's with 0.

    Raises:
        NotFound: There is no such ballot or round, or it is none of the asker's.
        Rejected: The box is not shut yet.
    """
    held = await look(reader, id)
    await may_look(reader, actor, held.ballot)
    found = round_of(held.ballot, round, *SHUT)
    number = round or held.number
    lines = await reader.all(rows.BOARD, ballot_id=id, round=number)
    return Board(ballot=id, round=number, hashes=tuple(line.hash.hex() for line in lines), digest=found.box)
