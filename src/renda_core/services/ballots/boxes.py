"""Boxes of sealed papers as files: out to the trustees once the box is shut, and back from them opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from renda_core import sealing
from renda_core.domain.ballot import Ballot, Paper
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, Rejected
from renda_core.services.ballots.loading import (
    hold,
    load,
    refuse_all_but_those_who_run_it,
    refuse_strangers,
    round_of,
    save,
    sheet_of,
)
from renda_core.store import ballots as rows
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

SHUT = ("closed", "counted", "declared")


async def box(reader: Reader, _: Tenant, actor: Actor, id: str, round: int = 0) -> dict[str, Any]:
    """Give the box file of a shut round, the last with 0, for the trustees to open on their own machines.

    Raises:
        NotFound: There is no such ballot or round, or it is none of the asker's.
        NotAllowed: The asker votes, and does not run the ballot.
        Rejected: The box is not shut yet, or nothing in it is sealed.
    """
    ballot = await load(reader, id)
    await refuse_all_but_those_who_run_it(reader, actor, ballot)
    round_of(ballot, round, *SHUT)
    _refuse_unsealed(ballot)
    number = round or len(ballot.rounds)
    roll = await reader.all(rows.ROLL, ballot_id=id, round=number)
    papers = {row.sealed for row in roll if row.sealed is not None}
    return sealing.make_box(await sheet_of(reader, ballot, number), sorted(papers), "vote")


async def rehearsal(unit: Unit, _: Tenant, id: str) -> dict[str, Any]:
    """Give a box of trial papers, so that the trustees show before the vote that they can open the real one.

    Raises:
        NotAllowed: The actor opens no ballots.
        Rejected: The ballot is not electronic and secret, or has no trustees.
    """
    refuse_strangers(unit.actor)
    ballot = await load(unit, id)
    _refuse_unsealed(ballot)
    sheet = await sheet_of(unit, ballot)
    papers = [sealing.seal(sheet, marks) for marks in trial_papers(ballot)]
    made = sealing.make_box(sheet, papers, "rehearsal")
    unit.record(
        f"ballot.{ballot.kind}.rehearsal", on=id, version=ballot.version, rule=ballot.rule.name, papers=len(papers)
    )
    return made


async def accept_rehearsal(unit: Unit, _: Tenant, id: str, opened: Mapping[str, Any]) -> Ballot:
    """Note that the trustees have opened the box of trial papers, and that what they found is what was in it.

    Raises:
        NotAllowed: The actor opens no ballots.
        Invalid: The file is not the opened box of trial papers of this ballot.
    """
    refuse_strangers(unit.actor)
    held = await hold(unit, id)
    _refuse_unsealed(held.ballot)
    found = read_opened(await sheet_of(unit, held.ballot), opened, "rehearsal")
    if found.unreadable or found.multiset != sorted(sorted(p) for p in trial_papers(held.ballot)):
        raise Invalid("opened: what the trustees found is not what was in the box of trial papers", field="opened")
    after = attrs.evolve(held.ballot, rehearsed=True, version=held.ballot.version + 1)
    await save(unit, held, after, closes_at=held.closes_at)
    unit.record(f"ballot.{after.kind}.rehearsed", on=id, version=after.version, rule=after.rule.name)
    return after


def trial_papers(ballot: Ballot) -> list[list[tuple[int, int]]]:
    """Give the marks of the trial papers: a blank one, and one for each subject."""
    return [[], *([(subject, 0)] for subject in range(len(ballot.rounds[-1].subjects)))]


@attrs.frozen(kw_only=True)
class Opened:
    """What the trustees found in a box: papers without an order, and how many nobody could read."""

    papers: Sequence[Paper]
    unreadable: int
    signatures: Mapping[str, str]

    @property
    def multiset(self) -> list[list[tuple[int, int]]]:
        """Give the papers in an order of their own, to compare them with others."""
        return sorted(sorted((int(s), int(a)) for s, a in paper) for paper in self.papers)


def read_opened(sheet: sealing.Sheet, file: Mapping[str, Any], kind: str) -> Opened:
    """Read the file in which the trustees opened a box of this sheet.

    Raises:
        Invalid: It is another box's, a layer is missing, a signature does not fit, or papers came or went.
    """
    raise Invalid("opened")


def _refuse_unsealed(ballot: Ballot) -> None:
    if not (ballot.electronic and ballot.rule.secret):
        raise Rejected("there is no sealed box", "this ballot is not both electronic and secret")
    if not ballot.trustees:
        raise Rejected("there is no sealed box", "no trustees are named; three from different bodies are a good number")
