"""Witnesses of the journal at the command line: a file, another tenant, and a check without the database."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Terminal

CITY = """
id = "0198a000-0000-7000-8000-0000000000b1"
code = "shi"
name = "上级市"
level = "city"
"""


def test_a_head_in_a_file_finds_what_the_database_hides(county: Terminal) -> None:
    heads, journal, later = (county.folder / name for name in ("heads", "journal", "later"))
    first = county.json("journal", "witness", "qing", "--to", heads)["witnessed"]
    assert first["seq"] == county.head()[0]
    assert county.json("journal", "witness", "qing", "--to", heads)["witnessed"] is None
    county.opened()
    county.ok("journal", "witness", "qing", "--to", heads)
    assert len(heads.read_text("utf-8").splitlines()) == 2
    told = county.json("journal", "export", "qing", "--to", journal)
    assert told["entries"] == county.head()[0]
    assert county.json("journal", "check", journal, "--witness", heads) == {"whole": True, "witnessed": 2, "found": []}
    assert county("journal", "export", "qing", "--to", journal).exit_code == 2
    with contextlib.closing(sqlite3.connect(county.home / "tenants" / "qing.db", isolation_level=None)) as raw:
        raw.execute("UPDATE journal SET entry = replace(entry, 'suggestion', 'sujestion')")
    county.ok("journal", "export", "qing", "--to", later)
    done = county.json("journal", "check", later, "--witness", heads, code=1)
    assert not done["whole"]
    assert done["found"][0]["entry"] >= 1
    assert county("journal", "check", later).exit_code == 1


def test_another_tenant_keeps_heads(county: Terminal) -> None:
    county.ok("tenant", "apply", county.write("shi.toml", CITY))
    made = county.json("journal", "witness", "qing", "--to-tenant", "shi")["witnessed"]
    assert county.json("journal", "witness", "qing", "--to-tenant", "shi")["witnessed"] is None
    assert [one["seq"] for one in county.json("witness", "list", "shi")["heads"]] == [made["seq"]]
    county.opened()
    county.ok("journal", "witness", "qing", "--to-tenant", "shi")
    kept = county.folder / "kept"
    assert len(county.json("witness", "list", "shi", "--of", made["tenant"], "--to", kept)["heads"]) == 2
    journal = county.folder / "journal"
    county.ok("journal", "export", "qing", "--to", journal, "--private")
    assert county.json("journal", "check", journal, "--witness", kept)["whole"]
    assert county.json("witness", "take", "shi", kept)["taken"] == 0
    bad = json.loads(kept.read_text("utf-8").splitlines()[0]) | {"seq": 1}
    assert county("witness", "take", "shi", county.write("bad", json.dumps(bad))).exit_code == 1


def test_every_sweep_brings_the_head_to_the_witness_that_the_directory_names(county: Terminal) -> None:
    county.ok("tenant", "apply", county.write("shi.toml", CITY))
    county.ok("operator", "new", "yun", "运营方")
    county.ok("journal", "witness", "qing", "--to-tenant", "shi", "--always")
    county.opened()
    swept = county.json("sweep", "qing")
    assert swept["witnessed"]
    assert county.json("witness", "list", "shi")["heads"][0]["seq"] == swept["witnessed"][0]
    assert swept["failed"] == []
    with contextlib.closing(sqlite3.connect(county.home / "tenants" / "shi.db", isolation_level=None)) as raw:
        raw.execute("UPDATE witness SET hash = zeroblob(32)")
    county.opened(title="修路")
    assert "since it was witnessed" in county.json("sweep", "qing")["failed"][0]


def test_where_to_must_be_said_once(county: Terminal) -> None:
    for options in ([], ["--to", "x", "--to-tenant", "shi"], ["--to", "x", "--always"]):
        assert county("journal", "witness", "qing", *options).exit_code == 2
    assert county("journal", "check", county.write("junk", "junk")).exit_code == 1
    assert county("journal", "witness", "qing", "--to-tenant", "nowhere").exit_code == 4
