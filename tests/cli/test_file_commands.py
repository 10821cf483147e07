"""Attached files at the command line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from tests.core.sending_files import PDF

if TYPE_CHECKING:
    from .conftest import Terminal


def test_a_file_is_added_listed_written_out_and_erased(county: Terminal) -> None:
    number, path = county.opened(), county.folder / "现场照片.pdf"
    path.write_bytes(PDF)
    made = county.json("file", "add", "qing", number, path)["file"]
    assert "现场照片.pdf" in county.ok("file", "list", "qing", number)
    out = county.folder / "out.pdf"
    county.ok("file", "get", "qing", made["id"], out)
    assert out.read_bytes() == PDF
    assert county("file", "get", "qing", made["id"], out).exit_code == 2  # nothing is overwritten
    assert county.json("file", "sweep", "qing") == {"objects": 0, "pieces": 0, "lost": []}
    county.ok("file", "erase", "qing", made["id"])
    assert "no file" in county.ok("file", "list", "qing", number)
    assert county("file", "erase", "qing", made["id"]).exit_code == 4
    assert county("file", "get", "qing", made["id"], county.folder / "again.pdf").exit_code == 4
    assert not [p for p in county.folder.iterdir() if p.name.endswith(".part")]


def test_what_is_not_taken_is_refused_with_the_reason(county: Terminal) -> None:
    number = county.opened()
    before = county.head()
    for name, content in (("a.pdf", b"<html>"), ("a.zip", b"PK"), ("a.txt", b"")):
        path = county.folder / name
        path.write_bytes(content)
        done = county("file", "add", "qing", number, path)
        assert done.exit_code == 1, done.output
        assert "Traceback" not in done.output
    assert county("file", "add", "qing", "2099-1", county.folder / "a.pdf").exit_code == 4
    assert county("file", "get", "qing", "no-id", county.folder / "x").exit_code == 4
    assert county.head() == before


def test_lost_content_is_named(county: Terminal) -> None:
    number, path = county.opened(), county.folder / "a.pdf"
    path.write_bytes(PDF)
    made = county.json("file", "add", "qing", number, path)["file"]
    for stored in (county.home / "files").rglob(made["id"]):
        stored.unlink()
    assert county.json("file", "sweep", "qing", code=1)["lost"] == [made["id"]]


@pytest.mark.parametrize("address", ["ftp://x", "s3://b?endpoint=x"])
def test_a_wrong_store_is_told_before_anything_is_done(county: Terminal, address: str) -> None:
    number, path = county.opened(), county.folder / "a.pdf"
    path.write_bytes(PDF)
    done = county("file", "add", "qing", number, path, env={"RENDA_FILES": address})
    assert done.exit_code == 2
    assert "RENDA_FILES" in done.stderr


def test_files_go_to_an_s3_that_is_named(county: Terminal, s3: str) -> None:
    number, path, env = county.opened(), county.folder / "a.pdf", {"RENDA_FILES": s3}
    path.write_bytes(PDF + b"%d" % time.time_ns() + b"\n%%EOF")
    made = county.json("file", "add", "qing", number, path, env=env)["file"]
    out = county.folder / "out.pdf"
    county.ok("file", "get", "qing", made["id"], out, env=env)
    assert out.read_bytes() == path.read_bytes()
    assert not (county.home / "files").exists()
    county.ok("file", "erase", "qing", made["id"], env=env)
