"""A tenant is carried from the command line: out, checked, in, and every refusal told."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Terminal


def elsewhere(county: Terminal) -> Terminal:
    """A home on another machine, with the key of this one."""
    made = type(county)(county.folder / "elsewhere")
    (made.home / "keys").mkdir(parents=True)
    shutil.copy(county.home / "keys" / "renda.key", made.home / "keys" / "renda.key")
    return made


def test_a_county_goes_to_another_home_and_works_there(county: Terminal) -> None:
    file, other = county.folder / "qing.renda", elsewhere(county)
    out = county.json("tenant", "export", "qing", "--to", file)
    assert (out["tenant"], out["files"], out["revisions"]) == ("qing", 0, ["core_0008"])
    checked = county.json("tenant", "verify", file)
    assert (checked["digest"], checked["tables"]) == (out["digest"], out["tables"])
    came = other.json("tenant", "import", file)
    assert came["digest"] == out["digest"]
    assert other.json("journal", "verify", "qing")["entries"] == out["journal"]["seq"] + 1
    told = other.json("tenant", "export", "qing", "--to", county.folder / "again.renda")
    same = {n: t for n, t in out["tables"].items() if n not in ("journal", "journal_head")}
    assert {n: told["tables"][n] for n in same} == same


def test_what_is_here_is_not_brought_in_again(county: Terminal) -> None:
    file = county.folder / "qing.renda"
    county.ok("tenant", "export", "qing", "--to", file)
    before = (county.home / "tenants" / "qing.db").read_bytes()
    assert county("tenant", "import", file).exit_code == 1
    assert (county.home / "tenants" / "qing.db").read_bytes() == before
    again = county("tenant", "export", "qing", "--to", file)
    assert again.exit_code == 2
    assert "exists already" in again.stderr


def test_a_home_without_the_key_is_told_so(county: Terminal) -> None:
    file = county.folder / "qing.renda"
    county.ok("tenant", "export", "qing", "--to", file)
    other = type(county)(county.folder / "elsewhere")
    refused = other("tenant", "import", file)
    assert refused.exit_code == 2
    assert "key 1" in refused.stderr
    assert list((other.home / "tenants").glob("*")) == []


def test_files_that_are_none_are_refused_without_a_traceback(county: Terminal) -> None:
    for name, content in (("a", b""), ("b", b"PK\x03\x04 and no more"), ("c", b"\0" * 5_000)):
        path = county.folder / name
        path.write_bytes(content)
        for command in ("verify", "import"):
            refused = county("tenant", command, path)
            assert refused.exit_code == 1, refused.output
            assert "no archive" in refused.stderr
            assert "Traceback" not in refused.output
    assert county("tenant", "verify", county.folder / "none").exit_code == 1


def test_a_code_that_is_no_file_name_goes_nowhere(county: Terminal) -> None:
    """Forged whole: rows and manifest agree that the county is called ../../x."""
    file, forged, other = county.folder / "qing.renda", county.folder / "forged.renda", elsewhere(county)
    with sqlite3.connect(county.home / "tenants" / "qing.db") as raw:
        raw.execute("UPDATE tenant SET code = '../../x'")
    raw.close()
    county.ok("tenant", "export", "qing", "--to", file)
    with zipfile.ZipFile(file) as held:
        assert json.loads(held.read("manifest.json"))["tenant"]["code"] == "../../x"
    shutil.copy(file, forged)
    refused = other("tenant", "import", forged)
    assert refused.exit_code == 2
    assert "small letters" in refused.stderr
    assert not (county.folder / "x.db").exists()


def test_moves_are_between_databases(county: Terminal) -> None:
    refused = county("tenant", "move", "qing", "--to", "big")
    assert refused.exit_code == 2
    assert "tenant export" in refused.stderr
    assert county("tenant", "clear", "qing", "--at", "big", "--dsn", "x").exit_code != 0
