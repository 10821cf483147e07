"""Closing a round (截止): the box is shut, its board is filled, and its digest goes into the journal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from renda_core import sealing
from renda_core.domain.ballot import Ballot
from renda_core.services.ballots.loading import hold, refuse_strangers, save
from renda_core.store import ballots as rows
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant


async def close_round(unit: Unit, _: Tenant, id: str) -> Ballot:
    """Shut the box of the open round: every paper acknowledged is on the board, and none comes after.

    Raises:
        NotAllowed: The actor closes no ballots.
        Rejected: The round is not open.
    """
    refuse_strangers(unit.actor)
    held = await hold(unit, id)  # waits for the papers on their way, and those that come now wait for this
    held.ballot.closed()  # refuses before anything is read
    roll = await unit.all(rows.ROLL, ballot_id=id, round=held.number)
    hashes = hashes_of(roll)
    digest = sealing.box_digest([h.hex() for h in hashes]) if held.ballot.electronic else ""
    after = held.ballot.closed(unit.now, digest)
    await unit.write_all(rows.ADD_BOARD, ({"ballot_id": id, "round": held.number, "hash": h} for h in hashes))
    await save(unit, held, after, closes_at=None)
    body: dict[str, Any] = {"round": held.number, "box": digest}
    unit.record(f"ballot.{after.kind}.closed", on=id, version=after.version, rule=after.rule.name, **body)
    unit.emit(f"ballot.{after.kind}.closed", id=id, round=held.number, box=digest)
    return after


def slot_hash(row: rows.RollRow) -> bytes:
    """Hash what is in one slot: the sealed paper, or the sealed marks of a vote by name; nothing of an empty one."""
    inside = row.sealed if row.sealed is not None else row.named
    return b"" if inside is None else hashlib.sha256(inside).digest()


def hashes_of(roll: Iterable[rows.RollRow]) -> list[bytes]:
    """Hash what is in the box, sorted; a paper that is another's to the last byte is a copy of it, and counts once."""
    return sorted({hashed for row in roll if (hashed := slot_hash(row))})
