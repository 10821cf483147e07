"""The doctor names what is wrong with a set-up, with its remedy, and changes nothing."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import url

from renda_core import discovery, doctor
from renda_core.configuration import read_tenant
from renda_core.doctor import surroundings
from renda_core.errors import ConfigError
from renda_core.store.migrate import create_sqlite
from renda_core.store.revision import NEWEST, standing
from renda_core.workspace import ZONE, Home

NOW = dt.datetime(2026, 1, 20, 9, tzinfo=ZONE)
COUNTY = """
id = "0198a000-0000-7000-8000-0000000000a1"
code = "qing"
name = "清河县"
level = "county"
[plugins.suggestion_handling]
"""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("household")
    (folder / "qing.toml").write_text(COUNTY, "utf-8")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
        Home(path=folder / "home", now=lambda: NOW).create(read_tenant(folder / "qing.toml")).close()
    return folder / "home"


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Home:
    return Home(path=Path(shutil.copytree(made, tmp_path / "home")), now=lambda: NOW)


def bad(findings: Iterator[doctor.Finding]) -> list[doctor.Finding]:
    return [f for f in findings if f.level == "wrong"]


def one(findings: Iterator[doctor.Finding]) -> doctor.Finding:
    (found,) = bad(findings)
    assert found.remedy
    return found


def test_a_sound_set_up_has_nothing_wrong(home):
    before = {p: p.read_bytes() for p in home.path.rglob("*") if p.suffix in (".db", ".key")}
    assert bad(doctor.examine(home, {}, deep=True)) == []
    told = [f.told for f in doctor.examine(home, {})]
    assert any("清河县" in t and NEWEST in t for t in told)
    assert {p: p.read_bytes() for p in before} == before


def test_a_folder_that_is_not_there(tmp_path):
    assert "renda init" in one(doctor.household(Home(path=tmp_path / "nothing"))).remedy


def test_a_key_open_to_others(home):
    home.key.chmod(0o644)
    assert "chmod 600" in one(doctor.household(home)).told


def test_data_without_their_key(home):
    home.key.unlink()
    assert one(doctor.household(home)).about == "key 密钥"


def test_tokens_of_before_are_told_to_be_read_no_more(home):
    (home.path / "keys" / "tokens.toml").write_text("")
    (found,) = (f for f in doctor.household(home) if f.about.startswith("tokens"))
    assert "read no more" in found.told
    assert "renda token new" in found.remedy


def test_a_damaged_file_is_named_and_left_as_it_is(home):
    path = home.file("qing")
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 6] = bytes(4096 * 3)
    path.write_bytes(data)
    found = one(doctor.household(home))
    assert "backup" in found.remedy
    assert path.read_bytes() == bytes(data)


def assigned(home: Home) -> sqlite3.Connection:
    """Write an assigned case's row, in whose table some editions of SQLite see values as NULL."""
    raw = sqlite3.connect(home.file("qing"), isolation_level=None)
    raw.execute(
        "INSERT INTO case_assignment SELECT tenant_id, x'01', x'02', 'suggestion', 'sole', 'open', 1 FROM tenant"
    )
    return raw


def test_a_false_alarm_of_sqlite_is_none(home):
    assigned(home).close()
    assert bad(doctor.examine(home, {}, deep=True)) == bad(doctor.examine(home, {})) == []


def test_a_value_that_is_really_missing_is_told(home):
    assigned(home).close()
    for before, after, work in (
        ("kind VARCHAR NOT NULL", "kind VARCHAR", ""),
        ("kind VARCHAR", "kind VARCHAR NOT NULL", "UPDATE case_assignment SET kind = NULL"),
    ):
        raw = sqlite3.connect(home.file("qing"), isolation_level=None)
        raw.execute(work)
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = 'case_assignment'", (before, after))
        raw.close()
    assert "case_assignment.kind" in one(doctor.examine(home, {})).told


def test_what_is_no_database_at_all(home):
    home.file("qing").write_bytes(b"no database" * 1000)
    assert "cannot be read" in one(doctor.household(home)).told


def test_tables_of_an_older_renda(home):
    raw = sqlite3.connect(home.file("qing"))
    raw.execute("UPDATE alembic_version SET version_num = 'core_0001'")
    raw.commit()
    raw.close()
    assert "renda upgrade" in one(doctor.household(home)).told
    with pytest.raises(ConfigError, match=r"core_0001.*renda upgrade"):
        home.open("qing")


def test_tables_of_a_newer_renda(home):
    raw = sqlite3.connect(home.file("qing"))
    raw.execute("UPDATE alembic_version SET version_num = 'core_9999'")
    raw.commit()
    raw.close()
    assert "update renda" in one(doctor.household(home)).told


def test_the_newest_revision_is_the_newest(tmp_path):
    create_sqlite(tmp_path / "new.db")
    assert standing(tmp_path / "new.db") == NEWEST


def test_a_clock_that_goes_back(home):
    early = Home(path=home.path, now=lambda: NOW - dt.timedelta(days=3))
    assert "clock" in one(doctor.household(early)).remedy


def test_a_changed_journal_is_found_by_the_deep_look_alone(home):
    raw = sqlite3.connect(home.file("qing"))
    raw.execute("UPDATE journal SET entry = replace(entry, 'configuration', 'cOnfiguration')")
    raw.commit()
    raw.close()
    assert bad(doctor.household(home)) == []
    assert "entry 1" in one(doctor.household(home, deep=True)).told


def test_people_whom_nobody_finds(home):
    raw = sqlite3.connect(home.file("qing"))
    values = "'2026-01-01', '张三', '张三', '', '', '', '', '', ''"
    columns = "valid_from, name, match_key, sex, nationality, party, education, employer, position"
    raw.execute(f"INSERT INTO person (tenant_id, id, {columns}) SELECT tenant_id, x'01', {values} FROM tenant")  # noqa: S608
    raw.commit()
    raw.close()
    assert any(f.remedy == "renda reindex qing" and "1 people" in f.told for f in doctor.household(home))


def test_a_receiver_that_did_not_take_an_event_in_is_named(home):
    raw = sqlite3.connect(home.file("qing"))
    columns = "name, url, events, secret, active, seq, last, failures, trouble, version"
    for name, active, trouble in (("oa", 0, "it answered 410"), ("sms", 1, "it answered 500"), ("well", 1, "")):
        values = f"'{name}', 'https://a.example/', '*', x'', {active}, 0, x'00', 1, '{trouble}', 1"
        raw.execute(f"INSERT INTO receiver (tenant_id, {columns}) SELECT tenant_id, {values} FROM tenant")  # noqa: S608
    raw.commit()
    raw.close()
    told = [f.told for f in doctor.household(home) if "事件接收方" in f.told]
    assert told == [
        "receiver 事件接收方 oa is told no more: it answered 410",
        "receiver 事件接收方 sms is told again and again: it answered 500",
    ]


def test_what_a_killed_program_left(home):
    (home.path / ".ledger.xlsx.1a2b.part").write_bytes(b"")
    assert any(f.level == "note" and "ledger.xlsx" in f.told for f in doctor.household(home))


def test_a_practice_that_fails_is_named_alone(monkeypatch):
    class Entry:
        def __init__(self, name, load):
            self.name, self.value, self.load = name, f"somebody.{name}", load

    def broken():
        raise ImportError("no module named gone")

    monkeypatch.setattr(
        discovery, "entry_points", lambda group: [Entry("good", lambda: object()), Entry("bad", broken)]
    )
    found = one(doctor.practices())
    assert "bad" in found.about
    assert "gone" in found.told


def test_holidays_of_a_year_without_a_notice():
    levels = {f.about[-4:]: f.level for f in doctor.calendar(dt.date(2040, 5, 1))}
    assert levels == {"2040": "note", "2041": "note"}


def test_little_room_on_the_disk(monkeypatch, tmp_path):
    usage = shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr(surroundings.shutil, "disk_usage", lambda _: usage)
    assert "room" in one(doctor.machine(tmp_path / "not" / "yet")).remedy


def test_a_database_that_does_not_answer(tmp_path):
    dsn = "postgresql://renda:geheim@127.0.0.1:9/renda"
    environ = {"RENDA_DATABASE": dsn, "RENDA_TENANTS": str(tmp_path)}
    found = bad(doctor.database(environ))
    assert found
    assert "geheim" not in str(found)


@pytest.mark.postgres
def test_a_database_served_as_its_owner_is_refused(postgres_dsn, tmp_path):
    environ = {"RENDA_DATABASE": url(postgres_dsn), "RENDA_TENANTS": str(tmp_path)}
    assert "isolation 租户隔离" in {f.about for f in bad(doctor.database(environ))}


@pytest.mark.postgres
def test_a_database_served_by_the_application_is_sound(postgres_dsn):
    environ = {"RENDA_DATABASE": url(postgres_dsn, "renda_app")}
    assert bad(doctor.database(environ)) == []


@pytest.mark.postgres
def test_a_database_without_tables(empty_dsn):
    found = bad(doctor.database({"RENDA_DATABASE": url(empty_dsn)}))
    assert "renda upgrade --dsn" in found[-1].remedy
