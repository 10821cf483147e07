"""Casting a paper: one conditional statement, and nothing beside it that would keep its time or its order."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence

from renda_core import sealing
from renda_core.domain.ballot import count
from renda_core.errors import Invalid, Rejected
from renda_core.services.ballots.loading import Held, is_id, look, size_of
from renda_core.services.ballots.rounds import SUSPENDED
from renda_core.services.ballots.views import Receipt
from renda_core.store import ballots as rows
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

NAMED = "ballot_roll.named"
"""The field that the marks of a vote by name are sealed for, until it is declared."""
MARK = 16
"""Bytes kept for each subject on such a paper, so that its length does not tell how many marks are on it."""
ONE_VOTE = "选举法 5 (by analogy)"
"""Source: each voter has one vote in one election."""
DUE = {
    "prepared": "round {n} is not open yet; wait until it is opened",
    "closed": "round {n} is closed; nothing is taken any more",
}


async def cast(unit: Unit, _: Tenant, id: str, sealed: bytes) -> Receipt:
    """Drop one sealed paper into the actor's own slot; the very same paper once more gets the same receipt.

    Neither journal nor outbox nor request keeps anything of it: its time and order are nobody's to know.

    Raises:
        NotFound: There is no such ballot.
        Invalid: The paper is not as long as every paper of this round is.
        Rejected: Too early, too late, not on the roll, not present, suspended, or a paper is in already.
    """
    held = await look(unit, id)
    if not held.ballot.rule.secret:
        raise Rejected("the paper was not taken", "this vote is by name: its marks are cast open")
    receipt = Receipt(ballot=id, round=held.number, hash=sealing.receipt(sealed))
    slot = {"ballot_id": id, "round": held.number, "person": _person(unit)}
    size = size_of(held.ballot)
    if size and len(sealed) != size:
        raise Invalid(f"sealed: every paper of this round has {size} bytes, this one {len(sealed)}", field="sealed")
    recast = held.ballot.rule.recast
    if await unit.write_unrecorded(rows.CAST, **slot, now=unit.now, recast=recast, sealed=sealed):
        return receipt
    slots = await _slots(unit, slot)
    for each in slots:  # the answer was lost, and the paper comes again; perhaps when the box is shut already
        if each.sealed is not None and hmac.compare_digest(each.sealed, sealed):
            return Receipt(ballot=id, round=each.round, hash=receipt.hash)
    raise Rejected("the paper was not taken", await _why(unit, held, slots))


async def cast_named(unit: Unit, _: Tenant, id: str, marks: Sequence[tuple[int, int]]) -> None:
    """Cast open marks, (subject index, answer index), in a vote by name; who voted how is told with the verdict.

    Raises:
        NotFound: There is no such ballot.
        Invalid: The marks are no valid paper under the rule.
        Rejected: The vote is secret; or as :func:`cast` says.
    """
    held = await look(unit, id)
    rule, now = held.ballot.rule, held.round
    if rule.secret:
        raise Rejected("the paper was not taken", "this vote is secret: seal the paper on your own device")
    paper = [(int(s), int(a)) for s, a in marks]
    if count(rule, len(now.subjects), [paper], places=now.places).void:
        raise Invalid("marks: a paper marked so is void; mark it again", field="marks")
    slot = {"ballot_id": id, "round": held.number, "person": _person(unit)}
    kept = json.dumps(sorted(paper), separators=(",", ":")).ljust(MARK * (len(now.subjects) + 1)).encode()
    named = unit.seal_bytes(kept, NAMED)
    if await unit.write_unrecorded(rows.CAST_NAMED, **slot, now=unit.now, recast=rule.recast, named=named):
        return
    slots = await _slots(unit, slot)
    if not any(
        s.named is not None and s.round == held.number and marks_in(unit, s.named) == sorted(paper) for s in slots
    ):
        raise Rejected("the paper was not taken", await _why(unit, held, slots))


def marks_in(reader: Reader, named: bytes) -> list[tuple[int, int]]:
    """Read the marks of one paper of a vote by name."""
    return [(s, a) for s, a in json.loads(reader.open_bytes(named, NAMED))]


def _person(unit: Unit) -> str:
    if not is_id(unit.actor.id):
        raise Rejected("the paper was not taken", f"{unit.actor.id} is nobody on the roll")
    return unit.actor.id


async def _slots(reader: Reader, slot: dict[str, object]) -> list[rows.SlotRow]:
    return await reader.all(rows.SLOTS, ballot_id=slot["ballot_id"], person=slot["person"])


async def _why(reader: Reader, before: Held, slots: Sequence[rows.SlotRow]) -> str:
    """Say why a paper was not taken; to who is not on the roll, nothing else about the round."""
    held = await look(reader, before.ballot.id)  # it may have been closed meanwhile
    clauses = held.ballot.rule.clauses
    mine = next((s for s in slots if s.round == held.number), None)
    if mine is None:
        return "no empty slot of this round is yours: you are not on its roll"
    if mine.standing == "suspended":
        return f"your mandate is suspended: in the base, without a vote ({clauses.get('suspended', SUSPENDED)})"
    state = held.round.state
    if state != "open":
        return DUE.get(state, DUE["closed"]).format(n=held.number)
    if mine.issued == "paper":
        return "no empty slot of this round is yours: you were handed a paper, so cast that"
    if not mine.issued:
        return "no empty slot of this round is yours: you were not noted as present when it was opened"
    if mine.sealed is not None or mine.named is not None:
        told = clauses.get("one_vote", ONE_VOTE)
        return f"no empty slot of this round is yours: a paper of yours is in the box, and the first counts ({told})"
    return f"round {held.number} closed by itself at {held.closes_at}; nothing is taken any more"
