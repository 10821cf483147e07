"""Auditing a ballot: whether roll, board, digest and journal still say the same of every box that was shut."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from renda_core import sealing
from renda_core.domain.ballot import Ballot, Round
from renda_core.domain.case import Actor
from renda_core.services.ballots.closing import slot_hash
from renda_core.services.ballots.counting import count_digest, papers_digest
from renda_core.services.ballots.loading import SHUT, load, refuse_all_but_those_who_run_it
from renda_core.services.ballots.rounds import roll_digest
from renda_core.store import ballots as rows
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

VOUCHED = (("opened", "roll"), ("closed", "box"), ("counted", "count"), ("counted", "papers"))
"""What happened to a round, and under which name its entry in the journal holds a digest."""


async def audit(reader: Reader, _: Tenant, actor: Actor, id: str) -> tuple[str, ...]:
    """Name every row where roll, board, digest and journal disagree; nothing, where all is as it was.

    The journal's own chain is for ``journal.verify`` to check.

    Raises:
        NotFound: There is no such ballot, or it is none of the asker's.
        NotAllowed: The asker votes, and does not run the ballot.
    """
    ballot = await load(reader, id)
    await refuse_all_but_those_who_run_it(reader, actor, ballot)
    told: list[str] = []
    held = await _journalled(reader, ballot)
    opened, closed, counted, kept = (held[each] for each in VOUCHED)
    for number, round in enumerate(ballot.rounds, 1):
        if round.state in SHUT and round.closed_at is not None:
            told += await _box(reader, ballot, number, round, closed.get(number))
        if number in opened and opened[number] != await _roll(reader, id, number):
            told.append(f"round {number}: the roll is not as it was when the round was opened")
        if counted.get(number) and counted[number] != count_digest(round):
            told.append(f"round {number}: what was counted is not what the journal vouches for")
        if kept.get(number) and kept[number] != await papers_digest(reader, id, number):
            told.append(f"round {number}: the papers kept are not those that were counted")
    return tuple(told)


async def _box(reader: Reader, ballot: Ballot, number: int, round: Round, journalled: str | None) -> list[str]:
    slots = {r.person: slot_hash(r) for r in await reader.all(rows.ROLL, ballot_id=ballot.id, round=number)}
    board = [line.hash for line in await reader.all(rows.BOARD, ballot_id=ballot.id, round=number)]
    told = [f"round {number}: {line}" for line in _rows(slots, board)]
    digest = sealing.box_digest([h.hex() for h in board]) if ballot.electronic or board else ""
    if digest != round.box:
        told.append(f"round {number}: the board gives the digest {digest or 'of nothing'}, the ballot says {round.box}")
    if journalled is None:
        told.append(f"round {number}: the journal has no entry of its closing")
    elif journalled != round.box:
        told.append(f"round {number}: the journal holds the digest {journalled}, the ballot says {round.box}")
    return told


def _rows(slots: dict[str, bytes], board: list[bytes]) -> Iterator[str]:
    known, held = set(board), Counter(h for h in slots.values() if h)
    for person, hashed in sorted(slots.items()):
        if hashed and hashed not in known:
            yield f"the paper of {person}, {hashed.hex()}, is not on the board: changed, or put in, after it was shut"
        elif held[hashed] > 1 and hashed:
            yield f"the paper of {person}, {hashed.hex()}, is another's to the last byte: it counts once"
    for hashed in sorted(known - set(held)):
        yield f"line {hashed.hex()} of the board is in nobody's slot: that paper was changed or taken out"


async def _journalled(reader: Reader, ballot: Ballot) -> dict[tuple[str, str], dict[int, str]]:
    """Give what the journal holds of each round: the digests of its roll, of its box, and of what was counted."""
    found: dict[tuple[str, str], dict[int, str]] = {each: {} for each in VOUCHED}
    for row in await reader.all(rows.ENTRIES, about=f'%"on":"{ballot.id}"%'):
        entry = json.loads(row.entry)
        if entry["on"] != ballot.id:
            continue
        body = entry["body"] | (json.loads(row.private) if row.private else {})  # erased, it vouches for nothing
        for what, name in VOUCHED:
            if entry["what"] == f"ballot.{ballot.kind}.{what}":
                found[what, name][int(body["round"])] = body.get(name, "")
    return found


async def _roll(reader: Reader, id: str, number: int) -> str:
    roll = await reader.all(rows.ROLL, ballot_id=id, round=number)
    there = {row.person: row.issued for row in roll if row.present}
    return roll_digest(id, number, {row.person: row.standing for row in roll}, there)
