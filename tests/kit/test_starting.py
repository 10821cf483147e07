from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from renda_core.catalogue import Catalogue
from renda_core.errors import ConfigError
from renda_core.kit import starting
from renda_core.kit.checking import check
from renda_core.kit.starting import files_of, start
from renda_core.records import Kind

ROOT = Path(__file__).parents[2]


def test_it_reaches_bronze_the_moment_it_is_written(tmp_path):
    (report,) = check(start("site_check", title="现场复核", into=tmp_path))
    assert (report.claimed, report.reached, report.title) == ("bronze", "bronze", "现场复核")
    assert {f.rule for f in report.findings if not f.good} == {"owner", "counties", "benchmark", "properties"}


def run(folder, *tool, **env):
    """Run a tool of this environment in a folder; no configuration of this repository reaches it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    command = [sys.executable, "-m", *tool]
    done = subprocess.run(  # noqa: S603 - tools of this environment
        command, cwd=folder, env={**clean, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["suggestion", "opinion"])
def test_its_own_tests_pass_and_linters_have_nothing_to_say(tmp_path, kind):
    folder = start("site_check", title="现场复核", kind=kind, into=tmp_path)
    run(folder, "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'b'}")
    run(folder, "ruff", "check", "--no-cache", "--isolated", "--line-length", "120", "--select", "B,E,F,I,N,UP,W", ".")
    run(folder, "ruff", "format", "--no-cache", "--isolated", "--line-length", "120", "--check", ".")


def test_it_passes_mypy_as_strictly_as_renda_does(tmp_path):
    folder = start("site_check", into=tmp_path)
    rooms = os.pathsep.join(str(ROOT / room) for room in ("src", "plugins"))
    run(folder, "mypy", "--strict", "--cache-dir", str(ROOT / ".mypy_cache" / "kit"), "src", MYPYPATH=rooms)


def test_nothing_in_it_promises_what_is_not_there(tmp_path):
    for path, text in files_of("site_check").items():
        assert "TODO" not in text.upper().replace("TODOS", ""), path
        assert "$" not in text, path
    assert "cite law and article, or place and year" in files_of("site_check")["src/site_check/__init__.py"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Site", "cannot be a name"),
        ("site-check", "cannot be a name"),
        ("1st", "cannot be a name"),
        ("现场", "cannot be a name"),
        ("", "cannot be a name"),
        ("../up", "cannot be a name"),
        ("class", "cannot be a name"),
        ("s" * 41, "cannot be a name"),
        ("reception", "renda has installed a practice of that name"),
        ("json", "there is a module of that name"),
        ("attrs", "there is a module of that name"),
        *((word, "uses that word itself") for word in ("act", "bench", "case", "county", "list", "short", "tests")),
    ],
)
def test_a_bad_name_is_refused_and_nothing_written(tmp_path, name, said):
    with pytest.raises(ConfigError, match=said):
        start(name, into=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("title", ["", "Site check", '现"场', "现\n场", "现\\场", "现$场", "长" * 41, "现\x00场"])
def test_a_title_that_would_break_a_file_is_refused(tmp_path, title):
    with pytest.raises(ConfigError, match="--title"):
        start("site_check", title=title, into=tmp_path)
    assert not list(tmp_path.iterdir())


def test_every_mistake_is_told_together():
    with pytest.raises(ConfigError) as said:
        files_of("Site", title="x", kind="wells")
    assert len(said.value.reasons) == 3
    known = said.value.reasons[2].partition("known: ")[2].split(", ")
    assert known == sorted({r.name for rs in Catalogue.installed().offers.values() for r in rs if isinstance(r, Kind)})


def test_a_kind_that_takes_thought_to_open_is_refused():
    with pytest.raises(ConfigError, match="--kind motion: its cases are not opened by hand"):
        files_of("site_check", kind="motion")


def test_what_is_there_stays_there(tmp_path):
    (tmp_path / "site_check").mkdir()
    (tmp_path / "site_check" / "mine.txt").write_text("x", "utf-8")
    with pytest.raises(ConfigError, match="exists already"):
        start("site_check", into=tmp_path)
    assert [p.name for p in (tmp_path / "site_check").iterdir()] == ["mine.txt"]
    with pytest.raises(ConfigError, match="no folder in which you may write"):
        start("site_check", into=tmp_path / "nowhere")


def test_a_disc_that_fails_leaves_nothing(tmp_path, monkeypatch):
    written = []

    def full(self, *args, **rest):
        written.append(self)
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        return real(self, *args, **rest)

    real = Path.write_text
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        start("site_check", into=tmp_path)
    assert not list(tmp_path.iterdir())


def test_two_who_start_the_same_at_once_do_not_mix(tmp_path, monkeypatch):
    made = files_of("site_check")

    def slower(*args, **rest):
        monkeypatch.setattr(starting, "files_of", lambda *a, **r: made)
        start("site_check", into=tmp_path)  # somebody else, in between
        return made

    monkeypatch.setattr(starting, "files_of", slower)
    with pytest.raises(ConfigError, match="exists already"):
        start("site_check", into=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["site_check"]
