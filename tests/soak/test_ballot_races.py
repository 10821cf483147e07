"""The box is shut while papers come in: what was acknowledged is what is on the board, and what is in the slots."""

from __future__ import annotations

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.core.balloting import OFFICE, deputies, ready, trustees
from tests.databases import BOTH, A
from tests.soak.ballot_writer import paper
from tests.soak.test_ballot_crash import slots

from renda_core.errors import Rejected
from renda_core.services import ballots
from renda_core.services.ballots.loading import size_of

LONG = os.environ.get("RENDA_SOAK") == "1"
ROUNDS = 100 if LONG else 6
WRITERS, DEPUTIES = 4, 60


def race(store, dice):
    """Shut one box while four threads fill it; give the receipts acknowledged, the board and the slots."""
    voters = deputies(DEPUTIES)
    ballot = ready(store, A, voters, trustees(1))
    size, shut_after = size_of(ballot), dice.randrange(DEPUTIES)
    taken, refused, due = [], [], threading.Event()
    shares = [[(v, paper(v.id, "race", size)) for v in voters[n::WRITERS]] for n in range(WRITERS)]

    def fill(share):
        own = store.apart()
        try:
            for who, sealed in share:
                try:
                    taken.append(own.run(own.write(ballots.cast, A, who, None, ballot.id, sealed)).hash)
                except Rejected as told:
                    refused.append(str(told))
                if len(taken) >= shut_after:
                    due.set()
        finally:
            own.shut()

    def shut():
        due.wait(timeout=60)
        own = store.apart()
        try:
            own.run(own.write(ballots.close_round, A, OFFICE, None, ballot.id))
        finally:
            own.shut()

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        for done in [pool.submit(shut), *(pool.submit(fill, share) for share in shares)]:
            done.result()
    assert all("is closed" in told for told in refused)
    assert len(taken) + len(refused) == DEPUTIES
    board = store.run(store.read(ballots.board, A, None, OFFICE, ballot.id)).hashes
    there = [h for h in store.run(store.read(slots, A, ballot.id)).values() if h]
    assert store.run(store.read(ballots.audit, A, None, OFFICE, ballot.id)) == ()
    return sorted(taken), list(board), sorted(there)


@pytest.mark.parametrize("store", BOTH, indirect=True)
def test_what_was_acknowledged_is_on_the_board_and_in_the_slots(store):
    dice = random.Random(7)
    left = 0
    for n in range(ROUNDS):
        taken, board, there = race(store, dice)
        assert taken == board == there, f"round {n}"
        left += DEPUTIES - len(taken)
    assert left > 0  # the box was shut while people were still voting
