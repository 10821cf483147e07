"""Archives that are damaged, cut, foreign or malicious are refused, each with what is wrong, and nothing is written."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests import databases
from tests.core.carrying import BY, furnished
from tests.databases import KEYS, NOW, A
from tests.store import rows

from renda_core.errors import ConfigError, Invalid, RendaError
from renda_core.services import moving
from renda_core.store.archive.file import BLOCK, MANIFEST
from renda_core.store.archive.rows import MANY
from renda_core.store.migrate import create_sqlite, upgrade_postgres

PLUGIN = Path(__file__).parent / "fixture_plugin" / "migrations"


@pytest.fixture
def archive(sqlite_store: Any, tmp_path: Path) -> Path:
    """An archive of a tenant with a few entries."""
    for _ in range(3):
        rows.enter(sqlite_store, A)
    moving.export(sqlite_store, A, tmp_path / "good.renda", by=BY.id)
    return tmp_path / "good.renda"


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as held:
        return {name: held.read(name) for name in held.namelist()}


def packed(path: Path, held: dict[str, bytes], **how: Any) -> Path:
    made = path.with_name("made.renda")
    with zipfile.ZipFile(made, "w", **how) as file:
        for name, content in held.items():
            file.writestr(name, content)
    return made


def manifest(held: dict[str, bytes], **change: Any) -> dict[str, bytes]:
    told = json.loads(held[MANIFEST])
    return {**held, MANIFEST: json.dumps({**told, **change}).encode()}


def refused(path: Path, target: Path, why: str) -> None:
    """Refuse it when it is checked, and when it is brought in, before anything is written."""
    with pytest.raises(Invalid, match=why):
        moving.verify(path)
    with pytest.raises(Invalid, match=why):
        moving.bring_in_file(path, target, by=BY, keys=KEYS, now=lambda: NOW)
    assert not target.exists()


def test_a_good_one_is_good(archive: Path) -> None:
    found = moving.verify(archive)
    assert (found.entries, found.manifest.tenant.id, found.digest) == (3, A, found.manifest.digest)
    assert archive.stat().st_mode & 0o077 == 0  # sealed or not, it is nobody else's


def test_equal_rows_give_equal_files(sqlite_store: Any, archive: Path, tmp_path: Path) -> None:
    moving.export(sqlite_store, A, tmp_path / "again.renda", by=BY.id)
    assert (tmp_path / "again.renda").read_bytes() == archive.read_bytes()  # the clock of a test stands still


def test_one_that_is_there_is_not_written_over(sqlite_store: Any, archive: Path) -> None:
    before = archive.read_bytes()
    with pytest.raises(ConfigError, match="exists"):
        moving.export(sqlite_store, A, archive, by=BY.id)
    assert archive.read_bytes() == before
    with pytest.raises(ConfigError, match="no folder"):
        moving.export(sqlite_store, A, archive.parent / "none" / "a.renda", by=BY.id)


def test_what_is_no_archive(tmp_path: Path, archive: Path) -> None:
    target = tmp_path / "t.db"
    refused(tmp_path / "none.renda", target, "no file")
    for n, content in enumerate((b"", b"PK", b"a,b\n1,2\n", archive.read_bytes()[: archive.stat().st_size // 2])):
        (file := tmp_path / f"{n}.renda").write_bytes(content)
        refused(file, target, "no archive")
    refused(packed(archive, {"a.txt": b"x"}), target, "no archive")
    refused(packed(archive, {**members(archive), "../../etc/passwd": b"x"}), target, "no archive")
    refused(packed(archive, manifest(members(archive), form="another")), target, "no archive")


@pytest.mark.parametrize(("version", "why"), [(2, "newer; update"), (0, "older")])
def test_of_another_form(version: int, why: str, archive: Path, tmp_path: Path) -> None:
    refused(packed(archive, manifest(members(archive), version=version)), tmp_path / "t.db", why)


@pytest.mark.parametrize("change", [{"tables": 3}, {"tenant": {}}, {"made_at": "yesterday"}, {"seq": "x"}])
def test_a_manifest_that_makes_no_sense(change: dict[str, Any], archive: Path, tmp_path: Path) -> None:
    refused(packed(archive, manifest(members(archive), **change)), tmp_path / "t.db", "manifest cannot be read")


def test_other_revisions_are_refused_with_both_named(archive: Path, tmp_path: Path) -> None:
    file, target = packed(archive, manifest(members(archive), revisions=["core_0006"])), tmp_path / "t.db"
    moving.verify(file)  # it is whole, only older
    with pytest.raises(ConfigError, match=r"core_0006.*core_0008"):
        moving.bring_in_file(file, target, by=BY, keys=KEYS, now=lambda: NOW)
    assert list(tmp_path.glob("*t.db*")) == []


def test_every_byte_that_is_changed_is_found(archive: Path, tmp_path: Path) -> None:
    made, raw = random.Random(1), archive.read_bytes()
    file = tmp_path / "changed.renda"
    for _ in range(150):
        at = made.randrange(len(raw))
        file.write_bytes(raw[:at] + bytes([raw[at] ^ 1 << made.randrange(8)]) + raw[at + 1 :])
        try:
            found = moving.verify(file)
        except Invalid:
            continue
        # what tells nothing of its content, such as the date of a member, may differ
        assert members(file) == members(archive), at
        assert found.digest == moving.verify(archive).digest


def test_rows_that_were_changed_added_taken_or_put_in_another_order(archive: Path, tmp_path: Path) -> None:
    held, name = members(archive), "tables/case_file.jsonl"
    lines = held[name].splitlines(keepends=True)
    target = tmp_path / "t.db"
    for changed in (lines[:-1], lines[::-1], [*lines, lines[0]], [*lines, b'["x"]\n'], [b"".join(lines)[:-1]]):
        refused(packed(archive, {**held, name: b"".join(changed)}), target, "rows of case_file are not")
    refused(packed(archive, {k: v for k, v in held.items() if k != name}), target, "are not the same")
    refused(packed(archive, {**held, "tables/more.jsonl": b""}), target, "are not the same")


def retold(held: dict[str, bytes], name: str, content: bytes) -> dict[str, bytes]:
    """Change a table, and have the manifest vouch for it, as whoever forges an archive would."""
    from renda_core.store.archive.rows import Taller

    taller = Taller()
    taller.add(content)
    tally = taller.tally()
    told = json.loads(held[MANIFEST])
    for part in told["tables"]:
        if part["name"] == name:
            part["tally"] = {"rows": tally.rows, "size": tally.size, "sha256": tally.sha256}
    return {**held, f"tables/{name}.jsonl": content, MANIFEST: json.dumps(told).encode()}


def test_a_forged_journal_is_found_although_every_hash_was_made_anew(archive: Path, tmp_path: Path) -> None:
    held, target = members(archive), tmp_path / "t.db"
    entries = held["tables/journal.jsonl"].splitlines(keepends=True)
    forged = [line.replace("路灯".encode(), "桥梁".encode()) for line in entries]
    refused(packed(archive, retold(held, "journal", b"".join(forged))), target, "broken at entry 1")
    refused(packed(archive, retold(held, "journal", b"".join(entries[:2]))), target, "ends at entry 2")
    refused(packed(archive, retold(held, "journal", b"".join(entries[1:]))), target, "entry 1 is missing")
    owner = held["tables/tenant.jsonl"].replace(b"county", b"city")
    refused(packed(archive, retold(held, "tenant", owner)), target, "not the one")


HOSTILE = [b'["a"]\n', b"{}\n", b"null\n", b"[" * 10_000 + b"\n", b"[1,2,3,4]\n", b"\xff\xfe\n", b'[{"a":1}]\n']


@pytest.mark.parametrize("line", HOSTILE)
def test_rows_that_are_none_are_refused_and_nothing_is_kept(line: bytes, archive: Path, tmp_path: Path) -> None:
    for name in ("case_file", "journal", "unit", "tenant"):
        file = packed(archive, retold(members(archive), name, line))
        with pytest.raises(RendaError):
            moving.bring_in_file(file, tmp_path / "t.db", by=BY, keys=KEYS, now=lambda: NOW)
        assert not (tmp_path / "t.db").exists()


def test_rows_of_nobody_are_refused_by_the_database(archive: Path, store: Any) -> None:
    """A row of the index without its case: forged, and whole as far as the file can tell."""
    part = next(p for p in json.loads(members(archive)[MANIFEST])["tables"] if p["name"] == "case_party")
    row = {"case_id": BY.id, "kind": "k", "person": BY.id, "role": "r"}
    line = json.dumps([row[field["name"]] for field in part["fields"]]).encode() + b"\n"
    file = packed(archive, retold(members(archive), "case_party", line))
    other = moving.count(store, databases.B)
    moving.verify(file)
    if moving.count(store, A)["tenant"].rows:
        owner = databases.owner_dsn(store) if hasattr(store, "owner_dsn") else None
        if owner:
            from tests.core.carrying import owner_of

            strong = owner_of(owner)
            moving.purge(strong, A)
            strong.shut()
        else:
            moving.purge(store, A)
    with pytest.raises(Invalid, match="case_party"):
        moving.bring_in(store, file, by=BY)
    assert not any(tally.rows for tally in moving.count(store, A).values())
    assert moving.count(store, databases.B) == other


def test_nothing_small_unfolds_into_something_large(archive: Path, tmp_path: Path) -> None:
    bomb = retold(members(archive), "counter", b"[" + b" " * 30_000_000 + b"]\n")
    file = packed(archive, bomb, compression=zipfile.ZIP_DEFLATED)
    assert file.stat().st_size < 200_000
    refused(file, tmp_path / "t.db", "packed in a way")


def test_members_that_overlap_are_refused(archive: Path, tmp_path: Path) -> None:
    """The directory names one member under two names, as bombs do that need no compression."""
    made = tmp_path / "overlap.renda"
    with zipfile.ZipFile(made, "w") as file:
        file.writestr(MANIFEST, members(archive)[MANIFEST])
        info = zipfile.ZipInfo("tables/counter.jsonl")
        file.writestr(info, b" " * 100_000)
        for n in range(50):
            twin = zipfile.ZipInfo(f"tables/counter_{n}.jsonl")
            for field in ("header_offset", "CRC", "compress_size", "file_size"):
                setattr(twin, field, getattr(info, field))
            file.filelist.append(twin)
            file.NameToInfo[twin.filename] = twin
    refused(made, tmp_path / "t.db", "packed in a way")


MEASURED = """
import resource, sys
from pathlib import Path
from tests.core.carrying import BY
from tests.databases import A, KEYS, NOW
from renda_core.services import moving
from renda_core.store.sqlite import SqliteStore
store = SqliteStore(sys.argv[1], keys=KEYS, now=lambda: NOW)
moving.count(store, "0198a000-0000-7000-8000-00000000000b")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
moving.export(store, A, Path(sys.argv[2]), by="x")
moving.verify(Path(sys.argv[2]))
moving.bring_in_file(Path(sys.argv[2]), Path(sys.argv[3]), by=BY, keys=KEYS, now=lambda: NOW)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_tenant(sqlite_path: Path, sqlite_store: Any, tmp_path: Path) -> None:
    """Half a gigabyte would not fit where a hundred megabytes do: some sixty of them take less than forty."""
    from renda_core.store.cases import ADD_FILE

    async def many(unit: Any) -> None:
        for _ in range(12):
            made = [rows.values(rows.file(document=b"x" * 5_000)) for _ in range(MANY)]
            await unit.write_all(ADD_FILE, made)
        unit.record("many", on=A, version=0, rule="test")

    sqlite_store.run(sqlite_store.write(many, A, BY))
    line = [sys.executable, "-W", "ignore", "-c", MEASURED]
    line += [str(sqlite_path), str(tmp_path / "big.renda"), str(tmp_path / "t.db")]
    done = subprocess.run(line, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])  # noqa: S603
    size = (tmp_path / "big.renda").stat().st_size
    assert size > 60 * BLOCK
    assert int(done.stdout) * 1024 < 45 * 1024 * 1024
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0


@pytest.mark.postgres
def test_tables_of_plugins_go_along_from_either_back_end(empty_dsn: str, tmp_path: Path) -> None:
    """A plugin's table is found in the database itself; its ids and moments are the same from both."""
    path = tmp_path / "a.db"
    create_sqlite(path, [PLUGIN])
    upgrade_postgres(empty_dsn, [PLUGIN])
    databases.add_tenants_sqlite(path, A)
    one, two = databases.open_sqlite(path), databases.open_postgres(empty_dsn)
    note = "〇·a"
    raw = __import__("sqlite3").connect(path)
    whose = bytes.fromhex(A.replace("-", ""))
    raw.executemany(
        "INSERT INTO fixture_plugin_batch VALUES (?, ?, ?)", [(whose, bytes([n]) * 16, f"{note}{n}") for n in range(9)]
    )
    raw.commit()
    raw.close()
    made = moving.export(one, A, tmp_path / "1", by=BY.id)
    assert {p.name: p.tally.rows for p in made.tables}["fixture_plugin_batch"] == 9
    assert "fixture_plugin_0001" in made.revisions
    moving.bring_in(two, tmp_path / "1", by=BY)
    assert moving.arrived(two, made)
    back = moving.export(two, A, tmp_path / "2", by=BY.id)
    tally = {p.name: p.tally for p in made.tables}["fixture_plugin_batch"]
    assert {p.name: p.tally for p in back.tables}["fixture_plugin_batch"] == tally
    with pytest.raises(ConfigError, match="fixture_plugin_0001"):  # where the plugin is not
        moving.bring_in_file(tmp_path / "1", tmp_path / "t.db", by=BY, keys=KEYS, now=lambda: NOW)
    moving.bring_in_file(
        tmp_path / "2", tmp_path / "t.db", by=BY, keys=KEYS, now=lambda: NOW, plugin_locations=[PLUGIN]
    )
    one.close()
    two.shut()


def test_a_full_disk_leaves_nothing(
    sqlite_store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path_of_parts: Callable[[], list[str]]
) -> None:
    furnished(sqlite_store, 3)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("renda_core.store.archive.file.os.fsync", full)
    with pytest.raises(ConfigError, match="No space"):
        moving.export(sqlite_store, A, tmp_path / "x.renda", by=BY.id)
    assert path_of_parts() == []


@pytest.fixture
def path_of_parts(tmp_path: Path) -> Callable[[], list[str]]:
    """List what an export left behind."""
    return lambda: [p.name for p in tmp_path.iterdir() if "renda" in p.name]
