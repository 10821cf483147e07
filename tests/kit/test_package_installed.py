"""The proof: a practice that nobody here has seen is made, built, installed with pip, enabled, and taken out again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from renda_core.testing import uid

ROOT = Path(__file__).parents[2]
NAME, TITLE = "site_check", "现场复核"
COUNTY = 'id = "{id}"\ncode = "{code}"\nname = "{code}县"\nlevel = "county"\n[plugins.suggestion_handling]\n{more}\n'


@attrs.frozen
class Elsewhere:
    """A fresh environment, as somebody has it who installed renda and one practice from their files."""

    folder: Path

    def run(self, *args: object, code: int = 0, cwd: str = "work") -> str:
        """Run a program of that environment; give what it printed."""
        program = self.folder / "env" / "bin" / str(args[0])
        done = _run([str(program), *map(str, args[1:])], self.folder / cwd)
        assert done.returncode == code, f"{args}\n{done.stdout}\n{done.stderr}"
        return done.stdout + (done.stderr if code else "")

    def opened(self, county: str, title: str, number: str, *, code: int = 0) -> Any:
        """Open a suggestion there."""
        given = ("--title", title, "--text", "城东石桥多年失修", "--number", number)
        return self.json("suggestion", "open", county, *given, code=code)

    def json(self, *args: object, code: int = 0) -> Any:
        """Ask its ``renda``, and read the answer."""
        return json.loads(self.run("renda", "--home", "home", "--json", *args, code=code))


def _run(command: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program that sees nothing of this checkout."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "RENDA", "VIRTUAL_ENV"))}
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    return subprocess.run(list(command), cwd=cwd, env=env, capture_output=True, text=True, check=False)  # noqa: S603


def _built(source: Path, into: Path) -> Path:
    """Build the wheel of a distribution, with the builder of this environment."""
    done = _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)], source)
    assert done.returncode == 0, done.stderr
    (wheel,) = into.glob("*.whl")
    return wheel


def test_a_practice_is_made_installed_enabled_and_taken_out_again(tmp_path: Path) -> None:
    """One environment takes a minute to make, so it is made once and everything is tried in it, in order."""
    elsewhere = installed(tmp_path)
    it_is_found_where_it_is_installed(elsewhere)
    the_wheel_holds_the_kit_and_the_profiles(elsewhere)
    its_own_tests_pass_there(elsewhere)
    two_counties_are_there_and_one_enables_it(elsewhere)
    that_county_is_changed_and_the_other_is_not(elsewhere)
    taken_out_it_is_missed_by_name_and_the_county_stays(elsewhere)


def installed(folder: Path) -> Elsewhere:
    """Install the wheels of renda and of a new practice with pip into an environment of their own."""
    (folder / "work").mkdir()
    made = _run([str(Path(sys.executable).parent / "renda"), "plugin", "new", NAME, "--title", TITLE], folder)
    assert made.returncode == 0, made.stderr
    ours, theirs = _built(ROOT, folder / "ours"), _built(folder / NAME, folder / "theirs")
    locked = re.findall(r"^[\w.-]+==[^\\\n]+", (ROOT / "requirements-dev.lock").read_text("utf-8"), re.MULTILINE)
    (folder / "constraints.txt").write_text("\n".join(locked) + "\n", "utf-8")
    assert _run([sys.executable, "-m", "venv", str(folder / "env")], folder).returncode == 0
    pip = [str(folder / "env" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile"]
    done = _run([*pip, "-c", "constraints.txt", str(ours), f"{theirs}[test]"], folder)
    assert done.returncode == 0, done.stderr
    return Elsewhere(folder)


def it_is_found_where_it_is_installed(elsewhere: Elsewhere) -> None:
    listed = {p["name"]: p for p in elsewhere.json("plugins")["plugins"]}
    assert TITLE in listed[NAME]["summary"]
    assert listed[NAME]["settings"] == 1
    where = elsewhere.run("python", "-c", "import renda_core, renda_plugins; print(renda_core.__file__)")
    assert Path(where.strip()).is_relative_to(elsewhere.folder)


def the_wheel_holds_the_kit_and_the_profiles(elsewhere: Elsewhere) -> None:
    again = elsewhere.json("plugin", "new", "second_check")
    assert f"src/{again['folder']}/plugin.toml" in again["files"]
    assert elsewhere.json("plugin", "check", "second_check")["practices"][0]["reached"] == "bronze"
    county = COUNTY.format(id=uid("profile"), code="bing", more="").replace("[plugins", 'extends = "law"\n[plugins', 1)
    (elsewhere.folder / "work" / "bing.toml").write_text(county, "utf-8")
    assert elsewhere.json("tenant", "check", "bing.toml")["tenants"][0]["state"] == "good"


def its_own_tests_pass_there(elsewhere: Elsewhere) -> None:
    told = elsewhere.run("pytest", "-q", "-o", "pythonpath=", "-p", "no:cacheprovider", cwd=NAME)
    assert "4 passed" in told


def two_counties_are_there_and_one_enables_it(elsewhere: Elsewhere) -> None:
    for code, more in (("jia", f"[plugins.{NAME}]\ntitle_length = 3"), ("yi", "")):
        text = COUNTY.format(id=uid(code), code=code, more=more)
        (elsewhere.folder / "work" / f"{code}.toml").write_text(text, "utf-8")
    elsewhere.json("init")
    done = elsewhere.json("tenant", "apply", "jia.toml", "yi.toml")["tenants"]
    assert [(t["code"], t["state"], NAME in t["plugins"]) for t in done] == [("jia", "new", True), ("yi", "new", False)]


def that_county_is_changed_and_the_other_is_not(counties: Elsewhere) -> None:
    (rule,) = counties.json("rules", "jia", "--plugin", NAME)["rules"]
    assert (rule["name"], rule["title"], rule["value"], rule["law"]) == ("title_length", "标题最少字数", 3, 4)
    assert not [r for r in counties.json("rules", "yi")["rules"] if r["plugin"] == NAME]
    refused = counties.opened("jia", "修桥", "1", code=1)["problem"]
    assert refused["reasons"] == ["the title has 2 characters, 3 are needed here"]
    assert counties.opened("yi", "修桥", "1")["number"] == "1"
    assert counties.opened("jia", "关于修桥的事", "2")["number"] == "2"
    counties.json("suggestion", "show", "jia", "2")
    drawn = counties.run("renda", "--home", "home", "procedure", "jia", "suggestion")
    assert f"否决 guard: title [{NAME}]" in drawn
    assert NAME not in counties.run("renda", "--home", "home", "procedure", "yi", "suggestion")


def taken_out_it_is_missed_by_name_and_the_county_stays(counties: Elsewhere) -> None:
    counties.run("python", "-m", "pip", "uninstall", "--quiet", "--yes", f"renda-{NAME.replace('_', '-')}")
    listed = {t["code"]: t for t in counties.json("tenant", "list")["tenants"]}
    assert {code: list(t["absent"]) for code, t in listed.items()} == {"jia": [NAME], "yi": []}
    counties.json("suggestion", "show", "jia", "2")
    assert counties.json("journal", "verify", "jia")["whole"]
    assert NAME in str(counties.opened("jia", "关于修路的事", "3", code=1))
    assert counties.opened("yi", "修路", "3")["number"] == "3"
