"""Whoever has the whole database, its log and its dead rows learns who voted, and nothing of how: every attack we know.

Each attack of the design that once linked votes to voters is made here against 200 papers of known content.
"""
# ruff: noqa: S608 - the tables are our own

from __future__ import annotations

import contextlib
import json
import logging
import random
import re
from itertools import product
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import psycopg
import pytest
from tests.core.balloting import OFFICE, TELLERS, deputies, paper_for, peeled, ready, trustees
from tests.databases import A, owner_dsn
from tests.soak.ballot_writer import paper

from renda_core.domain.ballot import Ballot
from renda_core.domain.case import Actor
from renda_core.domain.counting import Layout
from renda_core.services import ballots
from renda_core.services.ballots import Counting
from renda_core.services.ballots.loading import hold, save, size_of
from renda_core.store import ballot_chunks
from renda_core.store.tables import metadata

N, SUBJECTS = 200, 24
RHO = 0.2
"""The largest rank correlation with the order of casting that an order may show, at 200 papers."""
LUCK = 6
"""Hits by position that a blind guess of 200 may have: one is expected, seven come once in ten thousand tries."""
LIKE_MARKS = rb"[\x00-\x03]{24,}|[0-9,\[\] ]{24,}"
"""Bytes that may be somebody's marks, as bytes or as text."""
TABLES = tuple(table.name for table in metadata.sorted_tables)


@attrs.frozen(kw_only=True)
class Voted:
    """A ballot in which everybody has voted, and the truth about it."""

    store: Any
    ballot: Ballot
    keys: Any
    order: tuple[Actor, ...]
    choices: dict[str, tuple[tuple[int, int], ...]]
    sealed: dict[str, bytes]
    since: str


def vote(store, *, real=True, seed=11):
    """Have 200 deputies vote in an order of the seed's; without *real* papers, ones that chance does not change."""
    dice, voters, keys = random.Random(seed), deputies(N), trustees(2)
    ballot = ready(store, A, voters, keys, subjects=SUBJECTS)
    since, order = log_end(store), dice.sample(voters, N)
    choices = {v.id: tuple((s, dice.randrange(3)) for s in range(SUBJECTS)) for v in voters}
    size, sealed = size_of(ballot), {}
    for who in order:
        sealed[who.id] = paper_for(ballot, choices[who.id]) if real else paper(who.id, "order", size)
        store.run(store.write(ballots.cast, A, who, None, ballot.id, sealed[who.id]))
    truth = {"order": tuple(order), "choices": choices, "sealed": sealed, "since": since}
    return Voted(store=store, ballot=ballot, keys=keys, **truth)


def close(v):
    v.store.run(v.store.write(ballots.close_round, A, OFFICE, None, v.ballot.id))


def count(v):
    """Have the trustees open the box, count and announce; give the opened file."""
    box = v.store.run(v.store.read(ballots.box, A, None, OFFICE, v.ballot.id))
    opened = peeled(box, v.keys)
    v.store.run(v.store.write(ballots.count_round, A, OFFICE, None, v.ballot.id, Counting(opened=opened)))
    return opened


def is_postgres(store):
    return hasattr(store, "pool")


@contextlib.contextmanager
def attacker(store, path):
    """Read as the owner of everything."""
    import sqlite3

    raw = psycopg.connect(owner_dsn(store)) if is_postgres(store) else sqlite3.connect(path)
    with contextlib.closing(raw):
        yield lambda sql: raw.execute(sql).fetchall()


def spelt(person):
    """Give an id as either back end shows it."""
    from uuid import UUID

    return {UUID(person), UUID(person).bytes, person}


def rank_correlation(order, truth):
    """Compare the order of some people with the true one: Spearman's rho."""
    place = {who: n for n, who in enumerate(truth)}
    ranks = np.array([place[who] for who in order if who in place], dtype=float)
    return float(np.corrcoef(ranks, np.arange(len(ranks)))[0, 1])


def voters_by(v, rows):
    """Read whose rows these are, in their order."""
    known = {each: person.id for person in v.order for each in spelt(person.id)}
    return [known[row[0]] for row in rows if row[0] in known]


def bytes_of(store, path, since):
    """Give every byte that the store has on disk, its log since then included."""
    if not is_postgres(store):
        return b"".join(Path(f"{path}{end}").read_bytes() for end in ("", "-wal") if Path(f"{path}{end}").exists())
    with psycopg.connect(owner_dsn(store), autocommit=True) as raw:

        def read(file, first=0, end=None):
            most = 2**26 if end is None else end - first
            return raw.execute("SELECT pg_read_binary_file(%s, %s, %s)", (file, first, most)).fetchone()[0]

        raw.execute("CHECKPOINT")
        place = "SELECT file_name, file_offset FROM pg_walfile_name_offset(%s)"
        first, begin = raw.execute(place, (since,)).fetchone()
        name, end = raw.execute(place, (raw.execute("SELECT pg_current_wal_lsn()").fetchone()[0],)).fetchone()
        names = [n for (n,) in raw.execute("SELECT name FROM pg_ls_waldir() ORDER BY name") if first <= n <= name]
        log = [read(f"pg_wal/{n}", begin if n == first else 0, end if n == name else None) for n in names]
        own = raw.execute("SELECT 'base/' || oid FROM pg_database WHERE datname = current_database()").fetchone()[0]
        files = [n for (n,) in raw.execute("SELECT pg_ls_dir(%s)", (own,))]
        return b"".join((*log, *(read(f"{own}/{n}") for n in files)))


def log_end(store):
    """Tell how far PostgreSQL's log reaches."""
    if not is_postgres(store):
        return ""
    with psycopg.connect(owner_dsn(store)) as raw:
        return raw.execute("SELECT pg_current_wal_lsn()::text").fetchone()[0]


def plain_forms(marks):
    """Write one voter's choice in every way in which a program might: bytes, hex, JSON."""
    raw = bytes(answer + 1 for _, answer in marks)
    pairs = [[s, a] for s, a in marks]
    return (
        raw,
        bytes(a for _, a in marks),
        raw.hex().encode(),
        json.dumps(pairs).encode(),
        json.dumps(pairs, separators=(",", ":")).encode(),
        json.dumps([a for _, a in marks], separators=(",", ":")).encode(),
    )


def test_not_one_choice_is_in_any_byte_of_the_database_or_its_log(store, sqlite_path):
    v = vote(store)
    close(v)
    held = bytes_of(store, sqlite_path, v.since)
    suspect = b"|".join(re.findall(LIKE_MARKS, re.sub(rb"\0{64,}", bytes(64), held)))
    # the search itself works: every sealed paper is found
    assert sum(sealed in held for sealed in v.sealed.values()) == N
    found = [who for who, marks in v.choices.items() if any(form in suspect for form in plain_forms(marks))]
    assert found == []
    one = v.choices[v.order[0].id]
    assert all(re.findall(LIKE_MARKS, b"x" + form + b"x") for form in plain_forms(one))
    assert {len(sealed) for sealed in v.sealed.values()} == {size_of(v.ballot)}


def test_casting_leaves_a_trace_in_the_slots_and_nowhere_else(store, sqlite_path, caplog):
    caplog.set_level(logging.DEBUG)
    voters, keys = deputies(20), trustees(1)
    ballot = ready(store, A, voters, keys)
    # a cast share-locks the ballot's row, which shows in its xmax alone
    hidden = "xmin, ctid, " if is_postgres(store) else ""

    def everything():
        with attacker(store, sqlite_path) as ask:
            return {t: sorted(map(repr, ask(f"SELECT {hidden}* FROM {t}"))) for t in TABLES if t != "ballot_roll"}

    before = everything()
    caplog.clear()
    for who in voters:
        sealed = paper_for(ballot, [(0, 0)])
        store.run(store.write(ballots.cast, A, who, None, ballot.id, sealed))
        store.run(store.write(ballots.cast, A, who, None, ballot.id, sealed))
    assert everything() == before  # no time, no entry, no event, no request; not even a new version of a row
    assert not [r for r in caplog.records if r.name.startswith("renda")]


def test_no_column_of_a_roll_board_or_sheet_could_hold_a_time_or_a_serial():
    for name in ("ballot_roll", "ballot_board", "ballot_sheet", "ballot_chunk"):
        kinds = {type(c.type).__name__ for c in metadata.tables[name].c}
        assert kinds <= {"Id", "String", "Integer", "Boolean", "LargeBinary"}, name
        assert not any(c.autoincrement is True for c in metadata.tables[name].c)


def test_no_order_that_is_told_is_the_order_of_casting(store, sqlite_path):
    v = vote(store, real=False)
    close(v)
    whose = {ballots.Receipt(ballot="", round=1, hash=h).hash: p for p, h in hashes(v).items()}
    ask = store.run(store.read(ballots.board, A, None, OFFICE, v.ballot.id))
    box = store.run(store.read(ballots.box, A, None, OFFICE, v.ballot.id))
    import base64

    by_paper = {base64.b64encode(sealed).decode(): person for person, sealed in v.sealed.items()}
    told = {"board": [whose[h] for h in ask.hashes], "box": [by_paper[p] for p in box["papers"]]}
    with attacker(store, sqlite_path) as raw:
        rows = raw("SELECT hash FROM ballot_board")
        told["board, as it lies"] = [whose[bytes(row[0]).hex()] for row in rows]
        if not is_postgres(store):
            told["roll, as it lies"] = voters_by(v, raw("SELECT person FROM ballot_roll"))
            raw("PRAGMA wal_checkpoint(TRUNCATE)")
            told["roll, by its file"] = by_place(v, Path(sqlite_path).read_bytes())
    truth = [who.id for who in v.order]
    for what, order in told.items():
        assert len(order) == N, what
        rho = rank_correlation(order, truth)
        assert abs(rho) < RHO, f"{what}: {rho:.2f}"
    assert abs(rank_correlation(truth, truth)) > RHO  # the measure works


def hashes(v):
    from renda_core.sealing import receipt

    return {person: receipt(sealed) for person, sealed in v.sealed.items()}


def by_place(v, held):
    """Order people by where their papers lie in the file; one that lies on two pages is found by its beginning."""
    places = {person: held.find(sealed[:40]) for person, sealed in v.sealed.items()}
    return sorted((p for p, at in places.items() if at >= 0), key=lambda p: places[p])


def voters_orders(v, path):
    """Give every order of voters that an attacker can make out: by the database's own bookkeeping, and by its log."""
    with attacker(v.store, path) as ask:
        orders = {"as they lie": voters_by(v, ask("SELECT person FROM ballot_roll"))}
        if is_postgres(v.store):
            orders["xmin"] = voters_by(v, ask("SELECT person FROM ballot_roll ORDER BY xmin::text::bigint"))
            orders["ctid"] = voters_by(v, ask("SELECT person FROM ballot_roll ORDER BY ctid"))
    log = bytes_of(v.store, path, v.since)
    first = {person: log.find(sealed) for person, sealed in v.sealed.items()}
    last = {person: log.rfind(sealed) for person, sealed in v.sealed.items()}
    for name, places in (("first in the log", first), ("last in the log", last)):
        orders[name] = sorted(places, key=lambda p: places[p])
    return orders


async def declared(unit, id):
    """Announce without a practice, whose cases the verdict would move."""
    held = await hold(unit, id)
    await save(unit, held, held.ballot.declared(), closes_at=None)
    unit.record("ballot.each.declared", on=id, version=held.ballot.version + 1, rule="each")


def papers_orders(v, opened, path):
    """Give every order of opened papers that there is: each paper by the person whose it truly is."""
    whose = {bytes(a + 1 for _, a in marks).hex(): person for person, marks in v.choices.items()}
    assert len(whose) == N
    orders = {"opened file": [whose[c] for c in opened["choices"]]}
    done = v.store.run(v.store.read(ballots.load, A, v.ballot.id)).rounds[0]
    assert (done.counted.valid, done.attendance.by_device) == (N, N)
    layout = Layout.of(v.ballot.rule, SUBJECTS)
    stored = v.store.run(v.store.read(ballot_chunks.kept, A, v.ballot.id, 1, layout))
    orders["stored"] = [whose[bytes(a + 1 for _, a in sorted(marks)).hex()] for marks in stored]
    v.store.run(v.store.write(declared, A, OFFICE, v.ballot.id))
    result = v.store.run(v.store.read(ballots.result, A, None, OFFICE, v.ballot.id))
    orders["result"] = [whose[c] for c in result["choices"]]
    return orders


def test_no_order_of_voters_goes_with_any_order_of_opened_papers(store, sqlite_path):
    v = vote(store)
    close(v)
    voters = voters_orders(v, sqlite_path)
    opened = count(v)
    papers = papers_orders(v, opened, sqlite_path)
    if is_postgres(store):  # who voted when is no secret: what was voted is
        assert rank_correlation(voters["xmin"], [p.id for p in v.order]) > 0.99
    for (how, people), (where, found) in product(voters.items(), papers.items()):
        hits = sum(one == other for one, other in zip(people, found, strict=False))
        rho = rank_correlation(found, people)
        assert hits <= LUCK, f"{how} with {where}: {hits} of {N} linked"
        assert abs(rho) < RHO, f"{how} with {where}: {rho:.2f}"


def test_a_guess_by_what_is_stored_is_no_better_than_chance(store, sqlite_path):
    """Whoever guesses each voter's answers from the bytes of the sealed paper is right one time in three."""
    v = vote(store)
    close(v)
    right = total = 0
    for person, marks in v.choices.items():
        for (subject, answer), byte in zip(marks, v.sealed[person][40:], strict=False):
            right += byte % 3 == answer
            total += subject >= 0
    spread = 4 * (total * 2 / 9) ** 0.5
    assert abs(right - total / 3) < spread


@pytest.mark.postgres
def test_joining_rows_of_one_transaction_links_nothing(postgres_store):
    v = vote(postgres_store)
    close(v)
    count(v)
    with attacker(postgres_store, None) as ask:
        for table in TABLES:
            if table != "ballot_roll":
                joined = ask(
                    f"SELECT 1 FROM ballot_roll r JOIN {table} x ON x.xmin = r.xmin WHERE r.sealed IS NOT NULL"
                )
                assert joined == [], table
        twice = ask("SELECT xmin FROM ballot_roll WHERE sealed IS NOT NULL GROUP BY xmin HAVING count(*) > 1")
        assert twice == []
        assert ask("SELECT DISTINCT length(sealed) FROM ballot_roll") == [(size_of(v.ballot),)]


@pytest.mark.postgres
def test_dead_versions_of_rows_hold_sealed_papers_or_none(postgres_store):
    v = vote(postgres_store)
    close(v)
    forms = [form for marks in v.choices.values() for form in plain_forms(marks)]
    with psycopg.connect(owner_dsn(postgres_store), autocommit=True) as raw:
        raw.execute("CREATE EXTENSION pageinspect")
        versions = 0
        for table in ("ballot", "ballot_roll", "ballot_board", "journal", "outbox"):
            (size,) = raw.execute(f"SELECT pg_relation_size('{table}') / current_setting('block_size')::int").fetchone()
            for page in range(size):
                items = f"heap_page_items(get_raw_page('{table}', {page}))"
                for (data,) in raw.execute(f"SELECT t_data FROM {items} WHERE t_data IS NOT NULL").fetchall():
                    versions += 1
                    assert not any(form in bytes(data) for form in forms), table
    assert versions > N


def test_entries_events_and_requests_tell_nothing_of_a_paper(store, sqlite_path):
    v = vote(store)
    close(v)
    count(v)
    with attacker(store, sqlite_path) as ask:
        told = repr([ask(f"SELECT * FROM {t}") for t in ("journal", "outbox", "request_key", "notice")])
    people = "|".join(re.escape(form) for who in v.order for form in (who.id, who.id.replace("-", "")))
    assert re.findall(people, told) == []
    assert not any(h in told for h in hashes(v).values())
    assert not any(teller.id in told for teller in TELLERS)
