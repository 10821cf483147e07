"""Commands on personal data and on the keys that seal them, from making a key to retiring the old one."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path

import pytest

from renda_core.domain.identity import citizen_check_digit
from renda_core.store import ring

from .conftest import ID, Terminal

NUMBER = f"{ID}3{citizen_check_digit(ID + '3')}"


def person(county: Terminal) -> str:
    (found,) = county.json("people", "qing", NUMBER)["people"]
    id: str = found["id"]
    return id


def test_a_key_is_changed_and_the_old_one_retired(county: Terminal) -> None:
    before = person(county)
    assert [(k["id"], k["seals"]) for k in county.json("keys", "list")["keys"]] == [(1, True)]
    assert county.json("keys", "new", "--after", "0")["id"] == 2
    refused = county.json("keys", "retire", "1", code=1)["problem"]
    assert any("person.id_number" in reason for reason in refused["reasons"])
    assert person(county) == before
    (done,) = county.json("keys", "rotate")["tenants"]
    assert (done["tenant"], done["key"], done["left"]) == ("qing", 2, 0)
    assert done["places"]["person.id_number"] == 2
    assert county.json("keys", "rotate", "qing")["tenants"][0]["values"] == 0
    held = county.json("keys", "list", "--needed")["keys"]
    assert [k["needed"] for k in held] == [{}, {"qing": 4}]  # two numbers, each with its hash
    assert person(county) == before
    retired = county.json("keys", "retire", "1")
    assert stat.S_IMODE(Path(retired["file"]).stat().st_mode) == 0o600
    assert sorted(ring.read(county.home / "keys" / "renda.key")) == [2]
    assert person(county) == before
    assert "whole" in county.ok("journal", "verify", "qing")
    for wrong in (2, 1):
        assert county.json("keys", "retire", wrong, code=1)["problem"]["code"] == "rejected"


def test_a_key_whose_moment_is_far_off_is_not_waited_for(county: Terminal) -> None:
    county.ok("keys", "new", "--after", "3600")
    told = county.json("keys", "rotate", code=1)["problem"]
    assert any("key 2 seals only in" in reason for reason in told["reasons"])
    assert [(k["id"], k["seals"]) for k in county.json("keys", "list")["keys"]] == [(1, True), (2, False)]


def test_no_key_is_retired_while_a_tenant_cannot_be_looked_at(county: Terminal) -> None:
    county.ok("keys", "new", "--after", "0")
    county.ok("keys", "rotate")
    (county.home / "tenants" / "broken.db").write_bytes(b"no database at all")
    told = county.json("keys", "retire", "1", code=2)["problem"]
    assert any("broken" in reason for reason in told["reasons"])
    assert sorted(ring.read(county.home / "keys" / "renda.key")) == [1, 2]


def test_attached_files_are_sealed_anew_too_and_open_as_before(county: Terminal, tmp_path: Path) -> None:
    number, content = county.assigned(), b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    (tmp_path / "note.pdf").write_bytes(content)
    added = county.json("file", "add", "qing", number, tmp_path / "note.pdf")["file"]
    county.ok("keys", "new", "--after", "0")
    reasons = county.json("keys", "retire", "1", code=1)["problem"]["reasons"]
    assert "qing attachment (content): 1" in reasons
    (done,) = county.json("keys", "rotate")["tenants"]
    assert done["places"]["attachment (content)"] == done["places"]["attachment.name"] == 1
    county.ok("keys", "retire", "1")
    county.ok("file", "get", "qing", added["id"], tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == content


def test_no_command_shows_a_key(county: Terminal) -> None:
    county.ok("keys", "new", "--after", "0")
    said = "".join(
        county(*line).output for line in (("keys", "list", "--needed"), ("keys", "rotate"), ("keys", "retire", 1))
    )
    for file in (county.home / "keys").iterdir():
        for key in ring.read(file).values():
            assert key.secret.hex() not in said


@pytest.mark.parametrize("ending", [".json", ".xlsx", ".zip"])
def test_a_copy_is_written_whole_for_its_owner(county: Terminal, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"copy{ending}"
    told = county.json("privacy", "export", "qing", person(county), file, "--reason", "本人申请")
    assert told["rows"]["person"] == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    if ending == ".json":
        assert json.loads(file.read_text("utf-8"))["person"][0]["id_number"] == NUMBER
    if ending == ".zip":
        assert sorted(zipfile.ZipFile(file).namelist()) == ["personal-data.json", "personal-data.xlsx"]
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_what_is_refused(county: Terminal, tmp_path: Path) -> None:
    id = person(county)
    for line, code in (
        (("privacy", "export", "qing", id, tmp_path / "copy.pdf", "--reason", "x"), 2),
        (("privacy", "export", "qing", id, tmp_path / "no" / "copy.json", "--reason", "x"), 2),
        (("privacy", "export", "qing", "12", tmp_path / "copy.json", "--reason", "x"), 1),
        (("privacy", "erase", "qing", id, "--reason", "x"), 1),  # JSON asks nobody: --yes
        (("privacy", "erase", "qing", id, "--reason", "x", "--yes"), 1),  # no overseer
        (("privacy", "reveal", "qing", "person.shoe", id, "--reason", "x"), 1),
        (("privacy", "withdraw", "qing", id), 4),
    ):
        assert "problem" in county.json(*line, code=code)
    assert list(tmp_path.glob("copy*")) == []
    asked = county("--roles", "overseer", "privacy", "erase", "qing", id, "--reason", "x")
    assert asked.exit_code == 130  # nobody answered
    assert person(county) == id


def test_a_number_is_seen_whole_consent_is_kept_and_a_voters_data_erased(county: Terminal) -> None:
    id = person(county)
    assert county.json("privacy", "reveal", "qing", "person.id_number", id, "--reason", "核对")["values"] == [
        ["公民身份号码", NUMBER]
    ]
    given = county.json("privacy", "consent", "qing", id, "feedback")
    assert county.json("privacy", "consents", "qing", "--person", id)["consents"][0]["id"] == given["id"]
    assert county.json("privacy", "withdraw", "qing", given["id"])["withdrawn_at"]
    assert {p["name"] for p in county.json("privacy", "purposes")["purposes"]} >= {"feedback"}
    assert county.json("privacy", "retention", "qing") == {"places": {}, "left": [], "logs": [], "done": False}
    assert county.json("privacy", "retention", "qing", "--run")["done"]
    done = county.json("--roles", "overseer", "privacy", "erase", "qing", id, "--reason", "本人要求", "--yes")
    assert done["places"]["person"] == 1
    assert any("代表法" in kept for kept in done["kept"])  # a deputy's name stays
    assert county.json("people", "qing", NUMBER)["people"] == []
    assert "whole" in county.ok("journal", "verify", "qing")


def test_the_pages_map_is_the_one_in_code(county: Terminal) -> None:
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "personal-data.md").read_text("utf-8")
    for place in county.json("privacy", "map")["places"]:
        row = f"| `{place['place']}` | {place['title']} | {place['whose']} | {place['why']} | {place['kept']} |"
        assert row in page, place["place"]
    assert page.count("\n| `") - page.count("\n| `person.phone`, ") > len(county.json("privacy", "map")["places"])
