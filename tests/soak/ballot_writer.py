"""Casts papers, acknowledges each after its commit, is killed: ``python ballot_writer.py store ballot seed file``."""

import hashlib
import random
import sys
from pathlib import Path

from tests.databases import A, open_postgres, open_sqlite

from renda_core.domain.case import Actor
from renda_core.errors import Rejected
from renda_core.services import ballots
from renda_core.services.ballots.loading import size_of
from renda_core.store.ballots import ROLL


def paper(person: str, seed: str, size: int) -> bytes:
    """Make a paper of the right length that nobody could open: what is on it is no matter here."""
    return random.Random(f"{person} {seed}").randbytes(size)


def main(where: str, ballot: str, seed: str, acknowledged: str) -> None:
    """Cast for everybody on the roll, in an order of the seed's, over and over; the parent ends this."""
    store = open_postgres(where, size=1) if "dbname=" in where else open_sqlite(Path(where))
    held = store.run(store.read(ballots.load, A, ballot))
    size = size_of(held)
    people = [row.person for row in store.run(store.read(_roll, A, ballot))]
    random.Random(seed).shuffle(people)
    with open(acknowledged, "ab", buffering=0) as file:
        while True:
            for person in people:
                sealed = paper(person, seed, size)
                try:
                    who = Actor(id=person, roles={"deputy"})
                    done = store.run(store.write(ballots.cast, A, who, None, ballot, sealed))
                except Rejected:
                    file.write(b"-\n")
                else:
                    file.write(f"{person} {done.hash}\n".encode())
                    assert done.hash == hashlib.sha256(sealed).hexdigest()


async def _roll(reader, ballot):
    return await reader.all(ROLL, ballot_id=ballot, round=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
