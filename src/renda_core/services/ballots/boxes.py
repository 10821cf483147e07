"""Boxes of sealed papers as files: out to the trustees once the box is shut, and back from them opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from renda_core import sealing
from renda_core.domain.ballot import Ballot, Count, Round, whole
from renda_core.domain.ballot.rounds import ANNULLED
from renda_core.domain.case import Actor
from renda_core.errors import NotAllowed, Rejected
from renda_core.services.ballots.loading import (
    SHUT,
    hold,
    load,
    may_look,
    may_run,
    refuse_all_but_those_who_run_it,
    refuse_strangers,
    round_of,
    save,
    sheet_of,
)
from renda_core.store import ballot_sheets as sheet_rows
from renda_core.store import ballots as rows
from renda_core.store.codec import decode, encode
from renda_core.store.columns import NOBODY
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

OPENED = "box"
"""The bundle under which the opened box is kept, where a teller's papers have a number."""


async def box(reader: Reader, _: Tenant, actor: Actor, id: str, round: int = 0) -> dict[str, Any]:
    """Give the box file of a shut round, the last with 0, for the trustees to open on their own machines.

    Raises:
        NotFound: There is no such ballot or round, or it is none of the asker's.
        NotAllowed: The asker votes, and does not run the ballot.
        Rejected: The box is not shut yet, or nothing in it is sealed.
    """
    ballot = await load(reader, id)
    await refuse_all_but_those_who_run_it(reader, actor, ballot)
    refuse_annulled(round_of(ballot, round, *SHUT))
    _refuse_unsealed(ballot)
    number = round or len(ballot.rounds)
    roll = await reader.all(rows.ROLL, ballot_id=id, round=number)
    papers = {row.sealed for row in roll if row.sealed is not None}
    return sealing.make_box(await sheet_of(reader, ballot, number), papers)


def refuse_annulled(round: Round) -> None:
    """Refuse to open what was annulled: its papers are nobody's to see."""
    if round.verdict is not None and round.verdict.clause == ANNULLED:
        raise Rejected("the box is not given out", "this round was annulled, and what is in its box is never opened")


async def rehearsal(unit: Unit, _: Tenant, id: str) -> dict[str, Any]:
    """Give a box of trial papers, so that the trustees show before the vote that they can open the real one.

    Raises:
        NotAllowed: The actor opens no ballots.
        Rejected: The ballot is not electronic and secret, or has no trustees.
    """
    refuse_strangers(unit.actor)
    ballot = await load(unit, id)
    _refuse_unsealed(ballot)
    made = sealing.make_rehearsal(await sheet_of(unit, ballot))
    unit.record(f"ballot.{ballot.kind}.rehearsal", on=id, version=ballot.version, rule=ballot.rule.name)
    return made


async def accept_rehearsal(unit: Unit, _: Tenant, id: str, opened: Mapping[str, Any]) -> Ballot:
    """Note that the trustees have opened the box of trial papers, and that what they found is what was in it.

    Raises:
        NotAllowed: The actor opens no ballots.
        Invalid: The file is no box file.
        Rejected: It is not the opened box of trial papers of this ballot.
    """
    refuse_strangers(unit.actor)
    held = await hold(unit, id)
    _refuse_unsealed(held.ballot)
    sealing.check_rehearsal(opened, await sheet_of(unit, held.ballot))
    after = attrs.evolve(held.ballot, rehearsed=True, version=held.ballot.version + 1)
    await save(unit, held, after, closes_at=held.closes_at)
    unit.record(f"ballot.{after.kind}.rehearsed", on=id, version=after.version, rule=after.rule.name)
    return after


async def result(reader: Reader, _: Tenant, actor: Actor, id: str, round: int = 0) -> dict[str, Any]:
    """Give what anybody verifies beside the board: the box as opened and signed, and what was announced.

    Raises:
        NotFound: There is no such ballot or round, or it is none of the asker's.
        NotAllowed: So few papers were cast that single ones would be seen in it; it is for those who run the ballot.
        Rejected: The round is not announced yet, or nothing in it was sealed.
    """
    ballot = await load(reader, id)
    await may_look(reader, actor, ballot)
    found = round_of(ballot, round, "declared")
    _refuse_unsealed(ballot)
    if found.attendance is None or found.verdict is None or found.counted is None:
        raise Rejected("there is no result", "nothing was counted in this round")
    if not whole(ballot.rule, found.counted) and not may_run(actor, ballot):
        raise NotAllowed("fewer papers were cast than may be shown one by one; the tellers and scrutineers hold them")
    file = await opened_box(reader, id, round or len(ballot.rounds))
    if file is None:
        raise Rejected("there is no result", "nothing was cast in secret by device in this round")
    on_paper = _without(found.counted, sealing.opened(file).counted())
    return sealing.make_result(file, found.attendance, found.verdict, on_paper)


def _without(total: Count, part: Count) -> Count | None:
    """Give what was counted on paper: all without what came by device."""
    pairs = zip(total.votes, part.votes, strict=True)
    votes = tuple(tuple(a - b for a, b in zip(*rows, strict=True)) for rows in pairs)
    why = {clause: n - part.why_void.get(clause, 0) for clause, n in total.why_void.items()}
    left = Count(
        votes=votes,
        valid=total.valid - part.valid,
        void=total.void - part.void,
        why_void={clause: n for clause, n in why.items() if n},
    )
    return left if left.valid or left.void else None


async def keep_opened(unit: Unit, id: str, number: int, file: Mapping[str, Any]) -> None:
    """Keep the box as the trustees opened and signed it, sealed until it is told with the verdict."""
    row = {"ballot_id": id, "round": number, "bundle": OPENED, "teller": NOBODY}
    await unit.write(sheet_rows.ADD, **row, sealed=unit.seal_bytes(encode(file), field_of(id, number)))


async def opened_box(reader: Reader, id: str, number: int) -> dict[str, Any] | None:
    """Give the box as the trustees opened and signed it; None where none was opened."""
    for row in await reader.all(sheet_rows.ALL, ballot_id=id, round=number):
        if row.bundle == OPENED and row.teller == NOBODY:
            found: dict[str, Any] = decode(reader.open_bytes(row.sealed, field_of(id, number)), dict)
            return found
    return None


def field_of(id: str, number: int) -> str:
    """Name the place that an opened box is sealed for."""
    return f"ballot_sheet:{id}:{number}:{OPENED}"


def _refuse_unsealed(ballot: Ballot) -> None:
    if not (ballot.electronic and ballot.rule.secret):
        raise Rejected("there is no sealed box", "this ballot is not both electronic and secret")
    if not ballot.trustees:
        raise Rejected("there is no sealed box", "no trustees are named; three from different bodies are a good number")
