"""The journal's witnesses: what whoever owns the database does to it is found, and named, without the database."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import databases
from tests.databases import CLERK, KEYS, A, B

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, Rejected
from renda_core.services import journal, journal_file, witness
from renda_core.services.witness import Statement
from renda_core.store.chaining import START, chain
from renda_core.store.keys import Keys
from renda_core.store.ring import Key
from renda_core.store.unit import Unit

LAST = 9
AUDITOR = Actor(id="0198a000-0000-7000-8000-0000000000a1", roles={"auditor"})


async def note(unit: Unit, n: int) -> None:
    unit.record("test.noted", on=unit.tenant, version=n, rule="test", n=n, private={"who": f"张{n}"})


def filled(store: Any, tenant: str = A, *, upto: int = LAST, since: int = 1) -> None:
    for n in range(since, upto + 1):
        store.run(store.write(note, tenant, CLERK, n))


def exported(store: Any, **more: Any) -> list[str]:
    return list(witness.export(store, A, **more))


class Owner:
    """Whoever owns the database, and has no key: does to it what nobody else can."""

    def __init__(self, store: Any) -> None:
        self._store, self._sqlite = store, not hasattr(store, "owner_dsn")

    def run(self, sql: str, *args: Any) -> list[Any]:
        tenant = UUID(A).bytes if self._sqlite else UUID(A)
        given = [tenant if a is A else a for a in args]
        if self._sqlite:
            with contextlib.closing(sqlite3.connect(self._store._path, isolation_level=None)) as raw:
                return raw.execute(sql.replace("%s", "?"), given).fetchall()
        with psycopg.connect(databases.owner_dsn(self._store), autocommit=True) as link:
            done = link.execute(sql.encode(), given)
            return done.fetchall() if done.description else []

    def entries(self) -> list[tuple[int, str, str | None]]:
        found = self.run("SELECT seq, entry, private FROM journal WHERE tenant_id = %s ORDER BY seq", A)
        return [(int(seq), entry, private) for seq, entry, private in found]

    def change(self, seq: int, old: str, new: str) -> None:
        entry = {s: e for s, e, _ in self.entries()}[seq]
        assert old in entry
        self.run("UPDATE journal SET entry = %s WHERE tenant_id = %s AND seq = %s", entry.replace(old, new), A, seq)

    def write(self, entries: list[tuple[str, str | None]], *, head: bool = True) -> None:
        """Write the whole chain anew, each hash as it must be."""
        self.run("DELETE FROM journal WHERE tenant_id = %s", A)
        hash = START
        for seq, (entry, private) in enumerate(entries, 1):
            hash = chain(hash, entry)
            self.run(
                "INSERT INTO journal (tenant_id, seq, entry, private, hash) VALUES (%s, %s, %s, %s, %s)",
                A, seq, entry, private, hash,
            )  # fmt: skip
        if head:
            self.run("UPDATE journal_head SET seq = %s, hash = %s WHERE tenant_id = %s", len(entries), hash, A)


def swap(owner: Owner) -> None:
    rows = owner.entries()
    (_, one, _), (_, two, _) = rows[3], rows[4]
    owner.run("UPDATE journal SET entry = %s WHERE tenant_id = %s AND seq = 4", two, A)
    owner.run("UPDATE journal SET entry = %s WHERE tenant_id = %s AND seq = 5", one, A)


def insert(owner: Owner) -> None:
    rows = owner.entries()
    hashes = [bytes(r[0]) for r in owner.run("SELECT hash FROM journal WHERE tenant_id = %s ORDER BY seq", A)]
    forged = rows[4][1].replace('"n":5', '"n":55')
    owner.run("DELETE FROM journal WHERE tenant_id = %s", A)
    whole = [(row[1], hash) for row, hash in zip(rows, hashes, strict=True)]
    for seq, (entry, hash) in enumerate([*whole[:5], (forged, START), *whole[5:]], 1):
        owner.run(
            "INSERT INTO journal (tenant_id, seq, entry, private, hash) VALUES (%s, %s, %s, NULL, %s)",
            A,
            seq,
            entry,
            hash,
        )
    owner.run("UPDATE journal_head SET seq = seq + 1 WHERE tenant_id = %s", A)


def rewrite(owner: Owner, at: int = 5) -> None:
    rows = [(entry, None) for _, entry, _ in owner.entries()]
    rows[at - 1] = (rows[at - 1][0].replace(f'"n":{at}', '"n":77'), None)
    owner.write(rows)


WAYS: dict[str, tuple[Callable[[Owner], Any], int, str]] = {
    "an entry changed": (lambda o: o.change(5, '"n":5', '"n":50'), 5, "entry 5 was changed"),
    "an entry changed, and its hash": (
        lambda o: (
            o.change(5, '"n":5', '"n":50'),
            o.run("UPDATE journal SET hash = %s WHERE tenant_id = %s AND seq = 5", bytes(32), A),
        ),
        5,
        "entry 5 was changed",
    ),
    "who did it changed": (lambda o: o.change(2, CLERK.id, "0198a000-0000-7000-8000-0000000000ff"), 2, "entry 2"),
    "one taken away": (lambda o: o.run("DELETE FROM journal WHERE tenant_id = %s AND seq = 4", A), 4, "where entry 4"),
    "the end cut off": (lambda o: o.run("DELETE FROM journal WHERE tenant_id = %s AND seq > 7", A), 8, "ends at 7"),
    "two swapped": (swap, 4, "entry 4 was changed"),
    "one put between": (insert, 6, "entry 6"),
    "the head moved": (
        lambda o: o.run("UPDATE journal_head SET hash = %s WHERE tenant_id = %s", bytes(32), A), 9, "the head is not"
    ),
    "the end cut off, and the head moved": (
        lambda o: o.write([(e, None) for _, e, _ in o.entries()[:7]]), 8, "cut off"
    ),
    "all written anew": (rewrite, 4, "from entry 4 to 6"),
    "all written anew, and gone on": (
        lambda o: o.write([(e.replace('"n":5', '"n":77'), None) for _, e, _ in o.entries()] * 2), 4, "from entry 4 to 6"
    ),
}  # fmt: skip
"""What the owner does, the first entry that the check must name, and what it says: 3, 6 and 9 were witnessed."""
WITNESS_ONLY = {"the end cut off, and the head moved", "all written anew", "all written anew, and gone on"}
"""What leaves a chain that is whole: nobody finds it but with a witness."""


@pytest.fixture
def witnessed(store: Any, tmp_path: Path) -> Path:
    """A witness file with the heads of entries 3, 6 and 9."""
    path = tmp_path / "heads"
    for since in (1, 4, 7):
        filled(store, since=since, upto=since + 2)
        assert store.run(witness.write(store, A, path)).seq == since + 2
    return path


def heads(path: Path) -> list[dict[str, Any]]:
    return list(journal_file.heads(path.read_text("utf-8").splitlines()))


def test_a_journal_that_nobody_touched_is_whole(store: Any, witnessed: Path) -> None:
    filled(store, since=10, upto=12)
    for lines in (exported(store), exported(store, private=True)):
        assert journal_file.check(lines, heads(witnessed)) == []
    assert "张" not in "".join(exported(store))
    assert "张" in "".join(exported(store, private=True))
    assert len(exported(store)) == 14


@pytest.mark.parametrize("way", WAYS)
def test_whatever_the_owner_of_the_database_does_is_found_and_named(store: Any, witnessed: Path, way: str) -> None:
    do, entry, told = WAYS[way]
    do(Owner(store))
    found = journal_file.check(exported(store), heads(witnessed))
    assert found
    assert found[0][0] == entry, found
    assert told in found[0][1], found
    alone = journal_file.check(exported(store))
    assert bool(alone) == (way not in WITNESS_ONLY), alone
    if way in WITNESS_ONLY:
        assert store.run(store.read(journal.verify, A)).whole  # neither does the database itself
        with pytest.raises(Rejected, match="since it was witnessed"):
            store.run(witness.write(store, A, witnessed))


def test_a_personal_part_that_was_changed_is_named(store: Any, witnessed: Path) -> None:
    owner = Owner(store)
    owner.run("UPDATE journal SET private = %s WHERE tenant_id = %s AND seq = 3", '{"who":"李"}', A)
    assert journal_file.check(exported(store, private=True))[0] == (
        3,
        "entry 3: its personal part is not what it commits to",
    )
    owner.run("UPDATE journal SET private = NULL WHERE tenant_id = %s AND seq = 3", A)
    assert journal_file.check(exported(store, private=True), heads(witnessed)) == []  # what was erased is no break


def test_what_is_done_to_the_file_is_found(store: Any, witnessed: Path) -> None:
    lines = exported(store)
    for n, changed in {
        10: lines[:-1],
        5: [*lines[:5], lines[5].replace("test.noted", "test.other"), *lines[6:]],
        7: [*lines[:7], *lines[8:]],
        10_000: [*lines, lines[1]],
    }.items():
        found = journal_file.check(changed, heads(witnessed))
        assert found, n
        assert found[0][0] in (n, LAST, LAST + 1), (n, found)
    other = json.loads(lines[-1])
    other["head"]["at"] = "2030-01-01T00:00:00+00:00"
    assert "not signed" in journal_file.check([*lines[:-1], json.dumps(other)], heads(witnessed))[0][1]
    for junk in (
        [],
        ["x"],
        ['{"format": "else"}'],
        ["null"],
        [lines[0], "x"],
        [lines[0], "{}"],
        [lines[0], '{"head": 1}'],
    ):
        assert journal_file.check(junk)[0][0] == 0


@given(st.lists(st.text(max_size=50), max_size=5), st.text(max_size=80))
def test_whatever_it_is_given_it_answers(lines: list[str], head: str) -> None:
    assert journal_file.check(lines, journal_file.heads([head]))


def test_forged_heads_accuse_nobody(store: Any, witnessed: Path) -> None:
    lines, good = exported(store), heads(witnessed)
    forged = good[1] | {"hash": "00" * 32}
    found = journal_file.check(lines, [*good, forged])
    assert [seq for seq, _ in found] == [0]
    assert "not signed" in found[0][1]
    stranger = Keys(bytes(32)).signers(A)[0]
    forged["signatures"] = {
        stranger.public_key().public_bytes_raw().hex(): stranger.sign(journal_file.said(forged)).hex()
    }
    assert [seq for seq, _ in journal_file.check(lines, [*good, forged])] == [0]
    assert journal_file.check(lines, good, keys=["00" * 32])[0][0] == 0
    of_other = [one | {"tenant": B} for one in good]
    assert "none of the witnessed heads" in journal_file.check(lines, of_other)[0][1]


def test_a_new_key_is_known_by_the_old_one(store: Any, tmp_path: Path) -> None:
    path = tmp_path / "heads"
    filled(store, upto=3)
    store.run(witness.write(store, A, path))
    store.keys = Keys({**KEYS.ring, 2: Key(id=2, secret=bytes(range(1, 33)))})
    filled(store, since=4, upto=5)
    assert len(store.run(witness.write(store, A, path)).signatures) == 2
    store.keys = Keys({2: store.keys.ring[2]})
    filled(store, since=6, upto=7)
    assert len(store.run(witness.write(store, A, path)).signatures) == 1
    assert journal_file.check(exported(store), heads(path)) == []
    without = [one for one in heads(path) if one["seq"] != 5]
    assert "not signed" in journal_file.check(exported(store), without)[0][1]


def test_the_check_stands_alone(store: Any, witnessed: Path, tmp_path: Path) -> None:
    """An auditor has one file of ours, and a Python without the rest."""
    path, alone = tmp_path / "journal", tmp_path / "journal_file.py"
    path.write_text("\n".join(exported(store)), "utf-8")
    alone.write_text(Path(str(journal_file.__file__)).read_text("utf-8"), "utf-8")
    guard = "import sys, runpy; sys.argv = sys.argv[1:]; import builtins\nreal = builtins.__import__\n"
    guard += "def only(name, *rest):\n assert not name.startswith('renda'), name\n return real(name, *rest)\n"
    guard += "builtins.__import__ = only; runpy.run_path(sys.argv[0], run_name='__main__')"
    call = [sys.executable, "-c", guard, str(alone), str(path), "--witness", str(witnessed)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    assert (done.returncode, done.stdout) == (0, "whole 完整\n"), done.stderr
    rewrite(Owner(store))
    path.write_text("\n".join(exported(store)), "utf-8")
    done = subprocess.run(call, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    assert done.returncode == 1
    assert done.stdout.startswith("4: entry 6 was witnessed at ")
    assert len(Path(str(journal_file.__file__)).read_text("utf-8").splitlines()) < 180


# -- another tenant as witness


async def take(unit: Unit, given: Statement) -> bool:
    return await witness.take(unit, None, given)


def kept(store: Any, **asked: Any) -> Any:
    async def work(reader: Any) -> Any:
        return await witness.kept(reader, None, AUDITOR, **asked)  # type: ignore[arg-type]

    return store.run(store.read(work, B))


def test_a_city_keeps_a_countys_heads(store: Any) -> None:
    for n in range(1, 4):
        filled(store, since=n, upto=n)
        assert store.run(witness.carry(store, A, store, B, "city")).seq == n
        assert store.run(witness.carry(store, A, store, B, "city")) is None
    assert [one.seq for one in kept(store, whose=A)] == [1, 2, 3]
    assert [one.seq for one in kept(store, whose=A, after="2")] == [3]
    assert [(one.tenant, one.seq) for one in kept(store)] == [(A, 3)]
    assert journal_file.check(exported(store), [attrs.asdict(one.statement) for one in kept(store, whose=A)]) == []
    entries = store.run(store.read(journal.entries, B))
    assert {json.loads(e.entry)["actor"] for e in entries} == {"job:witness"}
    assert store.run(store.read(journal.verify, B)).whole
    rewrite(Owner(store), at=2)
    with pytest.raises(Rejected, match="since it was witnessed"):
        store.run(witness.carry(store, A, store, B, "city"))


def test_a_city_refuses_what_goes_back_contradicts_or_is_anothers(store: Any) -> None:
    signed = []
    for n in range(1, 4):
        filled(store, since=n, upto=n)
        signed.append(store.run(witness.signed(store, A)))

    def give(one: Statement, by: Actor = CLERK) -> bool:
        done: bool = store.run(store.write(take, B, by, one))
        return done

    with pytest.raises(NotAllowed, match="first head"):
        give(signed[1], AUDITOR)
    with pytest.raises(NotAllowed, match="taken by"):
        give(signed[1], Actor(id=CLERK.id, roles={"deputy"}))
    assert give(signed[1]) is True
    assert give(signed[1], AUDITOR) is False
    with pytest.raises(Rejected, match="goes back"):
        give(signed[0])
    assert give(signed[2], AUDITOR) is True
    assert give(signed[1]) is False  # a message that came twice
    rewrite(Owner(store), at=2)
    other = store.run(witness.signed(store, A))
    with pytest.raises(Rejected, match="contradicts"):
        give(other)
    with pytest.raises(Rejected, match="signatures"):
        give(attrs.evolve(signed[2], seq=9))
    store.keys = Keys(bytes(32))
    filled(store, since=4, upto=4)
    strange = store.run(witness.signed(store, A))
    with pytest.raises(Rejected, match="another key"):
        give(strange)
    store.keys = KEYS
    ahead = (databases.NOW + dt.timedelta(days=3)).isoformat()
    for bad in ({"tenant": B}, {"tenant": "x"}, {"hash": "zz"}, {"hash": "00"}, {"at": "x"}, {"at": "2026-01-01T00:00"},
                {"at": ahead}, {"seq": -1}, {"seq": 3_000_000_000}, {"signatures": {}}):  # fmt: skip
        with pytest.raises(Invalid):
            give(attrs.evolve(signed[2], **bad))
    assert [one.seq for one in kept(store, whose=A)] == [2, 3]


def test_only_auditors_and_offices_read_heads(store: Any) -> None:
    async def work(reader: Any) -> Any:
        return await witness.kept(reader, None, Actor(id=CLERK.id, roles={"deputy"}))  # type: ignore[arg-type]

    with pytest.raises(NotAllowed):
        store.run(store.read(work, B))
    for after in ("x", "-1"):
        with pytest.raises(Invalid):
            kept(store, whose=A, after=after)
    with pytest.raises(Invalid):
        kept(store, after="x")


def test_keys_of_tenants_differ() -> None:
    assert (
        hashlib.sha256(KEYS.signers(A)[0].sign(b"x")).digest() != hashlib.sha256(KEYS.signers(B)[0].sign(b"x")).digest()
    )
    assert [k.private_bytes_raw() for k in KEYS.signers(A)] == [k.private_bytes_raw() for k in KEYS.signers(A)]
