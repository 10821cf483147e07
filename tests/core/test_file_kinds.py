"""What a file must be: its name, what is said of it and its content agree, and nothing hides in it."""

from __future__ import annotations

import io
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.sending_files import BROKEN, EXE, HOSTILE, PDF, TAKEN, docx

from renda_core.errors import Invalid
from renda_core.files import kinds
from renda_core.files.kinds import KINDS
from renda_core.files.limits import TooLarge, WrongKind
from renda_core.files.sent import kind_of

LOOK = """
import resource, sys
from renda_core.errors import Invalid
from renda_core.files.sent import kind_of
content = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    kind_of("a.docx", "", content)
except Invalid:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
"""Looks at a file as the service does, and prints how many KiB that took at most."""


@pytest.mark.parametrize("name", TAKEN)
def test_every_kind_is_taken_as_what_it_is(name: str) -> None:
    kind = kind_of(name, "", TAKEN[name])
    assert kind.ending == name.lower().replace("jpeg", "jpg")[1:]
    for said in (kind.media, f"{kind.media}; charset=x", "application/octet-stream", *kind.also):
        assert kind_of(name, said, TAKEN[name]) == kind


def test_every_kind_is_tried_and_says_why_it_is_taken() -> None:
    assert {n.lower().replace("jpeg", "jpg")[1:] for n in TAKEN} == set(KINDS)
    assert all(kind.why and kind.title and 0 < kind.most <= kinds.LARGEST for kind in KINDS.values())


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_not_what_it_says_is_refused(what: str) -> None:
    with pytest.raises(WrongKind):
        kind_of(HOSTILE[what][0], "", HOSTILE[what][1])


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_damaged_is_refused(what: str) -> None:
    with pytest.raises(Invalid):
        kind_of(BROKEN[what][0], "", BROKEN[what][1])


@pytest.mark.parametrize("said", ["text/html", "image/svg+xml", "application/x-msdownload", "image/png", "x"])
def test_what_is_said_of_a_file_must_fit_its_name(said: str) -> None:
    with pytest.raises(WrongKind):
        kind_of("a.pdf", said, PDF)


def test_one_byte_too_many_is_too_large() -> None:
    text = KINDS[".txt"]
    assert kind_of("a.txt", "", b"a" * text.most) == text
    with pytest.raises(TooLarge):
        kind_of("a.txt", "", b"a" * (text.most + 1))


def test_a_bomb_is_refused_in_little_memory(tmp_path: Path) -> None:
    """A process that reads a file which unpacks into 100 MB needs less than 48 MiB more than to start."""
    for what in ("a bomb", "a liar"):
        path = tmp_path / "a.docx"
        path.write_bytes(BROKEN[what][1])
        told = [sys.executable, "-c", LOOK, str(path)]
        done = subprocess.run(told, check=False, capture_output=True, text=True)  # noqa: S603 - our own program
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) < 48 * 1024


@given(st.binary(max_size=300), st.sampled_from(sorted(TAKEN)), st.sampled_from(sorted(TAKEN)))
def test_whatever_is_sent_is_taken_or_refused(junk: bytes, name: str, other: str) -> None:
    for content in (junk, TAKEN[other] + junk, junk + TAKEN[other], TAKEN[other][: len(junk)]):
        try:
            assert kind_of(name, "", content) in KINDS.values()
        except (WrongKind, Invalid):
            continue


@given(st.text(max_size=40))
def test_whatever_a_file_is_called_a_program_is_no_paper(name: str) -> None:
    with pytest.raises((WrongKind, Invalid)):
        kind_of(name, "", EXE)


def test_a_part_named_twice_is_refused() -> None:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("word/document.xml", b"<other/>")
    with pytest.raises(WrongKind):
        kind_of("a.docx", "", out.getvalue())
