"""doctor, upgrade and completion at the terminal."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from renda_core.store.revision import NEWEST


def test_a_sound_home(county):
    told = county.json("doctor")
    assert told["wrong"] == 0
    assert {f["level"] for f in told["findings"]} <= {"ok", "note"}
    assert "清河县" in county.ok("doctor", "--deep")


def test_what_is_wrong_ends_with_the_code_of_a_wrong_set_up(county):
    (county.home / "keys" / "renda.key").chmod(0o644)
    told = county.json("doctor", code=2)
    assert told["wrong"] == 1
    assert any("chmod 600" in f["told"] for f in told["findings"])


def test_an_older_file_is_refused_and_brought_up_to_date(county):
    raw = sqlite3.connect(county.home / "tenants" / "qing.db")
    for table in ("request_key", "import_row", "import_job", "column_choice", "person_word", "notice"):
        raw.execute(f"DROP TABLE {table}")
    for table in ("ballot_board", "ballot_sheet", "ballot_chunk", "case_code", "guess", "case_slot"):
        raw.execute(f"DROP TABLE {table}")
    for table in ("likeness_segment", "likeness_list", "likeness_page", "duty_count"):
        raw.execute(f"DROP TABLE {table}")
    for table in ("directory_host", "directory", "witness", "attachment", "consent", "provided", "identity_provider"):
        raw.execute(f"DROP TABLE {table}")
    for table in ("receiver", "delegation", "passkey", "ticket", "access", "account"):
        raw.execute(f"DROP TABLE {table}")
    raw.execute("ALTER TABLE journal_head DROP COLUMN shut")
    raw.execute("ALTER TABLE configuration DROP COLUMN footprint")
    for column in ("township", "liaison", "position", "offers"):
        raw.execute(f"ALTER TABLE station DROP COLUMN {column}")
    for column in ("round", "closes_at"):
        raw.execute(f"ALTER TABLE ballot DROP COLUMN {column}")
    for column in ("standing", "present", "issued", "named"):
        raw.execute(f"ALTER TABLE ballot_roll DROP COLUMN {column}")
    for index in (
        "ix_person_tenant_id_born_on",
        "ix_voter_tenant_id_person",
        "ix_case_file_tenant_id_kind_opened_on_id",
        "ix_duty_record_tenant_id_done_on",
    ):
        raw.execute(f"DROP INDEX {index}")
    for column in ("quantity", "facts", "mandates", "counts", "proven"):
        raw.execute(f"ALTER TABLE duty_record DROP COLUMN {column}")
    raw.execute("UPDATE alembic_version SET version_num = 'core_0001'")
    raw.commit()
    raw.close()
    refused = county("ledger", "qing")
    assert refused.exit_code == 2
    assert "renda upgrade" in refused.stderr
    assert county.json("upgrade") == {"upgraded": [{"tenant": "qing", "before": "core_0001", "now": NEWEST}]}
    assert county.json("upgrade", "qing")["upgraded"][0]["before"] == NEWEST
    county.ok("ledger", "qing")


def test_upgrading_a_tenant_that_is_not_there(county):
    assert county("upgrade", "bai").exit_code == 4


@pytest.mark.postgres
def test_a_database_is_made_ready(terminal, empty_dsn):
    terminal.ok("init")
    assert terminal.json("upgrade", "--dsn", empty_dsn) == {"database": NEWEST}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(terminal, shell):
    assert "_RENDA_COMPLETE" in terminal.ok("completion", shell)


def completed(home: Path, *words: str) -> set[str]:
    """Ask as the shell's function does."""
    line = " ".join(("renda", *words))
    env = {**os.environ, "_RENDA_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words))}
    env["RENDA_HOME"] = str(home)
    program = Path(sys.executable).with_name("renda")
    done = subprocess.run([program], env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    return {line.partition(",")[2] for line in done.stdout.splitlines()} - {""}


def test_commands_and_tenants_are_completed(county):
    assert {"tenant", "template"} <= completed(county.home, "te")
    assert completed(county.home, "ledger", "q") == {"qing"}
    assert completed(county.home, "ledger", "x") == set()
